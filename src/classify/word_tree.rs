//! All words and beginnings of words that patterns ask for, as a tree of bytes: one walk down a word of a mail finds
//! everything that it fits, and most words of a mail leave the tree after a few letters.

use super::matcher::TestIndex;

/// The tree. Place 0 is its root.
#[derive(Debug, Clone)]
pub(super) struct WordTree {
    places: Vec<Place>,
    /// Where the first letter leads: most branches of all spring from the root. 0 where there is none.
    first: [u32; 256],
    tests: Vec<Tests>,
}

/// What a word passes that gets to a place.
#[derive(Debug, Clone, Default)]
struct Tests {
    /// Passed by words that end here.
    exact: Vec<TestIndex>,
    /// Passed by words that begin so.
    prefix: Vec<TestIndex>,
}

/// A place is small, for a walk sees many: of those below the first, of the others the next beside it.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    below: u32,
    beside: u32,
    /// Its place in `tests`, counted from 1; 0 where there are none.
    tests: u32,
    letter: u8,
}

impl Default for WordTree {
    fn default() -> Self {
        Self { places: vec![Place::default()], first: [0; 256], tests: Vec::new() }
    }
}

impl WordTree {
    /// Is there anything to look for?
    pub(super) fn holds_any(&self) -> bool {
        self.places.len() > 1
    }

    pub(super) fn add_exact(&mut self, word: &str, test: TestIndex) {
        if let Some(tests) = self.grown(word) {
            tests.exact.push(test);
        }
    }

    pub(super) fn add_prefix(&mut self, prefix: &str, test: TestIndex) {
        if let Some(tests) = self.grown(prefix) {
            tests.prefix.push(test);
        }
    }

    fn grown(&mut self, word: &str) -> Option<&mut Tests> {
        let mut at = 0;
        for letter in word.bytes() {
            at = match self.below(at, letter) {
                Some(place) => place,
                None => self.grow(at, letter)?,
            };
        }
        let count = u32::try_from(self.tests.len()).ok()?;
        let place = self.places.get_mut(at as usize)?;
        if place.tests == 0 {
            place.tests = count + 1;
            self.tests.push(Tests::default());
        }
        self.tests.get_mut(place.tests as usize - 1)
    }

    fn grow(&mut self, at: u32, letter: u8) -> Option<u32> {
        let new = u32::try_from(self.places.len()).ok()?;
        let above = self.places.get_mut(at as usize)?;
        let beside = std::mem::replace(&mut above.below, new);
        self.places.push(Place { beside, letter, ..Place::default() });
        if at == 0 {
            *self.first.get_mut(usize::from(letter))? = new;
        }
        Some(new)
    }

    fn below(&self, at: u32, letter: u8) -> Option<u32> {
        if at == 0 {
            return self.first.get(usize::from(letter)).copied().filter(|place| *place > 0);
        }
        let mut next = self.places.get(at as usize)?.below;
        while next > 0 {
            let place = self.places.get(next as usize)?;
            if place.letter == letter {
                return Some(next);
            }
            next = place.beside;
        }
        None
    }

    fn known(&self, at: u32) -> Option<&Tests> {
        let place = self.places.get(at as usize)?;
        self.tests.get((place.tests as usize).checked_sub(1)?)
    }

    /// Adds the tests that a word passes.
    pub(super) fn tests_of(&self, word: impl Iterator<Item = u8>, tests: &mut Vec<TestIndex>) {
        let mut at = 0;
        for letter in word {
            if let Some(here) = self.known(at) {
                tests.extend_from_slice(&here.prefix);
            }
            let Some(next) = self.below(at, letter) else { return };
            at = next;
        }
        if let Some(end) = self.known(at) {
            tests.extend_from_slice(&end.prefix);
            tests.extend_from_slice(&end.exact);
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
            tree.tests_of(word.bytes(), &mut tests);
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
