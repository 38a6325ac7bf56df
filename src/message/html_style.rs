//! What the marks of an HTML element say of the text in it: hidden, quoted, a signature.

use super::coloured::{self, Ink};
use super::pattern::Pattern;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// One thing that an element's marks say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Not shown to a person.
    Hidden,
    /// Letters of no size: not shown, unless an element inside gives them one.
    Tiny,
    /// Letters of a size that does not depend on the outer one.
    Sized,
    /// White letters: not shown on a white ground.
    WhiteText,
    /// Letters of any other colour.
    InkedText,
    /// Something other than white lies behind.
    DarkGround,
    /// White lies behind.
    WhiteGround,
    /// History.
    Quoted,
    /// History begins and goes on to the end.
    RestQuoted,
    /// A signature.
    Signature,
    /// The colour of the letters; none of those that people answer in.
    Ink(Option<Ink>),
}

/// Style elements of a page beyond this are not read, nor rules of one.
const MOST_SHEETS: usize = 20;
const MOST_RULES: usize = 5_000;

/// Classes that the page's own style sheet hides.
#[derive(Debug, Default)]
pub(super) struct StyleSheet {
    hidden: BTreeSet<String>,
    /// The page marks the headers of the old mail, as Outlook on the web does.
    has_headers: bool,
}

static CLASS_SELECTOR: Pattern = Pattern::new(r"^\s*(?:[a-z]+)?[.#]([A-Za-z_][\w-]*)\s*$");
static HIDING: Pattern = Pattern::new(
    r"(?x)(?:^|[;\s])(?:display:none|visibility:hidden|mso-hide:all|opacity:0(?:\.0+)?(?:;|!|$)
    |max-height:0(?:px)?(?:;|!|$)|text-decoration(?:-line)?:[^;]*line-through
    |(?:width|height):0(?:px)?;(?:.*;)?overflow:hidden|text-indent:-\d{3,}|(?:left|top):-\d{3,}px)",
);
static TINY: Pattern =
    Pattern::new(r"(?:^|;)font-size:(?:0(?:\.0+)?(?:px|pt|em|rem|%)?|[01](?:\.\d+)?(?:px|pt)|0\.0\d*r?em)(?:;|!|$)");
static SIZED: Pattern =
    Pattern::new(r"(?:^|;)font-size:(?:\d+(?:\.\d+)?(?:px|pt|rem|mm|cm)|(?:xx?-)?(?:small|large)|medium)(?:;|!|$)");
static WHITE: Pattern = Pattern::new(
    r"^(?:white|\#f{3}|\#f{6}|\#fe{2}?fefe|\#fefefe|\#fdfdfd|rgba?\(255,255,255(?:,1(?:\.0)?)?\)|transparent|rgba\(.*,0(?:\.0+)?\))$",
);

impl StyleSheet {
    /// Reads the style elements of a page: only which classes they hide.
    pub(super) fn read(html: &str) -> Self {
        let mut sheet = Self { has_headers: html.contains("divRplyFwdMsg"), ..Self::default() };
        let mut rest = html;
        for _ in 0..MOST_SHEETS {
            let Some((_, after)) = rest.split_once("<style") else { break };
            let Some((block, after)) = after.split_once("</style") else { break };
            sheet.read_rules(block.split_once('>').map_or("", |(_, rules)| rules));
            rest = after;
        }
        sheet
    }

    fn read_rules(&mut self, block: &str) {
        for rule in block.split('}').take(MOST_RULES) {
            let Some((selectors, style)) = rule.rsplit_once('{') else { continue };
            // Rules for printing or for small screens hide what is shown elsewhere.
            if selectors.contains('@')
                || selectors.contains('{')
                || !(HIDING.matches(&compact(style)) || TINY.matches(&compact(style)))
            {
                continue;
            }
            for selector in selectors.split(',') {
                if let Some(name) = CLASS_SELECTOR.group(selector, 1) {
                    self.hidden.insert(name.to_owned());
                }
            }
        }
    }
}

