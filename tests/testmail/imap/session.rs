//! One connection: greeting, commands, answers, and what the script makes of them.

use super::fault::{Act, Then, When};
use super::personality::Idle;
use super::rows;
use super::shared::{Heard, Shared};
use super::wire::{Ending, Goes, Over, Wire};
use super::words::{Command, announced};
use super::{Protection, post::Post};
use rustls::ServerConfig;
use std::sync::Arc;
use std::time::Instant;

/// What a command is answered with: untagged lines (a literal belongs to its line), then the tagged one without its tag.
pub struct Answer {
    pub lines: Vec<Vec<u8>>,
    pub tagged: String,
    /// The connection is closed after it.
    pub ends: bool,
}

impl Answer {
    pub fn tagged(text: &str) -> Self {
        Self { lines: Vec::new(), tagged: text.to_owned(), ends: false }
    }

    pub fn line(mut self, text: impl AsRef<str>) -> Self {
        self.lines.push(format!("{}\r\n", text.as_ref()).into_bytes());
        self
    }
}

/// The folder that is open on this connection.
pub struct Open {
    pub wire_name: String,
    pub validity: u32,
    pub read_only: bool,
    /// What the client was told: UIDs in the order of their numbers, with flags.
    pub view: Vec<(u32, String)>,
}

pub struct Session {
    pub wire: Wire,
    pub shared: Arc<Shared>,
    pub number: usize,
    pub inside: bool,
    pub identified: bool,
    pub stray_said: bool,
    pub open: Option<Open>,
    protection: Protection,
    tls: Arc<ServerConfig>,
    commands: usize,
}

impl Session {
    pub fn new(wire: Wire, shared: Arc<Shared>, number: usize, protection: Protection, tls: Arc<ServerConfig>) -> Self {
        Self {
            wire,
            shared,
            number,
            inside: false,
            identified: false,
            stray_said: false,
            open: None,
            protection,
            tls,
            commands: 0,
        }
    }

    pub fn run(&mut self) -> Goes {
        if self.protection == Protection::Tls {
            self.wire.encrypt(&self.tls.clone())?;
        }
        let capabilities = self.capabilities();
        let greeting = Answer::tagged("OK").line(format!("* OK [CAPABILITY {capabilities}] ready"));
        let fault = self.fault(&When::Greeting, "");
        if let Some(Act::Instead(then)) = fault {
            self.then(then, "*", &greeting.lines)?;
        } else {
            self.deliver_lines(&greeting.lines, fault.as_ref())?;
        }
        loop {
            let command = self.command()?;
            self.obey(&command)?;
        }
    }

    pub fn capabilities(&self) -> String {
        let state = self.shared.lock();
        let who = &state.personality;
        let text = if self.inside { who.after_login } else { who.before_login };
        let waits = self.protection == Protection::StartTls && !self.wire.is_encrypted();
        let mut words: Vec<&str> = text.split(' ').filter(|word| *word != "STARTTLS").collect();
        if waits {
            words.retain(|word| !word.starts_with("AUTH="));
            words.extend(["STARTTLS", "LOGINDISABLED"]);
        }
        words.join(if who.double_blanks { "  " } else { " " })
    }

    pub fn may_log_in(&self) -> bool {
        !self.inside && (self.protection != Protection::StartTls || self.wire.is_encrypted())
    }

    pub fn fault(&self, when: &When, text: &str) -> Option<Act> {
        self.shared.fault(self.number, when, text)
    }

    /// Reads a command with its literals. An APPEND that the script refuses before its literal is answered here.
    fn command(&mut self) -> Goes<Command> {
        loop {
            let mut bytes = self.wire.line()?;
            let mut refused = false;
            while let Some((size, waits)) = announced(&bytes) {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let (tag, text) = text.split_once(' ').unwrap_or_default();
                if text.to_uppercase().starts_with("APPEND") && self.before_literal(tag, text)? {
                    refused = true;
                    break;
                }
                if waits {
                    self.wire.say(b"+ go on\r\n")?;
                }
                bytes.extend(self.wire.exactly(size)?);
                bytes.extend(self.wire.line()?);
            }
            if refused {
                continue;
            }
            match Command::read(&bytes) {
                Some(command) => {
                    self.hear(&command.raw);
                    return Ok(command);
                }
                None => {
                    self.hear(&[b"(unreadable) ", bytes.as_slice()].concat());
                    self.wire.say(b"* BAD what?\r\n")?;
                }
            }
        }
    }

    fn hear(&mut self, raw: &[u8]) {
        self.commands += 1;
        let heard = Heard {
            connection: self.number,
            text: String::from_utf8_lossy(raw).into_owned(),
            raw: raw.to_vec(),
            encrypted: self.wire.is_encrypted(),
            at: Instant::now(),
        };
        self.shared.lock().heard.push(heard);
    }

