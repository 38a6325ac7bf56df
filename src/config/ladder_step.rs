//! One step of a ladder file: when, what, who, on what it depends and at which hours, with every wrong combination told.

use super::calendar::{hours, weekday};
use super::sheet::{Section, did_you_mean};
use crate::ledger::ids::{StepId, TemplateId};
use crate::ledger::money::{Currency, Money};
use crate::ledger::words::DebtorKind;
use crate::policy::NOTICE_TO_PERFORM;
use crate::policy::terms::{Condition, Only, Sender, Step, StepAct, StepWindow, When, Windows};
use chrono::Weekday;
use std::collections::BTreeSet;

/// The letters that only the owner sends.
const OWNERS_LETTERS: [&str; 2] = ["final_notice", NOTICE_TO_PERFORM];
/// A notice to perform gives no less (art. 1454 c.c.).
const LEAST_TO_PERFORM: u32 = 15;
/// Texts that only one key may name.
const OF_THEIR_OWN: [(&str, &str); 3] =
    [("note", "courtesy_note"), ("receipt_check", "receipt_check"), ("stop_work", "stop_work")];
/// The keys of which a step has one: what it does.
const ACTS: [&str; 7] = ["mail", "call", "draft", "note", "receipt_check", "stop_work", "hand_over"];
/// The keys of which a step has one: when.
const WHENS: [&str; 3] = ["before_days", "after_days", "after_business_days"];

/// What a step is read with.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    /// Texts that there are.
    pub(super) templates: &'a BTreeSet<String>,
    /// Currency of the sums.
    pub(super) currency: Currency,
    /// The firm's own hours.
    pub(super) windows: &'a Windows,
    /// The firm says that its work may be stopped.
    pub(super) may_stop_work: bool,
    /// Whose ladder it is.
    pub(super) kind: Option<DebtorKind>,
}

/// Reads a step; whatever is wrong is told, and the step is then not there.
pub(super) fn read(section: &Section<'_>, frame: &Frame<'_>) -> Option<Step> {
    let id = section.required("id", "friendly", "a name of small letters, digits and _", |text| {
        let good = !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        good.then(|| StepId::new(text))
    });
    let when = read_when(section);
    let act = read_act(section, frame);
    let stops_work = matches!(act, Some(StepAct::StopWork(_)));
    let act = read_sender(section, act);
    let only = read_only(section, frame.currency);
    let window = read_window(section, frame.windows, act.as_ref().map(|(act, _)| act));
    let firm = section.boolean("firm").unwrap_or(false);
    let deadline_days = section.number("deadline_days", 1..=180, 7);
    section.finish();
    let (act, by) = act?;
    let (id, when) = (id?, when?);
    let step = Step { by, only, window, firm, deadline_days, ..Step::new(id, when, act) };
    let firm = step.firm || stops_work;
    report_combination(section, &step, stops_work, frame);
    Some(Step { firm, ..step })
}

fn read_when(section: &Section<'_>) -> Option<When> {
    let before = section.number("before_days", 1..=365, 10);
    let after = section.number("after_days", 0..=1_000, 7);
    let business = section.number("after_business_days", 0..=700, 5);
    let said: Vec<&'static str> = WHENS.into_iter().filter(|key| section.has(key)).collect();
    match said.as_slice() {
        [] => section.lacks("after_days", "7"),
        [_, second, ..] => section.wrong_key(
            second,
            format!(
                "A step has one day: {}",
                said.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" or ")
            ),
            "keep one of them",
        ),
        [_] => {}
    }
    match (before, after, business) {
        (Some(days), None, None) => Some(When::Before(days)),
        (None, Some(days), None) => Some(When::After(days)),
        (None, None, Some(days)) => Some(When::AfterBusiness(days)),
        _ => None,
    }
}

