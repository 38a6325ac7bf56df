//! Servers as one meets them (2.7): with each of them a whole round of the agent's, and what each is known for.

use crate::case::{Case, LIMIT, PATIENT, QUICK, eventually, got, id, login, mail, number, numbers, own, timed};
use crate::testmail::imap::{Fault, Personality, UidNext, no, not_connected, throttled};
use sollecito::mailbox::{Appended, Coverage, Fetched, Folder, ItemId, Mailbox};
use sollecito::network::LoginMethod;
use std::time::{Duration, Instant};

/// A mailbox on such a server, with the kind of secret that it takes.
fn on(who: Personality) -> Case {
    let token = !who.passwords;
    let case = Case::of(who, PATIENT);
    if token { case.set(|settings| settings.login = login("gettone-1", LoginMethod::Token)) } else { case }
}

fn done(appended: Appended) -> ItemId {
    match appended {
        Appended::Done(id) => id,
        other => panic!("{other:?}"),
    }
}

/// The wire name of the folder that has this attribute or is called so.
fn wire_of(case: &Case, folder: Folder) -> String {
    let usual: &[&str] = match folder {
        Folder::Inbox => &["INBOX"],
        Folder::Sent => &["Sent", "INBOX.Gesendet", "INBOX.Sent", "Sent Items"],
        Folder::Drafts => &["Drafts", "INBOX.Drafts"],
        Folder::Junk => &["Junk", "Spam", "INBOX.Spam"],
    };
    let attribute = format!("\\{}", folder.as_str());
    case.server.post(|post| {
        let marked = post.folders.iter().find(|one| one.attributes.iter().any(|a| a.eq_ignore_ascii_case(&attribute)));
        let named = || post.folders.iter().find(|one| usual.iter().any(|name| one.wire.eq_ignore_ascii_case(name)));
        marked.or_else(named).unwrap().wire.clone()
    })
}

fn a_whole_round(who: Personality) {
    let (name, uid_plus, idle) = (who.name, who.uid_plus, who.idle);
    let mut case = on(who);
    let folders = [Folder::Inbox, Folder::Sent, Folder::Drafts, Folder::Junk];
    let found = case.mailbox.probe().unwrap();
    for folder in folders {
        assert!(found.folders.iter().any(|one| one.role == Some(folder)), "{name}: {folder:?} in {:?}", found.folders);
    }
    case.reads_all();
    for folder in folders {
        let wire = wire_of(&case, folder);
        let listing = case.mailbox.enumerate(folder).unwrap();
        case.holds_all(&listing, &wire);
    }
    let (sent, drafts) = (wire_of(&case, Folder::Sent), wire_of(&case, Folder::Drafts));
    case.unchanged();

    let copy = done(case.mailbox.append(Folder::Sent, &own("s1")));
    let lying = case.lying(&sent);
    assert_eq!((lying.len(), lying[0].uid, &*lying[0].bytes), (1, number(&copy), &own("s1")), "{name}");
    assert!(lying[0].flags.contains("\\Seen"), "{name}");
    // The same once more, as after an answer that nobody saw: one copy is enough.
    assert_eq!(done(case.mailbox.append(Folder::Sent, &own("s1"))), copy, "{name}");
    assert_eq!(case.lying(&sent).len(), 1, "{name}");

    let first = done(case.mailbox.append(Folder::Drafts, &own("d1")));
    assert!(case.lying(&drafts)[0].flags.contains("\\Draft"), "{name}");
    let second = done(case.mailbox.replace(Folder::Drafts, &first, &own("d1")));
    assert_eq!(case.mailbox.enumerate(Folder::Drafts).unwrap().ids, std::slice::from_ref(&second), "{name}");
    assert!(case.mailbox.remove(Folder::Drafts, &second).unwrap(), "{name}");
    assert!(!case.mailbox.remove(Folder::Drafts, &second).unwrap(), "{name}");
    assert_eq!(case.mailbox.enumerate(Folder::Drafts).unwrap().ids, [], "{name}");
    let left = case.lying(&drafts).iter().filter(|mail| !mail.flags.contains("\\Deleted")).count();
    assert_eq!((left, case.server.count("EXPUNGE")), (0, 0), "{name}");
    assert_eq!(case.server.count("UID EXPUNGE") > 0, uid_plus, "{name}");

    case.meanwhile(|server| server.deliver("INBOX", &mail(4)));
    let end = Instant::now() + Duration::from_secs(8);
    while !case.inbox().unwrap().ids.contains(&id(4)) {
        assert!(Instant::now() < end, "{name} {idle:?}: the new mail is not found");
        case.mailbox.wait(Duration::from_secs(2));
    }
    case.unchanged();
}

