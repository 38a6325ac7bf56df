//! What holds where the settings say nothing: the policy as shipped, in the firm's currency.
//! The same numbers stand, commented, in the file that `sollecito init` writes; a test compares the two.

use crate::ledger::money::{Currency, Money};
use crate::ledger::words::{Mode, Purpose};
use crate::policy::terms::{Limits, Policy, Windows};
use std::collections::BTreeMap;

/// Nothing leaves before the owner says so.
pub(super) fn modes() -> BTreeMap<Purpose, Mode> {
    let mut modes = Policy::shipped().modes;
    modes.remove(&Purpose::Notice);
    modes
}

/// The numbers; amounts keep their figure in another currency.
pub(super) fn limits(currency: Currency) -> Limits {
    let mut limits = Policy::shipped().limits;
    for amount in [&mut limits.deferral.max_amount, &mut limits.small_remainder, &mut limits.minimum] {
        *amount = Money::new(amount.cents, currency);
    }
    limits
}

/// When mail may leave.
pub(super) fn windows() -> Windows {
    Policy::shipped().windows
}
