//! Which of the days that a mail names is the one promised, asked for or paid on; and where nobody but the owner can say.

use super::compile::{Compiled, Phrase};
use super::facts::dates;
use super::intents::{Holding, Scanned};
use super::read::Said;
use crate::ledger::reading::{Facts, IntentFinding};
use crate::ledger::words::Intent;
use chrono::{Datelike, Months, NaiveDate};
use std::collections::BTreeSet;

/// Rules of these intents tell what a day or an amount in their sentence is for.
pub(super) struct Purposes<'a> {
    pub(super) compiled: &'a Compiled,
    pub(super) holdings: &'a [Holding],
}

impl Purposes<'_> {
    pub(super) fn serves(&self, sentence: usize, intents: &[Intent]) -> bool {
        self.holdings.iter().any(|holding| {
            holding.sentence == sentence
                && self.compiled.rules.get(holding.rule).is_some_and(|rule| intents.contains(&rule.intent))
        })
    }

    /// The weight of the surest rule that does so; zero where none does.
    fn strength(&self, sentence: usize, intents: &[Intent]) -> u32 {
        let here = self.holdings.iter().filter(|holding| holding.sentence == sentence);
        let rules = here.filter_map(|holding| self.compiled.rules.get(holding.rule));
        rules.filter(|rule| intents.contains(&rule.intent)).map(|rule| rule.weight).max().unwrap_or_default()
    }

    /// The same as a share of one.
    fn sureness(&self, sentence: usize) -> f32 {
        u16::try_from(self.strength(sentence, AHEAD)).map_or(0.0, f32::from) / 100.0
    }

    /// A day to come that is promised or asked for, as far as its own words tell.
    pub(super) fn may_be_meant(&self, day: &dates::NamedDay, today: NaiveDate) -> bool {
        let asks = self.serves(day.sentence, &[Intent::DeferralRequest, Intent::InstalmentRequest]);
        // Nobody asks to pay later today: "aujourd'hui ce n'est pas possible", "30 días a contar desde hoy".
        let later = day.ahead > today || !asks || self.serves(day.sentence, &[Intent::PromiseToPay]);
        !day.of_paper && day.ahead >= today && !day.is_rather_past(today) && later && (!day.term || asks)
    }
}

pub(super) const AHEAD: &[Intent] = &[Intent::PromiseToPay, Intent::DeferralRequest, Intent::InstalmentRequest];
pub(super) const PAID: &[Intent] = &[Intent::PaymentMade, Intent::PaymentNotification];

/// The day of the sentence that promises or asks most surely; else the only day to come of the mail, or the last of the
/// sentence that most likely promises or asks, where `chance` says that one does. A day on which something else happens is
/// taken only where nothing but it is named in the sentence that promises ("lo stipendio arriva il 27 e lì pago").
pub(super) fn promised(
    purposes: &Purposes<'_>,
    days: &[dates::NamedDay],
    today: NaiveDate,
    chance: impl Fn(usize) -> f32,
) -> Option<NaiveDate> {
    let ahead: Vec<&dates::NamedDay> = days.iter().filter(|day| purposes.may_be_meant(day, today)).collect();
    let surest = |of_else: bool| {
        let serving = ahead.iter().filter(|day| day.of_else == of_else && purposes.strength(day.sentence, AHEAD) > 0);
        let sentences: BTreeSet<usize> = serving.map(|day| day.sentence).collect();
        let sure = |sentence: usize| purposes.sureness(sentence) + CHANCE * chance(sentence).min(LIKELY);
        // Of several as sure the first.
        sentences.into_iter().rev().max_by(|one, other| sure(*one).total_cmp(&sure(*other)))
    };
    if let Some(sentence) = surest(false).or_else(|| surest(true)) {
        return of_sentence(&ahead, sentence, today);
    }
    let rest = || ahead.iter().filter(|day| !day.of_else && !purposes.serves(day.sentence, PAID));
    let different: BTreeSet<NaiveDate> = rest().map(|day| day.ahead).collect();
    if different.len() < 2 {
        return different.into_iter().next();
    }
    let likely = rest().map(|day| (chance(day.sentence), day)).filter(|(chance, _)| *chance > LIKELY);
    likely.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, day)| day.ahead)
}

/// The last day that a sentence names for what it promises or asks.
fn of_sentence(ahead: &[&dates::NamedDay], sentence: usize, today: NaiveDate) -> Option<NaiveDate> {
    let here = || ahead.iter().rev().filter(|day| day.sentence == sentence);
    let plain = || here().filter(|day| !day.of_else);
    // "Am Montag wird angewiesen, die Chefin hat heute unterschrieben": today is when it is said.
    let later = plain().find(|day| day.ahead != today);
    later.or_else(|| plain().next()).or_else(|| here().next()).map(|day| day.ahead)
}

