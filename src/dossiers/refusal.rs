//! Why something about a dossier is refused.

use crate::refusals;

refusals! {
    pub enum Refusal in "dossier" {
        IllegalMove = (409, "illegal_move", "Việc này không thực hiện được ở trạng thái hiện tại của hồ sơ; xem các việc đang mở.", "This cannot be done in the dossier's present state; see the moves that are open."),
        StepNotOpen = (409, "step_not_open", "Việc này không thuộc bước hiện tại của hồ sơ.", "This does not belong to the step at which the dossier stands."),
        ProcedureNotOpen = (409, "procedure_not_open", "Thủ tục này hiện không nhận hồ sơ theo cách đó.", "This procedure takes no dossiers in that way at present."),
        SubjectNotServed = (422, "subject_not_served", "Thủ tục này không dành cho loại đối tượng nộp hồ sơ đó.", "This procedure is not for that kind of applicant."),
        NoCompetentAgency = (422, "no_competent_agency", "Không tìm thấy cơ quan có thẩm quyền cho địa chỉ này; hồ sơ vẫn được giữ ở dạng nháp.", "No competent agency was found for this address; nothing was lost, the draft is kept."),
        AmbiguousAgency = (422, "ambiguous_agency", "Có nhiều hơn một cơ quan có thẩm quyền cho địa chỉ này; hồ sơ vẫn được giữ ở dạng nháp.", "More than one agency is competent for this address; nothing was lost, the draft is kept."),
        AddressUnknown = (422, "address_unknown", "Không có đơn vị hành chính cấp xã với mã này vào ngày nộp.", "No commune has this code on the day of submission."),
        AddressOutside = (422, "address_outside", "Địa chỉ này không thuộc tỉnh mà cổng này phục vụ.", "This address is not in the province that this portal serves."),
        ClaimedByOther = (409, "claimed_by_other", "Việc này đang do cán bộ khác thụ lý.", "Another officer holds this task."),
        NotClaimed = (409, "not_claimed", "Việc này không do bạn giữ.", "You do not hold this task."),
        AssigneeNotFit = (422, "assignee_not_fit", "Cán bộ này không có quyền tương ứng tại cơ quan đang giữ việc.", "That officer does not hold the role at the agency that has the task."),
        SecondSupplementNeedsLeader = (403, "second_supplement_needs_leader", "Lần yêu cầu bổ sung thứ hai cần lãnh đạo; Bộ chỉ số 766 tính là trễ hạn.", "A second request for a supplement needs a leader; Index 766 counts it as late."),
        SupplementNotAnswered = (409, "supplement_not_answered", "Công dân chưa gửi bổ sung.", "The supplement has not been sent yet."),
        SupplementNotExpired = (409, "supplement_not_expired", "Chưa hết thời hạn bổ sung.", "The time for the supplement has not run out."),
        SupplementAnswered = (409, "supplement_answered", "Bổ sung đã được gửi; hãy tiếp nhận bổ sung.", "The supplement has been sent already."),
        ProposalMissing = (409, "proposal_missing", "Cần đề xuất kết quả trước khi trình lãnh đạo.", "A decision must be proposed before it goes to a leader."),
        SamePerson = (403, "same_person", "Người đề xuất không được là người phê duyệt.", "Whoever proposed may not approve."),
        NotApproved = (409, "not_approved", "Kết quả chưa được phê duyệt.", "The decision has not been approved."),
        OutcomeNotApproved = (409, "outcome_not_approved", "Kết quả này khác với kết quả đã được phê duyệt.", "This is not the outcome that was approved."),
        NoAccountToReturnTo = (422, "no_account_to_return_to", "Người nộp không có tài khoản; hãy trả kết quả tại quầy hoặc qua bưu chính.", "The applicant has no account: return the result at the counter or by post."),
        TooManyDrafts = (409, "too_many_drafts", "Bạn có quá nhiều bản nháp; hãy nộp hoặc xoá bớt.", "You have too many drafts; hand some in or throw some away."),
        StepsRemain = (409, "steps_remain", "Còn bước chưa thực hiện trước khi kết thúc.", "Steps remain before it can be finished."),
        ResultFileMissing = (422, "result_file_missing", "Cần tệp kết quả đã tải lên cho hồ sơ này.", "A result file uploaded to this dossier is needed."),
        ComponentUnknown = (422, "component_unknown", "Thủ tục không có thành phần hồ sơ này.", "The procedure has no such component."),
        UploadNotOpen = (409, "upload_not_open", "Hồ sơ không nhận thêm tệp ở trạng thái này.", "The dossier takes no more files in this state."),
        ApologyGiven = (409, "apology_given", "Hồ sơ đã có một lần xin lỗi và hẹn lại; chỉ được hẹn lại một lần.", "An apology with a new date was given already; there can be only one."),
        ApologyTooLate = (409, "apology_too_late", "Phải xin lỗi và hẹn lại trước ngày hẹn trả ít nhất một ngày làm việc.", "An apology must be given at least one working day before the due date."),
        ConfirmationOpen = (409, "confirmation_open", "Công dân chưa trả lời đề nghị xác nhận.", "The applicant has not answered the request for a confirmation yet."),
        ConfirmationMissing = (409, "confirmation_missing", "Bước này cần công dân xác nhận; hãy đề nghị xác nhận trước.", "This step wants the applicant's confirmation; it has to be asked for and given first."),
        ConfirmationGiven = (409, "confirmation_given", "Công dân đã xác nhận ở bước này.", "The applicant has confirmed at this step already."),
        ConfirmationNotAsked = (409, "confirmation_not_asked", "Hiện không có nội dung nào chờ bạn xác nhận.", "Nothing waits for your confirmation at present."),
        TrackingNotFound = (404, "tracking_not_found", "Không có hồ sơ với số và mã tra cứu này.", "No dossier has this number and secret."),
    }
}
