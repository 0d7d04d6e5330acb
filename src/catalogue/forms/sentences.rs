//! What a fault in an answer is called: a stable code, and a sentence with the field's title in each language.
//!
//! What must stay true: no sentence repeats an answer (it may be somebody's citizen number), and a code that has
//! shipped keeps its meaning.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

use super::{FAULTS_AT_ONCE, child_schema, resolve, segments};
use crate::kernel::{CitizenNumber, Fault, Phone, TaxCode, ValueFault};

/// The field's name for people: the titles on the way to it, or what the form calls it.
pub(super) fn labels(form: &Value, pointer: &str) -> (String, String) {
    let mut vi = Vec::new();
    let mut en = Vec::new();
    let mut schema = Some(form);
    for segment in segments(pointer) {
        schema = schema.and_then(|schema| child_schema(form, schema, &segment));
        let title = schema.and_then(|schema| {
            let own = schema.get("title");
            own.or_else(|| resolve(form, schema).get("title"))?.as_str()
        });
        match segment.parse::<u32>() {
            Ok(index) => vi.push(format!("mục {}", u64::from(index) + 1)),
            Err(_) => vi.push(title.map_or_else(|| segment.clone(), str::to_owned)),
        }
        en.push(segment.replace('_', " "));
    }
    (vi.join(" › "), en.join(" › "))
}

pub(super) fn faults_of(form: &Value, error: &ValidationError<'_>) -> Vec<Fault> {
    let place = error.instance_path().as_str();
    let below = |name: &str| format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"));
    match error.kind() {
        Kind::Required { property } => {
            let pointer = below(property.as_str().unwrap_or_default());
            vec![say(form, pointer, "required", "chưa được điền", "is required")]
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let unknown = |name: &String| {
                let (vi, en) = ("không có trong biểu mẫu", "is not part of the form");
                say(form, below(name), "unknown_field", vi, en)
            };
            unexpected.iter().take(FAULTS_AT_ONCE).map(unknown).collect()
        }
        kind => {
            let (code, vi, en) = describe(kind, error.instance());
            vec![say(form, place.to_owned(), code, &vi, &en)]
        }
    }
}

fn describe(kind: &Kind, answer: &Value) -> (&'static str, String, String) {
    let same = |code, vi: &str, en: &str| (code, vi.to_owned(), en.to_owned());
    match kind {
        Kind::Type { .. } => same("wrong_type", "không đúng kiểu dữ liệu", "has the wrong type"),
        Kind::Pattern { .. } => {
            same("pattern", "không đúng dạng quy định", "does not have the required form")
        }
        Kind::Format { format } => describe_format(format, answer.as_str().unwrap_or_default()),
        Kind::Enum { options } => {
            let list = list_options(options);
            ("enum", format!("phải là một trong: {list}"), format!("must be one of: {list}"))
        }
        Kind::Constant { expected_value } => {
            ("const", format!("phải là {expected_value}"), format!("must be {expected_value}"))
        }
        Kind::Minimum { limit } => {
            ("minimum", format!("không được nhỏ hơn {limit}"), format!("must not be less than {limit}"))
        }
        Kind::Maximum { limit } => {
            ("maximum", format!("không được lớn hơn {limit}"), format!("must not be more than {limit}"))
        }
        Kind::ExclusiveMinimum { limit } => {
            ("minimum", format!("phải lớn hơn {limit}"), format!("must be more than {limit}"))
        }
        Kind::ExclusiveMaximum { limit } => {
            ("maximum", format!("phải nhỏ hơn {limit}"), format!("must be less than {limit}"))
        }
        Kind::MultipleOf { multiple_of } => (
            "multiple_of",
            format!("phải là bội của {multiple_of}"),
            format!("must be a multiple of {multiple_of}"),
        ),
        Kind::MinLength { limit } => (
            "min_length",
            format!("phải có ít nhất {limit} ký tự"),
            format!("must have at least {limit} characters"),
        ),
        Kind::MaxLength { limit } => (
            "max_length",
            format!("không được dài quá {limit} ký tự"),
            format!("must not be longer than {limit} characters"),
        ),
        Kind::MinItems { limit } => {
            ("min_items", format!("phải có ít nhất {limit} mục"), format!("must have at least {limit} items"))
        }
        Kind::MaxItems { limit } => (
            "max_items",
            format!("không được có quá {limit} mục"),
            format!("must not have more than {limit} items"),
        ),
        Kind::UniqueItems => same("unique_items", "có mục bị lặp lại", "has an item twice"),
        Kind::FalseSchema => same("not_applicable", "không dùng trong trường hợp này", "does not apply here"),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } | Kind::OneOfMultipleValid { .. } => same(
            "no_alternative",
            "không khớp đúng một trường hợp nào mà biểu mẫu cho phép",
            "does not fit one of the cases that the form allows",
        ),
        _ => same("invalid", "không hợp lệ", "is not valid"),
    }
}

/// A typed value says better than "wrong format" what is wrong with it.
fn describe_format(format: &str, text: &str) -> (&'static str, String, String) {
    let reason: Option<ValueFault> = match format {
        "citizen-number" => CitizenNumber::parse(text).err(),
        "tax-code" => TaxCode::parse(text).err(),
        "phone-vn" => Phone::parse(text).err(),
        _ => None,
    };
    let (vi, en) = match (format, reason) {
        (_, Some(reason)) => (
            format!("không hợp lệ: {}", reason.vi.trim_end_matches('.')),
            format!("is not valid: {}", reason.en),
        ),
        ("date", None) => (
            "phải là một ngày có thật, dạng năm-tháng-ngày (2024-01-31)".to_owned(),
            "must be a real date such as 2024-01-31".to_owned(),
        ),
        ("email", None) => {
            ("không phải là địa chỉ thư điện tử".to_owned(), "is not an e-mail address".to_owned())
        }
        _ => ("không đúng định dạng".to_owned(), "does not have the right format".to_owned()),
    };
    ("format", vi, en)
}

fn list_options(options: &Value) -> String {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    let texts: Vec<String> = options
        .iter()
        .map(|option| option.as_str().map_or_else(|| option.to_string(), str::to_owned))
        .collect();
    texts.join(", ")
}

pub(super) fn say(form: &Value, pointer: String, code: &str, vi: &str, en: &str) -> Fault {
    let (field_vi, field_en) = labels(form, &pointer);
    if pointer.is_empty() {
        return Fault::new(pointer, code, format!("Tờ khai {vi}."), format!("The form {en}."));
    }
    Fault::new(pointer, code, format!("Mục “{field_vi}” {vi}."), format!("“{field_en}” {en}."))
}
