//! Signs of machines: headers, subjects in several languages, senders.

use super::fields::Fields;
use super::pattern::Pattern;
use crate::ledger::ids::Address;

/// Subjects of answers that a machine gives to everybody.
static AWAY_SUBJECT: Pattern = Pattern::new(
    r"(?ix)^\s*(?:\[(?:ext|extern|external|esterno)\]\s*)?[\[(]?\s*(?:
      risposta\s+automatica | (?:sono\s+)?(?:fuori\s+(?:sede|ufficio)|assente)\b | assenza\s+(?:dall.ufficio|temporanea) | (?:avviso\s+di\s+)?(?:chiusura|ferie)\s+(?:estiv|natalizi|aziendal|collettiv) | in\s+ferie\b | autorisposta | risponditore
      | automatic\s+(?:reply|response) | auto(?:matic)?[\s:-]*(?:reply|response|responder|respons)\b | autoreply | auto\s*: | out\s+of\s+(?:the\s+)?office | ooo\b | on\s+(?:vacation|holiday|annual\s+leave)\b | away\s+(?:from|until|till)\b | i\s+am\s+(?:away|out\s+of|on\s+(?:vacation|holiday|leave))
      | automatische\s+(?:antwort|rückmeldung|abwesenheit) | abwesenheit | abwesend\b | außer\s+haus | nicht\s+im\s+(?:haus|büro)
      | réponse\s+automatique | absence\s+du\s+bureau | absente?\b | message\s+d.absence | en\s+congés?\b | absent\(e\)
      | respuesta\s+automática | fuera\s+de\s+(?:la\s+)?oficina | ausente\b | ausencia\s+(?:de\s+la\s+oficina|temporal) | de\s+vacaciones
      | resposta\s+automática | automatisch\s+antwoord | autosvar | automatická\s+odpověď | automatyczna\s+odpowiedź | afwezig
    )",
);
/// Subjects of ticket robots.
static TICKET_SUBJECT: Pattern = Pattern::new(
    r"(?ix)(?:
      (?:we\s+(?:have\s+)?(?:got|received)|we.ve\s+received|thank\s+you\s+for\s+(?:contacting|your\s+(?:request|e-?mail|message|enquiry|inquiry)))
      | (?:request|ticket|case)\s+(?:received|created|opened|has\s+been\s+(?:received|created|opened|registered)) | (?:your|new)\s+(?:ticket|case)\b.{0,30}(?:created|opened|received|registered)
      | abbiamo\s+(?:ricevuto|preso\s+in\s+carico) | (?:ticket|richiesta|segnalazione|pratica)\b.{0,30}(?:apert[oa]|ricevut[oa]|registrat[oa]|pres[oa]\s+in\s+carico|creat[oa]) | presa\s+in\s+carico
      | (?:ticket|anfrage|vorgang)\b.{0,40}(?:eröffnet|erhalten|eingegangen|erstellt|angelegt) | eingangsbestätigung | wir\s+haben\s+ihre\s+(?:anfrage|nachricht|e-?mail)
      | (?:nous\s+avons\s+(?:bien\s+)?reçu|accusé\s+de\s+réception|votre\s+demande\b.{0,30}(?:enregistrée|reçue)|création\s+de\s+(?:votre\s+)?ticket)
      | (?:hemos\s+recibido|solicitud\s+recibida|acuse\s+de\s+recibo|ticket\b.{0,30}(?:creado|abierto|recibido))
    )",
);
/// The same said in the text.
static TICKET_TEXT: Pattern = Pattern::new(
    r"(?ix)(?:
      (?:your|this)\s+(?:request|ticket|case|enquiry|message)\b.{0,60}(?:has\s+been|was|is)\s+(?:received|created|opened|logged|registered|assigned) | we(?:.ve|\s+have)?\s+received\s+your\s+(?:message|request|e-?mail|enquiry|ticket)\b.{0,80}(?:ticket|case|number|reference|opened|respond|reply)
      | (?:la\s+(?:sua|tua|vostra)\s+(?:richiesta|segnalazione)|il\s+(?:suo|tuo|vostro)\s+(?:messaggio|ticket))\b.{0,60}(?:è\s+stat[oa]|risulta)\s+(?:ricevut|registrat|pres[oa]\s+in\s+carico|apert|inoltrat|assegnat) | abbiamo\s+(?:aperto|ricevuto|registrato)\b.{0,60}\bticket | (?:numero|n\.|nr\.?)\s+(?:di\s+)?ticket | è\s+stato\s+(?:aperto|creato|generato)\s+(?:il|un)\s+ticket
      | (?:ihre|die)\s+(?:anfrage|nachricht|e-?mail)\b.{0,60}(?:ist\s+(?:bei\s+uns\s+)?eingegangen|wurde\s+(?:registriert|erfasst)|ticket) | ticket-?nummer
      | votre\s+(?:demande|message|courriel|mail|requête)\b.{0,60}(?:a\s+(?:bien\s+)?été\s+(?:reçue?|enregistrée?|prise?\s+en\s+compte)) | numéro\s+de\s+ticket
      | su\s+(?:solicitud|mensaje|consulta|comunicación|correo|escrito)\b.{0,60}(?:ha\s+sido\s+(?:recibid|registrad|cread)) | número\s+de\s+(?:ticket|caso)
    )",
);
/// The machine says of itself that it is one.
static MACHINE_TEXT: Pattern = Pattern::new(
    r"(?ix)(?:do\s+not\s+reply\s+to\s+this|please\s+do\s+not\s+(?:reply|respond)|this\s+is\s+an\s+(?:automated|automatic|auto)|automatically\s+generated|auto-?generated
      |(?:messaggio|mail|risposta|e-?mail)\s+(?:è\s+(?:stat[oa]\s+)?)?(?:generat[oa]\s+)?(?:in\s+)?automatic|generat[oa]\s+automaticamente|(?:si\s+prega\s+di\s+)?non\s+rispondere\s+a\s+quest|non\s+risponda\s+a\s+quest
      |automatisch\s+(?:generiert|erstellt|erzeugt)|bitte\s+antworten\s+sie\s+nicht|message\s+automatique|ne\s+(?:pas\s+répondre|répondez\s+pas)|mensaje\s+automático|generado\s+automáticamente|no\s+(?:responda|responder|conteste)\s+(?:a\s+este|al\s+mismo))",
);
/// Absence told in the text, for subjects that say nothing.
static AWAY_TEXT: Pattern = Pattern::new(
    r"(?ix)(?:\b(?:sono|sarò)\s+(?:fuori\s+(?:ufficio|sede)|in\s+ferie|assente)|\bi\s+am\s+(?:currently\s+)?(?:out\s+of\s+(?:the\s+)?office|away\s+from|on\s+(?:annual\s+leave|vacation|holiday))|\bi\s+will\s+be\s+out\s+of|\bich\s+bin\s+(?:derzeit|zurzeit|bis|ab|vom|im)?.{0,40}(?:nicht\s+(?:im\s+büro|erreichbar)|außer\s+haus|abwesend|im\s+urlaub)|\bje\s+suis\s+(?:actuellement\s+)?(?:absent|en\s+congé)|\bestoy\s+(?:fuera|de\s+vacaciones|ausente)|\bestaré\s+(?:fuera|ausente))",
);
static BOUNCE_SUBJECT: Pattern = Pattern::new(
    r"(?ix)(?:
      undeliver(?:ed|able)|delivery\s+(?:status\s+)?(?:notification|failure|failed|report|has\s+failed|error|problem|incomplete|delayed)|mail\s+delivery\s+(?:failed|failure|delayed|system)|returned\s+(?:mail|to\s+sender)|returning\s+message|failure\s+(?:notice|delivery)|message\s+(?:not\s+delivered|delayed|undeliverable|blocked|rejected)|non[\s-]?deliver(?:y|able)|could\s+not\s+(?:send|be\s+delivered)|warning:\s+(?:could\s+not|message)|(?:address|recipient)\s+(?:not\s+found|rejected)|rejected\s+(?:mail|message)
      |(?:messaggio|mail|e-?mail|posta)\s+non\s+(?:recapitat|consegnat|inviat)|mancat[oa]\s+(?:consegna|recapito)|impossibile\s+(?:recapitare|consegnare)|notifica\s+(?:sullo\s+stato\s+)?di\s+(?:mancato\s+recapito|recapito)|ritardo\s+(?:nella\s+|di\s+)?consegna
      |unzustellbar|nicht\s+zugestellt|zustellung\s+(?:fehlgeschlagen|verzögert|nicht)|unzustellbarkeit|fehler\s+bei\s+der\s+(?:zu|aus)
      |non\s+(?:remis|distribuable|délivré)|échec\s+(?:de\s+)?(?:la\s+)?(?:remise|livraison|distribution)|non\s+remise
      |no\s+(?:se\s+ha\s+podido\s+entregar|entregado|se\s+puede\s+entregar)|error\s+(?:de|en\s+la)\s+entrega|no\s+entregable|devuelto\s+al\s+remitente
    )",
);
static QMAIL: Pattern = Pattern::new(
    r"(?i)\bHi\. This is the (?:qmail-send|deliver) program\b|I'm afraid I wasn't able to deliver your message",
);

