//! The bytes of a mail: headers in a fixed order, parts with boundaries derived from the reference. Nothing is left to
//! chance or to the clock, so the same mail is the same bytes.

use super::ids::MailIds;
use super::letter::{Document, Letter, RenderFailure};
use super::letterhead::Letterhead;
use crate::ledger::ids::{Address, RfcId};
use crate::ledger::moment::Moment;
use lettre::message::header::{
    self, ContentDisposition, ContentTransferEncoding, ContentType, HeaderName, HeaderValue, Headers,
};
use lettre::message::{Body, Mailbox, Mailboxes, MultiPart, SinglePart};

/// Longest line that every server takes (RFC 5322 2.1.1), without its end.
const LONGEST_LINE: usize = 998;
/// References are cut to the first and the last twenty.
const LAST_REFERENCES: usize = 20;

/// How a mail says that no person sent it (RFC 3834).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MachineMark {
    /// A person sent it.
    None,
    /// Sent on its own.
    Generated,
    /// The answer to a mail.
    Replied,
}

/// What stands in the header.
#[derive(Debug, Clone)]
pub struct Head<'a> {
    /// Who writes.
    pub from: (String, &'a Address),
    /// Names and addresses in To.
    pub to: Vec<(Option<String>, &'a Address)>,
    /// Names and addresses in Cc.
    pub cc: Vec<(Option<String>, &'a Address)>,
    /// Not encoded yet.
    pub subject: &'a str,
    /// The Date, written in the business time zone.
    pub moment: Moment,
    /// Message-ID and reference.
    pub ids: &'a MailIds,
    /// The mail that is answered.
    pub in_reply_to: Option<&'a RfcId>,
    /// Its References.
    pub references: &'a [RfcId],
    /// No person sent it.
    pub mark: MachineMark,
}

/// A letter to a customer: text first, then the page; documents beside them.
pub(super) fn letter(letter: &Letter<'_>, subject: &str, text: &str, page: &str) -> Result<Vec<u8>, RenderFailure> {
    let plan = letter.plan;
    let named = |address: &'_ Address| letter.name_at(address).map(str::to_owned);
    let answered = plan.answers.as_ref();
    let mark = match (letter.automatic, answered) {
        (false, _) => MachineMark::None,
        (true, None) => MachineMark::Generated,
        (true, Some(_)) => MachineMark::Replied,
    };
    let head = Head {
        from: (sender_name(letter.letterhead), &letter.letterhead.address),
        to: plan.to.iter().map(|address| (named(address), address)).collect(),
        cc: plan.cc.iter().map(|address| (named(address), address)).collect(),
        subject,
        moment: letter.moment,
        ids: letter.ids,
        in_reply_to: answered.and_then(|answered| answered.rfc_id.as_ref()),
        references: answered.map_or(&[], |answered| answered.references.as_slice()),
        mark,
    };
    let both = MultiPart::alternative()
        .boundary(boundary("alternative", letter.ids))
        .singlepart(text_part(ContentType::TEXT_PLAIN, text))
        .singlepart(text_part(ContentType::TEXT_HTML, page));
    if letter.documents.is_empty() {
        return message(&head, &both);
    }
    let mut all = MultiPart::mixed().boundary(boundary("mixed", letter.ids)).multipart(both);
    for document in letter.documents {
        all = all.singlepart(attachment(document)?);
    }
    message(&head, &all)
}

/// `Carlo Ferri – Ferri Impianti`; once where they are the same.
fn sender_name(letterhead: &Letterhead) -> String {
    if letterhead.firm == letterhead.person || letterhead.firm.is_empty() {
        letterhead.person.clone()
    } else {
        format!("{} – {}", letterhead.person, letterhead.firm)
    }
}

/// A plain text, with the mail it is about beside it under a file name.
///
/// # Errors
/// Those of the header: see [`RenderFailure`].
pub fn plain(head: &Head<'_>, text: &str, about: Option<(&str, &[u8])>) -> Result<Vec<u8>, RenderFailure> {
    let mut parts =
        MultiPart::mixed().boundary(boundary("mixed", head.ids)).singlepart(text_part(ContentType::TEXT_PLAIN, text));
    if let Some((name, bytes)) = about {
        parts = parts.singlepart(original(bytes, one_line("The name of a document", name)?));
    }
    message(head, &parts)
}

/// Header and parts as bytes.
///
/// # Errors
/// [`RenderFailure::ControlCharacter`], [`RenderFailure::Address`], [`RenderFailure::NoRecipient`], and
/// [`RenderFailure::Message`] for a line that is too long.
fn message(head: &Head<'_>, parts: &MultiPart) -> Result<Vec<u8>, RenderFailure> {
    let mut headers = Headers::new();
    headers.set(header::From::from(Mailboxes::from(vec![mailbox(
        "The sender's name",
        Some(&head.from.0),
        head.from.1,
    )?])));
    if head.to.is_empty() {
        return Err(RenderFailure::NoRecipient);
    }
    headers.set(header::To::from(mailboxes(&head.to)?));
    if !head.cc.is_empty() {
        headers.set(header::Cc::from(mailboxes(&head.cc)?));
    }
    let reference = one_line("The reference", &head.ids.reference)?;
    headers.set(header::Subject::from(one_line("The subject", head.subject)?.to_owned()));
    let date = head.moment.instant.with_timezone(&head.moment.zone).to_rfc2822();
    raw(&mut headers, "Date", &date);
    raw(&mut headers, "Message-ID", &head.ids.rfc_id.to_string());
    if let Some(answered) = head.in_reply_to {
        raw(&mut headers, "In-Reply-To", &answered.to_string());
    }
    let thread = thread(head);
    if !thread.is_empty() {
        // One id a line: ids can be long, and folding may not cut them.
        raw(&mut headers, "References", &thread.join("\r\n "));
    }
    raw(&mut headers, "X-Sollecito-Ref", reference);
    let mark = match head.mark {
        MachineMark::None => None,
        MachineMark::Generated => Some("auto-generated"),
        MachineMark::Replied => Some("auto-replied"),
    };
    if let Some(mark) = mark {
        raw(&mut headers, "Auto-Submitted", mark);
        // Not NDR and OOF: bounces and days of return are wanted.
        raw(&mut headers, "X-Auto-Response-Suppress", "DR, RN, NRN, AutoReply");
    }
    raw(&mut headers, "MIME-Version", "1.0");
    let mut bytes = headers.to_string().into_bytes();
    bytes.extend_from_slice(&parts.formatted());
    let longest = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line).len()).max();
    if longest > Some(LONGEST_LINE) {
        return Err(RenderFailure::Message(format!("A line is longer than {LONGEST_LINE} bytes")));
    }
    Ok(bytes)
}

