//! Findings are the same however the same data comes: in other rows first, in batches of any size, beside other tables, as CSV or as
//! Parquet.

use std::fs::File;
use std::path::Path;

use iesiz::batch::Batch;
use iesiz::detect::Detectors;
use iesiz::findings::Findings;
use iesiz::progress::Silent;
use iesiz::scan::{Judging, scan};
use iesiz::source::Options;
use polars::prelude::{Column, DataFrame, NamedFrom as _, ParquetWriter, Series};

use super::corpus::{self, Table};
use super::{SEED, scanned, tables_in};

/// What matters of findings: the source and its format may differ.
fn essence(findings: &Findings) -> Vec<String> {
    let mut columns: Vec<String> = findings
        .tables
        .iter()
        .flat_map(|table| table.columns.iter().map(move |column| (table, column)))
        .map(|(table, column)| {
            format!(
                "{} {}: {:?} {:.1} bits, {} hits, {} nulls, {} distinct, also {:?}",
                table.table,
                column.path,
                column.category,
                column.bits,
                column.hits,
                column.nulls,
                column.distinct,
                column.also
            )
        })
        .collect();
    columns.sort();
    columns
}

fn some_tables() -> Vec<Table> {
    let tables = corpus::tables(SEED).into_iter();
    tables.filter(|table| table.has_header).step_by(4).collect()
}

fn frame(table: &Table) -> DataFrame {
    let columns = table.columns.iter().map(|column| {
        let cells: Vec<Option<&str>> = (column.cells.iter())
            .map(|cell| Some(cell.as_str()).filter(|cell| !cell.is_empty()))
            .collect();
        Column::from(Series::new(column.name.as_str().into(), cells))
    });
    DataFrame::new(table.columns[0].cells.len(), columns.collect()).unwrap()
}

#[test]
fn rows_in_another_order_change_nothing() {
    let tables = some_tables();
    let mut turned = tables.clone();
    for column in turned.iter_mut().flat_map(|table| &mut table.columns) {
        column.cells.reverse();
    }
    let detectors = Detectors::builtin();
    assert_eq!(
        essence(&scanned(&tables, &detectors)),
        essence(&scanned(&turned, &detectors))
    );
}

#[test]
fn tables_scanned_together_are_judged_as_alone() {
    let tables = corpus::tables(SEED);
    let detectors = Detectors::builtin();
    let alone = |table: &Table| {
        let findings = scanned(std::slice::from_ref(table), &Detectors::builtin());
        essence(&findings)
    };
    let with_header = |table: &&Table| table.has_header;
    let few: Vec<&Table> = tables.iter().filter(with_header).step_by(9).collect();
    let together = essence(&scanned(&tables, &detectors));
    for column in few.into_iter().flat_map(alone) {
        assert!(together.contains(&column), "{column} when scanned alone");
    }
}

#[test]
fn csv_and_parquet_give_the_same_findings() {
    let tables = some_tables();
    let detectors = Detectors::builtin();
    let folder = tempfile::tempdir().unwrap();
    for table in &tables {
        write_parquet(
            &folder.path().join(table.name).with_extension("parquet"),
            table,
        );
    }
    let found = tables_in(folder.path(), &Options::default());
    let of_parquet = scan(&found, &detectors, Judging::default(), &Silent).unwrap();
    assert_eq!(essence(&scanned(&tables, &detectors)), essence(&of_parquet));
}

fn write_parquet(path: &Path, table: &Table) {
    #[expect(clippy::disallowed_methods, reason = "fixtures need no atomicity")]
    let file = File::create(path).unwrap();
    ParquetWriter::new(file).finish(&mut frame(table)).unwrap();
}

#[test]
fn batches_of_any_size_give_the_same_evidence() {
    let detectors = Detectors::builtin();
    for table in some_tables() {
        let frame = frame(&table);
        let observe = |size: usize| {
            let mut observer = detectors.observer();
            for start in (0..).step_by(size).take(frame.height().div_ceil(size)) {
                let slice = frame.slice(start, size);
                observer.observe(&Batch::of_frame(0, slice)).unwrap();
            }
            let columns = observer.finish().columns.into_iter().map(|(path, seen)| {
                let distinct = seen.distinct.count();
                let counts = (
                    seen.cells,
                    seen.nulls,
                    distinct,
                    seen.boolean,
                    seen.numeric,
                    seen.text,
                );
                (
                    path,
                    counts,
                    seen.hits,
                    seen.invalid,
                    seen.found,
                    seen.found_invalid,
                )
            });
            columns.collect::<Vec<_>>()
        };
        let whole = observe(frame.height());
        for size in [1, 7, 50] {
            assert_eq!(observe(size), whole, "{} in batches of {size}", table.name);
        }
    }
}
