//! Mails of the Italian exchange system (SdI) about invoices that were sent.

use super::parse::Mail;
use super::pattern::Pattern;
use crate::ledger::reading::BounceFinding;
use crate::ledger::words::MessageKind;

/// `<file sent>_<type>_<three characters>.xml`, as the exchange names its notifications.
static NOTIFICATION: Pattern = Pattern::new(
    r"(?i)^[a-z]{2}[a-z0-9]{2,28}_[a-z0-9]{1,5}_(RC|NS|MC|AT|NE|DT|MT|SE|EC)_[a-z0-9]{1,3}\.xml(?:\.p7m)?$",
);
static REFUSED: Pattern = Pattern::new(r"(?is)<esito>\s*EC02\s*</esito>");

/// The kind, its evidence and what failed; `None` for any other mail.
pub(super) fn kind(mail: &Mail) -> Option<(MessageKind, String, Option<BounceFinding>)> {
    let author = mail.author()?;
    // Anybody can name a file so; only the exchange's own domain speaks for it.
    if !matches!(author.domain(), "pec.fatturapa.it" | "fatturapa.it" | "pec.fatturapa.gov.it") {
        return None;
    }
    let (name, part) = mail.parts.iter().find_map(|part| {
        let name = part.name.as_deref()?;
        NOTIFICATION.matches(name).then_some((name, part))
    })?;
    let word = NOTIFICATION.group(name, 1).unwrap_or_default().to_uppercase();
    let evidence = format!("SdI notification {word}");
    let failed = match word.as_str() {
        "NS" | "AT" => true,
        "NE" => REFUSED.matches(&part.text()),
        // A received invoice with its metadata is a supplier's, not about ours.
        "MT" => return Some((MessageKind::Other, evidence, None)),
        _ => false,
    };
    if !failed {
        return Some((MessageKind::Receipt, evidence, None));
    }
    let finding = BounceFinding { recipient: None, failed: true, status: None, original: None, own_reference: None };
    Some((MessageKind::Bounce, evidence, Some(finding)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(NOTIFICATION.group("IT14627831002_02621_MC_001.xml", 1), Some("MC"));
        assert!(!NOTIFICATION.matches("IT01234567890_FPR02.xml") && REFUSED.compiles());
    }
}
