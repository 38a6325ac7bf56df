//! Message-IDs: of the mail, of what it answers, and the other names under which it is known.

use super::fields::Fields;
use crate::ledger::ids::RfcId;

/// More ids than this are not kept: the nearest count.
const MOST_IDS: usize = 200;

/// The ids in a mail's headers.
#[derive(Debug, Default)]
pub(super) struct Ids {
    pub(super) own: Option<RfcId>,
    pub(super) aliases: Vec<RfcId>,
    /// Nearest first.
    pub(super) thread: Vec<RfcId>,
    /// In their own order.
    pub(super) references: Vec<RfcId>,
}

/// Reads the headers of a mail; of an opened envelope first the outer, then the inner.
pub(super) fn read(blocks: &[&Fields]) -> Ids {
    let mut ids = Ids::default();
    for fields in blocks {
        let own = fields.first("message-id").and_then(first_id);
        match (&ids.own, own) {
            (None, own) => ids.own = own,
            (Some(_), own) => ids.aliases.extend(own),
        }
        for name in [
            "x-microsoft-original-message-id",
            "x-ms-exchange-parent-message-id",
            "x-riferimento-message-id",
            "x-original-message-id",
            "resent-message-id",
        ] {
            ids.aliases.extend(fields.first(name).and_then(first_id));
        }
        // A receipt of certified mail names the mail that it confirms; an envelope so names itself.
        if fields.has("x-ricevuta") {
            ids.thread.extend(fields.first("x-riferimento-message-id").and_then(first_id));
        }
        let references: Vec<RfcId> = fields.all("references").flat_map(every_id).collect();
        ids.thread.extend(fields.all("in-reply-to").flat_map(every_id));
        ids.thread.extend(references.iter().rev().cloned());
        if ids.references.is_empty() {
            ids.references = references;
        }
    }
    let own = ids.own.clone();
    without_repeats(&mut ids.aliases);
    ids.aliases.retain(|alias| Some(alias) != own.as_ref());
    without_repeats(&mut ids.thread);
    ids.thread.truncate(MOST_IDS);
    without_repeats(&mut ids.references);
    let surplus = ids.references.len().saturating_sub(MOST_IDS);
    ids.references.drain(..surplus);
    ids
}

fn first_id(value: &str) -> Option<RfcId> {
    every_id(value).next()
}

/// Ids in angle brackets; without any, what stands there if it is one.
fn every_id(value: &str) -> impl Iterator<Item = RfcId> {
    let bracketed: Vec<RfcId> = value
        .split('<')
        .skip(1)
        // Folding inside an id happens: blanks are not part of it.
        .filter_map(|rest| rest.split_once('>').map(|(id, _)| id.split_whitespace().collect::<String>()))
        .filter_map(|id| RfcId::parse(&id))
        .collect();
    let bare =
        if bracketed.is_empty() { value.split_whitespace().filter_map(RfcId::parse).collect() } else { Vec::new() };
    bracketed.into_iter().chain(bare)
}

fn without_repeats(ids: &mut Vec<RfcId>) {
    let mut seen = std::collections::BTreeSet::new();
    ids.retain(|id| seen.insert(id.clone()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_first_without_repeats() {
        let fields = Fields::read(b"Message-ID: <me@x>\nIn-Reply-To: Your message <c@x>\nReferences: <a@x>\n <b@x><c@x> <broken>\nX-Riferimento-Message-ID: <r@x>\n");
        let ids = read(&[&fields]);
        let show = |ids: &[RfcId]| ids.iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>().join(" ");
        assert_eq!(show(&ids.thread), "c@x b@x a@x");
        assert_eq!(show(&ids.references), "a@x b@x c@x");
        assert_eq!(show(&ids.aliases), "r@x");
        assert_eq!(ids.own.unwrap().as_str(), "me@x");
    }
}
