//! What each command does to the account, and what it is answered.

use super::personality::UidNext;
use super::post::Mail;
use super::rows::{self, RowFault};
use super::session::{Answer, Open, Session};
use super::words::{Command, Word, in_set, is_set};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeSet;

impl Session {
    pub(super) fn answer(&mut self, command: &Command, faults: &[RowFault]) -> Answer {
        match command.name.as_str() {
            "CAPABILITY" => Answer::tagged("OK done").line(format!("* CAPABILITY {}", self.capabilities())),
            "NOOP" | "CHECK" => self.with_news(Answer::tagged("OK done"), true),
            "LOGOUT" => Answer { ends: true, ..Answer::tagged("OK goodbye").line("* BYE goodbye") },
            "ID" => {
                self.identified = true;
                Answer::tagged("OK done").line("* ID (\"name\" \"testmail\")")
            }
            "LOGIN" => self.login(command),
            _ if !self.inside => Answer::tagged("BAD log in first"),
            "LIST" => self.list(command),
            "STATUS" => self.status(command),
            "SELECT" => self.open(command, false),
            "EXAMINE" => self.open(command, true),
            "CREATE" => self.create(command),
            "SUBSCRIBE" => Answer::tagged("OK done"),
            "APPEND" => self.append(command),
            _ if self.open.is_none() => Answer::tagged("BAD open a folder first"),
            "FETCH" => self.fetch(command, false, faults),
            "UID FETCH" => self.fetch(command, true, faults),
            "STORE" => self.store(command, false),
            "UID STORE" => self.store(command, true),
            "SEARCH" => self.search(command, false),
            "UID SEARCH" => self.search(command, true),
            "EXPUNGE" => self.expunge(None),
            "UID EXPUNGE" => self.expunge(Some(command.argument(0).unwrap_or_default())),
            "CLOSE" => {
                let read_only = self.open.as_ref().is_some_and(|open| open.read_only);
                if !read_only {
                    self.expunge(None);
                }
                self.open = None;
                Answer::tagged("OK closed")
            }
            "UNSELECT" => {
                self.open = None;
                Answer::tagged("OK closed")
            }
            _ => Answer::tagged("BAD not known here"),
        }
    }

    fn with_news(&mut self, mut answer: Answer, removals: bool) -> Answer {
        answer.lines.extend(self.news(removals));
        answer
    }

    fn list(&mut self, command: &Command) -> Answer {
        let pattern = command.argument(1).unwrap_or_default();
        let reference = command.argument(0).unwrap_or_default();
        let state = self.shared.lock();
        let who = &state.personality;
        let mut answer = Answer::tagged("OK done");
        if pattern.is_empty() {
            return answer.line(format!("* LIST (\\Noselect) \"{}\" \"\"", who.delimiter));
        }
        for folder in &state.post.folders {
            if !matches_pattern(&format!("{reference}{pattern}"), &folder.wire, who.delimiter) {
                continue;
            }
            let name = if who.literal_names {
                format!("{{{}}}\r\n{}", folder.wire.len(), folder.wire)
            } else {
                format!("\"{}\"", folder.wire.replace('\\', "\\\\").replace('"', "\\\""))
            };
            answer = answer.line(format!("* LIST ({}) \"{}\" {name}", folder.attributes.join(" "), who.delimiter));
        }
        answer
    }

    fn status(&mut self, command: &Command) -> Answer {
        let name = command.argument(0).unwrap_or_default();
        let state = self.shared.lock();
        let Some(folder) = state.post.find(&name).filter(|folder| folder.selectable()) else {
            return Answer::tagged("NO [NONEXISTENT] no such folder");
        };
        let mut told = Vec::new();
        for item in command.arguments.get(1).map(Word::members).unwrap_or_default() {
            match item.upper().as_str() {
                "MESSAGES" => told.push(format!("MESSAGES {}", folder.mails.len())),
                "UIDNEXT" if state.personality.uid_next == UidNext::Never => {}
                "UIDNEXT" => told.push(format!("UIDNEXT {}", folder.next)),
                "UIDVALIDITY" if state.personality.hides_validity => {}
                "UIDVALIDITY" => told.push(format!("UIDVALIDITY {}", folder.validity)),
                "UNSEEN" => {
                    let unseen = folder.mails.iter().filter(|mail| !mail.flags.contains("\\Seen")).count();
                    told.push(format!("UNSEEN {unseen}"));
                }
                "RECENT" => told.push(format!("RECENT {}", folder.mails.iter().filter(|mail| mail.recent).count())),
                _ => return Answer::tagged("BAD no such item"),
            }
        }
        Answer::tagged("OK done").line(format!("* STATUS \"{}\" ({})", folder.wire, told.join(" ")))
    }