/// A part of text in UTF-8, quoted-printable: readable in the raw and safe on every way.
fn text_part(content_type: ContentType, text: &str) -> SinglePart {
    SinglePart::builder()
        .header(content_type)
        .header(ContentTransferEncoding::QuotedPrintable)
        .body(text.replace("\r\n", "\n").replace('\n', "\r\n"))
}

/// A document as an attachment, its name in the form of RFC 2231.
///
/// # Errors
/// [`RenderFailure::ControlCharacter`] and [`RenderFailure::Message`] for a name or type that cannot be written.
fn attachment(document: &Document) -> Result<SinglePart, RenderFailure> {
    let name = one_line("The name of a document", &document.name)?;
    let media_type = one_line("The media type of a document", &document.media_type)?;
    let content_type = ContentType::parse(media_type)
        .map_err(|_| RenderFailure::Message(format!("`{media_type}` is not a media type")))?;
    Ok(SinglePart::builder()
        .header(content_type)
        .header(ContentDisposition::attachment(name))
        .header(ContentTransferEncoding::Base64)
        .body(document.content.clone()))
}

/// A mail as it came, to be opened in a mail program. Where its lines forbid that, as a file.
fn original(bytes: &[u8], name: &str) -> SinglePart {
    let fits = bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= LONGEST_LINE && !line.contains(&0));
    let disposition = ContentDisposition::attachment(name);
    match ContentType::parse("message/rfc822") {
        // RFC 2046 5.2.1: an enclosed message may not be encoded.
        Ok(content_type) if fits => {
            let encoding =
                if bytes.is_ascii() { ContentTransferEncoding::SevenBit } else { ContentTransferEncoding::EightBit };
            SinglePart::builder()
                .header(content_type)
                .header(disposition)
                .body(Body::dangerous_pre_encoded(with_line_ends(bytes), encoding))
        }
        _ => SinglePart::builder()
            .header(ContentType::parse("application/octet-stream").unwrap_or(ContentType::TEXT_PLAIN))
            .header(disposition)
            .header(ContentTransferEncoding::Base64)
            .body(bytes.to_vec()),
    }
}

