//! Encodings of a whole value that hide nothing.

use super::forms::{Form, LEAST_NUMBER, Place, View, digits};

/// Encodings that anybody undoes.
pub(super) fn encoded(value: &str, forms: &mut Vec<Form>) {
    let mut add = |how, view, text: String| {
        if text != value {
            forms.push(Form::new(how, view, Place::Anywhere, text));
        }
    };
    let bytes = value.as_bytes();
    let reversed: String = value.to_lowercase().chars().rev().collect();
    if reversed != value.to_lowercase() {
        add("reversed", View::Lower, reversed);
    }
    add(
        "base64",
        View::Raw,
        data_encoding::BASE64_NOPAD.encode(bytes),
    );
    add(
        "base64",
        View::Raw,
        data_encoding::BASE64URL_NOPAD.encode(bytes),
    );
    add("hex", View::Lower, data_encoding::HEXLOWER.encode(bytes));
    add("rot13", View::Lower, rot13(&value.to_lowercase()));
    add("URL-encoded", View::Lower, url_encoded(value));
    let digits = digits(value);
    if digits.len() >= LEAST_NUMBER {
        let complement: String = digits
            .bytes()
            .map(|b| char::from(b'0' + (b'9' - b)))
            .collect();
        add("digits complemented", View::Digits, complement);
        for by in 1..10 {
            let moved = digits
                .bytes()
                .map(|b| char::from(b'0' + (b - b'0' + by) % 10));
            add("digits shifted", View::Digits, moved.collect());
        }
    }
}

fn rot13(text: &str) -> String {
    let turned = |c: char| match c {
        'a'..='z' => char::from((c as u8 - b'a' + 13) % 26 + b'a'),
        other => other,
    };
    if text.bytes().any(|b| b.is_ascii_lowercase()) {
        text.chars().map(turned).collect()
    } else {
        // Nothing would be turned: a text that stands nowhere.
        "\u{0}".to_owned()
    }
}

fn url_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte).to_ascii_lowercase());
        } else {
            encoded.push_str(&format!("%{byte:02x}"));
        }
    }
    encoded
}
