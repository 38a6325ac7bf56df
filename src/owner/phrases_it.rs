//! What the owner reads, in Italian. Tables of words: longer than a function should be, and easier to read in one piece.

use super::phrases::{Labels, Sheet};
use crate::ledger::account::Status;
use crate::ledger::case::CaseKind;
use crate::ledger::event::Order;
use crate::ledger::hold::HoldKind;
use crate::ledger::words::{Intent, Language};
use crate::templates::wording::{amount, day};
use chrono::NaiveDate;

pub(super) const LABELS: Labels = Labels {
    wrote: "ha scritto",
    nobody_known: "Mittente non in anagrafica",
    understood: "Letto come",
    rule: "regola",
    confidence: "sicurezza",
    not_understood: "Non letto con certezza",
    facts: "Dal registro",
    receivables: "Documenti",
    open: "aperti",
    held: "Fermo intanto",
    nothing_held: "Nessun fermo in corso: serve una decisione.",
    until: "fino al",
    until_lifted: "finché non si riprende",
    all_of_customer: "tutto il cliente",
    what_next: "Comandi pronti",
    case: "Caso",
    attached: "Il messaggio originale è allegato.",
    recent: "Ultimi fatti",
    confidential: "Cliente segnato come riservato: le sue parole non sono riportate qui. La mail è nella casella di posta.",
    we_wrote: "abbiamo scritto",
    they_wrote: "il cliente ha scritto",
    note: "appunto",
    on: "il",
    digest_subject: ("1 questione aperta", "questioni aperte"),
    digest_intro: ("Aspetta una decisione questa questione:", "Aspettano una decisione queste questioni:"),
    waiting: (
        "Questo messaggio è pronto e parte solo se viene approvato:",
        "Questi messaggi sono pronti e partono solo se vengono approvati:",
    ),
    also_supplier: "è anche un vostro fornitore: prima di un sollecito fermo verificate che non ci sia nulla da compensare",
    our_turn: ("Tocca a noi da", "giorni lavorativi."),
    show_case: "Per vedere tutto di un caso: sollecito cases",
    warning_subject: "Avviso",
    quotes: ("«", "»"),
};

pub(super) const SHEET: Sheet = Sheet {
    phone: "Telefono",
    phone_arranged: "da customers.toml",
    phone_imported: "dall'elenco importato",
    no_phone: "nessun numero in anagrafica; si prende da un documento vecchio o da un elenco pubblico, mai da una mail, e si annota in customers.toml: phone = \"…\"",
    to_ask: "Da chiedere",
    questions: [
        "in che giorno paga e quanto: un giorno preciso, non «presto»",
        "se la fattura è arrivata e se è tutto in ordine, o che cosa manca",
        "chi decide e chi fa il bonifico, e come si raggiunge",
        "alla fine ripetere il giorno e l'importo",
    ],
    others: "Altri documenti aperti dello stesso cliente",
    more: "e altri",
    total: "Totale aperto",
    of_which_due: "di cui scaduti",
    last_words: "Ultimo messaggio del cliente",
    promises: "Promesse di pagamento",
    no_day: "senza un giorno",
    promise_open: "in corso",
    promise_kept: "mantenuta",
    promise_broken: "non mantenuta",
    promise_over: "non più valida",
    to_complete: "Nella bozza restano da completare",
    after_call: "Dopo la telefonata",
    call_done: "segna la telefonata come fatta, anche se nessuno ha risposto: poi si va avanti con il passo successivo",
    letter_sent: "segna la lettera come spedita (per posta, o dalla vostra PEC)",
    no_answer: ("Non risponde al telefono", "lo annota e sospende i promemoria per qualche giorno"),
    if_arrived: "solo se il denaro è davvero su un nostro conto",
    telephoned: "Sentito al telefono",
    foreign_iban: "Nel messaggio c'è un IBAN che non è dei nostri: il cliente può aver pagato, o stare per pagare, un truffatore.",
    first_call: [
        "Telefonare subito al cliente, al numero qui sotto e non a uno scritto nella mail: anche quello può essere falso.",
        "Se ha già pagato a quell'IBAN: deve chiedere subito alla sua banca di richiamare il bonifico (contano le ore) e sporgere denuncia. A noi quel denaro non arriva: la fattura resta aperta.",
        "Se non ha pagato: dirgli che le nostre coordinate non sono cambiate, e che valgono quelle stampate in fattura.",
        "Fino ad allora non rispondere alla mail e non segnare nulla come pagato. Finché la questione è aperta, su quanto è indicato qui sotto come fermo non parte nulla.",
    ],
};