/// Every line ended by CR LF: a bare CR or LF is not mail.
fn with_line_ends(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 32);
    let mut before = 0_u8;
    for byte in bytes {
        match (before, *byte) {
            (b'\r', b'\n') => {}
            (_, b'\n' | b'\r') => out.extend_from_slice(b"\r\n"),
            (_, other) => out.push(other),
        }
        before = *byte;
    }
    out
}

/// A boundary that belongs to this mail: nobody can guess it and put it into a text.
fn boundary(use_of: &str, ids: &MailIds) -> String {
    let letters: String = ids.reference.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    format!("={use_of}-{letters}=")
}

/// A domain as it is written in headers; `sollecito.invalid` where it cannot be.
pub(super) fn ascii_domain(domain: &str) -> String {
    let plain = idna::domain_to_ascii(domain).unwrap_or_default();
    let good = !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    if good { plain } else { String::from("sollecito.invalid") }
}

/// First and last twenty, the answered mail last, none twice.
fn thread(head: &Head<'_>) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for id in head.references.iter().chain(head.in_reply_to).map(ToString::to_string) {
        ids.retain(|known| *known != id);
        ids.push(id);
    }
    if ids.len() > LAST_REFERENCES + 1 {
        ids.drain(1..ids.len() - LAST_REFERENCES);
    }
    ids
}

fn mailboxes(people: &[(Option<String>, &Address)]) -> Result<Mailboxes, RenderFailure> {
    let list = people.iter().map(|(name, address)| mailbox("A recipient's name", name.as_deref(), address));
    Ok(Mailboxes::from(list.collect::<Result<Vec<_>, _>>()?))
}

fn mailbox(what: &'static str, name: Option<&str>, address: &Address) -> Result<Mailbox, RenderFailure> {
    let name = name.map(|name| one_line(what, name)).transpose()?.map(str::trim).filter(|name| !name.is_empty());
    let unusable = || RenderFailure::Address(address.to_string());
    // A local part beyond ASCII needs SMTPUTF8, which few servers have: the owner decides.
    if !address.local().is_ascii() {
        return Err(unusable());
    }
    let domain = idna::domain_to_ascii(address.domain()).map_err(|_| unusable())?;
    let email = lettre::Address::new(address.local(), domain).map_err(|_| unusable())?;
    Ok(Mailbox::new(name.map(str::to_owned), email))
}

/// Nothing that could end the header line.
fn one_line<'v>(what: &'static str, value: &'v str) -> Result<&'v str, RenderFailure> {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if value.contains(breaks) { Err(RenderFailure::ControlCharacter(what)) } else { Ok(value) }
}

/// A header of our own words: printable ASCII, checked or made by us, folded already.
fn raw(headers: &mut Headers, name: &'static str, value: &str) {
    headers.insert_raw(HeaderValue::dangerous_new_pre_encoded(
        HeaderName::new_from_ascii_str(name),
        value.to_owned(),
        value.to_owned(),
    ));
}
