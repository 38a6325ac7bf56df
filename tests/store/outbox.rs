//! The outbox: keys, moves, bytes that never change.

use super::*;

#[test]
fn one_live_mail_a_key() {
    let mut firm = firm();
    let account = begin(&mut firm.store);
    let first = planned(&mut firm.store, &account, reminder(3, vec![step(1, "friendly")]));
    let again = Decision { mails: vec![reminder(3, vec![step(1, "friendly")])], ..Decision::default() };
    let account = firm.store.write(|unit| unit.record(&account, &again, at(2))).unwrap();
    assert_eq!(account.pending.iter().map(|row| row.id).collect::<Vec<_>>(), vec![first]);

    // Withdrawn and planned anew in one decision: a further revision.
    let anew = Decision {
        mails: vec![reminder(3, vec![step(1, "friendly")])],
        withdrawals: vec![Withdrawal { outbox: first, reason: "the amount changed".to_owned() }],
        ..Decision::default()
    };
    let account = firm.store.write(|unit| unit.record(&account, &anew, at(3))).unwrap();
    assert_eq!(account.pending.len(), 1);
    assert_eq!((account.pending[0].revision, row_of(&firm.store, first).row.revision), (2, 1));
    assert_eq!(state_of(&firm.store, first), OutboxState::Cancelled);
    assert_eq!(row_of(&firm.store, first).row.state_reason.as_deref(), Some("the amount changed"));
}

#[test]
fn the_database_itself_refuses_a_second_mail_with_one_key() {
    let mut firm = firm();
    let account = begin(&mut firm.store);
    let id = planned(&mut firm.store, &account, reminder(3, vec![]));
    let copy = "INSERT INTO outbox (business_key, revision, purpose, plan, state, planned_at, not_before) \
                SELECT business_key, revision + 1, purpose, plan, state, planned_at, not_before FROM outbox WHERE id = ?1";
    let error = by_hand(&firm.path).execute(copy, [id.0]).unwrap_err().to_string();
    assert!(error.contains("UNIQUE"), "{error}");
}

#[test]
fn one_mail_a_step_under_whatever_key() {
    let mut firm = firm();
    let account = begin(&mut firm.store);
    let first = planned(&mut firm.store, &account, reminder(3, vec![step(1, "friendly")]));
    let again = Decision { mails: vec![reminder(4, vec![step(1, "friendly")])], ..Decision::default() };
    let account = firm.store.write(|unit| unit.record(&account, &again, at(2))).unwrap();
    assert_eq!(account.pending.iter().map(|row| row.id).collect::<Vec<_>>(), [first], "what was planned first stands");
    write(&mut firm.store, |unit| unit.cancel(first, "paid")).unwrap();
    let account = firm.store.write(|unit| unit.record(&account, &again, at(2))).unwrap();
    assert_eq!(account.pending.len(), 1, "its step is free again");
}

#[test]
fn the_database_itself_refuses_a_second_mail_with_one_step() {
    let mut firm = firm();
    let account = begin(&mut firm.store);
    planned(&mut firm.store, &account, reminder(3, vec![step(1, "friendly")]));
    let second = planned(&mut firm.store, &account, reminder(4, vec![]));
    let copy = "INSERT INTO outbox_item (outbox, receivable, cycle, step) \
                SELECT ?1, receivable, cycle, step FROM outbox_item";
    let error = by_hand(&firm.path).execute(copy, [second.0]).unwrap_err().to_string();
    assert!(error.contains("UNIQUE"), "{error}");
}

