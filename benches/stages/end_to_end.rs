//! The whole way of a table.

use std::sync::Arc;

use divan::Bencher;
use divan::counter::BytesCount;
use iesiz::anonymize::{self, OutputFolder, To, Work};
use iesiz::detect::Detectors;
use iesiz::findings::Findings;
use iesiz::plan::{Aim, plan};
use iesiz::progress::Silent;
use iesiz::scan::{Judging, scan};
use iesiz::source::staged::write_atomically;
use iesiz::source::{Found, Options, discover};

use crate::cells::csv;

const ROWS: usize = 50_000;

fn found(folder: &tempfile::TempDir) -> (Found, usize) {
    let path = folder.path().join("t.csv");
    let text = csv(ROWS);
    write_atomically(&path, text.as_bytes()).unwrap();
    let names = [path.to_str().unwrap().to_owned()];
    (discover(&names, &Options::default()).unwrap(), text.len())
}

fn scanned(found: &Found, detectors: &Detectors) -> Findings {
    scan(found, detectors, Judging::default(), &Silent).unwrap()
}

#[divan::bench]
fn scan_csv(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().unwrap();
    let (found, bytes) = found(&folder);
    let detectors = Detectors::builtin();
    bencher
        .counter(BytesCount::new(bytes))
        .bench(|| scanned(&found, &detectors));
}

#[divan::bench]
fn anonymize_csv_to_parquet(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().unwrap();
    let (found, bytes) = found(&folder);
    let detectors = Arc::new(Detectors::builtin());
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        let findings = scanned(&found, &detectors);
        let plan = plan(&findings, &found.tables, Aim::Export, None).unwrap();
        let output = OutputFolder::claim(&folder.path().join("out")).unwrap();
        let work = Work {
            findings: &findings,
            plan: &plan,
            plan_edited: false,
            sources: &found.tables,
            to: Some(To::Parquet),
            command: "bench",
            detectors: detectors.clone(),
        };
        anonymize::run(&work, &output, &Silent).unwrap()
    });
}
