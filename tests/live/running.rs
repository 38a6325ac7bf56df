//! The program while it goes on.

use crate::firm::{Firm, Said};
use chrono::{DateTime, Utc};
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A `sollecito run`; ended with the test. What it says can be read meanwhile.
pub struct Running {
    child: Child,
    out: PathBuf,
    err: PathBuf,
}

impl Running {
    pub fn begin(firm: &Firm, now: Option<DateTime<Utc>>, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let (out, err) = (firm.folder.join("run.out"), firm.folder.join("run.err"));
        let child = firm
            .command(now, &[&["run"], arguments].concat())
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(fs::File::create(&out).expect("a file"))
            .stderr(fs::File::create(&err).expect("a file"))
            .spawn()
            .expect("the program runs");
        Self { child, out, err }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn said(&self) -> String {
        format!("{}\n{}", self.out(), self.err())
    }

    pub fn out(&self) -> String {
        fs::read_to_string(&self.out).expect("what it said")
    }

    pub fn err(&self) -> String {
        fs::read_to_string(&self.err).expect("what it said")
    }

    /// Waits until something is so; how long it took.
    pub fn until(&self, what: &str, longest: Duration, mut is: impl FnMut() -> bool) -> Duration {
        let begun = Instant::now();
        let found = crate::servers::wait_for(longest, || is().then_some(()));
        assert!(found.is_some(), "waited in vain for {longest:?}: {what}\n{}", self.said());
        begun.elapsed()
    }

    /// Tells it to stop; what it said, and how long that took.
    pub fn stop(mut self) -> (Said, Duration) {
        let begun = Instant::now();
        let told = Command::new("/bin/sh").args(["-c", &format!("kill -s TERM -- {}", self.child.id())]).status();
        assert!(told.is_ok_and(|status| status.success()));
        let ended = crate::servers::wait_for(Duration::from_secs(20), || self.child.try_wait().expect("a child"));
        let status = ended.unwrap_or_else(|| panic!("a stop was not obeyed: {}", self.said()));
        (Said { code: status.code(), out: self.out(), err: self.err() }, begun.elapsed())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Only when a test failed before it was stopped.
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}