pub(super) const fn title(kind: CaseKind) -> &'static str {
    match kind {
        CaseKind::Dispute => "contestazione",
        CaseKind::Refund => "pagamento doppio o rimborso",
        CaseKind::CreditNoteClaimed => "nota di credito richiesta",
        CaseKind::Legal => "avvocato o procedura",
        CaseKind::Hostile => "messaggio ostile",
        CaseKind::BankDetailsVerification => "possibile frode sull'IBAN",
        CaseKind::Deferral => "richiesta di proroga",
        CaseKind::Instalments => "richiesta di rate",
        CaseKind::ProposalOver => "proposta di rate decaduta",
        CaseKind::Reference => "serve un dato o un documento",
        CaseKind::ContactChange => "cambio di referente",
        CaseKind::ClaimedPayment => "dice di aver pagato",
        CaseKind::ByHand => "contanti, assegno o di persona",
        CaseKind::PayHabit => "paga sempre in un certo giorno",
        CaseKind::PaymentNotification => "avviso di accredito",
        CaseKind::Mixed => "più richieste insieme",
        CaseKind::NotUnderstood => "messaggio non capito",
        CaseKind::WhichReceivable => "quale fattura?",
        CaseKind::UnknownWriter => "mittente non in anagrafica",
        CaseKind::Suspicious => "mittente sospetto",
        CaseKind::AnswerYourself => "risposta da scrivere a mano",
        CaseKind::DocumentMissing => "copia della fattura non trovata",
        CaseKind::Bounced => "indirizzo non valido",
        CaseKind::WhoHasPaid => "chi ha pagato?",
        CaseKind::BankCollection => "incasso in banca da verificare",
        CaseKind::IssueInvoice => "fattura da emettere",
        CaseKind::SameDebt => "proforma e fattura: lo stesso debito?",
        CaseKind::Difference => "differenza da verificare",
        CaseKind::Surplus => "incasso superiore al dovuto",
        CaseKind::OldArrears => "arretrati da decidere",
        CaseKind::CreditNote => "nota di credito da abbinare",
        CaseKind::Vanished => "sparita dall'elenco",
        CaseKind::Call => "telefonata da fare",
        CaseKind::FinalNotice => "messa in mora o diffida da firmare",
        CaseKind::LadderEnd => "solleciti esauriti",
        CaseKind::Silence => "nessuna risposta",
        CaseKind::BrokenPromise => "promessa non mantenuta",
        CaseKind::PlanMissed => "rata non arrivata",
        CaseKind::Unsure => "invio incerto",
        CaseKind::Refused => "invio rifiutato",
        CaseKind::BrokenTemplate => "testo da correggere",
        CaseKind::UnreadableMail => "messaggio illeggibile",
        CaseKind::Unrelated => "altro messaggio in attesa",
    }
}

