//! Tables in the forms that operators keep them in.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;

use polars::prelude::{
    AnyValue, Column, DataFrame, DataType, NamedFrom as _, ParquetReader, ParquetWriter,
    SerReader as _, Series,
};

use crate::common::write;

/// Names of columns and rows of cells; an empty cell is an empty text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Utf8,
    /// Semicolons, carriage returns.
    Windows1251,
    Gzip,
    Parquet,
    /// Dates are dates and no text.
    ParquetOfDates,
}

pub(super) const FORMS: [(Form, &str); 5] = [
    (Form::Utf8, "clients.csv"),
    (Form::Windows1251, "clients_1251.csv"),
    (Form::Gzip, "clients_old.csv.gz"),
    (Form::Parquet, "clients.parquet"),
    (Form::ParquetOfDates, "clients_dates.parquet"),
];

impl Table {
    pub(super) fn new(header: &[&str], rows: Vec<Vec<String>>) -> Self {
        assert!(rows.iter().all(|row| row.len() == header.len()));
        Self {
            header: header.iter().map(ToString::to_string).collect(),
            rows,
        }
    }

    pub(super) fn column(&self, name: &str) -> usize {
        self.header.iter().position(|own| own == name).unwrap()
    }

    /// Cells of a typed column that are no dates are empty, as they can be nothing else.
    pub(super) fn as_in(&self, form: Form) -> Self {
        let mut table = self.clone();
        if form == Form::ParquetOfDates {
            for (index, _) in dates_of(&self.header) {
                for row in &mut table.rows {
                    row[index] = day_of(&row[index]).map_or(String::new(), |_| row[index].clone());
                }
            }
        }
        table
    }

    pub(super) fn write(&self, path: &Path, form: Form) {
        match form {
            Form::Utf8 => write(path, self.csv(b',', csv::Terminator::Any(b'\n'))),
            Form::Windows1251 => {
                let utf8 = String::from_utf8(self.csv(b';', csv::Terminator::CRLF)).unwrap();
                let (bytes, _, is_lossy) = encoding_rs::WINDOWS_1251.encode(&utf8);
                assert!(!is_lossy);
                write(path, bytes);
            }
            Form::Gzip => {
                let mut gzip =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                gzip.write_all(&self.csv(b',', csv::Terminator::Any(b'\n')))
                    .unwrap();
                write(path, gzip.finish().unwrap());
            }
            Form::Parquet | Form::ParquetOfDates => self.write_parquet(path, form),
        }
    }

    fn csv(&self, delimiter: u8, terminator: csv::Terminator) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .terminator(terminator)
            .from_writer(Vec::new());
        writer.write_record(&self.header).unwrap();
        self.rows
            .iter()
            .for_each(|row| writer.write_record(row).unwrap());
        writer.into_inner().unwrap()
    }

    fn write_parquet(&self, path: &Path, form: Form) {
        let column = |index: usize| -> Column {
            let cells: Vec<Option<&str>> = self
                .rows
                .iter()
                .map(|row| Some(row[index].as_str()).filter(|cell| !cell.is_empty()))
                .collect();
            let name = self.header[index].as_str().into();
            let is_date = dates_of(&self.header).any(|(date, _)| date == index);
            if is_date && form == Form::ParquetOfDates {
                let days: Vec<Option<i32>> = cells.iter().map(|cell| day_of((*cell)?)).collect();
                Series::new(name, days)
                    .cast(&DataType::Date)
                    .unwrap()
                    .into()
            } else {
                Series::new(name, cells).into()
            }
        };
        let columns = (0..self.header.len()).map(column).collect();
        let mut frame = DataFrame::new(self.rows.len(), columns).unwrap();
        let file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(path)
            .unwrap();
        ParquetWriter::new(file)
            .with_row_group_size(Some(7))
            .finish(&mut frame)
            .unwrap();
    }

    pub(super) fn read(path: &Path, form: Form) -> Self {
        let bytes = fs::read(path).unwrap();
        match form {
            Form::Utf8 => Self::of_csv(&bytes, b','),
            Form::Windows1251 => {
                let (utf8, _, is_broken) = encoding_rs::WINDOWS_1251.decode(&bytes);
                assert!(!is_broken);
                let lines = utf8.matches('\n').count();
                assert_eq!(utf8.matches("\r\n").count(), lines);
                Self::of_csv(utf8.as_bytes(), b';')
            }
            Form::Gzip => {
                let mut plain = Vec::new();
                flate2::read::MultiGzDecoder::new(bytes.as_slice())
                    .read_to_end(&mut plain)
                    .unwrap();
                Self::of_csv(&plain, b',')
            }
            Form::Parquet | Form::ParquetOfDates => Self::of_parquet(path, form),
        }
    }

    fn of_csv(bytes: &[u8], delimiter: u8) -> Self {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .from_reader(bytes);
        let mut records = reader
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect());
        Self {
            header: records.next().unwrap(),
            rows: records.collect(),
        }
    }

    fn of_parquet(path: &Path, form: Form) -> Self {
        let frame = ParquetReader::new(fs::File::open(path).unwrap())
            .finish()
            .unwrap();
        let header: Vec<String> = frame
            .columns()
            .iter()
            .map(|column| column.name().to_string())
            .collect();
        if form == Form::ParquetOfDates {
            for (index, _) in dates_of(&header) {
                assert_eq!(frame.columns()[index].dtype(), &DataType::Date);
            }
        }
        let cell = |value: AnyValue| match value {
            AnyValue::Null => String::new(),
            AnyValue::String(text) => text.to_owned(),
            AnyValue::StringOwned(text) => text.to_string(),
            AnyValue::Date(days) => text_of(days),
            other => panic!("{other:?}"),
        };
        let row = |row: usize| {
            let columns = frame.columns().iter();
            columns
                .map(|column| cell(column.get(row).unwrap()))
                .collect()
        };
        Self {
            header,
            rows: (0..frame.height()).map(row).collect(),
        }
    }
}

/// Columns whose names end like those of dates.
fn dates_of(header: &[String]) -> impl Iterator<Item = (usize, &String)> {
    header
        .iter()
        .enumerate()
        .filter(|(_, name)| name.ends_with("_on"))
}

/// Days since 1970 of `2024-02-29`, and of nothing else.
fn day_of(text: &str) -> Option<i32> {
    let date: jiff::civil::Date = text.parse().ok().filter(|_| text.len() == 10)?;
    let since = date.since(jiff::civil::date(1970, 1, 1)).unwrap();
    Some(since.get_days())
}

fn text_of(days: i32) -> String {
    use jiff::ToSpan as _;
    (jiff::civil::date(1970, 1, 1) + i64::from(days).days()).to_string()
}
