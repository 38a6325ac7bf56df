//! Servers as one meets them: what they offer, what they call their folders, what they do otherwise than others.

use super::post::Post;
use std::time::Duration;

/// What happens to an IDLE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idle {
    /// Changes are told at once.
    Tells,
    /// Accepted, and nothing is ever told in it.
    Silent,
    /// Changes are told, and `* OK Still here` comes again and again.
    StillHere(Duration),
    /// Not offered; refused when it is asked for all the same.
    Refused,
}

/// What the server does with UIDNEXT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UidNext {
    /// Said at SELECT and STATUS.
    Said,
    /// Said at STATUS only.
    StatusOnly,
    Never,
}

/// How a server behaves.
#[derive(Debug, Clone)]
pub struct Personality {
    pub name: &'static str,
    pub before_login: &'static str,
    pub after_login: &'static str,
    pub delimiter: &'static str,
    /// Names as they travel, and what LIST says of them.
    pub folders: &'static [(&'static str, &'static [&'static str])],
    /// The folder that shows every mail.
    pub everything: Option<&'static str>,
    /// The folder where the server itself files what is sent through it.
    pub files_sent: Option<&'static str>,
    /// What is sent gets another Message-ID; the old one stands in `X-Microsoft-Original-Message-ID`.
    pub rewrites_ids: bool,
    pub idle: Idle,
    pub uid_next: UidNext,
    /// Refuses SELECT and EXAMINE before ID.
    pub wants_id: bool,
    /// Takes a first answer on the line of AUTHENTICATE.
    pub initial_response: bool,
    /// LOGIN and PLAIN work.
    pub passwords: bool,
    /// Items of a row in another order.
    pub items_turned: bool,
    /// After each login a row that nobody asked for is mixed into the answers of FETCH.
    pub stray_flags: bool,
    /// `* 0 FETCH` before the rows.
    pub row_zero: bool,
    /// `*  5 EXISTS`, and other double blanks.
    pub double_blanks: bool,
    pub permanent_flags: &'static str,
    /// Keywords that mails have are not listed in FLAGS.
    pub hides_keywords: bool,
    /// SEARCH HEADER finds nothing.
    pub header_search: bool,
    /// UIDVALIDITY of every folder changes when the server restarts.
    pub rotates: bool,
    /// UIDVALIDITY is not said.
    pub hides_validity: bool,
    pub uid_plus: bool,
    /// Names in LIST travel as literals.
    pub literal_names: bool,
    /// Logins at once, and how one too many is refused.
    pub most_logins: Option<(usize, &'static str)>,
}

const STANDARD: &[(&str, &[&str])] = &[
    ("INBOX", &["\\HasNoChildren"]),
    ("Drafts", &["\\HasNoChildren", "\\Drafts"]),
    ("Sent", &["\\HasNoChildren", "\\Sent"]),
    ("Junk", &["\\HasNoChildren", "\\Junk"]),
    ("Trash", &["\\HasNoChildren", "\\Trash"]),
    ("Clienti", &["\\HasChildren", "\\Noselect"]),
    ("Clienti/Bianchi", &["\\HasNoChildren"]),
];

impl Personality {
    /// A server without surprises.
    pub fn plain() -> Self {
        Self {
            name: "plain",
            before_login: "IMAP4rev1 SASL-IR ID IDLE AUTH=PLAIN AUTH=LOGIN AUTH=XOAUTH2",
            after_login: "IMAP4rev1 ID IDLE UIDPLUS UNSELECT SPECIAL-USE",
            delimiter: "/",
            folders: STANDARD,
            everything: None,
            files_sent: None,
            rewrites_ids: false,
            idle: Idle::Tells,
            uid_next: UidNext::Said,
            wants_id: false,
            initial_response: true,
            passwords: true,
            items_turned: false,
            stray_flags: false,
            row_zero: false,
            double_blanks: false,
            permanent_flags: "(\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)",
            hides_keywords: false,
            header_search: true,
            rotates: false,
            hides_validity: false,
            uid_plus: true,
            literal_names: false,
            most_logins: None,
        }
    }