pub(super) const fn sentence(kind: CaseKind) -> &'static str {
    match kind {
        CaseKind::Dispute => {
            "Il cliente contesta qualcosa: importo, merce, lavoro o preventivo. I promemoria a questo cliente sono sospesi finché non c'è una decisione."
        }
        CaseKind::Refund => {
            "Il cliente dice di aver pagato due volte o per errore, oppure chiede un rimborso. Prima si guarda sul conto se quei soldi sono arrivati davvero. Se sono di troppo, si decide: restituirli sul conto da cui sono partiti oppure, se il cliente è d'accordo, scalarli da un'altra fattura. Un IBAN scritto in una mail non si usa mai: lo si chiede al telefono, a un numero già noto. Intanto al cliente non parte nessun promemoria per queste fatture."
        }
        CaseKind::CreditNoteClaimed => {
            "Il cliente aspetta da noi una nota di credito. Se gli spetta, va emessa e caricata insieme all'elenco: da lì in poi si chiede solo la differenza. Se non gli spetta, glielo si spiega e poi si riprendono i promemoria. Fino ad allora sono sospesi: non si chiede mai l'importo pieno, né un netto che non abbiamo ancora documentato."
        }
        CaseKind::Legal => {
            "Si parla di un avvocato, di una procedura o di un atto formale. Da qui in poi non parte più nulla verso questo cliente finché non si toglie il fermo."
        }
        CaseKind::Hostile => {
            "Il tono è ostile, oppure il cliente chiede di non ricevere più messaggi. Non parte più nulla finché non si toglie il fermo."
        }
        CaseKind::BankDetailsVerification => {
            "Si parla di un cambio delle nostre coordinate bancarie. Può essere una frode in corso: meglio telefonare subito al cliente, a un numero già noto, e non rispondere per mail."
        }
        CaseKind::Deferral => "Il cliente chiede più tempo, e le regole non bastano per concederlo da sole.",
        CaseKind::Instalments => "Il cliente chiede di pagare a rate. Un piano si accetta solo a mano.",
        CaseKind::ProposalOver => {
            "La proposta di rate non vale più: il cliente non ha risposto, non è partita, o nel frattempo è cambiato quanto resta da pagare. Tra qualche giorno i promemoria riprendono."
        }
        CaseKind::Reference => {
            "Al cliente serve qualcosa da noi per poter pagare: un dato, un documento, una correzione."
        }
        CaseKind::ContactChange => {
            "Chi scrive non è la persona giusta, o indica un altro indirizzo. Gli indirizzi si cambiano solo in anagrafica, mai sulla base di una mail."
        }
        CaseKind::ClaimedPayment => {
            "Il cliente dice che è già tutto a posto, ma va controllato: non basta aspettare l'accredito. La fattura resta aperta finché l'incasso non è registrato."
        }
        CaseKind::ByHand => {
            "Il cliente parla di contanti, di un assegno, di un bollettino o di passare di persona: un CRO non c'è e non viene chiesto. Che cosa sia arrivato si può dire solo da qui: va verificato e registrato a mano. Intanto al cliente non si scrive."
        }
        CaseKind::PayHabit => {
            "Il cliente scrive che paga sempre in un certo giorno del mese. Se è così, lo si può annotare una volta per tutte: i promemoria aspetteranno quel giorno. Da solo non viene annotato nulla."
        }
        CaseKind::PaymentNotification => {
            "Una banca o un servizio di pagamento avvisa di un accredito. Questi avvisi si falsificano facilmente: l'incasso va visto sul conto, poi registrato."
        }
        CaseKind::Mixed => "Nello stesso messaggio ci sono più richieste: una risposta a metà farebbe danno.",
        CaseKind::NotUnderstood => "Nessuna regola ha capito questo messaggio con sufficiente certezza.",
        CaseKind::WhichReceivable => "Non è certo di quale fattura si parli.",
        CaseKind::UnknownWriter => {
            "La richiesta è semplice, ma chi scrive non è in anagrafica: i dati di un cliente non si danno ad altri."
        }
        CaseKind::Suspicious => {
            "L'indirizzo del mittente è smentito dai controlli o somiglia a un altro. Nessuna risposta finché non si verifica per altra via."
        }
        CaseKind::AnswerYourself => {
            "Una risposta sarebbe pronta, ma non è partita: il messaggio è troppo vecchio, un limite è raggiunto, l'invio per questo scopo non è attivo, oppure non è certo che si debba pagare a noi, o quanto. Il motivo è qui sotto."
        }
        CaseKind::DocumentMissing => {
            "Il cliente chiede una copia, ma tra i messaggi inviati non si trova un documento che sia di certo quella fattura."
        }
        CaseKind::Bounced => {
            "Un messaggio al cliente è tornato indietro: l'indirizzo non funziona e non viene più usato. Quello giusto va scritto in customers.toml (`email`) o nell'elenco da importare."
        }
        CaseKind::WhoHasPaid => {
            "Ci sono promemoria pronti, ma gli incassi non sono aggiornati. Finché non si sa chi ha pagato non parte nulla."
        }
        CaseKind::BankCollection => {
            "La incassa la banca (Ri.Ba. o addebito diretto) e la scadenza è passata da dieci giorni lavorativi senza notizie: è stata pagata o è tornata insoluta? Intanto al cliente non scrive nessuno."
        }
        CaseKind::IssueInvoice => "La proforma (o l'avviso di parcella) è stata pagata: ora va emessa la fattura.",
        CaseKind::SameDebt => {
            "È arrivata una fattura dello stesso importo di una proforma di questo cliente: se sono lo stesso debito, va chiesto una volta sola (o mai più, se la proforma è già pagata). Intanto al cliente non si chiede nulla."
        }
        CaseKind::Surplus => {
            "È arrivato più del dovuto: forse la fattura è stata pagata due volte, o il bonifico riguardava altro. Il cliente non è stato avvisato né ringraziato."
        }
        CaseKind::Difference => {
            "È arrivato meno del dovuto e quel che manca corrisponde, al centesimo, a una trattenuta conosciuta: forse la fattura è pagata per intero. Intanto al cliente non si chiede nulla."
        }
        CaseKind::OldArrears => {
            "Al primo caricamento erano già scadute da molto. Da sole non entrano nei promemoria: si sceglie se scrivere, telefonare o lasciar perdere."
        }
        CaseKind::CreditNote => {
            "C'è una nota di credito e non si sa quale fattura riduca. Finché non è abbinata non parte nessun promemoria per le fatture che può riguardare: chiedere l'importo pieno sarebbe peggio."
        }
        CaseKind::Vanished => "Non compare più nell'ultimo elenco degli aperti: pagata, annullata o dimenticata?",
        CaseKind::Call => {
            "Il prossimo passo è una telefonata. Qui sotto c'è quello che serve sapere prima di chiamare."
        }
        CaseKind::FinalNotice => {
            "Il prossimo passo è la lettera formale (costituzione in mora o diffida ad adempiere): la bozza va letta, firmata e spedita a mano, con PEC o raccomandata. Prima del primo uso va fatta vedere a un legale di fiducia."
        }
        CaseKind::LadderEnd => {
            "I passi previsti sono finiti e la somma risulta ancora da pagare: da qui in poi nulla parte più da solo. Si può affidare la pratica a un legale o a una società di recupero crediti, aspettare ancora o rinunciare."
        }
        CaseKind::Silence => {
            "A più messaggi nessuno ha risposto. Scrivere ancora serve a poco: meglio il telefono o un'altra persona. Finché la questione è aperta non parte più nessun promemoria su questi documenti."
        }
        CaseKind::PlanMissed => {
            "Una rata concordata non è arrivata, nemmeno con i giorni di tolleranza. Il piano resta valido e al cliente non si chiede nulla: si può telefonare, annotare una nuova data, oppure riprendere i solleciti."
        }
        CaseKind::BrokenPromise => {
            "La data promessa è passata, gli incassi sono aggiornati e il pagamento non c'è, o c'è solo in parte."
        }
        CaseKind::Unsure => {
            "Il collegamento è caduto mentre un messaggio partiva: non si sa se sia arrivato. Non viene rimandato da solo."
        }
        CaseKind::Refused => "Il server di posta ha rifiutato un messaggio.",
        CaseKind::BrokenTemplate => {
            "Un messaggio non si è potuto scrivere: nel testo o nei dati manca qualcosa. Non è partito nulla."
        }
        CaseKind::UnreadableMail => "Un messaggio non si è potuto leggere. Va aperto a mano nella casella.",
        CaseKind::Unrelated => "Un messaggio che non riguarda i pagamenti aspetta una persona.",
    }
}

