//! Values from outside, made fit for a text.

/// A value from outside as it may stand in a text: one line, no markers, no control or direction characters.
#[must_use]
pub fn clean(value: &str) -> String {
    let plain: String = value
        .chars()
        .map(|c| {
            let odd = c.is_control()
                || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            if odd { ' ' } else { c }
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
