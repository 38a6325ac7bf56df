//! Which receivables of a customer a mail is about, in the order of `docs/reading.md`: those named, else those that the amount
//! decides, else those of the thread, else the only open one.

use super::directory::{Directory, Item, Known};
use super::numbers::{self, Mention};
use super::{Evidence, Stated, amounts, attached, instalments, months, vocabulary};
use crate::ledger::ids::{CustomerId, ReceivableId};
use crate::ledger::money::Money;
use crate::ledger::reading::{Clue, CustomerMatch, ItemMatch, Writer};
use crate::ledger::words::{Certainty, MessageKind};
use crate::message::Message;
use chrono::Datelike;
use std::collections::{BTreeMap, BTreeSet};

/// Where numbers were found.
#[derive(Debug, Default)]
pub(super) struct Named {
    text: Vec<Mention>,
    subject: Vec<Mention>,
    attachments: Vec<Mention>,
    quoted: Vec<Mention>,
    /// A notice of the exchange system names the invoice that it is about.
    pub(super) notified: bool,
}

impl Named {
    /// Reads the numbers of a mail. What a bounce or an automatic reply returns counts as its words.
    pub(super) fn read(message: &Message, directory: &Directory) -> Self {
        let mut named = Self {
            text: numbers::mentions(&message.words.new),
            subject: numbers::mentions(&message.subject),
            ..Self::default()
        };
        for attachment in &message.attachments {
            if let Some(name) = attachment.name.as_deref().filter(|_| !attachment.inline) {
                named.attachments.extend(numbers::mentions(attached::stem(name)));
            }
        }
        if matches!(message.kind, MessageKind::Bounce | MessageKind::Receipt) {
            for number in message.attachments.iter().flat_map(attached::notified_numbers) {
                named.attachments.extend(numbers::mentions(&format!("fattura {number}")));
                named.notified = true;
            }
        }
        named.quoted = numbers::mentions(&message.words.quoted);
        if message.kind == MessageKind::Bounce {
            for attachment in &message.attachments {
                named.quoted.extend(numbers::mentions(&attached::plain_text(attachment)));
            }
        }
        named.quoted.retain(|mention| !resolve(mention, None, directory).is_empty());
        named
    }

    /// For each place the customers whose numbers stand there beyond doubt, one entry a mention.
    pub(super) fn sure_owners(&self, directory: &Directory) -> Vec<(Clue, BTreeSet<CustomerId>)> {
        let places = [
            (Clue::NumberInText, &self.text),
            (Clue::NumberInSubject, &self.subject),
            (Clue::NumberInAttachment, &self.attachments),
        ];
        let mut owners = Vec::new();
        for (clue, mentions) in places {
            for mention in mentions {
                let found: BTreeSet<CustomerId> = resolve(mention, None, directory).values().copied().collect();
                if !found.is_empty() {
                    owners.push((clue, found));
                }
            }
        }
        owners
    }
}

impl Named {
    /// Whose receivable has both a number and an amount that stand in the words: also where the number alone would be
    /// several customers'.
    pub(super) fn owners_by_amount(&self, amounts: &[Money], directory: &Directory) -> BTreeSet<CustomerId> {
        let mut owners = BTreeSet::new();
        for mention in &self.text {
            let fitting = candidates(mention, None, directory).into_iter();
            let fitting =
                fitting.filter(|(_, _, item)| amounts.iter().any(|sum| *sum == item.open || *sum == item.amount));
            let customers: BTreeSet<CustomerId> = fitting.map(|(_, _, item)| item.customer).collect();
            if customers.len() == 1 {
                owners.extend(customers);
            }
        }
        owners
    }
}

/// What was chosen, and how sure the customer may still be.
pub(super) struct Choice {
    pub items: Vec<ItemMatch>,
    pub customer_at_most: Certainty,
}

/// Clues by receivable.
pub(super) type Found = BTreeMap<ReceivableId, BTreeSet<Clue>>;

