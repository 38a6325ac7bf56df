//! What a customer would receive at a step of the ladder: composed and rendered as the real mail, and left at that.

use super::error::AgentError;
use super::notices::write_letter;
use super::office::Office;
use super::pass::world;
use crate::ledger::account::Account;
use crate::ledger::ids::{Address, StepId};
use crate::ledger::moment::Moment;
use crate::ledger::words::{Mode, Purpose};
use crate::policy;
use crate::policy::preview::{
    NoPreview, Previewed, PreviewedAct, PreviewedLetter, PreviewedStep, preview_ladder, preview_step,
};
use crate::policy::terms::{Policy, StepAct};
use crate::store::Look;
use chrono::NaiveDate;
use serde::Serialize;

/// The Message-ID of a preview is seen by nobody; the firm's secret is left alone.
const NO_SECRET: [u8; 32] = [0; 32];

/// The ladder of one customer, or one step of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// To whom.
    pub customer: String,
    /// The kind of debtor: it chooses the ladder.
    pub kind: String,
    /// Language and form of address of the texts.
    pub language: String,
    /// See `language`.
    pub register: String,
    /// Step by step.
    pub steps: Vec<PreviewStep>,
    /// Why no reminder leaves today.
    pub not_today: Vec<String>,
    /// What is open and would not be in these mails, and why.
    pub left_out: Vec<String>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewStep {
    /// Its name.
    pub step: String,
    /// Local day, at the earliest; of a step that is over the day on which it was taken, if it was.
    pub day: Option<NaiveDate>,
    /// Local time.
    pub time: Option<String>,
    /// What happens: `mail`, `draft`, `call`, `hand_over` or `over`.
    pub act: &'static str,
    /// Who sends it, as a sentence.
    pub sender: String,
    /// About which documents.
    pub invoices: Vec<String>,
    /// What it supposes.
    pub supposes: Vec<String>,
    /// The mail, where there is one.
    pub mail: Option<PreviewMail>,
    /// Why the mail could not be written.
    pub failure: Option<String>,
}

/// A mail as the customer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewMail {
    /// To, with the names on file.
    pub to: Vec<String>,
    /// Cc.
    pub cc: Vec<String>,
    /// What is attached, by file name.
    pub attachments: Vec<String>,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// One step, or the whole ladder, of one customer as it stands. Nothing is written anywhere.
///
/// # Errors
/// When there is nothing to show, the step is not on the ladder, or the database cannot be read.
pub fn preview(
    look: &Look<'_>,
    office: &Office,
    moment: Moment,
    account: &Account,
    step: Option<&StepId>,
) -> Result<Preview, AgentError> {
    let account = &policy::arranged(account, &office.policy);
    let documents = look.documents_at_hand(account.customer.id)?;
    let world = world(look, office, moment, &documents)?;
    let found = match step {
        Some(step) => preview_step(account, step, &world),
        None => preview_ladder(account, &world),
    };
    let Previewed { steps, mut against, left_out } = found.map_err(|why| refusal(account, step, why))?;
    if let Some(halt) = look.halted()? {
        against.insert(0, format!("All sending is halted: {}", halt.why));
    }
    let customer = &account.customer;
    Ok(Preview {
        customer: customer.name.clone(),
        kind: customer.kind.to_string(),
        language: customer.language.english_name().to_owned(),
        register: customer.written_register().to_string(),
        steps: steps.iter().map(|step| shown(look, office, account, step)).collect::<Result<_, _>>()?,
        not_today: against,
        left_out,
    })
}

fn shown(look: &Look<'_>, office: &Office, account: &Account, step: &PreviewedStep) -> Result<PreviewStep, AgentError> {
    let mut shown = PreviewStep {
        step: step.step.to_string(),
        day: None,
        time: None,
        act: "over",
        sender: "it is over".to_owned(),
        invoices: Vec::new(),
        supposes: step.supposes.clone(),
        mail: None,
        failure: None,
    };
    match &step.act {
        PreviewedAct::Over(day) => shown.day = *day,
        PreviewedAct::Call(day, items) => {
            shown.day = Some(*day);
            let hands_over = is_hand_over(&office.policy, account, &step.step);
            let who = if hands_over { "you decide who goes on" } else { "you telephone" };
            shown.act = if hands_over { "hand_over" } else { "call" };
            let phone = account.customer.phone().filter(|_| !hands_over);
            let phone = phone.map(|phone| format!(" ({phone})")).unwrap_or_default();
            shown.sender = format!("{who}{phone}: no mail leaves, the agent asks you");
            shown.invoices = account.names(items);
        }
        PreviewedAct::Letter(letter) => {
            shown.day = Some(letter.moment.today());
            // A draft of the owner's is laid down at any hour.
            shown.time = (!letter.is_owners).then(|| letter.moment.time().format("%H:%M").to_string());
            shown.act = if letter.is_owners { "draft" } else { "mail" };
            shown.sender = sender(office, account, letter);
            shown.invoices = account.names(&letter.plan.items);
            match write(look, office, letter)? {
                Ok(mail) => shown.mail = Some(mail),
                Err(why) => shown.failure = Some(why),
            }
        }
    }
    Ok(shown)
}

