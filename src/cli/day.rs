//! A day as it is typed on the command line.

use crate::import::{DateOrder, cells};
use chrono::NaiveDate;

/// In full, ISO or day first: a day without its year would have to be guessed, in the past or in the future.
pub(super) fn day(text: &str) -> Result<NaiveDate, String> {
    cells::day(text.trim(), DateOrder::DayFirst)
        .ok_or_else(|| "a day is written in full, like 2026-10-08 or 8/10/2026".to_owned())
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn is_iso_or_day_first_and_never_guessed() {
        let told = |text: &str| day(text).map(|day| day.to_string());
        assert_eq!(told("2026-10-08"), Ok("2026-10-08".to_owned()));
        assert_eq!(told("8/10/2026"), Ok("2026-10-08".to_owned()));
        for text in ["8/10", "31/2/2026", "domani", ""] {
            assert!(told(text).is_err_and(|why| why.contains("2026-10-08")), "{text}");
        }
    }
}
