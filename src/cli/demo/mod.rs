//! `sollecito demo`: a studio's mailbox lives through three simulated months. The same code as the real agent; only mailbox,
//! transport and clock are swapped.
//!
//! In: the story beside this file, a folder. Out: a timeline, and the folder with every mail.
//! Deliberately absent: network, other programs, chance, the machine's clock, and any decision of its own.

mod ending;
mod folder;
mod mails;
mod months;
mod page;
mod postbox;
mod story;
mod timeline;
mod wording;

use super::failure::Failure;
use super::output::Screen;
use clap::Args;
use std::path::PathBuf;

/// Three months of a small studio, in seconds.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Where the studio's folder is made; `sollecito-demo` in the system's temporary folder when not said
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

impl Demo {
    pub(super) fn run(&self, screen: &mut Screen) -> Result<(), Failure> {
        let folder = self.dir.clone().unwrap_or_else(|| std::env::temp_dir().join("sollecito-demo"));
        months::Months::open(&folder, screen)?.live()
    }
}
