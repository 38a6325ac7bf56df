//! Where a letter ends: sign-off, name, signature, disclaimers. The writer's own sentences are never cut.

use super::banners;
use super::phrases;
use super::writer::{WriterNames, words_of};

/// A letter with more paragraphs is not searched for loose disclaimers.
const MOST_PARAGRAPHS: usize = 200;

/// A stretch of text, cut.
#[derive(Debug, Default)]
pub(super) struct Cut {
    /// The words.
    pub(super) new: Vec<String>,
    /// Sign-off and the name line.
    pub(super) closing: Vec<String>,
    /// What stands below, and disclaimers.
    pub(super) signature: Vec<String>,
}

/// Cuts a stretch of the writer's lines. `alone`: it is the only one, so that its thanks are words too.
pub(super) fn cut(lines: Vec<String>, writer: &WriterNames, alone: bool) -> Cut {
    let mut cut = Cut { new: lines, ..Cut::default() };
    let whole = if alone { cut.new.clone() } else { Vec::new() };
    take_disclaimers(&mut cut);
    if alone && !cut.new.iter().any(|line| has_words(line)) {
        // Nothing else was written: then this is what was meant.
        cut = Cut { new: whole, ..Cut::default() };
    }
    take_device_marks(&mut cut);
    trim_end(&mut cut.new);
    let begin = cut.new.iter().position(|line| !line.trim().is_empty()).unwrap_or(cut.new.len());
    cut.new.drain(..begin);
    take_delimited(&mut cut, alone);
    if let Some(at) = find_sign_off(&cut.new, writer) {
        take_closing(&mut cut, at, writer, alone);
    } else {
        take_block_without_sign_off(&mut cut, writer);
    }
    trim_end(&mut cut.new);
    take_trailing_sign_off(&mut cut);
    cut
}

fn trim_end(lines: &mut Vec<String>) {
    while lines.last().is_some_and(|line| !has_words(line)) {
        lines.pop();
    }
}

/// Something that can be read: a letter, a digit or a small picture.
fn has_words(line: &str) -> bool {
    line.chars().any(|c| c.is_alphanumeric() || is_pictograph(c))
}

fn is_pictograph(c: char) -> bool {
    ('\u{2600}'..='\u{27bf}').contains(&c) || ('\u{1f300}'..='\u{1faff}').contains(&c)
}

fn take_disclaimers(cut: &mut Cut) {
    let mut kept: Vec<String> = Vec::new();
    cut.signature.extend(banners::take(&mut cut.new));
    for (number, paragraph) in paragraphs(&cut.new).into_iter().enumerate() {
        if number > 0 && number <= MOST_PARAGRAPHS && phrases::is_disclaimer_below(&paragraph) {
            cut.signature.extend(paragraph);
            continue;
        }
        let begin = (0..paragraph.len())
            .take(20)
            .find(|at| paragraph.get(*at..).is_some_and(phrases::begins_disclaimer))
            .unwrap_or(paragraph.len());
        let (words, disclaimer) = paragraph.split_at(begin);
        kept.extend_from_slice(words);
        // Above the letter its first line may follow without a blank; below it everything belongs to the disclaimer.
        let above = !kept.iter().any(|line| has_words(line));
        let length = if above { disclaimer_length(disclaimer) } else { disclaimer.len() };
        let (disclaimer, below) = disclaimer.split_at(length.min(disclaimer.len()));
        cut.signature.extend_from_slice(disclaimer);
        kept.extend_from_slice(below);
    }
    cut.new = kept;
}

/// How many lines a disclaimer takes that stands above a letter: up to a short line, below an ended sentence, that says
/// nothing of the kind.
fn disclaimer_length(lines: &[String]) -> usize {
    let is_end = |pair: &[String]| match pair {
        [above, line] => {
            above.trim_end().ends_with(['.', '!', ':'])
                && line.chars().count() < 100
                && !phrases::hints_at_disclaimer(line)
        }
        _ => false,
    };
    lines.windows(2).position(is_end).map_or(lines.len(), |place| place.saturating_add(1))
}

/// Paragraphs with their blank lines at the end of each.
fn paragraphs(lines: &[String]) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    let mut blank_before = true;
    for line in lines {
        let blank = line.trim().is_empty();
        if blank_before && !blank {
            found.push(Vec::new());
        }
        blank_before = blank;
        match found.last_mut() {
            Some(paragraph) => paragraph.push(line.clone()),
            None => found.push(vec![line.clone()]),
        }
    }
    found
}

