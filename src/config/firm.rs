//! `[firm]`, `[owner]` and `[[bank_account]]`: who writes, who decides, where money goes.

use super::settings::{FirmSettings, OwnerSettings};
use super::sheet::{Found, Section};
use crate::ledger::bank_account::BankAccount;
use crate::ledger::ids::{Address, BankAccountId};
use crate::ledger::money::Currency;
use crate::ledger::words::Language;
use chrono_tz::Tz;
use iban::IbanLike;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Languages in which the product ships letters and notices.
pub(super) const LANGUAGES: [(&str, Language); 2] = [("it", Language::Italian), ("en", Language::English)];

/// `[firm]` as read.
pub(super) struct FirmPart {
    pub(super) settings: FirmSettings,
    pub(super) person: String,
    pub(super) phone: String,
    pub(super) lines: Vec<String>,
    pub(super) database: PathBuf,
    /// Its work is none of those that may not be stopped.
    pub(super) may_stop_work: bool,
}

/// Text that goes into headers and letters: one line, no control characters.
fn one_line(found: &Found<'_, &str>) -> Option<String> {
    let text = found.value.trim();
    if text.chars().any(char::is_control) {
        found
            .wrong(format!("{} must be one line without control characters", found.title()), "take the line break out");
        return None;
    }
    Some(text.to_owned())
}

/// Reads `[firm]`.
pub(super) fn read_firm(root: &Section<'_>, folder: &Path) -> Option<FirmPart> {
    let section = root.section("firm");
    section.required_section("[firm] and below it name, person, phone and address, each with a text in quotes");
    let name = section.required_text("name", "Studio Ferri").and_then(|found| one_line(&found));
    let person = section.required_text("person", "Marta Ferri").and_then(|found| one_line(&found));
    let phone = section.required_text("phone", "+39 02 1234567").and_then(|found| one_line(&found));
    let address = section.required("address", "marta@studioferri.example", "a mail address", Address::parse);
    let aliases = section.parsed_list("aliases", "info@studioferri.example", "a mail address", Address::parse);
    let vat_number = section.parsed("vat_number", "IT01234567897", "a VAT number", vat_number);
    let lines = section.texts("lines", "[\"Via Roma 1, 20100 Milano\"]");
    let lines = lines.map(|lines| lines.iter().filter_map(one_line).collect()).unwrap_or_default();
    let language = section.word("language", &LANGUAGES).unwrap_or(Language::Italian);
    let zone = section.parsed("time_zone", "Europe/Rome", "a time zone", |text| text.parse::<Tz>().ok());
    let database = section.text("database", "sollecito.db").map_or("sollecito.db", |found| found.value);
    let may_stop_work = section.boolean("may_stop_work").unwrap_or(false);
    section.finish();
    Some(FirmPart {
        database: folder.join(database),
        settings: FirmSettings {
            name: name?,
            vat_number,
            language,
            zone: zone.unwrap_or(chrono_tz::Europe::Rome),
            address: address?,
            aliases: aliases.unwrap_or_default(),
        },
        person: person?,
        phone: phone?,
        lines,
        may_stop_work,
    })
}

/// A VAT number without blanks, in capitals. Check digits are not judged: foreign ones differ by country.
fn vat_number(text: &str) -> Option<String> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
    let good = (5..=16).contains(&bare.len())
        && bare.chars().all(|c| c.is_ascii_alphanumeric())
        && bare.chars().any(|c| c.is_ascii_digit());
    good.then(|| bare.to_ascii_uppercase())
}

/// Reads `[owner]`.
pub(super) fn read_owner(root: &Section<'_>) -> Option<OwnerSettings> {
    let section = root.section("owner");
    section.required_section("[owner] and below it name and address, each with a text in quotes");
    let name = section.required_text("name", "Marta Ferri").and_then(|found| one_line(&found));
    let address = section.required("address", "marta@studioferri.example", "a mail address", Address::parse);
    let language = section.word("language", &LANGUAGES).unwrap_or(Language::Italian);
    let notices_per_day = section.number("notices_per_day", 0..=50, 5).unwrap_or(5);
    section.finish();
    Some(OwnerSettings { name: name?, address: address?, language, notices_per_day })
}

