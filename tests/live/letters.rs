//! The mails of the story, with the dates of today.

use crate::days::Days;
use chrono::{DateTime, Utc};

#[path = "../line/bench/mail.rs"]
#[allow(dead_code, reason = "the story needs some of these letters only")]
mod written;

pub use written::{Letter, document_118};

pub const INVOICE_ID: &str = "<invoice118@studioferri.example>";

/// The Message-ID of a letter.
pub fn id_of(letter: &Letter) -> &str {
    let (_, id) = letter.headers.iter().find(|(name, _)| name == "Message-ID").expect("an id");
    id
}

fn stamp(at: DateTime<Utc>) -> String {
    at.with_timezone(&chrono_tz::Europe::Rome).to_rfc2822()
}

/// How Marta sent the invoice 118/2026.
pub fn invoice_118(days: &Days) -> Letter {
    written::invoice_118().with("Date", &stamp(days.issued_at()))
}

/// Baldini lacks the invoice and writes now.
pub fn not_received() -> Letter {
    Letter::new(
        written::BALDINI,
        written::MARTA,
        "R: Fattura 118/2026",
        &stamp(Utc::now()),
        "<lacking@baldini.example>",
        "Buongiorno, non ho ricevuto la fattura, potete rimandarla?\n\nCordiali saluti\nAnna Baldini\n",
    )
    .answering(INVOICE_ID)
}

/// Somebody else writes now.
pub fn chat(number: usize) -> Letter {
    Letter::new(
        "Paolo <paolo@officineverdi.example>",
        written::MARTA,
        &format!("Pranzo {number}"),
        &stamp(Utc::now()),
        &format!("<chat{number}@officineverdi.example>"),
        "Ciao Marta, pranziamo insieme domani?\n",
    )
}
