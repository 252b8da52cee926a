//! Looking at cells: what they are made of, what they are, whether their check digits hold, what lies in them.

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use iesiz::detect::{Detectors, header, shape::Shape};
use iesiz::validator;
use polars::prelude::{Column, DataFrame};

use crate::cells::{KINDS, ROWS, batch, cells, frame, series, size};

#[divan::bench(args = KINDS)]
fn gate(bencher: Bencher<'_, '_>, kind: &str) {
    let cells = cells(kind);
    bencher.counter(BytesCount::new(size(&cells))).bench(|| {
        cells
            .iter()
            .map(|cell| Shape::of(cell).digits)
            .sum::<usize>()
    });
}

#[divan::bench(args = KINDS)]
fn observe(bencher: Bencher<'_, '_>, kind: &str) {
    let bytes = size(&cells(kind));
    let frame = DataFrame::new(ROWS, vec![Column::from(series(kind))]).unwrap();
    judge(bencher, frame, bytes);
}

#[divan::bench]
fn observe_mixed(bencher: Bencher<'_, '_>) {
    let bytes = KINDS.iter().map(|kind| size(&cells(kind))).sum();
    judge(bencher, frame(), bytes);
}

fn judge(bencher: Bencher<'_, '_>, frame: DataFrame, bytes: usize) {
    let detectors = Detectors::builtin();
    let batch = batch(frame);
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        let mut observer = detectors.observer();
        observer.observe(black_box(&batch)).unwrap();
        observer.finish()
    });
}

#[divan::bench(args = ["address", "comment"])]
fn search(bencher: Bencher<'_, '_>, kind: &str) {
    let cells = cells(kind);
    let detectors = Detectors::builtin();
    let mut searcher = detectors.searcher();
    bencher
        .counter(BytesCount::new(size(&cells)))
        .bench_local(|| {
            cells
                .iter()
                .map(|cell| searcher.spans(cell).len())
                .sum::<usize>()
        });
}

#[divan::bench(args = validator::ALL.iter().map(|(name, _)| *name))]
fn validate(bencher: Bencher<'_, '_>, name: &str) {
    let is_valid = validator::named(name).unwrap();
    let cells = cells("iin");
    bencher.counter(ItemsCount::new(ROWS)).bench(|| {
        cells
            .iter()
            .filter(|cell| is_valid(black_box(cell)))
            .count()
    });
}

#[divan::bench]
fn header_name(bencher: Bencher<'_, '_>) {
    const NAMES: [&str; 4] = ["ИИН клиента", "created_at", "Контактный телефон", "col_17"];
    bencher
        .counter(ItemsCount::new(NAMES.len()))
        .bench(|| NAMES.map(|name| header::judge(black_box(name)).bits("iin")));
}

#[divan::bench]
fn start() -> Detectors {
    Detectors::builtin()
}
