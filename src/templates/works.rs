//! What was delivered, as a letter may name it. A description comes from the books, where people write what they like:
//! beside "Infissi in larice" also notes for themselves, addresses, numbers, whole positions copied from a web page.
//!
//! What does not belong into a letter makes the whole description stay out, never a piece of it: a sentence with a hole
//! says something that nobody wrote, and the letter names its document well enough by number and date.

use super::blocks::clean;
use super::iban;
use crate::ledger::receivable::Receivable;

/// A longer description is a list of positions, and no name for a work.
const MOST_OF_A_WORK: usize = 60;

/// The work that it is for, where the import says it in a few words that may stand in a letter.
pub(super) fn work(item: &Receivable) -> Option<String> {
    let description = item.description.as_deref()?.trim();
    let work = clean(description);
    let is_short = !work.is_empty() && work.chars().count() <= MOST_OF_A_WORK;
    (is_short
        && is_one_plain_line(description)
        && !names_an_account(&work)
        && !is_personal(&work)
        && !is_a_remark(&work))
    .then_some(work)
}

/// The order or contract, as the firm writes it: long numbers are usual in it.
pub(super) fn contract(item: &Receivable) -> Option<String> {
    let written = item.contract.as_deref()?.trim();
    let contract = clean(written);
    (!contract.is_empty() && is_one_plain_line(written) && !names_an_account(&contract)).then_some(contract)
}

/// No lines, no marks of a page, nothing that is there and not seen.
///
/// - Several lines are several positions: joined, they would read as one work that nobody ordered.
/// - Characters that turn the direction or take no room make a text look other than it is.
/// - Marks of HTML or of a template were copied from somewhere; a letter would show them as they stand.
fn is_one_plain_line(text: &str) -> bool {
    let is_hidden = |sign: char| {
        sign.is_control()
            || matches!(sign,
                '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}' | '\u{e000}'..='\u{f8ff}'
                | '\u{e0000}'..='\u{10ffff}')
    };
    let is_mark = |sign: char| matches!(sign, '<' | '>' | '{' | '}' | '`' | '\\');
    !text.chars().any(|sign| is_hidden(sign) || is_mark(sign)) && !has_entity(text)
}

/// `&amp;`, `&#8217;`; not the `&` of "Rossi & Figli; posa".
fn has_entity(text: &str) -> bool {
    text.split('&').skip(1).any(|rest| {
        let name = rest.split(';').next().unwrap_or_default();
        let is_name = |name: &str| !name.is_empty() && name.chars().all(|sign| sign.is_ascii_alphanumeric());
        // Two letters at least: "Progetto A&B; fase 2" is none.
        name.len() < rest.len() && name.len() > 1 && is_name(name.strip_prefix('#').unwrap_or(name))
    })
}

/// Payment details stand in one place of a letter, and only the owner's checked ones: an IBAN elsewhere, ours or not,
/// right or with a wrong figure, is one that somebody may pay to. The last gate would stop the mail for ever.
fn names_an_account(text: &str) -> bool {
    let is_word = |wanted: &str| words(text).any(|word| word.eq_ignore_ascii_case(wanted));
    is_word("iban") || is_word("bic") || is_word("swift") || iban::is_found(text) || has_written_iban(text)
}

/// As long as an IBAN and built like one, whatever its check figures say.
fn has_written_iban(text: &str) -> bool {
    text.split_whitespace().any(|token| {
        let sign = |at: usize| token.as_bytes().get(at);
        let begins = (0..2).all(|at| sign(at).is_some_and(u8::is_ascii_alphabetic))
            && (2..4).all(|at| sign(at).is_some_and(u8::is_ascii_digit));
        begins && token.len() >= 15 && token.bytes().filter(u8::is_ascii_digit).count() >= 10
    })
}

/// What leads to a person or to a page. A letter has one sender, one telephone number and no links: another address
/// beside the sum is what a forger would put there, and other people's data are nobody's business here (a fiscal code
/// tells sex, birthday and birthplace; it may be that of a patient, of a tenant, of a deceased).
fn is_personal(text: &str) -> bool {
    text.contains('@')
        || text.contains("://")
        || text.split(|sign: char| sign.is_whitespace() || matches!(sign, ',' | ';' | '(' | ')')).any(is_site)
        || has_fiscal_code(text)
        || has_long_number(text)
}