#[test]
fn the_way_of_a_mail_and_its_bytes() {
    let mut firm = firm();
    let account = begin(&mut firm.store);
    let id = planned(&mut firm.store, &account, reminder(3, vec![step(1, "friendly")]));
    assert_eq!(firm.store.look().due(at(59)).unwrap(), vec![]);
    assert_eq!(firm.store.look().due(at(60)).unwrap(), vec![id]);
    assert_eq!(firm.store.look().next_due().unwrap(), Some(at(60)));
    write(&mut firm.store, |unit| unit.freeze(id, &frozen(1))).unwrap();
    assert_eq!(firm.store.look().frozen(id).unwrap().unwrap(), frozen(1));
    assert_eq!(write(&mut firm.store, |unit| unit.claim(id)).unwrap(), 1);
    assert_eq!(firm.store.look().due(at(99)).unwrap(), vec![]);
    write(&mut firm.store, |unit| unit.mark_later(id, at(120), "451 greylisted")).unwrap();
    assert_eq!(firm.store.look().due(at(119)).unwrap(), vec![]);
    assert_eq!(firm.store.look().due(at(120)).unwrap(), vec![id]);
    assert_eq!(write(&mut firm.store, |unit| unit.claim(id)).unwrap(), 2);
    write(&mut firm.store, |unit| unit.mark_in_data(id, at(121))).unwrap();
    write(&mut firm.store, |unit| {
        let anna = address("anna@prova1.example");
        unit.recipient_outcome(id, &anna, RecipientAnswer::Later, Some("451"), at(120))?;
        unit.recipient_outcome(id, &anna, RecipientAnswer::Accepted, Some("250"), at(121))?;
        unit.mark_accepted(id, "250 queued as 4X", at(122))?;
        unit.set_sent_copy(id, SentCopy::Wanted)
    })
    .unwrap();
    let mail = row_of(&firm.store, id);
    assert_eq!(mail.row.state, OutboxState::Accepted);
    assert_eq!((mail.accepted_at, mail.words.as_deref()), (Some(at(122)), Some("250 queued as 4X")));
    assert_eq!(mail.recipients.len(), 1);
    assert_eq!(mail.recipients[0].answer, RecipientAnswer::Accepted);
    assert_eq!(mail.frozen.as_ref().unwrap().size, 4);
    assert_eq!(firm.store.look().sent_copies_open().unwrap(), vec![mail.clone()]);
    assert_eq!(firm.store.look().outbox_by_reference("ref1").unwrap(), Some(mail.clone()));
    assert_eq!(firm.store.look().outbox_by_rfc_id(&frozen(1).rfc_id).unwrap(), Some(mail));
    assert_eq!(firm.store.look().sent_count_on(at(0), at(500)).unwrap(), 1);
    assert_eq!(firm.store.look().sent_count_on(at(122), at(500)).unwrap(), 0);
    assert_eq!(firm.store.look().notices_sent_on(at(0), at(500)).unwrap(), 0);
    assert_eq!(firm.store.look().account(CustomerId(1)).unwrap().unwrap().pending, vec![]);
}

#[test]
fn frozen_bytes_never_change() {
    let mut firm = firm();
    let account = begin(&mut firm.store);
    let id = planned(&mut firm.store, &account, reminder(3, vec![]));
    write(&mut firm.store, |unit| unit.freeze(id, &frozen(1))).unwrap();
    let again = write(&mut firm.store, |unit| unit.freeze(id, &frozen(2))).unwrap_err();
    assert_eq!(again.kind, StoreErrorKind::Raced);
    let connection = by_hand(&firm.path);
    for set in ["frozen_bytes = x'00'", "frozen_bytes = NULL", "rfc_id = 'a@b.example'", "frozen_recipients = '[]'"] {
        let error = connection.execute(&format!("UPDATE outbox SET {set}"), []).unwrap_err().to_string();
        assert!(error.contains("never changes"), "{set}: {error}");
    }
    // Held and approved again, the same bytes leave.
    write(&mut firm.store, |unit| {
        unit.hold(id, "outside the window")?;
        unit.approve(id)
    })
    .unwrap();
    let mail = row_of(&firm.store, id);
    assert_eq!((mail.row.state, mail.row.approved), (OutboxState::Frozen, true));
    assert_eq!(firm.store.look().frozen(id).unwrap().unwrap(), frozen(1));
}

