//! The regions of Kazakhstan and what they go by: stems of their names and cities, area codes, codes on plates.
//!
//! Seventeen oblasts and three cities since 8 June 2022, when the decree of the President of 3 May 2022 took Abai, Jetisu
//! and Ulytau out of their neighbours; towns follow its borders. Codes on plates: as given out since 2012, 18 to 20 with the
//! decree. Area codes: geocoding of libphonenumber (package phonenumbers 9.0.43); an area that the decree cut has no region
//! here but for its centre. Stems are of Kazakh, Russian and Latin spellings, in lower case.

/// One region.
pub(super) struct Region {
    /// In Russian, which every Cyrillic code page can write.
    pub(super) name: &'static str,
    /// Two digits at the end of a plate.
    plate: &'static str,
    /// Beginnings of telephone numbers without the country's code.
    areas: &'static [&'static str],
    /// Beginnings of words.
    stems: &'static [&'static str],
    /// Whole words.
    words: &'static [&'static str],
}

/// All regions, by the code on plates.
#[rustfmt::skip]
pub(super) const ALL: &[Region] = &[
    Region { name: "Астана", plate: "01", areas: &["7172"], words: &[],
        stems: &["астан", "нур-султан", "нурсултан", "нұр-сұлтан", "нұрсұлтан", "целиноград", "astana", "nur-sultan"] },
    Region { name: "Алматы", plate: "02", areas: &["7272", "7273", "7279"], words: &[],
        stems: &["алмат", "алма-ат", "almaty", "alma-ata"] },
    Region { name: "Акмолинская область", plate: "03", areas: &["716"], words: &[],
        stems: &["акмол", "ақмол", "кокшетау", "көкшетау", "степногорск", "щучинск", "атбасар", "косшы", "қосшы", "aqmola",
            "akmol", "kokshetau"] },
    Region { name: "Актюбинская область", plate: "04", areas: &["713"], words: &[],
        stems: &["актюб", "актоб", "ақтөбе", "ақтобе", "хромтау", "кандыагаш", "қандыағаш", "aktobe", "aqtobe", "aktyub"] },
    Region { name: "Алматинская область", plate: "05", areas: &["727"], words: &[],
        stems: &["алматинск", "алматы облы", "алматы обл.", "алмат. обл", "алмат.обл", "капшагай", "қапшағай", "талгар",
            "талғар", "каскелен", "қаскелең", "almaty obl", "almaty region", "almatinsk", "talgar", "kaskelen"] },
    Region { name: "Атырауская область", plate: "06", areas: &["712"], words: &[],
        stems: &["атырау", "кульсары", "құлсары", "atyrau"] },
    Region { name: "Западно-Казахстанская область", plate: "07", areas: &["711"], words: &["зко", "бқо", "орал", "орал.", "oral"],
        stems: &["западно-казахстан", "западно казахстан", "зап.-каз", "батыс қазақстан", "уральск", "орал қ", "uralsk",
            "west kazakhstan", "batys qazaqstan"] },
    Region { name: "Жамбылская область", plate: "08", areas: &["726"], words: &[],
        stems: &["жамбылск", "жамбыл облы", "жамбыл обл.", "тараз", "каратау", "қаратау", "taraz", "jambyl obl",
            "zhambyl obl", "zhambyl reg", "jambyl reg", "zhambylsk"] },
    Region { name: "Карагандинская область", plate: "09", areas: &["721"], words: &[],
        stems: &["караганд", "қарағанды", "қараганды", "темиртау", "теміртау", "балхаш", "балқаш", "шахтинск", "karagand",
            "qaragandy", "qaraghandy", "temirtau", "balkhash"] },
    Region { name: "Костанайская область", plate: "10", areas: &["714"], words: &[],
        stems: &["костанай", "кустанай", "қостанай", "рудный", "лисаковск", "житикара", "жітіқара", "аркалык", "арқалық",
            "kostanay", "qostanay", "kostanai", "qostanai"] },
    Region { name: "Кызылординская область", plate: "11", areas: &["724"], words: &[],
        stems: &["кызылорд", "кзыл-орд", "қызылорда", "байконур", "байқоңыр", "kyzylord", "qyzylord", "baikonur"] },
    Region { name: "Мангистауская область", plate: "12", areas: &["729"], words: &[],
        stems: &["актау", "ақтау", "мангистау", "мангыстау", "маңғыстау", "жанаозен", "жаңаөзен", "aktau", "aqtau",
            "mangystau", "mangistau", "mangghystau", "zhanaozen", "janaozen"] },
    Region { name: "Туркестанская область", plate: "13", areas: &["725"], words: &[],
        stems: &["туркестан", "түркістан", "туркистан", "түркестан", "южно-казахстан", "оңтүстік қазақстан", "кентау",
            "сарыагаш", "сарыағаш", "turkestan", "turkistan"] },
    Region { name: "Павлодарская область", plate: "14", areas: &["718"], words: &[],
        stems: &["павлодар", "экибастуз", "екібастұз", "pavlodar", "ekibastuz"] },
    Region { name: "Северо-Казахстанская область", plate: "15", areas: &["715"], words: &["ско", "сқо"],
        stems: &["северо-казахстан", "северо казахстан", "сев.-каз", "солтүстік қазақстан", "петропавл", "қызылжар",
            "north kazakhstan", "soltustik qazaqstan", "petropavl"] },
    Region { name: "Восточно-Казахстанская область", plate: "16", areas: &["7232"], words: &["вко", "шқо"],
        stems: &["восточно-казахстан", "восточно казахстан", "вост.-каз", "шығыс қазақстан", "усть-каменогорск",
            "усть каменогорск", "өскемен", "оскемен", "риддер", "east kazakhstan", "shygys qazaqstan", "oskemen",
            "ust-kamenogorsk", "ridder"] },
    Region { name: "Шымкент", plate: "17", areas: &["7252"], words: &[],
        stems: &["шымкент", "чимкент", "shymkent", "chimkent"] },
    Region { name: "область Абай", plate: "18", areas: &["7222"], words: &["семей", "semey"],
        stems: &["область абай", "обл. абай", "обл.абай", "абай облы", "абайская обл", "абай обл.", "семей қ", "семипалатинск",
            "аягоз", "аягөз", "abai obl", "abay obl", "abai region", "abay region", "semipalatinsk"] },
    Region { name: "область Жетысу", plate: "19", areas: &["7282"], words: &[],
        stems: &["талдыкорган", "талды-курган", "талдықорған", "жетісу", "жетысу", "жетису", "текели", "текелі", "жаркент",
            "taldykorgan", "taldyqorgan", "jetisu", "zhetisu", "zhetysu", "jetysu"] },
    Region { name: "область Улытау", plate: "20", areas: &["7102"], words: &[],
        stems: &["жезказган", "джезказган", "жезқазған", "ұлытау", "улытау", "каражал", "қаражал", "zhezkazgan", "jezkazgan",
            "jezqazgan", "ulytau", "ulitau"] },
];

