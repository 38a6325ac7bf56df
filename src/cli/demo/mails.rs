//! True mails: invoices as the studio sends them, replies as the customers' mail programs write them, a bounce.

use super::story::{Reply, Row, Style, ZONE};
use crate::ledger::words::Language;
use chrono::{DateTime, Datelike, Utc};
use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// The studio's address.
pub(super) const STUDIO: &str = "marta@studiolarice.example";
/// The studio in a From header.
pub(super) const STUDIO_FROM: &str = "Marta Larice <marta@studiolarice.example>";
/// The studio's mail server: its Authentication-Results are the ones that count.
pub(super) const SERVER: &str = "mx.studiolarice.example";
/// The studio's account.
pub(super) const IBAN: &str = "IT60X0542811101000000123456";

/// The mail that a reply answers.
pub(super) struct Answered {
    pub(super) id: String,
    pub(super) references: Vec<String>,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) date: DateTime<Utc>,
    pub(super) to: String,
}

/// The mail with which an invoice was sent; `scanned`: as a picture, under a name that says nothing.
pub(super) fn invoice(row: &Row, scanned: bool, date: DateTime<Utc>) -> Vec<u8> {
    let name = if scanned {
        "scansione0012.pdf".to_owned()
    } else if row.english {
        format!("Invoice_{}.pdf", row.number.replace('/', "-"))
    } else {
        format!("Fattura_{}.pdf", row.number.replace('/', "-"))
    };
    let (subject, text) = if row.english {
        (
            format!("Invoice {} - {}", row.number, row.description),
            format!(
                "Hello,\n\nplease find attached our invoice {} of {}, due on {}.\n\nKind regards,\nMarta Larice\nStudio Larice\n",
                row.number,
                row.money().grouped(Language::English),
                row.due.format("%-d %B %Y")
            ),
        )
    } else {
        let number = if scanned { String::new() } else { format!(" {}", row.number) };
        (
            format!("Fattura{number} - {}", row.description),
            format!(
                "Buongiorno,\n\nin allegato la fattura{number} di {} euro, con scadenza {}.\n\nCordiali saluti\nMarta Larice\nStudio Larice\n",
                row.amount,
                row.due.format("%d/%m/%Y")
            ),
        )
    };
    let pdf = if scanned { picture() } else { page(&invoice_lines(row)) };
    let to = if row.contact.is_empty() { row.email.clone() } else { format!("{} <{}>", row.contact, row.email) };
    let id = message_id(&[&row.number, &row.email], "studiolarice.example");
    let headers = [("From", STUDIO_FROM), ("To", &to), ("Subject", &subject), ("Message-ID", &id)];
    mail(&headers, date, &text, Some((&name, &pdf)))
}

/// What the owner answers from her own mail program, perhaps with an invoice.
pub(super) fn by_hand(answered: &Answered, text: &str, invoice: Option<&Row>, date: DateTime<Utc>) -> Vec<u8> {
    let id = message_id(&[text, &answered.id], "studiolarice.example");
    let references: Vec<&str> = answered.references.iter().map(String::as_str).chain([answered.id.as_str()]).collect();
    let references = references.join("\n ");
    let headers = [
        ("From", STUDIO_FROM),
        ("To", &answered.to),
        ("Subject", &answered.subject),
        ("Message-ID", &id),
        ("In-Reply-To", &answered.id),
        ("References", &references),
    ];
    let document =
        invoice.map(|row| (format!("Fattura_{}.pdf", row.number.replace('/', "-")), page(&invoice_lines(row))));
    let attached = document.as_ref().map(|(name, pdf)| (name.as_str(), pdf.as_slice()));
    mail(&headers, date, &format!("{text}\n"), attached)
}

