//! In which forms a value, or a part of it, may stand in another cell.

use super::encodings::encoded;
use crate::detect::translit;

/// How a cell is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// As it is.
    Raw,
    /// In small letters.
    Lower,
    /// Letters and digits only, in small letters.
    Bare,
    /// Digits only.
    Digits,
    /// The one Latin spelling of all scripts, letters and digits only.
    Folded,
    /// That of what stands before `@`.
    Login,
}

/// How much of the cell the form is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Anywhere,
    End,
    All,
}

/// A text that gives a value away where it is met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) how: &'static str,
    view: View,
    place: Place,
    text: String,
}

impl Form {
    pub(super) fn new(
        how: &'static str,
        view: View,
        place: Place,
        text: impl Into<String>,
    ) -> Self {
        Self {
            how,
            view,
            place,
            text: text.into(),
        }
    }
}

/// A cell in all views.
pub(super) struct Viewed {
    views: [String; 6],
}

impl Viewed {
    pub(super) fn of(cell: &str) -> Self {
        let lower = cell.trim().to_lowercase();
        let login = lower.split('@').next().unwrap_or_default();
        Self {
            views: [
                cell.trim().to_owned(),
                bare(&lower),
                digits(cell),
                translit::fold(&lower),
                translit::fold(login),
                lower,
            ],
        }
    }

    fn view(&self, view: View) -> &str {
        &self.views[match view {
            View::Raw => 0,
            View::Bare => 1,
            View::Digits => 2,
            View::Folded => 3,
            View::Login => 4,
            View::Lower => 5,
        }]
    }

    /// Tells whether a form stands in the cell.
    pub(super) fn holds(&self, form: &Form) -> bool {
        let view = self.view(form.view);
        match form.place {
            Place::Anywhere => view.contains(&form.text),
            Place::End => view.ends_with(&form.text),
            Place::All => view == form.text,
        }
    }
}

/// What kind of value it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Name,
    Login,
    Number,
    Account,
    Plate,
    Other,
}

/// Fewer letters are met in any word.
const LEAST_LETTERS: usize = 4;
/// A shorter text is met in any code.
const LEAST_TEXT: usize = 6;
/// Fewer digits are met in any number.
pub(super) const LEAST_NUMBER: usize = 7;

/// The forms of a value of some sort.
pub(super) fn forms(value: &str, sort: Sort) -> Vec<Form> {
    let mut forms = Vec::new();
    match sort {
        Sort::Name => names(value, &mut forms),
        Sort::Login => login(value, &mut forms),
        Sort::Number => numbers(value, &mut forms),
        Sort::Account => {
            numbers(value, &mut forms);
            bank(value, &mut forms);
        }
        Sort::Plate => plate(value, &mut forms),
        Sort::Other => {}
    }
    whole(value.trim(), &mut forms);
    let digits = digits(value);
    if digits.len() >= LEAST_TEXT && digits != value.trim() {
        encoded(&digits, &mut forms);
    }
    forms
}

fn names(value: &str, forms: &mut Vec<Form>) {
    for word in words(value) {
        let folded = translit::fold(&word);
        if word.chars().count() >= LEAST_LETTERS && folded.len() >= LEAST_LETTERS {
            forms.push(Form::new(
                "a part of the name",
                View::Folded,
                Place::Anywhere,
                folded,
            ));
        }
    }
}