fn is_hand_over(policy: &Policy, account: &Account, step: &StepId) -> bool {
    let ladder = policy::ladder_for(policy, account);
    ladder.is_some_and(|ladder| ladder.steps.iter().any(|known| known.id == *step && known.act == StepAct::HandOver))
}

/// The same hand that writes the real mails.
fn write(
    look: &Look<'_>,
    office: &Office,
    letter: &PreviewedLetter,
) -> Result<Result<PreviewMail, String>, AgentError> {
    let (plan, account) = (&letter.plan, &letter.account);
    let ids = crate::templates::mail_ids(&NO_SECRET, &plan.key, 0, office.letterhead.address.domain());
    let automatic = !letter.is_owners && !plan.needs_approval;
    let rendered = match write_letter(look, office, letter.moment, (plan, account), &ids, automatic)? {
        Ok(rendered) => rendered,
        Err(why) => return Ok(Err(why)),
    };
    let mut attachments = Vec::new();
    for receivable in &plan.attach_documents {
        attachments.extend(look.documents_of(*receivable)?.pop().map(|document| document.name));
    }
    let named = |addresses: &[Address]| addresses.iter().map(|address| with_name(account, address)).collect();
    Ok(Ok(PreviewMail {
        to: named(&plan.to),
        cc: named(&plan.cc),
        attachments,
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.page.unwrap_or_default(),
    }))
}

fn sender(office: &Office, account: &Account, letter: &PreviewedLetter) -> String {
    let who = match office.policy.mode_of(account, &letter.plan) {
        Mode::Observe if letter.plan.purpose == Purpose::Courtesy => {
            return "nobody: mails before the due date are only observed ([modes] courtesy)".to_owned();
        }
        Mode::Observe if letter.plan.purpose == Purpose::MonthlyStatement => {
            return "nobody: lists of the month are only observed ([modes] monthly_statement)".to_owned();
        }
        Mode::Observe => return "nobody: reminders are only observed ([modes] reminder)".to_owned(),
        _ if letter.is_owners => "you: it is laid into your Drafts, to finish and sign",
        Mode::Draft => "you: it is laid into your Drafts",
        Mode::Send if letter.plan.needs_approval => "the agent, once you have approved it",
        Mode::Send => "the agent",
    };
    match &office.redirect_to {
        Some(address) => format!("{who}; delivered to {address} instead, for trying out"),
        None => who.to_owned(),
    }
}

fn with_name(account: &Account, address: &Address) -> String {
    let name = account.customer.contact(address).and_then(|contact| contact.name.as_deref());
    name.map_or_else(|| address.to_string(), |name| format!("{name} <{address}>"))
}

fn refusal(account: &Account, step: Option<&StepId>, why: NoPreview) -> AgentError {
    let name = &account.customer.name;
    match why {
        NoPreview::NoSuchStep(known) => {
            let kind = account.customer.kind;
            let known: Vec<String> = known.iter().map(ToString::to_string).collect();
            let step = step.map_or_else(String::new, ToString::to_string);
            AgentError::not_known(
                format!("There is no step `{step}` on the ladder of {name} ({kind})"),
                format!("its steps are: {}", known.join(", ")),
            )
        }
        NoPreview::NothingOpen => AgentError::refused(
            format!("Nothing is open of {name}: there is nothing to write about"),
            "`sollecito status` lists who owes something",
        ),
        NoPreview::NeverAsked(reasons) => AgentError::refused(
            format!("Nothing that is open of {name} is asked for by us ({})", reasons.join("; ")),
            "`sollecito why` tells more",
        ),
        NoPreview::NotForThem(why) => AgentError::refused(
            format!("There is no such mail for {name}: {why}"),
            "`sollecito preview CUSTOMER` shows the whole ladder",
        ),
        NoPreview::NoAddress => AgentError::refused(
            format!("There is no usable address of {name} on file: nobody would get the mail"),
            "give one in the import, then try again",
        ),
    }
}
