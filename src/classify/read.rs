//! The way of a mail through the room.

use super::advice;
use super::beside;
use super::compile::{Compiled, Phrase};
use super::facts::{absence, amounts, dates, means, plan, recurrence, references};
use super::fallback;
use super::intents::{self, Holding, Scanned, merge};
use super::language::Heard;
use super::rules::Place;
use super::sentences::{Sentence, sentences};
use super::unread;
use crate::ledger::ids::RuleId;
use crate::ledger::money::Currency;
use crate::ledger::reading::{Facts, IntentFinding, Warning};
use crate::ledger::words::{Confidence, Intent, Language, MessageKind};
use crate::message::Message;
use chrono::{Datelike, Months, NaiveDate};
use std::collections::BTreeSet;

/// What there is to understand of a mail.
#[derive(Debug, Clone)]
pub struct Utterance<'a> {
    /// The new words, without quotes, sign-off and signature.
    pub text: &'a str,
    /// Sign-off, signature block and small print, which were cut: only searched for what nobody signs with.
    pub signature: String,
    /// Text that no reader of the mail sees: only searched for orders to machines.
    pub concealed: &'a str,
    /// The subject, as decoded.
    pub subject: &'a str,
    /// Words of the names of those who write and are written to, folded: they say nothing.
    pub people: BTreeSet<String>,
    /// Who else speaks below the words or reads along: a person should know before anything is answered.
    pub company: Vec<String>,
    /// Names of what is attached, pictures shown in the text left out.
    pub attachment_names: Vec<&'a str>,
    /// The writer's own day.
    pub day: NaiveDate,
    /// The language, when it is known already; else it is told from the words.
    pub language: Option<Language>,
    /// Sort of mail, by its envelope.
    pub kind: MessageKind,
    /// The currency of amounts that name none.
    pub currency: Currency,
    /// The firm's own IBANs, compact.
    pub own_ibans: &'a [String],
}

impl<'a> Utterance<'a> {
    /// What there is to understand of a message.
    #[must_use]
    pub fn of(message: &'a Message, day: NaiveDate, currency: Currency, own_ibans: &'a [String]) -> Self {
        let named = message
            .attachments
            .iter()
            .filter(|attachment| !attachment.inline)
            .filter_map(|attachment| attachment.name.as_deref());
        Self {
            text: &message.words.new,
            signature: cut_below(message),
            concealed: &message.words.concealed,
            subject: &message.subject,
            people: people(message),
            company: message.company(),
            attachment_names: named.collect(),
            day,
            language: None,
            kind: message.kind,
            currency,
            own_ibans,
        }
    }
}

/// What was cut below the words.
fn cut_below(message: &Message) -> String {
    let words = &message.words;
    let kept: BTreeSet<&str> = words.new.lines().collect();
    let closing = words.signed.lines().filter(|line| !kept.contains(line));
    closing.chain(words.signature.lines()).collect::<Vec<_>>().join("\n")
}

/// The names in From, To and Cc, and those that their addresses are made of.
fn people(message: &Message) -> BTreeSet<String> {
    let all = message.from.iter().chain(&message.to).chain(&message.cc);
    let named = all.flat_map(|one| {
        let local = one.address.as_ref().and_then(|address| address.as_str().split('@').next().map(str::to_owned));
        one.name.clone().into_iter().chain(local)
    });
    let words = named.flat_map(|name| super::sentences::words_of(&name.replace(['.', '_', '-'], " ")));
    words.filter(|word| word.len() > 2).collect()
}

/// What was understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Understanding {
    /// The language of the new words; `None` when there are too few.
    pub language: Option<Language>,
    /// What the writer wants, primary first.
    pub intents: Vec<IntentFinding>,
    /// Dates, amounts, references.
    pub facts: Facts,
    /// What no rule understood and what could matter, in the writer's words.
    pub unread: Vec<String>,
    /// Signs of trouble in the words.
    pub warnings: Vec<Warning>,
}

