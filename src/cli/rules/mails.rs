//! The mails of labelled folders, read with the shipped rules and with those in force.

use super::in_force::InForce;
use crate::classify::RuleSet;
use crate::cli::failure::Failure;
use crate::cli::measure::{Corpus, Patience, ReadMail, Workshop};
use crate::cli::output::{Screen, Side, counted};
use crate::measure::{Difference, Fact, Figures, Label, Outcome, Share, differences, measure};
use serde_json::{Value, json};
use std::path::PathBuf;

/// So many mails are shown where not all are asked for.
const SHOWN: usize = 20;

/// One folder, tried.
pub(super) struct MailTrial {
    folder: String,
    set_aside: bool,
    /// With the shipped rules, where others are in force.
    before: Option<Figures>,
    now: Figures,
    changed: Vec<Changed>,
    /// How many mails are read otherwise; of a folder that is set aside only this is told.
    changed_count: usize,
}

/// A mail that is read otherwise with the rules in force.
struct Changed {
    id: String,
    /// What was wrong with the shipped rules, and what is wrong now.
    before: Vec<Difference>,
    now: Vec<Difference>,
    rules: Vec<String>,
}

/// Tries every folder.
pub(super) fn try_all(
    in_force: &InForce,
    shipped: Option<&RuleSet>,
    folders: &[PathBuf],
) -> Result<Vec<MailTrial>, Failure> {
    if folders.is_empty() {
        return Ok(Vec::new());
    }
    let corpora = folders.iter().map(|folder| Corpus::open(folder)).collect::<Result<Vec<_>, _>>()?;
    let patience = Patience::begin()?;
    corpora.iter().map(|corpus| try_one(in_force, shipped, corpus, &patience)).collect()
}

fn try_one(
    in_force: &InForce,
    shipped: Option<&RuleSet>,
    corpus: &Corpus,
    patience: &Patience,
) -> Result<MailTrial, Failure> {
    let mut workshop = Workshop::build(corpus, in_force.rules.clone(), patience)?;
    let now = workshop.read(corpus, patience)?;
    let before = match shipped {
        Some(shipped) => {
            workshop.put_rules(shipped.clone());
            Some(workshop.read(corpus, patience)?)
        }
        None => None,
    };
    let figures = |read: &[ReadMail]| {
        let outcomes: Vec<Outcome> = read.iter().map(|mail| mail.outcome.clone()).collect();
        let figures = measure(&corpus.labels, &outcomes);
        if corpus.set_aside { figures.without_names() } else { figures }
    };
    let mut changed: Vec<Changed> = before.iter().flat_map(|before| changes(&corpus.labels, before, &now)).collect();
    let changed_count = changed.len();
    if corpus.set_aside {
        changed.clear();
    }
    Ok(MailTrial {
        folder: corpus.name.clone(),
        set_aside: corpus.set_aside,
        before: before.as_deref().map(figures),
        now: figures(&now),
        changed,
        changed_count,
    })
}

fn changes(labels: &[Label], before: &[ReadMail], now: &[ReadMail]) -> Vec<Changed> {
    let pairs = before.iter().zip(now).filter(|(before, now)| before.outcome != now.outcome);
    pairs
        .filter_map(|(before, now)| {
            let label = labels.iter().find(|label| label.id == now.outcome.id)?;
            Some(Changed {
                id: label.id.clone(),
                before: differences(label, &before.outcome),
                now: differences(label, &now.outcome),
                rules: now.rules.clone(),
            })
        })
        .collect()
}

impl MailTrial {
    pub(super) fn as_json(&self) -> Value {
        let mut value = json!({
            "folder": self.folder,
            "set_aside": self.set_aside,
            "in_force": self.now.to_json(),
            "shipped": self.before.as_ref().map(Figures::to_json),
            "changed": self.changed_count,
        });
        if let (false, Some(object)) = (self.set_aside, value.as_object_mut()) {
            let mails = self.changed.iter().map(
                |one| json!({ "id": one.id, "wrong_before": one.before, "wrong_now": one.now, "rules": one.rules }),
            );
            object.insert("mails".to_owned(), mails.collect());
        }
        value
    }

    pub(super) fn show(&self, all: bool, screen: &mut Screen) {
        screen.line("");
        screen.heading(&format!("{}: {}", self.folder, counted(self.now.mails, "mail")));
        self.show_figures(screen);
        if self.before.is_none() {
            return;
        }
        screen.paragraph(&format!(
            "Your own rules change how {} read.",
            match self.changed_count {
                1 => "1 mail is".to_owned(),
                count => format!("{count} mails are"),
            }
        ));
        if self.set_aside {
            screen.line("The folder is set aside: figures only.");
        }
        let shown = if all { self.changed.len() } else { SHOWN };
        for one in self.changed.iter().take(shown) {
            screen.line(&one.id);
            screen.labelled("  before", 10, &told(&one.before));
            screen.labelled("  now", 10, &told(&one.now));
            screen.labelled("  by", 10, &one.rules.join(", "));
        }
        if self.changed.len() > shown {
            screen.line(format!("{} more: --all", self.changed.len() - shown));
        }
    }

    fn show_figures(&self, screen: &mut Screen) {
        let percent = |share: Share| share.percent().map_or_else(|| "-".to_owned(), |value| format!("{value:.1} %"));
        let rows: [Row<'_>; 5] = [
            ("wrong automatic answers", &|figures| figures.wrong_automatic_answers.count.to_string()),
            ("handled without the owner", &|figures| percent(figures.handled_without_owner)),
            ("primary intent", &|figures| percent(figures.primary)),
            ("disposition", &|figures| percent(figures.disposition)),
            ("promised date exact", &|figures| percent(figures.fact(Fact::PromisedDate))),
        ];
        let mut sides = vec![Side::Left, Side::Right];
        let mut head = vec![String::new(), "now".to_owned()];
        if self.before.is_some() {
            head.push("by the shipped rules".to_owned());
            sides.push(Side::Right);
        }
        let mut table = vec![head];
        for (name, cell) in rows {
            let mut row = vec![format!("  {name}"), cell(&self.now)];
            row.extend(self.before.as_ref().map(cell));
            table.push(row);
        }
        screen.table(&sides, &table);
    }
}

/// A name and what of the figures stands beside it.
type Row<'a> = (&'a str, &'a dyn Fn(&Figures) -> String);

fn told(differences: &[Difference]) -> String {
    if differences.is_empty() {
        return "as labelled".to_owned();
    }
    let each = differences.iter();
    let each = each.map(|one| format!("{} {}, labelled {}", one.what.replace('_', " "), one.read, one.labelled));
    each.collect::<Vec<_>>().join("; ")
}
