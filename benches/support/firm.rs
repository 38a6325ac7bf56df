//! A firm of a bench: its settings, and a mailbox that costs nothing.

use sollecito::agent::office::{Office, OwnerDesk};
use sollecito::classify::RuleSet;
use sollecito::mailbox::{Appended, Coverage, Fetched, Folder, Head, ItemId, Listing, Mailbox, MailboxError, RawMail};
use sollecito::templates::Shelf;
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

const SETTINGS: &str = "[firm]\nname = \"Studio Ferri\"\nperson = \"Marta Ferri\"\nphone = \"+39 02 1234567\"\n\
    address = \"marta@studioferri.example\"\n[owner]\nname = \"Marta Ferri\"\naddress = \"titolare@studioferri.example\"\n\
    [mailbox]\npath = \"Maildir\"\n[sending]\ntransport = \"folder\"\npath = \"outgoing\"\n\
    [[bank_account]]\nid = \"main\"\niban = \"IT60X0542811101000000123456\"\nholder = \"Studio Ferri\"\n";

/// A mailbox that costs nothing, with mails in INBOX.
#[derive(Clone, Default)]
pub struct Near(Rc<RefCell<Vec<Vec<u8>>>>);

impl Near {
    pub fn with(mails: &[Vec<u8>]) -> Self {
        Self(Rc::new(RefCell::new(mails.to_vec())))
    }

    pub fn lay(&self, mail: Vec<u8>) {
        self.0.borrow_mut().push(mail);
    }
}

impl Mailbox for Near {
    fn enumerate(&mut self, folder: Folder) -> Result<Listing, MailboxError> {
        let count = if folder == Folder::Inbox { self.0.borrow().len() } else { 0 };
        let ids = (0..count).map(|index| ItemId(index.to_string())).collect();
        Ok(Listing { epoch: "1".to_owned(), ids, coverage: Coverage::Whole })
    }

    fn heads(&mut self, _folder: Folder, _ids: &[ItemId]) -> Result<Vec<Head>, MailboxError> {
        Ok(Vec::new())
    }

    fn fetch(&mut self, _folder: Folder, id: &ItemId, _limit: usize) -> Result<Fetched, MailboxError> {
        let bytes = self.0.borrow()[id.0.parse::<usize>().unwrap()].clone();
        Ok(Fetched::Got(RawMail { bytes, truncated: false, received: super::moment("2026-10-07T05:00:00Z") }))
    }

    fn append(&mut self, _folder: Folder, _bytes: &[u8]) -> Appended {
        Appended::Failed("not here".to_owned())
    }

    fn replace(&mut self, _folder: Folder, _id: &ItemId, _bytes: &[u8]) -> Appended {
        Appended::Failed("not here".to_owned())
    }

    fn remove(&mut self, _folder: Folder, _id: &ItemId) -> Result<bool, MailboxError> {
        Ok(false)
    }

    fn wait(&mut self, _at_most: Duration) -> bool {
        false
    }
}

/// The folder of a firm without books.
pub fn settle_firm(folder: &Path) {
    std::fs::create_dir_all(folder.join("Maildir")).unwrap();
    std::fs::write(folder.join("sollecito.toml"), SETTINGS).unwrap();
}

pub fn office(folder: &Path) -> Office {
    let firm = sollecito::config::load(&folder.join("sollecito.toml")).expect("a firm");
    let owner = &firm.settings.owner;
    Office {
        policy: firm.policy.clone(),
        letterhead: firm.letterhead.clone(),
        reader: firm.reader.clone(),
        rules: RuleSet::shipped().expect("rules").into(),
        shelf: Shelf::build(&sollecito::templates::sources_shipped(), &[]).expect("texts"),
        broken_templates: Vec::new(),
        owner: OwnerDesk { name: owner.name.clone(), address: owner.address.clone(), language: owner.language },
        zone: firm.settings.firm.zone,
        redirect_to: None,
        copy_to_sent: false,
        max_mail_bytes: 10_000_000,
    }
}
