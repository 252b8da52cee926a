//! What an operator does with the approved list: check it, compare it with tables, draft it, sign it. Prints nothing.

pub mod check;
pub mod compare;
pub mod draft;
pub mod form;
pub mod words;
