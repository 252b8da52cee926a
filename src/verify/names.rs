//! Names: of the output's file, of its columns, and of what is packed in it.

use super::filter::Filter;
use super::identifiers::Take;
use super::literals::is_name;
use super::originals::Originals;
use super::{Attack, Setting, parts};
use crate::detect::spans::canonical;
use crate::error::Result;
use crate::pattern::normalize::fold;
use crate::source::{Compression, Source};

/// The names, each with what it names.
pub(super) struct Names {
    all: Vec<(&'static str, String)>,
    /// Names of columns that nobody needs an original to see through.
    hidden: usize,
}

impl Names {
    /// Gathers them.
    pub(super) fn of(output: &dyn Source) -> Result<Self> {
        let mut names: Vec<(&'static str, String)> = Vec::new();
        for part in output.id().0.split(['/', '\\']) {
            names.push(("a name of a file or folder", part.to_owned()));
        }
        let columns = output.info().schema.into_iter();
        names.extend(columns.map(|(path, _)| ("a name of a column", path)));
        if let Some(format) = output.csv_format() {
            let header = format.header.into_iter().flatten();
            names.extend(header.map(|name| ("a name of a column", name)));
        }
        if let Some(path) = output.path() {
            if output.info().format == "parquet" {
                let texts = parts::metadata_texts(path)?.into_iter();
                names.extend(texts.map(|text| ("metadata", text)));
            }
            if output.compression() == Compression::Gzip {
                let texts = parts::gzip_texts(path)?.into_iter();
                names.extend(texts.map(|text| ("the header of what is packed", text)));
            }
        }
        Ok(Self {
            all: names,
            hidden: output.hidden_names(),
        })
    }

    /// Passes over names that are personal themselves: they are others now.
    pub(super) fn without_hidden(self) -> Self {
        Self { hidden: 0, ..self }
    }

    /// Adds what they hold to what the output holds.
    pub(super) fn add_to(&self, held: &Filter, setting: &Setting<'_>) {
        self.for_each(setting, &mut |_, hash| setting.hold(held, &[hash]));
    }

    /// Shows the hash of everything in them that may be an identifier, with what they name.
    pub(super) fn for_each(&self, setting: &Setting<'_>, show: &mut dyn FnMut(&'static str, u64)) {
        let mut finder = setting.finder();
        finder.begin();
        for (what, name) in &self.all {
            for part in separated(name) {
                finder.texts(&part, Take::WholeToo, &mut |_, hash| show(what, hash));
            }
        }
    }

    fn begun(&self) -> Attack {
        let mut attack = Attack::new("names");
        attack.count("a name of a column", self.hidden as u64);
        attack
    }

    /// Looks for originals in them.
    pub(super) fn residue(&self, originals: &Originals, setting: &Setting<'_>) -> Attack {
        let mut attack = self.begun();
        if originals.count() == 0 {
            return attack.settle();
        }
        let people: Vec<&str> = originals
            .sample()
            .iter()
            .filter(|text| is_name(text))
            .collect();
        let mut finder = setting.finder();
        finder.begin();
        for (what, name) in &self.all {
            let mut count = 0;
            for part in separated(name) {
                finder.texts(&part, Take::WholeToo, &mut |_, hash| {
                    count += u64::from(originals.suspects.contains(hash));
                });
            }
            let plain = plain(name);
            let named = people
                .iter()
                .filter(|person| plain.contains(**person))
                .count();
            attack.count(what, count.max(named as u64));
        }
        attack.settle()
    }

    /// Looks for anybody's personal data in them.
    pub(super) fn in_plain_sight(&self, setting: &Setting<'_>) -> Attack {
        let mut attack = self.begun();
        let mut finder = setting.finder();
        finder.begin();
        for (what, name) in &self.all {
            let mut count = 0;
            for part in separated(name) {
                finder.texts(&part, Take::Identifiers, &mut |_, _| count += 1);
            }
            attack.count(what, count);
        }
        attack.settle()
    }
}

impl Attack {
    /// A name may be personal itself: what it names is reported instead.
    fn count(&mut self, what: &str, count: u64) {
        self.tried += 1;
        if count > 0 {
            self.add("", count, None, what);
        }
    }
}

/// A name as it is, and by its parts.
fn separated(name: &str) -> Vec<String> {
    let parts = name.split(['_', '-', ' ', '.']).map(str::to_owned);
    let spaced = name.replace(['_', '-'], " ");
    let mut all: Vec<String> = [name.to_owned(), spaced].into_iter().chain(parts).collect();
    all.sort();
    all.dedup();
    all
}

fn plain(name: &str) -> String {
    canonical(&fold(&name.replace(['_', '-', '.'], " ")))
}
