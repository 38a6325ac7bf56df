//! A firm whose mailbox is made of values: it can do what only a mailbox far away does.

use chrono::{DateTime, NaiveDate, Utc};
use sollecito::agent::clock::SetClock;
use sollecito::agent::office::{Office, OwnerDesk, ReadingRules};
use sollecito::agent::onlooker::Nobody;
use sollecito::agent::{Agent, Known};
use sollecito::mailbox::*;
use sollecito::store::Store;
use sollecito::templates::Shelf;
use sollecito::transport::folder::FolderTransport;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

/// One mail in the mailbox.
#[derive(Clone)]
pub struct Item {
    pub id: String,
    pub bytes: Vec<u8>,
    pub received: DateTime<Utc>,
}

/// What happens just before the n-th fetch.
pub type Event = Box<dyn FnOnce(&mut Far)>;

/// The mailbox as its server has it.
pub struct Far {
    pub epoch: u32,
    pub folders: BTreeMap<Folder, Vec<Item>>,
    pub coverage: BTreeMap<Folder, Coverage>,
    /// Of a listing that is not whole, only the newest so many.
    pub newest: usize,
    /// It can tell items by their day.
    pub knows_days: bool,
    /// These cannot be fetched, for this reason.
    pub broken: BTreeSet<String>,
    /// The heads of these are not given.
    pub headless: BTreeSet<String>,
    /// The connection breaks when this one is fetched.
    pub breaks_at: Option<String>,
    /// The search by day leaves these out.
    pub forgotten_by_search: BTreeSet<String>,
    pub before_fetch: Option<Event>,
    pub is_down: bool,
    next: u32,
    /// What was asked, in order.
    pub fetched: Vec<(Folder, String)>,
    pub announced: Vec<(Folder, Vec<ItemId>)>,
    pub heads_asked: usize,
}

impl Far {
    pub fn lay(&mut self, folder: Folder, received: &str, bytes: Vec<u8>) -> String {
        self.next += 1;
        let id = self.next.to_string();
        let item = Item { id: id.clone(), bytes, received: moment(received) };
        self.folders.entry(folder).or_default().push(item);
        id
    }

    pub fn take(&mut self, folder: Folder, id: &str) -> Item {
        let items = self.folders.get_mut(&folder).expect("a folder");
        let at = items.iter().position(|item| item.id == id).expect("an item");
        items.remove(at)
    }

    /// Moves a mail as a mail program does: it gets a new name.
    pub fn shift(&mut self, from: Folder, id: &str, to: Folder) -> String {
        let item = self.take(from, id);
        self.next += 1;
        let id = self.next.to_string();
        self.folders.entry(to).or_default().push(Item { id: id.clone(), ..item });
        id
    }

    /// Everything gets a new name.
    pub fn rename_all(&mut self) {
        self.epoch += 1;
        for items in self.folders.values_mut() {
            for item in items {
                item.id = format!("e{}-{}", self.epoch, item.id);
            }
        }
    }
}

/// The way to it.
#[derive(Clone)]
pub struct Way(pub Rc<RefCell<Far>>);

impl Mailbox for Way {
    fn enumerate(&mut self, folder: Folder) -> Result<Listing, MailboxError> {
        let far = self.0.borrow();
        if far.is_down {
            return Err(MailboxError { message: "The server is down".to_owned(), remedy: None, temporary: true });
        }
        let coverage = far.coverage.get(&folder).copied().unwrap_or(Coverage::Whole);
        let items = far.folders.get(&folder).cloned().unwrap_or_default();
        let from = if coverage == Coverage::Newest { items.len().saturating_sub(far.newest) } else { 0 };
        let ids = items[from..].iter().map(|item| ItemId(item.id.clone())).collect();
        Ok(Listing { epoch: far.epoch.to_string(), ids, coverage })
    }

    fn expect(&mut self, folder: Folder, ids: &[ItemId], _limit: usize) {
        self.0.borrow_mut().announced.push((folder, ids.to_vec()));
    }

