//! A mail in, the customer and the receivables that it is about out, with the clues that say so.
//!
//! In: a `Message`, the amounts and the "all of them" that were read in its words, and a `Directory` of accounts and threads.
//! Out: which customer, which receivables, how sure and why; who the writer is to that customer; signs of forgery.
//! Deliberately absent: what the words mean (`classify`), what is done about it (`policy`), any opinion about payments. A thread is
//! evidence of what a mail is about, never of who wrote it.

mod amounts;
mod attached;
mod directory;
mod domains;
mod instalments;
mod items;
mod months;
mod names;
mod numbers;
mod own;
mod person;
mod tokens;
mod vocabulary;

pub use directory::{Directory, ThreadLink};
pub use domains::is_shared as is_shared_domain;
pub use numbers::is_same_number;
pub use own::{OwnIdentified, identify_own};

use crate::ledger::ids::{Address, CustomerId, ReceivableId};
use crate::ledger::money::Money;
use crate::ledger::reading::{Clue, CustomerMatch, Match, Warning, Writer};
use crate::ledger::words::{Certainty, MessageKind};
use crate::message::Message;
use std::collections::{BTreeMap, BTreeSet};

/// What was read in the new words and helps to tell receivables apart.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stated<'a> {
    /// Amounts claimed, promised or named.
    pub amounts: &'a [Money],
    /// The writer speaks of all open items; also set for a request of a statement and for an insolvency.
    pub all_items: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    /// Customer and receivables.
    pub matched: Match,
    /// Who the writer is to that customer.
    pub writer: Writer,
    /// Signs of forgery found here, beyond those of the message itself.
    pub warnings: Vec<Warning>,
}

/// Finds out whom and what a mail is about. What is `unrelated` is judged by its words alone: the caller drops the receivables of such
/// a mail. The receivables of a mail that a customer wrote about somebody else's invoice may be another customer's; they are never certain.
#[must_use]
pub fn identify(message: &Message, directory: &Directory, stated: &Stated<'_>) -> Identified {
    let evidence = Evidence::collect(message, directory, stated.amounts);
    let Some(customer) = evidence.customer(message, directory) else {
        let writer = person::writer(message, directory, None);
        let matched = Match { known_thread: evidence.known_thread, ..Match::default() };
        return Identified { matched, writer, warnings: person::warnings(message, directory, None) };
    };
    let writer = person::writer(message, directory, Some(customer.customer));
    let warnings = person::warnings(message, directory, Some(customer.customer));
    let mut customer = customer;
    if writer == Writer::LookAlike {
        customer.certainty = customer.certainty.min(Certainty::Likely);
    }
    let choice = items::choose(message, directory, stated, &evidence, &customer, writer);
    customer.certainty = customer.certainty.min(choice.customer_at_most);
    let matched =
        Match { customer: Some(customer), items: choice.items, known_thread: evidence.known_thread, answers: None };
    Identified { matched, writer, warnings }
}

/// Everything in a mail that points to somebody.
pub(crate) struct Evidence {
    known_thread: bool,
    /// Customer and receivables of the nearest known ids.
    thread: BTreeMap<CustomerId, BTreeSet<ReceivableId>>,
    /// The nearest known mail spoke for several customers: the one that it was written for first.
    shared: Option<CustomerId>,
    /// A bounce brought our own reference back.
    own_reference: bool,
    contacts: BTreeSet<CustomerId>,
    bounced: BTreeSet<CustomerId>,
    domain: BTreeSet<CustomerId>,
    named: BTreeSet<CustomerId>,
    /// Receivables named by a number that fits nothing else, with where.
    numbers: items::Named,
    /// Whose receivable has both a number and the amount that stand in the words.
    numbered_and_paid: BTreeSet<CustomerId>,
}

