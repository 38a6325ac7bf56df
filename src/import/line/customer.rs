//! Of a customer what only people need, or only the days: where to call, and when it always pays. Neither is worth a row.

use super::OneLine;
use crate::import::cells;
use crate::import::columns::Field;

impl OneLine<'_> {
    /// Where to call.
    pub(super) fn phone(&self) -> Option<String> {
        let cell = self.cell(Field::Phone)?;
        let phone = cells::phone(&cell.value);
        // A dash, «n.d.»: nobody meant a number.
        if phone.is_none() && cell.value.contains(|c: char| c.is_ascii_digit()) {
            let message = format!("`{}` is not a telephone number: left out", cell.value);
            self.remark(cell.place.clone(), message, "write for example +39 02 5550110".into());
        }
        phone
    }

    /// The day of the month on which it always pays. Programs write 0 for none.
    pub(super) fn payment_day(&self) -> Option<u32> {
        let cell = self.cell(Field::PaymentDay).filter(|cell| cell.value.trim() != "0")?;
        let day = cells::day_of_month(&cell.value);
        if day.is_none() {
            let message = format!("`{}` is not a day of the month: left out", cell.value);
            self.remark(
                cell.place.clone(),
                message,
                "write a number from 1 to 31; 31 is the last day of any month".into(),
            );
        }
        day
    }
}

/// A code of letters and digits without blanks, in capitals.
pub(super) fn code_of(least: usize, most: usize) -> impl Fn(&str) -> Option<String> {
    move |text| {
        let code: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect();
        let good = (least..=most).contains(&code.len())
            && code.chars().all(|c| c.is_ascii_alphanumeric())
            && code.chars().any(|c| c.is_ascii_digit());
        good.then(|| code.to_ascii_uppercase())
    }
}
