//! Judges column names: which category a name speaks for, and how loudly.

mod words;

use super::lookalikes::latin_twins;
use super::{columns, translit};
use crate::pattern::mojibake;
pub(crate) use words::folded_words;
use words::{
    covered, fold_all, index, is_of_things, is_vetoed, is_vetoed_for_all, key, stripped, words,
};
pub use words::{
    has_sure_shape, is_key, is_meaningless, is_not_personal, is_of_equipment, is_of_persons,
    is_prose,
};

/// What a column name says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeaderEvidence {
    /// Bits by category id, best first.
    pub categories: Vec<(String, f64)>,
    /// Words of the name.
    pub words: usize,
    /// It says so in English: words that tables of all the world have.
    pub is_english: bool,
}

/// The name is a known spelling of the category.
pub const EXACT: f64 = 10.0;
/// So is what is left of it without its ending.
pub const STRIPPED: f64 = 9.5;
/// The name contains a known spelling among other words.
pub const PART: f64 = 6.0;
/// The least that such a name gives: several categories share it.
pub const LEAST_PART: f64 = PART - SHARED;
/// What a name loses that several categories share.
const SHARED: f64 = 1.0;
/// The name is shared by several categories.
pub const AMBIGUOUS: f64 = 3.0;
/// From here on the model's best guess counts as much as a phrase that accounts for the name.
const LIKELY: f32 = 0.6;
/// From here on it counts less.
const PROBABLE: f32 = 0.5;
/// What a name of few letters needs: it may be short for anything.
const CERTAIN: f32 = 0.85;
const SHORTEST_GUESSED: usize = 5;
/// What a column answers whose name is a question.
const QUESTION: &str = "survey_answers";
/// Words of a question.
const SHORTEST_QUESTION: usize = 3;
/// A guess besides the best one that values may confirm.
const POSSIBLE: f32 = 0.15;
const SHORTEST_PART: usize = 3;
/// The last part of a path shorter than this says nothing without the parts before it.
const SHORTEST_FIELD: usize = 4;

/// Judges a column path: the whole of it where that says enough, otherwise its last part.
pub fn judge(path: &str) -> HeaderEvidence {
    let path = mojibake::mended(path);
    let path = path.as_ref();
    let leaf = path.rsplit('.').next().unwrap_or(path);
    // What a field in another resembles, its own name tells.
    let whole = judge_name(&path.replace("[]", "").replace('.', " "), leaf == path);
    let is_telling = |evidence: &HeaderEvidence| {
        let best = evidence.categories.first();
        best.is_some_and(|(_, bits)| *bits >= STRIPPED - SHARED)
    };
    // A dot is a border of fields, or that of an abbreviation: «Дом.тел».
    let is_abbreviated = leaf.len() < SHORTEST_FIELD || !leaf.is_ascii();
    if leaf == path || (is_abbreviated && is_telling(&whole)) {
        return whole;
    }
    let last = judge_name(leaf.trim_end_matches("[]"), true);
    if last.categories.is_empty() {
        whole
    } else {
        last
    }
}

fn judge_name(name: &str, may_guess: bool) -> HeaderEvidence {
    let mut found = HeaderEvidence::default();
    if is_meaningless(name) {
        return found;
    }
    let all = words(name);
    found.words = all.len();
    found.look_up(&all, EXACT);
    if found.categories.is_empty() {
        found.look_up_whole_phrases(&all);
    }
    let halves = if found.categories.is_empty() {
        name
    } else {
        ""
    };
    for half in halves
        .split(['/', '(', '|', '\n'])
        .filter(|half| half.len() < name.len())
    {
        found.look_up(&words(half), EXACT);
    }
    if found.categories.is_empty() {
        found.look_up(&latin_twins(&all), EXACT);
    }
    if found.categories.is_empty() {
        found.look_up(stripped(&all), STRIPPED);
    }
    if found.is_unsure() {
        let mut told = HeaderEvidence {
            words: all.len(),
            ..HeaderEvidence::default()
        };
        told.look_up_phrases(&all);
        if !told.categories.is_empty() {
            found = told;
        }
    }
    let is_of_another = is_vetoed_for_all(&all) || is_of_things(&fold_all(&all));
    if found.categories.is_empty() && !is_of_another {
        found.look_up_parts(&all);
    }
    if may_guess && found.bits_of_best() < STRIPPED - SHARED && !is_of_another {
        found.ask_model(name);
    }
    if found.is_unsure()
        && let Some(bits) = question(name, &all)
    {
        found.add(QUESTION, bits);
    }
    found
        .categories
        .sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    found
}