/// The header by which a machine says that it answers, as `name: value`.
pub(super) fn answering_header(fields: &Fields) -> Option<String> {
    let submitted = fields.lower("auto-submitted");
    if submitted.starts_with("auto-replied") || submitted.starts_with("auto-notified") {
        return Some(format!("Auto-Submitted: {submitted}"));
    }
    for name in [
        "x-autoreply",
        "x-autorespond",
        "x-autoresponder",
        "x-auto-reply",
        "x-autogenerated",
        "x-mail-autoreply",
        "x-ms-exchange-inbox-rules-loop",
    ] {
        if fields.first(name).is_some_and(|value| !value.eq_ignore_ascii_case("no")) {
            return Some(name.to_owned());
        }
    }
    if fields.lower("x-apple-action").contains("vacation") {
        return Some("X-Apple-Action: VACATION".to_owned());
    }
    let precedence = fields.lower("precedence");
    if matches!(precedence.as_str(), "auto_reply" | "auto-reply" | "autoreply") {
        return Some(format!("Precedence: {precedence}"));
    }
    if fields.lower("x-precedence").contains("auto_reply") {
        return Some("X-Precedence: auto_reply".to_owned());
    }
    None
}

/// The header by which a sender asks machines not to answer: most often a machine itself.
pub(super) fn suppressing_header(fields: &Fields) -> Option<String> {
    let value = fields.lower("x-auto-response-suppress");
    let words: Vec<&str> = value.split(|c: char| !c.is_alphabetic()).collect();
    (words.contains(&"all") || words.contains(&"oof") || words.contains(&"autoreply"))
        .then(|| format!("X-Auto-Response-Suppress: {value}"))
}

