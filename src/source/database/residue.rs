//! What a database keeps of rows that are gone from its tables.

/// Whether files of changed tables are written anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CleanUp {
    /// They stay as they are.
    No,
    /// As far as the database allows; nobody can use a table meanwhile.
    Yes,
}

/// One place that still holds, or may hold, what is gone from the tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The database.
    pub database: String,
    /// What it is: the key of its text, behind `left-`.
    pub code: &'static str,
    /// How many of them there are.
    pub count: u64,
}
