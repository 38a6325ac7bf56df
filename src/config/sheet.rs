//! One TOML file, walked by hand so that everything wrong in it is found in one run.
//!
//! A section remembers which keys were asked for; what is left over at the end is unknown, and the keys asked for are
//! the names from which the near ones are offered. So the readers are the only list of keys that there is.

use crate::ledger::problem::{Place, Problem, nearest};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};
use toml::de::{DeTable, DeValue};

/// The text of a TOML file and what was found wrong in it so far.
pub(super) struct Sheet<'t> {
    file: String,
    text: &'t str,
    problems: RefCell<Vec<Problem>>,
    /// Lines on which the syntax is broken: values there were guessed, so that nothing further is said of them.
    broken: BTreeSet<usize>,
    /// Every key asked for, as `section.key`.
    asked: RefCell<BTreeSet<String>>,
}

impl<'t> Sheet<'t> {
    /// Parses as much as can be parsed.
    pub(super) fn parse(file: &str, text: &'t str) -> (Self, toml::Spanned<DeTable<'t>>) {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut sheet = Self {
            file: file.to_owned(),
            text,
            problems: RefCell::default(),
            broken: BTreeSet::new(),
            asked: RefCell::default(),
        };
        for error in errors {
            let span = error.span().unwrap_or(text.len()..text.len());
            let place = Place::in_text(text, span.clone());
            // One mistake makes the parser stumble several times on the same line: the first says it best.
            if sheet.broken.insert(place.line) {
                let message = format!("This is not TOML: {}", error.message());
                let problem = Problem::at(file, text, span, message);
                sheet.problems.borrow_mut().push(problem.remedy(syntax_remedy(&place.excerpt, error.message())));
            }
        }
        (sheet, table)
    }

    /// The whole file as a section without a name.
    pub(super) fn root<'s>(&'s self, table: &'s toml::Spanned<DeTable<'t>>) -> Section<'s> {
        Section {
            sheet: self,
            name: String::new(),
            table: Some(table.get_ref()),
            place: None,
            known: RefCell::default(),
        }
    }

    /// Records a problem at a place, or of the whole file.
    pub(super) fn wrong(&self, place: Option<Range<usize>>, message: String, remedy: String) {
        let problem = match place {
            Some(range) => Problem::at(self.file.as_str(), self.text, range, message),
            None => Problem::of_file(self.file.as_str(), message),
        };
        let guessed = problem.place.as_ref().is_some_and(|place| self.broken.contains(&place.line));
        if !guessed {
            self.problems.borrow_mut().push(problem.remedy(remedy));
        }
    }

    /// Something is not there. Where the syntax is broken nobody knows that.
    fn missing(&self, place: Option<Range<usize>>, message: String, remedy: String) {
        if self.broken.is_empty() {
            self.wrong(place, message, remedy);
        }
    }

    /// What was found wrong, in the order of the file.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|problem| problem.place.as_ref().map_or((usize::MAX, 0), |p| (p.line, p.column)));
        problems
    }

    /// Every key that was asked for, as `section.key`.
    #[cfg(test)]
    pub(super) fn asked(&self) -> BTreeSet<String> {
        self.asked.borrow().clone()
    }
}

fn syntax_remedy(line: &str, message: &str) -> String {
    if message.contains("duplicate key") {
        return "keep one of the two lines".to_owned();
    }
    match line.split_once('=') {
        Some((key, value)) if !value.trim().is_empty() && !value.contains(['"', '\'', '[', '{']) => {
            format!("text stands in double quotes: {} = \"{}\"", key.trim(), value.trim())
        }
        _ => "write `key = \"text\"`, `key = 12`, `key = true`, or a `[section]`; a remark begins with #".to_owned(),
    }
}

/// A table of the file, read key by key.
pub(super) struct Section<'s> {
    sheet: &'s Sheet<'s>,
    name: String,
    table: Option<&'s DeTable<'s>>,
    place: Option<Range<usize>>,
    known: RefCell<Vec<&'static str>>,
}

/// A value with its place.
pub(super) struct Found<'s, T> {
    pub(super) value: T,
    pub(super) place: Range<usize>,
    section: &'s Section<'s>,
    key: &'static str,
}

