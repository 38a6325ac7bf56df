//! Facts of a case in Italian, by the English sentence that the journal keeps, in any order. It is one file because a table of
//! words is best read in one piece.

/// English form and Italian form; `{}` is a value, `{2}` the second one, `{=}` a clause that stands here itself.
pub(super) const TOLD: &[(&str, &str)] = &[
    // What is open.
    (
        "{}: {} open, due on {}. The bank could not collect it",
        "{}: {} aperti, scadenza {}. La banca non è riuscita a incassarla",
    ),
    ("{}: {} open, due on {}", "{}: {} aperti, scadenza {}"),
    (
        "{} ({} open, due on {}) was open and is missing from the import",
        "{} ({} aperti, scadenza {}) era aperta e non è più nell'elenco importato",
    ),
    (
        "{} ({} open, due on {}) was more than {} days overdue when it became known",
        "{} ({} aperti, scadenza {}) era scaduta da più di {} giorni quando è stata caricata",
    ),
    ("{}: payments are known up to {}", "{}: incassi registrati fino al {}"),
    (
        "{}: it was never said up to when payments are known",
        "{}: non si sa ancora fino a quando gli incassi sono registrati",
    ),
    ("{} mails about it stayed without an answer", "{} messaggi sono rimasti senza risposta"),
    // What the mail is.
    ("Not understood: «{}»", "Non capito: «{}»"),
    (
        "Part of the mail is not understood and could matter",
        "Una parte del messaggio non è stata capita e potrebbe contare",
    ),
    ("No rule understands what the customer wants", "Nessuna regola ha capito che cosa vuole il cliente"),
    ("No rule says what to do with it", "Nessuna regola dice che cosa farne"),
    ("The mail wants several things at once", "Il messaggio chiede più cose insieme"),
    ("A customer wrote about something else", "Il cliente ha scritto d'altro"),
    ("It is not certain that this customer wrote", "Non è certo che abbia scritto questo cliente"),
    (
        "A machine's answer says that somebody else is to be written to",
        "Una risposta automatica dice di scrivere a un'altra persona",
    ),
    ("A machine sent it, but it asks for something", "È un messaggio automatico, ma chiede qualcosa"),
    ("A mail could not be delivered", "Un messaggio non è stato consegnato"),
    ("A mail to {} could not be delivered", "Un messaggio a {} non è stato consegnato"),
    (
        "A bank or payment provider says that money arrived",
        "Una banca o un servizio di pagamento avvisa di un accredito",
    ),
    ("The writer asks about personal data", "Chi scrive fa una richiesta sui dati personali"),
    (
        "An answer about personal data is due within a month, by {} (art. 12(3) GDPR)",
        "Alle richieste sui dati personali si risponde entro un mese, cioè entro il {} (art. 12, par. 3, GDPR)",
    ),
    (
        "An answer about personal data is due within a month (art. 12(3) GDPR)",
        "Alle richieste sui dati personali si risponde entro un mese (art. 12, par. 3, GDPR)",
    ),
    (
        "It speaks of payments, but no customer is certain",
        "Parla di pagamenti, ma non è certo di quale cliente si tratti",
    ),
    (
        "It speaks of payments, and its sender is not to be trusted",
        "Parla di pagamenti, e del mittente non ci si può fidare",
    ),
    // Signs that it is not what it seems.
    (
        "The sender's address is refuted by the authentication of the mail",
        "I controlli di autenticità smentiscono l'indirizzo del mittente",
    ),
    (
        "The sender's address looks like one on file but is not",
        "L'indirizzo del mittente somiglia a uno in anagrafica, ma non lo è",
    ),
    ("The mail has no single usable author", "Il messaggio non ha un mittente unico e utilizzabile"),
    ("The mail names several authors", "Il messaggio indica più mittenti"),
    ("The sender's display name shows another address", "Il nome visualizzato del mittente mostra un altro indirizzo"),
    ("Answers to it would go to another domain", "Le risposte andrebbero a un altro dominio"),
    ("The text gives instructions to a machine", "Il testo dà istruzioni a una macchina"),
    ("The mail hides text from the reader's eye", "Il messaggio contiene testo nascosto a chi legge"),
    ("The server put the mail among spam", "Il server ha messo il messaggio tra la posta indesiderata"),
    (
        "The mail names an IBAN that is not one of the firm's: a payment may have gone, or be about to go, astray",
        "Il messaggio indica un IBAN che non è dei nostri: un pagamento può essere finito, o stare per finire, sul conto \
         sbagliato",
    ),
    (
        "It also names an IBAN that is not one of the firm's: fraud may be near",
        "Indica anche un IBAN che non è dei nostri: può essere una frode",
    ),
    (
        "The mail speaks of a change of bank details: fraud may be near",
        "Il messaggio parla di un cambio di coordinate bancarie: può essere una frode",
    ),
    ("Only the beginning of the mail could be read", "Del messaggio si è potuto leggere solo l'inizio"),
    (
        "The mail is damaged and may not say what it seems to",
        "Il messaggio è danneggiato e potrebbe non dire quel che sembra",
    ),
    // Risks.
    (
        "A lawyer, an insolvency or a formal notice is named",
        "Si parla di un avvocato, di una procedura o di un atto formale",
    ),
    ("The writer threatens or asks us to stop writing", "Chi scrive minaccia, o chiede di non ricevere più messaggi"),
    (
        "The customer contests something and waits for a credit note",
        "Il cliente contesta qualcosa e aspetta una nota di credito",
    ),
    ("The customer contests something", "Il cliente contesta qualcosa"),
    ("The customer says that it paid twice", "Il cliente dice di aver pagato due volte"),
    ("The customer says that it paid us by mistake", "Il cliente dice di averci pagato per errore"),
    ("The customer asks for money back", "Il cliente chiede di riavere dei soldi"),
    // Wishes.
    (
        "The customer needs something from us before it can pay",
        "Al cliente serve qualcosa da noi prima di poter pagare",
    ),
    (
        "The writer is not the right person, or names another address",
        "Chi scrive non è la persona giusta, o indica un altro indirizzo",
    ),
    ("It is not certain which receivable is meant", "Non è certo di quale fattura si parli"),
    ("It is not clear which receivable is meant", "Non è chiaro di quale fattura si parli"),
    (
        "The writer is not on file: nothing is sent or granted",
        "Chi scrive non è in anagrafica: non si manda e non si concede nulla",
    ),
    ("Instalments are the owner's to agree", "Un pagamento a rate si concorda solo a mano"),
    ("No day was named", "Non è indicato nessun giorno"),
    ("The payment is recorded already", "Il pagamento è già registrato"),
    ("{}, but part of the mail is not understood", "{=}, ma una parte del messaggio non è stata capita"),
    (
        "{}, but the customer speaks of a payment on {}: perhaps it was paid twice",
        "{=}, ma il cliente parla di un pagamento del {}: forse è stata pagata due volte",
    ),
    ("{} was handed over: whoever has it must know", "{} è affidata a un legale: chi segue la pratica deve saperlo"),
    ("{} was given up, and money may come", "A {} si era rinunciato, e ora potrebbe arrivare un pagamento"),
    (
        "The customer says that it was set off against a debt of ours",
        "Il cliente dice di averla compensata con un nostro debito",
    ),
    ("The payment should have arrived by now", "A quest'ora il pagamento dovrebbe essere arrivato"),
    (
        "A payment of it was claimed before and did not arrive",
        "Un pagamento era già stato dichiarato, e non è arrivato",
    ),
    ("The amount named is not what is open", "L'importo indicato non è quello aperto"),
    ("The amount named is not the {} that is open", "L'importo indicato non è quello aperto, {}"),
    ("The amount promised is not what is open", "L'importo promesso non è quello aperto"),
    ("The sender is not proven", "Il mittente non è provato"),
    ("Nothing of what is promised is open", "Di quanto è promesso non è aperto nulla"),
    ("The day promised, {}, is long past", "Il giorno promesso, {}, è passato da tempo"),
    ("The day named, {}, lies before the mail", "Il giorno indicato, {}, viene prima del messaggio stesso"),
    ("{} is more than {} days away for {}", "Per la {3} il {1} dista più di {2} giorni"),
    ("{} is more than {} days away", "Il {} dista più di {} giorni"),
    ("{} is more than {} days after the date of {}", "Il {} viene più di {} giorni dopo la data della {}"),
    ("The promise is in parts", "La promessa è a rate"),
    (
        "The customer says that a part is paid ({}), and promises the rest by {}",
        "Il cliente dice di aver pagato una parte ({}) e promette il resto entro il {}",
    ),
    (
        "Payment is put off to the next year, without a day",
        "Il pagamento è rinviato all'anno prossimo, senza un giorno",
    ),
    (
        "A promise without a day was made before, and no day was named since",
        "C'era già una promessa senza giorno, e da allora un giorno non è stato indicato",
    ),
    ("Two promises were not kept before", "Due promesse precedenti non sono state mantenute"),
    ("The day asked for, {}, is past", "Il giorno chiesto, {}, è già passato"),
    ("{} is advanced or collected by somebody else", "{} è anticipata in banca o incassata da altri"),
    (
        "{} is due on {}, which is not before the day asked for",
        "{} scade il {}, che non viene prima del giorno chiesto",
    ),
    ("{} is paid in instalments that were agreed on", "{} si paga nelle rate già concordate"),
    ("{} was deferred before", "{} ha già avuto una proroga"),
    ("The step `{}` was taken for {}", "Per la {2} è già stato fatto il passo «{1}»"),
    ("More time was granted {} times within a year", "Nell'ultimo anno le proroghe concesse sono già {}"),
    ("The limit is in {}", "Il limite è in {}"),
    ("{} is more than {}", "{} superano il limite di {}"),
    (
        "The customer is confidential: documents and lists are the owner's to send",
        "Il cliente è riservato: documenti ed elenchi si mandano solo a mano",
    ),
    (
        "It lies with a lawyer or an agency: whoever has it answers",
        "È in mano a un legale o a una società di recupero: risponde chi segue la pratica",
    ),
    (
        "Nothing of it is open, and the text with the copy asks for payment",
        "Non è più aperta, e il testo che accompagna la copia chiede il pagamento",
    ),
    ("It is a proforma: the invoice may not exist yet", "È una proforma: la fattura forse non esiste ancora"),
    ("The invoice as it was first sent is not kept", "La fattura com'è stata inviata la prima volta non è conservata"),
    ("Nothing of what is asked about is open", "Di quanto si chiede non è aperto nulla"),
    (
        "The sender is not proven, and was not sent these details before",
        "Il mittente non è provato, e questi dati non gli erano mai stati mandati",
    ),
    (
        "The list is of today, and another day is asked about",
        "L'elenco è a oggi, e il cliente chiede la situazione di un altro giorno",
    ),
    ("Nothing is open that is owed to us", "Non è aperto nulla che si debba a noi"),
    // Why no answer left.
    ("No usable address is on file", "In anagrafica non c'è un indirizzo utilizzabile"),
    ("The writer is not on file", "Chi scrive non è in anagrafica"),
    ("The mail is not addressed to us", "Il messaggio non è indirizzato a noi"),
    (
        "The writer names an address that is not on file: the owner decides whether it counts",
        "Chi scrive indica un indirizzo che non è in anagrafica: se valga si decide a mano",
    ),
    ("The customer is marked as not to be written to", "Il cliente è segnato come da non contattare per iscritto"),
    ("The mail is older than {} business days", "Il messaggio ha più di {} giorni lavorativi"),
    (
        "A hold of kind legal is in force: the owner writes to this customer",
        "È in corso un fermo (legale): a questo cliente si scrive solo a mano",
    ),
    (
        "A hold of kind hostile is in force: the owner writes to this customer",
        "È in corso un fermo (messaggio ostile): a questo cliente si scrive solo a mano",
    ),
    (
        "A hold of kind disputed is in force: the owner writes to this customer",
        "È in corso un fermo (contestazione): a questo cliente si scrive solo a mano",
    ),
    (
        "A hold of kind {} is in force: the owner writes to this customer",
        "È in corso un fermo ({}): a questo cliente si scrive solo a mano",
    ),
    (
        "{} answers about this have left lately; a person should look",
        "Su questo sono già partite da poco {} risposte: meglio che guardi una persona",
    ),
    (
        "An answer is due, and mails of this purpose are only observed",
        "Una risposta sarebbe dovuta, ma per questo scopo l'invio non è attivo",
    ),
    ("It was sold to a factor, who collects it", "è ceduta a una società di factoring, che la incassa"),
    ("The bank collects it", "la incassa la banca"),
    ("{}: {}; where it is paid is the factor's to say", "{}: {=}; dove si paga lo dice la società di factoring"),
    (
        "{}: {}; it is not paid by transfer before it came back unpaid",
        "{}: {=}; finché non torna insoluta non si paga con bonifico",
    ),
    (
        "Credit note {} may reduce what is open, and reduces no invoice yet",
        "La nota di credito {} può ridurre quanto è aperto, e non riduce ancora nessuna fattura",
    ),
    ("The confirmation `{}` is not written", "La conferma «{}» non è stata scritta"),
    ("The answer `{}` was withdrawn: {}", "La risposta «{}» è stata ritirata: {=}"),
    (
        "a payment was recorded, and the text with the copy asks for it",
        "è stato registrato un pagamento, e il testo che accompagna la copia lo chiede",
    ),
    (
        "a set-off was recorded, and the text with the copy asks for it",
        "è stata registrata una compensazione, e il testo che accompagna la copia chiede il pagamento",
    ),
    ("the owner wrote to the customer about something else", "al cliente è stato scritto d'altro a mano"),
    (
        "The customer wrote again, and the owner should see that first",
        "il cliente ha scritto ancora, e prima è meglio che lo legga una persona",
    ),
    (
        "customers.toml says that you approve every mail to this customer",
        "secondo customers.toml ogni messaggio a questo cliente va approvato",
    ),
    (
        "customers.toml says that this customer is not to be written to",
        "secondo customers.toml a questo cliente non si scrive",
    ),
    ("customers.toml says that this customer is confidential", "secondo customers.toml questo cliente è riservato"),
    ("It has no recipient", "non ha un destinatario"),
    ("{} is not on file", "{} non è in anagrafica"),
    ("{} is dead", "{} non funziona più"),
    ("{} is our own address", "{} è un nostro indirizzo"),
    ("A hold of kind legal is in force", "è in corso un fermo legale"),
    ("A hold of kind hostile is in force", "è in corso un fermo per messaggio ostile"),
    ("A hold of kind disputed is in force", "è in corso un fermo per contestazione"),
    ("What it confirms holds no more", "ciò che conferma non vale più"),
    (
        "What is open is not what it proposes in instalments any more",
        "quanto è aperto non è più quello che propone a rate",
    ),
    (
        "It is too old to be answered by itself",
        "il messaggio a cui risponde è troppo vecchio per una risposta automatica",
    ),
    ("Nothing of it is open any more", "non ne è più aperto nulla"),
    ("It names {}, which is more than what is open", "indica {}, più di quanto è aperto"),
    ("It speaks of {} as a day to come, which is past", "parla del {} come di un giorno futuro, ed è passato"),
    ("A payment was recorded", "è stato registrato un pagamento"),
    ("A set-off was recorded", "è stata registrata una compensazione"),
    ("the owner closed what it speaks of", "ciò di cui parla è stato chiuso a mano"),
    // Cash and cheques.
    (
        "The customer says that it was paid {}; it counts only once it is honoured",
        "Il cliente dice di aver pagato {}; vale solo salvo buon fine",
    ),
    (
        "The customer says that it will be paid {}; it counts only once it is honoured",
        "Il cliente dice che pagherà {}; varrà solo salvo buon fine",
    ),
    (
        "The customer speaks of paying {}; it counts only once it is honoured",
        "Il cliente parla di pagare {}; varrà solo salvo buon fine",
    ),
    (
        "The customer says that it was paid {}; from 5,000 EUR on no cash may change hands (art. 49 D.Lgs. 231/2007)",
        "Il cliente dice di aver pagato {}; da 5.000 € in su i contanti sono vietati (art. 49 D.Lgs. 231/2007)",
    ),
    (
        "The customer says that it will be paid {}; from 5,000 EUR on no cash may change hands (art. 49 D.Lgs. 231/2007)",
        "Il cliente dice che pagherà {}; da 5.000 € in su i contanti sono vietati (art. 49 D.Lgs. 231/2007)",
    ),
    (
        "The customer speaks of paying {}; from 5,000 EUR on no cash may change hands (art. 49 D.Lgs. 231/2007)",
        "Il cliente parla di pagare {}; da 5.000 € in su i contanti sono vietati (art. 49 D.Lgs. 231/2007)",
    ),
    ("The customer says that it was paid {}", "Il cliente dice di aver pagato {}"),
    ("The customer says that it will be paid {}", "Il cliente dice che pagherà {}"),
    ("The customer speaks of paying {}", "Il cliente parla di pagare {}"),
    ("in cash", "in contanti"),
    ("by cheque or draft", "con un assegno"),
    ("with a postal slip", "con un bollettino postale"),
    ("in person", "di persona"),
    // Promises, plans, proposals.
    (
        "The payment claimed for {} is not in the recorded payments, and our question about it stayed without an answer",
        "Il pagamento indicato per il {} non compare negli incassi registrati, e la nostra domanda è rimasta senza risposta",
    ),
    (
        "The payment claimed for {} is not in the recorded payments",
        "Il pagamento dichiarato per il {} non è tra gli incassi registrati",
    ),
    (
        "The promise for {} is not in the recorded payments",
        "Il pagamento promesso per il {} non è tra gli incassi registrati",
    ),
    (
        "Part {} of {} was to come by {}, and {} of what was to come by then is not in the recorded payments",
        "La rata {} di {} era attesa entro il {}, e {} di quanto era atteso fino ad allora non sono tra gli incassi \
         registrati",
    ),
    (
        "The plan goes on: nothing is asked of the customer until you say so",
        "Il piano va avanti: al cliente non si chiede nulla finché non lo si decide qui",
    ),
    ("Proposed and not accepted yet: {}", "Proposte e non ancora accettate: {}"),
    ("It is no plain yes to the instalments that were proposed", "Non è un sì chiaro alle rate proposte"),
    (
        "The customer accepts instalments that do not stand any more as they were proposed",
        "Il cliente accetta rate che non valgono più com'erano state proposte",
    ),
    (
        "The proposal does not stand any more; after {} the reminders go on where they were",
        "La proposta non vale più; dopo il {} i promemoria riprendono da dove erano",
    ),
    ("The proposal of instalments did not leave: {}", "La proposta di rate non è partita: {}"),
    ("Nobody answered the proposal of instalments: {}", "Alla proposta di rate nessuno ha risposto: {}"),
    (
        "What is open is not what was proposed in instalments any more: {}",
        "Quanto è aperto non è più quello proposto a rate: {}",
    ),
    (
        "The customer asked for more time; the confirmation was deleted",
        "Il cliente ha chiesto più tempo; la bozza di conferma è stata cancellata",
    ),
    (
        "The day to look at it again has come: the customer wrote on {} that it waits for something, and it is open still",
        "È il giorno di riguardarla: il {} il cliente ha scritto che aspettava qualcosa, ed è ancora aperta",
    ),
    // The day on which it pays.
    ("The customer says that it always pays at the end of the month", "Il cliente dice che paga sempre a fine mese"),
    (
        "The customer says that it always pays on day {} of the month",
        "Il cliente dice che paga sempre il giorno {} del mese",
    ),
    ("Until now day {} is noted", "Finora è annotato il giorno {}"),
    (
        "The customer names only the day on which it always pays, {}: nothing is promised",
        "Il cliente nomina solo il giorno in cui paga sempre, il {}: non è una promessa",
    ),
    (
        "The customer named its usual day before, {}, and it is open still",
        "Il cliente aveva già nominato il suo giorno di pagamento, il {}, e la somma è ancora da pagare",
    ),
    (
        "To note it, write into customers.toml, each part on a line of its own: {}",
        "Per annotarlo, in customers.toml, ogni parte su una riga a sé: {}",
    ),
    (
        "Where the customer stands in that file already, only {} is added to its entry",
        "Se il cliente in quel file c'è già, alla sua voce si aggiunge solo {}",
    ),
    // Money that came or did not.
    (
        "{}: the import says that {} more was paid than was open",
        "{}: secondo l'elenco importato è stato pagato di più di quanto era aperto ({} in più)",
    ),
    ("{} more arrived on {} than was open", "Il {2} sono arrivati {1} più di quanto era aperto"),
    ("{}: the {} that are missing may be {}", "{}: i {} che mancano possono essere {}"),
    (
        "the 11 % that the bank withholds on building works, at 22 % VAT",
        "la ritenuta dell'11 % del bonifico parlante, con IVA al 22 %",
    ),
    (
        "the 11 % that the bank withholds on building works, at 10 % VAT",
        "la ritenuta dell'11 % del bonifico parlante, con IVA al 10 %",
    ),
    ("a withholding tax of 20 %, at 22 % VAT", "la ritenuta d'acconto del 20 %, con IVA al 22 %"),
    ("a withholding tax of 20 %, without VAT", "la ritenuta d'acconto del 20 %, senza IVA"),
    ("a withholding tax of 4 %, at 22 % VAT", "la ritenuta del 4 % del condominio, con IVA al 22 %"),
    ("a withholding tax of 4 %, at 10 % VAT", "la ritenuta del 4 % del condominio, con IVA al 10 %"),
    ("a retention of 5 %", "una ritenuta a garanzia del 5 %"),
    ("a retention of 10 %", "una ritenuta a garanzia del 10 %"),
    ("the whole VAT of 22 %, as with split payment", "tutta l'IVA al 22 %, come nello split payment"),
    ("a bank's fee on the transfer", "le spese bancarie del bonifico"),
    (
        "Credit note {} of {}: {} of it reduce no invoice yet",
        "Nota di credito {} del {}: {} non riducono ancora nessuna fattura",
    ),
    ("The import names the invoice «{}»", "L'elenco importato indica la fattura «{}»"),
    (
        "Credit note {} does not reduce {} any more: {} are open on it now",
        "La nota di credito {} non riduce più la {}: ora vi risultano aperti {}",
    ),
    (
        "{} were recorded as paid on it while the note was; if more arrived than that, it may be paid",
        "Finché la nota c'era, risultavano pagati {}; se è arrivato di più, può darsi che sia pagata",
    ),
    (
        "{} of {} were set off here, and the import says that more of it was paid",
        "Della {2} qui erano stati compensati {1}, e secondo l'elenco importato ne è stato pagato di più",
    ),
    (
        "If the books do not know of the set-off, {} of the {} that seem open are paid; if they do, all of it is owed",
        "Se la contabilità non conosce la compensazione, dei {2} che sembrano aperti {1} sono pagati; se la conosce, sono \
         dovuti tutti",
    ),
    (
        "If this customer is also a supplier of yours, note `also_supplier = true` for it in customers.toml: from the firm \
         step on each mail then waits for your yes",
        "Se questo cliente è anche un fornitore, in customers.toml si annota also_supplier = true: dal sollecito fermo in \
         poi ogni messaggio aspetta allora un sì",
    ),
    ("{}: proforma of {}, {}", "{}: proforma di {}, {}"),
    ("{}: invoice of {}, new in the import", "{}: fattura di {}, nuova nell'elenco importato"),
    ("{}: {} paid, {} set off", "{}: pagati {}, compensati {}"),
    ("{}: {} paid", "{}: pagati {}"),
    ("{}: {} set off", "{}: compensati {}"),
    ("paid and set off, last on {}", "pagata e compensata, da ultimo il {}"),
    ("set off on {}", "compensata il {}"),
    ("paid on {}", "pagata il {}"),
    ("still open", "ancora aperta"),
    ("On {} nothing stood open that is on file", "Il {} non risultava aperto nulla di quanto è registrato"),
    (
        "On {} stood open, of what is on file: {}; in all {}",
        "Il {} risultavano aperte, di quanto è registrato: {}; in tutto {}",
    ),
    (
        "Not counted, since it was written off, perhaps only later: {}",
        "Senza contare, perché stralciato, forse solo dopo: {}",
    ),
    // Mails of ours.
    ("Mail {} ({}) to {}: {}", "Messaggio {} ({}) a {}: {=}"),
    ("The server refused the mail for good", "il server lo ha rifiutato in modo definitivo"),
    ("Nobody knows whether the mail left; it is not sent again", "non si sa se sia partito; non viene rimandato"),
    ("The mail could not be written from its template", "non si è potuto scrivere dal suo testo"),
    ("When you know: {} sent, or {} not-sent", "Quando si sa: {} sent, oppure {} not-sent"),
    ("When the text {} is mended: {}", "Quando il testo {} è corretto: {}"),
    (
        "If it is not known to which account the invoice is paid, answer by hand: the IBAN printed on it is the right one; the import takes it from its IBAN column",
        "Se non si sa su quale conto va pagata la fattura, si risponde a mano: vale l'IBAN stampato sulla fattura; nell'elenco da importare lo si indica nella colonna IBAN",
    ),
    // The letter that the owner signs.
    (
        "The final notice lies ready as a draft: the owner finishes and signs it",
        "La messa in mora è pronta come bozza: va completata e firmata a mano",
    ),
    (
        "The notice to perform (diffida ad adempiere, art. 1454 c.c.) lies ready as a draft: the owner finishes and signs it. \
         When its term passes in vain the contract is at an end by law: what can be claimed then is restitution and damages, \
         not performance. It is for a contract that is to end so; ask a lawyer first",
        "La diffida ad adempiere (art. 1454 c.c.) è pronta come bozza: va completata e firmata a mano. Se il termine passa \
         inutilmente, il contratto è risolto di diritto: poi si possono chiedere restituzioni e danni, non più \
         l'adempimento. Serve quando il contratto deve finire così; prima va sentito un legale",
    ),
    (
        "It goes to the PEC on file, {}: send it from a PEC mailbox of yours; from an ordinary one its arrival is not proven",
        "Va alla PEC in anagrafica, {}: si manda da una casella PEC; da una casella normale l'arrivo non è provato",
    ),
    (
        "No PEC of this customer is on file: send it by registered letter (raccomandata con avviso di ricevimento), or write \
         pec = \"…\" for {} into customers.toml (INI-PEC, INAD and IPA list them)",
        "In anagrafica non c'è una PEC del cliente: si manda per raccomandata con avviso di ricevimento, oppure si scrive \
         pec = \"…\" per {} in customers.toml (le PEC si trovano su INI-PEC, INAD e IPA)",
    ),
    (
        "No CIG is known of {}: where one is due it is not paid without",
        "Di {} non si conosce il CIG: dove è dovuto, senza CIG non si paga",
    ),
    // What is claimed beside the sum.
    (
        "No late interest or compensation: they are those of Italian law, and nothing says that the customer is in Italy",
        "Né interessi di mora né indennizzo: sono quelli della legge italiana, e nulla dice che il cliente sia in Italia",
    ),
    (
        "Late interest up to {} on what is still open: {}. A part that was paid late carries none here",
        "Interessi di mora fino al {} su quanto è ancora aperto: {}. Sulla parte pagata in ritardo qui non se ne contano",
    ),
    ("Flat compensation for late payment: {}", "Indennizzo forfettario per il ritardo: {}"),
    ("No late interest on {}: {}", "Interessi di mora non chiesti per {}: {=}"),
    ("No flat compensation on {}: {}", "Indennizzo forfettario non chiesto per {}: {=}"),
    (
        "No flat compensation where an earlier letter was about the same invoice",
        "Niente indennizzo forfettario dove una lettera precedente riguardava la stessa fattura",
    ),
    ("the customer is abroad, where other rates may hold", "il cliente è all'estero, dove possono valere altri tassi"),
    ("the amount is in {}, and the rates are for euro", "l'importo è in {}, e i tassi sono per l'euro"),
    ("it is no invoice but a proforma", "non è una fattura ma una proforma"),
    ("it is no invoice but a credit note", "non è una fattura ma una nota di credito"),
    ("it is no invoice but a {}", "non è una fattura ({})"),
    ("it is collected by others (bank)", "la incassano altri (la banca)"),
    ("it is collected by others (factored)", "la incassano altri (una società di factoring)"),
    ("it is collected by others (advanced)", "la incassano altri (anticipata in banca)"),
    ("it is collected by others ({})", "la incassano altri ({})"),
    ("it is closed (written_off)", "è chiusa (stralciata)"),
    ("it is closed (handed_over)", "è chiusa (affidata a un legale)"),
    ("it is closed (withdrawn)", "è chiusa (annullata)"),
    ("it is closed ({})", "è chiusa ({})"),
    ("nothing is late on {}", "al {} non c'è nulla in ritardo"),
    ("no rate is known for {}", "per il {} non si conosce il tasso"),
    ("the amount is too large to count with", "l'importo è troppo grande per il calcolo"),
    ("a private person owes none under this law", "un privato, per questa legge, non ne deve"),
    ("a condominium counts as a consumer", "un condominio vale come consumatore"),
    ("an association is not known to be a business", "di un'associazione non si sa se sia un'impresa"),
    (
        "a customer abroad is not known to be a business, and other rates may hold there",
        "di un cliente estero non si sa se sia un'impresa, e lì possono valere altri tassi",
    ),
    ("it is not known whether the customer is a business", "non si sa se il cliente sia un'impresa"),
    // Mails tied to nobody.
    ("The words carry a risk that a person must see", "Le parole contengono un rischio che deve vedere una persona"),
    ("The text is not what it seems", "Il testo non è quel che sembra"),
    ("It has nothing to do with a receivable", "Non riguarda nessuna fattura"),
    (
        "The words alone are judged: no firm's books are at hand",
        "Si giudicano solo le parole: non c'è un cliente a cui ricondurle",
    ),
    ("No rule understands what the writer wants", "Nessuna regola ha capito che cosa vuole chi scrive"),
    ("A mail in {} could not be fetched: {}", "Un messaggio in {} non si è potuto scaricare: {}"),
    ("A mail in {} could not be dealt with: {}", "Un messaggio in {} non si è potuto trattare: {}"),
    // Texts by their names.
    ("reminder_friendly", "sollecito cordiale"),
    ("reminder_returned", "sollecito dopo l'insoluto"),
    ("reminder_second", "secondo sollecito"),
    ("reminder_firm", "sollecito fermo"),
    ("final_notice", "messa in mora"),
    ("notice_to_perform", "diffida ad adempiere"),
    ("resend_invoice", "copia della fattura"),
    ("bank_details", "coordinate bancarie"),
    ("statement", "estratto conto"),
    ("monthly_statement", "estratto conto mensile"),
    ("before_closure", "promemoria prima della chiusura"),
    ("deferral_granted", "proroga concessa"),
    ("plan_agreed", "rate concordate"),
    ("plan_proposed", "proposta di rate"),
    ("promise_thanks", "grazie per la data indicata"),
    ("promise_date_request", "richiesta di una data"),
    ("promise_broken", "domanda sul pagamento promesso"),
    ("claimed_thanks", "grazie, aspettiamo l'accredito"),
    ("claim_check", "domanda sul pagamento dichiarato"),
    ("thanks_paid", "ringraziamento per il pagamento"),
    ("dispute_seen", "presa d'atto della contestazione"),
    ("call_summary", "riepilogo della telefonata"),
    ("courtesy_note", "biglietto di ringraziamento"),
    ("receipt_check", "verifica che la fattura sia arrivata"),
    ("stop_work", "avviso di sospensione dei lavori"),
];
