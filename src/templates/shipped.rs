//! The shipped texts, compiled in.

use super::shelf::TemplateSource;

macro_rules! shipped {
    ($($file:literal),+ $(,)?) => {
        &[$(($file, include_str!(concat!("../../templates/", $file)))),+]
    };
}

const FILES: &[(&str, &str)] = shipped![
    "it/bank_details.formal.txt.hbs",
    "it/bank_details.informal.txt.hbs",
    "it/call_summary.formal.txt.hbs",
    "it/call_summary.informal.txt.hbs",
    "it/claim_check.formal.txt.hbs",
    "it/claim_check.informal.txt.hbs",
    "it/claimed_thanks.formal.txt.hbs",
    "it/claimed_thanks.informal.txt.hbs",
    "it/deferral_granted.formal.txt.hbs",
    "it/deferral_granted.informal.txt.hbs",
    "it/dispute_seen.formal.txt.hbs",
    "it/dispute_seen.informal.txt.hbs",
    "it/final_notice.formal.txt.hbs",
    "it/final_notice.informal.txt.hbs",
    "it/promise_broken.formal.txt.hbs",
    "it/promise_broken.informal.txt.hbs",
    "it/promise_date_request.formal.txt.hbs",
    "it/promise_date_request.informal.txt.hbs",
    "it/promise_thanks.formal.txt.hbs",
    "it/promise_thanks.informal.txt.hbs",
    "it/reminder_firm.formal.txt.hbs",
    "it/reminder_firm.informal.txt.hbs",
    "it/reminder_friendly.formal.txt.hbs",
    "it/reminder_friendly.informal.txt.hbs",
    "it/reminder_second.formal.txt.hbs",
    "it/reminder_second.informal.txt.hbs",
    "it/resend_invoice.formal.txt.hbs",
    "it/resend_invoice.informal.txt.hbs",
    "it/statement.formal.txt.hbs",
    "it/statement.informal.txt.hbs",
    "it/thanks_paid.formal.txt.hbs",
    "it/thanks_paid.informal.txt.hbs",
    "layout.html.hbs",
];

/// Every shipped text, by its path under `templates/`.
#[must_use]
pub fn sources_shipped() -> Vec<TemplateSource> {
    FILES.iter().map(|(file, text)| TemplateSource { file: (*file).to_owned(), text: (*text).to_owned() }).collect()
}
