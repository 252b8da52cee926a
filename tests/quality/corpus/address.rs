//! Addresses of persons.

use super::cell::Lang;
use super::random::Random;
use super::words::{self, kk_ru};

#[derive(Clone, Debug)]
pub(super) struct Address {
    pub(super) place: [&'static str; 8],
    pub(super) street: (&'static str, &'static str),
    pub(super) avenue: bool,
    pub(super) quarter: Option<&'static str>,
    pub(super) house: String,
    pub(super) flat: Option<u32>,
    pub(super) index: String,
}

impl Address {
    pub(super) fn random(random: &mut Random) -> Self {
        let mut place = [""; 8];
        for (slot, part) in place.iter_mut().zip(words::PLACES.pick(random).split('|')) {
            *slot = part;
        }
        let mut house = random.between(1, 190).to_string();
        if random.chance(20) {
            house.push_str(random.pick(&["а", "Б", "/1", "/2", " корп. 2", "В"]));
        }
        let quarter = random.chance(22).then(|| words::QUARTERS.pick(random));
        let village = place[0].starts_with("с. ");
        let flat = (!village && random.chance(75)).then(|| random.between(1, 160));
        let index = format!("{}{}", place[7], random.digits(2));
        let street = kk_ru(words::STREETS.pick(random));
        Self {
            place,
            street,
            avenue: random.chance(20) && !street.1.ends_with("ая"),
            quarter,
            house,
            flat,
            index,
        }
    }

    pub(super) fn city(&self, lang: Lang) -> &'static str {
        self.place[lang_column(lang)]
    }

    pub(super) fn region(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Kk => self.place[4],
            _ => self.place[3],
        }
    }

    /// Cities of republican significance belong to no region.
    pub(super) fn is_own_region(&self) -> bool {
        self.place[3].starts_with("г. ")
    }

    pub(super) fn area_code(&self) -> &'static str {
        self.place[5]
    }
}

fn lang_column(lang: Lang) -> usize {
    match lang {
        Lang::Ru => 0,
        Lang::Kk => 1,
        Lang::En => 2,
    }
}
