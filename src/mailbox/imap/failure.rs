//! What went wrong with a server, as a sentence and what to do about it.

use super::answer::Words;
use super::backoff::Cause;
use super::guard::Breach;
use super::settings::ImapSettings;
use super::strict::Failed;
use crate::mailbox::MailboxError;
use crate::network::{LoginMethod, Security, Trouble, certificate_trouble};
use rustls::{CertificateError, Error as TlsError, InvalidMessage};
use std::io;
use std::time::Duration;

/// A failure, and what it means for the next attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) error: MailboxError,
    pub(super) cause: Cause,
    /// The connection stays usable.
    pub(super) in_step: bool,
    /// In one word, for the log.
    pub(super) kind: &'static str,
    /// What the strict layer said.
    pub(super) failed: Option<Box<Failed>>,
}

/// The longest wait that a server may ask for.
const LONGEST_THROTTLE: Duration = Duration::from_secs(24 * 60 * 60);

impl Problem {
    fn new(kind: &'static str, message: String, remedy: impl Into<Option<String>>, temporary: bool) -> Self {
        let error = MailboxError { message, remedy: remedy.into(), temporary };
        Self { error, cause: Cause::Lost, in_step: false, kind, failed: None }
    }

    /// Something about which the connection has no say.
    pub(super) fn refusal(message: String, remedy: Option<String>) -> Self {
        Self { in_step: true, ..Self::new("refused", message, remedy, false) }
    }

    /// Something that may be otherwise next time.
    pub(super) fn passing(message: String) -> Self {
        Self { in_step: true, ..Self::new("unsettled", message, None, true) }
    }

    /// No attempt is made before a certain time.
    pub(super) fn held(message: String, remedy: Option<String>, temporary: bool) -> Self {
        Self::new("held", message, remedy, temporary)
    }

    /// Whoever asked is gone.
    pub(super) fn stopping() -> Self {
        Self::new("stopping", "The mailbox is being closed".to_owned(), None, true)
    }

    /// May the same be asked again on a new connection, because this one had died unnoticed?
    pub(super) fn died(&self) -> bool {
        self.cause == Cause::Lost
            && matches!(self.failed.as_deref(), Some(Failed::Closed | Failed::Bye(_) | Failed::Stalled | Failed::Io(_)))
    }
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        Self::new("settings", trouble.message, trouble.remedy, trouble.temporary)
    }
}

/// A command that failed while `doing` something ("list the folders").
pub(super) fn of_command(settings: &ImapSettings, doing: &str, failed: Failed) -> Problem {
    let host = &settings.host;
    let minutes = "Nothing need be done if it passes within some minutes".to_owned();
    let mut problem = match &failed {
        Failed::No(words) => {
            let temporary = passes(words);
            Problem::new("no", format!("{host} refused to {doing}{}", said(words)), None, temporary)
        }
        Failed::Bad(words) => {
            Problem::new("bad", format!("{host} did not accept the command to {doing}{}", said(words)), None, true)
        }
        Failed::Bye(words) => Problem::new("bye", format!("{host} ended the connection{}", said(words)), minutes, true),
        Failed::Closed => Problem::new("closed", format!("{host} closed the connection"), minutes, true),
        Failed::Stalled => Problem::new("stalled", format!("{host} stopped answering"), minutes, true),
        Failed::Overdue => Problem::new("overdue", format!("{host} took too long to {doing}"), minutes, true),
        Failed::Breach(breach) => {
            let message = format!("Cannot {doing} on {host}: {breach}");
            Problem::new("breach", message, None, matches!(breach, Breach::TooLarge | Breach::EndlessLine))
        }
        Failed::Unreadable => {
            Problem::new("unreadable", format!("{host} answered in a way that cannot be read"), None, true)
        }
        Failed::Panicked => {
            Problem::new("panic", format!("{host} answered in a way that the reader broke on"), None, true)
        }
        Failed::Improper => Problem::new(
            "improper",
            format!("Cannot {doing}: a name in the command holds a control character"),
            None,
            false,
        ),
        Failed::Io(reason) => Problem::new("io", format!("The connection to {host} failed: {reason}"), minutes, true),
    };
    if let Failed::No(words) | Failed::Bad(words) | Failed::Bye(words) = &failed {
        refine(&mut problem, settings, words);
    }
    problem.in_step = failed.in_step() && problem.cause == Cause::Lost;
    problem.failed = Some(Box::new(failed));
    problem
}

