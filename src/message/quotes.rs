//! The quoted history, told from the writer's own words.
//!
//! Words between quoted lines are kept: they are answers written inline. Only where a program copies the old mail below
//! without marking its lines (Outlook, Open-Xchange, Yahoo, telephones) everything after its heading is history.

use super::lines::{Line, Zone};
use super::pattern::Pattern;

/// The longest attribution is this many lines of wrapped text.
const ATTRIBUTION_LINES: usize = 4;
/// A block of headers copied as text is looked for in so many lines.
const HEADING_LINES: usize = 14;

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

/// How an attribution begins.
static ATTRIBUTION_START: Pattern = Pattern::new(
    r"(?ix)^[\s*_–-]*(?:
        (?:il|in\ data|lun|mar|mer|gio|ven|sab|dom|on|am|le|el|em|op|den|dne|dnia|w\ dniu|a)\b
        | \d{1,4}[./-]\d{1,2}[./-]\d{1,4} | \S.{0,80}[<@(] | \S+(?:\ \S+){0,4}\ (?:ha\ scritto|wrote|schrieb|a\ écrit|escribió)\b)",
);
/// How it ends.
static ATTRIBUTION_END: Pattern = Pattern::new(
    r"(?ix)(?:
        (?:ha\ scritto|ha\ inviato|scrive|scriveva|wrote|writes|schrieb|hat\ geschrieben|a\ écrit|a\ ecrit|escribió|escribio|ha\ escrito|escreveu|schreef(?:\ het\ volgende)?|skrev|napisał\(a\)|napisał)\s*:\s*$
        | \b(?:schrieb|schreibt)\b.{0,200}:\s*$
        | \b(?:ha\ scritto|wrote|schrieb|a\ écrit|escribió)\b.{0,120}\b\d{1,2}[:.h]\d{2}\b.{0,30}:\s*$)",
);
/// A moment or an address must stand in it: people also write "il direttore ha scritto:".
static MOMENT_OR_ADDRESS: Pattern = Pattern::new(
    r"(?i)@|\b\d{1,2}\s?[:.h]\s?\d{2}\b|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b\d{1,2}\.? \p{L}{3,10}\.? \d{4}\b",
);
/// A rule with words that says "the original message follows".
static ORIGINAL: Pattern = Pattern::new(
    r"(?ix)^[\s>]*(?:[-_=*]{2,}\s*(?:messaggio\ (?:originale|inoltrato)|inizio\ messaggio\ inoltrato|original\ message|forwarded\ message|reply\ message|original\ appointment
        |(?:ursprüngliche|original|weitergeleitete)\s?-?nachricht|message\ d.origine|message\ (?:original|transféré)|mensaje\ (?:original|reenviado)|oorspronkelijk\ bericht)\s*[-_=*]{2,}
        |(?:inizio\ messaggio\ inoltrato|begin\ forwarded\ message|anfang\ der\ weitergeleiteten\ nachricht|début\ du\ message\ (?:réexpédié|transféré)|inicio\ del\ mensaje\ reenviado)\s*:)\s*$",
);
/// A line of a copied header block. Groups: author, day, recipient, copy, subject.
static HEADING: Pattern = Pattern::new(
    r"(?ix)^[\s>*_]*(?:
        (?P<author>da|from|von|de|van|mittente|expéditeur|absender|fra|från)
        |(?P<day>inviato(?:\ il)?|data(?:\ invio)?|sent|date|gesendet(?:\ am)?|datum|envoyé(?:\ le)?|enviado(?:\ el)?|fecha|verzonden|skickat)
        |(?P<to>a|to|an|à|para|aan|pour|per|destinatario|destinataire|empfänger|till|til)
        |(?P<copy>cc|ccn|bcc|kopie|copie|copia|copia\ a)
        |(?P<subject>oggetto|subject|betreff|objet|asunto|onderwerp|ämne|emne)
    )[*_]{0,2}\s?:[*_]{0,2}(?:\s|$)",
);
/// The whole block on one line.
static HEADING_LINE: Pattern = Pattern::new(
    r"(?i)^[\s>*_]*(?:da|from|von|de|mittente)\s?:.{3,200}\b(?:inviato|data|sent|date|gesendet|datum|envoyé|enviado|fecha)(?: el| le| am)?\s?:.{3,300}\b(?:oggetto|subject|betreff|objet|asunto)\s?:",
);
static RULE: Pattern = Pattern::new(r"^\s*[-_=*~#—–]{5,}\s*$");

