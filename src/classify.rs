//! Turns evidence into a category, and a category into a verdict. Pure: no input, no output, no clock.
//!
//! Evidence adds up in bits, log2 of how much likelier it is in a column of the category than in any other. What values
//! are worth is the surprise of seeing so many hits by chance: `n · KL(q ‖ p)` for `q = hits / n` and the chance `p` of a
//! hit (Chernoff's bound on the binomial tail; T. M. Cover and J. A. Thomas, Elements of Information Theory, §11.1).

mod column;
mod contaminants;
mod learnt;
mod neighbours;
mod values;

pub use column::Column;
pub use neighbours::{Neighbours, places_of_given_names};
use values::{Support, Values};

use crate::category::{Catalog, Kind};
use crate::detect::Detectors;
use crate::detect::evidence::ColumnEvidence;
use crate::detect::header::{self, HeaderEvidence};
use crate::findings::{ColumnFinding, Contaminant, EvidenceItem, Reason, Verdict};
use crate::policy::{Policy, Standing};
#[cfg(test)]
use crate::portrait::Portrait;

/// One column in 256 is of a given category.
const PRIOR: f64 = -8.0;
/// Sum from which a column is of a category.
const ACCEPT: f64 = 1.0;
/// Sum from which a person should look.
const REVIEW: f64 = -1.0;
/// The most that values can add.
const VALUES_CAP: f64 = 30.0;
/// The most that a weak shape can add to a name.
const WEAK_CAP: f64 = 8.0;
/// The most that a weak shape can add to a name that several categories share.
const WEAK_AMBIGUOUS_CAP: f64 = 3.0;
/// Share of filled cells from which values say what the column is.
const MAJORITY: f64 = 0.5;
/// Share below which the values do not support the name.
const MINORITY: f64 = 0.1;
/// What a name loses when the values are of another kind.
const CONTRADICTION: f64 = -12.0;
/// Bits from which another kind in the cells is no chance.
const CONTAMINATION: f64 = 6.0;
/// What a pattern is worth less to a category that is only related to its own.
const RELATED: f64 = 1.0;
/// What neighbours that are about persons add to a name that only contains a spelling.
const AMONG_PERSONS: f64 = 3.5;
/// What a place beside a surname or a patronymic says.
const PLACE: f64 = 9.5;
/// Share of values that are one word each, in a column of given names.
const MOSTLY: f32 = 0.8;
/// What a name of no person's own in Latin letters loses in a table that is not about persons.
const NO_PERSONS: f64 = -4.0;
/// What a name loses whose values would have a known shape and do not.
const SHAPELESS: f64 = -3.0;
/// Cells from which a missing shape says something.
const ENOUGH_CELLS: u64 = 10;

/// What to judge against.
#[derive(Clone, Copy, Debug, Default)]
pub struct Judging<'a> {
    /// The approved list; without one nothing is approved.
    pub policy: Option<&'a Policy>,
    /// The purpose of the run.
    pub purpose: Option<&'a str>,
}

/// Says what a column is and how the policy judges it.
pub fn classify(
    column: &Column<'_>,
    detectors: &Detectors,
    judging: Judging<'_>,
    neighbours: Neighbours,
) -> ColumnFinding {
    if column.seen.traces.are_all() && column.seen.unreadable == 0 {
        return anonymized(column);
    }
    let case = Case::of(column, detectors, neighbours);
    let Column {
        path,
        dtype,
        seen,
        header,
        ..
    } = column;
    let mut scores = case.scores();
    // The model has learnt from names; it does not know what else is said of a column.
    let may_ask = neighbours != Neighbours::Unknown && !column.is_described;
    let is_taken_away = may_ask && case.ask_model(path, &mut scores);
    let best = scores.first().filter(|score| score.bits >= REVIEW);
    let accepted = best
        .filter(|score| score.bits >= ACCEPT)
        .map(|score| score.category.clone());
    let also = case.contaminants(accepted.as_deref());
    let claimed = header
        .categories
        .first()
        .filter(|(_, bits)| *bits >= header::EXACT)
        .map(|(id, _)| id.clone());
    let (verdict, reason) = judge(best, accepted.as_deref(), &also, seen, judging);
    // What the model took away is told with its reasons.
    let told = best.or(scores.first().filter(|_| is_taken_away));
    let bits = told.map_or(0.0, |score| score.bits);
    ColumnFinding {
        path: (*path).to_owned(),
        dtype,
        nulls: seen.nulls,
        distinct: case.distinct,
        confidence: round(
            best.map_or(0.0, |score| 1.0 / (1.0 + (-score.bits).exp2())),
            4,
        ),
        bits: round(bits, 1),
        hits: best.map_or(0, |score| score.hits),
        evidence: told.map(|score| score.items.clone()).unwrap_or_default(),
        header_claims: claimed.filter(|claimed| {
            accepted
                .as_deref()
                .is_some_and(|a| !Catalog::builtin().related(a, claimed))
        }),
        category: accepted,
        also,
        verdict,
        reason,
    }
}

