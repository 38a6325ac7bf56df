//! A customer, or the owner's other mail program, sends a mail.

use super::wire::Wire;
use std::io;
use std::path::Path;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    None,
    StartTls,
    Tls,
}

/// The way into a server.
pub struct Door<'a> {
    pub port: u16,
    pub protection: Protection,
    pub ca_file: &'a Path,
    pub login: Option<(&'a str, &'a str)>,
}

/// Sends one mail; the server's last word, or its refusal.
pub fn send(door: &Door<'_>, from: &str, to: &[&str], bytes: &[u8]) -> io::Result<String> {
    let mut wire = Wire::connect(door.port)?;
    if door.protection == Protection::Tls {
        wire.protect(door.ca_file)?;
    }
    answer(&mut wire)?;
    say(&mut wire, "EHLO tests.example")?;
    if door.protection == Protection::StartTls {
        say(&mut wire, "STARTTLS")?;
        wire.protect(door.ca_file)?;
        say(&mut wire, "EHLO tests.example")?;
    }
    if let Some((user, password)) = door.login {
        let plain = data_encoding::BASE64.encode(format!("\0{user}\0{password}").as_bytes());
        say(&mut wire, &format!("AUTH PLAIN {plain}"))?;
    }
    say(&mut wire, &format!("MAIL FROM:<{from}>"))?;
    for one in to {
        say(&mut wire, &format!("RCPT TO:<{one}>"))?;
    }
    say(&mut wire, "DATA")?;
    let mut dotted = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            dotted.push(b'.');
        }
        dotted.extend_from_slice(line);
    }
    wire.write(&dotted)?;
    let taken = say(&mut wire, ".")?;
    let _gone = say(&mut wire, "QUIT");
    Ok(taken)
}

fn say(wire: &mut Wire, line: &str) -> io::Result<String> {
    wire.write(format!("{line}\r\n").as_bytes())?;
    answer(wire)
}

fn answer(wire: &mut Wire) -> io::Result<String> {
    loop {
        let line = wire.line()?;
        if line.as_bytes().get(3) == Some(&b'-') {
            continue;
        }
        return if line.starts_with(['2', '3']) { Ok(line) } else { Err(io::Error::other(line)) };
    }
}
