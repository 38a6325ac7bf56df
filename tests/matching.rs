//! Whom and what a mail is about: by numbers in every spelling, contacts, threads, domains, names; and what must not be believed.

#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use chrono::NaiveDate;
use sollecito::ledger::account::Account;
use sollecito::ledger::credit::Credit;
use sollecito::ledger::customer::{Contact, ContactRole, Customer};
use sollecito::ledger::ids::{Address, CustomerId, MessageIdentity, ReceivableId, RfcId};
use sollecito::ledger::money::Money;
use sollecito::ledger::reading::{BounceFinding, Clue, Warning, Writer};
use sollecito::ledger::receivable::{Closure, Collection, Receivable, ReceivableKey, ReceivableKind};
use sollecito::ledger::words::{Authenticity, Certainty, DebtorKind, Language, MessageKind, Register};
use sollecito::matching::{Directory, Identified, Stated, ThreadLink, identify, identify_own};
use sollecito::message::{Attachment, Correspondent, Message, Words};

fn address(text: &str) -> Address {
    Address::parse(text).expect("an address")
}

fn thread_id(text: &str) -> RfcId {
    RfcId::parse(text).expect("a Message-ID")
}

fn account(id: i64, name: &str, contacts: &[&str]) -> Account {
    let contact =
        |text: &&str| Contact { address: address(text), name: None, role: ContactRole::Primary, bounced: false };
    Account::new(Customer {
        id: CustomerId(id),
        external_id: None,
        name: name.into(),
        vat_number: None,
        tax_code: None,
        kind: DebtorKind::Firm,
        language: Language::Italian,
        register: Register::Formal,
        country: None,
        contacts: contacts.iter().map(contact).collect(),
        vip: false,
        do_not_contact: false,
        phone: None,
        payment_day: None,
        arranged: sollecito::ledger::arranged::Arranged::default(),
    })
}

