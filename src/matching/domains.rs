//! Domains: which belong to an organisation, which are shared by the public, and which look like another.

use unicode_normalization::UnicodeNormalization;

/// Providers whose domain says nothing of who writes.
const SHARED: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "libero.it",
    "virgilio.it",
    "iol.it",
    "inwind.it",
    "blu.it",
    "giallo.it",
    "outlook.com",
    "outlook.it",
    "hotmail.com",
    "hotmail.it",
    "live.com",
    "live.it",
    "msn.com",
    "yahoo.com",
    "yahoo.it",
    "yahoo.de",
    "yahoo.fr",
    "yahoo.es",
    "yahoo.co.uk",
    "ymail.com",
    "tiscali.it",
    "tiscalinet.it",
    "alice.it",
    "tim.it",
    "tin.it",
    "vodafone.it",
    "fastwebnet.it",
    "teletu.it",
    "email.it",
    "aruba.it",
    "pec.it",
    "arubapec.it",
    "legalmail.it",
    "postecert.it",
    "pec.aruba.it",
    "pecmail.it",
    "registerpec.it",
    "mypec.eu",
    "casellapec.com",
    "sicurezzapostale.it",
    "pec.libero.it",
    "namirialpec.it",
    "actaliscertymail.it",
    "pec-legal.it",
    "icloud.com",
    "me.com",
    "mac.com",
    "gmx.de",
    "gmx.net",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "web.de",
    "t-online.de",
    "freenet.de",
    "bluewin.ch",
    "orange.fr",
    "wanadoo.fr",
    "free.fr",
    "sfr.fr",
    "laposte.net",
    "neuf.fr",
    "bbox.fr",
    "hotmail.fr",
    "hotmail.es",
    "hotmail.co.uk",
    "telefonica.net",
    "terra.es",
    "proton.me",
    "protonmail.com",
    "pm.me",
    "tutanota.com",
    "aol.com",
    "mail.com",
    "btinternet.com",
    "sky.com",
    "comcast.net",
    "zoho.com",
    "posteo.de",
    "mailbox.org",
    "fastmail.com",
    "hey.com",
    "yandex.com",
    "seznam.cz",
    "wp.pl",
    "o2.pl",
];

/// Public suffixes of two labels under which organisations register a third.
const TWO_LABEL_SUFFIXES: &[&str] = &[
    "co.uk", "org.uk", "ac.uk", "gov.uk", "ltd.uk", "plc.uk", "me.uk", "gov.it", "edu.it", "com.au", "net.au",
    "org.au", "co.nz", "co.za", "com.br", "co.in", "co.jp", "com.mx", "com.ar", "com.tr", "com.pl", "co.at", "or.at",
    "com.es", "org.es", "asso.fr", "gouv.fr", "com.fr", "com.mt",
];

/// Does the whole world write from here?
pub fn is_shared(domain: &str) -> bool {
    SHARED.iter().any(|shared| domain == *shared || domain.strip_suffix(shared).is_some_and(|rest| rest.ends_with('.')))
}

/// The domain that an organisation registered: `mail.acme.co.uk` → `acme.co.uk`.
pub fn organisation(domain: &str) -> &str {
    let cut = |labels: usize| {
        let mut left = domain.len();
        for _ in 0..labels {
            match domain.get(..left).and_then(|head| head.rfind('.')) {
                Some(dot) => left = dot,
                None => return domain,
            }
        }
        domain.get(left + 1..).unwrap_or(domain)
    };
    let two = cut(2);
    // Italian towns and schools share the suffix of their province: `comune.busseto.pr.it`.
    let province = two.len() == 5 && two.ends_with(".it");
    if TWO_LABEL_SUFFIXES.contains(&two) || province { cut(3) } else { two }
}

/// The registered label alone: `acme`.
pub fn label(domain: &str) -> &str {
    organisation(domain).split('.').next().unwrap_or(domain)
}

/// What a label looks like to a hurried eye: accents and foreign alphabets folded, `0` as `o`, `rn` as `m`, no hyphens.
pub fn skeleton(label: &str) -> String {
    let mut plain = String::new();
    for c in label.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)) {
        plain.push(match c {
            '0' | 'о' | 'ο' => 'o',
            '1' | 'l' | 'і' | 'ι' | 'ı' | 'i' | '|' => 'i',
            '3' | 'е' => 'e',
            '5' | 'ѕ' => 's',
            'а' | 'α' => 'a',
            'с' => 'c',
            'р' | 'ρ' => 'p',
            'х' => 'x',
            'у' => 'y',
            'к' => 'k',
            'в' => 'b',
            'н' => 'h',
            'т' => 't',
            'м' => 'm',
            '-' | '_' => continue,
            other => other,
        });
    }
    plain.replace("rn", "m").replace("vv", "w").replace("cl", "d")
}

