//! The only place that knows the MIME parser: bytes in, our own tree of parts out.

use super::Correspondent;
use super::fields::Fields;
use super::pattern;
use crate::ledger::ids::Address;
use chrono::{DateTime, FixedOffset, NaiveDate, TimeZone};
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::html::html_to_text;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, HeaderName, HeaderValue, MessageParser, MimeHeaders, PartType};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bytes beyond this are not read.
const MOST_BYTES: usize = 64 << 20;
/// Mails inside mails beyond this are not read: each level is a level of recursion when the tree is given back.
const MOST_NESTED_MAILS: usize = 100;
/// Addresses of one header beyond this are not read.
const MOST_ADDRESSES: usize = 1_000;
/// Parts beyond this are not read.
const MOST_PARTS: usize = 2_000;

/// A mail as a tree of decoded parts; the root is the first.
#[derive(Debug, Default)]
pub(super) struct Mail {
    pub(super) fields: Fields,
    /// How many From headers.
    pub(super) from_headers: usize,
    pub(super) from: Vec<Correspondent>,
    pub(super) reply_to: Vec<Correspondent>,
    pub(super) to: Vec<Correspondent>,
    pub(super) cc: Vec<Correspondent>,
    /// Decoded, not yet cleaned.
    pub(super) subject: String,
    pub(super) date: Option<DateTime<FixedOffset>>,
    pub(super) parts: Vec<Part>,
    pub(super) truncated: bool,
    pub(super) malformed: bool,
    pub(super) oddities: Vec<String>,
}

/// One part.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// In lower case, `text/plain` when not said.
    pub(super) media_type: String,
    /// Of a multipart.
    pub(super) boundary: String,
    /// Of a multipart/report.
    pub(super) report_type: String,
    pub(super) name: Option<String>,
    /// Content-Disposition is `attachment`.
    pub(super) detached: bool,
    /// It has a Content-ID (shown from within HTML).
    pub(super) referred: bool,
    /// format=flowed, and its delsp=yes.
    pub(super) flowed: bool,
    pub(super) delete_space: bool,
    pub(super) content: Content,
}

/// What a part holds.
#[derive(Debug)]
pub(super) enum Content {
    /// Parts, by their place in the mail.
    Parts(Vec<usize>),
    /// Text with the charset undone, and the bytes as sent.
    Text { text: String, bytes: Vec<u8> },
    /// Anything else; of a mail within the mail its bytes.
    Bytes(Vec<u8>),
}

impl Default for Content {
    fn default() -> Self {
        Self::Bytes(Vec::new())
    }
}

impl Mail {
    /// The first part that fulfils a condition.
    pub(super) fn part(&self, wanted: impl Fn(&Part) -> bool) -> Option<&Part> {
        self.parts.iter().find(|part| wanted(part))
    }

    /// The first part of a media type.
    pub(super) fn part_of_type(&self, media_type: &str) -> Option<&Part> {
        self.part(|part| part.media_type == media_type)
    }

    /// Bytes of an enclosed mail up to the first line that ends one of the parts around it.
    pub(super) fn enclosed<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        let boundaries: Vec<Vec<u8>> = self
            .parts
            .iter()
            .filter(|part| !part.boundary.is_empty())
            .take(20)
            .map(|part| [b"--", part.boundary.as_bytes()].concat())
            .collect();
        let mut at = 0_usize;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if line.starts_with(b"--") && boundaries.iter().any(|boundary| line.starts_with(boundary)) {
                return bytes.get(..at).unwrap_or(bytes);
            }
            at = at.saturating_add(line.len());
        }
        bytes
    }

    /// The author, when there is exactly one with a usable address.
    pub(super) fn author(&self) -> Option<&Address> {
        match self.from.as_slice() {
            [only] if self.from_headers <= 1 => only.address.as_ref(),
            _ => None,
        }
    }
}

impl Part {
    /// Its bytes as sent, transfer encoding undone.
    pub(super) fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Parts(_) => &[],
            Content::Text { bytes, .. } | Content::Bytes(bytes) => bytes,
        }
    }

    /// Its text, replaced where it is none.
    pub(super) fn text(&self) -> String {
        match &self.content {
            Content::Text { text, .. } => text.clone(),
            other => match other {
                Content::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                _ => String::new(),
            },
        }
    }
}

