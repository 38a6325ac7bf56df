//! What the benches share: mails like those of a firm's mailbox, the same in each run, and receivables that they name.
//! Each bench uses its part of it.

#![allow(dead_code)]

pub mod firm;

use chrono::{DateTime, Days, NaiveDate, Utc};
use sollecito::ledger::account::Account;
use sollecito::ledger::credit::Credit;
use sollecito::ledger::customer::{Contact, ContactRole, Customer};
use sollecito::ledger::ids::{Address, CustomerId, ReceivableId};
use sollecito::ledger::money::Money;
use sollecito::ledger::receivable::{Collection, Receivable, ReceivableKey, ReceivableKind};
use sollecito::ledger::words::{DebtorKind, Language, Register};

/// The day on which everything was issued.
pub const ISSUED: &str = "2026-08-31";

pub fn moment(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
}

/// So many customers with one open invoice each: `1/2026` of `cliente1.example`, and so on.
pub fn accounts(count: i64) -> Vec<Account> {
    (1..=count).map(account).collect()
}

/// One of them.
pub fn account(number: i64) -> Account {
    let address = Address::parse(&format!("amministrazione@cliente{number}.example")).unwrap();
    let mut account = Account::new(Customer {
        id: CustomerId(number),
        external_id: None,
        name: format!("Officine Meccaniche {number} S.r.l."),
        vat_number: None,
        tax_code: None,
        kind: DebtorKind::Firm,
        language: Language::Italian,
        register: Register::Formal,
        country: None,
        contacts: vec![Contact { address, name: None, role: ContactRole::Primary, bounced: false }],
        vip: false,
        do_not_contact: false,
        phone: None,
        payment_day: None,
        arranged: sollecito::ledger::arranged::Arranged::default(),
    });
    let issued: NaiveDate = ISSUED.parse().unwrap();
    account.receivables.push(Receivable {
        id: ReceivableId(number),
        customer: CustomerId(number),
        key: ReceivableKey { issuer: "IT00000000000".into(), number: format!("{number}/2026"), issued, instalment: 0 },
        kind: ReceivableKind::Invoice,
        due: issued + Days::new(30),
        amount: Money::eur(10_000 + number),
        credited: Money::eur(0),
        payments: Vec::new(),
        description: None,
        contract: None,
        bank_account: None,
        collection: Collection::Own,
        closure: None,
        missing_since: None,
        known_since: issued,
        payments_known_up_to: None,
        released: false,
        cycle: 0,
        credit: Credit::default(),
        terms: None,
        tolerated_until: None,
        came_back: None,
        exchange: sollecito::ledger::exchange::Exchange::default(),
    });
    account
}

/// The list of the same receivables, as an accounting program exports it.
pub fn list(count: i64) -> String {
    let mut list = "Numero;Data;Scadenza;Importo;Cliente;Email;Tipo cliente\n".to_owned();
    for number in 1..=count {
        list.push_str(&format!(
            "{number}/2026;31/08/2026;30/09/2026;100,00;Officine Meccaniche {number} S.r.l.;\
             amministrazione@cliente{number}.example;azienda\n"
        ));
    }
    list
}

/// A mail out of a firm's INBOX: of ten, four are answers of customers, two of them with HTML, four are newsletters and
/// notices, one is an absence, and one carries a document.
pub fn mail(index: usize) -> Vec<u8> {
    let number = index % 100 + 1;
    match index % 10 {
        0 | 3 => answer(index, number, "text/plain; charset=utf-8", &words(index, number)),
        1 | 4 => {
            let html = format!("<html><body><p>{}</p></body></html>", words(index, number).replace('\n', "<br>\n"));
            answer(index, number, "text/html; charset=utf-8", &html)
        }
        2 => carrying(index, number),
        5 => {
            let away = "Sono fuori ufficio fino al 19/10/2026, senza accesso alla posta.\n";
            let mail = answer(index, number, "text/plain; charset=utf-8", away);
            [b"Auto-Submitted: auto-replied\r\n".as_slice(), mail.as_slice()].concat()
        }
        _ => newsletter(index),
    }
}

