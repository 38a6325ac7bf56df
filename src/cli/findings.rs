//! Shows what was found out about servers and readiness.

use super::output::Screen;
use crate::setup::finding::Finding;

/// One sentence a line under the heading of its topic, each remedy below its sentence.
pub(super) fn show(findings: &[Finding], screen: &mut Screen) {
    let mut topic = None;
    for finding in findings {
        if topic != Some(finding.topic) {
            screen.line("");
            screen.heading(finding.topic.heading());
            topic = Some(finding.topic);
        }
        screen.labelled(&format!("  {}", finding.state.word()), 9, &finding.text);
        if let Some(remedy) = &finding.remedy {
            screen.labelled("", 9, &format!("help: {remedy}"));
        }
    }
}
