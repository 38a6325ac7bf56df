//! The furniture of ticket systems around a person's answer.

use super::lines::Line;
use super::pattern::Pattern;

/// "Type your reply above this line" and its kin.
static REPLY_ABOVE: Pattern = Pattern::new(
    r"(?ix)^\s*\#{2,}\s?-.*-\s?\#{2,}\s*$ | (?:\#{2,}|[-=_]{2,}|^)\s*-?\s*(?:please\s+)?(?:type\s+your\s+reply\s+above|reply\s+above\s+this\s+line|(?:scriv|digit|inser)\w+\s+(?:la\s+(?:sua|tua|vostra)\s+)?risposta\s+sopra|rispond\w+\s+sopra\s+quest|bitte\s+(?:geben\s+sie\s+)?(?:ihre\s+)?antwort\s+(?:ober|über)|répondre\s+au-dessus|responda\s+por\s+encima|escriba\s+su\s+respuesta\s+por\s+encima)",
);
/// Without one of these no such line stands in a text.
static MAY_ASK_FOR_REPLY: Pattern = Pattern::new(r"(?i)##|reply|sopra|antwort|dessus|encima");
/// The system's own line about the ticket.
static UPDATED: Pattern = Pattern::new(
    r"(?i)^\s*(?:(?:your|la (?:sua|tua|vostra)) (?:request|ticket|case|richiesta)|il (?:suo|tuo|vostro) ticket|ihre (?:anfrage|ticket)|votre demande|su solicitud)\b.{0,60}(?:has been updated|was updated|è stat[oa] aggiornat[oa]|wurde aktualisiert|a été mise à jour|ha sido actualizada)\.?.{0,200}$",
);
static SERVICE: Pattern = Pattern::new(
    r"(?i)^\s*(?:this email is a service from|questa e-?mail è un servizio di|diese e-?mail ist ein service von|cet e-?mail est un service de|ce(?:t|tte)? (?:courriel|message) est un service de|este (?:correo electrónico|correo|mensaje) es un servicio de|delivered by (?:helpdesk|zendesk|freshdesk)|powered by (?:zendesk|freshdesk|zammad|osticket)|(?:view (?:the )?(?:request|ticket|issue)|visualizza (?:la )?(?:richiesta|segnalazione|ticket)|(?:anfrage|ticket|vorgang) (?:anzeigen|ansehen)|(?:voir|afficher) (?:la demande|le ticket)|ver (?:la )?(?:solicitud|ticket))\s*(?:$|[:<\[]|https?:))",
);
/// "11 Nov 2026, 10:02 GMT" alone on a line.
static STAMP: Pattern = Pattern::new(
    r"(?i)^\s*(?:\p{L}{2,9}\.?,? )?(?:\d{1,2}\.? \p{L}{3,10}\.? \d{4}|\p{L}{3,10} \d{1,2}, \d{4}|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}-\d{2}-\d{2}),? (?:at |alle |um |à |ore )?\d{1,2}[:.]\d{2}(?: ?[ap]m)?(?: [a-z]{2,5}(?:[+-]\d+)?)?\s*$",
);
/// A line that only says who wrote what follows.
static SPEAKER: Pattern = Pattern::new(
    r"(?i)^\s*\S.{1,60} (?:commented|replied|added a comment|ha commentato|ha risposto|ha aggiunto un commento|hat (?:kommentiert|geantwortet)|a (?:commenté|répondu)|comentó|respondió)\s*:?\s*$",
);
static RULE: Pattern = Pattern::new(r"^\s*[-_=]{10,}\s*$");
/// An older entry: a name, then its moment.
static ENTRY: Pattern = Pattern::new(
    r"(?i)^\s*[^,:]{2,80}, (?:\d{1,2}\.? \p{L}{3,10}\.? \d{4}|\p{L}{3,10} \d{1,2}, \d{4}|\d{1,2}[./]\d{1,2}[./]\d{4}),? (?:at |alle |um |à |ore )?\d{1,2}[:.]\d{2}",
);

/// The same with nothing behind it.
static ENTRY_ALONE: Pattern = Pattern::new(
    r"(?i)^\s*[^,:]{2,80}, (?:\d{1,2}\.? \p{L}{3,10}\.? \d{4}|\p{L}{3,10} \d{1,2}, \d{4}|\d{1,2}[./]\d{1,2}[./]\d{4}),? (?:at |alle |um |à |ore )?\d{1,2}[:.]\d{2}(?: ?[ap]m)?(?: [a-z]{2,5}(?:[+-]\d+)?)?\s*$",
);

