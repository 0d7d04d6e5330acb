//! Holds a person's answers against the form of a procedure, and names every fault at once.
//!
//! A form is a JSON Schema (2020-12) compiled once per version. Nothing is fetched: only references inside the
//! document resolve. Patterns run on an engine that is linear in the text, formats are asserted, and no answer
//! is repeated in a fault. What a schema cannot say (today, another field) stands in the definition's rules.

mod rules;
mod sentences;

use chrono::NaiveDate;
use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

use self::rules::broken_rule;
use self::sentences::faults_of;
use super::definition::{Component, Definition};
use crate::kernel::{CitizenNumber, Fault, Phone, TaxCode};

/// The largest compiled pattern, in bytes.
const PATTERN_SIZE_LIMIT: usize = 256 * 1024;
/// A person can use this many faults; a hostile body could earn thousands.
const FAULTS_AT_ONCE: usize = 200;
/// A reference to a reference to a reference: forms are shallow.
const REFERENCE_HOPS: usize = 8;

/// A definition with its form and conditions ready to be asked.
pub struct CompiledDefinition {
    definition: Definition,
    form: Validator,
    /// One for each component, in their order.
    conditions: Vec<Validator>,
}

/// A published definition that does not compile: publishing let something through.
#[derive(Debug, thiserror::Error)]
#[error("procedure {code}: the schema at {pointer} does not compile: {reason}")]
pub struct CompileError {
    pub code: String,
    pub pointer: String,
    pub reason: String,
}

impl CompiledDefinition {
    pub fn compile(definition: Definition) -> Result<Self, CompileError> {
        let fault = |pointer: String, reason: String| CompileError {
            code: definition.code.to_string(),
            pointer,
            reason,
        };
        let form = compile_schema(&definition.form).map_err(|reason| fault("/form".to_owned(), reason))?;
        let mut conditions = Vec::with_capacity(definition.components.len());
        for (index, component) in definition.components.iter().enumerate() {
            let condition = compile_schema(&component.required_when)
                .map_err(|reason| fault(format!("/components/{index}/required_when"), reason))?;
            conditions.push(condition);
        }
        Ok(Self { definition, form, conditions })
    }

    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Every fault in the answers, each with the pointer of its field within the answers.
    pub fn check_answers(&self, answers: &Value, today: NaiveDate) -> Vec<Fault> {
        let mut faults: Vec<Fault> = Vec::new();
        for error in self.form.iter_errors(answers) {
            for fault in faults_of(&self.definition.form, &error) {
                let known =
                    faults.iter().any(|other| other.pointer == fault.pointer && other.code == fault.code);
                if !known {
                    faults.push(fault);
                }
            }
            if faults.len() >= FAULTS_AT_ONCE {
                faults.truncate(FAULTS_AT_ONCE);
                return faults;
            }
        }
        for rule in &self.definition.rules {
            faults.extend(broken_rule(&self.definition.form, rule, answers, today));
        }
        faults
    }

    /// The papers that these answers make necessary.
    pub fn required_components(&self, answers: &Value) -> Vec<&Component> {
        self.definition
            .components
            .iter()
            .zip(&self.conditions)
            .filter(|(_, condition)| condition.is_valid(answers))
            .map(|(component, _)| component)
            .collect()
    }

    /// The code of the commune that decides which agency is competent, if it was answered.
    pub fn decisive_commune<'a>(&self, answers: &'a Value) -> Option<&'a str> {
        let pointer = self.definition.routing.address.as_deref()?;
        answers.pointer(pointer)?.as_str()
    }
}

/// Compiles a form or a condition, with the rules that hold for both.
pub fn compile_schema(schema: &Value) -> Result<Validator, String> {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .offline()
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_SIZE_LIMIT))
        .should_validate_formats(true)
        .should_ignore_unknown_formats(false)
        .with_format("citizen-number", |text| CitizenNumber::parse(text).is_ok())
        .with_format("tax-code", |text| TaxCode::parse(text).is_ok())
        .with_format("phone-vn", |text| Phone::parse(text).is_ok())
        .build(schema)
        .map_err(|error| error.to_string())
}

/// The schema of the field that a pointer into the answers names.
pub fn field_schema<'a>(form: &'a Value, pointer: &str) -> Option<&'a Value> {
    let mut schema = form;
    for segment in segments(pointer) {
        schema = child_schema(form, schema, &segment)?;
    }
    Some(schema)
}

/// Whether every answer that the form accepts has this field: it is required, and so is all that holds it.
pub fn always_answered(form: &Value, pointer: &str) -> bool {
    let mut schema = form;
    for segment in segments(pointer) {
        let required = resolve(form, schema)
            .get("required")
            .and_then(Value::as_array)
            .is_some_and(|names| names.iter().any(|name| name.as_str() == Some(&segment)));
        let Some(child) = child_schema(form, schema, &segment) else {
            return false;
        };
        if !required {
            return false;
        }
        schema = child;
    }
    !pointer.is_empty()
}

/// Follows local references.
pub fn resolve<'a>(form: &'a Value, mut schema: &'a Value) -> &'a Value {
    for _ in 0..REFERENCE_HOPS {
        let target = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| reference.strip_prefix('#'))
            .and_then(|pointer| form.pointer(pointer));
        match target {
            Some(target) => schema = target,
            None => break,
        }
    }
    schema
}

fn child_schema<'a>(form: &'a Value, schema: &'a Value, segment: &str) -> Option<&'a Value> {
    let schema = resolve(form, schema);
    let property = schema.get("properties").and_then(|properties| properties.get(segment));
    if property.is_some() || segment.parse::<u32>().is_err() {
        return property;
    }
    schema.get("items")
}

fn segments(pointer: &str) -> impl Iterator<Item = String> {
    pointer.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~"))
}