/// A label that came in punycode, as people see it; anything else unchanged.
pub fn shown(label: &str) -> String {
    let Some(encoded) = label.strip_prefix("xn--") else { return label.to_owned() };
    punycode(encoded).unwrap_or_else(|| label.to_owned())
}

/// RFC 3492, decoding only.
fn punycode(encoded: &str) -> Option<String> {
    if encoded.len() > 63 {
        return None;
    }
    let (basic, rest) = encoded.rsplit_once('-').unwrap_or(("", encoded));
    let mut output: Vec<char> = basic.chars().collect();
    let (mut code, mut index, mut bias) = (128_u32, 0_u32, 72_u32);
    let mut digits = rest.bytes().peekable();
    while digits.peek().is_some() {
        let (before, mut weight, mut step) = (index, 1_u32, 36_u32);
        loop {
            let digit = match digits.next()? {
                byte @ b'a'..=b'z' => u32::from(byte - b'a'),
                byte @ b'0'..=b'9' => u32::from(byte - b'0') + 26,
                _ => return None,
            };
            index = index.checked_add(digit.checked_mul(weight)?)?;
            let threshold = step.saturating_sub(bias).clamp(1, 26);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(36 - threshold)?;
            step += 36;
        }
        let count = u32::try_from(output.len()).ok()?.checked_add(1)?;
        bias = adapt(index - before, count, before == 0);
        code = code.checked_add(index / count)?;
        index %= count;
        output.insert(usize::try_from(index).ok()?, char::from_u32(code)?);
        index += 1;
    }
    Some(output.into_iter().collect())
}

fn adapt(delta: u32, count: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / count;
    let mut bias = 0;
    while delta > 455 {
        delta /= 35;
        bias += 36;
    }
    bias + 36 * delta / (delta + 38)
}

/// The skeleton and every form of it with one sign left out: two labels one slip apart share one of these.
pub fn neighbours(skeleton: &str) -> Vec<String> {
    let signs: Vec<char> = skeleton.chars().take(64).collect();
    let mut forms = vec![skeleton.to_owned()];
    // Short labels are too close to each other by chance.
    if signs.len() >= 6 {
        for left_out in 0..signs.len() {
            forms.push(
                signs.iter().enumerate().filter(|(index, _)| *index != left_out).map(|(_, sign)| *sign).collect(),
            );
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organisations() {
        assert_eq!(organisation("mail.acme.example"), "acme.example");
        assert_eq!(organisation("mail.acme.co.uk"), "acme.co.uk");
        assert_eq!(organisation("acme"), "acme");
        assert_eq!(label("comune.busseto.pr.it"), "busseto");
    }

    #[test]
    fn shared_domains_and_their_children() {
        assert!(is_shared("gmail.com"));
        assert!(is_shared("pec.libero.it"));
        assert!(!is_shared("notgmail.com"));
    }

    #[test]
    fn look_alikes_share_a_form() {
        let shares = |a: &str, b: &str| {
            let (a, b) = (neighbours(&skeleton(&shown(a))), neighbours(&skeleton(&shown(b))));
            a.iter().any(|form| b.contains(form))
        };
        assert!(shares("officinebaldini", "0fficinebaldini"));
        assert!(shares("officinebaldini", "officine-baldini"));
        assert!(shares("officinebaldini", "oficinebaldini"));
        assert!(shares("officinebaldini", "officinebalbini"));
        assert!(shares("tecnoplast", "tecnoplasт"));
        assert!(shares("armonia", "annonia") || shares("armonia", "arnnonia"));
        assert!(!shares("officinebaldini", "edilnord"));
    }

    #[test]
    fn punycode_is_shown_as_people_see_it() {
        assert_eq!(shown("xn--mnchen-3ya"), "münchen");
        assert_eq!(shown("xn--\u{0}"), "xn--\u{0}");
        assert_eq!(shown("xn--99999999999999"), "xn--99999999999999");
    }
}