fn take_device_marks(cut: &mut Cut) {
    let (marks, words): (Vec<_>, Vec<_>) =
        std::mem::take(&mut cut.new).into_iter().partition(|line| phrases::is_device_mark(line));
    cut.new = words;
    cut.signature.splice(0..0, marks);
}

/// What stands below the mark `-- ` of Usenet, unless nothing stands above it.
fn take_delimited(cut: &mut Cut, alone: bool) {
    let Some(at) = cut.new.iter().position(|line| matches!(line.as_str(), "-- " | "--" | "—" | "--\u{a0}")) else {
        return;
    };
    if alone && !cut.new.iter().take(at).any(|line| has_words(line)) {
        return;
    }
    let mark = cut.new.get(at).map_or("", String::as_str);
    if mark != "-- " && cut.new.get(at.saturating_add(1)).is_some_and(|line| is_sentence(line)) {
        // Dashes between two paragraphs.
        return;
    }
    let below = cut.new.split_off(at);
    // The writer's remark below the signature stays.
    let (own, signature): (Vec<_>, Vec<_>) = below.into_iter().skip(1).partition(|line| phrases::is_postscript(line));
    cut.signature.splice(0..0, signature);
    trim_end(&mut cut.new);
    cut.new.extend(own);
}

/// The sign-off after which only a signature follows.
fn find_sign_off(lines: &[String], writer: &WriterNames) -> Option<usize> {
    (0..lines.len()).rev().take(40).filter(|at| lines.get(*at).is_some_and(|line| phrases::is_sign_off(line))).find(
        |at| {
            let below = lines.get(at.saturating_add(1)..).unwrap_or_default();
            below.is_empty() || below.iter().all(|line| line.trim().is_empty()) || signature_length(below, writer) > 0
        },
    )
}

/// How many lines of a signature stand at the top of these lines.
fn signature_length(below: &[String], writer: &WriterNames) -> usize {
    let mut length = 0_usize;
    let mut in_block = 0_usize;
    let mut begun = false;
    for (number, line) in below.iter().enumerate() {
        if line.trim().is_empty() {
            in_block = 0;
            continue;
        }
        if phrases::is_postscript(line) {
            break;
        }
        let fits = phrases::is_sign_off(line)
            || writer.begins(line) && words_of(line).len() <= 12
            || is_title(line)
            || phrases::names_contact(line) && !is_sentence(line)
            // Slogans and standing notes belong to the block that they are glued to.
            || begun && in_block >= 2;
        if !fits {
            break;
        }
        begun = true;
        in_block = in_block.saturating_add(1);
        length = number.saturating_add(1);
    }
    length
}

/// A short line as names, offices and firms are written.
fn is_title(line: &str) -> bool {
    let words = line.split_whitespace().count();
    let begins_well = line.trim().chars().next().is_some_and(|c| c.is_uppercase() || !c.is_alphanumeric());
    let ends_well = !line.trim_end().ends_with(['?', '!', ':', ';']) && !is_sentence(line);
    words <= 8
        && ends_well
        && (begins_well || phrases::names_role(line))
        && !line.contains(['€', '$', '£'])
        && (words <= 5 || phrases::names_role(line) || phrases::names_contact(line))
}

/// An office that signs: "Il responsabile del servizio", "Le service comptable".
fn is_office(line: &str) -> bool {
    is_title(line)
        && phrases::names_role(line)
        && !phrases::says_something(line)
        && !line.trim_end().ends_with([',', '.'])
}

/// Words that say something: seven or more, or a question.
fn is_sentence(line: &str) -> bool {
    let line = line.trim();
    let words = line.split_whitespace().count();
    let small = line.split_whitespace().filter(|word| word.chars().next().is_some_and(char::is_lowercase)).count();
    line.ends_with('?') || (words >= 4 && small >= 3 && line.ends_with(['.', '!', '…'])) || (words >= 7 && small >= 5)
}

