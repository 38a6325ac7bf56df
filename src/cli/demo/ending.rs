//! How it stands in the end, and where to look on.

use super::timeline::Timeline;
use super::wording;
use crate::agent::Agent;
use crate::cli::failure::Failure;
use crate::ledger::money::{Currency, Money};
use crate::ledger::receivable::Closure;
use crate::report::{View, status};
use std::path::Path;

/// Tells it.
pub(super) fn tell(timeline: &mut Timeline<'_>, agent: &Agent, folder: &Path) -> Result<(), Failure> {
    let look = agent.store.look();
    let view = View::new(&look, &agent.office.policy, agent.moment())?;
    let report = status::status(&view, false)?;
    let page = &mut timeline.page;
    page.heading("What is open after three months (sollecito status)");
    page.lines(&report.to_text());

    let (mut came_in, mut open) = (Money::zero(Currency::EUR), Money::zero(Currency::EUR));
    let mut elsewhere = Money::zero(Currency::EUR);
    for receivable in look.accounts()?.iter().flat_map(|account| &account.receivables) {
        if receivable.closure == Some(Closure::HandedOver) {
            let rest = receivable.amount.minus(receivable.paid()).unwrap_or(receivable.amount);
            elsewhere = elsewhere.plus(rest).unwrap_or(elsewhere);
        }
        came_in = came_in.plus(receivable.received()).unwrap_or(came_in);
        open = open.plus(receivable.open()).unwrap_or(open);
    }
    let counts = &timeline.counts;
    let page = &mut timeline.page;
    page.heading("In numbers");
    for (number, what) in [
        (wording::money(came_in), "came in".to_owned()),
        (wording::money(open), "still open".to_owned()),
        (wording::money(elsewhere), "handed over to a lawyer".to_owned()),
        (counts.reminders.to_string(), "reminders left".to_owned()),
        (counts.came.to_string(), "mails came in".to_owned()),
        (counts.answered.to_string(), "of them answered by the agent".to_owned()),
        (counts.settled_alone.to_string(), "of the customers' mails needed no person at all".to_owned()),
        (
            counts.questions.to_string(),
            format!("questions went to Marta, {} of them “who has paid?”", counts.who_has_paid),
        ),
    ] {
        page.line(&format!("  {number:>14}  {what}"));
    }
    let name = folder.display();
    page.heading("Look on");
    page.paragraph(&format!(
        "Every mail lies in {name}/Maildir, to be opened with any mail program; what left lies in {name}/outgoing too. \
         The studio's folder is a real one:"
    ));
    page.line("");
    for command in ["cases", "why 2026/75", "show 'Edil Valsugana'", "plan"] {
        page.line(&format!("  sollecito --config {name} --now 2026-11-30 {command}"));
    }
    Ok(())
}
