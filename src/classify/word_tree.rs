//! All words and beginnings of words that patterns ask for, as a tree of bytes: one walk down a word of a mail finds
//! everything that it fits, and most words of a mail leave the tree after a few letters.

use super::matcher::TestIndex;

/// The tree. Place 0 is its root.
#[derive(Debug, Clone)]
pub(super) struct WordTree {
    places: Vec<Place>,
}

#[derive(Debug, Clone, Default)]
struct Place {
    /// By the next byte, in order.
    below: Vec<(u8, usize)>,
    /// Passed by words that end here.
    exact: Vec<TestIndex>,
    /// Passed by words that begin so.
    prefix: Vec<TestIndex>,
}

impl Default for WordTree {
    fn default() -> Self {
        Self { places: vec![Place::default()] }
    }
}

impl WordTree {
    /// Is there anything to look for?
    pub(super) fn holds_any(&self) -> bool {
        self.places.len() > 1
    }

    pub(super) fn add_exact(&mut self, word: &str, test: TestIndex) {
        if let Some(place) = self.grown(word) {
            place.exact.push(test);
        }
    }

    pub(super) fn add_prefix(&mut self, prefix: &str, test: TestIndex) {
        if let Some(place) = self.grown(prefix) {
            place.prefix.push(test);
        }
    }

    fn grown(&mut self, word: &str) -> Option<&mut Place> {
        let mut at = 0;
        for byte in word.bytes() {
            let next = self.places.len();
            let place = self.places.get_mut(at)?;
            match place.below.binary_search_by_key(&byte, |(byte, _)| *byte) {
                Ok(found) => at = place.below.get(found)?.1,
                Err(missing) => {
                    place.below.insert(missing, (byte, next));
                    self.places.push(Place::default());
                    at = next;
                }
            }
        }
        self.places.get_mut(at)
    }

    /// Adds the tests that a word passes.
    pub(super) fn tests_of(&self, word: &str, tests: &mut Vec<TestIndex>) {
        let mut place = self.places.first();
        for byte in word.bytes() {
            let Some(here) = place else { return };
            tests.extend(&here.prefix);
            let below = here.below.binary_search_by_key(&byte, |(byte, _)| *byte).ok();
            place = below.and_then(|found| here.below.get(found)).and_then(|(_, next)| self.places.get(*next));
        }
        if let Some(end) = place {
            tests.extend(&end.prefix);
            tests.extend(&end.exact);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_passes_itself_and_its_beginnings() {
        let mut tree = WordTree::default();
        tree.add_prefix("pag", 1);
        tree.add_exact("pago", 2);
        tree.add_exact("paga", 3);
        tree.add_prefix("pago", 4);
        tree.add_prefix("überw", 5);
        tree.add_exact("ü", 6);
        let of = |word: &str| {
            let mut tests = Vec::new();
            tree.tests_of(word, &mut tests);
            tests
        };
        assert_eq!(of("pago"), [1, 4, 2]);
        assert_eq!(of("paghiamo"), [1]);
        assert_eq!(of("pagoda"), [1, 4]);
        assert_eq!(of("pa"), [0; 0]);
        assert_eq!(of(""), [0; 0]);
        assert_eq!(of("überweisung"), [5]);
        assert_eq!(of("ü"), [6]);
        assert_eq!(of("\u{fd}"), [0; 0], "half a letter is none");
    }
}