/// What an element's attributes say.
pub(super) fn look(name: &str, attributes: &str, sheet: &StyleSheet) -> Vec<Look> {
    let mut looks = Vec::new();
    // What is struck through is taken back, and a reader of words alone would not know it.
    if matches!(name, "s" | "strike" | "del") {
        looks.push(Look::Hidden);
    }
    if attributes.trim().is_empty() && name != "blockquote" {
        return looks;
    }
    let attributes = split_attributes(attributes);
    let named = |(name, _): &&(&str, &str), wanted: &str| name.eq_ignore_ascii_case(wanted);
    let value = |wanted: &str| attributes.iter().find(|one| named(one, wanted)).map(|(_, value)| decoded(value));
    let class = value("class").unwrap_or_default();
    let id = value("id").unwrap_or_default();
    let style = compact(&value("style").unwrap_or_default());
    if (!style.is_empty() && HIDING.matches(&style))
        || attributes.iter().any(|one| named(&one, "hidden"))
        || class.split_whitespace().chain([id.as_ref()]).any(|class| sheet.hidden.contains(class))
    {
        looks.push(Look::Hidden);
    }
    let of_size = style.contains("font-size:");
    if of_size && TINY.matches(&style) {
        looks.push(Look::Tiny);
    } else if of_size && SIZED.matches(&style) || (name == "font" && value("size").is_some()) {
        looks.push(Look::Sized);
    }
    let declared = |property: &str| {
        style.split(';').filter_map(|part| part.split_once(':')).rfind(|(name, _)| *name == property).map(|(_, v)| v)
    };
    let ink = declared("color").map(Cow::from).or_else(|| value("color"));
    if let Some(ink) = ink.as_ref().map(|ink| compact(ink).replace("!important", "")).filter(|ink| ink != "inherit") {
        // Outlook notes beside it which colour its dark theme replaced by white.
        let dark_theme = value("data-ogsc").is_some();
        looks.push(if WHITE.matches(&ink) && !dark_theme { Look::WhiteText } else { Look::InkedText });
    }
    if let Some(ink) = ink {
        looks.push(Look::Ink(coloured::of_value(&compact(&ink))));
    }
    let ground = declared("background-color").or_else(|| declared("background")).map(Cow::from);
    let ground = ground.or_else(|| value("bgcolor"));
    // See-through lets the outer ground shine through.
    let ground = ground.map(|ground| compact(&ground).replace("!important", "")).filter(|ground| {
        !matches!(ground.as_str(), "transparent" | "none" | "inherit" | "initial" | "unset" | "")
            && !ground.ends_with(",0)")
    });
    if let Some(ground) = ground {
        let white = WHITE.matches(&ground);
        looks.push(if white { Look::WhiteGround } else { Look::DarkGround });
    }
    if value("background").is_some() {
        looks.push(Look::DarkGround);
    }
    let kind = value("type").unwrap_or_default();
    looks.extend(history(name, &kind, &class.to_lowercase(), &id.to_lowercase(), &style, sheet));
    looks
}

/// The marks that mail programs leave around history and signatures.
fn history(name: &str, kind: &str, class: &str, id: &str, style: &str, sheet: &StyleSheet) -> Option<Look> {
    let id = id.strip_prefix("x_").unwrap_or(id);
    let has = |word: &str| class.split_whitespace().any(|class| class.strip_prefix("x_").unwrap_or(class) == word);
    if name == "blockquote" {
        // Gmail and others write an indented paragraph of one's own as a blockquote that says to have no border.
        let indented = (style.contains("border:none") || style.contains("border:mediumnone"))
            && kind != "cite"
            && !has("gmail_quote")
            && (style.contains("margin:00040px") || style.contains("margin:0px0px0px40px"));
        return (!indented).then_some(Look::Quoted);
    }
    // Words may stand between this mark and the headers of the old mail.
    if id == "appendonsend" && !sheet.has_headers {
        return Some(Look::RestQuoted);
    }
    if matches!(
        id,
        "divrplyfwdmsg"
            | "reply-intro"
            | "replysplit"
            | "olk_src_body_section"
            | "mail-editor-reference-message-container"
    ) || has("zmail_extra_hr")
    {
        return Some(Look::RestQuoted);
    }
    if ["gmail_attr", "moz-cite-prefix", "yahoo_quoted", "protonmail_quote", "zmail_extra", "tutanota_quote"]
        .iter()
        .any(|word| has(word))
        || id.starts_with("yahoo_quoted")
    {
        return Some(Look::Quoted);
    }
    let signature = [
        "gmail_signature",
        "gmail_signature_prefix",
        "moz-signature",
        "protonmail_signature_block",
        "applemailsignature",
    ]
    .iter()
    .any(|word| has(word))
        || matches!(
            id,
            "signature"
                | "ms-outlook-mobile-signature"
                | "composer_signature"
                | "applemailsignature"
                | "ymail_android_signature"
        );
    signature.then_some(Look::Signature)
}

/// Attributes with their values, as written.
fn split_attributes(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
    while !rest.is_empty() && found.len() < 100 {
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let after = after.trim_start();
        let Some(value) = after.strip_prefix('=') else {
            if !name.is_empty() {
                found.push((name, ""));
            }
            rest = if end == 0 { rest.get(1..).unwrap_or_default() } else { after };
            continue;
        };
        let value = value.trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inside = value.get(1..).unwrap_or_default();
                inside.split_once(quote).unwrap_or((inside, ""))
            }
            _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        found.push((name, value));
        rest = after.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
    }
    found
}

/// Quotes inside style attributes often come as references.
fn decoded(value: &str) -> Cow<'_, str> {
    if value.contains('&') { value.replace("&quot;", "\"").replace("&amp;", "&").into() } else { value.into() }
}

/// Lower case without blanks, so that `Display : None` is `display:none`.
fn compact(style: &str) -> String {
    style.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        assert!([&CLASS_SELECTOR, &HIDING, &TINY, &SIZED, &WHITE].iter().all(|pattern| pattern.compiles()));
    }

    #[test]
    fn visible_sizes_are_not_hidden() {
        for style in ["font-size:10px", "font-size:0.9em", "font-size:11.0pt", "opacity:0.5", "line-height:0"] {
            let looks = look("p", &format!("style=\"{style}\""), &StyleSheet::default());
            assert!(!looks.contains(&Look::Hidden) && !looks.contains(&Look::Tiny), "{style}");
        }
        assert!(look("p", "hidden", &StyleSheet::default()).contains(&Look::Hidden));
        let sheet = StyleSheet::read("<style>.z, p.k{ Display:none } .v{color:red}</style>");
        assert!(look("p", "class='a z'", &sheet).contains(&Look::Hidden));
        assert!(!look("p", "class=v", &sheet).contains(&Look::Hidden));
    }
}
