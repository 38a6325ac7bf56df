//! Who logs in, and how.

use super::{Secret, SecretSource, Trouble};
use std::sync::Arc;

/// What kind of secret a server is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginMethod {
    /// A password, or what a provider calls an app password: PLAIN or LOGIN, as the server offers.
    Password,
    /// An access token (XOAUTH2): Microsoft 365 and, where app passwords are off, Google.
    Token,
}

/// A user name, and where the secret comes from.
#[derive(Debug, Clone)]
pub struct Login {
    /// Usually the mail address.
    pub user: String,
    /// What the secret is.
    pub method: LoginMethod,
    /// Asked at every login.
    pub source: Arc<dyn SecretSource>,
}

impl Login {
    /// The secret as it is now.
    ///
    /// # Errors
    /// As [`SecretSource::secret`].
    pub fn secret(&self) -> Result<Secret, Trouble> {
        self.source.secret()
    }

    /// The first client message of XOAUTH2, not yet in base64: user and token between control characters, as Google
    /// and Microsoft describe it.
    ///
    /// # Errors
    /// When the token cannot be had.
    pub fn xoauth2(&self) -> Result<Secret, Trouble> {
        let token = self.secret()?;
        Ok(Secret::new(format!("user={}\u{1}auth=Bearer {}\u{1}\u{1}", self.user, token.expose())))
    }
}

/// Two logins are the same when they name the same user in the same way; a secret is never compared.
impl PartialEq for Login {
    fn eq(&self, other: &Self) -> bool {
        self.user == other.user && self.method == other.method
    }
}
impl Eq for Login {}
