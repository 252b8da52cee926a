//! What a column's neighbours say of it.

use crate::category::{Catalog, Kind};
use crate::detect::header;
use crate::findings::ColumnFinding;

/// Names of columns that make a table one about persons.
const ENOUGH_NAMES: usize = 2;
const GIVEN_NAME: &str = "first_name";
/// Columns that stand beside one of given names.
const BESIDE: [&str; 2] = ["last_name", "patronymic"];

/// What the other columns of a table are about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Neighbours {
    /// Not looked at.
    #[default]
    Unknown,
    /// Some column surely belongs to persons.
    Persons,
    /// None does.
    Things,
}

impl Neighbours {
    /// Looks at what the columns of a table are when each is judged alone.
    pub fn of(columns: &[ColumnFinding]) -> Self {
        let by_name = columns
            .iter()
            .filter(|c| c.category.as_deref().is_some_and(header::is_of_persons))
            .count();
        let by_values = |column: &ColumnFinding| {
            let kind = column
                .category
                .as_deref()
                .and_then(|id| Catalog::builtin().find(id));
            kind.is_some_and(|c| match c.kind {
                Kind::DirectIdentifier => column.hits > 0 && !header::is_not_personal(&c.id),
                // Places and times are those of things as well.
                Kind::Device => {
                    column.hits > 0 && !["geolocation", "access_time"].contains(&c.id.as_str())
                }
                _ => false,
            })
        };
        if by_name >= ENOUGH_NAMES || columns.iter().any(by_values) {
            Self::Persons
        } else {
            Self::Things
        }
    }
}

/// The columns without a telling name where given names may stand: beside a surname or a patronymic, in a table that has none.
pub fn places_of_given_names(columns: &[ColumnFinding]) -> (Vec<usize>, &'static str) {
    let category = |at: usize| {
        columns
            .get(at)
            .and_then(|column| column.category.as_deref())
    };
    let has_one = (0..columns.len()).any(|at| category(at) == Some(GIVEN_NAME));
    let is_beside =
        |at: Option<usize>| at.and_then(category).is_some_and(|id| BESIDE.contains(&id));
    let is_place = |at: &usize| {
        category(*at).is_none()
            && header::is_meaningless(&columns[*at].path)
            && (is_beside(at.checked_sub(1)) || is_beside(Some(at + 1)))
    };
    let places = (0..columns.len()).filter(|at| !has_one && is_place(at));
    (places.collect(), GIVEN_NAME)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Reason, Verdict};

    fn column(path: &str, category: Option<&str>) -> ColumnFinding {
        ColumnFinding {
            path: path.to_owned(),
            dtype: "text",
            nulls: 0,
            distinct: 0,
            category: category.map(str::to_owned),
            confidence: 0.0,
            bits: 0.0,
            hits: 0,
            evidence: Vec::new(),
            header_claims: None,
            also: Vec::new(),
            verdict: Verdict::Clean,
            reason: Reason::NoPersonalData,
        }
    }

    #[test]
    fn a_given_name_is_expected_beside_a_surname_where_none_is() {
        let last = column("a", Some("last_name"));
        let nameless = column("col_2", None);
        let first = column("b", Some("first_name"));
        let named = column("city", None);
        let place = |columns: &[&ColumnFinding]| {
            let columns: Vec<ColumnFinding> = columns.iter().map(|&c| c.clone()).collect();
            places_of_given_names(&columns).0
        };
        assert_eq!(place(&[&last, &nameless]), [1]);
        assert_eq!(place(&[&nameless, &last]), [0]);
        assert_eq!(place(&[&nameless, &last, &nameless]), [0, 2]);
        assert_eq!(place(&[&last, &nameless, &first]), [0; 0]);
        assert_eq!(place(&[&last, &named, &nameless]), [0; 0]);
    }
}
