//! A disk that is full: under the database, and under the mailbox. Nothing is lost, nothing is sent twice, and when there is
//! space again everything goes on. The disks are real: small file systems in memory, where they may be mounted.

use crate::firm::{BALDINI, Firm, MARTA, everybody};
use crate::letters;
use crate::memory::Memory;
use crate::servers::{Dovecot, present};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

const RESENDING: &str = "resend_invoice = \"send\"\n";
/// What a disk is filled with in one piece.
const PIECE: usize = 4096;

/// Fills a disk but for so many pieces.
fn fill(filler: &Path, but: usize) {
    let mut file = fs::File::create(filler).expect("a file");
    let mut length = 0;
    while let Ok(written) = file.write(&[b'x'; PIECE]) {
        length += written;
    }
    let left = u64::try_from(length.saturating_sub(but * PIECE)).expect("a length");
    file.set_len(left).expect("cut");
}

#[test]
fn a_full_disk_under_the_database_loses_nothing_and_sends_nothing_twice() {
    if !present() {
        return;
    }
    let Some(firm) = Firm::on_a_small_disk(RESENDING, "24m") else { return };
    firm.take_over();
    let filler = firm.folder.join("filler");
    // Read while the disk is full: whatever the space is, the mail is not lost.
    firm.receive(BALDINI, &letters::not_received());
    let mut refusals = 0;
    for pieces in [0, 1, 2, 4, 8, 16, 32, 64, 128] {
        fill(&filler, pieces);
        let said = firm.run(None, &["once"]);
        if said.code != Some(0) {
            refusals += 1;
            assert!(said.all().contains("help:") || said.all().contains("full"), "{pieces}: {}", said.all());
        }
        assert!(firm.lying(BALDINI, "INBOX").is_empty(), "nothing leaves today");
    }
    assert!(refusals > 0, "a full disk was noticed");
    fs::remove_file(&filler).expect("removed");
    firm.good(None, &["once"]);
    let memory = Memory::of(&firm);
    assert!(memory.knows("<lacking@baldini.example>") && memory.undecided() == 0);
    assert_eq!(memory.states("resend_invoice").len(), 1);

    // Sent while the disk is full, again and again with a little more space.
    let later = firm.days.at(0, 13, 0);
    let mut refusals = 0;
    for pieces in (0..12).chain([16, 24, 32, 64, 128, 256]) {
        fill(&filler, pieces);
        refusals += usize::from(firm.run(later, &["once"]).code != Some(0));
    }
    assert!(refusals > 0, "a full disk was noticed");
    fs::remove_file(&filler).expect("removed");
    for minute in [5, 10, 15] {
        firm.good(firm.days.at(0, 13, minute), &["once"]);
    }
    let states = Memory::of(&firm).states("resend_invoice");
    let to_the_customer = format!("to=<{BALDINI}>");
    let handed_over = |line: &&str| line.contains(&to_the_customer) && line.contains("status=sent");
    std::thread::sleep(Duration::from_secs(1));
    let received = firm.postfix.log().lines().filter(handed_over).count();
    assert!(received <= 1, "sent {received} times:\n{}", firm.postfix.log());
    eprintln!("after {refusals} refusals: {states:?}");
    if received == 1 {
        firm.wait_in(BALDINI, "INBOX", "<lacking@baldini.example>");
        assert_eq!(firm.lying(BALDINI, "INBOX").len(), 1);
    }
    // When the server has taken it and there was no space to note that, only the owner can know.
    let known = states.iter().all(|state| state == "accepted") && received == 1;
    let asked = states.iter().all(|state| state == "unsure");
    assert!(known || asked, "{states:?}, sent {received} times");
    let cases = firm.json(firm.days.at(0, 13, 15), &["cases"]);
    let question = cases.as_array().expect("cases").iter().any(|case| case["kind"] == "unsure");
    assert_eq!(question, asked, "{cases}");
    firm.good(None, &["check", "--replay"]);
}

#[test]
fn a_full_disk_under_the_mailbox_delays_the_copy_and_nothing_else() {
    if !present() {
        return;
    }
    let Some(dovecot) = Dovecot::with_little_space(everybody(), "4m") else { return };
    let firm = Firm::with(RESENDING, dovecot);
    firm.take_over();
    firm.receive(BALDINI, &letters::not_received());
    firm.good(None, &["once"]);
    let before = firm.dovecot.picture(MARTA);
    let filler = firm.dovecot.path("mail/filler");
    fill(&filler, 0);
    // Either the folders cannot even be opened, and nothing leaves on a look that failed; or the mail leaves, and there is
    // no space for its copy, nor for the mail itself where it arrives.
    for minute in [0, 1, 2] {
        let said = firm.run(firm.days.at(0, 13, minute), &["once"]);
        assert!(
            said.code == Some(0) || said.all().contains("help:") || said.all().contains("server log"),
            "{}",
            said.all()
        );
    }
    assert_eq!(firm.dovecot.picture(MARTA), before, "no half mail lies in the mailbox");
    fs::remove_file(&filler).expect("removed");
    firm.good(firm.days.at(0, 13, 10), &["once"]);
    firm.wait_in(BALDINI, "INBOX", "<lacking@baldini.example>");
    for minute in [20, 30] {
        firm.good(firm.days.at(0, 13, minute), &["once"]);
    }
    assert_eq!(firm.lying(BALDINI, "INBOX").len(), 1);
    let copies = firm.lying(MARTA, "Sent").iter().filter(|mail| mail.text().contains("X-Sollecito-Ref")).count();
    assert_eq!(copies, 1, "the copy stands in Sent exactly once");
}
