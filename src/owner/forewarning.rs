//! The list of the morning: what would leave today, each mail with the word that stops it; and apart from it what would
//! leave too, but waits for a yes.

use super::digest::WaitingMail;
use super::{Recipient, one_line};
use crate::ledger::ids::OutboxId;
use crate::ledger::money::Money;
use crate::ledger::receivable::Receivable;
use crate::ledger::words::Language;
use crate::templates::blocks::brief_name_of;
use crate::templates::wording::{day, totals};
use crate::templates::{RenderFailure, Rendered};

/// What would leave today.
#[derive(Debug, Clone, Copy)]
pub struct Forewarning<'a> {
    /// In the order in which they would leave; `not_before` of each plan is when.
    pub mails: &'a [WaitingMail<'a>],
    /// What may leave today once the owner says yes to it, in the same order.
    pub awaiting: &'a [WaitingMail<'a>],
    /// Who is told.
    pub recipient: Recipient<'a>,
}

/// Writes the list.
///
/// # Errors
/// [`RenderFailure::Address`], as for a single notice.
pub fn forewarning(list: &Forewarning<'_>) -> Result<Rendered, RenderFailure> {
    let recipient = list.recipient;
    let language = recipient.language;
    let today = day(recipient.moment.today(), language);
    let ids: Vec<String> = list.mails.iter().map(|mail| mail.id.to_string()).collect();
    let (subject, intro, how) = match language {
        Language::Italian => italian(&ids, &today),
        _ => english(&ids, &today),
    };
    let stop = match language {
        Language::Italian => "per fermarlo: no",
        _ => "to stop it: no",
    };
    let mut parts = vec![intro];
    parts.extend(list.mails.iter().map(|mail| entry(mail, recipient, stop)));
    parts.extend(yes_intro(list.awaiting.len(), language));
    let approve = match language {
        Language::Italian => "per farlo partire: sollecito approve",
        _ => "to let it go: sollecito approve",
    };
    parts.extend(list.awaiting.iter().map(|mail| entry(mail, recipient, approve)));
    parts.push(how);
    recipient.mail(&subject, format!("{}\n", parts.join("\n\n")), None)
}

/// What stands above the mails that wait for a yes; nothing where there are none.
fn yes_intro(count: usize, language: Language) -> Option<String> {
    let words = match (language, count) {
        (_, 0) => return None,
        (Language::Italian, 1) => "Aspetta il Suo sì, e senza non parte:",
        (Language::Italian, _) => "Aspettano il Suo sì, e senza non partono:",
        (_, 1) => "This one waits for your yes, and does not leave without it:",
        _ => "These wait for your yes, and do not leave without it:",
    };
    Some(words.to_owned())
}

fn italian(ids: &[String], today: &str) -> (String, String, String) {
    let (count, example) = (ids.len(), ids.first().map_or("", String::as_str));
    let (subject, intro) = if count == 1 {
        (
            format!("Oggi partirebbe 1 messaggio ({today})"),
            format!("Oggi, {today}, partirebbe questo messaggio. Se nessuno dice di no, parte da solo."),
        )
    } else {
        (
            format!("Oggi partirebbero {count} messaggi ({today})"),
            format!("Oggi, {today}, partirebbero questi messaggi. Quelli a cui nessuno dice di no partono da soli."),
        )
    };
    let several = ids.get(1).map_or_else(String::new, |other| {
        format!(" Più numeri insieme si scrivono così: no {example}, {other}; per fermarli tutti: no tutti.")
    });
    let which = if count == 1 { "Per fermarlo" } else { "Per fermarne uno" };
    let rest = if count == 1 {
        format!("resta in attesa anche questo messaggio: parte solo con sollecito approve {example}")
    } else {
        "restano in attesa tutti i messaggi di questo elenco: ciascuno parte solo con sollecito approve e il suo numero"
            .to_owned()
    };
    let how = format!(
        "{which} basta rispondere a questa e-mail con la parola indicata: no {example}.{several} Vale fino alla \
         partenza.\nDal computer è lo stesso: sollecito outbox cancel {example}\n\n\
         Un messaggio fermato non parte più. Se la risposta non si capisce, {rest}."
    );
    (subject, intro, how)
}

