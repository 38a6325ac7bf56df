//! The firm's files while the agent runs: noticed when they change, read and compiled anew, and used only when they are
//! good. Otherwise those of before stay in force, and the owner is told.

use super::Globals;
use super::desk;
use super::failure::{Failure, Kind};
use crate::agent::Agent;
use crate::config::{CUSTOMERS_FILE, Firm};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// So often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How deep own rules and templates may lie.
const MAX_DEPTH: usize = 5;

/// Every file with its time and length.
type Shape = Vec<(PathBuf, Option<SystemTime>, u64)>;

/// The files as they were when they were last read.
#[derive(Debug)]
pub(super) struct Files {
    settings: PathBuf,
    folder: PathBuf,
    read: Shape,
    last: Shape,
    looked: Instant,
}

impl Files {
    pub(super) fn of(globals: &Globals, firm: &Firm) -> Self {
        let (settings, folder) = (globals.settings_file(), firm.folder.clone());
        let read = shape(&settings, &folder);
        Self { settings, folder, last: read.clone(), read, looked: Instant::now() }
    }

    /// Did they change since they were read, and come to rest since? Somebody may be writing several of them.
    pub(super) fn have_changed(&mut self) -> bool {
        if self.looked.elapsed() < LOOK_EVERY {
            return false;
        }
        self.looked = Instant::now();
        let now = shape(&self.settings, &self.folder);
        let is_at_rest = now == self.last;
        self.last = now;
        is_at_rest && self.last != self.read
    }

    /// They are read now.
    pub(super) fn are_read(&mut self) {
        self.read = shape(&self.settings, &self.folder);
        self.last.clone_from(&self.read);
    }
}

fn shape(settings: &Path, folder: &Path) -> Shape {
    let mut shape = Vec::new();
    note(settings, &mut shape);
    note(&folder.join(CUSTOMERS_FILE), &mut shape);
    for own in ["rules", "templates"] {
        walk(&folder.join(own), 0, &mut shape);
    }
    shape.sort();
    shape
}

fn walk(folder: &Path, depth: usize, shape: &mut Shape) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() && depth < MAX_DEPTH {
            walk(&path, depth + 1, shape);
        } else {
            note(&path, shape);
        }
    }
}

fn note(path: &Path, shape: &mut Shape) {
    let (modified, length) = std::fs::metadata(path).map_or((None, 0), |file| (file.modified().ok(), file.len()));
    shape.push((path.to_owned(), modified, length));
}

/// Reads everything anew and puts it in force, all of it or nothing.
pub(super) fn renew(agent: &mut Agent, firm: &mut Firm, globals: &Globals) -> Result<(), Failure> {
    let renewed = globals.firm()?;
    let office = desk::office(&renewed)?;
    // What is in force with this fault since the start (a new version may overrule an own rule) keeps nothing else out.
    let known = agent.office.rules.own_faults();
    let mut failed = office.rules.own_faults();
    failed.retain(|problem| known.iter().all(|known| known.message != problem.message));
    if !failed.is_empty() {
        return Err(Failure::of_files(failed));
    }
    // At the start a text with a mistake stops its own mails only; a good text in force is not given up for it.
    if let Some(problem) = office.broken_templates.iter().find(|broken| !agent.office.broken_templates.contains(broken))
    {
        return Err(Failure::new(Kind::Files, problem.clone()));
    }
    if renewed.settings.database != firm.settings.database || renewed.folder != firm.folder {
        return Err(Failure::new(Kind::Refused, "Another database was named while sollecito runs")
            .hint("stop sollecito and start it anew"));
    }
    desk::customers_are_known(&renewed, &agent.store.look())?;
    // Made before anything is put in force: what cannot be opened changes nothing.
    let mailbox = if renewed.settings.mailbox == firm.settings.mailbox { None } else { Some(desk::mailbox(&renewed)?) };
    let transport =
        if renewed.settings.sending == firm.settings.sending { None } else { Some(desk::transport(&renewed)?) };
    if let Some(mailbox) = mailbox {
        agent.mailbox = mailbox;
    }
    if let Some(transport) = transport {
        agent.transport = transport;
    }
    desk::put_in_force(&renewed, &mut agent.store)?;
    agent.office = office;
    *firm = renewed;
    Ok(())
}

/// What is wrong, a sentence each, for the owner.
pub(super) fn sentences(failure: &Failure) -> Vec<String> {
    let problems: Vec<String> = failure
        .problems
        .iter()
        .map(|problem| match &problem.place {
            Some(place) => format!("{}:{}: {}", problem.file, place.line, problem.message),
            None => format!("{}: {}", problem.file, problem.message),
        })
        .collect();
    if problems.is_empty() { vec![failure.causes.join(": ")] } else { problems }
}
