//! `sollecito measure DIR…`: how well the mails of labelled folders are read.
//!
//! A firm is made of each folder in a temporary place, the program reads every mail as `explain` does, and what it made of
//! them is compared with the labels. No firm is needed; where there is one, its own rules count.

mod folder;
mod temporary;
mod workshop;

pub(super) use folder::Corpus;
pub(super) use temporary::Patience;
pub(super) use workshop::{ReadMail, Workshop};

use super::Globals;
use super::failure::Failure;
use super::output::{Screen, Side, counted, problem_json};
use super::rules::in_force::InForce;
use crate::ledger::problem::Problem;
use crate::ledger::words::Language;
use crate::measure::{Difference, Fact, Figures, Label, Outcome, Share, differences, measure, measure_languages};
use clap::Args;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Measures.
#[derive(Debug, Args)]
pub(super) struct Measure {
    /// Labelled folders: *.eml, ledger.csv, sent.csv and labels.jsonl, as docs/reading.md describes them
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// List the mails that are read otherwise than labelled (never those of a folder called riserva…: it is set aside)
    #[arg(long)]
    misread: bool,
}

/// What was measured in one folder.
struct Measured {
    corpus: Corpus,
    outcomes: Vec<Outcome>,
    figures: Figures,
    languages: BTreeMap<Language, Figures>,
    misread: Vec<Misread>,
    problems: Vec<Problem>,
}

/// A mail that is read otherwise than labelled.
struct Misread {
    id: String,
    differences: Vec<Difference>,
    grounds: ReadMail,
}

impl Measure {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        let corpora = self.open()?;
        let rules = InForce::of(globals)?;
        let patience = Patience::begin()?;
        let mut measured = Vec::new();
        for corpus in corpora {
            let workshop = Workshop::build(&corpus, rules.rules.clone(), &patience)?;
            let read = workshop.read(&corpus, &patience)?;
            measured.push(Measured::of(corpus, read, workshop.problems.clone()));
        }
        if screen.wants_json() {
            screen.json(&self.as_json(&measured, &rules));
        } else {
            self.show(&measured, &rules, screen);
        }
        Ok(())
    }

    /// All folders, or everything that is wrong in any of them.
    fn open(&self) -> Result<Vec<Corpus>, Failure> {
        let mut corpora = Vec::new();
        let mut problems = Vec::new();
        for folder in &self.folders {
            match Corpus::open(folder) {
                Ok(corpus) => corpora.push(corpus),
                Err(failure) if failure.problems.is_empty() => return Err(failure),
                Err(failure) => problems.extend(failure.problems),
            }
        }
        if problems.is_empty() { Ok(corpora) } else { Err(Failure::of_files(problems)) }
    }

    fn as_json(&self, measured: &[Measured], rules: &InForce) -> Value {
        let folders: Vec<Value> = measured
            .iter()
            .map(|one| {
                let languages: BTreeMap<&str, Value> =
                    one.languages.iter().map(|(language, figures)| (language.as_str(), figures.to_json())).collect();
                let mut value = json!({
                    "folder": one.corpus.name,
                    "set_aside": one.corpus.set_aside,
                    "figures": one.figures.to_json(),
                    "languages": languages,
                    "rows_not_taken": one.problems.iter().map(problem_json).collect::<Vec<_>>(),
                });
                if let (true, false, Some(object)) = (self.misread, one.corpus.set_aside, value.as_object_mut()) {
                    object.insert("misread".to_owned(), one.misread.iter().map(Misread::as_json).collect());
                }
                value
            })
            .collect();
        json!({ "own_rule_files": rules.own_files, "folders": folders, "together": together(measured).to_json() })
    }

    fn show(&self, measured: &[Measured], rules: &InForce, screen: &mut Screen) {
        screen.paragraph(&rules.sentence());
        for one in measured {
            screen.line("");
            let aside = if one.corpus.set_aside { " (set aside: figures only)" } else { "" };
            screen.heading(&format!("{}: {}{aside}", one.corpus.name, counted(one.figures.mails, "mail")));
            lines(&one.figures.to_string(), screen);
            show_languages(&one.languages, screen);
            if !one.problems.is_empty() {
                screen.line("");
                screen.line(format!("{} of the ledger not taken:", counted(one.problems.len(), "row")));
                one.problems.iter().for_each(|problem| lines(&problem.to_string(), screen));
            }
            if self.misread && !one.corpus.set_aside {
                screen.line("");
                screen.line(format!("{} read otherwise than labelled", counted(one.misread.len(), "mail")));
                one.misread.iter().for_each(|misread| misread.show(screen));
            }
        }
        if measured.len() > 1 {
            let figures = together(measured);
            screen.line("");
            screen.heading(&format!("All {} folders: {}", measured.len(), counted(figures.mails, "mail")));
            lines(&figures.to_string(), screen);
        }
    }
}

