//! Mail into a folder instead of out into the world: for demonstrations, tests, and mail that something else sends.
//!
//! Each mail becomes `NNNN-<Message-ID>.eml`, byte for byte, with its envelope beside it in `NNNN-<Message-ID>.envelope`.
//! The name comes from the Message-ID, so that a repetition is seen and is not a second mail.

use super::{Answer, Envelope, NotOpened, Outcome, Ready, RecipientAnswer, Transport};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{Error, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Names longer than this are cut and told apart by a hash; file systems end at 255 bytes.
const NAME_LIMIT: usize = 120;

/// A folder that takes mail.
#[derive(Debug)]
pub struct FolderTransport {
    directory: PathBuf,
}

impl FolderTransport {
    /// Uses a directory, and makes it when there is none.
    ///
    /// # Errors
    /// [`NotOpened::Stopped`] when it cannot be made.
    pub fn open(directory: &Path) -> Result<Self, NotOpened> {
        fs::create_dir_all(directory).map_err(|error| stopped(directory, &error))?;
        Ok(Self { directory: directory.to_path_buf() })
    }
}

impl Transport for FolderTransport {
    fn open<'a>(&'a mut self, envelope: &Envelope) -> Result<Box<dyn Ready + 'a>, NotOpened> {
        if envelope.recipients.is_empty() {
            return Err(NotOpened::Refused(Vec::new(), "The mail has no recipient".to_owned()));
        }
        // Written here, so that a folder that cannot be written to is found out before anything is claimed as sent.
        let envelope_draft = self.directory.join(".envelope.tmp");
        write_durably(&envelope_draft, envelope_text(envelope).as_bytes())
            .map_err(|error| stopped(&self.directory, &error))?;
        let answers = envelope
            .recipients
            .iter()
            .map(|address| RecipientAnswer { address: address.clone(), answer: Answer::Accepted })
            .collect();
        Ok(Box::new(FolderReady { directory: &self.directory, envelope_draft, answers }))
    }
}

/// A go-ahead of the folder.
struct FolderReady<'a> {
    directory: &'a Path,
    envelope_draft: PathBuf,
    answers: Vec<RecipientAnswer>,
}

impl Ready for FolderReady<'_> {
    fn recipients(&self) -> &[RecipientAnswer] {
        &self.answers
    }

    fn deliver(self: Box<Self>, bytes: &[u8]) -> Outcome {
        let id = file_id(bytes);
        match self.place(&id, bytes) {
            Ok(Place::Taken(name)) => Outcome::Accepted(format!("already there as {name}")),
            Ok(Place::Other(name)) => {
                Outcome::Refused(format!("Another mail with the same Message-ID is there as {name}"))
            }
            Ok(Place::Free(stem)) => self.write(&stem, bytes),
            Err(error) => Outcome::Later(format!("Cannot read {}: {error}", self.directory.display())),
        }
    }
}

/// What a folder says of a name.
enum Place {
    /// This very mail lies there.
    Taken(String),
    /// A different mail of that Message-ID lies there.
    Other(String),
    /// Free under this stem.
    Free(String),
}

impl FolderReady<'_> {
    /// Looks for the mail, and for the next number.
    fn place(&self, id: &str, bytes: &[u8]) -> std::io::Result<Place> {
        let mut last = 0_u64;
        let mut begun = None;
        for entry in fs::read_dir(self.directory)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some((number, rest)) = name.split_once('-') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            last = last.max(number);
            if rest.strip_suffix(".eml") == Some(id) {
                let same = fs::read(entry.path())? == bytes;
                return Ok(if same { Place::Taken(name) } else { Place::Other(name) });
            }
            // An envelope without its mail is what a crash left of this very mail: it goes on under that number.
            if let Some(stem) = name.strip_suffix(".envelope")
                && rest.strip_suffix(".envelope") == Some(id)
            {
                begun = Some(stem.to_owned());
            }
        }
        Ok(Place::Free(begun.unwrap_or_else(|| format!("{:04}-{id}", last.saturating_add(1)))))
    }

    /// Envelope first, then the mail by a rename: a mail that can be seen is whole and has its envelope.
    fn write(&self, stem: &str, bytes: &[u8]) -> Outcome {
        let name = format!("{stem}.eml");
        let target = self.directory.join(&name);
        let draft = self.directory.join(".mail.tmp");
        let prepared = write_durably(&draft, bytes)
            .and_then(|()| fs::rename(&self.envelope_draft, self.directory.join(format!("{stem}.envelope"))));
        if let Err(error) = prepared {
            return Outcome::Later(format!("Cannot write to {}: {error}", self.directory.display()));
        }
        if let Err(error) = fs::rename(&draft, &target) {
            return match (draft.try_exists(), target.try_exists()) {
                (Ok(true), Ok(false)) => Outcome::Later(format!("Cannot write {name}: {error}")),
                _ => Outcome::Unknown(format!("Cannot tell whether {name} was written: {error}")),
            };
        }
        match sync_directory(self.directory) {
            Ok(()) => Outcome::Accepted(format!("written as {name}")),
            Err(error) => Outcome::Unknown(format!("Cannot tell whether {name} is safe on the disk: {error}")),
        }
    }
}