#[test]
fn every_move_states_from_where() {
    // State reached, and the moves that must be refused there.
    type Move = (&'static str, fn(&mut Unit<'_>, OutboxId) -> Result<(), StoreError>);
    let moves: [Move; 14] = [
        ("freeze", |unit, id| unit.freeze(id, &frozen(9))),
        ("claim", |unit, id| unit.claim(id).map(|_| ())),
        ("in_data", |unit, id| unit.mark_in_data(id, at(2))),
        ("accepted", |unit, id| unit.mark_accepted(id, "250", at(3))),
        ("later", |unit, id| unit.mark_later(id, at(9), "451")),
        ("refused", |unit, id| unit.mark_refused(id, "550")),
        ("unsure", |unit, id| unit.mark_unsure(id, "gone")),
        ("never_left", |unit, id| unit.mark_never_left(id, "owner")),
        ("cancel", |unit, id| unit.cancel(id, "paid")),
        ("hold", |unit, id| unit.hold(id, "wait")),
        ("approve", |unit, id| unit.approve(id)),
        ("drafted", |unit, id| unit.drafted(id, "item")),
        ("sent_by_owner", |unit, id| unit.sent_by_owner(id, at(3))),
        ("discarded", |unit, id| unit.discarded(id)),
    ];
    let ways: [(&[&str], &[&str]); 11] = [
        (&[], &["freeze", "cancel", "hold", "drafted"]),
        (&["hold"], &["cancel", "approve", "drafted"]),
        (&["freeze"], &["claim", "refused", "cancel", "hold"]),
        (&["freeze", "claim"], &["in_data", "later", "refused"]),
        (&["freeze", "claim", "later"], &["claim", "refused", "cancel", "hold"]),
        (&["freeze", "claim", "in_data"], &["accepted", "later", "refused", "unsure"]),
        (&["freeze", "claim", "in_data", "unsure"], &["accepted", "never_left"]),
        (&["freeze", "claim", "in_data", "accepted"], &[]),
        (&["freeze", "claim", "refused"], &[]),
        (&["drafted"], &["drafted", "sent_by_owner", "discarded", "cancel"]),
        (&["drafted", "discarded"], &["sent_by_owner"]),
    ];
    for (way, allowed) in ways {
        for (name, attempt) in &moves {
            let mut firm = firm();
            let account = begin(&mut firm.store);
            let id = planned(&mut firm.store, &account, reminder(3, vec![]));
            for passed in way {
                let (_, go) = moves.iter().find(|(name, _)| name == passed).unwrap();
                write(&mut firm.store, |unit| go(unit, id)).unwrap();
            }
            let before = row_of(&firm.store, id);
            let result = write(&mut firm.store, |unit| attempt(unit, id));
            if allowed.contains(name) {
                result.unwrap_or_else(|error| panic!("{way:?} then {name}: {error}"));
            } else {
                let error = result.map(|()| panic!("{way:?} then {name} was let through")).unwrap_err();
                assert_eq!(error.kind, StoreErrorKind::Raced, "{way:?} then {name}: {error}");
                assert_eq!(row_of(&firm.store, id), before);
            }
        }
    }
}

#[test]
fn no_such_row_is_not_a_race() {
    let mut firm = firm();
    let error = write(&mut firm.store, |unit| unit.claim(OutboxId(5))).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Unknown);
    let error = write(&mut firm.store, |unit| unit.set_sent_copy(OutboxId(5), SentCopy::Done)).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Unknown);
}

#[test]
fn an_unsure_mail_blocks_its_key_until_it_is_settled() {
    let mut firm = firm();
    let account = begin(&mut firm.store);
    let again = || Decision { mails: vec![reminder(3, vec![step(1, "friendly")])], ..Decision::default() };
    let id = planned(&mut firm.store, &account, reminder(3, vec![step(1, "friendly")]));
    write(&mut firm.store, |unit| {
        unit.freeze(id, &frozen(1))?;
        unit.claim(id)?;
        unit.mark_in_data(id, at(2))?;
        unit.mark_unsure(id, "the connection broke")
    })
    .unwrap();
    let with = firm.store.write(|unit| unit.record(&account, &again(), at(5))).unwrap();
    assert_eq!(with.pending.iter().map(|row| row.id).collect::<Vec<_>>(), vec![id]);
    assert_eq!(firm.store.look().due(at(9999)).unwrap(), vec![]);
    assert_eq!(firm.store.look().sent_count_on(at(0), at(9)).unwrap(), 1, "it counts as sent");
    write(&mut firm.store, |unit| unit.mark_never_left(id, "the owner asked them")).unwrap();
    let with = firm.store.write(|unit| unit.record(&account, &again(), at(6))).unwrap();
    assert_eq!(with.pending[0].revision, 2);
}

