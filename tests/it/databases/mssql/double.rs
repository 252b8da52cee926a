//! A double of Microsoft SQL Server: as much of its protocol (TDS 7.3, \[MS-TDS\]) as a reader sees, without encryption.

use std::io::{Read as _, Result, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// The only user, and the password.
pub(crate) const USER: &str = "tester";
pub(crate) const PASSWORD: &str = "made-up";
/// Bytes of a packet, its head with them.
const PACKET: usize = 4096;
/// Kinds of packets.
const BATCH: u8 = 1;
const REPLY: u8 = 4;
const LOGIN: u8 = 16;
const PRELOGIN: u8 = 18;

/// A cell as the server sends it.
#[derive(Clone)]
pub(crate) enum Cell {
    Null,
    Text(String),
    Bytes(Vec<u8>),
}

/// How reading a table ends.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum End {
    Whole,
    /// The server is gone behind the last row.
    Gone,
    /// An error with this number and message stands behind the last row.
    Refused(u32, String),
}

/// A table of the double.
#[derive(Clone)]
pub(crate) struct Table {
    pub(crate) schema: String,
    pub(crate) name: String,
    /// `U` or `V`.
    pub(crate) kind: &'static str,
    /// Name, type and comment; the first is the key.
    pub(crate) columns: Vec<(String, &'static str, Option<&'static str>)>,
    pub(crate) rows: Vec<Vec<Cell>>,
    pub(crate) may_read: bool,
    pub(crate) is_hidden: bool,
    pub(crate) end: End,
}

impl Table {
    /// A table of text that may be read.
    pub(crate) fn of_text(name: &str, columns: &[&str], rows: Vec<Vec<Cell>>) -> Self {
        let columns = columns
            .iter()
            .map(|name| ((*name).to_owned(), "nvarchar", None));
        Self {
            schema: "dbo".to_owned(),
            name: name.to_owned(),
            kind: "U",
            columns: columns.collect(),
            rows,
            may_read: true,
            is_hidden: false,
            end: End::Whole,
        }
    }
}

/// A server; what it was asked is remembered.
pub(crate) struct Double {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Double {
    pub(crate) fn new(tables: Vec<Table>) -> Self {
        Self::seen_by("1", tables)
    }

    /// One whose policies the user does not see.
    pub(crate) fn blind(tables: Vec<Table>) -> Self {
        Self::seen_by("0", tables)
    }

    fn seen_by(sees: &'static str, tables: Vec<Table>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tables, asked) = (Arc::new(tables), Arc::new(Mutex::new(Vec::new())));
        let known = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (tables, asked) = (Arc::clone(&tables), Arc::clone(&known));
                // A client that goes away ends its session.
                thread::spawn(move || serve(&stream, (&tables, sees), &asked).is_ok());
            }
        });
        Self { port, asked }
    }

    /// What a person would name as SOURCE, without a password.
    pub(crate) fn bare(&self) -> String {
        format!("mssql://{USER}@127.0.0.1:{}/shop?encrypt=no", self.port)
    }

    pub(crate) fn address(&self) -> String {
        self.bare().replace('@', &format!(":{PASSWORD}@"))
    }

    /// Statements, and logins as `login USER for reading`.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// Tables, and whether the user sees policies.
type Held<'a> = (&'a [Table], &'a str);

fn serve(stream: &TcpStream, held: Held<'_>, asked: &Mutex<Vec<String>>) -> Result<()> {
    loop {
        let (kind, body) = received(stream)?;
        let tell = |what: String| asked.lock().unwrap().push(what);
        match kind {
            PRELOGIN => send(stream, &prelogin(), 1)?,
            LOGIN => {
                let (user, password, is_for_reading) = login(&body);
                let reading = if is_for_reading { " for reading" } else { "" };
                tell(format!("login {user}{reading}"));
                if (user.as_str(), password.as_str()) != (USER, PASSWORD) {
                    let refused = error(18456, &format!("Login failed for user '{user}'."));
                    return send(stream, &[refused, done(2, 0)].concat(), 1);
                }
                send(stream, &[login_ack(), done(0, 0)].concat(), 1)?;
            }
            BATCH => {
                let heads = u32::from_le_bytes(body[..4].try_into().unwrap()) as usize;
                let statement = utf16(&body[heads..]);
                let answered = answer(stream, &statement, held);
                tell(statement);
                answered?;
            }
            _ => return Ok(()),
        }
    }
}

