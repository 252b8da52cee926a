//! Networks as an address and the length of its prefix, the bits of hosts being zero (RFC 4632 §3.1, RFC 4291 §2.3): they
//! stand for many hosts. `198.51.100.7/24` is a host.

use std::net::IpAddr;

pub(super) fn is_valid(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else {
        return false;
    };
    // Registries leave zeros at the end out: 198.51.100/24.
    let missing = 3_usize.saturating_sub(address.matches('.').count());
    let whole = if address.contains(':') {
        address.to_owned()
    } else {
        address.to_owned() + &".0".repeat(missing)
    };
    let (Ok(address), Ok(length)) = (whole.parse::<IpAddr>(), length.parse::<u32>()) else {
        return false;
    };
    let (bits, size) = match address {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()), 32),
        IpAddr::V6(v6) => (v6.to_bits(), 128),
    };
    length < size && (length == 0 || bits.trailing_zeros() >= size - length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_have_no_bits_of_hosts() {
        for text in [
            "198.51.100.0/24",
            "198.51.100/24",
            "10.0.0.0/8",
            "2001:db8::/32",
            "224.0.0.0/4",
        ] {
            assert!(is_valid(text), "{text}");
        }
        for text in [
            "198.51.100.7/24",
            "198.51.100.7/32",
            "2001:db8::1/64",
            "2001:db8::1",
            "1.2.3.4/33",
        ] {
            assert!(!is_valid(text), "{text}");
        }
    }
}
