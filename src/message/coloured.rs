//! Answers that their writer set in another colour inside the old mail, and said so above it: "risposte in rosso".

use super::lines::{Line, Zone};
use super::pattern::Pattern;

/// A colour that people answer in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// Red and its neighbours.
    Red,
    /// Blue.
    Blue,
    /// Green.
    Green,
}

static ANNOUNCED_RED: Pattern =
    Pattern::new(r"(?i)\b(?:in|en|auf)\s+(?:colore\s+|color\s+)?(?:rosso|red|rot|rouge|rojo)\b");
static ANNOUNCED_BLUE: Pattern =
    Pattern::new(r"(?i)\b(?:in|en|auf)\s+(?:colore\s+|color\s+)?(?:blu|azzurro|blue|blau|bleu|azul)\b");
static ANNOUNCED_GREEN: Pattern =
    Pattern::new(r"(?i)\b(?:in|en|auf)\s+(?:colore\s+|color\s+)?(?:verde|green|grün|vert)\b");
static THREE_NUMBERS: Pattern = Pattern::new(r"^rgba?\(\d{1,3},\d{1,3},\d{1,3}[,)]");
static NUMBER: Pattern = Pattern::new(r"(\d{1,3})");

/// The colour that the writer says to have answered in.
pub(super) fn announced(lines: &[Line]) -> Option<Ink> {
    let first = lines.iter().filter(|line| line.zone == Zone::Text && !line.text.trim().is_empty()).take(10);
    let text = first.map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ");
    [(&ANNOUNCED_RED, Ink::Red), (&ANNOUNCED_BLUE, Ink::Blue), (&ANNOUNCED_GREEN, Ink::Green)]
        .into_iter()
        .find(|(pattern, _)| pattern.matches(&text))
        .map(|(_, ink)| ink)
}

/// The colour that a value of a style names; it comes without blanks and in lower case.
pub(super) fn of_value(value: &str) -> Option<Ink> {
    let value = value.trim_end_matches("!important");
    match value {
        "red" | "crimson" | "firebrick" | "darkred" => return Some(Ink::Red),
        "blue" | "navy" | "royalblue" | "dodgerblue" | "mediumblue" => return Some(Ink::Blue),
        "green" | "darkgreen" | "limegreen" | "forestgreen" => return Some(Ink::Green),
        _ => {}
    }
    let [red, green, blue] = parts(value)?;
    let (much, little) = (110, 95);
    if red >= 150 && green <= little && blue <= little {
        Some(Ink::Red)
    } else if blue >= much && red <= little && green < blue.saturating_sub(20) {
        Some(Ink::Blue)
    } else if green >= much && red <= 150 && blue <= 120 && green > red.saturating_add(20) {
        Some(Ink::Green)
    } else {
        None
    }
}

fn parts(value: &str) -> Option<[u8; 3]> {
    let numbers: Vec<u8> = if let Some(hex) = value.strip_prefix('#') {
        let digits: Vec<u32> = hex.chars().map_while(|c| c.to_digit(16)).collect();
        let pairs: Vec<u32> = match digits.as_slice() {
            [red, green, blue] => [red, green, blue].into_iter().map(|digit| digit.saturating_mul(17)).collect(),
            [a, b, c, d, e, f] => [(a, b), (c, d), (e, f)]
                .into_iter()
                .map(|(high, low)| high.saturating_mul(16).saturating_add(*low))
                .collect(),
            _ => return None,
        };
        pairs.into_iter().filter_map(|number| u8::try_from(number).ok()).collect()
    } else if THREE_NUMBERS.matches(value) {
        NUMBER.groups(value, 1).take(3).filter_map(|number| number.parse().ok()).collect()
    } else {
        return None;
    };
    <[u8; 3]>::try_from(numbers).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        assert!(
            [&ANNOUNCED_RED, &ANNOUNCED_BLUE, &ANNOUNCED_GREEN, &THREE_NUMBERS, &NUMBER]
                .iter()
                .all(|pattern| pattern.compiles())
        );
    }

    #[test]
    fn colours_by_their_values() {
        for (value, ink) in [
            ("red", Some(Ink::Red)),
            ("#c00000", Some(Ink::Red)),
            ("rgb(255,0,0)", Some(Ink::Red)),
            ("#0070c0", Some(Ink::Blue)),
            ("#00f", Some(Ink::Blue)),
            ("#00b050", Some(Ink::Green)),
            ("#1f497d", Some(Ink::Blue)),
            ("black", None),
            ("#666666", None),
            ("#ff", None),
        ] {
            assert_eq!(of_value(value), ink, "{value}");
        }
    }
}
