//! The questions of the set-up to a person before a terminal. What was said by flags is not asked again.

use super::providers::{self, PasswordKind, Provider, UserName};
use super::trial::Vouching;
use super::wishes::{MailboxKind, PASSWORD_FILE, Unclear, Wishes};
use super::wording::{Wording, fill, in_language};
use crate::config::SecretSettings;
use crate::ledger::ids::Address;
use crate::ledger::words::Language;
use std::path::{Path, PathBuf};

/// An answer that makes no sense is asked for so often.
const ATTEMPTS: usize = 3;

/// Somebody who answers.
pub trait Person {
    /// Asks, with a proposal that an empty answer takes; `None` when nobody answers any more.
    fn ask(&mut self, question: &str, proposal: &str) -> Option<String>;

    /// Tells something.
    fn tell(&mut self, text: &str);
}

/// A conversation in one language.
pub struct Interview<'p> {
    person: &'p mut dyn Person,
    words: &'static Wording,
    language: Language,
}

impl<'p> Interview<'p> {
    /// Begins a conversation.
    pub fn new(person: &'p mut dyn Person, language: Language) -> Self {
        Self { person, words: in_language(language), language }
    }

    /// Asks for everything that was not said. Where nobody answers, things stay as they are.
    ///
    /// # Errors
    /// When a provider named by a flag is not known.
    pub fn complete(&mut self, wishes: &mut Wishes, folder: &Path) -> Result<(), Unclear> {
        self.person.tell(self.words.welcome);
        self.address(wishes);
        if wishes.kind.is_none() && wishes.maildir.is_none() {
            wishes.kind = Some(MailboxKind::Imap);
        }
        if wishes.wants_imap() {
            let provider = self.provider(wishes)?;
            self.login(wishes, provider.as_ref(), folder);
        }
        self.text(&mut wishes.person, self.words.person, "");
        self.text(&mut wishes.phone, self.words.phone, "");
        self.text(&mut wishes.name, self.words.name, "");
        self.text(&mut wishes.iban, self.words.iban, "");
        Ok(())
    }

    fn text(&mut self, wish: &mut Option<String>, question: &str, proposal: &str) {
        if wish.is_none() {
            *wish = self.person.ask(question, proposal).map(|text| text.trim().to_owned()).filter(|t| !t.is_empty());
        }
    }

    fn address(&mut self, wishes: &mut Wishes) {
        for _ in 0..ATTEMPTS {
            if wishes.address.is_some() {
                return;
            }
            let Some(answer) = self.person.ask(self.words.address, "") else { return };
            match Address::parse(answer.trim()) {
                Some(address) => wishes.address = Some(address.as_str().to_owned()),
                None => self.person.tell(self.words.address_wrong),
            }
        }
    }

    /// The provider by flag or address, else asked for.
    fn provider(&mut self, wishes: &mut Wishes) -> Result<Option<Provider>, Unclear> {
        for _ in 0..ATTEMPTS {
            if let Some(provider) = wishes.provider()? {
                self.person.tell(&fill(self.words.provider_found, &[&provider.name]));
                let hint = provider.hint(self.language);
                if !hint.is_empty() {
                    self.person.tell(hint);
                }
                if provider.known == providers::Known::Usual {
                    self.person.tell(self.words.provider_usual);
                }
                return Ok(Some(provider));
            }
            if wishes.imap.host.is_some() {
                return Ok(None);
            }
            let answer = self.person.ask(self.words.provider, "").unwrap_or_default().trim().to_lowercase();
            if answer.is_empty() {
                break;
            }
            let known = Wishes { provider: Some(answer.clone()), ..Wishes::default() };
            match known.provider() {
                Ok(Some(_)) => wishes.provider = Some(answer),
                _ => {
                    let all = providers::all().unwrap_or_default();
                    let ids: Vec<&str> = all.iter().map(|provider| provider.id.as_str()).collect();
                    self.person.tell(&fill(self.words.provider_unknown, &[&answer, &ids.join(", ")]));
                }
            }
        }
        let domain = wishes.address.as_deref().and_then(Address::parse);
        if let Some(address) = domain {
            let (imap, smtp) = providers::guess(address.domain());
            self.person.tell(&fill(self.words.provider_guess, &[&imap.host, &smtp.host]));
        }
        Ok(None)
    }

    fn login(&mut self, wishes: &mut Wishes, provider: Option<&Provider>, folder: &Path) {
        if provider.is_some_and(|provider| provider.user == UserName::Other) {
            let address = wishes.address.clone().unwrap_or_default();
            self.text(&mut wishes.user, self.words.user, &address);
        }
        if wishes.secret.is_some() {
            return;
        }
        if provider.is_some_and(|provider| provider.password == PasswordKind::Token) {
            wishes.secret = self.command(self.words.token).map(SecretSettings::TokenCommand);
            return;
        }
        for _ in 0..ATTEMPTS {
            let Some(answer) = self.person.ask(self.words.secret_kind, "f") else { return };
            match answer.trim().to_lowercase().as_str() {
                "c" => {
                    wishes.secret = self.command(self.words.command).map(SecretSettings::PasswordCommand);
                    return;
                }
                "f" => {
                    wishes.secret = self.file(folder).map(SecretSettings::PasswordFile);
                    return;
                }
                _ => self.person.tell(self.words.secret_kind_wrong),
            }
        }
    }

