//! Some rows of a table, drawn at random: every row is as likely as any other to be among them.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use polars::prelude::{DataFrame, IdxCa, IdxSize};
use rayon::prelude::*;

use super::database::DbTable;
use super::{Batches, Blocked, Compression, CsvFormat, Pending, Source, TableInfo};
use crate::batch::{Batch, Problems, TableId};
use crate::error::{Error, Result};
use crate::progress;

/// How sure a sample is to meet what it should.
pub const CERTAINTY: f64 = 0.95;

/// The least share of rows with personal data of which a sample would have met one with [`CERTAINTY`].
///
/// Draws without replacement do a little better than this bound for draws with replacement: (1 - share)^rows = 1 - certainty.
pub fn least_share(rows: u64) -> f64 {
    1.0 - (1.0 - CERTAINTY).powf(1.0 / rows.max(1) as f64)
}

/// Which share of rows is to be taken by chance, each for itself, so that there are surely enough of them; `None` when
/// all are. Such counts scatter by their root: six times that is missed once in a thousand million draws.
pub(super) fn share_to_draw(most: u64, of: u64) -> Option<f64> {
    let most = most as f64;
    let share = (most + 6.0 * most.sqrt() + 20.0) / of.max(1) as f64;
    (share < 1.0).then_some(share)
}

/// A table of which only some rows are looked at.
struct Sampled {
    source: Box<dyn Source>,
    /// How many.
    most: u64,
    /// Rows that the whole table has, once it was read.
    of: Arc<AtomicU64>,
}

/// Looks only at so many rows of a table.
pub fn sampled(source: Box<dyn Source>, most: u64) -> Box<dyn Source> {
    Box::new(Sampled {
        source,
        most,
        of: Arc::default(),
    })
}

/// Rows drawn so far: those whose numbers, turned to chance, are the least.
struct Drawn {
    most: usize,
    /// What stands above it is not drawn.
    below: u64,
    rows: Vec<(Vec<u64>, DataFrame)>,
    count: usize,
}

impl Drawn {
    fn add(&mut self, first: u64, frame: &DataFrame) -> Result<()> {
        let chances = (0..frame.height() as u64).map(|row| chance(first + row));
        let chosen: Vec<(usize, u64)> = chances
            .enumerate()
            .filter(|(_, chance)| *chance < self.below)
            .collect();
        if chosen.is_empty() {
            return Ok(());
        }
        let (rows, chances): (Vec<usize>, Vec<u64>) = chosen.into_iter().unzip();
        self.count += rows.len();
        self.rows.push((chances, taken(frame, &rows)?));
        if self.count > 2 * self.most {
            self.prune()?;
        }
        Ok(())
    }

    /// Keeps no more than was asked for.
    fn prune(&mut self) -> Result<()> {
        if self.count <= self.most {
            return Ok(());
        }
        let mut all: Vec<u64> = self
            .rows
            .iter()
            .flat_map(|(chances, _)| chances.iter().copied())
            .collect();
        let (_, next, _) = all.select_nth_unstable(self.most);
        self.below = *next;
        for (chances, frame) in &mut self.rows {
            let kept: Vec<usize> = (0..chances.len())
                .filter(|&row| chances[row] < self.below)
                .collect();
            *frame = taken(frame, &kept)?;
            *chances = kept.iter().map(|&row| chances[row]).collect();
        }
        self.rows.retain(|(chances, _)| !chances.is_empty());
        self.count = self.rows.iter().map(|(chances, _)| chances.len()).sum();
        Ok(())
    }
}

fn taken(frame: &DataFrame, rows: &[usize]) -> Result<DataFrame> {
    let index: Vec<IdxSize> = rows.iter().map(|&row| row as IdxSize).collect();
    let index = IdxCa::from_vec("".into(), index);
    frame.take(&index).map_err(|_| Error::Internal {
        place: "a sample".to_owned(),
    })
}

