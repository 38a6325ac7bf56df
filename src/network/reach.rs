//! Names, addresses and sockets.

use super::{Security, Trouble};
use socket2::{SockRef, TcpKeepalive};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::time::Duration;

/// The addresses of a server.
///
/// # Errors
/// When it has none, or when an unprotected connection would leave this machine.
pub fn addresses(host: &str, port: u16, security: Security) -> Result<Vec<SocketAddr>, Trouble> {
    let found: Vec<SocketAddr> = (host, port)
        .to_socket_addrs()
        .map_err(|error| {
            Trouble::passing(
                format!("Cannot find the server {host}: {error}"),
                "Look whether its name in the settings is right and this machine is connected",
            )
        })?
        .collect();
    if security == Security::PlainLoopback && !found.iter().all(|address| is_loopback(address.ip())) {
        return Err(Trouble::lasting(
            format!("{host} is not this machine, and the connection would not be encrypted"),
            "Use TLS or STARTTLS",
        ));
    }
    if found.is_empty() {
        return Err(Trouble::passing(format!("The server {host} has no address"), "Check its name in the settings"));
    }
    Ok(found)
}

/// Is it this very machine?
#[must_use]
pub fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Lets the system notice a peer that is gone without a word (a router that forgot the connection): after a minute
/// of silence, three questions twenty seconds apart.
///
/// # Errors
/// When the system refuses the setting.
pub fn keep_alive<S: std::os::fd::AsFd>(socket: &S) -> std::io::Result<()> {
    let keepalive =
        TcpKeepalive::new().with_time(Duration::from_secs(60)).with_interval(Duration::from_secs(20)).with_retries(3);
    SockRef::from(socket).set_tcp_keepalive(&keepalive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_this_machine() {
        for (address, local) in [("127.0.0.1", true), ("::1", true), ("::ffff:127.0.0.2", true), ("10.0.0.1", false)] {
            assert_eq!(is_loopback(address.parse().unwrap()), local, "{address}");
        }
    }

    #[test]
    fn a_password_never_leaves_this_machine_in_clear() {
        let refused = addresses("192.0.2.1", 143, Security::PlainLoopback).unwrap_err();
        assert!(!refused.temporary && refused.message.contains("not this machine"), "{refused}");
        assert!(addresses("127.0.0.1", 143, Security::PlainLoopback).is_ok());
        assert!(addresses("192.0.2.1", 993, Security::Tls).is_ok());
    }
}