/// The header by which a machine says that it wrote unasked.
pub(super) fn generated_header(fields: &Fields) -> Option<String> {
    let submitted = fields.lower("auto-submitted");
    let generated = submitted.starts_with("auto-") && !submitted.starts_with("auto-replied");
    generated.then(|| format!("Auto-Submitted: {submitted}"))
}

/// The header of mail sent to many.
pub(super) fn bulk_header(fields: &Fields) -> Option<String> {
    let precedence = fields.lower("precedence");
    if matches!(precedence.as_str(), "bulk" | "junk" | "list") {
        return Some(format!("Precedence: {precedence}"));
    }
    if let Some(list) = fields.0.iter().find(|field| field.name.starts_with("list-")) {
        return Some(list.name.clone());
    }
    ["feedback-id", "x-campaign", "x-campaignid", "x-mailgun-tag", "x-mc-user", "x-csa-complaints", "x-loop"]
        .iter()
        .find(|name| fields.has(name))
        .map(|name| (*name).to_owned())
}

/// The way back is empty, as bounces and vacation programs leave it.
pub(super) fn has_null_return_path(fields: &Fields) -> bool {
    fields.all("return-path").any(|path| path.trim() == "<>")
}

/// A delivery system by its address.
pub(super) fn is_postmaster(address: &Address) -> bool {
    let local = address.local();
    ["mailer-daemon", "postmaster", "mail-daemon", "maildaemon", "mailerdaemon", "mdaemon"].contains(&local)
        || local.starts_with("microsoftexchange")
}

pub(super) fn is_away_subject(subject: &str) -> bool {
    AWAY_SUBJECT.matches(subject)
}

pub(super) fn is_bounce_subject(subject: &str) -> bool {
    BOUNCE_SUBJECT.matches(subject)
}

pub(super) fn is_ticket_subject(subject: &str) -> bool {
    TICKET_SUBJECT.matches(subject)
}

pub(super) fn is_ticket_text(text: &str) -> bool {
    TICKET_TEXT.matches(text)
}

pub(super) fn is_machine_text(text: &str) -> bool {
    MACHINE_TEXT.matches(text)
}

pub(super) fn is_away_text(text: &str) -> bool {
    AWAY_TEXT.matches(text)
}

pub(super) fn is_qmail(text: &str) -> bool {
    QMAIL.matches(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        let all = [&AWAY_SUBJECT, &TICKET_SUBJECT, &TICKET_TEXT, &MACHINE_TEXT, &AWAY_TEXT, &BOUNCE_SUBJECT, &QMAIL];
        assert!(all.iter().all(|pattern| pattern.compiles()));
    }

    #[test]
    fn subjects() {
        for subject in [
            "Risposta automatica: x",
            "Fuori ufficio",
            "Automatic reply: x",
            "Out of Office: x",
            "OOO",
            "Automatische Antwort: x",
            "Abwesenheitsnotiz",
            "Réponse automatique : x",
            "Absence du bureau",
            "Respuesta automática: x",
            "Auto: x",
            "Chiusura estiva",
        ] {
            assert!(is_away_subject(subject), "{subject}");
        }
        for subject in
            // Who answers our own absence is a person; "ausencia de factura" is a missing invoice.
            [
                "R: Risposta automatica: x",
                "Ausencia de factura",
                "Re: fattura 12",
                "R: Promemoria pagamento",
                "Autofattura 3/2026",
                "Automobile: fattura",
                "assegno",
            ]
        {
            assert!(
                !is_away_subject(subject) && !is_bounce_subject(subject) && !is_ticket_subject(subject),
                "{subject}"
            );
        }
    }
}
