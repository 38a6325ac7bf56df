//! Headers of the old mail copied as text: Outlook's block, "-----Messaggio originale-----", forwarded mails.

use super::lines::{Line, Zone};
use super::pattern::Pattern;

/// A block of headers is looked for in so many lines.
const MOST_LINES: usize = 14;

/// A rule with words that says "the original message follows".
static ORIGINAL: Pattern = Pattern::new(
    r"(?ix)^[\s>]*(?:[-_=*]{2,}\s*(?:messaggio\ (?:originale|inoltrato)|inizio\ messaggio\ inoltrato|original\ message|forwarded\ message|reply\ message|original\ appointment|initial\ header|forwarded\ by\ .{1,80}
        |(?:ursprüngliche|original|weitergeleitete|originale)\s?-?nachricht|message\ d.origine|(?:message|mail|e-?mail|courriel)\ (?:original|transféré|d.origine)|mensaje\ (?:original|reenviado)|oorspronkelijk\ bericht|mensagem\ original|\S.{1,80}\ (?:wrote|ha\ scritto|schrieb|a\ écrit|escribió)\ ?:?)\s*[-_=*]{2,}
        |(?:inizio\ (?:del\ )?messaggio\ inoltrato|begin\ forwarded\ message|anfang\ der\ weitergeleiteten\ (?:nachricht|e-?mail)|début\ du\ message\ (?:réexpédié|transféré)|inicio\ del\ mensaje\ reenviado)\s*:)\s*$",
);
/// Where a forwarded mail ends.
static END_OF_FORWARD: Pattern = Pattern::new(
    r"(?ix)^[\s>]*[-_=*]{2,}\s*(?:fine\ (?:del\ )?messaggio(?:\ (?:inoltrato|originale))?|end\ (?:of\ )?(?:the\ )?(?:forwarded|original)\ message|ende\ (?:der\ )?(?:weitergeleiteten|ursprünglichen)\ (?:nachricht|e-?mail)|fin\ du\ message\ (?:transféré|réexpédié|d.origine)|fin\ del\ mensaje\ (?:reenviado|original))\s*[-_=*]{2,}\s*$",
);
/// A line of a copied header block. Groups: author, day, recipient, copy, subject.
static HEADING: Pattern = Pattern::new(
    r"(?ix)^[\s>*_]*(?:
        (?P<author>da|from|von|de|van|mittente|expéditeur|absender|remitente|fra|från)
        |(?P<day>inviato(?:\ il)?|data(?:\ invio)?|data/ora|sent|date|gesendet(?:\ am)?|datum|envoyé(?:\ le)?|enviado(?:\ el)?|fecha|verzonden|skickat|sendt|message\ du|messaggio\ del|vom)
        |(?P<to>a|to|an|à|para|aan|pour|per|destinatario|destinataire|empfänger|till|til)
        |(?P<copy>cc|ccn|bcc|kopie|copie|copia|copie\ à|copia\ a|cópia)
        |(?P<subject>oggetto|ogg|subject|betreff|objet|asunto|onderwerp|ämne|emne|assunto|sujet|titel|oggetto\ del\ messaggio)
    )[*_]{0,2}\s{0,14}:[*_]{0,2}(?:\s|$)",
);
/// The fields of a program that writes no colons, below its "Messaggio originale".
static BARE_HEADING: Pattern = Pattern::new(
    r"(?i)^[\s>]*(?:da|from|von|de|a|to|an|à|para|cc|data|date|datum|fecha|oggetto|subject|betreff|objet|asunto|sujet)\s+\S",
);
/// The whole block on one line.
static HEADING_LINE: Pattern = Pattern::new(
    r"(?i)^[\s>*_]*(?:da|from|von|de|mittente)\s?:.{3,200}\b(?:inviato|data|sent|date|gesendet|datum|envoyé|enviado|fecha)(?: el| le| am)?\s?:.{3,300}\b(?:oggetto|subject|betreff|objet|asunto|sujet)\s?:",
);
/// An address or a time of day: what a timetable of a person ("Da: Milano, A: Brescia, Data: 3/11") does not have.
static MAIL_LIKE: Pattern = Pattern::new(r"@|\b\d{1,2}\s?[:.h]\s?\d{2}\b");
/// A rule with a few words in it.
static WORDED_RULE: Pattern = Pattern::new(r"^\s*[-_=*~#—–]{3,}(?:[^-_=*~#—–].{0,60}[-_=*~#—–]{3,})?\s*$");

/// How many lines the copied headers take that begin here.
pub(super) fn at(lines: &[Line], at: usize) -> Option<usize> {
    let line = lines.get(at)?;
    if begins_forward(&line.text) {
        let below = at.saturating_add(1);
        let skipped = lines.iter().skip(below).take_while(|line| is_blank(line)).count();
        let block = fields(lines, below.saturating_add(skipped));
        let bare = lines
            .iter()
            .skip(below.saturating_add(skipped))
            .take(6)
            .take_while(|line| line.zone == Zone::Text && BARE_HEADING.matches(&line.text))
            .count();
        let block = block.unwrap_or(if bare >= 3 { bare } else { 0 });
        return Some(if block > 0 { block.saturating_add(skipped).saturating_add(1) } else { 1 });
    }
    if line.text.bytes().filter(|byte| *byte == b':').count() >= 3 && HEADING_LINE.matches(&line.text) {
        return Some(1);
    }
    fields(lines, at)
}