#[test]
fn a_whole_round_with_the_plain_server() {
    a_whole_round(Personality::plain());
}

#[test]
fn a_whole_round_with_gmail() {
    a_whole_round(Personality::gmail());
}

#[test]
fn a_whole_round_with_microsoft_365() {
    a_whole_round(Personality::m365());
}

#[test]
fn a_whole_round_with_dovecot() {
    a_whole_round(Personality::dovecot());
}

#[test]
fn a_whole_round_with_cyrus() {
    a_whole_round(Personality::cyrus());
}

#[test]
fn a_whole_round_with_courier() {
    a_whole_round(Personality::courier());
}

#[test]
fn a_whole_round_with_yahoo() {
    a_whole_round(Personality::yahoo());
}

#[test]
fn a_whole_round_with_coremail() {
    a_whole_round(Personality::coremail());
}

#[test]
fn a_whole_round_with_proton() {
    a_whole_round(Personality::proton());
}

#[test]
fn a_whole_round_with_davmail() {
    a_whole_round(Personality::davmail());
}

#[test]
fn a_whole_round_with_winmail() {
    a_whole_round(Personality::winmail());
}

#[test]
fn all_that_differ_had_their_round() {
    let tested = include_str!("personalities.rs");
    for who in Personality::all() {
        assert!(tested.contains(&format!("a_whole_round(Personality::{}())", who.name)), "{}", who.name);
    }
}

#[test]
fn gmail_one_mail_under_several_labels_is_read_the_same_from_each() {
    let mut case = on(Personality::gmail());
    let probe = case.mailbox.probe().unwrap();
    assert!(probe.folders.iter().any(|folder| folder.name == "Città"), "{:?}", probe.folders);
    assert!(probe.folders.iter().all(|folder| folder.name != "[Gmail]"));
    case.meanwhile(|server| {
        server.sent_through_smtp(&own("r1")).unwrap();
    });
    let sent = case.mailbox.enumerate(Folder::Sent).unwrap();
    case.reads(Folder::Sent, "[Gmail]/Posta inviata", &sent.ids);
    // The server filed its copy: ours is not put beside it.
    assert_eq!(done(case.mailbox.append(Folder::Sent, &own("r1"))), sent.ids[0]);
    assert_eq!(case.server.count("APPEND"), 0);
    case.unchanged();
}

#[test]
fn gmail_too_many_connections_is_no_wrong_password() {
    let mut case = Case::of(Personality::gmail(), QUICK);
    let refusal = "[ALERT] Too many simultaneous connections. (Failure)";
    case.server.fault(Fault::at("AUTHENTICATE", no(refusal)).once());
    let problem = case.inbox().unwrap_err();
    assert!(problem.temporary && problem.message.contains("too many connections"), "{problem:?}");
    let listing = eventually(|| case.inbox());
    case.is_all(&listing, "INBOX");
    case.unchanged();
}

#[test]
fn m365_takes_no_password_and_says_what_to_do() {
    let mut case = Case::of(Personality::m365(), PATIENT);
    let problem = case.inbox().unwrap_err();
    assert!(!problem.temporary && problem.remedy.as_ref().unwrap().contains("token_command"), "{problem:?}");
}

#[test]
fn m365_a_sent_mail_with_another_id_is_read_with_both() {
    let mut case = on(Personality::m365());
    case.meanwhile(|server| server.sent_through_smtp(&own("r1")));
    let sent = case.mailbox.enumerate(Folder::Sent).unwrap();
    let found = got(case.mailbox.fetch(Folder::Sent, &sent.ids[0], LIMIT).unwrap());
    let text = String::from_utf8(found.bytes).unwrap();
    assert!(text.contains("X-Microsoft-Original-Message-ID: <r1@studioferri.example>"), "{text}");
    assert!(text.contains("X-Sollecito-Ref: r1\r\n"), "what we know it by");
    case.unchanged();
}

