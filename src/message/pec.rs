//! Certified mail (RFC 6109): the envelope opened, the receipts told apart.

use super::fields::Fields;
use super::parse::{Mail, Part};
use super::pattern::Pattern;
use crate::ledger::ids::{Address, RfcId};
use crate::ledger::reading::BounceFinding;

/// An envelope and what is in it.
#[derive(Debug)]
pub(super) struct Envelope {
    /// Certified by a provider (false: ordinary mail that came into a certified mailbox).
    pub(super) certified: bool,
    /// Its sender is an address as providers use for envelopes only.
    pub(super) from_provider: bool,
    /// The mail inside.
    pub(super) inner: Vec<u8>,
    /// The senders that the envelope names (display name and daticert.xml).
    pub(super) senders: Vec<Address>,
}

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Receipt {
    /// Accepted, delivered, taken over.
    Good(String),
    /// Refused, not delivered, late.
    Bad(String, BounceFinding),
}

static ON_BEHALF: Pattern = Pattern::new(r"(?i)^\s*(?:per conto di|on behalf of)\s*:?\s*(\S+@\S+)");
static SENDER: Pattern = Pattern::new(r"(?is)<mittente[^>]*>\s*([^<]+?)\s*</mittente");
static DELIVERY: Pattern = Pattern::new(r"(?is)<consegna[^>]*>\s*([^<]+?)\s*</consegna");
static RECIPIENT: Pattern = Pattern::new(r"(?is)<destinatari[^>]*>\s*([^<]+?)\s*</destinatari");
static ERROR: Pattern = Pattern::new(r"(?is)<errore-esteso[^>]*>\s*([^<]{0,500})");
static STATUS: Pattern = Pattern::new(r"(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?:[^\d.]|$)");
static MESSAGE_ID: Pattern = Pattern::new(r"(?is)<msgid[^>]*>\s*([^<]+?)\s*</msgid");
static ADDRESSED_TO: Pattern = Pattern::new(
    r"(?is)(?:destinat[oa]\s+all.utente|indirizzat[oa]\s+a:?|all.indirizzo)\s*[\x22«<']?([\w.+%=-]+@[\w.-]+\w)",
);

/// Opens an envelope; `None` for any other mail.
pub(super) fn envelope(mail: &Mail) -> Option<Envelope> {
    let transport = mail.fields.lower("x-trasporto");
    let certified = match transport.split(';').next().unwrap_or_default().trim() {
        "posta-certificata" => true,
        "errore" => false,
        _ => return None,
    };
    let inner = mail.enclosed(original(mail)?.bytes()).to_vec();
    let shown = mail.from.first().and_then(|from| from.name.as_deref());
    let mut senders: Vec<Address> =
        shown.and_then(|name| ON_BEHALF.group(name, 1)).and_then(Address::parse).into_iter().collect();
    senders.extend(certificate(mail).and_then(|xml| SENDER.group(&xml, 1).and_then(Address::parse)));
    let from_provider = mail.author().is_some_and(|author| author.local() == "posta-certificata");
    Some(Envelope { certified, from_provider, inner, senders })
}

/// The mail inside, whatever type and name the programs on the way gave it.
fn original(mail: &Mail) -> Option<&Part> {
    let named = |part: &Part| part.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("postacert.eml"));
    let looks_like_mail = |part: &Part| {
        let name = part.name.as_deref().unwrap_or_default().to_lowercase();
        name.ends_with(".eml") && Fields::read(part.bytes()).has("from")
    };
    mail.part(named).or_else(|| mail.part_of_type("message/rfc822")).or_else(|| mail.part(looks_like_mail))
}

/// daticert.xml, read as text: in the wild it is not always well formed.
fn certificate(mail: &Mail) -> Option<String> {
    let named = |part: &Part| part.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("daticert.xml"));
    Some(mail.part(named)?.text())
}

/// Is it a receipt, and how did it go?
pub(super) fn receipt(mail: &Mail) -> Option<Receipt> {
    let word = mail.fields.lower("x-ricevuta");
    let word = word.split(';').next().unwrap_or_default().trim().to_owned();
    match word.as_str() {
        "" => None,
        "accettazione" | "avvenuta-consegna" | "presa-in-carico" => Some(Receipt::Good(word)),
        _ => {
            let finding = failure(mail, &word);
            Some(Receipt::Bad(word, finding))
        }
    }
}

fn failure(mail: &Mail, word: &str) -> BounceFinding {
    let xml = certificate(mail).unwrap_or_default();
    let text =
        mail.part(|part| part.media_type == "text/plain" && part.name.is_none()).map(Part::text).unwrap_or_default();
    let recipient = [&DELIVERY, &RECIPIENT]
        .iter()
        .find_map(|pattern| pattern.group(&xml, 1).and_then(Address::parse))
        .or_else(|| ADDRESSED_TO.group(&text, 1).and_then(Address::parse));
    let explained = ERROR.group(&xml, 1).unwrap_or_default();
    let status = STATUS.group(explained, 1).or_else(|| STATUS.group(&text, 1)).map(str::to_owned);
    let original = mail.fields.first("x-riferimento-message-id").and_then(RfcId::parse).or_else(|| {
        let id = MESSAGE_ID.group(&xml, 1)?.replace("&lt;", "<").replace("&gt;", ">");
        RfcId::parse(&id)
    });
    let own_reference = mail
        .part_of_type("message/rfc822")
        .and_then(|part| Fields::read(part.bytes()).first("x-sollecito-ref").map(str::to_owned));
    // The notice after twelve hours is a warning; both notices carry the same word, so only the text can tell.
    let late = word.starts_with("preavviso") && !text.to_lowercase().contains("24 ore");
    BounceFinding { recipient, failed: !late, status, original, own_reference }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        let all = [&ON_BEHALF, &SENDER, &DELIVERY, &RECIPIENT, &ERROR, &STATUS, &MESSAGE_ID, &ADDRESSED_TO];
        assert!(all.iter().all(|pattern| pattern.compiles()));
    }
}
