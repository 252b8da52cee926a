//! Attacks what is left of a table from which rows and cells were destroyed: what was in these, and is in nothing that
//! stays, must be nowhere in the new file. What is part of something that stays, such as an address that lacks another's first letters,
//! cannot be told apart in bytes and is not looked for.

use std::collections::HashSet;

use aho_corasick::AhoCorasick;

use super::against::LookedAt;
use super::bytes;
use super::filter::Filter;
use super::identifiers::{Hasher, Take};
use super::originals::{Originals, Taken};
use super::residue;
use super::sweep::sweep;
use super::{Attack, Setting};
use crate::detect::Detectors;
use crate::error::{Error, Result};
use crate::findings::TableFindings;
use crate::progress::Progress;
use crate::source::Source;

/// A table in the parts that a destruction made of it.
pub(crate) struct Parts<'a> {
    /// Cells that go, as the old file has them.
    pub(crate) gone: &'a dyn Source,
    /// Cells that stay, as the old file has them.
    pub(crate) stays: &'a dyn Source,
    /// The new file.
    pub(crate) left: &'a dyn Source,
}

/// What looking for destroyed identifiers showed.
pub(crate) struct Residue {
    /// One by one.
    pub(crate) attacks: Vec<Attack>,
    /// Identifiers that were looked for.
    pub(crate) tried: u64,
}

/// Looks for identifiers of destroyed cells in the cells, the bytes and the names of the new file.
///
/// # Errors
/// When one of the parts cannot be read to its end, or the new file holds too many values to compare.
pub(crate) fn residue_of_gone(
    parts: &Parts<'_>,
    findings: &TableFindings,
    detectors: &Detectors,
    progress: &dyn Progress,
) -> Result<Residue> {
    let allowed = HashSet::new();
    let setting = Setting {
        allowed: &allowed,
        detectors,
        hasher: Hasher::default(),
        progress,
        spared: None,
        across: None,
    };
    let spared = Filter::sharing(residue::most_cells(parts.stays), 2);
    hold(parts.stays, &spared, &setting)?;
    let setting = Setting {
        spared: Some(&spared),
        ..setting
    };
    let looked_at = LookedAt::new(parts.left, &setting)?;
    let taken = Taken::of(findings, &allowed);
    let originals = Originals::compare(parts.gone, &taken, &looked_at.held, 0, &setting)?;
    let forget = |originals: &mut Originals| forget_parts(parts.stays, originals, &setting);
    let (originals, attacks) =
        looked_at.residue(parts.gone, originals, findings, &setting, &forget)?;
    Ok(Residue {
        attacks,
        tried: originals.count(),
    })
}

/// Adds all that may be an identifier in cells that stay, read as cells and as bytes are.
fn hold(stays: &dyn Source, spared: &Filter, setting: &Setting<'_>) -> Result<()> {
    sweep(
        stays,
        setting.progress,
        || (Vec::new(), setting.finder()),
        |(hashes, finder), batch| {
            finder.leaves(batch, &mut |finder, _, cells| {
                for cell in cells {
                    if !finder.is_repeated(&cell) {
                        finder.texts(&cell, Take::WholeToo, &mut |_, hash| hashes.push(hash));
                        bytes::hold(cell.as_bytes(), spared, &setting.hasher);
                    }
                }
                spared.add_all(hashes);
                hashes.clear();
            })
        },
        |state, _| state,
    )?;
    Ok(())
}