/// Reads every `[[bank_account]]`.
pub(super) fn read_bank_accounts(root: &Section<'_>) -> Vec<BankAccount> {
    let sections = root.sections("bank_account");
    let (mut ids, mut ibans) = (BTreeSet::new(), BTreeSet::new());
    let mut accounts = Vec::new();
    for section in &sections {
        let id = section.required_text("id", "main");
        if let Some(id) = &id
            && !ids.insert(id.value.trim().to_owned())
        {
            id.wrong(format!("There are two bank accounts `{}`", id.value), "give each its own id");
        }
        let iban = section.required_text("iban", "IT60X0542811101000000123456").and_then(|found| read_iban(&found));
        if let Some((iban, place)) = &iban
            && !ibans.insert(iban.clone())
        {
            section.wrong_at(place.clone(), format!("The IBAN {iban} stands twice"), "take one of the two out");
        }
        let holder = section.required_text("holder", "Studio Ferri di Marta Ferri").and_then(|found| one_line(&found));
        let bic = section.parsed("bic", "BPMOIT22XXX", "a BIC of 8 or 11 characters", bic);
        let currency = section.parsed("currency", "EUR", "a currency code of three letters", Currency::parse);
        section.finish();
        if let (Some(id), Some((iban, _)), Some(holder)) = (id, iban, holder) {
            accounts.push(BankAccount {
                id: BankAccountId::new(id.value.trim()),
                currency: currency.unwrap_or(Currency::EUR),
                iban,
                bic,
                holder,
            });
        }
    }
    accounts
}

/// An IBAN with the right length, structure and check digits (ISO 13616).
fn read_iban(found: &Found<'_, &str>) -> Option<(String, std::ops::Range<usize>)> {
    let bare: String = found.value.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    let length = iban_length(&bare).filter(|length| *length != bare.len());
    let message = match bare.parse::<iban::Iban>() {
        Ok(iban) => return Some((iban.electronic_str().to_owned(), found.place.clone())),
        Err(_) if length.is_some() => {
            let (is, should) = (bare.len(), length.unwrap_or_default());
            format!("The IBAN `{}` has {is} characters, not {should}", found.value)
        }
        Err(iban::ParseIbanError::InvalidBaseIban { source: iban::ParseBaseIbanError::InvalidChecksum }) => {
            format!("The check digits of the IBAN `{}` are wrong: a digit is mistyped", found.value)
        }
        Err(iban::ParseIbanError::InvalidBban(_)) => {
            format!("The IBAN `{}` has not the form of its country", found.value)
        }
        Err(iban::ParseIbanError::UnknownCountry(_)) => {
            format!("The IBAN `{}` names a country without IBANs", found.value)
        }
        Err(_) => format!("`{}` is not an IBAN", found.value),
    };
    found.wrong(message, "copy it from the bank's own papers, for example: iban = \"IT60X0542811101000000123456\"");
    None
}

/// Length of an IBAN by country (ISO 13616 registry): the countries that Italian firms mostly meet.
fn iban_length(iban: &str) -> Option<usize> {
    match iban.get(..2)? {
        "IT" | "SM" | "FR" | "MC" => Some(27),
        "DE" | "GB" | "IE" => Some(22),
        "ES" => Some(24),
        "CH" => Some(21),
        "AT" | "LT" | "LU" => Some(20),
        "BE" => Some(16),
        "NL" => Some(18),
        "PT" => Some(25),
        _ => None,
    }
}

fn bic(text: &str) -> Option<String> {
    let bic: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    let letters = bic.chars().take(6).all(|c| c.is_ascii_uppercase());
    let good = matches!(bic.len(), 8 | 11) && letters && bic.chars().all(|c| c.is_ascii_alphanumeric());
    good.then_some(bic)
}
