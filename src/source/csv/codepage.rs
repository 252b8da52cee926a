//! Single-byte encodings: what each byte above 127 means, both ways, and which one a text is in.
//!
//! `encoding_rs` knows neither KZ-1048 nor PTCP154; their tables are here. The choice between single-byte encodings is by
//! letter statistics, because a Kazakh file read as windows-1251 looks almost right and breaks every name.

use std::sync::OnceLock;

/// One single-byte encoding.
#[derive(Debug)]
pub struct CodePage {
    /// Name as findings print it.
    pub name: &'static str,
    upper: Vec<char>,
}

const KZ_1048: &str =
    "ЂЃ‚ѓ„…†‡€‰Љ‹ЊҚҺЏђ‘’“”•–—\u{98}™љ›њқһџ\u{a0}ҰұӘ¤Ө¦§Ё©Ғ«¬\u{ad}®Ү°±Ііөµ¶·ё№ғ»әҢңү";
const PTCP154: &str = "ҖҒӮғ„…ҶҮҲүҠӢҢҚҺҸҗ‘’“”•–—ҳҷҡӣңқһҹ\u{a0}ЎўЈӨҘҰ§Ё©Ә«¬ӯ®Ҝ°ұІіҙө¶·ё№ә»јҪҫҝ";
const RUSSIAN: &str = "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя";

/// All encodings that are told apart by their letters, the likelier first.
pub fn all() -> &'static [CodePage] {
    static PAGES: OnceLock<Vec<CodePage>> = OnceLock::new();
    PAGES.get_or_init(|| {
        let own = |name, upper: &str| CodePage {
            name,
            upper: upper.chars().chain(RUSSIAN.chars()).collect(),
        };
        let known = |name, encoding: &'static encoding_rs::Encoding| CodePage {
            name,
            upper: (0x80..=0xff_u8)
                .map(|b| {
                    encoding
                        .decode_without_bom_handling(&[b])
                        .0
                        .chars()
                        .next()
                        .unwrap_or(char::REPLACEMENT_CHARACTER)
                })
                .collect(),
        };
        vec![
            known("windows-1251", encoding_rs::WINDOWS_1251),
            own("kz-1048", KZ_1048),
            own("ptcp154", PTCP154),
            known("koi8-r", encoding_rs::KOI8_R),
            known("cp866", encoding_rs::IBM866),
            known("windows-1252", encoding_rs::WINDOWS_1252),
        ]
    })
}

/// Finds an encoding by name.
pub fn named(name: &str) -> Option<&'static CodePage> {
    let plain = |name: &str| name.to_ascii_lowercase().replace(['-', '_'], "");
    let wanted = match plain(name).as_str() {
        "cp1251" | "1251" => "windows1251".to_owned(),
        "rk1048" | "strk1048" => "kz1048".to_owned(),
        "ibm866" | "866" => "cp866".to_owned(),
        "cp1252" | "latin1" => "windows1252".to_owned(),
        other => other.to_owned(),
    };
    all().iter().find(|page| plain(page.name) == wanted)
}

impl CodePage {
    /// Appends bytes as UTF-8.
    pub fn decode(&self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut buffer = [0; 4];
        for &byte in bytes {
            if byte < 0x80 {
                out.push(byte);
            } else {
                out.extend_from_slice(
                    self.upper[usize::from(byte) - 0x80]
                        .encode_utf8(&mut buffer)
                        .as_bytes(),
                );
            }
        }
    }

    /// Appends text in this encoding; `None` at a letter that it does not have.
    pub fn encode(&self, text: &str, out: &mut Vec<u8>) -> Option<()> {
        for c in text.chars() {
            if c.is_ascii() {
                out.push(c as u8);
            } else {
                let index = self.upper.iter().position(|&known| known == c)?;
                out.push(0x80 + u8::try_from(index).ok()?);
            }
        }
        Some(())
    }

    fn letter(&self, byte: u8) -> char {
        if byte < 0x80 {
            char::from(byte)
        } else {
            self.upper[usize::from(byte) - 0x80]
        }
    }
}

/// How often each letter outside ASCII stands behind each other: enough to tell encodings apart, however long the text.
pub struct Letters {
    /// By the byte before and the byte itself.
    pairs: Vec<u64>,
}

impl Default for Letters {
    fn default() -> Self {
        Self {
            pairs: vec![0; 1 << 16],
        }
    }
}

