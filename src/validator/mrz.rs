//! Machine-readable zones (ICAO Doc 9303, parts 3 to 5): check digits by weights 7, 3, 1 over digits and letters.

const LINES: [usize; 3] = [30, 36, 44];

pub(super) fn is_valid(text: &str) -> bool {
    if !text.contains('<') {
        return false;
    }
    let parts: Vec<&str> = text
        .split([' ', '|', '\n', '\\'])
        .map(|part| part.trim_start_matches('n'))
        .filter(|part| !part.is_empty())
        .collect();
    let lines: Vec<&[u8]> = match parts.as_slice() {
        [one] => split(one.as_bytes()),
        several => several.iter().map(|part| part.as_bytes()).collect(),
    };
    !lines.is_empty() && lines.iter().all(|line| is_line(line))
}

/// Lines that were joined without a sign between them.
fn split(text: &[u8]) -> Vec<&[u8]> {
    let width = match text.len() {
        60 | 90 => 30,
        72 => 36,
        88 => 44,
        other => other,
    };
    text.chunks(width.max(1)).collect()
}

/// Holds names, or a number, a date or two with their check digits.
fn is_line(line: &[u8]) -> bool {
    LINES.contains(&line.len()) && (is_first(line) || is_dated(line) || is_names(line))
}

/// Begins with the kind of the document and a state.
fn is_first(line: &[u8]) -> bool {
    let begins = matches!(line[0], b'P' | b'I' | b'A' | b'C' | b'V')
        && (line[1] == b'<' || line[1].is_ascii_uppercase())
        && line[2..5]
            .iter()
            .all(|b| b.is_ascii_uppercase() || *b == b'<');
    let has_number = line.len() == 30 && line[14].is_ascii_digit();
    begins && (!has_number || checks(&line[5..14], line[14]))
}

/// Holds two dates with their check digits: the second line of every size.
fn is_dated(line: &[u8]) -> bool {
    let checks_at =
        |start: usize, length: usize| checks(&line[start..start + length], line[start + length]);
    if line.len() == 30 {
        checks_at(0, 6) && checks_at(8, 6)
    } else {
        checks_at(0, 9) && checks_at(13, 6) && checks_at(21, 6)
    }
}

fn is_names(line: &[u8]) -> bool {
    line.len() == 30
        && line.windows(2).any(|two| two == b"<<")
        && line.iter().all(|b| b.is_ascii_uppercase() || *b == b'<')
}

fn checks(field: &[u8], digit: u8) -> bool {
    let value = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => 0,
    };
    let sum: u32 = field
        .iter()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(&byte, weight)| value(byte) * weight)
        .sum();
    digit == b'<' && sum == 0 || value(digit) == sum % 10 && digit.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_those_of_the_specimen() {
        assert!(checks(b"L898902C3", b'6') && checks(b"740812", b'2') && checks(b"120415", b'9'));
        assert!(!checks(b"740812", b'3'));
    }

    #[test]
    fn both_sizes_are_read() {
        for text in [
            "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10",
            "7408122F1204159UTO<<<<<<<<<<<6",
        ] {
            assert!(is_valid(text), "{text}");
        }
        for text in ["L898902C37UTO7408122F1204159ZE184226B<<<<<10", "P<UTO<"] {
            assert!(!is_valid(text), "{text}");
        }
    }
}