    /// True: it was answered already and no literal comes.
    fn before_literal(&mut self, tag: &str, text: &str) -> Goes<bool> {
        match self.fault(&When::Command(String::new()), text) {
            Some(Act::Instead(then)) => {
                self.hear(text.trim_end().as_bytes());
                self.then(then, tag, &[])?;
                return Ok(true);
            }
            Some(Act::Before(bytes)) => self.wire.say(&bytes)?,
            Some(Act::Meanwhile(change)) => {
                (change.0)(&mut self.shared.lock().post);
                self.tell_news(true)?;
            }
            Some(Act::Late(time)) => std::thread::sleep(time),
            _ => {}
        }
        Ok(false)
    }

    fn obey(&mut self, command: &Command) -> Goes {
        let nth = self.fault(&When::Nth(self.commands), &command.text);
        let fault = nth.or_else(|| {
            let when = if command.name == "APPEND" { When::Appending } else { When::Command(String::new()) };
            self.fault(&when, &command.text)
        });
        match fault {
            Some(Act::Instead(then)) => return self.then(then, &command.tag, &[]),
            Some(Act::Meanwhile(ref change)) => (change.0)(&mut self.shared.lock().post),
            Some(Act::Late(time)) => std::thread::sleep(time),
            _ => {}
        }
        self.leave_a_folder_without_meaning()?;
        match command.name.as_str() {
            "STARTTLS" => self.start_tls(command),
            "AUTHENTICATE" => self.authenticate(command, fault.as_ref()),
            "IDLE" if self.inside => self.idle(command, fault.as_ref()),
            _ => {
                let faults = if let Some(Act::Rows(faults)) = &fault { faults.as_slice() } else { &[] };
                let answer = self.answer(command, faults);
                self.deliver(&command.tag, answer, fault.as_ref())
            }
        }
    }

    /// A server whose folder was made anew under an open connection closes it.
    fn leave_a_folder_without_meaning(&mut self) -> Goes {
        let Some(open) = &self.open else { return Ok(()) };
        let now = self.shared.lock().post.find(&open.wire_name).map(|folder| folder.validity);
        if now == Some(open.validity) {
            return Ok(());
        }
        self.wire.say(b"* BYE the folder was made anew\r\n")?;
        Err(self.wire.close(Ending::Polite))
    }

    /// Says an answer, as the script has it.
    pub fn deliver(&mut self, tag: &str, answer: Answer, fault: Option<&Act>) -> Goes {
        let mut lines = answer.lines;
        lines.push(format!("{tag} {}\r\n", answer.tagged).into_bytes());
        if let Some(Act::Cut(count, then)) = fault {
            let count = (*count).min(lines.len() - 1);
            for line in &lines[..count] {
                self.wire.say(line)?;
            }
            return self.then(then.clone(), tag, &lines[count..]);
        }
        self.deliver_lines(&lines, fault)?;
        if answer.ends { Err(self.wire.close(Ending::Polite)) } else { Ok(()) }
    }

    fn deliver_lines(&mut self, lines: &[Vec<u8>], fault: Option<&Act>) -> Goes {
        match fault {
            Some(Act::Before(bytes)) => self.wire.say(bytes)?,
            Some(Act::Drip(pause)) => {
                for byte in lines.iter().flatten() {
                    self.wire.say(&[*byte])?;
                    std::thread::sleep(*pause);
                }
                return Ok(());
            }
            _ => {}
        }
        for (at, line) in lines.iter().enumerate() {
            match fault {
                Some(Act::Amid(after, bytes)) if *after == at => self.wire.say(bytes)?,
                Some(Act::MeanwhileAfter(after, change)) if *after == at => {
                    (change.0)(&mut self.shared.lock().post);
                    self.tell_news(true)?;
                }
                _ => {}
            }
            self.wire.say(line)?;
        }
        match fault {
            Some(Act::After(bytes)) => self.wire.say(bytes)?,
            Some(Act::MeanwhileLast(change)) => (change.0)(&mut self.shared.lock().post),
            _ => {}
        }
        Ok(())
    }

    /// Does what the script says next; `rest` is what would have been said.
    pub fn then(&mut self, then: Then, tag: &str, rest: &[Vec<u8>]) -> Goes {
        let tagged = |word: &str, text: &str| {
            let blank = if text.is_empty() { "" } else { " " };
            format!("{tag} {word}{blank}{text}\r\n").into_bytes()
        };
        match then {
            Then::No(text) => self.wire.say(&tagged("NO", &text)),
            Then::Bad(text) => self.wire.say(&tagged("BAD", &text)),
            Then::Bye(text) => {
                self.wire.say(format!("* BYE {text}\r\n").as_bytes())?;
                Err(self.wire.close(Ending::Polite))
            }
            Then::Close(ending) => Err(self.wire.close(ending)),
            Then::Stall => Err(self.wire.stall()),
            Then::Half(ending) => {
                let line = rest.first().cloned().unwrap_or_else(|| tagged("OK", "done"));
                self.wire.say(&line[..line.len() / 2])?;
                Err(self.wire.close(ending))
            }
            Then::Say(bytes) => self.wire.say(&with_tag(&bytes, tag)),
            Then::SayAnd(bytes, then) => {
                self.wire.say(&with_tag(&bytes, tag))?;
                self.then(*then, tag, rest)
            }
        }
    }

