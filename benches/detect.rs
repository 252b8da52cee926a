//! How fast cells of each kind are judged.

use divan::Bencher;
use divan::counter::BytesCount;
use iesiz::batch::Batch;
use iesiz::detect::Detectors;
use polars::prelude::{Column, DataFrame, NamedFrom as _, Series};

fn main() {
    divan::main();
}

const ROWS: usize = 10_000;

/// Cells of one kind, all different.
fn cell(kind: &str, i: usize) -> String {
    match kind {
        "digits" => format!("{:012}", i * 7_919_337 % 1_000_000_000_000),
        "phone" => format!("+7 700 {:03} {:02} {:02}", i % 1000, i / 10 % 100, i % 100),
        "email" => format!("user{i}@example.kz"),
        "words" => format!(
            "товар номер {} доставлен вовремя",
            ["один", "два", "три"][i % 3]
        ),
        "comment" => format!(
            "Клиент {i} просит перезвонить после обеда по вопросу возврата средств за заказ"
        ),
        _ => format!("{}.{:02}", i * 31 % 100_000, i % 100),
    }
}

#[divan::bench(args = ["digits", "phone", "email", "words", "comment", "amount"])]
fn observe(bencher: Bencher<'_, '_>, kind: &str) {
    let detectors = Detectors::builtin();
    let cells: Vec<String> = (0..ROWS).map(|i| cell(kind, i)).collect();
    let bytes: usize = cells.iter().map(String::len).sum();
    let series = Series::new("x".into(), cells);
    let Ok(frame) = DataFrame::new(ROWS, vec![Column::from(series)]) else {
        return;
    };
    let batch = Batch::of_frame(0, frame);
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        let mut observer = detectors.observer();
        let seen = observer.observe(divan::black_box(&batch));
        (seen.is_ok(), observer.finish())
    });
}
