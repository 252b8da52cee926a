//! Methods as plans call them: with settings, in nested columns, refused where they make no sense.

use std::fs;
use std::path::Path;

use iesiz::findings::Verdict;
use iesiz::plan::{Action, ColumnPlan, Plan};
use polars::prelude::{
    Column, DataFrame, DataType, IntoSeries as _, NamedFrom as _, ParquetReader, ParquetWriter,
    SerReader as _, Series, StructChunked,
};

use crate::common::{expect_status, iesiz, text, write};

const TABLE: &str = "iin,opened,closed,amount,note\n\
    850101100012,01.03.1835,11.03.1835,100.50,one\n\
    850101200019,02.03.1835,02.04.1835,200.25,two\n\
    850101100012,05.03.1835,09.03.1835,300.00,three\n\
    ,06.03.1835,07.03.1835,400.00,four\n";

/// Makes a plan and edits it.
fn plan(input: &Path, folder: &Path, edit: impl Fn(&mut ColumnPlan)) -> std::path::PathBuf {
    let path = folder.join("plan.toml");
    let made = iesiz(&["plan", text(input), "-o", text(&path), "--force"]);
    assert!(made.status.code().is_some_and(|code| code < 2));
    let mut plan: Plan = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    for column in &mut plan.tables[0].columns {
        edit(column);
    }
    write(&path, plan.text().unwrap());
    path
}

fn rewrite(column: &mut ColumnPlan, category: &str, method: &str) {
    column.category = Some(category.to_owned());
    column.action = Action::Rewrite;
    column.method = Some(method.to_owned());
}

fn drop_it(column: &mut ColumnPlan) {
    column.action = Action::Drop;
    column.method = None;
}

fn move_dates(column: &mut ColumnPlan) {
    match column.path.as_str() {
        "iin" => drop_it(column),
        "opened" | "closed" => {
            rewrite(column, "transaction_datetime", "date-shift");
            column.settings.days = Some(40);
            column.settings.subject = Some("iin".to_owned());
        }
        "amount" => {
            rewrite(column, "transaction_amount", "noise");
            column.settings.spread = Some(0.05);
        }
        _ => {
            column.verdict = Verdict::Clean;
            column.action = Action::Keep;
            column.method = None;
        }
    }
}

/// Days since some day of the 1830s.
fn day(text: &str) -> i64 {
    let date: jiff::civil::Date = {
        let mut parts = text
            .split('.')
            .rev()
            .map(|part| part.parse::<i16>().unwrap());
        let mut next = || parts.next().unwrap();
        let (year, month, day) = (next(), next(), next());
        jiff::civil::date(year, month as i8, day as i8)
    };
    let start = jiff::civil::date(1830, 1, 1);
    i64::from(start.until(date).unwrap().get_days())
}

fn check_dates(rows: &[[String; 2]]) {
    let before = [
        ["01.03.1835", "11.03.1835"],
        ["02.03.1835", "02.04.1835"],
        ["05.03.1835", "09.03.1835"],
    ];
    let moves: Vec<i64> = (before.iter().zip(rows))
        .map(|(before, after)| {
            let moved = [0, 1].map(|at| day(&after[at]) - day(before[at]));
            assert_eq!(moved[0], moved[1], "the time between two dates stays");
            assert!(moved[0] != 0 && moved[0].abs() <= 40);
            moved[0]
        })
        .collect();
    assert_eq!(moves[0], moves[2], "two rows of one person move alike");
}

#[test]
fn dates_of_a_subject_move_alike_though_the_subject_goes() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("t.csv"), folder.path().join("out"));
    write(&input, TABLE);
    let plan = plan(&input, folder.path(), move_dates);
    expect_status(&iesiz(&["apply", text(&plan), "-o", text(&out)]), 0);
    let mut reader = csv::Reader::from_path(out.join("t.csv")).unwrap();
    assert_eq!(
        reader.headers().unwrap(),
        vec!["opened", "closed", "amount", "note"]
    );
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let rows: Vec<_> = records
        .iter()
        .map(|row| [row[0].to_owned(), row[1].to_owned()])
        .collect();
    check_dates(&rows);
    for (record, before) in records.iter().zip([100.50, 200.25, 300.0, 400.0]) {
        let after: f64 = record[2].parse().unwrap();
        assert!(
            (after - before).abs() / before <= 0.051
                && record[2].split_once('.').unwrap().1.len() == 2
        );
    }
    let journal = fs::read_to_string(out.join("_iesiz/journal.jsonl")).unwrap();
    assert!(
        journal.contains("\"drop\":3"),
        "the filled cells of the subject are counted"
    );
}

