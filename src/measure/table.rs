//! Figures as people read them.

use super::compare::Fact;
use super::figures::{Figures, Named, Share, WrongFact};
use std::fmt;

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        named(f, "wrong automatic answers", &self.wrong_automatic_answers)?;
        let of = Share { right: self.automatic_answers, of: self.mails };
        writeln!(f, "{:<NAMES$}{} of {} mails", "automatic answers", of.right, of.of)?;
        shown(f, "handled without the owner", self.handled_without_owner)?;
        named(f, "risk not seen", &self.risk_missed)?;
        if self.without_outcome.count > 0 {
            named(f, "not read", &self.without_outcome)?;
        }
        writeln!(f)?;
        writeln!(f, "{:<NAMES$}{:>5} %", "primary intent, macro F1", percent(self.primary_macro_f1()))?;
        shown(f, "primary intent", self.primary)?;
        shown(f, "all intents", self.all_intents)?;
        shown(f, "disposition", self.disposition)?;
        let mixed = self.disposition.right.saturating_sub(self.disposition_as_labelled.right);
        if mixed > 0 {
            writeln!(f, "{:<NAMES$}  in {mixed} of them the other that is right for a mixed mail", "")?;
        }
        shown(f, "bounces", self.bounces)?;
        shown(f, "receivables exact", self.receivables)?;
        for fact in Fact::ALL {
            shown(f, &format!("{} exact", fact.as_str().replace('_', " ")), self.fact(*fact))?;
            if let Some(wrong) = self.facts_wrong.get(fact) {
                let WrongFact { missed, other, false_alarms } = wrong;
                writeln!(f, "{:<NAMES$}  {missed} not found, {other} another, {false_alarms} where none is", "")?;
            }
        }
        self.fmt_intents(f)?;
        self.fmt_confusion(f)
    }
}

/// The width of the column of names.
const NAMES: usize = 30;

impl Figures {
    fn fmt_intents(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n{:<26} {:>9} {:>7} {:>6} {:>5} {:>6} {:>6}",
            "intent (anywhere)", "precision", "recall", "F1", "hits", "false", "missed"
        )?;
        for (intent, figures) in &self.intents {
            let (precision, recall, f1) =
                (percent(figures.precision()), percent(figures.recall()), percent(figures.f1()));
            let (hits, alarms, missed) = (figures.hits, figures.false_alarms, figures.missed);
            writeln!(f, "{intent:<26} {precision:>9} {recall:>7} {f1:>6} {hits:>5} {alarms:>6} {missed:>6}")?;
        }
        Ok(())
    }

    fn fmt_confusion(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let confused = self.confusion.iter().filter(|((meant, read), _)| meant != read);
        let confused = confused.map(|((meant, read), count)| (*count, *meant, *read)).collect();
        pairs(f, "primary intent read as another", "read as", confused)?;
        let dealt = self.dispositions.iter();
        let dealt = dealt.map(|((meant, read), count)| (*count, meant.as_str(), read.as_str())).collect();
        pairs(f, "dealt with as another", "dealt with as", dealt)
    }
}

/// The most frequent first.
fn pairs(f: &mut fmt::Formatter<'_>, title: &str, verb: &str, mut pairs: Vec<(usize, &str, &str)>) -> fmt::Result {
    pairs.sort_by_key(|(count, meant, read)| (std::cmp::Reverse(*count), *meant, *read));
    if pairs.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{title}")?;
    for (count, meant, read) in pairs {
        writeln!(f, "{count:>5}  {meant:<26} {verb} {read}")?;
    }
    Ok(())
}

fn named(f: &mut fmt::Formatter<'_>, name: &str, mails: &Named) -> fmt::Result {
    let gap = if mails.ids.is_empty() { "" } else { ": " };
    writeln!(f, "{name:<NAMES$}{}{gap}{}", mails.count, mails.ids.join(", "))
}

fn shown(f: &mut fmt::Formatter<'_>, name: &str, share: Share) -> fmt::Result {
    if share.of == 0 {
        return writeln!(f, "{name:<NAMES$}    -");
    }
    writeln!(f, "{name:<NAMES$}{:>5} %  ({} of {})", percent(share.percent()), share.right, share.of)
}

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.1}"))
}