/// What holds nothing but what an earlier run left is no personal data any more, whatever its name.
fn anonymized(column: &Column<'_>) -> ColumnFinding {
    ColumnFinding {
        path: column.path.to_owned(),
        dtype: column.dtype,
        nulls: column.seen.nulls,
        distinct: column.seen.distinct.count(),
        category: None,
        confidence: 0.0,
        bits: 0.0,
        hits: 0,
        evidence: Vec::new(),
        also: Vec::new(),
        header_claims: None,
        verdict: Verdict::Clean,
        reason: Reason::Anonymized,
    }
}

/// What the model is asked about.
#[cfg(test)]
pub(crate) fn portrait<'a>(
    column: &'a Column<'_>,
    detectors: &'a Detectors,
    neighbours: Neighbours,
) -> Portrait<'a> {
    let case = Case::of(column, detectors, neighbours);
    let scores = case.scores();
    case.portrait(column.path, &scores)
}

fn round(value: f64, places: i32) -> f64 {
    let scale = 10_f64.powi(places);
    (value * scale).round() / scale
}

/// Tells whether nearly all values are words of their own, and many.
fn holds_single_words(seen: &ColumnEvidence) -> bool {
    seen.sample.share_of_words() >= MOSTLY && seen.distinct.count() >= ENOUGH_CELLS
}

/// One column on trial.
struct Case<'a> {
    path: &'a str,
    seen: &'a ColumnEvidence,
    detectors: &'a Detectors,
    header: &'a HeaderEvidence,
    values: Values,
    distinct: u64,
    neighbours: Neighbours,
    /// The name says nothing.
    is_nameless: bool,
    expected: Option<&'static str>,
}

/// How much speaks for one category.
struct Score {
    category: String,
    bits: f64,
    hits: u64,
    items: Vec<EvidenceItem>,
}

impl<'a> Case<'a> {
    fn of(column: &'a Column<'_>, detectors: &'a Detectors, neighbours: Neighbours) -> Self {
        let distinct = column.seen.distinct.count();
        Self {
            path: column.path,
            seen: column.seen,
            detectors,
            header: &column.header,
            values: Values::of(column.seen, distinct, detectors),
            distinct,
            neighbours,
            is_nameless: header::is_meaningless(column.path) && !column.is_described,
            expected: column.expected.filter(|_| holds_single_words(column.seen)),
        }
    }

    /// What speaks for each category, the loudest first.
    fn scores(&self) -> Vec<Score> {
        let candidates = self.candidates().into_iter();
        let mut scores: Vec<Score> = candidates.map(|category| self.score(category)).collect();
        scores.sort_by(|a, b| {
            let louder = b.bits.total_cmp(&a.bits);
            louder.then_with(|| a.category.cmp(&b.category))
        });
        scores
    }

    fn candidates(&self) -> Vec<String> {
        let by_name = self.header.categories.iter().map(|(id, _)| id.clone());
        let by_value = (0..self.detectors.patterns().len())
            .filter(|&p| self.values.supports[p].share >= MAJORITY)
            .map(|p| self.detectors.patterns()[p].category.clone());
        let by_place = self.expected.map(str::to_owned);
        let mut all: Vec<String> = by_name.chain(by_value).chain(by_place).collect();
        all.sort();
        all.dedup();
        all
    }

