//! What people and their programs put below a letter: sign-offs, marks of telephones, disclaimers, roles, firms.

use super::pattern::Pattern;
use std::collections::BTreeSet;

/// A sign-off, alone or several in a row, with at most a short rest (a name).
static SIGN_OFF: Pattern = Pattern::new(
    r"(?ix)^[\s*_-]*(?:e\s+|and\s+|und\s+|et\s+|y\s+)?(?:
      (?:(?:porgo|porgiamo|invio|inviamo|con\s+i?|i\s+miei|i\s+nostri|le\s+porgo|vi\s+porgiamo|mit|avec\s+mes|je\s+vous\s+prie\s+d.agréer.{0,60})\s+)?(?:i\s+(?:miei|nostri)\s+|i\s+)?(?:pi[uù]\s+)?
         (?:cordialissimi|cordiali|distinti|cari|carissimi|migliori|tanti|affettuosi)\s+saluti|cordialit[aà]|cordialmente|distintamente
      | saluti(?:\s+(?:cordiali|e\s+\w+(?:\s+\w+)?|a\s+tutti))?|un\s+(?:caro\s+|cordiale\s+)?saluto|(?:un\s+(?:grande\s+|forte\s+)?)?abbraccio|(?:tanti\s+)?bac(?:i|ioni)|un\s+bacio|a\s+prestissimo|a\s+risentirci|(?:dist(?:inti)?|cord(?:iali)?)\.?\s+sal(?:uti)?\.?|sal\.ti|saluti|a\s+presto|ciao(?:\s+ciao)?|cs|c\.s\.|d\.s\.
      | (?:le\s+auguro\s+(?:una\s+)?)?buon[ao]?\s+(?:giornata|serata|lavoro|pomeriggio|fine\s+settimana|weekend|domenica)|in\s+fede
      | (?:molte\s+|mille\s+|tante\s+)?grazie(?:\s+(?:per\s+l.attenzione|per\s+tutto|mille|tante|infinite|anticipatamente|in\s+anticipo|ancora|e\s+scusi(?:\s+il\s+disturbo)?|per\s+la\s+(?:collaborazione|comprensione|pazienza|disponibilit[aà])|della\s+(?:collaborazione|comprensione|disponibilit[aà])))?(?:\s+e)?
      | ringrazi(?:o|ando|amo|andola|andovi)(?:\s+(?:anticipatamente|per\s+la\s+collaborazione|e\s+saluto|e\s+salutiamo))?
      | (?:(?:with\s+)?(?:best|kind|kindest|warm|warmest|many)\s+)?(?:regards|wishes)|all\s+the\s+best|best|cheers|hugs|take\s+care|(?:speak|talk|see\s+you)\s+soon|xx+|yours?\s+(?:sincerely|faithfully|truly)|sincerely(?:\s+yours)?|have\s+a\s+(?:nice|good|great)\s+\w+
      | (?:many\s+)?thanks(?:\s+(?:again|in\s+advance|so\s+much|a\s+lot|a\s+million))?|thank\s+you(?:\s+(?:very\s+much|so\s+much|again|in\s+advance))?|thx|ta|rgds|brgds|br|kr
      | (?:mit\s+)?(?:freundlichen|freundlichem|besten|herzlichen|vielen|lieben|schönen|sonnigen)\s+gr(?:ü|ue)(?:ß|ss)(?:en|e)?|mit\s+freundlichem\s+gru(?:ß|ss)
      | (?:freundliche|beste|viele|liebe|herzliche|schöne)\s+gr(?:ü|ue)(?:ß|ss)e?(?:\s+(?:aus|vom|von|nach|an)\s+\w+(?:\s+\w+)?)?|gru(?:ß|ss)|gr(?:ü|ue)(?:ß|ss)e|hochachtungsvoll|mit\s+(?:den\s+)?besten\s+empfehlungen|bis\s+(?:bald|dann)|tsch(?:ü|ue)ss|m\.?f\.?g\.?|mit\s+freundl\.?\s+gr(?:ü|ue)(?:ß|ss)en|lg|vg|bg
      | (?:vielen\s+|besten\s+|herzlichen\s+)?dank(?:e)?(?:\s+(?:im\s+voraus|ihnen|vorab|schön|sehr))?|einen\s+schönen\s+tag(?:\s+noch)?|schönes?\s+(?:wochenende|tag)
      | (?:bien\s+)?cordialement|(?:bien|cordialement)\s+(?:à|a)\s+vous|sincères\s+salutations|salutations(?:\s+(?:distinguées|cordiales|sincères))?|cdt|cdlt|bien\s+sincèrement|bàv|à\s+(?:bientôt|très\s+vite)|bises|bisous|bav|amicalement|respectueusement|bien\s+amicalement
      | (?:(?:meilleures|sincères|cordiales)\s+)salutations|bonne\s+(?:journée|réception|soirée|fin\s+de\s+journée)|merci(?:\s+(?:d.avance|beaucoup|par\s+avance|bien|encore|pour\s+votre\s+compréhension|de\s+votre\s+compréhension))?
      | (?:un\s+)?(?:cordial\s+|afectuoso\s+)?saludos?(?:\s+cordiales?)?|slds|(?:un\s+)?(?:fuerte\s+)?abrazos?|(?:un\s+)?besos?|hasta\s+(?:luego|pronto)|sdos|saluts?|atentamente|atte|cordialmente|muchas\s+gracias|gracias(?:\s+(?:de\s+antemano|por\s+todo|y))?|quedo\s+a\s+(?:su|la)\s+(?:disposición|espera)
      | mvh|med\s+vänlig(?:a)?\s+hälsning(?:ar)?|met\s+vriendelijke\s+groet(?:en)?|mit\s+gr(?:ü|ue)(?:ß|ss)en
    )(?P<rest>[\s,;.!\p{So}\u{fe0f}&+:-].*)?$",
);
/// Marks that telephones and mail programs add: a verb of sending, and soon the name of a device or program.
static DEVICE: Pattern = Pattern::new(
    r"(?ix)^[\s*_>-]*(?:
      (?:(?:messaggio\s+|e-?mail\s+)?(?:inviat[oa]|spedit[oa]|scritt[oa])\s+(?:dal?|con|tramite|attraverso)\b
        |(?:this\s+(?:message|e-?mail)\s+was\s+)?(?:sent|emailed|typed|written)\s+(?:from|via|with|using|by)\b
        |(?:diese\s+(?:nachricht|e-?mail)\s+wurde\s+)?(?:gesendet|verschickt|geschrieben)\s+(?:von|mit|über|via)\b
        |(?:message\s+)?envoyé\s+(?:de|depuis|à\s+partir|avec|via|par)\b
        |(?:mensaje\s+)?(?:enviado|escrito)\s+(?:desde|con|a\s+través)\b
        |(?:verstuurd|verzonden)\s+(?:vanaf|met|vanuit)\b|skickat\s+från\b)
        .{0,45}?\b(?:iphone|ipad|ipod|ios|apple\s+watch|mac|android|samsung|galaxy|huawei|honor|xiaomi|redmi|oppo|nokia|xperia|motorola|oneplus|pixel|blackberry|smartphone|handy|mobil(?:e|telefon|gerät)?|cellulare|telefon(?:o|ino)|m[oó]vil|portable|téléphone|phone|tablet|tablette|dispositiv[oa]|gerät|appareil|device
          |outlook|hotmail|gmail|yahoo|aol|libero|virgilio|tiscali|aruba|tim\s+mail|alice|posta\s+(?:per|di)\s+windows|mail\s+(?:for|per|für|pour|para)\s+windows|courrier\s+pour\s+windows|correo\s+para\s+windows|windows\s+(?:mail|phone|10)|proton\s?mail|protonmail|gmx|web\.de|t-online|orange|laposte|la\s+poste|k-9|thunderbird|mailbird|em\s?client|spark|blue\s?mail|zoho|tutanota|tuta|mail\.com|email\s+app|mobile\s+mail|app\s+mail|mailapp|superhuman|canary|vodafone)\b.{0,120}
      | [<(\s]*(?:inviat[oa]\s+dal?\s+mio|sent\s+from\s+(?:my|a)|(?:gesendet\s+)?von\s+meinem|envoyé\s+de(?:puis)?\s+mon|enviado\s+desde\s+mi)\s+\S+(?:\s+\S+){0,6} | [<(\s]*sent\s+(?:from|via|with|by)\s+(?:mobile|mailbox|airmail|sparrow|galaxy|phone|cell\w*)\b.{0,60}
      | (?:ottieni|scarica|get|download|hol(?:en)?|télécharger|obtenir|obtenez|obtener|obtén|descargar)\b.{0,15}\b(?:outlook|blue\s?mail|aqua\s?mail|spark|edison\s+mail|yahoo\s+mail)\b.{0,60} | outlook\s+für\b.{0,40}(?:herunterladen)?
      | (?:diese\s+(?:nachricht|e-?mail)\s+wurde\s+)?von\s+mein(?:em|er)\b.{0,80}\bgesendet\.?
      | scusate?\s+(?:per\s+)?(?:gli\s+errori|la\s+brevit[aà]|eventuali\s+errori).{0,60} | (?:please\s+)?excuse\s+(?:typos|brevity|any\s+typos|the\s+brevity).{0,60}
    )(?:[<(\[]+https?://[^>\])]*[>)\]]+)?[\s.*_>)]*$",
);
/// Words about debts.
static MONEY: Pattern = Pattern::new(
    r"(?i)bonific|pagament|\bpag(?:o|hiamo|herò|heremo|at[oa])\b|fattur|\beuro\b|€|contabile\b|payment|\bpaid\b|invoice|transfer\b|zahlung|zahlen|rechnung|überweis|virement|factur|paiement|\bpay[eé]|transferencia|\biban\b",
);
/// Words of business: then somebody tells what was sent, and how.
static BUSINESS: Pattern = Pattern::new(
    r"(?i)bonific|pagament|fattur|\beuro\b|€|contabile|payment|invoice|transfer|zahlung|rechnung|überweis|virement|facture|paiement|transferencia|factura|\bpago\b|banc[ao]|\bbank|\bconto\b|account\b|konto|cuenta|compte|ufficio|office|büro|bureau|oficina|commercialista|consulente|\bpec\b|\bieri\b|\boggi\b|stamattina|domani|yesterday|today|morning|tomorrow|gestern|heute|morgen|\bhier\b|demain|\bayer\b|\bhoy\b|mañana|\bIBAN\b|\?",
);
/// How a disclaimer begins.
static DISCLAIMER_START: Pattern = Pattern::new(
    r"(?ix)^[\s*_\#()\[\]-]*(?:
      avviso\s+di\s+riservatezza | nota\s+di\s+riservatezza | clausola\s+di\s+riservatezza | riservatezza\b | avvertenz[ae]\b | informativa\s+(?:sulla\s+)?privacy | privacy\b | disclaimer\b | (?:aviso|avviso|mention|note)\s+l[eé]gal
      | (?:le|tutte\s+le)\s+informazioni\s+(?:contenute|trasmesse|riportate|di\s+cui) | (?:il\s+presente|questo|il\s+contenuto\s+d[ie].{0,25})\s+messaggio | (?:il\s+contenuto|i\s+contenuti)\s+(?:di\s+quest[ao]|della\s+presente)\s+(?:e-?mail|mail|comunicazione) | le\s+contenu\s+de\s+ce | el\s+contenido\s+de\s+este | (?:la\s+presente|questa)\s+(?:e-?mail|comunicazione|posta) | i\s+dati\s+(?:personali|contenuti)
      | (?:ai\s+sensi|in\s+conformit[aà]|in\s+ottemperanza)\b | qualora\s+(?:abbiate|aveste|il|la|questo) | se\s+(?:avete|ha|hai)\s+ricevuto\s+(?:questo|questa|la\s+presente|il\s+presente)
      | prima\s+di\s+stampare | (?:rispetta|pensa|rispettiamo|salvaguard)\w*\s+(?:l.|all.)ambiente | stampa\s+(?:questa|solo)
      | confidentiality | this\s+(?:e-?mail|message|communication|electronic)\b | the\s+(?:information|contents?)\s+(?:contained\s+)?(?:in|of|transmitted) | if\s+you\s+(?:are\s+not|have\s+received) | please\s+(?:consider|think)\b.{0,30}\benvironment | legal\s+notice
      | diese\s+(?:e-?mail|nachricht|mitteilung) | der\s+inhalt\s+dieser | (?:bitte\s+)?(?:denken|prüfen|schonen)\s+sie\b.{0,60}(?:umwelt|ausdruck|drucken) | vertraulichkeit | wenn\s+sie\s+nicht\s+der
      | ce\s+(?:message|courriel|mail|courrier)\b | cet?\s+(?:e-?mail|envoi)\b | les\s+informations\s+contenues | avis\s+de\s+confidentialité | (?:pensez|avant\s+d.imprimer)\b
      | este\s+(?:mensaje|correo)\b | la\s+información\s+(?:contenida|incluida) | aviso\s+(?:legal|de\s+confidencialidad) | antes\s+de\s+imprimir | en\s+cumplimiento\b | de\s+conformidad\s+con\b | le\s+informamos\s+(?:que\s+)?(?:de\s+)?(?:sus|los)\s+datos
    )",
);
/// What makes it a disclaimer and not a letter that begins alike.
static DISCLAIMER_BODY: Pattern = Pattern::new(
    r"(?i)riservat|confiden|vertraulich|intended (?:only|solely)|intended recipient|addressee|2016/679|gdpr|rgpd|dsgvo|d\.?\s?lgs\.?\s?196|privileged|segreto prof|secret[eo] prof|protezione dei dati|protection of data",
);
/// Each says little alone; two of them make a disclaimer.
static DISCLAIMER_HINT: Pattern = Pattern::new(
    r"(?i)(ricevuto .{0,40}per errore|received .{0,40}in error|par erreur|por error|irrtümlich|virus|ambiente|environment|umwelt|environnement|medio ambiente|stampare|stampa|ausdruck|drucken|imprim|printing|distrugger|eliminar|delete|vernicht|lösch|notif|avvis|inform(?:arci|ieren)|destinatari[oa]?\b|destinataire|adressat|empfänger|indirizzat|rivolt[oa]\b|unicamente|esclusivamente|exclusively|solely|adressé|dirigid|exclusiv|ausschließlich|tutelat|albero|tree|baum|arbre|foglio|carta|paper)",
);
/// A department or an office.
static ROLE: Pattern = Pattern::new(
    r"(?ix)\b(?:uff(?:icio|\.)|servizi[oi]?|ragioneria|tesoreria|economato|amministrazion\w*|amm\.?(?:ne|\.ne|ministr)?|contabilit[aà]'?|segreteri[ao]|direzione|acquisti|fornitori|clienti|commercial\w*|titolare|responsabile|dsga|dirigente|preside(?:nte)?|sindaco|segretari[oa]|f\.to|legale\s+rappresentante|amministrat\w+|geom|dott|rag|ing|arch|avv|avvocat[oa]|commercialista
      |accounts?(?:\s+(?:payable|receivable|department|desk|team|officer))?|payables?|finance|purchasing|office\s+manager|director|manager|officer|bookkeep\w+|department|dept|dpto|team|ceo|cfo
      |buchhaltung|kreditoren\w*|debitoren\w*|rechnungswesen|geschäftsf\w+|abteilung|sekretariat|einkauf|steuerberater\w*|inhaber\w*|ppa
      |comptabilit[eé]|comptable|service|gérant\w*|direction|secrétariat|fournisseurs|abogad[oa]|administraci[oó]n|contabilidad|proveedores|departamento|gerente)\b | ^\s*i\.\s?[av]\.",
);
/// What firms have standing below every letter: where they are registered, what they would like to sell.
static STANDING: Pattern = Pattern::new(
    r"(?ix)\b(?:seguici|follow\ us|folgen\ sie\ uns|suivez-nous|síguenos|scopri\b|discover\ (?:our|the)|entdecken\ sie|découvrez|descubr[ae]
      |visit(?:a|ate)?\ (?:il\ nostro|la\ nostra|our)|besuchen\ sie|visitez\ (?:notre|nos)|visite\ nuestr|prenota\ ora|book\ now|newsletter|black\ friday|nuovo\ catalogo|new\ catalogue
      |registered\ (?:charity|office|in)|company\ (?:no|number|reg)|sede\ legale|capitale\ sociale|cap\.\ soc|societ[aà]\ soggetta|registro\ (?:delle\ )?imprese|sitz\ der|amtsgericht|handelsregister|geschäftsführ|au\ capital\ de|registro\ mercantil|inscrita\ en
      |firma\ autografa|firmato\ digitalmente|signed\ electronically|iso\ ?9001)\b",
);
/// What makes a line say something although it is written like a title.
static SAYS: Pattern = Pattern::new(
    r"(?i)\b(?:chius|chiud|apert[oaie]\b|ferie\b|pagat|paghi|paga\b|bonific|saldat|closed|open\b|paid|pay\b|geschlossen|bezahlt|zahl|überw|ferm[ée]|pay[ée]|régl|cerrad|pagad|non\b|not\b|nicht\b|kein|pas\b|è\b|is\b|are\b|ist\b|est\b|fattur|invoice|rechnung|factur|luned|marted|mercoled|gioved|venerd|sabato\b|domenica\b|monday|tuesday|wednesday|thursday|friday|montag|dienstag|mittwoch|donnerstag|freitag|lundi|mardi|mercredi|jeudi|vendredi|lunes|miércoles|jueves|viernes|banc[ao]|bank|banque|gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre|domani\b|ieri\b|oggi\b|grazie\b|thanks?\b|danke?\b|merci\b|gracias\b|iban\b|buon[ao]?\b)",
);
/// Something that stands in a signature and hardly in a sentence: a firm's form, a telephone, an address, a web page.
static CONTACT: Pattern = Pattern::new(
    r"(?ix)(?:\bs\.?\s?r\.?\s?l\.?s?(?:\b|$|\s)|\bs\.\s?p\.\s?a\.?|\bspa\b|\bs\.?\s?a\.?\s?s\.?(?:\b|$)|\bs\.?n\.?c\.?(?:\b|$)|\bsoc\.?\s+(?:agr|coop|cons)|\bsociet[aà]\s+(?:agricola|cooperativa)|\bcooperativa\b|\bgmbh\b|\b(?:ag|kg|ohg|ug|ek|e\.k\.)$|\bltd\b|\blimited\b|\bllc\b|\binc\b|\bplc\b|\bsarl\b|\bsas\b|\beurl\b|\bs\.l\.u?\.?|\bsl$|\bs\.a\.|\bsa$|\bab$|\bas$|\bbv\b|\bdac\b
      |\b(?:tel|telefono|fax|cell|cellulare|mob|mobile|mobil|phone|ph|telefon|fon|tél|móvil|t|m|f|p)\s?[.:]*\s?\(?\+?\d[\d\s./()-]{4,} | \+\d{2}[\d\s./()-]{6,} | ^\s*0?\d{2,4}[\s./-]?\d{5,8}\s*$
      |\b(?:p\.?\s?iva|partita\s+iva|c\.?\s?f\.?|cod\.?\s?fisc|rea|cap\.?\s+soc|iscr|ust-?id\w*|hrb|siret|siren|vat\s+(?:no|reg|number)|nif|cif)\b
      |https?://|\bwww\.|\S+@\S+\.\S+
      |^\s*(?:via|viale|v\.le|piazza|p\.zza|corso|c\.so|largo|vicolo|lungomare|strada|localit[aà]|loc\.|sede\s+legale|c/o|calle|avda|avenida|plaza|rue|avenue|boulevard|bd)\b
      |\b\d{5}\b\s+\p{Lu}\p{L}+ | \(\p{Lu}{2}\)\s*$ | \b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b | (?:stra(?:ß|ss)e|str\.|weg|platz|gasse)\s+\d+)",
);
/// A remark after the signature is the writer's own.
static POSTSCRIPT: Pattern = Pattern::new(r"(?i)^\s*(?:p\.?\s?s\.?|n\.?\s?b\.?|post scriptum)\s*[:.\s-]");
/// A sign-off at the end of the last sentence, on the same line.
static TRAILING_SIGN_OFF: Pattern = Pattern::new(
    r"(?ix)[.!?…)]\s*(?P<off>(?:cordiali|distinti)\s+saluti|saluti|cordialit[aà]|cordialmente|(?:best|kind)\s+regards|regards|(?:mit\s+)?freundlichen?\s+gr(?:ü|ue)(?:ß|ss)en?|cordialement|(?:un\s+)?(?:cordial\s+)?saludos?)(?:[\s,.!-]+(?:\p{Lu}[\p{L}.'’]*[\s,.-]*){0,5})?$",
);

/// A line that is a sign-off and no more than a name besides.
pub(super) fn is_sign_off(line: &str) -> bool {
    let mut rest = line.trim();
    // "Grazie e cordiali saluti", "Danke und Gruß", "Thanks & regards": one after the other.
    for _ in 0..4 {
        if !SIGN_OFF.matches(rest) {
            return false;
        }
        let Some(after) = SIGN_OFF.text_of(rest, "rest") else { return true };
        let after = after.trim_matches(|c: char| !c.is_alphanumeric());
        let after = ["e ", "and ", "und ", "et ", "y ", "& ", "con i ", "con "]
            .iter()
            .find_map(|word| after.strip_prefix(word))
            .unwrap_or(after);
        if after.is_empty() {
            return true;
        }
        if is_short_name(after) {
            return true;
        }
        rest = after;
    }
    false
}

/// One to four words that begin with capitals, as names do.
pub(super) fn is_short_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    (1..=4).contains(&words.len())
        && words.iter().all(|word| {
            word.chars().next().is_some_and(char::is_uppercase)
                && !word.chars().any(|c| c.is_numeric() || "?!€$£%".contains(c))
        })
}

