//! A person before a terminal, for the conversation of `init`.

use super::output::Screen;
use crate::setup::interview::Person;
use std::io::BufRead;

/// Questions on the screen, answers from the keyboard.
pub(super) struct Terminal<'s> {
    screen: &'s mut Screen,
}

impl<'s> Terminal<'s> {
    pub(super) const fn new(screen: &'s mut Screen) -> Self {
        Self { screen }
    }
}

impl Person for Terminal<'_> {
    fn ask(&mut self, question: &str, proposal: &str) -> Option<String> {
        let proposed = if proposal.is_empty() { String::new() } else { format!(" [{proposal}]") };
        self.screen.prompt(&format!("{question}{proposed}: "));
        let mut line = String::new();
        match std::io::stdin().lock().read_line(&mut line) {
            Ok(0) | Err(_) => None,
            Ok(_) => {
                let answer = line.trim();
                Some(if answer.is_empty() { proposal.to_owned() } else { answer.to_owned() })
            }
        }
    }

    fn tell(&mut self, text: &str) {
        self.screen.paragraph(text);
    }
}
