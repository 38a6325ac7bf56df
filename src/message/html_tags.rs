//! Tags of HTML as text: where one ends, and what sort of element it opens.

/// What stands up to the `>` that closes a tag, quotes respected, and what follows.
pub(super) fn split_tag(text: &str) -> (&str, &str) {
    let mut quote: Option<char> = None;
    let mut after_equals = false;
    for (place, c) in text.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '>' => {
                let (inside, rest) = text.split_at(place);
                return (inside, rest.get(1..).unwrap_or_default());
            }
            // A quote opens only where a value begins; elsewhere it is a stray.
            None if (c == '"' || c == '\'') && after_equals => quote = Some(c),
            None => {}
        }
        if !c.is_whitespace() {
            after_equals = c == '=';
        }
    }
    // An unclosed quote must not swallow the mail: close the tag at the first `>`.
    text.split_once('>').unwrap_or((text, ""))
}

/// Elements that hold nothing.
pub(super) fn is_void(name: &str) -> bool {
    matches!(name, "br" | "hr" | "img" | "meta" | "link" | "input" | "base" | "col" | "area" | "wbr" | "o:p")
}

/// Elements with a blank line around them.
pub(super) fn is_paragraph(name: &str) -> bool {
    matches!(name, "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "table" | "blockquote")
}

/// Elements with lines of their own.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "div"
            | "tr"
            | "li"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "address"
            | "pre"
            | "body"
            | "center"
            | "dl"
            | "dt"
            | "dd"
            | "form"
            | "fieldset"
            | "main"
            | "nav"
            | "tbody"
            | "hr"
    )
}