/// Chooses the receivables.
pub(super) fn choose(
    message: &Message,
    directory: &Directory,
    stated: &Stated<'_>,
    evidence: &Evidence,
    customer: &CustomerMatch,
    writer: Writer,
) -> Choice {
    let Some(known) = directory.customer(customer.customer) else {
        return Choice { items: Vec::new(), customer_at_most: Certainty::Likely };
    };
    let thread = evidence.thread.get(&customer.customer).cloned().unwrap_or_default();
    let seen = amounts::in_text(&message.words.new, stated.amounts);
    let desk = Desk { directory, customer, known, thread: &thread, amounts: &seen, evidence };
    let mut sure = customer.certainty;
    let mut customer_at_most = Certainty::Certain;
    let own_words = desk.named(&evidence.numbers.text, Clue::NumberInText);
    let names_anothers = !own_words.foreign.is_empty();
    let mut found = own_words.found;
    // Whoever names a number has said which; else a month says which it is not.
    let months = if found.is_empty() { months::issue_months(&message.words.new) } else { Vec::new() };
    if own_words.strange {
        // A number that is not this customer's: what follows is a guess, unless a slip of the pen explains it.
        let slip = desk.slip();
        if slip.is_empty() {
            sure = sure.min(Certainty::Likely);
            if !own_words.foreign.is_empty() {
                customer_at_most = Certainty::Likely;
            }
            if found.is_empty() && thread.is_empty() {
                found = own_words.foreign;
            }
        }
        found.extend(slip);
    }
    if stated.all_items {
        for id in &known.open {
            found.entry(*id).or_default().insert(Clue::AllOpen);
        }
    }
    let elsewhere = evidence.thread.values().flatten().copied().collect::<BTreeSet<_>>();
    if found.is_empty() && thread.is_empty() && !elsewhere.is_empty() {
        // A known customer answers a mail that was about somebody else's invoice: it is about that one, for the owner to see.
        found = elsewhere.into_iter().map(|id| (id, BTreeSet::from([Clue::Thread]))).collect();
        sure = sure.min(Certainty::Likely);
        customer_at_most = Certainty::Likely;
    }
    if found.is_empty() {
        if desk.names_anothers_outside_words() {
            sure = sure.min(Certainty::Likely);
            customer_at_most = Certainty::Likely;
        }
        found = desk.beyond_words();
    }
    if message.kind == MessageKind::Other {
        // Newsletters mention sums, and come from people who owe one thing.
        found.retain(|_, clues| !clues.is_subset(&BTreeSet::from([Clue::Amount, Clue::OnlyOpen])));
    }
    if let Some(number) = instalments::named(&message.words.new) {
        found = instalments::narrowed(number, found, directory, &known.all);
    }
    desk.corroborate(&mut found);
    // A thread of ours tells what a mail is about even where it does not tell who wrote it.
    // One that spoke for several customers does not.
    let in_thread = evidence.known_thread && !evidence.is_shared() && !thread.is_empty() && !own_words.strange;
    // So does a notice about all that a firm owes which names the firm ("è stata aperta la liquidazione giudiziale di …").
    let named_whole = stated.all_items && customer.clues.contains(&Clue::Name) && !names_anothers;
    if (in_thread || named_whole) && writer != Writer::LookAlike {
        sure = Certainty::Certain;
    }
    let mut items: Vec<ItemMatch> = found
        .into_iter()
        .map(|(receivable, clues)| {
            let another = !months.is_empty()
                && directory.item(receivable).is_none_or(|item| months.iter().all(|month| !month.holds(item.issued)));
            let sure = if another || coincides(&clues, &thread) { sure.min(Certainty::Likely) } else { sure };
            item_match(receivable, clues, sure, desk.certain_clues())
        })
        .collect();
    items.sort_by_key(|item| (directory.item(item.receivable).map(|item| item.due), item.receivable));
    Choice { items, customer_at_most }
}

