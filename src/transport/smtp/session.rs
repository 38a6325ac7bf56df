//! One conversation with a server: greeting, TLS, login, and the commands of a mail.

use super::super::{Envelope, NotOpened};
use super::wire::{Reply, Wire, WireError};
use super::{Observer, SmtpSettings, Timeouts, body, lost, unexpected};
use crate::ledger::ids::Address;
use crate::network::{self, Login, LoginMethod, Secret, Security, Trouble};
use data_encoding::BASE64;
use std::net::{IpAddr, TcpStream};
use std::time::Duration;
use zeroize::Zeroizing;

/// Nobody waits longer for a goodbye, or for the reason of a body cut off.
const PARTING: Duration = Duration::from_secs(2);

/// What the server said that it can do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offers {
    /// Encryption after the greeting.
    pub start_tls: bool,
    /// Text beyond ASCII as it is.
    pub eight_bit: bool,
    /// Addresses beyond ASCII.
    pub utf8_addresses: bool,
    /// It wants to know the size of a mail beforehand.
    pub size: bool,
    /// The largest mail that it takes, where it says.
    pub size_limit: Option<usize>,
    /// Ways to log in, in capitals.
    pub logins: Vec<String>,
}

impl Offers {
    /// Reads the lines of an EHLO reply after the first.
    fn read(reply: &Reply) -> Self {
        let mut offers = Self::default();
        for line in reply.lines.iter().skip(1) {
            let line = line.to_ascii_uppercase();
            // Old servers write AUTH=LOGIN PLAIN.
            let mut words = line.split([' ', '=']).filter(|word| !word.is_empty());
            match words.next() {
                Some("STARTTLS") => offers.start_tls = true,
                Some("8BITMIME") => offers.eight_bit = true,
                Some("SMTPUTF8") => offers.utf8_addresses = true,
                Some("SIZE") => {
                    offers.size = true;
                    // Zero means no fixed limit (RFC 1870).
                    offers.size_limit = words.next().and_then(|word| word.parse().ok()).filter(|&limit| limit > 0);
                }
                Some("AUTH") => offers.logins.extend(words.map(str::to_owned)),
                _ => {}
            }
        }
        offers
    }
}

/// A connection that is greeted, encrypted and logged in.
#[derive(Debug)]
pub(super) struct Session {
    wire: Wire,
    offers: Offers,
    timeouts: Timeouts,
}

impl Session {
    /// Connects and logs in.
    pub(super) fn connect(settings: &SmtpSettings) -> Result<Self, NotOpened> {
        let timeouts = settings.timeouts;
        let security = match settings.security {
            Security::PlainLoopback => None,
            Security::Tls | Security::StartTls => {
                let config = network::client_config(settings.ca_file.as_deref()).map_err(not_reached)?;
                Some((config, network::server_name(&settings.host).map_err(not_reached)?))
            }
        };
        let socket = connect_socket(settings)?;
        let hello = settings.hello_name.clone().unwrap_or_else(|| address_literal(&socket));
        let mut session = Self { wire: Wire::new(socket), offers: Offers::default(), timeouts };
        session.wire.allow(timeouts.connect);
        match (settings.security, security) {
            (Security::Tls, Some((config, name))) => {
                session.wire.encrypt(config, name).map_err(|error| not_encrypted(settings, error))?;
                session.greeting()?;
            }
            (Security::StartTls, Some((config, name))) => {
                session.greeting()?;
                session.hello(&hello)?;
                session.start_tls(&settings.host)?;
                session.wire.allow(timeouts.connect);
                session.wire.encrypt(config, name).map_err(|error| not_encrypted(settings, error))?;
            }
            _ => session.greeting()?,
        }
        session.hello(&hello)?;
        if let Some(login) = &settings.login {
            session.log_in(login, settings.security)?;
        }
        Ok(session)
    }

    fn ask(&mut self, command: &str) -> Result<Reply, WireError> {
        self.wire.allow(self.timeouts.command);
        self.wire.ask(command)
    }

    fn greeting(&mut self) -> Result<(), NotOpened> {
        self.wire.allow(self.timeouts.connect);
        let reply = self.wire.reply().map_err(not_greeted)?;
        match reply.code {
            220 => Ok(()),
            500..=599 => Err(NotOpened::Stopped {
                message: format!("The server does not talk to us: {}", reply.text()),
                remedy: "Ask the provider which server and port take outgoing mail".to_owned(),
            }),
            _ => Err(NotOpened::Unreachable(unexpected("our connection", &reply))),
        }
    }

