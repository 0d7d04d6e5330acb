//! The typed values of floor 0: the vectors of the specification, and properties that no list of examples covers.

use std::fmt::Debug;

use chrono::NaiveDate;
use motcua::kernel::ids::{AccountId, DossierId};
use motcua::kernel::money::{Dong, Rounding};
use motcua::kernel::paging::{Limit, Page, decode_cursor, encode_cursor};
use motcua::kernel::text::{clean_file_name, fold, spelling_key};
use motcua::kernel::values::{
    AgencyIdentifier, CitizenNumber, DossierNumber, Email, IdentifierStyle, NationalCode, PROVINCES_OF_BIRTH,
    Phone, Sex, TaxCode, ValueFault, all_faults, fault_in_message,
};
use proptest::prelude::*;

fn code<T: Debug>(result: Result<T, ValueFault>) -> &'static str {
    result.expect_err("this value is refused").code
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a real day")
}

#[test]
fn every_identity_vector_holds() {
    let mut reader =
        csv::Reader::from_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/identity_vectors.csv"))
            .expect("the vectors are there");
    let mut seen = 0;
    for record in reader.records() {
        let record = record.expect("a row");
        let (kind, value, valid) = (&record[0], &record[1], &record[2] == "1");
        match kind {
            "tax_code" => assert_eq!(TaxCode::parse(value).is_ok(), valid, "{value}"),
            "tax_code_base9" => {
                let any = (0..10).any(|check| TaxCode::parse(&format!("{value}{check}")).is_ok());
                assert_eq!(any, valid, "{value}");
            }
            "cccd" => assert_eq!(CitizenNumber::parse(value).is_ok(), valid, "{value}"),
            "phone" => assert_eq!(Phone::parse(value).is_ok(), valid, "{value}"),
            "dossier_code" => assert_eq!(DossierNumber::parse(value).is_ok(), valid, "{value}"),
            other => panic!("the test does not know {other}"),
        }
        seen += 1;
    }
    assert_eq!(seen, 15);
}