    fn score(&self, category: String) -> Score {
        let name_bits = self.header.bits(&category);
        let mut items = vec![EvidenceItem::plain("prior", PRIOR)];
        if name_bits > 0.0 {
            items.push(EvidenceItem::plain("header", name_bits));
        }
        let (mut hits, mut is_sure) = (0, false);
        if let Some((pattern, support, bits)) = self.best_values(&category, name_bits) {
            hits = support.hits;
            is_sure = !self.detectors.patterns()[pattern].weak;
            items.push(EvidenceItem {
                from: self.detectors.patterns()[pattern].id.clone(),
                hits: Some(hits),
                bits: round(bits, 1),
            });
        } else if name_bits > 0.0 && self.is_contradicted(&category) {
            items.push(EvidenceItem::plain("values", CONTRADICTION));
        } else if name_bits > 0.0 && self.lacks_shape(&category) {
            items.push(EvidenceItem::plain("values", SHAPELESS));
        }
        if self.expected == Some(category.as_str()) {
            items.push(EvidenceItem::plain("place", PLACE));
        }
        if let Some(bits) = self.neighbours_say(&category, name_bits, is_sure) {
            items.push(EvidenceItem::plain("neighbours", bits));
        }
        let sum: f64 = items.iter().map(|item| item.bits).sum();
        if sum > 0.0 && header::is_of_equipment(self.path, &category) {
            // A person should look.
            items.push(EvidenceItem::plain("equipment", -sum));
        }
        Score {
            bits: items.iter().map(|item| item.bits).sum(),
            category,
            hits,
            items,
        }
    }

    /// What the table around a column adds to its name or takes from it.
    fn neighbours_say(&self, category: &str, name_bits: f64, is_sure: bool) -> Option<f64> {
        let kind = Catalog::builtin().find(category).map(|c| c.kind);
        let is_persons_own = header::is_of_persons(category)
            || matches!(kind, Some(Kind::SensitiveSpecial))
            || (matches!(kind, Some(Kind::Financial)) && self.header.words > 1);
        match self.neighbours {
            Neighbours::Persons if (header::LEAST_PART..=header::PART).contains(&name_bits) => {
                Some(AMONG_PERSONS)
            }
            Neighbours::Things if !is_sure && self.header.is_english && !is_persons_own => {
                Some(NO_PERSONS)
            }
            _ => None,
        }
    }

    /// The name claims what a check would confirm, and next to no cell passes it.
    fn lacks_shape(&self, category: &str) -> bool {
        let catalog = Catalog::builtin();
        let patterns = self.detectors.patterns();
        header::has_sure_shape(category)
            && self.seen.filled() >= ENOUGH_CELLS
            && !(0..patterns.len()).any(|p| {
                catalog.may_hold(category, &patterns[p])
                    && self.values.supports[p].share >= MINORITY
            })
    }

    /// The pattern whose values speak loudest for a category.
    fn best_values(&self, category: &str, name_bits: f64) -> Option<(usize, Support, f64)> {
        let catalog = Catalog::builtin();
        (0..self.detectors.patterns().len())
            .filter_map(|index| {
                let pattern = &self.detectors.patterns()[index];
                let same = pattern.category == category;
                let may_hold = name_bits > 0.0
                    && catalog.may_hold(category, pattern)
                    && (pattern.weak || !header::is_key(category));
                if !same && !may_hold {
                    return None;
                }
                let support = self.values.supports[index];
                let tells_nothing =
                    self.is_nameless || (0.0 < name_bits && name_bits <= header::AMBIGUOUS);
                let may_decide = pattern.among_persons
                    && tells_nothing
                    && self.neighbours == Neighbours::Persons;
                let cap = match pattern.weak {
                    false => VALUES_CAP,
                    true if may_decide => VALUES_CAP,
                    true if self.neighbours == Neighbours::Things && self.header.is_english => 0.0,
                    true if name_bits > header::AMBIGUOUS => WEAK_CAP,
                    true if name_bits > 0.0 => WEAK_AMBIGUOUS_CAP,
                    true => 0.0,
                };
                let bits = support.bits.min(cap) - if same { 0.0 } else { RELATED };
                (support.share >= MAJORITY && bits > 0.0).then_some((index, support, bits))
            })
            .max_by(|a, b| a.2.total_cmp(&b.2))
    }

