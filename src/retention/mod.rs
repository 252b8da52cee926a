//! Storage terms: when data may no longer be kept, and by when a request must be answered. Pure: reads no table, writes nothing.

pub mod calendar;
pub mod working;
