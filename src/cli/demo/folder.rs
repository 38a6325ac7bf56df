//! The folder that the demo lives in: a firm like any other, with a mailbox of its own.

use super::mails::{IBAN, SERVER, STUDIO};
use crate::cli::failure::{Failure, Kind};
use crate::config::SETTINGS_FILE;
use crate::config::starter::{self, Answers};
use crate::mailbox::maildir::{Maildir, Naming};
use std::fs;
use std::path::{Path, PathBuf};

/// What tells a folder of the demo from everybody else's.
const MARKER: &str = "this-is-the-demo.txt";
const MARKER_TEXT: &str = "Written by `sollecito demo`, which replaces this folder each time it runs.\n";

/// Makes the folder anew. Nothing is ever removed that the demo did not make.
pub(super) fn prepare(folder: &Path) -> Result<(), Failure> {
    let name = folder.display();
    let unwritable = |error: std::io::Error| {
        Failure::new(Kind::Outside, format!("{name} cannot be written"))
            .because(error.to_string())
            .hint("name another folder: sollecito demo --dir FOLDER")
    };
    if fs::symlink_metadata(folder).is_ok() {
        let empty = fs::read_dir(folder).map_err(unwritable)?.next().is_none();
        let ours = fs::read_to_string(folder.join(MARKER)).is_ok_and(|text| text == MARKER_TEXT);
        if !empty && !ours {
            return Err(Failure::new(
                Kind::Refused,
                format!("{name} is there already and is not of the demo's making"),
            )
            .hint("name another folder (sollecito demo --dir FOLDER), or move this one away"));
        }
        if ours {
            // The marker goes last: an interrupted removal can be taken up again.
            for entry in fs::read_dir(folder).map_err(unwritable)? {
                let entry = entry.map_err(unwritable)?;
                if entry.file_name() == MARKER {
                    continue;
                }
                let path = entry.path();
                let removed = if entry.file_type().map_err(unwritable)?.is_dir() {
                    fs::remove_dir_all(&path)
                } else {
                    fs::remove_file(&path)
                };
                removed.map_err(unwritable)?;
            }
        }
    }
    fs::create_dir_all(folder).map_err(unwritable)?;
    fs::write(folder.join(MARKER), MARKER_TEXT).map_err(unwritable)?;
    fs::write(folder.join(SETTINGS_FILE), settings()).map_err(unwritable)
}

/// The studio's mailbox. Files are named by their content, so that every run leaves the same folder.
pub(super) fn mailbox(folder: &Path) -> Result<Maildir, Failure> {
    Ok(Maildir::create(&maildir(folder))?.with_naming(Naming::FromContent))
}

/// Where it lies.
fn maildir(folder: &Path) -> PathBuf {
    folder.join("Maildir")
}

/// The settings that `sollecito init` writes, with the studio's answers and trust in everything switched on.
fn settings() -> String {
    let said = |text: &str| Some(text.to_owned());
    let starter = starter::settings(&Answers {
        name: said("Studio Larice"),
        person: said("Marta Larice"),
        address: said(STUDIO),
        phone: said("+39 0461 000100"),
        maildir: said("Maildir"),
        iban: said(IBAN),
        holder: said("Studio Larice di Marta Larice"),
        ..Answers::default()
    });
    let mut text = String::new();
    let mut modes = false;
    for line in starter.lines() {
        if line.starts_with('[') {
            modes = line == "[modes]";
        }
        let chosen = match line.split('=').next().unwrap_or_default().trim() {
            "# authserv_ids" => format!("authserv_ids = [\"{SERVER}\"]"),
            "# approve_first_mail" => "approve_first_mail = false".to_owned(),
            // After some weeks of watching, this owner lets everything leave by itself; before the due date nobody is written
            // to here, so that the story begins with the reminders.
            "# courtesy" => line.to_owned(),
            _ if modes && line.contains("= \"observe\"") => {
                line.trim_start_matches("# ").replace("= \"observe\"", "= \"send\"   ")
            }
            _ => line.to_owned(),
        };
        text.push_str(&chosen);
        text.push('\n');
    }
    text
}