/// In the thread of one invoice an amount alone points to another: it may as well be a part of the first ("un acconto di 610").
fn coincides(clues: &BTreeSet<Clue>, thread: &BTreeSet<ReceivableId>) -> bool {
    let alone = BTreeSet::from([Clue::Amount]);
    !thread.is_empty() && clues.is_subset(&alone)
}

fn item_match(receivable: ReceivableId, clues: BTreeSet<Clue>, sure: Certainty, enough: &[Clue]) -> ItemMatch {
    let certainty = if clues.iter().any(|clue| enough.contains(clue)) { sure } else { sure.min(Certainty::Likely) };
    ItemMatch { receivable, certainty, clues: clues.into_iter().collect() }
}

/// Everything needed to choose among the receivables of one customer.
struct Desk<'a> {
    directory: &'a Directory,
    customer: &'a CustomerMatch,
    known: &'a Known,
    thread: &'a BTreeSet<ReceivableId>,
    amounts: &'a [Money],
    evidence: &'a Evidence,
}

/// Receivables named in one place.
#[derive(Default)]
struct InPlace {
    found: Found,
    /// Numbers that belong to another customer.
    foreign: Found,
    /// A number announced as an invoice's that is none of this customer's.
    strange: bool,
}

impl Desk<'_> {
    /// Clues each of which is enough for a receivable, once the customer is certain.
    fn certain_clues(&self) -> &'static [Clue] {
        &[
            Clue::Thread,
            Clue::OwnReference,
            Clue::NumberInText,
            Clue::NumberInSubject,
            Clue::NumberInAttachment,
            Clue::Amount,
            Clue::OnlyOpen,
            Clue::AllOpen,
        ]
    }

    fn named(&self, mentions: &[Mention], clue: Clue) -> InPlace {
        let mut place = InPlace::default();
        let mut passing = Found::new();
        for mention in mentions {
            let hits = resolve(mention, Some(self.customer.customer), self.directory);
            let mut own: Vec<ReceivableId> =
                hits.iter().filter(|(_, owner)| **owner == self.customer.customer).map(|(id, _)| *id).collect();
            if hits.is_empty() {
                // «118» of two series or two years: the thread says which.
                own = candidates(mention, Some(self.customer.customer), self.directory)
                    .into_iter()
                    .map(|(_, id, _)| id)
                    .filter(|id| self.thread.contains(id))
                    .collect();
            }
            if own.is_empty() {
                for id in hits.keys() {
                    place.foreign.entry(*id).or_default().insert(clue);
                }
                place.strange |=
                    !hits.is_empty() || (mention.labelled && !mention.other_document && !mention.date_like);
                continue;
            }
            let target = if vocabulary::is_in_passing(&mention.clause) { &mut passing } else { &mut place.found };
            for id in self.narrow(own) {
                target.entry(id).or_default().insert(clue);
            }
        }
        if place.found.is_empty() {
            place.found = passing;
        }
        place
    }

    /// Several instalments bear one number: the amount tells them apart, else the thread, else all that are open.
    fn narrow(&self, ids: Vec<ReceivableId>) -> Vec<ReceivableId> {
        if ids.len() < 2 {
            return ids;
        }
        let keep = |test: &dyn Fn(&ReceivableId) -> bool| -> Option<Vec<ReceivableId>> {
            let kept: Vec<ReceivableId> = ids.iter().copied().filter(|id| test(id)).collect();
            (!kept.is_empty()).then_some(kept)
        };
        keep(&|id| self.directory.item(*id).is_some_and(|item| self.states_amount_of(item)))
            .or_else(|| keep(&|id| self.thread.contains(id)))
            .or_else(|| keep(&|id| self.directory.item(*id).is_some_and(|item| item.is_open)))
            .unwrap_or(ids)
    }

    fn states_amount_of(&self, item: &Item) -> bool {
        self.amounts.iter().any(|amount| *amount == item.open || *amount == item.amount)
    }

    /// Transposed digits count only where sender, thread and amount agree.
    fn slip(&self) -> Found {
        let mut found = Found::new();
        if !self.customer.clues.contains(&Clue::Contact) {
            return found;
        }
        for id in self.thread {
            let Some(item) = self.directory.item(*id).filter(|item| self.states_amount_of(item)) else { continue };
            let slipped = |mention: &Mention| {
                mention.readings.iter().any(|reading| is_transposed(&reading.serial, &item.key.serial))
            };
            if self.evidence.numbers.text.iter().any(slipped) {
                found.insert(*id, BTreeSet::from([Clue::Thread, Clue::Amount]));
            }
        }
        found
    }

    /// Subject or attachments name an invoice of somebody else, and none of this customer's.
    fn names_anothers_outside_words(&self) -> bool {
        let numbers = &self.evidence.numbers;
        let subject = self.named(&numbers.subject, Clue::NumberInSubject);
        let attachments = self.named(&numbers.attachments, Clue::NumberInAttachment);
        let foreign = !subject.foreign.is_empty() || !attachments.foreign.is_empty();
        foreign && subject.found.is_empty() && attachments.found.is_empty()
    }

    /// Where the writer's own words name nothing.
    fn beyond_words(&self) -> Found {
        let numbers = &self.evidence.numbers;
        let mut found = self.named(&numbers.attachments, Clue::NumberInAttachment).found;
        let subject = self.named(&numbers.subject, Clue::NumberInSubject).found;
        let subject_is_own = self.thread.is_empty() || subject.keys().any(|id| !self.thread.contains(id));
        if subject_is_own {
            merge(&mut found, subject.clone());
        }
        if found.is_empty() {
            found = self.by_amount();
        }
        if found.is_empty() {
            let clue = if self.evidence.own_reference { Clue::OwnReference } else { Clue::Thread };
            found = self.thread.iter().map(|id| (*id, BTreeSet::from([clue]))).collect();
        }
        if found.is_empty() {
            found = subject;
        }
        if found.is_empty()
            && let [only] = self.known.open.as_slice()
        {
            found.insert(*only, BTreeSet::from([Clue::OnlyOpen]));
        }
        if found.is_empty() {
            found = self.named(&numbers.quoted, Clue::NumberInQuote).found;
        }
        found
    }

    fn by_amount(&self) -> Found {
        let mut found = Found::new();
        for amount in self.amounts {
            let fits = |id: &&ReceivableId| {
                self.directory.item(**id).is_some_and(|item| item.open == *amount || item.amount == *amount)
            };
            let all: Vec<ReceivableId> = self.known.open.iter().filter(fits).copied().collect();
            let in_thread: Vec<ReceivableId> = all.iter().copied().filter(|id| self.thread.contains(id)).collect();
            let one = match (in_thread.as_slice(), all.as_slice()) {
                ([one], _) | ([], [one]) => Some(*one),
                _ => None,
            };
            found.extend(one.map(|id| (id, BTreeSet::from([Clue::Amount]))));
        }
        if found.is_empty() && self.known.open.len() > 1 {
            let sum = self.sum(self.known.open.iter());
            if sum.is_some_and(|sum| self.amounts.contains(&sum)) {
                found = self.known.open.iter().map(|id| (*id, BTreeSet::from([Clue::Amount, Clue::AllOpen]))).collect();
            }
        }
        found
    }

    fn sum<'i>(&self, mut ids: impl Iterator<Item = &'i ReceivableId>) -> Option<Money> {
        let first = self.directory.item(*ids.next()?)?.open;
        ids.try_fold(first, |sum, id| sum.plus(self.directory.item(*id)?.open))
    }

    /// Adds the other clues that speak for what was chosen, so that the owner sees them.
    fn corroborate(&self, found: &mut Found) {
        let subject = self.named(&self.evidence.numbers.subject, Clue::NumberInSubject).found;
        for (id, clues) in found.iter_mut() {
            if self.thread.contains(id) {
                clues.insert(if self.evidence.own_reference { Clue::OwnReference } else { Clue::Thread });
            }
            if subject.contains_key(id) {
                clues.insert(Clue::NumberInSubject);
            }
            if self.directory.item(*id).is_some_and(|item| self.states_amount_of(item)) {
                clues.insert(Clue::Amount);
            }
        }
    }
}

