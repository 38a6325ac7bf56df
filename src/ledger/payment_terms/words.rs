//! The words of payment terms in five languages, and a text as a row of them.

use super::Means;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What a word or a group of words says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// A whole number.
    Number(u32),
    /// Hundredths of a percent.
    Percent(u32),
    /// `+`.
    Plus,
    /// `/`: between numbers.
    Slash,
    /// A comma, a dash, «e».
    Comma,
    /// Days.
    Days,
    /// Days behind a number, the day of the month before one.
    Day,
    /// Months.
    Months,
    /// From the date of the invoice.
    FromInvoice,
    /// To the end of the month.
    MonthEnd,
    /// The end of the month after the invoice's.
    EndOfNextMonth,
    /// Of the following month.
    NextMonth,
    /// Before a number: that day of the month.
    On,
    /// Before a number: the customer's day of payment.
    PaymentDay,
    /// On receipt.
    Receipt,
    /// *Rimessa diretta*.
    Direct,
    /// In advance.
    Advance,
    /// How.
    By(Means),
    /// A discount.
    Discount,
    /// Without any.
    Net,
    /// VAT with the first part.
    VatFirst,
    /// Says nothing.
    Filler,
    /// Not known.
    Unknown,
}

/// A word and where it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) word: Word,
    pub(super) place: Range<usize>,
}

