//! What else a workbook says: comments, properties, titles, caches of pivot tables, text in drawings. It makes one more table,
//! with the part and its text.

use std::io::{BufReader, Read};

use super::book::Format;
use super::package::{Package, Part};

/// Takes a text.
pub(super) type Take<'a> = dyn FnMut(&str) -> std::io::Result<()> + 'a;

/// How a part is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It says nothing of anybody.
    Pass,
    /// Its text is read, but not inside such an element.
    Outside(&'static str),
    /// Only text inside such an element is read.
    Inside(&'static str),
    /// Only the targets of links that lead out.
    Links,
    /// Nothing of it can be read.
    Unseen,
}

/// Text that programs write and nobody says.
const PROGRAMS: &[&str] = &[
    "openpyxl",
    "xlsxwriter",
    "apache poi",
    "microsoft excel",
    "microsoft office user",
    "libreoffice",
];
/// Attributes that people write.
const SAID: &[&str] = &[
    "v",
    "displayName",
    "descr",
    "title",
    "prompt",
    "promptTitle",
    "error",
    "errorTitle",
    "tooltip",
    "display",
    "userId",
    "caption",
    "connection",
    "command",
];
/// Elements that only the program fills.
const PLUMBING: &[&str] = &[
    "dcterms:created",
    "dcterms:modified",
    "cp:revision",
    "cp:lastPrinted",
    "meta:creation-date",
    "dc:date",
    "meta:generator",
    "meta:editing-duration",
    "meta:editing-cycles",
    "meta:print-date",
    "meta:document-statistic",
    "Application",
    "AppVersion",
    "DocSecurity",
    "ScaleCrop",
    "SharedDoc",
    "HyperlinksChanged",
    "LinksUpToDate",
    "TotalTime",
    "HeadingPairs",
    "TitlesOfParts",
    "vt:lpstr",
    "vt:i4",
];
/// A longer text is cut into several.
const LONGEST: usize = 1 << 20;

/// How a part of a workbook is looked at.
pub(super) fn look(part: &Part, format: Format) -> Look {
    let name = part.name.to_lowercase();
    let ends = |ending: &str| name.ends_with(ending);
    let begins = |start: &str| name.starts_with(start);
    if ends("/") {
        return Look::Pass;
    }
    if format == Format::Ods {
        return match name.as_str() {
            "content.xml" => Look::Inside("office:annotation"),
            "meta.xml" => Look::Outside(""),
            "styles.xml" => Look::Inside("style:master-page"),
            "mimetype"
            | "settings.xml"
            | "manifest.rdf"
            | "meta-inf/manifest.xml"
            | "layout-cache" => Look::Pass,
            _ if begins("configurations2/") || begins("thumbnails/") => Look::Pass,
            _ => Look::Unseen,
        };
    }
    let says_nothing = [
        "[content_types].xml",
        "xl/sharedstrings.",
        "xl/styles.",
        "xl/calcchain.",
        "xl/metadata.",
        "xl/workbook.bin",
        "xl/theme/",
        "xl/printersettings/",
        "xl/worksheets/binaryindex",
        "docprops/thumbnail",
    ];
    if says_nothing.iter().any(|start| begins(start)) {
        Look::Pass
    } else if ends(".rels") {
        Look::Links
    } else if begins("xl/worksheets/") && ends(".xml") {
        Look::Outside("sheetData")
    } else if begins("xl/worksheets/sheet") && ends(".bin") {
        Look::Pass
    } else if ends(".xml") || ends(".vml") {
        Look::Outside("")
    } else {
        Look::Unseen
    }
}

/// How many parts cannot be looked into; of formats that cannot be taken apart, one.
pub(super) fn unseen(package: Option<&Package>, format: Format) -> u64 {
    let Some(package) = package else {
        return 1;
    };
    let parts = package.parts().iter();
    parts
        .filter(|part| look(part, format) == Look::Unseen)
        .count() as u64
}

/// Calls `take` with every text that a part says.
///
/// # Errors
/// When it cannot be unpacked, and those of `take`.
pub(super) fn for_each_text(
    package: &Package,
    part: &Part,
    look: Look,
    take: &mut Take<'_>,
) -> std::io::Result<()> {
    let mut xml = Xml {
        input: BufReader::new(package.read(part)?).bytes(),
        look,
        inside: Vec::new(),
        wanted: 0,
    };
    while xml.next(take)? {}
    Ok(())
}

/// Text of XML as it goes by; what is wrong about it stays unnoticed.
struct Xml<R> {
    input: std::io::Bytes<R>,
    look: Look,
    /// Names of the elements under way.
    inside: Vec<String>,
    /// How many of them are the one that matters.
    wanted: usize,
}

impl<R: Read> Xml<R> {
    /// Takes the text up to the next tag, and the tag.
    fn next(&mut self, take: &mut Take<'_>) -> std::io::Result<bool> {
        let mut text = Vec::new();
        let is_open = loop {
            match self.input.next().transpose()? {
                None => break false,
                Some(b'<') => break true,
                Some(byte) if self.is_heard() => text.push(byte),
                Some(_) => {}
            }
            if text.len() >= LONGEST {
                self.say(&text, take)?;
                text.clear();
            }
        };
        self.say(&text, take)?;
        if !is_open {
            return Ok(false);
        }
        let mut tag = Vec::new();
        let mut quote = None;
        while let Some(byte) = self.input.next().transpose()? {
            match (quote, byte) {
                (None, b'>') if !tag.starts_with(b"!--") || tag.ends_with(b"--") => break,
                (None, b'"' | b'\'') if !tag.starts_with(b"!--") => quote = Some(byte),
                (Some(begun), byte) if begun == byte => quote = None,
                _ => {}
            }
            if tag.len() < LONGEST {
                tag.push(byte);
            }
        }
        self.tag(&String::from_utf8_lossy(&tag), take)?;
        Ok(true)
    }

    fn is_heard(&self) -> bool {
        let is_plumbing = || {
            let last = self.inside.last();
            last.is_some_and(|name| PLUMBING.contains(&name.as_str()) || name.starts_with("x:"))
        };
        let is_place = match self.look {
            Look::Outside(_) => self.wanted == 0,
            Look::Inside(_) => self.wanted > 0,
            Look::Links | Look::Pass | Look::Unseen => false,
        };
        is_place && !is_plumbing()
    }

    fn say(&self, text: &[u8], take: &mut Take<'_>) -> std::io::Result<()> {
        let text = plain(&String::from_utf8_lossy(text));
        let text = text.trim();
        let is_programs = || PROGRAMS.contains(&text.to_lowercase().as_str());
        if text.is_empty() || !self.is_heard() || is_programs() {
            return Ok(());
        }
        take(text)
    }

    fn tag(&mut self, tag: &str, take: &mut Take<'_>) -> std::io::Result<()> {
        if let Some(text) = tag.strip_prefix("![CDATA[") {
            return self.say(text.trim_end_matches("]]").as_bytes(), take);
        }
        if tag.starts_with(['?', '!']) {
            return Ok(());
        }
        let matters = match self.look {
            Look::Outside(name) | Look::Inside(name) => name,
            Look::Links | Look::Pass | Look::Unseen => "",
        };
        if let Some(name) = tag.strip_prefix('/') {
            let name = name.trim();
            self.inside.pop();
            self.wanted -= usize::from(name == matters && self.wanted > 0);
            return Ok(());
        }
        let name = tag
            .split([' ', '\t', '\r', '\n', '/'])
            .next()
            .unwrap_or_default();
        for (key, value) in attributes(tag) {
            let is_link = self.look == Look::Links
                && key == "Target"
                && ["http", "mailto:", "file:", "\\\\"]
                    .iter()
                    .any(|start| value.starts_with(start));
            if is_link {
                take(&plain(value))?;
            } else if SAID.contains(&key) && self.is_heard() {
                self.say(value.as_bytes(), take)?;
            }
        }
        if !tag.ends_with('/') {
            self.wanted += usize::from(name == matters);
            self.inside.push(name.to_owned());
        }
        Ok(())
    }
}

/// Keys and values of a tag.
fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = tag;
    std::iter::from_fn(move || {
        let (before, behind) = rest.split_once('=')?;
        let key = before.split_ascii_whitespace().last().unwrap_or_default();
        let behind = behind.trim_start();
        let quote = behind.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = behind[1..].split_once(quote)?;
        rest = after;
        Some((key, value))
    })
}

