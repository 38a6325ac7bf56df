//! Signs of trouble that stand in the envelope.

use super::domains::aligned;
use super::parse::Mail;
use super::pattern::Pattern;
use crate::ledger::ids::Address;
use crate::ledger::reading::Warning;

static SHOWN_ADDRESS: Pattern = Pattern::new(r"([\p{L}\d._%+'=-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+)");

/// Looks at the authors and at where answers would go.
pub(super) fn of_envelope(mail: &Mail) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if mail.from_headers > 1 || mail.from.len() > 1 {
        warnings.push(Warning::SeveralAuthors);
    }
    let misleading = mail.from.iter().any(|from| {
        let shown = from.name.as_deref().and_then(|name| SHOWN_ADDRESS.group(name, 1)).and_then(Address::parse);
        // The same firm's other address is no deceit.
        shown.is_some_and(|shown| from.address.as_ref().is_none_or(|real| !aligned(shown.domain(), real.domain())))
    });
    if misleading {
        warnings.push(Warning::MisleadingName);
    }
    if let Some(author) = mail.author() {
        let elsewhere =
            mail.reply_to.iter().filter_map(|to| to.address.as_ref()).any(|to| !aligned(to.domain(), author.domain()));
        if elsewhere {
            warnings.push(Warning::ReplyToElsewhere);
        }
    }
    warnings
}

#[cfg(test)]
mod tests {
    #[test]
    fn patterns_compile() {
        assert!(super::SHOWN_ADDRESS.compiles());
    }
}