impl HeaderEvidence {
    /// Bits that the name gives to a category.
    pub fn bits(&self, category: &str) -> f64 {
        self.categories
            .iter()
            .find(|(id, _)| id == category)
            .map_or(0.0, |(_, bits)| *bits)
    }

    fn bits_of_best(&self) -> f64 {
        self.categories
            .iter()
            .map(|(_, bits)| *bits)
            .fold(0.0, f64::max)
    }

    /// What the letters of the name resemble stands over its phrases, where that is likely enough.
    fn ask_model(&mut self, name: &str) {
        let words = folded_words(name);
        if words.len() == 1
            && words[0].len() < SHORTEST_FIELD
            && name.contains(|c: char| c.is_ascii_digit())
        {
            // Numbered, as columns of features are.
            return;
        }
        let guesses = columns::guess(&words);
        let is_short = words.iter().map(String::len).sum::<usize>() < SHORTEST_GUESSED;
        let least = if is_short { CERTAIN } else { PROBABLE };
        let Some(best) = guesses.first().filter(|best| best.probability >= least) else {
            return;
        };
        let phrases = std::mem::take(&mut self.categories);
        let Some(category) = best.category else {
            self.is_english = false;
            return;
        };
        let of_phrases = phrases.iter().find(|(known, _)| known == category);
        let bits = if best.probability >= LIKELY {
            PART
        } else {
            LEAST_PART
        };
        self.is_english |= name.is_ascii();
        self.add(
            category,
            of_phrases.map_or(bits, |(_, known)| known.max(bits)),
        );
        let others = guesses
            .iter()
            .skip(1)
            .filter(|guess| guess.probability >= POSSIBLE);
        for other in others.filter_map(|guess| guess.category) {
            self.add(other, AMBIGUOUS);
        }
        for (other, bits) in phrases {
            self.add(&other, bits.min(AMBIGUOUS));
        }
    }

    fn add(&mut self, category: &str, bits: f64) {
        if self.bits(category) == 0.0 {
            self.categories.push((category.to_owned(), bits));
        }
    }

    fn look_up(&mut self, words: &[String], bits: f64) {
        let key = key(words);
        if let Some((candidates, is_clear)) = index().ambiguous.get(&key) {
            for category in candidates {
                self.add(category, if *is_clear { bits } else { AMBIGUOUS });
            }
            self.is_english |= index().english.contains(&key);
        } else if let Some(categories) = index().exact.get(&key) {
            self.is_english |= index().english.contains(&key);
            for category in categories {
                self.add(category, bits);
            }
        }
    }

    /// Nothing, or a name that several categories share.
    fn is_unsure(&self) -> bool {
        self.categories.iter().all(|(_, bits)| *bits <= AMBIGUOUS)
    }

    /// Phrases of several words that leave no word of the name over but for endings such as a number.
    fn look_up_whole_phrases(&mut self, words: &[String]) {
        let mut rest = words;
        while let Some((last, before)) = rest.split_last()
            && (index().words.suffixes.contains(last) || last.bytes().all(|b| b.is_ascii_digit()))
        {
            rest = before;
        }
        let folded = fold_all(rest);
        if folded.len() < 2 {
            return;
        }
        for phrase in &index().phrases {
            if phrase.stems.len() == folded.len() && covered(&phrase.stems, &folded).is_some() {
                self.is_english |= phrase.is_english;
                self.add(&phrase.category, STRIPPED);
            }
        }
    }