/// A failure that a person has to mend.
fn stopped(directory: &Path, error: &Error) -> NotOpened {
    let remedy = match error.kind() {
        ErrorKind::PermissionDenied => "Give this user write access to the folder, or name another one",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "Free some space on that disk",
        _ => "Check the folder named for outgoing mail in the settings",
    };
    NotOpened::Stopped {
        message: format!("Cannot write to the folder {}: {error}", directory.display()),
        remedy: remedy.to_owned(),
    }
}

/// One `from:` line and one `to:` line a recipient.
fn envelope_text(envelope: &Envelope) -> String {
    let mut text = format!("from: {}\n", envelope.from);
    for recipient in &envelope.recipients {
        text.push_str(&format!("to: {recipient}\n"));
    }
    text
}

fn write_durably(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes a rename durable, where the file system can do that for directories.
fn sync_directory(directory: &Path) -> std::io::Result<()> {
    match File::open(directory).and_then(|file| file.sync_all()) {
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        other => other,
    }
}

/// The Message-ID as part of a file name; a mail without one is named by its content. Whatever had to be changed to
/// make a name of it is told apart by a hash, so that two ids never share a name.
fn file_id(bytes: &[u8]) -> String {
    let Some(id) = message_id(bytes) else { return format!("no-id-{}", short_hash(bytes)) };
    let plain: String =
        id.chars().map(|c| if c.is_ascii_alphanumeric() || "._@+=-".contains(c) { c } else { '_' }).collect();
    if plain == id && plain.len() <= NAME_LIMIT {
        return plain;
    }
    let cut: String = plain.chars().take(NAME_LIMIT).collect();
    format!("{cut}-{}", short_hash(id.as_bytes()))
}

fn short_hash(bytes: &[u8]) -> String {
    HEXLOWER.encode(Sha256::digest(bytes).as_slice()).chars().take(12).collect()
}

/// The Message-ID of the header block without its angle brackets, also from a folded line.
fn message_id(bytes: &[u8]) -> Option<String> {
    let mut lines = bytes.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).peekable();
    while let Some(line) = lines.next().filter(|line| !line.is_empty()) {
        let text = String::from_utf8_lossy(line);
        let Some((name, value)) = text.split_once(':') else { continue };
        if !name.trim_end().eq_ignore_ascii_case("message-id") {
            continue;
        }
        let mut value = value.trim().to_owned();
        while let Some(folded) = lines.next_if(|line| line.starts_with(b" ") || line.starts_with(b"\t")) {
            value.push_str(String::from_utf8_lossy(folded).trim());
        }
        let inner = value.strip_prefix('<').unwrap_or(&value);
        let inner = inner.strip_suffix('>').unwrap_or(inner).trim();
        return (!inner.is_empty()).then(|| inner.to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_read_from_the_header_only() {
        assert_eq!(message_id(b"From: a\r\nmessage-ID : <x@y>\r\n\r\n").as_deref(), Some("x@y"));
        assert_eq!(message_id(b"Message-ID:\r\n <x@y>\r\nTo: z\r\n\r\n").as_deref(), Some("x@y"));
        assert_eq!(message_id(b"From: a\n\nMessage-ID: <x@y>\n"), None);
        assert_eq!(message_id(b"Message-ID: <>\n\n"), None);
        assert_eq!(message_id(b""), None);
    }

    #[test]
    fn no_id_leads_out_of_the_folder_and_no_two_ids_share_a_name() {
        let name = |id: &str| file_id(format!("Message-ID: <{id}>\n\n").as_bytes());
        assert_eq!(name("abc@studio.example"), "abc@studio.example");
        assert!(!name("../../etc/passwd@x").contains('/'));
        assert_ne!(name("a/b@x"), name("a_b@x"));
        assert_ne!(name("a/b@x"), name("a\\b@x"));
        let long = "x".repeat(500);
        assert!(name(&long).len() < 160);
        assert_ne!(name(&long), name(&format!("{long}y")));
    }
}
