//! From patterns to the automaton: each is taken in once, from its last word to its first.

use super::super::needed::Window;
use super::super::pattern::{Atom, Branch, Element, WordList};
use super::{ANY, Arm, Arms, Matcher, Node, NodeIndex, PatternIndex, Start, TestIndex, Turn, backwards};
use std::sync::Arc;

impl Matcher {
    /// Adds a pattern, found again by its number; its elements were checked by [`super::pattern::parse`].
    pub(in super::super) fn add(&mut self, pattern: PatternIndex, elements: &[Element]) {
        let (anchored, elements) = match elements.split_first() {
            Some((Element::AtStart, rest)) => (true, rest),
            _ => (false, elements),
        };
        let accept = self.node(Node::Accept(pattern));
        let root = self.compile(elements, accept);
        self.roots.insert(pattern, root);
        let mut firsts = Vec::new();
        self.first_words(root, &mut firsts);
        let (next, last) = self.needed(elements);
        let starts = if anchored { &mut self.anchored_starts } else { &mut self.starts };
        for (test, node) in firsts {
            let test = test as usize;
            if starts.len() <= test {
                starts.resize(test + 1, Vec::new());
            }
            let Some(begun) = starts.get_mut(test) else { continue };
            let start = Start { node, last };
            match begun.binary_search_by_key(&next, |(next, _)| *next) {
                Ok(place) => begun.get_mut(place).into_iter().for_each(|(_, alike)| alike.push(start)),
                Err(place) => begun.insert(place, (next, vec![start])),
            }
        }
    }

    /// The next choice behind the first one and the last: of each one of its branches must come.
    fn needed(&mut self, elements: &[Element]) -> (Window, Window) {
        let mut places = Vec::new();
        let (mut least, mut most) = (0, 0);
        for (number, element) in elements.iter().enumerate() {
            if let (1.., Element::Choice(branches)) = (number, element) {
                places.push((branches, least, most));
            }
            let (shortest, longest) = lengths(element);
            least += shortest;
            most += longest;
        }
        let mut window = |place: Option<&(&Vec<Branch>, usize, usize)>| {
            let Some((branches, least, most)) = place else { return Window::ANYWHERE };
            let mut tests = Vec::new();
            for branch in *branches {
                match branch {
                    Branch::Words(atoms) => tests.extend(atoms.first().map(|atom| self.test(atom))),
                    Branch::Turns { list, .. } => {
                        tests.extend(self.turns(*list).iter().filter_map(|turn| turn.first()));
                    }
                }
            }
            Window::new(self.needs.add(tests), *least, *most)
        };
        let next = window(places.first());
        (next, if places.len() > 1 { window(places.last()) } else { Window::ANYWHERE })
    }

    fn node(&mut self, node: Node) -> NodeIndex {
        self.nodes.push(node);
        number_of(self.nodes.len() - 1)
    }

    /// Built from the end, so that every node knows its successor.
    fn compile(&mut self, elements: &[Element], mut next: NodeIndex) -> NodeIndex {
        for element in elements.iter().rev() {
            next = match element {
                Element::Choice(branches) => {
                    let mut arms = Vec::new();
                    for branch in branches {
                        match branch {
                            Branch::Words(atoms) => {
                                let turn: Turn = atoms.iter().map(|atom| self.test(atom)).collect();
                                arms.extend(self.arm_of(&turn, next));
                            }
                            Branch::Turns { list, .. } => {
                                let turns = self.turns(*list);
                                arms.extend(turns.iter().filter_map(|turn| self.arm_of(turn, next)));
                            }
                        }
                    }
                    self.word(&mut arms)
                }
                Element::Optional(inner) => {
                    let entry = self.compile(inner, next);
                    self.node(Node::Either(entry, next))
                }
                Element::Gap(most) => {
                    let after = next;
                    let mut entry = next;
                    for _ in 0..*most {
                        let any = self.node(Node::Gap(entry));
                        entry = self.node(Node::Either(after, any));
                    }
                    entry
                }
                Element::AtEnd => self.node(Node::AtEnd(next)),
                // Only its first place has a meaning, and there `add` took it.
                Element::AtStart => next,
            };
        }
        next
    }

    /// The first word of a run and where it leads.
    fn arm_of(&mut self, turn: &[TestIndex], next: NodeIndex) -> Option<Arm> {
        let (first, rest) = turn.split_first()?;
        let next = rest.iter().rev().fold(next, |next, test| self.word(&mut [(*test, next)]));
        Some((*first, next))
    }

    /// The entries of several words of a list that [`Self::add_list`] made known.
    fn turns(&self, list: usize) -> Arc<[Turn]> {
        self.turns.get(&list).cloned().unwrap_or_default()
    }

    fn word(&mut self, arms: &mut [Arm]) -> NodeIndex {
        arms.sort_unstable();
        let from = number_of(self.arms.len());
        self.arms.extend_from_slice(arms);
        let to = number_of(self.arms.len());
        self.node(Node::Word(Arms { from, to }))
    }

    fn test(&mut self, atom: &Atom) -> TestIndex {
        if let Some(test) = self.tests.get(atom) {
            return *test;
        }
        let test = number_of(self.tests.len());
        self.tests.insert(atom.clone(), test);
        self.passes(atom, test);
        test
    }

    /// Words that fit the atom pass the test.
    fn passes(&mut self, atom: &Atom, test: TestIndex) {
        match atom {
            Atom::Exact(word) => self.words.add_exact(word, test),
            Atom::Prefix(prefix) => self.words.add_prefix(prefix, test),
            Atom::Suffix(suffix) => self.endings.add_prefix(&backwards(suffix), test),
            Atom::Any | Atom::Number | Atom::Listed(_) => {}
        }
    }

    /// Makes a word list known: any of its single words passes one test. Patterns that name it come after it.
    pub(in super::super) fn add_list(&mut self, list: &WordList) {
        if self.turns.contains_key(&list.number) {
            return;
        }
        let turns = list.turns.iter().map(|turn| turn.iter().map(|atom| self.test(atom)).collect()).collect();
        self.turns.insert(list.number, turns);
        let test = self.test(&Atom::Listed(list.number));
        for word in &list.words {
            self.passes(word, test);
        }
    }

    fn first_words(&self, node: NodeIndex, out: &mut Vec<Arm>) {
        match self.nodes.get(node as usize) {
            Some(Node::Word(arms)) => out.extend(self.arms(*arms)),
            Some(Node::Gap(next)) => out.push((ANY, *next)),
            Some(Node::Either(one, other)) => [one, other].into_iter().for_each(|way| self.first_words(*way, out)),
            // A pattern that can match nothing is refused by the parser.
            Some(Node::AtEnd(_) | Node::Accept(_)) | None => {}
        }
    }
}

/// The shortest and the longest run of words that an element takes.
fn lengths(element: &Element) -> (usize, usize) {
    match element {
        Element::Choice(branches) => {
            let lengths = branches.iter().map(|branch| match branch {
                Branch::Words(atoms) => (atoms.len(), atoms.len()),
                Branch::Turns { shortest, longest, .. } => (*shortest, *longest),
            });
            let shortest = lengths.clone().map(|(shortest, _)| shortest).min();
            (shortest.unwrap_or(0), lengths.map(|(_, longest)| longest).max().unwrap_or(0))
        }
        Element::Optional(inner) => (0, inner.iter().map(|element| lengths(element).1).sum()),
        Element::Gap(most) => (0, *most),
        Element::AtStart | Element::AtEnd => (0, 0),
    }
}

/// There are some ten thousands of each.
fn number_of(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