#[test]
fn provinces_of_birth_are_the_provinces_before_the_merger() {
    let mut reader =
        csv::Reader::from_path(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/province_mapping.csv"))
            .expect("the seed");
    let codes: Vec<String> = reader.records().map(|row| format!("0{}", &row.expect("a row")[0])).collect();
    assert_eq!(codes, PROVINCES_OF_BIRTH);
}

#[test]
fn a_citizen_number_tells_year_and_sex() {
    let number = CitizenNumber::parse("070205000003").expect("valid");
    assert_eq!((number.born_year(), number.sex(), number.province_of_birth()), (2005, Sex::Male, "070"));
    let number = CitizenNumber::parse("001199000003").expect("valid");
    assert_eq!((number.born_year(), number.sex()), (1999, Sex::Female));

    assert_eq!(code(CitizenNumber::parse("07020500000")), "citizen_number.length");
    assert_eq!(code(CitizenNumber::parse("07020500000x")), "citizen_number.digits");
    assert_eq!(code(CitizenNumber::parse("0702050000٣3")), "citizen_number.digits");
    assert_eq!(code(CitizenNumber::parse("003205000003")), "citizen_number.province");
    let future = CitizenNumber::parse_on("082495000002", day(2026, 9, 1));
    assert_eq!(code(future), "citizen_number.birth_year_in_future");
    assert!(CitizenNumber::parse_on("072226000006", day(2026, 1, 1)).is_ok());
    assert!(CitizenNumber::parse_on("072226000006", day(2025, 12, 31)).is_err());
}

#[test]
fn personal_values_do_not_print() {
    let number = CitizenNumber::parse("072098000006").expect("valid");
    let phone = Phone::parse("0912345345").expect("valid");
    let email = Email::parse("nam@Mail.VN").expect("valid");
    assert_eq!(format!("{number:?} {phone:?} {email:?}"), "CitizenNumber(•••) Phone(•••) Email(•••)");
    assert_eq!(number.masked(), "•••••••••006");
    assert_eq!(phone.masked(), "09•••••345");
    assert_eq!(email.masked(), "n•••@mail.vn");
    assert_eq!(Phone::parse("02733123456").expect("valid").masked(), "02••••••456");
    // Nor does a wrong type in JSON put the value into the error.
    let fault =
        serde_json::from_str::<CitizenNumber>("72098000006").expect_err("a number is no text").to_string();
    assert!(!fault.contains("72098"), "{fault}");
    assert_eq!(fault_in_message(&fault).map(|fault| fault.code), Some("value.not_text"));
    let fault =
        serde_json::from_str::<CitizenNumber>("\"003205000003\"").expect_err("no such province").to_string();
    assert!(!fault.contains("003205"), "{fault}");
    assert_eq!(fault_in_message(&fault).map(|fault| fault.code), Some("citizen_number.province"));
}

#[test]
fn tax_codes_of_branches() {
    for text in ["0100233488-001", "0100233488001"] {
        let tax_code = TaxCode::parse(text).expect("valid");
        assert_eq!(tax_code.as_str(), "0100233488-001");
        assert_eq!((tax_code.main(), tax_code.branch()), ("0100233488", Some("001")));
    }
    assert_eq!(TaxCode::parse("0100233488").expect("valid").branch(), None);
    assert_eq!(code(TaxCode::parse("0100233488-000")), "tax_code.branch");
    assert_eq!(code(TaxCode::parse("0100233488-1")), "tax_code.length");
    assert_eq!(code(TaxCode::parse("072098000006")), "tax_code.length");
    assert_eq!(code(TaxCode::parse("0100233487")), "tax_code.checksum");
    assert_eq!(code(TaxCode::parse("01002334a8")), "tax_code.digits");
    assert_eq!(code(TaxCode::parse("0100233488-001-2")), "tax_code.length");
}

#[test]
fn phones_have_one_spelling() {
    for text in ["0912345678", "+84912345678", "+84 (0)912.345.678", "84912345678", "0912-345-678"] {
        let phone = Phone::parse(text).expect(text);
        assert_eq!((phone.expose(), phone.international().as_str()), ("0912345678", "+84912345678"));
    }
    assert_eq!(code(Phone::parse("")), "phone.length");
    assert_eq!(code(Phone::parse("091234567")), "phone.length");
    assert_eq!(code(Phone::parse("09123456789")), "phone.length");
    assert_eq!(code(Phone::parse("0412345678")), "phone.prefix");
    assert_eq!(code(Phone::parse("0612345678")), "phone.prefix");
    assert_eq!(code(Phone::parse("09123456ab")), "phone.characters");
    assert_eq!(code(Phone::parse("0912345678\n")), "phone.characters");
}

#[test]
fn email_is_strict() {
    assert_eq!(Email::parse("Nam.Le+tax@Mail.VN").expect("valid").expose(), "Nam.Le+tax@mail.vn");
    assert_eq!(Email::parse("Nam.Le@Mail.VN").expect("valid").comparison_key(), "nam.le@mail.vn");
    let refused = [
        ("a@b.vn\r\nBcc: c@d.vn", "email.characters"),
        ("a b@c.vn", "email.characters"),
        (" a@c.vn", "email.characters"),
        ("đức@mail.vn", "email.characters"),
        ("a\"@c.vn", "email.characters"),
        ("a.b.vn", "email.form"),
        ("a@b@c.vn", "email.form"),
        ("@c.vn", "email.form"),
        (".a@c.vn", "email.form"),
        ("a..b@c.vn", "email.form"),
        ("a@localhost", "email.domain"),
        ("a@-c.vn", "email.domain"),
        ("a@c..vn", "email.domain"),
        ("a@c.v", "email.domain"),
        ("a@10.0.0.1", "email.domain"),
        ("a@mail.vn.", "email.domain"),
        ("a@mail_x.vn", "email.domain"),
    ];
    for (text, fault) in refused {
        assert_eq!(code(Email::parse(text)), fault, "{text}");
    }
    assert_eq!(code(Email::parse(&format!("{}@c.vn", "a".repeat(65)))), "email.length");
    assert_eq!(code(Email::parse(&format!("a@{}vn", "abcdefgh.".repeat(30)))), "email.length");
}

#[test]
fn agency_identifiers_in_both_styles() {
    let old = AgencyIdentifier::parse("000.00.53.H48").expect("valid");
    assert_eq!((old.style(), old.root()), (IdentifierStyle::Qcvn102, "H48"));
    let new = AgencyIdentifier::parse("H15.50.05.13").expect("valid");
    assert_eq!((new.style(), new.root()), (IdentifierStyle::Decision20, "H15"));
    for text in ["H53", "G15", "H53.101", "H53.101.01"] {
        assert!(AgencyIdentifier::parse(text).is_ok(), "{text}");
    }
    for text in
        ["", "H5", "h53", "H53.", "H53.1", "H53.1234", "53.H48", "000.00.H48", "00.00.53.H48", "H53 .01"]
    {
        assert_eq!(code(AgencyIdentifier::parse(text)), "agency_identifier.form", "{text}");
    }
    assert_eq!(
        code(AgencyIdentifier::parse(&format!("H53{}", ".10".repeat(11)))),
        "agency_identifier.length"
    );
}

#[test]
fn dossier_numbers() {
    let agency = AgencyIdentifier::parse("H53.01").expect("valid");
    let number = DossierNumber::compose(&agency, day(2025, 7, 1), 7).expect("valid");
    assert_eq!(number.as_str(), "H53.01-250701-0007");
    let number = DossierNumber::compose(&agency, day(2025, 7, 1), 10_000).expect("valid");
    assert_eq!(number.as_str(), "H53.01-250701-10000");
    assert_eq!(code(DossierNumber::compose(&agency, day(2025, 7, 1), 0)), "dossier_number.counter");
    assert_eq!(code(DossierNumber::compose(&agency, day(2025, 7, 1), 100_000)), "dossier_number.counter");
    assert_eq!(code(DossierNumber::compose(&agency, day(1999, 7, 1), 1)), "dossier_number.date");
    assert_eq!(code(DossierNumber::parse("H58-240101-1")), "dossier_number.counter");
    assert_eq!(code(DossierNumber::parse("H58-240101-0000")), "dossier_number.counter");
    assert_eq!(code(DossierNumber::parse("H58-240101-00001")), "dossier_number.counter");
    assert_eq!(code(DossierNumber::parse("H58-240230-0001")), "dossier_number.date");
    assert_eq!(code(DossierNumber::parse("58-240101-0001")), "dossier_number.agency");
    assert_eq!(code(DossierNumber::parse("H58-240101")), "dossier_number.form");
    assert_eq!(code(DossierNumber::parse("H58-240101-+001")), "dossier_number.counter");
}

#[test]
fn national_codes() {
    assert_eq!(NationalCode::parse("1.001193").expect("valid").to_string(), "1.001193");
    for text in ["", "1001193", "1.00119", "1.0011933", "11.001193", "1,001193", "a.001193", "1.001193.000"] {
        assert_eq!(code(NationalCode::parse(text)), "national_code.form", "{text}");
    }
}

#[test]
fn fault_codes_are_unique_and_translated() {
    let mut codes: Vec<&str> = all_faults().iter().map(|fault| fault.code).collect();
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count);
    assert!(all_faults().iter().all(|fault| !fault.vi.is_empty() && !fault.en.ends_with('.')));
}

