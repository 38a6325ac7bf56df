//! A password or token that is neither printed nor left in memory.

use super::Trouble;
use std::fmt;
use zeroize::Zeroizing;

/// A secret text. `Debug` shows `«…»`, there is no `Display`, and the memory is wiped when it goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a secret over.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("«…»")
    }
}

/// Where a secret comes from. Asked at every login, so that a password changed under way or a token renewed is used at
/// once, and nothing secret is held longer than the login takes.
pub trait SecretSource: fmt::Debug + Send + Sync {
    /// The secret as it is now.
    ///
    /// # Errors
    /// When it cannot be had: a program that fails, a file that others may read.
    fn secret(&self) -> Result<Secret, Trouble>;
}

/// A secret that is known already: tests, and what was typed in just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSecret(pub Secret);

impl SecretSource for KnownSecret {
    fn secret(&self) -> Result<Secret, Trouble> {
        Ok(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        let secret = Secret::new("s3gr3t0".to_owned());
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "«…» Some(«…»)");
        assert_eq!(secret.expose(), "s3gr3t0");
    }
}