pub(super) const fn hold(kind: HoldKind) -> &'static str {
    match kind {
        HoldKind::Legal => "fermo legale",
        HoldKind::Hostile => "fermo per messaggio ostile",
        HoldKind::Disputed => "fermo per contestazione",
        HoldKind::WaitingForUs => "tocca a noi",
        HoldKind::Claimed => "in attesa dell'accredito dichiarato",
        HoldKind::Promise => "promessa di pagamento",
        HoldKind::Deferral => "proroga concessa",
        HoldKind::Plan => "piano di rate",
        HoldKind::Proposal => "rate proposte, in attesa di un sì",
        HoldKind::OwnerActive => "se ne sta occupando una persona",
        HoldKind::Review => "in attesa di una decisione",
        HoldKind::Absence => "ufficio del cliente chiuso",
        HoldKind::Paused => "sospeso a mano",
    }
}

pub(super) const fn status(status: Status) -> &'static str {
    match status {
        Status::Planned => "da emettere",
        Status::Credit => "a credito del cliente",
        Status::Paid => "pagata",
        Status::SetOff => "compensata",
        Status::WrittenOff => "stralciata",
        Status::HandedOver => "affidata al legale",
        Status::Withdrawn => "annullata",
        Status::Legal => "fermo legale",
        Status::Hostile => "ferma",
        Status::Disputed => "contestata",
        Status::WaitingForUs => "tocca a noi",
        Status::Claimed => "dichiarata pagata",
        Status::Promised => "promessa",
        Status::Deferred => "prorogata",
        Status::WithOwner => "da decidere",
        Status::Paused => "sospesa",
        Status::Missing => "sparita dall'elenco",
        Status::PartlyPaid => "pagata in parte",
        Status::PartlySetOff => "compensata in parte",
        Status::Overdue => "scaduta",
        Status::Open => "non ancora scaduta",
    }
}

