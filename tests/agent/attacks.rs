//! What somebody who wants to break the promises would try with the mailbox.

use super::*;

/// A reply that asks for the invoice, as it comes to one of the firm's addresses.
fn wish(trace: &str) -> Vec<u8> {
    let mail = letter(
        BALDINI,
        "info@studioferri.example, marta@studioferri.example",
        "R: Fattura 118/2026",
        "Tue, 6 Oct 2026 09:00:00 +0200",
        "wish@baldini.example",
        "Buongiorno,\n\nnon abbiamo ricevuto la fattura 118/2026. Potete rimandarcela?\n\nGrazie\n",
    );
    let mut whole = format!(
        "{trace}Authentication-Results: mx.studioferri.example; dmarc=pass header.from=baldini.example\r\n\
         In-Reply-To: <invoice118@studioferri.example>\r\n"
    )
    .into_bytes();
    whole.extend(mail);
    whole
}

/// The invoice with its document, as it lies in Sent.
fn invoice_with_document() -> Vec<u8> {
    "From: Marta Ferri <marta@studioferri.example>\r\nTo: amministrazione@baldini.example\r\n\
     Subject: Fattura 118/2026\r\nDate: Mon, 31 Aug 2026 12:00:00 +0200\r\n\
     Message-ID: <invoice118@studioferri.example>\r\nMIME-Version: 1.0\r\n\
     Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
     Buongiorno,\r\nin allegato la fattura 118/2026.\r\n--b\r\n\
     Content-Type: application/pdf; name=\"Fattura 118-2026.pdf\"\r\n\
     Content-Disposition: attachment; filename=\"Fattura 118-2026.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n\
     JVBERi0xLjQK\r\n--b--\r\n"
        .into()
}

fn at_work_with_document() -> World {
    let mut world = World::at("2026-10-06T08:30:00+02:00");
    world.lay(Folder::Sent, "2026-08-31T10:00:00Z", invoice_with_document());
    world.import(LIST);
    world.agent.pass().unwrap();
    world.fetched();
    world
}

/// The connection breaks during the first reading; the next listing shows only the newest.
#[test]
fn what_was_listed_and_not_read_is_not_passed_over() {
    let mut world = World::at("2026-10-06T10:00:00+02:00");
    world.lay(Folder::Sent, "2026-08-31T10:00:00Z", invoice());
    world.lay(Folder::Inbox, "2026-10-05T08:00:00Z", private(1, "Mon, 5 Oct 2026 10:00:00 +0200"));
    let answer = world.lay(Folder::Inbox, "2026-10-05T09:00:00Z", contested("Mon, 5 Oct 2026 11:00:00 +0200"));
    world.lay(Folder::Inbox, "2026-10-05T10:00:00Z", private(2, "Mon, 5 Oct 2026 12:00:00 +0200"));
    world.import(LIST);
    world.far.borrow_mut().breaks_at = Some(answer.clone());
    assert!(matches!(world.agent.pass(), Err(AgentError::Mailbox(_))));
    world.far.borrow_mut().breaks_at = None;
    world.far.borrow_mut().coverage.insert(Folder::Inbox, Coverage::Newest);
    world.far.borrow_mut().newest = 1;
    world.go_to("2026-10-07T10:00:00+02:00");
    world.agent.pass().unwrap();
    assert!(world.fetched().contains(&answer), "listed once, never fetched");
    assert_eq!(world.to_customers(), 0, "the answer that lies unread contests the invoice");
}

/// The last good look is two minutes old; now a mail is seen that cannot be had yet.
#[test]
fn nothing_leaves_while_a_mail_is_seen_and_cannot_be_read() {
    for is_broken in [false, true] {
        let mut world = at_work();
        world.go_to("2026-10-07T09:58:00+02:00");
        world.agent.pass_reading_only().unwrap();
        let fresh = world.lay(Folder::Inbox, "2026-10-07T07:59:00Z", private(3, "Wed, 7 Oct 2026 09:59:00 +0200"));
        if is_broken {
            world.far.borrow_mut().broken.insert(fresh);
        }
        world.go_to("2026-10-07T10:00:00+02:00");
        world.agent.pass().unwrap();
        assert_eq!(world.to_customers(), usize::from(!is_broken), "unread: {is_broken}");
    }
}

