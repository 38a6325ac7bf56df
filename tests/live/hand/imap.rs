//! The owner's other mail program: looks, files, flags, moves, deletes.

use super::wire::Wire;
use crate::servers::Dovecot;
use std::io;

/// A mail as this program sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub uid: u32,
    /// As the server names them, without `\Recent`.
    pub flags: Vec<String>,
    pub bytes: Vec<u8>,
}

impl Held {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// One response: its text with `{n}` where literals stood, and the literals.
pub struct Response {
    pub text: String,
    pub literals: Vec<Vec<u8>>,
}

/// What SELECT and EXAMINE tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    pub exists: u32,
    pub validity: u32,
    pub next: u32,
}

/// A connection that is logged in.
pub struct MailProgram {
    wire: Wire,
    tag: u32,
}

impl MailProgram {
    /// Logs in with TLS from the first byte.
    pub fn open(dovecot: &Dovecot, user: &str) -> Self {
        Self::log_in(dovecot, user, dovecot.password(user)).unwrap_or_else(|error| panic!("{user}: {error}"))
    }

    /// The same with a password of the test's choice.
    pub fn log_in(dovecot: &Dovecot, user: &str, password: &str) -> io::Result<Self> {
        let mut wire = Wire::connect(dovecot.imaps_port)?;
        wire.protect(&dovecot.ca_file())?;
        wire.line()?;
        let mut program = Self { wire, tag: 0 };
        program.try_command(&format!("LOGIN {} {}", quoted(user), quoted(password)))?;
        Ok(program)
    }

    /// Logs in after STARTTLS.
    pub fn open_by_starttls(dovecot: &Dovecot, user: &str) -> Self {
        let mut wire = Wire::connect(dovecot.imap_port).expect("a connection");
        wire.line().expect("a greeting");
        let mut program = Self { wire, tag: 0 };
        program.command("STARTTLS");
        program.wire.protect(&dovecot.ca_file()).expect("TLS");
        program.command(&format!("LOGIN {} {}", quoted(user), quoted(dovecot.password(user))));
        program
    }