    fn command(&mut self, question: &str) -> Option<Vec<String>> {
        let words = words_of(&self.person.ask(question, "")?);
        (!words.is_empty()).then_some(words)
    }

    /// The file, and a moment to write it where it is not there: a password is never typed here.
    fn file(&mut self, folder: &Path) -> Option<PathBuf> {
        let file = PathBuf::from(self.person.ask(self.words.file, PASSWORD_FILE)?.trim());
        let whole = folder.join(&file);
        if !whole.exists() {
            let _written_meanwhile =
                self.person.ask(&fill(self.words.file_missing, &[&whole.display().to_string()]), "");
        }
        Some(file)
    }

    /// Which of the servers that vouch on recent mail is believed.
    pub fn vouching(&mut self, seen: &Vouching) -> Option<String> {
        for (number, (id, mails)) in seen.ids.iter().enumerate() {
            self.person.tell(&format!("  {}. {id} ({mails})", number.saturating_add(1)));
        }
        for _ in 0..ATTEMPTS {
            let answer = self.person.ask(self.words.vouching, "")?;
            if answer.trim().is_empty() {
                return None;
            }
            let number: Option<usize> = answer.trim().parse().ok();
            match number.and_then(|number| seen.ids.get(number.checked_sub(1)?)) {
                Some((id, _)) => return Some(id.clone()),
                None => self.person.tell(self.words.vouching_wrong),
            }
        }
        None
    }

    /// Something failed: are the settings written all the same? Nobody who answers keeps them.
    pub fn write_anyway(&mut self) -> bool {
        self.yes_or_no(self.words.write_anyway, true)
    }

    /// May a mail to oneself be sent, to see who files copies?
    pub fn probe_copy(&mut self) -> bool {
        self.yes_or_no(self.words.probe_copy, false)
    }

    fn yes_or_no(&mut self, question: &str, proposal: bool) -> bool {
        let word = if proposal { self.words.yes } else { self.words.no };
        let answer = self.person.ask(question, word).unwrap_or_default().trim().to_lowercase();
        match answer.chars().next() {
            Some('s' | 'y') => true,
            Some('n') => false,
            _ => proposal,
        }
    }
}