    /// The phrases that account for most of the name.
    fn look_up_phrases(&mut self, words: &[String]) {
        let folded = fold_all(words);
        let weight = |word: &str| {
            if index().filler.contains(word) {
                0
            } else {
                word.len()
            }
        };
        let whole: usize = folded.iter().map(|word| weight(word)).sum();
        let mut best = (0, 0);
        let mut meant: Vec<&str> = Vec::new();
        for phrase in &index().phrases {
            let Some(covered) = covered(&phrase.stems, &folded) else {
                continue;
            };
            if phrase.is_whole && covered.len() < words.len() {
                continue;
            }
            let told = covered.iter().map(|&at| weight(&folded[at])).sum();
            let worth = (
                told,
                phrase
                    .stems
                    .iter()
                    .map(|stem| stem.text.len())
                    .sum::<usize>(),
            );
            if worth > best {
                best = worth;
                meant.clear();
                self.is_english = phrase.is_english;
            }
            if worth == best {
                meant.push(&phrase.category);
            }
        }
        let bits = if best.0 == whole { STRIPPED } else { PART };
        let is_of_things = || {
            let begins = |word: &String, stem: &String| word.starts_with(&translit::fold(stem));
            let things = &index().words.things;
            folded
                .iter()
                .any(|word| things.iter().any(|stem| begins(word, stem)))
        };
        if bits == PART {
            if 2 * best.0 < whole || is_of_things() {
                return;
            }
            meant.retain(|category| !is_vetoed(words, category));
        }
        meant.dedup();
        let shared = if meant.len() > 1 { bits - SHARED } else { bits };
        for category in meant {
            self.add(category, shared);
        }
    }

    /// The longest run of words that is a known spelling.
    fn look_up_parts(&mut self, words: &[String]) {
        for length in (1..words.len()).rev() {
            for part in words
                .windows(length)
                .filter(|part| key(part).chars().count() >= SHORTEST_PART)
            {
                self.look_up(part, PART);
            }
            if !self.categories.is_empty() {
                return;
            }
        }
    }
}

/// What it is worth to be a question, or numbered as questions are: `Q3 score`, «В2. Частота».
fn question(name: &str, words: &[String]) -> Option<f64> {
    let number = words.first()?.trim_start_matches(char::is_alphabetic);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_marked =
        ["q", "в", "с"].contains(&words[0].trim_end_matches(|c: char| c.is_ascii_digit()));
    let is_numbered = words.len() >= 2
        && ((is_marked && is_number(number))
            || words[..2]
                .iter()
                .any(|word| ["вопрос", "question", "сұрақ"].contains(&word.as_str()))
                && words[..2].iter().any(|word| is_number(word)));
    let is_asked = words.len() >= SHORTEST_QUESTION && name.trim_end().ends_with('?');
    match (is_numbered, is_asked) {
        (true, true) => Some(STRIPPED),
        (true, false) | (false, true) => Some(PART),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::category::Catalog;

    fn best(name: &str) -> Option<String> {
        judge(name)
            .categories
            .first()
            .filter(|(_, bits)| *bits >= PART)
            .map(|(id, _)| id.clone())
    }

    #[test]
    fn names_are_read_in_every_spelling() {
        for (name, category) in [
            ("ИИН", "iin"),
            ("client_iin", "iin"),
            ("ЖСН", "iin"),
            ("zhsn", "iin"),
            ("personSurname", "last_name"),
            ("Туған_күні", "birth_date"),
            ("туган куни", "birth_date"),
            ("е-mail", "email"),
            ("contacts[].phone", "phone_number"),
            ("ІР- адрес", "ip_address"),
            (
                "Тегі, аты, әкесінің аты / Фамилия, имя, отчество",
                "full_name",
            ),
            ("ethnicity", "ethnicity"),
            ("Номер паспорта", "passport_number"),
        ] {
            assert_eq!(best(name).as_deref(), Some(category), "{name}");
        }
    }

    #[test]
    fn words_beside_a_spelling_can_veto_it() {
        for name in [
            "email_verified",
            "phone_count",
            "is_iin_valid",
            "sku",
            "price",
        ] {
            assert_eq!(best(name), None, "{name}");
        }
    }

    #[test]
    fn every_spelling_of_the_catalogue_leads_to_its_category() {
        for category in &Catalog::builtin().categories {
            for header in &category.headers {
                assert!(
                    judge_name(header, true).bits(&category.id) > 0.0
                        || index().ambiguous.contains_key(&key(&words(header))),
                    "{header:?} does not lead to {}",
                    category.id
                );
            }
        }
    }
}
