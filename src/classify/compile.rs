//! Rule files to a rule set: everything checked, all problems told together.

use super::calendar_words::CalendarWords;
use super::date_meaning::DateMeaning;
use super::language::{Tongues, Vocabulary};
use super::matcher::Matcher;
use super::pattern::{self, Atom, Branch, Element, Mistake, WordList, WordLists};
use super::rules::file::{self, RuleFile, Told, ToldRule};
use super::rules::{Rule, RuleSource};
use crate::ledger::ids::RuleId;
use crate::ledger::problem::{Problem, nearest};
use crate::ledger::words::{Intent, Language};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What a pattern of the automaton stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A pattern of this rule.
    Rule(usize),
    /// What must not stand near this rule.
    NotNear(usize),
    /// A way of saying a day.
    Date(DateMeaning),
    /// One of the named phrases.
    Phrase(Phrase, Language),
    /// Harmless words of this group of companions.
    Companion(usize),
}

crate::ledger::words::word!(
    /// Groups of phrases that are no rules: what they are for is said in `rules/it/words.toml`.
    Phrase {
        /// Courtesy and scenery: says nothing that matters.
        Filler = "filler",
        /// Words that name what a mail is about, without wanting anything.
        Context = "context",
        /// Turns what follows into its contrary.
        Negation = "negation",
        /// Turns the verb before it into its contrary, where a language puts it there (French "pas").
        NegationAfter = "negation_after",
        /// A turn: what follows must be understood on its own.
        Turn = "turn",
        /// Speaks to a machine.
        Instruction = "instruction",
        /// All open invoices.
        AllItems = "all_items",
        /// Set off against a debt of ours.
        SetOff = "set_off",
        /// A credit note of ours that the writer waits for or was promised. Counts only in a mail that contests something.
        CreditNote = "credit_note",
        /// The same was paid twice. Like the next two it counts only in a mail that contests something or says that it is paid.
        PaidTwice = "paid_twice",
        /// Money went to us that was meant for somebody else.
        PaidByMistake = "paid_by_mistake",
        /// Money is wanted back.
        RefundAsked = "refund_asked",
        /// A person's rights to their data: to see them, to have them deleted; the authority that guards them.
        PersonalData = "personal_data",
        /// Agrees to what was proposed. Counts only where the mail says nothing but this and courtesies.
        Acceptance = "acceptance",
        /// Money in banknotes.
        Cash = "cash",
        /// A cheque, a banker's draft, a bill of exchange.
        Cheque = "cheque",
        /// A slip paid at the post office.
        PostalSlip = "postal_slip",
        /// The writer comes by to pay.
        InPerson = "in_person",
        /// The year to come, without its day.
        NextYear = "next_year",
        /// Always pays on a day of the month: its number stands last.
        PayHabit = "pay_habit",
        /// Always pays at the end of the month.
        PayHabitEnd = "pay_habit_end",
        /// Stands right before a date that belongs to a paper, not to a payment.
        PaperDate = "paper_date",
        /// Stands right before a date from which something is moved.
        OldDate = "old_date",
        /// Around a day on which something else happens: money comes to the writer, somebody is away, a feast is held.
        OtherDay = "other_day",
        /// Right before the due day on which the writer pays ("alla scadenza del"): it is theirs, though a paper names it.
        OnDueDay = "on_due_day",
        /// Points back to a day: what is promised happens on it, whatever else does.
        SameDay = "same_day",
        /// Names two papers, each with a day of its own: no day is that of both.
        EachItsDay = "each_its_day",
        /// Stands right before the end of an absence.
        ReturnDate = "return_date",
        /// Stands near an address that is to be used.
        NewContact = "new_contact",
        /// Stands right before an amount that is not the one paid or promised.
        OtherAmount = "other_amount",
        /// Takes back what was said before: never passed over.
        Correction = "correction",
        /// Names what a courtesy never names: goods, work, terms, claims. Never passed over unless a whole turn of
        /// courtesy holds it.
        Substance = "substance",
        /// Says to the end of its part what the invoice was for; explained only beside a request for papers, without a
        /// negation or a clause inside.
        Description = "description",
        /// A number right after these is an amount, though no currency stands beside it.
        BareAmount = "bare_amount",
        /// A long code right after these is the reference of a payment.
        PaymentReference = "payment_reference",
        /// Says into how many parts a sum is to be split: its number, or two where it names none ("moitié, moitié").
        Parts = "parts",
        /// The same by months ("per tre mesi"): counts where something is said of each month.
        PartMonths = "part_months",
        /// Near an amount: it is that of each part ("ciascuna", "je", "al mese").
        EachPart = "each_part",
        /// Shortly before a day: the first part is due then ("a partire dal …").
        FirstPart = "first_part",
        /// Names a part by what is left, without its amount ("il resto").
        RestPart = "rest_part",
        /// The owner's mail sends an invoice.
        OwnInvoice = "own_invoice",
        /// The owner's mail reminds.
        OwnReminder = "own_reminder",
    }
);

