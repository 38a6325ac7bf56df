//! Is the author proven? By what the mailbox's own server wrote above the mail, and by nothing else.

use super::domains::aligned;
use super::fields::Fields;
use super::results::{self, MethodResult, Results};
use crate::ledger::ids::Address;
use crate::ledger::words::Authenticity;

/// Judges a mail: its header block, its only author (none when there are several or none usable), whose results count.
pub(super) fn judge(fields: &Fields, author: Option<&Address>, authserv_ids: &[String]) -> Authenticity {
    let all: Vec<Results> = fields.all("authentication-results").map(results::read).collect();
    let domain = author.map_or("", Address::domain);
    // A refusal is believed from whoever stands topmost: lying about it gains nothing.
    if all.first().is_some_and(|topmost| refutes(topmost, domain)) {
        return Authenticity::Fail;
    }
    let ours = all.iter().find(|results| {
        !results.authserv_id.is_empty()
            && authserv_ids.iter().any(|id| id.trim().eq_ignore_ascii_case(&results.authserv_id))
    });
    match ours {
        Some(ours) if refutes(ours, domain) => Authenticity::Fail,
        Some(ours) if !domain.is_empty() && proves(ours, domain) => Authenticity::Pass,
        _ => Authenticity::Unverified,
    }
}

/// Who says of a mail whether it is genuine: the authserv-id of the topmost Authentication-Results in its header block.
/// Those below it were written by whoever handled the mail before, and prove nothing.
#[must_use]
pub fn topmost_authserv_id(head: &[u8]) -> Option<String> {
    let fields = Fields::read(head);
    let id = fields.first("authentication-results").map(results::read)?.authserv_id;
    (!id.is_empty()).then_some(id)
}

fn of_method<'a>(results: &'a Results, method: &'a str) -> impl Iterator<Item = &'a MethodResult> {
    results.results.iter().filter(move |result| result.method == method)
}

fn refutes(results: &Results, domain: &str) -> bool {
    let any = |method, word: &str| of_method(results, method).any(|result| result.result == word);
    // Said of another domain than the author's, it says nothing about the author.
    let dmarc = of_method(results, "dmarc").any(|result| {
        result.result == "fail"
            && result.property("header.from").is_none_or(|from| domain.is_empty() || aligned(from, domain))
    });
    let dkim_only_failed = any("dkim", "fail") && !any("dkim", "pass");
    dmarc || (dkim_only_failed && any("spf", "fail") && !any("dmarc", "pass"))
}

fn proves(results: &Results, domain: &str) -> bool {
    let passed = |method| of_method(results, method).filter(|result| result.result == "pass");
    passed("dmarc").any(|result| result.property("header.from").is_none_or(|from| aligned(domain_of(from), domain)))
        || passed("dkim").any(|result| {
            let signer = result.property("header.d").or_else(|| result.property("header.i"));
            signer.is_some_and(|signer| aligned(domain_of(signer), domain))
        })
        || passed("spf").any(|result| {
            let sender = result.property("smtp.mailfrom").or_else(|| result.property("smtp.mail"));
            sender.is_some_and(|sender| aligned(domain_of(sender), domain))
        })
}

fn domain_of(text: &str) -> &str {
    let text = text.trim_matches(['<', '>']);
    text.rsplit_once('@').map_or(text, |(_, domain)| domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_topmost_server_is_named() {
        let head = b"Received: by mx.ours.test\r\nAuthentication-Results: (a remark) MX.ours.test 1;\r\n\tspf=pass\r\n\
            Authentication-Results: mx.theirs.test; dkim=pass\r\n\r\n";
        assert_eq!(topmost_authserv_id(head).as_deref(), Some("mx.ours.test"));
        assert_eq!(topmost_authserv_id(b"Authentication-Results: spf=pass\r\n\r\n"), None);
        assert_eq!(topmost_authserv_id(b"Subject: x\r\n\r\n"), None);
    }

    fn judged(headers: &[&str]) -> Authenticity {
        let text: String = headers.iter().map(|header| format!("Authentication-Results: {header}\r\n")).collect();
        judge(&Fields::read(text.as_bytes()), Address::parse("a@firm.example").as_ref(), &["MX.ours.test".to_owned()])
    }

    #[test]
    fn only_our_servers_topmost_word_proves() {
        use Authenticity::{Fail, Pass, Unverified};
        for (headers, expected) in [
            (&["mx.ours.test; dmarc=pass header.from=firm.example"][..], Pass),
            (&["mx.ours.test; dkim=pass header.d=mail.firm.example"], Pass),
            (&["mx.ours.test; dkim=fail header.d=x.test; dkim=pass header.i=@firm.example"], Pass),
            (&["mx.ours.test; spf=pass smtp.mailfrom=bounce@firm.example"], Pass),
            (
                &["mx.ours.test; spf=pass smtp.mailfrom=bounce@other.example; dkim=pass header.d=other.example"],
                Unverified,
            ),
            (&["mx.ours.test; dmarc=pass header.from=other.example"], Unverified),
            (&["mx.ours.test; spf=none smtp.mailfrom=\"dmarc=pass\"@evil.test"], Unverified),
            (&["mx.ours.test; spf=softfail (dmarc=pass) smtp.mailfrom=x"], Unverified),
            (&["mx.evil.test; dmarc=pass header.from=firm.example"], Unverified),
            (&["mx.ours.test; dmarc=none", "mx.ours.test; dmarc=pass header.from=firm.example"], Unverified),
            (
                &["mx.other.test; spf=pass smtp.mailfrom=x.test", "mx.ours.test; dmarc=pass header.from=firm.example"],
                Pass,
            ),
            (&["mx.evil.test; dmarc=fail header.from=firm.example"], Fail),
            (&["spf=fail smtp.mailfrom=x; dkim=fail"], Fail),
            (&["mx.ours.test; spf=fail smtp.mailfrom=x"], Unverified),
            (
                &[
                    "mx.other.test; spf=pass smtp.mailfrom=x",
                    "mx.ours.test; dmarc=fail (p=reject) header.from=firm.example",
                ],
                Fail,
            ),
            (&[], Unverified),
        ] {
            assert_eq!(judged(headers), expected, "{headers:?}");
        }
    }

    #[test]
    fn without_a_configured_server_nothing_is_proven() {
        let fields = Fields::read(b"Authentication-Results: mx.ours.test; dmarc=pass header.from=firm.example\n");
        assert_eq!(judge(&fields, Address::parse("a@firm.example").as_ref(), &[]), Authenticity::Unverified);
        assert_eq!(judge(&fields, None, &["mx.ours.test".to_owned()]), Authenticity::Unverified);
        // A header without an id must not match an empty setting.
        let bare = Fields::read(b"Authentication-Results: dmarc=pass header.from=firm.example\n");
        assert_eq!(judge(&bare, Address::parse("a@firm.example").as_ref(), &[String::new()]), Authenticity::Unverified);
    }
}