/// Groups of words without accents, points and capitals: `d.f.f.m.` is `d f f m`. The longest that fits is taken.
const VOCABULARY: &[(Word, &str)] = &[
    (Word::Days, "gg, g, giorni, days, tage, tagen, jours, jrs, j, dias"),
    (Word::Day, "giorno, day, tag, jour"),
    (Word::Months, "mese, mesi, month, months, monat, monate, monaten, mois, mes, meses"),
    (Word::FromInvoice, "df, d f, data fattura, data fatt, data ft, dt fatt, d fatt, data doc, data documento"),
    (
        Word::FromInvoice,
        "data emissione, data emissione fattura, data di emissione, data della fattura, data rif fattura",
    ),
    (Word::FromInvoice, "invoice date, date of invoice, date of the invoice, rechnungsdatum, rechnungsstellung"),
    (Word::FromInvoice, "date facture, date de facture, date de la facture, date d emission, ff, f f, fecha factura"),
    (Word::FromInvoice, "fecha de factura, fecha de la factura, fecha fra"),
    (Word::MonthEnd, "fm, f m, fine mese, fine m, dffm, d f f m, fmdf, df fm, fm df, end of month, end of the month"),
    (Word::MonthEnd, "month end, eom, monatsende, ende des monats, fin de mois, fin du mois, fdm, fin de mes"),
    (
        Word::EndOfNextMonth,
        "fine mese successivo, fine mese seguente, fine mese prossimo, f m successivo, fm successivo",
    ),
    (
        Word::EndOfNextMonth,
        "end of next month, end of the next month, end of following month, end of the following month",
    ),
    (Word::EndOfNextMonth, "ende des folgemonats, ende folgemonat, fin du mois suivant, fin de mes siguiente"),
    (Word::NextMonth, "ms, m s, mese successivo, mese seguente, mese prossimo, mese succ, m succ, successivo"),
    (Word::NextMonth, "following month, next month, folgemonat, folgemonats, mois suivant, mes siguiente"),
    (Word::On, "al, il, al giorno, il giorno, on the, am, den, zum, le"),
    (Word::PaymentDay, "dia, el dia, dia de pago, dia pago, vencimiento dia, vencimientos dia, vto dia, venc dia"),
    (
        Word::Receipt,
        "vista fattura, v f, vf, a vista, vista, ricevimento, ricevimento fattura, ricevimento della fattura",
    ),
    (
        Word::Receipt,
        "ricezione fattura, ricezione, data ricevimento, data ricevimento fattura, pronta cassa, immediato",
    ),
    (Word::Receipt, "receipt, receipt of invoice, receipt of the invoice, immediate, immediately, sofort, erhalt"),
    (Word::Receipt, "sofort fallig, erhalt der rechnung, rechnungserhalt, rechnungseingang, reception, contado"),
    (Word::Receipt, "reception facture, reception de facture, reception de la facture, comptant, la vista, recepcion"),
    (Word::Receipt, "recepcion factura, recepcion de factura, recepcion de la factura"),
    (Word::Direct, "rimessa diretta, rimessa dir, rim diretta, rim dir, rimdir, rd, r d"),
    (
        Word::Advance,
        "anticipato, anticipata, in anticipo, all ordine, alla conferma, alla conferma d ordine, prepagato",
    ),
    (
        Word::Advance,
        "in advance, advance, prepayment, prepaid, vorkasse, vorauskasse, vorauszahlung, im voraus, voraus",
    ),
    (Word::Advance, "d avance, a la commande, anticipado, por anticipado, adelantado, por adelantado, prepago"),
    (
        Word::By(Means::Transfer),
        "bonifico, bonifico bancario, bon, bb, b b, bonif, mp05, transfer, bank transfer, wire",
    ),
    (Word::By(Means::Transfer), "wire transfer, uberweisung, virement, virement bancaire, transferencia"),
    (Word::By(Means::Transfer), "transferencia bancaria, sepa"),
    (Word::By(Means::Riba), "riba, ri ba, rb, r b, ricevuta bancaria, ricevute bancarie, ric banc, mp12"),
    (
        Word::By(Means::DirectDebit),
        "sdd, rid, addebito diretto, addebito in conto, mp09, mp10, mp11, mp16, mp19, mp20, mp21",
    ),
    (
        Word::By(Means::DirectDebit),
        "direct debit, sepa direct debit, lastschrift, sepa lastschrift, bankeinzug, prelevement",
    ),
    (Word::By(Means::DirectDebit), "giro domiciliado, recibo domiciliado, giro, recibo, domiciliacion"),
    (Word::By(Means::DirectDebit), "domiciliacion bancaria, domiciliado"),
    (Word::By(Means::PaymentForm), "mav, rav, bollettino, bollettino postale, pagopa, mp07, mp13, mp17, mp18, mp23"),
    (Word::By(Means::Cheque), "assegno, assegno bancario, assegno circolare, cheque, check, scheck, mp02, mp03"),
    (
        Word::By(Means::Card),
        "carta, carta di credito, mp08, card, credit card, kreditkarte, carte bancaire, tarjeta, paypal",
    ),
    (Word::By(Means::Card), "satispay"),
    (
        Word::By(Means::Cash),
        "contanti, contante, mp01, alla consegna, consegna, contrassegno, cash, cash on delivery, cod",
    ),
    (
        Word::By(Means::Cash),
        "on delivery, bar, barzahlung, nachnahme, especes, a la livraison, efectivo, contra reembolso",
    ),
    (Word::Discount, "skonto, sconto, escompte, descuento, dto, discount, cash discount"),
    (
        Word::Net,
        "net, netto, netti, neto, rein netto, ohne abzug, abzugsfrei, sans escompte, ohne skonto, sin descuento",
    ),
    (Word::VatFirst, "iva, iva alla prima, iva prima rata, iva sulla prima, mwst, tva, vat"),
    (Word::Comma, "e, ed, und, and, et, y"),
    (
        Word::Filler,
        "pagamento, pagam, pag, condizioni, condizione, termini, a, ad, ai, all, alla, da, dal, dalla, di, del",
    ),
    (
        Word::Filler,
        "della, con, per, in, entro, scadenza, scad, ns, vs, zahlbar, zahlung, zahlungsziel, ziel, innerhalb",
    ),
    (
        Word::Filler,
        "binnen, von, nach, ab, bei, bis, des, der, dem, payable, payment, payments, terms, within, due, from",
    ),
    (
        Word::Filler,
        "after, of, the, date, on, upon, at, by, th, st, nd, paiement, reglement, sous, au, de, du, des, d, la",
    ),
    (
        Word::Filler,
        "pago, plazo, dentro, desde, vencimiento, vto, mediante, tramite, per cent, a mezzo, mezzo, par, por, el",
    ),
];

/// The words of a text, in order. What is not known is among them.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let pieces = pieces(text);
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = pieces.as_slice();
    while let Some(first) = rest.first() {
        let (word, taken) = match &first.what {
            What::Letters(_) => longest(rest),
            What::Sign(word) => (*word, 1),
        };
        let last = rest.get(taken.saturating_sub(1)).unwrap_or(first);
        tokens.push(Token { word, place: first.place.start..last.place.end });
        rest = rest.get(taken..).unwrap_or_default();
    }
    tokens
}