/// Last parts of names on the web, as mail programs turn them into links.
const ENDINGS: [&str; 25] = [
    "it", "com", "net", "org", "eu", "info", "biz", "de", "fr", "es", "uk", "ch", "at", "be", "nl", "pt", "us", "io",
    "me", "ai", "app", "dev", "shop", "online", "example",
];

/// `www.…`, `bianchi.it`, `bianchi.it/pagina`; not "S.r.l." nor "Manut.caldaia".
fn is_site(token: &str) -> bool {
    let host = token.split(['/', '?', '#', ':']).next().unwrap_or_default().trim_end_matches('.').to_lowercase();
    let mut labels = host.rsplit('.');
    let (last, before) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
    let is_name = before.chars().count() > 1 && before.chars().any(char::is_alphabetic);
    host.starts_with("www.") || (is_name && ENDINGS.contains(&last))
}

/// Sixteen letters and figures as in an Italian fiscal code, also with the letters that stand for figures where two
/// people would have the same one; in any case, with blanks or without.
fn has_fiscal_code(text: &str) -> bool {
    const FORM: &[u8; 16] = b"LLLLLLNNLNNLNNNL";
    let signs: Vec<u8> = text.bytes().filter(|sign| !sign.is_ascii_whitespace()).collect();
    let fits = |(sign, form): (&u8, &u8)| match form {
        b'L' => sign.is_ascii_alphabetic(),
        _ => sign.is_ascii_digit() || b"LMNPQRSTUV".contains(&sign.to_ascii_uppercase()),
    };
    // Words may have its form, too, with a figure or two between them: of seven figures some are written as figures.
    let figures = |part: &[u8]| part.iter().filter(|sign| sign.is_ascii_digit()).count();
    signs.windows(FORM.len()).any(|part| part.iter().zip(FORM).all(fits) && figures(part) >= 3)
}

/// Words that announce a telephone number.
const TELEPHONE: [&str; 16] = [
    "tel",
    "telefono",
    "telefonare",
    "cell",
    "cellulare",
    "fax",
    "phone",
    "mobile",
    "telefon",
    "handy",
    "téléphone",
    "portable",
    "teléfono",
    "móvil",
    "whatsapp",
    "chiamare",
];

/// A telephone number, or one as long as that of a payment card. Numbers of orders are shorter, or begin otherwise.
fn has_long_number(text: &str) -> bool {
    let is_announced = words(text).any(|word| TELEPHONE.contains(&word.to_lowercase().as_str()));
    numbers(text).iter().filter(|number| !is_date(number) && !is_document(number)).any(|number| {
        let figures = number.chars().filter(char::is_ascii_digit).count();
        let least = match number.as_bytes() {
            [b'+', ..] => 7,
            [b'0', ..] => 8,
            [b'3', ..] => 9,
            _ => 13,
        };
        figures >= if is_announced { 5 } else { least }
    })
}

/// Figures with what people write between the groups of a telephone number.
fn numbers(text: &str) -> Vec<String> {
    let mut numbers = vec![String::new()];
    for sign in text.chars() {
        let is_inside = numbers.last().is_some_and(|number| !number.is_empty());
        if sign.is_ascii_digit() || (sign == '+' && !is_inside) || (is_inside && " ./-()\u{a0}".contains(sign)) {
            if let Some(number) = numbers.last_mut() {
                number.push(sign);
            }
        } else {
            numbers.push(String::new());
        }
    }
    numbers
}

