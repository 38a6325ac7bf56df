//! Several accounts in one letter: each with a heading, a table, a total and payment details of its own. Nothing is added
//! up over two of them.

use super::blocks::{Blocks, clean};
use super::html::heading;
use super::letter::{Letter, RenderFailure};
use crate::ledger::receivable::Receivable;

/// One account of several.
#[derive(Debug, Clone)]
pub(super) struct Section<'a> {
    name: String,
    blocks: Blocks<'a>,
}

/// The accounts of a letter by name; `own` shows the one that the letter was written for.
///
/// # Errors
/// [`RenderFailure::NoReceivable`] and [`RenderFailure::NoItems`].
pub(super) fn of<'a>(letter: &Letter<'a>, own: &Blocks<'a>) -> Result<Vec<Section<'a>>, RenderFailure> {
    let mut sections = vec![Section { name: clean(&letter.account.customer.name), blocks: own.clone() }];
    for beside in letter.beside {
        let alone = Letter { plan: beside.plan, account: beside.account, beside: &[], ..*letter };
        sections.push(Section { name: clean(&beside.account.customer.name), blocks: Blocks::of_one(&alone)? });
    }
    sections.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(sections)
}

impl<'a> Section<'a> {
    pub(super) fn items(&self) -> impl Iterator<Item = &'a Receivable> + use<'_, 'a> {
        self.blocks.items.iter().copied()
    }

    /// See [`Blocks::payment_is_known`].
    pub(super) fn payment_is_known(&self, every_one: bool) -> Result<(), RenderFailure> {
        self.blocks.payment_is_known(every_one)
    }
}

/// As plain text, with the payment details where the text shows them.
pub(super) fn plain(sections: &[Section<'_>], pay: bool) -> String {
    let sections = sections.iter().map(|Section { name, blocks }| {
        let payment = if pay { format!("\n\n{}", blocks.payment_plain()) } else { String::new() };
        format!("{name}\n{}{payment}", blocks.items_plain())
    });
    sections.collect::<Vec<_>>().join("\n\n")
}

/// As HTML.
pub(super) fn html(sections: &[Section<'_>], pay: bool) -> String {
    let sections = sections.iter().map(|Section { name, blocks }| {
        let payment = if pay { blocks.payment_html() } else { String::new() };
        format!("{}{}{payment}", heading(name), blocks.items_html())
    });
    sections.collect()
}