#[test]
fn money_is_whole_and_never_negative() {
    let fee = Dong::new(10_000).expect("an amount");
    assert_eq!(fee.to_string(), "10.000 đồng");
    assert_eq!(Dong::ZERO.to_string(), "0 đồng");
    assert_eq!(Dong::new(1_234_567).expect("an amount").to_string(), "1.234.567 đồng");
    assert_eq!(code(Dong::new(-1)), "money.negative");
    assert_eq!(code(fee.checked_sub(Dong::new(10_001).expect("an amount"))), "money.negative");
    assert_eq!(fee.less(Dong::new(10_001).expect("an amount")), Dong::ZERO);
    assert_eq!(Dong::new(999_999_999_999), Ok(Dong::MOST));
    assert_eq!(code(Dong::new(1_000_000_000_000)), "money.overflow");
    assert_eq!(code(Dong::MOST.checked_add(fee)), "money.overflow");
    assert_eq!(code(Dong::MOST.checked_mul(2)), "money.overflow");
    assert_eq!(code(Dong::MOST.share(2, 1, Rounding::Down)), "money.overflow");
    assert_eq!(code(Dong::new(i64::MAX).and_then(|most| most.checked_add(fee))), "money.overflow");
    assert_eq!(code(Dong::new(i64::MAX).and_then(|most| most.share(2, 1, Rounding::Down))), "money.overflow");
    assert_eq!(code(fee.share(1, 0, Rounding::Down)), "money.share");
    let odd = Dong::new(1_001).expect("an amount");
    let halves =
        [Rounding::Down, Rounding::HalfUp, Rounding::Up].map(|rounding| odd.share(50, 100, rounding));
    assert_eq!(halves.map(|half| half.expect("half").amount()), [500, 501, 501]);
    assert_eq!(serde_json::to_string(&fee).expect("json"), "10000");
    assert_eq!(serde_json::from_str::<Dong>("10000").expect("json"), fee);
    for text in ["-1", "0.5", "10000.0", "\"10000\"", "null"] {
        assert!(serde_json::from_str::<Dong>(text).is_err(), "{text}");
    }
}