/// Parses a mail. Whatever is wrong with it, a mail comes out.
pub(super) fn mail(bytes: &[u8]) -> Mail {
    let kept = bytes.get(..bound(bytes)).unwrap_or(bytes);
    let fields = Fields::read(kept);
    let parsed = catch_unwind(AssertUnwindSafe(|| MessageParser::default().parse(kept).map(|message| tree(&message))));
    let mut mail = match parsed {
        Ok(Some(mail)) => mail,
        Ok(None) => broken("not a mail: no header was found"),
        Err(_) => broken("the structure could not be read"),
    };
    if kept.len() < bytes.len() {
        mail.truncated = true;
        mail.oddities.push("only the beginning was read: too large or too deeply nested".to_owned());
    }
    mail.from_headers = mail.from_headers.max(fields.all("from").count());
    if mail.subject.contains('\u{fffd}')
        && let Some(raw) = fields.first("subject").filter(|raw| !raw.contains("=?"))
    {
        raw.clone_into(&mut mail.subject);
    }
    mail.fields = fields;
    mail
}

/// A character reference of HTML (`&egrave;`), decoded; as written when unknown.
pub(super) fn character_reference(reference: &str) -> String {
    html_to_text(reference)
}

fn broken(why: &str) -> Mail {
    Mail { malformed: true, oddities: vec![why.to_owned()], ..Mail::default() }
}

/// How many bytes can be read without fear.
fn bound(bytes: &[u8]) -> usize {
    let most = bytes.len().min(MOST_BYTES);
    pattern::places_of_enclosed_mails(bytes.get(..most).unwrap_or(bytes)).nth(MOST_NESTED_MAILS).unwrap_or(most)
}

fn tree(message: &mail_parser::Message<'_>) -> Mail {
    let mut mail = Mail::default();
    let mut subject = None;
    for header in message.headers() {
        let list = match header.name {
            HeaderName::From => {
                mail.from_headers = mail.from_headers.saturating_add(1);
                &mut mail.from
            }
            HeaderName::ReplyTo => &mut mail.reply_to,
            HeaderName::To => &mut mail.to,
            HeaderName::Cc => &mut mail.cc,
            HeaderName::Subject => {
                subject = subject.or(header.value.as_text());
                continue;
            }
            HeaderName::Date => {
                mail.date = mail.date.or_else(|| header.value.as_datetime().and_then(moment));
                continue;
            }
            _ => continue,
        };
        if let HeaderValue::Address(addresses) = &header.value {
            list.extend(addresses.iter().take(MOST_ADDRESSES.saturating_sub(list.len())).map(correspondent));
            if list.len() == MOST_ADDRESSES {
                mail.oddities.push(format!("more than {MOST_ADDRESSES} addresses in one header"));
            }
        }
    }
    mail.subject = subject.unwrap_or_default().to_owned();
    if message.parts.len() > MOST_PARTS {
        mail.truncated = true;
        mail.oddities.push(format!("more than {MOST_PARTS} parts"));
    }
    let mut damaged = false;
    for part in message.parts.iter().take(MOST_PARTS) {
        damaged |= part.is_encoding_problem;
        mail.parts.push(self::part(part, &message.raw_message));
    }
    if damaged {
        mail.malformed = true;
        mail.oddities.push("a part is not encoded as it says".to_owned());
    }
    mail
}

fn correspondent(address: &mail_parser::Addr<'_>) -> Correspondent {
    let name = address.name.as_deref().map(super::lines::one_line).filter(|name| !name.is_empty());
    Correspondent { name, address: address.address.as_deref().and_then(Address::parse) }
}

/// The time in a header field (RFC 5322, 3.3).
pub(super) fn moment_in(text: &str) -> Option<DateTime<FixedOffset>> {
    moment(&mail_parser::DateTime::parse_rfc822(text)?)
}

fn moment(date: &mail_parser::DateTime) -> Option<DateTime<FixedOffset>> {
    let day = NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))?;
    // A leap second is shown as the second before it.
    let time = day.and_hms_opt(u32::from(date.hour), u32::from(date.minute), u32::from(date.second.min(59)))?;
    let seconds = i32::from(date.tz_hour) * 3_600 + i32::from(date.tz_minute) * 60;
    let zone = FixedOffset::east_opt(if date.tz_before_gmt { -seconds } else { seconds })?;
    zone.from_local_datetime(&time).single()
}