/// A message, put together from its packets.
fn received(mut stream: &TcpStream) -> Result<(u8, Vec<u8>)> {
    let mut body = Vec::new();
    loop {
        let mut head = [0; 8];
        stream.read_exact(&mut head)?;
        let length = usize::from(u16::from_be_bytes([head[2], head[3]])) - head.len();
        let before = body.len();
        body.resize(before + length, 0);
        stream.read_exact(&mut body[before..])?;
        if head[1] & 1 == 1 {
            return Ok((head[0], body));
        }
    }
}

/// Sends a message in packets, of which the last has this state: 1 where the message ends.
fn send(mut stream: &TcpStream, body: &[u8], state: u8) -> Result<()> {
    let mut parts = body.chunks(PACKET - 8).peekable();
    let mut number = 0_u8;
    while let Some(part) = parts.next() {
        number = number.wrapping_add(1);
        let state = if parts.peek().is_none() { state } else { 0 };
        let length = u16::try_from(part.len() + 8).unwrap().to_be_bytes();
        stream.write_all(&[REPLY, state, length[0], length[1], 0, 0, number, 0])?;
        stream.write_all(part)?;
    }
    Ok(())
}

/// Version, and that there is no encryption.
fn prelogin() -> Vec<u8> {
    let options = [0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff];
    [&options[..], &[13, 0, 0, 0, 0, 0], &[2]].concat()
}

/// User, password, and whether the copy for reading is wanted.
fn login(body: &[u8]) -> (String, String, bool) {
    let number = |at: usize| usize::from(u16::from_le_bytes([body[at], body[at + 1]]));
    let part = |at: usize| &body[number(at)..number(at) + 2 * number(at + 2)];
    let plain = |byte: &u8| (byte ^ 0xa5).rotate_left(4);
    let password: Vec<u8> = part(44).iter().map(plain).collect();
    (utf16(part(40)), utf16(&password), body[26] & 0x20 != 0)
}

fn login_ack() -> Vec<u8> {
    let name = counted("double");
    let body = [&[1, 0x73, 0x0b, 0, 3][..], &name, &[0; 4]].concat();
    [&[0xad][..], &short(body.len()), &body].concat()
}

/// What a statement is answered with.
fn answer(stream: &TcpStream, statement: &str, (tables, sees): Held<'_>) -> Result<()> {
    let words = |rows: Vec<Vec<&str>>| -> Vec<u8> {
        let width = rows.first().map_or(1, Vec::len);
        let names: Vec<String> = (0..width).map(|at| format!("c{at}")).collect();
        let cell = |word: &str| Cell::Text(word.to_owned());
        let rows: Vec<Vec<Cell>> = rows
            .iter()
            .map(|row| row.iter().map(|word| cell(word)).collect())
            .collect();
        let kinds: Vec<(&str, bool)> = names.iter().map(|name| (name.as_str(), false)).collect();
        [described(&kinds), listed(&rows), done(0x10, rows.len())].concat()
    };
    let asks = |what: &str| statement.contains(what);
    let of = |table: &Table| {
        format!(
            "from [{}].[{}]",
            table.schema,
            table.name.replace(']', "]]")
        )
    };
    let hidden = tables.iter().filter(|table| table.is_hidden);
    let reply = match tables.iter().find(|table| statement.ends_with(&of(table))) {
        Some(table) => return rows(stream, table),
        None if asks("snapshot_isolation_state") => words(vec![vec!["1"]]),
        None if asks("select db_name()") => words(vec![vec!["shop"]]),
        None if asks("VIEW DEFINITION") => words(vec![vec![sees]]),
        None if asks("sys.security_policies") => words(
            hidden
                .map(|table| vec![table.schema.as_str(), table.name.as_str()])
                .collect(),
        ),
        None if asks("from sys.foreign_keys") => words(Vec::new()),
        None if asks("from sys.indexes") => words(tables.iter().map(key).collect()),
        None if asks("from sys.columns") => words(tables.iter().flat_map(columns).collect()),
        None if asks("from sys.objects") => words(tables.iter().map(entry).collect()),
        None => done(0, 0),
    };
    send(stream, &reply, 1)
}