fn take_closing(cut: &mut Cut, at: usize, writer: &WriterNames, alone: bool) {
    let mut below = cut.new.split_off(at);
    let signature = signature_length(below.get(1..).unwrap_or_default(), writer).saturating_add(1);
    let own = below.split_off(signature.min(below.len()));
    let mut signature = below.split_off(1);
    // Further sign-offs directly above ("Grazie", "Cordiali saluti").
    let mut closing = below;
    while cut.new.last().is_some_and(|line| phrases::is_sign_off(line)) {
        closing.extend(cut.new.pop());
    }
    closing.reverse();
    let name = signature.iter().position(|line| !line.trim().is_empty());
    if let Some(name) = name {
        closing.extend(signature.drain(..=name).filter(|line| !line.trim().is_empty()));
    }
    let nothing_else = !cut.new.iter().chain(&own).any(|line| has_words(line));
    if alone && nothing_else {
        // "Grazie mille" alone is what the writer wanted to say.
        cut.new = closing.iter().filter(|line| phrases::is_sign_off(line)).cloned().collect();
        closing.retain(|line| !phrases::is_sign_off(line));
    }
    cut.closing = closing;
    cut.signature.splice(0..0, signature);
    // Below a signature a firm goes on speaking of itself; its writer's afterthoughts are kept.
    let (standing, own): (Vec<_>, Vec<_>) = paragraphs(&own).into_iter().partition(|part| phrases::is_standing(part));
    cut.signature.extend(standing.concat());
    let own = own.concat();
    if own.iter().any(|line| !line.trim().is_empty()) {
        cut.new.push(String::new());
        cut.new.extend(own);
    }
}

/// Name and address at the end although nobody said goodbye.
fn take_block_without_sign_off(cut: &mut Cut, writer: &WriterNames) {
    let mut paragraphs = paragraphs(&cut.new);
    let mut blocks: Vec<Vec<String>> = Vec::new();
    while paragraphs.len() > 1 {
        let Some((last, above)) = paragraphs.split_last() else { break };
        let below_block = above.len() > 1 && above.last().is_some_and(|block| is_block(block, writer));
        if below_block && phrases::is_standing(last) {
            blocks.extend(paragraphs.pop());
            continue;
        }
        let named = last.first().is_some_and(|first| writer.is_all_of(first));
        if !is_block(last, writer) || (!named && above.last().is_some_and(|above| leads_on(above))) {
            break;
        }
        blocks.extend(paragraphs.pop());
    }
    let mut taken: Vec<String> = blocks.into_iter().rev().flatten().collect();
    cut.new = paragraphs.concat();
    if taken.is_empty() {
        take_last_lines(cut, writer);
        return;
    }
    let name = taken.iter().position(|line| !line.trim().is_empty());
    if let Some(name) = name {
        cut.closing.extend(taken.drain(..=name));
    }
    cut.signature.splice(0..0, taken);
}

/// Words that lead on to the block below them ("Die neue Anschrift:", "The person you need is").
fn leads_on(paragraph: &[String]) -> bool {
    let last = paragraph.iter().rfind(|line| !line.trim().is_empty()).map_or("", |line| line.trim());
    let word = last.split_whitespace().next_back().unwrap_or_default().to_lowercase();
    let unfinished = [
        "is", "are", "to", "with", "by", "at", "è", "sono", "a", "al", "alla", "presso", "da", "con", "ist", "sind",
        "an", "bei", "von", "est", "sont", "à", "chez", "avec", "es", "son",
    ];
    last.ends_with(':') || (last.split_whitespace().count() >= 3 && unfinished.contains(&word.as_str()))
}

fn is_block(paragraph: &[String], writer: &WriterNames) -> bool {
    let lines: Vec<&String> = paragraph.iter().filter(|line| !line.trim().is_empty()).collect();
    let Some((first, rest)) = lines.split_first() else { return true };
    if is_sentence(first) || phrases::is_postscript(first) || first.contains(['€', '$', '£', '?']) || lines.len() > 12
    {
        return false;
    }
    let short = first.split_whitespace().count() <= 8;
    let named = writer.begins(first) || is_office(first);
    let contacts =
        phrases::names_contact(first) || rest.iter().any(|line| phrases::names_contact(line) && !is_sentence(line));
    short && (named || (is_title(first) && contacts)) && rest.iter().filter(|line| is_sentence(line)).count() <= 1
}

