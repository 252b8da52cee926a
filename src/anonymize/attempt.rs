//! One table of a run until it is published: rewritten, read again as anybody would, attacked, and waiting for the others.

use std::path::Path;

use super::{Published, To, Work, find, scope};
use crate::apply::{Applied, apply};
use crate::batch::TableId;
use crate::error::{Error, Result};
use crate::findings::TableFindings;
use crate::method::Run;
use crate::plan::{Action, TablePlan};
use crate::progress::Progress;
use crate::source::csv::encoding::Encoding;
use crate::source::sink::Format;
use crate::source::{Compression, CsvFormat, Options, Source, reopen};
use crate::verify::{self, Across, Member, Scope, TableVerification};

/// A table that was rewritten and attacked, and waits for the others.
pub(super) struct Attempt<'a> {
    pub(super) plan: &'a TablePlan,
    scope: Scope,
    /// The table, and what was found in it.
    original: Option<(&'a dyn Source, &'a TableFindings)>,
    pub(super) written: Result<Written>,
    attacked: Option<TableVerification>,
}

/// An output under its temporary name, and as anybody would read it.
pub(super) struct Written {
    applied: Applied,
    output: Box<dyn Source>,
}

impl<'a> Attempt<'a> {
    /// Rewrites a table and attacks what came out.
    pub(super) fn at(
        work: &'a Work<'_>,
        plan: &'a TablePlan,
        target: &Path,
        engine: &Run,
        across: Option<&Across>,
        progress: &dyn Progress,
    ) -> Self {
        let found = find(work, plan);
        let mut attempt = Self {
            plan,
            scope: scope(plan, work.plan.head.aim),
            original: found.as_ref().ok().copied(),
            written: Err(Error::NothingLeft {
                place: plan.source.clone(),
            }),
            attacked: None,
        };
        if plan.columns.iter().any(|c| c.action != Action::Drop) {
            let written = found.and_then(|(source, findings)| {
                let written = write(work, plan, source, target, engine, progress)?;
                attempt.attacked = Some(verify::against_original(
                    source,
                    findings,
                    written.output.as_ref(),
                    &attempt.scope,
                    &engine.detectors,
                    across,
                    progress,
                )?);
                Ok(written)
            });
            attempt.written = written;
        }
        let is_interrupted = matches!(attempt.written, Err(Error::Interrupted));
        if let Some(across) = across.filter(|_| attempt.attacked.is_none() && !is_interrupted)
            && let Err(error) = attempt.collect(across, engine, progress)
        {
            attempt.written = Err(error);
        }
        attempt
    }

    /// Whoever has the original has its identifiers, though nothing is written of it.
    fn collect(&self, across: &Across, engine: &Run, progress: &dyn Progress) -> Result<()> {
        self.original.map_or(Ok(()), |(source, findings)| {
            across.collect(source, findings, &self.scope, &engine.detectors, progress)
        })
    }

    /// Publishes it, unless an attack broke it.
    pub(super) fn end(self) -> (Result<Published>, Option<TableVerification>) {
        let is_broken = (self.attacked.as_ref()).is_some_and(TableVerification::is_broken);
        let result = self.written.and_then(|written| {
            if is_broken {
                return Err(Error::Broken {
                    place: self.plan.source.clone(),
                });
            }
            publish(written.applied)
        });
        (result, self.attacked)
    }
}

/// Looks in every output for what is known from the other tables.
pub(super) fn settle(
    across: &Across,
    attempts: &mut [Attempt<'_>],
    engine: &Run,
    progress: &dyn Progress,
) -> Result<()> {
    let mut members = Vec::new();
    let known = attempts.iter().enumerate();
    let known = known.filter_map(|(at, attempt)| Some((at, attempt, attempt.original?)));
    for (at, attempt, (original, findings)) in known {
        let written = attempt.written.as_ref().ok();
        let member = Member {
            original,
            findings,
            output: written.map(|written| written.output.as_ref()),
            scope: &attempt.scope,
        };
        members.push((at, member));
    }
    let (places, members): (Vec<usize>, Vec<Member<'_>>) = members.into_iter().unzip();
    let found = across.settle(&members, &engine.detectors, progress)?;
    for (at, found) in places.into_iter().zip(found) {
        if let Some(attacked) = &mut attempts[at].attacked {
            attacked.add(found);
        }
    }
    Ok(())
}

fn write(
    work: &Work<'_>,
    plan: &TablePlan,
    source: &dyn Source,
    target: &Path,
    engine: &Run,
    progress: &dyn Progress,
) -> Result<Written> {
    let format = format(source, plan, work.to);
    let mut applied = apply(source, plan, &format, target, engine, progress)?;
    applied.staged.rest();
    let has_header = match &format {
        Format::Csv(like, _) => like.header.is_some(),
        Format::Parquet => true,
    };
    let output = reopened(&applied, plan, source, work.to, has_header)?;
    Ok(Written { applied, output })
}

fn publish(applied: Applied) -> Result<Published> {
    let path = applied.staged.target().to_owned();
    applied.staged.publish()?;
    Ok(Published {
        path,
        rows: applied.rows,
        cells: applied.cells,
        recoded: applied.recoded,
        blocked: applied.blocked,
    })
}

/// The output as anybody would read it, under its temporary name.
fn reopened(
    applied: &Applied,
    plan: &TablePlan,
    source: &dyn Source,
    to: Option<To>,
    has_header: bool,
) -> Result<Box<dyn Source>> {
    let written = match (source.csv_format(), to) {
        (Some(_), None) | (_, Some(To::Csv)) => "csv",
        _ => "parquet",
    };
    reopen(
        &TableId(plan.output.clone()),
        &applied.staged.path().display().to_string(),
        written,
        &output_options(source, has_header),
    )
}

fn output_options(source: &dyn Source, has_header: bool) -> Options {
    let like = source.csv_format();
    Options {
        encoding: Some(
            like.as_ref()
                .map_or(Encoding::Utf8 { bom: false }, |f| f.encoding),
        ),
        delimiter: Some(like.as_ref().map_or(b',', |f| f.delimiter)),
        has_header: Some(has_header),
        ..Options::default()
    }
}

/// The format of the output: that of the source, unless told otherwise.
fn format(source: &dyn Source, plan: &TablePlan, to: Option<To>) -> Format {
    let kept = |path: &str| {
        plan.columns
            .iter()
            .any(|c| c.path == path && c.action != Action::Drop)
    };
    let paths: Vec<String> = source
        .info()
        .schema
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    let extra = plan
        .columns
        .iter()
        .filter(|c| !paths.contains(&c.path) && c.action != Action::Drop)
        .map(|c| c.path.clone());
    match (source.csv_format(), to) {
        (_, Some(To::Parquet)) | (None, None) => Format::Parquet,
        (Some(like), _) => {
            let mut like = like.of_columns(&paths, kept);
            if let Some(names) = &mut like.header {
                names.extend(extra);
            }
            Format::Csv(Box::new(like), source.compression())
        }
        (None, Some(To::Csv)) => {
            let header = Some(paths.into_iter().filter(|path| kept(path)).collect());
            let encoding = Encoding::Utf8 { bom: false };
            Format::Csv(
                Box::new(CsvFormat {
                    delimiter: b',',
                    crlf: false,
                    encoding,
                    header,
                    place: plan.source.clone(),
                }),
                Compression::None,
            )
        }
    }
}
