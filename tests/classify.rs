//! The reading rules as a whole: shipped examples, the firm's own files, and sentences that must be read in one way.

use sollecito::classify::RuleSet;

#[test]
fn shipped_rules_compile_and_keep_their_examples() {
    let rules = match RuleSet::shipped() {
        Ok(rules) => rules,
        Err(problems) => panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    };
    let problems = rules.run_examples();
    assert!(problems.is_empty(), "{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
}
