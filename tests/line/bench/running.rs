//! The program while it goes on.

use super::{Firm, PROGRAM, Said};
use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A program that goes on until it is told to stop. What it says can be read meanwhile.
pub struct Running {
    child: Child,
    out: PathBuf,
    err: PathBuf,
}

impl Running {
    /// `run`, looking every second, at a time that stands still.
    pub fn begin(firm: &Firm, now: &str) -> Self {
        Self::begin_with(firm, now, &["--every", "1"], &[])
    }

    pub fn begin_with(firm: &Firm, now: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let (out, err) = (firm.folder.join("run.out"), firm.folder.join("run.err"));
        let mut command = Command::new(PROGRAM);
        command.current_dir(&firm.folder).env_clear().arg("run").args(arguments).envs(environment.iter().copied());
        if !now.is_empty() {
            command.args(["--now", now]);
        }
        let child = command
            .stdin(Stdio::null())
            .stdout(fs::File::create(&out).expect("a file"))
            .stderr(fs::File::create(&err).expect("a file"))
            .spawn()
            .expect("the program runs");
        Self { child, out, err }
    }

    pub fn out(&self) -> String {
        fs::read_to_string(&self.out).expect("what it said")
    }

    pub fn err(&self) -> String {
        fs::read_to_string(&self.err).expect("what it said")
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("/bin/kill").args([&format!("-{name}"), &id]).status().expect("kill").success());
    }

    pub fn stop(self) -> Said {
        self.stop_within(Duration::from_secs(10)).0
    }

    /// Tells it to stop; what it said, and how long it took.
    pub fn stop_within(mut self, limit: Duration) -> (Said, Duration) {
        self.signal("TERM");
        let begun = Instant::now();
        while self.child.try_wait().expect("a child").is_none() {
            if begun.elapsed() > limit {
                self.child.kill().expect("killed");
                self.child.wait().expect("a child");
                panic!("a stop was not obeyed: {}{}", self.out(), self.err());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let took = begun.elapsed();
        let status = self.child.wait().expect("a child");
        (Said { code: status.code(), out: self.out(), err: self.err() }, took)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Only when a test failed before it was stopped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something is so, at most half a minute; how long it took.
pub fn until(what: &str, mut is: impl FnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < Duration::from_secs(30), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
    begun.elapsed()
}

/// What a service manager hears.
pub struct Manager {
    socket: UnixDatagram,
    pub path: String,
    pub heard: Vec<(Instant, String)>,
}

impl Manager {
    pub fn of(firm: &Firm) -> Self {
        let path = firm.folder.join("notify");
        let socket = UnixDatagram::bind(&path).expect("a socket");
        socket.set_nonblocking(true).expect("set");
        Self { socket, path: path.to_string_lossy().into_owned(), heard: Vec::new() }
    }

    /// Every line heard so far.
    pub fn listen(&mut self) -> Vec<String> {
        let mut buffer = [0; 4096];
        while let Ok(length) = self.socket.recv(&mut buffer) {
            for line in String::from_utf8_lossy(&buffer[..length]).lines() {
                self.heard.push((Instant::now(), line.to_owned()));
            }
        }
        self.heard.iter().map(|(_, line)| line.clone()).collect()
    }

    pub fn until_heard(&mut self, what: &str) -> Duration {
        until(what, || self.listen().iter().any(|line| line.contains(what)))
    }

    pub fn count(&mut self, what: &str) -> usize {
        self.listen().iter().filter(|line| line.contains(what)).count()
    }

    pub fn forget(&mut self) {
        self.listen();
        self.heard.clear();
    }
}
