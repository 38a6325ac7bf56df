//! Named points at which a test may kill the process: before and after each commit and each hand-over.
//! Debug builds only; in a release build a point is nothing at all.

/// Every point, in the order of a pass. A test that never reaches one fails.
pub const POINTS: &[&str] = &[
    "intake.before_raw",
    "intake.after_raw",
    "intake.before_decision",
    "intake.after_decision",
    "tick.before_decision",
    "tick.after_decision",
    "notice.before_plan",
    "notice.after_plan",
    "outbox.before_claim",
    "outbox.after_claim",
    "outbox.before_in_data",
    "outbox.after_in_data",
    "outbox.after_deliver",
    "outbox.after_accepted",
    "copy.before_append",
    "copy.after_append",
    "copy.after_record",
    "draft.before_freeze",
    "draft.before_append",
    "draft.after_append",
    "draft.after_record",
];

/// Points below the agent, in the rooms that speak to servers: between a write to the network and its answer.
pub const NETWORK_POINTS: &[&str] = &[
    "imap.after_examine",
    "imap.after_fetch",
    "imap.before_append",
    "imap.after_append_sent",
    "imap.before_remove",
    "imap.after_store_deleted",
    "smtp.after_go_ahead",
    "smtp.after_body",
    "smtp.after_end",
];

/// The environment variable that names the point, with `#2` for its second passing.
pub const VARIABLE: &str = "SOLLECITO_CRASH_AT";

/// Aborts here when the environment says so.
#[cfg(debug_assertions)]
pub fn reached(point: &'static str) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static PASSED: AtomicU32 = AtomicU32::new(0);
    debug_assert!(
        POINTS.contains(&point) || NETWORK_POINTS.contains(&point),
        "the crash point {point} is not in the list"
    );
    let Ok(wanted) = std::env::var(VARIABLE) else { return };
    let (name, count) = wanted.split_once('#').unwrap_or((&wanted, "1"));
    if name == point && PASSED.fetch_add(1, Ordering::SeqCst).saturating_add(1) == count.parse().unwrap_or(1) {
        // No unwinding, no destructors, no flushing: as when the power fails.
        std::process::abort();
    }
}

/// Nothing, in a release build.
#[cfg(not(debug_assertions))]
pub const fn reached(_point: &'static str) {}
