//! What gateways put around a letter: warnings about senders from outside above it, notes of virus scanners and mailing
//! lists below it.

use super::pattern::Pattern;

/// A warning is looked for in so many of the first lines, and takes at most so many.
const FIRST_LINES: usize = 12;
const MOST_LINES: usize = 6;
/// A mail that went through more gateways than this is not tidied up.
const MOST_WARNINGS: usize = 5;

/// "[EXTERNAL]" and its kin at the beginning of a line.
static TAG: Pattern = Pattern::new(
    r"(?ix)^\s*\*{0,2}[\[({<]\s*(?:ext|external|extern[eo]?|esterno|esterna|outside|extérieur)(?:[\s_-]+(?:e-?mail|mail|sender|message|mittente|messaggio|absender|nachricht|expéditeur|remitente|correo|source))?\s*[\])}>]\*{0,2}\s*:?(?P<rest>.*)$",
);
/// How a warning begins.
static START: Pattern = Pattern::new(
    r"(?ix)^[^\p{L}\d]*(?:
      attenzione | avviso | avvertenza | caution | warning | achtung | warnung | vorsicht | hinweis | attention | avertissement | prudence | precauci[oó]n | atenci[oó]n | advertencia | aviso | cuidado | alert[ae]?
      | (?:e-?mail\ |mail\ |messaggio\ )?(?:external|extern[eo]?|esterno|esterna)\b | (?:correo|message|courriel|mail|e-?mail)\ (?:externo|externe|externa|esterna)\b
      | (?:questa|questo|this|diese|ce|cet|este)\ (?:e-?mail|mail|messaggio|message|nachricht|courriel|correo)\b
      | you\ don.t\ often\ (?:get|receive) | non\ si\ ricevono\ spesso | sie\ erhalten\ nicht\ (?:oft|häufig) | vous\ n.(?:obtenez|recevez)\ pas\ souvent | no\ suele?\ recibir | be\ careful | do\ not\ click
    )",
);
/// It speaks of a sender from outside…
static OUTSIDE: Pattern = Pattern::new(
    r"(?i)outside|extern|estern|da fuori|di fuori|fuori dal|proveniente da un|außerhalb|unbekannt|extérieur|fuera de|unknown|sconosciut|don.t often|non si ricevono spesso|nicht (?:oft|häufig)|pas souvent|no suele",
);
/// …of a message…
static MESSAGE: Pattern =
    Pattern::new(r"(?i)mail|messag|message|nachricht|courriel|correo|sender|mittente|absender|expéditeur|remitente");
/// …and says what to beware of.
static ADVICE: Pattern = Pattern::new(
    r"(?i)\blinks?\b|allegat|attach|anh[aä]ng|pi[eè]ces? jointe|adjunt|\bcli[cq]|organi[sz]|aziend|unternehmen|firma\b|entreprise|empresa|compan|vigilan|prudent|vorsicht|riconosc|recogni[sz]|conosc|erkenn|reconnai|reconoc|\bsafe|sicur|credenzial|password|aka\.ms|learn why|scopri perch",
);
/// What a virus scanner writes under a mail.
static SCANNER: Pattern = Pattern::new(
    r"(?ix)^[^\p{L}]*(?:
      virus-?\ ?free\b | priv[oa]\ di\ virus\b | senza\ virus\b | virenfrei\b | (?:garanti\ )?sans\ virus\b | libre\ de\ virus\b | scanned\ (?:by|for)\b | scansionat[oa]\ da\b
      | (?:questa|questo|il\ presente|la\ presente)\ (?:e-?mail|mail|messaggio|messaggio\ di\ posta)\ è\ stat[oa]\ (?:controllat|analizzat|verificat|scansionat)[oa]\b
      | this\ (?:e-?mail|message)\ (?:has\ been|was)\ (?:checked|scanned)\b | diese\ (?:e-?mail|nachricht)\ wurde\ (?:von\ \S+(?:\ \S+)?\ )?auf\ viren\b
      | (?:l.absence\ de\ virus|cet?\ (?:e-?mail|message|courriel)\ a\ été\ (?:vérifié|analysé)) | el\ software\ (?:de\ )?antivirus\b | este\ (?:correo|mensaje)\b.{0,40}\b(?:analizado|comprobado)\b
    )",
);
static SCANS: Pattern =
    Pattern::new(r"(?i)virus|malware|spam|viren|infett|infect|infiziert|esva|www\.|https?://|mailscanner");