    /// Labels: one mail in several folders, names of the user's language, Sent filed by the server.
    pub fn gmail() -> Self {
        Self {
            name: "gmail",
            before_login: "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 XYZZY SASL-IR AUTH=XOAUTH2 AUTH=PLAIN AUTH=PLAIN-CLIENTTOKEN AUTH=OAUTHBEARER",
            after_login: "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS COMPRESS=DEFLATE ENABLE MOVE CONDSTORE ESEARCH UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE APPENDLIMIT=35651584",
            folders: &[
                ("INBOX", &["\\HasNoChildren"]),
                ("[Gmail]", &["\\HasChildren", "\\Noselect"]),
                ("[Gmail]/Bozze", &["\\Drafts", "\\HasNoChildren"]),
                ("[Gmail]/Cestino", &["\\HasNoChildren", "\\Trash"]),
                ("[Gmail]/Posta inviata", &["\\HasNoChildren", "\\Sent"]),
                ("[Gmail]/Posta indesiderata", &["\\HasNoChildren", "\\Junk"]),
                ("[Gmail]/Tutti i messaggi", &["\\All", "\\HasNoChildren"]),
                ("Citt&AOA-", &["\\HasNoChildren"]),
            ],
            everything: Some("[Gmail]/Tutti i messaggi"),
            files_sent: Some("[Gmail]/Posta inviata"),
            most_logins: Some((15, "NO [ALERT] Too many simultaneous connections. (Failure)")),
            ..Self::plain()
        }
    }

    /// Tokens only, other order of items, silent IDLE, new Message-IDs on what is sent.
    pub fn m365() -> Self {
        Self {
            name: "m365",
            before_login: "IMAP4 IMAP4rev1 AUTH=XOAUTH2 SASL-IR UIDPLUS ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+",
            after_login: "IMAP4 IMAP4rev1 AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CLIENTACCESSRULES CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE CHILDREN IDLE NAMESPACE LITERAL+",
            folders: &[
                ("Posta in arrivo/Vecchia", &["\\HasNoChildren"]),
                ("Bozze", &["\\HasNoChildren", "\\Drafts"]),
                ("Posta inviata", &["\\HasNoChildren", "\\Sent"]),
                ("Posta indesiderata", &["\\HasNoChildren", "\\Junk"]),
                ("Posta eliminata", &["\\HasNoChildren", "\\Trash"]),
                ("INBOX", &["\\Marked", "\\HasNoChildren"]),
            ],
            files_sent: Some("Posta inviata"),
            rewrites_ids: true,
            idle: Idle::Silent,
            passwords: false,
            items_turned: true,
            ..Self::plain()
        }
    }

    /// Keeps an IDLE alive with a word again and again.
    pub fn dovecot() -> Self {
        Self {
            name: "dovecot",
            before_login: "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN AUTH=LOGIN",
            after_login: "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE",
            delimiter: ".",
            folders: &[
                ("Trash", &["\\HasNoChildren", "\\Trash"]),
                ("Drafts", &["\\HasNoChildren", "\\Drafts"]),
                ("Sent", &["\\HasNoChildren", "\\Sent"]),
                ("Junk", &["\\HasNoChildren", "\\Junk"]),
                ("INBOX", &["\\HasNoChildren"]),
            ],
            idle: Idle::StillHere(Duration::from_millis(20)),
            most_logins: Some((
                10,
                "NO [ALERT] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
            )),
            ..Self::plain()
        }
    }

    /// Names below INBOX, no SPECIAL-USE, a search that misses.
    pub fn cyrus() -> Self {
        Self {
            name: "cyrus",
            before_login: "IMAP4rev1 LITERAL+ ID ENABLE AUTH=PLAIN SASL-IR",
            after_login: "IMAP4rev1 LITERAL+ ID ENABLE ACL ANNOTATE-EXPERIMENT-1 CATENATE CHILDREN CONDSTORE ESEARCH ESORT IDLE LIST-EXTENDED MOVE NAMESPACE QRESYNC RIGHTS=kxten SORT UIDPLUS UNSELECT WITHIN X-NETSCAPE XLIST",
            delimiter: ".",
            folders: &[
                ("INBOX", &["\\HasChildren"]),
                ("INBOX.Drafts", &["\\HasNoChildren"]),
                ("INBOX.Gesendet", &["\\HasNoChildren"]),
                ("INBOX.Spam", &["\\HasNoChildren"]),
            ],
            header_search: false,
            ..Self::plain()
        }
    }

    /// Everything below INBOX, few connections, an odd list of flags, a row that is none.
    pub fn courier() -> Self {
        Self {
            name: "courier",
            before_login: "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE",
            after_login: "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE",
            delimiter: ".",
            folders: &[
                ("INBOX.Sent", &["\\HasNoChildren"]),
                ("INBOX.Drafts", &["\\HasNoChildren"]),
                ("INBOX.Spam", &["\\HasNoChildren"]),
                ("INBOX", &["\\Marked", "\\HasChildren"]),
            ],
            row_zero: true,
            initial_response: false,
            permanent_flags: "(Junk * \\Draft \\Answered \\Flagged \\Deleted \\Seen)",
            most_logins: Some((4, "NO [ALERT] Too many connections")),
            ..Self::plain()
        }
    }

