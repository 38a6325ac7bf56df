//! Sentences that people wrote, put into the envelopes of the mail programs: what the program adds is cut off, and not a
//! word of the sentence.
//!
//! The sentences are those of `training/`; nobody who mended the reader chose them.

// A test may stop at the first surprise and prints its figures.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use sollecito::message::{Reader, read};
use std::path::Path;

/// Every so manyth sentence is taken; a larger step for a quick look.
const STEP: usize = 4;

/// `{S}` stands for the sentence, `{OLD}` for the mail that is answered.
const PLAIN: &[(&str, &str)] = &[
    ("Gmail", "{S}\n\nIl giorno mar 3 nov 2026 alle ore 10:12 Marta Ferri <marta@ferri.example>\nha scritto:\n\n{OLD}"),
    ("Gmail without a blank", "{S}\nOn Tue, Nov 3, 2026 at 10:12 AM Marta Ferri <marta@ferri.example> wrote:\n{OLD}"),
    (
        "Gmail in German",
        "{S}\n\nAm Di., 3. Nov. 2026 um 10:12 Uhr schrieb Marta Ferri <\nmarta@ferri.example>:\n\n{OLD}",
    ),
    (
        "Outlook",
        "{S}\n\nCordiali saluti\nMario Rossi\nRossi Impianti Srl\nTel. 030 5550101\n\nDa: Marta Ferri <marta@ferri.example>\nInviato: martedì 3 novembre 2026 10:12\nA: Mario Rossi\nOggetto: Fattura\n\nvecchio\n",
    ),
    (
        "Outlook in French",
        "{S}\n\nCordialement,\nMario Rossi\n\n-----Message d'origine-----\nDe : Marta Ferri <marta@ferri.example>\nEnvoyé : mardi 3 novembre 2026 10:12\nÀ : Mario Rossi\nObjet : Facture\n\nvieux\n",
    ),
    (
        "Outlook on a telephone",
        "{S}\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: Marta Ferri <marta@ferri.example>\nSent: Tuesday, November 3, 2026 10:12:33 AM\nTo: Mario Rossi\nSubject: x\n\nold\n",
    ),
    (
        "iPhone",
        "{S}\n\nInviato da iPhone\n\n> Il giorno 3 nov 2026, alle ore 10:12, Marta Ferri <marta@ferri.example> ha scritto:\n> \n{OLD}",
    ),
    ("Thunderbird", "Il 03/11/2026 10:12, Marta Ferri ha scritto:\n{OLD}\n{S}\n\n-- \nMario Rossi\n"),
    (
        "between quoted lines",
        "El 3/11/26 a las 10:12, Marta Ferri escribió:\n> ¿Cuándo paga?\n{S}\n> Gracias\n> Marta\n",
    ),
    ("outside warning", "[EXTERNAL] Do not click links or open attachments unless you recognize the sender.\n\n{S}\n"),
    (
        "Notes",
        "{S}\n\nMario Rossi\nUfficio Acquisti\n\n\nDa:     Marta Ferri <marta@ferri.example>\nPer:    mario@rossi.example\nData:   03/11/2026 10.12\nOggetto:        Fattura\n\nvecchio\n",
    ),
];

