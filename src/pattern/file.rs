//! A pattern as a person writes it.

use serde::Deserialize;

/// One file under `patterns/`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternFile {
    /// Equals the path: `kz.iin` lies in `patterns/kz/iin.toml`.
    pub id: String,
    /// Id of the category it is evidence for.
    pub category: String,
    /// Where the format is defined.
    pub references: Vec<String>,
    /// The shape alone never decides: it supports a column name.
    #[serde(default)]
    pub weak: bool,
    /// A weak shape that decides all the same in a column without a telling name, among columns about persons.
    #[serde(default)]
    pub among_persons: bool,
    /// Names for people.
    pub labels: Labels,
    /// Written forms; the one worth most bits counts for a cell.
    #[serde(rename = "form")]
    pub forms: Vec<FormFile>,
    /// What it must accept and reject.
    pub examples: Examples,
}

/// Names in three languages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// Kazakh.
    pub kk: String,
    /// Russian.
    pub ru: String,
    /// English.
    pub en: String,
}

/// One written form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormFile {
    /// Expression for the whole cell after folding and normalising; anchors are added. Without one the validator decides.
    #[serde(rename = "match")]
    pub matches: Option<String>,
    /// All that the whole cell may say, in place of an expression; letters of both cases and Kazakh letters typed as
    /// Russian ones are alike.
    #[serde(default)]
    pub values: Vec<String>,
    /// What may stand before one of the values.
    #[serde(default)]
    pub before: Vec<String>,
    /// What may stand after one of the values.
    #[serde(default)]
    pub after: Vec<String>,
    /// Steps applied before matching, in order.
    #[serde(default)]
    pub normalize: Vec<String>,
    /// Least and greatest number of digits in a cell worth matching.
    pub digits: Option<[usize; 2]>,
    /// Least and greatest number of words of a cell worth matching.
    pub words: Option<[usize; 2]>,
    /// Kind of byte that must occur in a cell worth matching.
    pub contains: Option<String>,
    /// Words, in lower case, one of which must occur in a text worth searching for it.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Name of the validity check behind the shape.
    pub validator: Option<String>,
    /// log2 of how much likelier a hit is in a column of this kind than by chance.
    pub bits: f64,
    /// Whether it is also looked for inside longer text.
    #[serde(default)]
    pub find: bool,
    /// Such a value points at no person, as the mailbox of a role; it speaks for nothing and is no failed try either.
    #[serde(default)]
    pub impersonal: bool,
}

/// The executable part of the specification.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// Cells that must be accepted.
    pub accept: Vec<String>,
    /// Cells that must be rejected.
    pub reject: Vec<Example>,
}

/// A cell that must be rejected.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The cell.
    pub cell: String,
    /// Why it is none.
    pub why: String,
}

impl PatternFile {
    /// Reads the text of a pattern file.
    ///
    /// # Errors
    /// Says what is wrong with the first mistake, with its place.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}
