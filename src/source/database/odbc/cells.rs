//! Cells as a driver hands them over: part by part, so that none is cut and no buffer is as large as a driver claims.

use odbc_api::CursorRow;
use odbc_api::buffers::Indicator;
use odbc_api::parameter::{Binary, VarCell, VarKind, WideText};

use super::error::refused;
use crate::error::{Error, Result};

/// Units or bytes of a part.
const PART: usize = 16 << 10;
/// Units or bytes of a cell.
const LONGEST: usize = 64 << 20;

/// Room for one cell at a time.
pub(super) struct Cells<'a> {
    place: &'a str,
    units: Whole<u16>,
    bytes: Whole<u8>,
    text: Vec<u8>,
}

/// A part, and what came before it.
struct Whole<T> {
    part: Vec<T>,
    cell: Vec<T>,
}

impl<T: Copy + Default> Whole<T> {
    fn new() -> Self {
        Self {
            part: vec![T::default(); PART],
            cell: Vec::new(),
        }
    }
}

impl<'a> Cells<'a> {
    /// For a table, which errors name.
    pub(super) fn new(place: &'a str) -> Self {
        Self {
            place,
            units: Whole::new(),
            bytes: Whole::new(),
            text: Vec::new(),
        }
    }

    /// The text of a cell; none for null. Halves of letters become bytes that are no text.
    ///
    /// # Errors
    /// When it cannot be had whole.
    pub(super) fn text(&mut self, row: &mut CursorRow<'_>, number: u16) -> Result<&[u8]> {
        take::<WideText>(row, number, &mut self.units, self.place)?;
        self.text.clear();
        let mut bytes = [0; 4];
        for letter in char::decode_utf16(self.units.cell.iter().copied()) {
            match letter {
                Ok(letter) => {
                    let bytes = letter.encode_utf8(&mut bytes).as_bytes();
                    self.text.extend_from_slice(bytes);
                }
                Err(_) => self.text.push(0xff),
            }
        }
        Ok(&self.text)
    }

    /// The bytes of a cell; none for null.
    ///
    /// # Errors
    /// When they cannot be had whole.
    pub(super) fn bytes(&mut self, row: &mut CursorRow<'_>, number: u16) -> Result<&[u8]> {
        take::<Binary>(row, number, &mut self.bytes, self.place)?;
        Ok(&self.bytes.cell)
    }

    /// A cell of the catalogue; `None` where there is none, or an empty one.
    ///
    /// # Errors
    /// When it cannot be had whole.
    pub(super) fn word(&mut self, row: &mut CursorRow<'_>, number: u16) -> Result<Option<String>> {
        let text = String::from_utf8_lossy(self.text(row, number)?).into_owned();
        Ok(Some(text).filter(|text| !text.is_empty()))
    }
}

/// Takes all parts of a cell.
fn take<K: VarKind>(
    row: &mut CursorRow<'_>,
    number: u16,
    room: &mut Whole<K::Element>,
    place: &str,
) -> Result<()> {
    let broken = |what| Error::Source {
        place: place.to_owned(),
        what,
    };
    room.cell.clear();
    let mut left = usize::MAX;
    loop {
        *room.part.last_mut().expect("a part is not empty") = K::ZERO;
        let part = room.part.as_mut_slice();
        let mut target = VarCell::<&mut [K::Element], K>::from_buffer(part, Indicator::NoTotal);
        (row.get_data(number, &mut target)).map_err(|error| refused(place, &error))?;
        let Some(got) = target.as_slice() else {
            let is_first = room.cell.is_empty();
            let odd = || broken("the driver calls the rest of a cell null");
            return is_first.then_some(()).ok_or_else(odd);
        };
        room.cell.extend_from_slice(got);
        if room.cell.len() > LONGEST {
            return Err(broken("a cell is longer than 64 MiB"));
        }
        if target.is_complete() {
            return Ok(());
        }
        // A driver that gives the beginning again would do so for ever.
        let goes_on = match target.indicator() {
            Indicator::Length(now) => std::mem::replace(&mut left, now) > now,
            _ => !got.is_empty(),
        };
        if !goes_on {
            return Err(broken(
                "the driver does not hand over long cells part by part",
            ));
        }
    }
}
