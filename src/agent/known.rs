//! What mails are looked up in, kept from one pass to the next: read whole once, then only what changed.

use super::error::AgentError;
use super::office::Office;
use crate::ledger::ids::{Address, RfcId};
use crate::matching::{Directory, ThreadLink};
use crate::store::{Look, Mark, Store};

/// Customers, numbers and threads as they were known in the last pass that read a mail. Empty before the first.
#[derive(Debug, Default)]
pub struct Known(Option<Kept>);

#[derive(Debug)]
struct Kept {
    directory: Directory,
    /// Of what was known then.
    mark: Mark,
    own_addresses: Vec<Address>,
}

impl Known {
    /// As it is known now. What is kept is taken out: only what [`Known::keep`] puts back is there the next time, so that
    /// what was learned in a pass that failed is forgotten.
    pub(super) fn renewed(&mut self, store: &Store, office: &Office) -> Result<(Directory, Mark), AgentError> {
        let kept = self.0.take().filter(|kept| kept.own_addresses == office.reader.own_addresses);
        store.read(|look| match kept {
            Some(kept) => renew(&look, kept, office),
            None => Ok((whole(&look, office)?, look.mark()?)),
        })
    }

    /// For the next pass, which asks for what changed since the mark.
    pub(super) fn keep(&mut self, directory: Directory, mark: Mark, office: &Office) {
        self.0 = Some(Kept { directory, mark, own_addresses: office.reader.own_addresses.clone() });
    }
}

fn renew(look: &Look<'_>, kept: Kept, office: &Office) -> Result<(Directory, Mark), AgentError> {
    let Kept { mut directory, mark, .. } = kept;
    let now = look.mark()?;
    for customer in look.accounts_changed_since(mark)? {
        let Some(account) = look.books_of(customer)? else { continue };
        if directory.has_lost_an_address(&account) {
            return Ok((whole(look, office)?, now));
        }
        directory.add_account(&account);
    }
    for (id, link) in look.threads_changed_since(mark)? {
        add(&mut directory, id, link);
    }
    Ok((directory, now))
}

/// Everything that is known, account by account.
///
/// # Errors
/// When the database cannot be read.
pub(super) fn whole(look: &Look<'_>, office: &Office) -> Result<Directory, AgentError> {
    let mut directory = Directory::build(&[], &[], &office.reader.own_addresses);
    for customer in look.account_ids()? {
        if let Some(account) = look.books_of(customer)? {
            directory.add_account(&account);
        }
    }
    for (id, link) in look.threads()? {
        add(&mut directory, id, link);
    }
    Ok(directory)
}

fn add(directory: &mut Directory, id: RfcId, link: crate::store::ThreadLink) {
    directory.add_thread(id, ThreadLink { customer: link.customer, items: link.items });
}