/// A number that looks drawn and is the same in every run (Steele, Lea, Flood 2014: `SplitMix64`).
fn chance(row: u64) -> u64 {
    let mut z = row.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Sampled {
    fn draw(source: &dyn Source, most: u64, of: &AtomicU64) -> Result<Vec<Batch>> {
        let (mut batches, known) = match source.drawn(most)? {
            Some((batches, rows)) => (batches, Some(rows)),
            None => (source.read()?, None),
        };
        let mut drawn = Drawn {
            most: usize::try_from(most).unwrap_or(usize::MAX / 2),
            below: u64::MAX,
            rows: Vec::new(),
            count: 0,
        };
        let (mut rows, mut problems) = (0, Problems::default());
        loop {
            progress::check()?;
            let window = batches.by_ref().take(rayon::current_num_threads());
            let window: Vec<Pending> = window.collect::<Result<_>>()?;
            if window.is_empty() {
                break;
            }
            let decoded = window.into_par_iter().map(|pending| (pending.decode)());
            for batch in decoded.collect::<Result<Vec<Batch>>>()? {
                drawn.add(rows, batch.frame()?.as_ref())?;
                rows += batch.height() as u64;
                problems = problems.merge(batch.problems);
            }
        }
        drawn.prune()?;
        of.store(known.unwrap_or(rows), Ordering::Relaxed);
        let frames = drawn.rows.into_iter().enumerate();
        let mut batches: Vec<Batch> = frames
            .map(|(seq, (_, frame))| Batch::of_frame(seq as u64, frame))
            .collect();
        if let Some(first) = batches.first_mut() {
            first.problems = problems;
        }
        Ok(batches)
    }
}

impl Source for Sampled {
    fn id(&self) -> &TableId {
        self.source.id()
    }

    fn info(&self) -> TableInfo {
        TableInfo {
            rows: None,
            cells: None,
            ..self.source.info()
        }
    }

    fn path(&self) -> Option<&Path> {
        self.source.path()
    }

    fn address(&self) -> Option<String> {
        self.source.address()
    }

    fn is_live(&self) -> bool {
        self.source.is_live()
    }

    fn described(&self) -> Option<&DbTable> {
        self.source.described()
    }

    fn compression(&self) -> Compression {
        self.source.compression()
    }

    fn fingerprint(&self) -> Result<String> {
        self.source.fingerprint()
    }

    fn read(&self) -> Result<Batches> {
        let drawn = Self::draw(self.source.as_ref(), self.most, &self.of)?;
        Ok(Box::new(drawn.into_iter().map(|batch| {
            Ok(Pending {
                seq: batch.seq,
                bytes: 0,
                rows: Some(batch.height() as u64),
                decode: Box::new(move || Ok(batch)),
            })
        })))
    }

    fn hidden_names(&self) -> usize {
        self.source.hidden_names()
    }

    fn blocked(&self) -> Option<&Blocked> {
        self.source.blocked()
    }

    fn sampled_of(&self) -> Option<u64> {
        Some(self.of.load(Ordering::Relaxed))
    }

    fn csv_format(&self) -> Option<CsvFormat> {
        self.source.csv_format()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{Column, NamedFrom as _, Series};

    #[test]
    fn every_row_is_as_likely_as_any_other() {
        let mut drawn = Drawn {
            most: 1_000,
            below: u64::MAX,
            rows: Vec::new(),
            count: 0,
        };
        for batch in 0..100_u64 {
            let numbers: Vec<u64> = (batch * 1_000..(batch + 1) * 1_000).collect();
            let column = Column::from(Series::new("n".into(), numbers));
            let frame = DataFrame::new(1_000, vec![column]).unwrap();
            drawn.add(batch * 1_000, &frame).unwrap();
            assert!(drawn.count <= 3 * drawn.most);
        }
        drawn.prune().unwrap();
        assert_eq!(drawn.count, 1_000);
        let early: usize = drawn
            .rows
            .iter()
            .map(|(_, frame)| {
                let numbers = frame
                    .column("n")
                    .unwrap()
                    .as_materialized_series()
                    .u64()
                    .unwrap()
                    .clone();
                numbers.iter().flatten().filter(|n| *n < 50_000).count()
            })
            .sum();
        assert!((430..570).contains(&early), "{early}");
    }

    #[test]
    fn a_share_leaves_room_for_chance() {
        assert_eq!(share_to_draw(1_000, 1_000), None);
        assert_eq!(share_to_draw(1_000, 0), None);
        for most in [1, 100, 10_000, 1_000_000] {
            let of = 100_000_000;
            let expected = share_to_draw(most, of).unwrap() * of as f64;
            let scatter = expected.sqrt();
            assert!(expected - 5.0 * scatter >= most as f64 - 1.0, "{most}");
            assert!(expected < 30.0 * most as f64, "{most}");
        }
    }

    #[test]
    fn the_bound_is_that_of_the_rule_of_three() {
        assert!((least_share(1_000) - 0.003).abs() < 1e-4);
        assert!((least_share(1) - CERTAINTY).abs() < 1e-12);
    }
}
