//! What must not be published: numbers and addresses by which a person is found. Pure.
//!
//! The check errs on the side of the person: what only looks like a telephone number is refused too, and the leader
//! writes it otherwise. It works on folded text, so that full-width digits and invisible characters hide nothing.
//! Sources: Nghị định 13/2023/NĐ-CP (personal data); citizen numbers begin with the code of a province (001–096).

use super::wording::Reading;
use crate::kernel::text::fold;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    CitizenNumber,
    OldIdentityNumber,
    Phone,
    Email,
    AskerName,
}

impl Found {
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::CitizenNumber => (
                "personal.citizen_number",
                "Văn bản còn số định danh cá nhân.",
                "A citizen number is still in the text.",
            ),
            Self::OldIdentityNumber => (
                "personal.identity_number",
                "Văn bản còn số có dạng chứng minh nhân dân.",
                "A number like an identity card's is still in the text.",
            ),
            Self::Phone => {
                ("personal.phone", "Văn bản còn số điện thoại.", "A telephone number is still in the text.")
            }
            Self::Email => {
                ("personal.email", "Văn bản còn địa chỉ thư điện tử.", "A mail address is still in the text.")
            }
            Self::AskerName => (
                "personal.asker_name",
                "Văn bản còn họ tên người hỏi.",
                "The asker's name is still in the text.",
            ),
        }
    }
}

pub fn check(reading: &mut Reading, pointer: &str, text: &str, asker_name: &str) {
    for found in find(text, asker_name) {
        let (code, vi, en) = found.words();
        reading.fault(pointer, code, vi, en);
    }
}

/// Each kind at most once, in the order of the table above.
pub fn find(text: &str, asker_name: &str) -> Vec<Found> {
    let folded = fold(text);
    let runs = digit_runs(&folded);
    let mut found = Vec::new();
    if runs.iter().any(|run| any_number(run, is_citizen_number)) {
        found.push(Found::CitizenNumber);
    }
    if runs.iter().flatten().any(|group| group.len() == 9) {
        found.push(Found::OldIdentityNumber);
    }
    if runs.iter().any(|run| any_number(run, is_phone)) {
        found.push(Found::Phone);
    }
    if has_email(&folded) {
        found.push(Found::Email);
    }
    let name = fold(asker_name);
    if name.contains(' ') && folded.contains(&name) {
        found.push(Found::AskerName);
    }
    found
}

/// Groups of digits, in runs of groups with little between them: `(+84) 912 345.678` is one run.
fn digit_runs(text: &str) -> Vec<Vec<String>> {
    let mut runs: Vec<Vec<String>> = Vec::new();
    let (mut group, mut between) = (String::new(), 0);
    let mut run: Vec<String> = Vec::new();
    for character in text.chars().chain(std::iter::once('\n')) {
        if character.is_ascii_digit() {
            group.push(character);
            between = 0;
            continue;
        }
        if !group.is_empty() {
            run.push(std::mem::take(&mut group));
        }
        between += 1;
        let parts = between > 2 || !matches!(character, ' ' | '.' | '-' | '(' | ')' | '‐' | '–');
        if parts && !run.is_empty() {
            runs.push(std::mem::take(&mut run));
        }
    }
    if !run.is_empty() {
        runs.push(run);
    }
    runs
}

/// Some groups that stand together make such a number.
fn any_number(run: &[String], is_it: fn(&str) -> bool) -> bool {
    for start in 0..run.len() {
        let mut digits = String::new();
        for group in run.iter().skip(start) {
            digits.push_str(group);
            if is_it(&digits) {
                return true;
            }
        }
    }
    false
}

fn is_citizen_number(digits: &str) -> bool {
    let province = digits.get(..3).and_then(|code| code.parse::<u16>().ok());
    digits.len() == 12 && province.is_some_and(|code| (1..=96).contains(&code))
}

/// Mobile numbers (03, 05, 07, 08, 09) and land lines (02…), inland or with 84.
fn is_phone(digits: &str) -> bool {
    let inland = match digits.strip_prefix("84") {
        Some(rest) if digits.len() > 10 => rest,
        _ => match digits.strip_prefix('0') {
            Some(rest) => rest,
            None => return false,
        },
    };
    match inland.chars().next() {
        Some('3' | '5' | '7' | '8' | '9') => inland.len() == 9,
        Some('2') => inland.len() == 10,
        _ => false,
    }
}

fn has_email(text: &str) -> bool {
    let pieces: Vec<&str> = text.split('@').collect();
    pieces.windows(2).any(|pair| {
        let [before, after] = pair else { return false };
        let named =
            before.trim_end().chars().next_back().is_some_and(|c| c.is_alphanumeric() || "._-+".contains(c));
        let domain: String = after
            .trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
            .collect();
        let last = domain.trim_end_matches(['.', '-']).rsplit_once('.').map(|(_, last)| last);
        named && last.is_some_and(|last| last.len() >= 2)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_data_is_found_however_it_is_written() {
        let cases = [
            ("CCCD 072098000006 của tôi", Found::CitizenNumber),
            ("số 072 098 000 006", Found::CitizenNumber),
            ("số 072.098.000.006", Found::CitizenNumber),
            ("điều 5 072098000006", Found::CitizenNumber),
            ("số ０７２０９８００００06", Found::CitizenNumber),
            ("số 0720\u{200b}98000006", Found::CitizenNumber),
            ("CMND 290123456", Found::OldIdentityNumber),
            ("gọi 0912345678", Found::Phone),
            ("gọi 0912 345 678", Found::Phone),
            ("gọi 5 0912-345-678", Found::Phone),
            ("gọi +84 912 345 678", Found::Phone),
            ("gọi (+84) 912.345.678", Found::Phone),
            ("gọi (0276) 382 2233", Found::Phone),
            ("thư an@motcua.example nhé", Found::Email),
            ("thư an @ motcua.example", Found::Email),
            ("Tôi là NGUYEN VAN AN", Found::AskerName),
        ];
        for (text, expected) in cases {
            assert!(
                find(text, "Nguyễn Văn An").contains(&expected),
                "{text}: {:?}",
                find(text, "Nguyễn Văn An")
            );
        }
    }

    #[test]
    fn the_law_may_be_quoted() {
        let texts = [
            "Điều 7 Nghị định 23/2015/NĐ-CP ngày 16/02/2015; Nghị định 61/2018/NĐ-CP.",
            "Thủ tục 2.000815, lệ phí 1.200.000 đồng, tổng dự toán 12.500.000.000 đồng.",
            "Quyết định số 766/QĐ-TTg ngày 23-6-2022, khoản 1, 2, 3 Điều 4.",
            "Từ 01/7/2025 đến 31/12/2025, trước 17:00.",
            "Bà An hỏi @ phường 1.",
        ];
        for text in texts {
            assert_eq!(find(text, "Nguyễn Văn An"), [], "{text}");
        }
    }
}
