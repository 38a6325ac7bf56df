//! The grammar of Authentication-Results (RFC 8601), as far as it is used: comments and quoted strings are not words.

/// One header, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Results {
    /// In lower case; empty where the header names none.
    pub(super) authserv_id: String,
    pub(super) results: Vec<MethodResult>,
}

/// `method=result property=value …`, all in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct MethodResult {
    pub(super) method: String,
    pub(super) result: String,
    pub(super) properties: Vec<(String, String)>,
}

impl MethodResult {
    /// A property's value.
    pub(super) fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Equals,
    Semicolon,
}

/// Reads one header's value.
pub(super) fn read(value: &str) -> Results {
    let mut results = Results::default();
    for (number, clause) in tokens(value).split(|token| *token == Token::Semicolon).enumerate() {
        if number == 0 && !clause.contains(&Token::Equals) {
            if let Some(Token::Word(id)) = clause.first() {
                results.authserv_id.clone_from(id);
            }
            continue;
        }
        results.results.extend(clause_result(clause));
    }
    results
}

fn clause_result(clause: &[Token]) -> Option<MethodResult> {
    let [Token::Word(method), Token::Equals, Token::Word(result), rest @ ..] = clause else { return None };
    let method = method.split('/').next().unwrap_or_default().to_owned();
    let mut properties = Vec::new();
    let mut rest = rest;
    while let Some((first, after)) = rest.split_first() {
        match (first, after) {
            (Token::Word(name), [Token::Equals, Token::Word(value), after @ ..]) => {
                properties.push((name.clone(), value.clone()));
                rest = after;
            }
            _ => rest = after,
        }
    }
    Some(MethodResult { method, result: result.clone(), properties })
}

fn tokens(value: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut in_word = false;
    let mut chars = value.chars();
    let end = |word: &mut String, in_word: &mut bool, found: &mut Vec<Token>| {
        if std::mem::take(in_word) {
            found.push(Token::Word(std::mem::take(word).to_lowercase()));
        }
    };
    while let Some(c) = chars.next() {
        match c {
            '(' => {
                end(&mut word, &mut in_word, &mut found);
                skip_comment(&mut chars);
            }
            '"' => {
                in_word = true;
                while let Some(c) = chars.next() {
                    match c {
                        '"' => break,
                        '\\' => word.extend(chars.next()),
                        c => word.push(c),
                    }
                }
            }
            ';' | '=' => {
                end(&mut word, &mut in_word, &mut found);
                found.push(if c == ';' { Token::Semicolon } else { Token::Equals });
            }
            c if c.is_whitespace() => end(&mut word, &mut in_word, &mut found),
            c => {
                in_word = true;
                word.push(c);
            }
        }
    }
    end(&mut word, &mut in_word, &mut found);
    found
}

fn skip_comment(chars: &mut std::str::Chars<'_>) {
    let mut depth = 1_usize;
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_versions_and_quotes() {
        let read = read(
            r#"MX.test 1; spf/1 = pass (dmarc=pass (x) \) ;) smtp.mailfrom="a;dmarc=pass"@evil.test; dkim=fail header.d=x.test"#,
        );
        assert_eq!(read.authserv_id, "mx.test");
        assert_eq!(read.results.len(), 2);
        assert_eq!(read.results[0].method, "spf");
        assert_eq!(read.results[0].property("smtp.mailfrom"), Some("a;dmarc=pass@evil.test"));
        assert_eq!((read.results[1].method.as_str(), read.results[1].result.as_str()), ("dkim", "fail"));
    }

    #[test]
    fn hostile_values_do_no_harm() {
        for value in ["", ";;;", "((((", "\"", "=", "a=b=c", "x; =pass", "(\\", "none"] {
            let _ = read(value);
        }
        assert!(read("mx.test; none").results.is_empty());
        assert_eq!(read("spf=pass smtp.mailfrom=x.test").authserv_id, "");
    }
}
