//! What a server answers, in types of ours: the parser's types end here.

use async_imap::imap_proto::{
    AttributeValue, MailboxDatum, MessageSection, NameAttribute, Outcome, Response, ResponseCode, SectionPath, Status,
    StatusAttribute,
};

/// Code and text of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Words {
    /// The code in brackets, upper case, without what follows it: `AUTHENTICATIONFAILED`.
    pub(super) code: String,
    /// The text; a server writes into it what it likes.
    pub(super) text: String,
}

/// One row of a FETCH, with what of it we ask for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Row {
    pub(super) uid: Option<u32>,
    pub(super) size: Option<u32>,
    pub(super) deleted: bool,
    /// As written: `17-Jul-1996 02:44:25 -0700`.
    pub(super) internal_date: Option<String>,
    /// `BODY[]`, and where it begins when only a part was asked for.
    pub(super) body: Option<(Option<u32>, Vec<u8>)>,
    /// `BODY[HEADER...]`.
    pub(super) header: Option<Vec<u8>>,
}

/// A folder of a LIST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// The name for commands.
    pub(super) wire: String,
    pub(super) delimiter: Option<char>,
    /// Attributes, lower case, without their backslash.
    pub(super) attributes: Vec<String>,
}

/// What comes without having been asked for, or belongs to the command under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Untagged {
    Exists(u32),
    Expunge,
    Row(Row),
    Listed(Listed),
    Search(Vec<u32>),
    Capabilities(Vec<String>),
    UidValidity(u32),
    UidNext(u32),
    /// `* NO` or `* BAD`: a warning.
    Warning,
    Bye(Words),
    Other,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Ok,
    PreAuth,
    No,
    Bad,
    Bye,
}

/// One response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Untagged(Untagged),
    /// The greeting, or any untagged OK: of use only where one is awaited.
    Status(Verdict, Words, Untagged),
    Continue(String),
    Tagged {
        tag: String,
        verdict: Verdict,
        words: Words,
        /// UIDVALIDITY and UID of what was appended.
        appended: Option<(u32, u32)>,
        read_only: bool,
    },
}

/// Takes over what the parser found.
pub(super) fn answer(response: &Response<'_>) -> Answer {
    match response {
        Response::Continue(outcome) => Answer::Continue(outcome.information.as_deref().unwrap_or_default().to_owned()),
        Response::Done { tag, status, outcome } => Answer::Tagged {
            tag: tag.0.clone(),
            verdict: verdict(status),
            words: words(outcome),
            appended: appended(outcome.code.as_ref()),
            read_only: matches!(outcome.code, Some(ResponseCode::ReadOnly)),
        },
        Response::Data { status, outcome } => {
            let words = words(outcome);
            let verdict = verdict(status);
            let untagged = match (verdict, &outcome.code) {
                (Verdict::Bye, _) => Untagged::Bye(words.clone()),
                (Verdict::No | Verdict::Bad, _) => Untagged::Warning,
                (_, Some(ResponseCode::UidValidity(number))) => Untagged::UidValidity(*number),
                (_, Some(ResponseCode::UidNext(number))) => Untagged::UidNext(*number),
                _ => Untagged::Other,
            };
            Answer::Status(verdict, words, untagged)
        }
        Response::Capabilities(list) => Answer::Untagged(Untagged::Capabilities(
            list.iter()
                .map(|capability| match capability {
                    async_imap::imap_proto::Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
                    async_imap::imap_proto::Capability::Auth(name) => format!("AUTH={name}").to_ascii_uppercase(),
                    async_imap::imap_proto::Capability::Atom(name) => name.to_ascii_uppercase(),
                })
                .collect(),
        )),
        Response::Expunge(_) => Answer::Untagged(Untagged::Expunge),
        Response::Fetch(_, attributes) => Answer::Untagged(Untagged::Row(row(attributes))),
        Response::MailboxData(datum) => Answer::Untagged(mailbox_datum(datum)),
        _ => Answer::Untagged(Untagged::Other),
    }
}

fn verdict(status: &Status) -> Verdict {
    match status {
        Status::Ok => Verdict::Ok,
        Status::PreAuth => Verdict::PreAuth,
        Status::No => Verdict::No,
        Status::Bad => Verdict::Bad,
        Status::Bye => Verdict::Bye,
    }
}

/// The code is told from the text where the parser does not know it.
fn words(outcome: &Outcome<'_>) -> Words {
    let text = outcome.information.as_deref().unwrap_or_default();
    let known = match &outcome.code {
        None => "",
        Some(ResponseCode::Alert) => "ALERT",
        Some(ResponseCode::TryCreate) => "TRYCREATE",
        Some(ResponseCode::ReadOnly) => "READ-ONLY",
        Some(_) => "OTHER",
    };
    match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((code, rest)) if known.is_empty() => Words {
            code: code.split_ascii_whitespace().next().unwrap_or_default().to_ascii_uppercase(),
            text: rest.trim().to_owned(),
        },
        _ => Words { code: known.to_owned(), text: text.trim().to_owned() },
    }
}

