//! Around which words a point ends no sentence: abbreviations and German ordinals ("am 15. Dezember").
//!
//! In: folded words. Out: yes or no. Absent: the text itself, which `sentences` walks.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Words after which a point says nothing.
const ABBREVIATIONS: &str = "ft fatt fc nr num no inv art dott ing avv geom rag sig spett gent egr ns vs rif ref sett amm ammin acc tel \
    cell pag imp tot sal sigg preg mr mrs ms dr st approx ca ecc cfr prot cod cli via ltd inc co dec jan feb \
    gen apr lug ago sep sept set ott oct nov dic bon estr rg rgn rnr bzw zzgl abzgl inkl exkl mwst ust ggf \
    ggfs evtl bspw lt vgl sog max mind jaen mrz okt dez std stk kto bez betr wg gem hr fr str rech rechn \
    freundl frdl voraus vorauss fam \
    mme mlle janv fevr juil avr env ste ets av bd fact sra sres dna fra fras dpto adm admon ud uds \
    vd vds pol ene abr tfno atte sto sta avda sl";
/// The words before a day of the month.
const BEFORE_A_DAY: &str = "am den der dem zum vom bis des beim im seit zur jeden die ab";
/// German months, with Austria's.
const GERMAN_MONTHS: &str = "januar janner jaenner jan februar feber feb marz maerz mrz april apr mai juni jun juli jul august aug \
    september sept sep oktober okt november nov dezember dez";
/// English months that Germans write behind such a number; "May I" and "March" say more than a month.
const OTHER_MONTHS: &str = "january february june july october december";
/// Words that open a German sentence; nouns, which are written with a capital too, are none.
const OPENERS: &str = "wir ich bitte danke vielen besten herzlichen mit ist konnen koennen sie das die der den es er leider falls \
    wenn dann mfg lg vg viele freundliche beste liebe fur fuer sollte sollten haben hat passt geht in bis ab \
    aber und auch sobald da dies diese dieser dieses ob wie wann was wo warum vorher danach anbei im am zum \
    nach vor bei ein eine mein meine unser unsere wurde wird werden sind war so nur noch ok alles gerne hoffe \
    hoffen";

fn lists(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|known| known == word)
}

/// Asked at each end of a sentence.
static ABBREVIATION: LazyLock<HashSet<&str>> = LazyLock::new(|| ABBREVIATIONS.split_whitespace().collect());

/// A point after this word is a part of it.
pub(super) fn is_abbreviation(word: &str) -> bool {
    ABBREVIATION.contains(word)
}

/// A number and a point between two words.
pub(super) struct Numbered<'a> {
    /// The number.
    pub(super) number: &'a str,
    /// The word before it.
    pub(super) before: Option<&'a str>,
    /// The word after the point.
    pub(super) next: &'a str,
    /// It is written with a capital.
    pub(super) capital: bool,
    /// A point follows it.
    pub(super) next_ends_in_point: bool,
}

/// German writes days as ordinals: "am 15. Dezember", "bis zum 30. überwiesen", "am 3.11. Ihre Rechnung", "15. 12. 2026",
/// "in der 48. KW". A point after such a number ends a sentence only where the next word opens one.
pub(super) fn is_ordinal(numbered: &Numbered<'_>) -> bool {
    let small = |part: &str| part.len() <= 2 && part.parse().is_ok_and(|n: u32| (1..=31).contains(&n));
    let Numbered { number, before, next, .. } = *numbered;
    if number.len() <= 2 && matches!(next, "kw" | "kalenderwoche" | "woche") {
        return true;
    }
    if !number.split('.').all(small) || number.split('.').count() > 2 {
        return false;
    }
    if next.starts_with(|c: char| c.is_ascii_digit()) {
        let year = next.len() == 4 && before.is_some_and(small);
        return small(number) && (small(next) && numbered.next_ends_in_point || year);
    }
    let led = before.is_some_and(|before| lists(BEFORE_A_DAY, before));
    lists(GERMAN_MONTHS, next) || lists(OTHER_MONTHS, next) || led && !(numbered.capital && lists(OPENERS, next))
}
