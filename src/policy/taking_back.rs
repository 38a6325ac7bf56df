//! Which order cannot be taken back, because something stands on it.

use crate::ledger::change::{Cause, Change, Entry};
use crate::ledger::hold::{Hold, HoldKind, HoldOutcome};
use crate::ledger::ids::{CommandId, HoldId};

/// Why an order must stand, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stands {
    /// A sentence without a full stop.
    pub why: String,
    /// What to do.
    pub remedy: &'static str,
}

const THAT_FIRST: &str = "take that back first (`sollecito undo NUMBER`), or say what shall hold now by a new order";

/// Why an order must stand: its plan or promise gave its place up to a later one, or what it lifted did. Without it what
/// that one replaced could stand again beside it; what was replaced since is taken back from its end. `entries` are those
/// of an account that count, in order.
#[must_use]
pub fn why_it_stands(command: CommandId, entries: &[&Entry]) -> Option<Stands> {
    replaced_since(command, entries).or_else(|| lifted_and_gone(command, entries))
}

fn replaced_since(command: CommandId, entries: &[&Entry]) -> Option<Stands> {
    let placed: Vec<HoldId> = own(command, entries).filter_map(|entry| placed(entry)).map(|hold| hold.id).collect();
    let mut others = entries.iter().filter(|entry| !is_own(command, entry));
    let later = others.rfind(|entry| replaced(entry).is_some_and(|hold| placed.contains(&hold)))?;
    let why = format!("What order {command} agreed on was replaced by {}", by_whom(later));
    Some(Stands { why, remedy: THAT_FIRST })
}

/// An order that did nothing but lift instalments, agreed or proposed (`--withdraw`, `resume`): would they stand beside
/// others that came since, or wait for an answer to a mail that never left?
fn lifted_and_gone(command: CommandId, entries: &[&Entry]) -> Option<Stands> {
    let only_lifts = |entry: &&Entry| {
        matches!(entry.change, Change::HoldEnded { .. } | Change::CaseClosed { .. } | Change::Noted { .. })
    };
    let last = entries.iter().rposition(|entry| is_own(command, entry))?;
    if !own(command, entries).all(|entry| only_lifts(&entry)) {
        return None;
    }
    let lifted: Vec<&Hold> = own(command, entries)
        .filter_map(|entry| match &entry.change {
            Change::HoldEnded { hold, how: HoldOutcome::Lifted, .. } => Some(*hold),
            _ => None,
        })
        .filter_map(|id| entries.iter().filter_map(|entry| placed(entry)).find(|hold| hold.id == id))
        .filter(|hold| divides(hold))
        .collect();
    let ended =
        |id: HoldId| entries.iter().any(|entry| matches!(entry.change, Change::HoldEnded { hold, .. } if hold == id));
    let beside = entries.iter().skip(last).find(|entry| {
        placed(entry).is_some_and(|new| {
            divides(new) && !ended(new.id) && lifted.iter().any(|old| old.items().iter().any(|item| new.covers(*item)))
        })
    });
    if let Some(entry) = beside {
        let why = format!("What order {command} lifted would stand beside the instalments of {}", by_whom(entry));
        return Some(Stands { why, remedy: THAT_FIRST });
    }
    let left = |id: HoldId| {
        entries.iter().any(|entry| matches!(entry.change, Change::MailSent { proposes: Some(hold), .. } if hold == id))
    };
    lifted.iter().find(|hold| hold.kind == HoldKind::Proposal && !left(hold.id)).map(|_| Stands {
        why: format!("The proposal that order {command} withdrew never left, and its mail is cancelled"),
        remedy: "propose it anew: `sollecito instalments NUMBER --parts \"…\" --propose`",
    })
}

fn own<'a>(command: CommandId, entries: &[&'a Entry]) -> impl Iterator<Item = &'a Entry> {
    entries.iter().copied().filter(move |entry| is_own(command, entry))
}

fn is_own(command: CommandId, entry: &Entry) -> bool {
    entry.cause == Cause::Owner { command }
}

const fn placed(entry: &Entry) -> Option<&Hold> {
    match &entry.change {
        Change::HoldPlaced { hold } => Some(hold),
        _ => None,
    }
}

/// Is it about parts, in force or proposed?
const fn divides(hold: &Hold) -> bool {
    matches!(hold.kind, HoldKind::Plan | HoldKind::Proposal)
}

fn by_whom(entry: &Entry) -> String {
    match &entry.cause {
        Cause::Owner { command } => format!("order {command}"),
        _ => "what came later".to_owned(),
    }
}

fn replaced(entry: &Entry) -> Option<HoldId> {
    match &entry.change {
        Change::HoldEnded { hold, how: HoldOutcome::Replaced, .. } => Some(*hold),
        _ => None,
    }
}