impl Evidence {
    fn collect(message: &Message, directory: &Directory, amounts: &[Money]) -> Self {
        let mut thread: BTreeMap<CustomerId, BTreeSet<ReceivableId>> = BTreeMap::new();
        let mut known_thread = false;
        let mut own_reference = false;
        let mut shared = None;
        let original = message.bounce.as_ref().and_then(|bounce| bounce.original.as_ref());
        // The nearest mail with receivables decides: older ones of the same thread were about other things.
        for id in original.into_iter().chain(&message.thread).chain(&message.aliases) {
            let Some(link) = directory.thread(id) else { continue };
            known_thread = true;
            if thread.values().all(BTreeSet::is_empty) {
                thread.clear();
                thread.entry(link.customer).or_default();
                for item in &link.items {
                    let owner = directory.item(*item).map_or(link.customer, |item| item.customer);
                    thread.entry(owner).or_default().insert(*item);
                }
                shared = (thread.len() > 1).then_some(link.customer);
            }
        }
        // What comes back came back for all of them: the agent tells the others.
        if let Some(first) = shared.filter(|_| message.kind == MessageKind::Bounce) {
            thread.retain(|customer, _| *customer == first);
            shared = None;
        }
        if let Some(reference) = message.bounce.as_ref().and_then(|bounce| bounce.own_reference.as_deref())
            && let Some(link) = directory.reference(reference)
        {
            own_reference = true;
            thread.entry(link.customer).or_default().extend(&link.items);
        }
        let bounced = message.bounce.as_ref().and_then(|bounce| bounce.recipient.as_ref());
        let mut evidence = Self {
            known_thread,
            thread,
            shared,
            own_reference,
            contacts: BTreeSet::new(),
            bounced: bounced.map(|address| on_file_or_theirs(address, directory)).unwrap_or_default(),
            domain: BTreeSet::new(),
            named: BTreeSet::new(),
            numbers: items::Named::default(),
            numbered_and_paid: BTreeSet::new(),
        };
        if let Some(address) = person::author(message) {
            evidence.contacts = directory.with_address(address);
            let fellows = directory.in_organisation(address.domain());
            evidence.domain =
                fellows.into_iter().filter(|customer| person::is_colleague(address, directory, *customer)).collect();
        }
        evidence.named = named(message, directory);
        evidence.numbers = items::Named::read(message, directory);
        evidence.numbered_and_paid =
            evidence.numbers.owners_by_amount(&amounts::in_text(&message.words.new, amounts), directory);
        evidence
    }

    /// Does the thread speak for several customers?
    pub(crate) const fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// Whose numbers stand where. A subject that repeats what the thread was called says nothing more than the thread.
    fn telling_numbers(&self, directory: &Directory) -> Vec<(Clue, BTreeSet<CustomerId>)> {
        let mut owners = self.numbers.sure_owners(directory);
        owners.retain(|(clue, owners)| {
            *clue != Clue::NumberInSubject || owners.iter().any(|owner| !self.thread.contains_key(owner))
        });
        owners
    }

    /// Who it is about.
    fn customer(&self, message: &Message, directory: &Directory) -> Option<CustomerMatch> {
        let mut scores: BTreeMap<CustomerId, BTreeSet<Clue>> = BTreeMap::new();
        let mut add = |ids: &mut dyn Iterator<Item = CustomerId>, clue: Clue| {
            for id in ids {
                scores.entry(id).or_default().insert(clue);
            }
        };
        add(&mut self.contacts.iter().copied(), Clue::Contact);
        add(&mut self.bounced.iter().copied(), Clue::BouncedRecipient);
        let thread_clue = if self.own_reference { Clue::OwnReference } else { Clue::Thread };
        add(&mut self.thread.keys().copied(), thread_clue);
        add(&mut self.domain.iter().copied(), Clue::Domain);
        add(&mut self.named.iter().copied(), Clue::Name);
        for (clue, owners) in self.telling_numbers(directory) {
            add(&mut owners.into_iter(), clue);
        }
        add(&mut self.numbered_and_paid.iter().copied(), Clue::NumberInText);
        add(&mut self.numbered_and_paid.iter().copied(), Clue::Amount);
        let weights: BTreeMap<CustomerId, u32> =
            scores.iter().map(|(id, clues)| (*id, clues.iter().map(|clue| weight(*clue)).sum())).collect();
        let best = weights.values().copied().max()?;
        let leaders: Vec<CustomerId> =
            weights.iter().filter(|(_, weight)| **weight == best).map(|(id, _)| *id).collect();
        let leader = match leaders.as_slice() {
            [one] => *one,
            // An answer to a mail that spoke for several, and nothing tells for whom: the owner sees it beside the first.
            several => self.shared.filter(|first| several.contains(first))?,
        };
        let clues = scores.remove(&leader)?;
        let certainty = self.certainty(&clues, message, directory, leader);
        Some(CustomerMatch { customer: leader, certainty, clues: clues.into_iter().collect() })
    }