fn part(part: &mail_parser::MessagePart<'_>, raw: &[u8]) -> Part {
    let content_type = part.content_type();
    let attribute = |name: &str| content_type.and_then(|value| value.attribute(name)).unwrap_or_default();
    let is = |name: &str, value: &str| attribute(name).eq_ignore_ascii_case(value);
    let media_type = content_type.map_or_else(
        || "text/plain".to_owned(),
        |value| format!("{}/{}", value.ctype(), value.subtype().unwrap_or_default()).to_lowercase(),
    );
    let name = part.attachment_name().map(super::lines::one_line).filter(|name| !name.is_empty());
    let content = match &part.body {
        PartType::Multipart(parts) => Content::Parts(parts.iter().filter_map(|id| usize::try_from(*id).ok()).collect()),
        _ if part.is_encoding_problem && says_base64(part) => {
            let bytes = damaged_base64(raw_body(part, raw));
            let text = charset_undone(&bytes, attribute("charset"));
            if media_type.starts_with("text/") { Content::Text { text, bytes } } else { Content::Bytes(bytes) }
        }
        PartType::Text(text) | PartType::Html(text) => {
            let bytes = sent_bytes(part, raw).unwrap_or_else(|| text.as_bytes().to_vec());
            Content::Text { text: readable(text, &bytes), bytes }
        }
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => Content::Bytes(bytes.to_vec()),
        PartType::Message(_) => Content::Bytes(enclosed_bytes(part, raw)),
    };
    Part {
        boundary: attribute("boundary").to_owned(),
        report_type: attribute("report-type").to_lowercase(),
        name,
        detached: part.content_disposition().is_some_and(mail_parser::ContentType::is_attachment),
        referred: part.content_id().is_some(),
        flowed: media_type == "text/plain" && is("format", "flowed"),
        delete_space: is("delsp", "yes"),
        media_type,
        content,
    }
}

/// The bytes of a mail within the mail. Where its end was not found they reach to the end: better too much than nothing.
fn enclosed_bytes(part: &mail_parser::MessagePart<'_>, raw: &[u8]) -> Vec<u8> {
    let bytes = part.contents();
    if !bytes.is_empty() || part.encoding != Encoding::None {
        return bytes.to_vec();
    }
    let (from, to) =
        (usize::try_from(part.offset_body).unwrap_or(usize::MAX), usize::try_from(part.offset_end).unwrap_or(0));
    raw.get(from..to).filter(|bytes| !bytes.is_empty()).or_else(|| raw.get(from..)).unwrap_or_default().to_vec()
}

fn says_base64(part: &mail_parser::MessagePart<'_>) -> bool {
    part.content_transfer_encoding().is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64"))
}

fn raw_body<'a>(part: &mail_parser::MessagePart<'_>, raw: &'a [u8]) -> &'a [u8] {
    let (from, to) =
        (usize::try_from(part.offset_body).unwrap_or(usize::MAX), usize::try_from(part.offset_end).unwrap_or(0));
    raw.get(from..to).unwrap_or_default()
}

/// What can be saved of base64 that breaks off or has something appended to it.
fn damaged_base64(encoded: &[u8]) -> Vec<u8> {
    let mut letters: Vec<u8> = Vec::new();
    for line in encoded.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii();
        let good =
            line.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')).count();
        letters.extend(line.iter().take(good).filter(|byte| **byte != b'='));
        if good < line.len() {
            break;
        }
    }
    let whole = letters.len().saturating_sub(letters.len() % 4);
    data_encoding::BASE64.decode(letters.get(..whole).unwrap_or_default()).unwrap_or_default()
}

fn charset_undone(bytes: &[u8], charset: &str) -> String {
    let named = encoding_rs::Encoding::for_label(charset.as_bytes());
    let encoding = match (named, std::str::from_utf8(bytes)) {
        (Some(encoding), _) => encoding,
        (None, Ok(_)) => encoding_rs::UTF_8,
        (None, Err(_)) => encoding_rs::WINDOWS_1252,
    };
    encoding.decode(bytes).0.into_owned()
}

/// The bytes of a text part before its charset was undone: an XML document must stay as it was.
fn sent_bytes(part: &mail_parser::MessagePart<'_>, raw: &[u8]) -> Option<Vec<u8>> {
    let (from, to) = (usize::try_from(part.offset_body).ok()?, usize::try_from(part.offset_end).ok()?);
    let encoded = raw.get(from..to)?;
    match part.encoding {
        Encoding::None => Some(encoded.to_vec()),
        Encoding::QuotedPrintable => quoted_printable_decode(encoded),
        Encoding::Base64 => base64_decode(encoded),
    }
}

/// Text with a missing or untrue charset is most often that of Windows.
fn readable(text: &str, bytes: &[u8]) -> String {
    if text.contains('\u{fffd}') && std::str::from_utf8(bytes).is_err() {
        let (windows, _, _) = encoding_rs::WINDOWS_1252.decode(bytes);
        return windows.into_owned();
    }
    text.to_owned()
}