/// A mail that reaches the studio.
pub(super) fn reply(reply: &Reply, answered: Option<&Answered>, date: DateTime<Utc>) -> Vec<u8> {
    if reply.style == Style::Bounce {
        return bounce(reply, answered, date);
    }
    let address = address_of(&reply.from);
    let domain = address.rsplit('@').next().unwrap_or_default();
    let id = message_id(&[&reply.from, &reply.text], domain);
    let proven = if reply.authenticity.as_deref() == Some("none") {
        format!("{SERVER}; spf=none smtp.mailfrom={domain}; dkim=none; dmarc=none header.from={domain}")
    } else {
        format!(
            "{SERVER};\n spf=pass smtp.mailfrom={domain};\n dkim=pass header.d={domain};\n dmarc=pass header.from={domain}"
        )
    };
    let subject = match (&reply.subject, answered) {
        (Some(subject), _) => subject.clone(),
        (None, Some(answered)) if answered.subject.to_lowercase().starts_with("re:") => answered.subject.clone(),
        (None, Some(answered)) => format!("{}{}", reply.style.prefix(), answered.subject),
        (None, None) => String::new(),
    };
    let mut text = reply.text.trim().to_owned();
    text.push('\n');
    let mut headers: Vec<(&str, String)> = vec![
        ("Return-Path", format!("<{address}>")),
        ("Authentication-Results", proven),
        ("From", reply.from.clone()),
        ("To", STUDIO_FROM.to_owned()),
        ("Subject", subject),
        ("Message-ID", id),
    ];
    if let Some(answered) = answered {
        let references: Vec<&str> =
            answered.references.iter().map(String::as_str).chain([answered.id.as_str()]).collect();
        headers.push(("In-Reply-To", answered.id.clone()));
        headers.push(("References", references.join("\n ")));
        text.push_str(&reply.style.quote(answered));
    }
    match reply.style {
        Style::Absence => {
            headers.push(("Auto-Submitted", "auto-replied".to_owned()));
            headers.push(("X-Auto-Response-Suppress", "All".to_owned()));
        }
        Style::Newsletter => {
            headers.push(("List-Id", "Novità <novita.mondostampa.example>".to_owned()));
            headers.push(("List-Unsubscribe", "<https://www.mondostampa.example/disiscrizione>".to_owned()));
            headers.push(("Precedence", "bulk".to_owned()));
        }
        Style::Iphone => headers.push(("X-Mailer", "iPhone Mail (23A341)".to_owned())),
        Style::Outlook | Style::OutlookEn | Style::OutlookDe => {
            headers.push(("X-Mailer", "Microsoft Outlook 16.0".to_owned()))
        }
        _ => {}
    }
    let attached = reply.attachment.as_ref().map(|name| (name.as_str(), page(std::slice::from_ref(name))));
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    mail(&headers, date, &text, attached.as_ref().map(|(name, pdf)| (*name, pdf.as_slice())))
}

/// What the studio's own server writes when a customer's server does not know the address (RFC 3464).
fn bounce(reply: &Reply, answered: Option<&Answered>, date: DateTime<Utc>) -> Vec<u8> {
    let dead = reply.text.trim();
    let id = message_id(&[&reply.from, dead], SERVER);
    let (original, subject) = answered.map_or(("", ""), |answered| (answered.id.as_str(), answered.subject.as_str()));
    let stamp = date.with_timezone(&ZONE).to_rfc2822();
    format!(
        "Return-Path: <>\nDate: {stamp}\nFrom: {}\nTo: {STUDIO}\nSubject: Undelivered Mail Returned to Sender\n\
         Message-ID: {id}\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status;\n boundary=\"bounce-1\"\n\n\
         --bounce-1\nContent-Type: text/plain; charset=us-ascii\n\n\
         This is the mail system at host {SERVER}.\n\nYour message could not be delivered to one recipient.\n\n\
         <{dead}>: host said: 550 5.1.1 User unknown\n\n\
         --bounce-1\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; {SERVER}\nArrival-Date: {stamp}\n\n\
         Final-Recipient: rfc822; {dead}\nAction: failed\nStatus: 5.1.1\n\
         Diagnostic-Code: smtp; 550 5.1.1 User unknown\n\n\
         --bounce-1\nContent-Type: text/rfc822-headers; charset=us-ascii\n\n\
         From: {STUDIO_FROM}\nTo: {dead}\nSubject: {}\nMessage-ID: {original}\n\n--bounce-1--\n",
        reply.from,
        header_value(subject),
    )
    .into_bytes()
}