fn entry(table: &Table) -> Vec<&str> {
    let may_read = if table.may_read { "1" } else { "0" };
    vec![&table.schema, &table.name, table.kind, may_read, "8192"]
}

fn columns(table: &Table) -> impl Iterator<Item = Vec<&str>> {
    table.columns.iter().map(|(name, base, comment)| {
        let comment = comment.unwrap_or_default();
        let place = [table.schema.as_str(), &table.name, name, base, base];
        [&place[..], &["-1", "0", "0", "1", "0", comment]].concat()
    })
}

fn key(table: &Table) -> Vec<&str> {
    vec![&table.schema, &table.name, "pk", &table.columns[0].0, "0"]
}

fn rows(stream: &TcpStream, table: &Table) -> Result<()> {
    let is_bytes = |base: &str| base == "varbinary";
    let kinds: Vec<(&str, bool)> = { table.columns.iter() }
        .map(|(name, base, _)| (name.as_str(), is_bytes(base)))
        .collect();
    let rows = [described(&kinds), listed(&table.rows)].concat();
    match &table.end {
        End::Whole => send(stream, &[rows, done(0x10, table.rows.len())].concat(), 1),
        End::Gone => {
            send(stream, &rows, 0)?;
            stream.shutdown(std::net::Shutdown::Both)
        }
        End::Refused(number, message) => {
            let end = [error(*number, message), done(2, 0)].concat();
            send(stream, &[rows, end].concat(), 1)
        }
    }
}

/// Columns of `nvarchar(max)`, or `varbinary(max)`.
fn described(columns: &[(&str, bool)]) -> Vec<u8> {
    let mut token = vec![0x81];
    token.extend(short(columns.len()));
    for (name, is_bytes) in columns {
        token.extend([0, 0, 0, 0, 9, 0]);
        if *is_bytes {
            token.extend([0xa5, 0xff, 0xff]);
        } else {
            token.extend([0xe7, 0xff, 0xff, 0x09, 0x04, 0xd0, 0, 0x34]);
        }
        token.extend(counted(name));
    }
    token
}

/// Rows, each cell in parts.
fn listed(rows: &[Vec<Cell>]) -> Vec<u8> {
    let mut tokens = Vec::new();
    for row in rows {
        tokens.push(0xd1);
        for cell in row {
            let bytes = match cell {
                Cell::Null => {
                    tokens.extend([0xff; 8]);
                    continue;
                }
                Cell::Text(text) => wide(text),
                Cell::Bytes(bytes) => bytes.clone(),
            };
            tokens.extend((bytes.len() as u64).to_le_bytes());
            for part in bytes.chunks(10_001) {
                tokens.extend((part.len() as u32).to_le_bytes());
                tokens.extend(part);
            }
            tokens.extend([0; 4]);
        }
    }
    tokens
}

fn error(number: u32, message: &str) -> Vec<u8> {
    let letters = message.encode_utf16().count();
    let said = [short(letters).to_vec(), wide(message)].concat();
    let body = [&number.to_le_bytes()[..], &[1, 14], &said, &[0, 0], &[0; 4]].concat();
    [&[0xaa][..], &short(body.len()), &body].concat()
}

fn done(state: u8, rows: usize) -> Vec<u8> {
    let rows = (rows as u64).to_le_bytes();
    [&[0xfd, state, 0, 0xc1, 0][..], &rows].concat()
}

fn short(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap().to_le_bytes()
}

/// A name behind the number of its letters.
fn counted(name: &str) -> Vec<u8> {
    let letters = u8::try_from(name.encode_utf16().count()).unwrap();
    [vec![letters], wide(name)].concat()
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn utf16(bytes: &[u8]) -> String {
    let units = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    String::from_utf16(&units.collect::<Vec<_>>()).unwrap()
}
