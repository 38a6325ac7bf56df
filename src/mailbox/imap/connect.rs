//! From the settings to a session that is logged in.
//!
//! Nothing of ours is said before the connection is as the settings want it: TLS from the first byte, or STARTTLS with
//! everything learned in clear forgotten, or plain to this very machine.

use super::answer::{Untagged, Verdict};
use super::failure::{Problem, cannot, of_command, of_greeting, of_login, of_tls, unreachable};
use super::folders::Folders;
use super::guard::Guard;
use super::settings::ImapSettings;
use super::strict::{Failed, Part, Reply, Stream, Wire};
use crate::network::{LoginMethod, Secret, Security, addresses, client_config, keep_alive, server_name};
use rustls::ClientConfig;
use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use zeroize::Zeroizing;

/// One more than the longest mail may come in one piece, for servers that add a line.
const BEYOND_LIMIT: usize = 64 * 1024;
/// More addresses of one server than this are not tried.
const ADDRESSES: usize = 4;

/// A folder that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opened {
    /// Its name for commands.
    pub(super) wire: String,
    /// Opened for writing.
    pub(super) writable: bool,
    pub(super) exists: u32,
    /// `None` when the server gave none, or zero.
    pub(super) uid_validity: Option<u32>,
    pub(super) uid_next: Option<u32>,
}

/// A connection that is logged in.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) wire: Wire,
    /// In upper case.
    pub(super) capabilities: BTreeSet<String>,
    /// Listed once.
    pub(super) folders: Option<Folders>,
    /// Every row of that list could be read.
    pub(super) all_folders: bool,
    pub(super) opened: Option<Opened>,
    /// Stands in for a UIDVALIDITY that the server does not give: new with each session.
    pub(super) mark: String,
}

impl Session {
    pub(super) fn can(&self, capability: &str) -> bool {
        self.capabilities.contains(capability)
    }
}

/// What can be had without the network: it may block, so it is done before the connection's own time begins.
pub(super) struct Prepared {
    addresses: Vec<SocketAddr>,
    tls: Option<Arc<ClientConfig>>,
    pub(super) secret: Secret,
}

/// Looks up the server, loads the authorities, asks for the secret.
pub(super) fn prepare(settings: &ImapSettings) -> Result<Prepared, Problem> {
    let tls = match settings.security {
        Security::Tls | Security::StartTls => Some(client_config(settings.ca_file.as_deref())?),
        Security::PlainLoopback => None,
    };
    let addresses = addresses(&settings.host, settings.port, settings.security)?;
    let secret = settings.login.secret()?;
    Ok(Prepared { addresses, tls, secret })
}

/// Connects and logs in.
pub(super) async fn open(settings: &ImapSettings, prepared: Prepared, mark: String) -> Result<Session, Problem> {
    let socket = reach(settings, &prepared.addresses).await?;
    let stream: Stream = match (settings.security, &prepared.tls) {
        (Security::Tls, Some(config)) => encrypt(settings, config, Box::new(socket)).await?,
        _ => Box::new(socket),
    };
    let mut wire = Wire::new(guard(settings, stream, false), settings.timeouts.silence);
    let greeting = wire.greeting(settings.timeouts.connect).await.map_err(|failed| of_greeting(settings, failed))?;
    let mut known = capabilities(settings, &mut wire).await?;
    if let (Security::StartTls, Some(config)) = (settings.security, &prepared.tls) {
        wire = start_tls(settings, config, wire, greeting, &known).await?;
        known = capabilities(settings, &mut wire).await?;
    }
    if greeting != Verdict::PreAuth {
        log_in(settings, &mut wire, &known, &prepared.secret).await?;
        known = capabilities(settings, &mut wire).await?;
    }
    let mut session = Session { wire, capabilities: known, folders: None, all_folders: false, opened: None, mark };
    if session.can("ID") {
        introduce(settings, &mut session).await?;
    }
    tracing::info!(host = %settings.host, port = settings.port, "Logged in to the mailbox");
    Ok(session)
}

fn guard(settings: &ImapSettings, stream: Stream, greeted: bool) -> Guard<Stream> {
    Guard::new(stream, settings.max_mail_bytes.saturating_add(BEYOND_LIMIT) as u64, greeted)
}

async fn reach(settings: &ImapSettings, addresses: &[SocketAddr]) -> Result<TcpStream, Problem> {
    let mut last = unreachable(settings, None);
    for address in addresses.iter().take(ADDRESSES) {
        match timeout(settings.timeouts.connect, TcpStream::connect(address)).await {
            Ok(Ok(socket)) => {
                // Without them a lost peer is noticed later; that is no reason not to work.
                if keep_alive(&socket).and_then(|()| socket.set_nodelay(true)).is_err() {
                    tracing::debug!("The system refuses keepalive");
                }
                tracing::debug!(host = %settings.host, port = settings.port, "Connected");
                return Ok(socket);
            }
            Ok(Err(error)) => last = unreachable(settings, Some(&error)),
            Err(_) => last = unreachable(settings, None),
        }
    }
    Err(last)
}

async fn encrypt(settings: &ImapSettings, config: &Arc<ClientConfig>, stream: Stream) -> Result<Stream, Problem> {
    let name = server_name(&settings.host)?;
    let handshake = TlsConnector::from(Arc::clone(config)).connect(name, stream);
    match timeout(settings.timeouts.connect, handshake).await {
        Ok(Ok(encrypted)) => Ok(Box::new(encrypted)),
        Ok(Err(error)) => Err(of_tls(settings, Some(&error))),
        Err(_) => Err(of_tls(settings, None::<&io::Error>)),
    }
}

