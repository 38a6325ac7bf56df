//! Cells to values: amounts, dates, addresses, words of accounting programs. Everything here takes a text and gives a
//! value or `None`; the sentence about it is found in `rows`.

use super::columns::plain;
use super::rows::DateOrder;
use crate::ledger::ids::Address;
use crate::ledger::receivable::{Collection, ReceivableKind};
use crate::ledger::words::{DebtorKind, Language, Register};
use chrono::{Datelike, NaiveDate};

/// Which sign stands before the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecimalSign {
    /// `1.234,56`.
    Comma,
    /// `1,234.56`.
    Point,
}

/// What one amount shows about the file's decimal sign: `12,5` and `1.234,56` show a comma, `1.234` shows nothing.
#[must_use]
pub fn decimal_sign_shown(text: &str) -> Option<DecimalSign> {
    let digits = bare_amount(text)?.1;
    match (digits.rfind(','), digits.rfind('.')) {
        (Some(comma), Some(point)) if comma > point => Some(DecimalSign::Comma),
        (Some(_), Some(_)) => Some(DecimalSign::Point),
        (Some(comma), None) => single_sign(&digits, comma, ',').then_some(DecimalSign::Comma),
        (None, Some(point)) => single_sign(&digits, point, '.').then_some(DecimalSign::Point),
        (None, None) => None,
    }
}

/// One sign of one sort is a decimal sign unless exactly three digits follow it.
fn single_sign(digits: &str, last: usize, sign: char) -> bool {
    digits.matches(sign).count() == 1 && digits.len() - last - 1 != 3
}

/// Cents of an amount. With a known decimal sign the other one groups; without, each amount speaks for itself.
/// More than two decimals are taken only where the rest is zero (`1220,0000`).
#[must_use]
pub fn cents(text: &str, sign: Option<DecimalSign>) -> Option<i64> {
    let (negative, digits) = bare_amount(text)?;
    let sign = sign.or_else(|| decimal_sign_shown(text));
    let (decimal, group) = match sign {
        Some(DecimalSign::Comma) => (',', '.'),
        Some(DecimalSign::Point) => ('.', ','),
        None => ('\0', if digits.contains(',') { ',' } else { '.' }),
    };
    let (whole, part) = digits.split_once(decimal).unwrap_or((digits.as_str(), ""));
    if part.contains([',', '.']) || !grouped_well(whole, group) {
        return None;
    }
    let whole: String = whole.chars().filter(|c| *c != group).collect();
    let (kept, rest) = part.split_at_checked(2).unwrap_or((part, ""));
    if rest.chars().any(|c| c != '0') || (whole.is_empty() && part.is_empty()) {
        return None;
    }
    let whole = if whole.is_empty() { 0 } else { whole.parse::<i64>().ok()? };
    let cents = whole.checked_mul(100)?.checked_add(format!("{kept:0<2}").parse().ok()?)?;
    if negative { cents.checked_neg() } else { Some(cents) }
}

fn grouped_well(whole: &str, group: char) -> bool {
    let mut parts = whole.split(group);
    let first = parts.next().unwrap_or_default();
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let mut grouped = false;
    for part in parts {
        grouped = true;
        if part.len() != 3 || !plain(part) {
            return false;
        }
    }
    plain(first) && (!grouped || (1..=3).contains(&first.len()))
}

/// Sign and digits, without currency and blanks. `(12,00)`, `12,00-` and `-12,00` are negative.
fn bare_amount(text: &str) -> Option<(bool, String)> {
    let mut bare: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’')).collect();
    for word in ["€", "EUR", "eur", "Euro", "euro", "EURO", "£", "GBP", "$", "USD", "CHF"] {
        bare = bare.strip_prefix(word).or_else(|| bare.strip_suffix(word)).map_or(bare.clone(), str::to_owned);
    }
    let (negative, digits) = if let Some(inner) = bare.strip_prefix('(').and_then(|b| b.strip_suffix(')')) {
        (true, inner.to_owned())
    } else if let Some(rest) = bare.strip_prefix(['-', '−']).or_else(|| bare.strip_suffix('-')) {
        (true, rest.to_owned())
    } else {
        (false, bare.strip_prefix('+').unwrap_or(&bare).to_owned())
    };
    let good = digits.bytes().any(|b| b.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b',' || b == b'.');
    good.then_some((negative, digits))
}

