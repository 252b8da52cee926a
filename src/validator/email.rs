//! E-mail addresses as people write them (a part of RFC 5321 and RFC 6531): one `@`, a domain with a top level.

pub(super) fn is_valid(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let has_two_dots = || local.as_bytes().windows(2).any(|two| two == b"..");
    !local.is_empty()
        && local.chars().count() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !has_two_dots()
        && !local.contains('@')
        && domain.split('.').all(is_label)
        && domain.rsplit_once('.').is_some_and(|(_, top)| {
            top.chars().count() >= 2 && !top.bytes().all(|b| b.is_ascii_digit())
        })
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .chars()
            .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
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
        ] {
            assert!(is_valid(text), "{text}");
        }
        for text in [
            "a@b",
            "@example.kz",
            "a@@example.kz",
            "a..b@example.kz",
            "a@-example.kz",
            "a@1.2.3.4",
        ] {
            assert!(!is_valid(text), "{text}");
        }
    }
}
