//! The texts, by language, name and register: the shipped ones, each replaced by the firm's own of the same name.

use super::blocks::{BANK_DETAILS, ITEMS, PAYMENT, SIGNATURE};
use super::check;
use super::letter::RenderFailure;
use super::wording::capital;
use crate::ledger::ids::TemplateId;
use crate::ledger::problem::Problem;
use crate::ledger::words::{Language, Register};
use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderErrorReason};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A file with a text, as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateSource {
    /// Its path; the last two parts say what it is (`it/reminder_friendly.formal.txt.hbs`, or `layout.html.hbs`).
    pub file: String,
    /// Its content.
    pub text: String,
}

/// What a text is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TemplateKey {
    /// The language it is written in.
    pub language: Language,
    /// Its name.
    pub id: TemplateId,
    /// The form of address.
    pub register: Register,
}

/// `it/reminder_friendly.formal`.
impl fmt::Display for TemplateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}.{}", self.language, self.id, self.register)
    }
}

/// The texts that the policy may ask for.
pub const TEMPLATE_IDS: [&str; 24] = [
    "reminder_friendly",
    "reminder_returned",
    "reminder_second",
    "reminder_firm",
    "final_notice",
    "resend_invoice",
    "bank_details",
    "statement",
    "monthly_statement",
    "before_closure",
    "deferral_granted",
    "plan_agreed",
    "plan_proposed",
    "promise_thanks",
    "promise_date_request",
    "promise_broken",
    "claimed_thanks",
    "claim_check",
    "thanks_paid",
    "dispute_seen",
    "call_summary",
    "courtesy_note",
    "receipt_check",
    "stop_work",
];

/// The texts of Italian law, which no other language has; a step of the owner's ladder may name them.
pub const ITALIAN_ONLY: [&str; 1] = ["notice_to_perform"];

/// The texts of which no public body receives any: a closure, thanks and a stop of work are for customers who owe as
/// private law has it, and policy and settings refuse each of them.
pub const NOT_FOR_PUBLIC_BODIES: [&str; 4] = ["before_closure", "courtesy_note", "receipt_check", "stop_work"];

/// The blocks that a template places, each on a line of its own.
pub(super) const BLOCKS: [(&str, &str); 4] =
    [("items", ITEMS), ("payment", PAYMENT), ("bank_details", BANK_DETAILS), ("signature", SIGNATURE)];

/// All texts, checked.
#[derive(Debug)]
pub struct Shelf {
    files: BTreeMap<TemplateKey, String>,
    registry: Handlebars<'static>,
    /// Own HTML of some texts, and what escapes it.
    pages: BTreeMap<TemplateKey, String>,
    page_registry: Handlebars<'static>,
    /// Own texts with mistakes: their mails wait. Nothing shipped takes their place.
    broken: BTreeMap<TemplateKey, RenderFailure>,
    /// The own layout has a mistake: every mail waits.
    broken_layout: Option<RenderFailure>,
}

/// A text with its facts filled in and its blocks still to be placed.
#[derive(Debug)]
pub(super) struct Filled {
    pub subject: String,
    pub body: String,
    /// It shows payment details.
    pub shows_payment: bool,
    /// It exists to tell them.
    pub exists_for_payment: bool,
}

pub(super) const LAYOUT: &str = "layout.html.hbs";

