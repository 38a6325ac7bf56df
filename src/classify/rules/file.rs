//! One rule file: TOML text to a checked structure, with every problem told at its place.

use super::{Negation, Place, Question, Rule, RuleSource};
use crate::ledger::ids::RuleId;
use crate::ledger::problem::{Problem, nearest};
use crate::ledger::words::{Intent, Language};
use std::collections::BTreeSet;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A text and where it stands.
#[derive(Debug, Clone)]
pub(in super::super) struct Told {
    pub(in super::super) text: String,
    pub(in super::super) span: Range<usize>,
}

/// A rule with the places of its parts.
#[derive(Debug, Clone)]
pub(in super::super) struct ToldRule {
    pub(in super::super) rule: Rule,
    pub(in super::super) patterns: Vec<Told>,
    pub(in super::super) not_near: Vec<Told>,
    pub(in super::super) disabled: bool,
}

/// A way of saying a day.
#[derive(Debug, Clone)]
pub(in super::super) struct ToldDate {
    pub(in super::super) patterns: Vec<Told>,
    pub(in super::super) means: Told,
}

/// Harmless words beside a wish.
#[derive(Debug, Clone)]
pub(in super::super) struct ToldCompanion {
    pub(in super::super) patterns: Vec<Told>,
    /// Beside these only; beside anything where empty.
    pub(in super::super) beside: BTreeSet<Intent>,
}

/// What one file holds.
#[derive(Debug, Clone)]
pub(in super::super) struct RuleFile {
    pub(in super::super) source: RuleSource,
    pub(in super::super) language: Language,
    pub(in super::super) lists: Vec<(Told, Vec<Told>)>,
    pub(in super::super) phrases: Vec<(Told, Vec<Told>)>,
    pub(in super::super) rules: Vec<ToldRule>,
    pub(in super::super) dates: Vec<ToldDate>,
    pub(in super::super) companions: Vec<ToldCompanion>,
    pub(in super::super) months: Vec<Vec<String>>,
    pub(in super::super) weekdays: Vec<Vec<String>>,
    pub(in super::super) numbers: Vec<(String, u32)>,
}

const FILE_KEYS: &[&str] =
    &["language", "words", "phrases", "rule", "date", "companion", "months", "weekdays", "numbers"];
const RULE_KEYS: &[&str] = &[
    "id",
    "intent",
    "why",
    "patterns",
    "not_near",
    "weight",
    "question",
    "negation",
    "where",
    "refers_back",
    "concerns_all",
    "excuse",
    "faint",
    "example",
    "counter_example",
    "disabled",
];
const DATE_KEYS: &[&str] = &["words", "means"];
const COMPANION_KEYS: &[&str] = &["words", "beside", "why"];

/// Reads a file; all its problems are added to the list. `None` when it is no TOML at all or names no language.
pub(in super::super) fn read(source: &RuleSource, problems: &mut Vec<Problem>) -> Option<RuleFile> {
    let table = match DeTable::parse(&source.text) {
        Ok(table) => table,
        Err(error) => {
            let span = error.span().unwrap_or_default();
            problems.push(Problem::at(
                &source.file,
                &source.text,
                span,
                format!("The file is not TOML: {}", error.message()),
            ));
            return None;
        }
    };
    let mut reader = Reader { source, problems, language: Language::Italian };
    reader.file(table.get_ref())
}

struct Reader<'a> {
    source: &'a RuleSource,
    problems: &'a mut Vec<Problem>,
    language: Language,
}

