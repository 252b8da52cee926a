//! One test per pattern file: the examples in it are executed.

#![expect(clippy::needless_pass_by_value, reason = "the harness calls it so")]

use std::path::Path;

use iesiz::pattern::check;

fn is_sound(path: &Path, text: String) -> datatest_stable::Result<()> {
    let folder = path
        .parent()
        .and_then(Path::file_name)
        .unwrap_or_default()
        .to_string_lossy();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let complaints = check::complaints(&format!("{folder}.{stem}"), &text);
    if complaints.is_empty() {
        Ok(())
    } else {
        Err(complaints.join("\n").into())
    }
}

datatest_stable::harness! {
    { test = is_sound, root = "patterns", pattern = r"^(common|kz|ru)/.*\.toml$" },
}
