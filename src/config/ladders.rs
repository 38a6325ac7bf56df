//! `rules/ladders.toml`: which steps follow one another, by kind of debtor. The shipped file is compiled in; a firm's
//! own file replaces it kind by kind.

use super::files::SourceFile;
use super::ladder_step::{self, Frame};
use super::sheet::{Section, Sheet};
use crate::ledger::ids::{LadderName, StepId};
use crate::ledger::money::Currency;
use crate::ledger::problem::Problem;
use crate::ledger::words::DebtorKind;
use crate::policy::NOTICE_TO_PERFORM;
use crate::policy::terms::{Ladder, Step, StepAct, When, Windows};
use std::collections::{BTreeMap, BTreeSet};

/// The shipped file.
pub(super) const SHIPPED: &str = include_str!("../../rules/ladders.toml");

/// Shipped templates that a step may name.
const TEMPLATES: [&str; 10] = [
    "reminder_friendly",
    "reminder_returned",
    "reminder_second",
    "reminder_firm",
    "final_notice",
    NOTICE_TO_PERFORM,
    "call_summary",
    "courtesy_note",
    "receipt_check",
    "stop_work",
];

/// Those that ask for payment, from the mildest to the firmest.
const MILDEST_FIRST: [&str; 4] = ["reminder_friendly", "reminder_second", "reminder_firm", "final_notice"];

/// What one kind has in a file.
enum Said {
    Steps(Vec<Step>),
    SameAs(DebtorKind),
}

/// What of the settings the ladders need.
pub(super) struct Surroundings<'a> {
    pub(super) currency: Currency,
    pub(super) windows: &'a Windows,
    pub(super) may_stop_work: bool,
}

/// Reads the shipped ladders and puts the firm's own over them.
pub(super) fn read(
    shipped: &SourceFile,
    own: Option<&SourceFile>,
    own_templates: &[SourceFile],
    firm: Surroundings<'_>,
    problems: &mut Vec<Problem>,
) -> Ladders {
    let Surroundings { currency, windows, may_stop_work } = firm;
    let frame = Frame { templates: &known_templates(own_templates), currency, windows, may_stop_work, kind: None };
    let (mut said, mut named) = read_file(shipped, &frame, problems);
    if let Some(own) = own {
        let (own_said, own_named) = read_file(own, &frame, problems);
        named.extend(own_named);
        let own_kinds: Vec<DebtorKind> = own_said.keys().copied().collect();
        said.extend(own_said);
        report_circles(own, &own_kinds, &said, problems);
    }
    let ladder = |steps| Ladder { steps };
    let kinds = DebtorKind::ALL.iter().filter_map(|kind| Some((*kind, ladder(steps_of(*kind, &said)?)))).collect();
    let steps_of_named = |named: &Said| match named {
        Said::Steps(steps) => Some(steps.clone()),
        Said::SameAs(kind) => steps_of(*kind, &said),
    };
    let named = named.iter().filter_map(|(name, what)| Some((name.clone(), ladder(steps_of_named(what)?)))).collect();
    Ladders { kinds, named }
}

/// The ladders of the kinds, and those with a name of their own, which customers and groups choose.
#[derive(Default)]
pub(super) struct Ladders {
    pub(super) kinds: BTreeMap<DebtorKind, Ladder>,
    pub(super) named: BTreeMap<LadderName, Ladder>,
}

fn known_templates(own: &[SourceFile]) -> BTreeSet<String> {
    let own = own.iter().filter_map(|source| source.file.rsplit('/').next()?.split('.').next());
    TEMPLATES.into_iter().chain(own).map(str::to_owned).collect()
}

impl Ladders {
    /// The names of all steps.
    pub(super) fn steps(&self) -> BTreeSet<StepId> {
        let all = self.kinds.values().chain(self.named.values());
        all.flat_map(|ladder| &ladder.steps).map(|step| step.id.clone()).collect()
    }
}

/// Follows `same_as`, at most as often as there are kinds: a circle has no steps.
fn steps_of(kind: DebtorKind, said: &BTreeMap<DebtorKind, Said>) -> Option<Vec<Step>> {
    let mut kind = kind;
    for _ in DebtorKind::ALL {
        match said.get(&kind)? {
            Said::Steps(steps) => return Some(steps.clone()),
            Said::SameAs(other) => kind = *other,
        }
    }
    None
}

fn read_file(
    source: &SourceFile,
    frame: &Frame<'_>,
    problems: &mut Vec<Problem>,
) -> (BTreeMap<DebtorKind, Said>, BTreeMap<LadderName, Said>) {
    let (sheet, table) = Sheet::parse(&source.file, &source.text);
    let (mut said, mut named) = (BTreeMap::new(), BTreeMap::new());
    {
        let root = sheet.root(&table);
        for kind in DebtorKind::ALL {
            let section = root.section(kind.as_str());
            if let Some(ladder) = read_kind(*kind, &section, frame) {
                said.insert(*kind, ladder);
            }
            section.finish();
        }
        for section in root.sections("ladder") {
            read_named(&section, frame, &mut named);
            section.finish();
        }
        root.finish();
    }
    problems.extend(sheet.into_problems());
    (said, named)
}

