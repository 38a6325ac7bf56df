//! The line above a quotation: "Il giorno … ha scritto:", "On … wrote:", in the spellings of the mail programs.

use super::lines::{Line, Zone};
use super::pattern::Pattern;

/// The longest attribution is this many lines of wrapped text.
const MOST_LINES: usize = 4;
/// And so many bytes.
const MOST_BYTES: usize = 400;

/// An attribution that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attribution {
    /// How many lines it takes.
    pub(super) lines: usize,
    /// It names a time of day or an address, as programs do: history may follow without marks.
    pub(super) exact: bool,
    /// The old mail begins on its last line.
    pub(super) runs_on: bool,
}

/// How an attribution begins.
static START: Pattern = Pattern::new(
    r"(?ix)^[\s*_–-]*(?:
        (?:il|in\ data|alle|lun|mar|mer|gio|ven|sab|dom|on|at|am|le|el|em|en|op|den|dne|dnia|w\ dniu|a
            |(?:luned|marted|mercoled|gioved|venerd)[iì]'?|sabato|domenica
            |mon|tue|wed|thu|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|satur|sun)day|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag
            |lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo
            |quoting|quote\ from|citando|zitat\ von|citation\ de|cita\ de)\b
        | \d{1,4}[./-]\d{1,2}[./-]\d{1,4} | \S.{0,80}[<@(] | \S+(?:\ \S+){0,4}\ (?:ha\ scritto|wrote|schrieb|a\ écrit|escribió)\b)",
);
/// How one begins that a program wrote: no sentence begins like this and holds a time of day as well.
static SURE_START: Pattern = Pattern::new(
    r"(?i)^[\s*_–-]*(?:il|in data|on|am|le|el|em|op|den)\b.{0,60}\b\d{1,4}\b.{0,40}\b\d{1,2}\s?[:.h]\s?\d{2}\b",
);
/// The words that an attribution begins with.
static START_WORD: Pattern = Pattern::new(r"(?i)^[\s*_–-]*(?:il|in data|on|am|le|el)\b");
/// GroupWise's line: ">>> Marta Ferri <m@f.test> 03.11.2026 10:12 >>>", its first marks taken off.
static GROUPWISE: Pattern =
    Pattern::new(r"^[^<>]{1,100}(?:<[^<>]{1,100}>|\S+@\S+)?[^<>]{0,20}\d{1,2}[:.]\d{2}\b[^<>]{0,20}>{2,}\s*$");
