//! IPv4 addresses of hosts in dotted decimal (RFC 6943 §3.1.1, strict form).

use std::net::Ipv4Addr;

/// `1.2.3.4` is a section of a text or a version.
const LARGEST_OF_SECTIONS: u8 = 9;

pub(super) fn is_valid(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok_and(|address| {
        let octets = address.octets();
        // Of "this network", the host itself, many hosts or none: RFC 6890, RFC 5771.
        let is_of_one_host = !matches!(octets[0], 0 | 127 | 224..);
        let is_large = |&&octet: &&u8| octet > LARGEST_OF_SECTIONS;
        is_of_one_host && octets.iter().filter(is_large).count() >= 2
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_have_bounds_and_no_leading_zeros() {
        assert!(is_valid("192.0.2.17"));
        for text in [
            "192.0.2.256",
            "192.0.2",
            "192.0.2.01",
            "1.2.3.4.5",
            "1.2.3.4",
            "127.0.0.11",
            "239.255.10.1",
        ] {
            assert!(!is_valid(text), "{text}");
        }
    }
}