fn read_act(section: &Section<'_>, frame: &Frame<'_>) -> Option<StepAct> {
    let template = |key: &'static str, example: &str| {
        let found = section.text(key, example)?;
        if key != found.value
            && matches!(key, "mail" | "draft")
            && let Some((own, _)) = OF_THEIR_OWN.iter().find(|(_, name)| *name == found.value)
        {
            // Each has rules of its own, which another key would get round.
            let message = format!("`{}` is not sent as a reminder", found.value);
            found.wrong(message, format!("write {own} = \"{}\"", found.value));
            return None;
        }
        if frame.templates.contains(found.value) {
            return Some(TemplateId::new(found.value));
        }
        let names: Vec<&str> = frame.templates.iter().map(String::as_str).collect();
        found.wrong(format!("There is no template `{}`", found.value), did_you_mean(found.value, &names));
        None
    };
    // A legal text: only the owner sends it, with their own hand.
    let mail = template("mail", "reminder_friendly").filter(|template| {
        let is_owners = OWNERS_LETTERS.contains(&template.as_str());
        if is_owners {
            section.wrong_key(
                "mail",
                format!("`{template}` is the owner's letter: no step sends it by itself"),
                format!("write draft = \"{template}\""),
            );
        }
        !is_owners
    });
    let draft = template("draft", "final_notice");
    let note = template("note", "courtesy_note");
    let check = template("receipt_check", "receipt_check");
    let stop_work = template("stop_work", "stop_work");
    let (call, hand_over) = (section.boolean("call"), section.boolean("hand_over"));
    if ACTS.into_iter().filter(|key| section.has(key)).count() != 1 {
        section.wrong(
            "A step does one thing: `mail`, `call`, `draft`, `note`, `receipt_check`, `stop_work` or `hand_over`",
            "write for example: { id = \"friendly\", after_days = 7, mail = \"reminder_friendly\" }",
        );
    }
    if call == Some(false) {
        section.wrong_key("call", "`call = false` is no step", "write call = true, or take the step out");
    }
    if hand_over == Some(false) {
        section.wrong_key(
            "hand_over",
            "`hand_over = false` is no step",
            "write hand_over = true, or take the step out",
        );
    }
    let acts = [
        mail.map(StepAct::Mail),
        draft.map(StepAct::OwnerDraft),
        note.map(StepAct::Note),
        check.map(StepAct::ReceiptCheck),
        stop_work.map(StepAct::StopWork),
        (call == Some(true)).then_some(StepAct::Call),
        (hand_over == Some(true)).then_some(StepAct::HandOver),
    ];
    let mut acts = acts.into_iter().flatten();
    acts.next().filter(|_| acts.next().is_none())
}

/// What goes with what a step does, and what does not.
fn report_combination(section: &Section<'_>, step: &Step, stops_work: bool, frame: &Frame<'_>) {
    let act = &step.act;
    match (act.is_courtesy(), step.when.is_before_due()) {
        (false, true) => section.wrong_key(
            "before_days",
            "This step asks for money, and nothing is owed before the due date",
            "write after_days",
        ),
        (true, false) => section.wrong(
            format!("`{}` is a mail before anything is due", act.word()),
            "write before_days in the place of the days after",
        ),
        _ => {}
    }
    for key in ["firm", "deadline_days"].into_iter().filter(|key| act.is_courtesy() && section.has(key)) {
        section.wrong_key(key, format!("`{}` asks for nothing, so it has no `{key}`", act.word()), "take the key out");
    }
    if matches!(act, StepAct::OwnerDraft(template) if template.as_str() == NOTICE_TO_PERFORM)
        && step.deadline_days.is_none_or(|days| days < LEAST_TO_PERFORM)
    {
        section.wrong_key(
            "deadline_days",
            format!(
                "A notice to perform (diffida ad adempiere) gives at least {LEAST_TO_PERFORM} days, by art. 1454 c.c."
            ),
            format!("write deadline_days = {LEAST_TO_PERFORM} or more"),
        );
    }
    if !stops_work {
        return;
    }
    if step.deadline_days.is_none() {
        section.wrong_key(
            "deadline_days",
            "It is not said when the work stops",
            "add deadline_days = 10: it rests so many days after the mail",
        );
    }
    if frame.kind == Some(DebtorKind::PublicBody) {
        section.wrong_key("stop_work", "No work is stopped for a public body", "take the step out of [public_body]");
    }
    if !frame.may_stop_work {
        section.wrong_key(
            "stop_work",
            "Not every work may be stopped: not health, not the mandates of lawyers and other professions, no essential supply",
            "where yours may, write may_stop_work = true in [firm]; see a lawyer before the first use",
        );
    }
}

