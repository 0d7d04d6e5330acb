//! Letters about questions: the same sheet as for dossiers, with its own words and rows. Facts in, letter out. Pure.

use askama::Template;

use super::{Composed, LONGEST_SUBJECT, LetterHtml, LetterText, Parts, moment, one_line, some_lines};
use crate::infra::clock::Moment;
use crate::infra::http::Language;
use crate::kernel::ids::{AccountId, QuestionId};
use crate::kernel::{Error, Result};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QuestionKind {
    /// The mail check of whoever has no account.
    Confirm,
    Received,
    FollowUpReceived,
    Forwarded,
    Answered,
    Refused,
    Published,
    DeadlineMoved,
    /// To the desk, before the end.
    DueSoon,
    /// To the leaders, after it.
    Late,
}

impl QuestionKind {
    pub const ALL: [Self; 10] = [
        Self::Confirm,
        Self::Received,
        Self::FollowUpReceived,
        Self::Forwarded,
        Self::Answered,
        Self::Refused,
        Self::Published,
        Self::DeadlineMoved,
        Self::DueSoon,
        Self::Late,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Confirm => "question_confirm",
            Self::Received => "question_received",
            Self::FollowUpReceived => "question_follow_up_received",
            Self::Forwarded => "question_forwarded",
            Self::Answered => "question_answered",
            Self::Refused => "question_refused",
            Self::Published => "question_published",
            Self::DeadlineMoved => "question_deadline_moved",
            Self::DueSoon => "question_due_soon",
            Self::Late => "question_late",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    fn tells_due_date(self) -> bool {
        !matches!(self, Self::Confirm | Self::Answered | Self::Refused | Self::Published)
    }
}

/// Everything that any letter about a question says. Facts are personal: nothing here can be printed.
#[derive(Clone)]
pub struct QuestionFacts {
    pub question_id: QuestionId,
    /// None for whoever asked without an account: there is no page to link to.
    pub account_id: Option<AccountId>,
    pub recipient: Option<String>,
    pub language: Language,
    pub reader_name: String,
    pub number: String,
    pub title: String,
    pub agency_name: String,
    pub due_at: Option<Moment>,
    /// What somebody wrote: the answer, the reason.
    pub words: Option<String>,
    /// The code of the mail check.
    pub code: Option<String>,
}

#[derive(Template)]
#[template(path = "notices/question.vi.txt")]
struct WordsVi<'a> {
    kind: QuestionKind,
    number: &'a str,
    agency: &'a str,
}

#[derive(Template)]
#[template(path = "notices/question.en.txt")]
struct WordsEn<'a> {
    kind: QuestionKind,
    number: &'a str,
    agency: &'a str,
}

pub fn compose_question(facts: &QuestionFacts, kind: QuestionKind, public_url: &str) -> Result<Composed> {
    let (number, agency) = (one_line(&facts.number), one_line(&facts.agency_name));
    let words = match facts.language {
        Language::Vi => WordsVi { kind, number: &number, agency: &agency }.render(),
        Language::En => WordsEn { kind, number: &number, agency: &agency }.render(),
    };
    let words = words.map_err(Error::internal)?;
    let mut lines = words.lines().map(str::trim).filter(|line| !line.is_empty());
    let subject: String = lines.next().unwrap_or_default().chars().take(LONGEST_SUBJECT).collect();
    let parts = lay_out(facts, kind, public_url, subject, lines.map(str::to_owned).collect());
    let text = LetterText { parts: &parts }.render().map_err(Error::internal)?;
    let html = LetterHtml { parts: &parts }.render().map_err(Error::internal)?;
    Ok(Composed { subject: parts.subject, text, html })
}

