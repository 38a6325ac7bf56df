//! Where passwords and tokens come from: a command, a file, a systemd credential. Asked at every login and kept by
//! nobody; never in the settings, in arguments, in the environment or in a log.

use crate::config::SecretSettings;
use crate::network::{Secret, SecretSource, Trouble};
use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// No password and no token is longer; what is, is something else.
const LONGEST: usize = 64 * 1024;

/// A command that asks a person, or a server that is away, must not stop the agent for good.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a command left behind may still hold its output open.
const GRACE: Duration = Duration::from_secs(1);

/// So much of what a command complains is told.
const COMPLAINT: usize = 200;

/// The source that the settings name.
#[must_use]
pub fn source(settings: &SecretSettings) -> Arc<dyn SecretSource> {
    let command = |key, words: &[String]| FromCommand { key, words: words.to_vec(), patience: PATIENCE };
    match settings {
        SecretSettings::PasswordCommand(words) => Arc::new(command("password_command", words)),
        SecretSettings::TokenCommand(words) => Arc::new(command("token_command", words)),
        SecretSettings::PasswordFile(path) => Arc::new(FromFile(path.clone())),
        SecretSettings::PasswordCredential(name) => Arc::new(FromCredential(name.clone())),
    }
}

/// The first line that a program prints. The arguments are handed over as they are: no shell sees them.
#[derive(Debug)]
struct FromCommand {
    key: &'static str,
    words: Vec<String>,
    patience: Duration,
}

impl SecretSource for FromCommand {
    fn secret(&self) -> Result<Secret, Trouble> {
        let mut child = self.start()?;
        let output = listen_for_line(&mut child);
        let complaint = listen_for_complaint(&mut child);
        let (status, early) = match self.wait(&mut child, &output) {
            Ok(ended) => ended,
            Err(trouble) => {
                // Ours alone: killed by its own id, and taken from the system's list.
                let _gone_already = child.kill();
                let _reaped = child.wait();
                return Err(trouble);
            }
        };
        if !status.success() {
            let said = complaint.recv_timeout(GRACE).unwrap_or_default();
            return Err(self.failed(status, &said));
        }
        let line = match early {
            Some(line) => line,
            None => output.recv_timeout(GRACE).unwrap_or(Line::Nothing),
        };
        self.judge(line)
    }
}

impl FromCommand {
    fn start(&self) -> Result<Child, Trouble> {
        let Some((program, rest)) = self.words.split_first() else {
            return Err(Trouble::lasting(format!("{} is empty", self.key), self.remedy()));
        };
        let spawned =
            Command::new(program).args(rest).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        spawned.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Trouble::lasting(
                format!("{} names a program that is not there: {program}", self.key),
                "Write its whole path, and each argument as a text of its own in the list",
            ),
            _ => Trouble::lasting(format!("{} cannot start {program}: {error}", self.key), self.remedy()),
        })
    }

    /// Waits for the end of the program; a line that came meanwhile is given along.
    fn wait(&self, child: &mut Child, output: &Receiver<Line>) -> Result<(ExitStatus, Option<Line>), Trouble> {
        let end = Instant::now() + self.patience;
        let mut line = None;
        loop {
            if let Some(status) = child.try_wait().map_err(|error| self.lost(&error))? {
                return Ok((status, line));
            }
            if Instant::now() >= end {
                return Err(Trouble::passing(
                    format!("{} did not end within {} seconds", self.key, self.patience.as_secs_f32()),
                    "Run it by hand as the same user: it must not ask anybody for anything",
                ));
            }
            if line.is_some() {
                std::thread::sleep(Duration::from_millis(10));
                continue;
            }
            match output.recv_timeout(Duration::from_millis(10)) {
                Ok(Line::TooLong) => return Err(self.too_long()),
                Ok(found) => line = Some(found),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => line = Some(Line::Nothing),
            }
        }
    }

    fn judge(&self, line: Line) -> Result<Secret, Trouble> {
        match line {
            Line::Found(bytes) => secret_of(&bytes)
                .map_err(|Unfit(why)| Trouble::lasting(format!("What {} prints {why}", self.key), self.remedy())),
            Line::Nothing => Err(Trouble::lasting(format!("{} prints nothing", self.key), self.remedy())),
            Line::TooLong => Err(self.too_long()),
            Line::Broken(error) => Err(self.lost(&error)),
        }
    }

    fn too_long(&self) -> Trouble {
        Trouble::lasting(format!("{} prints more than {LONGEST} bytes without a line's end", self.key), self.remedy())
    }

    fn lost(&self, error: &io::Error) -> Trouble {
        Trouble::passing(format!("{} cannot be listened to: {error}", self.key), self.remedy())
    }

    fn failed(&self, status: ExitStatus, said: &str) -> Trouble {
        let how = match status.code() {
            Some(code) => format!("ended with exit code {code}"),
            None => "was ended by a signal".to_owned(),
        };
        let said = if said.is_empty() { "said nothing".to_owned() } else { format!("said: {said}") };
        let message = format!("{} {how} and {said}", self.key);
        // A token needs the network; a password needs a person to look.
        if self.key == "token_command" {
            Trouble::passing(message, self.remedy())
        } else {
            Trouble::lasting(message, self.remedy())
        }
    }

    fn remedy(&self) -> &'static str {
        "Run it by hand as the same user; only the first line that it prints counts"
    }
}

