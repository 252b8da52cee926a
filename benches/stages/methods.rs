//! Rewriting columns.

use divan::Bencher;
use divan::counter::ItemsCount;
use iesiz::detect::Detectors;
use iesiz::method::{self, ColumnContext, Run};

use crate::cells::{ROWS, series};

#[divan::bench(args = method::ALL.iter().map(|method| method.id()), consts = [0, 1])]
fn apply<const KIND: usize>(bencher: Bencher<'_, '_>, id: &str) {
    let (kind, category) = [("iin", "iin"), ("comment", "free_text_other")][KIND];
    let run = Run::new(Detectors::builtin()).unwrap();
    let method = method::named(id).unwrap();
    let values = series(kind);
    let context = ColumnContext::of(Some(category));
    bencher
        .counter(ItemsCount::new(ROWS))
        .bench_local(|| method::apply(method, &values, &context, &run, "bench", kind).unwrap());
}
