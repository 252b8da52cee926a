//! The document as Markdown, with tables as GitHub writes them.

use super::document::{Block, Document, Signatures, Table};

/// Writes a document as Markdown.
pub(super) fn markdown(document: &Document) -> String {
    let blocks = document.blocks.iter().map(block);
    let title = format!("# {}", escape(&document.title));
    let parts: Vec<String> = std::iter::once(title).chain(blocks).collect();
    parts.join("\n\n") + "\n"
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(text) => format!("## {}", escape(text)),
        Block::Paragraph(text) => escape(text),
        Block::Warning(text) => format!("> **{}**", escape(text)),
        Block::Facts(facts) => {
            let lines = facts
                .iter()
                .map(|(name, value)| format!("| {} | {} |", escape(name), escape(value)));
            format!("| | |\n|---|---|\n{}", lines.collect::<Vec<_>>().join("\n"))
        }
        Block::Table(of) => table(of),
        Block::List(lines) => {
            let lines = lines.iter().map(|line| format!("- {}", escape(line)));
            lines.collect::<Vec<_>>().join("\n")
        }
        Block::Verbatim(lines) => verbatim(lines),
        Block::Signatures(of) => signatures(of),
    }
}

fn table(table: &Table) -> String {
    let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let head = line(table.head.iter().map(|(name, _)| escape(name)).collect());
    let aligned = table
        .head
        .iter()
        .map(|(_, is_number)| if *is_number { "---:" } else { "---" });
    let rule = format!("|{}|", aligned.collect::<Vec<_>>().join("|"));
    let rows = table
        .rows
        .iter()
        .map(|row| line(row.iter().map(|cell| escape(cell)).collect()));
    [head, rule]
        .into_iter()
        .chain(rows)
        .collect::<Vec<_>>()
        .join("\n")
}

fn signatures(signatures: &Signatures) -> String {
    let caption = |text: &String| (text.clone(), false);
    let blank = || String::new();
    let rows = signatures.people.iter().map(|(position, name)| {
        vec![
            position.clone(),
            blank(),
            name.clone().unwrap_or_default(),
            blank(),
        ]
    });
    table(&Table {
        head: signatures.captions.iter().map(caption).collect(),
        rows: rows.collect(),
        has_total: false,
    })
}

/// Fenced by more backticks than any line holds.
fn verbatim(lines: &[String]) -> String {
    let longest = lines
        .iter()
        .flat_map(|line| line.split(|c| c != '`').map(str::len))
        .max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    format!("{fence}\n{}\n{fence}", lines.join("\n"))
}

/// Everything that Markdown or HTML would read as a sign of its own.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '`'
                | '*'
                | '_'
                | '{'
                | '}'
                | '['
                | ']'
                | '<'
                | '>'
                | '#'
                | '|'
                | '~'
                | '&'
                | '!'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
pub(super) fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_markdown_lose_their_meaning() {
        let text = "a|b *c* <script> [x](y) `z` \\ #1 &amp; ~~d~~";
        assert!(!escape(text).contains("*c*") && escape(text).contains("\\|"));
        assert_eq!(unescape(&escape(text)), text);
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        let fenced = verbatim(&["a ```` b".to_owned()]);
        assert!(fenced.starts_with("`````\n") && fenced.ends_with("\n`````"));
    }
}
