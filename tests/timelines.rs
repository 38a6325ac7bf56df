//! Timelines: plain texts in `tests/timelines`, one story each, told to `policy` day by day.
//!
//! A line is `WHEN | WHAT HAPPENS | expect … | expect …`. Lines before the first day set the scene. `WHEN` is
//! `2026-10-12 10:00`, or `until 2026-11-20` for: every day at ten and at three, let the day come and the mail leave.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail loudly, and say what they did"
)]

#[path = "timelines/office.rs"]
mod office;
#[path = "timelines/story.rs"]
mod story;

use std::path::Path;

/// Fewer stories than this means that some were lost on the way.
const LEAST_STORIES: usize = 20;

#[test]
fn every_timeline_goes_as_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/timelines");
    let mut stories: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of timelines")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    stories.sort();
    assert!(stories.len() >= LEAST_STORIES, "only {} timelines were found", stories.len());
    let mut failures = Vec::new();
    for path in stories {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a readable timeline");
        if let Err(failure) = story::tell(&text) {
            failures.push(format!("{name}:{failure}"));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[test]
fn a_wrong_expectation_is_noticed() {
    let scene = "invoice 118 due 2026-10-02 amount 1220.00 known 2026-12-31\nmode send\n";
    let right = "2026-10-13 10:00 | day | expect plan reminder_friendly 118\n";
    story::tell(&format!("{scene}{right}")).expect("the story goes as told");
    for wrong in [
        "2026-10-13 10:00 | day | expect nothing\n",
        "2026-10-13 10:00 | day | expect plan reminder_second 118\n",
        "2026-10-13 10:00 | day | expect plan reminder_friendly 119\n",
        "2026-10-13 10:00 | day | expect hold promise\n",
        "2026-10-13 10:00 | day | expect case call\n",
        "2026-10-13 10:00 | day | expect status 118 paid\n",
        "until 2026-10-20 | expect left nothing\n",
        "2026-10-13 10:00 | day\n2026-10-13 10:00 | deliver | expect wait\n",
    ] {
        let told = story::tell(&format!("{scene}{wrong}"));
        assert!(told.is_err(), "nothing was noticed in: {wrong}");
    }
    assert!(story::tell("2026-10-13 10:00 | dya | expect nothing\n").is_err(), "an unknown word is noticed");
}
