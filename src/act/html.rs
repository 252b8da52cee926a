//! The document as one HTML page that needs nothing else and runs nothing.

use super::document::{Block, Document, Signatures, Table};

const STYLE: &str = include_str!("act.css");

/// Writes a document as HTML.
pub(super) fn html(document: &Document) -> String {
    let title = escape(&document.title);
    let blocks: String = document.blocks.iter().map(block).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{blocks}</body>\n</html>\n",
        document.language.tag()
    )
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(text) => element("h2", text),
        Block::Paragraph(text) => element("p", text),
        Block::Warning(text) => {
            format!("<p class=\"warning\" role=\"alert\">{}</p>\n", escape(text))
        }
        Block::Facts(facts) => {
            let rows = facts.iter().map(|(name, value)| {
                format!(
                    "<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n",
                    escape(name),
                    escape(value)
                )
            });
            format!(
                "<table class=\"facts\">\n{}</table>\n",
                rows.collect::<String>()
            )
        }
        Block::Table(of) => table(of),
        Block::List(lines) => {
            let lines: String = lines.iter().map(|line| element("li", line)).collect();
            format!("<ul>\n{lines}</ul>\n")
        }
        Block::Verbatim(lines) => element("pre", &lines.join("\n")),
        Block::Signatures(of) => signatures(of),
    }
}

fn table(table: &Table) -> String {
    let class = |is_number: bool| if is_number { " class=\"number\"" } else { "" };
    let head = table.head.iter().map(|(name, is_number)| {
        let class = class(*is_number);
        format!("<th scope=\"col\"{class}>{}</th>", escape(name))
    });
    let head: Vec<String> = head.collect();
    let head = head.concat();
    let last = table.rows.len().saturating_sub(1);
    let rows = table.rows.iter().enumerate().map(|(index, row)| {
        let cells = row.iter().zip(&table.head);
        let cells = cells.map(|(cell, (_, is_number))| {
            format!("<td{}>{}</td>", class(*is_number), escape(cell))
        });
        let total = if table.has_total && index == last {
            " class=\"total\""
        } else {
            ""
        };
        format!("<tr{total}>{}</tr>\n", cells.collect::<String>())
    });
    let rows: String = rows.collect();
    format!("<table>\n<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{rows}</tbody>\n</table>\n")
}

fn signatures(signatures: &Signatures) -> String {
    let head = signatures.captions.iter();
    let head = head.map(|caption| format!("<th scope=\"col\">{}</th>", escape(caption)));
    let head: Vec<String> = head.collect();
    let head = head.concat();
    let rows = signatures.people.iter().map(|(position, name)| {
        let name = name.as_deref().unwrap_or_default();
        format!(
            "<tr><td>{}</td><td></td><td>{}</td><td></td></tr>\n",
            escape(position),
            escape(name)
        )
    });
    let rows: String = rows.collect();
    format!(
        "<table class=\"signatures\">\n<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{rows}</tbody>\n</table>\n"
    )
}

fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>\n", escape(text))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The texts between tags, in order.
#[cfg(test)]
pub(super) fn texts_of(html: &str) -> Vec<String> {
    let body = html.split_once("<body>").unwrap().1;
    body.split('<')
        .filter_map(|part| part.split_once('>'))
        .map(|(_, text)| {
            text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&")
        })
        .filter(|text| !text.trim().is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_record_says_becomes_a_tag_or_leaves_an_attribute() {
        let nasty = "</style><script>alert('1')</script><img src=x onerror=\"y\">&lt;";
        let escaped = escape(nasty);
        assert!(!escaped.contains(['<', '>', '"', '\'']));
        assert_eq!(texts_of(&format!("<body><p>{escaped}</p>")), [nasty]);
    }
}