/// Divides the lines of a mail.
pub(super) fn divide(mut lines: Vec<Line>) -> Divided {
    mark(&mut lines);
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

fn mark(lines: &mut [Line]) {
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if line.zone != Zone::Text || line.text.trim().is_empty() {
            at += 1;
            continue;
        }
        if ORIGINAL.matches(&line.text)
            || HEADING_LINE.matches(&line.text)
            || is_heading(lines, at)
            || super::tickets::begins_history(lines, at)
        {
            quote_from(lines, at);
            return;
        }
        let Some(length) = attribution(lines, at) else {
            at += 1;
            continue;
        };
        let end = at.saturating_add(length);
        let next = lines.iter().skip(end).find(|line| !line.text.trim().is_empty()).map(|line| line.zone);
        if next == Some(Zone::Text) && !quoted_soon(lines, end) {
            quote_from(lines, at);
            return;
        }
        for line in lines.iter_mut().take(end).skip(at) {
            line.zone = Zone::Quote;
        }
        at = end;
    }
}

/// Some programs leave the first line after the attribution unmarked; marked ones then follow at once.
fn quoted_soon(lines: &[Line], from: usize) -> bool {
    lines.iter().skip(from).filter(|line| !line.text.trim().is_empty()).take(2).any(|line| line.zone == Zone::Quote)
}

fn quote_from(lines: &mut [Line], from: usize) {
    for line in lines.iter_mut().skip(from) {
        if line.zone == Zone::Text {
            line.zone = Zone::Quote;
        }
    }
}

/// How many lines an attribution takes that begins here.
fn attribution(lines: &[Line], at: usize) -> Option<usize> {
    let first = lines.get(at)?.text.trim();
    if first.len() > 400 || !ATTRIBUTION_START.matches(first) {
        return None;
    }
    let mut joined = String::new();
    for length in 1..=ATTRIBUTION_LINES {
        let line = lines.get(at.saturating_add(length).saturating_sub(1))?;
        if line.zone != Zone::Text || line.text.trim().is_empty() {
            return None;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(line.text.trim());
        if joined.len() > 400 {
            return None;
        }
        if ATTRIBUTION_END.matches(&joined) {
            return MOMENT_OR_ADDRESS.matches(&joined).then_some(length);
        }
        // A sentence that ended is not an attribution that goes on; a moment with a firm's "S.r.l." may be.
        if joined.ends_with(['.', '!', '?']) && !joined.ends_with("a.") && !MOMENT_OR_ADDRESS.matches(&joined) {
            return None;
        }
    }
    None
}

/// Does a block of copied headers begin here? It names an author and at least two of day, recipient and subject.
fn is_heading(lines: &[Line], at: usize) -> bool {
    let Some(first) = lines.get(at) else { return false };
    let Some(key) = heading_key(&first.text) else { return false };
    if !matches!(key, "author" | "day") {
        return false;
    }
    let mut found = vec![key];
    let mut strange = 0;
    for line in lines.iter().skip(at.saturating_add(1)).take(HEADING_LINES) {
        if line.text.trim().is_empty() {
            // A double-spaced block (every line its own paragraph) goes on; a blank after the subject ends it.
            if found.contains(&"subject") {
                break;
            }
            continue;
        }
        match heading_key(&line.text) {
            Some(key) => found.push(key),
            None => {
                strange += 1;
                if strange > 3 {
                    break;
                }
            }
        }
    }
    let others = ["day", "to", "subject"].iter().filter(|key| found.contains(key)).count();
    found.contains(&"author") && others >= 2
}

fn heading_key(line: &str) -> Option<&'static str> {
    ["author", "day", "to", "copy", "subject"].into_iter().find(|key| HEADING.named(line, key))
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
        assert!(
            [&ATTRIBUTION_START, &ATTRIBUTION_END, &MOMENT_OR_ADDRESS, &ORIGINAL, &HEADING, &HEADING_LINE, &RULE]
                .iter()
                .all(|pattern| pattern.compiles())
        );
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
}
