//! Certificates for the test servers: the good one lies in `tls/`, the bad ones are made on the fly.

use super::tls_file;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// What is right or wrong with the certificate that a server shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    /// For `localhost`, by the authority in `tls/authority.pem`.
    Good,
    /// For `localhost`, by the authority of [`made_authority`], and long over.
    Expired,
    /// By the authority of [`made_authority`], for another name.
    OtherName,
    /// For `localhost`, by the authority of [`made_authority`], which those who trust `tls/authority.pem` do not know.
    Stranger,
}

impl Certificate {
    /// The file of the authority that a client has to trust, so that only the fault that is meant is left.
    pub fn authority(self) -> PathBuf {
        match self {
            Self::Good | Self::Stranger => tls_file("authority.pem"),
            Self::Expired | Self::OtherName => made_authority().file.clone(),
        }
    }

    /// The TLS settings of a server that shows it.
    pub fn config(self) -> Arc<ServerConfig> {
        let (chain, key) = match self {
            Self::Good => shipped(),
            Self::Expired => made_authority().leaf("localhost", 2001, 2002),
            Self::OtherName => made_authority().leaf("mail.elsewhere.example", 2001, 2101),
            Self::Stranger => made_authority().leaf("localhost", 2001, 2101),
        };
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        Arc::new(config)
    }
}

type ChainAndKey = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn shipped() -> ChainAndKey {
    let chain = CertificateDer::pem_file_iter(tls_file("server.pem")).unwrap().map(|one| one.unwrap()).collect();
    (chain, PrivateKeyDer::from_pem_file(tls_file("server-key.pem")).unwrap())
}

/// An authority that lives as long as the test.
pub struct MadeAuthority {
    /// Its certificate.
    pub file: PathBuf,
    issuer: Issuer<'static, KeyPair>,
    _folder: tempfile::TempDir,
}

impl MadeAuthority {
    fn leaf(&self, name: &str, from_year: i32, to_year: i32) -> ChainAndKey {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(from_year, 1, 1);
        params.not_after = date_time_ymd(to_year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let made = params.signed_by(&key, &self.issuer).unwrap();
        (vec![made.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
    }
}

/// The one authority that all made certificates of a test run come from.
pub fn made_authority() -> &'static MadeAuthority {
    static MADE: OnceLock<MadeAuthority> = OnceLock::new();
    MADE.get_or_init(|| {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2101, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("authority.pem");
        std::fs::write(&file, certificate.pem()).unwrap();
        MadeAuthority { file, issuer: Issuer::new(params, key), _folder: folder }
    })
}
