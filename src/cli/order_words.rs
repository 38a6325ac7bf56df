//! An order as it would be typed: what the record of orders and `undo --list` show.

use super::orders::Ordered;
use std::fmt::Display;

impl Ordered {
    /// The line without `sollecito`; a name or remark of several words in quotes.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Paid(paid) => {
                let (amount, on) = (option("amount", paid.amount.as_ref()), option("on", paid.on.as_ref()));
                format!("paid {}{amount}{on}", named(&paid.what))
            }
            Self::SetOff(set_off) => {
                let (amount, on) = (option("amount", set_off.amount.as_ref()), option("on", set_off.on.as_ref()));
                let against = option("against", set_off.against.as_ref());
                format!("set-off {}{amount}{against}{on}", named(&set_off.what))
            }
            Self::Hold(hold) => {
                let (until, why) = (option("until", hold.until.as_ref()), option("why", hold.why.as_ref()));
                format!("hold {}{until}{why}", named(&hold.what))
            }
            Self::Resume(about) => format!("resume {}", named(&about.what)),
            Self::Defer(defer) => format!("defer {} --until {}", named(&defer.what), defer.until),
            Self::Instalments(instalments) => instalments.words(),
            Self::Promise(promise) => {
                let amount = option("amount", promise.amount.as_ref());
                format!("promise {} --by {}{amount}", named(&promise.what), promise.by)
            }
            Self::Dispute(dispute) => {
                format!("dispute {}{}", named(&dispute.what), option("about", dispute.about.as_ref()))
            }
            Self::Note(note) => format!("note {} {}", quoted(&note.what), quoted(&note.text.join(" "))),
            Self::WriteOff(about) => format!("write-off {}", named(&about.what)),
            Self::HandOver(about) => format!("hand-over {}", named(&about.what)),
            Self::Unpaid(about) => format!("unpaid {}", named(&about.what)),
            Self::Release(about) => format!("release {}", named(&about.what)),
            Self::Credit(credit) => credit.words(),
            Self::PaymentsKnown(known) => format!("payments-known {}", known.day),
            Self::Done(done) => format!("done {} {}", quoted(&done.what), done.step),
            Self::Close(close) => format!("close {}", close.case),
        }
    }
}

fn named(what: &[String]) -> String {
    what.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(" ")
}

fn quoted(text: &str) -> String {
    if text.contains(char::is_whitespace) { format!("\"{text}\"") } else { text.to_owned() }
}

fn option<T: Display>(name: &str, value: Option<&T>) -> String {
    value.map(|value| format!(" --{name} {}", quoted(&value.to_string()))).unwrap_or_default()
}