/// A name (and a line or two below it) glued to the last sentence.
fn take_last_lines(cut: &mut Cut, writer: &WriterNames) {
    let lowest = cut.new.len().saturating_sub(8).max(1);
    let from = (lowest..cut.new.len()).find(|at| {
        let tail = cut.new.get(*at..).unwrap_or_default();
        let Some((first, rest)) = tail.split_first() else { return false };
        let above = at.checked_sub(1).and_then(|above| cut.new.get(above)).map_or("", |line| line.trim_end());
        let named = (writer.begins(first) || is_office(first))
            && words_of(first).len() <= 8
            && !is_sentence(first)
            && !first.contains(['€', '$', '£']);
        // A name may end a sentence that was wrapped onto the next line.
        let ended = above.is_empty()
            || above.ends_with(['.', '!', '?', '…', ')', '"', '»'])
            || is_pictograph(above.chars().last().unwrap_or(' '))
            || above.chars().count() < 60;
        let ended =
            if writer.begins(first) { ended } else { above.is_empty() || above.ends_with(['.', '!', '?', '…']) };
        let paragraph = cut.new.iter().take(*at).rposition(|line| line.trim().is_empty()).unwrap_or(0);
        let above_it = [paragraph, *at].map(|end| cut.new.get(..end).unwrap_or_default());
        let named = named && !above_it.into_iter().any(leads_on);
        (named && ended || writer.is_all_of(first)) && signature_length(rest, writer) == rest.len()
    });
    let Some(from) = from.or_else(|| stranger_below(&cut.new, writer)) else { return };
    let mut tail = cut.new.split_off(from);
    let signature = tail.split_off(1);
    cut.closing = tail;
    cut.signature.splice(0..0, signature);
}

/// Somebody signs for an office: a name alone on the last line, below a sentence that has ended.
fn stranger_below(lines: &[String], writer: &WriterNames) -> Option<usize> {
    let at = lines.iter().rposition(|line| !line.trim().is_empty())?;
    let (line, above) = (lines.get(at)?.trim(), lines.get(..at)?);
    let words = line.split_whitespace().count();
    let name = (2..=3).contains(&words)
        && phrases::is_short_name(line)
        && line.chars().all(|c| c.is_alphabetic() || " .'’-".contains(c))
        && !phrases::says_something(line);
    let ended = above.iter().rfind(|line| !line.trim().is_empty())?.trim_end().ends_with(['.', '!', '…']);
    (ended && (name || writer.is_initials(line))).then_some(at)
}