/// What a mailing list or a ticket system writes under a mail; it is the last thing in it.
static LIST: Pattern = Pattern::new(
    r"(?ix)^[^\p{L}\d]*(?:
      you\ (?:received|are\ receiving)\ this\ (?:message|e-?mail|mail)\ because | (?:hai|ha|avete)\ ricevuto\ quest[oa]\ (?:messaggio|e-?mail|mail)\ perch | ricev[ie]\ quest[oa]\ (?:messaggio|e-?mail|mail)\ perch
      | sie\ (?:erhalten|haben)\ diese\ (?:nachricht|e-?mail)(?:\ erhalten)?,?\ weil | vous\ (?:recevez|avez\ reçu)\ ce(?:t|tte)?\ (?:message|e-?mail|courriel|mail)\ (?:car|parce) | (?:has|ha)\ recibido\ este\ (?:mensaje|correo)\ porque | recibe[s]?\ este\ (?:mensaje|correo)\ porque
      | to\ unsubscribe\ (?:from|send|click) | per\ (?:annullare\ l.iscrizione|disiscriver\w+|cancellarsi) | um\ sich\ (?:abzumelden|aus\ d) | pour\ (?:vous\ désabonner|se\ désinscrire|se\ désabonner) | para\ (?:cancelar|anular)\ (?:la|su|tu|esta)\ suscripci
      | \S+(?:\ \S+){0,3}\ mailing\ list\s*$ | (?:lista|liste|mailing\ list|mailingliste)\s*:\s*\S+@\S+\s*$ | https?://\S*(?:listinfo|/postorius/)\S*\s*$
      | (?:ticket|case|richiesta|vorgang)(?:\ (?:id|url|link|details))?\s*[:\#]\s*(?:\S{1,20}\ )?https?://\S+\s*$
    )",
);

/// Takes such lines out and gives them back.
pub(super) fn take(lines: &mut Vec<String>) -> Vec<String> {
    let mut taken = Vec::new();
    untag(lines, &mut taken);
    take_warnings(lines, &mut taken);
    take_notes(lines, &mut taken);
    taken
}

fn untag(lines: &mut [String], taken: &mut Vec<String>) {
    let Some(first) = lines.iter().position(|line| !line.trim().is_empty()) else { return };
    let Some(line) = lines.get_mut(first) else { return };
    if warning_length(std::slice::from_ref(line)) > 0 {
        return;
    }
    let Some(rest) = TAG.text_of(line, "rest").map(|rest| rest.trim().to_owned()) else { return };
    taken.push(std::mem::replace(line, rest));
}

fn take_warnings(lines: &mut Vec<String>, taken: &mut Vec<String>) {
    let mut at = 0;
    let mut found = 0;
    while at < lines.len() && found < MOST_WARNINGS {
        let foot = lines.len().saturating_sub(FIRST_LINES);
        if at >= FIRST_LINES && at < foot {
            at = foot;
        }
        let length = warning_length(lines.get(at..).unwrap_or_default());
        if length == 0 {
            at += 1;
        } else {
            taken.extend(lines.drain(at..at.saturating_add(length).min(lines.len())));
            found += 1;
        }
    }
}

