//! The plan of an answer to a message.

use super::World;
use super::examination::known_up_to;
use super::judgement::Answer;
use super::windows;
use crate::ledger::account::Account;
use crate::ledger::ids::TemplateId;
use crate::ledger::mail::{Answered, BusinessKey, MailPlan, Particulars};
use crate::ledger::reading::Reading;
use crate::ledger::receivable::Receivable;

/// One answer a message, after a delay that looks like a person's, inside the window.
pub(super) fn plan(
    answer: &Answer,
    reading: &Reading,
    account: &Account,
    world: &World<'_>,
    because: &str,
) -> MailPlan {
    let shown: Vec<&Receivable> = answer.items.iter().filter_map(|id| account.receivable(*id)).collect();
    MailPlan {
        key: BusinessKey::Answer(reading.identity),
        purpose: answer.purpose,
        template: TemplateId::new(answer.template),
        customer: Some(account.customer.id),
        items: answer.items.clone(),
        steps: Vec::new(),
        to: answer.recipients.to.clone(),
        cc: answer.recipients.cc.clone(),
        not_before: windows::delayed_answer_time(world, &reading.identity),
        answers: Some(Answered {
            identity: reading.identity,
            rfc_id: reading.rfc_id.clone(),
            references: reading.references.clone(),
            subject: reading.subject.clone(),
        }),
        attach_documents: answer.attach.clone(),
        particulars: Particulars {
            named_day: answer.named_day,
            amount: answer.amount,
            payments_known_up_to: known_up_to(&shown),
            parts: answer.parts.clone(),
            ..Particulars::default()
        },
        needs_approval: answer.by_approval || account.customer.vip,
        because: because.to_owned(),
    }
}