/// Forgets identifiers that are part of longer ones that stay: as bytes they cannot be told apart.
fn forget_parts(
    stays: &dyn Source,
    originals: &mut Originals,
    setting: &Setting<'_>,
) -> Result<()> {
    let texts: Vec<String> = originals.sample().iter().map(str::to_owned).collect();
    let failed = |_| Error::Internal {
        place: "verify".to_owned(),
    };
    let search = AhoCorasick::new(&texts).map_err(failed)?;
    let (met, _) = sweep(
        stays,
        setting.progress,
        || (HashSet::new(), setting.finder()),
        |(met, finder), batch| {
            finder.leaves(batch, &mut |finder, _, cells| {
                for cell in cells {
                    if !finder.is_repeated(&cell) {
                        let cell = cell.to_lowercase();
                        let parts = search.find_overlapping_iter(&cell);
                        met.extend(parts.map(|part| part.pattern().as_usize()));
                    }
                }
            })
        },
        |(mut a, finder), (b, _)| {
            a.extend(b);
            (a, finder)
        },
    )?;
    let met: HashSet<&str> = met.into_iter().map(|at| texts[at].as_str()).collect();
    originals.forget(&|text| met.contains(text));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::progress::Silent;
    use crate::scan::{self, Judging};
    use crate::source::{Options, discover};
    use crate::verify::Outcome;

    const HEADER: &str = "iin,email,note\n";
    const GONE: &str = "\
350101100018,anna@example.kz,Ким Ольга\n\
350101100018,zarina@example.kz,\n";
    /// Some identifiers of the rows above are parts of these.
    const STAYS: &str = "\
460202200016,joanna@example.kz,Ким Ольга Петровна\n\
460202200016,b@example.kz,звонить после шести вечера\n";

    #[expect(clippy::disallowed_methods, reason = "files for a test")]
    fn table(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn gzip(text: &str, comment: &str) -> Vec<u8> {
        let builder = flate2::GzBuilder::new().comment(comment);
        let mut gzip = builder.write(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        gzip.finish().unwrap()
    }

    /// Attacks a file that should hold no more than what stays; names of attacks that broke it, and how many were tried.
    fn broken(left: &str, bytes: impl AsRef<[u8]>) -> (Vec<&'static str>, u64) {
        let folder = tempfile::tempdir().unwrap();
        let open = |path: &Path| {
            let names = [path.to_string_lossy().into_owned()];
            discover(&names, &Options::default())
                .unwrap()
                .tables
                .remove(0)
        };
        let rows = |rows: &str| HEADER.to_owned() + rows;
        let gone = open(&table(folder.path(), "gone.csv", rows(&GONE.repeat(3))));
        let stays = open(&table(folder.path(), "stays.csv", rows(STAYS)));
        let left = open(&table(folder.path(), left, bytes));
        let detectors = Detectors::builtin();
        let all = open(&table(
            folder.path(),
            "all.csv",
            rows(&(GONE.repeat(3) + STAYS)),
        ));
        let findings =
            scan::scan_table(all.as_ref(), &detectors, Judging::default(), &Silent).unwrap();
        let parts = Parts {
            gone: gone.as_ref(),
            stays: stays.as_ref(),
            left: left.as_ref(),
        };
        let residue = residue_of_gone(&parts, &findings, &detectors, &Silent).unwrap();
        let is_broken = |attack: &&Attack| attack.outcome == Outcome::Broken;
        let broken = residue
            .attacks
            .iter()
            .filter(is_broken)
            .map(|attack| attack.attack);
        (broken.collect(), residue.tried)
    }

    #[test]
    fn what_stays_may_stay_and_what_went_is_found_wherever_it_is() {
        let whole = HEADER.to_owned() + STAYS;
        let (found, tried) = broken("left.csv", &whole);
        assert!(found.is_empty() && tried >= 3, "{found:?} {tried}");
        let (found, _) = broken("left.csv.gz", gzip(&whole, "of 2026"));
        assert!(found.is_empty(), "{found:?}");
        let mail = whole.replace("b@example.kz", "Zarina@Example.kz");
        for (changed, attack) in [
            (mail, "residue-in-cells"),
            (whole.replace("шести", "350101100018"), "residue-in-bytes"),
            (whole.replace("шести", "x350101100018x"), "residue-in-bytes"),
            (whole.replace("note", "note 350101100018"), "names"),
        ] {
            let (found, _) = broken("left.csv", &changed);
            assert!(found.contains(&attack), "{attack}: {found:?}");
        }
        let (found, _) = broken("left.csv.gz", gzip(&whole, "iin 350101100018"));
        assert!(found.contains(&"residue-in-bytes"), "{found:?}");
    }
}
