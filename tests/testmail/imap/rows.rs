//! The answer to FETCH: rows as they should be, and as they should not.

use super::personality::Personality;
use super::post::Mail;
use super::words::Word;

/// What is wrong with rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowFault {
    /// Mails with these UIDs get no row.
    LeaveOut(Vec<u32>),
    /// Another size than the true one; any text.
    Size(String),
    NoSize,
    /// The last row first.
    Reversed,
    NoUid,
    /// Items in another order.
    ItemsTurned,
    /// Each row twice.
    Twice,
    /// Each row twice, the second time with another body.
    TwiceDifferent,
    DateNil,
    BodyNil,
    /// The body between quotes, where it can stand there.
    BodyQuoted,
    /// The body ends early, and its literal says so.
    BodyShort(usize),
    /// The body is missing from the row.
    NoBody,
    /// A row without UID between the rows, as after a change of flags.
    FlagsBetween,
    /// A row of a mail that was not asked for.
    Foreign(u32),
    /// Items that were not asked for.
    MoreItems,
    /// Rows carry this much more in their UID.
    UidShifted(u32),
    /// A part of a body does not say where it begins.
    NoOrigin,
    /// The whole body, whatever part was asked for.
    NoParts,
    /// The section's name as the server likes it: `body[header]`.
    SmallLetters,
}

/// Does asking for these items mark a mail as seen?
pub fn reads(items: &[Word]) -> bool {
    items.iter().map(Word::upper).any(|item| item.starts_with("BODY[") || item == "RFC822" || item == "RFC822.TEXT")
}

/// Items of macros, and everything in one list.
pub fn items(word: Option<&Word>) -> Option<Vec<Word>> {
    let items = word?.members();
    let known = |item: &Word| {
        let name = item.upper();
        ["FLAGS", "UID", "RFC822.SIZE", "INTERNALDATE", "RFC822", "RFC822.HEADER", "X-GM-MSGID", "X-GM-LABELS"]
            .contains(&name.as_str())
            || name.starts_with("BODY[")
            || name.starts_with("BODY.PEEK[")
    };
    (!items.is_empty() && items.iter().all(known)).then_some(items)
}

/// One row, with its line end.
pub fn row(
    number: usize,
    mail: &Mail,
    items: &[Word],
    uid_asked: bool,
    who: &Personality,
    faults: &[RowFault],
) -> Vec<u8> {
    let mut parts: Vec<Vec<u8>> = Vec::new();
    let mut asked: Vec<String> = items.iter().map(Word::text).collect();
    if uid_asked && !asked.iter().any(|item| item.eq_ignore_ascii_case("UID")) {
        asked.insert(0, "UID".to_owned());
    }
    for item in &asked {
        parts.extend(part(item, mail, faults));
    }
    if faults.contains(&RowFault::MoreItems) {
        parts.insert(0, b"MODSEQ (12121231777)".to_vec());
        parts.push(b"X-GM-LABELS (\"\\\\Inbox\" \"Citt&AOA-\")".to_vec());
    }
    if who.items_turned || faults.contains(&RowFault::ItemsTurned) {
        parts.reverse();
    }
    let blank = if who.double_blanks { "  " } else { " " };
    let mut row = format!("*{blank}{number} FETCH (").into_bytes();
    row.extend(parts.join(&b' '));
    row.extend(b")\r\n");
    row
}

fn part(item: &str, mail: &Mail, faults: &[RowFault]) -> Option<Vec<u8>> {
    let upper = item.to_uppercase();
    let shift = faults.iter().find_map(|fault| if let RowFault::UidShifted(by) = fault { Some(*by) } else { None });
    let said = match upper.as_str() {
        "UID" if faults.contains(&RowFault::NoUid) => return None,
        "UID" => format!("UID {}", mail.uid + shift.unwrap_or(0)),
        "FLAGS" => format!("FLAGS {}", flags(mail)),
        "RFC822.SIZE" => {
            if faults.contains(&RowFault::NoSize) {
                return None;
            }
            let told = faults.iter().find_map(|fault| if let RowFault::Size(text) = fault { Some(text) } else { None });
            format!("RFC822.SIZE {}", told.cloned().unwrap_or_else(|| mail.bytes.len().to_string()))
        }
        "INTERNALDATE" if faults.contains(&RowFault::DateNil) => "INTERNALDATE NIL".to_owned(),
        "INTERNALDATE" => format!("INTERNALDATE \"{}\"", mail.received.format("%e-%b-%Y %H:%M:%S +0000")),
        "X-GM-MSGID" => format!("X-GM-MSGID {}", 1_850_000_000_000_000_000_u64 + mail.mark),
        "X-GM-LABELS" => "X-GM-LABELS ()".to_owned(),
        _ => return body(item, mail, faults),
    };
    Some(said.into_bytes())
}

