//! The list as a table of Markdown.

use super::{Form, SIGNATURE, SIGNERS};

pub(super) fn text(form: &Form) -> String {
    let mut text = format!("# {}\n\n", escaped(&form.title));
    for line in &form.head {
        text.push_str(&format!("{}\n\n", escaped(line)));
    }
    text.push_str(&row(&form.columns));
    text.push_str(&format!("{}|\n", "|---".repeat(form.columns.len())));
    for cells in &form.rows {
        text.push_str(&row(cells));
    }
    for signer in SIGNERS {
        text.push_str(&format!("\n**{}**\n\n", escaped(&form.text(signer))));
        for part in SIGNATURE {
            let part = escaped(&form.text(part));
            text.push_str(&format!(
                "{part}: \\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_  \n"
            ));
        }
    }
    text
}

fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// Text that means nothing but itself, on one line.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '#' | '~' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_lines_do_not_break_the_table() {
        assert_eq!(escaped("a|b\nc<i>*"), "a\\|b c&lt;i&gt;\\*");
    }
}
