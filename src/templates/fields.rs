//! What a template may name. A fact that a mail does not have is not there at all: naming it stops the mail.

use super::blocks::{self, Blocks};
use super::letter::Letter;
use super::parties::{self, Missing};
use super::wording::{capital, greeting};
use super::{days, shelf, standing, works};
use crate::ledger::exchange::Exchange;
use crate::ledger::mail::Season;
use crate::ledger::money::{self, Money};
use crate::ledger::receivable::Receivable;
use crate::ledger::words::Purpose;
use serde_json::{Map, Value, json};

/// Days: each has `short`, `long`, `weekday`, and for Italian `il`, `al`, `del`, `dal`.
const DAYS: [&str; 8] =
    ["due", "agreed", "payments_known", "named_day", "asked_day", "deadline", "today", "sdi_delivered"];
const DAY_FORMS: [&str; 7] = ["short", "long", "weekday", "il", "al", "del", "dal"];

/// Everything else.
const WORDS: [&str; 46] = [
    "greeting",
    "firm",
    "person",
    "phone",
    "customer",
    "several",
    "numbers",
    "invoice",
    "Invoice",
    "document",
    "Document",
    "total",
    "paid",
    "amount",
    "part_paid",
    "of_part",
    "parts",
    "accepted",
    "all_overdue",
    "attached",
    "earlier",
    "earlier.long",
    "earlier.il",
    "earlier.del",
    "several_earlier",
    "discreet",
    "contract",
    "work",
    "year_end",
    "easter",
    "summer",
    "holiday",
    "deadline_days",
    "cig",
    "cup",
    "sdi_id",
    "pec",
    // Not in every letter, unlike the other blocks.
    "claims",
    "interest",
    "compensation",
    "total_claimed",
    // At the head of a letter that the owner signs.
    "sender",
    "addressee",
    "place",
    "to_firm",
    "iban_gap",
];

/// What no mail names that leaves before anything is due: a text that asks for one of these does not go out.
const MONEY: [&str; 15] = [
    "parts",
    "items",
    "payment",
    "bank_details",
    "claims",
    "total",
    "paid",
    "amount",
    "part_paid",
    "all_overdue",
    "total_claimed",
    "interest",
    "compensation",
    "payments_known",
    "earlier",
];
/// What only one account has: a text that speaks for several and asks for one of these does not go out. There is no sum
/// over several accounts, whatever a text asks for.
const OF_ONE: [&str; 15] = [
    "of_part",
    "customer",
    "addressee",
    "to_firm",
    "iban_gap",
    "total",
    "paid",
    "amount",
    "total_claimed",
    "claims",
    "interest",
    "compensation",
    "contract",
    "work",
    "deadline_days",
];
/// The text that thanks, and names no document either.
const COURTESY_NOTE: &str = "courtesy_note";
/// What it does not name.
const DOCUMENT: [&str; 7] = ["document", "Document", "invoice", "Invoice", "numbers", "due", "contract"];

/// Every name that a template may use, with its dots.
pub(super) fn known() -> Vec<String> {
    let mut names: Vec<String> = WORDS.iter().map(|name| (*name).to_owned()).collect();
    names.extend(shelf::BLOCKS.iter().map(|(name, _)| (*name).to_owned()));
    for day in DAYS {
        // The day as a whole serves only to ask whether it is there.
        names.push(day.to_owned());
        names.extend(DAY_FORMS.iter().map(|form| format!("{day}.{form}")));
    }
    names
}

