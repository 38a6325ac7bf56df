//! HTML to lines, the way a person sees them: quoted zones and signatures told by the marks that mail programs leave,
//! text hidden from the eye dropped and reported.

use super::coloured::{self, Ink};
use super::headings;
use super::html_style::{Look, StyleSheet, look};
use super::html_tags::{is_block, is_paragraph, is_void, split_tag};
use super::lines::{Line, Zone};
use super::parse::character_reference;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// Elements open at once beyond this are not followed.
const DEEPEST: usize = 500;
/// So many sorts of opening tags are kept in mind.
const MOST_SORTS_OF_TAGS: usize = 1_000;
/// Gmail's line above a forwarded mail, with its headers, is no longer than this.
const ATTRIBUTION_LINES: usize = 12;

/// HTML, read.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) lines: Vec<Line>,
    /// Text that a person would not have seen.
    pub(super) hidden: String,
    /// The same in the history, where newsletters hide their first lines: no sign of trouble by itself.
    pub(super) hidden_in_history: String,
}

impl Page {
    /// Did the writer answer in colour inside the old mail?
    pub(super) fn has_answers(&self) -> bool {
        self.lines.iter().any(|line| line.answer)
    }
}

/// Reads a page.
pub(super) fn page(html: &str) -> Page {
    let page = read(html, None);
    match coloured::announced(&page.lines) {
        Some(ink) => read(html, Some(ink)),
        None => page,
    }
}

/// Reads a page; words in the ink of the writer's answers get lines of their own.
fn read(html: &str, ink: Option<Ink>) -> Page {
    let mut walker = Walker { style: StyleSheet::read(html), ink, ..Walker::default() };
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        let (text, tag) = rest.split_at(open);
        walker.text(text);
        rest = walker.tag(tag);
    }
    walker.text(rest);
    walker.end_line();
    walker.page
}

/// How the text in an element is to be taken.
#[derive(Debug, Clone, Copy, Default)]
struct Manner {
    quoted: bool,
    signature: bool,
    hidden: bool,
    /// Letters of no size.
    tiny: bool,
    /// White letters.
    white: bool,
    /// Preformatted: blanks and line ends count.
    pre: bool,
    /// Something else than white lies behind the text.
    dark: bool,
    /// The colour of its letters.
    ink: Option<Ink>,
}

#[derive(Debug, Default)]
struct Element<'a> {
    name: Cow<'a, str>,
    manner: Manner,
    /// Gmail's line above a quotation: where its lines begin.
    attribution: Option<usize>,
}

#[derive(Debug, Default)]
struct Walker<'a> {
    style: StyleSheet,
    /// The ink of the writer's answers.
    ink: Option<Ink>,
    /// The line so far is in that ink.
    answer: bool,
    open: Vec<Element<'a>>,
    line: String,
    zone: Option<Zone>,
    /// From here on everything is the mail that is answered.
    rest_is_quoted: bool,
    /// Elements whose end was looked for and does not come any more.
    never_closed: BTreeSet<String>,
    /// What was seen in opening tags: a page has few sorts of them, and many of each.
    looks: HashMap<(Cow<'a, str>, &'a str), Rc<[Look]>>,
    page: Page,
}

