//! Values that forms list, found by one hash.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::bits::Bits;
use super::template::Template;
use crate::pattern::{Form, vocabulary_key};

/// Forms by each of the values they list.
#[derive(Debug)]
pub(super) struct Vocabulary {
    forms: HashMap<String, Bits, FixedState>,
    /// Forms by the templates of their values; no template stands for all that have none.
    templates: HashMap<Option<Template>, Bits, FixedState>,
    /// Most bytes of a cell that says one of them.
    longest: usize,
}

impl Vocabulary {
    pub(super) fn of(all: &[&Form]) -> Self {
        let mut forms: HashMap<String, Bits, _> = HashMap::default();
        let mut templates: HashMap<Option<Template>, Bits, _> = HashMap::default();
        for (index, form) in all.iter().enumerate() {
            for value in &form.values {
                forms.entry(value.clone()).or_default().insert(index);
                templates
                    .entry(Template::of(value))
                    .or_default()
                    .insert(index);
            }
        }
        // A letter takes at most twice the bytes in capitals, and spaces may be doubled.
        let longest = forms.keys().map(|value| 2 * value.len()).max();
        Self {
            forms,
            templates,
            longest: longest.unwrap_or(0),
        }
    }

    /// Forms that list what the cell says.
    pub(super) fn listing(&self, cell: &str, among: Bits) -> Bits {
        if among.is_empty() || cell.len() > self.longest {
            return Bits::default();
        }
        let known = self.forms.get(&vocabulary_key(cell));
        known.map_or_else(Bits::default, |known| known.and(among))
    }

    /// Forms that list a value cells of that template can say.
    pub(super) fn written_as(&self, representative: &str) -> Bits {
        let key = Template::of(&vocabulary_key(representative));
        self.templates.get(&key).copied().unwrap_or_default()
    }
}