fn english(ids: &[String], today: &str) -> (String, String, String) {
    let (count, example) = (ids.len(), ids.first().map_or("", String::as_str));
    let (subject, intro) = if count == 1 {
        (
            format!("1 mail would leave today ({today})"),
            format!("Today, {today}, this mail would leave. It goes by itself unless you say no."),
        )
    } else {
        (
            format!("{count} mails would leave today ({today})"),
            format!("Today, {today}, these mails would leave. Each goes by itself unless you say no to it."),
        )
    };
    let several = ids
        .get(1)
        .map_or_else(String::new, |other| format!(" Several at once: no {example}, {other}; all of them: no all."));
    let which = if count == 1 { "To stop it" } else { "To stop one" };
    let rest = if count == 1 {
        format!("the mail waits: it then leaves only by sollecito approve {example}")
    } else {
        "all mails on this list wait: each of them then leaves only by sollecito approve and its number".to_owned()
    };
    let how = format!(
        "{which}, answer this mail with the word given: no {example}.{several} That works until the mail leaves.\n\
         At the computer, the same: sollecito outbox cancel {example}\n\n\
         A mail that was stopped does not leave any more. If your answer is not understood, {rest}."
    );
    (subject, intro, how)
}

/// Whom, about what, how much, which text and from when; then the word, with the number.
fn entry(mail: &WaitingMail<'_>, recipient: Recipient<'_>, word: &str) -> String {
    let language = recipient.language;
    let items: Vec<&Receivable> = mail.plan.items.iter().filter_map(|id| mail.account.receivable(*id)).collect();
    let about = if items.is_empty() { String::new() } else { format!(", {}", brief_name_of(&items, language)) };
    let open: Vec<Money> = items.iter().map(|item| item.open()).collect();
    let sums = totals(&open, language);
    let from = mail.plan.not_before.with_timezone(&recipient.moment.zone).format("%H:%M");
    let what = text_name(mail.plan.template.as_str(), language);
    let together = mail.together_with.map(|name| one_line(name, 80));
    let together = match (language, together) {
        (_, None) => String::new(),
        (Language::Italian, Some(name)) => format!(", nella stessa e-mail di {name}"),
        (_, Some(name)) => format!(", in one mail with {name}"),
    };
    let facts = match language {
        Language::Italian => format!("{what}, dalle {from}{together}"),
        _ => format!("{what}, from {from}{together}"),
    };
    let who = one_line(&mail.account.customer.name, 80);
    format!("- {who}{about}: {sums}\n  {facts}\n  {word} {}", mail.id)
}

/// The shipped texts by a name; a firm's own by its file.
fn text_name(template: &str, language: Language) -> &str {
    let (italian, english) = match template {
        "reminder_friendly" => ("sollecito cordiale", "friendly reminder"),
        "reminder_returned" => ("sollecito dopo l'insoluto", "reminder after it came back unpaid"),
        "reminder_second" => ("secondo sollecito", "second reminder"),
        "reminder_firm" => ("sollecito fermo", "firm reminder"),
        "before_closure" => ("promemoria prima della chiusura", "note before the closure"),
        "monthly_statement" => ("estratto conto mensile", "monthly statement"),
        "stop_work" => ("avviso di sospensione dei lavori", "notice that work will pause"),
        "receipt_check" => ("verifica che la fattura sia arrivata", "check that the invoice arrived"),
        "courtesy_note" => ("biglietto di ringraziamento", "note of thanks"),
        "promise_broken" => ("domanda sul pagamento promesso e non arrivato", "question about a promise not kept"),
        "claim_check" => ("domanda sul pagamento che non risulta", "question about a payment that did not show"),
        other => (other, other),
    };
    if language == Language::Italian { italian } else { english }
}

/// The no came when the mail was gone.
#[must_use]
pub fn too_late(id: OutboxId, customer: &str, language: Language) -> String {
    let customer = one_line(customer, 80);
    match language {
        Language::Italian => format!("Il no al messaggio {id} ({customer}) è arrivato quando era già partito."),
        _ => format!("The no to mail {id} ({customer}) came when it had left already."),
    }
}
