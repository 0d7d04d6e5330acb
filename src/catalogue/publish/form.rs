//! A form that programs can trust and people can read: valid JSON Schema, closed, titled, complete in its layout.

use std::collections::HashSet;

use serde_json::Value;

use super::Faults;
use crate::catalogue::definition::Definition;
use crate::catalogue::forms::{compile_schema, field_schema, resolve};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// More than any form for people, few enough to follow a form that contains itself and stop.
const FIELDS_AT_MOST: usize = 300;

pub(super) fn check_form(form: &Value, faults: &mut Faults) {
    let mut readable = true;
    for error in jsonschema::draft202012::meta::validator().iter_errors(form) {
        readable = false;
        let pointer = format!("/form{}", error.instance_path());
        faults.add(
            pointer,
            "schema",
            "Biểu mẫu không phải là JSON Schema 2020-12 hợp lệ ở chỗ này.",
            format!("Not valid JSON Schema 2020-12 here: {error}"),
        );
    }
    check_references(form, "/form", faults);
    let dialect = form.get("$schema").and_then(Value::as_str).unwrap_or(DIALECT);
    if dialect != DIALECT {
        faults.add(
            "/form/$schema",
            "dialect",
            "Biểu mẫu phải theo JSON Schema 2020-12.",
            "The form must be JSON Schema 2020-12.",
        );
    }
    if form.get("type").and_then(Value::as_str) != Some("object") {
        faults.add(
            "/form/type",
            "not_object",
            "Biểu mẫu phải là một đối tượng (type: object).",
            "The form must be an object (type: object).",
        );
    }
    if !readable {
        return;
    }
    if let Err(reason) = compile_schema(form) {
        faults.add(
            "/form",
            "schema",
            "Biểu mẫu không dùng được: có định dạng, mẫu chữ hoặc tham chiếu không hiểu được.",
            format!("The form does not compile: {reason}"),
        );
    }
    FieldWalk { form, seen: 0 }.check(form, "/form", faults);
}

/// Only what the document itself holds: a form is never completed from elsewhere.
pub(super) fn check_references(value: &Value, place: &str, faults: &mut Faults) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let local = member.as_str().is_some_and(|target| target.starts_with("#/"));
                let refused = match name.as_str() {
                    "$ref" => !local,
                    "$dynamicRef" | "$id" | "$anchor" | "$dynamicAnchor" | "$vocabulary" => true,
                    _ => false,
                };
                if refused {
                    faults.add(
                        format!("{place}/{name}"),
                        "outside_reference",
                        "Biểu mẫu chỉ được tham chiếu trong chính nó (#/…).",
                        "A form may refer only to itself (#/…).",
                    );
                }
                check_references(member, &format!("{place}/{name}"), faults);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                check_references(item, &format!("{place}/{index}"), faults);
            }
        }
        _ => {}
    }
}

/// Looks at every field that a person may fill in.
struct FieldWalk<'a> {
    form: &'a Value,
    seen: usize,
}

impl FieldWalk<'_> {
    /// No object and no list takes what the form does not describe; what lies inside is looked at in turn.
    fn check(&mut self, schema: &Value, place: &str, faults: &mut Faults) {
        self.seen += 1;
        if self.seen == FIELDS_AT_MOST {
            faults.add(
                place,
                "too_large",
                "Biểu mẫu có quá nhiều trường, hoặc tự chứa chính nó.",
                "The form has too many fields, or contains itself.",
            );
        }
        if self.seen >= FIELDS_AT_MOST {
            return;
        }
        let schema = resolve(self.form, schema);
        let kind = schema.get("type").and_then(Value::as_str);
        let properties = schema.get("properties").and_then(Value::as_object);
        if kind.is_none() && schema.get("enum").is_none() && schema.get("const").is_none() {
            faults.add(
                format!("{place}/type"),
                "no_type",
                "Phải ghi đúng một kiểu dữ liệu (type), nếu không trường nhận mọi thứ.",
                "Needs exactly one type, or it takes anything.",
            );
        }
        let object = kind == Some("object") || properties.is_some();
        if object && schema.get("additionalProperties") != Some(&Value::Bool(false)) {
            faults.add(
                format!("{place}/additionalProperties"),
                "open_object",
                "Đối tượng phải từ chối trường lạ (additionalProperties: false).",
                "The object must refuse unknown fields (additionalProperties: false).",
            );
        }
        match schema.get("items") {
            Some(items) => self.check(items, &format!("{place}/items"), faults),
            None if kind == Some("array") => faults.add(
                format!("{place}/items"),
                "open_array",
                "Danh sách phải ghi mỗi mục gồm những gì (items).",
                "A list must say what an item is (items).",
            ),
            None => {}
        }
        for (name, field) in properties.into_iter().flatten() {
            let place = format!("{place}/properties/{name}");
            self.check_label(name, field, &place, faults);
            self.check(field, &place, faults);
        }
    }

    /// A name for programs and a title for people.
    fn check_label(&self, name: &str, field: &Value, place: &str, faults: &mut Faults) {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if !name.starts_with(|first: char| first.is_ascii_lowercase()) || !name.bytes().all(plain) {
            faults.add(
                place,
                "field_name",
                "Tên trường chỉ gồm chữ thường không dấu, chữ số và dấu gạch dưới.",
                "A field's name is snake_case.",
            );
        }
        let title = field.get("title").or_else(|| resolve(self.form, field).get("title"));
        if title.and_then(Value::as_str).is_none_or(|title| title.trim().is_empty()) {
            faults.add(
                format!("{place}/title"),
                "no_title",
                "Trường phải có tên cho người đọc (title).",
                "A field needs a title for people.",
            );
        }
    }
}

pub(super) fn check_layout(definition: &Definition, faults: &mut Faults) {
    let mut shown: HashSet<&str> = HashSet::new();
    for (at, section) in definition.layout.iter().enumerate() {
        faults.if_empty(&section.title.vi, format!("/layout/{at}/title/vi"));
        for (index, pointer) in section.fields.iter().enumerate() {
            check_field_exists(&definition.form, pointer, format!("/layout/{at}/fields/{index}"), faults);
            if !shown.insert(pointer) {
                faults.add(
                    format!("/layout/{at}/fields/{index}"),
                    "field_twice",
                    "Trường đã có ở một phần khác.",
                    "The field is already in a section.",
                );
            }
        }
    }
    let properties = definition.form.get("properties").and_then(Value::as_object);
    for name in properties.into_iter().flat_map(serde_json::Map::keys) {
        let pointer = format!("/{name}");
        let inside = format!("/{name}/");
        if !shown.iter().any(|field| *field == pointer || field.starts_with(&inside)) {
            faults.add(
                "/layout",
                "field_not_shown",
                format!("Trường {pointer} không nằm trong phần nào."),
                format!("The field {pointer} is in no section."),
            );
        }
    }
    for (index, rule) in definition.rules.iter().enumerate() {
        for (pointer, member) in [(Some(rule.field()), "field"), (rule.other(), "other")] {
            if let Some(pointer) = pointer {
                check_field_exists(&definition.form, pointer, format!("/rules/{index}/{member}"), faults);
            }
        }
    }
}

fn check_field_exists(form: &Value, pointer: &str, place: String, faults: &mut Faults) {
    if pointer.is_empty() || field_schema(form, pointer).is_none() {
        faults.add(
            place,
            "unknown_field",
            format!("Biểu mẫu không có trường {pointer}."),
            format!("The form has no field {pointer}."),
        );
    }
}
