//! The mails of the tests, written as people write them.

/// A mail in the making.
#[derive(Clone)]
pub struct Letter {
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// Name and content of a document.
    pub document: Option<(String, Vec<u8>)>,
}

impl Letter {
    pub fn new(from: &str, to: &str, subject: &str, date: &str, id: &str, body: &str) -> Self {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Self {
            headers: vec![
                header("From", from),
                header("To", to),
                header("Subject", subject),
                header("Date", date),
                header("Message-ID", id),
            ],
            body: body.to_owned(),
            document: None,
        }
    }

    /// With a further header, or another value of one.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// As an answer to a mail.
    #[must_use]
    pub fn answering(self, id: &str) -> Self {
        self.with("In-Reply-To", id).with("References", id)
    }

    /// With what the firm's mail server found of its sender.
    #[must_use]
    pub fn proven(mut self, domain: &str) -> Self {
        let found = format!("mx.studioferri.example; dkim=pass header.d={domain}; dmarc=pass header.from={domain}");
        self.headers.insert(0, ("Authentication-Results".to_owned(), found));
        self
    }

    #[must_use]
    pub fn attaching(mut self, name: &str, content: &[u8]) -> Self {
        self.document = Some((name.to_owned(), content.to_vec()));
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut text = String::new();
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        let body = self.body.replace('\n', "\r\n");
        text.push_str("MIME-Version: 1.0\r\n");
        match &self.document {
            None => text.push_str(&format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n")),
            Some((name, content)) => {
                let coded = data_encoding::BASE64_MIME.encode(content);
                text.push_str(&format!(
                    "Content-Type: multipart/mixed; boundary=\"limit\"\r\n\r\n--limit\r\n\
                     Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n--limit\r\n\
                     Content-Type: application/pdf; name=\"{name}\"\r\n\
                     Content-Disposition: attachment; filename=\"{name}\"\r\n\
                     Content-Transfer-Encoding: base64\r\n\r\n{coded}\r\n--limit--\r\n"
                ));
            }
        }
        text.into_bytes()
    }
}

/// The document of invoice 118/2026, with bytes that a careless hand would change.
pub fn document_118() -> Vec<u8> {
    let mut content = b"%PDF-1.4\n% Fattura 118/2026\r\n".to_vec();
    content.extend((0..=255_u8).chain((0..=255_u8).rev()));
    content.extend_from_slice(b"\n%%EOF\n");
    content
}

pub const MARTA: &str = "Marta Ferri <marta@studioferri.example>";
pub const BALDINI: &str = "Anna Baldini <amministrazione@baldini.example>";
pub const VERDI: &str = "Conti Officine Verdi <conti@officineverdi.example>";

/// How Marta sent the invoice 118/2026.
pub fn invoice_118() -> Letter {
    Letter::new(
        MARTA,
        "amministrazione@baldini.example",
        "Fattura 118/2026",
        "Mon, 31 Aug 2026 12:00:00 +0200",
        "<invoice118@studioferri.example>",
        "Buongiorno,\n\nin allegato la fattura 118/2026.\n\nCordiali saluti\nMarta Ferri\n",
    )
    .attaching("Fattura_118_2026.pdf", &document_118())
}

/// Baldini lacks the invoice; received on 7 October at 9:40.
pub fn not_received() -> Letter {
    Letter::new(
        BALDINI,
        MARTA,
        "R: Fattura 118/2026",
        "Wed, 7 Oct 2026 09:40:00 +0200",
        "<lacking@baldini.example>",
        "Buongiorno,\n\nnon ho ricevuto la fattura 118/2026, potete inviarmela di nuovo?\n\nCordiali saluti\nAnna Baldini\n",
    )
    .answering("<invoice118@studioferri.example>")
    .proven("baldini.example")
}

/// Officine Verdi contest; received on 7 October at 9:45.
pub fn contested() -> Letter {
    Letter::new(
        VERDI,
        MARTA,
        "Fattura 119/2026",
        "Wed, 7 Oct 2026 09:45:00 +0200",
        "<contest@officineverdi.example>",
        "Buongiorno,\n\ncontestiamo la fattura 119/2026: il lavoro non è stato completato.\n\nLuca Verdi\n",
    )
    .proven("officineverdi.example")
}
