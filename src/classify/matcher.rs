//! One automaton over words for all patterns of all rules: linear in the number of words.
//!
//! In: parsed [`Element`] sequences. Out: hits (which pattern, from which word to which). Patterns are bounded
//! (gaps are), so each starting word costs a bounded number of steps, whatever the mail contains. The first word of
//! a pattern is looked up in an index, so that thousands of patterns cost no more than those that begin here; and of these
//! only those are followed whose next and whose last word that must be there do come where they can stand.

use super::needed::{Needed, Needs, Window};
use super::pattern::{Atom, Element, WordList};
use super::sentences::Sentence;
use super::word_tree::WordTree;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A pattern's number among those of all languages.
pub(super) type PatternIndex = usize;
type NodeIndex = u32;
pub(super) type TestIndex = u32;

/// A pattern found in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    /// Which pattern.
    pub(super) pattern: PatternIndex,
    /// First word.
    pub(super) from: usize,
    /// One past the last word.
    pub(super) to: usize,
}

#[derive(Debug, Clone)]
enum Node {
    /// A word that passes one of the tests, each with where it leads: a stretch of `arms`, in order of the tests.
    Word(Arms),
    /// Any word, of which the pattern says nothing.
    Gap(NodeIndex),
    /// Either way.
    Either(NodeIndex, NodeIndex),
    AtEnd(NodeIndex),
    Accept(PatternIndex),
}

/// A stretch of `Matcher::arms`.
#[derive(Debug, Clone, Copy)]
struct Arms {
    from: u32,
    to: u32,
}

type Arm = (TestIndex, NodeIndex);

/// The automaton.
#[derive(Debug, Clone)]
pub(super) struct Matcher {
    nodes: Vec<Node>,
    arms: Vec<Arm>,
    /// Where each pattern begins.
    roots: HashMap<PatternIndex, NodeIndex>,
    words: WordTree,
    /// What words may end with, read backwards.
    endings: WordTree,
    tests: HashMap<Atom, TestIndex>,
    /// What begins with a word that passes a test, by the test.
    starts: Vec<Starts>,
    /// The same where a pattern begins only at the opening of a part.
    anchored_starts: Vec<Starts>,
    needs: Needs,
}

/// What begins with a word that passes one test, by what must come next.
type Starts = Vec<(Window, Vec<Start>)>;

/// Where a pattern goes on behind its first word.
#[derive(Debug, Clone, Copy)]
struct Start {
    node: NodeIndex,
    /// The last word that must be there.
    last: Window,
}

/// The tests that the words of a sentence pass, in order.
#[derive(Debug, Default)]
pub(super) struct Passed {
    tests: Vec<TestIndex>,
    /// Where those of each word end.
    ends: Vec<usize>,
}

impl Passed {
    /// Those of a word; none beyond the last word.
    fn at(&self, at: usize) -> &[TestIndex] {
        let from = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let stretch = from.zip(self.ends.get(at)).and_then(|(from, to)| self.tests.get(from..*to));
        stretch.unwrap_or_default()
    }

    /// Takes in those of the next word.
    #[cfg(test)]
    pub(super) fn add(&mut self, tests: &[TestIndex]) {
        self.tests.extend_from_slice(tests);
        self.ends.push(self.tests.len());
    }

    /// Those of each word.
    pub(super) fn words(&self) -> impl Iterator<Item = &[TestIndex]> {
        (0..self.ends.len()).map(|at| self.at(at))
    }
}

/// What is used anew for each sentence.
#[derive(Debug, Default)]
struct Desk {
    passed: Passed,
    active: Vec<NodeIndex>,
    further: Vec<NodeIndex>,
    stack: Vec<NodeIndex>,
    reached: Vec<(PatternIndex, usize)>,
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::new(Desk::default());
}

/// Test 0 holds for every word, test 1 for every number.
const ANY: TestIndex = 0;
const NUMBER: TestIndex = 1;

impl Default for Matcher {
    /// An automaton without patterns.
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            arms: Vec::new(),
            roots: HashMap::new(),
            words: WordTree::default(),
            endings: WordTree::default(),
            tests: HashMap::from([(Atom::Any, ANY), (Atom::Number, NUMBER)]),
            starts: Vec::new(),
            anchored_starts: Vec::new(),
            needs: Needs::default(),
        }
    }
}