/// The longest known group of words at the beginning, and how many pieces it takes.
fn longest(pieces: &[Piece]) -> (Word, usize) {
    let fits = |group: &str| {
        let mut count = 0;
        for word in group.split(' ') {
            match pieces.get(count).map(|piece| &piece.what) {
                Some(What::Letters(letters)) if letters == word => count += 1,
                _ => return None,
            }
        }
        Some(count)
    };
    let known = VOCABULARY.iter().flat_map(|(word, groups)| groups.split(", ").map(|group| (*word, group)));
    let fitting = known.filter_map(|(word, group)| Some((word, fits(group)?)));
    fitting.max_by_key(|(_, count)| *count).unwrap_or((Word::Unknown, 1))
}

struct Piece {
    what: What,
    place: Range<usize>,
}

enum What {
    Letters(String),
    Sign(Word),
}

/// Runs of letters, numbers and signs. Points, apostrophes and brackets only part them.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        let (what, length) = match first {
            _ if first.is_ascii_digit() => number(rest),
            _ if first.is_alphabetic() => letters(rest),
            '+' => (Some(What::Sign(Word::Plus)), 1),
            '/' => (Some(What::Sign(Word::Slash)), 1),
            ',' | ';' | '-' | '–' | '&' => (Some(What::Sign(Word::Comma)), first.len_utf8()),
            _ if first.is_whitespace() || matches!(first, '.' | ':' | '\'' | '’' | '(' | ')' | '"') => {
                (None, first.len_utf8())
            }
            _ => (Some(What::Sign(Word::Unknown)), first.len_utf8()),
        };
        if let Some(what) = what {
            pieces.push(Piece { what, place: at..at + length });
        }
        at += length;
    }
    pieces
}

fn run(text: &str, of: impl Fn(char) -> bool) -> usize {
    text.find(|c| !of(c)).unwrap_or(text.len())
}

/// A number, or a percentage with up to two decimals.
fn number(text: &str) -> (Option<What>, usize) {
    let whole = run(text, |c| c.is_ascii_digit());
    let rest = text.get(whole..).unwrap_or_default();
    let digits = text.get(..whole).unwrap_or_default();
    let sign = |rest: &str| {
        let blanks = run(rest, char::is_whitespace);
        rest.get(blanks..).is_some_and(|rest| rest.starts_with('%')).then(|| blanks + 1)
    };
    if let Some(more) = sign(rest) {
        let value = digits.parse::<u32>().ok().and_then(|n| n.checked_mul(100));
        return (Some(What::Sign(value.map_or(Word::Unknown, Word::Percent))), whole + more);
    }
    if let Some(after) = rest.strip_prefix([',', '.']) {
        let part = run(after, |c| c.is_ascii_digit());
        if let (1..=2, Some(more)) = (part, sign(after.get(part..).unwrap_or_default())) {
            let value = format!("{digits}{:0<2}", after.get(..part).unwrap_or_default()).parse::<u32>().ok();
            return (Some(What::Sign(value.map_or(Word::Unknown, Word::Percent))), whole + 1 + part + more);
        }
    }
    let value = digits.parse::<u32>().ok();
    (Some(What::Sign(value.map_or(Word::Unknown, Word::Number))), whole)
}

/// Letters without accents and capitals. The codes of the electronic invoice (`MP05`) keep their digits.
fn letters(text: &str) -> (Option<What>, usize) {
    let mut length = run(text, |c| c.is_alphabetic() || is_combining_mark(c));
    if text.get(..length).is_some_and(|word| word.eq_ignore_ascii_case("mp")) {
        length += run(text.get(length..).unwrap_or_default(), |c| c.is_ascii_digit());
    }
    let word = text.get(..length).unwrap_or_default();
    let plain = word.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    (Some(What::Letters(plain)), length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_group_of_words_is_plain_and_means_one_thing() {
        let mut seen: BTreeMap<&str, Word> = BTreeMap::new();
        for (word, groups) in VOCABULARY {
            for group in groups.split(", ") {
                assert_eq!(tokens(group).len(), 1, "{group}");
                if let Some(other) = seen.insert(group, *word) {
                    assert_eq!(other, *word, "{group} stands twice");
                }
            }
        }
    }

    #[test]
    fn percentages_are_no_lists() {
        let words: Vec<Word> = tokens("2,5 % 10,30 3%").into_iter().map(|token| token.word).collect();
        assert_eq!(words, [Word::Percent(250), Word::Number(10), Word::Comma, Word::Number(30), Word::Percent(300)]);
    }
}