/// Words as a shell would part them, with quotes and nothing else of a shell's.
fn words_of(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for c in line.trim().chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives the answers in order, and writes down what was asked and told.
    #[derive(Default)]
    struct Script {
        answers: Vec<&'static str>,
        heard: Vec<String>,
    }

    impl Person for Script {
        fn ask(&mut self, question: &str, proposal: &str) -> Option<String> {
            self.heard.push(format!("? {question} [{proposal}]"));
            if self.answers.is_empty() {
                return None;
            }
            let answer = self.answers.remove(0);
            Some(if answer.is_empty() { proposal.to_owned() } else { answer.to_owned() })
        }

        fn tell(&mut self, text: &str) {
            self.heard.push(text.to_owned());
        }
    }

    fn interviewed(wishes: Wishes, answers: &[&'static str], language: Language) -> (Wishes, Script) {
        let mut script = Script { answers: answers.to_vec(), heard: Vec::new() };
        let mut wishes = wishes;
        let folder = tempfile::tempdir().expect("a folder");
        Interview::new(&mut script, language).complete(&mut wishes, folder.path()).expect("no unknown provider");
        (wishes, script)
    }

    #[test]
    fn a_known_provider_needs_few_answers() {
        let answers = [
            "marta",
            "marta@gmail.com",
            "c",
            "pass show 'posta studio'",
            "Marta Ferri",
            "+39 02 1",
            "Studio Ferri",
            "",
        ];
        let (wishes, script) = interviewed(Wishes::default(), &answers, Language::Italian);
        assert_eq!(wishes.address.as_deref(), Some("marta@gmail.com"));
        let words = ["pass", "show", "posta studio"].map(str::to_owned).to_vec();
        assert_eq!(wishes.secret, Some(SecretSettings::PasswordCommand(words)));
        assert_eq!(wishes.iban, None);
        assert_eq!(wishes.kind, Some(MailboxKind::Imap));
        let heard = script.heard.join("\n");
        assert!(heard.contains("Questo non è un indirizzo di posta."), "{heard}");
        assert!(heard.contains("Il fornitore è Gmail and Google Workspace.\nServe una password per le app"), "{heard}");
        assert!(script.answers.is_empty(), "{:?}", script.answers);
    }

    #[test]
    fn an_own_domain_is_asked_for_its_provider() {
        let answers = ["marta@studioferri.example", "arubba", "aruba", "", "", "", "M", "1", "S", ""];
        let (wishes, script) = interviewed(Wishes::default(), &answers, Language::English);
        assert_eq!(wishes.provider.as_deref(), Some("aruba"));
        assert_eq!(wishes.secret, Some(SecretSettings::PasswordFile(PASSWORD_FILE.into())));
        let heard = script.heard.join("\n");
        assert!(heard.contains("No provider is called arubba. Known are: aruba,"), "{heard}");
        assert!(heard.contains("password.txt is not there yet."), "{heard}");
        let (wishes, script) = interviewed(Wishes::default(), &["marta@studioferri.example", ""], Language::English);
        assert_eq!(wishes.provider, None);
        assert!(script.heard.join("\n").contains("guessed: imap.studioferri.example and smtp.studioferri.example."));
    }

    #[test]
    fn a_provider_of_tokens_is_asked_for_a_token() {
        let answers = ["m@outlook.com", "oauth-token m"];
        let (wishes, _) = interviewed(Wishes::default(), &answers, Language::English);
        let words = vec!["oauth-token".to_owned(), "m".to_owned()];
        assert_eq!(wishes.secret, Some(SecretSettings::TokenCommand(words)));
        let (wishes, script) = interviewed(Wishes::default(), &["m@legalmail.it", "M123"], Language::English);
        assert_eq!(wishes.user.as_deref(), Some("M123"));
        assert!(script.heard.iter().any(|line| line == "? The user name for the login [m@legalmail.it]"));
    }

    #[test]
    fn what_was_said_is_not_asked_and_nobody_is_waited_for() {
        let said = |text: &str| Some(text.to_owned());
        let wishes = Wishes {
            address: said("m@gmail.com"),
            person: said("M"),
            phone: said("1"),
            name: said("S"),
            iban: said("X"),
            secret: Some(SecretSettings::PasswordFile("p".into())),
            ..Wishes::default()
        };
        let (same, script) = interviewed(wishes.clone(), &[], Language::English);
        assert!(!script.heard.iter().any(|line| line.starts_with('?')), "{:?}", script.heard);
        assert_eq!(same, Wishes { kind: Some(MailboxKind::Imap), ..wishes });
        let (empty, script) = interviewed(Wishes::default(), &[], Language::English);
        assert_eq!(empty, Wishes { kind: Some(MailboxKind::Imap), ..Wishes::default() });
        assert!(script.heard.len() < 12, "{:?}", script.heard);
        let maildir = Wishes { maildir: said("/m"), ..Wishes::default() };
        let (_, script) = interviewed(maildir, &["m@gmail.com"], Language::English);
        assert!(!script.heard.iter().any(|line| line.contains("provider")), "{:?}", script.heard);
    }

    #[test]
    fn the_owner_picks_who_vouches() {
        let seen = Vouching { ids: vec![("mx.one.example".into(), 40), ("mx.two.example".into(), 3)], mails: 50 };
        for (answers, picked) in [
            (vec!["2"], Some("mx.two.example")),
            (vec!["0", "x", "1"], Some("mx.one.example")),
            (vec![""], None),
            (vec![], None),
            (vec!["9", "9", "9"], None),
        ] {
            let mut script = Script { answers, heard: Vec::new() };
            let answer = Interview::new(&mut script, Language::English).vouching(&seen);
            assert_eq!(answer.as_deref(), picked, "{:?}", script.heard);
        }
    }

    #[test]
    fn settings_are_kept_and_nothing_is_sent_unless_somebody_says_so() {
        for (answer, kept, sent) in [("", true, false), ("no", false, false), ("sì", true, true), ("yes", true, true)]
        {
            for language in [Language::Italian, Language::English] {
                let mut script = Script { answers: vec![answer, answer], heard: Vec::new() };
                let mut interview = Interview::new(&mut script, language);
                assert_eq!((interview.write_anyway(), interview.probe_copy()), (kept, sent), "{answer:?}");
            }
        }
        let mut nobody = Script::default();
        let mut interview = Interview::new(&mut nobody, Language::English);
        assert_eq!((interview.write_anyway(), interview.probe_copy()), (true, false));
    }

    #[test]
    fn words_are_parted_as_in_a_shell() {
        assert_eq!(words_of("pass show  mail"), ["pass", "show", "mail"]);
        assert_eq!(
            words_of(r#" op read "op://Vault/My Mail/password" "#),
            ["op", "read", "op://Vault/My Mail/password"]
        );
        assert_eq!(words_of("a '' b"), ["a", "", "b"]);
        assert_eq!(words_of("  "), Vec::<String>::new());
        assert_eq!(words_of("unter'minated x"), ["unterminated x"]);
    }
}
