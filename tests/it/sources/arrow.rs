//! Arrow files and streams with columns of text.

use std::path::Path;
use std::sync::Arc;

use polars::prelude::CompatLevel;
use polars_arrow::array::Array;
use polars_arrow::datatypes::{ArrowSchema, Field};
use polars_arrow::io::ipc::write::{Compression, FileWriter, StreamWriter, WriteOptions};
use polars_arrow::record_batch::RecordBatchT;

use super::{Kind, Made, Table, parquet};
use crate::common::write;

pub(super) const FILE: Kind = Kind {
    name: "arrow",
    make: file,
    broken: broken_file,
};

pub(super) const STREAM: Kind = Kind {
    name: "arrow stream",
    make: stream,
    broken: broken_stream,
};

/// The table as arrays, a hundred rows a batch.
fn batches(table: &Table) -> (ArrowSchema, Vec<RecordBatchT<Box<dyn Array>>>) {
    let frame = parquet::frame(table);
    let fields = { frame.columns().iter() }.map(|column| {
        let dtype = column.dtype().to_arrow(CompatLevel::oldest());
        let field = Field::new(column.name().clone(), dtype, true);
        (field.name.clone(), field)
    });
    let fields: ArrowSchema = fields.collect();
    let slices = (0..frame.height()).step_by(100).map(|start| {
        let slice = frame.slice(i64::try_from(start).unwrap(), 100);
        let arrays = slice.columns().iter().map(|column| {
            let series = column.as_materialized_series().rechunk();
            series.to_arrow(0, CompatLevel::oldest())
        });
        RecordBatchT::new(slice.height(), Arc::new(fields.clone()), arrays.collect())
    });
    let slices = slices.collect();
    (fields, slices)
}

fn options(compression: Option<Compression>) -> WriteOptions {
    WriteOptions { compression }
}

fn file(folder: &Path, table: &Table) -> Option<Made> {
    let path = folder.join("table.feather");
    let (fields, batches) = batches(table);
    let options = options(Some(Compression::LZ4));
    let mut writer = FileWriter::new(Vec::new(), Arc::new(fields), None, options);
    writer.start().unwrap();
    for batch in &batches {
        writer.write(batch, None).unwrap();
    }
    writer.finish().unwrap();
    write(&path, writer.into_inner());
    Made::file(&path)
}

fn stream(folder: &Path, table: &Table) -> Option<Made> {
    let path = folder.join("table.ipc");
    let (fields, batches) = batches(table);
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::new(&mut bytes, options(None));
    writer.start(&fields, None).unwrap();
    for batch in &batches {
        writer.write(batch, None).unwrap();
    }
    writer.finish().unwrap();
    write(&path, bytes);
    Made::file(&path)
}

fn spoilt(folder: &Path, made: fn(&Path, &Table) -> Option<Made>) -> Vec<String> {
    let made = made(folder, &Table::usual(50)).unwrap();
    let whole = std::fs::read(&made.source).unwrap();
    let spoilt = |(name, bytes): (&str, &[u8])| {
        write(&folder.join(name), bytes);
        folder.join(name).to_str().unwrap().to_owned()
    };
    let cut = [
        ("half.arrow", whole.len() / 2),
        ("cut.arrow", whole.len() - 8),
        ("head.arrow", 20),
    ];
    cut.map(|(name, end)| spoilt((name, &whole[..end])))
        .to_vec()
}

fn broken_file(folder: &Path) -> Vec<String> {
    spoilt(folder, file)
}

fn broken_stream(folder: &Path) -> Vec<String> {
    spoilt(folder, stream)
}
