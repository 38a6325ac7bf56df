//! What came in, and what is forgotten of it.

use super::*;

fn message(n: u8, raw: Option<RawDigest>, customer: Option<CustomerId>) -> StoredMessage {
    StoredMessage {
        identity: identity(n),
        rfc_id: RfcId::parse("same@prova1.example"),
        folder: "inbox".to_owned(),
        received: at(i64::from(n)),
        from: Some(address("anna@prova1.example")),
        subject: "Re: Fattura n. 2026/1 — sollecito".to_owned(),
        kind: MessageKind::Reply,
        state: MessageState::Received,
        verdict: None,
        reading: None,
        customer,
        raw,
    }
}

#[test]
fn raw_bytes_first_then_what_was_made_of_them() {
    let mut firm = firm();
    begin(&mut firm.store);
    let bytes = b"From: anna@prova1.example\r\n\r\n\xFF\x00ciao".to_vec();
    let raw = write(&mut firm.store, |unit| unit.store_raw(&bytes)).unwrap();
    assert_eq!(write(&mut firm.store, |unit| unit.store_raw(&bytes)).unwrap(), raw);
    let mut first = message(1, Some(raw.clone()), Some(CustomerId(1)));
    write(&mut firm.store, |unit| unit.put_message(&first)).unwrap();
    assert_eq!(firm.store.look().undecided().unwrap(), [first.identity]);
    first.state = MessageState::Decided;
    first.verdict = Some(Verdict {
        disposition: Disposition::ResendInvoice,
        automatic_answer: Some(TemplateId::new("resend_invoice")),
        reason: "One clear wish".to_owned(),
    });
    write(&mut firm.store, |unit| unit.put_message(&first)).unwrap();
    let look = firm.store.look();
    assert_eq!(look.message(identity(1)).unwrap(), Some(first.clone()));
    assert_eq!(look.raw(identity(1)).unwrap(), Some(bytes.clone()));
    assert_eq!(look.raw_bytes(&raw).unwrap(), Some(bytes));
    assert_eq!(look.messages_of(CustomerId(1)).unwrap(), vec![first.clone()]);
    assert_eq!(look.messages_since(at(2)).unwrap(), vec![]);
    let refused = write(&mut firm.store, |unit| unit.drop_raw(identity(1))).unwrap_err();
    assert_eq!(refused.kind, StoreErrorKind::Conflict, "evidence is kept");
}

#[test]
fn private_mail_leaves_no_trace_of_its_words() {
    let mut firm = firm();
    let secret = b"Subject: x\r\n\r\nLa diagnosi del dottore".to_vec();
    let raw = write(&mut firm.store, |unit| {
        let raw = unit.store_raw(&secret)?;
        unit.put_message(&message(2, Some(raw.clone()), None))?;
        // The same bytes in another message stay until that one is dropped too.
        unit.put_message(&message(3, Some(raw.clone()), None))?;
        Ok(raw)
    })
    .unwrap();
    write(&mut firm.store, |unit| unit.drop_raw(identity(2))).unwrap();
    assert!(firm.store.look().raw_bytes(&raw).unwrap().is_some());
    assert_eq!(firm.store.look().raw(identity(2)).unwrap(), None);
    write(&mut firm.store, |unit| unit.drop_raw(identity(3))).unwrap();
    assert_eq!(firm.store.look().raw_bytes(&raw).unwrap(), None);
    assert!(firm.store.look().message(identity(2)).unwrap().is_some());
    drop(firm.store);
    let file = std::fs::read(&firm.path).unwrap();
    assert!(!file.windows(8).any(|window| window == b"diagnosi"), "the words linger in the file");
}

#[test]
fn orphans_of_a_crash_are_dropped() {
    let mut firm = firm();
    let kept = write(&mut firm.store, |unit| {
        let kept = unit.store_raw(b"kept")?;
        unit.put_message(&message(1, Some(kept.clone()), None))?;
        unit.store_raw(b"orphan")?;
        Ok(kept)
    })
    .unwrap();
    assert_eq!(write(&mut firm.store, |unit| unit.drop_orphaned_raw()).unwrap(), 1);
    assert!(firm.store.look().raw_bytes(&kept).unwrap().is_some());
}

#[test]
fn is_found_by_message_id_or_by_the_beginning_of_its_identity() {
    let mut firm = firm();
    write(&mut firm.store, |unit| {
        unit.put_message(&message(0x12, None, None))?;
        unit.put_message(&message(0x13, None, None))
    })
    .unwrap();
    let look = firm.store.look();
    let found = |sought: &str| -> Vec<MessageIdentity> {
        look.find_message(sought).unwrap().iter().map(|message| message.identity).collect()
    };
    assert_eq!(found("<same@prova1.example>"), vec![identity(0x12), identity(0x13)]);
    assert_eq!(found("121212"), vec![identity(0x12)]);
    assert_eq!(found(&identity(0x13).to_string()), vec![identity(0x13)]);
    for nothing in ["", "12", "zzzz", "12%", "ffff", "'; DROP TABLE message"] {
        assert_eq!(found(nothing), vec![], "{nothing:?}");
    }
}

