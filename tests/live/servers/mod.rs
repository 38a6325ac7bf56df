//! Servers of our own: started for one test, in a folder of their own, on loopback, and ended with the test.

pub mod certificates;
pub mod child;
pub mod disk;
pub mod dovecot;
pub mod postfix;

pub use certificates::Flaw;
pub use dovecot::{Dovecot, Wishes};
pub use postfix::Postfix;

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

/// Owns the delivered mails (nobody).
pub const MAIL_OWNER: u32 = 65534;

/// How long a server may take until it listens, on a slow machine.
const START: Duration = Duration::from_secs(30);

/// Whether the servers can run here; says so when they cannot, and fails when they must.
pub fn present() -> bool {
    let missing: Vec<&str> =
        [dovecot::PROGRAM, postfix::PROGRAM].into_iter().filter(|program| !Path::new(program).exists()).collect();
    let root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if missing.is_empty() && root {
        return true;
    }
    let reason = if root { format!("{} missing", missing.join(" and ")) } else { "not root".to_owned() };
    let required = std::env::var("SOLLECITO_REQUIRE_SERVERS").is_ok_and(|value| value == "1");
    assert!(!required, "The mail servers are required and cannot run here ({reason}): scripts/install-test-servers");
    eprintln!("SKIPPED, NOT TESTED: no mail servers here ({reason}); run scripts/install-test-servers as root");
    false
}

/// Everything, as `scripts/test --full` asks, or a sample that fits into continuous integration.
pub fn full() -> bool {
    std::env::var("SOLLECITO_FULL").is_ok_and(|value| value == "1")
}

/// A port that is free and stays ours over a restart: below the range from which the system takes ports for outgoing
/// connections, and never given out twice by this program.
pub fn free_port() -> u16 {
    const LOWEST: u16 = 12_000;
    const COUNT: u16 = 20_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = std::process::id().wrapping_mul(7_919);
    for _ in 0..COUNT {
        let step = u32::from(NEXT.fetch_add(1, Ordering::SeqCst));
        let port = LOWEST + u16::try_from(start.wrapping_add(step) % u32::from(COUNT)).unwrap();
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
    panic!("no free port");
}

/// Waits until something is so; `None` when it never became so.
pub fn wait_for<T>(longest: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if start.elapsed() > longest {
            return None;
        }
        std::thread::sleep(Duration::from_millis(30));
    }
}

fn wait_until_it_listens(name: &str, port: u16, log: impl Fn() -> String) {
    let listening = wait_for(START, || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok());
    assert!(listening.is_some(), "{name} does not listen on {port}:\n{}", log());
}