    /// A command that must be answered with OK; everything said before that.
    pub fn command(&mut self, text: &str) -> Vec<Response> {
        self.try_command(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    pub fn try_command(&mut self, text: &str) -> io::Result<Vec<Response>> {
        let tag = self.next_tag();
        self.wire.write(format!("{tag} {text}\r\n").as_bytes())?;
        self.until(&tag)
    }

    fn next_tag(&mut self) -> String {
        self.tag += 1;
        format!("h{}", self.tag)
    }

    fn until(&mut self, tag: &str) -> io::Result<Vec<Response>> {
        let mut responses = Vec::new();
        loop {
            let response = self.response()?;
            let Some(end) = response.text.strip_prefix(&format!("{tag} ")).map(str::to_owned) else {
                responses.push(response);
                continue;
            };
            responses.push(response);
            return if end.starts_with("OK") { Ok(responses) } else { Err(io::Error::other(end)) };
        }
    }

    fn response(&mut self) -> io::Result<Response> {
        let mut response = Response { text: String::new(), literals: Vec::new() };
        loop {
            let line = self.wire.line()?;
            response.text.push_str(&line);
            let announced = line.strip_suffix('}').and_then(|line| line.rsplit_once('{')).map(|(_, count)| count);
            let Some(Ok(count)) = announced.map(str::parse) else { return Ok(response) };
            response.literals.push(self.wire.bytes(count)?);
        }
    }

    fn enter(&mut self, verb: &str, folder: &str) -> Opened {
        let said = self.command(&format!("{verb} {}", quoted(folder)));
        let number = |before: &str, after: &str| {
            said.iter()
                .find_map(|one| one.text.split_once(before)?.1.split_once(after)?.0.parse().ok())
                .unwrap_or_else(|| panic!("{verb} {folder}: no {before}"))
        };
        let exists = said
            .iter()
            .find_map(|one| one.text.strip_prefix("* ")?.strip_suffix(" EXISTS")?.parse().ok())
            .expect("the number of mails");
        Opened { exists, validity: number("[UIDVALIDITY ", "]"), next: number("[UIDNEXT ", "]") }
    }

    /// Opens a folder to work in it; takes `\Recent` away, as every mail program does.
    pub fn select(&mut self, folder: &str) -> Opened {
        self.enter("SELECT", folder)
    }

    /// Opens a folder only to look.
    pub fn examine(&mut self, folder: &str) -> Opened {
        self.enter("EXAMINE", folder)
    }

    /// All mails of a folder, without touching them.
    pub fn mails(&mut self, folder: &str) -> Vec<Held> {
        if self.examine(folder).exists == 0 {
            return Vec::new();
        }
        let said = self.command("UID FETCH 1:* (UID FLAGS BODY.PEEK[])");
        said.iter().filter(|one| one.text.contains(" FETCH (")).map(held).collect()
    }

    /// Numbers only: for folders with many mails.
    pub fn numbers(&mut self, folder: &str) -> Vec<u32> {
        self.examine(folder);
        self.numbers_here()
    }

    /// The same for the selected folder.
    pub fn numbers_here(&mut self) -> Vec<u32> {
        let said = self.command("UID SEARCH ALL");
        let found = said.iter().find_map(|one| one.text.strip_prefix("* SEARCH")).unwrap_or_default();
        found.split_whitespace().map(|number| number.parse().expect("a number")).collect()
    }

    /// Lays a mail into a folder; its number there.
    pub fn append(&mut self, folder: &str, flags: &str, date: Option<&str>, bytes: &[u8]) -> u32 {
        let tag = self.next_tag();
        let date = date.map(|date| format!("\"{date}\" ")).unwrap_or_default();
        let line = format!("{tag} APPEND {} ({flags}) {date}{{{}}}\r\n", quoted(folder), bytes.len());
        self.wire.write(line.as_bytes()).expect("sent");
        while !self.wire.line().expect("a go-ahead").starts_with('+') {}
        self.wire.write(bytes).and_then(|()| self.wire.write(b"\r\n")).expect("sent");
        let said = self.until(&tag).expect("appended");
        said.iter()
            .find_map(|one| one.text.split_once("[APPENDUID ")?.1.split_once(']')?.0.split_once(' ')?.1.parse().ok())
            .expect("a number")
    }

    /// Sets or takes flags in the selected folder (`+FLAGS`, `-FLAGS`).
    pub fn flag(&mut self, uid: u32, how: &str, flags: &str) {
        self.command(&format!("UID STORE {uid} {how} ({flags})"));
    }

    /// Moves a mail of the selected folder.
    pub fn shift(&mut self, uid: u32, to: &str) {
        self.command(&format!("UID MOVE {uid} {}", quoted(to)));
    }

    /// Copies a mail of the selected folder.
    pub fn copy(&mut self, uid: u32, to: &str) {
        self.command(&format!("UID COPY {uid} {}", quoted(to)));
    }

    /// Deletes a mail of the selected folder for good.
    pub fn delete(&mut self, uid: u32) {
        self.flag(uid, "+FLAGS.SILENT", "\\Deleted");
        self.command(&format!("UID EXPUNGE {uid}"));
    }

    /// Attributes and name of every folder.
    pub fn folders(&mut self) -> Vec<(String, String)> {
        let said = self.command("LIST \"\" \"*\"");
        said.iter()
            .filter_map(|one| {
                let (attributes, rest) = one.text.strip_prefix("* LIST (")?.split_once(") ")?;
                let name = rest.split_once(' ')?.1.trim_matches('"');
                Some((attributes.to_owned(), name.to_owned()))
            })
            .collect()
    }
}

fn held(response: &Response) -> Held {
    let after = |name: &str| response.text.split_once(name).map(|(_, rest)| rest).expect("an item");
    let uid = after("UID ").chars().take_while(char::is_ascii_digit).collect::<String>().parse().expect("a number");
    let flags = after("FLAGS (").split_once(')').expect("flags").0;
    let mut flags: Vec<String> =
        flags.split_whitespace().filter(|flag| *flag != "\\Recent").map(str::to_owned).collect();
    flags.sort();
    Held { uid, flags, bytes: response.literals.last().cloned().unwrap_or_default() }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