    fn hello(&mut self, name: &str) -> Result<(), NotOpened> {
        let reply = self.ask(&format!("EHLO {name}")).map_err(lost)?;
        if reply.code == 250 {
            self.offers = Offers::read(&reply);
            return Ok(());
        }
        if reply.is_refused() {
            return Err(NotOpened::Stopped {
                message: unexpected("our greeting", &reply),
                remedy: "Check the server, its port and the name that we greet with".to_owned(),
            });
        }
        Err(NotOpened::Unreachable(unexpected("our greeting", &reply)))
    }

    /// Asks for TLS. A server without it is not talked to in the clear, since whoever listens may have removed the offer.
    fn start_tls(&mut self, host: &str) -> Result<(), NotOpened> {
        if !self.offers.start_tls {
            return Err(NotOpened::Stopped {
                message: format!("{host} does not offer encryption (STARTTLS)"),
                remedy: "Use TLS from the start (usually port 465), or ask the provider".to_owned(),
            });
        }
        let reply = self.ask("STARTTLS").map_err(lost)?;
        if self.wire.has_unread() {
            return Err(NotOpened::Stopped {
                message: format!("{host} said more before encryption than it may: somebody may be in between"),
                remedy: "Use TLS from the start (usually port 465), and tell the provider".to_owned(),
            });
        }
        if reply.code == 220 { Ok(()) } else { Err(NotOpened::Unreachable(unexpected("STARTTLS", &reply))) }
    }

    /// AUTH PLAIN where offered, else AUTH LOGIN; XOAUTH2 for a token.
    fn log_in(&mut self, login: &Login, security: Security) -> Result<(), NotOpened> {
        if !self.wire.is_encrypted() && security != Security::PlainLoopback {
            return Err(NotOpened::Stopped {
                message: "The connection is not encrypted, so no password is sent".to_owned(),
                remedy: "Use TLS or STARTTLS".to_owned(),
            });
        }
        let offers = |name: &str| self.offers.logins.iter().any(|login| login == name);
        let reply = match login.method {
            LoginMethod::Token if offers("XOAUTH2") => {
                let words = login.xoauth2().map_err(not_reached)?;
                self.log_in_token(&words)
            }
            LoginMethod::Password if offers("PLAIN") => {
                let password = login.secret().map_err(not_reached)?;
                self.log_in_plain(&login.user, &password)
            }
            LoginMethod::Password if offers("LOGIN") => {
                let password = login.secret().map_err(not_reached)?;
                self.log_in_login(&login.user, &password)
            }
            method => return Err(self.no_such_login(method)),
        };
        let reply = reply.map_err(lost)?;
        match reply.code {
            235 => Ok(()),
            500..=599 => Err(NotOpened::Stopped {
                message: format!("The server refuses the login of {}: {}", login.user, reply.text()),
                remedy: match login.method {
                    LoginMethod::Password => {
                        "Check the user and the password; many providers want an app password for programs"
                    }
                    LoginMethod::Token => "Look whether token_command still gives a token for this mailbox",
                }
                .to_owned(),
            }),
            _ => Err(NotOpened::Unreachable(unexpected("the login", &reply))),
        }
    }

    fn no_such_login(&self, method: LoginMethod) -> NotOpened {
        let offered = if self.offers.logins.is_empty() { "none".to_owned() } else { self.offers.logins.join(" ") };
        let (message, remedy) = match method {
            LoginMethod::Password => (
                format!("The server takes no password login (it offers: {offered})"),
                "Ask the provider for an app password, use token_command where it wants tokens, or another server \
                 for outgoing mail",
            ),
            LoginMethod::Token => (
                format!("The server takes no tokens (XOAUTH2; it offers: {offered})"),
                "Use password_command or password_file instead of token_command",
            ),
        };
        NotOpened::Stopped { message, remedy: remedy.to_owned() }
    }

    /// A refused token is explained in a 334 that wants an empty line before the 535 comes; the token is never said
    /// a second time.
    fn log_in_token(&mut self, words: &Secret) -> Result<Reply, WireError> {
        let coded = Zeroizing::new(BASE64.encode(words.expose().as_bytes()));
        let reply = self.ask_secret(format!("AUTH XOAUTH2 {}", coded.as_str()))?;
        if reply.code == 334 { self.ask("") } else { Ok(reply) }
    }