impl Shelf {
    /// Takes the shipped texts and the firm's own, which replace them one by one, and checks each of them by rendering
    /// it with a sample letter.
    ///
    /// # Errors
    /// Every problem found in any of them.
    pub fn build(shipped: &[TemplateSource], own: &[TemplateSource]) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut shelf = Self::empty();
        let (mut texts, mut pages) = (BTreeMap::new(), BTreeMap::new());
        for source in shipped.iter().chain(own) {
            match check::name(source) {
                Ok(check::Named::Layout) => {
                    if let Err(error) = shelf.registry.register_template_string(LAYOUT, &source.text) {
                        problems.push(check::parse_problem(source, &error));
                    }
                }
                Ok(check::Named::Text(key)) => {
                    problems.extend(check::near_miss(&key, source));
                    texts.insert(key, source);
                }
                Ok(check::Named::Page(key)) => {
                    problems.extend(check::near_miss(&key, source));
                    pages.insert(key, source);
                }
                Err(problem) => problems.push(problem),
            }
        }
        let layout = shipped.iter().chain(own).rfind(|source| matches!(check::name(source), Ok(check::Named::Layout)));
        problems.extend(check::layout(&shelf, layout));
        for (is_page, key, source) in
            texts.iter().map(|(k, s)| (false, k, s)).chain(pages.iter().map(|(k, s)| (true, k, s)))
        {
            let (registry, files) = match is_page {
                true => (&mut shelf.page_registry, &mut shelf.pages),
                false => (&mut shelf.registry, &mut shelf.files),
            };
            match registry.register_template_string(&source.file, &source.text) {
                Ok(()) => {
                    files.insert(key.clone(), source.file.clone());
                    problems.extend(check::text(&shelf, key, source, is_page));
                }
                Err(error) => problems.push(check::parse_problem(source, &error)),
            }
        }
        if problems.is_empty() { Ok(shelf) } else { Err(problems) }
    }

    fn empty() -> Self {
        let mut page_registry = registry();
        page_registry.register_escape_fn(super::html::escape);
        Self {
            files: BTreeMap::new(),
            registry: registry(),
            pages: BTreeMap::new(),
            page_registry,
            broken: BTreeMap::new(),
            broken_layout: None,
        }
    }

    /// What is there, in order, with the file that holds it.
    pub fn templates(&self) -> impl Iterator<Item = (&TemplateKey, &str)> {
        self.files.iter().map(|(key, file)| (key, file.as_str()))
    }

    /// Which texts are missing for customers in these languages. There is no way from one language to another.
    #[must_use]
    pub fn missing(&self, languages: &BTreeSet<Language>) -> Vec<Problem> {
        let mut problems = Vec::new();
        for language in languages {
            for id in texts_of(*language) {
                for register in registers_of(*language, id) {
                    let key = TemplateKey { language: *language, id: TemplateId::new(id), register: *register };
                    if !self.files.contains_key(&key) {
                        let file = format!("templates/{key}.txt.hbs");
                        let message = format!("There is no {} text `{id}` ({register})", language.english_name());
                        problems.push(
                            Problem::of_file(file, message)
                                .remedy("write it in the firm's folder, or give these customers another language"),
                        );
                    }
                }
            }
        }
        problems
    }

    /// Is there a text of this name for a customer of this language and form of address?
    #[must_use]
    pub fn has(&self, id: &TemplateId, language: Language, register: Register) -> bool {
        !matches!(self.find(id, language, register), Err(RenderFailure::NoTemplate(_)))
    }

    /// Takes what is good, so that one mistake stops the mails of that text and no others.
    ///
    /// # Errors
    /// When a shipped text is bad: then the product is.
    pub fn build_tolerant(
        shipped: &[TemplateSource],
        own: &[TemplateSource],
    ) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        let problems = match Self::build(shipped, own) {
            Ok(shelf) => return Ok((shelf, Vec::new())),
            Err(problems) => problems,
        };
        let fault = |source: &TemplateSource| problems.iter().find(|problem| problem.file == source.file);
        let good: Vec<TemplateSource> = own.iter().filter(|source| fault(source).is_none()).cloned().collect();
        let mut shelf = Self::build(shipped, &good)?;
        for source in own {
            let Some(problem) = fault(source) else { continue };
            let failure = RenderFailure::Text { file: source.file.clone(), reason: problem.message.clone() };
            match check::name(source) {
                Ok(check::Named::Layout) => shelf.broken_layout = Some(failure),
                Ok(check::Named::Text(key) | check::Named::Page(key)) => {
                    shelf.broken.insert(key, failure);
                }
                // A file of no known name stands for no mail.
                Err(_) => {}
            }
        }
        Ok((shelf, problems))
    }

    /// The text for a customer. A register that a language does not have becomes its nearest formal one.
    pub(super) fn find(
        &self,
        id: &TemplateId,
        language: Language,
        register: Register,
    ) -> Result<&TemplateKey, RenderFailure> {
        let candidates: &[Register] = match register {
            Register::Formal => &[Register::Formal],
            Register::Informal => &[Register::Informal],
            Register::Voi => &[Register::Voi, Register::Formal],
            Register::Impersonal => &[Register::Impersonal, Register::Voi, Register::Formal],
        };
        let key = |register: &Register| TemplateKey { language, id: id.clone(), register: *register };
        if let Some(failure) = &self.broken_layout {
            return Err(failure.clone());
        }
        for register in candidates {
            let key = key(register);
            if let Some(failure) = self.broken.get(&key) {
                return Err(failure.clone());
            }
            if let Some((key, _)) = self.files.get_key_value(&key) {
                return Ok(key);
            }
        }
        Err(RenderFailure::NoTemplate(key(&register).to_string()))
    }

    /// The text with its facts.
    pub(super) fn fill(&self, key: &TemplateKey, facts: &Value) -> Result<Filled, RenderFailure> {
        let file = self.files.get(key).ok_or_else(|| RenderFailure::NoTemplate(key.to_string()))?;
        let failure = |reason: String| RenderFailure::Text { file: file.clone(), reason };
        let text = self.registry.render(file, facts).map_err(|error| failure(reason(&error)))?;
        let (subject, body) = text.trim_start().split_once('\n').unwrap_or((text.trim(), ""));
        let (subject, body) = (subject.trim(), body.trim());
        if subject.is_empty() || body.is_empty() {
            return Err(failure("it has no subject or no text".to_owned()));
        }
        if subject.contains(char::is_control) {
            return Err(RenderFailure::ControlCharacter("The subject"));
        }
        let exists_for_payment = body.contains(BANK_DETAILS);
        let shows_payment = super::blocks::shows_payment(body);
        Ok(Filled { subject: subject.to_owned(), body: body.to_owned(), shows_payment, exists_for_payment })
    }

    /// The text's own HTML, where there is one, with its blocks still to be placed.
    pub(super) fn page(&self, key: &TemplateKey, facts: &Value) -> Result<Option<String>, RenderFailure> {
        let Some(file) = self.pages.get(key) else { return Ok(None) };
        let filled = self.page_registry.render(file, facts);
        filled.map(Some).map_err(|error| RenderFailure::Text { file: file.clone(), reason: reason(&error) })
    }

    /// The HTML page around a content.
    pub(super) fn frame(&self, content: &str, language: Language, subject: &str) -> Result<String, RenderFailure> {
        let facts = json!({
            "language": language.as_str(),
            "subject": super::html::escape(subject),
            "content": content,
        });
        self.registry
            .render(LAYOUT, &facts)
            .map_err(|error| RenderFailure::Text { file: LAYOUT.to_owned(), reason: reason(&error) })
    }

    pub(super) fn has_layout(&self) -> bool {
        self.registry.has_template(LAYOUT)
    }

    /// The error of rendering a text, with its place, for the check.
    pub(super) fn try_text(&self, file: &str, facts: &Value, is_page: bool) -> Result<String, handlebars::RenderError> {
        if is_page { self.page_registry.render(file, facts) } else { self.registry.render(file, facts) }
    }
}