/// How much the chance that a sentence promises or asks counts beside the weight of its rule, as long as it is no likely
/// one: of rules about as sure the one in an unlikely sentence gives way.
const CHANCE: f32 = 0.2;

/// A sentence this likely to promise or to ask tells which of several days is meant.
const LIKELY: f32 = 0.5;

/// The day of which a list of what is open is asked, where it is not the writer's own: the last in a sentence that asks
/// for the list, or, where only the whole mail tells that it does, in one about no payment.
pub(super) fn as_at(purposes: &Purposes<'_>, days: &[dates::NamedDay], today: NaiveDate) -> Option<NaiveDate> {
    // Of a day without its year the one that is over is meant: nobody asks how things will have stood.
    let stood = |day: &dates::NamedDay| if day.behind <= today { day.behind } else { day.ahead };
    let named = || days.iter().filter(|day| !day.of_paper && stood(day) != today);
    let asked = named().rfind(|day| purposes.serves(day.sentence, &[Intent::StatementRequest]));
    let beside = || named().rfind(|day| !purposes.serves(day.sentence, AHEAD) && !purposes.serves(day.sentence, PAID));
    asked.or_else(beside).map(stood)
}

/// Sentences that promise or ask for another day than the one taken: nobody but the owner can say which is meant.
pub(super) fn contrary_days(said: &Said<'_>, facts: &Facts, found: &[IntentFinding]) -> BTreeSet<usize> {
    let Said { compiled, utterance, raw, days, .. } = *said;
    let purposes = Purposes { compiled, holdings: raw };
    let (taken, None) = (facts.promised_date, &facts.instalments) else { return BTreeSet::new() };
    let Some(taken) = taken else {
        let promises = found.iter().any(|finding| finding.intent == Intent::PromiseToPay);
        return if promises { unused(said, &purposes) } else { BTreeSet::new() };
    };
    let promising =
        |day: &&dates::NamedDay| purposes.may_be_meant(day, utterance.day) && purposes.serves(day.sentence, AHEAD);
    let ahead = || days.iter().filter(|day| purposes.may_be_meant(day, utterance.day));
    let days: Vec<&dates::NamedDay> = days.iter().filter(promising).collect();
    if days.is_empty() && ahead().any(|day| day.ahead != taken) {
        // No rule tells which: the one taken is a guess.
        return ahead().filter(|day| day.ahead == taken).map(|day| day.sentence).collect();
    }
    let sentences: BTreeSet<usize> = days.iter().map(|day| day.sentence).collect();
    let contrary = sentences.into_iter().filter(|index| {
        // Where another day than the last of a sentence is taken the owner looks at it.
        days.iter().rev().find(|day| day.sentence == *index).is_some_and(|day| day.ahead != taken)
    });
    contrary.collect()
}

/// Sentences that promise and name a day which was taken for one of something else: before the customer is asked for a
/// day, the owner looks whether they gave it. A due date is none: "quella che scade il 31 la paghiamo".
fn unused(said: &Said<'_>, purposes: &Purposes<'_>) -> BTreeSet<usize> {
    let Said { utterance, scanned, days, .. } = *said;
    let due = |day: &dates::NamedDay| {
        let sentence = scanned.get(day.sentence).map(|scanned| &scanned.sentence);
        let mut around = (day.from.saturating_sub(BESIDE)..=day.to).filter_map(|at| sentence?.word(at));
        around.any(is_due)
    };
    let unused = days.iter().filter(|day| {
        let past = day.ahead < utterance.day || day.is_rather_past(utterance.day);
        // "Era nella distinta del 2 ottobre": perhaps paid then. Other past days are circumstances ("come detto il 5").
        let stands = if past { is_of_a_run(scanned, day) } else { day.ahead > utterance.day };
        stands && !day.denied && !due(day)
    });
    unused.map(|day| day.sentence).filter(|at| purposes.serves(*at, &[Intent::PromiseToPay])).collect()
}

/// The day of a payment run ("nella distinta del 2 ottobre"), or of a payment when due.
fn is_of_a_run(scanned: &[Scanned], day: &dates::NamedDay) -> bool {
    let Some(said) = scanned.get(day.sentence) else { return false };
    said.phrases(Phrase::OnDueDay).any(|hit| hit.to == day.from || hit.to == day.from + 1 && hit.from < day.from)
}

