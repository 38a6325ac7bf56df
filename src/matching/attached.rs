//! Attachments, as far as a number may stand in their name or readable content.

use crate::message::Attachment;

/// Content looked at in one attachment.
const READ_AT_MOST: usize = 100_000;

/// A file name without its ending, so that `118.pdf` is read as `118`.
pub fn stem(name: &str) -> &str {
    let name = name.strip_suffix(".p7m").unwrap_or(name);
    match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 4 && !stem.is_empty() => stem,
        _ => name,
    }
}

/// The content of texts, XML and returned mails; nothing of other sorts.
pub fn plain_text(attachment: &Attachment) -> String {
    let readable = attachment.media_type.starts_with("text/")
        || attachment.media_type.starts_with("message/")
        || attachment.media_type.ends_with("/xml")
        || attachment.media_type.ends_with("+xml");
    if !readable {
        return String::new();
    }
    let content = attachment.content.get(..READ_AT_MOST).unwrap_or(&attachment.content);
    String::from_utf8_lossy(content).into_owned()
}

/// The numbers of the invoices that a notice of the exchange system (SdI) is about.
pub fn notified_numbers(attachment: &Attachment) -> Vec<String> {
    let text = if attachment.media_type.ends_with("xml") { plain_text(attachment) } else { String::new() };
    let mut numbers = Vec::new();
    let mut rest = text.as_str();
    while let Some((_, after)) = rest.split_once("<NumeroFattura>")
        && numbers.len() < 50
    {
        let (number, after) = after.split_once('<').unwrap_or((after, ""));
        numbers.push(number.trim().to_owned());
        rest = after;
    }
    numbers
}

/// Photographs and logos are no invoices.
pub fn is_picture(attachment: &Attachment) -> bool {
    attachment.media_type.starts_with("image/")
}

/// Names of papers that carry an invoice's number and are not that invoice.
pub fn names_another_document(name: &str) -> bool {
    const OTHERS: &[&str] = &[
        "credito",
        "credit",
        "gutschrift",
        "avoir",
        "abono",
        "sollecito",
        "promemoria",
        "reminder",
        "mahnung",
        "relance",
        "recordatorio",
        "contabile",
        "bonifico",
        "ricevuta",
        "receipt",
        "quietanza",
        "ddt",
        "preventivo",
        "offerta",
        "quote",
        "angebot",
        "devis",
        "ordine",
        "contratto",
        "contract",
        "estratto",
        "statement",
        "diffida",
        "privacy",
        "rapportino",
    ];
    let name = name.to_lowercase();
    OTHERS.iter().any(|other| name.contains(other))
}

/// The part of a document that says which it is. Of an Italian invoice only the general data: further down stand the numbers of
/// orders and of other invoices; credit notes are passed over. Of other XML the beginning.
pub fn document_head(content: &str) -> Option<&str> {
    if let Some(start) = content.find("<DatiGeneraliDocumento>") {
        let end = content.get(start..)?.find("</DatiGeneraliDocumento>").map_or(content.len(), |length| start + length);
        let head = content.get(start..end)?;
        return (!head.contains(">TD04<") && !head.contains(">TD08<")).then_some(head);
    }
    if content.contains("<CreditNote") || content.contains(":CreditNote ") {
        return None;
    }
    let mut end = content.len().min(3_000);
    while !content.is_char_boundary(end) {
        end -= 1;
    }
    content.get(..end)
}