#[test]
fn a_mail_proven_undelivered_permits_another_revision() {
    let mut firm = firm();
    let account = begin(&mut firm.store);
    let id = planned(&mut firm.store, &account, reminder(3, vec![step(1, "friendly")]));
    write(&mut firm.store, |unit| {
        unit.freeze(id, &frozen(1))?;
        unit.claim(id)?;
        unit.mark_in_data(id, at(2))?;
        unit.mark_accepted(id, "250", at(3))
    })
    .unwrap();
    let again = Decision { mails: vec![reminder(3, vec![step(1, "friendly")])], ..Decision::default() };
    let with = firm.store.write(|unit| unit.record(&account, &again, at(5))).unwrap();
    assert_eq!(with.pending, vec![]);
    write(&mut firm.store, |unit| unit.mark_undelivered(id, "5.1.1")).unwrap();
    let with = firm.store.write(|unit| unit.record(&account, &again, at(6))).unwrap();
    assert_eq!(with.pending[0].revision, 2);
}

#[test]
fn drafts_withdrawn_are_to_be_removed_and_discarded_ones_mean_no() {
    let mut firm = firm();
    let account = begin(&mut firm.store);
    let id = planned(&mut firm.store, &account, reminder(3, vec![step(1, "friendly")]));
    write(&mut firm.store, |unit| {
        unit.name(id, &frozen(1).rfc_id, "ref1")?;
        unit.drafted(id, "draft-1")
    })
    .unwrap();
    let mail = firm.store.look().outbox_by_reference("ref1").unwrap().unwrap();
    assert_eq!((mail.draft.as_deref(), mail.draft_to_remove), (Some("draft-1"), false));
    write(&mut firm.store, |unit| unit.cancel(id, "paid")).unwrap();
    assert_eq!(firm.store.look().drafts_to_remove().unwrap().len(), 1);
    // The owner sends it all the same.
    write(&mut firm.store, |unit| unit.sent_by_owner(id, at(9))).unwrap();
    assert_eq!(firm.store.look().drafts_to_remove().unwrap().len(), 0);
    assert_eq!(state_of(&firm.store, id), OutboxState::SentByOwner);

    let second = planned(&mut firm.store, &account, reminder(4, vec![step(2, "friendly")]));
    write(&mut firm.store, |unit| {
        unit.drafted(second, "draft-2")?;
        unit.discarded(second)
    })
    .unwrap();
    let again = Decision { mails: vec![reminder(4, vec![step(2, "friendly")])], ..Decision::default() };
    let with = firm.store.write(|unit| unit.record(&account, &again, at(6))).unwrap();
    assert_eq!(with.pending, vec![], "a discarded draft is not proposed again");
}

#[test]
fn what_needs_approval_is_held_and_what_is_postponed_is_not_due() {
    let mut firm = firm();
    let account = begin(&mut firm.store);
    let mut vip = reminder(3, vec![]);
    vip.needs_approval = true;
    let id = planned(&mut firm.store, &account, vip);
    assert_eq!(state_of(&firm.store, id), OutboxState::Held);
    assert_eq!(firm.store.look().due(at(99)).unwrap(), vec![]);
    write(&mut firm.store, |unit| unit.approve(id)).unwrap();
    assert_eq!(firm.store.look().due(at(99)).unwrap(), vec![id]);
    write(&mut firm.store, |unit| unit.postpone(id, at(200), "quiet hours")).unwrap();
    assert_eq!(firm.store.look().due(at(199)).unwrap(), vec![]);
    assert_eq!(firm.store.look().due(at(200)).unwrap(), vec![id]);
    assert_eq!(row_of(&firm.store, id).row.plan.not_before, at(200));
}

