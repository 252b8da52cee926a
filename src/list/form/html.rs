//! The list as a page that stands alone: no script, nothing fetched.

use super::{Form, SIGNATURE, SIGNERS};

const STYLE: &str = include_str!("page.css");

pub(super) fn text(form: &Form) -> String {
    let (language, title) = (form.language.code(), escaped(&form.title));
    let head: String = form.head.iter().map(|line| element("p", line)).collect();
    let columns: String = form
        .columns
        .iter()
        .map(|cell| element("th", cell))
        .collect();
    let row = |cells: &Vec<String>| {
        let cells: String = cells.iter().map(|cell| element("td", cell)).collect();
        format!("<tr>{cells}</tr>\n")
    };
    let rows: String = form.rows.iter().map(row).collect();
    let signatures: String = SIGNERS.iter().map(|key| signature(form, key)).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{head}\
         <table>\n<thead><tr>{columns}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n{signatures}</body>\n</html>\n"
    )
}

fn signature(form: &Form, signer: &str) -> String {
    let line = |key: &&str| format!("<div>{}<span></span></div>\n", escaped(&form.text(key)));
    let lines: String = SIGNATURE.iter().map(line).collect();
    let signer = escaped(&form.text(signer));
    format!("<div class=\"sign\"><b>{signer}</b>\n{lines}</div>\n")
}

fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>\n", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text() {
        let page = element("td", "<script>alert('&')</script>");
        let text = "&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;";
        assert_eq!(page, format!("<td>{text}</td>\n"));
    }
}
