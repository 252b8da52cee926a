//! What is read and written again is what it was: CSV in every encoding, Parquet of every type.

use std::fs;

use iesiz::source::csv::encoding::Encoding;

use crate::common::{expect_status, iesiz, text, write};

#[test]
fn csv_without_personal_data_comes_out_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let russian = "код;название;цена\r\n007;Стол деревянный;1,50\r\n008;\"Стул; мягкий\r\nс подлокотниками\";\r\n";
    let kazakh =
        "код\tатауы\tбағасы\n007\tҮстел әдемі, қызыл\t150\n008\tОрындық жұмсақ, үлкен өлшем\t200\n";
    for (name, table) in [
        ("utf-8", kazakh),
        ("utf-16le", kazakh),
        ("utf-16be", russian),
        ("windows-1251", russian),
        ("koi8-r", russian),
        ("cp866", russian),
        ("kz-1048", kazakh),
        ("ptcp154", kazakh),
    ] {
        for bom in [false, true] {
            let encoding = match Encoding::named(name).unwrap() {
                Encoding::Utf8 { .. } => Encoding::Utf8 { bom },
                Encoding::Utf16 { big_endian, .. } => Encoding::Utf16 { big_endian, bom },
                single @ Encoding::Single(_) => single,
            };
            let (header, rows) = table.split_once('\n').unwrap();
            let mut bytes = encoding.mark().to_vec();
            encoding
                .encode(&format!("{header}\n{}", rows.repeat(30)), &mut bytes)
                .unwrap();
            let (input, out) = (
                folder.path().join("t.csv"),
                folder.path().join(format!("{name}{bom}")),
            );
            write(&input, &bytes);
            let output = iesiz(&["anonymize", text(&input), "-o", text(&out)]);
            expect_status(&output, 0);
            assert!(
                fs::read(out.join("t.csv")).unwrap() == bytes,
                "{name}, mark {bom}"
            );
        }
    }
}

#[test]
fn compressed_csv_is_read_and_written_compressed() {
    use std::io::{Read as _, Write as _};
    let folder = tempfile::tempdir().unwrap();
    let table = "code,name\n007,стол\n008,стул\n".to_string();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(table.as_bytes()).unwrap();
    for (name, bytes) in [
        ("t.csv.gz", gzip.finish().unwrap()),
        ("t.csv.zst", zstd::encode_all(table.as_bytes(), 1).unwrap()),
    ] {
        let (input, out) = (
            folder.path().join(name),
            folder.path().join(format!("out-{name}")),
        );
        write(&input, bytes);
        expect_status(&iesiz(&["anonymize", text(&input), "-o", text(&out)]), 0);
        let written = fs::read(out.join(name)).unwrap();
        let mut back = String::new();
        if name.ends_with("gz") {
            flate2::read::MultiGzDecoder::new(written.as_slice())
                .read_to_string(&mut back)
                .unwrap();
        } else {
            back = String::from_utf8(zstd::decode_all(written.as_slice()).unwrap()).unwrap();
        }
        assert_eq!(back, table, "{name}");
    }
}

#[expect(clippy::too_many_lines, reason = "one frame of every type")]
#[test]
fn parquet_columns_that_are_kept_come_out_equal() {
    use polars::prelude::*;
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("t.parquet");
    let number = Series::new("n".into(), [Some(1_i64), None, Some(-3)]);
    let text_values = Series::new("s".into(), [Some("стол"), None, Some("")]);
    let lists = Series::new(
        "l".into(),
        [
            Some(number.clone()),
            None,
            Some(Series::new_empty("".into(), &DataType::Int64)),
        ],
    );
    let structure =
        StructChunked::from_series("st".into(), 3, [number.clone(), text_values.clone()].iter())
            .unwrap()
            .into_series();
    let columns: Vec<Column> = vec![
        number.clone().into(),
        text_values.into(),
        number
            .cast(&DataType::Int8)
            .unwrap()
            .with_name("i8".into())
            .into(),
        number
            .cast(&DataType::Float32)
            .unwrap()
            .with_name("f32".into())
            .into(),
        number
            .cast(&DataType::Date)
            .unwrap()
            .with_name("d".into())
            .into(),
        number
            .cast(&DataType::Datetime(TimeUnit::Nanoseconds, None))
            .unwrap()
            .with_name("dt".into())
            .into(),
        number
            .cast(&DataType::Decimal(20, 2))
            .unwrap()
            .with_name("dec".into())
            .into(),
        Series::new("b".into(), [Some(true), None, Some(false)]).into(),
        Series::new(
            "bin".into(),
            [Some(b"\xff\x00".as_slice()), None, Some(b"")],
        )
        .into(),
        lists.into(),
        structure.into(),
    ];
    let mut frame = DataFrame::new(3, columns).unwrap();
    for (name, compression) in [
        ("none", ParquetCompression::Uncompressed),
        ("snappy", ParquetCompression::Snappy),
        ("gzip", ParquetCompression::Gzip(None)),
        ("brotli", ParquetCompression::Brotli(None)),
        ("lz4", ParquetCompression::Lz4Raw),
        ("zstd", ParquetCompression::Zstd(None)),
    ] {
        let file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(&input)
            .unwrap();
        ParquetWriter::new(file)
            .with_compression(compression)
            .finish(&mut frame)
            .unwrap();
        let plan = folder.path().join("plan.toml");
        iesiz(&["plan", text(&input), "-o", text(&plan), "--force"]);
        let all_kept = fs::read_to_string(&plan)
            .unwrap()
            .replace("action = \"drop\"", "action = \"keep\"")
            .replace("verdict = \"excess\"", "verdict = \"clean\"");
        write(&plan, all_kept);
        let out = folder.path().join(name);
        expect_status(&iesiz(&["apply", text(&plan), "-o", text(&out)]), 0);
        let back = ParquetReader::new(fs::File::open(out.join("t.parquet")).unwrap())
            .finish()
            .unwrap();
        assert!(
            back.equals_missing(&frame),
            "{name}\n{:?}\n{:?}",
            back.schema(),
            frame.schema()
        );
    }
}
