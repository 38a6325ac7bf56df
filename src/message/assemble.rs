//! The whole reading of a mail, put together from the rooms around.

use super::fields::Fields;
use super::kind::{self, Seen};
use super::parse::{self, Mail};
use super::writer::WriterNames;
use super::{Correspondent, Message, Reader, authenticity, body, identity, lines, pec, threads, warnings, words};
use crate::ledger::ids::{Address, RfcId};
use crate::ledger::reading::Warning;
use crate::ledger::words::{Authenticity, MessageKind};

/// A mail with its envelope, if it came in one, and the verdict on its author.
struct Opened {
    outer: Mail,
    inner: Option<Mail>,
    judged: Authenticity,
    oddities: Vec<String>,
}

fn open(bytes: &[u8], reader: &Reader) -> Opened {
    let mut outer = parse::mail(bytes);
    let mut judged = authenticity::judge(&outer.fields, outer.author(), &reader.authserv_ids);
    let envelope = pec::envelope(&outer);
    let inner = envelope.as_ref().map(|envelope| parse::mail(&envelope.inner));
    if let Some(author) = written_through_own_group(&outer, reader) {
        outer.from = vec![author];
        judged = if judged == Authenticity::Fail { judged } else { Authenticity::Unverified };
    }
    let mut oddities = outer.oddities.clone();
    if let (Some(envelope), Some(inner)) = (&envelope, &inner) {
        judged = of_enclosed(judged, envelope, inner);
        oddities.extend(inner.oddities.iter().cloned());
        if !envelope.certified {
            oddities.push("ordinary mail in the envelope of a certified mailbox".to_owned());
        }
    }
    let mail = inner.as_ref().unwrap_or(&outer);
    if mail.from_headers > 1 || mail.from.len() > 1 || outer.from_headers > 1 {
        judged = Authenticity::Fail;
        oddities.push("more than one author".to_owned());
    }
    Opened { outer, inner, judged, oddities }
}

/// Reads a mail. It cannot fail: what is broken becomes an oddity of the message.
#[must_use]
pub fn read(bytes: &[u8], reader: &Reader) -> Message {
    let Opened { outer, inner, judged, mut oddities } = open(bytes, reader);
    let mail = inner.as_ref().unwrap_or(&outer);
    let body = body::sort(mail);
    let read = words::read(&body.blocks, &writer_names(mail));
    let seen =
        Seen { mail, shown: &read.shown, new: &read.words.new, authenticity: judged, own: &reader.own_addresses };
    let kind = kind::decide(&seen);
    let mut words = read.words;
    if matches!(kind.kind, MessageKind::Bounce | MessageKind::Receipt | MessageKind::Notification) {
        // Machines do not sign: their last lines say as much as their first.
        words.new.clone_from(&read.uncut);
        words.signed = read.uncut;
        words.signature.clear();
    }

    // Of delivery statuses and receipts nobody acts on the words.
    let words_matter = !matches!(kind.kind, MessageKind::Bounce | MessageKind::Receipt);
    let mut warnings = warnings::of_envelope(mail);
    for (warning, when) in [
        (Warning::SeveralAuthors, outer.from_headers > 1),
        (Warning::HiddenText, read.hidden && words_matter),
        (Warning::Truncated, read.truncated || body.cut || mail.truncated || outer.truncated),
        (Warning::Malformed, mail.malformed || outer.malformed),
    ] {
        if when && !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
    if read.deceiving {
        oddities.push("control characters or marks that turn the direction of writing were taken out".to_owned());
    }
    let blocks: Vec<_> = std::iter::once(&outer.fields).chain(inner.as_ref().map(|inner| &inner.fields)).collect();
    let mut ids = threads::read(&blocks);
    ids.thread.extend(mail_that_was_read(mail).filter(|id| !ids.thread.contains(id)));
    Message {
        identity: identity::identity(bytes),
        rfc_id: ids.own,
        aliases: ids.aliases,
        thread: ids.thread,
        references: ids.references,
        own_reference: blocks.iter().find_map(|fields| fields.first("x-sollecito-ref")).map(str::to_owned),
        date: mail.date.or(outer.date),
        from: mail.from.clone(),
        reply_to: mail.reply_to.clone(),
        to: mail.to.clone(),
        cc: mail.cc.clone(),
        subject: lines::one_line(&mail.subject),
        words,
        attachments: body.attachments,
        kind: kind.kind,
        kind_evidence: kind.evidence,
        authenticity: judged,
        bounce: kind.bounce,
        warnings,
        oddities,
        size: bytes.len(),
    }
}

/// A read receipt names the mail that was read in its report.
fn mail_that_was_read(mail: &Mail) -> Option<RfcId> {
    let report = mail.part_of_type("message/disposition-notification")?;
    Fields::read(report.bytes()).first("original-message-id").and_then(RfcId::parse)
}

/// A mailing list of the firm puts its own address in From where the author's domain forbids to forward in its name.
fn written_through_own_group(mail: &Mail, reader: &Reader) -> Option<Correspondent> {
    let own = mail.author().is_some_and(|author| reader.own_addresses.contains(author));
    let original = mail.fields.first("x-original-from").or_else(|| mail.fields.first("x-original-sender"))?;
    let address = original.rsplit_once('<').map_or(original, |(_, rest)| rest.trim_end_matches('>'));
    let address = Address::parse(address)?;
    let listed = mail.fields.has("list-id") && !reader.own_addresses.contains(&address);
    let name = mail.from.first().and_then(|from| from.name.clone());
    let name =
        name.map(|name| name.split(" via ").next().unwrap_or_default().trim_matches(['\'', '"', ' ']).to_owned());
    (own && listed).then_some(Correspondent { name, address: Some(address) })
}

fn writer_names(mail: &Mail) -> WriterNames {
    let from = mail.from.first();
    WriterNames::new(
        from.and_then(|from| from.name.as_deref()),
        from.and_then(|from| from.address.as_ref()).map(Address::as_str),
    )
}

/// Of a certified envelope the provider's proof reaches the author inside, if the envelope names that very author and
/// comes from the provider's own sender address. Of any other envelope nothing is proven.
fn of_enclosed(envelope_judged: Authenticity, envelope: &pec::Envelope, inner: &Mail) -> Authenticity {
    if envelope_judged == Authenticity::Fail {
        return Authenticity::Fail;
    }
    let named = inner
        .author()
        .is_some_and(|author| !envelope.senders.is_empty() && envelope.senders.iter().all(|sender| sender == author));
    if envelope.certified && named && envelope.from_provider { envelope_judged } else { Authenticity::Unverified }
}
