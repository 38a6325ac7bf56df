//! Modified UTF-7, in which servers write the names of folders (RFC 3501, 5.1.3), on the wire and on disk.

use data_encoding::{BASE64_NOPAD, Encoding};

/// Reads a name as people do; whatever is not modified UTF-7 stays as it is.
pub(super) fn readable(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let Some((coded, tail)) = after.split_once('-') else { return name.to_owned() };
        if coded.is_empty() {
            out.push('&');
        } else {
            let Some(text) = decode_shifted(coded) else { return name.to_owned() };
            out.push_str(&text);
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// Writes a name as servers do.
pub(super) fn wire(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut shifted: Vec<u16> = Vec::new();
    for sign in name.chars() {
        if (' '..='~').contains(&sign) {
            encode_shifted(&mut shifted, &mut out);
            out.push(sign);
            if sign == '&' {
                out.push('-');
            }
        } else {
            shifted.extend_from_slice(sign.encode_utf16(&mut [0; 2]));
        }
    }
    encode_shifted(&mut shifted, &mut out);
    out
}

/// One shifted stretch: base64 with a comma for the slash, over UTF-16.
fn decode_shifted(coded: &str) -> Option<String> {
    let bytes = lenient_base64()?.decode(coded.replace(',', "/").as_bytes()).ok()?;
    let (units, odd) = bytes.as_chunks::<2>();
    if !odd.is_empty() {
        return None;
    }
    let units: Vec<u16> = units.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
    String::from_utf16(&units).ok()
}

fn encode_shifted(units: &mut Vec<u16>, out: &mut String) {
    if units.is_empty() {
        return;
    }
    let bytes: Vec<u8> = units.drain(..).flat_map(u16::to_be_bytes).collect();
    out.push('&');
    out.push_str(&BASE64_NOPAD.encode(&bytes).replace('/', ","));
    out.push('-');
}

/// Writers differ in the unused bits at the end; they carry nothing.
fn lenient_base64() -> Option<Encoding> {
    let mut specification = BASE64_NOPAD.specification();
    specification.check_trailing_bits = false;
    specification.encoding().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_read() {
        assert_eq!(readable("&AMk-l&AOk-ments envoy&AOk-s"), "Éléments envoyés");
        assert_eq!(readable("Entw&APw-rfe"), "Entwürfe");
        assert_eq!(readable("R&-D"), "R&D");
        assert_eq!(readable("&U,BTFw-/&ZeVnLIqe-"), "台北/日本語");
    }

    #[test]
    fn what_is_not_modified_utf7_stays() {
        for name in ["a&b", "a&!!-b", "Éléments", "&", "_xF8FF_"] {
            assert_eq!(readable(name), name);
        }
    }

    #[test]
    fn names_are_written() {
        assert_eq!(wire("Éléments envoyés"), "&AMk-l&AOk-ments envoy&AOk-s");
        assert_eq!(wire("R&D"), "R&-D");
        assert_eq!(wire("台北/日本語"), "&U,BTFw-/&ZeVnLIqe-");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(name in any::<String>()) {
            let written = wire(&name);
            prop_assert!(written.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            prop_assert_eq!(readable(&written), name);
        }
    }
}