/// "…in allegato. Distinti saluti, Mario Rossi" on one line.
fn take_trailing_sign_off(cut: &mut Cut) {
    let Some(last) = cut.new.last_mut() else { return };
    if let Some(at) = phrases::trailing_sign_off(last) {
        let off = last.split_off(at);
        last.truncate(last.trim_end().len());
        cut.closing.insert(0, off);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_text(text: &str) -> (String, String, String) {
        let writer = WriterNames::new(Some("Mario Rossi"), Some("info@rossiimpianti.example"));
        let cut = cut(text.lines().map(str::to_owned).collect(), &writer, true);
        (cut.new.join("\n"), cut.closing.join("\n"), cut.signature.join("\n"))
    }

    #[test]
    fn sign_off_name_and_block() {
        let (new, closing, signature) = cut_text(
            "Pago lunedì.\n\nCordiali saluti\nMario Rossi\nRossi Impianti Srl\nVia Roma 1\nVisitate il nostro sito per le offerte del mese!",
        );
        assert_eq!((new.as_str(), closing.as_str()), ("Pago lunedì.", "Cordiali saluti\nMario Rossi"));
        assert!(signature.contains("offerte"));
    }

    #[test]
    fn a_sign_off_followed_by_words_is_not_the_end() {
        assert!(cut_text("Buongiorno\nGrazie\nMi mandate anche la fattura di ottobre?").0.contains("ottobre"));
        assert!(cut_text("Ok.\nSaluti\nMario\n\nP.S. pago la 12 domani").0.contains("pago la 12"));
        assert!(
            cut_text("Ok.\nSaluti\nMario\n\nLa fattura 12 invece la contestiamo perché la merce era rotta.")
                .0
                .contains("contestiamo")
        );
        assert!(cut_text("Grazie\nattendo vostra conferma entro venerdì").0.contains("attendo"));
    }

    #[test]
    fn thanks_alone_are_words() {
        assert_eq!(cut_text("Grazie mille\nMario").0, "Grazie mille");
        assert_eq!(cut_text("Mario").0, "Mario");
        assert_eq!(cut_text("👍\nSaluti\nMario").0, "👍");
    }

    #[test]
    fn blocks_without_sign_off() {
        assert_eq!(cut_text("Pagata ieri\n\nMario Rossi\nUfficio acquisti\ntel 030 5550177").0, "Pagata ieri");
        assert_eq!(
            cut_text("Mi mandate l'estratto conto?\nMario Rossi\n348 5550101").0,
            "Mi mandate l'estratto conto?"
        );
        assert_eq!(
            cut_text("[EXTERNAL]\n\nCambio mail: da oggi info@b.example").0,
            "Cambio mail: da oggi info@b.example"
        );
        assert_eq!(cut_text("Ti pago domani.\nMario").0, "Ti pago domani.");
        assert_eq!(
            cut_text("ok va bene ti pago domani mattina appena apre la banca qui sotto casa mia\nmario")
                .0
                .lines()
                .count(),
            1
        );
        assert!(
            cut_text("Due cose.\n--\nLa fattura 12 non la paghiamo finché non arriva la merce.").0.contains("merce")
        );
        assert_eq!(
            cut_text("Vi paghiamo quando il sig.\nRossi torna dalle ferie e firma la distinta").0.lines().count(),
            2
        );
    }

    #[test]
    fn others_sign_for_an_office_and_titles_that_say_something_stay() {
        assert_eq!(cut_text("Pagheremo a fine mese.\nDaniela Oggioni").0, "Pagheremo a fine mese.");
        assert_eq!(cut_text("Pagheremo a fine mese.\nServizio Finanziario").0, "Pagheremo a fine mese.");
        assert_eq!(cut_text("Pagheremo a fine mese.\nMR").0, "Pagheremo a fine mese.");
        for text in [
            "Ho usato questa.\nBanca Sella",
            "Buongiorno.\n\nUfficio chiuso fino al 10",
            "Va bene.\nOK",
            "Mario:\nVenerdì Prossimo",
        ] {
            assert_eq!(cut_text(text).0, text);
        }
    }

    #[test]
    fn what_firms_say_below_every_letter_goes() {
        for text in [
            "Pago lunedì.\n\nSaluti\nMario Rossi\n\nTi piace il legno? Scopri il nuovo catalogo!",
            "Pago lunedì.\n\nMario Rossi\nUfficio acquisti\n\nRossi is a registered charity. Visit our exhibition!",
        ] {
            assert_eq!(cut_text(text).0, "Pago lunedì.");
        }
        for own in [
            "Visit our office to be paid in cash.",
            "Se passa di qui, la sede legale è chiusa per il trasloco e il bonifico tarda.",
        ] {
            assert!(cut_text(&format!("Ok.\n\nSaluti\nMario Rossi\n\n{own}")).0.contains(own));
        }
    }

    #[test]
    fn disclaimers_go_and_legal_letters_stay() {
        let (new, _, signature) =
            cut_text("Ok.\n\nAVVISO DI RISERVATEZZA - Il presente messaggio è riservato al destinatario.");
        assert_eq!(new, "Ok.");
        assert!(signature.contains("RISERVATEZZA"));
        assert!(
            cut_text("Ciao\n\nThis email is to tell you that invoice 12 was received in error, we dispute it.")
                .0
                .contains("dispute")
        );
        let loose =
            "Tutto quanto sopra è rivolto unicamente alle persone cui è indirizzato e può contenere notizie riservate.";
        assert_eq!(cut_text(&format!("Ok.\n\nSaluti\nMario\n\n{loose}")).0, "Ok.");
        let own =
            "La lettera riservata che avete indirizzato al nostro direttore parla di una fattura che non conosciamo.";
        assert!(cut_text(&format!("Ok.\n\n{own}")).0.contains(own));
        let above = "Il presente messaggio è riservato al destinatario. Chi lo ricevesse per errore lo elimini.";
        assert_eq!(cut_text(&format!("{above}\nPago domani la fattura 12.")).0, "Pago domani la fattura 12.");
        assert!(cut_text("Ai sensi del D.Lgs. 231/2002 vi contestiamo gli interessi.").0.contains("contestiamo"));
    }

    #[test]
    fn sign_off_on_the_last_line() {
        assert_eq!(cut_text("Allego la contabile. Distinti saluti, Mario Rossi").0, "Allego la contabile.");
    }
}
