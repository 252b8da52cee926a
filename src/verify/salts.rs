//! Salted hashes: what is hashed stands in the row, and a salt that anybody guesses is none.
//!
//! Some rows are tried with every salt; what is found there is tried on more rows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;

use super::hashes::{ALL, first_bytes};
use super::identifiers::identifies;
use super::pairs::{Original, Output, Pairs};
use super::{Attack, forms};
use crate::category::Catalog;
use crate::validator;

/// Rows that are tried with every salt.
const ROWS: usize = 8;
/// Rows that one scheme is tried on.
const MORE_ROWS: usize = 400;
/// Four bytes are equal by chance once in 4,000 million tries; with fewer tries than that, three such rows are no chance.
const LEAST_HITS: u64 = 3;
/// So much of a hash is compared, in bytes.
const COMPARED: usize = 4;
/// So many cells must be hashes.
const MOSTLY: f64 = 0.5;

/// Looks for hashes of identifiers of the same row with guessable salts.
pub(super) fn attack(pairs: &Pairs) -> Attack {
    let mut attack = Attack::new("salted-hashes");
    let sources: Vec<&Original> = pairs.personal().filter(|c| is_hashed(c)).collect();
    let outputs: Vec<&Output> = (pairs.output.iter())
        .filter(|column| !column.is_allowed && is_hash_like(column))
        .collect();
    if sources.is_empty() || outputs.is_empty() {
        return attack;
    }
    let constants = constants(pairs);
    let hashes = Hashes {
        pairs,
        sources: &sources,
        outputs: &outputs,
        constants: &constants,
    };
    for (column, (scheme, hits)) in hashes.broken(&mut attack.tried) {
        let category = sources[scheme.source].category.as_deref();
        attack.add(&outputs[column].path, hits, category, &hashes.name(&scheme));
    }
    attack.settle()
}

fn is_hashed(column: &Original) -> bool {
    let catalog = Catalog::builtin();
    let is_worth_it = |category: &str| {
        identifies(category) || catalog.covers("full_name", category) || category == "birth_date"
    };
    column.category.as_deref().is_some_and(is_worth_it)
}

fn is_hash_like(output: &Output) -> bool {
    let filled = output.cells.iter().flatten().count();
    let like = output
        .cells
        .iter()
        .flatten()
        .filter(|cell| first_bytes(cell).is_some())
        .count();
    filled > 0 && like as f64 >= MOSTLY * filled as f64
}

/// Salts that are not in the row.
fn constants(pairs: &Pairs) -> Vec<String> {
    let words = [
        "",
        "salt",
        "secret",
        "password",
        "key",
        "pepper",
        "test",
        "admin",
        "qwerty",
        "default",
        "hash",
        "token",
        "1",
        "0",
        "123",
        "1234",
        "12345",
        "123456",
        "iin",
        "ИИН",
        "соль",
        "секрет",
        "kz",
        "KZ",
        "Kazakhstan",
        "Qazaqstan",
        "mysalt",
        "my_salt",
        "secret_key",
        "changeme",
        "anonymize",
        "iesiz",
        "\n",
        "\r\n",
    ];
    let stem = crate::anonymize::stem(&pairs.table);
    let file = stem.rsplit('/').next().unwrap_or(stem);
    let columns = pairs.original.iter().map(|column| column.path.clone());
    let mut all: Vec<String> = words.map(str::to_owned).to_vec();
    all.extend([stem.to_owned(), file.to_owned()]);
    all.extend(columns);
    all.extend((2015..=2030).map(|year| year.to_string()));
    all
}

/// How a hash was made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Scheme {
    source: usize,
    /// Which way to write the value.
    written: usize,
    algorithm: usize,
    salt: Salt,
    way: Way,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Salt {
    Constant(usize),
    /// The number of the row, counted from this.
    Row(u64),
    /// Another cell of the row.
    Cell(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Before(&'static str),
    After(&'static str),
    Keyed,
    Twice,
    TwiceAsText,
    /// A hash of the text of another hash.
    OfOther(usize),
}

const WAYS: &[Way] = &[
    Way::Before(""),
    Way::After(""),
    Way::Before(":"),
    Way::After(":"),
    Way::Before("_"),
    Way::After("_"),
    Way::Before("|"),
    Way::After("|"),
    Way::Before("-"),
    Way::After("-"),
    Way::Keyed,
    Way::Twice,
    Way::TwiceAsText,
    Way::OfOther(0),
    Way::OfOther(1),
    Way::OfOther(2),
];

struct Hashes<'a> {
    pairs: &'a Pairs,
    sources: &'a [&'a Original],
    outputs: &'a [&'a Output],
    constants: &'a [String],
}

