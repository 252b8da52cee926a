//! One Latin spelling for a word, however it was typed: in Russian, Kazakh, Kazakh Latin or by transliteration.

/// Brings a lower-case word to the spelling that all its transliterations share.
pub(crate) fn fold(word: &str) -> String {
    let mut latin = String::with_capacity(word.len());
    for c in word.chars() {
        match letter(c) {
            Some(spelling) => latin.push_str(spelling),
            None if c.is_alphanumeric() => latin.push(c),
            None => {}
        }
    }
    for (written, folded) in DIGRAPHS {
        if latin.contains(written) {
            latin = latin.replace(written, folded);
        }
    }
    let keeps_doubles = latin.len() <= LONGEST_ABBREVIATION;
    let mut folded = String::with_capacity(latin.len());
    for c in latin.chars() {
        let c = match c {
            'q' => 'k',
            'w' => 'v',
            'y' => 'i',
            _ => c,
        };
        if !folded.ends_with(c) || c.is_ascii_digit() || keeps_doubles {
            folded.push(c);
        }
    }
    folded
}

/// In a short word a doubled letter is an abbreviation of two words.
const LONGEST_ABBREVIATION: usize = 3;

/// Spellings of one sound in several systems of transliteration; the longest first.
const DIGRAPHS: &[(&str, &str)] = &[
    ("shch", "sh"),
    ("zh", "j"),
    ("kh", "h"),
    ("ts", "c"),
    ("yu", "iu"),
    ("ya", "ia"),
    ("ye", "e"),
    ("gh", "g"),
];

fn letter(c: char) -> Option<&'static str> {
    Some(match c {
        'а' | 'ә' | 'ə' | 'ä' | 'á' | 'ǎ' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ғ' | 'ğ' | 'ǵ' => "g",
        'д' => "d",
        'е' | 'ё' | 'э' | 'é' => "e",
        'ж' => "j",
        'з' => "z",
        'и' | 'й' | 'ы' | 'і' | 'ı' | 'í' => "i",
        'к' | 'қ' => "k",
        'л' => "l",
        'м' => "m",
        'н' | 'ң' | 'ñ' | 'ń' => "n",
        'о' | 'ө' | 'ö' | 'ó' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ұ' | 'ү' | 'ü' | 'ú' | 'ū' => "u",
        'ф' => "f",
        'х' | 'һ' => "h",
        'ц' => "c",
        'ч' | 'ç' => "ch",
        'ш' | 'щ' | 'ş' => "sh",
        'ь' | 'ъ' => "",
        'ю' => "iu",
        'я' => "ia",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_has_one_spelling_in_every_script() {
        for spellings in [
            ["рождения", "rozhdeniya", "rojdenia"],
            ["тегі", "тегi", "tegi"],
            ["жынысы", "zhynysy", "jynysy"],
            ["қолтаңба", "qoltañba", "koltanba"],
            ["выписка", "vypiska", "vipiska"],
        ] {
            for spelling in spellings {
                assert_eq!(fold(spelling), fold(spellings[0]), "{spelling}");
            }
        }
    }
}
