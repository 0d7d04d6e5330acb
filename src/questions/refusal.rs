//! Why something about a question is refused.

use crate::refusals;

refusals! {
    pub enum Refusal in "question" {
        IllegalMove = (409, "illegal_move", "Việc này không thực hiện được ở trạng thái hiện tại của câu hỏi; xem các việc đang mở.", "This cannot be done in the question's present state; see the moves that are open."),
        ClaimedByOther = (409, "claimed_by_other", "Câu hỏi này đang do cán bộ khác xử lý.", "Another officer holds this question."),
        NotClaimed = (409, "not_claimed", "Câu hỏi này không do bạn giữ.", "You do not hold this question."),
        AlreadyThere = (409, "already_there", "Câu hỏi đang ở chính cơ quan này.", "The question is with that agency already."),
        NoConsent = (409, "no_consent", "Người hỏi không đồng ý công khai câu hỏi.", "The asker has not consented to publication."),
        AnonymousClosed = (403, "anonymous_closed", "Cổng này chỉ nhận câu hỏi của người đã đăng nhập.", "This portal takes questions from signed-in people only."),
        ConfirmationUnknown = (404, "confirmation_unknown", "Mã xác nhận không đúng, đã dùng hoặc đã hết hạn; hãy gửi lại câu hỏi.", "The confirmation code is wrong, was used, or has expired; ask again."),
    }
}
