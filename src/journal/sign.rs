//! A signature over the last hash, in a file beside the journal. It is optional, and an Ed25519 key of `openssl` makes it.
//!
//! It proves that whoever had the key saw this head. It does not prove when, and not that no other journal was signed before:
//! who can use the key can rewrite the journal and sign it anew. `docs/JOURNAL.md` says what to do about that.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ed25519_dalek::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::chain::{Chain, hash_of};
use super::check;
use crate::error::{Error, Result};
use crate::source::staged::write_atomically;

/// The schema's name and version; the signed message begins with it, so that a signature of this key over something else is none here.
pub const SCHEMA: &str = "iesiz.journal-signature/1";

/// The key of this process.
static KEY: OnceLock<SigningKey> = OnceLock::new();

/// What stands before the 32 bytes of an Ed25519 public key in its DER form (RFC 8410).
const DER: &[u8] = &[
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// The file beside the journal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    schema: String,
    /// Hash of the last line that is signed.
    head: String,
    /// How many lines there were.
    lines: u64,
    time: String,
    /// SHA-256 of the public key in its DER form.
    key: String,
    /// In Base64.
    signature: String,
}

impl Signature {
    fn message(&self) -> Vec<u8> {
        let Self {
            schema,
            head,
            lines,
            time,
            key,
            ..
        } = self;
        format!("{schema}\n{head}\n{lines}\n{time}\n{key}\n").into_bytes()
    }
}

/// Signs from now on every line that this process appends to a journal.
///
/// # Errors
/// When the file is no Ed25519 key, or others may read it.
pub fn sign_with(path: &Path) -> Result<()> {
    let mut file = File::open(path).map_err(|e| Error::read(path, e))?;
    forbid_others(path, &file)?;
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text)
        .map_err(|e| Error::read(path, e))?;
    let key = SigningKey::from_pkcs8_pem(&text).map_err(|_| Error::Key {
        place: path.display().to_string(),
        what: "it is no Ed25519 private key in PKCS#8 PEM: openssl genpkey -algorithm ed25519 makes one",
    })?;
    // The first key stays: a process signs with one.
    let _ = KEY.set(key);
    Ok(())
}

#[cfg(unix)]
fn forbid_others(path: &Path, file: &File) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let known = file.metadata().map_err(|e| Error::read(path, e))?;
    let others = 0o077;
    if known.permissions().mode() & others == 0 {
        return Ok(());
    }
    Err(Error::Key {
        place: path.display().to_string(),
        what: "others than its owner may use this private key: chmod 600 takes that from them",
    })
}

#[cfg(not(unix))]
fn forbid_others(_path: &Path, _file: &File) -> Result<()> {
    Ok(())
}

/// Signs the head, where this process has a key.
pub(super) fn sign_if_asked(journal: &Path, chain: &Chain) -> Result<()> {
    let Some(key) = KEY.get() else {
        return Ok(());
    };
    let place = beside(journal);
    let signature = signed(key, chain);
    let text = serde_json::to_vec_pretty(&signature).map_err(|_| Error::Internal {
        place: place.display().to_string(),
    })?;
    write_atomically(&place, &text)
}

fn signed(key: &SigningKey, chain: &Chain) -> Signature {
    let mut signature = Signature {
        schema: SCHEMA.to_owned(),
        head: chain.head.clone(),
        lines: chain.lines,
        time: jiff::Timestamp::now().to_string(),
        key: id(&key.verifying_key()),
        signature: String::new(),
    };
    let bytes = key.sign(&signature.message()).to_bytes();
    signature.signature = data_encoding::BASE64.encode(&bytes);
    signature
}

/// The signature's file: the journal's name with `.sig` after it.
fn beside(journal: &Path) -> PathBuf {
    let mut name = journal.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}

fn id(key: &VerifyingKey) -> String {
    hash_of(&[DER, key.as_bytes()].concat())
}

/// What a signature that is right is a signature of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// When it says it was made.
    pub time: String,
    /// Lines that were written after it.
    pub since: u64,
}

/// Checks the signature beside a journal.
///
/// # Errors
/// When there is none, it is wrong, or the journal does not hold what was signed.
pub fn signature(journal: &Path, public_key: &Path) -> Result<Signed> {
    let key = public(public_key)?;
    let place = beside(journal);
    let wrong = |what| Error::Signature {
        place: place.display().to_string(),
        what,
    };
    let text = match std::fs::read(&place) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Err(wrong(
                "it is not there: the journal is not signed, or it was removed",
            ));
        }
        text => text.map_err(|e| Error::read(&place, e))?,
    };
    let signature: Signature =
        serde_json::from_slice(&text).map_err(|_| wrong("it is no signature of a journal"))?;
    if signature.schema != SCHEMA {
        return Err(wrong("it is a signature of something else"));
    }
    if signature.key != id(&key) {
        return Err(wrong("it was made with another key"));
    }
    let bytes = data_encoding::BASE64.decode(signature.signature.as_bytes());
    let bytes = bytes
        .ok()
        .and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
    let bytes = bytes.ok_or_else(|| wrong("it is no signature of a journal"))?;
    let bytes = ed25519_dalek::Signature::from_bytes(&bytes);
    key.verify_strict(&signature.message(), &bytes)
        .map_err(|_| wrong("it is wrong: it was not made by this key over this text"))?;
    let since = lines_since(journal, &signature)?.ok_or_else(|| {
        wrong(
            "the journal does not hold what was signed: lines were removed or all of it rewritten",
        )
    })?;
    Ok(Signed {
        time: signature.time,
        since,
    })
}

fn public(path: &Path) -> Result<VerifyingKey> {
    let text = std::fs::read_to_string(path).map_err(|e| Error::read(path, e))?;
    VerifyingKey::from_public_key_pem(&text).map_err(|_| Error::Key {
        place: path.display().to_string(),
        what: "it is no Ed25519 public key in PEM: openssl pkey -in KEY -pubout writes it",
    })
}

/// How many lines follow the signed one; `None` where it is not there.
fn lines_since(journal: &Path, signature: &Signature) -> Result<Option<u64>> {
    let lines = check::lines(journal)?;
    let count = lines.len() as u64;
    let signed = signature.lines.checked_sub(1);
    let signed = signed.and_then(|at| lines.get(usize::try_from(at).ok()?));
    let is_held = signed.is_some_and(|(text, _)| super::chain::hash(text) == signature.head);
    Ok(is_held.then(|| count - signature.lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_of_one_head_one_number_of_lines_and_one_time() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let chain = Chain {
            lines: 3,
            ..Chain::default()
        };
        let signature = signed(&key, &chain);
        let bytes = data_encoding::BASE64.decode(signature.signature.as_bytes());
        let bytes = ed25519_dalek::Signature::from_slice(&bytes.unwrap()).unwrap();
        let is_right = |signature: &Signature| {
            let message = signature.message();
            key.verifying_key().verify_strict(&message, &bytes).is_ok()
        };
        assert!(is_right(&signature));
        let change: [fn(&mut Signature); 4] = [
            |s| s.lines = 4,
            |s| s.head.push('0'),
            |s| s.time.push('0'),
            |s| s.key.push('0'),
        ];
        for change in change {
            let mut changed = signed(&key, &chain);
            changed.time.clone_from(&signature.time);
            change(&mut changed);
            assert!(!is_right(&changed), "{changed:?}");
        }
    }
}