/// What a program printed first.
enum Line {
    Found(Zeroizing<Vec<u8>>),
    Nothing,
    TooLong,
    Broken(io::Error),
}

/// Reads the first line aside, then swallows the rest, so that a program that prints more ends in its own way.
fn listen_for_line(child: &mut Child) -> Receiver<Line> {
    let (sender, receiver) = mpsc::channel();
    if let Some(mut output) = child.stdout.take() {
        std::thread::spawn(move || {
            let line = first_line(&mut output);
            let go_on = matches!(line, Line::Found(_));
            if sender.send(line).is_ok() && go_on {
                swallow(&mut output);
            }
        });
    }
    receiver
}

/// The first line, without its end.
fn first_line(input: &mut impl Read) -> Line {
    // Large enough from the start: growing would leave copies behind in memory.
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut piece = Zeroizing::new([0u8; 1024]);
    loop {
        let count = match input.read(piece.as_mut()) {
            Ok(0) if line.is_empty() => return Line::Nothing,
            Ok(0) => return Line::Found(line),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Line::Broken(error),
        };
        let read = piece.get(..count).unwrap_or_default();
        let end = read.iter().position(|byte| *byte == b'\n');
        let wanted = read.get(..end.unwrap_or(count)).unwrap_or_default();
        if line.len() + wanted.len() > LONGEST {
            return Line::TooLong;
        }
        line.extend_from_slice(wanted);
        if end.is_some() {
            return Line::Found(line);
        }
    }
}

fn swallow(input: &mut impl Read) {
    let mut piece = Zeroizing::new([0u8; 1024]);
    while input.read(piece.as_mut()).is_ok_and(|count| count > 0) {}
}

/// The beginning of what the program complains, fit for one line.
fn listen_for_complaint(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    if let Some(mut errors) = child.stderr.take() {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _what_came = errors.by_ref().take(4 * 1024).read_to_end(&mut bytes);
            let _nobody_waits = sender.send(shortened(&String::from_utf8_lossy(&bytes)));
            swallow(&mut errors);
        });
    }
    receiver
}

fn shortened(text: &str) -> String {
    let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ").replace(char::is_control, "\u{fffd}");
    if let Some((end, _)) = words.char_indices().nth(COMPLAINT) {
        words.truncate(end);
        words.push('…');
    }
    words
}

/// The first line of a file that only its owner may read.
#[derive(Debug)]
struct FromFile(PathBuf);

impl SecretSource for FromFile {
    fn secret(&self) -> Result<Secret, Trouble> {
        let path = &self.0;
        let name = path.display();
        // Asked of the file that is open, so that nobody exchanges it in between; before that only so that a pipe
        // does not keep us waiting.
        let about = std::fs::metadata(path).map_err(|error| unreadable("password file", path, &error))?;
        if !about.is_file() {
            return Err(Trouble::lasting(format!("The password file {name} is not a file"), WRITE_A_FILE));
        }
        let mut file = File::open(path).map_err(|error| unreadable("password file", path, &error))?;
        let about = file.metadata().map_err(|error| unreadable("password file", path, &error))?;
        private(path, &about)?;
        read_line(&mut file, "password file", path)
    }
}

const WRITE_A_FILE: &str = "Write the password on the first line of a file of its own, and chmod 600 it";

