//! Enumeration: identifiers are so few that every one can be tried against a column of hashes.
//!
//! All IINs of people alive are about 919 million, seventy seconds of SHA-256 on one core. With the original at hand its own
//! identifiers are tried; without it the spaces of IINs, phones and document numbers are searched.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::hashes::{ALL, Algorithm, HashLike, Targets};
use super::originals::Originals;
use super::residue::Seen;
use super::{Attack, Effort};
use crate::error::Result;
use crate::progress;
use crate::validator::kz_iin;

/// So many hits are expected before a space is given up: the chance to miss is e^-20.
const EXPECTED_HITS: u64 = 20;
/// Candidates between two looks at the clock.
const CHUNK: u64 = 1 << 16;

/// Tries the original's identifiers against every hash-like column.
pub(super) fn by_originals(seen: &Seen, originals: &Originals) -> Attack {
    let mut attack = Attack::new("enumeration");
    let columns: Vec<(&String, Targets)> = (seen.hash_like.iter())
        .filter_map(|(path, hash_like)| Some((path, hash_like.targets()?)))
        .collect();
    if columns.is_empty() {
        return attack.settle();
    }
    let sample: Vec<&str> = originals.sample().iter().collect();
    let forms: Vec<String> = (sample.par_iter())
        .flat_map_iter(|text| written_forms(text))
        .collect();
    let hashed = |algorithm: &Algorithm| -> Vec<u64> {
        let hashes = forms.par_iter();
        hashes
            .map(|form| algorithm.first_eight(form.as_bytes()))
            .collect()
    };
    let by_algorithm: Vec<(&Algorithm, Vec<u64>)> = (ALL.iter())
        .map(|algorithm| (algorithm, hashed(algorithm)))
        .collect();
    for (path, targets) in columns {
        for (algorithm, hashes) in &by_algorithm {
            let found: BTreeSet<&u64> =
                (hashes.iter().filter(|hash| targets.contains(hash))).collect();
            attack.tried += sample.len() as u64;
            attack.report(path, algorithm, found.len() as u64, None);
        }
    }
    attack.settle()
}

/// Ways in which a canonical text may have been hashed.
fn written_forms(text: &str) -> impl Iterator<Item = String> {
    let phone =
        text.len() == 11 && text.starts_with('7') && text.bytes().all(|b| b.is_ascii_digit());
    let forms = if phone {
        vec![
            format!("+{text}"),
            format!("8{}", &text[1..]),
            text[1..].to_owned(),
        ]
    } else {
        vec![text.to_uppercase(), text.trim_start_matches('0').to_owned()]
    };
    std::iter::once(text.to_owned()).chain(forms)
}

/// Searches the spaces of identifiers for the hash-like ones among some columns; `None` when there is none.
pub(super) fn by_search(
    seen: &Seen,
    effort: Effort,
    is_meant: impl Fn(&str, &HashLike) -> bool,
) -> Result<Option<Attack>> {
    let mut attack = Attack::new("enumeration");
    let mut met = false;
    for (path, hash_like) in seen
        .hash_like
        .iter()
        .filter(|(path, like)| is_meant(path, like))
    {
        if let Some(targets) = hash_like.targets().filter(|targets| !targets.is_empty()) {
            met = true;
            attack.search(path, hash_like, &targets, effort)?;
        }
    }
    Ok(met.then(|| attack.settle()))
}

impl Attack {
    fn report(&mut self, path: &str, algorithm: &Algorithm, count: u64, category: Option<&str>) {
        if count > 0 {
            self.add(path, count, category, algorithm.name);
        }
    }

    fn search(
        &mut self,
        path: &str,
        hash_like: &HashLike,
        targets: &Targets,
        effort: Effort,
    ) -> Result<()> {
        let end = Instant::now() + Duration::from_secs(effort.seconds);
        let step = (targets.len() as u64 / EXPECTED_HITS).max(1);
        let (mut wanted, mut done) = (0, 0);
        let algorithms = hash_like.algorithms();
        // No need to try all: any hash that is found gives one person away.
        let of_first = SPACES[0].size / (targets.len() as u64).max(1);
        self.expected = Some(self.expected.map_or(of_first, |most| most.max(of_first)));
        let mut left = algorithms.len() * SPACES.len();
        for algorithm in algorithms {
            for space in SPACES {
                // Every search gets the same share of the time that is left.
                let now = Instant::now();
                let deadline = now
                    + end.saturating_duration_since(now) / u32::try_from(left).unwrap_or(u32::MAX);
                left -= 1;
                let search = Search {
                    algorithm,
                    space,
                    targets,
                    step,
                    deadline,
                };
                let (tried, hits) = search.run()?;
                wanted += space.size;
                done += tried;
                self.tried += tried;
                self.report(path, algorithm, hits, Some(space.category));
                if hits > 0 {
                    return Ok(());
                }
            }
        }
        let covered = done as f64 / wanted.max(1) as f64;
        if covered < 0.999 {
            self.covered = Some(
                self.covered
                    .map_or(covered, |least: f64| least.min(covered)),
            );
        }
        Ok(())
    }
}

/// A space of identifiers, numbered.
struct Space {
    category: &'static str,
    size: u64,
    /// Writes the identifier of a number; false where there is none.
    write: fn(u64, &mut String) -> bool,
}

