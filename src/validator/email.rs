//! E-mail addresses as people write them (a part of RFC 5321 and RFC 6531): one `@`, a domain with a top level.

pub(super) fn is_valid(text: &str) -> bool {
    let at = memchr::memrchr(b'@', text.as_bytes());
    at.is_some_and(|at| is_name(&text[..at]) && is_domain(&text[at + 1..]))
}

const LONGEST_NAME: usize = 64;

/// No dot begins it, ends it or follows another.
fn is_name(local: &str) -> bool {
    let mut before = b'.';
    for byte in local.bytes() {
        if byte == b'@' || (byte == b'.' && before == b'.') {
            return false;
        }
        before = byte;
    }
    before != b'.' && (local.len() <= LONGEST_NAME || local.chars().count() <= LONGEST_NAME)
}

/// Labels with dots between them; no hyphen begins or ends a label.
fn is_domain(domain: &str) -> bool {
    let mut before = b'.';
    for byte in domain.bytes() {
        let is_in_place = match byte {
            b'.' => !matches!(before, b'.' | b'-'),
            b'-' => before != b'.',
            b'_' | 0x80.. => true,
            _ => byte.is_ascii_alphanumeric(),
        };
        if !is_in_place {
            return false;
        }
        before = byte;
    }
    let is_of_letters = |c: char| c.is_ascii() || c.is_alphanumeric();
    !matches!(before, b'.' | b'-')
        && (domain.is_ascii() || domain.chars().all(is_of_letters))
        && has_top_level(domain)
}

fn has_top_level(domain: &str) -> bool {
    let dot = memchr::memrchr(b'.', domain.as_bytes());
    dot.map(|dot| &domain[dot + 1..])
        .is_some_and(|top| top.chars().nth(1).is_some() && !top.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_a_name_and_a_domain() {
        for text in [
            "aidana@example.kz",
            "a.b+c@mail.example.com",
            "почта@пример.қаз",
            "a@under_score.ex-ample.kz",
        ] {
            assert!(is_valid(text), "{text}");
        }
        for text in [
            "a@b",
            "@example.kz",
            "a@@example.kz",
            "a..b@example.kz",
            ".a@example.kz",
            "a.@example.kz",
            "a@-example.kz",
            "a@example-.kz",
            "a@example..kz",
            "a@example.kz.",
            "a@example.k",
            "a@exa mple.kz",
            "a@пример№.қаз",
            "a@1.2.3.4",
        ] {
            assert!(!is_valid(text), "{text}");
        }
    }
}
