//! The rules in force: those that came with the program, and the firm's own where there is a firm.

use crate::classify::RuleSet;
use crate::cli::Globals;
use crate::cli::desk;
use crate::cli::failure::Failure;
use crate::cli::output::counted;
use crate::ledger::ids::RuleId;
use crate::ledger::problem::Problem;

/// The rules that read a mail now.
pub(in crate::cli) struct InForce {
    /// Compiled.
    pub(in crate::cli) rules: RuleSet,
    /// The firm's own files, by name; none where there is no firm.
    pub(in crate::cli) own_files: Vec<String>,
}

impl InForce {
    /// The firm's rules where there is a firm, else the shipped ones alone.
    pub(in crate::cli) fn of(globals: &Globals) -> Result<Self, Failure> {
        if !globals.settings_file().exists() {
            return Ok(Self { rules: shipped()?, own_files: Vec::new() });
        }
        let firm = globals.firm()?;
        let (rules, _) = desk::compile(&firm.rule_sources, &firm.template_sources).map_err(Failure::of_files)?;
        let own_files = firm.rule_sources.into_iter().map(|source| source.file).collect();
        Ok(Self { rules, own_files })
    }

    /// The same, and beside them the shipped ones where the firm has rules of its own: both are compiled at once.
    pub(super) fn beside_shipped(globals: &Globals) -> Result<(Self, Option<RuleSet>), Failure> {
        let own = globals.settings_file().exists() && !globals.firm()?.rule_sources.is_empty();
        if !own {
            return Ok((Self::of(globals)?, None));
        }
        std::thread::scope(|scope| {
            let other = scope.spawn(shipped);
            let in_force = Self::of(globals)?;
            // A thread that panicked hands its panic on.
            let shipped = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            Ok((in_force, Some(shipped)))
        })
    }

    /// Does the firm's own folder have this rule?
    pub(super) fn is_own(&self, rule: &RuleId) -> bool {
        self.rules.rule(rule).is_some_and(|rule| self.own_files.contains(&rule.file))
    }

    /// Which rules they are.
    pub(in crate::cli) fn sentence(&self) -> String {
        if self.own_files.is_empty() {
            return "Read with the rules that came with the program.".to_owned();
        }
        let files = counted(self.own_files.len(), "own file");
        format!("Read with the rules that came with the program and {files}: {}.", self.own_files.join(", "))
    }
}

/// What is strange in rule files and no mistake, a sentence each.
pub(in crate::cli) fn notes(rules: &RuleSet) -> Vec<String> {
    let sentence = |note: &Problem| {
        let line = note.place.as_ref().map(|place| format!(":{}", place.line)).unwrap_or_default();
        let remedy = note.remedy.as_ref().map(|remedy| format!(": {remedy}")).unwrap_or_default();
        format!("{}{line}: {}{remedy}.", note.file, note.message)
    };
    rules.notes().iter().map(sentence).collect()
}

/// The rules that came with the program.
fn shipped() -> Result<RuleSet, Failure> {
    RuleSet::shipped().map_err(Failure::of_files)
}
