//! Why a command did not do what was asked. One type: the kind alone chooses heading and exit code.

use super::output::counted;
use crate::ledger::problem::Problem;

/// Sorts of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The command line makes no sense.
    Usage,
    /// Hand-edited files have mistakes.
    Files,
    /// Part of it was done, part was not.
    Partly,
    /// What was named does not exist, or is not the only one of that name.
    NotKnown,
    /// Something outside does not work: mailbox, server, disk.
    Outside,
    /// Another run has the firm's lock.
    Busy,
    /// It must not be done now.
    Refused,
    /// A mistake in the product itself.
    Defect,
}

impl Kind {
    /// What the shell sees.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Files => 3,
            Self::Partly => 4,
            Self::NotKnown => 5,
            Self::Outside => 6,
            Self::Busy => 7,
            Self::Refused => 8,
            Self::Defect => 70,
        }
    }

    /// The first line.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Usage => "The command is not understood",
            Self::Files => "There are mistakes in the files",
            Self::Partly => "Not everything was done",
            Self::NotKnown => "Not found",
            Self::Outside => "Something outside does not work",
            Self::Busy => "Another run is at work",
            Self::Refused => "Not done",
            Self::Defect => "This is a mistake in sollecito",
        }
    }

    /// The word in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Files => "files",
            Self::Partly => "partly",
            Self::NotKnown => "not_known",
            Self::Outside => "outside",
            Self::Busy => "busy",
            Self::Refused => "refused",
            Self::Defect => "defect",
        }
    }
}

/// Why a command did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Its sort.
    pub kind: Kind,
    /// What happened, the outermost first; capital first letter, no full stop.
    pub causes: Vec<String>,
    /// What to do.
    pub hints: Vec<String>,
    /// Mistakes in files.
    pub problems: Vec<Problem>,
    /// The answer said it already (in JSON an answer is one document): only the exit code is left to give.
    pub told: bool,
}

impl Failure {
    /// A failure with one cause.
    pub fn new(kind: Kind, cause: impl Into<String>) -> Self {
        Self { kind, causes: vec![cause.into()], hints: Vec::new(), problems: Vec::new(), told: false }
    }

    /// Mistakes in hand-edited files.
    #[must_use]
    pub fn of_files(problems: Vec<Problem>) -> Self {
        Self { kind: Kind::Files, causes: vec![in_files(&problems)], hints: Vec::new(), problems, told: false }
    }

    /// Adds what lies beneath.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds mistakes in files.
    #[must_use]
    pub fn with_problems(mut self, problems: Vec<Problem>) -> Self {
        self.problems = problems;
        self
    }
}

/// `3 problems in 2 files`.
fn in_files(problems: &[Problem]) -> String {
    let mut files: Vec<&str> = problems.iter().map(|problem| problem.file.as_str()).collect();
    files.sort_unstable();
    files.dedup();
    format!("{} in {}", counted(problems.len(), "problem"), counted(files.len(), "file"))
}
