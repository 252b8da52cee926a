//! Personal names in sentences: capitalised words side by side, told from each other by lists, endings and what stands before.

use super::names::{self, ANNOUNCES, GIVEN_NAME, NO_NAME, PATRONYMIC, Roles, SURNAME, Strong};
use super::shape::is_letter;

/// A personal name inside a text: byte offsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameSpan {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// A capitalised word.
struct Token<'a> {
    start: usize,
    end: usize,
    word: &'a str,
    roles: Roles,
    kind: Kind,
    begins_sentence: bool,
    /// The word before is one that names follow.
    is_announced: bool,
    /// So do names of things.
    is_called: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    /// One letter and a dot.
    Initial,
    /// Surely no name.
    Other,
}

impl<'a> Token<'a> {
    fn new(text: &'a str, start: usize, word: &'a str) -> Self {
        let before = text[..start].trim_end_matches([' ', ':', '(', '–', '-']);
        let last = before
            .rsplit(|c: char| !is_letter(c) && c != '-')
            .next()
            .unwrap_or_default();
        let is_single = word.chars().nth(1).is_none();
        let end = start + word.len();
        let mut token = Self {
            start,
            end,
            word,
            roles: Roles::default(),
            kind: Kind::Other,
            begins_sentence: before.is_empty()
                || before.ends_with(['.', '!', '?', '\n', '«', '"', ']', '/']),
            is_announced: false,
            is_called: (["name", "named"].iter()).any(|word| last.eq_ignore_ascii_case(word)),
        };
        if is_single && text[end..].starts_with('.') {
            token.kind = Kind::Initial;
        } else if !is_single && !is_abbreviation(word) {
            let roles = names::roles_inflected(word);
            if !roles.any(NO_NAME | ANNOUNCES) {
                token.kind = Kind::Word;
                token.roles = roles;
                token.is_announced =
                    !last.is_empty() && names::roles_inflected(last).any(ANNOUNCES);
                token.end = with_kinship(text, end);
            }
        }
        if token.end > end {
            token.roles = Roles::of(PATRONYMIC);
        }
        token
    }

    fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }

    fn is(&self, roles: u8) -> bool {
        self.roles.any(roles)
    }

    fn is_unknown(&self) -> bool {
        self.is_word() && self.roles.count() == 0
    }

    /// A given name that stands for itself.
    fn is_sure(&self) -> bool {
        self.is(GIVEN_NAME)
            && self.word.chars().count() >= 4
            && (!is_latin(self.word) || names::is_listed_in_latin(self.word))
    }

    /// Tells whether the next word goes on with this one.
    fn is_joined(&self, text: &str, next: usize) -> bool {
        let between = &text[self.end..next];
        match self.kind {
            Kind::Initial => between.len() <= 2 && between.chars().all(|c| c == '.' || c == ' '),
            _ => between.len() <= 2 && between.chars().all(|c| c == ' '),
        }
    }
}

/// Tells whether a word is of Latin letters, with accents or without.
fn is_latin(word: &str) -> bool {
    word.chars().all(|c| c < '\u{250}')
}

/// Legal forms and the like: up to four capital letters.
fn is_abbreviation(word: &str) -> bool {
    word.chars().count() <= 4 && word.chars().all(char::is_uppercase)
}

/// Finds personal names in a text.
pub fn find(text: &str) -> Vec<NameSpan> {
    let mut found = Vec::new();
    let mut chain: Vec<Token<'_>> = Vec::new();
    let mut has_capitals = false;
    for (start, word) in capitalised(text) {
        has_capitals = true;
        // `қызы` and `ұлы` are part of the word before.
        if chain.last().is_some_and(|last| start < last.end) {
            continue;
        }
        let token = Token::new(text, start, word);
        if !chain.last().is_some_and(|last| last.is_joined(text, start))
            || token.kind == Kind::Other
        {
            name_in(text, &chain, &mut found);
            chain.clear();
        }
        if token.kind != Kind::Other {
            chain.push(token);
        }
    }
    name_in(text, &chain, &mut found);
    if !has_capitals {
        found = in_small_letters(text);
    }
    found
}