/// How many lines a warning takes that begins at the first of these.
fn warning_length(lines: &[String]) -> usize {
    let Some(first) = lines.first() else { return 0 };
    if !START.matches(first) && !TAG.matches(first) {
        return 0;
    }
    let mut text = String::new();
    let mut complete = 0;
    for (number, line) in lines.iter().take(MOST_LINES).enumerate() {
        if line.trim().is_empty() || (complete > 0 && !ADVICE.matches(line)) {
            break;
        }
        text.push_str(line);
        text.push(' ');
        let short = text.split_whitespace().count() <= 9;
        if OUTSIDE.matches(&text) && MESSAGE.matches(&text) && (ADVICE.matches(&text) || short) {
            complete = number.saturating_add(1);
        }
    }
    complete
}

fn take_notes(lines: &mut Vec<String>, taken: &mut Vec<String>) {
    if let Some(at) = lines.iter().position(|line| LIST.matches(line))
        && (at > 0 || lines.len() > 1)
    {
        taken.extend(lines.split_off(at));
    }
    let mut below_note = false;
    let mut kept = Vec::with_capacity(lines.len());
    for line in lines.drain(..) {
        let note = SCANNER.matches(&line) && SCANS.matches(&line);
        // Its address stands on the next line.
        let goes = note || below_note && is_bare_link(&line);
        below_note = note;
        if goes { &mut *taken } else { &mut kept }.push(line);
    }
    *lines = kept;
}

fn is_bare_link(line: &str) -> bool {
    let line = line.trim().trim_matches(['<', '>', '[', ']']);
    (line.starts_with("http") || line.starts_with("www.")) && !line.contains(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> String {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        take(&mut lines);
        lines.join("\n").trim().to_owned()
    }

    #[test]
    fn patterns_compile() {
        assert!(
            [&TAG, &START, &OUTSIDE, &MESSAGE, &ADVICE, &SCANNER, &SCANS, &LIST]
                .iter()
                .all(|pattern| pattern.compiles())
        );
    }

    #[test]
    fn warnings_of_five_languages_go() {
        for warning in [
            "ATTENZIONE: mail proveniente da fuori",
            "*** MAIL ESTERNA *** Non aprire allegati se non conosci il mittente",
            "[EXTERNAL]",
            "CAUTION: This email originated from outside your organization.\nDo not click links or open attachments\nunless you recognize the sender.",
            "WARNUNG: Diese E-Mail kam von außerhalb des Unternehmens. Öffnen Sie keine Anhänge.",
            "ATTENTION : ce courriel provient d'un expéditeur externe. Ne cliquez pas sur les liens.",
            "ATENCIÓN: mensaje de un remitente externo, no abra los adjuntos",
            "This message came from outside the company. Be careful with attachments.",
        ] {
            assert_eq!(kept(&format!("{warning}\n\nPago domani.")), "Pago domani.", "{warning}");
            assert_eq!(kept(&format!("{warning}\nPago domani.")), "Pago domani.", "{warning}");
        }
        assert_eq!(kept("[EXT] Pago domani."), "Pago domani.");
    }

    #[test]
    fn notes_below_go() {
        assert_eq!(kept("Ok.\n\nPrivo di virus. www.avast.example"), "Ok.");
        assert_eq!(kept("Ok.\nThis email has been checked for viruses by Avast.\nhttps://avast.example"), "Ok.");
        assert_eq!(kept("Ok.\n__\nConti mailing list\nConti@liste.test"), "Ok.\n__");
    }

    #[test]
    fn words_of_a_person_stay() {
        for text in [
            "Attenzione: il pagamento arriverà da un conto esterno, mittente Rossi Srl.",
            "Attenzione, la fattura è sbagliata",
            "Questa mail è per dirle che il nostro consulente esterno ha bloccato il pagamento.",
            "La vostra mail è stata fermata dall'antivirus, rimandatela",
            "Achtung, wir haben die Rechnung nicht bekommen.",
            "Caution: payment is delayed",
            "[2026/118] pagata",
        ] {
            assert_eq!(kept(text), text);
        }
    }
}