impl Reader<'_> {
    fn problem(&mut self, span: Range<usize>, message: impl Into<String>, remedy: Option<String>) {
        let mut problem = Problem::at(&self.source.file, &self.source.text, span, message);
        problem.remedy = remedy;
        self.problems.push(problem);
    }

    fn known(&mut self, table: &DeTable<'_>, keys: &[&str]) {
        for key in table.keys() {
            if !keys.contains(&key.get_ref().as_ref()) {
                let remedy = nearest(key.get_ref(), keys.iter().copied()).map(|near| format!("did you mean `{near}`?"));
                self.problem(key.span(), format!("Unknown key `{}`", key.get_ref()), remedy);
            }
        }
    }

    fn file(&mut self, table: &DeTable<'_>) -> Option<RuleFile> {
        self.known(table, FILE_KEYS);
        let words = Language::ALL.iter().map(|language| language.as_str());
        self.language = match table.get("language").map(|value| (value.get_ref(), value.span())) {
            Some((DeValue::String(text), span)) => match Language::parse(text) {
                Some(language) => language,
                None => {
                    let remedy = format!("one of {}", words.collect::<Vec<_>>().join(", "));
                    self.problem(span, format!("`{text}` is no language"), Some(remedy));
                    return None;
                }
            },
            Some((_, span)) => {
                self.problem(span, "The language is written as text", Some("language = \"it\"".to_owned()));
                return None;
            }
            None => {
                self.problems.push(
                    Problem::of_file(&self.source.file, "The file does not say its language")
                        .remedy("language = \"it\""),
                );
                return None;
            }
        };
        let mut file = RuleFile {
            source: self.source.clone(),
            language: self.language,
            lists: self.named_lists(table, "words"),
            phrases: self.named_lists(table, "phrases"),
            rules: Vec::new(),
            dates: Vec::new(),
            companions: Vec::new(),
            months: self.grid(table, "months"),
            weekdays: self.grid(table, "weekdays"),
            numbers: self.numbers(table),
        };
        for (rule, span) in self.tables(table, "rule") {
            file.rules.extend(self.rule(rule, span));
        }
        for (date, span) in self.tables(table, "date") {
            self.known(date, DATE_KEYS);
            let patterns = self.texts(date, "words");
            match self.text(date, "means") {
                Some(means) if !patterns.is_empty() => file.dates.push(ToldDate { patterns, means }),
                _ => self.problem(span, "A date needs `words` and `means`", None),
            }
        }
        for (companion, span) in self.tables(table, "companion") {
            file.companions.extend(self.companion(companion, span));
        }
        Some(file)
    }

    fn companion(&mut self, table: &DeTable<'_>, span: Range<usize>) -> Option<ToldCompanion> {
        self.known(table, COMPANION_KEYS);
        let patterns = self.texts(table, "words");
        if patterns.is_empty() || self.text(table, "why").is_none() {
            self.problem(span, "A companion needs `words` and `why`", None);
            return None;
        }
        let all: Vec<&str> = Intent::ALL.iter().map(|intent| intent.as_str()).collect();
        let mut beside = BTreeSet::new();
        for told in self.texts(table, "beside") {
            beside.extend(self.known_word(&told, "beside", Intent::parse, &all));
        }
        Some(ToldCompanion { patterns, beside })
    }

    fn flag(&mut self, table: &DeTable<'_>, key: &str) -> bool {
        match table.get(key).map(|value| (value.get_ref(), value.span())) {
            Some((DeValue::Boolean(flag), _)) => *flag,
            Some((_, span)) => {
                self.problem(span, format!("`{key}` is true or false"), None);
                false
            }
            None => false,
        }
    }

    fn tables<'t>(&mut self, table: &'t DeTable<'_>, key: &str) -> Vec<(&'t DeTable<'t>, Range<usize>)> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let DeValue::Array(array) = value.get_ref() else {
            self.problem(value.span(), format!("`{key}` is written as [[{key}]]"), None);
            return Vec::new();
        };
        let mut found = Vec::new();
        for item in array.iter() {
            match item.get_ref() {
                DeValue::Table(inner) => found.push((inner, item.span())),
                _ => self.problem(item.span(), format!("`{key}` is written as [[{key}]]"), None),
            }
        }
        found
    }

    fn rule(&mut self, table: &DeTable<'_>, span: Range<usize>) -> Option<ToldRule> {
        self.known(table, RULE_KEYS);
        let Some(id) = self.text(table, "id") else {
            self.problem(span, "The rule has no id", Some(format!("id = \"{}.intent.name\"", self.language.as_str())));
            return None;
        };
        let disabled = self.flag(table, "disabled");
        let intent =
            self.choice(table, "intent", Intent::parse, &Intent::ALL.iter().map(|i| i.as_str()).collect::<Vec<_>>());
        let patterns = self.texts(table, "patterns");
        let not_near = self.texts(table, "not_near");
        let examples: Vec<String> = self.texts(table, "example").into_iter().map(|told| told.text).collect();
        let counter: Vec<String> = self.texts(table, "counter_example").into_iter().map(|told| told.text).collect();
        let why = self.text(table, "why").map(|told| told.text).unwrap_or_default();
        if !disabled {
            for (missing, key) in [
                (intent.is_none() && !table.contains_key("intent"), "intent"),
                (patterns.is_empty(), "patterns"),
                (examples.is_empty(), "example"),
                (counter.is_empty(), "counter_example"),
                (why.is_empty(), "why"),
            ] {
                if missing {
                    self.problem(id.span.clone(), format!("The rule `{}` has no {key}", id.text), None);
                }
            }
        }
        let weight = self.number(table, "weight").unwrap_or(80);
        if !(1..=100).contains(&weight) {
            self.problem(id.span.clone(), format!("The weight of `{}` lies between 1 and 100", id.text), None);
        }
        let rule = Rule {
            id: RuleId::new(id.text.clone()),
            intent: intent.unwrap_or(Intent::Unrelated),
            language: self.language,
            why,
            patterns: patterns.iter().map(|told| told.text.clone()).collect(),
            not_near: not_near.iter().map(|told| told.text.clone()).collect(),
            weight: weight.clamp(1, 100),
            question: self
                .choice(table, "question", Question::parse, &["any", "only", "never"])
                .unwrap_or(Question::Any),
            negation: self
                .choice(table, "negation", Negation::parse, &["blocks", "ignored"])
                .unwrap_or(Negation::Blocks),
            place: self.choice(table, "where", Place::parse, &["text", "attachment"]).unwrap_or(Place::Text),
            refers_back: self.flag(table, "refers_back"),
            concerns_all: self.flag(table, "concerns_all"),
            excuse: self.flag(table, "excuse"),
            faint: self.flag(table, "faint"),
            examples,
            counter_examples: counter,
            file: self.source.file.clone(),
            span: id.span,
        };
        Some(ToldRule { rule, patterns, not_near, disabled })
    }

    fn choice<T>(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        parse: impl Fn(&str) -> Option<T>,
        all: &[&str],
    ) -> Option<T> {
        let told = self.text(table, key)?;
        self.known_word(&told, key, parse, all)
    }

    fn known_word<T>(&mut self, told: &Told, key: &str, parse: impl Fn(&str) -> Option<T>, all: &[&str]) -> Option<T> {
        let parsed = parse(&told.text);
        if parsed.is_none() {
            let near = nearest(&told.text, all.iter().copied());
            let remedy =
                near.map_or_else(|| format!("one of {}", all.join(", ")), |near| format!("did you mean `{near}`?"));
            self.problem(told.span.clone(), format!("`{}` is not a word for {key}", told.text), Some(remedy));
        }
        parsed
    }

    fn text(&mut self, table: &DeTable<'_>, key: &str) -> Option<Told> {
        let value = table.get(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(Told { text: text.to_string(), span: value.span() }),
            _ => {
                self.problem(value.span(), format!("`{key}` is written as text"), None);
                None
            }
        }
    }

    fn number(&mut self, table: &DeTable<'_>, key: &str) -> Option<u32> {
        let value = table.get(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(number) => number.as_str().parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.problem(value.span(), format!("`{key}` is a whole number"), None);
        }
        number
    }

    /// A list of texts; a single text stands for a list of one.
    fn texts(&mut self, table: &DeTable<'_>, key: &str) -> Vec<Told> {
        table.get(key).map(|value| self.text_list(value, key)).unwrap_or_default()
    }

    fn text_list(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Vec<Told> {
        match value.get_ref() {
            DeValue::String(text) => vec![Told { text: text.to_string(), span: value.span() }],
            DeValue::Array(array) => array.iter().flat_map(|item| self.text_list(item, key)).collect(),
            _ => {
                self.problem(value.span(), format!("`{key}` is a list of texts"), None);
                Vec::new()
            }
        }
    }

    fn named_lists(&mut self, table: &DeTable<'_>, key: &str) -> Vec<(Told, Vec<Told>)> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let DeValue::Table(lists) = value.get_ref() else {
            self.problem(value.span(), format!("`{key}` is written as [{key}]"), None);
            return Vec::new();
        };
        let mut found = Vec::new();
        for (name, list) in lists.iter() {
            let told = Told { text: name.get_ref().to_string(), span: name.span() };
            let entries = self.text_list(list, &told.text);
            found.push((told, entries));
        }
        found
    }

    fn grid(&mut self, table: &DeTable<'_>, key: &str) -> Vec<Vec<String>> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let DeValue::Array(rows) = value.get_ref() else {
            self.problem(value.span(), format!("`{key}` is a list of lists"), None);
            return Vec::new();
        };
        let count = if key == "months" { 12 } else { 7 };
        if rows.len() != count {
            self.problem(value.span(), format!("`{key}` has {count} rows"), None);
        }
        let mut found = Vec::new();
        for row in rows.iter() {
            found.push(self.text_list(row, key).into_iter().map(|told| told.text).collect());
        }
        found
    }

    fn numbers(&mut self, table: &DeTable<'_>) -> Vec<(String, u32)> {
        let Some(value) = table.get("numbers") else { return Vec::new() };
        let DeValue::Table(numbers) = value.get_ref() else {
            self.problem(value.span(), "`numbers` is written as [numbers]", None);
            return Vec::new();
        };
        let keys: Vec<String> = numbers.keys().map(|key| key.get_ref().to_string()).collect();
        keys.into_iter().filter_map(|key| self.number(numbers, &key).map(|number| (key, number))).collect()
    }
}
