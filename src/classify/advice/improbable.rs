//! Readings of a rule that its sentence speaks against: put aside beside a likelier one, never alone.

use super::super::compile::Compiled;
use super::super::intents::{Holding, Scanned, is_risk};
use super::super::read::Utterance;
use crate::ledger::words::Intent;
use std::collections::BTreeSet;

/// Below this chance in its sentence a reading is put aside. At one in thirty more is put aside that was right (measured).
const IMPROBABLE: f32 = 0.01;

/// Readings that were put aside, by the place of their sentence.
pub(in super::super) type Aside = BTreeSet<(usize, Intent)>;

/// Takes readings away of which the adviser holds less than one in a hundred in their sentence, where a likelier one
/// remains ("parlarne con il sig. Bruni" beside a promised day); never a risk. Whoever calls must leave their sentences
/// unread: a person then looks at them, so that nothing is answered for the lack of a reading.
pub(in super::super) fn put_aside(
    compiled: &Compiled,
    utterance: &Utterance<'_>,
    scanned: &[Scanned],
    held: &mut Vec<Holding>,
) -> Aside {
    let rule = |holding: &Holding| compiled.rules.get(holding.rule);
    let intents: BTreeSet<Intent> = held.iter().filter_map(rule).map(|rule| rule.intent).collect();
    if intents.len() < 2 {
        return Aside::new();
    }
    // Neither what the firm wrote itself nor a risk is a matter of chances.
    let stays = |holding: &&Holding| {
        rule(holding).is_some_and(|rule| {
            let sure = || compiled.own.contains(&rule.id) || is_risk(rule.intent);
            sure() || super::chance(utterance, scanned, holding.sentence, &[rule.intent]) >= IMPROBABLE
        })
    };
    let probable: BTreeSet<Intent> = held.iter().filter(stays).filter_map(rule).map(|rule| rule.intent).collect();
    if probable.iter().all(|intent| matches!(intent, Intent::Acknowledgement | Intent::Unrelated)) {
        return Aside::new();
    }
    // What is said again elsewhere, and surely, is the same matter. Beside a risk all of its sentence is for the owner.
    let risks: BTreeSet<usize> = held
        .iter()
        .filter(|holding| rule(holding).is_some_and(|rule| is_risk(rule.intent)))
        .map(|holding| holding.sentence)
        .collect();
    let improbable = |holding: &Holding| {
        rule(holding).is_some_and(|rule| !probable.contains(&rule.intent)) && !risks.contains(&holding.sentence)
    };
    let aside = held.iter().filter(|holding| improbable(holding));
    let aside = aside.filter_map(|holding| Some((holding.sentence, rule(holding)?.intent))).collect();
    held.retain(|holding| !improbable(holding));
    aside
}