/// A day: ISO (also with a time behind it), or day, month and year with `/`, `.` or `-` between, in the file's order.
#[must_use]
pub fn day(text: &str, order: DateOrder) -> Option<NaiveDate> {
    let text = text.trim();
    // Programs like to add midnight.
    let text = text.split_once([' ', 'T']).map_or(text, |(day, _)| day);
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return reasonable(NaiveDate::parse_from_str(text, "%Y%m%d").ok()?);
    }
    let parts: Vec<&str> = text.split(['/', '.', '-']).collect();
    let [first, second, third] = parts.as_slice() else { return None };
    let number = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u32>().ok()).flatten();
    let (a, b, c) = (number(first)?, number(second)?, number(third)?);
    let (year, month, day) = if first.len() == 4 {
        (a, b, c)
    } else {
        let year = match third.len() {
            4 => c,
            2 => c.checked_add(2000)?,
            _ => return None,
        };
        match order {
            DateOrder::DayFirst => (year, b, a),
            DateOrder::MonthFirst => (year, a, b),
        }
    };
    reasonable(NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?)
}

/// Invoices of this world: a year outside is a mistyped one.
fn reasonable(day: NaiveDate) -> Option<NaiveDate> {
    (1990..=2100).contains(&day.year()).then_some(day)
}

/// The addresses in a cell, each with the display name before it; what is not an address comes second.
#[must_use]
pub fn addresses(text: &str) -> (Vec<(Address, Option<String>)>, Vec<String>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for piece in text.split([';', ',', '\n', '|']).map(str::trim).filter(|piece| !piece.is_empty()) {
        let (name, bare) = match piece.split_once('<') {
            Some((name, rest)) => (name.trim().trim_matches('"').trim(), rest.trim_end_matches('>')),
            None => ("", piece.strip_prefix("mailto:").unwrap_or(piece)),
        };
        // A name without a point is a machine of the own network: a slip of the pen in a list of customers.
        match Address::parse(bare).filter(|address| address.domain().contains('.')) {
            Some(address) => good.push((address, (!name.is_empty()).then(|| name.to_owned()))),
            None => bad.push(piece.to_owned()),
        }
    }
    (good, bad)
}

/// A number to call: one that a person can dial, with whatever stands around it. A dash or «n.d.» is none.
#[must_use]
pub fn phone(text: &str) -> Option<String> {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let phone = text.split_whitespace().collect::<Vec<_>>().join(" ");
    ((4..=40).contains(&digits) && phone.chars().count() <= 60 && !phone.contains(char::is_control)).then_some(phone)
}

/// A day of the month, from 1 to 31; the last stands for the end of any month.
#[must_use]
pub fn day_of_month(text: &str) -> Option<u32> {
    if matches!(
        plain(text).as_str(),
        "fine mese" | "f m" | "fm" | "eom" | "end of month" | "monatsende" | "fin de mois"
    ) {
        return Some(crate::ledger::arranged::LAST_DAY_OF_MONTH);
    }
    text.trim().trim_end_matches('.').parse().ok().filter(|day| (1..=31).contains(day))
}

/// Yes or no.
#[must_use]
pub fn yes_or_no(text: &str) -> Option<bool> {
    match plain(text).as_str() {
        "si" | "s" | "yes" | "y" | "true" | "1" | "x" | "vero" | "ok" => Some(true),
        "no" | "n" | "false" | "0" | "falso" => Some(false),
        _ => None,
    }
}

/// What a column says that tells whether, rather than how much, was paid.
#[must_use]
pub fn paid_word(text: &str) -> Option<bool> {
    match plain(text).as_str() {
        "pagata" | "pagato" | "saldata" | "saldato" | "incassata" | "incassato" | "paid" | "settled" => Some(true),
        "non pagata" | "non pagato" | "da pagare" | "da saldare" | "non saldata" | "aperta" | "aperto" | "unpaid"
        | "open" | "insoluta" | "scaduta" | "overdue" => Some(false),
        // A bare 1 or 0 in such a column may be an amount: not a word.
        "1" | "0" => None,
        _ => yes_or_no(text),
    }
}