#[cfg(unix)]
fn private(path: &Path, about: &Metadata) -> Result<(), Trouble> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let name = path.display();
    if about.permissions().mode() & 0o077 != 0 {
        return Err(Trouble::lasting(
            format!("Others may read the password file {name}"),
            format!("Say: chmod 600 {name}"),
        ));
    }
    // Only root opens a file of somebody else that is closed to others. The system shows who we are as the owner of
    // our own entry; where there is no such entry, that one case goes unnoticed.
    let ourselves = std::fs::metadata("/proc/self").map(|about| about.uid()).ok();
    owned_by(path, about.uid(), ourselves)
}

#[cfg(unix)]
fn owned_by(path: &Path, owner: u32, ourselves: Option<u32>) -> Result<(), Trouble> {
    let name = path.display();
    match ourselves {
        Some(ourselves) if ourselves != owner => Err(Trouble::lasting(
            format!("The password file {name} belongs to somebody else (user id {owner}, we are {ourselves})"),
            format!("Run sollecito as that user, or say: chown {ourselves} {name}"),
        )),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn private(_: &Path, _: &Metadata) -> Result<(), Trouble> {
    Ok(())
}

/// A credential that systemd laid into the service's own folder. Who may read it is systemd's affair: it grants the
/// service's user access in ways that look like an open file.
#[derive(Debug)]
struct FromCredential(String);

impl SecretSource for FromCredential {
    fn secret(&self) -> Result<Secret, Trouble> {
        credential(std::env::var_os("CREDENTIALS_DIRECTORY").as_deref(), &self.0)
    }
}

fn credential(folder: Option<&OsStr>, name: &str) -> Result<Secret, Trouble> {
    let Some(folder) = folder.filter(|folder| !folder.is_empty()) else {
        return Err(Trouble::lasting(
            format!("There are no credentials here (CREDENTIALS_DIRECTORY is not set), so `{name}` cannot be read"),
            "Run it as a systemd service with LoadCredential=, or use password_file or password_command",
        ));
    };
    let path = Path::new(folder).join(name);
    if name.contains('/') || name.starts_with('.') {
        return Err(Trouble::lasting(
            format!("`{name}` is not the name of a credential"),
            "Write the name alone, as in LoadCredential=NAME:FILE",
        ));
    }
    let mut file = File::open(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Trouble::lasting(
            format!("systemd gave no credential `{name}`"),
            format!("Write into the service: LoadCredential={name}:FILE, or correct password_credential"),
        ),
        _ => unreadable("credential", &path, &error),
    })?;
    read_line(&mut file, "credential", &path)
}

fn read_line(file: &mut File, what: &str, path: &Path) -> Result<Secret, Trouble> {
    let name = path.display();
    let remedy = "Its first line is the password, and nothing else";
    match first_line(file) {
        Line::Found(bytes) => secret_of(&bytes)
            .map_err(|Unfit(why)| Trouble::lasting(format!("The first line of the {what} {name} {why}"), remedy)),
        Line::Nothing => Err(Trouble::lasting(format!("The {what} {name} is empty"), remedy)),
        Line::TooLong => Err(Trouble::lasting(format!("The {what} {name} has no line's end"), remedy)),
        Line::Broken(error) => Err(unreadable(what, path, &error)),
    }
}

fn unreadable(what: &str, path: &Path, error: &io::Error) -> Trouble {
    let name = path.display();
    match error.kind() {
        io::ErrorKind::NotFound => Trouble::lasting(format!("The {what} {name} is not there"), WRITE_A_FILE),
        io::ErrorKind::PermissionDenied => Trouble::lasting(
            format!("The {what} {name} may not be read by us"),
            "Give it to the user that runs sollecito, and chmod 600 it",
        ),
        _ => Trouble::lasting(format!("The {what} {name} cannot be read: {error}"), WRITE_A_FILE),
    }
}

/// Why a line is no secret; completes «the first line … ».
struct Unfit(&'static str);

fn secret_of(bytes: &[u8]) -> Result<Secret, Unfit> {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    if bytes.is_empty() {
        return Err(Unfit("is an empty line"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Unfit("is not UTF-8"))?;
    if text.chars().any(char::is_control) {
        return Err(Unfit("holds control characters"));
    }
    Ok(Secret::new(text.to_owned()))
}

#[cfg(test)]
mod tests;