impl Hashes<'_> {
    /// By column: the scheme that most rows were made by, and how many rows that is.
    fn broken(&self, tried: &mut u64) -> BTreeMap<usize, (Scheme, u64)> {
        let rows: Vec<usize> = self.rows(ROWS).collect();
        let met: Vec<(u64, BTreeSet<(usize, Scheme)>)> =
            rows.into_par_iter().map(|row| self.met(row)).collect();
        *tried += met.iter().map(|(tried, _)| tried).sum::<u64>();
        let met: BTreeSet<(usize, Scheme)> = met.into_iter().flat_map(|(_, met)| met).collect();
        let mut broken: BTreeMap<usize, (Scheme, u64)> = BTreeMap::new();
        for (column, scheme) in met {
            let hits = self.hits(column, &scheme);
            let is_best = broken.get(&column).is_none_or(|(_, most)| hits > *most);
            if hits >= LEAST_HITS && is_best {
                broken.insert(column, (scheme, hits));
            }
        }
        broken
    }

    /// How many schemes were tried on a row, and which of them made the cells of which columns.
    fn met(&self, row: usize) -> (u64, BTreeSet<(usize, Scheme)>) {
        let columns = 0..self.outputs.len();
        let targets: HashMap<[u8; COMPARED], usize> = columns
            .filter_map(|column| Some((self.target(column, row)?, column)))
            .collect();
        let (mut tried, mut met) = (0, BTreeSet::new());
        self.for_each_scheme(&mut |scheme| {
            tried += 1;
            if let Some(column) = self.hash(&scheme, row).and_then(|hash| targets.get(&hash)) {
                met.insert((*column, scheme));
            }
        });
        (tried, met)
    }

    fn hits(&self, column: usize, scheme: &Scheme) -> u64 {
        let is_met = |&row: &usize| {
            let target = self.target(column, row);
            target.is_some() && self.hash(scheme, row) == target
        };
        self.rows(MORE_ROWS).filter(is_met).count() as u64
    }

    fn rows(&self, most: usize) -> impl Iterator<Item = usize> + use<> {
        let step = self.pairs.height().div_ceil(most).max(1);
        (0..self.pairs.height()).step_by(step)
    }

    fn target(&self, column: usize, row: usize) -> Option<[u8; COMPARED]> {
        first_bytes(self.outputs[column].cells.at(row)?)
    }

    fn for_each_scheme(&self, visit: &mut dyn FnMut(Scheme)) {
        let constants = (0..self.constants.len()).map(Salt::Constant);
        let rows = [Salt::Row(0), Salt::Row(1)];
        let cells = (0..self.pairs.original.len()).map(Salt::Cell);
        for salt in constants.chain(rows).chain(cells) {
            for way in WAYS.iter().copied().filter(|way| makes_sense(salt, *way)) {
                for source in 0..self.sources.len() {
                    for written in 0..WRITTEN {
                        for algorithm in 0..ALL.len() {
                            visit(Scheme {
                                source,
                                written,
                                algorithm,
                                salt,
                                way,
                            });
                        }
                    }
                }
            }
        }
    }

    fn hash(&self, scheme: &Scheme, row: usize) -> Option<[u8; COMPARED]> {
        let value = written(self.sources[scheme.source].cells.at(row)?, scheme.written)?;
        let row_number;
        let salt = match scheme.salt {
            Salt::Constant(index) => self.constants[index].as_str(),
            Salt::Cell(index) => self.pairs.original[index].cells.at(row)?,
            Salt::Row(from) => {
                row_number = (self.pairs.rows[row] + from).to_string();
                &row_number
            }
        };
        let algorithm = &ALL[scheme.algorithm];
        let once = |text: String| algorithm.digest(text.as_bytes());
        let hash = match scheme.way {
            Way::Before(between) => once(format!("{salt}{between}{value}")),
            Way::After(between) => once(format!("{value}{between}{salt}")),
            Way::Twice => algorithm.digest(&once(value)),
            Way::TwiceAsText => once(data_encoding::HEXLOWER.encode(&once(value))),
            Way::OfOther(other) => {
                once(data_encoding::HEXLOWER.encode(&ALL[other].digest(value.as_bytes())))
            }
            Way::Keyed => algorithm.keyed(salt.as_bytes(), value.as_bytes()),
        };
        hash.first_chunk().copied()
    }

    fn name(&self, scheme: &Scheme) -> String {
        let algorithm = ALL[scheme.algorithm].name;
        let salt = match scheme.salt {
            Salt::Constant(0) => "nothing".to_owned(),
            Salt::Constant(_) => "a usual word".to_owned(),
            Salt::Row(_) => "the number of the row".to_owned(),
            Salt::Cell(index) => format!("the cell of {}", self.pairs.original[index].path),
        };
        match scheme.way {
            Way::Before(_) => format!("{algorithm} after {salt}"),
            Way::After(_) => format!("{algorithm} before {salt}"),
            Way::Keyed => format!("hmac-{algorithm} with {salt}"),
            Way::Twice | Way::TwiceAsText => format!("{algorithm} twice"),
            Way::OfOther(other) => format!("{algorithm} of {}", ALL[other].name),
        }
    }
}

