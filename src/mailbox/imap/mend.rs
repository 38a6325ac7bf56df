//! Lines of a server as the parser can take them.
//!
//! The parser (imap-proto 0.17) ends the whole connection, or the whole program, over one line that it does not know.
//! So each line is looked at before: what we have no use for is left out, what is nearly right is put right.

/// What is to be done with a response, told from its first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Free text to the end of the line: a status, a continuation, a tagged answer. Never begins a literal.
    Text,
    /// A row of a FETCH.
    Fetch,
    /// Anything else that we read.
    Data,
    /// Nothing that we asked for: left out, with its literals.
    Unwanted,
}

/// Untagged words that we read; all else a server may volunteer is left out.
const DATA: &[&str] = &["LIST", "SEARCH", "STATUS", "CAPABILITY"];
const COUNTED: &[&str] = &["EXISTS", "EXPUNGE"];
const STATUS: &[&str] = &["OK", "NO", "BAD", "BYE", "PREAUTH"];
/// Items of a STATUS answer that the parser knows.
const STATUS_ITEMS: &[&str] = &["MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN"];

/// Tells a response by its first line, which has no line end any more.
pub(super) fn kind_of(line: &str) -> Kind {
    let mut words = line.split_ascii_whitespace();
    let (first, second, third) = (words.next(), words.next(), words.next());
    let is = |word: Option<&str>, list: &[&str]| {
        word.is_some_and(|word| list.iter().any(|known| known.eq_ignore_ascii_case(word)))
    };
    match first {
        None => Kind::Unwanted,
        Some(plus) if plus.starts_with('+') => Kind::Text,
        Some("*") if is(second, STATUS) => Kind::Text,
        Some("*") if is(second, DATA) => Kind::Data,
        Some("*") if second.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit())) => match third {
            Some(word) if is(Some(word), &["FETCH"]) => Kind::Fetch,
            word if is(word, COUNTED) => Kind::Data,
            _ => Kind::Unwanted,
        },
        Some("*") => Kind::Unwanted,
        Some(_) if is(second, STATUS) => Kind::Text,
        Some(_) => Kind::Unwanted,
    }
}

/// Is it a row of a LIST?
pub(super) fn is_list(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line);
    first_word(text.trim_start_matches(['*', ' ', '\t'])).eq_ignore_ascii_case("LIST")
}

/// Puts the first line of a response right. Bytes that are not UTF-8 stay as they are: see [`whole`].
pub(super) fn first_line(kind: Kind, line: &[u8]) -> Vec<u8> {
    let line = without_nul(line);
    match kind {
        Kind::Text => status_line(&line),
        Kind::Fetch => fetch_part(&line),
        Kind::Data => data_line(&line),
        Kind::Unwanted => Vec::new(),
    }
}

/// Puts a line right that follows a literal within the same response.
pub(super) fn later_line(kind: Kind, line: &[u8]) -> Vec<u8> {
    let line = without_nul(line);
    if kind == Kind::Fetch { fetch_part(&line) } else { line }
}

fn without_nul(line: &[u8]) -> Vec<u8> {
    line.iter().map(|byte| if *byte == 0 { b'?' } else { *byte }).collect()
}

/// `tag STATUS [CODE] text`: single blanks before the text, and one after the code, without which the parser cuts a
/// letter in two.
fn status_line(line: &[u8]) -> Vec<u8> {
    if line.first() == Some(&b'+') {
        return line.to_vec();
    }
    let mut out = Vec::with_capacity(line.len());
    let mut rest = line.trim_ascii_start();
    for _ in 0..2 {
        let end = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        out.extend_from_slice(word);
        rest = after.trim_ascii_start();
        if !rest.is_empty() {
            out.push(b' ');
        }
    }
    if rest.first() == Some(&b'[')
        && let Some(end) = rest.iter().position(|byte| *byte == b']')
        && let Some((code, text)) = rest.split_at_checked(end.saturating_add(1))
    {
        out.extend_from_slice(&code_mended(code));
        if !text.is_empty() && !text.starts_with(b" ") {
            out.push(b' ');
        }
        out.extend_from_slice(text);
    } else {
        out.extend_from_slice(rest);
    }
    out
}

/// A code in brackets: a list of capabilities is rebuilt, all else loses double blanks.
fn code_mended(code: &[u8]) -> Vec<u8> {
    let inner = code.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")).unwrap_or(code);
    let inner = match std::str::from_utf8(inner) {
        Ok(text) if first_word(text).eq_ignore_ascii_case("CAPABILITY") => capabilities(text).into_bytes(),
        _ => single_blanks(inner),
    };
    [b"[", inner.as_slice(), b"]"].concat()
}

