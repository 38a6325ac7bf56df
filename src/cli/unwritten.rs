//! Texts that a ladder asks for and that nobody wrote in the language and form of address of a customer on it: found by
//! `sollecito check`, and not on the day on which the mail would leave.

use super::failure::Failure;
use crate::config::Firm;
use crate::ledger::problem::Problem;
use crate::policy;
use crate::store::Store;
use crate::templates::{ITALIAN_ONLY, Shelf, TEMPLATE_IDS};
use std::collections::BTreeMap;

/// One problem for each such text of the firm's own, by file; the shipped ones are there in every language. Of customers
/// with nothing open, and before the first import, nothing is asked.
pub(super) fn texts(firm: &Firm, shelf: &Shelf) -> Result<Vec<Problem>, Failure> {
    let database = &firm.settings.database;
    let is_own = |id: &str| !TEMPLATE_IDS.contains(&id) && !ITALIAN_ONLY.contains(&id);
    let steps = firm.policy.every_step();
    if !database.exists() || !steps.filter_map(|step| step.act.template()).any(|id| is_own(id.as_str())) {
        return Ok(Vec::new());
    }
    let mut missing: BTreeMap<String, Problem> = BTreeMap::new();
    let accounts = Store::open_existing(database)?.look().accounts()?;
    for account in accounts.iter().filter(|account| !account.open_items().is_empty()) {
        let account = policy::arranged(account, &firm.policy);
        let (customer, register) = (&account.customer, account.customer.written_register());
        for step in policy::ladder_for(&firm.policy, &account).into_iter().flat_map(|ladder| &ladder.steps) {
            let Some(id) = step.act.template().filter(|id| is_own(id.as_str())) else { continue };
            if shelf.has(id, customer.language, register) {
                continue;
            }
            let file = format!("templates/{}/{id}.{register}.txt.hbs", customer.language.as_str());
            let message = format!("There is no {} text `{id}` ({register})", customer.language.english_name());
            let remedy = format!("write it: step `{}` of the ladder of {} asks for it", step.id, customer.name);
            missing.entry(file.clone()).or_insert_with(|| Problem::of_file(file, message).remedy(remedy));
        }
    }
    Ok(missing.into_values().collect())
}