    /// The name says one thing and the values are surely another, or only yes and no.
    fn is_contradicted(&self, category: &str) -> bool {
        let catalog = Catalog::builtin();
        let filled = self.seen.filled();
        let kind = catalog.find(category).map(|c| c.kind);
        if filled == 0 {
            return false;
        }
        if self.seen.boolean == filled
            && matches!(kind, Some(Kind::DirectIdentifier | Kind::Financial))
        {
            return true;
        }
        let supported = (0..self.detectors.patterns().len()).any(|p| {
            catalog.may_hold(category, &self.detectors.patterns()[p])
                && self.values.supports[p].share >= MINORITY
        });
        let is_other = |p: usize| {
            let pattern = &self.detectors.patterns()[p];
            !pattern.weak
                && !catalog.may_hold(category, pattern)
                && self.values.supports[p].share >= MAJORITY
                && self.values.supports[p].bits > -PRIOR
        };
        !supported && (0..self.detectors.patterns().len()).any(is_other)
    }
}

fn judge(
    best: Option<&Score>,
    category: Option<&str>,
    also: &[Contaminant],
    seen: &ColumnEvidence,
    judging: Judging<'_>,
) -> (Verdict, Reason) {
    let of_category = match (category, best) {
        (Some(category), _) => standing(category, judging),
        (None, Some(_)) => (Verdict::Review, Reason::ThinEvidence),
        (None, None) => (Verdict::Clean, Reason::NoPersonalData),
    };
    let unreadable = (seen.unreadable > 0).then_some((Verdict::Review, Reason::Unreadable));
    also.iter()
        .map(|c| standing(&c.category, judging))
        .chain(unreadable)
        .fold(
            of_category,
            |worst, next| if next.0 > worst.0 { next } else { worst },
        )
}