/// How it ends.
static END: Pattern = Pattern::new(
    r"(?ix)(?:
        (?:ha\ scritto|ha\ inviato|scrive|scriveva|wrote|writes|sent|schrieb|hat\ geschrieben|a\ écrit|a\ ecrit|escribió|escribio|ha\ escrito|escreveu|schreef(?:\ het\ volgende)?|het\ volgende\ geschreven|skrev|napisał\(a\)|napisał)(?:\s*:\s*|\s*:?\s*-{2,}\s*)$
        | ^[\s*_–-]*(?:quoting|quote\ from|citando|zitat\ von|citation\ de|cita\ de)\b.{0,200}:\s*$
        | \b(?:schrieb|schreibt|schreef|skrev)\b.{0,200}:\s*$
        | ^[\s*_]*\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b.{0,200}<\s?\S+@\S+>\s?:\s*$
        | ^[\s*_]*am\b.{0,40}\d{1,2}[:.]\d{2}(?:\ uhr)?\ schrieb(?-i:(?:\ (?:\p{Lu}[\w.'’-]*|<\S+@\S+>)){1,4})\s*$
        | \b(?:ha\ scritto\ nel\ messaggio|wrote\ in\ message|schrieb\b.{0,60}\ in\ (?:der\ )?nachricht|a\ écrit\ dans\ le\ message|escribió\ en\ el\ mensaje)\b.{0,200}(?::|\.\.\.)\s*$
        | \b(?:ha\ scritto|wrote|schrieb|a\ écrit|escribió)\b.{0,120}\b\d{1,2}[:.h]\d{2}\b.{0,30}:\s*$)",
);
/// The only one of its verbs with which it may end without a colon.
static SAYS_SCHRIEB: Pattern = Pattern::new(r"(?i)schrieb");
/// A moment or an address must stand in it: people also write "il direttore ha scritto:".
static MOMENT_OR_ADDRESS: Pattern = Pattern::new(
    r"(?i)@|\b\d{1,2}\s?[:.h]\s?\d{2}\b|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b\d{1,2}\.? (?:de )?\p{L}{3,10}\.? (?:de )?\d{4}\b|\b\p{L}{3,10}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}\b",
);
static TIME_OR_ADDRESS: Pattern = Pattern::new(r"(?i)@|\b\d{1,2}\s?[:.h]\s?\d{2}(?:[:.]\d{2})?\b(?:[^./\d]|$)");
/// Some telephones put the old mail behind the attribution on the same line.
static RUN_ON: Pattern = Pattern::new(
    r"(?i)^[\s*_–-]*(?:il|in data|on|am|le|el|em|op)\b.{0,100}\b\d{1,2}[:.h]\d{2}.{0,100}(?:<[^<>\s]+@[^<>\s]+>\)?,? ?(?:ha scritto|wrote|a écrit|escribió) ?|schrieb [^:<>]{1,80}<[^<>\s]+@[^<>\s]+>):\s+[^\s\x22«“„‘']",
);

/// Words of the writer before an attribution on one line, which begins there with a capital.
static SHARED: Pattern = Pattern::new(
    r"^[^<>@|]*\S\s+(?P<attribution>(?:Il|In data|On|Am|Le|El)\b.{0,60}\b\d{1,4}\b.{0,60}\b\d{1,2}\s?[:.h]\s?\d{2}\b.{0,200}(?:ha scritto|wrote|a écrit|escribió|schrieb .{1,120})\s?:\s*)$",
);

/// Where an attribution begins on a line that begins with words of the writer.
pub(super) fn shares_its_line(line: &str) -> Option<usize> {
    if line.len() > MOST_BYTES || !ends(line) {
        return None;
    }
    SHARED.named_at(line, "attribution").filter(|at| line.get(..*at).is_some_and(|before| !before.trim().is_empty()))
}

/// Does an attribution end here?
fn ends(line: &str) -> bool {
    may_end(line) && END.matches(line)
}

/// Nearly all lines are told apart by their last sign.
fn may_end(line: &str) -> bool {
    let last = line.trim_end();
    last.ends_with([':', '-']) || last.ends_with("...") || SAYS_SCHRIEB.matches(line)
}

/// The attribution that begins at a line.
pub(super) fn at(lines: &[Line], at: usize) -> Option<Attribution> {
    let first = lines.get(at)?.text.trim();
    if first.len() <= LONGEST_RUN_ON && first.contains('@') && RUN_ON.matches(first) {
        return Some(Attribution { lines: 1, exact: true, runs_on: true });
    }
    let (length, joined) = joined(lines, at)?;
    // The writer's last line may begin like one ("Il bonifico parte domani") and stand directly above it.
    let plain_words = !first.contains('@') && !first.contains(|c: char| c.is_ascii_digit());
    let begins_later = (1..length).any(|later| {
        let from = at.saturating_add(later);
        let begins = |text: &str| SURE_START.matches(text) || (plain_words && START_WORD.matches(text));
        self::joined(lines, from).is_some_and(|(rest, text)| rest.saturating_add(later) == length && begins(&text))
    });
    if begins_later {
        return None;
    }
    let exact = TIME_OR_ADDRESS.matches(&joined);
    MOMENT_OR_ADDRESS.matches(&joined).then_some(Attribution { lines: length, exact, runs_on: false })
}

/// Does history follow although only this line is marked? GroupWise does so.
pub(super) fn marks_only_itself(line: &Line) -> bool {
    line.zone == Zone::Quote
        && line.text.len() <= MOST_BYTES
        && line.text.trim_end().ends_with(">>")
        && GROUPWISE.matches(&line.text)
}

/// A line with the old mail on it may be as long as a paragraph.
const LONGEST_RUN_ON: usize = 20_000;

/// The lines from here up to the end of an attribution, as one.
fn joined(lines: &[Line], at: usize) -> Option<(usize, String)> {
    let first = lines.get(at)?.text.trim();
    // It ends within a few lines, or does not begin.
    let below = lines.iter().skip(at).take(MOST_LINES);
    let mut below = below.take_while(|line| line.zone == Zone::Text && !line.text.trim().is_empty());
    if first.len() > MOST_BYTES || !below.any(|line| may_end(&line.text)) || !START.matches(first) {
        return None;
    }
    let mut joined = String::new();
    for length in 1..=MOST_LINES {
        let line = lines.get(at.saturating_add(length).saturating_sub(1))?;
        if line.zone != Zone::Text || line.text.trim().is_empty() {
            return None;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(line.text.trim());
        if joined.len() > MOST_BYTES {
            return None;
        }
        if ends(&joined) {
            return Some((length, joined));
        }
        // A sentence that ended is not an attribution that goes on; a moment with a firm's "S.r.l." may be.
        if joined.ends_with(['.', '!', '?']) && !joined.ends_with("a.") && !MOMENT_OR_ADDRESS.matches(&joined) {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::lines::of_plain;
    use super::*;

    #[test]
    fn patterns_compile() {
        assert!(
            [
                &START,
                &SURE_START,
                &END,
                &SAYS_SCHRIEB,
                &MOMENT_OR_ADDRESS,
                &TIME_OR_ADDRESS,
                &RUN_ON,
                &SHARED,
                &START_WORD,
                &GROUPWISE
            ]
            .iter()
            .all(|pattern| pattern.compiles())
        );
    }

    fn found(text: &str) -> Option<(usize, bool, bool)> {
        at(&of_plain(text, false, false), 0).map(|found| (found.lines, found.exact, found.runs_on))
    }

    #[test]
    fn the_writers_line_above_is_not_part_of_it() {
        assert_eq!(
            found("Il bonifico parte domani\nIl giorno mar 3 nov 2026 alle ore 10:12 M <m@f.test> ha scritto:"),
            None
        );
        assert_eq!(found("El viernes pago\nEl 6 de octubre,\nM <m@f.test> escribió:"), None);
        assert_eq!(found("On Friday we pay\nOn Tue, Nov 3, 2026 at 10:12 AM M <m@f.test> wrote:"), None);
        assert_eq!(
            found("Il giorno mar 3 nov 2026 alle\nore 10:12 M <\nm@f.test>\nha scritto:"),
            Some((4, true, false))
        );
    }

    #[test]
    fn the_writers_words_may_stand_before_it_on_its_line() {
        let line = "Pago domani. Il giorno mar 3 nov 2026 alle ore 10:12 M <m@f.test> ha scritto:";
        assert_eq!(shares_its_line(line).map(|at| &line[..at]), Some("Pago domani. "));
        assert_eq!(shares_its_line("Il giorno mar 3 nov 2026 alle ore 10:12 M <m@f.test> ha scritto:"), None);
        assert_eq!(shares_its_line("M Ferri <m@f.test> On 3 Nov 2026 10:12 wrote:"), None);
    }

    #[test]
    fn a_day_alone_is_not_exact_and_the_mail_may_run_on() {
        assert_eq!(found("Il 3/11/2026 il direttore ha scritto:"), Some((1, false, false)));
        assert_eq!(
            found("\"M Ferri\" <m@f.test> ha scritto nel messaggio\nnews:abc$1@news.f.test..."),
            Some((2, true, false))
        );
        assert_eq!(found("Am 03.11.26 um 10:12 schrieb Marta Ferri"), Some((1, true, false)));
        assert_eq!(found("Am 03.11.26 um 10:12 schrieb mir Ihr Kollege"), None);
        assert_eq!(found("Zitat von M <m@f.test>:"), Some((1, true, false)));
        assert_eq!(
            found("---- Il mar, 03 nov 2026 10:12:33 +0100 M <m@f.test> ha scritto ----"),
            Some((1, true, false))
        );
        assert_eq!(
            found("Il mar, 3 nov, 2026 alle 10:12, M<m@f.test> ha scritto:   Buongiorno,"),
            Some((1, true, true))
        );
        assert_eq!(found("Il 3/11 alle 10:12 M <m@f.test> ha scritto: «non paghi»"), None);
    }
}
