//! The quoted history, told from the writer's own words.
//!
//! Words between quoted lines are kept: they are answers written inline. Only where a program copies the old mail below
//! without marking its lines (Outlook, Open-Xchange, Yahoo, telephones) everything after its heading is history.

use super::lines::{Line, Zone};
use super::pattern::Pattern;
use super::{attribution, headings};

/// A text, divided.
#[derive(Debug, Default)]
pub(super) struct Divided {
    /// Stretches of unquoted lines, in order.
    pub(super) segments: Vec<Vec<String>>,
    /// Lines that their program marked as signature.
    pub(super) signature: Vec<String>,
    /// History.
    pub(super) quoted: Vec<String>,
}

static RULE: Pattern = Pattern::new(r"^\s*[-_=*~#—–]{5,}\s*$");
/// Words of one's own that announce a list, not an answer among quoted lines.
static ANNOUNCES_QUOTES: Pattern = Pattern::new(
    r"(?i)scri(?:tto|ve|veva)|wrote|writes|schr(?:ieb|eib)|écri[tv]|escri[bt]|quot|zitat|cita|said|dice|sotto|below|unten|unter|dessous|abajo|inline|rispo|answer|antwort|répon|respu",
);
/// A quoted line of a program that breaks lines is about so long.
const BROKEN_LINE: std::ops::RangeInclusive<usize> = 62..=80;

/// Divides the lines of a mail.
pub(super) fn divide(lines: Vec<Line>) -> Divided {
    let mut lines = split_shared(lines);
    let own_list = own_list(&lines);
    quote_remnants(&mut lines);
    mark(&mut lines);
    if let Some((first, length)) = own_list
        && first.checked_sub(1).and_then(|above| lines.get(above)).is_some_and(|line| line.zone == Zone::Text)
    {
        for line in lines.iter_mut().skip(first).take(length) {
            line.zone = Zone::Text;
        }
    }
    for line in lines.iter_mut().filter(|line| line.answer && line.zone == Zone::Quote) {
        line.zone = Zone::Text;
    }
    let mut divided = Divided::default();
    let mut segment: Vec<String> = Vec::new();
    for line in lines {
        match line.zone {
            Zone::Text => segment.push(line.text),
            Zone::Quote => {
                divided.segments.push(std::mem::take(&mut segment));
                divided.quoted.push(line.text);
            }
            Zone::Signature => divided.signature.push(line.text),
        }
    }
    divided.segments.push(segment);
    divided.segments.retain_mut(|segment| {
        trim(segment);
        !segment.is_empty()
    });
    divided
}

/// An attribution behind the writer's words on one line gets its own.
fn split_shared(lines: Vec<Line>) -> Vec<Line> {
    let mut split = Vec::with_capacity(lines.len());
    for mut line in lines {
        let at = if line.zone == Zone::Text { attribution::shares_its_line(&line.text) } else { None };
        match at {
            Some(at) => {
                let text = line.text.split_off(at);
                split.push(line);
                split.push(Line::new(text, Zone::Text));
            }
            None => split.push(line),
        }
    }
    split
}

/// Takes blank lines and rules off both ends.
fn trim(segment: &mut Vec<String>) {
    while segment.last().is_some_and(|line| is_empty_or_rule(line)) {
        segment.pop();
    }
    let begin = segment.iter().position(|line| !is_empty_or_rule(line)).unwrap_or(segment.len());
    segment.drain(..begin);
}

fn is_empty_or_rule(line: &str) -> bool {
    line.trim().is_empty() || RULE.matches(line)
}

fn is_blank(line: &Line) -> bool {
    line.text.trim().is_empty()
}

fn mark(lines: &mut [Line]) {
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if attribution::marks_only_itself(line) && next_zone(lines, at.saturating_add(1)) == Some(Zone::Text) {
            at = quote_all(lines, at);
            continue;
        }
        if line.zone != Zone::Text || is_blank(line) {
            at += 1;
            continue;
        }
        if let Some(length) = headings::at(lines, at) {
            at = quote_below(lines, at, length);
        } else if headings::ends_forward(&line.text) {
            at = quote(lines, at, at.saturating_add(1));
        } else if super::tickets::begins_history(lines, at) {
            at = quote_all(lines, at);
        } else if let Some(found) = attribution::at(lines, at) {
            let end = at.saturating_add(found.lines);
            let marked = next_zone(lines, end) != Some(Zone::Text) || quoted_soon(lines, end);
            at = if found.runs_on || !marked && found.exact {
                quote_all(lines, at)
            } else if marked {
                quote(lines, at, end)
            } else {
                at.saturating_add(1)
            };
        } else {
            at += 1;
        }
    }
}

