//! The language of a text, told by its small words.
//!
//! Every list holds the small words of its language, also those that it shares with another ("la", "si"): a shared word
//! counts for each of them, so that only the others decide.

use super::sentences::{Sentence, Token};
use crate::ledger::words::Language;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

const SMALL_WORDS: [(Language, &str); 5] = [
    (
        Language::Italian,
        "il di che e la per non gli del della dei delle ho ha hai hanno abbiamo l d c dell all nell sono con buongiorno buonasera salve ciao gentile grazie \
         gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre fattura fatture bonifico pagamento saluti vi ci mi al alla nel nella anche questo questa vostra vostro vs cordiali \
         ma oggi domani ieri ancora una un scusi scusa scusate pagato pagata fatto gia entro da quando come cosa lo si le ti \
         i in a su tu se ne quanto perche piu poi solo tutto tutti dopo prima fine mese settimana lunedi martedi \
         mercoledi giovedi venerdi arrivata ricevuto ricevuta manda mandi mandare allegato no me te tra fra",
    ),
    (
        Language::English,
        "the we is of and to you your our have has been will this that please invoice payment thanks thank hi hello dear \
         regards for are not it on be with i my can could would was by at from paid sent sorry me no a in as do don but \
         so all now if or they he she there what when which how just still week month monday tuesday wednesday thursday \
         friday today tomorrow yesterday send bank transfer copy january february march april may june july august september \
         october november december",
    ),
    (
        Language::German,
        "der die das und ist nicht wir sie ihre ihren ihr ihnen den dem des rechnung bitte haben habe hat wird werden wurde mit \
         freundlichen gruessen grussen gruesse grusse gruss guten tag hallo sehr geehrte geehrter zahlung ueberweisung \
         uberweisung ueberwiesen uberwiesen bezahlt ich auf fuer fur danke vielen dank noch zu von vom ein eine einen in an im \
         am es so bis zum zur uns unser unsere mir mich dir du aber auch dass oder wenn wie war bei nach sind sich kann \
         koennen konnen koennten betrag geld morgen heute gestern schon bereits keine kein nochmals leider erst mfg lg servus \
         moin gruezi gruss januar februar maerz marz april mai juni juli august september oktober november dezember montag \
         dienstag mittwoch donnerstag freitag woche monat tage tagen ja nein passt ordnung",
    ),
    (
        Language::French,
        "le la les des et est nous vous votre vos notre nos facture factures bonjour bonsoir merci cordialement pas avons \
         avez pour dans je j ce cette ces paiement reglement virement sera une un au aux du de d l n qu s c m bien sur que \
         qui ne mais en ai a on il elle ils se me te tu ma mon mes ton par avec sans si y ou plus tout tous deja encore \
         hier demain lundi mardi mercredi jeudi vendredi samedi semaine mois jour jours fin avant apres svp fait ete etre \
         suis sont peux pouvez pourriez pouvons puis regle reglee paye payee payer recu recue envoyer renvoyer veuillez ci joint jointe numero compte devis commande travaux probleme societe dossier argent janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    ),
    (
        Language::Spanish,
        "el la los las factura facturas hola buenos buenas dias tardes noches gracias saludos saludo pago pagos transferencia \
         hemos he ha han que para por estimado estimada estimados su sus del de al una un con esta este esto ya muy ustedes \
         usted nos os y e o en es lo le les se si no me te mi tu mas pero cuando como donde porque sin hasta desde hoy manana \
         ayer lunes martes miercoles jueves viernes sabado semana mes dia fin todo todos ahora favor porfa pagar pagado \
         pagada pagamos cuenta recibido enviar mandar adjunto numero pedido obra trabajo empresa cliente dinero gestoria justificante tengo tiene tienen tenemos puede pueden podemos puedo soy somos son \
         estoy estamos estan fue ser hecho hecha enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre \
         diciembre",
    ),
];

/// The languages of every small word.
static LANGUAGES: LazyLock<HashMap<&str, Tongues, Quick>> = LazyLock::new(|| {
    let mut languages: HashMap<&str, Tongues, Quick> = HashMap::default();
    for (language, words) in SMALL_WORDS {
        for word in words.split_whitespace() {
            languages.entry(word).or_default().add(language);
        }
    }
    languages
});

/// A set of languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tongues(u8);

impl Tongues {
    /// One alone.
    pub(super) const fn of(language: Language) -> Self {
        Self(1 << language as u8)
    }

    pub(super) const fn add(&mut self, language: Language) {
        self.0 |= Self::of(language).0;
    }

    pub(super) const fn contain(self, language: Language) -> bool {
        self.0 & Self::of(language).0 != 0
    }
}

/// The words that the rules of each language know: they tell where the small words do not.
pub(super) type Vocabulary = HashMap<String, Tongues, Quick>;

/// Words are short and looked up by the hundred; what is in the tables is not a stranger's choice, so that a plain hash
/// (FNV-1a) is enough.
pub(super) type Quick = BuildHasherDefault<Fnv>;

#[derive(Debug, Clone, Copy)]
pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    }

    fn finish(&self) -> u64 {
        // The table looks at the upper bits too, which short words hardly reach.
        self.0 ^ self.0.rotate_left(32)
    }
}

/// Words looked at: enough to tell, bounded whatever the length of the mail.
const WORDS_AT_MOST: usize = 400;
/// What a small word counts, beside a word that the rules know, which counts one.
const SMALL: usize = 2;