/// Trace fields of the length that they have in life.
fn head(index: usize, from: &str, subject: &str) -> String {
    let hop = "Received: from mx.provider.example (mx.provider.example [192.0.2.7]) by mx.studioferri.example with ESMTPS\
               \r\n\tid 4fJ2k91xYz for <marta@studioferri.example>; Wed, 7 Oct 2026 07:00:00 +0200 (CEST)\r\n";
    format!(
        "{}DKIM-Signature: v=1; a=rsa-sha256; d=example; s=one;\r\n\tb={}\r\nFrom: {from}\r\n\
         To: Marta Ferri <marta@studioferri.example>\r\nSubject: {subject}\r\nDate: Wed, 7 Oct 2026 07:00:00 +0200\r\n\
         Message-ID: <m{index}@mail.example>\r\nMIME-Version: 1.0\r\n",
        hop.repeat(3),
        "MIIBIjANBgkqhkiG9w0BAQEF".repeat(14),
    )
}

fn words(index: usize, number: usize) -> String {
    let says = match index % 4 {
        0 => format!("Pagheremo la fattura {number}/2026 entro il 20/10/2026."),
        1 => format!("La fattura {number}/2026 è già stata pagata il 02/10/2026."),
        2 => format!("Contestiamo la fattura {number}/2026: la merce è arrivata danneggiata."),
        _ => format!("Potete inviarci copia della fattura {number}/2026? Non ci risulta pervenuta."),
    };
    let history = "> Gentile cliente, la fattura in oggetto risulta scaduta.\n> Vi preghiamo di provvedere al saldo.\n";
    format!(
        "Buongiorno,\n\n{says}\n\nCordiali saluti\nUfficio amministrazione\nOfficine Meccaniche {number} S.r.l.\n\
         Tel. +39 02 7654321\n\nIl giorno 6 ott 2026 Marta Ferri ha scritto:\n{}",
        history.repeat(20)
    )
}

fn answer(index: usize, number: usize, kind: &str, text: &str) -> Vec<u8> {
    let from = format!("Amministrazione <amministrazione@cliente{number}.example>");
    let head = head(index, &from, &format!("Re: Fattura {number}/2026"));
    let text = text.replace('\n', "\r\n");
    format!("{head}Content-Type: {kind}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n").into_bytes()
}

/// 150 kB of what might be a scan.
fn carrying(index: usize, number: usize) -> Vec<u8> {
    let mut state = index as u64 + 1;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    let content: Vec<u8> = (0..110_000).map(|_| noise()).collect();
    let from = format!("Amministrazione <amministrazione@cliente{number}.example>");
    let head = head(index, &from, &format!("Contabile bonifico fattura {number}/2026"));
    format!(
        "{head}Content-Type: multipart/mixed; boundary=\"limit\"\r\n\r\n--limit\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nIn allegato la contabile.\r\n--limit\r\n\
         Content-Type: application/pdf; name=\"contabile.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=\"contabile.pdf\"\r\n\r\n{}\r\n--limit--\r\n",
        data_encoding::BASE64_MIME.encode(&content)
    )
    .into_bytes()
}

fn newsletter(index: usize) -> Vec<u8> {
    let head = head(index, "Offerte <offerte@negozio.example>", &format!("Novità della settimana {index}"));
    let row = "<tr><td style=\"padding:4px\"><a href=\"https://negozio.example/p?id=1234567\">Prodotto della settimana</a>\
               </td><td>Solo oggi a 19,90 EUR</td></tr>\r\n";
    format!(
        "{head}List-Unsubscribe: <https://negozio.example/u>\r\nPrecedence: bulk\r\n\
         Content-Type: text/html; charset=utf-8\r\n\r\n<html><head><style>td {{ color: #333 }}</style></head><body>\
         <table>{}</table></body></html>\r\n",
        row.repeat(120)
    )
    .into_bytes()
}