/// What a status says of payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentStatus {
    /// All of it.
    Paid,
    /// Some of it, or nothing: the amounts tell.
    Open,
    /// Nothing is owed yet: the document is not issued.
    Planned,
}

/// A status of accounting programs. What is not known here (cancelled, disputed …) is not guessed at.
#[must_use]
pub fn status(text: &str) -> Option<PaymentStatus> {
    match plain(text).as_str() {
        "inviata"
        | "emessa"
        | "consegnata"
        | "sent"
        | "issued"
        | "in scadenza"
        | "parziale"
        | "parzialmente pagata"
        | "pagata parzialmente"
        | "partly paid"
        | "partially paid"
        | "in attesa"
        | "due"
        | "insoluto"
        | "scaduto" => Some(PaymentStatus::Open),
        "planned" | "pianificata" | "programmata" | "prevista" | "da emettere" | "da fatturare" | "bozza" | "draft"
        | "not issued" | "to be issued" | "scheduled" => Some(PaymentStatus::Planned),
        _ => paid_word(text).map(|paid| if paid { PaymentStatus::Paid } else { PaymentStatus::Open }),
    }
}

/// A kind of debtor.
#[must_use]
pub fn debtor_kind(text: &str) -> Option<DebtorKind> {
    DebtorKind::parse(text.trim()).or_else(|| match plain(text).as_str() {
        "azienda" | "societa" | "ditta" | "impresa" | "company" | "business" | "ditta individuale" => {
            Some(DebtorKind::Firm)
        }
        "professionista" | "libero professionista" | "freelance" => Some(DebtorKind::Professional),
        "pa" | "ente pubblico" | "pubblica amministrazione" | "public body" | "ente" => Some(DebtorKind::PublicBody),
        "condominio" => Some(DebtorKind::Condominium),
        "privato" | "persona fisica" | "consumatore" | "private" | "person" => Some(DebtorKind::Consumer),
        "associazione" | "asd" | "onlus" => Some(DebtorKind::Association),
        "estero" | "abroad" => Some(DebtorKind::Foreign),
        "non noto" | "sconosciuto" => Some(DebtorKind::Unknown),
        _ => None,
    })
}

/// The kind that a name gives away by its legal form. Only what cannot be mistaken.
#[must_use]
pub fn kind_from_name(name: &str) -> Option<DebtorKind> {
    let words = plain(name);
    // `S.r.l.` becomes `s r l`: one blank less makes it one word again.
    let joined = format!(" {words} ").replace(" s r l ", " srl ").replace(" s p a ", " spa ");
    let joined = joined.replace(" s n c ", " snc ").replace(" s a s ", " sas ").replace(" s r l s ", " srls ");
    let has = |names: &[&str]| names.iter().any(|name| joined.contains(&format!(" {name} ")));
    if joined.starts_with(" condominio ") {
        Some(DebtorKind::Condominium)
    } else if [
        "comune di",
        "provincia di",
        "regione",
        "ministero",
        "agenzia delle entrate",
        "istituto comprensivo",
        "asl",
    ]
    .iter()
    .any(|start| joined.starts_with(&format!(" {start} ")))
        && !has(&["srl", "spa"])
    {
        Some(DebtorKind::PublicBody)
    } else if has(&["srl", "srls", "spa", "snc", "sas", "ltd", "limited", "plc", "llc", "inc", "gmbh", "sarl", "bv"]) {
        Some(DebtorKind::Firm)
    } else {
        None
    }
}

/// A language, by code or name.
#[must_use]
pub fn language(text: &str) -> Option<Language> {
    let word = plain(text);
    let code: String = word.split(' ').next().unwrap_or_default().to_owned();
    Language::parse(&code).or(match word.as_str() {
        "italiano" | "italian" | "ita" => Some(Language::Italian),
        "inglese" | "english" | "eng" => Some(Language::English),
        "tedesco" | "german" | "deutsch" => Some(Language::German),
        "francese" | "french" | "francais" => Some(Language::French),
        "spagnolo" | "spanish" | "espanol" => Some(Language::Spanish),
        _ => None,
    })
}

