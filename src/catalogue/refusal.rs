//! What the catalogue refuses.

use crate::refusals;

refusals! {
    pub enum Refusal in "catalogue" {
        ProcedureUnknown = (404, "procedure_unknown", "Không có thủ tục hành chính mang mã này.", "There is no procedure with this code."),
        NotInForce = (404, "not_in_force", "Thủ tục này chưa có phiên bản nhận hồ sơ có hiệu lực vào ngày đã cho.", "This procedure has no version in force on that day, so no dossier can be submitted."),
        NoDraft = (404, "no_draft", "Thủ tục này không có bản thảo nào.", "This procedure has no draft."),
        CodeTaken = (409, "code_taken", "Mã thủ tục này đã có trong danh mục.", "A procedure with this code is in the catalogue already."),
        DraftExists = (409, "draft_exists", "Thủ tục này đã có một bản thảo; hãy sửa hoặc xoá bản thảo đó.", "This procedure has a draft already; change that one or discard it."),
        VersionPublished = (409, "version_published", "Phiên bản đã công bố không thể thay đổi; hãy lập phiên bản mới.", "A published version does not change; draft a new one."),
        ProcedureClosed = (409, "procedure_closed", "Thủ tục này đã bị bãi bỏ.", "This procedure is closed."),
        DayTaken = (409, "day_taken", "Đã có phiên bản khác được công bố có hiệu lực từ ngày này.", "Another published version begins on this day."),
        NotPublishable = (422, "not_publishable", "Phiên bản chưa công bố được; xem từng lỗi trong danh sách.", "This version cannot be published yet; see the list of faults."),
    }
}
