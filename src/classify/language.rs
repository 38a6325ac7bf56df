//! The language of a text, told by its small words.

use super::sentences::Sentence;
use crate::ledger::words::Language;

/// Small words that are frequent in one language and rare in the four others.
const SMALL_WORDS: &[(Language, &[&str])] = &[
    (
        Language::Italian,
        &[
            "il",
            "di",
            "che",
            "e",
            "la",
            "per",
            "non",
            "gli",
            "del",
            "della",
            "ho",
            "abbiamo",
            "sono",
            "con",
            "buongiorno",
            "buonasera",
            "salve",
            "ciao",
            "gentile",
            "grazie",
            "fattura",
            "bonifico",
            "pagamento",
            "saluti",
            "vi",
            "ci",
            "mi",
            "al",
            "alla",
            "nel",
            "anche",
            "questo",
            "vostra",
            "vs",
            "cordiali",
            "ma",
            "oggi",
            "domani",
            "ancora",
            "una",
            "un",
            "scusi",
            "scusa",
            "pagato",
            "pagata",
            "fatto",
            "gia",
            "entro",
            "da",
            "quando",
            "come",
            "cosa",
            "lo",
            "si",
            "le",
            "ti",
            "ok",
        ],
    ),
    (
        Language::English,
        &[
            "the", "we", "is", "of", "and", "to", "you", "your", "our", "have", "has", "been", "will", "this", "that",
            "please", "invoice", "payment", "thanks", "thank", "hi", "hello", "dear", "regards", "for", "are", "not",
            "it", "on", "be", "with", "i", "my", "can", "could", "would", "was", "by", "at", "from", "paid", "sent",
            "sorry",
        ],
    ),
    (
        Language::German,
        &[
            "der",
            "die",
            "das",
            "und",
            "ist",
            "nicht",
            "wir",
            "sie",
            "ihre",
            "ihren",
            "die",
            "den",
            "rechnung",
            "bitte",
            "haben",
            "wird",
            "werden",
            "mit",
            "freundlichen",
            "gruessen",
            "grussen",
            "guten",
            "tag",
            "hallo",
            "sehr",
            "geehrte",
            "zahlung",
            "uberweisung",
            "uberwiesen",
            "ich",
            "auf",
            "fur",
            "danke",
            "vielen",
            "dank",
            "noch",
            "zu",
            "von",
            "ein",
            "eine",
        ],
    ),
    (
        Language::French,
        &[
            "le",
            "les",
            "des",
            "et",
            "est",
            "nous",
            "vous",
            "votre",
            "vos",
            "facture",
            "bonjour",
            "merci",
            "cordialement",
            "pas",
            "avons",
            "avez",
            "pour",
            "dans",
            "je",
            "ce",
            "cette",
            "paiement",
            "virement",
            "sera",
            "une",
            "au",
            "aux",
            "du",
            "bien",
            "sur",
            "que",
            "ne",
            "mais",
            "en",
        ],
    ),
    (
        Language::Spanish,
        &[
            "el",
            "los",
            "las",
            "factura",
            "hola",
            "buenos",
            "dias",
            "gracias",
            "saludos",
            "pago",
            "transferencia",
            "hemos",
            "que",
            "para",
            "por",
            "estimado",
            "estimada",
            "su",
            "del",
            "una",
            "con",
            "esta",
            "ya",
            "muy",
            "ustedes",
            "usted",
            "nos",
            "y",
            "en",
            "es",
            "lo",
            "se",
        ],
    ),
];

/// How many small words of each language stand in a text.
#[derive(Debug, Clone, Default)]
struct Votes(Vec<(Language, usize)>);

impl Votes {
    fn count<'a>(sentences: impl Iterator<Item = &'a Sentence> + Clone) -> Self {
        let words = || sentences.clone().flat_map(|sentence| &sentence.tokens).map(|token| token.word.as_str());
        let counted = SMALL_WORDS
            .iter()
            .map(|(language, small)| (*language, words().take(400).filter(|word| small.contains(word)).count()));
        Self(counted.collect())
    }

    fn of(&self, language: Language) -> usize {
        self.0.iter().find(|(known, _)| *known == language).map_or(0, |(_, count)| *count)
    }

    fn most(&self) -> usize {
        self.0.iter().map(|(_, count)| *count).max().unwrap_or(0)
    }
}

/// So many more small words of another language in a sentence: it is not in this one.
const CLEAR_IN_SENTENCE: usize = 2;
/// The same for a whole mail, where a sentence of its own says nothing for this language.
const CLEAR_IN_MAIL: usize = 4;

/// Which languages each sentence may be in. Words look alike across languages ("liquidata", "pago", "note"): the patterns of a
/// language are silent where the small words are clearly another's.
pub(super) struct Tongues {
    mail: Votes,
    sentences: Vec<Votes>,
}

impl Tongues {
    pub(super) fn of(sentences: &[Sentence]) -> Self {
        Self {
            mail: Votes::count(sentences.iter()),
            sentences: sentences.iter().map(|sentence| Votes::count(std::iter::once(sentence))).collect(),
        }
    }

    /// May the sentence of that number be in this language?
    pub(super) fn may_be(&self, sentence: usize, language: Language) -> bool {
        let Some(here) = self.sentences.get(sentence) else { return true };
        let elsewhere_clear = self.mail.most() >= self.mail.of(language) + CLEAR_IN_MAIL;
        let own = here.of(language);
        let clear = here.most() >= own + CLEAR_IN_SENTENCE;
        !(clear || elsewhere_clear && (own == 0 || own < here.most()))
    }
}

/// The language whose small words are the most; `None` when there are too few to tell.
pub(super) fn detect(sentences: &[Sentence]) -> Option<Language> {
    let mut counted: Vec<(usize, Language)> =
        Votes::count(sentences.iter()).0.into_iter().map(|(language, count)| (count, language)).collect();
    counted.sort_by_key(|(count, language)| (std::cmp::Reverse(*count), *language));
    match (counted.first(), counted.get(1)) {
        (Some((most, language)), Some((next, _))) if *most >= 1 && most > next => Some(*language),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sentences::sentences;
    use super::*;

    #[test]
    fn words_that_look_alike_speak_their_own_language_only() {
        let cut = sentences("La spesa è stata liquidata con il mandato del 5.\n\nPlease have a look at the invoice.");
        let tongues = Tongues::of(&cut);
        assert!(tongues.may_be(0, Language::Italian) && !tongues.may_be(0, Language::English));
        assert!(tongues.may_be(1, Language::English) && !tongues.may_be(1, Language::Italian));
        // Too few small words: nobody can tell, and everybody may speak.
        let short = sentences("ok pago");
        assert!(Language::ALL.iter().all(|language| Tongues::of(&short).may_be(0, *language)));
    }

    #[test]
    fn tells_the_five() {
        for (text, language) in [
            ("Buongiorno, abbiamo pagato la fattura ieri.", Some(Language::Italian)),
            ("We have paid the invoice yesterday.", Some(Language::English)),
            ("Wir haben die Rechnung gestern bezahlt.", Some(Language::German)),
            ("Nous avons réglé votre facture hier.", Some(Language::French)),
            ("Hemos pagado su factura ayer, gracias y saludos.", Some(Language::Spanish)),
            ("118", None),
        ] {
            assert_eq!(detect(&sentences(text)), language, "{text}");
        }
    }
}