fn first_word(text: &str) -> &str {
    text.split_ascii_whitespace().next().unwrap_or_default()
}

/// `CAPABILITY a b c` with what can be read, and IMAP4rev1 in it, without which the parser takes none of them.
fn capabilities(text: &str) -> String {
    let fits = |word: &&str| word.bytes().all(|byte| byte.is_ascii_graphic() && !b"(){%*\"\\]".contains(&byte));
    let mut words: Vec<&str> = text.split_ascii_whitespace().skip(1).filter(fits).collect();
    if !words.iter().any(|word| word.eq_ignore_ascii_case("IMAP4rev1")) {
        words.insert(0, "IMAP4rev1");
    }
    format!("CAPABILITY {}", words.join(" "))
}

/// `* WORD ...` or `* n WORD`.
fn data_line(line: &[u8]) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(line) else { return single_blanks(line) };
    let after_star = text.trim_start_matches(['*', ' ', '\t']);
    let mended = match first_word(after_star).to_ascii_uppercase().as_str() {
        "CAPABILITY" => capabilities(after_star),
        "SEARCH" => numbers(after_star),
        "STATUS" => status_items(after_star),
        "LIST" => without_extension(after_star),
        _ => return single_blanks(line),
    };
    [b"* ".as_slice(), &single_blanks(mended.as_bytes())].concat()
}

/// `SEARCH 1 2 3`, without what follows in parentheses and what is no number.
fn numbers(text: &str) -> String {
    let plain = text.split('(').next().unwrap_or_default();
    let found: Vec<&str> = plain.split_ascii_whitespace().skip(1).filter(|word| word.parse::<u32>().is_ok()).collect();
    format!("SEARCH {}", found.join(" ")).trim_end().to_owned()
}

/// `STATUS name (items)` with the items that the parser knows. A name in a literal leaves the items to a later line,
/// which is taken as it comes.
fn status_items(text: &str) -> String {
    let Some((before, items)) = text.trim_end().strip_suffix(')').and_then(|inner| inner.rsplit_once('(')) else {
        return text.to_owned();
    };
    let words: Vec<&str> = items.split_ascii_whitespace().collect();
    let (pairs, _odd) = words.as_chunks::<2>();
    let known = |[name, value]: &&[&str; 2]| {
        STATUS_ITEMS.iter().any(|known| known.eq_ignore_ascii_case(name)) && value.parse::<u32>().is_ok()
    };
    let kept: Vec<String> = pairs.iter().filter(known).map(|pair| pair.join(" ")).collect();
    format!("{before}({})", kept.join(" "))
}

/// `LIST (flags) "/" name` without the extended data some servers add behind the name (RFC 5258).
fn without_extension(text: &str) -> String {
    let mut depth = 0_u32;
    let mut groups = 0_u32;
    for (at, sign) in outside_quotes(text.as_bytes()) {
        match sign {
            b'(' if depth == 0 && groups > 0 => return text.get(..at).unwrap_or(text).trim_end().to_owned(),
            b'(' => depth = depth.saturating_add(1),
            b')' => {
                depth = depth.saturating_sub(1);
                groups = groups.saturating_add(1);
            }
            _ => {}
        }
    }
    text.to_owned()
}

/// Bytes that stand outside of quoted strings, with their places.
fn outside_quotes(line: &[u8]) -> impl Iterator<Item = (usize, u8)> {
    let mut quoted = false;
    let mut escaped = false;
    line.iter().copied().enumerate().filter(move |(_, byte)| {
        let was_quoted = quoted;
        if quoted && !escaped && *byte == b'\\' {
            escaped = true;
            return false;
        }
        if *byte == b'"' && !escaped {
            quoted = !quoted;
        }
        escaped = false;
        !was_quoted && *byte != b'"'
    })
}

/// A part of a FETCH row between literals: single blanks, and no `INTERNALDATE NIL`, on which the parser panics.
fn fetch_part(line: &[u8]) -> Vec<u8> {
    const NAME: &[u8] = b"INTERNALDATE NIL";
    let line = single_blanks(line);
    let mut out = Vec::with_capacity(line.len());
    let mut skip_to = 0;
    let outside: Vec<bool> = {
        let mut marks = vec![false; line.len()];
        for (at, _) in outside_quotes(&line) {
            if let Some(mark) = marks.get_mut(at) {
                *mark = true;
            }
        }
        marks
    };
    for (at, byte) in line.iter().enumerate() {
        if at < skip_to {
            continue;
        }
        let here = line.get(at..at.saturating_add(NAME.len()));
        if outside.get(at) == Some(&true) && here.is_some_and(|here| here.eq_ignore_ascii_case(NAME)) {
            out.extend_from_slice(b"INTERNALDATE \"\"");
            skip_to = at.saturating_add(NAME.len());
        } else {
            out.push(*byte);
        }
    }
    out
}