/// A copy to oneself comes into INBOX before the mail program has laid its copy into Sent.
#[test]
fn what_the_owner_wrote_counts_although_their_own_copy_came_first() {
    let mut world = at_work();
    world.go_to("2026-10-06T18:00:00+02:00");
    let words = letter(
        MARTA,
        "amministrazione@baldini.example, marta@studioferri.example",
        "Fattura 118/2026",
        "Tue, 6 Oct 2026 18:00:00 +0200",
        "hand@studioferri.example",
        "Buongiorno,\n\nvi ricordo la fattura 118/2026, scaduta il 30 settembre.\n",
    );
    world.lay(Folder::Inbox, "2026-10-06T16:00:00Z", words.clone());
    world.agent.pass().unwrap();
    world.lay(Folder::Sent, "2026-10-06T16:00:30Z", words);
    world.agent.pass().unwrap();
    world.go_to("2026-10-07T10:00:00+02:00");
    world.agent.pass().unwrap();
    assert_eq!(world.to_customers(), 0, "the owner reminded yesterday evening");
}

/// One mail to two addresses of the firm arrives twice in the one mailbox.
#[test]
fn two_copies_of_one_mail_are_answered_once() {
    for (one, two) in [
        ("Delivered-To: info@studioferri.example\r\n", "Delivered-To: marta@studioferri.example\r\n"),
        ("X-Original-To: info@studioferri.example\r\n", "X-Original-To: marta@studioferri.example\r\n"),
    ] {
        for together in [true, false] {
            let mut world = at_work_with_document();
            world.go_to("2026-10-06T09:30:00+02:00");
            world.lay(Folder::Inbox, "2026-10-06T07:00:00Z", wish(one));
            if !together {
                world.agent.pass().unwrap();
                world.go_to("2026-10-06T13:30:00+02:00");
                world.agent.pass().unwrap();
                world.go_to("2026-10-06T15:30:00+02:00");
                world.agent.pass().unwrap();
                assert_eq!(world.to_customers(), 1, "{one}");
            }
            world.lay(Folder::Inbox, "2026-10-06T07:00:00Z", wish(two));
            for time in ["2026-10-06T15:31:00+02:00", "2026-10-06T17:40:00+02:00", "2026-10-07T12:00:00+02:00"] {
                world.go_to(time);
                world.agent.pass().unwrap();
            }
            let answers = world.left().iter().filter(|mail| mail.contains("filename")).count();
            assert_eq!(answers, 1, "{one} together: {together}");
        }
    }
}

/// The server cannot give bodies for some minutes.
#[test]
fn a_mail_that_could_not_be_had_for_minutes_is_read_when_it_can_be() {
    let mut world = at_work();
    world.go_to("2026-10-06T14:00:00+02:00");
    let answer = world.lay(Folder::Inbox, "2026-10-06T11:59:00Z", contested("Tue, 6 Oct 2026 13:59:00 +0200"));
    world.far.borrow_mut().broken.insert(answer.clone());
    for minute in 0..5 {
        world.go_to(&format!("2026-10-06T14:0{minute}:00+02:00"));
        world.agent.pass().unwrap();
    }
    world.far.borrow_mut().broken.clear();
    for day in 7..12 {
        world.go_to(&format!("2026-10-{day:02}T10:00:00+02:00"));
        world.agent.pass().unwrap();
    }
    assert_eq!(world.agent.store.look().find_message("contest@baldini.example").unwrap().len(), 1, "never read");
    assert_eq!(world.to_customers(), 0);
}

/// A folder that never comes to rest keeps everything back: the owner hears of it as of a server that is gone.
#[test]
fn a_mailbox_that_never_comes_to_rest_is_told() {
    let mut world = at_work();
    world.far.borrow_mut().coverage.insert(Folder::Inbox, Coverage::Unsettled);
    for hour in 0..30 {
        world.clock.set(moment("2026-10-07T08:00:00Z") + chrono::TimeDelta::hours(hour));
        world.agent.pass().unwrap();
    }
    assert_eq!(world.to_customers(), 0);
    assert_eq!(world.left().len(), 1, "the owner is told that nothing leaves");
}