/// Does the history of a ticket begin here: a rule, then somebody's name with a moment? The first entry below the
/// system's own words is what is new.
pub(super) fn begins_history(lines: &[Line], at: usize) -> bool {
    let ruled = |line: &Line| line.text.trim_start().starts_with(['-', '_', '=']) && RULE.matches(&line.text);
    if !lines.get(at).is_some_and(ruled) || !is_entry(lines, at.saturating_add(1)) {
        return false;
    }
    let above = lines.get(..at).unwrap_or_default();
    let Some(from) = above.iter().rposition(|line| REPLY_ABOVE.matches(&line.text)) else { return true };
    above.iter().skip(from).any(|line| ENTRY.matches(&line.text) || STAMP.matches(&line.text))
}

/// A name with a moment behind it or below it.
fn is_entry(lines: &[Line], from: usize) -> bool {
    let mut written = lines.iter().skip(from).map(|line| line.text.trim()).filter(|text| !text.is_empty());
    let Some(first) = written.next() else { return false };
    ENTRY.matches(first)
        || (first.split_whitespace().count() <= 8 && written.next().is_some_and(|below| STAMP.matches(below)))
}

/// Takes the furniture out; gives back what was taken.
pub(super) fn take_furniture(segment: &mut Vec<String>) -> Vec<String> {
    let mut taken = Vec::new();
    let asks = |line: &str| MAY_ASK_FOR_REPLY.matches(line) && REPLY_ABOVE.matches(line);
    if !segment.iter().any(|line| asks(line) || SERVICE.matches(line)) {
        return taken;
    }
    let mut kept: Vec<String> = Vec::new();
    for line in segment.drain(..) {
        if STAMP.matches(&line) {
            // The line above a stamp names the person.
            while kept.last().is_some_and(|above| above.trim().is_empty()) {
                kept.pop();
            }
            if kept.last().is_some_and(|name| name.split_whitespace().count() <= 8 && !name.ends_with(['.', '!', '?']))
            {
                taken.extend(kept.pop());
            }
            taken.push(line);
        } else if is_furniture(&line) {
            taken.push(line);
        } else {
            kept.push(line);
        }
    }
    *segment = kept;
    taken
}

fn is_furniture(line: &str) -> bool {
    [&REPLY_ABOVE, &UPDATED, &SERVICE, &RULE, &SPEAKER, &ENTRY_ALONE].iter().any(|pattern| pattern.matches(line))
}

/// Does a person's entry stand in a ticket's mail (a name with a moment below it)?
pub(super) fn has_entry_of_a_person(text: &str) -> bool {
    if !MAY_ASK_FOR_REPLY.matches(text) {
        return false;
    }
    let lines: Vec<&str> = text.lines().collect();
    lines.iter().any(|line| REPLY_ABOVE.matches(line))
        && lines.windows(2).any(|pair| match pair {
            [name, stamp] => STAMP.matches(stamp) && !name.trim().is_empty() && name.chars().any(char::is_alphabetic),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        assert!(
            [&REPLY_ABOVE, &MAY_ASK_FOR_REPLY, &UPDATED, &SERVICE, &STAMP, &RULE, &ENTRY, &ENTRY_ALONE, &SPEAKER]
                .iter()
                .all(|pattern| pattern.compiles())
        );
    }

    #[test]
    fn a_persons_answer_is_freed_from_its_furniture() {
        let text = "##- Please type your reply above this line -##\n\nYour request (48213) has been updated.\n\nAoife F. (Corrib)\n11 Nov 2026, 10:02 GMT\n\nPaid on 10/11.";
        assert!(has_entry_of_a_person(text));
        let mut segment: Vec<String> = text.lines().map(str::to_owned).collect();
        take_furniture(&mut segment);
        assert_eq!(segment.join("\n").trim(), "Paid on 10/11.");
    }

    #[test]
    fn the_first_entry_is_new_and_those_below_it_are_history() {
        let text = "##- Escriba su respuesta por encima de esta línea -##\n----------------\nA B, 3 nov 2026, 11:40 CET\nnew\n----------------\nC D\n\n3 nov 2026, 10:12 CET\nold";
        let lines = super::super::lines::of_plain(text, false, false);
        assert!(!begins_history(&lines, 1) && begins_history(&lines, 4));
        assert!(begins_history(&lines[1..], 0));
    }

    #[test]
    fn other_mails_stay_whole() {
        let mut segment = vec!["Mario".to_owned(), "11 Nov 2026, 10:02".to_owned()];
        assert!(take_furniture(&mut segment).is_empty());
        assert_eq!(segment.len(), 2);
    }
}
