//! The words around numbers, in the five languages: what announces an invoice, what announces something else.

use std::borrow::Cow;

/// In lower case; most words are so already.
pub fn lower(word: &str) -> Cow<'_, str> {
    let is_lower = word.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_lower { word.into() } else { word.to_lowercase().into() }
}

/// Words that announce the number of an invoice of ours.
pub fn is_invoice_word(word: &str) -> bool {
    let word = lower(word);
    matches!(
        word.as_ref(),
        "fattura"
            | "fatture"
            | "fattua"
            | "fatura"
            | "fatt"
            | "ft"
            | "ftt"
            | "fte"
            | "fc"
            | "fat"
            | "ftv"
            | "parcella"
            | "parcelle"
            | "notula"
            | "documento"
            | "documenti"
            | "doc"
            | "proforma"
            | "sollecito"
            | "invoice"
            | "invoices"
            | "inv"
            | "bill"
            | "bills"
            | "rechnung"
            | "rechnungen"
            | "rechnungsnummer"
            | "rechnungsnr"
            | "rg"
            | "rgnr"
            | "renr"
            | "re"
            | "rn"
            | "beleg"
            | "facture"
            | "factures"
            | "fact"
            | "fac"
            | "note"
            | "factura"
            | "facturas"
            | "fra"
            | "fras"
            | "recibo"
    )
}

/// Words that announce the number of something that is not an invoice.
pub fn is_other_document(word: &str) -> bool {
    let word = lower(word);
    matches!(
        word.as_ref(),
        "preventivo"
            | "preventivi"
            | "offerta"
            | "ordine"
            | "ordini"
            | "oda"
            | "odl"
            | "po"
            | "ddt"
            | "bolla"
            | "commessa"
            | "contratto"
            | "ticket"
            | "pratica"
            | "protocollo"
            | "prot"
            | "cig"
            | "cup"
            | "capitolo"
            | "delibera"
            | "determina"
            | "matricola"
            | "art"
            | "articolo"
            | "via"
            | "viale"
            | "piazza"
            | "corso"
            | "civico"
            | "piano"
            | "interno"
            | "pag"
            | "pagina"
            | "order"
            | "quotation"
            | "quote"
            | "estimate"
            | "case"
            | "purchase"
            | "contract"
            | "street"
            | "road"
            | "suite"
            | "page"
            | "angebot"
            | "bestellung"
            | "auftrag"
            | "lieferschein"
            | "vertrag"
            | "seite"
            | "strasse"
            | "straße"
            | "devis"
            | "commande"
            | "contrat"
            | "rue"
            | "pedido"
            | "presupuesto"
            | "albarán"
            | "albaran"
            | "contrato"
            | "calle"
            | "avda"
    )
}

/// `n.`, `nr`, `no.`, `numero` …: stands between the announcing word and the number, and announces weakly on its own.
pub fn is_numeral_sign(word: &str) -> bool {
    let word = lower(word);
    matches!(
        word.as_ref(),
        "n" | "nn"
            | "nr"
            | "nro"
            | "num"
            | "numero"
            | "numeri"
            | "no"
            | "nos"
            | "number"
            | "numbers"
            | "nummer"
            | "nummern"
            | "numéro"
            | "número"
            | "núm"
            | "nº"
    )
}

/// Words that join numbers in a list, or stand between `fattura` and its number.
pub fn is_connector(word: &str) -> bool {
    let word = lower(word);
    matches!(
        word.as_ref(),
        "e" | "ed"
            | "and"
            | "und"
            | "et"
            | "y"
            | "la"
            | "le"
            | "the"
            | "die"
            | "vs"
            | "vostra"
            | "ns"
            | "nostra"
            | "your"
            | "ihre"
            | "o"
            | "or"
            | "oder"
            | "ou"
            | "sia"
            | "che"
            | "anche"
            | "elettronica"
    )
}

/// Feminine articles: "pagata la 304", "la 2025/118", "die 118". A number right after one is an invoice's.
pub fn is_article_of_invoice(word: &str) -> bool {
    matches!(lower(word).as_ref(), "la" | "le" | "della" | "delle" | "alla" | "alle" | "die" | "las" | "les")
}

/// Words before a day of the month.
pub fn is_before_day(word: &str) -> bool {
    let word = lower(word);
    matches!(
        word.as_ref(),
        "il" | "entro"
            | "al"
            | "dal"
            | "del"
            | "giorno"
            | "lunedì"
            | "martedì"
            | "mercoledì"
            | "giovedì"
            | "venerdì"
            | "sabato"
            | "lunedi"
            | "martedi"
            | "mercoledi"
            | "giovedi"
            | "venerdi"
            | "domenica"
            | "by"
            | "on"
            | "the"
            | "until"
            | "before"
            | "am"
            | "bis"
            | "zum"
            | "vom"
            | "den"
            | "dem"
            | "der"
            | "le"
            | "au"
            | "du"
            | "el"
            | "hasta"
            | "día"
            | "dia"
            | "tra"
            | "fra"
            | "between"
            | "monday"
            | "tuesday"
            | "wednesday"
            | "thursday"
            | "friday"
            | "x"
            | "per"
            | "verso"
    )
}

