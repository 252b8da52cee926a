//! Changing tables of databases where they are.

use std::path::Path;

use super::args::Writing;
use super::progress::Bar;
use super::{complain, complain_unread, json, print};
use crate::anonymize::Work;
use crate::error::{Error, Result};
use crate::in_place;
use crate::purge::Register;
use crate::report;
use crate::source::OWN_FOLDER;
use crate::source::database::CleanUp;
use crate::source::staged::write_atomically;

/// Changes, attacks, and leaves findings, plan, verification and journal in a folder.
pub(super) fn change(work: &Work<'_>, writing: &Writing) -> Result<u8> {
    let folder = writing.register.as_deref().unwrap_or(Path::new(OWN_FOLDER));
    let register = Register::take(folder)?;
    let write = |name: &str, text: &str| write_atomically(&folder.join(name), text.as_bytes());
    write("findings.json", &json(work.findings)?)?;
    write("plan.toml", &work.plan.text()?)?;
    let how = if writing.clean_up {
        CleanUp::Yes
    } else {
        CleanUp::No
    };
    let outcomes = in_place::run(work, &register, how, &Bar::new())?;
    write("verification.json", &json(&outcomes.verification)?)?;
    print(&report::changed(&outcomes, &folder.display().to_string()))?;
    let errors = outcomes
        .tables
        .iter()
        .filter_map(|table| table.result.as_ref().err());
    errors
        .filter(|error| !matches!(error, Error::LeftAsItWas { .. }))
        .for_each(complain);
    complain_unread(work.findings);
    Ok(if work.findings.has_unread() {
        super::FAILED
    } else {
        outcomes.status()
    })
}