/// A checked, compiled rule set.
#[derive(Debug, Clone)]
pub(super) struct Compiled {
    pub(super) rules: Vec<Rule>,
    pub(super) by_id: BTreeMap<RuleId, usize>,
    /// The rules that the firm wrote.
    pub(super) own: BTreeSet<RuleId>,
    /// The patterns of each language …
    pub(super) matchers: BTreeMap<Language, Matcher>,
    /// … and those in whatever language that speak to a machine.
    pub(super) orders: Matcher,
    pub(super) roles: Vec<Role>,
    /// The words of a pattern hold a negation of their own.
    pub(super) negative: Vec<bool>,
    /// The language of a pattern.
    pub(super) languages: Vec<Language>,
    /// For groups of companions: beside which intents they are harmless; beside any where empty.
    pub(super) companions: Vec<BTreeSet<Intent>>,
    pub(super) calendars: BTreeMap<Language, CalendarWords>,
    pub(super) vocabulary: Vocabulary,
    pub(super) texts: BTreeMap<String, String>,
    /// Remarks that are no mistakes.
    pub(super) notes: Vec<Problem>,
}

/// Compiles the shipped files and the firm's own.
pub(super) fn compile(shipped: &[RuleSource], own: &[RuleSource]) -> Result<Compiled, Vec<Problem>> {
    let mut problems = Vec::new();
    let shipped: Vec<RuleFile> = shipped.iter().filter_map(|source| file::read(source, &mut problems)).collect();
    let own: Vec<RuleFile> = own.iter().filter_map(|source| file::read(source, &mut problems)).collect();
    let lists = word_lists(shipped.iter().chain(&own), &mut problems);
    let mut notes = Vec::new();
    let rules = merge(&shipped, &own, &mut problems, &mut notes);
    let mut builder = Builder {
        negations: negations(shipped.iter().chain(&own)),
        lists,
        matchers: Language::ALL.iter().map(|language| (*language, Matcher::default())).collect(),
        orders: Matcher::default(),
        roles: Vec::new(),
        negative: Vec::new(),
        languages: Vec::new(),
        vocabulary: Vocabulary::default(),
        companions: Vec::new(),
        problems,
    };
    builder.know_lists();
    for (index, (told, source)) in rules.iter().enumerate() {
        for text in &told.patterns {
            builder.add(source, told.rule.language, text, Role::Rule(index));
        }
        for text in &told.not_near {
            builder.add(source, told.rule.language, text, Role::NotNear(index));
        }
    }
    for read in shipped.iter().chain(&own) {
        builder.phrases_and_dates(read);
        builder.companions(read);
    }
    let mut calendars: BTreeMap<Language, CalendarWords> = BTreeMap::new();
    for read in shipped.iter().chain(&own) {
        calendars.entry(read.language).or_default().learn(&read.months, &read.weekdays, &read.numbers);
    }
    if !builder.problems.is_empty() {
        return Err(builder.problems);
    }
    let rules: Vec<Rule> = rules.into_iter().map(|(told, _)| told.rule.clone()).collect();
    let by_id = rules.iter().enumerate().map(|(index, rule)| (rule.id.clone(), index)).collect();
    let firms = own.iter().flat_map(|read| &read.rules).map(|told| told.rule.id.clone()).collect();
    let texts = shipped.into_iter().chain(own).map(|read| (read.source.file, read.source.text)).collect();
    Ok(Compiled {
        rules,
        by_id,
        own: firms,
        matchers: builder.matchers,
        orders: builder.orders,
        roles: builder.roles,
        negative: builder.negative,
        languages: builder.languages,
        vocabulary: builder.vocabulary,
        companions: builder.companions,
        calendars,
        texts,
        notes,
    })
}

pub(super) fn word_lists<'a>(
    files: impl Iterator<Item = &'a RuleFile>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<Language, WordLists> {
    let mut lists: BTreeMap<Language, WordLists> = BTreeMap::new();
    for read in files {
        let of_language = lists.entry(read.language).or_default();
        for (name, entries) in &read.lists {
            for entry in entries {
                match pattern::parse_entry(&entry.text) {
                    Ok(spellings) => of_language.entry(name.text.clone()).or_default().add(spellings),
                    Err(mistake) => problems.push(told_problem(&read.source, entry, mistake)),
                }
            }
        }
    }
    for (number, list) in lists.values_mut().flat_map(BTreeMap::values_mut).enumerate() {
        list.number = number;
    }
    lists
}