fn merge(into: &mut Found, from: Found) {
    for (id, clues) in from {
        into.entry(id).or_default().extend(clues);
    }
}

/// What a number may mean: receivables with their owners. With a customer, that customer's go first, and a bare number is allowed.
pub(super) fn resolve(
    mention: &Mention,
    customer: Option<CustomerId>,
    directory: &Directory,
) -> BTreeMap<ReceivableId, CustomerId> {
    let best = candidates(mention, customer, directory);
    // Of several documents with this number none is meant for certain; instalments of one are one document.
    let documents: BTreeSet<_> = best.iter().map(|(_, _, item)| (item.customer, &item.written, item.issued)).collect();
    if documents.len() == 1 {
        return best.into_iter().map(|(_, id, item)| (id, item.customer)).collect();
    }
    let mut found = BTreeMap::new();
    if best.is_empty() {
        for member in &mention.members {
            found.extend(resolve(member, customer, directory));
        }
    }
    found
}

/// Everything that a number may mean and that fits best.
fn candidates<'d>(
    mention: &Mention,
    customer: Option<CustomerId>,
    directory: &'d Directory,
) -> Vec<(Fit, ReceivableId, &'d Item)> {
    let mut best: Vec<(Fit, ReceivableId, &'d Item)> = Vec::new();
    for reading in &mention.readings {
        for (id, item) in directory.with_serial(&reading.serial) {
            let Some(fit) = fit(mention, reading, item, customer) else { continue };
            best.push((fit, id, item));
        }
    }
    if let Some(customer) = customer
        && best.iter().any(|(_, _, item)| item.customer == customer)
    {
        best.retain(|(_, _, item)| item.customer == customer);
    }
    let top = best.iter().map(|(fit, _, _)| *fit).min();
    best.retain(|(fit, _, _)| Some(*fit) == top);
    if best.iter().any(|(_, _, item)| item.is_open) {
        best.retain(|(_, _, item)| item.is_open);
    }
    best
}

/// How well a reading fits, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// Series and year, or series where there is no year.
    Whole,
    /// The year without the series.
    WithoutSeries,
    /// The serial alone.
    Bare,
}