const PAGES: &[(&str, &str)] = &[
    (
        "Gmail",
        "<div dir=ltr>{S}</div><br><div class=gmail_quote><div class=gmail_attr>Il giorno mar 3 nov 2026 alle ore 10:12 Marta Ferri &lt;marta@ferri.example&gt; ha scritto:<br></div><blockquote class=gmail_quote>{OLD}</blockquote></div>",
    ),
    (
        "between quotes",
        "<div class=gmail_quote><div class=gmail_attr>Il giorno mar 3 nov 2026 alle ore 10:12 Marta Ferri &lt;marta@ferri.example&gt; ha scritto:<br></div><blockquote class=gmail_quote>Quando?</blockquote><div>{S}</div><blockquote class=gmail_quote>Grazie</blockquote></div>",
    ),
    (
        "Outlook on the web",
        "<div class=elementToProof>{S}</div><div id=Signature><p>Mario Rossi<br>Rossi Srl</p></div><div id=appendonsend></div><hr><div id=divRplyFwdMsg><b>Da:</b> Marta<br><b>Inviato:</b> x<br><b>A:</b> y<br><b>Oggetto:</b> z</div>{OLD}",
    ),
    (
        "Outlook",
        "<div class=WordSection1><p class=MsoNormal>{S}<o:p></o:p></p><p class=MsoNormal>Mit freundlichen Grüßen<o:p></o:p></p><p class=MsoNormal>Mario Rossi<o:p></o:p></p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>Von:</b> Marta<br><b>Gesendet:</b> Dienstag, 3. November 2026 10:12<br><b>An:</b> y<br><b>Betreff:</b> z</p></div>{OLD}</div>",
    ),
    (
        "Apple Mail",
        "<body>{S}<div><br><blockquote type=cite><div>Il giorno 3 nov 2026, alle ore 10:12, Marta Ferri &lt;marta@ferri.example&gt; ha scritto:</div><br>{OLD}</blockquote></div></body>",
    ),
    (
        "Thunderbird",
        "<div class=moz-cite-prefix>Il 03/11/2026 10:12, Marta Ferri ha scritto:<br></div><blockquote type=cite>{OLD}</blockquote><p>{S}</p><pre class=moz-signature>-- \nMario</pre>",
    ),
    (
        "in a table",
        "<table><tr><td style='font-size:0'><div style='font-size:13px'>{S}</div></td></tr><tr><td>Mario Rossi<br>Rossi Srl<br>tel 030 5550101</td></tr></table>",
    ),
];

fn words(kind: &str, body: &str) -> Vec<String> {
    let mail = format!("From: Mario Rossi <mario@rossi.example>\nContent-Type: text/{kind}; charset=utf-8\n\n{body}");
    let new = read(mail.as_bytes(), &Reader { own_addresses: Vec::new(), authserv_ids: Vec::new() }).words.new;
    new.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The labelled sentences of the five languages.
fn sentences() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("training");
    let mut found = Vec::new();
    for language in ["it", "en", "de", "fr", "es"] {
        let text = std::fs::read_to_string(root.join(format!("{language}.txt"))).unwrap();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let sentence = line.split('|').next().unwrap().trim().to_owned();
            if !sentence.contains(['<', '>', '&']) && !sentence.is_empty() {
                found.push(sentence);
            }
        }
    }
    found
}

#[test]
fn a_sentence_comes_whole_out_of_every_envelope() {
    let sentences: Vec<String> = sentences().into_iter().step_by(STEP).collect();
    assert!(sentences.len() >= 2_000, "only {} sentences", sentences.len());
    let (mut read, mut lost, mut more) = (0, Vec::new(), Vec::new());
    for sentence in &sentences {
        let alone = words("plain", sentence);
        let whole = sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).count();
        if alone.len() < whole {
            // It ends in a greeting, or is one.
            continue;
        }
        for (kind, envelopes, old) in [
            ("plain", PLAIN, "> Buongiorno,\n> la fattura risulta aperta.\n> Marta\n"),
            ("html", PAGES, "<p>Buongiorno</p><p>vecchio</p>"),
        ] {
            for (name, envelope) in envelopes {
                let found = words(kind, &envelope.replace("{S}", sentence).replace("{OLD}", old));
                read += 1;
                if found.len() < alone.len() {
                    lost.push(format!("{kind}, {name}: {sentence}"));
                } else if found != alone {
                    more.push(format!("{kind}, {name}: {sentence} ({})", found.join(" ")));
                }
            }
        }
    }
    println!("{read} mails read: lost in {}, let through in {}", lost.len(), more.len());
    assert!(lost.len() * 10_000 <= read * 4, "{lost:#?}");
    assert!(more.len() * 10_000 <= read * 4, "{more:#?}");
}
