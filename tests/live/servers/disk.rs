//! Small disks: file systems in memory, which are really full when they are full.

use std::path::Path;
use std::process::{Command, Stdio};

/// Whether one can be mounted here (root may not, in some containers); says so when not.
pub fn can_be_mounted() -> bool {
    let probe = tempfile::tempdir().expect("a folder");
    let mounted = mount("64k", probe.path());
    if mounted {
        unmount(probe.path());
    } else {
        eprintln!("SKIPPED, NOT TESTED: no file system can be mounted here, so no disk can be full");
    }
    mounted
}

pub fn mount(size: &str, place: &Path) -> bool {
    let mut command = Command::new("/bin/mount");
    command.args(["-t", "tmpfs", "-o", &format!("size={size},mode=0755"), "none"]).arg(place).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Also when a process still looks into it.
pub fn unmount(place: &Path) {
    let _busy = Command::new("/bin/umount").arg("-l").arg(place).status();
}

/// A temporary folder, on a disk of its own where that is asked for.
pub struct Home {
    mounted: bool,
    folder: tempfile::TempDir,
}

impl Home {
    /// `None` when the disk cannot be had.
    pub fn new(space: Option<&str>) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        if space.is_some() && !can_be_mounted() {
            return None;
        }
        let mounted = space.is_some_and(|space| mount(space, folder.path()));
        assert_eq!(mounted, space.is_some(), "the disk was mounted a moment ago");
        Some(Self { mounted, folder })
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if self.mounted {
            unmount(self.folder.path());
        }
    }
}