fn appended(code: Option<&ResponseCode<'_>>) -> Option<(u32, u32)> {
    use async_imap::imap_proto::rfc4315::UidSetMember;
    let Some(ResponseCode::AppendUid(validity, uids)) = code else { return None };
    match uids.as_slice() {
        [UidSetMember::Uid(uid)] => Some((*validity, *uid)),
        [UidSetMember::UidRange(range)] if range.start() == range.end() => Some((*validity, *range.start())),
        _ => None,
    }
}

fn row(attributes: &[AttributeValue<'_>]) -> Row {
    let mut row = Row::default();
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(uid) => row.uid = Some(*uid),
            AttributeValue::Rfc822Size(size) => row.size = Some(*size),
            AttributeValue::Flags(flags) => {
                row.deleted = flags.iter().any(|flag| flag.eq_ignore_ascii_case("\\Deleted"));
            }
            AttributeValue::InternalDate(date) if !date.is_empty() => row.internal_date = Some(date.to_string()),
            AttributeValue::BodySection { section: None, index, data } => {
                row.body = Some((*index, data.as_deref().unwrap_or_default().to_vec()));
            }
            AttributeValue::BodySection { section: Some(SectionPath::Full(MessageSection::Header)), data, .. } => {
                row.header = Some(data.as_deref().unwrap_or_default().to_vec());
            }
            _ => {}
        }
    }
    row
}

fn mailbox_datum(datum: &MailboxDatum<'_>) -> Untagged {
    match datum {
        MailboxDatum::Exists(count) => Untagged::Exists(*count),
        MailboxDatum::Search(numbers) => Untagged::Search(numbers.clone()),
        MailboxDatum::List(list) => Untagged::Listed(Listed {
            wire: unescaped(&list.name),
            delimiter: list.delimiter.as_deref().and_then(|text| unescaped(text).chars().next()),
            attributes: list.name_attributes.iter().map(attribute).collect(),
        }),
        MailboxDatum::Status { status, .. } => status
            .iter()
            .find_map(|item| match item {
                StatusAttribute::UidNext(next) => Some(Untagged::UidNext(*next)),
                _ => None,
            })
            .unwrap_or(Untagged::Other),
        _ => Untagged::Other,
    }
}

/// The parser leaves the backslashes of a quoted name where they are.
fn unescaped(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut signs = name.chars().peekable();
    while let Some(sign) = signs.next() {
        match signs.peek() {
            Some(next @ ('\\' | '"')) if sign == '\\' => {
                out.push(*next);
                signs.next();
            }
            _ => out.push(sign),
        }
    }
    out
}

fn attribute(attribute: &NameAttribute<'_>) -> String {
    match attribute {
        NameAttribute::NoSelect => "noselect".to_owned(),
        NameAttribute::Drafts => "drafts".to_owned(),
        NameAttribute::Junk => "junk".to_owned(),
        NameAttribute::Sent => "sent".to_owned(),
        NameAttribute::Extension(name) => name.trim_start_matches('\\').to_ascii_lowercase(),
        _ => "other".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Answer {
        answer(&Response::parse(line.as_bytes()).unwrap().1)
    }

    #[test]
    fn a_code_is_told_whether_the_parser_knows_it_or_not() {
        for (line, code, text) in [
            ("A1 NO [AUTHENTICATIONFAILED] Invalid credentials\r\n", "AUTHENTICATIONFAILED", "Invalid credentials"),
            ("A1 NO [ALERT] Too many connections\r\n", "ALERT", "Too many connections"),
            ("A1 NO\r\n", "", ""),
            ("A1 BAD [X y z]\r\n", "X", ""),
        ] {
            let Answer::Tagged { words, .. } = parsed(line) else { panic!("{line}") };
            assert_eq!(words, Words { code: code.to_owned(), text: text.to_owned() });
        }
    }

    #[test]
    fn names_lose_the_backslashes_of_their_quotes() {
        let Answer::Untagged(Untagged::Listed(listed)) =
            parsed("* LIST (\\NonExistent) \"\\\\\" \"a\\\\b \\\"c\\\"\"\r\n")
        else {
            panic!("no list");
        };
        assert_eq!(listed.wire, "a\\b \"c\"");
        assert_eq!(listed.delimiter, Some('\\'));
        assert_eq!(listed.attributes, ["nonexistent"]);
    }

    #[test]
    fn a_row_holds_what_was_asked_for_in_any_order() {
        let Answer::Untagged(Untagged::Row(row)) =
            parsed("* 3 FETCH (BODY[]<0> {2}\r\nab FLAGS (\\deleted x) RFC822.SIZE -1 UID 9 INTERNALDATE \"\")\r\n")
        else {
            panic!("no row");
        };
        assert_eq!(row, Row { uid: Some(9), deleted: true, body: Some((Some(0), b"ab".to_vec())), ..Row::default() });
    }
}