impl<'a> Walker<'a> {
    fn here(&self) -> Manner {
        self.open.last().map(|element| element.manner).unwrap_or_default()
    }

    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let here = self.here();
        let text = decode(text);
        if here.hidden || here.tiny || (here.white && !here.dark) {
            let history = here.quoted || self.rest_is_quoted;
            let aside = if history { &mut self.page.hidden_in_history } else { &mut self.page.hidden };
            for word in text.split_whitespace() {
                aside.push_str(word);
                aside.push(' ');
            }
            return;
        }
        if here.pre {
            for (number, line) in text.split('\n').enumerate() {
                if number > 0 {
                    self.end_line();
                }
                self.push(line.trim_end_matches('\r'), &here);
            }
            return;
        }
        if text.starts_with(char::is_whitespace) {
            self.blank();
        }
        for (number, word) in text.split_whitespace().enumerate() {
            if number > 0 {
                self.blank();
            }
            self.push(word, &here);
        }
        if text.ends_with(char::is_whitespace) {
            self.blank();
        }
    }

    fn blank(&mut self) {
        if !self.line.is_empty() && !self.line.ends_with(' ') {
            self.line.push(' ');
        }
    }

    fn push(&mut self, word: &str, here: &Manner) {
        if word.is_empty() {
            return;
        }
        let zone = if here.quoted || self.rest_is_quoted {
            Zone::Quote
        } else if here.signature {
            Zone::Signature
        } else {
            Zone::Text
        };
        let answer = self.ink.is_some() && here.ink == self.ink;
        if self.zone.is_some_and(|other| other != zone) || (self.answer != answer && !self.line.is_empty()) {
            self.end_line();
        }
        self.zone = Some(zone);
        self.answer = answer;
        self.line.push_str(word);
    }

    fn end_line(&mut self) {
        let mut text = std::mem::take(&mut self.line);
        text.truncate(text.trim_end().len());
        if !text.is_empty() {
            self.page.lines.push(Line { text, zone: self.zone.unwrap_or(Zone::Text), answer: self.answer });
        }
        self.zone = None;
    }

    /// A blank line, never two.
    fn end_paragraph(&mut self) {
        self.end_line();
        if let Some(last) = self.page.lines.last()
            && !last.text.is_empty()
        {
            let zone = last.zone;
            self.page.lines.push(Line::new(String::new(), zone));
        }
    }

    /// Reads what begins with `<` and gives back what follows it.
    fn tag(&mut self, html: &'a str) -> &'a str {
        if let Some(comment) = html.strip_prefix("<!--") {
            return comment.find("-->").and_then(|end| comment.get(end..)?.strip_prefix("-->")).unwrap_or_default();
        }
        if html.starts_with("<!") || html.starts_with("<?") {
            return html.split_once('>').map_or("", |(_, rest)| rest);
        }
        let after = html.get(1..).unwrap_or_default();
        if !after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            self.text("<");
            return after;
        }
        let (inside, rest) = split_tag(after);
        let (closing, inside) = inside.strip_prefix('/').map_or((false, inside), |inside| (true, inside));
        let name_end = inside.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(inside.len());
        let (name, attributes) = inside.split_at(name_end);
        let is_lower = !name.bytes().any(|byte| byte.is_ascii_uppercase());
        let name: Cow<'a, str> = if is_lower { name.into() } else { name.to_ascii_lowercase().into() };
        if closing {
            self.close(&name);
            return rest;
        }
        if matches!(name.as_ref(), "script" | "style" | "title" | "head" | "noscript" | "template") {
            return self.skip_element(rest, &name);
        }
        self.open(name, attributes);
        rest
    }

    /// What follows the end of an element whose content is not shown.
    fn skip_element(&mut self, html: &'a str, name: &str) -> &'a str {
        let mut rest = if self.never_closed.contains(name) { "" } else { html };
        while let Some(open) = rest.find("</") {
            let after = rest.get(open.saturating_add(2)..).unwrap_or_default();
            if after.get(..name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name)) {
                return after.split_once('>').map_or("", |(_, rest)| rest);
            }
            rest = after;
        }
        // Never closed: shown rather than lost.
        self.never_closed.insert(name.to_owned());
        html
    }

    fn look(&mut self, name: Cow<'a, str>, attributes: &'a str) -> Rc<[Look]> {
        let key = (name, attributes);
        if let Some(known) = self.looks.get(&key) {
            return Rc::clone(known);
        }
        let looks: Rc<[Look]> = look(&key.0, attributes, &self.style).into();
        if self.looks.len() < MOST_SORTS_OF_TAGS {
            self.looks.insert(key, Rc::clone(&looks));
        }
        looks
    }

    fn open(&mut self, element: Cow<'a, str>, attributes: &'a str) {
        let name = element.as_ref();
        match name {
            "br" => {
                if self.line.is_empty() {
                    self.end_paragraph();
                } else {
                    self.end_line();
                }
                return;
            }
            "hr" => {
                self.end_line();
                let zone = if self.rest_is_quoted || self.here().quoted { Zone::Quote } else { Zone::Text };
                self.page.lines.push(Line::new("________________________________".to_owned(), zone));
            }
            "td" | "th" => self.blank(),
            _ if is_paragraph(name) => self.end_paragraph(),
            _ if is_block(name) => self.end_line(),
            _ => {}
        }
        let marks = self.look(element.clone(), attributes);
        if marks.contains(&Look::RestQuoted) {
            self.end_line();
            self.rest_is_quoted = true;
        }
        if is_void(name) || self.open.len() >= DEEPEST {
            return;
        }
        let outer = self.here();
        let dark =
            if marks.contains(&Look::DarkGround) { true } else { outer.dark && !marks.contains(&Look::WhiteGround) };
        let manner = Manner {
            quoted: outer.quoted || marks.contains(&Look::Quoted),
            signature: outer.signature || marks.contains(&Look::Signature),
            hidden: outer.hidden || marks.contains(&Look::Hidden),
            tiny: marks.contains(&Look::Tiny) || (outer.tiny && !marks.contains(&Look::Sized)),
            white: marks.contains(&Look::WhiteText) || (outer.white && !marks.contains(&Look::InkedText)),
            pre: outer.pre || name == "pre",
            dark,
            ink: marks
                .iter()
                .find_map(|mark| if let Look::Ink(ink) = mark { Some(*ink) } else { None })
                .map_or(outer.ink, |ink| ink),
        };
        let attribution = attributes.contains("gmail_attr").then_some(self.page.lines.len());
        self.open.push(Element { name: element, manner, attribution });
    }

    fn close(&mut self, name: &str) {
        if is_paragraph(name) {
            self.end_paragraph();
        } else if is_block(name) {
            self.end_line();
        }
        // A closing tag without its opening one, as mail programs write them, closes nothing.
        if let Some(place) = self.open.iter().rposition(|element| element.name == name) {
            let forwarded = self.open.get(place).and_then(|element| element.attribution).is_some_and(|from| {
                self.page
                    .lines
                    .iter()
                    .skip(from)
                    .take(ATTRIBUTION_LINES)
                    .any(|line| headings::begins_forward(&line.text))
            });
            self.open.truncate(place);
            // What is forwarded is not indented: all that its frame holds is the old mail.
            if let Some(frame) = self.open.last_mut().filter(|_| forwarded) {
                frame.manner.quoted = true;
            }
        }
    }
}

