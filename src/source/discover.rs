//! From what a person names to tables: a file, a folder, a pattern of names, or `-`.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use walkdir::WalkDir;

use super::arrow::ArrowSource;
use super::csv::CsvSource;
use super::database::Held;
use super::input::Input;
use super::json::{JsonSource, Shape};
use super::parquet::ParquetSource;
use super::{Options, Source, database, dbf, workbook};
use crate::batch::TableId;
use crate::error::{Error, Result};

/// What was found where a person pointed.
#[derive(Default)]
pub struct Found {
    /// Tables that can be read.
    pub tables: Vec<Box<dyn Source>>,
    /// Tables that cannot, and why.
    pub unread: Vec<(TableId, Error)>,
    /// Files in folders that are no tables.
    pub ignored: Vec<PathBuf>,
    /// Other ways to a file that is among the tables: it is looked at once.
    pub again: Vec<PathBuf>,
}

/// What counts as one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Once {
    /// A file, however many names it has.
    File,
    /// A name: destroying under one name of a file leaves what its other names (hard links) lead to.
    Name,
}

/// Endings of CSV.
const TABLES: &[&str] = &["csv", "tsv", "tab", "psv", "txt", "dat"];
/// Endings of data that is not read: passing over it in silence would call it clean.
const OTHER_DATA: &[&str] = &[
    "mdb", "accdb", "xml", "avro", "orc", "sas7bdat", "sav", "dta", "dump", "sql", "bak", "zip",
    "7z", "rar", "tar", "tgz", "bz2", "xz", "lz4", "br",
];
/// What files of some kinds begin with, whatever their name.
const MAGIC: &[(&[u8], Kind)] = &[
    (b"PAR1", Kind::Parquet),
    (b"ARROW1", Kind::Arrow),
    (b"SQLite format 3\0", Kind::Sqlite),
];
const COMPRESSED: &[&str] = &["gz", "zst", "zstd"];

/// Finds the tables behind the names a person gave.
///
/// # Errors
/// When a name leads to nothing at all; tables that cannot be read are reported in [`Found::unread`] instead.
pub fn discover(names: &[String], options: &Options) -> Result<Found> {
    discover_once(names, options, Once::File)
}

/// The same, with a choice of what counts as one table.
///
/// # Errors
/// As for [`discover`].
pub fn discover_once(names: &[String], options: &Options, once: Once) -> Result<Found> {
    let mut search = Search::default();
    for name in names {
        let before = search.count();
        if name == "-" {
            search.stdin(options);
        } else if database::is_address(name) {
            search.database(name, options)?;
        } else if Path::new(name).is_dir() {
            search.folder(Path::new(name));
        } else if Path::new(name).exists() {
            let id = file_name(Path::new(name));
            search.file(Path::new(name), &id, Named::ByPerson);
        } else if name.contains(['*', '?', '[']) {
            search.pattern(name)?;
        } else {
            let source = std::io::Error::from(std::io::ErrorKind::NotFound);
            let unread = (TableId(name.clone()), Error::read(Path::new(name), source));
            search.found.unread.push(unread);
        }
        if search.count() == before {
            return Err(Error::NoTables {
                place: database::shown(name),
            });
        }
    }
    search.look_at_each(once);
    let found = search.opened(options);
    let chosen = &options.choice.include;
    if !chosen.is_empty() && found.tables.is_empty() && found.unread.is_empty() {
        let names: Vec<String> = names.iter().map(|name| database::shown(name)).collect();
        let chosen: Vec<&str> = chosen.iter().map(glob::Pattern::as_str).collect();
        return Err(Error::NoTables {
            place: format!("{} (--include {})", names.join(", "), chosen.join(", ")),
        });
    }
    Ok(found)
}