impl<T> Found<'_, T> {
    /// Records that this value cannot be used.
    pub(super) fn wrong(&self, message: impl Into<String>, remedy: impl Into<String>) {
        self.section.sheet.wrong(Some(self.place.clone()), message.into(), remedy.into());
    }

    /// `key` in [section], for messages.
    pub(super) fn title(&self) -> String {
        self.section.title(self.key)
    }
}

impl<'s> Section<'s> {
    /// The file says nothing of this section.
    pub(super) const fn is_absent(&self) -> bool {
        self.table.is_none()
    }

    fn title(&self, key: &str) -> String {
        if self.name.is_empty() { format!("`{key}`") } else { format!("`{key}` in [{}]", self.name) }
    }

    fn ask(&self, key: &'static str) -> Option<(&'s DeValue<'s>, Range<usize>)> {
        self.known.borrow_mut().push(key);
        let path = if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) };
        self.sheet.asked.borrow_mut().insert(path);
        let (_, value) = self.table?.iter().find(|(name, _)| name.get_ref() == key)?;
        Some((value.get_ref(), value.span()))
    }

    /// Is the key there, whatever it says?
    pub(super) fn has(&self, key: &'static str) -> bool {
        self.ask(key).is_some()
    }

    fn find(&'s self, key: &'static str) -> Option<Found<'s, &'s DeValue<'s>>> {
        self.ask(key).map(|(value, place)| Found { value, place, section: self, key })
    }

    fn wrong_type(found: &Found<'_, &DeValue<'_>>, expected: &str, example: &str) {
        let actual = type_name(found.value);
        found.wrong(
            format!("{} must be {expected}, not {actual}", found.title()),
            format!("write for example: {} = {example}", found.key),
        );
    }

    /// Reports that this section must be there and is not; its keys are then not asked for one by one.
    pub(super) fn required_section(&self, paste: &str) {
        if self.table.is_none() && self.place.is_none() {
            self.sheet.missing(None, format!("The section [{}] is missing", self.name), format!("add: {paste}"));
        }
    }

    /// Reports that a key which must be there is not.
    pub(super) fn lacks(&self, key: &'static str, example: &str) {
        // Without the section itself there is one thing to say, and it was said.
        if self.table.is_some() {
            let remedy = format!("add to [{}]: {key} = {example}", self.name);
            self.sheet.missing(self.place.clone(), format!("{} is missing", self.title(key)), remedy);
        }
    }

    /// Text in quotes.
    pub(super) fn text(&'s self, key: &'static str, example: &str) -> Option<Found<'s, &'s str>> {
        let found = self.find(key)?;
        match found.value {
            DeValue::String(text) => Some(Found { value: text.as_ref(), place: found.place, section: self, key }),
            _ => {
                Self::wrong_type(&found, "text in quotes", &format!("\"{example}\""));
                None
            }
        }
    }

    /// Text that must be there and say something.
    pub(super) fn required_text(&'s self, key: &'static str, example: &str) -> Option<Found<'s, &'s str>> {
        if !self.has(key) {
            self.lacks(key, &format!("\"{example}\""));
            return None;
        }
        let found = self.text(key, example)?;
        if found.value.trim().is_empty() {
            found.wrong(format!("{} is empty", found.title()), format!("write for example: {key} = \"{example}\""));
            return None;
        }
        Some(found)
    }

    /// Text of a certain form; `what` completes «is not …».
    pub(super) fn parsed<T>(
        &'s self,
        key: &'static str,
        example: &str,
        what: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let found = self.text(key, example)?;
        form(&found, example, what, parse)
    }

    /// The same where the key must be there.
    pub(super) fn required<T>(
        &'s self,
        key: &'static str,
        example: &str,
        what: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let found = self.required_text(key, example)?;
        form(&found, example, what, parse)
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(&'s self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        let (first, _) = words.first()?;
        let found = self.text(key, first)?;
        let hit = words.iter().find(|(name, _)| *name == found.value).map(|(_, value)| *value);
        if hit.is_none() {
            let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
            found
                .wrong(format!("{} does not know `{}`", found.title(), found.value), did_you_mean(found.value, &names));
        }
        hit
    }

    /// true or false.
    pub(super) fn boolean(&'s self, key: &'static str) -> Option<bool> {
        let found = self.find(key)?;
        if let DeValue::Boolean(value) = found.value {
            return Some(*value);
        }
        Self::wrong_type(&found, "true or false", "true");
        None
    }

    /// A whole number within bounds.
    pub(super) fn number(&'s self, key: &'static str, bounds: RangeInclusive<u32>, example: u32) -> Option<u32> {
        let found = self.find(key)?;
        let DeValue::Integer(digits) = found.value else {
            Self::wrong_type(&found, "a whole number", &example.to_string());
            return None;
        };
        let value = i64::from_str_radix(digits.as_str(), digits.radix()).ok().and_then(|n| u32::try_from(n).ok());
        match value.filter(|value| bounds.contains(value)) {
            Some(value) => Some(value),
            None => {
                found.wrong(
                    format!("{} must lie between {} and {}", found.title(), bounds.start(), bounds.end()),
                    format!("write for example: {key} = {example}"),
                );
                None
            }
        }
    }

    /// A decimal number as it is written (`2000`, `2000.00`, `"2000.00"`): amounts never pass through a float.
    pub(super) fn decimal(&'s self, key: &'static str, example: &str) -> Option<Found<'s, String>> {
        let found = self.find(key)?;
        let value = match found.value {
            DeValue::Integer(digits) if digits.radix() == 10 => digits.as_str().to_owned(),
            DeValue::Float(digits) => digits.as_str().to_owned(),
            DeValue::String(text) => text.to_string(),
            _ => {
                Self::wrong_type(&found, "an amount", example);
                return None;
            }
        };
        Some(Found { value: value.replace('_', ""), place: found.place, section: self, key })
    }

    /// A list, element by element; `expected` names the elements in the plural.
    fn list(&'s self, key: &'static str, expected: &str, example: &str) -> Vec<Found<'s, &'s DeValue<'s>>> {
        let Some(found) = self.find(key) else { return Vec::new() };
        let DeValue::Array(items) = found.value else {
            Self::wrong_type(&found, &format!("a list of {expected} in square brackets"), example);
            return Vec::new();
        };
        items.iter().map(|item| Found { value: item.get_ref(), place: item.span(), section: self, key }).collect()
    }

    /// Is the key there with `[]`?
    pub(super) fn is_empty_list(&self, key: &'static str) -> bool {
        matches!(self.ask(key), Some((DeValue::Array(items), _)) if items.is_empty())
    }

    /// A list of texts; `None` when the key is not there.
    pub(super) fn texts(&'s self, key: &'static str, example: &str) -> Option<Vec<Found<'s, &'s str>>> {
        if !self.has(key) {
            return None;
        }
        let mut texts = Vec::new();
        for item in self.list(key, "texts", example) {
            match item.value {
                DeValue::String(text) => {
                    texts.push(Found { value: text.as_ref(), place: item.place, section: self, key });
                }
                _ => Self::wrong_type(&item, "a list of texts in quotes", example),
            }
        }
        Some(texts)
    }

    /// A list of texts of a certain form; `None` when the key is not there. What is not of the form is reported.
    pub(super) fn parsed_list<T>(
        &'s self,
        key: &'static str,
        example: &str,
        what: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let texts = self.texts(key, &format!("[\"{example}\"]"))?;
        let parse = &parse;
        Some(texts.iter().filter_map(|found| list_form(found, example, what, parse)).collect())
    }

    /// A list of whole numbers within bounds; `None` when the key is not there.
    pub(super) fn numbers(&'s self, key: &'static str, bounds: RangeInclusive<u32>, example: &str) -> Option<Vec<u32>> {
        if !self.has(key) {
            return None;
        }
        let mut numbers = Vec::new();
        for item in self.list(key, "whole numbers", example) {
            let value = match item.value {
                DeValue::Integer(digits) => digits.as_str().parse::<u32>().ok().filter(|n| bounds.contains(n)),
                _ => None,
            };
            match value {
                Some(value) => numbers.push(value),
                None => item.wrong(
                    format!("{} takes whole numbers between {} and {}", item.title(), bounds.start(), bounds.end()),
                    format!("write for example: {key} = {example}"),
                ),
            }
        }
        Some(numbers)
    }

    /// A sub-table: `[name]`.
    pub(super) fn section(&self, key: &'static str) -> Section<'s> {
        let name = if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) };
        let found = self.ask(key);
        let place = found.as_ref().map(|(_, place)| place.clone());
        let table = match found {
            Some((DeValue::Table(table), _)) => Some(table),
            Some((other, place)) => {
                let message = format!("`{key}` must be a section, not {}", type_name(other));
                self.sheet.wrong(Some(place), message, format!("write [{name}] on a line of its own, its keys below"));
                None
            }
            None => None,
        };
        Section { sheet: self.sheet, name, table, place, known: RefCell::default() }
    }

    /// Repeated tables: `[[name]]`, or a list of inline tables.
    pub(super) fn sections(&self, key: &'static str) -> Vec<Section<'s>> {
        let name = if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) };
        let wrong = |place: Range<usize>, other: &DeValue<'_>| {
            let message = format!("`{key}` must be repeated sections, not {}", type_name(other));
            self.sheet.wrong(Some(place), message, format!("write [[{name}]] on a line of its own, its keys below"));
        };
        let items = match self.ask(key) {
            None => return Vec::new(),
            Some((DeValue::Array(items), _)) => items,
            Some((other, place)) => {
                wrong(place, other);
                return Vec::new();
            }
        };
        let mut sections = Vec::new();
        for item in items.iter() {
            let DeValue::Table(table) = item.get_ref() else {
                wrong(item.span(), item.get_ref());
                continue;
            };
            let place = Some(item.span());
            sections.push(Section {
                sheet: self.sheet,
                name: name.clone(),
                table: Some(table),
                place,
                known: RefCell::default(),
            });
        }
        sections
    }

    /// The keys of a table whose names are free.
    pub(super) fn free_texts(&'s self) -> Vec<(String, Option<String>, Range<usize>)> {
        let Some(table) = self.table else { return Vec::new() };
        let entries = table.iter().map(|(key, value)| {
            let text = value.get_ref().as_str().map(str::to_owned);
            (key.get_ref().to_string(), text, key.span())
        });
        entries.collect()
    }

    /// Reports a problem with a key's value, or of the section when the key is not there.
    pub(super) fn wrong_key(&self, key: &'static str, message: impl Into<String>, remedy: impl Into<String>) {
        let place = self.ask(key).map(|(_, place)| place).or_else(|| self.place.clone());
        self.sheet.wrong(place, message.into(), remedy.into());
    }

    /// Reports a problem of the section as a whole.
    pub(super) fn wrong(&self, message: impl Into<String>, remedy: impl Into<String>) {
        self.sheet.wrong(self.place.clone(), message.into(), remedy.into());
    }

    /// Reports a problem at a place in this file.
    pub(super) fn wrong_at(&self, place: Range<usize>, message: impl Into<String>, remedy: impl Into<String>) {
        self.sheet.wrong(Some(place), message.into(), remedy.into());
    }

    /// Reports every key that nobody asked for.
    pub(super) fn finish(&self) {
        let Some(table) = self.table else { return };
        let known = self.known.borrow();
        for (key, _) in table.iter().filter(|(key, _)| !known.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref().as_ref();
            let message = match self.name.as_str() {
                "" => format!("Unknown section or key `{name}`"),
                section => format!("Unknown key `{name}` in [{section}]"),
            };
            self.sheet.wrong(Some(key.span()), message, did_you_mean(name, &known));
        }
    }
}

fn form<T>(found: &Found<'_, &str>, example: &str, what: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    let value = parse(found.value);
    if value.is_none() {
        found.wrong(
            format!("{}: `{}` is not {what}", found.title(), found.value),
            format!("write for example: {} = \"{example}\"", found.key),
        );
    }
    value
}

fn list_form<T>(found: &Found<'_, &str>, example: &str, what: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
    let value = parse(found.value);
    if value.is_none() {
        found.wrong(
            format!("{}: `{}` is not {what}", found.title(), found.value),
            format!("write for example: {} = [\"{example}\"]", found.key),
        );
    }
    value
}

/// `did you mean …?`, or everything that is known.
pub(super) fn did_you_mean(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let mut names = known.to_vec();
            names.sort_unstable();
            names.dedup();
            format!("known here: {}", names.join(", "))
        }
    }
}

const fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with decimals",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date without quotes",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}
