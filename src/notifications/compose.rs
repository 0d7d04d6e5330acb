//! Writing a letter: facts in, subject, text and HTML out. Pure.
//!
//! What happened is said once per language (`templates/notices/words.*.txt`: the subject, then paragraphs); the text
//! and the HTML only lay it out. Subjects hold a number and fixed words, so nothing that a person wrote can reach a
//! header, and every value is escaped by the HTML template.

mod question;

use askama::Template;

use super::model::{DefectFact, Kind, LetterFacts};
use crate::infra::clock::{Moment, in_vietnam};
use crate::infra::http::Language;
use crate::kernel::{Error, Result};

pub use question::{QuestionFacts, QuestionKind, compose_question};

/// RFC 5322 asks for lines of at most 78 characters.
const LONGEST_SUBJECT: usize = 78;

pub struct Composed {
    pub subject: String,
    pub text: String,
    pub html: String,
}

#[derive(Template)]
#[template(path = "notices/words.vi.txt")]
struct WordsVi<'a> {
    kind: Kind,
    number: &'a str,
    agency: &'a str,
    has_due_date: bool,
    silence_confirms: bool,
}

#[derive(Template)]
#[template(path = "notices/words.en.txt")]
struct WordsEn<'a> {
    kind: Kind,
    number: &'a str,
    agency: &'a str,
    has_due_date: bool,
    silence_confirms: bool,
}

#[derive(Template)]
#[template(path = "notices/letter.txt")]
struct LetterText<'a> {
    parts: &'a Parts,
}

#[derive(Template)]
#[template(path = "notices/letter.html")]
struct LetterHtml<'a> {
    parts: &'a Parts,
}