fn fit(mention: &Mention, reading: &numbers::NumberKey, item: &Item, customer: Option<CustomerId>) -> Option<Fit> {
    if reading.year.is_some_and(|year| year != item.issued.year()) || mention.other_document {
        return None;
    }
    if mention.issued.and_then(|(_, _, year)| year).is_some_and(|year| year != item.issued.year()) {
        return None;
    }
    let issued_agrees =
        mention.issued.is_some_and(|(day, month, _)| day == item.issued.day() && month == item.issued.month());
    let invoice = mention.labelled || issued_agrees;
    let announced = invoice || mention.numbered;
    let told = reading.year.is_some() || !reading.letters.is_empty();
    if reading.letters == item.key.letters && told {
        return (announced || !mention.date_like).then_some(Fit::Whole);
    }
    if !reading.letters.is_empty() {
        return None;
    }
    if reading.year.is_some() {
        return (announced || (customer.is_some() && !mention.date_like)).then_some(Fit::WithoutSeries);
    }
    let theirs = customer == Some(item.customer);
    (invoice || (theirs && (announced || !mention.date_like))).then_some(Fit::Bare)
}

/// Two neighbouring digits changed places.
fn is_transposed(written: &[u64], real: &[u64]) -> bool {
    let ([written], [real]) = (written, real) else { return false };
    let width = written.max(real).to_string().len();
    let (written, real) = (format!("{written:0width$}"), format!("{real:0width$}"));
    let differing: Vec<(usize, (char, char))> =
        written.chars().zip(real.chars()).enumerate().filter(|(_, (left, right))| left != right).collect();
    match differing.as_slice() {
        [(first, (a, b)), (second, (c, d))] => *second == first + 1 && a == d && b == c,
        _ => false,
    }
}