    fn heads(&mut self, folder: Folder, ids: &[ItemId]) -> Result<Vec<Head>, MailboxError> {
        let mut far = self.0.borrow_mut();
        far.heads_asked += ids.len();
        let items = far.folders.get(&folder).cloned().unwrap_or_default();
        let head = |item: &Item| {
            let end = item.bytes.windows(4).position(|four| four == b"\r\n\r\n").map_or(item.bytes.len(), |at| at + 4);
            Head { id: ItemId(item.id.clone()), bytes: item.bytes[..end].to_vec(), size: Some(item.bytes.len() as u64) }
        };
        let headless = far.headless.clone();
        let items: Vec<Item> = items.into_iter().filter(|item| !headless.contains(&item.id)).collect();
        Ok(items.iter().filter(|item| ids.contains(&ItemId(item.id.clone()))).map(head).collect())
    }

    fn older_than(&mut self, folder: Folder, day: NaiveDate) -> Result<Option<BTreeSet<ItemId>>, MailboxError> {
        let far = self.0.borrow();
        if !far.knows_days {
            return Ok(None);
        }
        let items = far.folders.get(&folder).cloned().unwrap_or_default();
        let old = items
            .into_iter()
            .filter(|item| item.received.date_naive() < day && !far.forgotten_by_search.contains(&item.id));
        Ok(Some(old.map(|item| ItemId(item.id)).collect()))
    }

    fn fetch(&mut self, folder: Folder, id: &ItemId, limit: usize) -> Result<Fetched, MailboxError> {
        let event = self.0.borrow_mut().before_fetch.take();
        if let Some(event) = event {
            event(&mut self.0.borrow_mut());
        }
        let mut far = self.0.borrow_mut();
        if far.breaks_at.as_ref() == Some(&id.0) {
            return Err(MailboxError { message: "The connection broke".to_owned(), remedy: None, temporary: true });
        }
        far.fetched.push((folder, id.0.clone()));
        if far.broken.contains(&id.0) {
            return Ok(Fetched::Retry("the server left it out of the batch".to_owned()));
        }
        let items = far.folders.get(&folder).cloned().unwrap_or_default();
        Ok(match items.into_iter().find(|item| item.id == id.0) {
            None => Fetched::Vanished,
            Some(item) => {
                let truncated = item.bytes.len() > limit;
                let bytes = item.bytes[..item.bytes.len().min(limit)].to_vec();
                Fetched::Got(RawMail { bytes, truncated, received: item.received })
            }
        })
    }

    fn append(&mut self, folder: Folder, bytes: &[u8]) -> Appended {
        let mut far = self.0.borrow_mut();
        Appended::Done(ItemId(far.lay(folder, "2026-10-01T00:00:00Z", bytes.to_vec())))
    }

    fn replace(&mut self, _folder: Folder, _id: &ItemId, _bytes: &[u8]) -> Appended {
        Appended::Failed("not here".to_owned())
    }

    fn remove(&mut self, folder: Folder, id: &ItemId) -> Result<bool, MailboxError> {
        self.0.borrow_mut().take(folder, &id.0);
        Ok(true)
    }

    fn wait(&mut self, _at_most: Duration) -> bool {
        false
    }
}

pub fn moment(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("a moment").with_timezone(&Utc)
}

pub const LIST: &str = "\
Numero;Data;Scadenza;Importo;Cliente;Email;Tipo cliente
118/2026;31/08/2026;30/09/2026;1.220,00;Baldini S.r.l.;amministrazione@baldini.example;azienda
";

/// Everything together.
pub struct World {
    pub folder: tempfile::TempDir,
    pub far: Rc<RefCell<Far>>,
    pub clock: SetClock,
    pub agent: Agent,
}

impl World {
    pub fn at(now: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = "[firm]\nname = \"Studio Ferri\"\nperson = \"Marta Ferri\"\nphone = \"+39 02 1234567\"\n\
             address = \"marta@studioferri.example\"\n\n[owner]\nname = \"Marta Ferri\"\n\
             address = \"titolare@studioferri.example\"\nlanguage = \"en\"\n\n[mailbox]\npath = \"Maildir\"\n\
             authserv_ids = [\"mx.studioferri.example\"]\n\n[sending]\ntransport = \"folder\"\npath = \"outgoing\"\n\n\
             [[bank_account]]\nid = \"main\"\niban = \"IT60X0542811101000000123456\"\nholder = \"Studio Ferri\"\n\n\
             [modes]\nreminder = \"send\"\nresend_invoice = \"send\"\n\n[limits]\napprove_first_mail = false\n";
        std::fs::create_dir(folder.path().join("Maildir")).expect("a folder");
        std::fs::write(folder.path().join("sollecito.toml"), settings).expect("settings");
        let far = Rc::new(RefCell::new(Far {
            epoch: 1,
            folders: BTreeMap::new(),
            coverage: BTreeMap::new(),
            newest: 0,
            knows_days: true,
            broken: BTreeSet::new(),
            headless: BTreeSet::new(),
            breaks_at: None,
            forgotten_by_search: BTreeSet::new(),
            before_fetch: None,
            is_down: false,
            next: 0,
            fetched: Vec::new(),
            announced: Vec::new(),
            heads_asked: 0,
        }));
        let clock = SetClock::at(moment(now));
        let agent = agent(folder.path().to_path_buf(), &far, &clock);
        let mut world = Self { folder, far, clock, agent };
        world.agent.begin().expect("begun");
        world
    }

