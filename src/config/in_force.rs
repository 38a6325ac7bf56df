//! The texts of the files that decide, as they were put in force. An order beside files with mistakes goes by them, as the
//! agent itself does until the mistakes are mended. No secret stands in any of them.

use super::files::{OwnSources, SourceFile};
use serde::{Deserialize, Serialize};

/// The files that decide: settings, ladders, rates, arrangements. Reading rules and letters are not among them: a mistake
/// there stops their own mails only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesInForce {
    pub(super) settings: String,
    pub(super) ladders: Option<String>,
    pub(super) interest: Option<String>,
    pub(super) customers: Option<String>,
}

impl FilesInForce {
    pub(super) fn of(settings: String, own: &OwnSources) -> Self {
        let text = |source: &Option<SourceFile>| source.as_ref().map(|source| source.text.clone());
        Self { settings, ladders: text(&own.ladders), interest: text(&own.interest), customers: text(&own.customers) }
    }

    /// Takes the place of what lies in the folder now.
    pub(super) fn laid_over(&self, own: &mut OwnSources) {
        let source =
            |file: &str, text: &Option<String>| text.clone().map(|text| SourceFile { file: file.to_owned(), text });
        own.ladders = source(super::files::LADDERS_FILE, &self.ladders);
        own.interest = source(super::files::INTEREST_FILE, &self.interest);
        own.customers = source(super::files::CUSTOMERS_FILE, &self.customers);
    }
}