/// What kind of line comes first, blank ones apart.
fn next_zone(lines: &[Line], from: usize) -> Option<Zone> {
    lines.iter().skip(from).find(|line| !is_blank(line)).map(|line| line.zone)
}

/// Some programs leave the first line after the attribution unmarked; marked ones then follow at once.
fn quoted_soon(lines: &[Line], from: usize) -> bool {
    lines.iter().skip(from).filter(|line| !is_blank(line)).take(2).any(|line| line.zone == Zone::Quote)
}

/// Copied headers and what follows them: all of it, unless its lines are marked one by one.
fn quote_below(lines: &mut [Line], at: usize, length: usize) -> usize {
    let end = at.saturating_add(length);
    let from = with_rule_above(lines, at);
    if next_zone(lines, end) == Some(Zone::Quote) { quote(lines, from, end) } else { quote_all(lines, from) }
}

/// A rule above the headers, with words in it or without, belongs to them.
fn with_rule_above(lines: &[Line], at: usize) -> usize {
    let above = lines.iter().take(at).rposition(|line| !is_blank(line));
    match above.and_then(|place| lines.get(place).map(|line| (place, line))) {
        Some((place, line)) if line.zone == Zone::Text && headings::is_worded_rule(&line.text) => place,
        _ => at,
    }
}

/// Quotes lines up to another and goes on there.
fn quote(lines: &mut [Line], from: usize, end: usize) -> usize {
    for line in lines.iter_mut().take(end).skip(from).filter(|line| line.zone == Zone::Text) {
        line.zone = Zone::Quote;
    }
    end
}

/// Quotes everything that follows, or up to the line that says that the forwarded mail ends.
fn quote_all(lines: &mut [Line], from: usize) -> usize {
    let ends = |line: &Line| line.zone == Zone::Text && headings::ends_forward(&line.text);
    let end = lines.iter().skip(from).position(ends).map(|place| from.saturating_add(place).saturating_add(1));
    let end = end.unwrap_or(lines.len());
    quote(lines, from, end)
}

/// A list of the writer's own whose points begin with `>`: it is announced with a colon, glued to the words above it,
/// and the only one in the mail. Where it begins, and how long it is.
fn own_list(lines: &[Line]) -> Option<(usize, usize)> {
    let first = lines.iter().position(|line| line.zone == Zone::Quote)?;
    let points: Vec<&Line> = lines.iter().skip(first).take_while(|line| line.zone == Zone::Quote).collect();
    let above = lines.get(first.checked_sub(1)?)?;
    let text = above.text.trim();
    let announced = text.ends_with(':') && text.len() <= 100 && !ANNOUNCES_QUOTES.matches(text);
    let alone = lines.iter().skip(first.saturating_add(points.len())).all(|line| line.zone != Zone::Quote);
    let short = points.len() <= 8 && points.iter().all(|line| !is_blank(line) && !line.text.contains(['?', '>', '@']));
    (announced && alone && short && points.len() >= 2).then_some((first, points.len()))
}

