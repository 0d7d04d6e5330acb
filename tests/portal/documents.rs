//! What the program prints of itself is what `docs/` holds, and the OpenAPI document is sound.

use std::collections::BTreeSet;

use motcua::app::{openapi, printing};
use serde_json::Value;

use crate::support::portal::root;

/// The page in `docs/` says what the program says. `make snapshots` writes it anew.
#[track_caller]
fn hold(page: &str, printed: &str) {
    let path = root().join("docs").join(page);
    if std::env::var("INSTA_UPDATE").is_ok_and(|wish| wish == "always") {
        std::fs::create_dir_all(root().join("docs")).unwrap();
        std::fs::write(&path, printed).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if kept == printed {
        return;
    }
    let differs = kept.lines().zip(printed.lines()).position(|(kept, printed)| kept != printed);
    let line = differs.unwrap_or_else(|| kept.lines().count().min(printed.lines().count()));
    let at = |text: &str| text.lines().nth(line).unwrap_or("(nothing)").to_owned();
    panic!(
        "docs/{page} is not what the program prints; `make snapshots` writes it anew.\nline {}\n  kept:    {}\n  printed: {}",
        line + 1,
        at(&kept),
        at(printed)
    );
}

#[test]
fn the_openapi_document_is_the_one_in_docs() {
    let document = serde_json::to_string_pretty(&openapi::document().unwrap()).unwrap();
    hold("openapi.json", &format!("{document}\n"));
}

#[test]
fn the_error_codes_are_those_in_docs() {
    hold("ERRORS.md", &printing::errors_page());
}

#[test]
fn the_policy_is_the_one_in_docs() {
    hold("POLICY.md", &printing::policy_page());
}

#[test]
fn the_workflow_is_the_one_in_docs() {
    hold("WORKFLOW.md", &printing::workflow_page());
}

#[test]
fn an_error_code_is_printed_once_and_in_both_languages() {
    let mut seen = BTreeSet::new();
    for code in printing::codes() {
        assert!(seen.insert(code.code), "{} is there twice", code.code);
        assert!((400..600).contains(&code.status), "{code:?}");
        assert!(code.vi.ends_with('.') && code.en.ends_with('.') && code.vi != code.en, "{code:?}");
    }
}

/// Every operation with a name to find it by: `POST /api/v1/sessions`.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let named = |(path, operations): (&String, &'_ Value)| -> Vec<String> {
        operations
            .as_object()
            .unwrap()
            .keys()
            .map(|method| format!("{} {path}", method.to_uppercase()))
            .collect()
    };
    let names: Vec<String> = paths.iter().flat_map(named).collect();
    let all = paths.values().flat_map(|operations| operations.as_object().unwrap().values());
    let all: Vec<_> = names.into_iter().zip(all).collect();
    assert!(all.len() > 60, "{} operations", all.len());
    all
}

fn refs(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(target) if name == "$ref" => _ = found.insert(target.clone()),
                    // An example may show a form, with references of its own.
                    _ if name == "example" => {}
                    _ => refs(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| refs(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = openapi::document().unwrap();
    let mut all = BTreeSet::new();
    refs(&document, &mut all);
    assert!(all.len() > 20, "{all:?}");
    let dangling: Vec<_> =
        all.iter().filter(|target| document.pointer(target.trim_start_matches('#')).is_none()).collect();
    assert!(dangling.is_empty(), "{dangling:?}");
}

#[test]
fn every_operation_says_what_it_is() {
    let document = openapi::document().unwrap();
    let tags: BTreeSet<&str> =
        document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let (mut ids, mut used, mut faults) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for (name, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap_or_default();
        if id.is_empty() || !ids.insert(id) {
            faults.push(format!("{name}: the operation id {id:?} is missing or taken"));
        }
        if operation["summary"].as_str().is_none_or(|summary| summary.trim().is_empty()) {
            faults.push(format!("{name}: no summary"));
        }
        let own = operation["tags"].as_array().cloned().unwrap_or_default();
        for tag in &own {
            let known = tag.as_str().and_then(|tag| tags.get(tag));
            match known {
                Some(tag) => _ = used.insert(*tag),
                None => faults.push(format!("{name}: the tag {tag} is not described")),
            }
        }
        if own.len() != 1 {
            faults.push(format!("{name}: {} tags", own.len()));
        }
        let statuses: Vec<&String> = operation["responses"].as_object().unwrap().keys().collect();
        if !statuses.iter().any(|status| status.starts_with('2')) {
            faults.push(format!("{name}: it never succeeds"));
        }
        if statuses.iter().any(|status| *status == "401") != operation["security"].is_array() {
            faults.push(format!("{name}: 401 and the security requirement go together"));
        }
        for parameter in name.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
            let declared = operation["parameters"].as_array().cloned().unwrap_or_default();
            let there = declared
                .iter()
                .any(|at| at["name"] == parameter && at["in"] == "path" && at["required"] == true);
            if !there {
                faults.push(format!("{name}: {{{parameter}}} is not described"));
            }
        }
    }
    let idle: Vec<_> = tags.difference(&used).collect();
    assert!(faults.is_empty() && idle.is_empty(), "{faults:#?} idle tags {idle:?}");
}

#[test]
fn every_refusal_is_a_problem_document() {
    let document = openapi::document().unwrap();
    let mut faults = Vec::new();
    for (name, operation) in operations(&document) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let is_refusal = status.starts_with('4') || status.starts_with('5');
            let problem = &response["content"]["application/problem+json"]["schema"]["$ref"];
            // The health check answers 503 with its own body.
            if is_refusal && *problem != "#/components/schemas/Problem" && name != "GET /health/ready" {
                faults.push(format!("{name} {status}: {response}"));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Every JSON body of requests and successes: where it is, and its media type object.
fn bodies(document: &Value) -> Vec<(String, &Value)> {
    let mut bodies = Vec::new();
    for (name, operation) in operations(document) {
        let request = std::iter::once((format!("{name} request"), &operation["requestBody"]));
        let responses = operation["responses"].as_object().unwrap().iter();
        let successes = responses
            .filter(|(status, _)| status.starts_with('2'))
            .map(|(status, response)| (format!("{name} {status}"), response));
        for (place, holder) in request.chain(successes) {
            if let Some(content) = holder["content"].get("application/json") {
                bodies.push((place, content));
            }
        }
    }
    bodies
}

#[test]
fn every_body_has_an_example_that_its_schema_takes() {
    let document = openapi::document().unwrap();
    let mut faults = Vec::new();
    for (place, content) in bodies(&document) {
        let Some(example) = content.get("example") else {
            faults.push(format!("{place}: no example"));
            continue;
        };
        let mut schema = content["schema"].clone();
        schema["components"] = document["components"].clone();
        let validator =
            jsonschema::draft202012::new(&schema).unwrap_or_else(|error| panic!("{place}: {error}"));
        let wrong =
            validator.iter_errors(example).map(|error| format!("{place}: {} {error}", error.instance_path()));
        faults.extend(wrong);
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
