//! Whom we trust: the system's certificate authorities, or the one in the settings.

use super::Trouble;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;

/// TLS settings: with an own file only the authorities in it count.
///
/// # Errors
/// When no authority can be trusted: the file cannot be used, or the system has none.
pub fn client_config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, Trouble> {
    let roots = match ca_file {
        Some(path) => own_roots(path)?,
        None => system_roots()?,
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Trouble::lasting(format!("TLS cannot be used: {error}"), "Report this as a fault"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn own_roots(path: &Path) -> Result<RootCertStore, Trouble> {
    let mut roots = RootCertStore::empty();
    let problem = |reason: String| {
        Trouble::lasting(
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

fn system_roots() -> Result<RootCertStore, Trouble> {
    let mut roots = RootCertStore::empty();
    let (added, _ignored) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if added == 0 {
        return Err(Trouble::lasting(
            "This system has no certificate authorities, so no server can be trusted".to_owned(),
            "Install them (on Debian the package ca-certificates), or name a file of your own in the settings",
        ));
    }
    Ok(roots)
}

/// The name that the server's certificate has to carry.
///
/// # Errors
/// When it is not the name of a server.
pub fn server_name(host: &str) -> Result<ServerName<'static>, Trouble> {
    ServerName::try_from(host.to_owned()).map_err(|_| {
        Trouble::lasting(
            format!("\"{}\" is not the name of a server", host.escape_debug()),
            "Correct the server in the settings",
        )
    })
}

/// Why a certificate is not accepted, and what to write in that section of the settings.
#[must_use]
pub fn certificate_trouble(host: &str, reason: &CertificateError, section: &str) -> Trouble {
    let (reason, remedy, temporary) = match reason {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            "is made out to another name",
            format!("Write the server's name as its provider gives it into {section} host"),
            false,
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
            "has expired",
            "Tell whoever runs the server; and look whether the clock of this machine is right".to_owned(),
            true,
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            ("is not valid yet", "Look whether the clock of this machine is right".to_owned(), true)
        }
        CertificateError::UnknownIssuer => (
            "comes from an authority that is not trusted here",
            format!("For a server of your own, name the certificate of its authority: {section} ca_file = \"ca.pem\""),
            false,
        ),
        _ => ("cannot be trusted", "Tell whoever runs the server".to_owned(), false),
    };
    Trouble { message: format!("The certificate of {host} {reason}"), remedy, temporary }
}
