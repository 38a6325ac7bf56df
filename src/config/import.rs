//! `[import]` and `[import.columns]`: how lists of receivables are read.

use super::firm::FirmPart;
use super::settings::ImportSettings;
use super::sheet::{Section, did_you_mean};
use crate::ledger::bank_account::BankAccount;
use crate::ledger::import_terms::{ColumnMap, DateOrder, Field, ImportDefaults};
use crate::ledger::money::Currency;
use crate::ledger::words::{DebtorKind, Language, Register};

/// Reads the section.
pub(super) fn read(root: &Section<'_>, firm: Option<&FirmPart>, accounts: &[BankAccount]) -> ImportSettings {
    let section = root.section("import");
    let kinds: Vec<(&str, DebtorKind)> = DebtorKind::ALL.iter().map(|kind| (kind.as_str(), *kind)).collect();
    let registers: Vec<(&str, Register)> =
        Register::ALL.iter().map(|register| (register.as_str(), *register)).collect();
    let languages: Vec<(&str, Language)> =
        Language::ALL.iter().map(|language| (language.as_str(), *language)).collect();
    let firm_language = firm.map_or(Language::Italian, |firm| firm.settings.language);
    let issuer = section.text("issuer", "IT01234567897").map(|found| found.value.trim().to_owned());
    let named = firm.map(|firm| firm.settings.vat_number.clone().unwrap_or_else(|| firm.settings.name.clone()));
    let defaults = ImportDefaults {
        date_order: section
            .word("date_order", &[("dmy", DateOrder::DayFirst), ("mdy", DateOrder::MonthFirst)])
            .unwrap_or(DateOrder::DayFirst),
        currency: section
            .parsed("currency", "EUR", "a currency code of three letters", Currency::parse)
            .unwrap_or(Currency::EUR),
        issuer: issuer.filter(|text| !text.is_empty()).or(named).unwrap_or_default(),
        kind: section.word("kind", &kinds).unwrap_or(DebtorKind::Unknown),
        language: section.word("language", &languages),
        firm_language,
        register: section.word("register", &registers).unwrap_or(Register::Formal),
        bank_accounts: accounts.to_vec(),
    };
    let complete = section.boolean("complete").unwrap_or(true);
    let columns = read_columns(&section.section("columns"));
    section.finish();
    ImportSettings { complete, columns, defaults }
}

/// `field = "header in the file"`, or `"header in the file" = "ignore"`.
fn read_columns(section: &Section<'_>) -> ColumnMap {
    let mut map = ColumnMap::default();
    let names: Vec<&str> = Field::ALL.iter().map(|field| field.as_str()).collect();
    for (key, text, place) in section.free_texts() {
        match (Field::parse(&key), text) {
            (Some(field), Some(header)) if !header.trim().is_empty() => map.add(&header, field),
            (Some(_), _) => section.wrong_at(
                place,
                format!("`{key}` in [import.columns] must be the header of a column, in quotes"),
                format!("write: {key} = \"the header as it stands in your file\""),
            ),
            (None, _) => {
                section.wrong_at(place, format!("[import.columns] knows no `{key}`"), did_you_mean(&key, &names))
            }
        }
    }
    map
}