fn owes(mut account: Account, items: &[(i64, &str, &str, i64)]) -> Account {
    for (id, number, issued, cents) in items {
        let issued = issued.parse::<NaiveDate>().expect("a date");
        let instalment = account.receivables.iter().filter(|other| other.key.number == *number).count();
        account.receivables.push(Receivable {
            id: ReceivableId(*id),
            customer: account.customer.id,
            key: ReceivableKey {
                issuer: "IT00000000000".into(),
                number: (*number).into(),
                issued,
                instalment: u16::try_from(instalment).expect("few"),
            },
            kind: ReceivableKind::Invoice,
            due: issued + chrono::Days::new(30 + 30 * instalment as u64),
            amount: Money::eur(*cents),
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
    }
    account
}

const BALDINI: CustomerId = CustomerId(1);
const EDIL: CustomerId = CustomerId(2);
const BIANCHI: CustomerId = CustomerId(3);
const TECNO: CustomerId = CustomerId(4);
const ROSSI: CustomerId = CustomerId(5);

fn accounts() -> Vec<Account> {
    vec![
        owes(
            account(1, "Officine Baldini S.r.l.", &["amministrazione@officinebaldini.example"]),
            &[(118, "2026/118", "2026-09-12", 122_000), (131, "2026/131", "2026-09-28", 85_400)],
        ),
        owes(
            account(2, "Edil Nord Costruzioni S.r.l.", &["contabilita@edilnord.example"]),
            &[(119, "2026/119", "2026-07-13", 305_000)],
        ),
        owes(
            account(3, "Bianchi & Figli S.n.c.", &["bianchi@posta.example"]),
            &[(345, "FPR 45/26", "2026-08-26", 189_100), (346, "46-A", "2026-09-01", 68_320)],
        ),
        owes(
            account(4, "Tecnoplast S.p.A.", &["fornitori@tecnoplast.example", "studio@commercialista.example"]),
            &[
                (420, "2026/120", "2026-07-16", 585_600),
                (421, "2026/120", "2026-07-16", 200_000),
                (438, "2026/138", "2026-09-10", 341_600),
            ],
        ),
        owes(
            account(5, "Rossi Impianti", &["studio@commercialista.example", "rossi@posta.example"]),
            &[(540, "2026/140", "2026-09-15", 73_200)],
        ),
    ]
}

fn directory() -> Directory {
    let link =
        |customer, items: &[i64]| ThreadLink { customer, items: items.iter().map(|id| ReceivableId(*id)).collect() };
    let threads = vec![
        (thread_id("r118@studioferri.example"), link(BALDINI, &[118])),
        (thread_id("r119@studioferri.example"), link(EDIL, &[119])),
        (thread_id("summary@studioferri.example"), link(BALDINI, &[118, 131])),
    ];
    Directory::build(&accounts(), &threads, &[address("marta@studioferri.example")])
}

fn mail(from: &str, subject: &str, text: &str) -> Message {
    Message {
        identity: MessageIdentity([7; 32]),
        rfc_id: None,
        aliases: Vec::new(),
        thread: Vec::new(),
        references: Vec::new(),
        own_reference: None,
        date: None,
        from: vec![Correspondent { name: None, address: Address::parse(from) }],
        reply_to: Vec::new(),
        to: Vec::new(),
        cc: Vec::new(),
        subject: subject.into(),
        words: Words { new: text.into(), signed: text.into(), ..Words::default() },
        attachments: Vec::new(),
        kind: MessageKind::Reply,
        kind_evidence: String::new(),
        authenticity: Authenticity::Unverified,
        bounce: None,
        warnings: Vec::new(),
        oddities: Vec::new(),
        size: 0,
    }
}

fn in_thread(mut message: Message, id: &str) -> Message {
    message.thread.push(thread_id(id));
    message
}

fn attach(mut message: Message, name: &str, media_type: &str, content: &[u8]) -> Message {
    message.attachments.push(Attachment {
        name: Some(name.into()),
        media_type: media_type.into(),
        content: content.to_vec(),
        inline: false,
    });
    message
}

fn found(message: &Message) -> Identified {
    identify(message, &directory(), &Stated::default())
}

fn items(identified: &Identified) -> Vec<i64> {
    identified.matched.items.iter().map(|item| item.receivable.0).collect()
}

fn certain(identified: &Identified) -> Vec<i64> {
    identified
        .matched
        .items
        .iter()
        .filter(|item| item.certainty == Certainty::Certain)
        .map(|item| item.receivable.0)
        .collect()
}

fn customer(identified: &Identified) -> Option<(CustomerId, Certainty)> {
    identified.matched.customer.as_ref().map(|found| (found.customer, found.certainty))
}

const BALDINI_MAIL: &str = "amministrazione@officinebaldini.example";

#[test]
fn numbers_in_every_spelling() {
    for text in [
        "2026/118",
        "118/2026",
        "118/26",
        "118-26",
        "2026-118",
        "fatt. n. 118 del 12/9",
        "fattura 118",
        "ft118",
        "ft. 118/26",
        "n. 118",
        "nr 118",
        "n° 118",
        "fattura n.118/2026",
        "invoice no. 118",
        "Rechnung 118",
        "la 118 la paghiamo",
        "ft 0118",
        "fattura n. 00118/2026",
        "118 del 12/09/2026",
        "fatt. 118 del 2026",
        "FATTURA NR. 118",
        "2026/0118",
        "fattura n° 118 / 2026",
        "facture n° 118",
        "factura núm. 118",
        "fattura vs. n. 118",
        "invoice 118 may be paid",
        "rif. ft 118 di 1.220,00 euro",
        "Ft.118, grazie",
    ] {
        let identified = found(&mail(BALDINI_MAIL, "Pagamento", text));
        assert_eq!(certain(&identified), [118], "{text}");
        assert!(identified.matched.items[0].clues.contains(&Clue::NumberInText), "{text}");
    }
}

#[test]
fn series_in_every_spelling() {
    for text in [
        "FPR 45/26",
        "fpr45/26",
        "FPR-45-2026",
        "fattura 45/26",
        "FPR 0045/26",
        "fpr 45/26",
        "ft FPR 45/2026",
        "45/FPR/26",
        "fattura n. 45",
    ] {
        assert_eq!(certain(&found(&mail("bianchi@posta.example", "", text))), [345], "{text}");
    }
    assert!(
        items(&found(&mail("bianchi@posta.example", "", "FPA 45/26"))).iter().all(|id| *id != 345),
        "another series"
    );
    assert_eq!(certain(&found(&mail("bianchi@posta.example", "", "PAGHIAMO LA 45/26 DOMANI"))), [345]);
    for text in ["46-A", "46/A", "46A", "46 / A", "fattura 46/a", "ft. 46-A/2026", "n. 46", "46/A/2026"] {
        assert_eq!(certain(&found(&mail("bianchi@posta.example", "", text))), [346], "{text}");
    }
}

#[test]
fn lists_of_numbers() {
    for text in [
        "fatture 118 e 131",
        "ft. 118, 131",
        "fatture n. 118 e n. 131/26",
        "la 118 e la 131",
        "le fatture 2026/118 e 2026/131",
    ] {
        assert_eq!(certain(&found(&mail(BALDINI_MAIL, "", text))), [118, 131], "{text}");
    }
}

#[test]
fn what_is_no_number_of_ours() {
    for text in [
        "paghiamo 118,00 euro",
        "€ 118",
        "118 euro",
        "il 11/8",
        "tel. 0521 118 118",
        "cell 118 131 118",
        "CRO 118131118131",
        "CRO: 118 131",
        "IT60 X054 2811 1010 0000 0012 118",
        "IT60X0542811101000000118131",
        "alle 1:18",
        "sconto del 118%",
        "ordine n. 118",
        "preventivo 118/26",
        "DDT 118",
        "PO 118",
        "via Emilia 118",
        "118 giorni",
        "118 pezzi",
        "QU-118",
        "XY 118/26",
        "118/25",
        "fattura 118 del 12/09/2025",
        "+39 118 131",
        "entro il 118.000,00",
        "1.118,00",
        "purchase order no. 118",
    ] {
        let identified = found(&mail(BALDINI_MAIL, "", text));
        assert!(!items(&identified).contains(&118), "{text}: {:?}", identified.matched.items);
    }
}

#[test]
fn a_bare_number_of_a_stranger_counts_only_beside_an_invoice_word() {
    assert_eq!(items(&found(&mail("chi@altrove.example", "", "118"))), Vec::<i64>::new());
    let named = found(&mail("chi@altrove.example", "", "fattura 118"));
    assert_eq!(customer(&named), Some((BALDINI, Certainty::Likely)));
    assert_eq!((items(&named), certain(&named)), (vec![118], vec![]));
}

#[test]
fn days_are_not_invoices() {
    let mut accounts = accounts();
    accounts[0] = owes(accounts[0].clone(), &[(30, "2026/30", "2026-03-01", 50_000)]);
    let directory = Directory::build(&accounts, &[], &[]);
    let read = |text: &str| items(&identify(&mail(BALDINI_MAIL, "", text), &directory, &Stated::default()));
    for text in ["paghiamo il 30", "entro il 30/11", "tra il 28 e il 30", "30 novembre", "a 30 giorni", "by the 30th"] {
        assert!(!read(text).contains(&30), "{text}");
    }
    assert_eq!(read("paghiamo la fattura 30"), [30]);
}

#[test]
fn a_thread_tells_what_but_not_who() {
    let own = found(&in_thread(mail(BALDINI_MAIL, "Re: Promemoria", "paghiamo venerdì"), "r118@studioferri.example"));
    assert_eq!((certain(&own), own.writer, own.matched.known_thread), (vec![118], Writer::OnFile, true));
    let stranger =
        found(&in_thread(mail("qualcuno@altrove.example", "Re: Promemoria", "ok"), "r118@studioferri.example"));
    assert_eq!(customer(&stranger), Some((BALDINI, Certainty::Likely)));
    // What it is about is told by the thread; whose word it is stays open, and policy asks for that.
    assert_eq!((items(&stranger), certain(&stranger), stranger.writer), (vec![118], vec![118], Writer::Stranger));
}

#[test]
fn a_reply_in_the_thread_of_one_that_speaks_of_another_is_about_the_other() {
    let message = in_thread(
        mail(BALDINI_MAIL, "Re: fattura 2026/118", "La 2026/131 invece non torna."),
        "r118@studioferri.example",
    );
    assert_eq!(certain(&found(&message)), [131]);
    let passing = mail(BALDINI_MAIL, "Re: fattura 2026/118", "Sulla 118 nulla da dire. È la 2026/131 che non torna.");
    assert_eq!(certain(&found(&in_thread(passing, "r118@studioferri.example"))), [131]);
}

/// An amount, a month or a number that is not the thread's leaves to the owner which invoice is meant.
#[test]
fn what_does_not_fit_the_thread_is_not_certain() {
    let from = BALDINI_MAIL;
    let answer = |text: &str| in_thread(mail(from, "R: Sollecito", text), "r118@studioferri.example");
    assert_eq!(certain(&found(&answer("La fattura di settembre la paghiamo venerdì."))), [118]);
    for text in [
        "La fattura di luglio l'abbiamo pagata ieri.",
        "We paid the August invoice.",
        "Pagata la 304.",
        "Abbiamo pagato la 2025/118 ieri.",
    ] {
        assert!(certain(&found(&answer(text))).is_empty(), "{text}");
    }
    let mut part = Stated::default();
    let amounts = [Money::eur(85_400)];
    part.amounts = &amounts;
    let identified = identify(&answer("Ho fatto un acconto di 854 euro."), &directory(), &part);
    assert!(certain(&identified).is_empty(), "it is what another one owes, and may be a part of this");
}

#[test]
fn an_office_that_answers_for_several_means_the_one_it_names() {
    // The thread was Tecnoplast's 138; the office answers there about Rossi's 140.
    let message = in_thread(
        mail("studio@commercialista.example", "Re: fattura 2026/138", "La 2026/140 di Rossi è pagata."),
        "r138@studioferri.example",
    );
    let identified = found(&message);
    assert_eq!(customer(&identified), Some((ROSSI, Certainty::Certain)));
    assert_eq!(certain(&identified), [540]);
}

#[test]
fn number_and_amount_together_name_a_stranger_s_invoice() {
    let notice = "Hai ricevuto 1.891,00 EUR. Causale: fattura FPR 45/26";
    let identified = found(&mail("avvisi@banca.example", "Bonifico", notice));
    assert_eq!(customer(&identified), Some((BIANCHI, Certainty::Certain)));
    assert_eq!(certain(&identified), [345]);
    let other = found(&mail("avvisi@banca.example", "Bonifico", "Hai ricevuto 17,00 EUR. Causale: fattura FPR 45/26"));
    assert_eq!(customer(&other), Some((BIANCHI, Certainty::Likely)));
}

#[test]
fn a_notice_of_the_exchange_system_names_its_invoice() {
    let mut message = mail("sdi07@pec.sdi.example", "Notifica di decorrenza termini", "Sono decorsi i termini.");
    message.kind = MessageKind::Receipt;
    message.attachments.push(Attachment {
        name: Some("IT01_DT_001.xml".into()),
        media_type: "application/xml".into(),
        content: b"<n><RiferimentoFattura><NumeroFattura>FPR 45/26</NumeroFattura></RiferimentoFattura></n>".to_vec(),
        inline: false,
    });
    assert_eq!(certain(&found(&message)), [345]);
}

#[test]
fn a_number_said_to_be_fine_and_paid_is_no_mere_mention() {
    let text = "La 2026/131 nessun problema, la paghiamo venerdì. Sulla 2026/118 invece non ci siamo.";
    assert_eq!(certain(&found(&mail(BALDINI_MAIL, "", text))), [118, 131]);
}

#[test]
fn somebody_elses_number_is_not_certain() {
    let identified = found(&mail(BALDINI_MAIL, "", "la fattura 2026/119 è già pagata"));
    assert_eq!(customer(&identified), Some((BALDINI, Certainty::Likely)));
    assert_eq!(certain(&identified), Vec::<i64>::new());
    let threaded = in_thread(mail(BALDINI_MAIL, "", "la fattura 2026/119 è già pagata"), "r118@studioferri.example");
    assert_eq!(certain(&found(&threaded)), Vec::<i64>::new());
}

#[test]
fn somebody_elses_number_in_the_subject_is_not_certain_either() {
    let identified = found(&mail("contabilita@edilnord.example", "Fattura 2026/118", "pagata ieri"));
    assert_eq!(customer(&identified), Some((EDIL, Certainty::Likely)));
    assert!(certain(&identified).is_empty());
}

#[test]
fn transposed_digits_need_sender_thread_and_amount() {
    let said = "copia della fattura 2026/181 da 1.220,00 euro?";
    let all = found(&in_thread(mail(BALDINI_MAIL, "", said), "r118@studioferri.example"));
    assert_eq!(certain(&all), [118]);
    let no_amount =
        found(&in_thread(mail(BALDINI_MAIL, "", "copia della fattura 2026/181?"), "r118@studioferri.example"));
    assert_eq!((items(&no_amount), certain(&no_amount)), (vec![118], vec![]));
    let no_thread = found(&mail(BALDINI_MAIL, "", said));
    assert!(certain(&no_thread).is_empty(), "{no_thread:?}");
    let not_on_file = found(&in_thread(mail("chi@altrove.example", "", said), "r118@studioferri.example"));
    assert!(certain(&not_on_file).is_empty());
}

#[test]
fn else_the_amount_else_the_only_one() {
    assert_eq!(certain(&found(&mail(BALDINI_MAIL, "", "bonificati 854,00 euro"))), [131]);
    let stated = [Money::eur(85_400)];
    let identified =
        identify(&mail(BALDINI_MAIL, "", "saldato"), &directory(), &Stated { amounts: &stated, all_items: false });
    assert_eq!(certain(&identified), [131]);
    assert_eq!(certain(&found(&mail(BALDINI_MAIL, "", "bonificati 2.074,00 euro"))), [118, 131]);
    assert_eq!(certain(&found(&mail("contabilita@edilnord.example", "", "paghiamo venerdì"))), [119]);
    assert!(items(&found(&mail(BALDINI_MAIL, "", "paghiamo venerdì"))).is_empty());
}

#[test]
fn all_of_them() {
    let identified =
        identify(&mail(BALDINI_MAIL, "", "tutte saldate"), &directory(), &Stated { amounts: &[], all_items: true });
    assert_eq!(certain(&identified), [118, 131]);
}

#[test]
fn instalments_are_told_apart_by_amount() {
    assert_eq!(certain(&found(&mail("fornitori@tecnoplast.example", "", "2026/120: bonificati 2.000,00"))), [421]);
    assert_eq!(certain(&found(&mail("fornitori@tecnoplast.example", "", "la 2026/120 è pagata"))), [420, 421]);
}

#[test]
fn instalments_are_told_apart_by_their_number() {
    // The world counts them from zero.
    let words = "la rata 1 della 2026/120 la paghiamo il 10 dicembre";
    assert_eq!(certain(&found(&mail("fornitori@tecnoplast.example", "", words))), [421]);
    let unknown = "la rata 7 della 2026/120 la paghiamo il 10 dicembre";
    assert_eq!(certain(&found(&mail("fornitori@tecnoplast.example", "", unknown))), [420, 421]);
}

#[test]
fn an_accountant_of_two_customers_is_told_apart_by_the_document() {
    let from = "studio@commercialista.example";
    assert_eq!(customer(&found(&mail(from, "", "la 2026/140 è pagata"))), Some((ROSSI, Certainty::Certain)));
    assert_eq!(customer(&found(&mail(from, "", "la 2026/138 è pagata"))), Some((TECNO, Certainty::Certain)));
    assert_eq!(customer(&found(&mail(from, "", "tutto pagato"))), None);
    assert_eq!(customer(&found(&mail(from, "", "per Tecnoplast è tutto pagato"))), Some((TECNO, Certainty::Likely)));
}

#[test]
fn writers() {
    let writer = |from: &str| found(&in_thread(mail(from, "", "ok"), "r118@studioferri.example")).writer;
    assert_eq!(writer(BALDINI_MAIL), Writer::OnFile);
    assert_eq!(writer("giulia@officinebaldini.example"), Writer::SameOrganisation);
    assert_eq!(writer("giulia@uffici.officinebaldini.example"), Writer::SameOrganisation);
    for imitation in [
        "amministrazione@oficinebaldini.example",
        "amministrazione@officine-baldini.example",
        "amministrazione@0fficinebaldini.example",
        "amministrazione@officinebaldini-pagamenti.example",
        "amministrazione@officinebaldini.test",
        "amministrazione@xn--fficinebaldini-eeb.example",
        "marta@studioferri-contabilita.example",
    ] {
        assert_eq!(writer(imitation), Writer::LookAlike, "{imitation}");
    }
    assert_eq!(writer("qualcuno@altrove.example"), Writer::Stranger);
    assert_eq!(writer("noreply@altrove.example"), Writer::Nobody);
    assert_eq!(writer("non un indirizzo"), Writer::Nobody);
}

#[test]
fn an_imitation_is_never_certain() {
    let message = in_thread(
        mail("amministrazione@oficinebaldini.example", "", "la 2026/118 è pagata"),
        "r118@studioferri.example",
    );
    let identified = found(&message);
    assert_eq!((identified.writer, customer(&identified)), (Writer::LookAlike, Some((BALDINI, Certainty::Likely))));
    assert!(certain(&identified).is_empty());
}

#[test]
fn a_public_provider_makes_no_colleagues() {
    // Two customers write from posta.example and none bears its name: it is a provider.
    let identified = found(&mail("altro@posta.example", "", "la FPR 45/26"));
    assert_eq!(identified.writer, Writer::Stranger);
    assert_eq!(customer(&identified), Some((BIANCHI, Certainty::Likely)));
}

#[test]
fn an_accountant_not_on_file_names_customer_and_number() {
    let identified = found(&mail("kanzlei@brandt.example", "Edil Nord Costruzioni", "la 2026/119 risulta pagata"));
    assert_eq!(customer(&identified), Some((EDIL, Certainty::Certain)));
    assert_eq!((certain(&identified), identified.writer), (vec![119], Writer::Stranger));
}

#[test]
fn several_authors_are_nobody() {
    let mut message = mail(BALDINI_MAIL, "", "la 2026/118 è pagata");
    message.from.push(Correspondent { name: None, address: Address::parse("altro@altrove.example") });
    let identified = found(&message);
    assert_eq!(identified.writer, Writer::Nobody);
    assert_eq!(identified.warnings, [Warning::SeveralAuthors]);
    assert!(certain(&identified).is_empty());
}

#[test]
fn headers_that_mislead() {
    let mut message = mail("x@altrove.example", "", "ciao");
    message.from[0].name = Some("amministrazione@officinebaldini.example".into());
    message.reply_to.push(Correspondent { name: None, address: Address::parse("y@lontano.example") });
    assert_eq!(found(&message).warnings, [Warning::MisleadingName, Warning::ReplyToElsewhere]);
    message.from[0].name = Some("Anna".into());
    message.reply_to.clear();
    assert!(found(&message).warnings.is_empty());
}

#[test]
fn bounces() {
    let bounce = |original: Option<&str>, recipient: Option<&str>, own_reference: Option<&str>| {
        let mut message = mail("mailer-daemon@posta.example", "Undelivered", "");
        message.kind = MessageKind::Bounce;
        message.bounce = Some(BounceFinding {
            recipient: recipient.map(address),
            failed: true,
            status: None,
            original: original.map(thread_id),
            own_reference: own_reference.map(str::to_owned),
        });
        message
    };
    let by_id = found(&bounce(Some("r118@studioferri.example"), None, None));
    assert_eq!(
        (customer(&by_id), certain(&by_id), by_id.writer),
        (Some((BALDINI, Certainty::Certain)), vec![118], Writer::Nobody)
    );
    let by_recipient = found(&bounce(None, Some("contabilita@edilnord.example"), None));
    assert_eq!((customer(&by_recipient), items(&by_recipient)), (Some((EDIL, Certainty::Certain)), vec![119]));
    let mut directory = directory();
    directory.add_reference("ref-9", ThreadLink { customer: BALDINI, items: vec![ReceivableId(131)] });
    let by_reference = identify(&bounce(None, None, Some("ref-9")), &directory, &Stated::default());
    assert_eq!(certain(&by_reference), [131]);
    assert!(by_reference.matched.items[0].clues.contains(&Clue::OwnReference));
    assert_eq!(customer(&found(&bounce(None, Some("chi@altrove.example"), None))), None);
}

#[test]
fn a_customer_answers_a_mail_about_somebody_elses_invoice() {
    let message = in_thread(
        mail(BALDINI_MAIL, "Re: Promemoria fattura 2026/119", "avete sbagliato persona"),
        "r119@studioferri.example",
    );
    let identified = found(&message);
    assert_eq!((items(&identified), certain(&identified)), (vec![119], vec![]));
}

#[test]
fn a_colleague_in_the_thread_is_certain() {
    let message = in_thread(
        mail("giulia@officinebaldini.example", "Re: Promemoria", "paghiamo venerdì"),
        "r118@studioferri.example",
    );
    let identified = found(&message);
    assert_eq!((certain(&identified), identified.writer), (vec![118], Writer::SameOrganisation));
}

#[test]
fn two_customers_of_one_group_share_a_domain_that_bears_their_name() {
    let accounts = [
        owes(
            account(1, "Vento Logistica S.r.l.", &["amministrazione@gruppovento.example"]),
            &[(1, "2026/121", "2026-07-22", 268_400)],
        ),
        owes(
            account(2, "Vento Energia S.r.l.", &["energia@gruppovento.example"]),
            &[(2, "2026/142", "2026-09-18", 115_900)],
        ),
    ];
    let link = ThreadLink { customer: CustomerId(1), items: vec![ReceivableId(1)] };
    let directory = Directory::build(&accounts, &[(thread_id("v@studioferri.example"), link)], &[]);
    let read = |message: &Message| identify(message, &directory, &Stated::default());
    let threaded = read(&in_thread(mail("parodi@gruppovento.example", "", "basta"), "v@studioferri.example"));
    assert_eq!(
        (customer(&threaded), threaded.writer),
        (Some((CustomerId(1), Certainty::Certain)), Writer::SameOrganisation)
    );
    assert_eq!(customer(&read(&mail("parodi@gruppovento.example", "", "basta"))), None, "which of the two is not said");
}

#[test]
fn a_number_of_two_years_is_settled_by_the_thread_alone() {
    let accounts = [owes(
        account(1, "Officine Baldini S.r.l.", &[BALDINI_MAIL]),
        &[(1, "2025/118", "2025-09-12", 10_000), (2, "2026/118", "2026-09-12", 20_000)],
    )];
    let link = ThreadLink { customer: BALDINI, items: vec![ReceivableId(2)] };
    let directory = Directory::build(&accounts, &[(thread_id("t@studioferri.example"), link)], &[]);
    let read = |message: &Message| certain(&identify(message, &directory, &Stated::default()));
    let said = mail(BALDINI_MAIL, "", "la fattura 118 è pagata");
    assert_eq!(read(&said), Vec::<i64>::new());
    assert_eq!(read(&in_thread(said, "t@studioferri.example")), [2]);
    assert_eq!(read(&mail(BALDINI_MAIL, "", "la fattura 118/25 è pagata")), [1]);
}

#[test]
fn other_numbers_beside_ours_do_no_harm() {
    for text in [
        "CRO 12345678901 2026/118",
        "la 2026/118, vs. rif. cliente n. 4500",
        "ns. P.IVA 00000000118, fattura 118",
        "la 118, grazie, n. 45001 del ticket",
        "siamo in via Roma n. 131, la 118 è pagata",
    ] {
        assert_eq!(certain(&found(&mail(BALDINI_MAIL, "", text))), [118], "{text}");
    }
    assert_eq!(certain(&found(&mail(BALDINI_MAIL, "", "fatture 118+131"))), [118, 131]);
}

#[test]
fn newsletters_are_about_nothing() {
    let mut message = mail("contabilita@edilnord.example", "Offerta", "solo 3.050,00 euro");
    message.kind = MessageKind::Other;
    assert!(items(&found(&message)).is_empty());
}

#[test]
fn receipts_name_the_certified_address() {
    let text = "destinato all'utente \"edilnord@pec.edilnord.example\" è stato rilevato un errore; fattura 2026/119";
    let mut message = mail("posta-certificata@gestore.example", "AVVISO DI MANCATA CONSEGNA", text);
    message.kind = MessageKind::Receipt;
    assert_eq!(certain(&found(&message)), [119]);
}

#[test]
fn attachments_name_invoices() {
    let message = attach(
        mail(BALDINI_MAIL, "contabile", "in allegato la contabile"),
        "contabile_fatt_131-26.pdf",
        "application/pdf",
        b"%PDF",
    );
    assert_eq!(certain(&found(&message)), [131]);
}

#[test]
fn paid_ones_can_still_be_named() {
    let mut accounts = accounts();
    accounts[0].receivables[0].closure = Some(Closure::Withdrawn);
    let directory = Directory::build(&accounts, &[], &[]);
    let read = |text: &str| certain(&identify(&mail(BALDINI_MAIL, "", text), &directory, &Stated::default()));
    assert_eq!(read("la 2026/118"), [118]);
    assert_eq!(read("paghiamo venerdì"), [131], "the only one still open");
}

#[test]
fn an_account_is_replaced_not_doubled() {
    let mut directory = directory();
    let moved = owes(
        account(1, "Baldini Meccanica S.r.l.", &["nuovo@baldinimeccanica.example"]),
        &[(150, "2026/150", "2026-10-05", 61_000)],
    );
    directory.add_account(&moved);
    let read = |from: &str, text: &str| identify(&mail(from, "", text), &directory, &Stated::default());
    assert_eq!(customer(&read(BALDINI_MAIL, "ciao")), None);
    assert!(items(&read("chi@altrove.example", "fattura 2026/118")).is_empty());
    assert_eq!(certain(&read("nuovo@baldinimeccanica.example", "la 2026/150")), [150]);
}

#[test]
fn own_mails_and_their_documents() {
    let sent = |to: &str, subject: &str, text: &str| {
        let mut message = mail("marta@studioferri.example", subject, text);
        message.to = vec![Correspondent { name: None, address: Address::parse(to) }];
        message.kind = MessageKind::Own;
        message
    };
    let directory = directory();
    let named = attach(
        sent(BALDINI_MAIL, "Fattura 2026/118", "in allegato"),
        "Fattura_2026-118.pdf",
        "application/pdf",
        b"%PDF",
    );
    let own = identify_own(&named, &directory);
    assert_eq!(
        (own.customer, own.items, own.documents),
        (Some(BALDINI), vec![ReceivableId(118)], vec![(ReceivableId(118), 0)])
    );
    let unnamed =
        attach(sent(BALDINI_MAIL, "Fattura 2026/118", "in allegato"), "scansione.pdf", "application/pdf", b"%PDF");
    assert!(
        identify_own(&unnamed, &directory).documents.is_empty(),
        "the subject alone does not say what is in the file"
    );
    let xml = b"<Numero>2026/118</Numero><Data>2026-09-12</Data>";
    let by_content = attach(sent(BALDINI_MAIL, "Fattura", "in allegato"), "IT0000_a1.xml", "application/xml", xml);
    assert_eq!(identify_own(&by_content, &directory).documents, [(ReceivableId(118), 0)]);
    let written_by_people =
        ["Nota credito fattura 2026-118.pdf", "sollecito_2026-118.pdf", "scan 118.pdf", "IMG_0118.pdf"];
    for other in written_by_people {
        let paper = attach(sent(BALDINI_MAIL, "", ""), other, "application/pdf", b"%PDF");
        assert!(identify_own(&paper, &directory).documents.is_empty(), "{other}");
    }
    for same in ["118.pdf", "fattura 118.pdf", "FT_118-26.pdf", "Fattura n. 118 del 12-09-2026.pdf"] {
        let paper = attach(sent(BALDINI_MAIL, "", ""), same, "application/pdf", b"%PDF");
        assert_eq!(identify_own(&paper, &directory).documents, [(ReceivableId(118), 0)], "{same}");
    }
    let general = |kind: &str, number: &str, rest: &str| {
        format!(
            "<DatiGeneraliDocumento><TipoDocumento>{kind}</TipoDocumento><Numero>{number}</Numero></DatiGeneraliDocumento>{rest}"
        )
    };
    let documents = |content: &str| {
        let message = attach(sent(BALDINI_MAIL, "", ""), "IT0000_a2.xml", "application/xml", content.as_bytes());
        identify_own(&message, &directory).documents
    };
    assert_eq!(documents(&general("TD01", "2026/118", "")), [(ReceivableId(118), 0)]);
    assert!(documents(&general("TD04", "2026/118", "")).is_empty(), "a credit note");
    assert!(
        documents(&general("TD01", "2026/200", "<IdDocumento>2026/118</IdDocumento>")).is_empty(),
        "another one that mentions it"
    );
    let elsewhere =
        attach(sent("contabilita@edilnord.example", "Fattura", ""), "Fattura_2026-118.pdf", "application/pdf", b"%PDF");
    assert!(identify_own(&elsewhere, &directory).documents.is_empty(), "it went to another customer");
    let stranger =
        attach(sent("chi@altrove.example", "Fattura 2026/118", ""), "Fattura_2026-118.pdf", "application/pdf", b"%PDF");
    assert!(identify_own(&stranger, &directory).documents.is_empty());
}

#[test]
fn cost_does_not_grow_with_the_ledger() {
    let many = |count: i64| -> Directory {
        let accounts: Vec<Account> = (0..count)
            .map(|id| {
                let number = format!("2026/{}", 1000 + id);
                let contact = format!("conti@cliente{id}.example");
                owes(
                    account(id, &format!("Cliente Numero{id} S.r.l."), &[&contact]),
                    &[(id, &number, "2026-09-01", 10_000 + id)],
                )
            })
            .collect();
        Directory::build(&accounts, &[], &[])
    };
    let time = |directory: &Directory| {
        let message = mail("conti@cliente7.example", "Re: fattura", "paghiamo la 2026/1007 venerdì, importo 100,07");
        let start = std::time::Instant::now();
        for _ in 0..200 {
            assert_eq!(certain(&identify(&message, directory, &Stated::default())), [7]);
        }
        start.elapsed()
    };
    let (small, large) = (many(20), many(4000));
    time(&small);
    let (few, lots) = (time(&small), time(&large));
    assert!(lots < few * 10 + std::time::Duration::from_millis(50), "200 times the ledger: {few:?} became {lots:?}");
}

mod hostile {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn nothing_panics(from in "\\PC{0,40}", subject in "\\PC{0,80}", text in "(?s).{0,400}") {
            let message = mail(&from, &subject, &text);
            let _ = found(&message);
            let _ = identify_own(&message, &directory());
        }

        #[test]
        fn number_soup(text in "[0-9/ .,A-Ffnt€\\-\n:+]{0,300}", domain in "xn--[a-z0-9\\-]{0,30}") {
            let _ = found(&mail(&format!("a@{domain}.example"), &text, &text));
        }
    }

    #[test]
    fn long_texts_are_read_in_a_moment() {
        for piece in [
            "1/",
            "1 ",
            "fattura 118-",
            "a@b.example ",
            "IT60 X054 ",
            "118,",
            "26/",
            "n. 45/26 ",
            "Edil Nord ",
            "tel. 1 ",
        ] {
            let text = piece.repeat(50_000);
            let start = std::time::Instant::now();
            let _ = found(&mail(BALDINI_MAIL, "", &text));
            assert!(start.elapsed() < std::time::Duration::from_secs(10), "{piece}: {:?}", start.elapsed());
        }
    }
}