#[test]
fn items_of_a_folder() {
    let mut firm = firm();
    write(&mut firm.store, |unit| {
        unit.note_seen("inbox", "1", "10", Some(identity(1)), SeenState::Done)?;
        unit.note_seen("inbox", "1", "11", None, SeenState::Baseline)?;
        unit.note_seen("inbox", "2", "10", None, SeenState::Vanished)?;
        unit.note_seen("sent", "1", "10", None, SeenState::Done)
    })
    .unwrap();
    let seen = firm.store.look().seen("inbox", "1").unwrap();
    assert_eq!(
        seen.into_iter().collect::<Vec<_>>(),
        vec![("10".to_owned(), SeenState::Done), ("11".to_owned(), SeenState::Baseline)]
    );
    for n in 1..=3 {
        let attempts = write(&mut firm.store, |unit| unit.note_retry("inbox", "1", "12", "timeout")).unwrap();
        assert_eq!(attempts, n);
    }
    write(&mut firm.store, |unit| unit.quarantine("inbox", "1", "12", "too large", 3)).unwrap();
    let given_up = firm.store.look().quarantined().unwrap();
    assert_eq!(given_up.len(), 1);
    assert_eq!((given_up[0].2.attempts, given_up[0].2.reason.as_deref()), (3, Some("too large")));
    assert_eq!(firm.store.look().seen_item("inbox", "1", "99").unwrap(), None);
    write(&mut firm.store, |unit| {
        unit.note_folder_enumerated("inbox", at(9))?;
        unit.note_folder_enumerated("inbox", at(3))
    })
    .unwrap();
    // The clock was put back: an instant in the future would pass for fresh until it comes.
    assert_eq!(firm.store.look().folder_enumerated("inbox").unwrap(), Some(at(3)));
    assert_eq!(firm.store.look().folder_enumerated("sent").unwrap(), None);
}

#[test]
fn threads_documents_and_settings() {
    let mut firm = firm();
    begin(&mut firm.store);
    let id = RfcId::parse("inv1@firm.example").unwrap();
    let link = |items: &[i64]| ThreadLink {
        customer: CustomerId(1),
        items: items.iter().copied().map(ReceivableId).collect(),
        origin: Origin::Owner,
    };
    assert!(write(&mut firm.store, |unit| unit.link_thread(&id, &link(&[1]))).unwrap());
    assert!(write(&mut firm.store, |unit| unit.link_thread(&id, &link(&[2, 1]))).unwrap());
    assert_eq!(firm.store.look().thread(&id).unwrap(), Some(link(&[1, 2])));
    assert_eq!(firm.store.look().threads().unwrap(), vec![(id.clone(), link(&[1, 2]))]);
    let second = customer(2);
    write(&mut firm.store, |unit| unit.create_account(&second, Cause::Import, "Imported", at(1)).map(|_| ())).unwrap();
    let other = ThreadLink { customer: CustomerId(2), items: vec![], origin: Origin::Own };
    assert!(!write(&mut firm.store, |unit| unit.link_thread(&id, &other)).unwrap());
    assert_eq!(firm.store.look().thread(&id).unwrap(), Some(link(&[1, 2])));

    let document = Document {
        name: "Fattura 2026-1.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        content: b"%PDF-1.7 \x00\xFF".to_vec(),
        message: Some(identity(1)),
    };
    write(&mut firm.store, |unit| {
        unit.keep_document(ReceivableId(1), &document)?;
        unit.keep_document(ReceivableId(1), &document)
    })
    .unwrap();
    assert_eq!(firm.store.look().documents_of(ReceivableId(1)).unwrap(), vec![document.clone()]);
    assert_eq!(firm.store.look().documents_of(ReceivableId(2)).unwrap(), vec![]);
    let with: Vec<_> = firm.store.look().receivables_with_documents().unwrap().into_iter().collect();
    assert_eq!(with, vec![ReceivableId(1)]);
    let unknown = write(&mut firm.store, |unit| unit.keep_document(ReceivableId(77), &document)).unwrap_err();
    assert_eq!(unknown.kind, StoreErrorKind::Conflict);

    write(&mut firm.store, |unit| unit.set_setting("first_import", Some("2026-11-02"))).unwrap();
    assert_eq!(firm.store.look().setting("first_import").unwrap().as_deref(), Some("2026-11-02"));
    write(&mut firm.store, |unit| unit.set_setting("first_import", None)).unwrap();
    assert_eq!(firm.store.look().setting("first_import").unwrap(), None);
}
