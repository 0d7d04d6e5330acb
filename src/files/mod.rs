//! Floor 7: what people hand in and what they are given back, as files. There is no door here: who may upload is
//! the dossier's matter, so the dossiers' doors call [`Receiver::receive`], then [`store::keep`] inside
//! [`Receiver::keep`], and [`download`].
//!
//! What must stay true: neither name nor declared type is believed, the bytes are; an object exists for every row
//! in `files` that stands, and every other object is swept; a sealed file cannot be removed.
//! Tables: `files`, `uploads`.

mod claims;
mod download;
pub mod jobs;
mod model;
mod receive;
mod scan;
mod sniff;
pub mod store;
mod upload;

pub use download::download;
pub use model::{FileView, MediaType, Purpose, UploadForm, Verdict};
pub use receive::{Received, Receiver};
pub use scan::{NoScanner, Scanner, Scanning};
pub use sniff::PIXEL_LIMIT;
pub use upload::Upload;

use crate::refusals;

refusals! {
    pub enum Refusal in "files" {
        TooLarge = (413, "too_large", "Tệp quá lớn; giới hạn của một tệp được ghi kèm.", "The file is too large; the limit of one file is stated."),
        NotMultipart = (415, "not_multipart", "Tệp phải được gửi dạng multipart/form-data.", "A file is sent as multipart/form-data."),
        Unreadable = (400, "unreadable", "Nội dung gửi lên bị đứt quãng hoặc không đúng dạng multipart; hãy gửi lại.", "What was sent broke off or is not well-formed multipart; send it again."),
        Stalled = (400, "stalled", "Đường truyền dừng quá lâu nên việc nhận tệp đã bị huỷ; hãy gửi lại.", "The transfer stood still for too long and was given up; send it again."),
        NoFile = (422, "no_file", "Thiếu tệp: cần một trường tên là file.", "There is no file: a field named file is required."),
        SecondFile = (422, "second_file", "Mỗi lần chỉ gửi một tệp.", "One file at a time."),
        Empty = (422, "empty", "Tệp rỗng.", "The file is empty."),
        TypeNotTaken = (422, "type_not_taken", "Không nhận loại tệp này; các loại được nhận được ghi kèm.", "Files of this type are not taken; the types that are taken are listed."),
        Contradiction = (422, "contradiction", "Tên hoặc kiểu khai báo của tệp không khớp với nội dung; hãy đổi đúng đuôi tệp hoặc chọn đúng tệp.", "The file's name or declared type contradicts its content; correct the extension or choose the right file."),
        Damaged = (422, "damaged", "Tệp bị hỏng hoặc thiếu phần đầu hay phần cuối; hãy tạo lại tệp.", "The file is damaged, or its beginning or end is missing; make it again."),
        TooManyPixels = (422, "too_many_pixels", "Ảnh có quá nhiều điểm ảnh; hãy giảm kích thước ảnh.", "The image has too many pixels; make it smaller."),
        Infected = (422, "infected", "Tệp chứa mã độc và không được lưu lại.", "The file contains malicious code and was not kept."),
        TooManyFiles = (422, "too_many_files", "Hồ sơ đã có đủ số tệp cho phép; hãy gỡ bớt trước khi thêm.", "The dossier has as many files as it may; remove some before adding more."),
        TooManyBytes = (422, "too_many_bytes", "Tổng dung lượng các tệp của hồ sơ vượt giới hạn.", "The files of the dossier would together be larger than allowed."),
        Sealed = (409, "sealed", "Tệp đã nộp cùng hồ sơ hoặc kết quả nên không gỡ được.", "The file was submitted or issued, so it cannot be removed."),
        UploadGone = (409, "upload_gone", "Tệp vừa gửi không còn được giữ; hãy gửi lại.", "What was uploaded is no longer held; send it again."),
    }
}