#[test]
fn m365_throttled_in_the_middle_of_reading_loses_nothing() {
    let mut case = Case::of(Personality::m365(), QUICK).set(|settings| {
        settings.timeouts = QUICK;
        settings.login = login("gettone-1", LoginMethod::Token);
    });
    let listing = case.inbox().unwrap();
    case.server.fault(Fault::at("UID FETCH", throttled(300)).with("BODY.PEEK[]").once());
    case.mailbox.expect(Folder::Inbox, &listing.ids, LIMIT);
    let first = case.mailbox.fetch(Folder::Inbox, &id(1), LIMIT);
    assert!(!matches!(first, Ok(Fetched::Got(_) | Fetched::Vanished)), "{first:?}");
    for number in 1..=3 {
        let found = eventually(|| match case.mailbox.fetch(Folder::Inbox, &id(number), LIMIT) {
            Ok(Fetched::Got(found)) => Ok(found),
            other => Err(other),
        });
        assert_eq!(found.bytes, mail(number));
    }
    case.unchanged();
}

#[test]
fn m365_authenticated_but_not_connected_is_no_empty_mailbox() {
    let mut case = on(Personality::m365());
    case.server.fault(Fault::at("LIST", not_connected()));
    for folder in [Folder::Inbox, Folder::Junk, Folder::Drafts] {
        assert!(case.mailbox.enumerate(folder).unwrap_err().temporary);
    }
    assert!(matches!(case.mailbox.append(Folder::Drafts, &own("d1")), Appended::Failed(_)));
    case.unchanged();
}

#[test]
fn courier_keeps_its_tree() {
    let mut case = on(Personality::courier());
    case.server.post(|post| post.folders.retain(|folder| folder.wire != "INBOX.Drafts"));
    done(case.mailbox.append(Folder::Drafts, &own("d1")));
    assert_eq!(case.lying("INBOX.Drafts").len(), 1);
    case.spoke_properly();
}

#[test]
fn coremail_hears_our_name_before_anything_is_opened() {
    let mut case = on(Personality::coremail());
    case.inbox().unwrap();
    let heard = case.server.heard();
    let place = |what: &str| heard.iter().position(|text| text.starts_with(what)).unwrap();
    assert!(place("ID ") < place("EXAMINE"), "{heard:?}");
    assert!(heard.iter().all(|text| !text.starts_with("AUTHENTICATE PLAIN ")), "no first answer on the line");
    case.unchanged();
}

#[test]
fn proton_after_its_restart_the_same_mails_have_other_numbers() {
    let mut case = Case::of(Personality::proton(), QUICK);
    let before = case.inbox().unwrap();
    case.meanwhile(|server| {
        server.post(|post| post.expunge("INBOX", 1));
        server.restart();
    });
    let after = eventually(|| case.inbox());
    assert_ne!(after.epoch, before.epoch);
    assert_eq!((after.coverage, numbers(&after.ids)), (Coverage::Whole, vec![1, 2]));
    case.reads(Folder::Inbox, "INBOX", &after.ids);
    case.unchanged();
}

#[test]
fn winmail_and_coremail_tell_no_next_number() {
    assert_eq!(Personality::winmail().uid_next, UidNext::Never);
    let mut case = on(Personality::coremail());
    case.inbox().unwrap();
    assert!(case.server.count("STATUS") > 0, "asked apart");
    case.unchanged();
}

#[test]
fn dovecot_the_tenth_connection_is_not_ours() {
    let mut case = on(Personality::dovecot());
    case.inbox().unwrap();
    let (_, took) = timed(|| while case.mailbox.wait(Duration::from_millis(100)) {});
    assert!(took < Duration::from_secs(3), "'Still here' is no news: {took:?}");
    assert_eq!(case.server.counts().most, 2);
    case.unchanged();
}