    fn start_tls(&mut self, command: &Command) -> Goes {
        if self.protection != Protection::StartTls || self.wire.is_encrypted() {
            return self.deliver(&command.tag, Answer::tagged("BAD not here"), None);
        }
        self.deliver(&command.tag, Answer::tagged("OK go ahead"), None)?;
        self.wire.encrypt(&self.tls.clone())
    }

    fn idle(&mut self, command: &Command, fault: Option<&Act>) -> Goes {
        let kind = self.shared.lock().personality.idle;
        if kind == Idle::Refused {
            return self.deliver(&command.tag, Answer::tagged("BAD IDLE is not known here"), fault);
        }
        if let Some(Act::Before(bytes)) = fault {
            self.wire.say(bytes)?;
        }
        if kind != Idle::Silent {
            self.tell_news(true)?;
        }
        self.wire.say(b"+ idling\r\n")?;
        match self.fault(&When::Idle, "") {
            Some(Act::Instead(then) | Act::Cut(_, then)) => self.then(then, &command.tag, &[])?,
            Some(Act::Before(bytes) | Act::After(bytes) | Act::Amid(_, bytes)) => self.wire.say(&bytes)?,
            Some(Act::Meanwhile(change)) => (change.0)(&mut self.shared.lock().post),
            _ => {}
        }
        let line = self.watch(kind)?;
        self.hear(line.trim_ascii_end());
        if !line.eq_ignore_ascii_case(b"DONE\r\n") {
            return self.deliver(&command.tag, Answer::tagged("BAD expected DONE"), None);
        }
        let fault = self.fault(&When::Done, "");
        match fault {
            Some(Act::Instead(then)) => return self.then(then, &command.tag, &[]),
            Some(Act::Meanwhile(ref change)) => (change.0)(&mut self.shared.lock().post),
            _ => {}
        }
        let mut answer = Answer::tagged("OK idled");
        answer.lines = self.news(true);
        self.deliver(&command.tag, answer, fault.as_ref())
    }

    /// Tells news until the client says something.
    fn watch(&mut self, kind: Idle) -> Goes<Vec<u8>> {
        let mut last = Instant::now();
        loop {
            self.leave_a_folder_without_meaning()?;
            if kind != Idle::Silent {
                self.tell_news(true)?;
            }
            if let Idle::StillHere(every) = kind
                && last.elapsed() >= every
            {
                self.wire.say(b"* OK Still here\r\n")?;
                last = Instant::now();
            }
            if let Some(line) = self.wire.line_if_any()? {
                return Ok(line);
            }
        }
    }

    fn tell_news(&mut self, removals: bool) -> Goes {
        let lines = self.news(removals);
        lines.iter().try_for_each(|line| self.wire.say(line))
    }

    /// What changed in the open folder since the client was told last.
    pub fn news(&mut self, removals: bool) -> Vec<Vec<u8>> {
        let state = self.shared.lock();
        let Some(open) = &mut self.open else { return Vec::new() };
        let double = state.personality.double_blanks;
        open.news(&state.post, removals, if double { "  " } else { " " })
    }

    pub fn over(&mut self) -> Over {
        self.wire.close(Ending::Polite)
    }
}

impl Open {
    fn news(&mut self, post: &Post, removals: bool, blank: &str) -> Vec<Vec<u8>> {
        let Some(folder) = post.find(&self.wire_name).filter(|folder| folder.validity == self.validity) else {
            return Vec::new();
        };
        let mut told = Vec::new();
        let mut at = 0;
        while removals && at < self.view.len() {
            if folder.mail(self.view[at].0).is_some() {
                at += 1;
            } else {
                self.view.remove(at);
                told.push(format!("* {} EXPUNGE\r\n", at + 1));
            }
        }
        for (at, (uid, flags)) in self.view.iter_mut().enumerate() {
            if let Some(now) = folder.mail(*uid).map(rows::flags).filter(|now| now != flags) {
                told.push(format!("* {} FETCH (FLAGS {now})\r\n", at + 1));
                *flags = now;
            }
        }
        let before = self.view.len();
        for mail in &folder.mails {
            if !self.view.iter().any(|(uid, _)| *uid == mail.uid) {
                self.view.push((mail.uid, rows::flags(mail)));
            }
        }
        if self.view.len() > before {
            told.push(format!("*{blank}{} EXISTS\r\n", self.view.len()));
        }
        told.into_iter().map(String::into_bytes).collect()
    }
}

fn with_tag(bytes: &[u8], tag: &str) -> Vec<u8> {
    let mut rest = bytes;
    let mut made = Vec::new();
    while let Some(at) = rest.windows(5).position(|five| five == b"{tag}") {
        made.extend_from_slice(&rest[..at]);
        made.extend_from_slice(tag.as_bytes());
        rest = &rest[at + 5..];
    }
    made.extend_from_slice(rest);
    made
}