/// Does the line say that a forwarded mail follows?
pub(super) fn begins_forward(line: &str) -> bool {
    (begins_with_rule(line) || line.trim_end().ends_with(':')) && ORIGINAL.matches(line)
}

/// Does a forwarded mail end at this line?
pub(super) fn ends_forward(line: &str) -> bool {
    begins_with_rule(line) && END_OF_FORWARD.matches(line)
}

/// Quote marks apart, does it begin as rules do? Nearly no line does, and a glance is enough to tell.
fn begins_with_rule(line: &str) -> bool {
    line.trim_start_matches(|c: char| c.is_whitespace() || c == '>').starts_with(['-', '_', '=', '*'])
}

/// Does the line only say that something follows?
pub(super) fn is_worded_rule(line: &str) -> bool {
    WORDED_RULE.matches(line)
}

fn is_blank(line: &Line) -> bool {
    line.zone == Zone::Text && line.text.trim().is_empty()
}

/// A block of header fields: an author and at least two of day, recipient and subject.
fn fields(lines: &[Line], at: usize) -> Option<usize> {
    let first = lines.get(at)?;
    let mut found = vec![key(&first.text)?];
    let mut length = 1_usize;
    let mut strange = 0;
    let mut mail_like = MAIL_LIKE.matches(&first.text);
    for (number, line) in lines.iter().enumerate().skip(at.saturating_add(1)).take(MOST_LINES) {
        let author = found.contains(&"author");
        if line.zone != Zone::Text {
            break;
        }
        if line.text.trim().is_empty() {
            // A double-spaced block (every line its own paragraph) goes on; a blank after the subject ends it.
            if found.contains(&"subject") {
                break;
            }
            continue;
        }
        match key(&line.text) {
            // Another block begins: what stood above it were words ("Da: domani paghiamo").
            Some("author") if author && found.len() < 3 => return None,
            Some("author") if author => break,
            Some("author") if strange > 0 => return None,
            Some(key) => {
                found.push(key);
                length = number.saturating_sub(at).saturating_add(1);
                mail_like |= MAIL_LIKE.matches(&line.text);
            }
            None => {
                strange += 1;
                if strange > 3 {
                    break;
                }
            }
        }
    }
    let others = ["day", "to", "subject"].iter().filter(|key| found.contains(key)).count();
    let begins_well = match found.first() {
        Some(&("author" | "day")) => true,
        Some(&"subject") => others == 3,
        _ => false,
    };
    let is_mail = found.contains(&"subject") || mail_like;
    (found.contains(&"author") && others >= 2 && begins_well && is_mail).then_some(length)
}

/// Does the line name the author of the old mail?
pub(super) fn names_author(line: &str) -> bool {
    key(line) == Some("author")
}

fn key(line: &str) -> Option<&'static str> {
    if !line.contains(':') {
        return None;
    }
    HEADING.which(line, &["author", "day", "to", "copy", "subject"])
}

#[cfg(test)]
mod tests {
    use super::super::lines::of_plain;
    use super::*;

    #[test]
    fn patterns_compile() {
        assert!(
            [&ORIGINAL, &END_OF_FORWARD, &HEADING, &BARE_HEADING, &HEADING_LINE, &MAIL_LIKE, &WORDED_RULE]
                .iter()
                .all(|pattern| pattern.compiles())
        );
    }

    #[test]
    fn a_block_has_a_length() {
        let length = |text: &str| at(&of_plain(text, false, false), 0);
        assert_eq!(length("Da: A\nInviato: lunedì\nA: B\nOggetto: x\n\ntesto"), Some(4));
        assert_eq!(length("-----Original Message-----\nFrom: A\nSent: x\nTo: B\nSubject: x\n\ntesto"), Some(5));
        assert_eq!(
            length("------ Messaggio originale ------\nDa \"M\" <m@f.test>\nA x@y.test\nData 03/11\nOggetto x\n\nz"),
            Some(5)
        );
        assert_eq!(length("Betreff: x\nDatum: y 10:12\nVon: A\nAn: B\n\ntext"), Some(4));
        assert_eq!(
            length("Betreff: Ihre Mahnung, wir zahlen nicht.\nGruß\nVon: A\nGesendet: y\nAn: B\nBetreff: x"),
            None
        );
        assert_eq!(length("Da: domani paghiamo\n\nDa: A\nInviato: x\nA: B\nOggetto: y"), None);
        assert_eq!(length("Da: Milano\nA: Brescia\nData: 3/11\nbancali 12"), None);
    }
}