/// What is wrong, in words.
pub(super) fn reason(error: &handlebars::RenderError) -> String {
    match error.reason() {
        RenderErrorReason::MissingVariable(Some(name)) => format!("it names `{name}`, which this mail does not have"),
        RenderErrorReason::HelperNotFound(name) => format!("it uses `{name}`, which does not exist"),
        other => other.to_string(),
    }
}

/// The texts that a language has.
pub(super) fn texts_of(language: Language) -> impl Iterator<Item = &'static str> {
    let of_its_law: &[&str] = if language == Language::Italian { &ITALIAN_ONLY } else { &[] };
    TEMPLATE_IDS.into_iter().chain(of_its_law.iter().copied())
}

/// The registers in which a text of a language is shipped or expected.
pub(super) fn registers_of(language: Language, id: &str) -> &'static [Register] {
    match language {
        Language::Italian if NOT_FOR_PUBLIC_BODIES.contains(&id) => {
            &[Register::Formal, Register::Informal, Register::Voi]
        }
        Language::Italian => &[Register::Formal, Register::Informal, Register::Voi, Register::Impersonal],
        _ => &[Register::Formal, Register::Informal],
    }
}

fn registry() -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    // Letters are plain text; the HTML part is escaped where it is made.
    registry.register_escape_fn(handlebars::no_escape);
    registry.register_helper("one", Box::new(one_or_several));
    registry.register_helper("capital", Box::new(capital_letter));
    registry
}

/// `{{one "scaduta" "scadute"}}`: the first for one document, the second for several.
fn one_or_several(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    context: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let several = context.data().get("several").and_then(Value::as_bool).unwrap_or(false);
    let index = usize::from(several);
    let word = helper
        .param(index)
        .and_then(|param| param.value().as_str())
        .ok_or(RenderErrorReason::ParamNotFoundForIndex("one", index))?;
    out.write(word)?;
    Ok(())
}

/// `{{capital named_day.weekday}}`: with a capital first letter.
fn capital_letter(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let word = helper
        .param(0)
        .and_then(|param| param.value().as_str())
        .ok_or(RenderErrorReason::ParamNotFoundForIndex("capital", 0))?;
    out.write(&capital(word))?;
    Ok(())
}
