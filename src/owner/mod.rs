//! What the owner is told: one mail a case, or one list; orders written as the command to type; and the one word that is
//! obeyed when it comes back by mail, the no to a mail that would leave today.
//!
//! In: cases, accounts and readings of `ledger`, the mail that raised a case. Out: finished notices in the owner's
//! language, command lines.
//! Deliberately absent: whether and when a notice leaves, reading other orders that come back by mail, letters to customers.

mod call_sheet;
mod digest;
mod forewarning;
mod notice;
mod orders;
mod phrases;
mod phrases_en;
mod phrases_it;
mod told;
mod told_it;
mod veto;

pub use digest::{Digest, DigestItem, WaitingMail, Warning, digest, warning};
pub use forewarning::{Forewarning, forewarning, too_late};
pub use notice::{Notice, case_sentence, case_title, notice};
pub use orders::{command_line, order_meaning};
pub use told::{is_told, told};
pub use veto::{Veto, figures, read_veto};

use crate::ledger::ids::Address;
use crate::ledger::moment::Moment;
use crate::ledger::words::Language;
use crate::templates::letterhead::Letterhead;
use crate::templates::mime::{self, Head, MachineMark};
use crate::templates::{MailIds, RenderFailure, Rendered};

/// Who is told, by whom and when: the same for every notice.
#[derive(Debug, Clone, Copy)]
pub struct Recipient<'a> {
    /// The firm: notices come from its own address.
    pub letterhead: &'a Letterhead,
    /// Where notices go.
    pub address: &'a Address,
    /// The owner's language: Italian, or English for every other.
    pub language: Language,
    /// The Date header, and *today* for the text.
    pub moment: Moment,
    /// Message-ID and reference.
    pub ids: &'a MailIds,
}

impl Recipient<'_> {
    /// A notice as a mail: plain text, and the mail it is about beside it.
    fn mail(&self, subject: &str, text: String, original: Option<&[u8]>) -> Result<Rendered, RenderFailure> {
        let subject = one_line(subject, 160);
        let head = Head {
            from: ("sollecito".to_owned(), &self.letterhead.address),
            to: vec![(None, self.address)],
            cc: Vec::new(),
            subject: &subject,
            moment: self.moment,
            ids: self.ids,
            in_reply_to: None,
            references: &[],
            mark: MachineMark::Generated,
        };
        let name = if self.language == Language::Italian { "messaggio.eml" } else { "message.eml" };
        let bytes = mime::plain(&head, &text, original.map(|bytes| (name, bytes)))?;
        Ok(Rendered { bytes, subject, text, page: None })
    }
}

/// A value from outside on one line, cut where it is longer than `most` characters.
fn one_line(value: &str, most: usize) -> String {
    let plain = crate::templates::blocks::clean(value);
    if plain.chars().count() <= most {
        return plain;
    }
    let mut cut: String = plain.chars().take(most.saturating_sub(1)).collect();
    cut.push('…');
    cut
}