/// A form of address.
#[must_use]
pub fn register(text: &str) -> Option<Register> {
    Register::parse(text.trim()).or(match plain(text).as_str() {
        "lei" | "formale" | "sie" | "vous" | "usted" => Some(Register::Formal),
        "tu" | "informale" | "du" => Some(Register::Informal),
        "voi" | "spett le" => Some(Register::Voi),
        "impersonale" => Some(Register::Impersonal),
        _ => None,
    })
}

/// ISO 3166 code of a country, from a code or the commonest names.
#[must_use]
pub fn country(text: &str) -> Option<String> {
    let word = plain(text);
    let code = match word.as_str() {
        "italia" | "italy" | "ita" => "IT",
        "germania" | "germany" | "deutschland" => "DE",
        "francia" | "france" => "FR",
        "spagna" | "spain" | "espana" => "ES",
        "austria" | "osterreich" => "AT",
        "svizzera" | "switzerland" | "schweiz" | "suisse" => "CH",
        "regno unito" | "united kingdom" | "uk" | "gran bretagna" => "GB",
        "irlanda" | "ireland" => "IE",
        "stati uniti" | "united states" | "usa" => "US",
        "paesi bassi" | "olanda" | "netherlands" => "NL",
        "belgio" | "belgium" => "BE",
        "san marino" => "SM",
        other if other.len() == 2 && other.bytes().all(|b| b.is_ascii_lowercase()) => {
            return Some(other.to_ascii_uppercase());
        }
        _ => return None,
    };
    Some(code.to_owned())
}

/// The language of a country; English where it is none of ours.
#[must_use]
pub fn language_of_country(country: &str) -> Language {
    match country {
        "IT" | "SM" | "VA" => Language::Italian,
        "DE" | "AT" | "LI" => Language::German,
        "FR" | "MC" => Language::French,
        "ES" => Language::Spanish,
        _ => Language::English,
    }
}

/// A sort of document, by word or by the codes of the electronic invoice.
#[must_use]
pub fn document_kind(text: &str) -> Option<ReceivableKind> {
    ReceivableKind::parse(text.trim()).or(match plain(text).as_str() {
        "fattura"
        | "fatt"
        | "ft"
        | "fattura di vendita"
        | "parcella"
        | "fattura pa"
        | "fattura elettronica"
        | "td01"
        | "td02"
        | "td03"
        | "td06"
        | "td24"
        | "td25"
        | "nota di debito"
        | "td05" => Some(ReceivableKind::Invoice),
        "rata" | "installment" => Some(ReceivableKind::Instalment),
        "proforma" | "pro forma" | "fattura proforma" | "avviso di parcella" | "preavviso" => {
            Some(ReceivableKind::Proforma)
        }
        "nota di credito" | "nota credito" | "nc" | "credit note" | "td04" | "nota di accredito" => {
            Some(ReceivableKind::CreditNote)
        }
        _ => None,
    })
}

/// Who collects, by the way of payment. A way that is not known is not a mistake: the firm collects itself.
#[must_use]
pub fn collection(text: &str) -> Collection {
    if let Some(collection) = Collection::parse(text.trim()) {
        return collection;
    }
    let words = format!(" {} ", plain(text));
    let has = |names: &[&str]| names.iter().any(|name| words.contains(&format!(" {name} ")));
    if has(&["ceduta", "ceduto", "factoring", "factor", "factored"]) {
        Collection::Factored
    } else if has(&["anticipata", "anticipo fatture", "advanced"]) {
        Collection::Advanced
    } else if has(&[
        "riba",
        "ri ba",
        "ricevuta bancaria",
        "rb",
        "sdd",
        "rid",
        "mp09",
        "mp10",
        "mp11",
        "mp12",
        "mp16",
        "mp19",
        "mp20",
        "mp21",
    ]) {
        Collection::Bank
    } else {
        Collection::Own
    }
}