    fn open(&mut self, command: &Command, read_only: bool) -> Answer {
        self.open = None;
        let name = command.argument(0).unwrap_or_default();
        let mut state = self.shared.lock();
        let who = state.personality.clone();
        if who.wants_id && !self.identified {
            return Answer::tagged("NO SELECT Unsafe Login. Please contact kefu@coremail.example for help");
        }
        let Some(folder) = state.post.find_mut(&name).filter(|folder| folder.selectable()) else {
            return Answer::tagged("NO [NONEXISTENT] no such folder");
        };
        let blank = if who.double_blanks { "  " } else { " " };
        let mut flags: BTreeSet<&str> =
            ["\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"].into_iter().collect();
        if !who.hides_keywords {
            flags.extend(folder.mails.iter().flat_map(|mail| &mail.flags).map(String::as_str));
        }
        let flags: Vec<&str> = flags.into_iter().collect();
        let recent = folder.mails.iter().filter(|mail| mail.recent).count();
        let mut answer = Answer::tagged(&format!("OK [READ-{}] opened", if read_only { "ONLY" } else { "WRITE" }))
            .line(format!("* FLAGS ({})", flags.join(" ")))
            .line(format!("*{blank}{} EXISTS", folder.mails.len()))
            .line(format!("*{blank}{recent} RECENT"));
        if !who.hides_validity {
            answer = answer.line(format!("* OK [UIDVALIDITY {}] valid", folder.validity));
        }
        if who.uid_next == UidNext::Said {
            answer = answer.line(format!("* OK [UIDNEXT {}] next", folder.next));
        }
        let permanent = if read_only { "()" } else { who.permanent_flags };
        answer = answer.line(format!("* OK [PERMANENTFLAGS {permanent}] kept"));
        let view = folder.mails.iter().map(|mail| (mail.uid, rows::flags(mail))).collect();
        self.open = Some(Open { wire_name: folder.wire.clone(), validity: folder.validity, read_only, view });
        if !read_only {
            folder.mails.iter_mut().for_each(|mail| mail.recent = false);
        }
        answer
    }

    fn create(&mut self, command: &Command) -> Answer {
        let name = command.argument(0).unwrap_or_default();
        let mut state = self.shared.lock();
        if state.post.find(&name).is_some() {
            return Answer::tagged("NO [ALREADYEXISTS] there already");
        }
        state.post.create(&name, &["\\HasNoChildren"]);
        Answer::tagged("OK made")
    }

    fn append(&mut self, command: &Command) -> Answer {
        let Some((Word::Text(bytes), before)) = command.arguments.split_last() else {
            return Answer::tagged("BAD APPEND takes a mail");
        };
        let name = before.first().map(Word::text).unwrap_or_default();
        let mut flags = Vec::new();
        let mut received = Utc::now();
        for word in before.iter().skip(1) {
            match word {
                Word::List(words) => flags.extend(words.iter().map(Word::text)),
                other => match DateTime::parse_from_str(other.text().trim(), "%d-%b-%Y %H:%M:%S %z") {
                    Ok(date) => received = date.with_timezone(&Utc),
                    Err(_) => return Answer::tagged("BAD that is no date"),
                },
            }
        }
        let mut state = self.shared.lock();
        if state.post.find(&name).is_none_or(|folder| !folder.selectable()) {
            return Answer::tagged("NO [TRYCREATE] no such folder");
        }
        let uid = state.post.put(&name, bytes, received, &flags);
        let validity = state.post.folder(&name).validity;
        let tells = state.personality.uid_plus;
        drop(state);
        let told = if tells { format!("OK [APPENDUID {validity} {uid}] kept") } else { "OK kept".to_owned() };
        self.with_news(Answer::tagged(&told), true)
    }