impl Style {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Outlook => "R: ",
            Self::OutlookDe => "AW: ",
            _ => "Re: ",
        }
    }

    /// The answered mail, as this program puts it below the new words.
    fn quote(self, answered: &Answered) -> String {
        let date = answered.date.with_timezone(&ZONE);
        let marked = || answered.text.lines().map(|line| format!("> {line}\n")).collect::<String>();
        match self {
            Self::Outlook => format!(
                "\n________________________________\nDa: {STUDIO_FROM}\nInviato: {} {} {}\nA: {}\nOggetto: {}\n\n{}",
                italian_weekday(date.weekday()),
                italian_day(date.date_naive()),
                date.format("%H:%M"),
                answered.to,
                answered.subject,
                answered.text
            ),
            Self::OutlookEn => format!(
                "\n________________________________\nFrom: {STUDIO_FROM}\nSent: {}\nTo: {}\nSubject: {}\n\n{}",
                date.format("%-d %B %Y %H:%M"),
                answered.to,
                answered.subject,
                answered.text
            ),
            Self::OutlookDe => format!(
                "\n________________________________\nVon: {STUDIO_FROM}\nGesendet: {}\nAn: {}\nBetreff: {}\n\n{}",
                date.format("%d.%m.%Y %H:%M"),
                answered.to,
                answered.subject,
                answered.text
            ),
            Self::Gmail => format!(
                "\nIl giorno {} {} alle ore {} {STUDIO_FROM} ha scritto:\n\n{}",
                italian_weekday(date.weekday()).chars().take(3).collect::<String>(),
                italian_day(date.date_naive()),
                date.format("%H:%M"),
                marked()
            ),
            Self::GmailEn => {
                format!("\nOn {}, {STUDIO_FROM} wrote:\n\n{}", date.format("%a, %-d %b %Y at %H:%M"), marked())
            }
            Self::Webmail => format!("\nIl {} Marta Larice ha scritto:\n{}", date.format("%Y-%m-%d %H:%M"), marked()),
            Self::Iphone => format!(
                "\nInviato da iPhone\n\n> Il giorno {}, alle ore {}, {STUDIO_FROM} ha scritto:\n> \n{}",
                italian_day(date.date_naive()),
                date.format("%H:%M"),
                marked()
            ),
            Self::Plain | Self::New | Self::Absence | Self::Newsletter | Self::Bounce => String::new(),
        }
    }
}

/// A whole mail. Text in UTF-8, a document in base64.
fn mail(headers: &[(&str, &str)], date: DateTime<Utc>, text: &str, attached: Option<(&str, &[u8])>) -> Vec<u8> {
    let mut out = String::new();
    for (name, value) in headers {
        let _ = writeln!(out, "{name}: {}", header_value(value));
        if *name == "From" {
            let _ = writeln!(out, "Date: {}", date.with_timezone(&ZONE).to_rfc2822());
        }
    }
    out.push_str("MIME-Version: 1.0\n");
    let plain = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n";
    match attached {
        None => out.push_str(&format!("{plain}{text}")),
        Some((name, content)) => {
            let boundary = format!("part-{}", short_hash(&[name, text]));
            let _ = write!(
                out,
                "Content-Type: multipart/mixed; boundary=\"{boundary}\"\n\n--{boundary}\n{plain}{text}\n--{boundary}\n\
                 Content-Type: application/pdf; name=\"{name}\"\nContent-Transfer-Encoding: base64\n\
                 Content-Disposition: attachment; filename=\"{name}\"\n\n"
            );
            let encoded = BASE64.encode(content);
            for line in encoded.as_bytes().chunks(76) {
                out.push_str(&String::from_utf8_lossy(line));
                out.push('\n');
            }
            let _ = writeln!(out, "--{boundary}--");
        }
    }
    out.into_bytes()
}

