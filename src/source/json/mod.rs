//! JSON Lines, and files of JSON objects one after another or in one array. Every key of a record is a column; what is nested stays
//! JSON in a cell, and numbers stay as they are written.

mod fields;
mod records;

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use polars::prelude::DataType;

use super::csv::encoding::Encoding;
use super::csv::sniff::column_paths;
use super::csv::{guess_encoding, read_head};
use super::feed::{RowBuilder, feed};
use super::input::{Compression, Input};
use super::{Batches, Options, Source, TableInfo};
use crate::batch::TableId;
use crate::error::{Error, Result};
use fields::{for_each_field, push_text};
use records::Records;
pub(super) use records::Shape;

/// More keys are no columns but data.
const MOST_COLUMNS: usize = 4096;

/// One file of records.
pub(super) struct JsonSource {
    id: TableId,
    input: Input,
    encoding: Encoding,
    shape: Shape,
    layout: Arc<Layout>,
    rows: u64,
}

impl JsonSource {
    /// Reads a file once for its keys.
    ///
    /// # Errors
    /// When it cannot be read or a record is no JSON object.
    pub(super) fn open(id: TableId, input: Input, shape: Shape, options: &Options) -> Result<Self> {
        let place = id.to_string();
        let broken = |source| Error::Read {
            place: place.clone(),
            source,
        };
        let head = read_head(input.open().map_err(broken)?).map_err(broken)?;
        let encoding = match options.encoding {
            Some(encoding) => encoding.with_mark_of(&head),
            None => guess_encoding(&head, &input)
                .map_err(broken)?
                .ok_or_else(|| Error::Encoding {
                    place: place.clone(),
                })?,
        };
        let text = encoding.decoder(input.open().map_err(broken)?);
        let mut records = Records::new(text, shape, &place);
        let mut keys = Keys::default();
        let mut rows = 0;
        while let Some(record) = records.next()? {
            let learnt = keys.learn(record);
            learnt.map_err(|what| records.wrong(what))?;
            rows += 1;
        }
        Ok(Self {
            id,
            encoding,
            shape,
            layout: Arc::new(keys.layout()),
            input,
            rows,
        })
    }
}

/// Which column a key of a record belongs to: the first, or a further one where a record repeats it.
#[derive(Debug, Default)]
struct Keys {
    columns: HashMap<String, Vec<usize>>,
    names: Vec<String>,
    /// Numbers of the record in which a column was met last.
    met: Vec<u64>,
    records: u64,
}

impl Keys {
    fn learn(&mut self, record: &[u8]) -> Result<(), &'static str> {
        self.records += 1;
        for_each_field(record, &mut |key, _| {
            let (met, record) = (&mut self.met, self.records);
            let columns = match self.columns.get_mut(key.as_ref()) {
                Some(columns) => columns,
                None => self.columns.entry(key.clone().into_owned()).or_default(),
            };
            if let Some(&free) = columns.iter().find(|&&column| met[column] != record) {
                met[free] = record;
                return Ok(());
            }
            if met.len() == MOST_COLUMNS {
                return Err(
                    "there are more than 4096 different keys: keys that are data make no columns",
                );
            }
            columns.push(met.len());
            met.push(record);
            self.names.push(key.into_owned());
            Ok(())
        })
    }

    fn layout(self) -> Layout {
        let (paths, hidden_names) = column_paths(&self.names);
        Layout {
            columns: self.columns,
            paths,
            hidden_names,
        }
    }
}

/// The columns of a table.
#[derive(Debug)]
struct Layout {
    columns: HashMap<String, Vec<usize>>,
    paths: Vec<String>,
    hidden_names: usize,
}

impl Layout {
    /// Where in a record the values of its columns are.
    fn place(
        &self,
        record: &[u8],
        values: &mut [Option<Range<usize>>],
    ) -> Result<(), &'static str> {
        values.fill(None);
        for_each_field(record, &mut |key, value| {
            let columns = self.columns.get(key.as_ref());
            let free = columns
                .and_then(|columns| { columns.iter() }.find(|&&column| values[column].is_none()));
            match free {
                Some(&column) => values[column] = Some(value),
                None => return Err("a key that was not there when the file was read first"),
            }
            Ok(())
        })
    }
}

impl Source for JsonSource {
    fn id(&self) -> &TableId {
        &self.id
    }

    fn info(&self) -> TableInfo {
        let paths = self.layout.paths.iter();
        TableInfo {
            format: match self.shape {
                Shape::Lines => "jsonl",
                Shape::Values => "json",
            },
            encoding: Some(self.encoding.name().to_owned()),
            delimiter: None,
            header: None,
            rows: Some(self.rows),
            cells: None,
            bytes: self.input.size(),
            schema: paths.map(|path| (path.clone(), DataType::String)).collect(),
        }
    }

    fn path(&self) -> Option<&Path> {
        self.input.path()
    }

    fn compression(&self) -> Compression {
        self.input.compression()
    }

    fn fingerprint(&self) -> Result<String> {
        self.input.fingerprint().map_err(|source| Error::Read {
            place: self.id.to_string(),
            source,
        })
    }