/// Ends of quoted lines that a program broke off without marking them: more than one, each between two quoted lines,
/// the line above as long as such a program lets it be and in the middle of its sentence.
fn quote_remnants(lines: &mut [Line]) {
    let is_remnant = |window: &[Line]| match window {
        [above, line, below] => {
            let words = line.text.split_whitespace().count();
            above.zone == Zone::Quote
                && below.zone == Zone::Quote
                && line.zone == Zone::Text
                && (1..=3).contains(&words)
                && !line.text.trim_start().starts_with(char::is_uppercase)
                && BROKEN_LINE.contains(&above.text.trim_end().chars().count())
                && !above.text.trim_end().ends_with(['.', '!', '?', ':', ';', ','])
        }
        _ => false,
    };
    let found: Vec<usize> =
        lines.windows(3).enumerate().filter(|(_, window)| is_remnant(window)).map(|(place, _)| place).collect();
    if found.len() >= 2 {
        for place in found {
            quote(lines, place.saturating_add(1), place.saturating_add(2));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines::of_plain;
    use super::*;

    fn own(text: &str) -> String {
        divide(of_plain(text, false, false))
            .segments
            .iter()
            .map(|s| s.join("\n").trim().to_owned())
            .collect::<Vec<_>>()
            .join(" | ")
    }

    #[test]
    fn patterns_compile() {
        assert!([&RULE, &ANNOUNCES_QUOTES].iter().all(|pattern| pattern.compiles()));
    }

    #[test]
    fn attributions_of_five_languages() {
        for attribution in [
            "Il giorno mar 3 nov 2026 alle ore 10:12 Studio Ferri <\nmarta@ferri.example> ha scritto:",
            "Il 26 marzo 2016 alle 13.16 Sam <a@b.test> ha scritto:",
            "In data 11 ottobre 2017 21:11:31 \"X\" ha scritto:",
            "On Fri, Oct 2, 2026 at 2:54 AM Northlight <a@b.test>\nwrote:",
            "Am Fr., 16. Okt. 2026 um 10:44 Uhr schrieb Northlight Studio <\na@b.test>:",
            "Am 28.10.26 um 09:08 schrieb Northlight Studio:",
            "Le 9 octobre 2026 à 09:48, Northlight <a@b.test> a écrit :",
            "El vie, 2 oct 2026 a las 9:40, Northlight (<a@b.test>) escribió:",
            "El vie, 2 oct 2026 a la(s) 9:40, Northlight S.L.\n(<a@b.test>) escribió:",
            "Le ven. 2 oct. 2026, à 9 h 40, Northlight S.A.\n<a@b.test> a écrit :",
            "Studio Ferri <a@b.test> schrieb am Mi., 4. Nov. 2026, 09:10:",
            "Marta Ferri ha scritto il 03/11/2026 10:12:",
        ] {
            assert_eq!(
                own(&format!("uno\n\n{attribution}\n> due\n> tre\n\nquattro")),
                "uno | quattro",
                "{attribution}"
            );
            assert_eq!(own(&format!("uno\n\n{attribution}\n\ndue\ntre")), "uno", "{attribution}");
        }
    }

    #[test]
    fn headings_of_outlook_in_five_languages() {
        for heading in [
            "Da: A <a@b.test>\nInviato: lunedì\nA: B\nOggetto: x",
            "Da: A\nA: b@c.test\nCc:\nData: Mon, 5 Oct 2026\nOggetto: x",
            "From: A\nSent: x\nTo: B\nSubject: x",
            "Da: \"A\" <a@b.test> A: <c@d.test> Data: 3/11/2026 09:12 Oggetto: fattura 12",
            "Da: A\nPer: b@c.test\nData: 03/11/2026\nOggetto: x",
            "*From:* A\n*Date:* x\n*To:* B\n*Subject:* x",
            "Gesendet: x\nVon: A\nAn: b\nBetreff: x",
            "De : A\nEnvoyé : x\nÀ : B\nObjet : x",
            "De: A\nEnviado el: x\nPara: B\nAsunto: x",
        ] {
            assert_eq!(
                own(&format!("mio\n________________________________\n{heading}\n\nvecchio")),
                "mio",
                "{heading}"
            );
        }
    }

    #[test]
    fn sentences_that_look_similar_stay() {
        for text in [
            "Il direttore ha scritto:\nnon paghiamo",
            "A: vedi sopra\nDa: domani",
            "Data: 5 ottobre\nImporto: 30\nA: Ferri",
            "Il 5 novembre 2026 ho pagato.",
        ] {
            assert_eq!(own(text), text);
        }
    }

    #[test]
    fn words_after_marked_history_stay() {
        for text in [
            "Inizio messaggio inoltrato:\n\n> Da: B\n> Oggetto: x\n>\n> vecchio\n\nmio",
            "From: B\nSent: x\nTo: C\nSubject: x\n\n> old\n\nmio",
            "----- Original Message -----\nFrom: B\nTo: C\nSubject: x\n\nold\n--- End of original message ---\n\nmio",
        ] {
            assert_eq!(own(text), "mio", "{text}");
        }
    }

    #[test]
    fn history_of_groupwise() {
        assert_eq!(own("mio\n\n>>> M Ferri <m@f.test> 03.11.2026 10:12 >>>\nvecchio\n\nM"), "mio");
        assert_eq!(own(">>> \"M Ferri\" <m@f.test> 3/11/2026 10.12 >>>\n> vecchio\nmio"), "mio");
    }

    #[test]
    fn lists_with_arrows_and_broken_lines() {
        assert_eq!(own("Riepilogo:\n> 118 pagata\n> 131 il 20\nCiao"), "Riepilogo:\n118 pagata\n131 il 20\nCiao");
        assert_eq!(own("Rispondo sotto:\n> 118 pagata\nsì"), "Rispondo sotto: | sì");
        let long = "> la fattura duemilaventisei barra centodiciotto di euro milleduecento è";
        assert_eq!(own(&format!("{long}\naperta\n{long}\nscaduta\n> x\nok")), "ok");
        assert_eq!(own(&format!("{long}\nvenerdì\n> x\nok")), "venerdì | ok");
    }
}