/// The facts of one letter.
pub(super) fn of(letter: &Letter<'_>, parts: &Blocks<'_>) -> Value {
    let (customer, particulars) = (&letter.account.customer, &letter.plan.particulars);
    let (language, today) = (customer.language, letter.moment.today());
    let name = letter.plan.to.first().and_then(|address| letter.name_at(address)).map(blocks::clean);
    let items = parts.items.as_slice();
    let (invoice, document) = (blocks::brief_name_of(items, language), blocks::name_of(items, language));
    let total = parts.total();
    let mut facts = Map::new();
    let mut put = |name: &str, value: Value| {
        facts.insert(name.to_owned(), value);
    };
    for (name, marker) in shelf::BLOCKS {
        put(name, json!(marker));
    }
    put("greeting", json!(greeting(name.as_deref(), language, customer.written_register())));
    put("firm", json!(blocks::clean(&letter.letterhead.firm)));
    put("person", json!(blocks::clean(&letter.letterhead.person)));
    put("phone", json!(blocks::clean(&letter.letterhead.phone)));
    put("customer", json!(blocks::clean(&customer.name)));
    put("several", json!(blocks::numbers(items).len() > 1));
    put("numbers", json!(blocks::numbers_of(items, language)));
    put("Invoice", json!(capital(&invoice)));
    put("invoice", json!(invoice));
    put("Document", json!(capital(&document)));
    put("document", json!(document));
    put("amount", json!(particulars.amount.map_or_else(|| total.clone(), |money| days::amount(money, language))));
    let of_part = particulars.amount.filter(|part| {
        let open: Vec<Money> = items.iter().map(|item| item.open()).collect();
        part.cents < money::total(part.currency, &open).cents
    });
    put("of_part", json!(of_part.is_some()));
    put("total", json!(total));
    put("paid", json!(parts.paid()));
    put("part_paid", json!(items.iter().any(|item| !item.is_settled() && item.open() != item.amount)));
    put("all_overdue", json!(items.iter().all(|item| today > item.due)));
    put("attached", json!(letter.documents.len()));
    put("discreet", json!(super::discretion::is_needed(letter)));
    // What is not known of one item is not known of all of them.
    let known_of_all = || items.iter().chain(&parts.asked_before).map(|item| item.payments_known_up_to).min().flatten();
    // As it is known now: a mail may leave days after it was planned.
    let known_up_to = known_of_all().or(particulars.payments_known_up_to);
    let due = items.iter().map(|item| item.due).min();
    // Of several documents each has its own, in the table.
    let exchange = match items {
        [item] => item.exchange.clone(),
        _ => Exchange::default(),
    };
    // The day that was granted instead, where it is one for all of them.
    let mut granted = items.iter().map(|item| standing::granted(letter, item));
    let agreed = granted.next().flatten().filter(|day| granted.all(|other| other == Some(*day)));
    let named = [
        due,
        agreed,
        known_up_to,
        particulars.named_day,
        particulars.asked_day,
        particulars.deadline,
        Some(today),
        exchange.delivered,
    ];
    for (name, day) in DAYS.iter().zip(named) {
        if let Some(day) = day {
            put(name, days::field(day, today, language));
        }
    }
    if !particulars.earlier_reminders.is_empty() {
        put("earlier", days::list(&particulars.earlier_reminders, today, language));
    }
    if !particulars.parts.is_empty() {
        put("parts", json!(days::parts(&particulars.parts, today, language)));
    }
    // The customer has accepted it in writing: no other word is asked for.
    put("accepted", json!(letter.plan.answers.is_some()));
    for (name, code) in [("cig", exchange.cig), ("cup", exchange.cup), ("sdi_id", exchange.sdi_id)] {
        if let Some(code) = code {
            put(name, json!(blocks::clean(&code)));
        }
    }
    if let Some(pec) = customer.pec().filter(|_| letter.goes_by_pec()) {
        put("pec", json!(pec.address.as_str()));
    }
    // What was ordered says what was done: not of a confidential customer.
    let is_confidential = customer.is_confidential();
    let contracts = if is_confidential { Vec::new() } else { blocks::contracts(items) };
    if !contracts.is_empty() {
        put("contract", json!(days::enumerate(&contracts, language)));
    }
    // Of several works only one could be meant.
    if let [work] = works_of(items).as_slice()
        && !customer.is_confidential()
    {
        put("work", json!(work));
    }
    put("sender", json!(blocks::SENDER));
    put("addressee", json!(blocks::ADDRESSEE));
    put("place", json!(parties::place(letter.letterhead)));
    put("to_firm", json!(parties::is_firm(customer)));
    if parts.lacks_iban() {
        put("iban_gap", json!(Missing::Iban.gap(letter.letterhead)));
    }
    for season in Season::ALL {
        put(season.as_str(), json!(particulars.season == Some(*season)));
    }
    if let Some(number) = particulars.deadline_days {
        put("deadline_days", json!(days::count(number, language)));
    }
    let claimed = &parts.claimed;
    put("total_claimed", json!(claimed.total()));
    if !claimed.is_empty() {
        put("claims", json!(blocks::CLAIMS));
    }
    for (name, sum) in [("interest", claimed.interest()), ("compensation", claimed.compensation())] {
        if let Some(sum) = sum {
            put(name, json!(sum));
        }
    }
    put("several_earlier", json!(particulars.earlier_reminders.len() > 1));
    if letter.plan.purpose == Purpose::Courtesy {
        facts.retain(|name, _| !MONEY.contains(&name.as_str()));
        if letter.plan.template.as_str() == COURTESY_NOTE {
            facts.retain(|name, _| !DOCUMENT.contains(&name.as_str()));
        }
    }
    if !letter.beside.is_empty() {
        facts.retain(|name, _| !OF_ONE.contains(&name.as_str()));
    }
    Value::Object(facts)
}

/// The work that they are for, where the import says it in a few words.
fn works_of(items: &[&Receivable]) -> Vec<String> {
    let mut named: Vec<String> = Vec::new();
    for item in items {
        if let Some(work) = works::work(item).filter(|work| !named.contains(work)) {
            named.push(work);
        }
    }
    named
}
