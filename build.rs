//! Embeds every pattern file, so that adding one needs no line of Rust.

#![expect(
    clippy::disallowed_methods,
    reason = "what a build writes is read only after it"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=patterns");
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let mut list = String::from("pub(super) const PATTERNS: &[(&str, &str)] = &[\n");
    for folder in ["common", "kz", "ru"] {
        let folder_path = Path::new(&root).join("patterns").join(folder);
        let mut files: Vec<_> = fs::read_dir(folder_path)?.collect::<Result<Vec<_>, _>>()?;
        files.sort_by_key(fs::DirEntry::path);
        for file in files
            .iter()
            .map(fs::DirEntry::path)
            .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        {
            let stem = file
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            writeln!(
                list,
                "    ({:?}, include_str!({:?})),",
                format!("{folder}.{stem}"),
                file.to_string_lossy()
            )
            .map_err(io::Error::other)?;
        }
    }
    list.push_str("];\n");
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("patterns.rs"), list)
}
