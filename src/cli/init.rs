//! `sollecito init DIR`: the folder of a new firm. Nothing that is there is ever overwritten.

use super::failure::{Failure, Kind};
use super::output::Screen;
use crate::config::SETTINGS_FILE;
use crate::config::starter::{Answers, files};
use clap::Args;
use serde_json::json;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Writes the folder of a new firm.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// The folder; made when it is not there
    folder: PathBuf,
    /// The firm's name as it stands on invoices
    #[arg(long)]
    name: Option<String>,
    /// Who signs the mails
    #[arg(long)]
    person: Option<String>,
    /// The mail address that the mails come from
    #[arg(long)]
    address: Option<String>,
    /// Telephone number of the person who signs
    #[arg(long)]
    phone: Option<String>,
    /// The Maildir of that address
    #[arg(long, value_name = "DIR")]
    maildir: Option<String>,
    /// The bank account that customers pay to
    #[arg(long)]
    iban: Option<String>,
    /// Its holder, as the bank has it; the firm's name when not given
    #[arg(long)]
    holder: Option<String>,
}

impl Init {
    pub(super) fn run(&self, screen: &mut Screen) -> Result<(), Failure> {
        let settings = self.folder.join(SETTINGS_FILE);
        if settings.exists() {
            return Err(Failure::new(Kind::Refused, format!("{} is there already", settings.display()))
                .hint("edit it, or choose another folder; nothing was changed"));
        }
        let mut written = Vec::new();
        for file in files(&self.answers()) {
            let path = self.folder.join(&file.file);
            if write_new(&path, &file.text).map_err(|error| unwritable(&path, &error))? {
                written.push(path.display().to_string());
            }
        }
        let problems = crate::config::check(&settings);
        if screen.wants_json() {
            let open: Vec<_> = problems.iter().map(super::output::problem_json).collect();
            screen.json(&json!({ "written": written, "still_open": open }));
            return Ok(());
        }
        screen.line(format!("Written: {}", written.join(", ")));
        screen.line("");
        if problems.is_empty() {
            screen.line("Everything that is needed is there. Next:");
        } else {
            screen.line(format!("Still to be filled in, in {}:", settings.display()));
            for problem in &problems {
                screen.line(format!("  - {}", problem.message));
            }
            screen.line("");
            screen.line("Then:");
        }
        let config = self.folder.display();
        screen.line(format!("  sollecito check --config {config}"));
        screen.line(format!("  sollecito import receivables.csv --dry-run --config {config}"));
        screen.line("");
        screen.line("Nothing leaves until you change [modes]: everything begins with \"observe\".");
        Ok(())
    }

    fn answers(&self) -> Answers {
        // Relative paths in the settings count from the firm's folder; what is typed here counts from where one stands.
        let maildir = self.maildir.as_ref().map(|path| {
            let path = Path::new(path);
            std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()).display().to_string()
        });
        Answers {
            name: self.name.clone(),
            person: self.person.clone(),
            address: self.address.clone(),
            phone: self.phone.clone(),
            maildir,
            iban: self.iban.clone(),
            holder: self.holder.clone(),
        }
    }
}

/// Writes a file that is not there yet; false when it is.
fn write_new(path: &Path, text: &str) -> std::io::Result<bool> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map(|()| true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Kind::Outside, format!("{} cannot be written", path.display()))
        .because(error.to_string())
        .hint("choose a folder that you may write to")
}
