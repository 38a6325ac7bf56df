//! Who a writer is to a customer: on file, a colleague, a stranger, an imitation, a machine.

use super::directory::Directory;
use super::{domains, names};
use crate::ledger::ids::{Address, CustomerId};
use crate::ledger::reading::{Warning, Writer};
use crate::ledger::words::MessageKind;
use crate::message::Message;

/// Local parts behind which nobody reads.
const NOBODY: &[&str] = &[
    "mailer-daemon",
    "postmaster",
    "noreply",
    "no-reply",
    "do-not-reply",
    "donotreply",
    "posta-certificata",
    "bounce",
    "bounces",
];

/// The single author's address; none where there are several.
pub(super) fn author(message: &Message) -> Option<&Address> {
    match message.from.as_slice() {
        [only] => only.address.as_ref(),
        _ => None,
    }
}

/// Who the writer is to the customer, or to all customers when none was found.
pub(super) fn writer(message: &Message, directory: &Directory, customer: Option<CustomerId>) -> Writer {
    let Some(address) = author(message) else { return Writer::Nobody };
    if message.kind == MessageKind::Bounce {
        return Writer::Nobody;
    }
    let on_file = directory.with_address(address);
    if customer.is_some_and(|customer| on_file.contains(&customer)) {
        return Writer::OnFile;
    }
    if on_file.is_empty() && is_look_alike(address, directory) {
        return Writer::LookAlike;
    }
    if NOBODY.contains(&address.local()) {
        return Writer::Nobody;
    }
    if customer.is_some_and(|customer| is_colleague(address, directory, customer)) {
        Writer::SameOrganisation
    } else {
        Writer::Stranger
    }
}

/// Same organisational domain as a contact on file. A domain of several customers counts only where it bears the customer's name:
/// else it is a provider that the list of public ones does not know.
pub(super) fn is_colleague(address: &Address, directory: &Directory, customer: CustomerId) -> bool {
    let fellows = directory.in_organisation(address.domain());
    if !fellows.contains(&customer) {
        return false;
    }
    let label = domains::skeleton(domains::label(address.domain()));
    let bears_name = || {
        let telling = directory.customer(customer).map(|known| names::telling(&known.name)).unwrap_or_default();
        telling.iter().any(|word| label.contains(&domains::skeleton(word)))
    };
    fellows.len() == 1 || bears_name()
}

/// A domain that could be taken for one on file, or for our own, and is neither.
fn is_look_alike(address: &Address, directory: &Directory) -> bool {
    let domain = address.domain();
    if domains::is_shared(domain) || !directory.in_organisation(domain).is_empty() {
        return false;
    }
    let organisation = domains::organisation(domain);
    if directory.own_organisation(organisation) {
        return false;
    }
    directory.looking_like(domain).into_iter().any(|known| known != organisation)
}

/// Signs of forgery in the address headers.
pub(super) fn warnings(message: &Message, directory: &Directory, customer: Option<CustomerId>) -> Vec<Warning> {
    let mut found = Vec::new();
    let mut warn = |warning: Warning| {
        if !message.warnings.contains(&warning) && !found.contains(&warning) {
            found.push(warning);
        }
    };
    if message.from.len() > 1 {
        warn(Warning::SeveralAuthors);
    }
    let Some(address) = author(message) else { return found };
    let shown = message.from.first().and_then(|from| from.name.as_deref()).unwrap_or_default();
    let shown = shown.split(|c: char| c.is_whitespace() || "<>()[],;:\"'".contains(c)).filter_map(Address::parse);
    for shown in shown {
        if domains::organisation(shown.domain()) != domains::organisation(address.domain()) {
            warn(Warning::MisleadingName);
        }
    }
    for reply in message.reply_to.iter().filter_map(|reply| reply.address.as_ref()) {
        let on_file = customer.is_some_and(|customer| directory.with_address(reply).contains(&customer));
        let same = domains::organisation(reply.domain()) == domains::organisation(address.domain());
        let freely_other = domains::is_shared(address.domain()) && reply != address;
        if !on_file && !directory.is_own(reply) && (!same || freely_other) {
            warn(Warning::ReplyToElsewhere);
        }
    }
    found
}
