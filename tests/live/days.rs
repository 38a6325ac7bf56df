//! The days of the story, told from the present: a real server stamps what it is given with the real time, so the
//! story happens now, and the program's clock is moved forward to the hours in which mail may leave.

use chrono::{DateTime, Days as Count, NaiveDate, TimeZone, Utc};
use chrono_tz::Europe::Rome;
use sollecito::ledger::calendar::BusinessCalendar;

pub struct Days {
    /// The moment at which the story begins.
    pub present: DateTime<Utc>,
    /// The next business day.
    pub next: NaiveDate,
}

impl Days {
    pub fn new() -> Self {
        let present = Utc::now();
        let today = present.with_timezone(&Rome).date_naive();
        Self { present, next: BusinessCalendar::default().plus_business_days(today, 1) }
    }

    /// An hour of the business day that is so many business days after the next one.
    pub fn at(&self, business_days: u32, hour: u32, minute: u32) -> Option<DateTime<Utc>> {
        let day = BusinessCalendar::default().plus_business_days(self.next, business_days);
        let local = day.and_hms_opt(hour, minute, 0).expect("an hour");
        Some(Rome.from_local_datetime(&local).single().expect("no change of the clock by day").with_timezone(&Utc))
    }

    /// All invoices fell due some days ago.
    pub fn due(&self) -> NaiveDate {
        self.next - Count::new(8)
    }

    pub fn issued(&self) -> NaiveDate {
        self.next - Count::new(40)
    }

    pub fn issued_at(&self) -> DateTime<Utc> {
        self.issued().and_hms_opt(10, 0, 0).expect("an hour").and_utc()
    }

    /// The books: three debtors.
    pub fn list(&self) -> String {
        let mut list = "Numero;Data;Scadenza;Importo;Cliente;Email;Tipo cliente\n".to_owned();
        let (issued, due) = (self.issued().format("%d/%m/%Y"), self.due().format("%d/%m/%Y"));
        for (number, amount, name, address) in [
            ("118/2026", "1.220,00", "Baldini S.r.l.", super::firm::BALDINI),
            ("119/2026", "610,00", "Officine Verdi S.r.l.", super::firm::VERDI),
            ("120/2026", "305,00", "Neri Impianti S.r.l.", super::firm::NERI),
        ] {
            list.push_str(&format!("{number};{issued};{due};{amount};{name};{address};azienda\n"));
        }
        list
    }
}