pub fn flags(mail: &Mail) -> String {
    let mut all: Vec<&str> = mail.flags.iter().map(String::as_str).collect();
    if mail.recent {
        all.push("\\Recent");
    }
    format!("({})", all.join(" "))
}

fn body(item: &str, mail: &Mail, faults: &[RowFault]) -> Option<Vec<u8>> {
    if faults.contains(&RowFault::NoBody) {
        return None;
    }
    let upper = item.to_uppercase();
    let (name, mut bytes) = match upper.as_str() {
        "RFC822" => ("RFC822".to_owned(), mail.bytes.to_vec()),
        "RFC822.HEADER" => ("RFC822.HEADER".to_owned(), header(&mail.bytes).to_vec()),
        _ => {
            let from = upper.find('[')?;
            let to = upper.rfind(']')?;
            let mut name = format!("BODY{}", &item[from..=to]);
            let mut bytes = section(&upper[from + 1..to], &mail.bytes)?;
            if let Some(range) = upper[to + 1..].strip_prefix('<') {
                let (start, length) = range.trim_end_matches('>').split_once('.')?;
                let (start, length): (usize, usize) = (start.parse().ok()?, length.parse().ok()?);
                if !faults.contains(&RowFault::NoParts) {
                    bytes = bytes.into_iter().skip(start).take(length).collect();
                }
                if !faults.contains(&RowFault::NoParts) && !faults.contains(&RowFault::NoOrigin) {
                    name = format!("{name}<{start}>");
                }
            }
            (name, bytes)
        }
    };
    let name = if faults.contains(&RowFault::SmallLetters) { name.to_lowercase() } else { name };
    for fault in faults {
        match fault {
            RowFault::BodyNil => return Some(format!("{name} NIL").into_bytes()),
            RowFault::BodyShort(by) => bytes.truncate(bytes.len().saturating_sub(*by)),
            RowFault::BodyQuoted if quotable(&bytes) => {
                return Some([name.as_bytes(), b" \"", &bytes, b"\""].concat());
            }
            _ => {}
        }
    }
    Some([format!("{name} {{{}}}\r\n", bytes.len()).as_bytes(), &bytes].concat())
}

fn quotable(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| !matches!(byte, b'\r' | b'\n' | b'"' | b'\\') && byte.is_ascii())
}

/// Up to the empty line, which belongs to it.
pub fn header(bytes: &[u8]) -> &[u8] {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").map_or(bytes.len(), |at| at + 4);
    &bytes[..end]
}

fn section(name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    if let Some(fields) = name.strip_prefix("HEADER.FIELDS ") {
        return Some(fields_of(bytes, fields));
    }
    match name {
        "" => Some(bytes.to_vec()),
        "HEADER" => Some(header(bytes).to_vec()),
        "TEXT" => Some(bytes[header(bytes).len()..].to_vec()),
        _ => None,
    }
}

fn fields_of(bytes: &[u8], wanted: &str) -> Vec<u8> {
    let wanted: Vec<&str> = wanted.trim_matches(['(', ')']).split(' ').collect();
    let mut kept = Vec::new();
    let mut keeps = false;
    for line in header(bytes).split_inclusive(|byte| *byte == b'\n') {
        if line == b"\r\n" {
            break;
        }
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
            let name = String::from_utf8_lossy(name).to_uppercase();
            keeps = wanted.contains(&name.as_str());
        }
        if keeps {
            kept.extend_from_slice(line);
        }
    }
    kept.extend_from_slice(b"\r\n");
    kept
}
