//! Letters of one script typed for those of another.

/// Latin letters with a Cyrillic look-alike.
const LOOKALIKES: &[(char, char)] = &[
    ('ə', 'ә'),
    ('Ə', 'Ә'),
    ('I', 'І'),
    ('i', 'і'),
    ('P', 'Р'),
    ('p', 'р'),
    ('a', 'а'),
    ('A', 'А'),
    ('C', 'С'),
    ('c', 'с'),
    ('e', 'е'),
    ('E', 'Е'),
    ('B', 'В'),
    ('K', 'К'),
    ('M', 'М'),
    ('H', 'Н'),
    ('h', 'һ'),
    ('O', 'О'),
    ('o', 'о'),
    ('T', 'Т'),
    ('X', 'Х'),
    ('x', 'х'),
    ('y', 'у'),
    ('Y', 'Ү'),
];

/// In a word of mixed script, maps look-alikes to the script that most letters are of.
pub(super) fn one_script(word: &str) -> String {
    let cyrillic = word
        .chars()
        .filter(|c| matches!(c, '\u{400}'..='\u{52f}'))
        .count();
    let latin = word
        .chars()
        .filter(|c| c.is_ascii_alphabetic() || matches!(c, 'ə' | 'Ə'))
        .count();
    if cyrillic == 0 || latin == 0 {
        word.to_owned()
    } else if cyrillic >= latin {
        word.chars()
            .map(|c| {
                LOOKALIKES
                    .iter()
                    .find(|(l, _)| *l == c)
                    .map_or(c, |(_, cyrillic)| *cyrillic)
            })
            .collect()
    } else {
        word.chars().map(to_latin).collect()
    }
}

fn to_latin(c: char) -> char {
    LOOKALIKES
        .iter()
        .find(|(_, r)| *r == c)
        .map_or(c, |(latin, _)| *latin)
}

/// Words of Cyrillic letters that could all be Latin ones: ІР is IP.
pub(super) fn latin_twins(words: &[String]) -> Vec<String> {
    let twin = |word: &String| {
        word.to_uppercase()
            .chars()
            .map(to_latin)
            .collect::<String>()
    };
    words
        .iter()
        .map(|word| {
            if twin(word).is_ascii() {
                twin(word).to_lowercase()
            } else {
                word.clone()
            }
        })
        .collect()
}