/// Reads a mail.
pub(super) fn read(compiled: &Compiled, utterance: &Utterance<'_>) -> Understanding {
    let cut = sentences(utterance.text);
    let heard = Heard::of(&compiled.vocabulary, &cut, utterance.language);
    let language = utterance.language.or_else(|| heard.language());
    if utterance.kind == MessageKind::Other {
        return read_unrelated(compiled, utterance, &cut, language);
    }
    let scanned = intents::scan_heard(compiled, cut, &heard);
    let (faint, raw): (Vec<Holding>, Vec<Holding>) = intents::holdings(compiled, &scanned, Place::Text)
        .into_iter()
        .partition(|holding| compiled.rules.get(holding.rule).is_some_and(|rule| rule.faint));
    let ordered = scanned.iter().any(|scanned| scanned.phrases(Phrase::Instruction).next().is_some());
    let warnings = warnings(compiled, ordered, utterance);
    let by_kind = match utterance.kind {
        MessageKind::AutoReply | MessageKind::Receipt => Some(Intent::AutoReply),
        MessageKind::Bounce => Some(Intent::Bounce),
        MessageKind::Notification => Some(Intent::PaymentNotification),
        MessageKind::Reply | MessageKind::Own | MessageKind::Other => None,
    };
    let days = dates::read(compiled, &scanned, utterance.day);
    let said = Said { compiled, utterance, scanned: &scanned, raw: &raw, days: &days.named };
    if let Some(intent) = by_kind {
        return read_by_kind(&said, intent, language, warnings);
    }
    let times = dates::times(&days.named, utterance.day);
    let held = intents::overrule(compiled, &scanned, raw.clone(), &times);
    let mut found = intents::findings(compiled, &scanned, &held, utterance.text);
    beside::add_attachments(compiled, utterance, &mut found);
    beside::add_subject(compiled, utterance, language, &mut found);
    beside::add_signature(compiled, utterance, language, &mut found);
    add_foreign_iban(utterance, &warnings, &mut found);
    let leftovers = |thanks_only| unread::unread(compiled, &scanned, &raw, utterance, language, thanks_only);
    let mut unread = leftovers(false);
    let mut hints = intents::findings(compiled, &scanned, &faint, utterance.text);
    for hint in &mut hints {
        hint.confidence = Confidence::percent(advice::GUESS);
    }
    hints.extend(fallback::day_alone(utterance, &scanned, &days.named, &found, &unread));
    advice::weigh(compiled, utterance, &scanned, &mut found, &hints);
    // Only now is it known that nothing but thanks is found: a guess or a day alone beside them could be answered.
    if !found.is_empty() && found.iter().all(|finding| finding.intent == Intent::Acknowledgement) {
        unread = leftovers(true);
    }
    let facts = facts(&said, &found);
    let mut doubtful = contrary_days(&said, &facts);
    doubtful.extend(&days.impossible);
    doubtful.extend(paid_ahead(&said));
    for contrary in doubtful.into_iter().filter_map(|index| whole(scanned.get(index)?, utterance.text)) {
        if unread.iter().all(|words| !contrary.contains(words.as_str())) {
            unread.push(contrary);
        }
    }
    for doubt in advice::doubts(utterance, &scanned, &found) {
        if unread.iter().all(|words| !doubt.contains(words.as_str())) {
            unread.push(doubt);
        }
    }
    let aside = beside::unread(compiled, utterance, &scanned);
    let facts = Facts { accepts: aside.is_empty() && unread::accepts(compiled, &scanned, utterance), ..facts };
    unread.extend(aside);
    // A word that happens to be known is no understanding of a language without rules.
    let readable = language.is_none_or(|language| compiled.rules.iter().any(|rule| rule.language == language));
    if !readable && unread.is_empty() && !utterance.text.trim().is_empty() {
        unread.push(utterance.text.trim().to_owned());
    }
    Understanding { language, intents: found, facts, unread, warnings }
}

