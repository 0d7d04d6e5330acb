use super::*;
use crate::kernel::Dong;
use crate::kernel::ids::{AccountId, DossierId};

fn facts(language: Language) -> LetterFacts {
    LetterFacts {
        dossier_id: DossierId::parse("0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21").unwrap(),
        account_id: Some(AccountId::new()),
        language,
        recipient: Some("an@mail.vn".to_owned()),
        applicant_name: "Nguyễn Văn An".to_owned(),
        number: "H53.21.01-261122-0001".to_owned(),
        procedure_name: "Đăng ký khai sinh".to_owned(),
        agency_name: "UBND xã Thanh Điền".to_owned(),
        due_at: chrono::DateTime::from_timestamp(1_795_509_000, 0),
        reason: None,
        defects: Vec::new(),
        amount: Dong::new(10_000).ok(),
        respond_by: chrono::DateTime::from_timestamp(1_795_509_000, 0),
        result_title: Some("Giấy khai sinh".to_owned()),
        silence_confirms: true,
    }
}

const BOTH: [Language; 2] = [Language::Vi, Language::En];

#[test]
fn every_letter_exists_in_both_languages() {
    for language in BOTH {
        for kind in Kind::ALL {
            let letter = compose(&facts(language), kind, "https://dichvucong.example/").unwrap();
            assert!(letter.subject.contains("H53.21.01-261122-0001"), "{}", letter.subject);
            assert!(letter.subject.chars().count() <= LONGEST_SUBJECT, "{}", letter.subject);
            for body in [&letter.text, &letter.html] {
                assert!(body.contains("Nguyễn Văn An"), "{body}");
                assert!(body.contains("Đăng ký khai sinh"), "{body}");
                let link = "https://dichvucong.example/api/v1/dossiers/0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21";
                assert!(body.contains(link), "{body}");
                assert!(!body.contains("{{") && !body.contains("Kind::"), "{body}");
            }
            assert!(!letter.text.contains("\n\n\n"), "{}", letter.text);
        }
    }
}

#[test]
fn a_letter_reads_like_a_letter() {
    let mut facts = facts(Language::Vi);
    facts.defects = vec![
        DefectFact { about: Some("Tờ khai".to_owned()), reason: "thiếu chữ ký".to_owned() },
        DefectFact { about: None, reason: "ảnh chụp mờ".to_owned() },
    ];
    facts.reason = Some("thiếu chữ ký; ảnh chụp mờ".to_owned());
    let letter = compose(&facts, Kind::SupplementRequested, "https://dichvucong.example").unwrap();
    assert_eq!(letter.subject, "Hồ sơ H53.21.01-261122-0001 cần bổ sung");
    let expected = "\
Kính gửi Nguyễn Văn An,

Hồ sơ của quý vị cần bổ sung những điểm ghi dưới đây; đây là toàn bộ các điểm của lần yêu cầu này.

Quý vị bổ sung trên hồ sơ rồi gửi lại trước thời hạn. Thời gian chờ bổ sung không tính vào thời hạn giải quyết; nếu quá hạn mà chưa bổ sung, hồ sơ có thể bị kết thúc.

Số hồ sơ: H53.21.01-261122-0001
Thủ tục: Đăng ký khai sinh
Cơ quan: UBND xã Thanh Điền
Bổ sung trước: 15:30 ngày 24/11/2026

Những điểm cần bổ sung:
1. Tờ khai: thiếu chữ ký
2. ảnh chụp mờ

Xem hồ sơ: https://dichvucong.example/api/v1/dossiers/0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21

UBND xã Thanh Điền, qua Cổng dịch vụ công

--
Thư này được gửi tự động, xin không trả lời. Cổng dịch vụ công không bao giờ hỏi mật khẩu hay mã xác thực qua thư.";
    assert_eq!(letter.text, expected);
}

#[test]
fn what_people_wrote_is_shown_and_never_obeyed() {
    for language in BOTH {
        let mut facts = facts(language);
        facts.applicant_name = "<script>alert(1)</script>\r\nBcc: x@evil.example".to_owned();
        facts.number = "H53-1\r\nBcc: x@evil.example".to_owned();
        facts.procedure_name = "\"><img src=x onerror=alert(1)>".to_owned();
        facts.agency_name = "Sở & <b>Ban</b>".to_owned();
        facts.reason = Some("</p></div><style>*{display:none}</style>".to_owned());
        facts.result_title = Some("{{ 7 * 7 }} & 'x'".to_owned());
        facts.defects =
            vec![DefectFact { about: Some("<i>".to_owned()), reason: "<a href=javascript:x>".to_owned() }];
        for kind in Kind::ALL {
            let letter = compose(&facts, kind, "https://dichvucong.example").unwrap();
            assert!(!letter.subject.contains(['\r', '\n']), "{}", letter.subject);
            for raw in ["<script>", "<img", "<b>", "<style>", "<i>", "<a href=javascript"] {
                assert!(!letter.html.contains(raw), "{raw} in {}", letter.html);
            }
            assert!(!letter.text.lines().any(|line| line.starts_with("Bcc:")), "{}", letter.text);
        }
    }
}

#[test]
fn a_reason_keeps_its_lines_and_stays_where_it_belongs() {
    let mut facts = facts(Language::Vi);
    facts.reason = Some("Dòng một\r\n\r\nDòng hai".to_owned());
    let stopped = compose(&facts, Kind::Stopped, "https://dichvucong.example").unwrap();
    assert!(stopped.text.contains("\n\nLý do:\nDòng một\nDòng hai\n\nXem hồ sơ"), "{}", stopped.text);
    let accepted = compose(&facts, Kind::Accepted, "https://dichvucong.example").unwrap();
    assert!(!accepted.text.contains("Dòng một"), "{}", accepted.text);
}

#[test]
fn whoever_has_no_account_is_told_how_to_follow() {
    let mut facts = facts(Language::En);
    facts.account_id = None;
    let letter = compose(&facts, Kind::PaymentRequested, "https://dichvucong.example").unwrap();
    assert!(!letter.text.contains("https://"), "{}", letter.text);
    assert!(letter.text.contains("tracking code"), "{}", letter.text);
    assert!(letter.text.contains("Amount: 10,000 VND"), "{}", letter.text);
}
