//! Names of nobody: syllables, and never a name that a list holds.

use super::super::random::Random;
use super::Like;
use crate::detect::names::is_listed;

const ONSETS: &[(&str, &str)] = &[
    ("б", "b"),
    ("в", "v"),
    ("г", "g"),
    ("д", "d"),
    ("з", "z"),
    ("к", "k"),
    ("л", "l"),
    ("м", "m"),
    ("н", "n"),
    ("п", "p"),
    ("р", "r"),
    ("с", "s"),
    ("т", "t"),
    ("ф", "f"),
    ("х", "h"),
];
const VOWELS: &[(&str, &str)] = &[("а", "a"), ("е", "e"), ("и", "i"), ("о", "o"), ("у", "u")];
/// No surname, patronymic or given name of Kazakhstan ends so, and they tell no sex.
const ENDS: &[(&str, &str)] = &[
    ("п", "p"),
    ("ф", "f"),
    ("м", "m"),
    ("рк", "rk"),
    ("фт", "ft"),
];
const SYLLABLES: usize = 3;

/// One name, in capitals only where it begins.
pub(super) fn word(like: Like, random: &mut Random) -> String {
    loop {
        let word = syllables(like, random);
        if !is_listed(&word) {
            let mut letters = word.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            return first.chain(letters).collect();
        }
    }
}

/// Two names.
pub(super) fn words(like: Like, random: &mut Random) -> String {
    format!("{} {}", word(like, random), word(like, random))
}

/// Below a name that the network never has (RFC 2606 §2).
pub(super) fn email(_: Like, random: &mut Random) -> String {
    format!("{}@example.invalid", handle(random))
}

/// A name and a number.
pub(super) fn login(_: Like, random: &mut Random) -> String {
    handle(random)
}

fn handle(random: &mut Random) -> String {
    const LATIN: Like = Like {
        is_bare: false,
        is_latin: true,
        layout: super::Layout::Compact,
    };
    let name = word(LATIN, random).to_lowercase();
    format!("{name}{}", random.digits(4))
}

fn syllables(like: Like, random: &mut Random) -> String {
    let mut word = String::new();
    let mut add = |letters: &[(&'static str, &'static str)]| {
        let (cyrillic, latin) = letters[random.below(letters.len() as u64) as usize];
        word.push_str(if like.is_latin { latin } else { cyrillic });
    };
    for _ in 0..SYLLABLES {
        add(ONSETS);
        add(VOWELS);
    }
    add(ENDS);
    word
}

#[cfg(test)]
mod tests {
    use super::super::like;
    use super::*;

    #[test]
    fn names_are_written_in_the_script_of_their_column_and_are_on_no_list() {
        let mut random = Random::of([4; 32]);
        for _ in 0..300 {
            let latin = word(like(["Erlan"].into_iter()), &mut random);
            assert!(latin.is_ascii() && latin.starts_with(|c: char| c.is_ascii_uppercase()));
            let cyrillic = words(like(["Ерлан"].into_iter()), &mut random);
            assert!(cyrillic.chars().all(|c| c == ' ' || !c.is_ascii()));
            assert!(cyrillic.split(' ').all(|part| !is_listed(part)));
            assert!(email(like([""].into_iter()), &mut random).ends_with("@example.invalid"));
        }
    }
}
