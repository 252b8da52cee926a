//! Reading tables and writing them.

use std::path::Path;

use divan::Bencher;
use divan::counter::BytesCount;
use iesiz::batch::TableId;
use iesiz::source::csv::encoding::Encoding;
use iesiz::source::sink::Format;
use iesiz::source::staged::write_atomically;
use iesiz::source::{Compression, CsvFormat, Options, Source, reopen};

use crate::cells::{csv, frame};

const ROWS: usize = 50_000;
/// Rows of the frame that is written, times this.
const TIMES: usize = 5;

fn open(path: &Path, is_parquet: bool) -> Box<dyn Source> {
    reopen(
        &TableId("t".to_owned()),
        &path.display().to_string(),
        if is_parquet { "parquet" } else { "csv" },
        &Options::default(),
    )
    .unwrap()
}

/// Rows of every batch, decoded one after another.
fn rows(source: &dyn Source) -> u64 {
    let batches = source.read_columns().unwrap();
    batches
        .map(|pending| (pending.unwrap().decode)().unwrap().new_rows())
        .sum()
}

#[divan::bench]
fn read_csv(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    let text = csv(ROWS);
    write_atomically(&path, text.as_bytes()).unwrap();
    let source = open(&path, false);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| rows(source.as_ref()));
}

#[divan::bench]
fn read_parquet(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    write(&Format::Parquet, &path);
    let source = open(&path, true);
    bencher
        .counter(BytesCount::new(frame().estimated_size() * TIMES))
        .bench(|| rows(source.as_ref()));
}

#[divan::bench(args = ["csv", "parquet"])]
fn write_out(bencher: Bencher<'_, '_>, format: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let format = if format == "parquet" {
        Format::Parquet
    } else {
        as_csv()
    };
    bencher
        .counter(BytesCount::new(frame().estimated_size() * TIMES))
        .bench_local(|| write(&format, &path));
}

fn as_csv() -> Format {
    let format = CsvFormat {
        delimiter: b',',
        crlf: false,
        encoding: Encoding::Utf8 { bom: false },
        header: None,
        place: "bench".to_owned(),
    };
    Format::Csv(Box::new(format), Compression::None)
}

fn write(format: &Format, path: &Path) {
    let frame = frame();
    let mut sink = format.create(path, frame.schema()).unwrap();
    for _ in 0..TIMES {
        sink.write(format.encode(frame.clone()).unwrap()).unwrap();
    }
    sink.finish().unwrap().publish().unwrap();
}
