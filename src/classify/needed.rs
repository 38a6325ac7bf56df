//! Which words of a sentence the patterns still need: a pattern is followed only where words that must be there do come, and
//! within the reach that its gaps leave them.
//!
//! There are thousands of needs, and a sentence touches some hundred. The table is as long as all of them, so that a look
//! costs one step; it is kept from sentence to sentence, and only what was touched is wiped.

use super::matcher::{Passed, TestIndex};
use std::cell::RefCell;
use std::collections::HashMap;

/// What patterns need: of each set of tests one must be passed.
#[derive(Debug, Clone, Default)]
pub(super) struct Needs {
    known: HashMap<Vec<TestIndex>, u32>,
    /// By test, the needs that it fulfils.
    fulfilled: Vec<Vec<u32>>,
}

impl Needs {
    /// Takes in a need and gives it a number.
    pub(super) fn add(&mut self, mut tests: Vec<TestIndex>) -> u32 {
        tests.sort_unstable();
        tests.dedup();
        if let Some(number) = self.known.get(&tests) {
            return *number;
        }
        let number = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        for test in &tests {
            let test = *test as usize;
            if self.fulfilled.len() <= test {
                self.fulfilled.resize(test + 1, Vec::new());
            }
            self.fulfilled.get_mut(test).into_iter().for_each(|needs| needs.push(number));
        }
        self.known.insert(tests, number);
        number
    }
}

/// A need, and how many words behind the first word of a pattern it may be fulfilled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Window {
    need: u32,
    nearest: u8,
    furthest: u8,
}

impl Window {
    /// Nothing is needed.
    pub(super) const ANYWHERE: Self = Self { need: u32::MAX, nearest: 0, furthest: 0 };

    pub(super) fn new(need: u32, nearest: usize, furthest: usize) -> Self {
        let short = |distance: usize| u8::try_from(distance).unwrap_or(u8::MAX);
        Self { need, nearest: short(nearest), furthest: short(furthest) }
    }
}

/// The table of one thread.
#[derive(Debug, Default)]
struct Table {
    /// By need, a bit for each word that fulfils it; the last bit stands for all words from there on.
    places: Vec<u64>,
    touched: Vec<u32>,
}

const LAST_BIT: usize = 63;

thread_local! {
    static TABLE: RefCell<Table> = RefCell::new(Table::default());
}

/// What of the needs of patterns a sentence fulfils.
pub(super) struct Needed {
    table: Table,
}

impl Needed {
    /// Of a sentence: the tests that each of its words passes.
    pub(super) fn of(needs: &Needs, passed: &Passed) -> Self {
        let mut table = TABLE.take();
        if table.places.len() < needs.known.len() {
            table.places.resize(needs.known.len(), 0);
        }
        for (at, tests) in passed.words().enumerate() {
            let bit = 1 << at.min(LAST_BIT);
            for need in tests.iter().filter_map(|test| needs.fulfilled.get(*test as usize)).flatten() {
                let Some(places) = table.places.get_mut(*need as usize) else { continue };
                if *places == 0 {
                    table.touched.push(*need);
                }
                *places |= bit;
            }
        }
        Self { table }
    }

    /// Is the need fulfilled within reach of this word? Never denied where it is.
    pub(super) fn comes(&self, window: Window, from: usize) -> bool {
        if window.need == u32::MAX {
            return true;
        }
        let places = self.table.places.get(window.need as usize).copied().unwrap_or(0);
        if places == 0 {
            return false;
        }
        let nearest = (from + usize::from(window.nearest)).min(LAST_BIT);
        // A reach that is too long to be written down has no end.
        let furthest = if window.furthest == u8::MAX { LAST_BIT } else { from + usize::from(window.furthest) };
        let furthest = furthest.min(LAST_BIT);
        places & (u64::MAX << nearest) & (u64::MAX >> (LAST_BIT - furthest)) != 0
    }
}

impl Drop for Needed {
    /// Wipes what was touched and hands the table back.
    fn drop(&mut self) {
        let mut table = std::mem::take(&mut self.table);
        for need in table.touched.drain(..) {
            if let Some(places) = table.places.get_mut(need as usize) {
                *places = 0;
            }
        }
        TABLE.set(table);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(words: &[&[TestIndex]]) -> Passed {
        let mut passed = Passed::default();
        words.iter().for_each(|tests| passed.add(tests));
        passed
    }

    #[test]
    fn a_need_is_fulfilled_within_its_reach_only() {
        let mut needs = Needs::default();
        let (three, four) = (needs.add(vec![3]), needs.add(vec![5, 4]));
        assert_eq!(needs.add(vec![4, 5]), four, "the same set is the same need");
        let needed = Needed::of(&needs, &passed(&[&[0], &[0, 3], &[0, 5]]));
        assert!(needed.comes(Window::new(three, 1, 1), 0), "the second word passes 3");
        assert!(!needed.comes(Window::new(three, 1, 9), 1), "nothing behind the second does");
        assert!(!needed.comes(Window::new(three, 2, 9), 0), "it stands too near");
        assert!(!needed.comes(Window::new(four, 1, 1), 0) && needed.comes(Window::new(four, 1, 2), 0));
        assert!(needed.comes(Window::ANYWHERE, 9), "where nothing is needed it is there");
    }

    #[test]
    fn a_sentence_leaves_nothing_to_the_next() {
        let mut needs = Needs::default();
        let (three, four) = (needs.add(vec![3]), needs.add(vec![4, 5]));
        drop(Needed::of(&needs, &passed(&[&[0], &[0, 3]])));
        let second = Needed::of(&needs, &passed(&[&[0], &[0, 4]]));
        assert!(!second.comes(Window::new(three, 1, 9), 0), "3 was passed in another sentence");
        assert!(second.comes(Window::new(four, 1, 9), 0), "4 is passed here");
        // Two at once, of different size: each with a table of its own.
        let mut fewer = Needs::default();
        let only = fewer.add(vec![4]);
        let beside = Needed::of(&fewer, &passed(&[&[0, 4], &[0]]));
        assert!(!beside.comes(Window::new(only, 1, 9), 0), "4 is passed by the first word only");
        assert!(second.comes(Window::new(four, 1, 9), 0), "the other is not disturbed");
    }

    #[test]
    fn in_a_long_sentence_no_need_is_denied() {
        let mut needs = Needs::default();
        let need = needs.add(vec![3]);
        let far: &[TestIndex] = &[0, 3];
        let words: Vec<&[TestIndex]> = (0..200).map(|at| if at == 150 { far } else { &[0] }).collect();
        let needed = Needed::of(&needs, &passed(&words));
        assert!(needed.comes(Window::new(need, 1, 20), 140));
        assert!(needed.comes(Window::new(need, 1, 300), 20));
        assert!(!needed.comes(Window::new(need, 1, 20), 20));
    }
}