/// The server numbers anew, and goes back to the old numbers with other mails under them.
#[test]
fn numbers_that_come_back_mean_other_mails() {
    for between in [Coverage::Whole, Coverage::Newest, Coverage::Unsettled] {
        let mut world = at_work();
        world.far.borrow_mut().epoch = 2;
        world.far.borrow_mut().newest = 5;
        world.far.borrow_mut().coverage.insert(Folder::Inbox, between);
        world.agent.pass().unwrap();
        world.far.borrow_mut().coverage.clear();
        world.far.borrow_mut().epoch = 1;
        let answer = contested("Tue, 6 Oct 2026 13:59:00 +0200");
        world.far.borrow_mut().folders.get_mut(&Folder::Inbox).unwrap()[0].bytes = answer;
        world.go_to("2026-10-07T10:00:00+02:00");
        world.agent.pass().unwrap();
        assert_eq!(
            world.agent.store.look().find_message("contest@baldini.example").unwrap().len(),
            1,
            "{between:?}: another mail under a known number"
        );
        assert_eq!(world.to_customers(), 0);
    }
}

/// What the search by day leaves out is not old for that reason.
#[test]
fn a_search_that_leaves_something_out_makes_nothing_old() {
    let mut world = World::at("2026-10-06T10:00:00+02:00");
    world.lay(Folder::Sent, "2026-08-31T10:00:00Z", invoice());
    let answer = world.lay(Folder::Inbox, "2026-10-05T09:00:00Z", contested("Mon, 5 Oct 2026 11:00:00 +0200"));
    world.far.borrow_mut().forgotten_by_search.insert(answer);
    world.import(LIST);
    world.agent.pass().unwrap();
    world.go_to("2026-10-07T10:00:00+02:00");
    world.agent.pass().unwrap();
    assert_eq!(world.to_customers(), 0, "the answer lies in INBOX");
}

/// Read among spam first, then put back by its owner.
#[test]
fn a_mail_taken_out_of_junk_has_been_told() {
    let mut world = at_work_with_document();
    world.go_to("2026-10-06T09:30:00+02:00");
    let id = world.lay(Folder::Junk, "2026-10-06T07:00:00Z", wish(""));
    world.agent.pass().unwrap();
    let cases = world.agent.store.look().open_cases().unwrap().len();
    assert_eq!(cases, 1, "told while it lay in Junk");
    world.far.borrow_mut().shift(Folder::Junk, &id, Folder::Inbox);
    world.go_to("2026-10-06T15:30:00+02:00");
    world.agent.pass().unwrap();
    assert_eq!(world.agent.store.look().open_cases().unwrap().len(), 1);
}

/// Our own notice comes back with a refuted sender, or from a server that changed its From.
#[test]
fn a_notice_that_comes_back_is_no_mail_of_a_customer() {
    let mut world = at_work();
    world.go_to("2026-10-06T14:00:00+02:00");
    world.lay(Folder::Inbox, "2026-10-06T11:59:00Z", contested("Tue, 6 Oct 2026 13:59:00 +0200"));
    world.agent.pass().unwrap();
    let notice = world.left().remove(0);
    let notice = notice.split_once("\n\n").map_or(notice.clone(), |(_, mail)| mail.to_owned());
    let start = notice.find("From:").unwrap_or(0);
    let mut mail =
        b"Authentication-Results: mx.studioferri.example; dmarc=fail header.from=studioferri.example\r\n".to_vec();
    mail.extend_from_slice(&notice.as_bytes()[start..]);
    let before = world.left().len();
    let cases = world.agent.store.look().open_cases().unwrap().len();
    world.lay(Folder::Inbox, "2026-10-06T12:01:00Z", mail);
    for time in ["2026-10-06T14:02:00+02:00", "2026-10-07T10:00:00+02:00", "2026-10-07T14:00:00+02:00"] {
        world.go_to(time);
        world.agent.pass().unwrap();
    }
    assert_eq!(world.agent.store.look().open_cases().unwrap().len(), cases);
    assert_eq!(world.left().len(), before);
}