/// Each run of blanks outside of quoted strings becomes one; none before a closing parenthesis, none at the end unless
/// a literal came before.
fn single_blanks(line: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(line.len());
    let mut outside = outside_quotes(line).peekable();
    for (at, byte) in line.iter().enumerate() {
        let is_outside = outside.next_if(|(place, _)| *place == at).is_some();
        let byte = if is_outside && *byte == b'\t' { b' ' } else { *byte };
        if is_outside && byte == b' ' && matches!(out.last(), Some(b' ')) {
            continue;
        }
        if is_outside && byte == b')' && matches!(out.last(), Some(b' ')) {
            out.pop();
        }
        out.push(byte);
    }
    out
}

/// Can the parser take this whole response? A panic of it counts as a no.
pub(super) fn readable(response: &[u8]) -> bool {
    std::panic::catch_unwind(
        || matches!(async_imap::imap_proto::Response::parse(response), Ok((rest, _)) if rest.is_empty()),
    )
    .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(line: &str) -> String {
        let kind = kind_of(line);
        String::from_utf8(first_line(kind, line.as_bytes())).unwrap()
    }

    #[test]
    fn what_the_parser_cannot_take_is_put_right() {
        for (line, wanted) in [
            ("* 1 FETCH (UID 5 INTERNALDATE NIL)", "* 1 FETCH (UID 5 INTERNALDATE \"\")"),
            ("*  1688 EXISTS", "* 1688 EXISTS"),
            ("* CAPABILITY IMAP4rev1  IDLE ", "* CAPABILITY IMAP4rev1 IDLE"),
            ("* CAPABILITY IMAP4rev2 IDLE", "* CAPABILITY IMAP4rev1 IMAP4rev2 IDLE"),
            ("* OK [CAPABILITY IMAP4rev2] hi", "* OK [CAPABILITY IMAP4rev1 IMAP4rev2] hi"),
            ("* OK [ALERT]é", "* OK [ALERT] é"),
            ("A1  OK  done", "A1 OK done"),
            ("* SEARCH 1 2 (MODSEQ 99)", "* SEARCH 1 2"),
            ("* SEARCH", "* SEARCH"),
            ("* STATUS INBOX (MESSAGES 3 DELETED 4 UIDNEXT 7)", "* STATUS INBOX (MESSAGES 3 UIDNEXT 7)"),
            ("* LIST (\\Noselect) \"/\" \"a (b)\" (\"CHILDINFO\" (\"X\"))", "* LIST (\\Noselect) \"/\" \"a (b)\""),
            ("* LIST () \"/\" \"two  blanks\"", "* LIST () \"/\" \"two  blanks\""),
            ("* 1 FETCH (UID  5 FLAGS (\\Seen ))", "* 1 FETCH (UID 5 FLAGS (\\Seen))"),
        ] {
            let found = mended(line);
            assert_eq!(found, wanted);
            assert!(readable(format!("{found}\r\n").as_bytes()), "{found}");
        }
    }

    #[test]
    fn what_we_have_no_use_for_is_left_out() {
        for line in ["", "* ESEARCH (TAG \"A\") ALL 1", "* NAMESPACE NIL NIL NIL", "* XYZ", "* 1 RECENT", "* FLAGS (a)"]
        {
            assert_eq!(kind_of(line), Kind::Unwanted, "{line}");
        }
    }

    #[test]
    fn a_quoted_text_is_not_touched() {
        let line = "* 1 FETCH (UID 5 BODY[] \"a  b INTERNALDATE NIL \\\" c  )\")";
        assert_eq!(mended(line), line);
    }

    #[test]
    fn the_parser_is_as_weak_as_we_think() {
        // Shows that the mending is needed: once these parse, it can go.
        for line in ["* ESEARCH ALL 1\r\n", "*  1688 EXISTS\r\n", "* CAPABILITY IMAP4rev2\r\n", "\r\n", "* 1 EXISTS\n"]
        {
            assert!(!readable(line.as_bytes()), "{line}");
        }
        assert!(!readable(b"* 1 FETCH (UID 5 INTERNALDATE NIL)\r\n"));
    }
}