    pub fn import(&mut self, list: &str) {
        let file = self.folder.path().join("list.csv");
        std::fs::write(&file, list).expect("the list");
        let now = self.clock_now();
        let status = std::process::Command::new(env!("CARGO_BIN_EXE_sollecito"))
            .current_dir(self.folder.path())
            .env_clear()
            .args(["import", "list.csv", "--payments-known", &now[..10], "--now", &now])
            .output()
            .expect("the program runs");
        assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
    }

    pub fn clock_now(&self) -> String {
        use sollecito::agent::clock::Clock as _;
        self.clock.now().to_rfc3339()
    }

    pub fn go_to(&self, now: &str) {
        self.clock.set(moment(now));
    }

    /// What left, each with its envelope.
    pub fn left(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.folder.path().join("outgoing")) else { return Vec::new() };
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        let mails = paths.into_iter().filter(|path| path.extension().is_some_and(|end| end == "eml"));
        mails
            .map(|path| {
                let envelope = std::fs::read_to_string(path.with_extension("envelope")).expect("an envelope");
                format!("{envelope}\n{}", String::from_utf8_lossy(&std::fs::read(&path).expect("a mail")))
            })
            .collect()
    }

    pub fn to_customers(&self) -> usize {
        self.left().iter().filter(|mail| !mail.contains("to: titolare@")).count()
    }

    /// Names fetched since the last question.
    pub fn fetched(&self) -> Vec<String> {
        std::mem::take(&mut self.far.borrow_mut().fetched).into_iter().map(|(_, id)| id).collect()
    }

    pub fn lay(&self, folder: Folder, received: &str, bytes: Vec<u8>) -> String {
        self.far.borrow_mut().lay(folder, received, bytes)
    }

    pub fn seen(&self, folder: Folder) -> BTreeMap<String, sollecito::store::SeenState> {
        let epoch = self.far.borrow().epoch.to_string();
        self.agent.store.look().seen(folder.as_str(), &epoch).expect("what was seen")
    }
}

fn agent(folder: PathBuf, far: &Rc<RefCell<Far>>, clock: &SetClock) -> Agent {
    let firm = sollecito::config::load(&folder.join("sollecito.toml")).expect("a firm");
    let settings = &firm.settings;
    let office = Office {
        policy: firm.policy.clone(),
        letterhead: firm.letterhead.clone(),
        reader: firm.reader.clone(),
        rules: ReadingRules::shipped(),
        shelf: Shelf::build(&sollecito::templates::sources_shipped(), &[]).expect("texts"),
        broken_templates: Vec::new(),
        owner: OwnerDesk {
            name: settings.owner.name.clone(),
            address: settings.owner.address.clone(),
            language: settings.owner.language,
        },
        zone: settings.firm.zone,
        redirect_to: None,
        copy_to_sent: true,
        max_mail_bytes: 1_000_000,
    };
    Agent {
        office,
        store: Store::open_with_secret(&settings.database, [7; 32]).expect("a database"),
        mailbox: Box::new(Way(Rc::clone(far))),
        transport: Box::new(FolderTransport::open(&folder.join("outgoing")).expect("a way out")),
        clock: Box::new(clock.clone()),
        onlooker: Box::new(Nobody),
        known: Known::default(),
    }
}

/// A plain mail.
pub fn letter(from: &str, to: &str, subject: &str, date: &str, id: &str, body: &str) -> Vec<u8> {
    format!(
        "From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {date}\r\nMessage-ID: <{id}>\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n",
        body.replace('\n', "\r\n")
    )
    .into_bytes()
}
