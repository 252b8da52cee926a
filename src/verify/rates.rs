//! Rates of success and their errors, as Anonymeter has them (Giomi, Boenisch, Wehmeyer, Tasnádi, A Unified Framework for
//! Quantifying Privacy Risk in Synthetic Data, `PoPETs` 2023): Wilson's interval, and the risk beyond what a control group has.

use serde::Serialize;

/// Half the width of the interval that holds 95 % of a normal distribution, in standard deviations.
const Z: f64 = 1.959_963_984_540_053_6;

/// How often an attack succeeded, and how often it would without the output.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rates {
    /// Share of targets against which it succeeded.
    pub attack: f64,
    /// Share of successes of the same attack on a control group.
    pub control: f64,
    /// What the output adds: (attack − control) / (1 − control), at least 0.
    pub risk: f64,
    /// Lower end of the risk, confidence 95 %.
    pub low: f64,
    /// Upper end of the risk, confidence 95 %.
    pub high: f64,
}

/// An estimated rate and its error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rate {
    value: f64,
    error: f64,
}

impl Rate {
    /// Wilson's estimate; successes may be expected ones.
    pub(super) fn of(successes: f64, total: u64) -> Self {
        Self::with(Z, successes, total)
    }

    /// The same with an interval of so many standard deviations to either side.
    pub(super) fn with(z: f64, successes: f64, total: u64) -> Self {
        let total = total.max(1) as f64;
        let variance = successes * (total - successes).max(0.0) / total;
        let denominator = total + z * z;
        Self {
            value: (successes + 0.5 * z * z) / denominator,
            error: z / denominator * (variance + 0.25 * z * z).sqrt(),
        }
    }

    pub(super) fn low(self) -> f64 {
        (self.value - self.error).max(0.0)
    }

    pub(super) fn high(self) -> f64 {
        (self.value + self.error).min(1.0)
    }

    /// What an attack gains over a control group.
    pub(super) fn beyond(self, control: Self) -> Rates {
        let room = 1.0 - control.value;
        let bound = |value: f64| value.clamp(0.0, 1.0);
        let value = (self.value - control.value) / room;
        let by_attack = self.error / room;
        let by_control = control.error * (self.value - 1.0) / (room * room);
        let error = by_attack.hypot(by_control);
        Rates {
            attack: self.value,
            control: control.value,
            risk: bound(value),
            low: bound(value - error),
            high: bound(value + error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Targets, successes, successes on as many of the control group; rate and error of either; risk, low and high. Computed
    /// with `success_rate`, `residual_success` and `bind_value` of Anonymeter 1.1.0.
    #[expect(clippy::type_complexity, reason = "a table of cases")]
    const ANONYMETER: &[(u64, f64, f64, [f64; 4], [f64; 3])] = &[
        (
            100,
            50.0,
            10.0,
            [
                0.5,
                0.096_168_469_634_004_36,
                0.114_797_399_282_794_25,
                0.059_568_262_222_119_17,
            ],
            [
                0.435_157_556_479_283_06,
                0.320_060_052_009_457_53,
                0.550_255_060_949_108_7,
            ],
        ),
        (
            1000,
            3.0,
            0.0,
            [
                0.004_901_898_967_320_895,
                0.003_881_115_086_182_276_2,
                0.001_913_379_242_777_560_8,
                0.001_913_379_242_777_560_8,
            ],
            [0.002_994_248_858_156_241, 0.0, 0.007_327_141_416_498_272],
        ),
        (
            500,
            500.0,
            20.0,
            [
                0.996_187_829_769_223_9,
                0.003_812_170_230_776_118_4,
                0.043_507_196_612_314_024,
                0.017_466_399_222_536_767,
            ],
            [0.996_014_428_736_657_2, 0.992_028_193_015_009_2, 1.0],
        ),
        (
            200,
            10.0,
            30.0,
            [
                0.058_480_396_869_769_95,
                0.031_097_751_269_006_026,
                0.156_595_864_232_044_3,
                0.049_459_928_609_623_32,
            ],
            [0.0, 0.0, 0.0],
        ),
    ];

    #[test]
    fn rates_are_those_of_anonymeter() {
        let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
        for (total, hits, of_control, [value, error, other, wrong], [risk, low, high]) in ANONYMETER
        {
            let (attack, control) = (Rate::of(*hits, *total), Rate::of(*of_control, *total));
            assert!(near(attack.value, *value) && near(attack.error, *error));
            assert!(near(control.value, *other) && near(control.error, *wrong));
            let rates = attack.beyond(control);
            assert!(
                near(rates.risk, *risk) && near(rates.low, *low) && near(rates.high, *high),
                "{rates:?}"
            );
        }
    }
}
