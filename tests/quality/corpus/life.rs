//! Kinds of columns: family, work, health, views, and what people answer.

use super::answers;
use super::cell::{Kind, Lang, Shape};
use super::dates::Date;
use super::words;

pub(super) const MARITAL: Kind = Kind::words("marital_status", |c| c.said(&answers::MARRIED));
pub(super) const SOCIAL: Kind = Kind::words("social_status", |c| c.said(&answers::SOCIAL));
pub(super) const PROPERTY: Kind = Kind::words("property_status", |c| c.said(&answers::PROPERTY));
pub(super) const EDUCATION: Kind = Kind::words("education", |c| c.said(&answers::EDUCATION));
pub(super) const PROFESSION: Kind = Kind::words("profession", |c| c.said(&answers::PROFESSION));
pub(super) const OCCUPATION: Kind =
    Kind::words("occupation_activity", |c| c.said(&answers::OCCUPATION));
pub(super) const WORKPLACE: Kind = Kind::words("workplace", |c| {
    if c.random.chance(60) {
        c.said(&words::EMPLOYERS)
    } else {
        c.said(&words::FIRMS)
    }
});
pub(super) const JOB: Kind = Kind::words("job_position", |c| c.said(&answers::JOBS));
pub(super) const MILITARY: Kind =
    Kind::words("military_registration", |c| c.said(&answers::MILITARY));
pub(super) const DISABILITY: Kind = Kind::words("disability", |c| c.said(&answers::DISABILITY));
pub(super) const INTERESTS: Kind = Kind::words("interests", |c| c.said(&answers::INTERESTS));
pub(super) const HEALTH: Kind = Kind::words("health_data", |c| c.said(&answers::HEALTH));
pub(super) const BLOOD: Kind = Kind::fixed("health_data", |c| {
    let groups = match c.style % 2 {
        0 => ["O(I) Rh+", "A(II) Rh+", "B(III) Rh-", "AB(IV) Rh+"],
        _ => ["1+", "2+", "3-", "4+"],
    };
    c.random.pick(&groups).to_owned()
});
pub(super) const POLITICS: Kind = Kind::words("political_views", |c| c.said(&answers::POLITICS));
pub(super) const RELIGION: Kind = Kind::words("religious_beliefs", |c| c.said(&answers::RELIGION));
pub(super) const PHILOSOPHY: Kind =
    Kind::words("philosophical_beliefs", |c| c.said(&answers::PHILOSOPHY));
pub(super) const INTIMATE: Kind = Kind::words("intimate_life", |c| c.said(&answers::INTIMATE));
pub(super) const CRIMINAL: Kind = Kind::words("criminal_record", |c| c.said(&answers::CRIMINAL));
pub(super) const ANSWER: Kind = Kind::words("survey_answers", |c| c.said(&answers::SURVEY));
pub(super) const RATING: Kind = Kind::fixed("survey_answers", |c| c.number(1, 10));
pub(super) const NOTE: Kind = Kind::words("free_text_other", |c| c.said(&answers::NOTES));
pub(super) const CONSENT: Kind = Kind::words("consent_record", |c| match c.form(4) {
    0 => if c.random.chance(85) { "1" } else { "0" }.to_owned(),
    1 => c.date_between(2021, 2025),
    _ => c.said(&answers::CONSENT),
});
pub(super) const VITAL: Kind = Kind::new("vital_status", Shape::Fixed, |c| {
    if c.random.chance(12) {
        let date = Date::random(c.random, 2015, 2025).dotted();
        return match c.lang {
            Lang::Ru => format!("умер {date}"),
            Lang::Kk => format!("қайтыс болған {date}"),
            Lang::En => format!("deceased {date}"),
        };
    }
    c.said(&answers::VITAL)
});
pub(super) const DEATH_DATE: Kind = Kind::fixed("vital_status", |c| c.date_between(2004, 2025));