/// `01/09/2026`, `01/09/2026 - 30/09/2026`, `2026-09-01`, `09/2026-10/2026`: days, however many.
fn is_date(number: &str) -> bool {
    let groups: Vec<&str> =
        number.split(|sign: char| !sign.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let is_year = |group: &&&str| group.len() == 4 && (group.starts_with("19") || group.starts_with("20"));
    let years = groups.iter().filter(is_year).count();
    is_short_date(number)
        || years > 0 && groups.iter().all(|group| group.len() <= 2 || is_year(&group)) && groups.len() <= years * 3
}

/// `0012/2026`: the number of a document in its year.
fn is_document(number: &str) -> bool {
    let is_figures = |part: &str| !part.is_empty() && part.bytes().all(|sign| sign.is_ascii_digit());
    number.trim().split_once('/').is_some_and(|(series, year)| {
        is_figures(series) && is_figures(year) && year.len() == 4 && (year.starts_with("19") || year.starts_with("20"))
    })
}

/// `01/07/26`, `01/07/26 - 30/09/26`: days with the year in two figures.
fn is_short_date(number: &str) -> bool {
    let is_day = |groups: &[&str]| match groups {
        [day, month, year] => {
            let within = |group: &str, most: u32| {
                group.len() <= 2 && group.parse::<u32>().is_ok_and(|value| (1..=most).contains(&value))
            };
            within(day, 31) && within(month, 12) && year.len() == 2
        }
        _ => false,
    };
    // A telephone number in pairs has blanks or points between them.
    let groups: Vec<&str> = number.split(['/', '-']).map(str::trim).collect();
    groups.iter().all(|group| !group.is_empty() && group.bytes().all(|sign| sign.is_ascii_digit()))
        && groups.chunks(3).all(is_day)
}

/// Beginnings of words that a firm writes beside its own invoices, for itself: they are about the debt and not about
/// what was delivered, and a reminder of this house says none of them.
const REMARKS: [&str; 33] = [
    "sollecito",
    "solleciti",
    "sollecitat",
    "insolut",
    "moroso",
    "morosa",
    "morosità",
    "diffid",
    "pagat",
    "pagare",
    "già incassat",
    "non incassat",
    "incassato il",
    "incassata il",
    "da incassare",
    "cattivo pagatore",
    "recupero crediti",
    "avvocato",
    "unpaid",
    "overdue",
    "dunning",
    "reminder sent",
    "bad payer",
    "mahnung",
    "unbezahlt",
    "überfällig",
    "impayé",
    "relance",
    "impagad",
    "reclamad",
    "en mora",
    "in mora",
    "ultimo avviso",
];
/// Loud only where they are written in capitals: "Intervento urgente" is a work like another.
const LOUD: [&str; 8] = ["URGENT", "DRINGEND", "IMMEDIAT", "INMEDIAT", "SUBITO", "SOFORT", "ATTENZIONE", "ATTENTION"];

/// Said to somebody, and no name for a work: shouted, asked, or a remark on the debt itself.
fn is_a_remark(text: &str) -> bool {
    let small = text.to_lowercase();
    let begins_a_word = |stem: &&str| {
        small.match_indices(*stem).any(|(at, _)| {
            small.get(..at).and_then(|before| before.chars().next_back()).is_none_or(|sign| !sign.is_alphanumeric())
        })
    };
    // Programs that write everything in capitals do not shout.
    let is_mixed = text.chars().any(char::is_lowercase);
    let is_loud =
        |stem: &&str| words(text).any(|word| word.starts_with(*stem)) && (is_mixed || words(text).count() < 3);
    text.contains(['!', '?', '¡', '¿']) || REMARKS.iter().any(begins_a_word) || LOUD.iter().any(is_loud)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::credit::Credit;
    use crate::ledger::exchange::Exchange;
    use crate::ledger::ids::{CustomerId, ReceivableId};
    use crate::ledger::money::{Currency, Money};
    use crate::ledger::receivable::{Collection, ReceivableKey, ReceivableKind};
    use chrono::NaiveDate;

    fn named(description: &str) -> Option<String> {
        work(&item(description, ""))
    }

    fn item(description: &str, contract: &str) -> Receivable {
        let day = NaiveDate::from_ymd_opt(2026, 9, 2).expect("a day");
        Receivable {
            id: ReceivableId(1),
            customer: CustomerId(1),
            key: ReceivableKey { issuer: "Ferri".to_owned(), number: "118".to_owned(), issued: day, instalment: 0 },
            kind: ReceivableKind::Invoice,
            due: day,
            amount: Money::new(122_000, Currency::EUR),
            credited: Money::zero(Currency::EUR),
            payments: Vec::new(),
            description: Some(description.to_owned()),
            contract: Some(contract.to_owned()),
            bank_account: None,
            collection: Collection::Own,
            closure: None,
            missing_since: None,
            known_since: day,
            payments_known_up_to: None,
            released: true,
            cycle: 0,
            credit: Credit::default(),
            terms: None,
            tolerated_until: None,
            came_back: None,
            exchange: Exchange::default(),
        }
    }

    fn none_of(descriptions: &[&str]) {
        for description in descriptions {
            assert_eq!(named(description), None, "{description:?}");
        }
    }

    #[test]
    fn what_was_delivered_is_named() {
        for description in [
            "Infissi in larice",
            "Posa parquet, via Roma 12 (2° piano)",
            "Canone settembre 2026",
            "Assistenza 01/09/2026 - 30/09/2026",
            "Assistenza 01/09/2026-30/09/2026",
            "Ordine 4500123456",
            "Ns. DDT 1234/2026 del 03/09/2026",
            "Manut.caldaia S.r.l.",
            "Rossi & Figli; posa in opera",
            "R&D: prototipo n. 3",
            "Cancello automatico",
            "Intervento urgente caldaia",
            "INTERVENTO URGENTE CALDAIA",
            "SERRAMENTI IN PVC 120X80",
            "Acconto 30% – 3.500,00",
            "Manutenzione ordinaria 2026",
            "Progetto A&B; fase 2",
            "Posa via Morosini 12",
            "Fornitura faretti incassati",
            "Verifica sollecitazioni trave",
            "DDT 0012/2026",
            "Preventivo 0118/2026 del 03/09/2026",
            "Canone 01/07/26-30/09/26",
            "Canone 01/07/26 - 30/09/26",
            "Quadri elettrici lotto 2 nuovi",
            "Systèmes d'étanchéité",
        ] {
            assert_eq!(named(description).as_deref(), Some(description));
        }
        assert_eq!(named("  Infissi  in larice ").as_deref(), Some("Infissi in larice"));
    }

    #[test]
    fn nothing_and_too_much_name_nothing() {
        none_of(&["", "   ", &"x".repeat(61)]);
    }

    /// One that is not ours would stop the mail at the last gate; any other would compete with the payment details.
    #[test]
    fn no_payment_details() {
        none_of(&[
            "Saldo su DE89 3704 0044 0532 0130 00",
            "vs. conto de89370400440532013000",
            "conto DE89-3704-0044-0532-0130-00",
            "IT60X0542811101000000123456",
            "IT60X0542811101000000123457",
            "Nuovo IBAN in arrivo",
            "BIC UNCRITMM",
            "Carta 4111 1111 1111 1111",
        ]);
    }

    #[test]
    fn no_marks_of_a_page() {
        none_of(&[
            "<b>Infissi</b>",
            "Infissi<br>posa",
            "Infissi &amp; posa",
            "L&#8217;infisso",
            "Infissi {{total}}",
            "`Infissi`",
            "Infissi\\nposa",
        ]);
    }

    #[test]
    fn no_lines_and_nothing_unseen() {
        none_of(&[
            "Infissi\nPosa",
            "Infissi\r\nPosa",
            "Infissi\tPosa",
            "Infissi\u{2028}Posa",
            "Infissi\u{0}",
            "\u{202e}isifni",
            "Infi\u{200b}ssi",
            "\u{2066}Infissi\u{2069}",
            "Infissi \u{e000}items\u{e001}",
            "Infissi \u{fffd}",
        ]);
    }

    #[test]
    fn no_shouting_and_no_remarks() {
        none_of(&[
            "URGENTE!!!",
            "URGENTE",
            "URGENTE consegna infissi",
            "Infissi!",
            "Chi ha ordinato?",
            "2° sollecito inviato",
            "INSOLUTO RIBA",
            "cliente sollecitato",
            "non incassato",
            "da pagare entro venerdì",
            "cliente moroso",
            "pratica avvocato",
            "unpaid since May",
        ]);
    }

    #[test]
    fn no_addresses_of_people_or_pages() {
        none_of(&[
            "Rif. mario.rossi@bianchi.example",
            "https://pay.example/118",
            "vedi www.bianchi.example",
            "Sito bianchi.it",
            "Sito (bianchi.it/listino)",
        ]);
    }

    #[test]
    fn no_telephone_numbers() {
        none_of(&[
            "Sig. Rossi 333 1234567",
            "Rossi 3331234567",
            "+39 0461 123456",
            "Rossi 0461/123456",
            "Rossi (06) 12345678",
            "Rossi 06-12-34-56-78",
            "Rossi 0461/2026123",
            "tel. 123456",
            "Cell 12 34 56",
        ]);
    }

    #[test]
    fn no_fiscal_codes() {
        none_of(&[
            "Prestazione RSSMRA85T10A562S",
            "rssmra85t10a562s",
            "RSS MRA 85T10 A562S",
            "Prestazione RSSMRA85T10A5SNS",
        ]);
    }

    #[test]
    fn an_order_is_named_by_its_number_and_by_no_account() {
        assert_eq!(contract(&item("", " 3200123456 ")).as_deref(), Some("3200123456"));
        for written in ["DE89 3704 0044 0532 0130 00", "<b>12</b>", "12\n13", ""] {
            assert_eq!(contract(&item("", written)), None, "{written:?}");
        }
    }
}
