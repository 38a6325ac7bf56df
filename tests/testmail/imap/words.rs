//! A client's command, cut into words.

/// One word of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// A bare word; a section in brackets and a partial range belong to it.
    Atom(String),
    /// In quotes, or as a literal.
    Text(Vec<u8>),
    /// In brackets.
    List(Vec<Word>),
}

impl Word {
    /// The word as text, however it was written.
    pub fn text(&self) -> String {
        match self {
            Self::Atom(text) => text.clone(),
            Self::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Self::List(words) => words.iter().map(Self::text).collect::<Vec<_>>().join(" "),
        }
    }

    pub fn upper(&self) -> String {
        self.text().to_uppercase()
    }

    /// Its members when it is a list, else itself.
    pub fn members(&self) -> Vec<Word> {
        match self {
            Self::List(words) => words.clone(),
            other => vec![other.clone()],
        }
    }
}

/// A whole command.
#[derive(Debug, Clone)]
pub struct Command {
    pub tag: String,
    /// Name in capitals; `UID FETCH` is one.
    pub name: String,
    pub arguments: Vec<Word>,
    /// As it was heard, without the tag, literals included.
    pub text: String,
    /// The same, byte for byte.
    pub raw: Vec<u8>,
}

impl Command {
    /// `None` when it cannot be read.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let text = bytes.strip_suffix(b"\r\n")?;
        let mut words = Reader { bytes: text, at: 0 }.words(false)?.into_iter();
        let Some(Word::Atom(tag)) = words.next() else { return None };
        let Some(Word::Atom(first)) = words.next() else { return None };
        let mut name = first.to_uppercase();
        if name == "UID" {
            name = format!("UID {}", words.next()?.upper());
        }
        let raw = text.get(tag.len() + 1..)?.to_vec();
        let text = String::from_utf8_lossy(&raw).into_owned();
        Some(Self { tag, name, arguments: words.collect(), text, raw })
    }

    pub fn argument(&self, at: usize) -> Option<String> {
        self.arguments.get(at).map(Word::text)
    }
}

/// The size of the literal that a line announces at its end, and whether the client waits to be asked for it.
pub fn announced(line: &[u8]) -> Option<(usize, bool)> {
    let inner = line.strip_suffix(b"}\r\n")?;
    let from = inner.iter().rposition(|byte| *byte == b'{')?;
    let digits = std::str::from_utf8(&inner[from + 1..]).ok()?;
    let (digits, waits) = digits.strip_suffix('+').map_or((digits, true), |digits| (digits, false));
    Some((digits.parse().ok()?, waits))
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn words(&mut self, inside: bool) -> Option<Vec<Word>> {
        let mut words = Vec::new();
        loop {
            match self.peek() {
                None => return (!inside).then_some(words),
                Some(b')') if inside => {
                    self.at += 1;
                    return Some(words);
                }
                Some(b' ') => self.at += 1,
                Some(b'(') => {
                    self.at += 1;
                    words.push(Word::List(self.words(true)?));
                }
                Some(b'"') => words.push(Word::Text(self.quoted()?)),
                Some(b'{') => words.push(Word::Text(self.literal()?)),
                Some(_) => words.push(Word::Atom(self.atom()?)),
            }
        }
    }

    fn quoted(&mut self) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        self.at += 1;
        loop {
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(text);
                }
                b'\\' => {
                    text.push(*self.bytes.get(self.at + 1)?);
                    self.at += 2;
                }
                byte => {
                    text.push(byte);
                    self.at += 1;
                }
            }
        }
    }

    fn literal(&mut self) -> Option<Vec<u8>> {
        let end = self.bytes[self.at..].windows(3).position(|three| three == b"}\r\n")? + self.at + 3;
        let (size, _) = announced(&self.bytes[self.at..end])?;
        let text = self.bytes.get(end..end + size)?.to_vec();
        self.at = end + size;
        Some(text)
    }

    fn atom(&mut self) -> Option<String> {
        let from = self.at;
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'[' => depth += 1,
                b']' => depth = depth.saturating_sub(1),
                b' ' | b'(' | b')' if depth == 0 => break,
                _ => {}
            }
            self.at += 1;
        }
        (self.at > from).then(|| String::from_utf8_lossy(&self.bytes[from..self.at]).into_owned())
    }
}

/// Is the number in the set? `*` is the highest there is; a range is read either way round.
pub fn in_set(set: &str, number: u32, highest: u32) -> bool {
    let value = |text: &str| if text == "*" { Some(highest) } else { text.parse().ok() };
    set.split(',').any(|part| {
        let (from, to) = part.split_once(':').unwrap_or((part, part));
        match (value(from), value(to)) {
            (Some(from), Some(to)) => from.min(to) <= number && number <= from.max(to),
            _ => false,
        }
    })
}

/// Is it a set at all?
pub fn is_set(set: &str) -> bool {
    !set.is_empty() && set.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b',' | b'*'))
}