/// Equal for two ways to one file: its place on the disk.
#[cfg(unix)]
pub(crate) fn identity(path: &Path) -> Option<impl Ord + use<>> {
    use std::os::unix::fs::MetadataExt as _;
    let known = path.metadata().ok()?;
    Some((known.dev(), known.ino()))
}

/// Equal for two ways to one file: its name without links.
#[cfg(not(unix))]
pub(crate) fn identity(path: &Path) -> Option<impl Ord + use<>> {
    path.canonicalize().ok()
}

/// Opens a table by its address, as [`Source::address`] gives it, and its format.
///
/// # Errors
/// When it cannot be read.
pub fn reopen(
    id: &TableId,
    address: &str,
    format: &str,
    options: &Options,
) -> Result<Box<dyn Source>> {
    if database::is_address(address) {
        return database::reopen(id, address);
    }
    let path = PathBuf::from(address);
    let kind = match format {
        "parquet" => Kind::Parquet,
        "csv" => Kind::Csv,
        "jsonl" => Kind::Json(Shape::Lines),
        "json" => Kind::Json(Shape::Values),
        "dbf" => Kind::Dbf,
        "arrow" => Kind::Arrow,
        "xlsx" | "xlsb" | "xls" | "ods" => Kind::Workbook,
        _ => Kind::OtherData,
    };
    // A sheet is named behind its workbook.
    let file = match (kind, id.0.rsplit_once('/')) {
        (Kind::Workbook, Some((file, _))) => TableId(file.to_owned()),
        _ => id.clone(),
    };
    let candidate = Candidate {
        id: file,
        path,
        kind,
    };
    let mut held = candidate.open(options)?;
    let found = held.tables.iter().position(|source| source.id() == id);
    match found {
        Some(at) => Ok(held.tables.swap_remove(at)),
        None => Err(Error::NoTables {
            place: id.to_string(),
        }),
    }
}

/// Who chose a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    /// It must be a table.
    ByPerson,
    /// It lay in a folder.
    ByFolder,
}

/// A search under way.
#[derive(Default)]
struct Search {
    found: Found,
    /// Tables that are still to be opened.
    files: Vec<Candidate>,
}

/// A file that should be a table.
struct Candidate {
    id: TableId,
    path: PathBuf,
    kind: Kind,
}

impl Candidate {
    fn open(&self, options: &Options) -> Result<Held> {
        let id = self.id.clone();
        let input = || Input::file(&self.path).map_err(|e| Error::read(&self.path, e));
        match self.kind {
            Kind::Parquet => Ok(Held::one(ParquetSource::open(id, &self.path)?)),
            Kind::Csv => Ok(Held::one(CsvSource::open(id, input()?, options)?)),
            Kind::Json(shape) => Ok(Held::one(JsonSource::open(id, input()?, shape, options)?)),
            Kind::Arrow => Ok(Held::one(ArrowSource::open(id, &self.path)?)),
            Kind::Dbf => Ok(Held::one(dbf::open(id, &self.path, options)?)),
            Kind::Workbook => workbook::open(&id, &self.path, options),
            Kind::Sqlite => database::sqlite::of_file(&self.path, &id.0, None, &options.choice),
            Kind::OtherData | Kind::Ignored => Err(Error::UnsupportedFormat {
                place: self.id.to_string(),
            }),
        }
    }
}

impl Search {
    fn count(&self) -> usize {
        self.found.tables.len() + self.found.unread.len() + self.files.len()
    }

    /// Leaves one of several ways to a file: the first that is no link, as datasets go by the names of files.
    fn look_at_each(&mut self, once: Once) {
        match once {
            Once::File => self.leave_one(identity),
            Once::Name => self.leave_one(|path| path.canonicalize().ok()),
        }
    }

