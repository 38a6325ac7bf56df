//! A folder that is gone when the work is: at its end, at a failure, and when the work is broken off by a signal.

use crate::cli::failure::{Failure, Kind};
use signal_hook::consts::{SIGINT, SIGTERM};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// So many names are tried before giving up.
const TRIES: u32 = 100;

/// A folder that only this user can read; removed with everything in it when dropped.
#[derive(Debug)]
pub(super) struct TemporaryFolder {
    path: PathBuf,
}

impl TemporaryFolder {
    /// Makes one in the system's temporary folder.
    pub(super) fn make() -> Result<Self, Failure> {
        let above = std::env::temp_dir();
        let mut last = None;
        for number in 0..TRIES {
            let path = above.join(format!("sollecito-measure-{}-{number}", std::process::id()));
            match make_private(&path) {
                Ok(()) => return Ok(Self { path }),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => last = Some(error),
                Err(error) => {
                    last = Some(error);
                    break;
                }
            }
        }
        let why = last.map(|error| error.to_string()).unwrap_or_default();
        Err(Failure::new(Kind::Outside, format!("No folder could be made in {}", above.display()))
            .because(why)
            .hint("TMPDIR names another place for temporary folders"))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // What cannot be removed now is the system's to clear away: there is nobody left to tell.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Fails where something of that name is there already, also a link that somebody laid out.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// Says when somebody wants the work to end, so that it ends in order; asked a second time, it ends at once.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct Patience(Arc<AtomicBool>);

impl Patience {
    /// Listens to SIGINT and SIGTERM.
    pub(in crate::cli) fn begin() -> Result<Self, Failure> {
        let patience = Self::default();
        let unheard = |error: std::io::Error| {
            Failure::new(Kind::Outside, "The signals of the system cannot be heard").because(error.to_string())
        };
        for signal in [SIGINT, SIGTERM] {
            let flag = Arc::clone(&patience.0);
            // In this order: the first signal only raises the flag, one that finds it raised ends the process.
            signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&flag)).map_err(unheard)?;
            signal_hook::flag::register(signal, flag).map_err(unheard)?;
        }
        Ok(patience)
    }

    /// Fails when the work is to end.
    pub(super) fn ask(&self) -> Result<(), Failure> {
        if self.0.load(Ordering::Relaxed) {
            return Err(Failure::new(Kind::Refused, "Broken off").hint("nothing was left behind"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left() {
        let folder = TemporaryFolder::make().expect("a folder");
        let path = folder.path().to_owned();
        let other = TemporaryFolder::make().expect("another");
        assert_ne!(path, other.path());
        std::fs::write(path.join("a"), "b").expect("written");
        assert!(path.is_dir());
        drop(folder);
        assert!(!path.exists());
        assert!(other.path().exists());
    }
}
