//! Decisions: a customer account, an event, the owner's policy and *now* in; a decision out.
//!
//! In: values of `ledger`. Out: [`crate::ledger::decision::Decision`]s, verdicts on mails that fall due, reasons for silence,
//! rehearsals of the days to come, previews of a step, the day on which an account is looked at again.
//! Deliberately absent: words of a mail (policy sees findings), the clock, storage, texts of mails.
//!
//! How a decision is made: the event chooses one file (`message_read`, `own_mail`, `day`, `orders`, `imported`,
//! `customers`, `delivered`); that file speaks through a `Deliberation`, which applies every change to a working
//! copy as it is recorded, so that a later thought of the same decision sees the earlier ones.

pub mod advice;
mod answer;
mod approval;
mod as_at;
mod bank_collection;
mod bounce;
mod by_hand;
mod calls;
mod claims;
mod closure;
mod collection;
mod conditions;
mod courtesy;
mod courtesy_outlook;
mod credit;
mod credit_words;
pub mod customers;
mod day;
mod defaults;
mod deferral;
mod deliberation;
mod delivered;
mod difference;
mod disposition;
mod examination;
mod forgotten;
mod freshness;
mod gate;
mod habit;
mod imported;
mod instalments;
mod judgement;
mod ladder;
mod ladder_end;
mod look_again;
mod message_read;
mod monthly;
mod next_look;
mod orders;
mod our_turn;
mod outlook;
mod own_mail;
mod owners_letter;
mod part_and_rest;
mod payday;
mod payments;
mod played;
pub mod preview;
mod preview_beside;
mod preview_scene;
mod previewed;
mod proforma;
mod proposal;
mod questions_of_paying;
mod recheck;
mod refund;
mod rehearsal;
mod reopen;
mod repetition;
mod restart;
mod routine;
mod season;
mod set_off;
mod settlement;
mod silence;
mod stage;
mod steps;
mod strangers;
mod suggestions;
mod supposed;
mod taking_back;
pub mod terms;
mod together;
mod tolerance;
mod unfound;
mod windows;
mod word_given;

use crate::ledger::account::Account;
use crate::ledger::decision::{Decision, Verdict};
use crate::ledger::event::Event;
use crate::ledger::ids::{CaseId, ReceivableId};
use crate::ledger::moment::Moment;
use crate::ledger::reading::Reading;
use std::collections::BTreeSet;
use terms::Policy;

pub use approval::{is_firm_to_a_supplier, must_be_asked};
pub use courtesy_outlook::{CourtesyOutlook, courtesy_outlook};
pub use customers::{arranged, group_by_record, ladder_for};
pub use message_read::heard_beside;
pub use monthly::outlook as statement_outlook;
pub use next_look::next_look;
pub use our_turn::{OurTurn, our_turn};
pub use outlook::{ItemOutlook, outlook};
pub use owners_letter::NOTICE_TO_PERFORM;
pub use recheck::{Conditions, Recheck, is_forewarned, recheck};
pub use rehearsal::{Rehearsal, RehearsedMail, RehearsedQuestion, Scope, rehearse, rehearse_all};
pub use restart::{Reminders, is_restart, resumed, turn};
pub use set_off::why_too_much;
pub use taking_back::{Stands, why_it_stands};
pub use together::{joint_plan, may_be_shared, may_share};
pub use windows::MORNING;

/// What a decision may look at besides the account.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// What the owner decided in advance.
    pub policy: &'a Policy,
    /// Now.
    pub moment: Moment,
    /// The number for the first case that this decision opens; further ones count upward.
    pub next_case: CaseId,
    /// Receivables of which a resendable document is kept.
    pub documents: &'a BTreeSet<ReceivableId>,
}

/// Decides what an event means for an account. Pure: the same input gives the same decision.
#[must_use]
pub fn decide(account: &Account, event: &Event, world: &World<'_>) -> Decision {
    match event {
        Event::MessageRead(reading) => message_read::decide(account, reading, world),
        Event::OwnerWrote(mail) => own_mail::decide(account, mail, world),
        Event::DayCame => day::decide(account, world),
        Event::Ordered(command, order) => orders::decide(account, *command, order, world),
        Event::Imported(imported) => imported::decide(account, imported, world),
        Event::FilesChanged => customers::decide(account, world),
        Event::Delivered(delivery) => delivered::decide(account, delivery, world),
    }
}

/// What a message calls for, and the answer that would leave with no person asked, were every mode `send`.
#[must_use]
pub fn verdict(reading: &Reading, account: Option<&Account>, world: &World<'_>) -> Verdict {
    match account {
        Some(account) => disposition::judge(reading, account, world).verdict(account),
        None => strangers::judge_unknown(reading),
    }
}

/// What a message calls for where no firm's books are at hand.
#[must_use]
pub fn verdict_of_words(reading: &Reading) -> Verdict {
    strangers::judge_words(reading)
}
