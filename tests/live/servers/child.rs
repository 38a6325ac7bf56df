//! A server as a child in the foreground: what was started is what is ended, whatever happens to the test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running server; ended when it goes.
///
/// The child is asked to end (by the system itself) when the thread that started it ends, so nothing stays behind even
/// when the whole test is killed. A server is therefore started in the test's own thread.
pub struct Running {
    child: Child,
    /// The file that names the master; a stale one would keep the next start from working.
    pid_file: PathBuf,
}

impl Running {
    /// Starts a program that stays in the foreground, at the head of a session of its own. What it says before it opens its log goes to `words`.
    pub fn start(program: &Path, arguments: &[&str], pid_file: PathBuf, words: &Path) -> Self {
        // Left by a master that was killed; ours is not running, for there is one `Running` a folder.
        let _absent = fs::remove_file(&pid_file);
        let said = fs::File::options().create(true).append(true).open(words).expect("a file for its words");
        let child = Command::new("/usr/bin/setsid")
            .args(["/usr/bin/setpriv", "--pdeathsig", "TERM", "--"])
            .arg(program)
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .stdin(Stdio::null())
            .stdout(said.try_clone().expect("the same file"))
            .stderr(said)
            .spawn()
            .expect("setsid starts the server");
        Self { child, pid_file }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it ended by itself.
    pub fn ended(&mut self) -> bool {
        self.child.try_wait().expect("the state of the server").is_some()
    }

    /// Asks it to end and waits; one that does not listen is ended with its whole group.
    pub fn stop(&mut self) {
        if !self.ended() {
            self.thaw();
            signal("TERM", &self.child.id().to_string());
            let ended = super::wait_for(Duration::from_secs(10), || self.ended().then_some(()));
            if ended.is_none() {
                self.kill();
            }
            // Children of Dovecot go on serving their clients for some seconds after their master is gone.
            signal("TERM", &format!("-{}", self.child.id()));
        }
    }

    /// Stands still with everything that belongs to it, its connections open: as a machine that swaps, or hangs.
    pub fn freeze(&self) {
        signal("STOP", &format!("-{}", self.child.id()));
    }

    /// Goes on.
    pub fn thaw(&self) {
        signal("CONT", &format!("-{}", self.child.id()));
    }

    /// As a machine that loses power: at once, with everything that belongs to it.
    pub fn kill(&mut self) {
        if !self.ended() {
            signal("KILL", &format!("-{}", self.child.id()));
            let _gone = self.child.wait();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
        let _absent = fs::remove_file(&self.pid_file);
    }
}

/// By its own number only.
fn signal(name: &str, pid: &str) {
    // Spelled so that every shell reads it alike.
    let _already_gone =
        Command::new("/bin/sh").args(["-c", &format!("kill -s {name} -- {pid}")]).stderr(Stdio::null()).status();
}