/// What a mail says, before it is asked what it is for.
struct Said<'a> {
    compiled: &'a Compiled,
    utterance: &'a Utterance<'a>,
    scanned: &'a [Scanned],
    /// The rules that hold, broad words left out.
    raw: &'a [Holding],
    days: &'a [dates::NamedDay],
}

/// Machines' mails: the envelope says what they are; an absence may still name another office.
fn read_by_kind(said: &Said<'_>, intent: Intent, language: Option<Language>, warnings: Vec<Warning>) -> Understanding {
    let Said { compiled, utterance, scanned, raw, .. } = *said;
    let mut found = vec![by_envelope(utterance, intent)];
    if utterance.kind == MessageKind::AutoReply {
        let leaves = intents::findings(compiled, scanned, raw, utterance.text);
        found.extend(leaves.into_iter().filter(|finding| finding.intent == Intent::ContactChange));
    }
    let facts = facts(said, &found);
    // Whoever comes back has not left: the other address is a stand-in (docs/reading.md, contact_change).
    if facts.return_date.is_some() {
        found.retain(|finding| finding.intent != Intent::ContactChange);
    }
    Understanding { language, intents: found, facts, unread: Vec::new(), warnings }
}

/// What machines write to many is most of all mail: of its words nothing is asked but whether they speak to a machine.
fn read_unrelated(
    compiled: &Compiled,
    utterance: &Utterance<'_>,
    cut: &[Sentence],
    language: Option<Language>,
) -> Understanding {
    let warnings = warnings(compiled, intents::speaks_to_machine(compiled, cut), utterance);
    let intents = vec![by_envelope(utterance, Intent::Unrelated)];
    Understanding { language, intents, warnings, ..Understanding::default() }
}

fn by_envelope(utterance: &Utterance<'_>, intent: Intent) -> IntentFinding {
    let rule = RuleId::new(format!("kind.{}", utterance.kind));
    IntentFinding { intent, confidence: Confidence::percent(95), rule, evidence: utterance.subject.to_owned() }
}

/// A bank account that is not ours, in a mail of a person: a change is claimed or asked about, whatever the words.
fn add_foreign_iban(utterance: &Utterance<'_>, warnings: &[Warning], found: &mut Vec<IntentFinding>) {
    if warnings.contains(&Warning::ForeignIban) {
        let evidence = references::ibans(utterance.text).join(", ");
        let rule = RuleId::new("fact.foreign_iban");
        merge(
            found,
            vec![IntentFinding {
                intent: Intent::BankDetailsVerification,
                confidence: Confidence::percent(70),
                rule,
                evidence,
            }],
        );
    }
}

/// `ordered`: the words speak to a machine.
fn warnings(compiled: &Compiled, ordered: bool, utterance: &Utterance<'_>) -> Vec<Warning> {
    let mut found = Vec::new();
    if ordered || intents::speaks_to_machine(compiled, &sentences(utterance.concealed)) {
        found.push(Warning::InstructionToMachine);
    }
    let own: BTreeSet<String> = utterance.own_ibans.iter().map(|iban| compact(iban)).collect();
    let named = references::ibans(utterance.text).into_iter().chain(references::ibans(utterance.subject));
    if named.into_iter().any(|iban| !own.contains(&iban)) {
        found.push(Warning::ForeignIban);
    }
    found
}

fn compact(iban: &str) -> String {
    iban.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// Rules of these intents tell what a day or an amount in their sentence is for.
struct Purposes<'a> {
    compiled: &'a Compiled,
    holdings: &'a [Holding],
}

impl Purposes<'_> {
    fn serves(&self, sentence: usize, intents: &[Intent]) -> bool {
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

    /// A day to come that is promised or asked for, as far as its own words tell.
    fn may_be_meant(&self, day: &dates::NamedDay, today: NaiveDate) -> bool {
        let asks = self.serves(day.sentence, &[Intent::DeferralRequest, Intent::InstalmentRequest]);
        // Nobody asks to pay later today: "aujourd'hui ce n'est pas possible", "30 días a contar desde hoy".
        let later = day.ahead > today || !asks || self.serves(day.sentence, &[Intent::PromiseToPay]);
        !day.of_paper && day.ahead >= today && later && (!day.term || asks)
    }
}