    fn log_in_plain(&mut self, user: &str, password: &Secret) -> Result<Reply, WireError> {
        let words = Zeroizing::new(format!("\0{user}\0{}", password.expose()));
        let coded = Zeroizing::new(BASE64.encode(words.as_bytes()));
        let reply = self.ask_secret(format!("AUTH PLAIN {}", coded.as_str()))?;
        // A server that does not take it with the command asks for it.
        if reply.code == 334 { self.ask_secret(coded.to_string()) } else { Ok(reply) }
    }

    fn log_in_login(&mut self, user: &str, password: &Secret) -> Result<Reply, WireError> {
        let reply = self.ask("AUTH LOGIN")?;
        if reply.code != 334 {
            return Ok(reply);
        }
        let reply = self.ask(&BASE64.encode(user.as_bytes()))?;
        if reply.code != 334 {
            return Ok(reply);
        }
        self.ask_secret(BASE64.encode(password.expose().as_bytes()))
    }

    fn ask_secret(&mut self, line: String) -> Result<Reply, WireError> {
        self.wire.allow(self.timeouts.command);
        self.wire.ask_secret(&Secret::new(line))
    }

    /// Makes sure that the connection lives and holds nothing of an earlier mail.
    pub(super) fn reset(&mut self) -> Result<(), WireError> {
        let reply = self.ask("RSET")?;
        if reply.code == 250 && !self.wire.has_unread() { Ok(()) } else { Err(WireError::Garbage(reply.text())) }
    }

    /// A reason why this server cannot take this mail, known before it is asked.
    pub(super) fn cannot_take(&self, envelope: &Envelope, size: Option<usize>) -> Option<String> {
        if let (Some(size), Some(limit)) = (size, self.offers.size_limit)
            && size > limit
        {
            return Some(format!("The mail has {size} bytes and the server takes {limit}"));
        }
        let foreign = |address: &&Address| !address.as_str().is_ascii();
        let odd = envelope.recipients.iter().chain(std::iter::once(&envelope.from)).find(foreign)?;
        (!self.offers.utf8_addresses).then(|| format!("The server takes no address like {odd} (SMTPUTF8)"))
    }

    pub(super) fn mail(&mut self, envelope: &Envelope, size: Option<usize>) -> Result<Reply, WireError> {
        let mut command = format!("MAIL FROM:<{}>", envelope.from);
        if let Some(size) = size.filter(|_| self.offers.size) {
            command.push_str(&format!(" SIZE={size}"));
        }
        if self.offers.eight_bit {
            command.push_str(" BODY=8BITMIME");
        }
        if !envelope.recipients.iter().chain(std::iter::once(&envelope.from)).all(|a| a.as_str().is_ascii()) {
            command.push_str(" SMTPUTF8");
        }
        self.ask(&command)
    }

    /// Would the server take a mail of that sender? Asked and taken back.
    pub(super) fn sender(&mut self, from: &Address) -> Result<Reply, WireError> {
        let reply = self.ask(&format!("MAIL FROM:<{from}>"))?;
        if reply.is_done() { self.reset().map(|()| reply) } else { Ok(reply) }
    }

    pub(super) fn recipient(&mut self, address: &Address) -> Result<Reply, WireError> {
        self.ask(&format!("RCPT TO:<{address}>"))
    }

    /// Asks for the go-ahead. A server that says more than that would have its words taken for the answer to the body.
    pub(super) fn data(&mut self) -> Result<Reply, WireError> {
        let reply = self.ask("DATA")?;
        if self.wire.has_unread() { Err(WireError::Garbage(reply.text())) } else { Ok(reply) }
    }

    pub(super) const fn offers(&self) -> &Offers {
        &self.offers
    }

    pub(super) const fn size_limit(&self) -> Option<usize> {
        self.offers.size_limit
    }

    pub(super) const fn takes_eight_bit(&self) -> bool {
        self.offers.eight_bit
    }

    /// Sends the body without its end mark.
    pub(super) fn send_body(&mut self, encoded: &[u8]) -> Result<(), WireError> {
        self.wire.allow(self.timeouts.body);
        self.wire.send(encoded)
    }

    /// Sends the end mark and reads the verdict.
    pub(super) fn end_of_body(&mut self, observer: Observer) -> Result<Reply, WireError> {
        self.wire.allow(self.timeouts.end);
        let sent = self.wire.send(body::END);
        observer("smtp.after_end");
        match self.wire.reply() {
            Ok(reply) => Ok(reply),
            Err(error) => Err(sent.err().unwrap_or(error)),
        }
    }

    /// What the server said when it cut a body off, if it said no.
    pub(super) fn early_no(&mut self) -> Option<Reply> {
        self.wire.allow(PARTING);
        self.wire.reply().ok().filter(|reply| reply.is_later() || reply.is_refused())
    }