    fn leave_one<K: Ord>(&mut self, known_as: impl Fn(&Path) -> Option<K>) {
        let mut places: BTreeMap<K, usize> = BTreeMap::new();
        let mut files: Vec<Candidate> = Vec::new();
        for file in self.files.drain(..) {
            match known_as(&file.path).map(|key| places.entry(key)) {
                Some(Entry::Occupied(place)) => {
                    let first = &mut files[*place.get()];
                    let other = if first.path.is_symlink() && !file.path.is_symlink() {
                        std::mem::replace(first, file)
                    } else {
                        file
                    };
                    self.found.again.push(other.path);
                }
                Some(Entry::Vacant(place)) => {
                    place.insert(files.len());
                    files.push(file);
                }
                None => files.push(file),
            }
        }
        self.files = files;
    }

    fn opened(self, options: &Options) -> Found {
        let Self { mut found, files } = self;
        let opened: Vec<_> = (files.into_par_iter())
            .map(|file| (file.open(options), file.id))
            .collect();
        for (opened, id) in opened {
            match opened {
                Ok(held) => found.hold(held),
                Err(error) => found.unread.push((id, error)),
            }
        }
        found
    }

    fn database(&mut self, address: &str, options: &Options) -> Result<()> {
        let held = database::open(address, &options.choice)?;
        self.found.hold(held);
        Ok(())
    }

    fn stdin(&mut self, options: &Options) {
        let id = TableId("stdin.csv".to_owned());
        let opened = Input::stdin()
            .map_err(|source| Error::Read {
                place: "standard input".to_owned(),
                source,
            })
            .and_then(|input| CsvSource::open(id.clone(), input, options));
        let opened = opened.map(|source| Box::new(source) as Box<dyn Source>);
        self.found.add(id, opened);
    }

    fn pattern(&mut self, pattern: &str) -> Result<()> {
        let invalid = |what: &str| Error::Invalid {
            place: pattern.to_owned(),
            report: what.to_owned(),
        };
        let matches = glob::glob(pattern).map_err(|e| invalid(e.msg))?;
        let root = fixed_part(pattern);
        for path in matches {
            match path {
                Ok(path) if path.is_symlink() => self.link(&root, &path),
                Ok(path) if path.is_file() => {
                    let id = path
                        .strip_prefix(&root)
                        .unwrap_or(&path)
                        .display()
                        .to_string();
                    self.file(&path, &id, Named::ByFolder);
                }
                Ok(_) => {}
                Err(error) => {
                    let path = error.path().to_owned();
                    self.found.unread.push((
                        TableId(path.display().to_string()),
                        Error::read(&path, error.into()),
                    ));
                }
            }
        }
        Ok(())
    }

    fn folder(&mut self, folder: &Path) {
        let inside = WalkDir::new(folder)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| {
                entry.depth() == 0
                    || (entry.file_name() != super::OWN_FOLDER
                        && !entry.file_name().to_string_lossy().starts_with(".iesiz-"))
            });
        for entry in inside {
            match entry {
                Ok(entry) if entry.file_type().is_file() => {
                    let id = entry
                        .path()
                        .strip_prefix(folder)
                        .unwrap_or(entry.path())
                        .display()
                        .to_string();
                    self.file(entry.path(), &id, Named::ByFolder);
                }
                Ok(entry) if entry.path_is_symlink() => self.link(folder, entry.path()),
                Ok(_) => {}
                Err(error) => {
                    let path = error.path().unwrap_or(folder).to_owned();
                    self.found.unread.push((
                        TableId(path.display().to_string()),
                        Error::read(&path, error.into()),
                    ));
                }
            }
        }
    }

    /// A link is followed only to a file inside the folder, which is then found by itself.
    fn link(&mut self, folder: &Path, path: &Path) {
        let inside = path
            .canonicalize()
            .ok()
            .zip(folder.canonicalize().ok())
            .is_some_and(|(to, root)| to.starts_with(root));
        if inside || (!path.is_dir() && kind(path, Named::ByFolder) == Kind::Ignored) {
            self.found.ignored.push(path.to_owned());
        } else {
            let id = TableId(
                path.strip_prefix(folder)
                    .unwrap_or(path)
                    .display()
                    .to_string(),
            );
            let source =
                std::io::Error::other("a link that leads out of the folder is not followed");
            self.found.unread.push((id, Error::read(path, source)));
        }
    }

    fn file(&mut self, path: &Path, id: &str, named: Named) {
        match kind(path, named) {
            Kind::Ignored => self.found.ignored.push(path.to_owned()),
            kind => self.files.push(Candidate {
                id: TableId(id.to_owned()),
                path: path.to_owned(),
                kind,
            }),
        }
    }
}