fn standing(category: &str, judging: Judging<'_>) -> (Verdict, Reason) {
    if header::is_not_personal(category) {
        return (Verdict::Clean, Reason::NotPersonal);
    }
    let Some(policy) = judging.policy else {
        return (Verdict::Excess, Reason::NoPolicy);
    };
    match policy.standing(category, judging.purpose) {
        Standing::OnList => (Verdict::Approved, Reason::OnList),
        Standing::ParentOnList => (Verdict::Approved, Reason::ParentOnList),
        Standing::OtherPurpose => (Verdict::Excess, Reason::OtherPurpose),
        Standing::NamedNotApproved => (Verdict::Excess, Reason::NamedNotApproved),
        Standing::NotOnList => (Verdict::Excess, Reason::NotOnList),
        Standing::Prohibited => (Verdict::Prohibited, Reason::Prohibited),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Batch;
    use polars::prelude::{Column, DataFrame, NamedFrom as _, Series};

    fn finding(path: &str, cells: &[&str]) -> ColumnFinding {
        finding_among(path, cells, Neighbours::Unknown)
    }

    fn finding_among(path: &str, cells: &[&str], neighbours: Neighbours) -> ColumnFinding {
        let detectors = Detectors::builtin();
        let series = Series::new(path.into(), cells);
        let frame = DataFrame::new(cells.len(), vec![Column::from(series)]).unwrap();
        let mut observer = detectors.observer();
        observer.observe(&Batch::of_frame(0, frame)).unwrap();
        let evidence = observer.finish();
        let column = super::Column::new(path, "text", &evidence.columns[path]);
        classify(&column, &detectors, Judging::default(), neighbours)
    }

    const IINS: &[&str] = &[
        "850101100012",
        "850101200019",
        "991231107771",
        "710630209992",
        "850101100304",
    ];
    const BINS: &[&str] = &[
        "700140000019",
        "700151000029",
        "700160000038",
        "700142000042",
        "700143000055",
        "700144000060",
    ];

    #[test]
    fn values_alone_name_an_iin_column_and_chance_hits_do_not() {
        assert_eq!(finding("x1", IINS).category.as_deref(), Some("iin"));
        let mut numbers: Vec<String> = (0..400_u64)
            .map(|i| format!("{:012}", i * 7_919_337_711 % 1_000_000_000_000))
            .collect();
        numbers.push(IINS[0].to_owned());
        let cells: Vec<&str> = numbers.iter().map(String::as_str).collect();
        let found = finding("x1", &cells);
        assert_eq!(
            (found.category, found.verdict),
            (None, Verdict::Clean),
            "{:?}",
            found.also
        );
    }

    #[test]
    fn a_column_is_called_what_it_holds_and_the_claim_is_told() {
        let found = finding("iin", BINS);
        assert_eq!(found.category.as_deref(), Some("bin"));
        assert_eq!(found.header_claims.as_deref(), Some("iin"));
        let mut cells = BINS.repeat(20);
        cells.push(IINS[0]);
        cells.push(IINS[1]);
        let found = finding("bin", &cells);
        assert_eq!(found.category.as_deref(), Some("bin"));
        assert_eq!(
            found.also,
            [Contaminant {
                category: "iin".to_owned(),
                hits: 2
            }]
        );
        assert_eq!(found.verdict, Verdict::Excess);
    }

    #[test]
    fn no_model_denies_sure_values() {
        let (cells, of_one) = (IINS.repeat(8), vec![IINS[0]; 1000]);
        for neighbours in [Neighbours::Persons, Neighbours::Things] {
            for name in ["x1", "price", "Статус", "sku"] {
                let found = finding_among(name, &cells, neighbours);
                assert_eq!(found.category.as_deref(), Some("iin"), "{name}");
                let found = finding_among(name, &of_one, neighbours);
                assert_ne!(found.verdict, Verdict::Clean, "{name}");
            }
        }
    }

    #[test]
    fn no_model_denies_what_name_and_values_say() {
        let days = ["1885-01-31", "1886-02-28", "1887-03-30", "1888-04-29"].repeat(10);
        let is_birth_date = |name: &str, neighbours| {
            finding_among(name, &days, neighbours).category.as_deref() == Some("birth_date")
        };
        for name in ["туған_күні", "дата рождения", "birth_date", "dob"] {
            assert!(is_birth_date(name, Neighbours::Persons), "{name}");
        }
        assert!(is_birth_date("туған_күні", Neighbours::Things));
    }

    #[test]
    fn what_the_model_takes_away_is_told_with_its_reasons() {
        let cells = ["north", "south", "east", "west"].repeat(5);
        let found = finding_among("Сумма", &cells, Neighbours::Things);
        assert_eq!(found.category, None, "{found:?}");
        let sum: f64 = found.evidence.iter().map(|item| item.bits).sum();
        assert!(
            found.bits < 0.0 && (sum - found.bits).abs() < 0.3,
            "{found:?}"
        );
    }

    #[test]
    fn one_phone_among_fifty_thousand_comments_is_found() {
        let mut cells =
            vec!["товар хороший, спасибо за доставку"; 50_000];
        cells[31_415] = "перезвоните мне на +7 700 000 12 34 после обеда";
        let found = finding("x1", &cells);
        assert_eq!(
            found.also,
            [Contaminant {
                category: "phone_number".to_owned(),
                hits: 1
            }]
        );
    }

    #[test]
    fn a_name_alone_decides_but_not_over_yes_and_no() {
        assert_eq!(
            finding("ethnicity", &["a", "b"]).category.as_deref(),
            Some("ethnicity")
        );
        assert_eq!(finding("email", &["true", "false", "true"]).category, None);
        assert_eq!(finding("id", &["1", "2", "3"]).category, None);
    }

    #[test]
    fn nine_digits_need_a_name() {
        let cells = [
            "012345678",
            "034567891",
            "045678912",
            "056789123",
            "067891234",
            "078912345",
            "012345679",
            "034567892",
        ]
        .repeat(4);
        assert_eq!(finding("x1", &cells).category, None);
        assert_eq!(
            finding("номер удостоверения личности", &cells)
                .category
                .as_deref(),
            Some("id_card_number")
        );
    }
}
