//! The way of a mail through the room.

use super::advice;
use super::beside;
use super::compile::{Compiled, Phrase};
use super::facts::{absence, amounts, dates, means, plan, recurrence, references, refund};
use super::fallback;
use super::intents::{self, Holding, Scanned, merge};
use super::language::Heard;
use super::rules::Place;
use super::sentences::{Sentence, sentences};
use super::unread;
use super::which_day::{AHEAD, PAID, Purposes, as_at, contrary_days, paid_ahead, paid_on, promised};
use crate::ledger::ids::RuleId;
use crate::ledger::money::Currency;
use crate::ledger::reading::{Facts, IntentFinding, Warning};
use crate::ledger::words::{Confidence, Intent, Language, MessageKind};
use crate::message::Message;
use chrono::NaiveDate;
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
    let mut held = intents::overrule(compiled, &scanned, raw.clone(), &times);
    let aside = advice::put_aside(compiled, utterance, &scanned, &mut held);
    let meant = |holding: &&Holding| {
        let intent = compiled.rules.get(holding.rule).map(|rule| rule.intent);
        intent.is_none_or(|intent| !aside.contains(&(holding.sentence, intent)))
    };
    let meant: Vec<Holding> = raw.iter().filter(meant).copied().collect();
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
    let firm = Purposes { compiled, holdings: &held };
    let dated = days.named.iter().any(|day| {
        !day.of_else && firm.may_be_meant(day, utterance.day) && firm.serves(day.sentence, &[Intent::PromiseToPay])
    });
    advice::weigh(compiled, utterance, &scanned, &mut found, &hints, dated);
    put_the_part_first(&firm, &scanned, &mut found);
    // Only now is it known that nothing but thanks is found: a guess or a day alone beside them could be answered.
    if !found.is_empty() && found.iter().all(|finding| finding.intent == Intent::Acknowledgement) {
        unread = leftovers(true);
    }
    let said = Said { raw: &meant, ..said };
    let facts = facts(&said, &found);
    let mut doubtful = contrary_days(&said, &facts, &found);
    doubtful.extend(aside.iter().map(|(sentence, _)| *sentence));
    doubtful.extend(&days.impossible);
    doubtful.extend(apart(&scanned));
    doubtful.extend(paid_ahead(&said));
    for contrary in
        doubtful.into_iter().filter_map(|index| Some(scanned.get(index)?.written(utterance.text).to_owned()))
    {
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

/// "500 sono partiti ieri, il resto arriva il 10": where the promise is of the rest the payment comes first, for it is to be
/// looked for now.
fn put_the_part_first(purposes: &Purposes<'_>, scanned: &[Scanned], found: &mut [IntentFinding]) {
    let rest = purposes.holdings.iter().any(|holding| {
        let promises =
            purposes.compiled.rules.get(holding.rule).is_some_and(|rule| rule.intent == Intent::PromiseToPay);
        let rests = || scanned.get(holding.sentence).into_iter().flat_map(|said| said.phrases(Phrase::RestPart));
        promises && rests().any(|hit| hit.from < holding.to && holding.from < hit.to)
    });
    let paid = found.iter().position(|finding| finding.intent == Intent::PaymentMade);
    let promises = found.first().is_some_and(|finding| finding.intent == Intent::PromiseToPay);
    if let Some(first) = paid.and_then(|paid| found.get_mut(..=paid)).filter(|_| rest && promises) {
        first.rotate_right(1);
    }
}

/// What a mail says, before it is asked what it is for.
pub(super) struct Said<'a> {
    pub(super) compiled: &'a Compiled,
    pub(super) utterance: &'a Utterance<'a>,
    pub(super) scanned: &'a [Scanned],
    /// The rules that hold, broad words left out.
    pub(super) raw: &'a [Holding],
    pub(super) days: &'a [dates::NamedDay],
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

fn facts(said: &Said<'_>, found: &[IntentFinding]) -> Facts {
    let Said { compiled, utterance, scanned, raw, days } = *said;
    let purposes = Purposes { compiled, holdings: raw };
    let wants = |intents: &[Intent]| found.iter().any(|finding| intents.contains(&finding.intent));
    let any = |phrase: Phrase| scanned.iter().any(|scanned| scanned.phrases(phrase).next().is_some());
    let named = amounts::read(compiled, scanned, utterance.text, utterance.currency);
    let asks = |sentence| purposes.serves(sentence, &[Intent::InstalmentRequest]);
    let frame =
        wants(&[Intent::InstalmentRequest]).then(|| plan::frame(compiled, scanned, days, &named, utterance.currency));
    let plan = frame.as_ref().and_then(|frame| plan::instalments(days, &named, frame, utterance.day, asks));
    // "La 118 il 10, la 121 il 20": which day holds for which is for the owner.
    let apart = any(Phrase::EachItsDay);
    let instalments = plan.filter(|_| !apart);
    // Whoever asks for so many parts promises no day for the whole.
    let undated = apart || frame.is_some_and(|frame| frame.is_counted());
    let is_no_plan = instalments.is_none() && named.is_empty();
    // "Siamo chiusi dal 21": a person who says so beside what they want is not away.
    let is_away = found.first().is_some_and(|finding| finding.intent == Intent::AutoReply);
    let absent = is_away && utterance.kind != MessageKind::Receipt;
    let promised_date = if instalments.is_none() && wants(AHEAD) && !undated {
        let chance = |sentence| advice::chance(utterance, scanned, sentence, AHEAD);
        promised(&purposes, days, utterance.day, chance)
    } else {
        None
    };
    Facts {
        by_habit: promised_date.is_some_and(|day| recurrence::is_only_a_habit(scanned, days, day)),
        promised_date,
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
        refund: if wants(&[Intent::Dispute, Intent::PaymentMade]) { refund::of(scanned) } else { None },
        as_at: if wants(&[Intent::StatementRequest]) { as_at(&purposes, days, utterance.day) } else { None },
        accepts: false,
        means: means::of(scanned),
        next_year: any(Phrase::NextYear),
        pays_on: recurrence::pay_habit(scanned).filter(|_| is_no_plan),
    }
}

/// Sentences that name two papers with a day each.
fn apart(scanned: &[Scanned]) -> impl Iterator<Item = usize> + '_ {
    let names = |scanned: &Scanned| scanned.phrases(Phrase::EachItsDay).next().is_some();
    scanned.iter().enumerate().filter(move |(_, scanned)| names(scanned)).map(|(index, _)| index)
}

fn concerns_all(compiled: &Compiled, raw: &[Holding], found: &[IntentFinding]) -> bool {
    let rules = raw.iter().filter_map(|holding| compiled.rules.get(holding.rule));
    rules.filter(|rule| rule.concerns_all).any(|rule| found.iter().any(|finding| finding.intent == rule.intent))
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