impl Found {
    /// The same with every table put into something else.
    #[must_use]
    pub fn with_each(mut self, put: impl Fn(Box<dyn Source>) -> Box<dyn Source>) -> Self {
        self.tables = self.tables.into_iter().map(put).collect();
        self
    }

    fn hold(&mut self, held: Held) {
        self.tables.extend(held.tables);
        self.unread.extend(held.unread);
        self.ignored
            .extend(held.ignored.into_iter().map(PathBuf::from));
    }

    fn add(&mut self, id: TableId, opened: Result<Box<dyn Source>>) {
        match opened {
            Ok(source) => self.tables.push(source),
            Err(error) => self.unread.push((id, error)),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Csv,
    Parquet,
    Json(Shape),
    Sqlite,
    Dbf,
    Arrow,
    Workbook,
    OtherData,
    Ignored,
}

fn kind(path: &Path, named: Named) -> Kind {
    let ending = |path: &Path| {
        path.extension()
            .map(|e| e.to_string_lossy().to_lowercase())
            .unwrap_or_default()
    };
    let mut last = ending(path);
    if COMPRESSED.contains(&last.as_str()) {
        last = ending(Path::new(path.file_stem().unwrap_or_default()));
    }
    let by_magic = MAGIC.iter().find(|(magic, _)| begins_with(path, magic));
    if let Some((_, kind)) = by_magic {
        return *kind;
    }
    match (last.as_str(), named) {
        ("parquet" | "pq", _) => Kind::Parquet,
        ("jsonl" | "ndjson", _) => Kind::Json(Shape::Lines),
        ("json", _) => Kind::Json(Shape::Values),
        ("sqlite" | "sqlite3" | "db" | "db3", _) => Kind::Sqlite,
        ("dbf", _) => Kind::Dbf,
        ("arrow" | "arrows" | "feather" | "ipc", _) => Kind::Arrow,
        ("xlsx" | "xlsm" | "xltx" | "xltm" | "xlsb" | "xls" | "xlt" | "ods" | "ots", _) => {
            Kind::Workbook
        }
        (last, _) if OTHER_DATA.contains(&last) => Kind::OtherData,
        (_, Named::ByPerson) => Kind::Csv,
        (last, Named::ByFolder) if TABLES.contains(&last) => Kind::Csv,
        (_, Named::ByFolder) => Kind::Ignored,
    }
}

/// Tells whether a file in a folder is a table that can be read.
pub(crate) fn is_table(path: &Path) -> bool {
    matches!(kind(path, Named::ByFolder), Kind::Csv | Kind::Parquet)
}

fn begins_with(path: &Path, magic: &[u8]) -> bool {
    if !path.is_file() {
        return false;
    }
    let mut head = vec![0; magic.len()];
    File::open(path)
        .and_then(|mut file| file.read_exact(&mut head))
        .is_ok()
        && head == magic
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// The folders of a pattern before its first wild part.
fn fixed_part(pattern: &str) -> PathBuf {
    let parts: Vec<_> = Path::new(pattern).components().collect();
    let wild = parts
        .iter()
        .position(|p| p.as_os_str().to_string_lossy().contains(['*', '?', '[']))
        .unwrap_or(parts.len());
    parts[..wild.min(parts.len().saturating_sub(1))]
        .iter()
        .collect()
}