fn told_problem(source: &RuleSource, told: &Told, mistake: Mistake) -> Problem {
    let mut problem = Problem::at(&source.file, &source.text, told.span.clone(), mistake.message);
    problem.remedy = mistake.remedy;
    problem
}

/// Own rules replace shipped ones of the same id; `disabled` removes. The same id twice on one side is a mistake; to
/// disable what is not there is none, for a new version of the program may have given the rule up.
fn merge<'a>(
    shipped: &'a [RuleFile],
    own: &'a [RuleFile],
    problems: &mut Vec<Problem>,
    notes: &mut Vec<Problem>,
) -> Vec<(&'a ToldRule, &'a RuleSource)> {
    let mut rules: BTreeMap<&RuleId, (&ToldRule, &RuleSource)> = BTreeMap::new();
    for side in [shipped, own] {
        let mut seen: BTreeMap<&RuleId, &str> = BTreeMap::new();
        for read in side {
            for told in &read.rules {
                let id = &told.rule.id;
                let at = |message: String| {
                    Problem::at(&read.source.file, &read.source.text, told.rule.span.clone(), message)
                };
                if let Some(file) = seen.insert(id, &read.source.file) {
                    problems.push(at(format!("The id `{id}` is already used in {file}")));
                }
                if told.disabled {
                    if rules.remove(id).is_none() {
                        let near = nearest(id.as_str(), rules.keys().map(|id| id.as_str()));
                        let near = near.map(|near| format!("did you mean `{near}`? "));
                        let remedy = "if the program no longer has it, take these lines out";
                        let note = at(format!("There is no rule `{id}` to disable"));
                        notes.push(note.remedy(format!("{}{remedy}", near.unwrap_or_default())));
                    }
                } else {
                    rules.insert(id, (told, &read.source));
                }
            }
        }
    }
    rules.into_values().collect()
}

struct Builder {
    /// The words of each language that deny.
    negations: BTreeMap<Language, BTreeSet<String>>,
    lists: BTreeMap<Language, WordLists>,
    matchers: BTreeMap<Language, Matcher>,
    orders: Matcher,
    roles: Vec<Role>,
    negative: Vec<bool>,
    languages: Vec<Language>,
    vocabulary: Vocabulary,
    companions: Vec<BTreeSet<Intent>>,
    problems: Vec<Problem>,
}

impl Builder {
    fn add(&mut self, source: &RuleSource, language: Language, told: &Told, role: Role) {
        let none = WordLists::new();
        let lists = self.lists.get(&language).unwrap_or(&none);
        match pattern::parse(&told.text, lists).and_then(|elements| whole_words(role, elements)) {
            Ok(elements) => {
                let number = self.roles.len();
                if matches!(role, Role::Phrase(Phrase::Instruction, _)) {
                    let named = |list: &&WordList| names_list(&elements, list.number);
                    lists.values().filter(named).for_each(|list| self.orders.add_list(list));
                    self.orders.add(number, &elements);
                } else {
                    self.matchers.entry(language).or_default().add(number, &elements);
                }
                self.roles.push(role);
                let denies = self.negations.get(&language).is_some_and(|words| speaks_negatively(words, &told.text));
                self.negative.push(denies);
                self.languages.push(language);
                self.learn(language, &elements);
            }
            Err(mistake) => self.problems.push(told_problem(source, told, mistake)),
        }
    }

    fn know_lists(&mut self) {
        for (language, lists) in &self.lists {
            for list in lists.values() {
                self.matchers.entry(*language).or_default().add_list(list);
                for atom in list.words.iter().chain(list.turns.iter().flatten()) {
                    if let Atom::Exact(word) = atom {
                        know(&mut self.vocabulary, word, *language);
                    }
                }
            }
        }
    }

    fn learn(&mut self, language: Language, elements: &[Element]) {
        for element in elements {
            match element {
                Element::Choice(branches) => {
                    // Those of lists are known.
                    let plain = branches.iter().filter_map(|branch| match branch {
                        Branch::Words(atoms) => Some(atoms),
                        Branch::Turns { .. } => None,
                    });
                    for atom in plain.flatten() {
                        if let Atom::Exact(word) = atom {
                            know(&mut self.vocabulary, word, language);
                        }
                    }
                }
                Element::Optional(inner) => self.learn(language, inner),
                Element::Gap(_) | Element::AtStart | Element::AtEnd => {}
            }
        }
    }

    fn companions(&mut self, read: &RuleFile) {
        for companion in &read.companions {
            let role = Role::Companion(self.companions.len());
            self.companions.push(companion.beside.clone());
            for told in &companion.patterns {
                self.add(&read.source, read.language, told, role);
            }
        }
    }

