//! The references of an invoice to a public body. A wrong one is worth a remark, and no row.

use super::OneLine;
use crate::import::cells;
use crate::import::columns::Field;
use crate::ledger::exchange::{self, Exchange};

impl OneLine<'_> {
    /// What is known of them.
    pub(super) fn exchange(&self) -> Exchange {
        let day = |text: &str| cells::day(text, self.reader.defaults.date_order);
        Exchange {
            cig: self.code(Field::Cig, exchange::cig, "a CIG has ten letters and digits"),
            cup: self.code(Field::Cup, exchange::cup, "a CUP has fifteen letters and digits, and begins with a letter"),
            sdi_id: self.code(Field::SdiId, exchange::sdi_id, "it is the number that SdI gave to the file"),
            delivered: self.code(Field::SdiDelivered, day, "write the day as in the other columns"),
        }
    }

    /// One of them; a word without figures («esente», a dash) means that there is none.
    fn code<T>(&self, field: Field, parse: impl Fn(&str) -> Option<T>, remedy: &str) -> Option<T> {
        let cell = self.cell(field)?;
        let code = parse(&cell.value);
        if code.is_none() && cell.value.contains(|c: char| c.is_ascii_digit()) {
            let message = format!("`{}` is no `{field}`: left out", cell.value);
            self.remark(cell.place.clone(), message, remedy.into());
        }
        code
    }
}
