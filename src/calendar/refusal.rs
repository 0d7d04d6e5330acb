//! Why a change of the calendar is refused as a whole. What is wrong with single rows is named row by row.

use crate::refusals;

refusals! {
    pub enum Refusal in "calendar" {
        RowsRefused = (422, "rows_refused", "Danh sách ngày nghỉ có lỗi; xem từng dòng. Chưa có gì được áp dụng.", "The list of days has faults; see each row. Nothing was applied."),
    }
}
