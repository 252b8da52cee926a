//! A first list from what tables hold. Everything that only a person can know is marked as to be filled in.

use std::collections::{BTreeMap, BTreeSet};

use crate::category::{Catalog, Kind};
use crate::findings::{ColumnFinding, Findings, TableFindings, Verdict};
use crate::policy::PLACEHOLDER;

/// Best columns to tell whose a row is, best first.
const SUBJECTS: &[&str] = &["iin", "phone_number", "email", "full_name"];

/// Where a category was found.
type Places = BTreeMap<String, BTreeSet<(String, String)>>;

/// The text of a policy that loads and that a person has to go through.
pub fn draft(findings: &Findings) -> String {
    let all = places(findings, |column| {
        column.also.iter().map(|c| &c.category).collect()
    });
    let (special, usual): (Places, Places) = all.into_iter().partition(|(c, _)| is_special(c));
    let mut text = head();
    text.push_str(&approved(&usual));
    text.push_str(&purpose(&usual));
    text.push_str(&left_out(&special));
    text.push_str(&to_look_at(findings));
    text.push_str(&dataset(findings, &places(findings, |_| Vec::new())));
    text
}

/// Columns by category, with the categories that `also` names.
fn places(findings: &Findings, also: impl Fn(&ColumnFinding) -> Vec<&String>) -> Places {
    let mut places = Places::new();
    for table in &findings.tables {
        for column in &table.columns {
            for category in column.category.iter().chain(also(column)) {
                if !crate::detect::header::is_not_personal(category) {
                    let place = (table.source.clone(), column.path.clone());
                    places.entry(category.clone()).or_default().insert(place);
                }
            }
        }
    }
    places
}

fn is_special(category: &str) -> bool {
    let kind = Catalog::builtin().find(category).map(|c| c.kind);
    kind == Some(Kind::SensitiveSpecial)
}

fn head() -> String {
    format!(
        "# A draft of the approved list, made from what was found in tables.
# Found does not mean necessary: strike out what your purposes do not need.
# Everything that begins with \"{PLACEHOLDER}\" is for you to replace; `iesiz policy check` lists what is left.

[meta]
schema_version = 1

[operator]
id = {}
name_en = {}

",
        fill_in("a short id of the operator"),
        fill_in("the operator's name; name_kk and name_ru as well"),
    )
}

fn approved(usual: &Places) -> String {
    let mut text = "[approved]\ncategories = [\n".to_owned();
    for (category, places) in usual {
        text.push_str(&format!("  {}, # {}\n", quoted(category), listed(places)));
    }
    text + "]\n\n"
}

fn purpose(usual: &Places) -> String {
    let ids: Vec<String> = usual.keys().map(|id| quoted(id)).collect();
    format!(
        "[[subject_group]]
id = \"people\"
text_en = {}

# One [[purpose]] for each purpose, with the categories that it cannot do without.
[[purpose]]
id = \"purpose_1\"
number = 1
label_en = {}
subjects = [\"people\"]
categories = [{}]
collection_en = {}
publication_en = {}
legal_basis = [{}]
[purpose.retention]
mode = \"not_stated\" # or fixed_term, with years and event; or until_purpose_achieved, with event

",
        fill_in("whose data this is, such as clients"),
        fill_in("what the data is processed for; label_kk and label_ru as well"),
        ids.join(", "),
        fill_in("from whom and how the data is collected"),
        fill_in("whether and where it is published"),
        fill_in("consent, contract, or article of a law"),
    )
}

fn left_out(special: &Places) -> String {
    if special.is_empty() {
        return String::new();
    }
    let mut text =
        "# Found, of a special kind, and left out: approve it only where a law lets you.\n\
                    [[named_not_approved]]\ncategories = [\n"
            .to_owned();
    for (category, places) in special {
        text.push_str(&format!("  {}, # {}\n", quoted(category), listed(places)));
    }
    text + &format!(
        "]\nreason = {}\n\n",
        fill_in("why it is not approved, or take it out")
    )
}

fn to_look_at(findings: &Findings) -> String {
    let mut text = String::new();
    for table in &findings.tables {
        let unsure = |c: &&ColumnFinding| c.verdict == Verdict::Review && c.category.is_none();
        for column in table.columns.iter().filter(unsure) {
            let place = (table.source.clone(), column.path.clone());
            text.push_str(&format!("#   {}\n", place_text(&place)));
        }
    }
    if text.is_empty() {
        text
    } else {
        format!("# Perhaps personal data, look at it yourself:\n{text}\n")
    }
}

fn dataset(findings: &Findings, own: &Places) -> String {
    let tables: Vec<&TableFindings> = findings.tables.iter().collect();
    let sources: BTreeSet<String> = tables.iter().map(|t| quoted(&glob_of(&t.source))).collect();
    let subject: Vec<String> = SUBJECTS
        .iter()
        .find_map(|category| own.get(*category))
        .map(|places| places.iter().map(|(_, path)| quoted(path)).collect())
        .unwrap_or_default();
    let subject: BTreeSet<String> = subject.into_iter().collect();
    let sources: Vec<String> = sources.into_iter().collect();
    let subject: Vec<String> = subject.into_iter().collect();
    if sources.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "# Which tables serve which purposes. Split it where tables serve different ones.
[[dataset]]
id = \"tables\"
sources = [{}]
purposes = [\"purpose_1\"]
subject = [{}] # columns that tell whose a row is
# events = {{ contract_termination = \"column with its date\" }}
",
        sources.join(", "),
        subject.join(", "),
    );
    let groups = link_groups(own);
    if !groups.is_empty() {
        text.push_str(&format!(
            "link_groups = [{}] # columns that must get equal tokens\n",
            groups.join(", ")
        ));
    }
    text
}

/// Columns of one identifying category under several names.
fn link_groups(own: &Places) -> Vec<String> {
    let identifying = own
        .iter()
        .filter(|(category, _)| Catalog::builtin().identifies(category));
    let names = identifying.map(|(_, places)| {
        let paths: BTreeSet<&String> = places.iter().map(|(_, path)| path).collect();
        paths.into_iter().map(|path| quoted(path)).collect()
    });
    names
        .filter(|names: &Vec<String>| names.len() > 1)
        .map(|names| format!("[{}]", names.join(", ")))
        .collect()
}

/// A pattern that matches this path only.
fn glob_of(path: &str) -> String {
    glob::Pattern::escape(path)
}

fn listed(places: &BTreeSet<(String, String)>) -> String {
    let places: Vec<String> = places.iter().map(place_text).collect();
    places.join(", ")
}

/// Names are quoted, so that none ends the comment it stands in.
fn place_text((table, path): &(String, String)) -> String {
    format!("{} of {}", quoted(path), quoted(table))
}

fn fill_in(what: &str) -> String {
    quoted(&format!("{PLACEHOLDER}: {what}"))
}

/// A string of TOML on one line.
fn quoted(text: &str) -> String {
    let escape = |c: char| match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns_stay_names() {
        assert_eq!(quoted("a\"\n[x]\\"), r#""a\"\u000A[x]\\""#);
        let text = format!("x = {}", quoted("a\"\n\u{7f}[x]\\"));
        let table: toml::Table = toml::from_str(&text).unwrap();
        assert_eq!(table["x"].as_str(), Some("a\"\n\u{7f}[x]\\"));
    }
}