impl Letters {
    /// Counts the letters of a text.
    pub fn add(&mut self, bytes: &[u8]) {
        let mut previous = b' ';
        for &byte in bytes {
            if byte >= 0x80 {
                self.pairs[usize::from(previous) << 8 | usize::from(byte)] += 1;
            }
            previous = byte;
        }
    }

    /// The encoding of those named whose letters fit best, the first of several; `None` when none gives sensible text.
    pub fn best_of(&self, names: &[&str]) -> Option<&'static CodePage> {
        self.best(names.iter().filter_map(|name| named(name)))
    }

    fn best(&self, pages: impl Iterator<Item = &'static CodePage>) -> Option<&'static CodePage> {
        let mut best: Option<(&CodePage, f64)> = None;
        for page in pages {
            let likeness = self.likeness(page);
            if best.is_none_or(|(_, most)| likeness > most) {
                best = Some((page, likeness));
            }
        }
        best.filter(|(_, likeness)| *likeness > 0.0)
            .map(|(page, _)| page)
    }

    /// How much a text in this encoding looks like Kazakh or Russian, per letter.
    fn likeness(&self, page: &CodePage) -> f64 {
        let (mut sum, mut count) = (0.0, 0);
        let met = self.pairs.iter().enumerate().filter(|(_, met)| **met > 0);
        for (pair, &met) in met {
            let previous = page.letter((pair >> 8) as u8);
            let c = page.letter((pair & 0xff) as u8);
            sum += (letter_score(c) - case_penalty(previous, c)) * met as f64;
            count += met;
        }
        sum / count.max(1) as f64
    }
}

/// The encoding whose letters fit best; `None` when none gives sensible text.
pub fn guess(bytes: &[u8]) -> Option<&'static CodePage> {
    let mut letters = Letters::default();
    letters.add(bytes);
    letters.best(all().iter())
}

fn letter_score(c: char) -> f64 {
    match c.to_lowercase().next().unwrap_or(c) {
        'о' | 'е' | 'а' | 'и' | 'н' | 'т' | 'с' | 'р' | 'в' | 'л' | 'к' | 'м' | 'д' | 'п' | 'у'
        | 'ы' => 3.0,
        'я' | 'ь' | 'г' | 'з' | 'б' | 'ч' | 'й' | 'х' | 'ж' | 'ш' | 'ю' => 2.0,
        'ә' | 'ғ' | 'қ' | 'ң' | 'ө' | 'ұ' | 'ү' | 'і' => 2.0,
        'ц' | 'щ' | 'э' | 'ф' | 'ъ' | 'ё' | 'һ' => 1.0,
        '№' | '«' | '»' | '—' | '–' | '\u{a0}' | '“' | '”' | '„' | '…' | '’' | '‘' | '°' => {
            0.5
        }
        'à'..='ö' | 'ø'..='ÿ' => 0.2,
        c if c.is_alphabetic() => -2.0,
        _ => -4.0,
    }
}

/// Small letters are not followed by capital ones inside a word.
fn case_penalty(previous: char, c: char) -> f64 {
    if previous.is_lowercase() && c.is_uppercase() {
        4.0
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_whole_and_round_trip() {
        for page in all() {
            assert_eq!(page.upper.len(), 128, "{}", page.name);
            let bytes: Vec<u8> = (0..=255).collect();
            let mut text = Vec::new();
            page.decode(&bytes, &mut text);
            let text = String::from_utf8(text).unwrap();
            let mut back = Vec::new();
            page.encode(&text, &mut back).unwrap();
            assert_eq!(back, bytes, "{}", page.name);
        }
        assert_eq!(
            named("windows-1251").unwrap().encode("Ә", &mut Vec::new()),
            None
        );
    }

    #[test]
    fn kazakh_and_russian_texts_name_their_encoding() {
        let kazakh = "Әлия Қасымқызы Өтеғұлова Алматы қаласында тұрады, өтініші қабылданды; ЖСН нөмірі көрсетілген";
        let russian =
            "Фамилия;Имя;Отчество;Дата рождения;Пол;Телефон;Адрес;Примечание клиента без замечаний";
        for (name, text) in [
            ("kz-1048", kazakh),
            ("ptcp154", kazakh),
            ("windows-1251", russian),
            ("koi8-r", russian),
            ("cp866", russian),
        ] {
            let mut bytes = Vec::new();
            named(name).unwrap().encode(text, &mut bytes).unwrap();
            assert_eq!(guess(&bytes).map(|page| page.name), Some(name));
        }
    }
}
