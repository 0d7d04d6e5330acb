//! Papers whose condition can be asked, and whose files can be recognised.

use std::collections::HashSet;

use serde_json::Value;

use super::Faults;
use super::form::check_references;
use crate::catalogue::definition::{Component, Definition};
use crate::catalogue::forms::{compile_schema, resolve};

/// The media types that the file room can recognise by content.
const MEDIA_TYPES: [&str; 3] = ["application/pdf", "image/jpeg", "image/png"];

pub(super) fn check_components(definition: &Definition, faults: &mut Faults) {
    let mut codes = HashSet::new();
    for (index, component) in definition.components.iter().enumerate() {
        let place = format!("/components/{index}");
        faults.if_empty(&component.code, format!("{place}/code"));
        faults.if_empty(&component.name, format!("{place}/name"));
        if !codes.insert(component.code.as_str()) {
            faults.add(
                format!("{place}/code"),
                "duplicate_code",
                format!("Mã giấy tờ {} bị trùng.", component.code),
                format!("The component code {} occurs twice.", component.code),
            );
        }
        if component.min_files > component.max_files || component.max_files == 0 {
            faults.add(
                format!("{place}/max_files"),
                "file_counts",
                "Số tệp tối đa phải lớn hơn không và không nhỏ hơn số tệp tối thiểu.",
                "max_files must be positive and not less than min_files.",
            );
        }
        faults.if_none(component.media_types.len(), &format!("{place}/media_types"));
        for (at, media_type) in component.media_types.iter().enumerate() {
            if !MEDIA_TYPES.contains(&media_type.as_str()) {
                faults.add(
                    format!("{place}/media_types/{at}"),
                    "media_type",
                    format!("Không nhận được loại tệp {media_type}."),
                    format!("Files of type {media_type} cannot be recognised."),
                );
            }
        }
        check_condition(&definition.form, component, &place, faults);
    }
}

fn check_condition(form: &Value, component: &Component, place: &str, faults: &mut Faults) {
    let place = format!("{place}/required_when");
    check_references(&component.required_when, &place, faults);
    match compile_schema(&component.required_when) {
        Ok(_) => check_condition_fields(form, form, &component.required_when, &place, faults),
        Err(reason) => faults.add(
            &place,
            "condition",
            "Điều kiện không phải là JSON Schema 2020-12 hợp lệ.",
            format!("The condition is not valid JSON Schema 2020-12: {reason}"),
        ),
    }
}

/// A condition asks about fields that exist, and requires what it asks about: a schema is content with a field
/// that is absent, and the paper would be asked of everyone who left it open.
fn check_condition_fields(form: &Value, at: &Value, condition: &Value, place: &str, faults: &mut Faults) {
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let parts = condition.get(keyword).and_then(Value::as_array);
        for (index, part) in parts.into_iter().flatten().enumerate() {
            check_condition_fields(form, at, part, &format!("{place}/{keyword}/{index}"), faults);
        }
    }
    if let Some(negated) = condition.get("not") {
        check_condition_fields(form, at, negated, &format!("{place}/not"), faults);
    }
    let required = condition.get("required").and_then(Value::as_array);
    let properties = condition.get("properties").and_then(Value::as_object);
    for (name, part) in properties.into_iter().flatten() {
        let place = format!("{place}/properties/{name}");
        let known = at.get("properties").and_then(|known| known.get(name));
        let Some(field) = known else {
            faults.add(
                place,
                "unknown_field",
                format!("Biểu mẫu không có trường {name} ở chỗ này."),
                format!("The form has no field {name} here."),
            );
            continue;
        };
        if !required.is_some_and(|names| names.iter().any(|known| known.as_str() == Some(name))) {
            faults.add(
                &place,
                "condition_without_required",
                format!("Điều kiện phải ghi {name} trong required, nếu không sẽ đúng khi trường bỏ trống."),
                format!(
                    "The condition must list {name} under required, or it holds when the field is absent."
                ),
            );
        }
        check_condition_fields(form, resolve(form, field), part, &place, faults);
    }
}
