//! The labelled corpus: made-up tables and texts whose columns and spans are known.
//!
//! Nothing here comes from the detectors: the word lists, the header spellings and the formats
//! are its own. The same seed gives the same corpus.

mod address;
mod answers;
mod build;
mod cell;
mod contact;
mod dates;
mod device;
mod goods;
mod identity;
mod life;
mod mess;
mod money;
mod numbers;
mod people;
mod phrases;
mod random;
mod rare;
mod tables;
mod text;
mod wares;
mod words;

/// What a column holds, by category id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    None,
    One(&'static str),
    /// Both answers are right.
    Either(&'static str, &'static str),
}

#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    pub label: Label,
    pub cells: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Table {
    pub name: &'static str,
    /// Without a header the names of the columns are only numbered places.
    pub has_header: bool,
    pub columns: Vec<Column>,
}

/// A piece of a text, in code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: usize,
    pub end: usize,
    pub category: &'static str,
}

#[derive(Clone, Debug)]
pub struct Text {
    pub text: String,
    pub spans: Vec<Span>,
}

/// The main corpus.
pub fn tables(seed: u64) -> Vec<Table> {
    tables::all(seed)
}

/// Tables with the names of persons that no common list holds. Every third column of names has a
/// meaningless header; the columns beside them keep theirs and are labelled too.
pub fn tables_of_rare_names(seed: u64) -> Vec<Table> {
    rare::tables(seed)
}

/// Running texts, a quarter of them without personal data.
pub fn texts(seed: u64) -> Vec<Text> {
    text::all(seed)
}
