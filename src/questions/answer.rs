//! Answering, and telling somebody that this is not the place.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::acting::{self, Said};
use super::events::QuestionEventKind;
use super::store::{self, Answered};
use super::wording::{LONGEST_ANSWER, Reading};
use super::workflow::Move;
use crate::authority::Op;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::QuestionId;
use crate::kernel::values::Words;

/// The answer, with the legal texts on which it rests.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "text": "Có. Phường chứng thực bản sao từ 07:30 đến 11:30 sáng thứ Bảy.", "legal_basis": ["Nghị định 23/2015/NĐ-CP, Điều 7"]
}))]
pub struct AnswerQuestion {
    #[schema(min_length = 1, max_length = 20000)]
    pub text: String,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub legal_basis: Vec<String>,
}

pub fn answer(conn: &mut Conn, op: &Op, id: QuestionId, seen: i32, body: &AnswerQuestion) -> Result<i32> {
    let begun = acting::begin_at_desk(conn, op, Move::Answer, id, Some(seen))?;
    let mut reading = Reading::default();
    let text = reading.text("/text", &body.text, LONGEST_ANSWER);
    let legal_basis = reading.legal_basis(&body.legal_basis);
    reading.finish()?;
    let answered = Answered {
        text: &text,
        legal_basis: &legal_basis,
        by: begun.actor()?,
        agency_id: begun.next.agency_id,
        at: op.now,
    };
    store::answer_round(conn, id, begun.next.round, &answered)?;
    begun.finish(conn, Some(QuestionEventKind::Answered), Said::default())
}

/// Why it is not answered here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutOfScope {
    /// Khiếu nại: against a decision or an act.
    Complaint,
    /// Tố cáo: of a wrongdoing.
    Denunciation,
    /// Phản ánh, kiến nghị về quy định hành chính.
    Petition,
    /// About a dossier of the asker's own, which has its own pages.
    OwnDossier,
    /// No question about a regulation or a procedure.
    NoQuestion,
}

impl OutOfScope {
    pub const ALL: [Self; 5] =
        [Self::Complaint, Self::Denunciation, Self::Petition, Self::OwnDossier, Self::NoQuestion];

    pub fn code(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::Denunciation => "denunciation",
            Self::Petition => "petition",
            Self::OwnDossier => "own_dossier",
            Self::NoQuestion => "no_question",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Where to go instead, in Vietnamese and English.
    pub fn where_to_go(self) -> (&'static str, &'static str) {
        match self {
            Self::Complaint => (
                "Đây là khiếu nại: gửi đơn đến người đã ra quyết định hoặc cơ quan có cán bộ thực hiện hành vi bị khiếu nại, hoặc nộp tại Trụ sở tiếp công dân (Luật Khiếu nại 2011).",
                "This is a complaint: send it to whoever made the decision, or to the agency of the officer complained of, or bring it to the office that receives citizens (Law on Complaints 2011).",
            ),
            Self::Denunciation => (
                "Đây là tố cáo: gửi đơn đến cơ quan có thẩm quyền giải quyết tố cáo hoặc nộp tại Trụ sở tiếp công dân; danh tính của quý vị được giữ kín (Luật Tố cáo 2018).",
                "This is a denunciation: send it to the authority competent for it, or bring it to the office that receives citizens; your identity is kept secret (Law on Denunciations 2018).",
            ),
            Self::Petition => (
                "Đây là phản ánh, kiến nghị về quy định hành chính: gửi tại mục Phản ánh, kiến nghị (Nghị định 20/2008/NĐ-CP).",
                "This is a petition about a regulation: send it under Petitions (Decree 20/2008/NĐ-CP).",
            ),
            Self::OwnDossier => (
                "Câu hỏi này về một hồ sơ cụ thể: xem tiến độ trong mục Hồ sơ của tôi, hoặc hỏi bộ phận một cửa đã tiếp nhận.",
                "This is about one dossier: see its progress under My dossiers, or ask the single window that received it.",
            ),
            Self::NoQuestion => (
                "Mục hỏi đáp chỉ nhận câu hỏi về quy định và thủ tục hành chính; quý vị có thể viết lại câu hỏi rõ hơn.",
                "Only questions about regulations and procedures are taken here; you may ask again more clearly.",
            ),
        }
    }
}

/// Says why it is out of scope. The asker is told where to go.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "kind": "complaint", "reason": "Nội dung khiếu nại quyết định xử phạt." }))]
pub struct RefuseQuestion {
    pub kind: OutOfScope,
    pub reason: Words,
}

pub fn refuse(conn: &mut Conn, op: &Op, id: QuestionId, seen: i32, body: &RefuseQuestion) -> Result<i32> {
    let begun = acting::begin_at_desk(conn, op, Move::Refuse, id, Some(seen))?;
    let said = Said { outcome: Some(body.kind.code().to_owned()), reason: Some(body.reason.to_string()) };
    begun.finish(conn, Some(QuestionEventKind::Refused), said)
}