/// Letters for what stands for them.
fn plain(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        out.push_str(before);
        let named = behind.split_once(';').filter(|(name, _)| name.len() < 10);
        let Some((name, after)) = named else {
            out.push('&');
            rest = behind;
            continue;
        };
        let numbered = |digits: &str, radix| {
            u32::from_str_radix(digits, radix)
                .ok()
                .and_then(char::from_u32)
        };
        let letter = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            name => match (name.strip_prefix("#x"), name.strip_prefix('#')) {
                (Some(digits), _) => numbered(digits, 16),
                (None, Some(digits)) => numbered(digits, 10),
                (None, None) => None,
            },
        };
        out.extend(letter);
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(xml: &str, look: Look) -> Vec<String> {
        let mut all = Vec::new();
        let mut xml = Xml {
            input: xml.as_bytes().bytes(),
            look,
            inside: Vec::new(),
            wanted: 0,
        };
        let mut take = |text: &str| {
            all.push(text.to_owned());
            Ok(())
        };
        while xml.next(&mut take).unwrap() {}
        all
    }

    #[test]
    fn text_and_attributes_that_people_write_are_heard() {
        let xml = "<?xml version='1.0'?><c><t>A &amp; &#1041; </t><s v=\"В\"/><Application>Excel</Application><t><![CDATA[Г]]></t>\
                   <!-- <t>no</t> --><x:Row>3</x:Row><dc:creator>openpyxl</dc:creator></c>";
        assert_eq!(texts(xml, Look::Outside("")), ["A & Б", "В", "Г"]);
        let sheet = "<s><sheetData><c><v>1</v></c></sheetData><h>foot</h></s>";
        assert_eq!(texts(sheet, Look::Outside("sheetData")), ["foot"]);
        assert_eq!(texts(sheet, Look::Inside("c")), ["1"]);
        let links = "<R><r Target=\"mailto:a@b.kz\"/><r Target=\"../x.xml\"/></R>";
        assert_eq!(texts(links, Look::Links), ["mailto:a@b.kz"]);
    }
}
