//! Which parts of a mail are its text and which are attachments.

use super::Attachment;
use super::parse::{Content, Mail, Part};

/// Multiparts inside multiparts beyond this are not followed.
const DEEPEST: usize = 60;
/// Attachments beyond this are not kept.
const MOST_ATTACHMENTS: usize = 200;

/// A piece of the text, in one or both of its forms.
#[derive(Debug, Default, Clone)]
pub(super) struct Block {
    pub(super) plain: Option<Plain>,
    pub(super) html: Option<String>,
}

/// A plain part.
#[derive(Debug, Default, Clone)]
pub(super) struct Plain {
    pub(super) text: String,
    pub(super) flowed: bool,
    pub(super) delete_space: bool,
}

/// A mail's body, sorted.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) blocks: Vec<Block>,
    pub(super) attachments: Vec<Attachment>,
    /// Something was left out.
    pub(super) cut: bool,
}

/// Sorts the parts of a mail.
pub(super) fn sort(mail: &Mail) -> Body {
    let mut body = Body::default();
    let mut walk = Walk { mail, seen: vec![false; mail.parts.len()] };
    walk.part(0, 0, false, &mut body);
    if body.attachments.len() > MOST_ATTACHMENTS {
        body.attachments.truncate(MOST_ATTACHMENTS);
        body.cut = true;
    }
    body
}

struct Walk<'a> {
    mail: &'a Mail,
    /// A part belongs to one place; a broken tree must not be walked in circles.
    seen: Vec<bool>,
}

impl Walk<'_> {
    fn part(&mut self, id: usize, depth: usize, related: bool, body: &mut Body) {
        let Some(part) = self.mail.parts.get(id) else { return };
        match self.seen.get_mut(id) {
            Some(seen) if !*seen => *seen = true,
            _ => return,
        }
        if depth > DEEPEST {
            body.cut = true;
            return;
        }
        match &part.content {
            Content::Parts(children) if part.media_type == "multipart/alternative" => {
                self.alternative(children, depth, body);
            }
            Content::Parts(children) => {
                let related = part.media_type == "multipart/related";
                for (number, child) in children.iter().enumerate() {
                    self.part(*child, depth.saturating_add(1), related && number > 0, body);
                }
            }
            Content::Text { text, .. } if is_body_text(part) && !related => body.blocks.push(block(part, text)),
            _ => body.attachments.extend(attachment(part, related)),
        }
    }

    /// The same text in several forms: one block of all of them.
    fn alternative(&mut self, children: &[usize], depth: usize, body: &mut Body) {
        let mut forms = Body::default();
        for child in children {
            self.part(*child, depth.saturating_add(1), false, &mut forms);
        }
        let mut plain: Option<Plain> = None;
        let mut html: Option<String> = None;
        for block in forms.blocks {
            if let Some(more) = block.plain {
                match &mut plain {
                    Some(plain) => {
                        plain.text.push('\n');
                        plain.text.push_str(&more.text);
                    }
                    None => plain = Some(more),
                }
            }
            if let Some(more) = block.html {
                html.get_or_insert_default().push_str(&more);
            }
        }
        if plain.is_some() || html.is_some() {
            body.blocks.push(Block { plain, html });
        }
        body.attachments.extend(forms.attachments);
        body.cut |= forms.cut;
    }
}

fn is_body_text(part: &Part) -> bool {
    matches!(part.media_type.as_str(), "text/plain" | "text/html" | "text/enriched" | "text/")
        && !part.detached
        && part.name.is_none()
}

fn block(part: &Part, text: &str) -> Block {
    if part.media_type == "text/html" || (part.media_type != "text/plain" && text.trim_start().starts_with("<html")) {
        return Block { plain: None, html: Some(text.to_owned()) };
    }
    let plain = Plain { text: text.to_owned(), flowed: part.flowed, delete_space: part.delete_space };
    Block { plain: Some(plain), html: None }
}

fn attachment(part: &Part, related: bool) -> Option<Attachment> {
    // What reports and signatures are made of is no attachment to a person.
    let machinery = matches!(
        part.media_type.as_str(),
        "message/delivery-status"
            | "message/disposition-notification"
            | "text/rfc822-headers"
            | "application/pkcs7-signature"
            | "application/x-pkcs7-signature"
            | "application/pgp-signature"
    );
    if machinery {
        return None;
    }
    Some(Attachment {
        name: part.name.clone(),
        media_type: part.media_type.clone(),
        content: part.bytes().to_vec(),
        inline: !part.detached && (related || part.referred) && !part.media_type.starts_with("application/"),
    })
}
