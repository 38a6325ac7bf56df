//! The index that mails are looked up in: what it costs to match one does not grow with the number of receivables.

use super::numbers::{NumberKey, key_of};
use super::{domains, names};
use crate::ledger::account::Account;
use crate::ledger::ids::{Address, CustomerId, ReceivableId, RfcId};
use crate::ledger::money::Money;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

/// What a Message-ID of ours or the owner's is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadLink {
    /// To whom it went.
    pub customer: CustomerId,
    /// What it was about; may be empty.
    pub items: Vec<ReceivableId>,
}

/// Customers, receivables and threads, indexed.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    customers: BTreeMap<CustomerId, Known>,
    items: BTreeMap<ReceivableId, Item>,
    numbers: BTreeMap<Vec<u64>, BTreeSet<ReceivableId>>,
    addresses: BTreeMap<Address, BTreeSet<CustomerId>>,
    organisations: BTreeMap<String, BTreeSet<CustomerId>>,
    look: BTreeMap<String, BTreeSet<String>>,
    /// By a form of the name, its words joined by a blank.
    names: BTreeMap<String, BTreeSet<CustomerId>>,
    /// The first words of these names, with how many begin so: most words of a mail are none.
    openings: HashMap<String, usize>,
    threads: BTreeMap<RfcId, ThreadLink>,
    references: BTreeMap<String, ThreadLink>,
    own: BTreeSet<Address>,
}

/// A customer, as far as matching needs.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub name: String,
    pub addresses: Vec<Address>,
    /// Open ones, oldest due first.
    pub open: Vec<ReceivableId>,
    pub all: Vec<ReceivableId>,
    forms: Vec<Vec<String>>,
}

/// A receivable, as far as matching needs.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub customer: CustomerId,
    pub key: NumberKey,
    /// 0 for the whole, 1… for instalments.
    pub instalment: u16,
    pub written: String,
    pub issued: NaiveDate,
    pub due: NaiveDate,
    pub amount: Money,
    pub open: Money,
    pub is_open: bool,
}

impl Directory {
    /// Indexes everything. `own_addresses` are the mailbox's and the owner's.
    #[must_use]
    pub fn build(accounts: &[Account], threads: &[(RfcId, ThreadLink)], own_addresses: &[Address]) -> Self {
        let mut directory = Self { own: own_addresses.iter().cloned().collect(), ..Self::default() };
        for address in own_addresses {
            directory.watch(address.domain());
        }
        for account in accounts {
            directory.add_account(account);
        }
        for (id, link) in threads {
            directory.add_thread(id.clone(), link.clone());
        }
        directory
    }

    /// Adds an account, or replaces what is known of it.
    pub fn add_account(&mut self, account: &Account) {
        let id = account.customer.id;
        self.forget(id);
        let open: Vec<ReceivableId> = account.open_items().iter().map(|receivable| receivable.id).collect();
        for receivable in &account.receivables {
            let key = key_of(&receivable.key.number, receivable.key.issued);
            self.numbers.entry(key.serial.clone()).or_default().insert(receivable.id);
            let item = Item {
                customer: id,
                key,
                instalment: receivable.key.instalment,
                written: receivable.key.number.clone(),
                issued: receivable.key.issued,
                due: receivable.due,
                amount: receivable.amount,
                open: receivable.open(),
                is_open: !receivable.is_settled() && receivable.is_owed(),
            };
            self.items.insert(receivable.id, item);
        }
        let customer = &account.customer;
        let addresses: Vec<Address> = customer.contacts.iter().map(|contact| contact.address.clone()).collect();
        for address in &addresses {
            self.addresses.entry(address.clone()).or_default().insert(id);
            self.organisations.entry(domains::organisation(address.domain()).to_owned()).or_default().insert(id);
            self.watch(address.domain());
        }
        let forms = names::forms(&customer.name);
        for form in &forms {
            if self.names.entry(form.join(" ")).or_default().insert(id)
                && let Some(first) = form.first()
            {
                *self.openings.entry(first.clone()).or_default() += 1;
            }
        }
        let all = account.receivables.iter().map(|receivable| receivable.id).collect();
        self.customers.insert(id, Known { name: customer.name.clone(), addresses, open, all, forms });
    }

    /// Is an address known of this account that it has no more? What it looked like is not forgotten by adding the account
    /// anew.
    #[must_use]
    pub fn has_lost_an_address(&self, account: &Account) -> bool {
        let known = self.customers.get(&account.customer.id);
        known.is_some_and(|known| known.addresses.iter().any(|address| account.customer.contact(address).is_none()))
    }

    /// Links a Message-ID (or alias) of ours or the owner's.
    pub fn add_thread(&mut self, id: RfcId, link: ThreadLink) {
        self.threads.insert(id, link);
    }

    /// Links one of our own references (X-Sollecito-Ref), which bounces bring back.
    pub fn add_reference(&mut self, reference: impl Into<String>, link: ThreadLink) {
        self.references.insert(reference.into(), link);
    }

