//! What several tests need.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn samples() -> PathBuf {
    root().join("samples")
}

pub(crate) fn policy(name: &str) -> PathBuf {
    samples().join("policies").join(name).with_extension("toml")
}

/// Runs the program.
pub(crate) fn iesiz(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_iesiz"))
        .args(args)
        .output()
        .unwrap()
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Exit status, with what was printed for when it is another.
pub(crate) fn expect_status(output: &Output, status: i32) {
    assert_eq!(
        output.status.code(),
        Some(status),
        "stdout:\n{}\nstderr:\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

pub(crate) fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    #[expect(clippy::disallowed_methods, reason = "fixtures need no atomicity")]
    fs::write(path, bytes).unwrap();
}

/// IINs of people nobody can be: born in the 1800s.
pub(crate) fn iins(count: usize) -> Vec<String> {
    let valid = iesiz::validator::named("kz-iin").unwrap();
    (0..)
        .flat_map(|n: u32| {
            (0..10).map(move |check| {
                format!(
                    "{:02}{:02}{:02}{}{:04}{check}",
                    n % 100,
                    n % 12 + 1,
                    n % 28 + 1,
                    n % 2 + 1,
                    n * 7 % 10_000
                )
            })
        })
        .filter(|iin| valid(iin))
        .take(count)
        .collect()
}

/// The address of a server to try things on, unless there is none; then it says so, and fails where tests must run.
pub(crate) fn server(test: &str, variable: &str) -> Option<url::Url> {
    let Ok(address) = std::env::var(variable) else {
        #[expect(
            clippy::print_stderr,
            reason = "a person should know what was not tried"
        )]
        {
            eprintln!("skipped: {test}: no {variable}");
        }
        let must_run = std::env::var("IESIZ_TESTS_MUST_RUN").is_ok_and(|value| value == "1");
        assert!(!must_run, "{test}: no {variable}, but tests must run");
        return None;
    };
    Some(url::Url::parse(&address).unwrap())
}