pub(super) fn is_device_mark(line: &str) -> bool {
    DEVICE.matches(line) && !BUSINESS.matches(line)
}

/// Does a paragraph become a disclaimer at this line?
pub(super) fn begins_disclaimer(paragraph: &[String]) -> bool {
    if !paragraph.first().is_some_and(|first| DISCLAIMER_START.matches(first)) {
        return false;
    }
    let text = paragraph.join(" ");
    let hints: BTreeSet<String> = DISCLAIMER_HINT.groups(&text, 1).map(str::to_lowercase).collect();
    DISCLAIMER_BODY.matches(&text) || hints.len() >= 2
}

/// Does a line speak as disclaimers do?
pub(super) fn hints_at_disclaimer(line: &str) -> bool {
    DISCLAIMER_START.matches(line) || DISCLAIMER_BODY.matches(line) || DISCLAIMER_HINT.matches(line)
}

/// Below the letter: a paragraph that speaks of secrecy and of whom it is meant for, however it begins, and not of
/// money.
pub(super) fn is_disclaimer_below(paragraph: &[String]) -> bool {
    let text = paragraph.join(" ");
    let long = text.split_whitespace().count() >= 12;
    long && DISCLAIMER_BODY.matches(&text)
        && DISCLAIMER_HINT.matches(&text)
        && !MONEY.matches(&text)
        && !text.contains('?')
}

