//! Which words of a sentence the patterns still need: a pattern is followed only where the last word that must be there
//! does come.
//!
//! There are tens of thousands of tests and needs, and a sentence touches some hundred. The tables are as long as all of
//! them, so that a look costs one step; they are kept from sentence to sentence, and only what was touched is wiped.

use super::matcher::TestIndex;
use std::cell::RefCell;

/// The tables of one thread.
#[derive(Debug, Default)]
struct Tables {
    /// By test, one past the last word that passes it; 0 where none does.
    last: Vec<usize>,
    /// By need, one past the last word that passes one of its tests, once it was asked.
    known: Vec<Option<usize>>,
    passed: Vec<TestIndex>,
    asked: Vec<usize>,
}

thread_local! {
    static TABLES: RefCell<Tables> = RefCell::new(Tables::default());
}

/// What of the needs of patterns a sentence holds, looked up once each.
pub(super) struct Needed<'a> {
    needs: &'a [Vec<TestIndex>],
    tables: Tables,
}

impl<'a> Needed<'a> {
    /// Of a sentence: the tests that each of its words passes. `all` is how many tests there are.
    pub(super) fn of(needs: &'a [Vec<TestIndex>], all: usize, tests: &[Vec<TestIndex>]) -> Self {
        let mut tables = TABLES.take();
        if tables.last.len() < all {
            tables.last.resize(all, 0);
        }
        if tables.known.len() < needs.len() {
            tables.known.resize(needs.len(), None);
        }
        for (at, passed) in tests.iter().enumerate() {
            for test in passed {
                if let Some(last) = tables.last.get_mut(*test) {
                    *last = at + 1;
                    tables.passed.push(*test);
                }
            }
        }
        Self { needs, tables }
    }

    /// Does a word behind this one pass?
    pub(super) fn comes(&mut self, need: Option<usize>, from: usize) -> bool {
        let Some(need) = need else { return true };
        let Tables { last, known, asked, .. } = &mut self.tables;
        let Some(place) = known.get_mut(need) else { return false };
        let end = *place.get_or_insert_with(|| {
            asked.push(need);
            let tests = self.needs.get(need).into_iter().flatten();
            tests.filter_map(|test| last.get(*test)).copied().max().unwrap_or(0)
        });
        end > from + 1
    }
}

impl Drop for Needed<'_> {
    /// Wipes what was touched and hands the tables back.
    fn drop(&mut self) {
        let mut tables = std::mem::take(&mut self.tables);
        for test in tables.passed.drain(..) {
            if let Some(last) = tables.last.get_mut(test) {
                *last = 0;
            }
        }
        for need in tables.asked.drain(..) {
            if let Some(known) = tables.known.get_mut(need) {
                *known = None;
            }
        }
        TABLES.set(tables);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_leaves_nothing_to_the_next() {
        let needs = [vec![3], vec![4, 5]];
        {
            let mut first = Needed::of(&needs, 6, &[vec![0], vec![0, 3], vec![0, 5]]);
            assert!(first.comes(Some(0), 0), "the second word passes 3");
            assert!(!first.comes(Some(0), 1), "nothing behind the second does");
            assert!(first.comes(Some(1), 1), "the third word passes 5");
            assert!(first.comes(None, 9), "where nothing is needed it is there");
        }
        let mut second = Needed::of(&needs, 6, &[vec![0], vec![0, 4]]);
        assert!(!second.comes(Some(0), 0), "3 was passed in another sentence");
        assert!(second.comes(Some(1), 0), "4 is passed here");
        // Two at once, of different size: each with tables of its own.
        let mut beside = Needed::of(&needs[1..], 40, &[vec![0, 4], vec![0]]);
        assert!(!beside.comes(Some(0), 0), "4 is passed by the first word only");
        assert!(second.comes(Some(1), 0), "the other is not disturbed");
    }
}