/// Names in a text without capital letters: only what lists and endings know, side by side.
fn in_small_letters(text: &str) -> Vec<NameSpan> {
    let mut found = Vec::new();
    let mut chain: Vec<Token<'_>> = Vec::new();
    let mut at = 0;
    for word in text.split_inclusive(|c: char| !is_letter(c) && c != '-') {
        let start = at;
        at += word.len();
        if chain.last().is_some_and(|last| start < last.end) {
            continue;
        }
        let token = Token::new(text, start, word.trim_end_matches(|c: char| !is_letter(c)));
        if !chain.last().is_some_and(|last| last.is_joined(text, start)) {
            known_in(text, &chain, &mut found);
            chain.clear();
        }
        if token.roles.count() > 0 {
            chain.push(token);
        }
    }
    known_in(text, &chain, &mut found);
    found
}

fn known_in(text: &str, chain: &[Token<'_>], found: &mut Vec<NameSpan>) {
    let is_strong = |token: &Token<'_>| names::strong_surname(token.word).is_some();
    let is_listed = |token: &Token<'_>| token.is(GIVEN_NAME) && names::is_listed_given(token.word);
    let is_full = chain.iter().any(is_listed) && chain.iter().any(is_strong);
    let is_told = chain
        .first()
        .is_some_and(|first| first.is_announced && is_listed(first));
    if chain.iter().any(|token| token.is(PATRONYMIC)) || is_full || is_told {
        name_in(text, chain, found);
    }
}

/// Words of a chain that are looked at together: no name is longer, and a list of names may be as long as its cell.
const MOST_TOGETHER: usize = 16;

/// Finds the names among words that stand side by side.
fn name_in(text: &str, chain: &[Token<'_>], found: &mut Vec<NameSpan>) {
    let ways = [
        by_patronymic,
        by_initials,
        by_given_name,
        by_what_stands_before,
        by_itself,
    ];
    let mut rest = chain;
    while !rest.is_empty() {
        let together = &rest[..rest.len().min(MOST_TOGETHER)];
        let Some((first, last)) = ways.iter().find_map(|way| way(text, together)) else {
            rest = &rest[together.len()..];
            continue;
        };
        name_in(text, &together[..first], found);
        let dot = usize::from(together[last].kind == Kind::Initial);
        found.push(NameSpan {
            start: together[first].start,
            end: together[last].end + dot,
        });
        rest = &rest[last + 1..];
    }
}

/// `қызы` and `ұлы` written apart and small belong to the father's name before them.
fn with_kinship(text: &str, end: usize) -> usize {
    let Some(rest) = text[end..].strip_prefix(' ') else {
        return end;
    };
    let word = rest
        .split(|c: char| !is_letter(c))
        .next()
        .unwrap_or_default();
    if names::is_kinship_inflected(word) {
        end + 1 + word.len()
    } else {
        end
    }
}

/// A patronymic, the given name before it, and a surname on one side.
fn by_patronymic(_: &str, chain: &[Token<'_>]) -> Option<(usize, usize)> {
    let at = chain.iter().position(|token| token.is(PATRONYMIC))?;
    let is_word = |at: usize| chain.get(at).is_some_and(Token::is_word);
    if at >= 2 && is_word(at - 1) && is_word(at - 2) {
        return Some((at - 2, at));
    }
    let first = if at >= 1 && is_word(at - 1) {
        at - 1
    } else {
        at
    };
    let is_followed = is_word(at + 1) && (first < at || chain[at + 1].is(SURNAME));
    Some((first, at + usize::from(is_followed)))
}

/// What is written like two initials and mostly is a state, a place or a legal form.
const ABBREVIATIONS: &[&str] = &[
    "US", "UK", "UN", "EU", "DC", "NY", "LA", "AC", "SA", "BV", "NV", "SL", "PO", "AD", "BC", "SC",
    "NA", "SP", "AG", "SE",
];

/// What stands before it then inside the name of a firm.
const OF: &[&str] = &["de", "del", "di", "da", "do", "du", "la", "of", "the"];

/// A surname and initials.
fn by_initials(text: &str, chain: &[Token<'_>]) -> Option<(usize, usize)> {
    let first = chain.iter().position(|token| token.kind == Kind::Initial)?;
    let count = chain[first..]
        .iter()
        .take_while(|token| token.kind == Kind::Initial)
        .count();
    let initials = chain[first..].iter().take(count).map(|token| token.word);
    let is_abbreviation = ABBREVIATIONS.contains(&initials.collect::<String>().as_str());
    let is_surname = |token: &Token<'_>| {
        token.is(SURNAME | GIVEN_NAME)
            || (count >= 2 && !is_abbreviation && token.word.chars().count() >= 3)
            || token.is_announced
    };
    // Behind several capitalised words it is an abbreviation, behind one it is initials.
    let is_of = |at: usize| {
        let before = text[..chain[at].start].trim_end();
        before
            .rsplit(' ')
            .next()
            .is_some_and(|word| OF.contains(&word))
    };
    let is_tail = |at: usize| is_of(at) || (at >= 1 && chain[at - 1].is_word());
    let is_surname_before = |at: usize| {
        let is_long = chain[at].word.chars().count() >= 3;
        is_surname(&chain[at]) || (is_abbreviation && is_long && !is_tail(at))
    };
    let before = first
        .checked_sub(1)
        .filter(|&at| chain[at].is_word() && is_surname_before(at));
    let after = chain
        .get(first + count)
        .filter(|token| token.is_word() && is_surname(token));
    match (before, after) {
        (Some(before), _) if count <= 2 => Some((before, first + count - 1)),
        (_, Some(_)) if count <= 2 => Some((first, first + count)),
        _ => None,
    }
}

/// A given name with a surname before or after it, though no list may know that one.
fn by_given_name(_: &str, chain: &[Token<'_>]) -> Option<(usize, usize)> {
    let is_script = |a: &Token<'_>, b: &Token<'_>| is_latin(a.word) == is_latin(b.word);
    for at in (0..chain.len()).filter(|&at| chain[at].is(GIVEN_NAME)) {
        let token = &chain[at];
        let before = at
            .checked_sub(1)
            .map(|at| &chain[at])
            .filter(|b| b.is_word() && is_script(b, token));
        let after = chain
            .get(at + 1)
            .filter(|a| a.is_word() && is_script(a, token));
        // Many English words are names by their sound.
        let is_listed = if is_latin(token.word) && !token.is_announced {
            names::is_listed_in_latin(token.word)
        } else {
            names::is_listed_given(token.word)
        };
        if before.is_some_and(|b| b.is(SURNAME)) {
            return Some((at - 1, at));
        }
        if after.is_some_and(|a| a.is(SURNAME)) {
            return Some((at, at + 1));
        }
        if is_listed && after.is_some_and(Token::is_unknown) {
            return Some((at, at + 1));
        }
        if is_listed && before.is_some_and(|b| b.is_unknown() && !b.begins_sentence) {
            return Some((at - 1, at));
        }
        if token.is_announced && after.is_some() {
            return Some((at, at + 1));
        }
    }
    None
}

/// What follows a word such as «клиент».
fn by_what_stands_before(_: &str, chain: &[Token<'_>]) -> Option<(usize, usize)> {
    let first = chain
        .first()
        .filter(|token| token.is_announced && token.is_word())?;
    let is_name =
        first.roles.count() > 0 || chain.get(1).is_some_and(|next| next.roles.count() > 0);
    let last = usize::from(chain.get(1).is_some_and(Token::is_word));
    let is_alone = chain.len() == 1 && !first.is_called;
    (is_name || is_alone).then_some((0, last))
}

/// One word: a given name, or a surname by its ending.
fn by_itself(text: &str, chain: &[Token<'_>]) -> Option<(usize, usize)> {
    let is_alone = |at: usize| match chain {
        [_] => true,
        // The word that begins a sentence is capitalised anyway.
        [first, _] => at == 1 && first.begins_sentence && first.is_unknown(),
        _ => false,
    };
    let at = (0..chain.len()).find(|&at| {
        let token = &chain[at];
        // Places and firms of all the world bear Latin names.
        let is_given =
            token.is_sure() && (!is_latin(token.word) || (is_alone(at) && !token.begins_sentence));
        let is_surname = || match names::strong_surname(token.word) {
            Some(Strong::Plain) => !token.begins_sentence,
            Some(Strong::InKazakhCase) => true,
            None => false,
        };
        is_given || (is_alone(at) && token.is(SURNAME) && is_surname() && !is_of_place(text, token))
    })?;
    Some((at, at))
}

/// Streets, towns and firms bear names of people.
fn is_of_place(text: &str, token: &Token<'_>) -> bool {
    let is_apart = |c: char| !is_letter(c) && c != '/' && c != '-';
    let before = text[..token.start].trim_end();
    let is_cut = before.ends_with('.');
    let last = before.trim_end_matches('.').rsplit(is_apart).next();
    let last = last.unwrap_or_default().to_lowercase();
    let after = text[token.end..].trim_start().split(is_apart).next();
    let after = after.unwrap_or_default().to_lowercase();
    let is_place_before = if last.chars().nth(1).is_none() {
        is_cut && ["г", "с", "п", "қ", "а"].contains(&last.as_str())
    } else {
        BEFORE_PLACES.contains(&last.as_str())
    };
    is_place_before
        || AFTER_PLACES.contains(&after.as_str())
        || PLACES.iter().any(|place| after.starts_with(place))
}

const BEFORE_PLACES: &[&str] = &[
    "ул",
    "улица",
    "улице",
    "пр",
    "просп",
    "проспект",
    "мкр",
    "микрорайон",
    "город",
    "село",
    "пос",
    "пер",
    "им",
    "имени",
    "тоо",
    "ао",
    "жшс",
    "обл",
    "ст",
];
const AFTER_PLACES: &[&str] = &["обл", "ауд", "st", "р-н", "к-сі", "ш/а"];
const PLACES: &[&str] = &[
    "көше",
    "даңғ",
    "област",
    "облыс",
    "район",
    "аудан",
    "ауыл",
    "қала",
    "street",
];

/// Words that begin with a capital letter, with their offsets.
fn capitalised(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = next_capital(text.as_bytes(), from)?;
            let end = text[start..]
                .find(|c: char| !is_letter(c) && c != '-')
                .map_or(text.len(), |i| start + i);
            // A sign among the capital letters, such as ҂, is no word: go past it.
            let first = text[start..].chars().next().map_or(1, char::len_utf8);
            from = end.max(start + first);
            if !text[..start].chars().next_back().is_some_and(is_letter) {
                return Some((start, text[start..end].trim_end_matches('-')));
            }
        }
    })
}

/// Offset of the next capital letter of English, Russian or Kazakh.
fn next_capital(bytes: &[u8], from: usize) -> Option<usize> {
    let next = |at: usize| bytes.get(at + 1).copied().unwrap_or(0);
    (from..bytes.len()).step_by(STRIDE).find_map(|start| {
        let end = bytes.len().min(start + STRIDE);
        let mut run = [0; STRIDE + 1];
        let rest = &bytes[start..bytes.len().min(end + 1)];
        run[..rest.len()].copy_from_slice(rest);
        if !holds_capital(&run) {
            return None;
        }
        (start..end).find(|&at| is_capital(bytes[at], next(at)))
    })
}

/// Bytes looked at together.
const STRIDE: usize = 32;

#[expect(
    clippy::needless_bitwise_bool,
    reason = "lazy operators keep the loop from becoming vector instructions"
)]
fn is_capital(first: u8, second: u8) -> bool {
    (first.wrapping_sub(b'A') < 26)
        | ((first == 0xd0)
            & ((second == 0x81) | (second == 0x86) | (second.wrapping_sub(0x90) < 0x20)))
        | ((first.wrapping_sub(0xd2) < 2) & (second & 1 == 0))
}

/// Whether a capital letter begins before the last byte: most stretches of text hold none.
fn holds_capital(run: &[u8; STRIDE + 1]) -> bool {
    let pairs = run.iter().zip(&run[1..]);
    pairs.fold(0, |found, (&a, &b)| found | u8::from(is_capital(a, b))) > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_may_hold_any_number_of_names() {
        let text = "Иванов Пётр ".repeat(20_000);
        assert_eq!(find(&text).len(), 20_000);
        let text = "Нет Да ".repeat(20_000) + &"Слово ".repeat(20_000);
        assert!(find(&text).len() < 10);
    }

    #[test]
    fn names_that_no_list_knows_are_found_beside_what_is_known() {
        for (text, name) in [
            (
                "приходила Машанло Давид Олегович, оставила копию",
                "Машанло Давид Олегович",
            ),
            (
                "справка для Азизов Уткур Юсуфович нужна",
                "Азизов Уткур Юсуфович",
            ),
            ("подписал В.А. Цой вчера", "В.А. Цой"),
            ("тел. на имя Гузель Валиева.", "Гузель Валиева"),
            ("Со слов Ибраевой, платёж ушёл", "Ибраевой"),
            ("встреча с Ахметовой вчера", "Ахметовой"),
            ("вчера Айгүл улыбнулась всем", "Айгүл"),
            (
                "қағаз Бақытжан Айбек ұлына тапсырылды",
                "Бақытжан Айбек ұлына",
            ),
            (
                "қағаз Бақытжан Айбекұлына тапсырылды",
                "Бақытжан Айбекұлына",
            ),
            ("ИСАТАЙ ҚЫЗЫ", "ИСАТАЙ ҚЫЗЫ"),
            ("ДИНАРА НҰРЛАН ҚЫЗЫ ҚАЛИЕВА", "ДИНАРА НҰРЛАН ҚЫЗЫ ҚАЛИЕВА"),
            ("Сосед Вишневский опять сверлит", "Вишневский"),
            ("mapped by K.A. Howard later", "K.A. Howard"),
            ("подписал Tolegen S.A. вчера", "Tolegen S.A."),
            ("Guest Nadezhda Grigoreva asks", "Nadezhda Grigoreva"),
            ("Құрметті Ілияс Қожахметұлы! Өтініш", "Ілияс Қожахметұлы"),
            (
                "бұл Сүлейменова Шәрбан Думан қызының өтініші",
                "Сүлейменова Шәрбан Думан қызының",
            ),
        ] {
            let found = find(text);
            let found: Vec<&str> = found
                .iter()
                .map(|name| &text[name.start..name.end])
                .collect();
            assert_eq!(found, [name], "{text}");
        }
        let found = find("шартқа айтжанова әйгерім сұңқар қызы қол қойды, корова молоко дала");
        assert_eq!(found.len(), 1);
        for text in [
            "живёт на ул. Жандосова",
            "Көктемде жиналыс",
            "Здравствуйте, Перезвоните",
            "Павлодар, Центр",
        ] {
            assert!(find(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn names_with_case_endings_are_found_in_sentences() {
        for (text, name) in [
            ("өтініш Асқардың атына жазылды", "Асқардың"),
            ("бұл Әлияға берілді", "Әлияға"),
            ("отказано Иванову Ерлану вчера", "Иванову Ерлану"),
            ("договор с Серікова А.Е. подписан", "Серікова А.Е."),
            ("клиент А. Е. Серікова звонил", "А. Е. Серікова"),
            ("у Ерлана Асқаровича Шерима", "Ерлана Асқаровича Шерима"),
        ] {
            let found = find(text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(&text[found[0].start..found[0].end], name);
        }
        for prefix in 0..70 {
            let text = format!(
                "{}дом Аскара в дар",
                "я".repeat(prefix / 2) + &"x".repeat(prefix % 2) + " "
            );
            assert_eq!(find(&text).len(), 1, "{text}");
        }
        assert!(find("знак ҂ и ҈ рядом").is_empty());
        assert!(find("Товар пришёл вовремя, Спасибо за быструю Доставку").is_empty());
    }
}