/// Words of a name in small letters.
pub(super) fn words(value: &str) -> Vec<String> {
    let words = value
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Logins that are made of two words of a name: an initial and the other word.
pub(super) fn logins(words: &[String]) -> Vec<Form> {
    let mut forms = Vec::new();
    for (one, first) in words.iter().enumerate() {
        for (_, last) in words.iter().enumerate().filter(|(other, _)| *other != one) {
            let Some(letter) = first.chars().next() else {
                continue;
            };
            let (initial, last) = (translit::fold(&letter.to_string()), translit::fold(last));
            let short = initial.get(..1).unwrap_or_default();
            for initial in [initial.as_str(), short] {
                for login in [format!("{initial}{last}"), format!("{last}{initial}")] {
                    if login.len() >= LEAST_LETTERS && !initial.is_empty() {
                        forms.push(Form::new(
                            "initial and surname",
                            View::Login,
                            Place::All,
                            login,
                        ));
                    }
                }
            }
        }
    }
    forms.dedup();
    forms
}

fn login(value: &str, forms: &mut Vec<Form>) {
    let local = value.split('@').next().unwrap_or_default().trim();
    let folded = translit::fold(&local.to_lowercase());
    if folded.len() > LEAST_LETTERS {
        forms.push(Form::new(
            "a part of the login",
            View::Folded,
            Place::Anywhere,
            folded,
        ));
    }
}

fn numbers(value: &str, forms: &mut Vec<Form>) {
    let digits = digits(value);
    if digits.len() < LEAST_NUMBER {
        return;
    }
    let last = |count: usize| digits[digits.len() - count..].to_owned();
    forms.push(Form::new(
        "its last four digits",
        View::Digits,
        Place::End,
        last(4),
    ));
    forms.push(Form::new(
        "its last six digits",
        View::Digits,
        Place::Anywhere,
        last(6),
    ));
    forms.push(Form::new(
        "its digits",
        View::Digits,
        Place::Anywhere,
        digits.clone(),
    ));
    if digits.len() >= 12 {
        let first = &digits[..8];
        forms.push(Form::new(
            "its first eight digits",
            View::Digits,
            Place::Anywhere,
            first,
        ));
    }
    if digits.len() == 12 {
        birth_date(&digits, forms);
    }
}

/// An IIN begins with the date of birth; the first of January stands for any day of a year.
fn birth_date(iin: &str, forms: &mut Vec<Form>) {
    let (year, month, day) = (&iin[..2], &iin[2..4], &iin[4..6]);
    let is_date = ("01".."13").contains(&month) && ("01".."32").contains(&day);
    let century = match iin.as_bytes()[6] {
        b'1' | b'2' => "18",
        b'3' | b'4' => "19",
        _ => "20",
    };
    if !is_date || &iin[2..6] == "0101" {
        return;
    }
    for date in [
        format!("{year}{month}{day}"),
        format!("{century}{year}{month}{day}"),
        format!("{day}{month}{century}{year}"),
        format!("{day}{month}{year}"),
    ] {
        forms.push(Form::new(
            "the birth date it begins with",
            View::Digits,
            Place::Anywhere,
            date,
        ));
    }
}

fn bank(value: &str, forms: &mut Vec<Form>) {
    let bare = bare(&value.to_lowercase());
    if let Some(code) = bare.get(4..7).filter(|_| bare.starts_with("kz")) {
        forms.push(Form::new("the bank it names", View::Bare, Place::All, code));
    }
}

fn plate(value: &str, forms: &mut Vec<Form>) {
    let digits = digits(value);
    if let Some(first) = digits.get(..3) {
        forms.push(Form::new("its digits", View::Digits, Place::All, first));
    }
    let bare = bare(&value.to_lowercase());
    if let Some(first) = bare.get(..LEAST_TEXT) {
        forms.push(Form::new(
            "its beginning",
            View::Bare,
            Place::Anywhere,
            first,
        ));
    }
}

/// The value itself, written otherwise.
fn whole(value: &str, forms: &mut Vec<Form>) {
    if value.chars().count() < LEAST_TEXT {
        return;
    }
    let text = bare(&value.to_lowercase());
    if text.chars().count() >= LEAST_TEXT {
        forms.push(Form::new(
            "with other separators",
            View::Bare,
            Place::Anywhere,
            text,
        ));
    }
    encoded(value, forms);
}

/// Letters and digits only.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// ASCII digits only.
pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(value: &str, sort: Sort, cell: &str) -> Option<&'static str> {
        let cell = Viewed::of(cell);
        forms(value, sort)
            .into_iter()
            .find(|form| cell.holds(form))
            .map(|form| form.how)
    }

    #[test]
    fn parts_and_encodings_of_a_value_are_known() {
        let iin = "350315100012";
        let iban = "KZ86125KZT5004100100";
        for (value, sort, cell, how) in [
            (
                "Иванова Анна",
                Sort::Name,
                "ivanova.a@mail.kz",
                "a part of the name",
            ),
            (
                "Жұмабаев Ерлан",
                Sort::Name,
                "ZHUMABAEV_77",
                "a part of the name",
            ),
            (
                iin,
                Sort::Number,
                "15.03.1835",
                "the birth date it begins with",
            ),
            (
                iin,
                Sort::Number,
                "350315-X",
                "the birth date it begins with",
            ),
            (iin, Sort::Number, "**** 0012", "its last four digits"),
            (iin, Sort::Number, "350-315-100-012", "its last four digits"),
            (
                "+7 701 555 01 02",
                Sort::Number,
                "*** 01-02",
                "its last four digits",
            ),
            (iban, Sort::Account, "125", "the bank it names"),
            (
                "N12345678",
                Sort::Number,
                "P<KAZX<<N12345678<1KAZ",
                "its last six digits",
            ),
            ("777ABC02", Sort::Plate, "777", "its digits"),
            (iin, Sort::Other, "210001513053", "reversed"),
            (iin, Sort::Other, "649684899987", "digits complemented"),
            (iin, Sort::Other, "461426211123", "digits shifted"),
            (iin, Sort::Other, "MzUwMzE1MTAwMDEy", "base64"),
            (iin, Sort::Other, "333530333135313030303132", "hex"),
            ("anna@x.kz", Sort::Other, "naan@k.xm", "rot13"),
            (
                "Анна Ли",
                Sort::Other,
                "%D0%90%D0%BD%D0%BD%D0%B0%20%D0%9B%D0%B8",
                "URL-encoded",
            ),
        ] {
            assert_eq!(met(value, sort, cell), Some(how), "{cell}");
        }
    }

    #[test]
    fn an_initial_and_a_short_surname_make_a_login() {
        let logins = logins(&words("Цой Виктор"));
        assert!(
            logins
                .iter()
                .any(|form| Viewed::of("v.tsoy@mail.kz").holds(form))
        );
        assert!(
            !logins
                .iter()
                .any(|form| Viewed::of("tsoy-parts@mail.kz").holds(form))
        );
    }

    #[test]
    fn what_is_left_of_honest_outputs_is_no_form() {
        let iin = "350315100012";
        for cell in [
            "1830..1839",
            "1835",
            "1835-01-01",
            "[redacted]",
            "701",
            "*",
            "Алматы",
        ] {
            assert_eq!(met(iin, Sort::Number, cell), None, "{cell}");
            assert_eq!(met("Иванова Анна", Sort::Name, cell), None, "{cell}");
        }
        assert_eq!(met("350101100012", Sort::Number, "1835-01-01"), None);
    }
}
