//! A digest of all cells of a table that does not depend on how its rows come in batches.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, DataType, Series};
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::batch::for_each_leaf;
use crate::error::{Error, Result};

/// Adds up batches in order.
#[derive(Default)]
pub(super) struct Cells {
    rows: u64,
    /// By path of the leaf: how many places came before, and the filled ones among them.
    leaves: BTreeMap<String, (u64, Sha256)>,
}

impl Cells {
    pub(super) fn add(&mut self, frame: &DataFrame) -> Result<()> {
        let mut met: BTreeMap<String, Series> = BTreeMap::new();
        for column in frame.columns() {
            for_each_leaf(column, &mut |path, values| {
                met.insert(path, values.clone());
                Ok(())
            })?;
        }
        for path in met.keys() {
            // Values in lists are counted by themselves; a column that came late was empty before.
            let before = if path.contains("[]") { 0 } else { self.rows };
            let leaf = self
                .leaves
                .entry(path.clone())
                .or_insert_with(|| (before, Sha256::new()));
            leaf.0 = leaf.0.max(before);
        }
        let leaves = self.leaves.par_iter_mut();
        leaves.try_for_each(|(path, (places, hash))| match met.get(path) {
            None => Ok(()),
            Some(values) => {
                hash_of(path, values, *places, hash)?;
                *places += values.len() as u64;
                Ok(())
            }
        })?;
        self.rows += frame.height() as u64;
        Ok(())
    }

    /// The digest of everything so far.
    pub(super) fn digest(&self) -> String {
        let mut all = Sha256::new();
        all.update(self.rows.to_le_bytes());
        for (path, (_, hash)) in &self.leaves {
            all.update(path.as_bytes());
            all.update(hash.clone().finalize());
        }
        format!("sha256:{}", data_encoding::HEXLOWER.encode(&all.finalize()))
    }
}

fn hash_of(path: &str, values: &Series, places: u64, hash: &mut Sha256) -> Result<()> {
    let broken = |e| Error::parquet(path, &e);
    let mut add = |place: usize, cell: &[u8]| {
        hash.update((places + place as u64).to_le_bytes());
        hash.update((cell.len() as u64).to_le_bytes());
        hash.update(cell);
    };
    if values.dtype() == &DataType::Binary {
        let cells = values.binary().map_err(broken)?;
        let filled = cells
            .iter()
            .enumerate()
            .filter_map(|(place, cell)| Some((place, cell?)));
        filled.for_each(|(place, cell)| add(place, cell));
        return Ok(());
    }
    let texts = values.cast(&DataType::String).map_err(broken)?;
    let texts = texts.str().map_err(broken)?;
    let filled = texts
        .iter()
        .enumerate()
        .filter_map(|(place, cell)| Some((place, cell?)));
    filled.for_each(|(place, cell)| add(place, cell.as_bytes()));
    Ok(())
}

/// The digest of a row.
pub(super) type RowDigest = [u8; 32];

/// Digests of rows, over the cells of some columns.
pub(super) fn of_rows(
    frame: &DataFrame,
    is_meant: &dyn Fn(&str) -> bool,
) -> Result<Vec<RowDigest>> {
    let mut rows = vec![Sha256::new(); frame.height()];
    for column in frame
        .columns()
        .iter()
        .filter(|column| is_meant(column.name()))
    {
        let broken = |e| Error::parquet(column.name().as_str(), &e);
        let texts = column.cast(&DataType::String).map_err(broken)?;
        let texts = texts.str().map_err(broken)?;
        for (row, cell) in rows.iter_mut().zip(texts.iter()) {
            match cell {
                None => row.update([0]),
                Some(cell) => {
                    row.update([1]);
                    row.update((cell.len() as u64).to_le_bytes());
                    row.update(cell);
                }
            }
        }
    }
    Ok(rows.into_iter().map(|row| row.finalize().into()).collect())
}

/// Adds up rows, in whatever order they come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RowSet {
    rows: u64,
    sum: [u64; 4],
}

impl RowSet {
    pub(super) fn add(&mut self, rows: &[RowDigest]) {
        self.rows += rows.len() as u64;
        for row in rows {
            for (sum, part) in self.sum.iter_mut().zip(row.chunks_exact(8)) {
                let part = part.iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
                *sum = sum.wrapping_add(part);
            }
        }
    }

    /// The digest of all rows so far.
    pub(super) fn digest(&self) -> String {
        let mut all = Sha256::new();
        all.update(self.rows.to_le_bytes());
        self.sum
            .iter()
            .for_each(|part| all.update(part.to_le_bytes()));
        format!("sha256:{}", data_encoding::HEXLOWER.encode(&all.finalize()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::Column;

    fn frame(cells: &[Option<&str>]) -> DataFrame {
        let column = Column::new("a".into(), cells);
        DataFrame::new(cells.len(), vec![column]).unwrap()
    }

    fn digest(parts: &[&[Option<&str>]]) -> String {
        let mut cells = Cells::default();
        for part in parts {
            cells.add(&frame(part)).unwrap();
        }
        cells.digest()
    }

    #[test]
    fn rows_are_told_apart_and_their_order_is_not() {
        let rows = |cells: &[Option<&str>]| of_rows(&frame(cells), &|_| true).unwrap();
        let set = |cells: &[Option<&str>]| {
            let mut set = RowSet::default();
            rows(cells).chunks(2).for_each(|part| set.add(part));
            set.digest()
        };
        let all = set(&[Some("1"), None, Some("2")]);
        assert_eq!(all, set(&[Some("2"), Some("1"), None]));
        for other in [
            &[Some("1"), Some(""), Some("2")][..],
            &[Some("1"), Some("2")],
            &[],
        ] {
            assert_ne!(all, set(other));
        }
        assert_eq!(
            of_rows(&frame(&[None]), &|_| false).unwrap(),
            of_rows(&frame(&[Some("1")]), &|_| false).unwrap()
        );
    }

    #[test]
    fn batches_do_not_matter_and_every_cell_does() {
        let whole = digest(&[&[Some("1"), None, Some("2")]]);
        assert_eq!(whole, digest(&[&[Some("1")], &[None, Some("2")]]));
        for other in [
            [Some("1"), Some("2"), None],
            [Some("12"), None, Some("")],
            [Some("2"), None, Some("1")],
        ] {
            assert_ne!(whole, digest(&[&other]));
        }
    }
}
