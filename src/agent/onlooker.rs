//! Who looks on while a pass works: hears of every piece of work that is done, and may ask the pass to end.
//! What it hears is progress, so that a watchdog fed from here is fed by nothing else.

use super::error::AgentError;
use super::pass::Agent;
use crate::mailbox::Folder;

/// A piece of work that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A folder was listed; so many of its mails are to be fetched.
    Listed(Folder, usize),
    /// One of them was fetched and kept, or could not be.
    Fetched(Folder),
    /// So many mails are to be read.
    ToRead(usize),
    /// One of them was read and decided on.
    Read,
    /// A mail was handed over, or was looked at and waits.
    LookedAtMail,
    /// Anything else that a pass does.
    Went,
}

/// Looks on.
pub trait Onlooker {
    /// Something was done.
    fn hears(&mut self, _work: Work) {}

    /// Shall the pass end at the next place where it can?
    fn wants_end(&self) -> bool {
        false
    }

    /// A mail is being handed over (true) or no longer (false): in between, ending would leave it in doubt.
    fn handing_over(&mut self, _is_under_way: bool) {}
}

/// Nobody looks on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nobody;

impl Onlooker for Nobody {}

/// A mail between the go-ahead and the outcome: whoever looks on knows.
pub(super) struct UnderWay<'a>(pub(super) &'a mut dyn Onlooker);

impl<'a> UnderWay<'a> {
    pub(super) fn begin(onlooker: &'a mut dyn Onlooker) -> Self {
        onlooker.handing_over(true);
        Self(onlooker)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.handing_over(false);
    }
}

impl Agent {
    /// A place where a pass may end: everything done so far is committed.
    pub(super) fn may_end_here(&mut self, work: Work) -> Result<(), AgentError> {
        self.onlooker.hears(work);
        if self.onlooker.wants_end() { Err(AgentError::Stopped) } else { Ok(()) }
    }
}
