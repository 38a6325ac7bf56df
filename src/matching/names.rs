//! Customers' names as people write them: without legal form, accents and signs.

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// Legal forms and titles that people leave out.
fn is_left_out(word: &str) -> bool {
    matches!(
        word,
        "srl"
            | "srls"
            | "spa"
            | "snc"
            | "sas"
            | "sapa"
            | "soc"
            | "coop"
            | "scarl"
            | "scrl"
            | "agr"
            | "asd"
            | "ssd"
            | "aps"
            | "onlus"
            | "dott"
            | "dottssa"
            | "dr"
            | "drssa"
            | "ing"
            | "avv"
            | "arch"
            | "geom"
            | "rag"
            | "ltd"
            | "llc"
            | "llp"
            | "plc"
            | "inc"
            | "gmbh"
            | "ag"
            | "kg"
            | "ug"
            | "ohg"
            | "ev"
            | "sarl"
            | "sa"
            | "eurl"
            | "sasu"
            | "sl"
            | "slu"
            | "bv"
            | "nv"
            | "ab"
            | "dac"
            | "pvt"
            | "spzoo"
            | "societa"
            | "sig"
            | "sigra"
    )
}

/// Words of a text for comparing names: lower case, no accents, dotted short forms joined (`S.r.l.` → `srl`).
pub fn words(text: &str) -> Vec<String> {
    words_of(&folded(text)).into_iter().map(Cow::into_owned).collect()
}

/// The same of a text that is folded.
fn words_of(folded: &str) -> Vec<Cow<'_, str>> {
    let mut all: Vec<Cow<'_, str>> = Vec::new();
    for chunk in folded.split(|c: char| !c.is_alphanumeric() && c != '.') {
        let dotted = chunk.contains('.')
            && chunk.split('.').all(|part| part.chars().count() <= 2 || part == "ssa" || part == "dott");
        if dotted {
            all.push(chunk.replace('.', "").into());
        } else {
            all.extend(chunk.split('.').map(Cow::from));
        }
    }
    all.retain(|word| !word.is_empty());
    all
}

/// Lower case without accents.
pub fn folded(text: &str) -> String {
    // Most words of most mails have nothing to fold.
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let bare: String = text.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).collect();
    bare.to_lowercase().replace('ß', "ss").replace('ı', "i").replace("ø", "o")
}

/// The ways in which a customer may be named, each a run of words that must stand together.
pub fn forms(name: &str) -> Vec<Vec<String>> {
    let all: Vec<String> = words(name).into_iter().filter(|word| !is_left_out(word)).collect();
    let mut forms: Vec<Vec<String>> = vec![all.clone()];
    // «Energym di Fabio Russo» is called by either half.
    if let Some(at) = all.iter().position(|word| word == "di") {
        let (left, right) = all.split_at(at);
        forms.push(left.to_vec());
        forms.push(right.iter().skip(1).cloned().collect());
    }
    for form in forms.clone() {
        // Banks write the family name first.
        if let [first, second] = form.as_slice() {
            forms.push(vec![second.clone(), first.clone()]);
        }
    }
    forms.retain(|form| {
        let letters: usize = form.iter().map(|word| word.chars().count()).sum();
        letters >= 6 && (form.len() > 1 || letters >= 7)
    });
    forms.sort();
    forms.dedup();
    forms
}

/// The words of a folded text without legal forms and titles, as the forms of a name leave them out.
pub fn said(folded: &str) -> Vec<Cow<'_, str>> {
    words_of(folded).into_iter().filter(|word| !is_left_out(word)).collect()
}

/// The words of a name that tell it from others.
pub fn telling(name: &str) -> Vec<String> {
    words(name).into_iter().filter(|word| word.chars().count() >= 4 && !is_left_out(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legal_forms_and_accents_go() {
        assert_eq!(words("Società Édile S.r.l."), ["societa", "edile", "srl"]);
        assert!(forms("Edil Nord Costruzioni S.r.l.").contains(&words("edil nord costruzioni")));
    }

    #[test]
    fn halves_and_bank_order() {
        let forms = forms("Energym di Fabio Russo");
        assert!(forms.contains(&words("energym")));
        assert!(forms.contains(&words("russo fabio")));
    }

    #[test]
    fn short_names_are_no_evidence() {
        assert!(forms("Poli S.r.l.").is_empty());
    }
}
