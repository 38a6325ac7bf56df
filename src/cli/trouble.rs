//! When a failure that comes again and again is worth a word: not each minute, not when it heals by itself, and again
//! when it has become another one.

/// What `run` has told of the trouble that it is in.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    in_a_row: u32,
    told: Option<String>,
}

impl Trouble {
    /// A pass failed. True when that is to be told now. One that may pass by itself is told from the second on: a
    /// connection that died between two passes is made anew by the next.
    pub(super) fn comes(&mut self, words: &str, may_pass: bool) -> bool {
        self.in_a_row = self.in_a_row.saturating_add(1);
        // "Waiting until 10:01" and "Waiting until 10:02" are the same trouble.
        let kind: String = words.chars().filter(|sign| !sign.is_ascii_digit()).collect();
        if (may_pass && self.in_a_row == 1) || self.told.as_ref() == Some(&kind) {
            return false;
        }
        self.told = Some(kind);
        true
    }

    /// A pass went well. True when trouble had been told of before.
    pub(super) fn is_over(&mut self) -> bool {
        self.in_a_row = 0;
        self.told.take().is_some()
    }

    /// Is it the first failure since all was well?
    pub(super) const fn is_new(&self) -> bool {
        self.in_a_row <= 1
    }

    /// Was it told?
    pub(super) const fn is_known(&self) -> bool {
        self.told.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::Trouble;

    #[test]
    fn what_passes_at_once_is_not_told() {
        let mut trouble = Trouble::default();
        assert!(!trouble.comes("The server closed the connection", true) && trouble.is_new());
        assert!(!trouble.is_over());
        assert!(!trouble.comes("The server closed the connection", true));
        assert!(trouble.comes("The server closed the connection", true), "now it does not pass at once");
        assert!(!trouble.is_new() && trouble.is_over() && !trouble.is_known());
    }

    #[test]
    fn the_same_is_told_once_and_another_again() {
        let mut trouble = Trouble::default();
        assert!(trouble.comes("No such folder", false), "what a person must mend is told at once");
        assert!(!trouble.comes("No such folder", false));
        assert!(trouble.comes("Waiting until 10:01: refused the login", true));
        assert!(!trouble.comes("Waiting until 10:02: refused the login", true));
        assert!(trouble.comes("No such folder", false));
    }
}
