//! Mailboxes that belong to a role and not to a person: not where anybody may take any name.

/// Providers of mailboxes for everybody.
const PUBLIC: &[&str] = &[
    "gmail",
    "googlemail",
    "mail",
    "inbox",
    "bk",
    "list",
    "yandex",
    "ya",
    "rambler",
    "yahoo",
    "outlook",
    "hotmail",
    "live",
    "icloud",
    "me",
    "proton",
    "protonmail",
    "internet",
];

pub(super) fn is_valid(text: &str) -> bool {
    let Some((_, domain)) = text.split_once('@') else {
        return false;
    };
    let provider = domain.split('.').next().unwrap_or_default().to_lowercase();
    super::email::is_valid(text) && !PUBLIC.contains(&provider.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anybody_may_be_info_at_a_public_provider() {
        assert!(is_valid("info@example.kz"));
        assert!(!is_valid("info@gmail.com") && !is_valid("office7@mail.ru") && !is_valid("info"));
    }
}