/// The region that a text names first; of two that begin at one place the longer spelling is meant.
pub(super) fn in_text(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    if let Some(known) = ALL
        .iter()
        .find(|region| region.name.to_lowercase() == lower)
    {
        return Some(known.name);
    }
    let found = ALL.iter().flat_map(|region| {
        let stems = region.stems.iter().map(|stem| (*stem, Extent::Beginning));
        let words = region.words.iter().map(|word| (*word, Extent::Whole));
        let places = stems.chain(words).filter_map(|(spelling, extent)| {
            Some((find(&lower, spelling, extent)?, usize::MAX - spelling.len()))
        });
        places.map(|place| (place, region.name))
    });
    found.min_by_key(|(place, _)| *place).map(|(_, name)| name)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Beginning,
    Whole,
}

/// Where a spelling stands as a word or at the beginning of one.
fn find(text: &str, spelling: &str, extent: Extent) -> Option<usize> {
    let goes_on = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let is_there = |at: &usize| {
        !goes_on(text[..*at].chars().next_back())
            && (extent == Extent::Beginning || !goes_on(text[at + spelling.len()..].chars().next()))
    };
    let mut places = text.match_indices(spelling).map(|(at, _)| at);
    places.find(is_there)
}

/// The region of a fixed line, by the ten digits after the country's code.
pub(super) fn of_area(number: &str) -> Option<&'static str> {
    let codes = ALL.iter().flat_map(|region| {
        let codes = region.areas.iter().map(move |code| (*code, region.name));
        codes.filter(|(code, _)| number.starts_with(code))
    });
    codes
        .max_by_key(|(code, _)| code.len())
        .map(|(_, name)| name)
}

/// The region of a plate, by the digits it ends in.
pub(super) fn of_plate(code: &str) -> Option<&'static str> {
    let region = ALL.iter().find(|region| region.plate == code);
    region.map(|region| region.name)
}

/// Tells whether a text is the name of a region as it is written here.
pub(super) fn is_name(text: &str) -> bool {
    ALL.iter().any(|region| region.name == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_seventeen_oblasts_and_three_cities_each_found_by_all_it_goes_by() {
        assert_eq!(ALL.len(), 20);
        let oblasts = ALL.iter().filter(|region| region.name.contains("област"));
        assert_eq!(oblasts.count(), 17);
        for (number, region) in (1..).zip(ALL) {
            assert_eq!(region.plate, format!("{number:02}"));
            assert_eq!(in_text(region.name), Some(region.name));
            for spelling in region.stems.iter().chain(region.words) {
                assert_eq!(in_text(spelling), Some(region.name), "{spelling}");
                assert_eq!(spelling.to_lowercase(), **spelling);
                let others = ALL.iter().filter(|other| other.name != region.name);
                let shared = others
                    .flat_map(|other| other.stems)
                    .any(|other| other == spelling);
                assert!(!shared, "{spelling} twice");
            }
        }
    }

    #[test]
    fn the_first_place_counts_and_streets_do_not() {
        for (text, name) in [
            ("г. Алматы, ул. Жамбыла, д. 5", "Алматы"),
            ("Алматинская обл., г. Талгар", "Алматинская область"),
            ("Алматы облысы, Талғар қ.", "Алматинская область"),
            ("Almaty region, Talgar", "Алматинская область"),
            ("ул. Абая 5, г. Тараз", "Жамбылская область"),
            ("СКО, Тайыншинский р-н", "Северо-Казахстанская область"),
            ("Орал қ., Достық 1", "Западно-Казахстанская область"),
            ("Абай облысы, Семей қаласы", "область Абай"),
            ("Оңтүстік Қазақстан облысы", "Туркестанская область"),
            ("г. Конаев, Алматинская область", "Алматинская область"),
        ] {
            assert_eq!(in_text(text), Some(name), "{text}");
        }
        for text in ["ул. Абая 5", "ул. Оралхана Бокеева 3", "московская", ""]
        {
            assert_eq!(in_text(text), None, "{text}");
        }
    }

    #[test]
    fn areas_and_plates_tell_their_region() {
        assert_eq!(of_area("7172000000"), Some("Астана"));
        assert_eq!(of_area("7273000000"), Some("Алматы"));
        assert_eq!(of_area("7277400000"), Some("Алматинская область"));
        assert_eq!(of_area("7253300000"), Some("Туркестанская область"));
        assert_eq!(of_area("7010000000"), None);
        assert_eq!(of_plate("17"), Some("Шымкент"));
        assert_eq!(of_plate("99"), None);
    }
}