/// Sentences that claim a payment on a day which lies ahead: "we paid on 31 October", written on the 8th. A day on which
/// the money will be there is none.
pub(super) fn paid_ahead(said: &Said<'_>) -> BTreeSet<usize> {
    let Said { compiled, utterance, scanned, raw, days } = *said;
    let claims = |holding: &&Holding| {
        let rule = compiled.rules.get(holding.rule);
        rule.is_some_and(|rule| rule.intent == Intent::PaymentMade && !rule.faint)
    };
    let beside = |holding: &&Holding| {
        let Some(sentence) = scanned.get(holding.sentence).map(|scanned| &scanned.sentence) else { return false };
        let joined = |range: std::ops::Range<usize>| {
            range.clone().count() <= BESIDE
                && range.clone().all(|at| sentence.word(at).is_none_or(|word| !OF_ARRIVAL.contains(&word)))
        };
        let unbroken = |mut range: std::ops::RangeInclusive<usize>| {
            range.all(|at| sentence.tokens.get(at).is_none_or(|token| !token.after_break))
        };
        let near = |day: &dates::NamedDay| {
            let before = sentence.word(day.from.wrapping_sub(1)).is_some_and(|word| OF_ARRIVAL.contains(&word));
            let within = holding.from < day.to && day.from < holding.to;
            let behind = holding.to <= day.from && joined(holding.to..day.from) && unbroken(holding.to..=day.from);
            let ahead = day.to <= holding.from && joined(day.to..holding.from) && unbroken(day.to..=holding.from);
            let due = (day.from.saturating_sub(BESIDE)..=day.to).any(|at| sentence.word(at).is_some_and(is_due));
            !before && !due && (within || behind || ahead)
        };
        let here = days.iter().filter(|day| day.sentence == holding.sentence && !day.of_paper);
        here.clone().all(|day| day.ahead == day.behind && day.behind > utterance.day) && here.clone().any(near)
    };
    raw.iter().filter(claims).filter(beside).map(|holding| holding.sentence).collect()
}

/// So many words at most part a claim from its day.
const BESIDE: usize = 3;
/// Around a day they make it one of the invoice: "la fattura che scade il 31/10", "die am 31. fällige Rechnung".
fn is_due(word: &str) -> bool {
    const DUE: &[&str] =
        &["scad", "due", "matur", "fallig", "faellig", "echu", "echeance", "echoi", "venc", "dated", "emess", "datata"];
    DUE.iter().any(|stem| word.starts_with(stem))
}

/// What stands before the day on which the money arrives, or is sent.
const OF_ARRIVAL: &[&str] = &[
    "valuta",
    "per",
    "entro",
    "value",
    "for",
    "by",
    "until",
    "wert",
    "wertstellung",
    "valeur",
    "pour",
    "avant",
    "valor",
    "para",
    "fur",
    "fuer",
    "bis",
    "hasta",
    "till",
    "arriva",
    "arrivera",
    "fino",
];

/// The last day that is past beyond doubt; else the last one that may be ("lunedì").
pub(super) fn paid_on(
    purposes: &Purposes<'_>,
    scanned: &[Scanned],
    days: &[dates::NamedDay],
    today: NaiveDate,
) -> Option<NaiveDate> {
    let past = days.iter().filter(|day| !day.of_paper && day.behind <= today && purposes.serves(day.sentence, PAID));
    let sure = past.clone().rfind(|day| day.ahead == day.behind);
    let day = sure.or_else(|| past.clone().next_back()).map(|day| day.behind);
    day.or_else(|| if days.is_empty() { paid_in_month(purposes, scanned, today) } else { None })
}

/// "Già pagata a settembre": the last day of a month that is over, for nobody can say which it was.
fn paid_in_month(purposes: &Purposes<'_>, scanned: &[Scanned], today: NaiveDate) -> Option<NaiveDate> {
    let paying = scanned.iter().enumerate().filter(|(index, _)| purposes.serves(*index, PAID)).map(|(_, said)| said);
    let months = paying.flat_map(|said| {
        let calendars: Vec<_> =
            said.heard.iter().filter_map(|language| purposes.compiled.calendars.get(language)).collect();
        let words = said.sentence.tokens.iter().map(|token| token.word.as_str()).filter(|word| word.len() > 3);
        words.filter_map(|word| calendars.iter().find_map(|calendar| calendar.month(word))).collect::<Vec<_>>()
    });
    let month = months.last().filter(|month| *month != today.month())?;
    let year = if month < today.month() { today.year() } else { today.year() - 1 };
    NaiveDate::from_ymd_opt(year, month, 1)?.checked_add_months(Months::new(1))?.pred_opt()
}