    /// Numbers and mails of the open folder that a set names, by UID or by number.
    fn chosen(&self, set: &str, by_uid: bool) -> Vec<(usize, Mail)> {
        let Some(open) = &self.open else { return Vec::new() };
        let state = self.shared.lock();
        let Some(folder) = state.post.find(&open.wire_name) else { return Vec::new() };
        let highest = if by_uid {
            open.view.iter().map(|(uid, _)| *uid).max().unwrap_or(0)
        } else {
            u32::try_from(open.view.len()).unwrap()
        };
        let numbered = open.view.iter().enumerate().map(|(at, (uid, _))| (at + 1, *uid));
        numbered
            .filter(|(number, uid)| in_set(set, if by_uid { *uid } else { u32::try_from(*number).unwrap() }, highest))
            .filter_map(|(number, uid)| folder.mail(uid).map(|mail| (number, mail.clone())))
            .collect()
    }

    fn fetch(&mut self, command: &Command, by_uid: bool, faults: &[RowFault]) -> Answer {
        let set = command.argument(0).unwrap_or_default();
        let Some(items) = rows::items(command.arguments.get(1)).filter(|_| is_set(&set)) else {
            return Answer::tagged("BAD this cannot be fetched here");
        };
        // The numbers in the answer are those the client knows, so what is new is told first where that is allowed.
        let mut answer = Answer::tagged("OK fetched");
        let who = self.shared.lock().personality.clone();
        if by_uid {
            answer.lines = self.news(true);
        }
        if who.row_zero {
            answer = answer.line("* 0 FETCH (FLAGS ())");
        }
        if who.stray_flags && !self.stray_said {
            self.stray_said = true;
            answer = answer.line("* 1 FETCH (FLAGS (\\Seen \\Recent))");
        }
        let mut chosen = self.chosen(&set, by_uid);
        if rows::reads(&items) {
            self.mark_as_seen(&chosen);
        }
        for fault in faults {
            match fault {
                RowFault::LeaveOut(uids) => chosen.retain(|(_, mail)| !uids.contains(&mail.uid)),
                RowFault::Reversed => chosen.reverse(),
                RowFault::Twice => chosen = chosen.into_iter().flat_map(|one| [one.clone(), one]).collect(),
                RowFault::TwiceDifferent => {
                    chosen = chosen.into_iter().flat_map(|one| [one.clone(), with_another_body(one)]).collect();
                }
                RowFault::Foreign(uid) => {
                    if let Some((_, mail)) = chosen.first().cloned() {
                        chosen.push(with_another_body((1, Mail { uid: *uid, ..mail })));
                    }
                }
                _ => {}
            }
        }
        for (number, mail) in &chosen {
            answer.lines.push(rows::row(*number, mail, &items, by_uid, &who, faults));
            if faults.contains(&RowFault::FlagsBetween) {
                answer = answer.line(format!("* {number} FETCH (FLAGS (\\Flagged))"));
            }
        }
        if !by_uid {
            answer.lines.extend(self.news(false));
        }
        answer
    }

    fn mark_as_seen(&mut self, chosen: &[(usize, Mail)]) {
        let Some(open) = self.open.as_ref().filter(|open| !open.read_only) else { return };
        let mut state = self.shared.lock();
        for (_, mail) in chosen {
            state.post.flag(&open.wire_name, mail.uid, "\\Seen", true);
        }
    }

    fn store(&mut self, command: &Command, by_uid: bool) -> Answer {
        let Some(open) = &self.open else { return Answer::tagged("BAD open a folder first") };
        if open.read_only {
            return Answer::tagged("NO [READ-ONLY] opened for reading");
        }
        let set = command.argument(0).unwrap_or_default();
        let what = command.argument(1).unwrap_or_default().to_uppercase();
        let flags: Vec<String> =
            command.arguments.iter().skip(2).flat_map(Word::members).map(|word| word.text()).collect();
        let name = open.wire_name.clone();
        let mut answer = Answer::tagged("OK stored");
        for (number, mail) in self.chosen(&set, by_uid) {
            let mut state = self.shared.lock();
            let folder = state.post.folder(&name);
            let Some(stored) = folder.mails.iter_mut().find(|one| one.uid == mail.uid) else { continue };
            match what.chars().next() {
                Some('+') => stored.flags.extend(flags.iter().cloned()),
                Some('-') => stored.flags.retain(|flag| !flags.contains(flag)),
                _ => stored.flags = flags.iter().cloned().collect(),
            }
            let told = rows::flags(stored);
            if let Some(seen) = self.open.as_mut().and_then(|open| open.view.get_mut(number - 1)) {
                seen.1.clone_from(&told);
            }
            if !what.ends_with(".SILENT") {
                answer = answer.line(format!("* {number} FETCH (UID {} FLAGS {told})", mail.uid));
            }
        }
        self.with_news(answer, by_uid)
    }