    fn phrases_and_dates(&mut self, read: &RuleFile) {
        for (name, patterns) in &read.phrases {
            let Some(phrase) = Phrase::parse(&name.text) else {
                let all = Phrase::ALL.iter().map(|phrase| phrase.as_str());
                let mistake = Mistake {
                    message: format!("`{}` is not a group of phrases", name.text),
                    remedy: nearest(&name.text, all).map(|near| format!("did you mean `{near}`?")),
                };
                self.problems.push(told_problem(&read.source, name, mistake));
                continue;
            };
            for told in patterns {
                self.add(&read.source, read.language, told, Role::Phrase(phrase, read.language));
            }
        }
        for date in &read.dates {
            match DateMeaning::parse(&date.means.text) {
                Some(meaning) => {
                    for told in &date.patterns {
                        self.add(&read.source, read.language, told, Role::Date(meaning));
                    }
                }
                None => {
                    let all = DateMeaning::ALL.iter().map(|meaning| meaning.as_str());
                    let near = nearest(&date.means.text, all.clone());
                    let list = || format!("one of {}", all.collect::<Vec<_>>().join(", "));
                    let mistake = Mistake {
                        message: format!("`{}` is no meaning of a date", date.means.text),
                        remedy: Some(near.map_or_else(list, |near| format!("did you mean `{near}`?"))),
                    };
                    self.problems.push(told_problem(&read.source, &date.means, mistake));
                }
            }
        }
    }
}

/// The pattern itself carries the "not", so that a negation found inside it is its own. Names of lists are no words of it.
fn speaks_negatively(negations: &BTreeSet<String>, pattern: &str) -> bool {
    // Most patterns are plain already, and there are very many.
    let plain = pattern.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase() && !byte.is_ascii_control());
    let folded = if plain { Cow::Borrowed(pattern) } else { Cow::Owned(super::fold::fold_word(pattern)) };
    let outside = folded.split('{').map(|part| part.rsplit_once('}').map_or(part, |(_, after)| after));
    let mut words = outside.flat_map(|part| part.split(|c: char| !c.is_ascii_alphanumeric()));
    words.any(|word| negations.contains(word))
}

fn know(vocabulary: &mut Vocabulary, word: &str, language: Language) {
    match vocabulary.get_mut(word) {
        Some(tongues) => tongues.add(language),
        None => {
            vocabulary.insert(word.to_owned(), Tongues::of(language));
        }
    }
}

/// Does a pattern ask for a word of this list?
fn names_list(elements: &[Element], number: usize) -> bool {
    elements.iter().any(|element| match element {
        Element::Choice(branches) => branches.iter().any(|branch| match branch {
            Branch::Words(atoms) => atoms.contains(&Atom::Listed(number)),
            Branch::Turns { list, .. } => *list == number,
        }),
        Element::Optional(inner) => names_list(inner, number),
        Element::Gap(_) | Element::AtStart | Element::AtEnd => false,
    })
}

/// A companion explains every word it covers, so a gap in it would swallow whatever the writer put there.
fn whole_words(role: Role, elements: Vec<Element>) -> Result<Vec<Element>, Mistake> {
    let gap = |elements: &[Element]| elements.iter().any(|element| matches!(element, Element::Gap(_)));
    let hidden = elements.iter().any(|element| matches!(element, Element::Optional(inner) if gap(inner)));
    if matches!(role, Role::Companion(_)) && (hidden || gap(&elements)) {
        let remedy = Some("write the words out, or put some in brackets".to_owned());
        return Err(Mistake { message: "A companion has no gaps".to_owned(), remedy });
    }
    Ok(elements)
}

/// The words that turn a sentence into its contrary, as the files of each language list them.
fn negations<'a>(files: impl Iterator<Item = &'a RuleFile>) -> BTreeMap<Language, BTreeSet<String>> {
    let mut negations: BTreeMap<Language, BTreeSet<String>> = BTreeMap::new();
    for read in files {
        let denies = |name: &str| matches!(Phrase::parse(name), Some(Phrase::Negation | Phrase::NegationAfter));
        let told = read.phrases.iter().filter(|(name, _)| denies(&name.text));
        let words = told.flat_map(|(_, patterns)| patterns).flat_map(|told| plain_words(&told.text));
        negations.entry(read.language).or_default().extend(words);
    }
    negations
}

/// The words of a pattern, without its signs.
fn plain_words(pattern: &str) -> Vec<String> {
    let bare = pattern.replace(['|', '{', '}', '[', ']'], " ");
    pattern::spellings(&bare).iter().flat_map(|spelling| super::sentences::words_of(spelling)).collect()
}
