//! Figures as people read them.

use super::figures::{Figures, Share};
use std::fmt;

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} mails", self.mails)?;
        writeln!(
            f,
            "\n{:<28} {:>9} {:>7} {:>6} {:>5} {:>6} {:>6}",
            "intent", "precision", "recall", "F1", "hits", "false", "missed"
        )?;
        for (intent, figures) in &self.intents {
            let (precision, recall, f1) =
                (percent(figures.precision()), percent(figures.recall()), percent(figures.f1()));
            let (hits, alarms, missed) = (figures.hits, figures.false_alarms, figures.missed);
            writeln!(f, "{intent:<28} {precision:>9} {recall:>7} {f1:>6} {hits:>5} {alarms:>6} {missed:>6}")?;
        }
        writeln!(f)?;
        for (name, share) in [
            ("primary intent", self.primary),
            ("all intents", self.all_intents),
            ("disposition", self.disposition),
            ("receivables exact", self.receivables),
            ("promised date exact", self.promised_date),
            ("instalments exact", self.instalments),
            ("amount exact", self.amount),
            ("payment reference exact", self.payment_reference),
            ("return date exact", self.return_date),
            ("new contact exact", self.new_contact),
            ("handled without the owner", self.handled_without_owner),
        ] {
            writeln!(f, "{name:<28} {}", shown(share))?;
        }
        listed(f, "risk not seen", &self.risk_missed)?;
        listed(f, "without outcome", &self.without_outcome)?;
        listed(f, "wrong automatic answers", &self.wrong_automatic_answers)
    }
}

fn listed(f: &mut fmt::Formatter<'_>, name: &str, ids: &[String]) -> fmt::Result {
    let gap = if ids.is_empty() { "" } else { ": " };
    writeln!(f, "{name:<28} {}{gap}{}", ids.len(), ids.join(", "))
}

fn shown(share: Share) -> String {
    format!("{:>6} %  ({} of {})", percent(share.percent()), share.right, share.of)
}

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.1}"))
}