#[test]
fn ids_are_uuids_with_one_spelling() {
    let id = DossierId::new();
    assert_eq!(DossierId::parse(&id.to_string()), Ok(id));
    assert_eq!(serde_json::from_str::<DossierId>(&format!("\"{id}\"")).expect("json"), id);
    assert!(serde_json::from_str::<DossierId>("7").is_err());
    assert_eq!(format!("{id:?}"), format!("DossierId({id})"));
    for text in ["", "7", "{0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21}", "0198f0c27e2a7c119d5e3f1f6a4f7b21"] {
        assert_eq!(code(AccountId::parse(text)), "id.form", "{text}");
    }
}

#[test]
fn search_knows_no_accents() {
    assert_eq!(fold("  Ủy ban  nhân dân\tThị xã HOÀ THÀNH "), "uy ban nhan dan thi xa hoa thanh");
    assert_eq!(fold("Hoà"), fold("Hòa"));
    assert_eq!(fold("Đắk Lắk, Ðồng Nai"), "dak lak, dong nai");
    // Composed or not, it is the same text.
    assert_eq!(fold("e\u{302}\u{301}"), fold("ế"));
    assert_eq!(spelling_key("Tân  Hoà"), spelling_key("tân Hòa"));
    assert_eq!(spelling_key("Thuý"), spelling_key("Thúy"));
    assert_ne!(spelling_key("Hòa"), spelling_key("Hoa"));
    assert_ne!(spelling_key("Hòa"), spelling_key("Hóa"));
    assert_ne!(spelling_key("Mơ"), spelling_key("Mô"));
}

