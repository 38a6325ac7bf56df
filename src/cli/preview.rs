//! `sollecito preview`: the mails of the ladder as one customer would receive them. Nothing is changed.

use super::Globals;
use super::desk::{Desk, find};
use super::failure::{Failure, Kind};
use super::output::Screen;
use crate::agent::preview::{Preview as Found, PreviewMail, PreviewStep, preview};
use crate::ledger::ids::StepId;
use clap::Args;
use std::path::{Path, PathBuf};

/// A mail before it is written.
#[derive(Debug, Args)]
#[command(override_usage = "sollecito preview [OPTIONS] [STEP] <CUSTOMER>")]
pub(super) struct Preview {
    /// A step of the customer's ladder (such as friendly), `before_closure`: the reminder before a closure, or `statement`: the list of the month. Without one: the whole ladder, with the day of each step
    #[arg(value_name = "STEP")]
    first: String,
    /// The customer: name or part of it, code, address, or the number of an invoice
    #[arg(value_name = "CUSTOMER")]
    second: Option<String>,
    /// The whole ladder in a row
    #[arg(long)]
    all: bool,
    /// Also write the mail as it will look, into this file (.html); of several mails each into one of its own
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

impl Preview {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        let (step, customer) = match &self.second {
            None => (None, &self.first),
            Some(customer) if !self.all => (Some(StepId::new(&self.first)), customer),
            Some(_) => {
                return Err(Failure::new(Kind::Usage, "With --all no step is named")
                    .hint("write `sollecito preview --all CUSTOMER`; a name of several words needs quotation marks"));
            }
        };
        if let Some(file) = &self.html {
            must_be_html(file)?;
        }
        let desk = Desk::open_for_orders(globals)?;
        let look = desk.store.look();
        let target = find(&look, customer)?;
        let account = look
            .account(target.customer)?
            .ok_or_else(|| Failure::new(Kind::NotKnown, format!("`{customer}` is not there any more")))?;
        let found = preview(&look, &desk.office, desk.moment, &account, step.as_ref())?;
        let written = match &self.html {
            Some(file) => write_pages(&found, file)?,
            None => Vec::new(),
        };
        if screen.wants_json() {
            let mut value = serde_json::to_value(&found).unwrap_or_default();
            if let Some(object) = value.as_object_mut() {
                object.insert("written".to_owned(), serde_json::json!(written));
            }
            screen.json(&value);
        } else {
            show(&found, screen);
            if !written.is_empty() {
                screen.line("");
            }
            for file in &written {
                screen.line(format!("Written to {}", file.display()));
            }
        }
        let failed: Vec<&str> =
            found.steps.iter().filter(|step| step.failure.is_some()).map(|step| step.step.as_str()).collect();
        if failed.is_empty() {
            return Ok(());
        }
        let failure = Failure::new(Kind::Refused, format!("The mail of {} cannot be written", failed.join(", ")));
        Err(Failure { told: screen.wants_json(), ..failure.hint("`sollecito check` shows mistakes in texts") })
    }
}

/// A slip must not write over the settings or a list.
fn must_be_html(file: &Path) -> Result<(), Failure> {
    let is_html =
        file.extension().is_some_and(|end| end.eq_ignore_ascii_case("html") || end.eq_ignore_ascii_case("htm"));
    if is_html {
        return Ok(());
    }
    Err(Failure::new(Kind::Usage, format!("{} does not end in .html", file.display()))
        .hint("name the file for example `--html mail.html`"))
}

/// One mail into the file itself; of several each into one beside it, with its place and step in the name.
fn write_pages(found: &Found, file: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mails: Vec<(&PreviewStep, &PreviewMail)> =
        found.steps.iter().filter_map(|step| Some((step, step.mail.as_ref()?))).collect();
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut written = Vec::new();
    for (place, (step, mail)) in mails.iter().enumerate() {
        let path = if found.steps.len() == 1 {
            file.to_owned()
        } else {
            let name = step.step.replace(|c: char| !c.is_alphanumeric() && c != '_', "-");
            file.with_file_name(format!("{stem}-{}-{name}.html", place.saturating_add(1)))
        };
        std::fs::write(&path, &mail.html).map_err(|error| {
            Failure::new(Kind::Outside, format!("{} cannot be written", path.display())).because(error.to_string())
        })?;
        written.push(path);
    }
    Ok(written)
}

const NAMES: usize = 12;

fn show(found: &Found, screen: &mut Screen) {
    screen.paragraph(&format!("{}: {}, {} ({})", found.customer, found.kind, found.language, found.register));
    list("Left out", &found.left_out, screen);
    list("Nothing of this leaves today, because", &found.not_today, screen);
    for step in &found.steps {
        screen.line("");
        let when = match (step.day, &step.time) {
            (Some(day), Some(time)) => format!("{} {time}", day.format("%a %Y-%m-%d")),
            (Some(day), None) => day.format("%a %Y-%m-%d").to_string(),
            _ => "passed over".to_owned(),
        };
        screen.heading(&format!("{}, {when}", step.step));
        screen.labelled("By:", NAMES, &step.sender);
        if !step.invoices.is_empty() {
            screen.labelled("About:", NAMES, &step.invoices.join(", "));
        }
        for sentence in &step.supposes {
            screen.labelled("Suppose:", NAMES, sentence);
        }
        if let Some(why) = &step.failure {
            screen.labelled("Failure:", NAMES, why);
        }
        if let Some(mail) = &step.mail {
            screen.labelled("To:", NAMES, &mail.to.join(", "));
            if !mail.cc.is_empty() {
                screen.labelled("Cc:", NAMES, &mail.cc.join(", "));
            }
            let attached = if mail.attachments.is_empty() { "nothing".to_owned() } else { mail.attachments.join(", ") };
            screen.labelled("Attached:", NAMES, &attached);
            screen.labelled("Subject:", NAMES, &mail.subject);
            screen.line("");
            for line in mail.text.lines() {
                screen.labelled("", 2, line);
            }
        }
    }
}

fn list(heading: &str, sentences: &[String], screen: &mut Screen) {
    if sentences.is_empty() {
        return;
    }
    screen.line("");
    screen.line(format!("{heading}:"));
    for sentence in sentences {
        screen.labelled("  -", 4, sentence);
    }
}
