//! Ids of an outgoing mail: derived from the outbox key with the firm's secret, so that the same row has the same ids
//! for ever and nobody outside can guess the next one.

use crate::ledger::ids::RfcId;
use crate::ledger::mail::BusinessKey;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// What a mail is known by when it comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailIds {
    /// Its Message-ID.
    pub rfc_id: RfcId,
    /// The value of `X-Sollecito-Ref`: sixteen letters and digits.
    pub reference: String,
}

/// The ids of one revision of one outbox key. `domain` is the one that we write from.
#[must_use]
pub fn mail_ids(secret: &[u8; 32], key: &BusinessKey, revision: u32, domain: &str) -> MailIds {
    let id = keyed(secret, "message-id", key, revision);
    let reference: String = keyed(secret, "reference", key, revision).chars().take(16).collect();
    MailIds { rfc_id: RfcId::of_own_making(&id, &super::mime::ascii_domain(domain)), reference }
}

fn keyed(secret: &[u8; 32], use_of: &str, key: &BusinessKey, revision: u32) -> String {
    // HMAC takes a key of any length: the error case does not exist for it.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::from("0") };
    mac.update(format!("{use_of}\n{key}\n{revision}").as_bytes());
    let digest = mac.finalize().into_bytes();
    data_encoding::BASE32_NOPAD.encode(&digest).to_lowercase().chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::ids::CustomerId;
    use chrono::NaiveDate;

    #[test]
    fn ids_follow_key_revision_and_secret_only() {
        let key = BusinessKey::Reminder(CustomerId(1), NaiveDate::MIN);
        let first = mail_ids(&[7; 32], &key, 0, "ferri.example");
        assert_eq!(first, mail_ids(&[7; 32], &key, 0, "ferri.example"));
        assert_ne!(first.rfc_id, mail_ids(&[7; 32], &key, 1, "ferri.example").rfc_id);
        assert_ne!(first.reference, mail_ids(&[8; 32], &key, 0, "ferri.example").reference);
        assert!(first.rfc_id.as_str().ends_with("@ferri.example"));
        assert_eq!(RfcId::parse(first.rfc_id.as_str()), Some(first.rfc_id));
    }

    #[test]
    fn odd_domains_give_a_usable_id() {
        let key = BusinessKey::Warning("halted\r\nBcc: x".to_owned(), NaiveDate::MIN);
        for domain in ["", "perché.example", "a b", "x\r\nBcc: y", "münchen.test"] {
            let ids = mail_ids(&[0; 32], &key, u32::MAX, domain);
            assert_eq!(RfcId::parse(ids.rfc_id.as_str()), Some(ids.rfc_id), "{domain}");
        }
    }
}