#[test]
fn a_subject_that_goes_is_read_from_parquet_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("t.parquet"), folder.path().join("out"));
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    let names: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let columns = names.iter().enumerate().map(|(at, name)| {
        let cells: Vec<Option<&str>> = records
            .iter()
            .map(|row| Some(&row[at]).filter(|cell| !cell.is_empty()))
            .collect();
        Column::from(Series::new(name.as_str().into(), cells))
    });
    write_parquet(&input, columns.collect());
    let plan = plan(&input, folder.path(), move_dates);
    expect_status(&iesiz(&["apply", text(&plan), "-o", text(&out)]), 0);
    let frame = read_parquet(&out.join("t.parquet"));
    assert!(frame.column("iin").is_err());
    let cell = |name: &str, row| {
        let column = frame.column(name).unwrap().str().unwrap();
        column.get(row).unwrap().to_owned()
    };
    let rows: Vec<_> = (0..3)
        .map(|row| [cell("opened", row), cell("closed", row)])
        .collect();
    check_dates(&rows);
    let journal = fs::read_to_string(out.join("_iesiz/journal.jsonl")).unwrap();
    assert!(journal.contains("\"drop\":3"));
}

type Spoil = fn(&mut ColumnPlan);

#[test]
fn wrong_settings_are_named_with_their_table_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("t.csv"), folder.path().join("out"));
    write(&input, TABLE);
    let wrong: [(&str, Spoil); 6] = [
        ("`spread`", |column| column.settings.spread = Some(7.0)),
        ("`level`", |column| column.settings.level = Some(2)),
        ("does not suit iin", |column| {
            column.category = Some("iin".to_owned());
        }),
        ("`subject`", |column| {
            column.category = Some("birth_date".to_owned());
            column.method = Some("date-shift".to_owned());
            column.settings.subject = Some("nobody".to_owned());
        }),
        ("does not suit no category", |column| {
            column.category = None;
            column.method = Some("fake".to_owned());
        }),
        ("only a method has settings", |column| {
            drop_it(column);
            column.settings.days = Some(30);
        }),
    ];
    for (complaint, spoil) in wrong {
        let plan = plan(&input, folder.path(), |column| {
            if column.path == "amount" {
                rewrite(column, "income", "noise");
                spoil(column);
            }
        });
        let refused = iesiz(&["apply", text(&plan), "-o", text(&out)]);
        expect_status(&refused, 2);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        for part in ["t.csv", "\"amount\"", complaint] {
            assert!(said.contains(part), "{part} is not in: {said}");
        }
        assert!(!out.exists());
    }
}

#[test]
fn keys_and_values_of_maps_are_rewritten() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("t.parquet"), folder.path().join("out"));
    let map = |keys: &[&str], values: &[&str]| {
        let fields = [
            Series::new("key".into(), keys),
            Series::new("value".into(), values),
        ];
        StructChunked::from_series("entries".into(), keys.len(), fields.iter())
            .unwrap()
            .into_series()
    };
    let rows = [
        map(&["850101100012", "city"], &["a.b@example.kz", "синий"]),
        map(&["тел"], &["позвоните +7 700 000 12 34"]),
    ];
    let maps = Series::new("extra".into(), rows);
    assert!(matches!(maps.dtype(), DataType::List(_)));
    write_parquet(&input, vec![Column::from(maps)]);
    let plan = plan(&input, folder.path(), |column| {
        rewrite(column, "free_text_other", "scrub");
    });
    expect_status(&iesiz(&["apply", text(&plan), "-o", text(&out)]), 0);
    let frame = read_parquet(&out.join("t.parquet"));
    let lists = frame.column("extra").unwrap().list().unwrap().clone();
    assert_eq!(lists.len(), 2);
    let entries = lists.get_inner();
    let field = |name| {
        let field = entries.struct_().unwrap().field_by_name(name).unwrap();
        let cells = field.str().unwrap().iter().flatten().map(str::to_owned);
        cells.collect::<Vec<_>>()
    };
    assert_eq!(field("key"), ["[iin]", "city", "тел"]);
    assert_eq!(
        field("value"),
        ["[email]", "синий", "позвоните [phone_number]"]
    );
}

fn write_parquet(path: &Path, columns: Vec<Column>) {
    #[expect(clippy::disallowed_methods, reason = "fixtures need no atomicity")]
    let file = fs::File::create(path).unwrap();
    let height = columns[0].len();
    ParquetWriter::new(file)
        .finish(&mut DataFrame::new(height, columns).unwrap())
        .unwrap();
}

fn read_parquet(path: &Path) -> DataFrame {
    ParquetReader::new(fs::File::open(path).unwrap())
        .finish()
        .unwrap()
}