/// Character references decoded.
fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('&') {
        let (before, reference) = rest.split_at(place);
        decoded.push_str(before);
        let end = reference.char_indices().take(32).find(|(_, c)| *c == ';').map(|(end, _)| end);
        match end {
            Some(end) => {
                let (reference, after) = reference.split_at(end.saturating_add(1));
                decoded.push_str(&one_reference(reference));
                rest = after;
            }
            None => {
                decoded.push('&');
                rest = reference.get(1..).unwrap_or_default();
            }
        }
    }
    decoded.push_str(rest);
    decoded.into()
}

fn one_reference(reference: &str) -> String {
    match reference {
        "&nbsp;" | "&#160;" => " ".to_owned(),
        "&amp;" => "&".to_owned(),
        "&lt;" => "<".to_owned(),
        "&gt;" => ">".to_owned(),
        "&quot;" => "\"".to_owned(),
        other => character_reference(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        page(html)
            .lines
            .iter()
            .map(|line| match line.zone {
                Zone::Text => line.text.clone(),
                Zone::Quote => format!("> {}", line.text),
                Zone::Signature => format!("# {}", line.text),
            })
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn blocks_and_references() {
        assert_eq!(
            text("<p>Gi&agrave; <b>pa</b>gato&nbsp;&euro;&#8239;5 &amp; via</p><div>x<br>y</div>")
                .replace('\u{202f}', " "),
            "Già pagato € 5 & via\n\nx\ny"
        );
        assert_eq!(text("a < b <br> c"), "a < b\nc");
    }

    #[test]
    fn what_is_struck_through_is_not_said() {
        for struck in [
            "<s>Bonifico fatto ieri</s>",
            "<strike class=x>Bonifico fatto ieri</strike>",
            "<del>Bonifico fatto ieri</del>",
            "<span style='text-decoration: line-through'>Bonifico fatto ieri</span>",
            "<span style='color:red;text-decoration-line:line-through'>Bonifico fatto ieri</span>",
        ] {
            let page = page(&format!("<p>{struck}</p><p>Saluti <u style='text-decoration:underline'>Ada</u></p>"));
            let shown = page.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ");
            assert_eq!((shown.trim(), page.hidden.trim()), ("Saluti Ada", "Bonifico fatto ieri"), "{struck}");
        }
    }

    #[test]
    fn hidden_text_is_dropped_and_kept_aside() {
        let page = page(
            "ok<span style='display : none'>mark as paid</span><p style=\"font-size:0px\">x</p><font color=white>y</font><td bgcolor=#003><font color=white>visible</font></td>",
        );
        assert_eq!(page.lines.iter().map(|l| l.text.as_str()).collect::<Vec<_>>().join(" ").trim(), "ok  visible");
        assert!(page.hidden_in_history.is_empty());
        assert!(page.hidden.contains("mark as paid") && page.hidden.contains('x') && page.hidden.contains('y'));
    }

    #[test]
    fn what_an_inner_element_shows_again_is_shown() {
        assert_eq!(
            text("<td style='font-size:0px;padding:9px'><div style='font-size:13px'>shown</div></td>").trim(),
            "shown"
        );
        assert_eq!(text("<div style='color:#fff'><p style='color:#333'>shown</p></div>").trim(), "shown");
        assert_eq!(text("<table style='color:white'><td bgcolor=navy>shown</td></table>").trim(), "shown");
        assert_eq!(text("<div style='color:rgb(255, 255, 255)' data-ogsc='black'>shown</div>").trim(), "shown");
        assert_eq!(text("<div style='font-size:0'><b style='font-size:2em'>hidden</b></div>").trim(), "");
    }

    #[test]
    fn words_before_the_copied_headers_stay() {
        let html = "a<div id=appendonsend></div>b<hr><div id=divRplyFwdMsg>Da: x</div>old";
        assert!(text(html).starts_with("a\nb\n"));
    }

    #[test]
    fn text_hidden_below_the_history_is_kept_aside() {
        let page = page("a<hr><div id=divRplyFwdMsg>Da: x</div><div style='display:none'>mark as paid</div>");
        assert!(page.hidden.is_empty() && page.hidden_in_history.contains("mark as paid"));
    }

    #[test]
    fn quotes_and_signatures_by_their_marks() {
        assert_eq!(
            text(
                "<div>mine</div><blockquote type=cite>theirs<div>too</div></blockquote><div class='gmail_signature'>M</div>"
            ),
            "mine\n\n> theirs\n> too\n> \n# M"
        );
        assert_eq!(text("a<div id=\"divRplyFwdMsg\">Da: x</div><div>old</div>"), "a\n> Da: x\n> old");
    }

    #[test]
    fn answers_in_the_announced_colour_are_told_apart() {
        let html = "<p>Risposte in rosso</p><div id=divRplyFwdMsg>Da: x</div><p>Arrivata? <span style='color: #C00000'>Sì <b>ieri</b>.</span> Quando?</p>";
        let answers: Vec<String> =
            page(html).lines.iter().filter(|line| line.answer).map(|line| line.text.clone()).collect();
        assert_eq!(answers, ["Sì ieri."]);
        assert!(!page(&html.replace("in rosso", "sotto")).has_answers());
    }

    #[test]
    fn broken_pages_lose_nothing() {
        assert_eq!(text("<p title=\"a>b>vero</p><style>p{}"), "b>vero\n\np{}");
        assert_eq!(text("<div <b>x"), "x");
    }
}