const AHEAD: &[Intent] = &[Intent::PromiseToPay, Intent::DeferralRequest, Intent::InstalmentRequest];
const PAID: &[Intent] = &[Intent::PaymentMade, Intent::PaymentNotification];

fn facts(said: &Said<'_>, found: &[IntentFinding]) -> Facts {
    let Said { compiled, utterance, scanned, raw, days } = *said;
    let purposes = Purposes { compiled, holdings: raw };
    let wants = |intents: &[Intent]| found.iter().any(|finding| intents.contains(&finding.intent));
    let named = amounts::read(compiled, scanned, utterance.text, utterance.currency);
    let frame = || plan::frame(compiled, scanned, days, &named, utterance.currency);
    let in_parts =
        wants(&[Intent::InstalmentRequest]).then(|| plan::instalments(days, &named, &frame(), utterance.day));
    let instalments = in_parts.flatten();
    let is_no_plan = instalments.is_none() && named.is_empty();
    let any = |phrase: Phrase| scanned.iter().any(|scanned| scanned.phrases(phrase).next().is_some());
    // "Siamo chiusi dal 21": a person who says so beside what they want is not away.
    let is_away = found.first().is_some_and(|finding| finding.intent == Intent::AutoReply);
    let absent = is_away && utterance.kind != MessageKind::Receipt;
    Facts {
        promised_date: if instalments.is_none() && wants(AHEAD) {
            promised(&purposes, days, utterance.day)
        } else {
            None
        },
        instalments,
        amounts: claimed(&purposes, &named, found),
        payment_reference: references::payment_reference(scanned, utterance.text),
        return_date: if absent { absence::returns(scanned, days, utterance.day) } else { None },
        new_contact: new_contact(&purposes, scanned, utterance, absent),
        paid_on: if wants(PAID) { paid_on(&purposes, scanned, days, utterance.day) } else { None },
        iban: references::ibans(utterance.text).into_iter().next(),
        all_items: any(Phrase::AllItems) || concerns_all(compiled, raw, found),
        set_off: any(Phrase::SetOff),
        personal_data: any(Phrase::PersonalData),
        credit_note: wants(&[Intent::Dispute]) && any(Phrase::CreditNote),
        accepts: false,
        means: means::of(scanned),
        next_year: any(Phrase::NextYear),
        pays_on: recurrence::pay_habit(scanned).filter(|_| is_no_plan),
    }
}

fn concerns_all(compiled: &Compiled, raw: &[Holding], found: &[IntentFinding]) -> bool {
    let rules = raw.iter().filter_map(|holding| compiled.rules.get(holding.rule));
    rules.filter(|rule| rule.concerns_all).any(|rule| found.iter().any(|finding| finding.intent == rule.intent))
}

/// The last day of the first sentence that promises or asks; else the only day to come of the mail.
fn promised(purposes: &Purposes<'_>, days: &[dates::NamedDay], today: NaiveDate) -> Option<NaiveDate> {
    let ahead: Vec<&dates::NamedDay> = days.iter().filter(|day| purposes.may_be_meant(day, today)).collect();
    let strength = |day: &&&dates::NamedDay| purposes.strength(day.sentence, AHEAD);
    let strongest = ahead.iter().map(|day| strength(&day)).max().unwrap_or_default();
    let serves = |day: &&&dates::NamedDay| strongest > 0 && strength(day) == strongest;
    let first = ahead.iter().find(serves).map(|day| day.sentence);
    if let Some(sentence) = first {
        let mut here = ahead.iter().rev().filter(|day| day.sentence == sentence).map(|day| day.ahead).peekable();
        // "Am Montag wird angewiesen, die Chefin hat heute unterschrieben": today is when it is said.
        let last = here.peek().copied();
        return here.find(|day| *day != today).or(last);
    }
    let rest: BTreeSet<NaiveDate> =
        ahead.iter().filter(|day| !purposes.serves(day.sentence, PAID)).map(|day| day.ahead).collect();
    if rest.len() == 1 { rest.into_iter().next() } else { None }
}

