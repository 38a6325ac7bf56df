//! What the conversation of the set-up says, in Italian and English.

use crate::ledger::words::Language;

/// Every sentence of the conversation. `{}` is filled in where it stands.
#[derive(Debug)]
pub(super) struct Wording {
    pub(super) welcome: &'static str,
    pub(super) address: &'static str,
    pub(super) address_wrong: &'static str,
    pub(super) provider_found: &'static str,
    pub(super) provider_usual: &'static str,
    pub(super) provider: &'static str,
    pub(super) provider_unknown: &'static str,
    pub(super) provider_guess: &'static str,
    pub(super) user: &'static str,
    pub(super) secret_kind: &'static str,
    pub(super) secret_kind_wrong: &'static str,
    pub(super) command: &'static str,
    pub(super) token: &'static str,
    pub(super) file: &'static str,
    pub(super) file_missing: &'static str,
    pub(super) person: &'static str,
    pub(super) phone: &'static str,
    pub(super) name: &'static str,
    pub(super) iban: &'static str,
    pub(super) vouching: &'static str,
    pub(super) vouching_wrong: &'static str,
    pub(super) write_anyway: &'static str,
    pub(super) probe_copy: &'static str,
    pub(super) yes: &'static str,
    pub(super) no: &'static str,
}

const ENGLISH: Wording = Wording {
    welcome: "A few questions; Enter takes what stands in brackets. Everything can be changed later in the settings.",
    address: "Your mail address",
    address_wrong: "That is not a mail address.",
    provider_found: "The provider is {}.",
    provider_usual: "Its servers are common knowledge; the login will tell whether they are right.",
    provider: "Your provider (a word such as aruba, gmail, ionos-de), or Enter to try the usual names of servers",
    provider_unknown: "No provider is called {}. Known are: {}.",
    provider_guess: "The servers are guessed: {} and {}.",
    user: "The user name for the login",
    secret_kind: "Where does the password come from? c = a command that prints it, f = a file",
    secret_kind_wrong: "Please answer c or f.",
    command: "The command and its arguments, for example: pass show mail",
    token: "The command that prints an access token, with its arguments",
    file: "The file with the password on its first line",
    file_missing: "{} is not there yet. Write it now in another window (the password on its first line, then chmod 600), \
                   and press Enter.",
    person: "Who signs the mails (first name and surname)",
    phone: "That person's telephone number",
    name: "The firm's name, as it stands on the invoices",
    iban: "The IBAN that customers pay to (Enter: later)",
    vouching: "Which of these servers is your provider's? Its word counts that a sender is genuine. A number, or Enter \
               for none",
    vouching_wrong: "Please answer with one of the numbers.",
    write_anyway: "Not everything works yet. Write the settings all the same?",
    probe_copy: "Send one mail to yourself to find out who files copies of sent mail?",
    yes: "yes",
    no: "no",
};

const ITALIAN: Wording = Wording {
    welcome: "Alcune domande; Invio accetta ciò che sta tra parentesi. Tutto si può cambiare dopo nelle impostazioni.",
    address: "Il tuo indirizzo di posta",
    address_wrong: "Questo non è un indirizzo di posta.",
    provider_found: "Il fornitore è {}.",
    provider_usual: "I suoi server sono quelli noti; l'accesso dirà se sono giusti.",
    provider: "Il tuo fornitore (una parola come aruba, gmail, ionos), o Invio per provare i nomi soliti dei server",
    provider_unknown: "Nessun fornitore si chiama {}. Quelli noti sono: {}.",
    provider_guess: "I server sono supposti: {} e {}.",
    user: "Il nome utente per l'accesso",
    secret_kind: "Da dove viene la password? c = un comando che la stampa, f = un file",
    secret_kind_wrong: "Rispondi c oppure f.",
    command: "Il comando con i suoi argomenti, per esempio: pass show posta",
    token: "Il comando che stampa un token di accesso, con i suoi argomenti",
    file: "Il file con la password nella prima riga",
    file_missing: "{} non c'è ancora. Scrivilo ora in un'altra finestra (la password nella prima riga, poi chmod 600) e \
                   premi Invio.",
    person: "Chi firma i messaggi (nome e cognome)",
    phone: "Il telefono di questa persona",
    name: "La ragione sociale, come sta sulle fatture",
    iban: "L'IBAN su cui pagano i clienti (Invio: più tardi)",
    vouching: "Quale di questi server è del tuo fornitore? La sua parola conta per dire che un mittente è autentico. Un \
               numero, o Invio per nessuno",
    vouching_wrong: "Rispondi con uno dei numeri.",
    write_anyway: "Non tutto funziona ancora. Scrivo lo stesso le impostazioni?",
    probe_copy: "Mando un messaggio a te stesso per capire chi conserva le copie della posta inviata?",
    yes: "sì",
    no: "no",
};

/// The sentences in a language; other languages than Italian read English.
pub(super) const fn in_language(language: Language) -> &'static Wording {
    match language {
        Language::Italian => &ITALIAN,
        _ => &ENGLISH,
    }
}

/// A sentence with its gaps filled, in order.
pub(super) fn fill(sentence: &str, gaps: &[&str]) -> String {
    let mut filled = String::new();
    let mut gaps = gaps.iter();
    let mut pieces = sentence.split("{}").peekable();
    while let Some(piece) = pieces.next() {
        filled.push_str(piece);
        if pieces.peek().is_some() {
            filled.push_str(gaps.next().copied().unwrap_or_default());
        }
    }
    filled
}
