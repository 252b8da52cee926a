//! IPv6 addresses (RFC 4291 §2.2), with what may stand around one: brackets and a port, a zone index, a prefix length.

use std::net::Ipv6Addr;

const LONGEST_PREFIX: u8 = 128;

pub(super) fn is_valid(text: &str) -> bool {
    let text = match text.strip_prefix('[').map(|rest| rest.split_once(']')) {
        Some(Some((inside, _))) => inside,
        Some(None) => return false,
        None => text,
    };
    let (text, prefix) = text.split_once('/').unwrap_or((text, "0"));
    let address = text.split_once('%').map_or(text, |(address, _)| address);
    prefix
        .parse::<u8>()
        .is_ok_and(|length| length <= LONGEST_PREFIX)
        && address.bytes().any(|b| b.is_ascii_digit())
        && address.parse::<Ipv6Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_an_address_is_read() {
        for text in [
            "2001:db8::1",
            "[2001:db8::1]:443",
            "fe80::1%eth0",
            "2001:db8::/32",
        ] {
            assert!(is_valid(text), "{text}");
        }
        for text in ["::", "12:30:45", "2001:db8::/129", "[2001:db8::1"] {
            assert!(!is_valid(text), "{text}");
        }
    }
}