/// Goes over to TLS, or not on at all: somebody in between may have taken the offer away.
async fn start_tls(
    settings: &ImapSettings,
    config: &Arc<ClientConfig>,
    wire: Wire,
    greeting: Verdict,
    known: &BTreeSet<String>,
) -> Result<Wire, Problem> {
    if greeting == Verdict::PreAuth || !known.contains("STARTTLS") {
        return Err(cannot(
            format!("{} does not offer STARTTLS on port {}", settings.host, settings.port),
            "Set tls = \"implicit\" with port 993, which nearly every server has",
        ));
    }
    let stream = wire.start_tls().await.map_err(|failed| of_command(settings, "begin TLS", failed))?;
    let encrypted = encrypt(settings, config, stream).await?;
    Ok(Wire::new(guard(settings, encrypted, true), settings.timeouts.silence))
}

async fn capabilities(settings: &ImapSettings, wire: &mut Wire) -> Result<BTreeSet<String>, Problem> {
    let mut found = BTreeSet::new();
    wire.command("CAPABILITY", &mut |untagged| {
        if let Untagged::Capabilities(list) = untagged {
            found = list.into_iter().collect();
        }
    })
    .await
    .map_err(|failed| of_command(settings, "say what it can do", failed))?;
    Ok(found)
}

async fn log_in(
    settings: &ImapSettings,
    wire: &mut Wire,
    known: &BTreeSet<String>,
    secret: &Secret,
) -> Result<(), Problem> {
    let user = &settings.login.user;
    match settings.login.method {
        LoginMethod::Token => {
            if !known.contains("AUTH=XOAUTH2") {
                return Err(cannot(
                    format!("{} takes no access tokens (XOAUTH2)", settings.host),
                    "Use a password: [mailbox] password_command",
                ));
            }
            let message = Zeroizing::new(format!("user={user}\u{1}auth=Bearer {}\u{1}\u{1}", secret.expose()));
            let (result, reason) = wire.authenticate("XOAUTH2", message.as_bytes(), &mut |_| {}).await;
            let status = reason.as_deref().and_then(status_in);
            result.map(drop).map_err(|failed| of_login(settings, failed, status.as_deref()))
        }
        LoginMethod::Password => {
            let plain_offered = known.contains("AUTH=PLAIN");
            let login_offered = !known.contains("LOGINDISABLED");
            if plain_offered {
                let message = Zeroizing::new(format!("\0{user}\0{}", secret.expose()));
                match wire.authenticate("PLAIN", message.as_bytes(), &mut |_| {}).await.0 {
                    Ok(_) => return Ok(()),
                    // Announced and not understood: the older command is left.
                    Err(Failed::Bad(_)) if login_offered => {}
                    Err(failed) => return Err(of_login(settings, failed, None)),
                }
            } else if !login_offered {
                return Err(cannot(
                    format!("{} takes no passwords on this connection", settings.host),
                    "Use TLS (tls = \"implicit\" or \"starttls\"), or an access token: [mailbox] token_command",
                ));
            }
            login(wire, user, secret).await.map(drop).map_err(|failed| of_login(settings, failed, None))
        }
    }
}

/// LOGIN, with literals where quotes would not carry the text.
async fn login(wire: &mut Wire, user: &str, secret: &Secret) -> Result<Reply, Failed> {
    let plain = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let budget = u64::from(u16::MAX);
    if plain(user) && plain(secret.expose()) {
        let line = Zeroizing::new(format!("LOGIN {} {}", quoted(user), quoted(secret.expose())));
        return wire.command_within(&line, budget, &mut |_| {}).await;
    }
    let parts = [
        Part::Text("LOGIN "),
        Part::Literal(user.as_bytes()),
        Part::Text(" "),
        Part::Literal(secret.expose().as_bytes()),
    ];
    wire.parts(&parts, budget, &mut |_| {}, &mut |_| {}).await
}

/// A quoted string. Control characters are refused where it is sent.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The status in the JSON with which a token is refused; the rest of it says nothing to the owner.
fn status_in(reason: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(reason).ok()?;
    let status = value.get("status")?;
    let text = status.as_str().map_or_else(|| status.to_string(), str::to_owned);
    text.bytes().all(|byte| byte.is_ascii_alphanumeric()).then_some(text)
}

/// Says who we are, where it is asked for (QQ and 163 refuse to open folders before). A refusal changes nothing.
async fn introduce(settings: &ImapSettings, session: &mut Session) -> Result<(), Problem> {
    let line = format!("ID (\"name\" \"sollecito\" \"version\" {})", quoted(env!("CARGO_PKG_VERSION")));
    match session.wire.command(&line, &mut |_| {}).await {
        Ok(_) | Err(Failed::No(_) | Failed::Bad(_)) => Ok(()),
        Err(failed) => Err(of_command(settings, "take our name", failed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_status_of_a_refused_token_is_kept() {
        let reason = br#"{"status":"401","schemes":"bearer","scope":"https://mail.example/ marta@studio.example"}"#;
        assert_eq!(status_in(reason).as_deref(), Some("401"));
        assert_eq!(status_in(br#"{"status":400}"#).as_deref(), Some("400"));
        assert_eq!(status_in(br#"{"status":"marta@studio.example"}"#), None);
        assert_eq!(status_in(b"no json"), None);
    }

    #[test]
    fn quotes_are_escaped() {
        assert_eq!(quoted(r#"a"b\c"#), r#""a\"b\\c""#);
    }
}
