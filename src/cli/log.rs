//! The log: to standard error, for whoever runs the program, never for the owner's answers. It says what was done and how
//! much of it, never what stands in a mail, an address or a secret.

use std::fmt;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, Registry};

/// The environment variable that says how much is wanted (`debug`, `sollecito=trace`, …).
pub(super) const VARIABLE: &str = "SOLLECITO_LOG";

/// Whose events may be written in full. Libraries write what they send, receive and render into their log below `info`,
/// passwords and letters included; so none of them is ever heard below that, whatever the environment says.
const OWN: &str = "sollecito";

/// Begins the log. `goes_on`: the command stays (`run`) and tells more.
pub(super) fn begin(goes_on: bool) {
    let usual = if goes_on { "info" } else { "warn" };
    let wanted = std::env::var(VARIABLE).ok().filter(|wanted| !wanted.trim().is_empty());
    let filter = wanted.and_then(|wanted| EnvFilter::try_new(wanted).ok()).unwrap_or_else(|| EnvFilter::new(usual));
    // The journal of the system puts its own time before every line.
    let clock = if std::env::var_os("JOURNAL_STREAM").is_some() { Clock::None } else { Clock::Wall };
    // A second begin (tests of the library) changes nothing.
    let _ = Registry::default().with(layer(filter, clock, std::io::stderr)).try_init();
}

/// One line an event, only what [`may_be_written`] lets through, whatever the environment says.
fn layer<S, W>(filter: EnvFilter, clock: Clock, writer: W) -> impl Layer<S>
where
    S: Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
    W: for<'a> tracing_subscriber::fmt::MakeWriter<'a> + 'static,
{
    tracing_subscriber::fmt::layer()
        .compact()
        .with_ansi(false)
        .with_timer(clock)
        .with_writer(writer)
        .with_filter(filter)
        .with_filter(FilterFn::new(may_be_written))
}

fn may_be_written(event: &Metadata<'_>) -> bool {
    let rest = event.target().strip_prefix(OWN);
    // Levels sort by how much they tell: TRACE is the greatest.
    *event.level() <= Level::INFO || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

#[derive(Debug, Clone, Copy)]
enum Clock {
    Wall,
    None,
}

impl FormatTime for Clock {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        match self {
            Self::Wall => tracing_subscriber::fmt::time::SystemTime.format_time(writer),
            Self::None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex, PoisonError};

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn libraries_are_kept_short_even_at_trace() {
        let page = Page::default();
        let writer = page.clone();
        let layer = layer(EnvFilter::new("trace"), Clock::None, move || writer.clone());
        tracing::subscriber::with_default(Registry::default().with(layer), || {
            tracing::trace!(target: "async_imap::imap_stream", "LOGIN me hunter2");
            tracing::debug!(target: "imap_proto", "hunter2");
            tracing::debug!(target: "rustls::client", "hunter2");
            tracing::info!(target: "async_imap", "connected");
            tracing::trace!(target: "sollecito::agent", "own words");
            tracing::debug!(target: "handlebars::render", "hunter2");
            tracing::debug!(target: "sollecito_of_another", "hunter2");
            tracing::warn!(target: "rustls_native_certs", "another library");
        });
        let text = String::from_utf8(page.0.lock().expect("the page").clone()).expect("text");
        assert!(!text.contains("hunter2"), "{text}");
        for kept in ["connected", "own words", "another library"] {
            assert!(text.contains(kept), "{text}");
        }
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.trim_start().starts_with("INFO"), "no time where the journal has one: {text:?}");
    }
}
