//! The way out rests: after trouble that is about the server and not about one mail, nothing is tried for a while.
//! Every due mail knocking in turn at a server that is down, or with a password that it refuses, is how a machine gets
//! locked out. Remembered in the database, so that a pass every few minutes keeps to it as `run` does.

use super::error::AgentError;
use crate::ledger::moment::Moment;
use crate::store::{Look, Store, StoreError, Unit};
use chrono::{DateTime, Duration, Utc};

/// Waits after a server that cannot be reached or puts us off as a whole; the last one repeats.
const UNREACHABLE_MINUTES: [i64; 4] = [1, 5, 15, 60];
/// Waits after a login that is refused. Four tries a day lock nobody out.
const REFUSED_MINUTES: [i64; 4] = [1, 5, 30, 360];

const UNTIL: &str = "sending.rest.until";
const TIMES: &str = "sending.rest.times";
const WHY: &str = "sending.rest.why";

/// What kind of trouble makes the way out rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The server is not there, or puts everybody off.
    Unreachable,
    /// The server, its certificate or the login has to be mended by a person.
    Stopped,
}

/// How long nothing is tried, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rest {
    /// The next attempt.
    pub until: DateTime<Utc>,
    /// What the server said, or what was said of it.
    pub why: String,
}

/// The rest that is going on; `None` when mail may be tried.
///
/// # Errors
/// When the database cannot be read.
pub fn resting(look: &Look<'_>, now: DateTime<Utc>) -> Result<Option<Rest>, StoreError> {
    let until = look.setting(UNTIL)?.and_then(|text| text.parse::<DateTime<Utc>>().ok());
    // A clock that was set back must not make a rest of years.
    let longest = now + Duration::minutes(REFUSED_MINUTES.into_iter().max().unwrap_or(0));
    let Some(until) = until.filter(|until| *until > now && *until <= longest) else { return Ok(None) };
    Ok(Some(Rest { until, why: look.setting(WHY)?.unwrap_or_default() }))
}

/// Begins a rest, longer with each time in a row. The moment of the next attempt.
pub(super) fn begin(
    unit: &mut Unit<'_>,
    moment: Moment,
    trouble: Trouble,
    why: &str,
) -> Result<DateTime<Utc>, AgentError> {
    let times = unit.setting(TIMES)?.and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
    let waits = match trouble {
        Trouble::Unreachable => UNREACHABLE_MINUTES,
        Trouble::Stopped => REFUSED_MINUTES,
    };
    let minutes = waits.get(times).or(waits.last()).copied().unwrap_or(60);
    let until = moment.instant + Duration::minutes(minutes);
    unit.set_setting(UNTIL, Some(&until.to_rfc3339()))?;
    unit.set_setting(TIMES, Some(&times.saturating_add(1).to_string()))?;
    unit.set_setting(WHY, Some(why))?;
    Ok(until)
}

/// The server took our greeting: the next trouble begins with the shortest wait.
pub(super) fn end(unit: &mut Unit<'_>) -> Result<(), StoreError> {
    for name in [UNTIL, TIMES, WHY] {
        if unit.setting(name)?.is_some() {
            unit.set_setting(name, None)?;
        }
    }
    Ok(())
}

/// Lets mail be tried at once: a person saw that the server works again.
///
/// # Errors
/// When the database cannot be written.
pub fn lift(store: &mut Store) -> Result<(), StoreError> {
    store.write(end)
}
