//! Whom we trust: the system's certificate authorities, or the one in the settings.

use super::super::NotOpened;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;

/// TLS settings: with an own file only the authorities in it count.
pub(super) fn config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, NotOpened> {
    let roots = match ca_file {
        Some(path) => own_roots(path)?,
        None => system_roots()?,
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| stopped(format!("TLS cannot be used: {error}"), "Report this as a fault"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn own_roots(path: &Path) -> Result<RootCertStore, NotOpened> {
    let mut roots = RootCertStore::empty();
    let problem = |reason: String| {
        stopped(
            format!("Cannot use the certificate file {}: {reason}", path.display()),
            "Name a readable PEM file that holds the certificate of the server's authority",
        )
    };
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| problem(error.to_string()))? {
        let certificate = certificate.map_err(|error| problem(error.to_string()))?;
        roots.add(certificate).map_err(|error| problem(error.to_string()))?;
    }
    if roots.is_empty() { Err(problem("it holds no certificate".to_owned())) } else { Ok(roots) }
}

fn system_roots() -> Result<RootCertStore, NotOpened> {
    let mut roots = RootCertStore::empty();
    let (added, _ignored) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if added == 0 {
        return Err(stopped(
            "This system has no certificate authorities, so no server can be trusted".to_owned(),
            "Install them (on Debian the package ca-certificates), or name a file of your own in the settings",
        ));
    }
    Ok(roots)
}

/// The name that the server's certificate has to carry.
pub(super) fn server_name(host: &str) -> Result<ServerName<'static>, NotOpened> {
    ServerName::try_from(host.to_owned()).map_err(|_| {
        stopped(
            format!("\"{}\" is not the name of a server", host.escape_debug()),
            "Correct the server in the settings",
        )
    })
}

fn stopped(message: String, remedy: &str) -> NotOpened {
    NotOpened::Stopped { message, remedy: remedy.to_owned() }
}