    fn certainty(
        &self,
        clues: &BTreeSet<Clue>,
        message: &Message,
        directory: &Directory,
        leader: CustomerId,
    ) -> Certainty {
        let others = self.telling_numbers(directory).into_iter().any(|(_, owners)| !owners.contains(&leader));
        let elsewhere = !self.thread.is_empty() && !self.thread.contains_key(&leader);
        if others && elsewhere {
            return Certainty::Likely;
        }
        let one_contact = self.contacts.len() == 1 && clues.contains(&Clue::Contact);
        let stated = clues.contains(&Clue::NumberInText) || clues.contains(&Clue::NumberInAttachment);
        // A subject repeats what the thread was called: beside the thread it is no second witness.
        let subject = clues.contains(&Clue::NumberInSubject) && !self.known_thread;
        // A mail that spoke for several is a witness for one of them only beside a number or a name.
        let is_told = self.shared.is_none() || stated || clues.contains(&Clue::Name);
        let thread = is_told && (clues.contains(&Clue::Thread) || clues.contains(&Clue::OwnReference));
        // A number and the very amount of that receivable are two witnesses.
        let amount = stated && clues.contains(&Clue::Amount);
        let witnesses = [thread, stated || subject, clues.contains(&Clue::Domain), clues.contains(&Clue::Name), amount];
        let several = witnesses.iter().filter(|witness| **witness).count() >= 2;
        let shared_contact = self.contacts.len() > 1 && clues.contains(&Clue::Contact) && (stated || subject || thread);
        let notified = self.numbers.notified && stated;
        let returned =
            message.kind == MessageKind::Bounce && (thread || clues.contains(&Clue::BouncedRecipient)) || notified;
        if one_contact || shared_contact || several || returned { Certainty::Certain } else { Certainty::Likely }
    }
}

/// What a clue weighs when customers compete. A contact outweighs a number alone, and gives way to number and thread together.
const fn weight(clue: Clue) -> u32 {
    match clue {
        Clue::Contact | Clue::BouncedRecipient => 10,
        Clue::OwnReference => 20,
        // An answer in the thread of one invoice that speaks of another is about the other.
        Clue::NumberInText => 8,
        Clue::Thread => 7,
        Clue::NumberInSubject | Clue::NumberInAttachment => 6,
        Clue::Domain => 5,
        Clue::Name => 4,
        Clue::NumberInQuote => 2,
        Clue::Amount | Clue::OnlyOpen | Clue::AllOpen => 1,
    }
}

/// Customers whose name, or an address of theirs, stands in the writer's words, signature or display name.
fn named(message: &Message, directory: &Directory) -> BTreeSet<CustomerId> {
    let display = message.from.iter().filter_map(|from| from.name.as_deref());
    let texts = [message.words.signed.as_str(), message.words.signature.as_str(), message.subject.as_str()];
    let mut found = BTreeSet::new();
    for text in display.chain(texts) {
        found.extend(directory.named_in(text));
    }
    let robot = matches!(message.kind, MessageKind::Bounce | MessageKind::Receipt);
    for word in message
        .words
        .signed
        .split(|c: char| c.is_whitespace() || "<>()[],;:\"".contains(c))
        .filter(|word| word.contains('@'))
    {
        if let Some(address) = Address::parse(word.trim_matches('.')) {
            // A receipt names the certified address, which is seldom the one on file.
            found.extend(if robot { on_file_or_theirs(&address, directory) } else { directory.with_address(&address) });
        }
    }
    found
}

/// Whose address this is: on file, else in the domain of one customer alone.
fn on_file_or_theirs(address: &Address, directory: &Directory) -> BTreeSet<CustomerId> {
    let on_file = directory.with_address(address);
    if !on_file.is_empty() {
        return on_file;
    }
    let theirs = directory.in_organisation(address.domain());
    if theirs.len() == 1 { theirs } else { BTreeSet::new() }
}