#[test]
fn file_names_are_shown_safely() {
    let cases = [
        ("Giấy khai sinh.pdf", "Giấy khai sinh.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\An\\ảnh 3x4.JPG", "ảnh 3x4.JPG"),
        ("folder/", "folder"),
        ("hoa\u{202e}fdp.exe", "hoafdp.exe"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie_ x.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("", "tệp đính kèm"),
        ("..", "tệp đính kèm"),
        (".pdf", "tệp đính kèm.pdf"),
        (" \u{200b} .pdf", "tệp đính kèm.pdf"),
        ("đơn \"mới\".docx", "đơn _mới_.docx"),
        ("Quyết định số 12.QĐ-UBND", "Quyết định số 12.QĐ-UBND"),
        ("đơn .pdf .", "đơn.pdf"),
    ];
    for (given, shown) in cases {
        assert_eq!(clean_file_name(given), shown, "{given:?}");
    }
    let long = clean_file_name(&format!("{}.pdf", "ế".repeat(500)));
    assert_eq!(long.chars().count(), 200);
    assert!(long.ends_with("ế.pdf"));
}

#[test]
fn a_cursor_belongs_to_its_list() {
    let key = (day(2025, 7, 1), DossierId::new());
    let cursor = encode_cursor("dossiers.by_date", &key).expect("a cursor");
    assert_eq!(decode_cursor("dossiers.by_date", &cursor), Ok(key));
    assert_eq!(code(decode_cursor::<(NaiveDate, DossierId)>("tasks.by_date", &cursor)), "cursor.other_list");
    assert_eq!(code(decode_cursor::<u64>("tasks.by_date", &cursor)), "cursor.other_list");
    assert_eq!(code(decode_cursor::<u64>("dossiers.by_date", &cursor)), "cursor.damaged");
    for text in ["", "A", "*", "Ag", "AQ", "AQAAAAA"] {
        assert!(decode_cursor::<u64>("x", text).is_err(), "{text}");
    }
    for position in 0..cursor.len() {
        let mut bytes = cursor.clone().into_bytes();
        bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(bytes).expect("ascii");
        assert!(decode_cursor::<(NaiveDate, DossierId)>("dossiers.by_date", &altered).is_err(), "{altered}");
    }
}

#[test]
fn a_page_knows_whether_there_is_another() {
    let limit = Limit::new(3).expect("a limit");
    let page = Page::from_rows(vec![1, 2, 3, 4], limit, "numbers", |number| *number).expect("a page");
    assert_eq!(page.items, [1, 2, 3]);
    assert_eq!(decode_cursor("numbers", page.next.as_deref().expect("there is more")), Ok(3));
    let page = Page::from_rows(vec![1, 2, 3], limit, "numbers", |number| *number).expect("a page");
    assert_eq!((page.items.len(), page.next), (3, None));
    assert_eq!(Page::from_rows(Vec::<u8>::new(), limit, "numbers", |n| *n).expect("a page").next, None);

    assert_eq!((Limit::default().rows(), Limit::default().with_one_more()), (50, 51));
    for text in ["0", "101", "-1", "ten", "", "1.0"] {
        assert_eq!(code(Limit::parse(text)), "limit.range", "{text}");
    }
    assert_eq!(serde_json::from_str::<Limit>("100").expect("json").rows(), 100);
    assert_eq!(serde_json::from_str::<Limit>("\"20\"").expect("json").rows(), 20);
    assert!(serde_json::from_str::<Limit>("101").is_err());
}

proptest! {
    #[test]
    fn folding_twice_is_folding_once(text in any::<String>()) {
        let folded = fold(&text);
        prop_assert_eq!(fold(&folded), folded);
    }

    #[test]
    fn cleaned_names_are_clean(text in any::<String>()) {
        let name = clean_file_name(&text);
        prop_assert!(!name.is_empty() && name.chars().count() <= 200);
        let dangerous = ['/', '\\', '\n', '\r', '\0', '\u{202e}', '"'];
        prop_assert!(!name.contains(dangerous));
        prop_assert_eq!(clean_file_name(&name), name.clone());
    }

    #[test]
    fn nothing_panics_and_what_is_valid_stays_valid(text in "[0-9A-H.@+ -]{0,20}|[0-9]{10,13}|\\PC{0,20}") {
        if let Ok(value) = CitizenNumber::parse(&text) { prop_assert_eq!(value.expose(), &text); }
        if let Ok(value) = TaxCode::parse(&text) { prop_assert_eq!(TaxCode::parse(value.as_str()), Ok(value)); }
        if let Ok(value) = Phone::parse(&text) { prop_assert_eq!(Phone::parse(value.expose()), Ok(value)); }
        if let Ok(value) = Email::parse(&text) { prop_assert_eq!(Email::parse(value.expose()), Ok(value)); }
        if let Ok(value) = AgencyIdentifier::parse(&text) { prop_assert_eq!(value.as_str(), &text); }
        if let Ok(value) = DossierNumber::parse(&text) { prop_assert_eq!(value.as_str(), &text); }
        if let Ok(value) = NationalCode::parse(&text) { prop_assert_eq!(value.as_str(), &text); }
    }

    #[test]
    fn one_wrong_digit_in_a_tax_code_is_found(base in 0u32..1_000_000_000, position in 0usize..10, shift in 1u8..10) {
        let valid = (0..10).map(|check| format!("{base:09}{check}")).find(|text| TaxCode::parse(text).is_ok());
        if let Some(text) = valid {
            let mut digits = text.into_bytes();
            digits[position] = b'0' + (digits[position] - b'0' + shift) % 10;
            let altered = String::from_utf8(digits).expect("ascii");
            prop_assert!(TaxCode::parse(&altered).is_err(), "{}", altered);
        }
    }

    #[test]
    fn composed_dossier_numbers_parse(days in 0i64..36_000, counter in 1u32..=99_999) {
        let date = day(2000, 1, 1) + chrono::Duration::days(days);
        let agency = AgencyIdentifier::parse("000.00.53.H48").expect("valid");
        let number = DossierNumber::compose(&agency, date, counter).expect("valid");
        let read = DossierNumber::parse(number.as_str()).expect("what was composed is valid");
        prop_assert_eq!((read.agency(), read.date(), read.counter()), ("000.00.53.H48", Some(date), Some(counter)));
    }

    #[test]
    fn shares_never_exceed_by_more_than_one_dong(amount in 0i64..10_000_000_000, percent in 0u32..=100) {
        let whole = Dong::new(amount).expect("an amount");
        let down = whole.share(percent, 100, Rounding::Down).expect("a share");
        let up = whole.share(percent, 100, Rounding::Up).expect("a share");
        let half = whole.share(percent, 100, Rounding::HalfUp).expect("a share");
        prop_assert!(down <= half && half <= up && up <= whole && up.amount() - down.amount() <= 1);
    }
}