    fn expunge(&mut self, set: Option<String>) -> Answer {
        let Some(open) = &self.open else { return Answer::tagged("BAD open a folder first") };
        if open.read_only {
            return Answer::tagged("NO [READ-ONLY] opened for reading");
        }
        let mut state = self.shared.lock();
        if set.is_some() && !state.personality.offers("UIDPLUS") {
            return Answer::tagged("BAD not known here");
        }
        let folder = state.post.folder(&open.wire_name);
        let meant = |mail: &Mail| set.as_ref().is_none_or(|set| in_set(set, mail.uid, u32::MAX));
        folder.mails.retain(|mail| !(mail.flags.contains("\\Deleted") && meant(mail)));
        drop(state);
        self.with_news(Answer::tagged("OK expunged"), true)
    }

    fn search(&mut self, command: &Command, by_uid: bool) -> Answer {
        let finds = self.shared.lock().personality.header_search;
        let mut found: Vec<(usize, Mail)> = self.chosen("1:*", false);
        let mut words = command.arguments.iter().flat_map(Word::members).collect::<Vec<_>>().into_iter();
        while let Some(word) = words.next() {
            let mut next = || words.next().map(|word| word.text()).unwrap_or_default();
            match word.upper().as_str() {
                "CHARSET" => drop(next()),
                "ALL" => {}
                "SEEN" => found.retain(|(_, mail)| mail.flags.contains("\\Seen")),
                "UNSEEN" => found.retain(|(_, mail)| !mail.flags.contains("\\Seen")),
                "DELETED" => found.retain(|(_, mail)| mail.flags.contains("\\Deleted")),
                "UNDELETED" => found.retain(|(_, mail)| !mail.flags.contains("\\Deleted")),
                "SINCE" | "BEFORE" => {
                    let Ok(day) = NaiveDate::parse_from_str(&next(), "%d-%b-%Y") else {
                        return Answer::tagged("BAD that is no date");
                    };
                    let since = word.upper() == "SINCE";
                    found.retain(|(_, mail)| (mail.received.date_naive() >= day) == since);
                }
                "HEADER" => {
                    let (field, value) = (next(), next());
                    found.retain(|(_, mail)| finds && has_field(&mail.bytes, &field, &value));
                }
                "UID" => {
                    let named: Vec<u32> = self.chosen(&next(), true).iter().map(|(_, mail)| mail.uid).collect();
                    found.retain(|(_, mail)| named.contains(&mail.uid));
                }
                set if is_set(set) => {
                    let named: Vec<u32> = self.chosen(set, false).iter().map(|(_, mail)| mail.uid).collect();
                    found.retain(|(_, mail)| named.contains(&mail.uid));
                }
                _ => return Answer::tagged("BAD this cannot be searched for here"),
            }
        }
        let numbers = found.iter().map(|(number, mail)| if by_uid { mail.uid.to_string() } else { number.to_string() });
        let line = numbers.fold("* SEARCH".to_owned(), |line, number| format!("{line} {number}"));
        self.with_news(Answer::tagged("OK searched").line(line), by_uid)
    }
}

fn with_another_body((number, mail): (usize, Mail)) -> (usize, Mail) {
    (number, Mail { bytes: std::sync::Arc::new(b"Subject: another\r\n\r\nanother\r\n".to_vec()), ..mail })
}

fn has_field(bytes: &[u8], field: &str, value: &str) -> bool {
    let text = String::from_utf8_lossy(rows::header(bytes)).replace("\r\n ", " ").replace("\r\n\t", " ").to_lowercase();
    let start = format!("{}:", field.to_lowercase());
    text.lines().any(|line| line.strip_prefix(&start).is_some_and(|rest| rest.contains(&value.to_lowercase())))
}

/// `*` is anything, `%` anything within one level.
fn matches_pattern(pattern: &str, name: &str, delimiter: &str) -> bool {
    let Some(sign) = pattern.chars().next() else { return name.is_empty() };
    let rest = &pattern[sign.len_utf8()..];
    match sign {
        '*' | '%' => (0..=name.len())
            .filter(|at| name.is_char_boundary(*at) && (sign == '*' || !name[..*at].contains(delimiter)))
            .any(|at| matches_pattern(rest, &name[at..], delimiter)),
        _ => {
            name.chars().next().is_some_and(|first| first.eq_ignore_ascii_case(&sign))
                && matches_pattern(rest, &name[sign.len_utf8()..], delimiter)
        }
    }
}