pub(super) fn names_role(line: &str) -> bool {
    ROLE.matches(line)
}

pub(super) fn names_contact(line: &str) -> bool {
    CONTACT.matches(line)
}

/// A paragraph that a firm puts below all its letters, and that does not speak of money.
pub(super) fn is_standing(paragraph: &[String]) -> bool {
    let text = paragraph.join(" ");
    text.len() <= 1_000 && STANDING.matches(&text) && !MONEY.matches(&text)
}

/// Does a line say something, however it is written?
pub(super) fn says_something(line: &str) -> bool {
    SAYS.matches(line)
}

pub(super) fn is_postscript(line: &str) -> bool {
    POSTSCRIPT.matches(line)
}

/// Where a sign-off begins that stands behind the last sentence of a line.
pub(super) fn trailing_sign_off(line: &str) -> Option<usize> {
    TRAILING_SIGN_OFF.named_at(line, "off")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        assert!(
            [
                &SIGN_OFF,
                &DEVICE,
                &BUSINESS,
                &MONEY,
                &DISCLAIMER_START,
                &DISCLAIMER_BODY,
                &DISCLAIMER_HINT,
                &ROLE,
                &SAYS,
                &STANDING,
                &CONTACT,
                &POSTSCRIPT,
                &TRAILING_SIGN_OFF
            ]
            .iter()
            .all(|pattern| pattern.compiles())
        );
    }

    #[test]
    fn sign_offs_and_sentences() {
        for line in [
            "Cordiali saluti",
            "Distinti saluti,",
            "Grazie e saluti",
            "Grazie mille e buona giornata!",
            "Saluti, Mario Rossi",
            "Grazie",
            "Thanks & regards,",
            "Many thanks",
            "Kind regards,",
            "Mit freundlichen Grüßen",
            "Freundliche Grüsse",
            "Danke und Gruß",
            "Mvh",
            "Cordialement,",
            "Salutations,",
            "Un saludo",
            "Porgo distinti saluti.",
            "Viele Grüße Anna",
        ] {
            assert!(is_sign_off(line), "{line}");
        }
        for line in [
            "Grazie per il tono gentile, non è da tutti.",
            "Merci de me dire si cela vous convient.",
            "Grazie, attendo conferma",
            "Grazie pago domani",
            "Thanks for the reminder, we pay Friday",
            "Danke für Ihre Geduld",
            "Best to call me",
            "Ciao Marta, ti pago lunedì",
            "Saluti e baci un corno",
        ] {
            assert!(!is_sign_off(line), "{line}");
        }
    }

    #[test]
    fn device_marks_are_whole_lines() {
        assert!(is_device_mark("Inviato da iPhone") && is_device_mark("Von meinem/meiner Galaxy gesendet"));
        assert!(is_device_mark("Ottieni Outlook per iOS<https://aka.ms/o0ukef>"));
        assert!(!is_device_mark("Bonifico inviato da noi ieri"));
        // A sentence about a transfer must not be taken for a telephone's mark.
        for line in [
            "Inviato bonifico ieri",
            "Sent via bank transfer this morning.",
            "Sent by post on Monday",
            "Inviato tramite posta raccomandata",
            "Envoyé par chèque lundi",
            "Gesendet mit der Post am Montag",
            "Enviado desde mi banco esta mañana",
            "Inviato con il bonifico da telefono",
            "Inviato dal mio commercialista",
            "Sent from my bank this morning",
        ] {
            assert!(!is_device_mark(line), "{line}");
        }
        for line in [
            "Inviato con l'email sicura [Proton Mail](https://proton.example/).",
            "Inviato da Posta per Windows",
            "Sent from my TI-85",
            "<<sent by galaxy>>",
            "(sent from a phone)",
            "Inviato da Yahoo Mail su Android",
            "Sent from my Samsung Galaxy smartphone.",
            "Sent with Proton Mail secure email.",
            "Envoyé à partir de Outlook pour iOS<https://aka.ms/o0ukef>",
            "Enviado desde mi iPhone",
            "Diese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet.",
            "Holen Sie sich Outlook für Android<https://aka.ms/AAb9ysg>",
        ] {
            assert!(is_device_mark(line), "{line}");
        }
    }
}