/// How much speaks for each language.
#[derive(Debug, Clone, Copy, Default)]
struct Weights([usize; Language::ALL.len()]);

impl Weights {
    fn of(vocabulary: &Vocabulary, token: &Token) -> Self {
        let small = LANGUAGES.get(token.word.as_str()).copied().unwrap_or_default();
        let known = vocabulary.get(&token.word).copied().unwrap_or_default();
        let mut weights = Self::default();
        for (language, weight) in Language::ALL.iter().zip(&mut weights.0) {
            *weight = if small.contain(*language) { SMALL } else { usize::from(known.contain(*language)) };
        }
        weights
    }

    fn sum(all: impl Iterator<Item = Self>) -> Self {
        all.take(WORDS_AT_MOST).fold(Self::default(), |mut sum, weights| {
            sum.0.iter_mut().zip(weights.0).for_each(|(sum, weight)| *sum += weight);
            sum
        })
    }

    /// The languages for which anything speaks, with how much.
    fn told(&self) -> impl Iterator<Item = (Language, usize)> {
        Language::ALL.iter().copied().zip(self.0).filter(|(_, weight)| *weight > 0)
    }

    fn most(&self) -> usize {
        self.0.iter().copied().max().unwrap_or(0)
    }
}

/// What speaks for which language, word by word.
pub(super) struct Heard {
    /// By sentence.
    words: Vec<Vec<Weights>>,
    whole: Weights,
    mail: Vec<Language>,
}

/// So much more than for another language makes a mail's language sure.
const SURE: usize = 3;

impl Heard {
    /// Of a mail in these sentences; `known` where the caller knows its language.
    pub(super) fn of(vocabulary: &Vocabulary, sentences: &[Sentence], known: Option<Language>) -> Self {
        let of_sentence = |sentence: &Sentence| {
            let tokens = sentence.tokens.iter().take(WORDS_AT_MOST);
            tokens.map(|token| Weights::of(vocabulary, token)).collect::<Vec<_>>()
        };
        let words: Vec<Vec<Weights>> = sentences.iter().map(of_sentence).collect();
        let whole = Weights::sum(words.iter().flatten().copied());
        let near = whole.told().filter(|(_, weight)| *weight + SURE > whole.most()).map(|(language, _)| language);
        let mail = known.map_or_else(|| near.collect(), |language| vec![language]);
        Self { words, whole, mail }
    }

    /// The language for which most speaks; `None` when there is too little to tell.
    pub(super) fn language(&self) -> Option<Language> {
        let mut leaders = self.whole.told().filter(|(_, weight)| *weight == self.whole.most());
        match (leaders.next(), leaders.next()) {
            (Some((language, _)), None) => Some(language),
            _ => None,
        }
    }

    /// The languages whose rules are heard in a sentence: those that the mail may be in, and another where the sentence is
    /// more in that one ("Kind regards" under an Italian mail). All of them where nothing tells.
    pub(super) fn in_sentence(&self, index: usize) -> Vec<Language> {
        if self.mail.is_empty() {
            return Language::ALL.to_vec();
        }
        let words = self.words.get(index).into_iter().flatten();
        let weights = Weights::sum(words.copied());
        let of_mail = weights.told().filter(|(language, _)| self.mail.contains(language));
        let own = of_mail.map(|(_, weight)| weight).max().unwrap_or(0);
        let others = weights.told().filter(|(language, weight)| !self.mail.contains(language) && *weight > own);
        self.mail.iter().copied().chain(others.map(|(language, _)| language)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::sentences::sentences;
    use super::*;

    #[test]
    fn tells_the_five() {
        for (text, language) in [
            ("Buongiorno, abbiamo pagato la fattura ieri.", Some(Language::Italian)),
            ("We have paid the invoice yesterday.", Some(Language::English)),
            ("Wir haben die Rechnung gestern bezahlt.", Some(Language::German)),
            ("Nous avons réglé votre facture hier.", Some(Language::French)),
            ("Hemos pagado su factura ayer, gracias y saludos.", Some(Language::Spanish)),
            ("C'est fait, virement parti", Some(Language::French)),
            ("ya te lo he mandado, mira si ha llegado", Some(Language::Spanish)),
            ("Mi manda la fattura?", Some(Language::Italian)),
            ("118", None),
        ] {
            assert_eq!(Heard::of(&Vocabulary::default(), &sentences(text), None).language(), language, "{text}");
        }
    }

    #[test]
    fn a_sentence_in_another_language_is_heard_in_it() {
        let vocabulary = Vocabulary::default();
        let heard = |known, text: &str| {
            let sentences = sentences(text);
            Heard::of(&vocabulary, &sentences, known).in_sentence(sentences.len() - 1)
        };
        assert_eq!(heard(Some(Language::Italian), "Kind regards"), [Language::Italian, Language::English]);
        assert_eq!(heard(Some(Language::Italian), "La saldo venerdì"), [Language::Italian]);
        assert_eq!(heard(None, "Vi paghiamo la fattura lunedì.\nBest regards"), [Language::Italian, Language::English]);
        assert_eq!(heard(None, "IBAN"), Language::ALL);
    }

    #[test]
    fn what_the_rules_know_tells_too() {
        let vocabulary = Vocabulary::from_iter([("anotado".to_owned(), Tongues::of(Language::Spanish))]);
        assert_eq!(Heard::of(&vocabulary, &sentences("Anotado."), None).language(), Some(Language::Spanish));
    }
}
