//! The names of the writer, for telling a signature from words.

use super::lines::fold;

/// What is known of the writer's names, for telling a signature from words.
#[derive(Debug, Clone, Default)]
pub(super) struct WriterNames(Vec<String>);

impl WriterNames {
    /// From a display name and an address.
    pub(super) fn new(name: Option<&str>, address: Option<&str>) -> Self {
        let mut names: Vec<String> = words_of(name.unwrap_or_default());
        if let Some((local, domain)) = address.and_then(|address| address.rsplit_once('@')) {
            names.extend(words_of(local));
            names.extend(domain.split('.').next().map(fold));
        }
        // Words that say nothing about who writes.
        names.retain(|word| {
            word.chars().count() >= 2
                && ![
                    "di", "de", "da", "la", "il", "lo", "le", "el", "du", "al", "no", "ok", "si", "info", "mail",
                    "noreply", "the", "und", "gmail",
                ]
                .contains(&word.as_str())
        });
        Self(names)
    }

    /// Does a line consist of nothing but the writer's names?
    pub(super) fn is_all_of(&self, line: &str) -> bool {
        let words = words_of(line);
        (1..=4).contains(&words.len()) && words.iter().all(|word| self.0.contains(word))
    }

    /// Is a line the first letters of the writer's names?
    pub(super) fn is_initials(&self, line: &str) -> bool {
        let letters: Vec<char> = line.trim().chars().filter(|c| *c != '.').collect();
        (2..=3).contains(&letters.len())
            && letters.iter().all(|letter| {
                letter.is_uppercase() && self.0.iter().any(|name| name.chars().next() == letter.to_lowercase().next())
            })
            && !["OK", "SI", "NO", "KO"].contains(&line.trim())
    }

    /// Does a line begin with one of the writer's names?
    pub(super) fn begins(&self, line: &str) -> bool {
        let titles = [
            "dott", "ssa", "dr", "ing", "geom", "rag", "avv", "arch", "sig", "sigra", "mr", "mrs", "ms", "frau",
            "herr", "prof", "lda", "ldo", "per", "il", "la",
        ];
        words_of(line)
            .into_iter()
            .filter(|word| word.chars().count() >= 3 && !titles.contains(&word.as_str()))
            .take(2)
            .any(|word| self.0.iter().any(|name| *name == word || (word.chars().count() >= 5 && name.contains(&word))))
    }
}

/// The words of a text, folded.
pub(super) fn words_of(text: &str) -> Vec<String> {
    fold(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_name_the_writer() {
        let writer = WriterNames::new(Some("Gino Bo"), Some("g.bo@bolegnami.example"));
        assert!(writer.is_all_of("Gino Bo") && writer.begins("Gino, ufficio acquisti") && writer.is_initials("G.B."));
        assert!(!writer.is_all_of("Gino paga") && !writer.begins("Laura Sala") && !writer.is_initials("OK"));
    }
}
