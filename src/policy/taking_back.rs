//! Which order cannot be taken back, because something stands on it.

use crate::ledger::change::{Cause, Change, Entry};
use crate::ledger::hold::HoldOutcome;
use crate::ledger::ids::{CommandId, HoldId};

/// Why an order must stand: its plan or promise gave its place up to a later one. Without it what that one replaced could
/// stand again beside it; what was replaced since is taken back from its end. `entries` are those of an account that
/// count, in order; the answer is a sentence without a full stop.
#[must_use]
pub fn why_it_stands(command: CommandId, entries: &[&Entry]) -> Option<String> {
    let own = |entry: &&&Entry| entry.cause == Cause::Owner { command };
    let placed: Vec<HoldId> = entries
        .iter()
        .filter(own)
        .filter_map(|entry| match &entry.change {
            Change::HoldPlaced { hold } => Some(hold.id),
            _ => None,
        })
        .collect();
    let mut others = entries.iter().filter(|entry| !own(entry));
    let later = others.rfind(|entry| replaced(entry).is_some_and(|hold| placed.contains(&hold)))?;
    let by = match &later.cause {
        Cause::Owner { command } => format!("order {command}"),
        _ => "what came later".to_owned(),
    };
    Some(format!("What order {command} agreed on was replaced by {by}"))
}

fn replaced(entry: &Entry) -> Option<HoldId> {
    match &entry.change {
        Change::HoldEnded { hold, how: HoldOutcome::Replaced, .. } => Some(*hold),
        _ => None,
    }
}