/// Some mail programs lay an answer beside the mail that it answers, and never into Sent.
#[test]
fn what_the_owner_wrote_counts_wherever_their_mail_program_laid_it() {
    let mut world = at_work();
    let words = letter(
        MARTA,
        "amministrazione@baldini.example",
        "Fattura 118/2026",
        "Tue, 6 Oct 2026 18:00:00 +0200",
        "hand@studioferri.example",
        "Buongiorno,\n\nvi ricordo la fattura 118/2026, scaduta il 30 settembre.\n",
    );
    world.go_to("2026-10-06T18:01:00+02:00");
    world.lay(Folder::Inbox, "2026-10-06T16:00:00Z", words);
    world.agent.pass().unwrap();
    world.go_to("2026-10-07T10:00:00+02:00");
    world.agent.pass().unwrap();
    assert_eq!(world.to_customers(), 0, "the owner reminded yesterday evening");
}

/// What a stranger writes in the owner's name is nothing that the owner did.
#[test]
fn a_mail_in_the_owners_name_that_came_by_the_network_silences_nobody() {
    let mut world = at_work();
    let words = letter(
        MARTA,
        "amministrazione@baldini.example",
        "Fattura 118/2026",
        "Tue, 6 Oct 2026 18:00:00 +0200",
        "forged@studioferri.example",
        "Buongiorno,\n\nvi ricordo la fattura 118/2026, scaduta il 30 settembre.\n",
    );
    let mut mail = b"Received: from evil.test by mx.studioferri.example; Tue, 6 Oct 2026 18:00:00 +0200\r\n".to_vec();
    mail.extend(words);
    world.go_to("2026-10-06T18:01:00+02:00");
    world.lay(Folder::Inbox, "2026-10-06T16:00:00Z", mail);
    world.agent.pass().unwrap();
    world.go_to("2026-10-07T10:00:00+02:00");
    world.agent.pass().unwrap();
    assert_eq!(world.to_customers(), 1);
}

/// A public provider, at which no address is as short as those of the test.
const PROVIDER: &str = "gmail.com";

/// Owner and customer have their addresses with the same provider.
#[test]
fn a_customer_at_the_owners_provider_is_a_customer_in_sent_too() {
    let (marta, anna) = (format!("marta@{PROVIDER}"), format!("anna@{PROVIDER}"));
    let mut world = at_work();
    world.agent.office.reader.own_addresses.push(sollecito::ledger::ids::Address::parse(&marta).unwrap());
    world.import(&LIST.replace("amministrazione@baldini.example", &anna));
    world.go_to("2026-10-06T14:00:00+02:00");
    let mail = letter(
        &format!("Anna Baldini <{anna}>"),
        &marta,
        "R: Fattura 118/2026",
        "Tue, 6 Oct 2026 13:59:00 +0200",
        "contest@baldini.example",
        "Buongiorno,\n\ncontestiamo la fattura 118/2026: il lavoro non è stato completato.\n",
    );
    world.lay(Folder::Sent, "2026-10-06T11:59:00Z", mail);
    assert_eq!(world.agent.pass().unwrap().cases_opened, 1);
}

/// One draft of the owner's that the server cannot show.
#[test]
fn a_draft_that_cannot_be_shown_stops_no_other_for_ever() {
    let mut world = at_work();
    let modes = &mut world.agent.office.policy.modes;
    modes.insert(sollecito::ledger::words::Purpose::Reminder, sollecito::ledger::words::Mode::Draft);
    let bad = world.lay(Folder::Drafts, "2026-10-06T08:00:00Z", private(5, "Tue, 6 Oct 2026 10:00:00 +0200"));
    world.far.borrow_mut().headless.insert(bad);
    let mut drafted = 0;
    for hour in 8..16 {
        world.go_to(&format!("2026-10-07T{hour:02}:00:00+02:00"));
        drafted += world.agent.pass().unwrap().drafted;
    }
    assert!(drafted == 1 || !world.left().is_empty(), "neither laid nor told");
}