/// Known sentences of servers that mean something else than they say.
fn refine(problem: &mut Problem, settings: &ImapSettings, words: &Words) {
    let text = words.text.to_lowercase();
    let host = &settings.host;
    if let Some(wait) = throttle(&text, settings.timeouts.silence) {
        problem.kind = "throttled";
        problem.cause = Cause::Throttled(wait);
        problem.error.temporary = true;
        problem.error.message = format!("{host} asks to be left alone for {} seconds", wait.as_secs());
        problem.error.remedy = Some("Nothing need be done; other programs on the same account count too".to_owned());
    } else if text.contains("authenticated but not connected") {
        problem.kind = "unready";
        problem.cause = Cause::Unready;
        problem.error.temporary = true;
        problem.error.message = format!("{host} took the login but does not open the mailbox");
        problem.error.remedy = Some(
            "If it lasts longer than an hour: check the licence of the mailbox, the app's secret and its permissions, and \
             for a shared mailbox that the user is written as the provider wants it"
                .to_owned(),
        );
    } else if text.contains("too many") {
        problem.kind = "crowded";
        problem.cause = Cause::Unready;
        problem.error.temporary = true;
        problem.error.message = format!("{host} has too many connections or logins of this account{}", said(words));
        problem.error.remedy = Some("Close other mail programs on this account, or wait some minutes".to_owned());
    }
}

/// How long the server wants to be left alone.
fn throttle(text: &str, silence: Duration) -> Option<Duration> {
    if let Some((_, rest)) = text.split_once("suggested backoff time:") {
        let digits: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
        let wait = Duration::from_millis(digits.parse().unwrap_or(u64::MAX));
        return Some(wait.min(LONGEST_THROTTLE));
    }
    text.contains("throttl").then(|| silence.saturating_mul(5))
}

/// Does a refusal pass by itself?
fn passes(words: &Words) -> bool {
    matches!(words.code.as_str(), "UNAVAILABLE" | "INUSE" | "LIMIT" | "SERVERBUG")
        || ["temporar", "try again", "later", "unavailable", "timeout", "internal"]
            .iter()
            .any(|sign| words.text.to_lowercase().contains(sign))
}

/// The server's own words, as far as they can be shown: no addresses, no control characters, not too many.
pub(super) fn said(words: &Words) -> String {
    let shown: Vec<String> = words
        .text
        .split_whitespace()
        .map(|word| if word.contains('@') { "…".to_owned() } else { word.escape_debug().to_string() })
        .collect();
    let mut shown = shown.join(" ");
    if let Some((end, _)) = shown.char_indices().nth(160) {
        shown.truncate(end);
        shown.push('…');
    }
    match (words.code.as_str(), shown.is_empty()) {
        ("" | "OTHER" | "ALERT", true) => String::new(),
        (code, true) => format!(": [{code}]"),
        (_, false) => format!(": \"{shown}\""),
    }
}

/// The address does not answer.
pub(super) fn unreachable(settings: &ImapSettings, error: Option<&io::Error>) -> Problem {
    let place = format!("{} on port {}", settings.host, settings.port);
    let reason = match error.map(io::Error::kind) {
        None => "it does not answer".to_owned(),
        Some(io::ErrorKind::ConnectionRefused) => "nothing listens there".to_owned(),
        _ => error.map(ToString::to_string).unwrap_or_default(),
    };
    let remedy = format!(
        "Check host and port in the settings (usually {}), and that a firewall lets this through",
        usual_port(settings.security)
    );
    Problem::new("unreachable", format!("Cannot reach {place}: {reason}"), remedy, true)
}

fn usual_port(security: Security) -> &'static str {
    match security {
        Security::Tls => "993 with tls = \"implicit\"",
        Security::StartTls | Security::PlainLoopback => "143 with tls = \"starttls\"",
    }
}

/// The greeting did not come as it should.
pub(super) fn of_greeting(settings: &ImapSettings, failed: Failed) -> Problem {
    let place = format!("{} on port {}", settings.host, settings.port);
    let other_mode = match settings.security {
        Security::Tls => "Check host and port in the settings; port 993 is usual".to_owned(),
        Security::StartTls | Security::PlainLoopback => {
            format!("If port {} speaks TLS from the first byte (993 does), set tls = \"implicit\"", settings.port)
        }
    };
    let mut problem = match &failed {
        Failed::Breach(Breach::Foreign("TLS")) => {
            Problem::new("foreign", format!("{place} wants TLS from the first byte"), other_mode, false)
        }
        Failed::Breach(breach @ Breach::Foreign(_)) => Problem::new(
            "foreign",
            format!("{place} is not the mailbox: {breach}"),
            "Name the IMAP server and its port in the settings; 993 is usual".to_owned(),
            false,
        ),
        Failed::Stalled | Failed::Overdue | Failed::Closed => {
            let what = if failed == Failed::Closed { "closed the connection" } else { "said nothing" };
            Problem::new("silent", format!("{place} {what} where its greeting was due"), other_mode, true)
        }
        _ => return of_command(settings, "connect", failed),
    };
    problem.failed = Some(Box::new(failed));
    problem
}