/// Words outside ASCII are encoded (RFC 2047), address parts stay as they are.
fn header_value(value: &str) -> String {
    if value.is_ascii() {
        return value.to_owned();
    }
    let (words, rest) = match value.rfind(" <") {
        Some(at) => (value.get(..at).unwrap_or(value), value.get(at..).unwrap_or_default()),
        None => (value, ""),
    };
    let mut encoded = Vec::new();
    let mut piece = String::new();
    for character in words.chars() {
        if piece.len() + character.len_utf8() > 42 {
            encoded.push(std::mem::take(&mut piece));
        }
        piece.push(character);
    }
    encoded.push(piece);
    let encoded: Vec<String> =
        encoded.iter().map(|piece| format!("=?UTF-8?B?{}?=", BASE64.encode(piece.as_bytes()))).collect();
    format!("{}{rest}", encoded.join("\n "))
}

fn invoice_lines(row: &Row) -> Vec<String> {
    vec![
        "Studio Larice di Marta Larice".to_owned(),
        "Via dei Mulini 4, 38122 Trento".to_owned(),
        String::new(),
        format!("Spett. {}", row.customer),
        String::new(),
        format!("Fattura n. {} del {}", row.number, row.issued.format("%d/%m/%Y")),
        row.description.clone(),
        format!("Totale: EUR {}", row.amount),
        format!("Scadenza: {}", row.due.format("%d/%m/%Y")),
        format!("IBAN: {IBAN}"),
    ]
}

/// A page of text as a PDF (ISO 32000-1, with the standard Helvetica).
fn page(lines: &[String]) -> Vec<u8> {
    let mut content = String::from("BT /F1 12 Tf 72 770 Td 18 TL\n");
    for line in lines {
        let mut shown = String::new();
        for character in line.chars() {
            match character {
                '(' | ')' | '\\' => {
                    shown.push('\\');
                    shown.push(character);
                }
                c if c.is_ascii() && !c.is_control() => shown.push(c),
                c if u32::from(c) < 256 => {
                    let _ = write!(shown, "\\{:03o}", u32::from(c));
                }
                _ => shown.push('?'),
            }
        }
        let _ = writeln!(content, "({shown}) Tj T*");
    }
    content.push_str("ET\n");
    pdf(&content)
}

/// A page without any text: a picture of an invoice, as a scanner makes it.
fn picture() -> Vec<u8> {
    pdf("0.93 g 60 60 475 720 re f 0.6 g 80 700 200 20 re f 80 660 320 10 re f 80 640 280 10 re f\n")
}

fn pdf(content: &str) -> Vec<u8> {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}endstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let mut text = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(text.len());
        let _ = write!(text, "{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let start = text.len();
    let _ = write!(text, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        let _ = writeln!(text, "{place:010} 00000 n ");
    }
    let _ = write!(text, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1);
    text.into_bytes()
}

fn address_of(from: &str) -> &str {
    from.rsplit_once('<').map_or(from, |(_, address)| address.trim_end_matches('>'))
}

fn message_id(parts: &[&str], domain: &str) -> String {
    format!("<{}@{domain}>", short_hash(parts))
}

fn short_hash(parts: &[&str]) -> String {
    HEXLOWER.encode(&Sha256::digest(parts.join("\n").as_bytes())).chars().take(20).collect()
}

fn italian_weekday(day: chrono::Weekday) -> &'static str {
    use chrono::Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    match day {
        Mon => "lunedì",
        Tue => "martedì",
        Wed => "mercoledì",
        Thu => "giovedì",
        Fri => "venerdì",
        Sat => "sabato",
        Sun => "domenica",
    }
}

fn italian_day(day: chrono::NaiveDate) -> String {
    let month = match day.month() {
        9 => "settembre",
        10 => "ottobre",
        11 => "novembre",
        12 => "dicembre",
        _ => return day.format("%d/%m/%Y").to_string(),
    };
    format!("{} {month} {}", day.day(), day.year())
}