/// What both layouts lay out.
struct Parts {
    tag: &'static str,
    subject: String,
    greeting: String,
    paragraphs: Vec<String>,
    rows: Vec<(&'static str, String)>,
    reason_label: &'static str,
    reason: Option<String>,
    defects_label: &'static str,
    defects: Vec<String>,
    link_label: &'static str,
    link: Option<String>,
    no_link: &'static str,
    sender: String,
    footer: &'static str,
}

pub fn compose(facts: &LetterFacts, kind: Kind, public_url: &str) -> Result<Composed> {
    let number = one_line(&facts.number);
    let agency = one_line(&facts.agency_name);
    let has_due_date = facts.due_at.is_some();
    let silence_confirms = facts.silence_confirms;
    let words = match facts.language {
        Language::Vi => {
            WordsVi { kind, number: &number, agency: &agency, has_due_date, silence_confirms }.render()
        }
        Language::En => {
            WordsEn { kind, number: &number, agency: &agency, has_due_date, silence_confirms }.render()
        }
    };
    let words = words.map_err(Error::internal)?;
    let mut lines = words.lines().map(str::trim).filter(|line| !line.is_empty());
    let subject: String = lines.next().unwrap_or_default().chars().take(LONGEST_SUBJECT).collect();
    let paragraphs: Vec<String> = lines.map(str::to_owned).collect();

    let parts = lay_out(facts, kind, public_url, subject, paragraphs);
    let text = LetterText { parts: &parts }.render().map_err(Error::internal)?;
    let html = LetterHtml { parts: &parts }.render().map_err(Error::internal)?;
    Ok(Composed { subject: parts.subject, text, html })
}

fn lay_out(
    facts: &LetterFacts,
    kind: Kind,
    public_url: &str,
    subject: String,
    paragraphs: Vec<String>,
) -> Parts {
    let say = |vi: &'static str, en: &'static str| match facts.language {
        Language::Vi => vi,
        Language::En => en,
    };
    let agency = one_line(&facts.agency_name);
    let mut rows = vec![
        (say("Số hồ sơ", "Dossier number"), one_line(&facts.number)),
        (say("Thủ tục", "Procedure"), one_line(&facts.procedure_name)),
        (say("Cơ quan", "Agency"), agency.clone()),
    ];
    let says_due = matches!(
        kind,
        Kind::Accepted | Kind::Apology | Kind::DeadlineMoved | Kind::DeadlineNear | Kind::DeadlineMissed
    );
    if let Some(due_at) = facts.due_at.filter(|_| says_due) {
        rows.push((say("Ngày hẹn trả kết quả", "Result due"), moment(due_at, facts.language)));
    }
    if let (Kind::SupplementRequested, Some(respond_by)) = (kind, facts.respond_by) {
        rows.push((say("Bổ sung trước", "Supplement by"), moment(respond_by, facts.language)));
    }
    if let (Kind::ConfirmationAsked, Some(respond_by)) = (kind, facts.respond_by) {
        rows.push((say("Xác nhận trước", "Confirm by"), moment(respond_by, facts.language)));
    }
    if let (Kind::PaymentRequested | Kind::PaymentConfirmed, Some(amount)) = (kind, facts.amount) {
        let amount = match facts.language {
            Language::Vi => amount.to_string(),
            Language::En => amount.to_string().replace(" đồng", " VND").replace('.', ","),
        };
        rows.push((say("Số tiền", "Amount"), amount));
    }
    if let (Kind::ResultReady | Kind::ResultReturned, Some(title)) = (kind, &facts.result_title) {
        rows.push((say("Kết quả", "Result"), one_line(title)));
    }
    let defects = if kind == Kind::SupplementRequested { facts.defects.as_slice() } else { &[] };
    let name = one_line(&facts.applicant_name);
    Parts {
        tag: facts.language.tag(),
        subject,
        greeting: match facts.language {
            Language::Vi => format!("Kính gửi {name},"),
            Language::En => format!("Dear {name},"),
        },
        paragraphs,
        rows,
        reason_label: match kind {
            Kind::ConfirmationAsked => say("Nội dung cần xác nhận", "What to confirm"),
            _ => say("Lý do", "Reason"),
        },
        reason: reason_of(facts, kind),
        defects_label: say("Những điểm cần bổ sung", "What has to be supplemented"),
        defects: defects.iter().map(defect).collect(),
        link_label: say("Xem hồ sơ", "See the dossier"),
        link: facts
            .account_id
            .map(|_| format!("{}/api/v1/dossiers/{}", public_url.trim_end_matches('/'), facts.dossier_id)),
        no_link: say(
            "Quý vị tra cứu hồ sơ bằng số hồ sơ và mã tra cứu ghi trên giấy tiếp nhận.",
            "Follow the dossier with its number and the tracking code on the receipt.",
        ),
        sender: match facts.language {
            Language::Vi => format!("{agency}, qua Cổng dịch vụ công"),
            Language::En => format!("{agency}, through the public-service portal"),
        },
        footer: say(
            "Thư này được gửi tự động, xin không trả lời. Cổng dịch vụ công không bao giờ hỏi mật khẩu hay mã xác thực qua thư.",
            "This letter was sent automatically; please do not reply. The portal never asks for a password or a code by mail.",
        ),
    }
}

/// Only where the words speak of one: a note on another move is not for the citizen.
fn reason_of(facts: &LetterFacts, kind: Kind) -> Option<String> {
    let is_said = match kind {
        Kind::Refused | Kind::WithdrawalRejected | Kind::Stopped => true,
        Kind::Apology | Kind::DeadlineMoved | Kind::ConfirmationAsked => true,
        // The words say it already.
        Kind::SilenceConfirmed | Kind::SilenceReturned => false,
        Kind::DeadlineNear | Kind::DeadlineMissed => false,
        Kind::PaymentRequested | Kind::ResultHeldBack => true,
        // The decision is read with the result, when it has been handed over.
        Kind::ResultReady => false,
        Kind::SupplementRequested => facts.defects.is_empty(),
        Kind::Submitted | Kind::Accepted | Kind::PaymentConfirmed => false,
        Kind::WithdrawalConfirmed | Kind::ResultReturned => false,
    };
    let reason = facts.reason.as_deref().filter(|_| is_said).map(some_lines);
    reason.filter(|reason| !reason.is_empty())
}

fn defect(defect: &DefectFact) -> String {
    let reason = one_line(&defect.reason);
    match &defect.about {
        Some(about) => format!("{}: {reason}", one_line(about)),
        None => reason,
    }
}

/// As a letter of the office writes it, in Vietnam's time.
fn moment(moment: Moment, language: Language) -> String {
    let local = in_vietnam(moment);
    match language {
        Language::Vi => local.format("%H:%M ngày %d/%m/%Y").to_string(),
        Language::En => local.format("%H:%M on %-d %B %Y (Vietnam time)").to_string(),
    }
}

fn one_line(text: &str) -> String {
    let visible: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn some_lines(text: &str) -> String {
    text.lines().map(one_line).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