    /// Takes an account's entries out of the indexes. The look-alike forms of its domains stay: they only warn.
    fn forget(&mut self, id: CustomerId) {
        let Some(known) = self.customers.remove(&id) else { return };
        for receivable in &known.all {
            if let Some(item) = self.items.remove(receivable)
                && let Some(bucket) = self.numbers.get_mut(&item.key.serial)
            {
                bucket.remove(receivable);
            }
        }
        for address in &known.addresses {
            if let Some(bucket) = self.addresses.get_mut(address) {
                bucket.remove(&id);
            }
            if let Some(bucket) = self.organisations.get_mut(domains::organisation(address.domain())) {
                bucket.remove(&id);
            }
        }
        for words in known.forms {
            let form = words.join(" ");
            if let Some(bucket) = self.names.get_mut(&form) {
                if bucket.remove(&id)
                    && let Some(first) = words.first()
                    && let Some(count) = self.openings.get_mut(first)
                {
                    *count -= 1;
                    if *count == 0 {
                        self.openings.remove(first);
                    }
                }
                if bucket.is_empty() {
                    self.names.remove(&form);
                }
            }
        }
    }

    /// Remembers how a domain looks, so that its imitations are noticed.
    fn watch(&mut self, domain: &str) {
        if domains::is_shared(domain) {
            return;
        }
        let organisation = domains::organisation(domain).to_owned();
        for form in domains::neighbours(&domains::skeleton(&domains::shown(domains::label(domain)))) {
            self.look.entry(form).or_default().insert(organisation.clone());
        }
    }

    pub(super) fn customer(&self, id: CustomerId) -> Option<&Known> {
        self.customers.get(&id)
    }

    pub(super) fn item(&self, id: ReceivableId) -> Option<&Item> {
        self.items.get(&id)
    }

    pub(super) fn with_serial(&self, serial: &[u64]) -> impl Iterator<Item = (ReceivableId, &Item)> {
        let bucket = self.numbers.get(serial);
        bucket.into_iter().flatten().filter_map(|id| Some((*id, self.items.get(id)?)))
    }

    pub(super) fn with_address(&self, address: &Address) -> BTreeSet<CustomerId> {
        self.addresses.get(address).cloned().unwrap_or_default()
    }

    pub(super) fn is_own(&self, address: &Address) -> bool {
        self.own.contains(address)
    }

    pub(super) fn own_organisation(&self, organisation: &str) -> bool {
        self.own.iter().any(|address| domains::organisation(address.domain()) == organisation)
    }

    /// Customers with a contact in this organisation's domain; none for public providers.
    pub(super) fn in_organisation(&self, domain: &str) -> BTreeSet<CustomerId> {
        if domains::is_shared(domain) {
            return BTreeSet::new();
        }
        self.organisations.get(domains::organisation(domain)).cloned().unwrap_or_default()
    }

    /// Organisations on file whose label this one could be taken for.
    pub(super) fn looking_like(&self, domain: &str) -> BTreeSet<&str> {
        let label = domains::shown(domains::label(domain));
        let mut forms = domains::neighbours(&domains::skeleton(&label));
        // `officinebaldini-pagamenti`: a known label with something hung on.
        for (at, _) in label.match_indices('-') {
            if at >= 6 {
                forms.extend(label.get(..at).map(domains::skeleton));
            }
            if label.len().saturating_sub(at) > 6 {
                forms.extend(label.get(at + 1..).map(domains::skeleton));
            }
        }
        forms.iter().filter_map(|form| self.look.get(form)).flatten().map(String::as_str).collect()
    }

    /// Customers named in a text. From each word on, words are added as long as a name begins so: what that costs does
    /// not grow with the number of names that share their first words.
    pub(super) fn named_in(&self, text: &str) -> BTreeSet<CustomerId> {
        let folded = names::folded(text);
        let words = names::said(&folded);
        let mut found: Vec<(usize, CustomerId)> = Vec::new();
        let mut run = String::new();
        let opens = |start: &usize| words.get(*start).is_some_and(|word| self.openings.contains_key(word.as_ref()));
        for start in (0..words.len()).filter(opens) {
            run.clear();
            for (length, word) in (1_usize..).zip(words.get(start..).unwrap_or_default()) {
                if length > 1 {
                    run.push(' ');
                }
                run.push_str(word);
                let mut from_here = self.names.range::<str, _>((Bound::Included(run.as_str()), Bound::Unbounded));
                let Some((name, named)) = from_here.next().filter(|(name, _)| name.starts_with(&run)) else { break };
                if *name == run {
                    found.extend(named.iter().map(|id| (length, *id)));
                }
            }
        }
        // «Studio Legale Galli» is not also «Studio Legale»: the longest name found wins.
        let longest = found.iter().map(|(length, _)| *length).max().unwrap_or(0);
        found.into_iter().filter(|(length, _)| *length == longest).map(|(_, id)| id).collect()
    }

    pub(super) fn thread(&self, id: &RfcId) -> Option<&ThreadLink> {
        self.threads.get(id)
    }

    pub(super) fn reference(&self, reference: &str) -> Option<&ThreadLink> {
        self.references.get(reference)
    }
}
