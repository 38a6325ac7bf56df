//! Days written in figures: `15/12`, `15.12.26`, `2026-12-15`, and in English also month first.

use super::super::calendar_words::coming;
use chrono::NaiveDate;

/// What figures in the form of a day say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// A day with its year.
    Whole(NaiveDate),
    /// A day without its year: the coming one.
    Yearless(NaiveDate),
    /// A day that its month does not have: `31/11`.
    Impossible,
}

/// What stands before a day in figures.
pub(super) struct Led<'a> {
    pub(super) before: &'a str,
    /// It is a weekday.
    pub(super) weekday: bool,
    /// Only English is heard, in which some write the month first.
    pub(super) english: bool,
}

/// Right after these stands the number of a paper.
pub(super) fn announces_paper(word: &str) -> bool {
    const PAPERS: &[&str] = &[
        "n",
        "nr",
        "num",
        "numero",
        "no",
        "number",
        "ft",
        "fatt",
        "fattura",
        "fc",
        "invoice",
        "inv",
        "fpr",
        "fpa",
        "nc",
        "ddt",
        "facture",
        "factures",
        "fact",
        "fac",
        "avoir",
        "factura",
        "facturas",
        "fra",
        "rechnung",
        "rechnungen",
        "rechnungsnummer",
        "rg",
        "rnr",
        "angebot",
        "auftrag",
        "lieferschein",
    ];
    PAPERS.contains(&word)
}

/// `15/12`, `15.12.26`, `2026-12-15`. Two parts need a sign that a day is meant, for invoice numbers look the same.
pub(super) fn read(word: &str, led: &Led<'_>, after: &str, today: NaiveDate) -> Option<Written> {
    let before = led.before;
    let sign = word.chars().find(|c| !c.is_ascii_digit())?;
    let parts: Vec<&str> = word.split(sign).collect();
    let numbers: Vec<u32> = parts.iter().map(|part| part.parse().ok()).collect::<Option<_>>()?;
    if !matches!(sign, '/' | '.' | '-') {
        return None;
    }
    match (numbers.as_slice(), parts.as_slice()) {
        ([year, month, day], [first, _, _]) if first.len() == 4 => whole(i32::try_from(*year).ok()?, *month, *day),
        ([day, month, year], [_, second, third]) if second.len() <= 2 && matches!(third.len(), 2 | 4) => {
            let year = i32::try_from(*year).ok()?;
            let year = if year < 100 { 2000 + year } else { year };
            // Month first is written in America only, and shows itself where the second part is no month.
            NaiveDate::from_ymd_opt(year, *day, *month)
                .filter(|_| *month > 12)
                .map(Written::Whole)
                .or_else(|| whole(year, *month, *day))
        }
        ([day, month], [_, second]) if (*month <= 12 || led.english) && second.len() <= 2 => {
            let number_of_paper = announces_paper(before);
            let clock = matches!(
                before,
                "ore" | "alle" | "at" | "h" | "dalle" | "eur" | "euro" | "las" | "um" | "gegen" | "chf"
            ) || matches!(
                after,
                "eur" | "euro" | "euros" | "h" | "percento" | "gbp" | "usd" | "chf" | "uhr" | "prozent"
            );
            let leads = matches!(
                before,
                "il" | "al"
                    | "entro"
                    | "del"
                    | "dal"
                    | "on"
                    | "by"
                    | "until"
                    | "till"
                    | "e"
                    | "the"
                    | "from"
                    | "valuta"
                    | "data"
                    | "giorno"
                    | "and"
                    | "to"
                    | "am"
                    | "bis"
                    | "zum"
                    | "vom"
                    | "den"
                    | "dem"
                    | "der"
                    | "ab"
                    | "und"
                    | "seit"
                    | "spatestens"
                    | "spaetestens"
                    | "per"
                    | "datum"
                    | "le"
                    | "au"
                    | "du"
                    | "el"
                    | "dia"
                    | "antes"
                    | "avant"
                    | "desde"
                    | "depuis"
                    | "hasta"
                    | "ici"
                    | "et"
                    | "y"
            );
            let clear = sign == '/' || leads || led.weekday;
            if number_of_paper || clock || !clear { None } else { yearless(*day, *month, led.english, today) }
        }
        _ => None,
    }
}

fn whole(year: i32, month: u32, day: u32) -> Option<Written> {
    let shape = (2000..2100).contains(&year) && shaped(month, day);
    NaiveDate::from_ymd_opt(year, month, day).map(Written::Whole).or(shape.then_some(Written::Impossible))
}

fn yearless(first: u32, second: u32, english: bool, today: NaiveDate) -> Option<Written> {
    let impossible = shaped(second, first).then_some(Written::Impossible);
    two_parts(first, second, english, today).map(Written::Yearless).or(impossible)
}

/// It looks like a month and a day of it.
fn shaped(month: u32, day: u32) -> bool {
    (1..=12).contains(&month) && (29..=31).contains(&day)
}

/// `12/8`: day first; in English the month may be first, and is where that alone is a day or where the day is near and the
/// other one months away ("the 12/8 ACH batch").
fn two_parts(first: u32, second: u32, english: bool, today: NaiveDate) -> Option<NaiveDate> {
    const NEAR: u64 = 60;
    let day_first = coming(today, second, first);
    let month_first = coming(today, first, second).filter(|_| english);
    let near = |date: &NaiveDate| (*date - today).num_days().unsigned_abs() <= NEAR;
    match (day_first, month_first) {
        (Some(day), Some(month)) if !near(&day) && near(&month) => Some(month),
        (Some(day), _) => Some(day),
        (None, month) => month,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_no_month_has() {
        let today = NaiveDate::from_ymd_opt(2026, 10, 8).expect("a day");
        let led = Led { before: "il", weekday: false, english: false };
        let say = |word: &str| read(word, &led, "", today);
        for impossible in ["31/11", "30.2", "31/11/2026", "31.11.26", "2026-11-31", "29/02/2027"] {
            assert_eq!(say(impossible), Some(Written::Impossible), "{impossible}");
        }
        for other in ["45/11", "2026/118", "99/99/2026", "31/13", "0/11"] {
            assert_eq!(say(other), None, "{other}");
        }
        assert_eq!(say("10/15/2026"), NaiveDate::from_ymd_opt(2026, 10, 15).map(Written::Whole));
    }

    #[test]
    fn month_first_only_in_english_and_only_where_it_is_likely() {
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day);
        let today = day(11, 4).expect("a day");
        assert_eq!(two_parts(11, 17, true, today), day(11, 17));
        assert_eq!(two_parts(11, 17, false, today), None);
        assert_eq!(two_parts(12, 8, true, today), day(12, 8));
        assert_eq!(two_parts(12, 8, false, today), NaiveDate::from_ymd_opt(2027, 8, 12));
        assert_eq!(two_parts(10, 11, true, today), day(11, 10), "both near: day first");
    }
}
