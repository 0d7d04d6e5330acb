//! Examples of bodies. Where a schema has none of its own (a page of something, a dossier), one is composed of the
//! examples of its parts; a part without one is left out, and where it is required there is no example at all, which
//! `tests/portal/documents.rs` does not let pass.

use serde_json::{Map, Value, json};

/// Schemas do not nest deeper than this; one that names itself ends here.
const DEEPEST: usize = 12;

/// Writes an example beside the schema of every JSON body that has none.
pub fn add_to(document: &mut Value) {
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        if let Some(body) = operation.get_mut("requestBody") {
            add_to_content(body, &schemas);
        }
        let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { continue };
        for (_, response) in responses.iter_mut().filter(|(status, _)| status.starts_with('2')) {
            add_to_content(response, &schemas);
        }
    }
}

fn add_to_content(holder: &mut Value, schemas: &Value) {
    let Some(content) = holder.pointer_mut("/content/application~1json").and_then(Value::as_object_mut)
    else {
        return;
    };
    if content.contains_key("example") || content.contains_key("examples") {
        return;
    }
    let example = content.get("schema").and_then(|schema| example_of(schema, schemas, DEEPEST));
    if let Some(example) = example {
        content.insert("example".to_owned(), example);
    }
}

fn example_of(schema: &Value, schemas: &Value, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    let first_of =
        |name: &str| schema.get(name).and_then(Value::as_array).and_then(|all| all.first()).cloned();
    let own = schema.get("example").or_else(|| schema.get("const")).cloned();
    if let Some(own) = own.or_else(|| first_of("examples")).or_else(|| first_of("enum")) {
        return Some(own);
    }
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        return example_of(schemas.get(name.rsplit('/').next()?)?, schemas, depth);
    }
    if let Some(ways) = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array) {
        let way = ways.iter().find(|way| way.get("type") != Some(&json!("null")))?;
        return example_of(way, schemas, depth);
    }
    match kind_of(schema)? {
        "object" => object(schema, schemas, depth),
        "array" => Some(json!([example_of(schema.get("items")?, schemas, depth)?])),
        "boolean" => Some(json!(false)),
        "integer" => Some(schema.get("minimum").cloned().unwrap_or(json!(1))),
        "string" => match schema.get("format").and_then(Value::as_str)? {
            "date-time" => Some(json!("2026-11-23T09:30:00+07:00")),
            "date" => Some(json!("2026-11-23")),
            _ => None,
        },
        _ => None,
    }
}

/// `"string"`, also where it may be null.
fn kind_of(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    }
}

fn object(schema: &Value, schemas: &Value, depth: usize) -> Option<Value> {
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut example = Map::new();
    for (name, part) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        match example_of(part, schemas, depth) {
            Some(value) => _ = example.insert(name.clone(), value),
            None if required.iter().any(|required| required == name) => return None,
            None => {}
        }
    }
    Some(Value::Object(example))
}