/// A kind that is the same as one that is the same as it has no steps. Only the firm's own file can bring that about.
fn report_circles(
    own: &SourceFile,
    own_kinds: &[DebtorKind],
    said: &BTreeMap<DebtorKind, Said>,
    problems: &mut Vec<Problem>,
) {
    for kind in own_kinds.iter().filter(|kind| steps_of(**kind, said).is_none()) {
        let message = format!("The ladder of `{kind}` is the same as one that leads back to it: it has no steps");
        let header = format!("[{kind}]");
        let problem = match own.text.find(&header) {
            Some(start) => Problem::at(own.file.as_str(), &own.text, start..start + header.len(), message),
            None => Problem::of_file(own.file.as_str(), message),
        };
        problems.push(problem.remedy("give one of them steps, or name a kind that has them"));
    }
}

/// `[[ladder]]` with a name: for those who choose it in `customers.toml`, whatever their kind.
fn read_named(section: &Section<'_>, frame: &Frame<'_>, named: &mut BTreeMap<LadderName, Said>) {
    let name = section.required("name", "patient", "a name of small letters, digits and _", |text| {
        is_name(text).then(|| LadderName::new(text))
    });
    let said = read_said(None, section, frame);
    if let (Some(name), Some(said)) = (name, said)
        && named.insert(name.clone(), said).is_some()
    {
        section.wrong_key("name", format!("There are two ladders `{name}`"), "give each its own name");
    }
}

/// Small letters, digits and _.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn read_kind(kind: DebtorKind, section: &Section<'_>, frame: &Frame<'_>) -> Option<Said> {
    if section.is_absent() { None } else { read_said(Some(kind), section, frame) }
}

/// Its steps, or whose ladder it shares.
fn read_said(kind: Option<DebtorKind>, section: &Section<'_>, frame: &Frame<'_>) -> Option<Said> {
    let kinds: Vec<(&str, DebtorKind)> =
        DebtorKind::ALL.iter().filter(|other| Some(**other) != kind).map(|other| (other.as_str(), *other)).collect();
    let same_as = section.word("same_as", &kinds);
    let steps = section.sections("steps");
    if section.has("same_as") {
        if section.has("steps") {
            let whose = kind.map_or("ladder", DebtorKind::as_str);
            section.wrong_key("same_as", format!("[{whose}] has both `steps` and `same_as`"), "keep one of the two");
        }
        return same_as.map(Said::SameAs);
    }
    if steps.is_empty() && !section.has("steps") {
        section.lacks("steps", "[ { id = \"friendly\", after_days = 7, mail = \"reminder_friendly\" } ]");
    }
    let frame = &Frame { kind, ..*frame };
    let read: Vec<Option<Step>> = steps.iter().map(|step| ladder_step::read(step, frame)).collect();
    report_order(&steps, &read);
    Some(Said::Steps(read.into_iter().flatten().collect()))
}

/// Days rise, names are single, nothing mild follows a firm step.
fn report_order(sections: &[Section<'_>], steps: &[Option<Step>]) {
    let mut names = BTreeSet::new();
    let mut last: Option<&Step> = None;
    let mut firm: Option<&Step> = None;
    let mut firmest: Option<(usize, &Step)> = None;
    for (section, step) in sections.iter().zip(steps) {
        let Some(step) = step else { continue };
        if !names.insert(step.id.clone()) {
            section.wrong(format!("There are two steps `{}` in this ladder", step.id), "give each its own id");
        }
        if let Some(before) = last {
            if step.when.in_calendar_days() <= before.when.in_calendar_days() {
                section.wrong(
                    format!(
                        "Step `{}` comes {}, not later than `{}` before it ({})",
                        step.id,
                        in_words(step.when),
                        before.id,
                        in_words(before.when)
                    ),
                    match (before.when, step.when) {
                        (When::After(days), When::After(_)) => {
                            format!("write after_days = {} or more, or change the order", days.saturating_add(1))
                        }
                        _ => "choose a later day, or change the order".to_owned(),
                    },
                );
            }
            if before.act == StepAct::HandOver {
                section.wrong(
                    format!("Step `{}` comes after `{}`, which hands it over", step.id, before.id),
                    "put hand_over at the end of the ladder",
                );
            }
        }
        let tone = tone_of(step);
        let milder_than = firmest.filter(|(before, _)| tone.is_some_and(|tone| tone < *before));
        if let Some(before) = firm.filter(|_| !step.firm && matches!(step.act, StepAct::Mail(_))) {
            section.wrong(
                format!("Step `{}` is milder than the firm step `{}` before it", step.id, before.id),
                "put it before the firm step, or add firm = true",
            );
        } else if let Some((_, before)) = milder_than {
            section.wrong(
                format!("The text of step `{}` is milder than that of `{}` before it", step.id, before.id),
                "put it before that step, or give it a firmer text: a mild word after a firm one takes the firm one back",
            );
        }
        if step.firm {
            firm = Some(step);
        }
        firmest = tone
            .map(|tone| (tone, step))
            .filter(|(tone, _)| firmest.is_none_or(|(before, _)| *tone >= before))
            .or(firmest);
        last = Some(step);
    }
}

/// How firm a shipped text is; `None` for the firm's own, which may say anything.
fn tone_of(step: &Step) -> Option<usize> {
    let text = step.act.template()?;
    MILDEST_FIRST.iter().position(|known| *known == text.as_str())
}

fn in_words(when: When) -> String {
    match when {
        When::Before(days) => format!("{days} days before the due date"),
        When::After(days) => format!("after {days} days"),
        When::AfterBusiness(days) => format!("after {days} business days"),
    }
}
