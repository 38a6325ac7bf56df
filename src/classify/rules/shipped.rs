//! The rule files that come with the program, compiled in.

use super::RuleSource;

macro_rules! shipped {
    ($($file:literal),+ $(,)?) => {
        &[$(($file, include_str!(concat!("../../../rules/", $file)))),+]
    };
}

const FILES: &[(&str, &str)] = shipped![
    "it/words.toml",
    "it/companions.toml",
    "it/payment_made.toml",
    "it/promise_to_pay.toml",
    "it/deferral_request.toml",
    "it/instalment_request.toml",
    "it/invoice_request.toml",
    "it/bank_details_request.toml",
    "it/dispute.toml",
    "it/reference_request.toml",
    "it/statement_request.toml",
    "it/contact_change.toml",
    "it/bank_details_verification.toml",
    "it/legal.toml",
    "it/hostile.toml",
    "it/auto_reply.toml",
    "it/bounce.toml",
    "it/payment_notification.toml",
    "it/acknowledgement.toml",
    "it/unrelated.toml",
    "en/words.toml",
    "en/companions.toml",
    "en/payment_made.toml",
    "en/promise_to_pay.toml",
    "en/deferral_request.toml",
    "en/instalment_request.toml",
    "en/invoice_request.toml",
    "en/bank_details_request.toml",
    "en/dispute.toml",
    "en/reference_request.toml",
    "en/statement_request.toml",
    "en/contact_change.toml",
    "en/bank_details_verification.toml",
    "en/legal.toml",
    "en/hostile.toml",
    "en/auto_reply.toml",
    "en/bounce.toml",
    "en/payment_notification.toml",
    "en/acknowledgement.toml",
    "en/unrelated.toml",
    "de/words.toml",
    "de/companions.toml",
    "de/payment_made.toml",
    "de/promise_to_pay.toml",
    "de/deferral_request.toml",
    "de/instalment_request.toml",
    "de/invoice_request.toml",
    "de/bank_details_request.toml",
    "de/dispute.toml",
    "de/reference_request.toml",
    "de/statement_request.toml",
    "de/contact_change.toml",
    "de/bank_details_verification.toml",
    "de/legal.toml",
    "de/hostile.toml",
    "de/auto_reply.toml",
    "de/bounce.toml",
    "de/payment_notification.toml",
    "de/acknowledgement.toml",
    "de/unrelated.toml",
];

/// The shipped rule files, one a language and intent, and one of words a language.
#[must_use]
pub fn sources_shipped() -> Vec<RuleSource> {
    FILES.iter().map(|(file, text)| RuleSource { file: (*file).to_owned(), text: (*text).to_owned() }).collect()
}