/// Who does it at most. A reminder that the owner sends is a letter of the owner's.
fn read_sender(section: &Section<'_>, act: Option<StepAct>) -> Option<(StepAct, Sender)> {
    let words: Vec<(&str, Sender)> = Sender::ALL.iter().map(|sender| (sender.as_str(), *sender)).collect();
    let said = section.word("by", &words);
    match (act?, said) {
        (StepAct::Mail(template) | StepAct::StopWork(template), Some(Sender::Owner)) => {
            Some((StepAct::OwnerDraft(template), Sender::Owner))
        }
        (StepAct::StopWork(template), None | Some(Sender::Draft)) => Some((StepAct::StopWork(template), Sender::Draft)),
        (StepAct::StopWork(_), Some(Sender::Agent)) => {
            section.wrong_key(
                "by",
                "That the work stops is never sent by itself",
                "take `by` out: it is laid into Drafts",
            );
            None
        }
        (act @ (StepAct::Note(_) | StepAct::ReceiptCheck(_)), Some(Sender::Owner)) => {
            section.wrong_key("by", format!("`{}` is no letter to sign", act.word()), "write by = \"draft\"");
            None
        }
        (act @ (StepAct::Mail(_) | StepAct::Note(_) | StepAct::ReceiptCheck(_)), said) => {
            Some((act, said.unwrap_or(Sender::Agent)))
        }
        (act, None | Some(Sender::Owner)) => Some((act, Sender::Owner)),
        (_, Some(other)) => {
            section.wrong_key("by", format!("Only you do this step, not by = \"{other}\""), "take `by` out");
            None
        }
    }
}

fn read_only(section: &Section<'_>, currency: Currency) -> Only {
    let amount = |key| {
        let found = section.decimal(key, "500.00")?;
        let money = Money::from_decimal(&found.value, currency).filter(|money| money.cents >= 0);
        if money.is_none() {
            found.wrong(
                format!("{}: `{}` is not an amount with at most two decimals", found.title(), found.value),
                format!("write for example: {key} = 500.00"),
            );
        }
        money
    };
    let (from_amount, to_amount) = (amount("from_amount"), amount("to_amount"));
    if let (Some(from), Some(to)) = (from_amount, to_amount)
        && from.cents > to.cents
    {
        section.wrong_key(
            "to_amount",
            format!("No sum lies between {from} and {to}"),
            "write the smaller sum as from_amount, the larger as to_amount",
        );
    }
    let mut conditions = BTreeSet::new();
    for found in section.texts("if", "[\"new_customer\"]").unwrap_or_default() {
        match Condition::parse(found.value) {
            Some(condition) => {
                conditions.insert(condition);
            }
            None => {
                let names: Vec<&str> = Condition::ALL.iter().map(|condition| condition.as_str()).collect();
                found.wrong(format!("There is no condition `{}`", found.value), did_you_mean(found.value, &names));
            }
        }
    }
    Only { from_amount, to_amount, conditions }
}

fn read_window(section: &Section<'_>, firm: &Windows, act: Option<&StepAct>) -> StepWindow {
    let days = section.parsed_list("days", "Tue", "a weekday (Mon, Tue, …)", weekday);
    let own_hours = section.parsed_list("hours", "09:30-12:00", "a span of hours within one day", hours);
    let window = StepWindow { days: days.unwrap_or_default(), hours: own_hours.unwrap_or_default() };
    for key in ["days", "hours"].into_iter().filter(|key| section.has(key)) {
        if section.is_empty_list(key) {
            section.wrong_key(key, format!("`{key}` is empty: the step could never leave"), "take the key out");
        } else if act.is_some_and(|act| matches!(act, StepAct::Call | StepAct::OwnerDraft(_) | StepAct::HandOver)) {
            section.wrong_key(key, "Nothing leaves by itself at this step, so it has no hours", "take the key out");
        }
    }
    let never = |day: &Weekday| !firm.reminder_days.contains(day);
    if window.days.iter().any(never) {
        let open: Vec<String> = firm.reminder_days.iter().map(|day| format!("\"{day}\"")).collect();
        section.wrong_key(
            "days",
            "A step may narrow the days for reminders, not add one",
            format!("choose among [{}], or widen reminder_days in [calendar]", open.join(", ")),
        );
    }
    let is_inside = |(start, end): &(chrono::NaiveTime, chrono::NaiveTime)| {
        firm.reminder_hours.iter().any(|(open, close)| open <= start && end <= close)
    };
    if !window.hours.iter().all(is_inside) {
        let open = firm.reminder_hours.iter();
        let open = open.map(|(from, to)| format!("\"{}-{}\"", from.format("%H:%M"), to.format("%H:%M")));
        section.wrong_key(
            "hours",
            "A step may narrow the hours for reminders, not add any",
            format!("stay within [{}], or widen reminder_hours in [calendar]", open.collect::<Vec<_>>().join(", ")),
        );
    }
    window
}
