//! Delivery statuses: RFC 3464 reports, and the texts of servers that write none.

use super::fields::Fields;
use super::parse::Mail;
use super::pattern::Pattern;
use crate::ledger::ids::{Address, RfcId};
use crate::ledger::reading::BounceFinding;

/// What a report says besides failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Status {
    /// Failed or late.
    Bounce(BounceFinding),
    /// Delivered, relayed, expanded: all went well.
    Delivered,
}

/// The blocks of a status part that are looked at.
const MOST_BLOCKS: usize = 500;
/// How much of a text is searched.
const MOST_TEXT: usize = 100_000;

static ENHANCED: Pattern = Pattern::new(r"(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?:[^\d.]|$)");
static REPLY_CODE: Pattern = Pattern::new(r"(?m)(?:^|[\s:'\x22(#])5\d\d[ \-]");
static FAILED_ADDRESS: Pattern =
    Pattern::new(r"(?ix)(?m)^[\s>]*<?([\p{L}\d._%+'=-]+@[\p{L}\d.-]+\.[\p{L}\d]{2,})>?(?:\s*:|\s*$|\s+\(|<mailto)");
static ANY_ADDRESS: Pattern = Pattern::new(r"([\p{L}\d._%+'=-]+@[\p{L}\d.-]+\.[\p{L}\d]{2,})");
static RETURNED_ID: Pattern = Pattern::new(r"(?im)^[\s>]*message-id:\s*(<[^<>\s]+>)");
static RETURNED_REFERENCE: Pattern = Pattern::new(r"(?im)^[\s>]*x-sollecito-ref:\s*(\S+)");
static LATE: Pattern = Pattern::new(
    r"(?i)\bdelay(?:ed)?\b|will (?:be retried|retry|keep trying|continue to)|not yet been delivered|delivery (?:status )?notification \(delay\)|warning: (?:could not send|message)|has been delayed|in ritardo|verzögert|retardé|retrasad|demorad|do not (?:need to )?resend|temporary (?:error|failure|problem)|transient",
);
static GIVEN_UP: Pattern = Pattern::new(
    r"(?i)permanent|gave up|giving up|failed permanently|returned to sender|undeliver|could not be delivered|expired|non è stato recapitato|unzustellbar|mailbox unavailable|user unknown",
);

/// Reads the machine-readable report, where there is one.
pub(super) fn report(mail: &Mail) -> Option<Status> {
    let part =
        mail.part_of_type("message/delivery-status").or_else(|| mail.part_of_type("message/global-delivery-status"))?;
    let text = part.text().replace("\r\n", "\n");
    let mut finding: Option<BounceFinding> = None;
    let mut well = false;
    for block in text.split("\n\n").take(MOST_BLOCKS) {
        let fields = Fields::read(format!("{}\n\n", block.trim_start_matches('\n')).as_bytes());
        let recipient = ["original-recipient", "final-recipient"]
            .iter()
            .find_map(|name| fields.first(name).and_then(typed_address));
        let action = fields.lower("action");
        let action = action.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        let status = fields.first("status").and_then(|status| ENHANCED.group(status, 1)).map(str::to_owned);
        if recipient.is_none() && action.is_empty() && status.is_none() {
            continue;
        }
        let failed = match action {
            "failed" => true,
            "delayed" => false,
            "delivered" | "relayed" | "expanded" => {
                well = true;
                continue;
            }
            _ => status.as_deref().is_none_or(|status| status.starts_with('5')),
        };
        let found = BounceFinding { recipient, failed, status, original: None, own_reference: None };
        // The first failure counts; a delay only where nothing failed.
        if finding.as_ref().is_none_or(|known| !known.failed && failed) {
            finding = Some(found);
        }
    }
    let mut finding = match finding {
        Some(finding) => finding,
        None if well => return Some(Status::Delivered),
        // A report that says nothing: read its text.
        None => return Some(Status::Bounce(from_text(mail, ""))),
    };
    complete(mail, &mut finding);
    Some(Status::Bounce(finding))
}

/// Reads a bounce that is only text. `shown` is what a person would read.
pub(super) fn from_text(mail: &Mail, shown: &str) -> BounceFinding {
    let shown = beginning(shown);
    let named = mail
        .fields
        .first("x-failed-recipients")
        .and_then(|list| Address::parse(list.split(',').next().unwrap_or_default()));
    let own: Vec<&Address> = mail.to.iter().filter_map(|to| to.address.as_ref()).collect();
    let recipient = named.or_else(|| {
        let written = FAILED_ADDRESS.groups(shown, 1).chain(ANY_ADDRESS.groups(shown, 1)).filter_map(Address::parse);
        written.take(50).find(|address| !own.contains(&address) && !super::automatic::is_postmaster(address))
    });
    let status = ENHANCED.group(shown, 1).map(str::to_owned);
    let late =
        LATE.matches(&mail.subject) || (LATE.matches(shown) && !GIVEN_UP.matches(shown) && !REPLY_CODE.matches(shown));
    let mut finding = BounceFinding { recipient, failed: !late, status, original: None, own_reference: None };
    complete(mail, &mut finding);
    if finding.original.is_none() {
        finding.original = RETURNED_ID.groups(shown, 1).find_map(RfcId::parse);
    }
    finding.own_reference = finding.own_reference.or_else(|| RETURNED_REFERENCE.group(shown, 1).map(str::to_owned));
    finding
}

/// Which mail came back: from the returned headers, else from what the report says that it answers.
fn complete(mail: &Mail, finding: &mut BounceFinding) {
    let returned = [
        "text/rfc822-headers",
        "message/rfc822",
        "message/rfc822-headers",
        "message/global",
        "message/global-headers",
        "text/rfc822",
    ]
    .iter()
    .find_map(|media_type| mail.part_of_type(media_type))
    .map(|part| Fields::read(mail.enclosed(part.bytes())));
    if let Some(fields) = returned {
        finding.original = fields.first("message-id").and_then(RfcId::parse);
        finding.own_reference = fields.first("x-sollecito-ref").map(str::to_owned);
        if finding.recipient.is_none() {
            finding.recipient = fields.first("to").and_then(|to| ANY_ADDRESS.group(to, 1)).and_then(Address::parse);
        }
    }
    if finding.original.is_none() {
        let answered = ["in-reply-to", "references", "x-microsoft-original-message-id"];
        finding.original =
            answered.iter().find_map(|name| RfcId::parse(mail.fields.first(name)?.split_whitespace().last()?));
    }
}

/// `rfc822; a@b` as an address.
fn typed_address(value: &str) -> Option<Address> {
    let value = value.split_once(';').map_or(value, |(_, address)| address);
    Address::parse(value.trim().trim_matches(['<', '>']))
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(MOST_TEXT);
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        let all = [
            &ENHANCED,
            &REPLY_CODE,
            &FAILED_ADDRESS,
            &ANY_ADDRESS,
            &RETURNED_ID,
            &RETURNED_REFERENCE,
            &LATE,
            &GIVEN_UP,
        ];
        assert!(all.iter().all(|pattern| pattern.compiles()));
    }

    #[test]
    fn typed_addresses() {
        assert_eq!(typed_address("RFC822; <A@b.test>").unwrap().as_str(), "a@b.test");
        assert_eq!(typed_address("rfc822;"), None);
    }
}