#[test]
fn what_failed_before_is_due_after_what_was_never_tried() {
    let mut firm = firm();
    let account = begin(&mut firm.store);
    let failing = planned(&mut firm.store, &account, reminder(3, vec![step(1, "friendly")]));
    write(&mut firm.store, |unit| unit.freeze(failing, &frozen(1))).unwrap();
    write(&mut firm.store, |unit| unit.claim(failing)).unwrap();
    write(&mut firm.store, |unit| unit.mark_later(failing, at(5), "the server broke off")).unwrap();
    let account = firm.store.look().account(account.customer.id).unwrap().unwrap();
    let fresh = planned(&mut firm.store, &account, reminder(4, vec![]));
    write(&mut firm.store, |unit| unit.postpone(fresh, at(10), "quiet hours")).unwrap();
    assert_eq!(firm.store.look().due(at(20)).unwrap(), vec![fresh, failing]);
}

#[test]
fn filters() {
    let mut firm = firm();
    let account = begin(&mut firm.store);
    let one = planned(&mut firm.store, &account, reminder(3, vec![step(1, "friendly")]));
    let two = planned(&mut firm.store, &account, reminder(4, vec![step(2, "friendly")]));
    let mut about = plan(BusinessKey::Notice(CaseId(7), 1), vec![]);
    (about.customer, about.purpose) = (None, Purpose::Notice);
    let notice = write(&mut firm.store, |unit| unit.plan(&about, None, at(3))).unwrap().unwrap();
    write(&mut firm.store, |unit| unit.cancel(two, "paid")).unwrap();
    let ids = |filter: OutboxFilter| -> Vec<OutboxId> {
        firm.store.look().outbox(&filter).unwrap().iter().map(|mail| mail.row.id).collect()
    };
    let all = OutboxFilter::default;
    assert_eq!(ids(all()), vec![one, two, notice]);
    assert_eq!(ids(OutboxFilter { states: vec![OutboxState::Planned], ..all() }), vec![one, notice]);
    assert_eq!(ids(OutboxFilter { customer: Some(CustomerId(1)), ..all() }), vec![one, two]);
    assert_eq!(ids(OutboxFilter { case: Some(CaseId(7)), ..all() }), vec![notice]);
    assert_eq!(ids(OutboxFilter { receivable: Some(ReceivableId(2)), ..all() }), vec![two]);
    assert_eq!(ids(OutboxFilter { planned_from: Some(at(3)), ..all() }), vec![notice]);
    assert_eq!(ids(OutboxFilter { newest: Some(2), ..all() }), vec![two, notice]);
    assert_eq!(firm.store.look().notices_about(CaseId(7)).unwrap(), 1);
}

#[test]
fn the_last_reminder_to_an_address() {
    let mut firm = firm();
    let account = begin(&mut firm.store);
    let anna = address("anna@prova1.example");
    let sent = |purpose, minute| {
        let to = vec![address("anna@prova1.example")];
        entry(
            Change::MailSent { outbox: OutboxId(1), purpose, at: at(minute), to, items: vec![], proposes: None },
            Cause::Delivery { outbox: OutboxId(1) },
        )
    };
    assert_eq!(firm.store.look().last_reminder_to(&anna).unwrap(), None);
    let entries = vec![sent(Purpose::Reminder, 50), sent(Purpose::Reminder, 10), sent(Purpose::Statement, 90)];
    firm.store.write(|unit| unit.record(&account, &decide(entries), at(91))).unwrap();
    assert_eq!(firm.store.look().last_reminder_to(&anna).unwrap(), Some(at(50)));
}

#[test]
fn a_draft_sent_by_the_owner_and_returned_stays_sent() {
    let mut firm = firm();
    let account = begin(&mut firm.store);
    let id = planned(&mut firm.store, &account, reminder(3, vec![]));
    let early = write(&mut firm.store, |unit| unit.mark_undelivered(id, "5.1.1")).unwrap_err();
    assert_eq!(early.kind, StoreErrorKind::Raced);
    write(&mut firm.store, |unit| {
        unit.drafted(id, "draft-1")?;
        unit.sent_by_owner(id, at(9))?;
        unit.mark_undelivered(id, "5.1.1")
    })
    .unwrap();
    assert_eq!(state_of(&firm.store, id), OutboxState::SentByOwner);
}
