//! Lines and bytes over a socket, in clear or under TLS.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

enum Channel {
    Clear(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

/// A connection to a server on this machine.
pub struct Wire {
    channel: Option<Channel>,
    read: Vec<u8>,
}

impl Wire {
    pub fn connect(port: u16) -> io::Result<Self> {
        let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        socket.set_read_timeout(Some(Duration::from_secs(60)))?;
        socket.set_write_timeout(Some(Duration::from_secs(60)))?;
        socket.set_nodelay(true)?;
        Ok(Self { channel: Some(Channel::Clear(socket)), read: Vec::new() })
    }

    /// TLS from here on; only this authority counts.
    pub fn protect(&mut self, ca_file: &Path) -> io::Result<()> {
        let Some(Channel::Clear(socket)) = self.channel.take() else {
            return Err(io::Error::other("protected already"));
        };
        if !self.read.is_empty() {
            return Err(io::Error::other("said before TLS what belongs into it"));
        }
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(ca_file).map_err(io::Error::other)? {
            roots.add(certificate.map_err(io::Error::other)?).map_err(io::Error::other)?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
        let connection = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
        let mut tls = StreamOwned::new(connection, socket);
        while tls.conn.is_handshaking() {
            tls.conn.complete_io(&mut tls.sock)?;
        }
        self.channel = Some(Channel::Tls(Box::new(tls)));
        Ok(())
    }

    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.channel.as_mut() {
            Some(Channel::Clear(socket)) => socket.write_all(bytes),
            Some(Channel::Tls(tls)) => tls.write_all(bytes).and_then(|()| tls.flush()),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// A line without its end.
    pub fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.read.windows(2).position(|pair| pair == b"\r\n") {
                let line = String::from_utf8_lossy(&self.read[..end]).into_owned();
                self.read.drain(..end + 2);
                return Ok(line);
            }
            self.more()?;
        }
    }

    pub fn bytes(&mut self, count: usize) -> io::Result<Vec<u8>> {
        while self.read.len() < count {
            self.more()?;
        }
        Ok(self.read.drain(..count).collect())
    }

    fn more(&mut self) -> io::Result<()> {
        let mut block = [0; 16_384];
        let count = match self.channel.as_mut() {
            Some(Channel::Clear(socket)) => socket.read(&mut block)?,
            Some(Channel::Tls(tls)) => tls.read(&mut block)?,
            None => 0,
        };
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.read.extend_from_slice(&block[..count]);
        Ok(())
    }
}