/// Without a salt there is one way to put it; a second hash needs none.
fn makes_sense(salt: Salt, way: Way) -> bool {
    let is_empty = salt == Salt::Constant(0);
    match way {
        Way::Before("") | Way::Keyed => true,
        Way::Twice | Way::TwiceAsText | Way::OfOther(_) => is_empty,
        _ => !is_empty,
    }
}

/// Ways to write a value.
const WRITTEN: usize = 3;

fn iso_date(value: &str) -> Option<String> {
    let (year, month, day) = validator::parse_date(value)?;
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// As it is, a date as ISO 8601 has it, the digits of a value that has others too, or the other case.
fn written(value: &str, way: usize) -> Option<String> {
    let value = value.trim();
    let other = match way {
        0 => return Some(value.to_owned()),
        1 => iso_date(value).unwrap_or_else(|| forms::digits(value)),
        _ if value.chars().any(char::is_lowercase) && !value.contains('@') => value.to_uppercase(),
        _ => value.to_lowercase(),
    };
    (other != value && !other.is_empty()).then_some(other)
}

#[cfg(test)]
mod tests {
    use data_encoding::{BASE64, HEXLOWER, HEXUPPER};
    use md5::Md5;
    use sha2::{Digest as _, Sha256};

    use super::super::Outcome;
    use super::super::pairs::tests::{pairs, token};
    use super::*;

    fn outcome(hash: impl Fn(usize, &str) -> String) -> (Outcome, String) {
        let iins: Vec<String> = (0..60)
            .map(|n| format!("35{:02}15100{n:03}", n % 12 + 1))
            .collect();
        let notes: Vec<String> = (0..60).map(|n| format!("n{}", n * 31)).collect();
        let hashed = iins
            .iter()
            .enumerate()
            .map(|(row, iin)| hash(row, iin))
            .collect();
        let was = [("iin", Some("iin"), iins), ("note", None, notes.clone())];
        let attack = attack(&pairs(&was, &[("key", hashed), ("note", notes)]));
        let how = attack
            .columns
            .first()
            .and_then(|column| column.hidden_as.clone());
        (attack.outcome, how.unwrap_or_default())
    }

    #[test]
    fn guessable_salts_are_guessed() {
        let hex = |text: String| HEXLOWER.encode(&Sha256::digest(text));
        for (found, how) in [
            (
                outcome(|_, iin| hex(format!("salt{iin}"))),
                "sha256 after a usual word",
            ),
            (
                outcome(|_, iin| hex(format!("{iin}2024"))),
                "sha256 before a usual word",
            ),
            (
                outcome(|row, iin| hex(format!("{iin}_{row}"))),
                "sha256 before the number of the row",
            ),
            (
                outcome(|row, iin| hex(format!("n{}:{iin}", row * 31))),
                "sha256 after the cell of note",
            ),
            (
                outcome(|_, iin| hex(format!("iin{iin}"))[..8].to_owned()),
                "sha256 after a usual word",
            ),
            (
                outcome(|_, iin| HEXUPPER.encode(&Md5::digest(Md5::digest(iin)))),
                "md5 twice",
            ),
            (outcome(|_, iin| hex(hex(iin.to_owned()))), "sha256 twice"),
            (
                outcome(|_, iin| BASE64.encode(&Sha256::digest(format!("{iin}secret")))),
                "sha256 before a usual word",
            ),
            (
                outcome(|_, iin| HEXLOWER.encode(&ALL[0].keyed(b"secret", iin.as_bytes()))),
                "hmac-sha256 with a usual word",
            ),
        ] {
            assert_eq!((found.0, found.1.as_str()), (Outcome::Broken, how));
        }
    }

    #[test]
    fn tokens_under_a_secret_key_hold() {
        assert_eq!(outcome(|_, iin| token(iin)).0, Outcome::Held);
        assert_eq!(
            outcome(|_, _| "[redacted]".to_owned()).0,
            Outcome::NotApplicable
        );
    }
}
