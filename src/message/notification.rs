//! Banks and payment providers that say that money arrived.

use super::parse::Mail;
use super::pattern::Pattern;

/// Domains of banks and providers known to write such mails.
static PROVIDER: Pattern = Pattern::new(
    r"(?i)(?:^|\.)(?:paypal\.[a-z.]{2,6}|stripe\.com|satispay\.com|wise\.com|transferwise\.com|revolut\.com|gocardless\.com|sumup\.(?:com|it)|nexi\.it|nexigroup\.com|mollie\.com|klarna\.com|adyen\.com|scalapay\.com|qonto\.(?:com|eu)|n26\.com|hype\.it|finom\.co|intesasanpaolo\.com|unicredit\.(?:it|eu)|unicreditgroup\.eu|bancobpm\.it|bper\.it|mps\.it|poste\.it|posteitaliane\.it|postepay\.it|fineco\.it|finecobank\.com|ing\.(?:it|com)|credem\.it|bnl\.it|bnlmail\.com|sella\.it|credit-agricole\.it|popso\.it|bcc\.it|iccrea\.bcc\.it|mediolanum\.it|illimity\.com|widiba\.it)$",
);
/// Money arrived, in the words of such mails.
static ARRIVED: Pattern = Pattern::new(
    r"(?ix)(?:
      hai\s+ricevuto\s+(?:un\s+pagamento|un\s+bonifico|denaro|[\d€]) | (?:le|ti)\s+ha\s+inviato\s+(?:un\s+pagamento|[\d€]) | pagamento\s+ricevuto | notifica\s+di\s+pagamento | bonifico\s+(?:\w+\s+){0,2}(?:in\s+entrata|in\s+arrivo|ricevuto|accreditato|a\s+(?:tuo|suo|vostro)\s+favore) | accredito\s+(?:di|ricevuto|sul|in\s+conto|bonifico) | (?:è\s+stato\s+)?accreditat[oa]\s+(?:sul|un|l.importo) | avviso\s+di\s+accredito | incasso\s+(?:ricevuto|eseguito)
      | you.{0,6}(?:ve|have)?\s+received\s+(?:a\s+)?(?:payment|money|[$€£\d]) | notification\s+of\s+payment\s+received | payment\s+(?:of\s+.{1,25}\s+from|received|collected|succeeded|successful|notification) | successful\s+payment | sent\s+you\s+[$€£\d] | credit\s+(?:alert|of|advice\s+notice) | credited\s+to\s+your | incoming\s+(?:payment|transfer) | posted\s+to\s+your\s+account | (?:account\s+activity|transaction)\s+alert | payout\s
      | zahlungseingang | (?:sie\s+haben\s+)?(?:eine\s+)?(?:zahlung|überweisung|gutschrift)\s+(?:über\s+.{1,20}\s+)?(?:erhalten|eingegangen|verbucht) | gutschrift\s+(?:auf|über|von) | geld\s+erhalten
      | (?:vous\s+avez\s+)?reçu\s+un\s+(?:paiement|virement|versement|dépôt) | vous\s+(?:avez|venez\s+de)\s+re(?:çu|cevoir)\s+(?:un\s+|de\s+l.argent|[\d€$£]) | (?:vous\s+a|t.a)\s+(?:envoyé|viré|versé)\s+(?:un\s+|[\d€$£])
      | (?:virement|paiement|versement|dépôt|encaissement)\s+(?:\w+\s+){0,3}(?:reçu|entrant|crédité|en\s+votre\s+faveur) | votre\s+compte\b.{0,40}\bcrédité | crédité\s+(?:sur|au\s+crédit\s+de)\s+votre | avis\s+(?:de\s+crédit|d.encaissement|de\s+bonification) | notification\s+de\s+(?:paiement|crédit|virement) | (?:mouvement|opération)\s+(?:créditeur|créditrice|au\s+crédit) | au\s+crédit\s+de\s+votre\s+compte
      | (?:ha|has|acaba[ns]?\s+de)\s+recibi(?:do|r)\s+(?:un[ao]?\s+(?:nuevo\s+|nueva\s+)?(?:pago|transferencia|abono|ingreso|depósito|giro|bizum|cobro)|dinero|[\d€$£]) | (?:te|le)\s+ha\s+(?:enviado|hecho\s+un\s+bizum|transferido)\s | (?:pago|transferencia|ingreso|depósito|cobro|giro)\s+(?:\w+\s+){0,2}(?:recibid[oa]|entrante|a\s+su\s+favor|en\s+(?:su|tu)\s+cuenta) | abono\s+(?:en|de|recibido|por)
      | (?:abonado|ingresado|acreditado|depositado)\s+en\s+(?:su|tu)\s+cuenta | (?:aviso|notificación)\s+de\s+(?:abono|ingreso|cobro|depósito) | movimiento\s+(?:a\s+favor|de\s+abono)
    )",
);
/// A firm's payment run tells what it paid: its program writes, not a person.
static ADVICE: Pattern = Pattern::new(
    r"(?i)remittance advice|payment advice|avviso di (?:pagamento|bonifico)|disposizione di (?:pagamento|bonifico)|zahlungsavis|avis de (?:virement|paiement)|aviso de (?:pago|transferencia)",
);

/// What shows that a mail is such a notification. `machine`: headers or address say that a machine wrote.
pub(super) fn evidence(mail: &Mail, new: &str, machine: bool) -> Option<String> {
    let author = mail.author()?;
    let provider = PROVIDER.matches(author.domain());
    // Most mails are ruled out by this already, and the words cost most.
    if !provider && !machine {
        return None;
    }
    let text: String = new.chars().take(1_500).collect();
    let says = |pattern: &Pattern| pattern.matches(&mail.subject) || pattern.matches(&text);
    let asked = provider || !mail.fields.has("in-reply-to");
    let arrived = asked && says(&ARRIVED);
    if provider && arrived {
        return Some(format!("From: {}", author.domain()));
    }
    if machine && arrived && !mail.fields.has("in-reply-to") {
        return Some(format!("money arrived, in the words of a machine: {author}"));
    }
    (machine && says(&ADVICE)).then(|| format!("payment advice of a machine: {author}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        assert!([&PROVIDER, &ARRIVED, &ADVICE].iter().all(|pattern| pattern.compiles()));
        assert!(PROVIDER.matches("intl.paypal.com") && !PROVIDER.matches("notpaypal.com.evil.test"));
    }
}