/// Sentences that promise or ask for another day than the one taken: nobody but the owner can say which is meant.
fn contrary_days(said: &Said<'_>, facts: &Facts) -> BTreeSet<usize> {
    let Said { compiled, utterance, raw, days, .. } = *said;
    let (Some(taken), None) = (facts.promised_date, &facts.instalments) else { return BTreeSet::new() };
    let purposes = Purposes { compiled, holdings: raw };
    let promising =
        |day: &&dates::NamedDay| purposes.may_be_meant(day, utterance.day) && purposes.serves(day.sentence, AHEAD);
    let days: Vec<&dates::NamedDay> = days.iter().filter(promising).collect();
    let sentences: BTreeSet<usize> = days.iter().map(|day| day.sentence).collect();
    let contrary = sentences.into_iter().filter(|index| {
        // What a sentence says of itself is its last day.
        days.iter().rev().find(|day| day.sentence == *index).is_some_and(|day| day.ahead != taken)
    });
    contrary.collect()
}

/// Sentences that claim a payment on a day which lies ahead: "we paid on 31 October", written on the 8th. A day on which
/// the money will be there is none.
fn paid_ahead(said: &Said<'_>) -> BTreeSet<usize> {
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

/// A whole sentence, in the writer's words.
fn whole(scanned: &Scanned, text: &str) -> Option<String> {
    let range = scanned.sentence.range_of(0, scanned.sentence.tokens.len());
    Some(super::fold::original(text, range).to_owned())
}

/// The last day that is past beyond doubt; else the last one that may be ("lunedì").
fn paid_on(
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

/// Amounts of sentences that pay, promise or ask; where no sentence does so with an amount, the mail's only one.
fn claimed(
    purposes: &Purposes<'_>,
    named: &[amounts::NamedAmount],
    found: &[IntentFinding],
) -> Vec<crate::ledger::money::Money> {
    let purpose = |amount: &&amounts::NamedAmount| {
        purposes.serves(amount.sentence, PAID) || purposes.serves(amount.sentence, AHEAD)
    };
    let stands = |amount: &&amounts::NamedAmount| !amount.other && !amount.by_day;
    let mut chosen: Vec<_> = named.iter().filter(stands).filter(purpose).map(|amount| amount.money).collect();
    let money = found.iter().any(|finding| PAID.contains(&finding.intent) || AHEAD.contains(&finding.intent));
    if chosen.is_empty() && money {
        let all: BTreeSet<_> = named.iter().filter(stands).map(|amount| amount.money).collect();
        if all.len() == 1 {
            chosen.extend(all);
        }
    }
    let mut seen = BTreeSet::new();
    chosen.retain(|money| seen.insert(*money));
    chosen
}

fn new_contact(
    purposes: &Purposes<'_>,
    scanned: &[Scanned],
    utterance: &Utterance<'_>,
    absent: bool,
) -> Option<crate::ledger::ids::Address> {
    if !matches!(utterance.kind, MessageKind::Reply | MessageKind::AutoReply) {
        return None;
    }
    scanned.iter().enumerate().find_map(|(index, scanned)| {
        let told = utterance.kind == MessageKind::Reply && scanned.phrases(Phrase::NewContact).next().is_some();
        let leaves = purposes.serves(index, &[Intent::ContactChange]);
        let addresses = references::addresses(&scanned.sentence, utterance.text);
        if told || leaves || absent { addresses.into_iter().next().map(|(_, address)| address) } else { None }
    })
}