pub(super) const fn intent(intent: Intent) -> &'static str {
    match intent {
        Intent::PaymentMade => "dice di aver pagato",
        Intent::PromiseToPay => "promette di pagare",
        Intent::DeferralRequest => "chiede più tempo",
        Intent::InstalmentRequest => "chiede di pagare a rate",
        Intent::InvoiceRequest => "chiede la fattura",
        Intent::BankDetailsRequest => "chiede le coordinate bancarie",
        Intent::Dispute => "contesta",
        Intent::ReferenceRequest => "ha bisogno di un dato o di un documento",
        Intent::StatementRequest => "chiede l'estratto conto",
        Intent::ContactChange => "indica un altro referente",
        Intent::BankDetailsVerification => "parla di un cambio di coordinate bancarie",
        Intent::Legal => "avvocato, procedura o atto formale",
        Intent::Hostile => "ostile",
        Intent::AutoReply => "risposta automatica",
        Intent::Bounce => "mancata consegna",
        Intent::PaymentNotification => "avviso di accredito",
        Intent::Acknowledgement => "prende atto",
        Intent::Unrelated => "altro",
    }
}

pub(super) fn order(order: &Order) -> String {
    let on = |date: NaiveDate| day(date, Language::Italian);
    match order {
        Order::Paid { amount: Some(money), .. } => {
            format!("registra un incasso di {}", amount(*money, Language::Italian))
        }
        Order::Paid { on: date, .. } => format!("registra l'incasso di tutto, arrivato il {}", on(*date)),
        Order::SetOff { amount: Some(money), .. } => {
            format!("compensa {} con un vostro debito: non è arrivato denaro", amount(*money, Language::Italian))
        }
        Order::SetOff { .. } => "compensa tutto con un vostro debito: non è arrivato denaro".to_owned(),
        Order::Hold { until: Some(until), .. } => format!("non scrive più nulla fino al {}", on(*until)),
        Order::Hold { .. } => "non scrive più nulla finché non si riprende".to_owned(),
        Order::Resume { .. } => "toglie i fermi e riprende i promemoria".to_owned(),
        Order::Defer { until, .. } => format!("concede tempo fino al {} e lo conferma al cliente", on(*until)),
        Order::Plan { parts, .. } => format!("annota il pagamento in {} rate", parts.len()),
        Order::Propose { parts, .. } => format!("propone al cliente {} rate: valgono solo se le accetta", parts.len()),
        Order::WithdrawProposal { .. } => "ritira la proposta di rate".to_owned(),
        Order::Promise { by, .. } => format!("annota la promessa di pagamento entro il {}", on(*by)),
        Order::Dispute { .. } => "annota la contestazione e ferma i promemoria".to_owned(),
        Order::Note { .. } => "aggiunge un appunto".to_owned(),
        Order::WriteOff { .. } => "rinuncia al credito".to_owned(),
        Order::HandOver { .. } => "affida al legale: da qui non parte più nulla".to_owned(),
        Order::Release { .. } => "fa entrare gli arretrati nei promemoria, dal più mite".to_owned(),
        Order::PaymentsKnown { up_to } => format!("conferma che fino al {} non ha pagato nessun altro", on(*up_to)),
        Order::StepDone { .. } => "segna il passo come fatto".to_owned(),
        Order::Credit { items, .. } if items.is_empty() => {
            "lascia la nota di credito a parte: non riduce nessuna fattura".to_owned()
        }
        Order::Credit { .. } => "scala la nota di credito dalla fattura".to_owned(),
        Order::CameBack { .. } => "segna l'insoluto: prima una telefonata, poi i promemoria".to_owned(),
        Order::CloseCase { .. } => "chiude la questione senza altro".to_owned(),
    }
}
