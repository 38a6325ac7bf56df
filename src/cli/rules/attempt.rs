//! `sollecito rules try "…"`: what the rules make of bare words, as a mail by nobody known.

use super::in_force::InForce;
use super::sentences::is_guess;
use crate::agent::clock::{Clock, SystemClock};
use crate::agent::explain::{mail_of_words, without_firm};
use crate::cli::Globals;
use crate::cli::explain::{NAMES, show_facts};
use crate::cli::failure::Failure;
use crate::cli::output::Screen;
use crate::ledger::moment::Moment;

pub(super) fn run(in_force: &InForce, globals: &Globals, words: &str, screen: &mut Screen) -> Result<(), Failure> {
    let zone = chrono_tz::Europe::Rome;
    let now = globals.now.map_or_else(|| Moment::new(SystemClock.now(), zone), |now| now.moment(zone));
    let mail = mail_of_words(words, now.instant);
    let explanation = without_firm(&mail, None, &in_force.rules, now.instant, None);
    if screen.wants_json() {
        screen.json_line(&explanation);
        return Ok(());
    }
    if explanation.intents.iter().all(|found| is_guess(&found.rule)) {
        screen.line("No rule understands it.");
    }
    for found in &explanation.intents {
        let percent = found.confidence.as_percent();
        let own = if in_force.is_own(&found.rule) { " (yours)" } else { "" };
        screen.paragraph(&format!("{} ({percent} %) «{}» by {}{own}", found.intent, found.evidence, found.rule));
    }
    show_facts(&explanation, screen);
    screen.labelled("  so", NAMES, &format!("{} ({})", explanation.disposition, explanation.reason));
    Ok(())
}
