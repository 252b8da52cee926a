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

#[test]
fn cells_beyond_the_header_are_counted_whatever_block_they_are_in() {
    const ROWS: u64 = 400_000;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    let long = "1,2,3\n".to_owned();
    write(
        &path,
        "a,b\n".to_owned() + &long + &"12345,abcdefg\n".repeat(ROWS as usize - 1),
    );
    let found = iesiz::source::discover(&[text(&path).to_owned()], &Default::default()).unwrap();
    let findings = iesiz::scan::scan(
        &found,
        &iesiz::detect::Detectors::builtin(),
        Default::default(),
        &iesiz::progress::Silent,
    )
    .unwrap();
    let columns = &findings.tables[0].columns;
    let nulls: Vec<u64> = columns.iter().map(|column| column.nulls).collect();
    assert_eq!(nulls, [0, 0, ROWS - 1]);
}