    /// The session, unless the server said something that nobody asked for.
    pub(super) fn still_in_step(self) -> Option<Self> {
        (!self.wire.has_unread()).then_some(self)
    }

    /// Says goodbye; whether it is heard does not matter.
    pub(super) fn quit(mut self) {
        self.wire.allow(PARTING);
        let _nobody_waits = self.wire.ask("QUIT");
    }
}

/// Reaches the server at the first of its addresses that answers.
fn connect_socket(settings: &SmtpSettings) -> Result<TcpStream, NotOpened> {
    let (host, port) = (settings.host.as_str(), settings.port);
    let addresses = network::addresses(host, port, settings.security).map_err(not_reached)?;
    let mut reason = "it has no address".to_owned();
    for address in addresses {
        match TcpStream::connect_timeout(&address, settings.timeouts.connect) {
            Ok(socket) => {
                // Commands are short and each waits for its reply: nothing is gained by holding them back.
                let _slower_without = socket.set_nodelay(true);
                return Ok(socket);
            }
            Err(error) => reason = error.to_string(),
        }
    }
    Err(NotOpened::Unreachable(format!("Cannot reach {host} at port {port}: {reason}")))
}

/// No greeting. What it was instead may say which setting is wrong.
fn not_greeted(error: WireError) -> NotOpened {
    match &error {
        WireError::Garbage(line) if line.starts_with("* ") || line.starts_with("+OK") => NotOpened::Stopped {
            message: "The server does not speak SMTP but another language of mail (IMAP or POP)".to_owned(),
            remedy: "Correct host and port in [sending]: outgoing mail is usually taken at 465 or 587".to_owned(),
        },
        WireError::Timeout => NotOpened::Unreachable(
            "The server says nothing: if its port speaks TLS from the first byte (465 does), set tls = \"implicit\""
                .to_owned(),
        ),
        _ => lost(error),
    }
}

/// Nothing was said to the server yet.
fn not_reached(trouble: Trouble) -> NotOpened {
    if trouble.temporary {
        return NotOpened::Unreachable(trouble.message);
    }
    NotOpened::Stopped { message: trouble.message, remedy: trouble.remedy }
}

/// Our own address in square brackets, the name of a machine that has none (RFC 5321, 4.1.3).
fn address_literal(socket: &TcpStream) -> String {
    match socket.local_addr().map(|address| address.ip().to_canonical()) {
        Ok(IpAddr::V4(address)) => format!("[{address}]"),
        Ok(IpAddr::V6(address)) => format!("[IPv6:{address}]"),
        Err(_) => "[127.0.0.1]".to_owned(),
    }
}

/// A certificate, or a port that speaks otherwise, is for a person to mend; everything else may pass.
fn not_encrypted(settings: &SmtpSettings, error: WireError) -> NotOpened {
    let (host, port) = (&settings.host, settings.port);
    match error {
        WireError::Certificate(reason) => {
            let Trouble { message, remedy, .. } = network::certificate_trouble(host, &reason, "[sending]");
            NotOpened::Stopped { message, remedy }
        }
        WireError::NotTls if settings.security == Security::Tls => NotOpened::Stopped {
            message: format!("{host} on port {port} does not begin with TLS"),
            remedy: format!(
                "If port {port} begins without TLS (587 does), set tls = \"starttls\"; else correct the port, \
                 usually 465"
            ),
        },
        other => NotOpened::Unreachable(format!("{host}: encryption failed: {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offers(lines: &[&str]) -> Offers {
        Offers::read(&Reply { code: 250, lines: lines.iter().map(|&line| line.to_owned()).collect() })
    }

    #[test]
    fn offers_are_read_as_servers_write_them() {
        let found =
            offers(&["mx greets you STARTTLS", "size 1000", "8bitmime", "AUTH=LOGIN", "AUTH PLAIN", "SMTPUTF8"]);
        assert!(!found.start_tls, "the first line is a greeting");
        assert_eq!(found.size_limit, Some(1000));
        assert!(found.eight_bit && found.utf8_addresses && found.size);
        assert_eq!(found.logins, ["LOGIN", "PLAIN"]);
        assert_eq!(offers(&["x", "SIZE"]).size_limit, None);
        assert_eq!(offers(&["x", "SIZE 0"]).size_limit, None);
        assert_eq!(offers(&["x", "SIZE 99999999999999999999999"]).size_limit, None);
    }
}
