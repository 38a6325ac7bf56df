//! What the tests run stands in the design, row by row.

/// Each row of a table is in the design as it stands here; else it says which to put there.
pub fn is_in_the_design(rows: &[String]) {
    let design = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/design.md")).expect("the design");
    let lines: Vec<&str> = design.lines().collect();
    let missing: Vec<&str> = rows.iter().map(String::as_str).filter(|row| !lines.contains(row)).collect();
    assert!(missing.is_empty(), "docs/design.md, \u{ab}What the tests run\u{bb}, should say:\n{}", missing.join("\n"));
}
