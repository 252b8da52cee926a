//! Findings do not depend on the number of threads or on where batches end.

use crate::common::{iins, text, write};

#[test]
fn one_thread_and_several_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    let mut csv = "id,x1,comment,name\n".to_owned();
    let iins = iins(900);
    for i in 0..60_000 {
        let iin = &iins[i % iins.len()];
        csv.push_str(&format!(
            "{i},{iin},\"строка {i}, тел. +7 700 {:03} {:02} {:02}\",Иванов{i}\n",
            i % 1000,
            i % 100,
            i / 100 % 100
        ));
    }
    write(&path, &csv);
    let scan = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let found =
                iesiz::source::discover(&[text(&path).to_owned()], &Default::default()).unwrap();
            let detectors = iesiz::detect::Detectors::builtin();
            let findings = iesiz::scan::scan(
                &found,
                &detectors,
                Default::default(),
                &iesiz::progress::Silent,
            )
            .unwrap();
            serde_json::to_string(&findings).unwrap()
        })
    };
    let one = scan(1);
    assert!(
        one.contains("\"category\":\"iin\"") && one.contains("\"rows\":60000"),
        "{one}"
    );
    assert_eq!(one, scan(3));
}