    /// No IDLE, and a header search that finds nothing.
    pub fn yahoo() -> Self {
        Self {
            name: "yahoo",
            before_login: "IMAP4rev1 ID NAMESPACE UIDPLUS LITERAL+ CHILDREN AUTH=PLAIN AUTH=XOAUTH2 SASL-IR",
            after_login: "IMAP4rev1 ID MOVE NAMESPACE X-ID-ACLID UIDPLUS LITERAL+ CHILDREN XAPPLEPUSHSERVICE XYMHIGHESTMODSEQ OBJECTID SAVEDATE SPECIAL-USE",
            folders: &[
                ("Archive", &["\\Archive", "\\HasNoChildren"]),
                ("Bulk", &["\\Junk", "\\HasNoChildren"]),
                ("Draft", &["\\Drafts", "\\HasNoChildren"]),
                ("Inbox", &["\\HasNoChildren"]),
                ("Sent", &["\\Sent", "\\HasNoChildren"]),
            ],
            idle: Idle::Refused,
            header_search: false,
            ..Self::plain()
        }
    }

    /// 163.com: ID before anything is opened, no first answer in the login, no UIDNEXT at SELECT.
    pub fn coremail() -> Self {
        Self {
            name: "coremail",
            before_login: "IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS APPENDLIMIT=71680000 UIDPLUS X-ID AUTH=PLAIN",
            after_login: "IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ APPENDLIMIT=71680000 UIDPLUS",
            folders: &[
                ("INBOX", &[]),
                ("&g0l6P3ux-", &["\\Drafts"]),
                ("&XfJT0ZAB-", &["\\Sent"]),
                ("&V4NXPpCuTvY-", &["\\Junk"]),
            ],
            files_sent: Some("&XfJT0ZAB-"),
            idle: Idle::Refused,
            uid_next: UidNext::StatusOnly,
            wants_id: true,
            initial_response: false,
            ..Self::plain()
        }
    }

    /// A bridge on the same machine: UIDVALIDITY changes at each start, rows nobody asked for.
    pub fn proton() -> Self {
        Self {
            name: "proton",
            before_login: "IMAP4rev1 STARTTLS AUTH=PLAIN ID IDLE MOVE UIDPLUS UNSELECT",
            after_login: "IMAP4rev1 ID IDLE MOVE UIDPLUS UNSELECT",
            folders: &[
                ("INBOX", &["\\Unmarked"]),
                ("Drafts", &["\\Drafts", "\\Unmarked"]),
                ("Sent", &["\\Sent", "\\Unmarked"]),
                ("Spam", &["\\Junk", "\\Unmarked"]),
                ("All Mail", &["\\All", "\\Unmarked"]),
                ("Folders", &["\\Noselect"]),
            ],
            everything: Some("All Mail"),
            files_sent: Some("Sent"),
            stray_flags: true,
            rotates: true,
            ..Self::plain()
        }
    }

    /// Double blanks, keywords not listed.
    pub fn davmail() -> Self {
        Self {
            name: "davmail",
            before_login: "IMAP4REV1 AUTH=LOGIN IDLE MOVE SPECIAL-USE UIDPLUS",
            after_login: "IMAP4REV1 AUTH=LOGIN IDLE MOVE SPECIAL-USE UIDPLUS",
            double_blanks: true,
            hides_keywords: true,
            permanent_flags: "()",
            ..Self::plain()
        }
    }

    /// No UIDNEXT anywhere, no UIDPLUS, names as literals.
    pub fn winmail() -> Self {
        Self {
            name: "winmail",
            before_login: "IMAP4rev1",
            after_login: "IMAP4rev1",
            folders: &[("INBOX", &[]), ("Drafts", &[]), ("Sent Items", &[]), ("Spam", &[])],
            idle: Idle::Refused,
            uid_next: UidNext::Never,
            initial_response: false,
            uid_plus: false,
            literal_names: true,
            ..Self::plain()
        }
    }

    /// All that differ.
    pub fn all() -> Vec<Self> {
        vec![
            Self::plain(),
            Self::gmail(),
            Self::m365(),
            Self::dovecot(),
            Self::cyrus(),
            Self::courier(),
            Self::yahoo(),
            Self::coremail(),
            Self::proton(),
            Self::davmail(),
            Self::winmail(),
        ]
    }

    pub(super) fn post(&self) -> Post {
        Post::new(self.folders, self.everything)
    }

    pub(super) fn offers(&self, capability: &str) -> bool {
        self.after_login.split(' ').any(|one| one.eq_ignore_ascii_case(capability))
    }
}