fn lay_out(
    facts: &QuestionFacts,
    kind: QuestionKind,
    public_url: &str,
    subject: String,
    paragraphs: Vec<String>,
) -> Parts {
    let say = |vi: &'static str, en: &'static str| facts.language.pick(vi, en);
    let agency = one_line(&facts.agency_name);
    let is_check = kind == QuestionKind::Confirm;
    let mut rows = Vec::new();
    if !is_check {
        // An address that nobody has checked gets no text that somebody else may have written.
        rows.push((say("Số câu hỏi", "Question number"), one_line(&facts.number)));
        rows.push((say("Câu hỏi", "Question"), one_line(&facts.title)));
    }
    rows.push((say("Cơ quan", "Agency"), agency.clone()));
    if let (true, Some(due_at)) = (kind.tells_due_date(), facts.due_at) {
        rows.push((say("Hạn trả lời", "Answer due"), moment(due_at, facts.language)));
    }
    if let (true, Some(code)) = (is_check, &facts.code) {
        rows.push((say("Mã xác nhận", "Confirmation code"), code.clone()));
    }
    let name = if is_check { say("Quý vị", "reader").to_owned() } else { one_line(&facts.reader_name) };
    Parts {
        tag: facts.language.tag(),
        subject,
        greeting: match facts.language {
            Language::Vi => format!("Kính gửi {name},"),
            Language::En => format!("Dear {name},"),
        },
        paragraphs,
        rows,
        reason_label: if kind == QuestionKind::Answered {
            say("Trả lời", "Answer")
        } else {
            say("Lý do", "Reason")
        },
        reason: facts.words.as_deref().map(some_lines).filter(|words| !words.is_empty()),
        defects_label: "",
        defects: Vec::new(),
        link_label: say("Xem câu hỏi", "See the question"),
        link: facts
            .account_id
            .map(|_| format!("{}/api/v1/questions/{}", public_url.trim_end_matches('/'), facts.question_id)),
        no_link: if is_check {
            say("Nhập mã xác nhận trên Cổng dịch vụ công.", "Enter the code on the public-service portal.")
        } else {
            say("Giữ số câu hỏi để đối chiếu khi liên hệ.", "Keep the number of the question for reference.")
        },
        sender: match facts.language {
            Language::Vi => format!("{agency}, qua Cổng dịch vụ công"),
            Language::En => format!("{agency}, through the public-service portal"),
        },
        footer: say(
            "Thư này được gửi tự động, xin không trả lời. Cổng dịch vụ công không bao giờ hỏi mật khẩu qua thư.",
            "This letter was sent automatically; please do not reply. The portal never asks for a password by mail.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_exists_in_both_languages() {
        for language in [Language::Vi, Language::En] {
            for kind in QuestionKind::ALL {
                let facts = QuestionFacts {
                    question_id: QuestionId::new(),
                    account_id: None,
                    recipient: Some("an@mail.vn".to_owned()),
                    language,
                    reader_name: "Nguyễn Văn An".to_owned(),
                    number: "HD-H53.21.01-261122-0001".to_owned(),
                    title: "Chứng thực ngoài giờ".to_owned(),
                    agency_name: "UBND phường 1".to_owned(),
                    due_at: chrono::DateTime::from_timestamp(1_795_509_000, 0),
                    words: Some("Có.".to_owned()),
                    code: Some("7KQM-2WXD-9HTR-4PLA".to_owned()),
                };
                let letter = compose_question(&facts, kind, "https://dichvucong.example").unwrap();
                let is_check = kind == QuestionKind::Confirm;
                for body in [&letter.text, &letter.html] {
                    assert_eq!(body.contains("7KQM-2WXD-9HTR-4PLA"), is_check, "{body}");
                    assert_eq!(body.contains("Chứng thực ngoài giờ"), !is_check, "{body}");
                    assert!(body.contains("UBND phường 1") && !body.contains("QuestionKind::"), "{body}");
                }
                assert!(
                    is_check || letter.subject.contains("HD-H53.21.01-261122-0001"),
                    "{}",
                    letter.subject
                );
                assert!(!letter.text.contains("\n\n\n"), "{}", letter.text);
            }
        }
    }
}