/// Words before the date of a document: `118 del 12/9`.
pub fn is_before_issue_date(word: &str) -> bool {
    matches!(lower(word).as_ref(), "del" | "dd" | "of" | "dated" | "vom" | "von" | "du" | "de" | "dell" | "aus")
}

/// Currency words.
pub fn is_currency(word: &str) -> bool {
    matches!(
        lower(word).as_ref(),
        "euro" | "euros" | "eur" | "gbp" | "usd" | "chf" | "dollars" | "pounds" | "franken" | "k"
    )
}

/// Units after a number that is a measure.
pub fn is_unit(word: &str) -> bool {
    matches!(
        lower(word).as_ref(),
        "giorni"
            | "giorno"
            | "gg"
            | "mesi"
            | "mese"
            | "settimane"
            | "settimana"
            | "ore"
            | "minuti"
            | "anni"
            | "rate"
            | "rata"
            | "tranche"
            | "volte"
            | "copie"
            | "pezzi"
            | "pz"
            | "kg"
            | "km"
            | "mq"
            | "h"
            | "am"
            | "pm"
            | "days"
            | "day"
            | "weeks"
            | "months"
            | "hours"
            | "instalments"
            | "installments"
            | "times"
            | "years"
            | "tage"
            | "tagen"
            | "wochen"
            | "monate"
            | "monaten"
            | "raten"
            | "uhr"
            | "jours"
            | "semaines"
            | "mois"
            | "fois"
            | "heures"
            | "días"
            | "dias"
            | "meses"
            | "semanas"
            | "horas"
            | "plazos"
            | "veces"
            | "st"
            | "nd"
            | "rd"
            | "th"
    )
}

/// Words after which digits are a payment reference, an account or a tax number.
pub fn is_payment_word(word: &str) -> bool {
    matches!(
        lower(word).as_ref(),
        "cro" | "trn" | "trx" | "iban" | "bic" | "iva" | "piva" | "cf" | "sdi" | "rea" | "cap" | "vat" | "ustid"
    )
}

/// Words after which digits are a telephone.
pub fn is_phone_word(word: &str) -> bool {
    matches!(
        lower(word).as_ref(),
        "tel" | "telefono" | "cell" | "cellulare" | "mob" | "mobile" | "fax" | "phone" | "telefon" | "tél" | "tlf"
    )
}

/// The months by name, January first.
const MONTHS: [&[&str]; 12] = [
    &["gennaio", "january", "januar", "jänner", "janvier", "enero"],
    &["febbraio", "february", "februar", "février", "fevrier", "febrero"],
    &["marzo", "march", "märz", "maerz", "mars"],
    &["aprile", "april", "avril", "abril"],
    &["maggio", "may", "mai", "mayo"],
    &["giugno", "june", "juni", "juin", "junio"],
    &["luglio", "july", "juli", "juillet", "julio"],
    &["agosto", "august", "août", "aout"],
    &["settembre", "september", "septembre", "septiembre", "setiembre"],
    &["ottobre", "october", "oktober", "octobre", "octubre"],
    &["novembre", "november", "noviembre"],
    &["dicembre", "december", "dezember", "décembre", "decembre", "diciembre"],
];

const SHORT_MONTHS: &[&str] = &[
    "gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "sett", "ott", "nov", "dic", "jan", "jun", "jul",
    "aug", "sep", "sept", "oct", "dec", "okt", "dez", "janv", "févr", "juil", "déc", "ene", "abr",
];

/// The number of a month by its whole name, January first.
pub fn month_of(word: &str) -> Option<u32> {
    let lower = lower(word);
    MONTHS.iter().zip(1..).find(|(names, _)| names.contains(&lower.as_ref())).map(|(_, month)| month)
}

/// Names of the months and their short forms.
pub fn is_month(word: &str) -> bool {
    month_of(word).is_some() || SHORT_MONTHS.contains(&lower(word).as_ref())
}

/// Words with which a street begins.
pub fn is_street(word: &str) -> bool {
    matches!(
        lower(word).as_ref(),
        "via" | "viale" | "piazza" | "corso" | "largo" | "vicolo" | "strada" | "rue" | "avenue" | "calle" | "avenida"
    )
}

/// Words with which somebody sets a number aside to speak of another.
const IN_PASSING: &[&str] = &[
    "nulla da dire",
    "niente da dire",
    "nulla da eccepire",
    "a sistema",
    "nessun problema",
    "tutto ok",
    "tutto a posto",
    "ce l'abbiamo",
    "ce l'ho",
    "is fine",
    "no issue",
    "no problem",
    "we have that one",
    "ist in ordnung",
    "liegt uns vor",
    "rien à dire",
    "aucun problème",
    "está bien",
    "sin problema",
];

/// Stems of verbs of paying in the five languages.
const PAYING: &[&str] =
    &["pagh", "pago", "paga", "sald", "bonific", " pay", "paid", "zahl", "überw", "payon", "réglo", "régler"];

/// Is the number of this clause only mentioned, to speak of another?
pub fn is_in_passing(clause: &str) -> bool {
    let clause = clause.replace('’', "'");
    // "La 47 nessun problema, la paghiamo venerdì" is no mere mention.
    if PAYING.iter().any(|stem| clause.contains(stem)) {
        return false;
    }
    IN_PASSING.iter().any(|phrase| clause.contains(phrase))
}