/// TLS was not agreed on.
pub(super) fn of_tls(settings: &ImapSettings, error: Option<&io::Error>) -> Problem {
    let host = &settings.host;
    let place = format!("{host} on port {}", settings.port);
    let plain = || {
        format!(
            "If port {} begins without TLS (143 does), set tls = \"starttls\"; else correct the port, usually 993",
            settings.port
        )
    };
    let Some(error) = error else {
        return Problem::new("silent", format!("{place} said nothing where TLS was to begin"), plain(), true);
    };
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>());
    match tls {
        Some(TlsError::InvalidCertificate(certificate)) => of_certificate(settings, certificate),
        Some(TlsError::InvalidMessage(InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion)) => {
            Problem::new("plain", format!("{place} does not begin with TLS"), plain(), false)
        }
        Some(reason) => Problem::new(
            "tls",
            format!("{place} and this program found no common way to encrypt: {reason}"),
            "Ask the provider for TLS 1.2 or newer".to_owned(),
            true,
        ),
        None => Problem::new(
            "tls",
            format!("The connection to {place} broke while TLS was to begin: {error}"),
            plain(),
            true,
        ),
    }
}

fn of_certificate(settings: &ImapSettings, certificate: &CertificateError) -> Problem {
    let Trouble { message, remedy, temporary } = certificate_trouble(&settings.host, certificate, "[mailbox]");
    Problem::new("certificate", message, remedy, temporary)
}

/// The login was not accepted.
pub(super) fn of_login(settings: &ImapSettings, failed: Failed, status: Option<&str>) -> Problem {
    let host = settings.host.clone();
    let Failed::No(words) = &failed else { return of_command(settings, "log in", failed) };
    let other = of_command(settings, "log in", failed.clone());
    if other.cause != Cause::Lost || (passes(words) && words.code != "AUTHENTICATIONFAILED") {
        return Problem { in_step: false, ..other };
    }
    let told = match status {
        Some(status) => format!(" (status {status})"),
        None => said(words),
    };
    let remedy = match settings.login.method {
        LoginMethod::Password => {
            "Check user and password. Many providers want an app password, made on their web page for this program, \
             and Microsoft 365 takes no passwords at all: there set token_command"
        }
        LoginMethod::Token => {
            "Run the token_command by hand and look whether its token is for this mailbox, still valid, and allows IMAP"
        }
    };
    let mut problem = Problem::new("login", format!("{host} refused the login{told}"), remedy.to_owned(), false);
    problem.cause = Cause::Login;
    problem.failed = Some(Box::new(failed));
    problem
}

/// The server cannot do what the settings ask for.
pub(super) fn cannot(message: String, remedy: &str) -> Problem {
    Problem::new("capability", message, remedy.to_owned(), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no(code: &str, text: &str) -> Failed {
        Failed::No(Words { code: code.to_owned(), text: text.to_owned() })
    }

    fn bad(text: &str) -> Failed {
        Failed::Bad(Words { code: String::new(), text: text.to_owned() })
    }

    fn settings() -> ImapSettings {
        super::super::settings::tests::settings()
    }

    #[test]
    fn a_throttled_client_waits_as_long_as_it_is_told() {
        let problem =
            of_command(&settings(), "x", bad("Request is throttled. Suggested Backoff Time: 299961 milliseconds"));
        assert_eq!(problem.cause, Cause::Throttled(Duration::from_millis(299_961)));
        assert!(problem.error.temporary && !problem.in_step);
        let endless = of_command(&settings(), "x", bad("Suggested Backoff Time: 99999999999999999999 milliseconds"));
        assert_eq!(endless.cause, Cause::Throttled(LONGEST_THROTTLE));
        let unready = of_command(&settings(), "x", bad("User is authenticated but not connected."));
        assert_eq!(unready.cause, Cause::Unready);
    }

    #[test]
    fn a_refused_login_is_told_from_a_server_that_cannot_just_now() {
        for failed in [no("AUTHENTICATIONFAILED", "Invalid credentials"), no("", "LOGIN failed."), no("ALERT", "")] {
            let problem = of_login(&settings(), failed, None);
            assert_eq!(problem.cause, Cause::Login);
            assert!(!problem.error.temporary && problem.error.remedy.unwrap().contains("app password"));
        }
        for failed in [no("UNAVAILABLE", "x"), no("", "Temporary authentication failure"), Failed::Closed] {
            assert_eq!(of_login(&settings(), failed, None).cause, Cause::Lost);
        }
    }

    #[test]
    fn the_words_of_a_server_are_shown_without_addresses() {
        let words = Words { code: String::new(), text: "user marta@studio.example\u{7} is   not here".to_owned() };
        assert_eq!(said(&words), ": \"user … is not here\"");
        let long = Words { code: String::new(), text: "é ".repeat(500) };
        assert!(said(&long).chars().count() < 170);
    }

    #[test]
    fn only_a_plain_refusal_leaves_the_connection_in_step() {
        assert!(of_command(&settings(), "x", no("", "no")).in_step);
        for failed in [bad("x"), Failed::Closed, Failed::Stalled, no("", "Request is throttled")] {
            assert!(!of_command(&settings(), "x", failed).in_step);
        }
    }
}
