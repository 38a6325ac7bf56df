//! Whatever happens: state tables, journal and undo agree.

use super::*;
use proptest::prelude::*;

/// Any change about the small world of customer 1 with receivables 1 to 3.
fn any_change() -> impl Strategy<Value = Change> {
    let id = (1i64..4).prop_map(ReceivableId);
    let steps = prop_oneof![Just("friendly"), Just("second"), Just("firm")];
    let taken = (id.clone(), steps.clone(), 0u32..2).prop_map(|(receivable, name, cycle)| {
        Change::StepTaken(StepTaken {
            step: StepRef { receivable, cycle, step: StepId::new(name) },
            on: day(9),
            by: StepTaker::Owner,
        })
    });
    let declined = (id.clone(), steps)
        .prop_map(|(receivable, name)| Change::StepDeclined { step: step(receivable.0, name), on: day(9) });
    prop_oneof![
        id.clone().prop_map(|id| Change::ReceivableSet { receivable: Box::new(receivable(id.0, 1)) }),
        (id.clone(), 1i64..200_000, 1u32..28).prop_map(|(receivable, cents, on)| Change::PaymentRecorded {
            receivable,
            payment: Payment::arrived(Money::eur(cents), day(on))
        }),
        id.clone().prop_map(|receivable| Change::ReceivableMissing { receivable, on: day(8) }),
        id.clone().prop_map(|receivable| Change::ReceivableFound { receivable }),
        (1u32..28).prop_map(|up_to| Change::PaymentsKnown { up_to: day(up_to) }),
        id.clone().prop_map(|receivable| Change::Closed { receivable, how: Closure::WrittenOff }),
        id.clone().prop_map(|receivable| Change::Released { receivable }),
        id.clone().prop_map(|receivable| Change::CycleBegun { receivable }),
        (1i64..9).prop_map(|n| Change::HoldPlaced { hold: hold(n, HoldKind::Paused, Cause::Clock) }),
        (1i64..9).prop_map(|n| Change::HoldEnded { hold: HoldId(n), at: at(n), how: HoldOutcome::Lifted }),
        (0u8..9).prop_map(|n| Change::CustomerWrote { at: at(i64::from(n)), message: identity(n) }),
        (0u8..9).prop_map(|n| Change::OwnerWrote { at: at(i64::from(n)), message: identity(n) }),
        (0u8..9).prop_map(|n| Change::Understood {
            message: identity(n),
            intents: vec![Intent::Dispute],
            disposition: Disposition::RouteToOwner,
            items: vec![ReceivableId(1)]
        }),
        (0i64..90).prop_map(|n| Change::MailSent {
            outbox: OutboxId(n),
            purpose: Purpose::Reminder,
            at: at(n),
            to: vec![address("anna@prova1.example"), address("anna@prova1.example")],
            items: vec![],
            proposes: None,
        }),
        Just(Change::ContactBounced { address: address("anna@prova1.example") }),
        Just(Change::ContactRestored { address: address("anna@prova1.example") }),
        "\\PC{0,20}".prop_map(|text| Change::Noted { text, items: vec![] }),
        taken,
        declined,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever happens, in whatever portions: the state tables are what the changes add up to, what the journal adds
    /// up to, and after an undo what is left without that order.
    #[test]
    fn state_journal_and_undo_agree(
        portions in prop::collection::vec((prop::collection::vec(any_change(), 0..5), any::<bool>()), 1..8),
        undone in any::<prop::sample::Index>(),
    ) {
        let mut firm = firm();
        let mut account = begin(&mut firm.store);
        let mut expected = account.clone();
        let mut entries_all: Vec<(Option<CommandId>, Change)> = Vec::new();
        let first = account.clone();
        for (changes, by_owner) in portions {
            let command = if by_owner {
                Some(write(&mut firm.store, |unit| unit.new_command("test", at(1))).unwrap())
            } else {
                None
            };
            let cause = command.map_or(Cause::Clock, |command| Cause::Owner { command });
            for change in &changes {
                expected.apply(change);
                entries_all.push((command, change.clone()));
            }
            let decision = decide(changes.into_iter().map(|change| entry(change, cause.clone())).collect());
            account = firm.store.write(|unit| unit.record(&account, &decision, at(2))).unwrap();
            prop_assert_eq!(&account, &expected);
        }
        prop_assert_eq!(&firm.store.look().account(CustomerId(1)).unwrap().unwrap(), &expected);
        prop_assert_eq!(firm.store.look().compare_with_journal().unwrap(), vec![]);
        prop_assert_eq!(replay(&firm.store.look().journal(Some(CustomerId(1))).unwrap()), Some(expected));

        let mut commands: Vec<CommandId> = entries_all.iter().filter_map(|(command, _)| *command).collect();
        commands.dedup();
        if !commands.is_empty() {
            let command = *undone.get(&commands);
            let mut without = first;
            for (of, change) in &entries_all {
                if *of != Some(command) {
                    without.apply(change);
                }
            }
            write(&mut firm.store, |unit| unit.undo(command, at(9))).unwrap();
            prop_assert_eq!(firm.store.look().account(CustomerId(1)).unwrap().unwrap(), without);
            prop_assert_eq!(firm.store.look().compare_with_journal().unwrap(), vec![]);
        }
        firm.store.check().unwrap();
    }
}
