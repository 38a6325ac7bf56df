//! LOGIN and AUTHENTICATE.

use super::fault::{Act, Then, When};
use super::session::{Answer, Session};
use super::wire::Goes;
use super::words::Command;
use data_encoding::BASE64;
use std::time::Instant;

impl Session {
    pub(super) fn login(&mut self, command: &Command) -> Answer {
        let (Some(user), Some(password)) = (command.argument(0), command.argument(1)) else {
            return Answer::tagged("BAD LOGIN takes two words");
        };
        if !self.may_log_in() {
            return Answer::tagged("NO [PRIVACYREQUIRED] not in clear");
        }
        let right = {
            let state = self.shared.lock();
            state.personality.passwords && user == state.user && password == state.password
        };
        self.decide(right)
    }

    fn decide(&mut self, right: bool) -> Answer {
        let mut state = self.shared.lock();
        state.logins.push(Instant::now());
        if !right {
            return Answer::tagged("NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)");
        }
        if let Some((most, words)) = state.personality.most_logins
            && state.counts.inside >= most
        {
            return Answer::tagged(words);
        }
        state.counts.inside += 1;
        drop(state);
        self.inside = true;
        Answer::tagged(&format!("OK [CAPABILITY {}] in", self.capabilities()))
    }

    pub(super) fn authenticate(&mut self, command: &Command, fault: Option<&Act>) -> Goes {
        let method = command.argument(0).unwrap_or_default().to_uppercase();
        if !self.may_log_in() {
            return self.deliver(&command.tag, Answer::tagged("NO [PRIVACYREQUIRED] not in clear"), fault);
        }
        let (offered, initial) = {
            let state = self.shared.lock();
            let name = format!("AUTH={method}");
            let offered = state.personality.before_login.split(' ').any(|one| one == name);
            (offered, state.personality.initial_response)
        };
        if !offered {
            return self.deliver(&command.tag, Answer::tagged("NO this way of logging in is not known"), fault);
        }
        if command.arguments.len() > 1 && !initial {
            return self.deliver(&command.tag, Answer::tagged("BAD no first answer, please"), fault);
        }
        let first = command.argument(1);
        let right = match method.as_str() {
            "LOGIN" => {
                let user = self.asked("VXNlcm5hbWU6", first)?;
                let password = self.asked("UGFzc3dvcmQ6", None)?;
                let state = self.shared.lock();
                state.personality.passwords && user == state.user.as_bytes() && password == state.password.as_bytes()
            }
            "PLAIN" => {
                let said = self.asked("", first)?;
                let state = self.shared.lock();
                let wanted = format!("\0{}\0{}", state.user, state.password);
                state.personality.passwords && said == wanted.as_bytes()
            }
            _ => {
                let said = self.asked("", first)?;
                let wanted = {
                    let state = self.shared.lock();
                    format!("user={}\u{1}auth=Bearer {}\u{1}\u{1}", state.user, state.token)
                };
                let right = said == wanted.as_bytes();
                if !right && !self.challenge(&command.tag)? {
                    return Ok(());
                }
                right
            }
        };
        let answer = self.decide(right);
        self.deliver(&command.tag, answer, fault)
    }

    /// Why a token is refused is told in a challenge, which has to be answered by an empty line.
    fn challenge(&mut self, tag: &str) -> Goes<bool> {
        if let Some(Act::Instead(then)) = self.fault(&When::Challenge, "") {
            let ends = matches!(then, Then::No(_) | Then::Bad(_));
            self.then(then, tag, &[])?;
            if ends {
                return Ok(false);
            }
        }
        let reason = r#"{"status":"400","schemes":"Bearer","scope":"https://mail.example/"}"#;
        self.wire.say(format!("+ {}\r\n", BASE64.encode(reason.as_bytes())).as_bytes())?;
        let line = self.wire.line()?;
        self.note(&format!("(answer to the challenge) {}", String::from_utf8_lossy(&line).trim_end()));
        Ok(true)
    }

    fn asked(&mut self, prompt: &str, first: Option<String>) -> Goes<Vec<u8>> {
        let text = match first {
            Some(text) => text,
            None => {
                self.wire.say(format!("+ {prompt}\r\n").as_bytes())?;
                let line = self.wire.line()?;
                String::from_utf8_lossy(&line).trim_end().to_owned()
            }
        };
        Ok(BASE64.decode(text.as_bytes()).unwrap_or_default())
    }
}