impl Matcher {
    /// Adds a pattern, found again by its number; its elements were checked by [`super::pattern::parse`].
    pub(super) fn add(&mut self, pattern: PatternIndex, elements: &[Element]) {
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
        let mut window = |place: Option<&(&Vec<Vec<Atom>>, usize, usize)>| {
            let Some((branches, least, most)) = place else { return Window::ANYWHERE };
            let firsts = branches.iter().filter_map(|branch| branch.first());
            let tests = firsts.map(|atom| self.test(atom)).collect();
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
                    let mut arms: Vec<Arm> = branches.iter().filter_map(|branch| self.arm_of(branch, next)).collect();
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

    /// The first word of a branch and where it leads.
    fn arm_of(&mut self, atoms: &[Atom], next: NodeIndex) -> Option<Arm> {
        let (first, rest) = atoms.split_first()?;
        let next = rest.iter().rev().fold(next, |next, atom| {
            let test = self.test(atom);
            self.word(&mut [(test, next)])
        });
        Some((self.test(first), next))
    }

    fn word(&mut self, arms: &mut [Arm]) -> NodeIndex {
        arms.sort_unstable();
        let from = number_of(self.arms.len());
        self.arms.extend_from_slice(arms);
        let to = number_of(self.arms.len());
        self.node(Node::Word(Arms { from, to }))
    }

    fn arms(&self, arms: Arms) -> &[Arm] {
        self.arms.get(arms.from as usize..arms.to as usize).unwrap_or_default()
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

    /// Makes a word list known: any of its single words passes one test.
    pub(super) fn add_list(&mut self, list: &WordList) {
        if self.tests.contains_key(&Atom::Listed(list.number)) {
            return;
        }
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

    /// Adds the tests that a word passes, in order.
    fn tests_of(&self, word: &str, tests: &mut Vec<TestIndex>) {
        let from = tests.len();
        tests.push(ANY);
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            tests.push(NUMBER);
        }
        self.words.tests_of(word.bytes(), tests);
        if self.endings.holds_any() {
            if word.is_ascii() {
                self.endings.tests_of(word.bytes().rev(), tests);
            } else {
                self.endings.tests_of(backwards(word).bytes(), tests);
            }
        }
        if let Some(own) = tests.get_mut(from..) {
            own.sort_unstable();
        }
    }

    /// All patterns in a sentence, each with its longest reach from each starting word.
    pub(super) fn find(&self, sentence: &Sentence) -> Vec<Hit> {
        let mut desk = DESK.take();
        let found = self.find_at(&mut desk, sentence);
        DESK.set(desk);
        found
    }

    fn find_at(&self, desk: &mut Desk, sentence: &Sentence) -> Vec<Hit> {
        let Desk { passed, active, further, stack, reached } = desk;
        passed.tests.clear();
        passed.ends.clear();
        for token in &sentence.tokens {
            self.tests_of(&token.word, &mut passed.tests);
            passed.ends.push(passed.tests.len());
        }
        let needed = Needed::of(&self.needs, passed);
        let breaks = |at: usize| sentence.tokens.get(at).is_some_and(|token| token.after_break);
        let mut found = Vec::new();
        for from in 0..sentence.tokens.len() {
            let opens = from == 0 || breaks(from);
            active.clear();
            let mut before = None;
            for test in passed.at(from) {
                // A word may pass a test in two ways.
                if before.replace(*test) == Some(*test) {
                    continue;
                }
                let anchored = self.anchored_starts.get(*test as usize).filter(|_| opens);
                let begun = self.starts.get(*test as usize).into_iter().chain(anchored).flatten();
                for (_, alike) in begun.filter(|(next, _)| needed.comes(*next, from)) {
                    let open = alike.iter().filter(|start| needed.comes(start.last, from));
                    active.extend(open.map(|start| start.node));
                }
            }
            let mut at = from + 1;
            while !active.is_empty() {
                let here = passed.at(at);
                let closes = here.is_empty() || breaks(at);
                stack.append(active);
                self.follow(stack, closes, here, further, |pattern| reached.push((pattern, at)));
                std::mem::swap(active, further);
                active.sort_unstable();
                active.dedup();
                at += 1;
            }
            // The last reach of each pattern is its longest.
            reached.sort_unstable();
            for (index, (pattern, to)) in reached.iter().enumerate() {
                if reached.get(index + 1).is_none_or(|(next, _)| next != pattern) {
                    found.push(Hit { pattern: *pattern, from, to: *to });
                }
            }
            reached.clear();
        }
        found.sort_unstable();
        found
    }

    /// Follows everything that needs no further word, and what the next word lets through.
    fn follow(
        &self,
        stack: &mut Vec<NodeIndex>,
        closes: bool,
        here: &[TestIndex],
        further: &mut Vec<NodeIndex>,
        mut accept: impl FnMut(PatternIndex),
    ) {
        while let Some(node) = stack.pop() {
            match self.nodes.get(node as usize) {
                Some(Node::Word(arms)) => passing(self.arms(*arms), here, |next| further.push(next)),
                Some(Node::Gap(next)) if !here.is_empty() => further.push(*next),
                Some(Node::Either(one, other)) => stack.extend([*one, *other]),
                Some(Node::AtEnd(next)) if closes => stack.push(*next),
                Some(Node::Accept(pattern)) => accept(*pattern),
                Some(Node::AtEnd(_) | Node::Gap(_)) | None => {}
            }
        }
    }

    /// The words of a hit of which its pattern says nothing: those in its gaps, as few as may be.
    pub(super) fn gaps(&self, sentence: &Sentence, hit: Hit) -> BTreeSet<usize> {
        let breaks = |at: usize| sentence.tokens.get(at).is_some_and(|token| token.after_break);
        let mut active: BTreeMap<NodeIndex, BTreeSet<usize>> =
            self.roots.get(&hit.pattern).map(|root| (*root, BTreeSet::new())).into_iter().collect();
        let mut tests = Vec::new();
        for at in hit.from..=hit.to {
            tests.clear();
            if let Some(word) = sentence.word(at) {
                self.tests_of(word, &mut tests);
            }
            let closes = tests.is_empty() || breaks(at);
            let mut further: BTreeMap<NodeIndex, BTreeSet<usize>> = BTreeMap::new();
            let mut stack: Vec<(NodeIndex, BTreeSet<usize>)> = active.into_iter().collect();
            let mut least: Option<BTreeSet<usize>> = None;
            while let Some((node, passed)) = stack.pop() {
                match self.nodes.get(node as usize) {
                    Some(Node::Word(arms)) => {
                        passing(self.arms(*arms), &tests, |next| shorter(&mut further, next, passed.clone()));
                    }
                    Some(Node::Gap(next)) => {
                        let mut passed = passed;
                        passed.insert(at);
                        shorter(&mut further, *next, passed);
                    }
                    Some(Node::Either(one, other)) => {
                        stack.push((*one, passed.clone()));
                        stack.push((*other, passed));
                    }
                    Some(Node::AtEnd(next)) if closes => stack.push((*next, passed)),
                    Some(Node::Accept(_)) if at == hit.to => {
                        if least.as_ref().is_none_or(|known| passed.len() < known.len()) {
                            least = Some(passed);
                        }
                    }
                    Some(Node::AtEnd(_) | Node::Accept(_)) | None => {}
                }
            }
            if let Some(least) = least {
                return least;
            }
            active = further;
        }
        (hit.from..hit.to).collect()
    }
}

/// Where the arms lead whose tests are passed here. Both are in order; a word passes few tests, and a choice may have very
/// many arms.
fn passing(arms: &[Arm], here: &[TestIndex], mut go: impl FnMut(NodeIndex)) {
    if arms.len() <= FEW_ARMS {
        for (_, next) in arms.iter().filter(|(test, _)| here.binary_search(test).is_ok()) {
            go(*next);
        }
        return;
    }
    let mut before = None;
    for test in here {
        if before.replace(*test) == Some(*test) {
            continue;
        }
        let first = arms.partition_point(|(other, _)| other < test);
        for (_, next) in arms.iter().skip(first).take_while(|(other, _)| other == test) {
            go(*next);
        }
    }
}

/// So many arms are asked one by one.
const FEW_ARMS: usize = 8;

/// The shortest and the longest run of words that an element takes.
fn lengths(element: &Element) -> (usize, usize) {
    match element {
        Element::Choice(branches) => {
            let lengths = branches.iter().map(Vec::len);
            (lengths.clone().min().unwrap_or(0), lengths.max().unwrap_or(0))
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

fn shorter(ways: &mut BTreeMap<NodeIndex, BTreeSet<usize>>, node: NodeIndex, passed: BTreeSet<usize>) {
    match ways.get(&node) {
        Some(known) if known.len() <= passed.len() => {}
        _ => {
            ways.insert(node, passed);
        }
    }
}

fn backwards(word: &str) -> String {
    word.chars().rev().collect()
}
