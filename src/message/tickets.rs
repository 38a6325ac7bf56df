//! The furniture of ticket systems around a person's answer.

use super::lines::Line;
use super::pattern::Pattern;

/// "Type your reply above this line" and its kin.
static REPLY_ABOVE: Pattern = Pattern::new(
    r"(?ix)^\s*\#{2,}\s?-.*-\s?\#{2,}\s*$ | (?:\#{2,}|[-=_]{2,}|^)\s*-?\s*(?:please\s+)?(?:type\s+your\s+reply\s+above|reply\s+above\s+this\s+line|(?:scriv|digit|inser)\w+\s+(?:la\s+(?:sua|tua|vostra)\s+)?risposta\s+sopra|rispond\w+\s+sopra\s+quest|bitte\s+(?:geben\s+sie\s+)?(?:ihre\s+)?antwort\s+(?:ober|über)|répondre\s+au-dessus|responda\s+por\s+encima|escriba\s+su\s+respuesta\s+por\s+encima)",
);
/// The system's own line about the ticket.
static UPDATED: Pattern = Pattern::new(
    r"(?i)^\s*(?:(?:your|la (?:sua|tua|vostra)) (?:request|ticket|case|richiesta)|il (?:suo|tuo|vostro) ticket|ihre (?:anfrage|ticket)|votre demande|su solicitud)\b.{0,60}(?:has been updated|was updated|è stat[oa] aggiornat[oa]|wurde aktualisiert|a été mise à jour|ha sido actualizada)\.?.{0,200}$",
);
static SERVICE: Pattern = Pattern::new(
    r"(?i)^\s*(?:this email is a service from|questa e-?mail è un servizio di|diese e-?mail ist ein service von|delivered by (?:helpdesk|zendesk|freshdesk)|powered by (?:zendesk|freshdesk|zammad|osticket)|(?:view (?:the )?(?:request|ticket|issue)|visualizza (?:la )?(?:richiesta|segnalazione|ticket)|(?:anfrage|ticket|vorgang) (?:anzeigen|ansehen)|(?:voir|afficher) (?:la demande|le ticket)|ver (?:la )?(?:solicitud|ticket))\s*(?:$|[:<\[]|https?:))",
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

/// Does the history of a ticket begin here: a rule, then somebody's name with a moment?
pub(super) fn begins_history(lines: &[Line], at: usize) -> bool {
    let Some(line) = lines.get(at) else { return false };
    RULE.matches(&line.text)
        && lines
            .iter()
            .skip(at.saturating_add(1))
            .find(|line| !line.text.trim().is_empty())
            .is_some_and(|line| ENTRY.matches(&line.text))
}

/// Takes the furniture out; gives back what was taken.
pub(super) fn take_furniture(segment: &mut Vec<String>) -> Vec<String> {
    let mut taken = Vec::new();
    if !segment.iter().any(|line| REPLY_ABOVE.matches(line) || SERVICE.matches(line)) {
        return taken;
    }
    let mut kept: Vec<String> = Vec::new();
    for line in segment.drain(..) {
        if STAMP.matches(&line) {
            // The line above a stamp names the person.
            if kept.last().is_some_and(|name| !name.trim().is_empty() && name.split_whitespace().count() <= 8) {
                taken.extend(kept.pop());
            }
            taken.push(line);
        } else if REPLY_ABOVE.matches(&line)
            || UPDATED.matches(&line)
            || SERVICE.matches(&line)
            || RULE.matches(&line)
            || SPEAKER.matches(&line)
        {
            taken.push(line);
        } else {
            kept.push(line);
        }
    }
    *segment = kept;
    taken
}

/// Does a person's entry stand in a ticket's mail (a name with a moment below it)?
pub(super) fn has_entry_of_a_person(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    text.lines().any(|line| REPLY_ABOVE.matches(line))
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
            [&REPLY_ABOVE, &UPDATED, &SERVICE, &STAMP, &RULE, &ENTRY, &SPEAKER]
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
    fn other_mails_stay_whole() {
        let mut segment = vec!["Mario".to_owned(), "11 Nov 2026, 10:02".to_owned()];
        assert!(take_furniture(&mut segment).is_empty());
        assert_eq!(segment.len(), 2);
    }
}
