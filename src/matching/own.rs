//! A mail of the owner's, found in Sent: to which customer, about which receivables, with which documents.

use super::attached;
use super::directory::Directory;
use super::items::resolve;
use super::numbers::{Mention, mentions};
use crate::ledger::ids::{CustomerId, ReceivableId};
use crate::message::{Attachment, Message};
use std::collections::BTreeSet;

/// What a mail of the owner's concerns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwnIdentified {
    /// The customer that it went to, when its recipients are on file with one only.
    pub customer: Option<CustomerId>,
    /// The receivables named in subject, words or attachments, else those of the thread, by id.
    pub items: Vec<ReceivableId>,
    /// Documents that may be sent again: the receivable, and the place of the attachment in the mail. Only where the name or the
    /// readable content of the attachment carries the number and the mail went to that customer.
    pub documents: Vec<(ReceivableId, usize)>,
}

/// Reads a mail of the owner's.
#[must_use]
pub fn identify_own(message: &Message, directory: &Directory) -> OwnIdentified {
    let recipients = message.to.iter().chain(&message.cc).filter_map(|person| person.address.as_ref());
    let mut customers: BTreeSet<CustomerId> = BTreeSet::new();
    for address in recipients {
        let on_file = directory.with_address(address);
        if on_file.is_empty() {
            let organisation = directory.in_organisation(address.domain());
            customers.extend(organisation.iter().copied().filter(|_| organisation.len() == 1));
        } else {
            customers.extend(on_file);
        }
    }
    let links: Vec<_> = message.thread.iter().filter_map(|id| directory.thread(id)).collect();
    if customers.is_empty() {
        customers.extend(links.iter().map(|link| link.customer));
    }
    let text = format!("{}\n{}", message.subject, message.words.new);
    if customers.len() > 1 {
        // One address (an accountant's) with several customers: the numbers say whose.
        let named: BTreeSet<CustomerId> =
            mentions(&text).iter().flat_map(|mention| resolve(mention, None, directory).into_values()).collect();
        customers.retain(|customer| named.contains(customer));
    }
    let mut only = customers.into_iter();
    let (Some(customer), None) = (only.next(), only.next()) else { return OwnIdentified::default() };
    let theirs = |text: &str| -> BTreeSet<ReceivableId> {
        let hits = mentions(text).into_iter().flat_map(|mention| resolve(&mention, Some(customer), directory));
        hits.filter(|(_, owner)| *owner == customer).map(|(id, _)| id).collect()
    };
    let mut items = theirs(&text);
    let mut documents = Vec::new();
    for (index, attachment) in message.attachments.iter().enumerate() {
        let carried = if attachment.inline { BTreeSet::new() } else { carried_by(attachment, customer, directory) };
        items.extend(&carried);
        documents.extend(carried.into_iter().map(|id| (id, index)));
    }
    if items.is_empty() {
        // A mail of ours may have spoken for others too.
        let is_theirs = |id: &ReceivableId| directory.item(*id).is_none_or(|item| item.customer == customer);
        let nearest = links.iter().filter(|link| link.customer == customer).take(1);
        items.extend(nearest.flat_map(|link| link.items.iter().copied()).filter(is_theirs));
    }
    OwnIdentified { customer: Some(customer), items: items.into_iter().collect(), documents }
}

/// The receivables of which an attachment is the document.
fn carried_by(attachment: &Attachment, customer: CustomerId, directory: &Directory) -> BTreeSet<ReceivableId> {
    let name = attachment.name.as_deref().unwrap_or_default();
    if attached::is_picture(attachment) || attached::names_another_document(name) {
        return BTreeSet::new();
    }
    let stem = attached::stem(name);
    // A bare number in a name counts beside an invoice word, or where it is the whole name: `scan 118.pdf` is anything.
    let whole_name = stem.chars().all(|sign| sign.is_ascii_digit());
    let in_name = mentions(stem).into_iter().filter(|mention| is_whole(mention) || mention.numbered || whole_name);
    let hits = in_name.flat_map(|mention| resolve(&mention, Some(customer), directory));
    let found: BTreeSet<ReceivableId> = hits.filter(|(_, owner)| *owner == customer).map(|(id, _)| id).collect();
    if !found.is_empty() {
        return found;
    }
    let content = attached::plain_text(attachment);
    let Some(head) = attached::document_head(&content) else { return found };
    let in_content = mentions(head).into_iter().filter(is_whole).flat_map(|mention| resolve(&mention, None, directory));
    in_content.filter(|(_, owner)| *owner == customer).map(|(id, _)| id).collect()
}

/// Written with its year or series.
fn is_whole(mention: &Mention) -> bool {
    mention.readings.iter().any(|reading| reading.year.is_some() || !reading.letters.is_empty())
}
