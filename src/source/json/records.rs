//! Cuts a stream of JSON into records, one held at a time.

use std::io::{BufRead as _, BufReader, Read};

use crate::error::{Error, Result};

/// A longer record is not read; memory would not be bounded.
const LONGEST: usize = 64 << 20;
const WINDOW: usize = 1 << 18;

/// How records stand in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source) enum Shape {
    /// One on each line.
    Lines,
    /// One after another, or in an array.
    Values,
}

/// The records of a stream.
pub(super) struct Records {
    text: BufReader<Box<dyn Read + Send>>,
    shape: Shape,
    place: String,
    record: Vec<u8>,
    /// Lines or records that were begun.
    number: u64,
    state: State,
}

/// Where in a file of values the reading is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Begin,
    /// Outside any array.
    Bare,
    /// Behind the bracket that opens the array.
    Opened,
    /// Behind a record in the array.
    Behind,
    /// Behind the bracket that closes it.
    Closed,
}

impl Records {
    /// Begins to read.
    pub(super) fn new(text: Box<dyn Read + Send>, shape: Shape, place: &str) -> Self {
        Self {
            text: BufReader::with_capacity(WINDOW, text),
            shape,
            place: place.to_owned(),
            record: Vec::new(),
            number: 0,
            state: State::Begin,
        }
    }

    /// The next record, without what stands around it.
    ///
    /// # Errors
    /// When the file cannot be read, a record is too long, or something stands between records.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>> {
        let is_one = match self.shape {
            Shape::Lines => self.line()?,
            Shape::Values => self.value()?,
        };
        Ok(is_one.then(|| self.record.trim_ascii()))
    }

    /// The error that something is wrong about the record that was read last.
    pub(super) fn wrong(&self, what: &'static str) -> Error {
        let unit = match self.shape {
            Shape::Lines => "line",
            Shape::Values => "record",
        };
        Error::Source {
            place: format!("{}, {unit} {}", self.place, self.number),
            what,
        }
    }

    fn line(&mut self) -> Result<bool> {
        loop {
            self.record.clear();
            self.number += 1;
            let mut line = self.text.by_ref().take(LONGEST as u64 + 1);
            let count = line.read_until(b'\n', &mut self.record);
            let count = count.map_err(|source| self.unreadable(source))?;
            if count > LONGEST {
                return Err(self.wrong("it is longer than 64 MiB"));
            }
            if count == 0 || !self.record.trim_ascii().is_empty() {
                return Ok(count > 0);
            }
        }
    }

    fn value(&mut self) -> Result<bool> {
        self.record.clear();
        self.number += 1;
        loop {
            let Some(byte) = self.peek()? else {
                return match self.state {
                    State::Begin | State::Bare | State::Closed => Ok(false),
                    State::Opened | State::Behind => Err(self.wrong("the file is cut off")),
                };
            };
            self.state = match (self.state, byte) {
                (State::Begin, b'[') => State::Opened,
                (State::Opened | State::Behind, b']') => State::Closed,
                (State::Begin | State::Bare, b'{') => {
                    self.state = State::Bare;
                    return self.balanced();
                }
                (State::Opened, b'{') => {
                    self.state = State::Behind;
                    return self.balanced();
                }
                (State::Behind, b',') => {
                    self.text.consume(1);
                    return match self.peek()? {
                        Some(b'{') => self.balanced(),
                        Some(_) => Err(self.wrong("it is no JSON object")),
                        None => Err(self.wrong("the file is cut off")),
                    };
                }
                _ => return Err(self.wrong("it is no JSON object, or no comma stands before it")),
            };
            self.text.consume(1);
        }
    }

    /// The next byte that is no white space; it stays to be read.
    fn peek(&mut self) -> Result<Option<u8>> {
        loop {
            let window = self.text.fill_buf();
            let window = window.map_err(|source| Error::Read {
                place: self.place.clone(),
                source,
            })?;
            if window.is_empty() {
                return Ok(None);
            }
            if let Some(at) = window.iter().position(|byte| !byte.is_ascii_whitespace()) {
                let byte = window[at];
                self.text.consume(at);
                return Ok(Some(byte));
            }
            let blank = window.len();
            self.text.consume(blank);
        }
    }

    /// Takes all up to the bracket that closes the one under way.
    fn balanced(&mut self) -> Result<bool> {
        let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
        loop {
            let window = self.text.fill_buf();
            let window = window.map_err(|source| Error::Read {
                place: self.place.clone(),
                source,
            })?;
            if window.is_empty() {
                return Err(self.wrong("the file is cut off"));
            }
            let end = window.iter().position(|byte| {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if in_text => escaped = true,
                    b'"' => in_text = !in_text,
                    b'{' | b'[' if !in_text => depth += 1,
                    b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
                    _ => {}
                }
                depth == 0
            });
            let count = end.map_or(window.len(), |at| at + 1);
            self.record.extend_from_slice(&window[..count]);
            self.text.consume(count);
            if self.record.len() > LONGEST {
                return Err(self.wrong("it is longer than 64 MiB"));
            }
            if end.is_some() {
                return Ok(true);
            }
        }
    }

    fn unreadable(&self, source: std::io::Error) -> Error {
        Error::Read {
            place: format!("{}, line {}", self.place, self.number),
            source,
        }
    }
}