impl Measured {
    fn of(corpus: Corpus, read: Vec<ReadMail>, problems: Vec<Problem>) -> Self {
        let outcomes: Vec<Outcome> = read.iter().map(|mail| mail.outcome.clone()).collect();
        let named = |figures: Figures| if corpus.set_aside { figures.without_names() } else { figures };
        let figures = named(measure(&corpus.labels, &outcomes));
        let languages = measure_languages(&corpus.labels, &outcomes);
        let languages = languages.into_iter().map(|(language, figures)| (language, named(figures))).collect();
        let mut labels: BTreeMap<&str, &Label> = corpus.labels.iter().map(|label| (label.id.as_str(), label)).collect();
        let mut misread = Vec::new();
        for grounds in read.into_iter().filter(|_| !corpus.set_aside) {
            let Some(label) = labels.remove(grounds.outcome.id.as_str()) else { continue };
            let differences = differences(label, &grounds.outcome);
            if !differences.is_empty() {
                misread.push(Misread { id: label.id.clone(), differences, grounds });
            }
        }
        Self { corpus, outcomes, figures, languages, misread, problems }
    }
}

/// All folders as one corpus; mails are called by folder and id, those of folders that are set aside not at all.
fn together(measured: &[Measured]) -> Figures {
    let (mut labels, mut outcomes) = (Vec::new(), Vec::new());
    let mut aside = BTreeSet::new();
    for one in measured {
        let called = |id: &str| format!("{}/{id}", one.corpus.name.trim_end_matches('/'));
        for label in &one.corpus.labels {
            if one.corpus.set_aside {
                aside.insert(called(&label.id));
            }
            let mut label = label.clone();
            label.id = called(&label.id);
            labels.push(label);
        }
        outcomes.extend(one.outcomes.iter().map(|outcome| Outcome { id: called(&outcome.id), ..outcome.clone() }));
    }
    measure(&labels, &outcomes).with_names(|id| !aside.contains(id))
}

/// The headline figures, a column a language.
fn show_languages(languages: &BTreeMap<Language, Figures>, screen: &mut Screen) {
    if languages.is_empty() {
        return;
    }
    screen.line("");
    let percent = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.1}"));
    let share = |share: Share| percent(share.percent());
    type Cell<'a> = Box<dyn Fn(&Figures) -> String + 'a>;
    let rows: Vec<(&str, Cell<'_>)> = vec![
        ("mails", Box::new(|figures| figures.mails.to_string())),
        ("wrong automatic answers", Box::new(|figures| figures.wrong_automatic_answers.count.to_string())),
        ("handled without the owner", Box::new(|figures| share(figures.handled_without_owner))),
        ("risk not seen", Box::new(|figures| figures.risk_missed.count.to_string())),
        ("primary intent, macro F1", Box::new(|figures| percent(figures.primary_macro_f1()))),
        ("primary intent", Box::new(|figures| share(figures.primary))),
        ("disposition", Box::new(|figures| share(figures.disposition))),
        ("bounces", Box::new(|figures| share(figures.bounces))),
        ("receivables exact", Box::new(|figures| share(figures.receivables))),
        ("promised date exact", Box::new(|figures| share(figures.fact(Fact::PromisedDate)))),
        ("amount exact", Box::new(|figures| share(figures.fact(Fact::Amount)))),
    ];
    let mut table = vec![vec!["by language, per cent".to_owned()]];
    if let Some(head) = table.first_mut() {
        head.extend(languages.keys().map(ToString::to_string));
    }
    for (name, cell) in rows {
        let mut row = vec![name.to_owned()];
        row.extend(languages.values().map(cell));
        table.push(row);
    }
    let mut sides = vec![Side::Left];
    sides.extend(languages.keys().map(|_| Side::Right));
    screen.table(&sides, &table);
}

fn lines(text: &str, screen: &mut Screen) {
    text.lines().for_each(|line| screen.line(line));
}

impl Misread {
    fn as_json(&self) -> Value {
        json!({
            "id": self.id,
            "differences": self.differences,
            "rules": self.grounds.rules,
            "not_understood": self.grounds.not_understood,
            "reason": self.grounds.reason,
        })
    }

    fn show(&self, screen: &mut Screen) {
        screen.line(&self.id);
        for one in &self.differences {
            screen.labelled(
                "  ",
                2,
                &format!("{}: {}, labelled {}", one.what.replace('_', " "), one.read, one.labelled),
            );
        }
        for rule in &self.grounds.rules {
            screen.labelled("    by", 7, rule);
        }
        screen.labelled("    so", 7, &self.grounds.reason);
        for words in &self.grounds.not_understood {
            screen.labelled("    unclear", 12, &format!("«{words}»"));
        }
    }
}