/// Two sexes and ten thousand ordinals a day.
const IINS_A_DAY: u64 = 20_000;
/// Days are numbered from 1 January of the year, 31 a month, so that a number is a date without a calendar.
const DAYS_A_YEAR: u64 = 12 * 31;

const SPACES: &[Space] = &[
    Space {
        category: "iin",
        size: 97 * DAYS_A_YEAR * IINS_A_DAY,
        write: |n, out| iin(1930, n, out),
    },
    Space {
        category: "phone_number",
        size: 200_000_000,
        write: |n, out| phone("7", n, out),
    },
    Space {
        category: "phone_number",
        size: 200_000_000,
        write: |n, out| phone("+7", n, out),
    },
    Space {
        category: "phone_number",
        size: 200_000_000,
        write: |n, out| phone("8", n, out),
    },
    Space {
        category: "passport_number",
        size: 100_000_000,
        write: |n, out| numbered("N", 8, n, out),
    },
    Space {
        category: "iin",
        size: 130 * DAYS_A_YEAR * IINS_A_DAY,
        write: |n, out| iin(1800, n, out),
    },
    Space {
        category: "iin",
        size: 73 * DAYS_A_YEAR * IINS_A_DAY,
        write: |n, out| iin(2027, n, out),
    },
    Space {
        category: "id_card_number",
        size: 1_000_000_000,
        write: |n, out| numbered("", 9, n, out),
    },
];

fn iin(from_year: u64, n: u64, out: &mut String) -> bool {
    let (day, of_day) = (n / IINS_A_DAY, n % IINS_A_DAY);
    let (year, month, day) = (
        from_year + day / DAYS_A_YEAR,
        day % DAYS_A_YEAR / 31 + 1,
        day % 31 + 1,
    );
    let (sex, ordinal) = (of_day / 10_000, of_day % 10_000);
    let century = (year / 100 - 18) * 2 + 1 + sex;
    let digit = |value: u64, place: u64| (value / place % 10) as u8;
    let (y, m, d, o) = (year % 100, month, day, ordinal);
    let eleven = [
        digit(y, 10),
        digit(y, 1),
        digit(m, 10),
        digit(m, 1),
        digit(d, 10),
        digit(d, 1),
        century as u8,
        digit(o, 1_000),
        digit(o, 100),
        digit(o, 10),
        digit(o, 1),
    ];
    let Some(check) = kz_iin::with_check_digit(&eleven) else {
        return false;
    };
    out.extend(eleven.iter().chain(&[check]).map(|d| char::from(b'0' + d)));
    true
}

/// Operator codes of mobile phones; sources in `validator/kz_phone.rs`.
const MOBILE: [&str; 20] = [
    "700", "701", "702", "705", "706", "707", "708", "747", "760", "761", "762", "763", "764",
    "771", "775", "776", "777", "778", "785", "751",
];

fn phone(prefix: &str, n: u64, out: &mut String) -> bool {
    out.push_str(prefix);
    out.push_str(MOBILE[(n / 10_000_000) as usize % MOBILE.len()]);
    padded(7, n % 10_000_000, out);
    true
}

fn numbered(prefix: &str, width: usize, n: u64, out: &mut String) -> bool {
    out.push_str(prefix);
    padded(width, n, out);
    true
}

fn padded(width: usize, n: u64, out: &mut String) {
    let mut place = 10_u64.pow(width as u32 - 1);
    while place > 0 {
        out.push(char::from(b'0' + (n / place % 10) as u8));
        place /= 10;
    }
}

struct Search<'a> {
    algorithm: &'a Algorithm,
    space: &'a Space,
    targets: &'a Targets,
    /// Every so many-th number is tried.
    step: u64,
    deadline: Instant,
}

impl Search<'_> {
    /// How many numbers were tried, and how many targets were found.
    fn run(&self) -> Result<(u64, u64)> {
        let count = self.space.size / self.step;
        let (tried, hits) = (AtomicU64::new(0), AtomicU64::new(0));
        (0..count.div_ceil(CHUNK))
            .into_par_iter()
            .try_for_each(|chunk| {
                progress::check()?;
                if Instant::now() < self.deadline && hits.load(Ordering::Relaxed) < EXPECTED_HITS {
                    let range = chunk * CHUNK..count.min((chunk + 1) * CHUNK);
                    tried.fetch_add(range.end - range.start, Ordering::Relaxed);
                    hits.fetch_add(self.try_all(range), Ordering::Relaxed);
                }
                Ok(())
            })?;
        Ok((tried.into_inner(), hits.into_inner()))
    }

    fn try_all(&self, range: std::ops::Range<u64>) -> u64 {
        let mut text = String::with_capacity(16);
        let mut hits = 0;
        for index in range {
            text.clear();
            // A step that has no factor in common with the shape of the space would visit all parts alike; a shifting one does too.
            let number = index * self.step + index % self.step;
            if (self.space.write)(number, &mut text)
                && self
                    .targets
                    .contains(&self.algorithm.first_eight(text.as_bytes()))
            {
                hits += 1;
            }
        }
        hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validator;

    #[test]
    fn spaces_hold_valid_identifiers() {
        let valid = validator::named("kz-iin").unwrap();
        let mut text = String::new();
        assert!(iin(1800, (85 * DAYS_A_YEAR) * IINS_A_DAY + 1, &mut text));
        assert_eq!(text, "850101100012");
        assert!(valid(&text));
        text.clear();
        assert!(phone("+7", 10_000_005, &mut text));
        assert_eq!(text, "+77010000005");
    }
}