    fn read(&self) -> Result<Batches> {
        let input = self.input.open().map_err(|source| Error::Read {
            place: self.id.to_string(),
            source,
        })?;
        let text = self.encoding.decoder(input);
        let (shape, layout) = (self.shape, Arc::clone(&self.layout));
        feed(&self.id.0, move |outlet| {
            let mut records = Records::new(text, shape, outlet.place());
            let mut rows = RowBuilder::new(outlet, layout.paths.clone());
            let mut values = vec![None; layout.paths.len()];
            while let Some(record) = records.next()? {
                if let Err(what) = layout.place(record, &mut values) {
                    return Err(records.wrong(what));
                }
                for value in &mut values {
                    let value = value.take().map_or(&b""[..], |range| &record[range]);
                    let mut written = Ok(());
                    rows.cell_of(|cell| written = push_text(value, cell))?;
                    if let Err(what) = written {
                        return Err(records.wrong(what));
                    }
                }
                rows.end_row()?;
            }
            rows.finish()
        })
    }

    fn hidden_names(&self) -> usize {
        self.layout.hidden_names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = Vec<Option<String>>;

    fn table(text: &str, shape: Shape) -> Result<(Vec<String>, Vec<Row>)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t");
        #[expect(clippy::disallowed_methods, reason = "fixtures need no atomicity")]
        std::fs::write(&path, text).unwrap();
        let input = Input::file(&path).unwrap();
        let source = JsonSource::open(TableId("t".to_owned()), input, shape, &Options::default())?;
        let mut rows = Vec::new();
        for pending in source.read()? {
            let batch = (pending?.decode)()?;
            let frame = batch.frame()?.into_owned();
            for row in 0..frame.height() {
                let cell = |column: &polars::prelude::Column| {
                    column.str().unwrap().get(row).map(str::to_owned)
                };
                rows.push(frame.columns().iter().map(cell).collect());
            }
        }
        assert_eq!(rows.len() as u64, source.rows);
        Ok((source.layout.paths.clone(), rows))
    }

    fn cells(row: &[&str]) -> Row {
        let cell = |cell: &&str| Some((*cell).to_owned()).filter(|cell| !cell.is_empty());
        row.iter().map(cell).collect()
    }

    #[test]
    fn cells_are_as_written_and_every_key_is_a_column() {
        let text = "{\"a\": 007.50, \"b\" : \"x\\\"y\\u04d9\"}\n\n{\"b\":null,\"c\":{\"k\":[1, 2]},\"a\":12345678901234567890}\r\n{\"a\":true}";
        // Leading zeros are no JSON.
        assert!(table(text, Shape::Lines).is_err());
        let (names, rows) = table(&text.replace("007.50", "7.50"), Shape::Lines).unwrap();
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!(rows[0], cells(&["7.50", "x\"yә", ""]));
        assert_eq!(
            rows[1],
            cells(&["12345678901234567890", "", "{\"k\":[1, 2]}"])
        );
        assert_eq!(rows[2], cells(&["true", "", ""]));
    }

    #[test]
    fn a_key_that_a_record_repeats_loses_no_value() {
        let text = "{\"a\":1,\"a\":2,\"a#2\":3}\n{\"a#2\":5,\"a\":4}\n";
        let (names, rows) = table(text, Shape::Lines).unwrap();
        assert_eq!(names, ["a", "a#2", "a#2#2"]);
        assert_eq!(rows[0], cells(&["1", "2", "3"]));
        assert_eq!(rows[1], cells(&["4", "", "5"]));
    }

    #[test]
    fn arrays_and_objects_in_a_row_are_read_alike() {
        let (one, two) = ("{\"a\": \"]},{\",\n \"b\": [{}]}", "{\"a\":\"\\\\\"}");
        let expected = vec![cells(&["]},{", "[{}]"]), cells(&["\\", ""])];
        for text in [
            format!("[{one},\n{two}]\n"),
            format!("{one}\n{two}"),
            format!("{one}{two}\n"),
        ] {
            assert_eq!(table(&text, Shape::Values).unwrap().1, expected, "{text}");
        }
        assert_eq!(table(" [ ] ", Shape::Values).unwrap().1.len(), 0);
        assert_eq!(table("", Shape::Values).unwrap().1.len(), 0);
    }

    #[test]
    fn what_is_broken_is_told_by_its_line_and_never_quoted() {
        for (text, shape, place) in [
            ("{\"a\":1}\n{\"a\":\"Qanarqan\"\n", Shape::Lines, "line 2"),
            ("{\"a\":1}\n\n[\"Qanarqan\"]\n", Shape::Lines, "line 3"),
            ("{\"a\":\"Qanarqan\"} x\n", Shape::Lines, "line 1"),
            ("{\"a\":\"\\ud800Qanarqan\"}\n", Shape::Lines, "line 1"),
            ("[{\"a\":1},{\"a\":\"Qanarqan\"]", Shape::Values, "record 2"),
            (
                "[{\"a\":1} {\"a\":\"Qanarqan\"}]",
                Shape::Values,
                "record 2",
            ),
            ("[{\"a\":1},\"Qanarqan\"]", Shape::Values, "record 2"),
            ("[{\"a\":1}", Shape::Values, "record 2"),
            ("[{\"a\":1}] Qanarqan", Shape::Values, "record 2"),
        ] {
            let told = table(text, shape).unwrap_err().chain();
            assert!(told.contains(place) && !told.contains("Qanarqan"), "{told}");
        }
    }

    #[test]
    fn names_that_are_personal_data_are_not_shown() {
        let text = "{\"410313111862\":1,\"sum\":2}\n";
        let (names, _) = table(text, Shape::Lines).unwrap();
        assert!(names[0].starts_with("column_"), "{names:?}");
    }
}
