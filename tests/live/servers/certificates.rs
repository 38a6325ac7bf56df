//! Certificates made for one test: an authority of our own, and what it signs, good and flawed.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use std::fs;
use std::path::{Path, PathBuf};

/// What is wrong with a server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    None,
    /// It ended in 2021.
    Expired,
    /// It is another server's.
    OtherName,
}

/// A certificate authority whose key lives as long as the test.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).expect("parameters");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2120, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("an authority").pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// The certificate that a client is given to trust.
    pub fn write_certificate(&self, path: &Path) {
        fs::write(path, &self.pem).expect("the authority's certificate");
    }

    /// Certificate and key for `localhost`, as files in a folder.
    pub fn issue(&self, folder: &Path, flaw: Flaw) -> Pair {
        let names: &[&str] =
            if flaw == Flaw::OtherName { &["imap.elsewhere.example"] } else { &["localhost", "127.0.0.1"] };
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("parameters");
        params.distinguished_name.push(DnType::CommonName, "a server of the tests");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = if flaw == Flaw::Expired { date_time_ymd(2021, 1, 1) } else { date_time_ymd(2120, 1, 1) };
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let pair = Pair { certificate: folder.join("server.pem"), key: folder.join("server.key") };
        fs::write(&pair.certificate, certificate.pem()).expect("the certificate");
        fs::write(&pair.key, key.serialize_pem()).expect("the key");
        pair
    }
}

/// Where a certificate and its key lie.
pub struct Pair {
    pub certificate: PathBuf,
    pub key: PathBuf,
}
