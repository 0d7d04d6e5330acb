//! The catalogue's pure part: the complete definitions that ship, what publishing refuses, how answers are held
//! against a form, and what the published records give away about themselves.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use chrono::NaiveDate;
use motcua::calendar::Limit;
use motcua::catalogue::definition::{
    ChannelKind, Definition, Level, RoutingBasis, Sector, StepKind, StepRole,
};
use motcua::catalogue::forms::{CompiledDefinition, compile_schema};
use motcua::catalogue::import::{ConflictCode, ImportError, ImportedProcedure, read_procedures};
use motcua::catalogue::publish::{self, Resolution};
use motcua::catalogue::steps::{PlannedStep, UnitShape, plan};
use motcua::kernel::Fault;
use serde_json::{Value, json};

fn seeds() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("seeds")
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 1, 15).unwrap()
}

fn definition(code: &str) -> Definition {
    let text = fs::read_to_string(seeds().join(format!("procedures/{code}.json"))).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{code}: {error}"))
}

fn all_definitions() -> Vec<Definition> {
    let mut codes: Vec<String> = fs::read_dir(seeds().join("procedures"))
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    codes.sort();
    codes.iter().map(|code| definition(code)).collect()
}

fn records() -> Vec<ImportedProcedure> {
    read_procedures(fs::File::open(seeds().join("procedures.csv")).unwrap()).unwrap()
}

/// The agencies of the demo province: who covers what, by level.
fn demo_agencies(_: &&str, step: &PlannedStep<'_>) -> Resolution {
    use Sector::*;
    let commune = [
        CivilStatus,
        Certification,
        Land,
        Construction,
        Business,
        Social,
        Agriculture,
        General,
        SingleWindow,
    ];
    let covered = match step.level {
        Level::Commune => {
            commune.contains(&step.step.sector) || [Residence, IdCard].contains(&step.step.sector)
        }
        Level::District => commune.contains(&step.step.sector),
        Level::Province => true,
    };
    if covered { Resolution::Found } else { Resolution::None }
}

fn faults_in(definition: &Definition, shape: UnitShape) -> Vec<Fault> {
    publish::check(definition, shape, today(), &["25456", "25555"], demo_agencies)
}

fn codes(faults: &[Fault]) -> Vec<(String, String)> {
    faults.iter().map(|fault| (fault.pointer.clone(), fault.code.clone())).collect()
}

/// What publishing says about a seed after one change to its document.
fn publishing_after(code: &str, change: impl FnOnce(&mut Value)) -> Vec<(String, String)> {
    let mut document = serde_json::to_value(definition(code)).unwrap();
    change(&mut document);
    let changed: Definition = serde_json::from_value(document).unwrap();
    codes(&faults_in(&changed, UnitShape::THREE_LEVEL))
}

/// What the form says about the first example after one change to it.
fn answering_after(code: &str, change: impl FnOnce(&mut Value)) -> Vec<(String, String)> {
    let compiled = CompiledDefinition::compile(definition(code)).unwrap();
    let mut answers = compiled.definition().examples[0].clone();
    change(&mut answers);
    codes(&compiled.check_answers(&answers, today()))
}

fn pair(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

fn remove(value: &mut Value, parent: &str, member: &str) {
    value.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(member).unwrap();
}

// The definitions that ship.

#[test]
fn every_seed_can_be_published_with_and_without_districts() {
    let definitions = all_definitions();
    assert_eq!(definitions.len(), 13);
    for definition in &definitions {
        for shape in [UnitShape::THREE_LEVEL, UnitShape::TWO_LEVEL] {
            assert_eq!(faults_in(definition, shape), Vec::new(), "{} {shape:?}", definition.code);
        }
    }
}

#[test]
fn a_seed_survives_the_database_and_back() {
    for definition in all_definitions() {
        let document = serde_json::to_value(&definition).unwrap();
        assert_eq!(serde_json::from_value::<Definition>(document).unwrap(), definition);
    }
}

#[test]
fn examples_are_valid_in_the_new_tree_too() {
    for definition in all_definitions() {
        let compiled = CompiledDefinition::compile(definition).unwrap();
        for example in &compiled.definition().examples {
            let mut answers = example.clone();
            if let Some(pointer) = &compiled.definition().routing.address {
                *answers.pointer_mut(pointer).unwrap() = json!("25459");
                assert_eq!(compiled.decisive_commune(&answers), Some("25459"));
            } else {
                assert_eq!(compiled.decisive_commune(&answers), None);
            }
            assert_eq!(
                compiled.check_answers(&answers, today()),
                Vec::new(),
                "{}",
                compiled.definition().code
            );
        }
    }
}

#[test]
fn seeds_follow_the_published_record_where_it_speaks() {
    let records = records();
    for definition in all_definitions() {
        let record = records.iter().find(|record| record.code == definition.code).unwrap();
        assert_eq!(definition.name.vi, record.name);
        assert_eq!(definition.field.name, record.field);
        for published in &record.channels {
            let channel = definition.channels.get(published.channel).unwrap();
            if let Some(limit) = published.limit {
                assert_eq!(channel.limit, limit, "{} {:?}", definition.code, published.channel);
            }
            let doubtful = record.conflicts.iter().any(|conflict| {
                conflict.channel == Some(published.channel) && conflict.code == ConflictCode::SuspiciousAmount
            });
            if published.fee_amount.is_some() && !doubtful {
                assert_eq!(channel.fee.amount, published.fee_amount, "{}", definition.code);
            }
            if !published.fee_text.is_empty() {
                assert_eq!(channel.fee.text, published.fee_text, "{}", definition.code);
            }
        }
    }
}

#[test]
fn the_seeds_walk_every_way_through_the_levels() {
    let walk = |code: &str, shape| -> Vec<(StepKind, Level)> {
        plan(&definition(code).steps, shape)
            .unwrap()
            .iter()
            .map(|step| (step.step.kind, step.level))
            .collect()
    };
    let (three, two) = (UnitShape::THREE_LEVEL, UnitShape::TWO_LEVEL);
    assert!(walk("2.000815", three).iter().all(|(_, level)| *level == Level::Commune));
    assert_eq!(
        walk("2.000528", three),
        [
            (StepKind::Reception, Level::Commune),
            (StepKind::Verification, Level::Commune),
            (StepKind::Processing, Level::District),
            (StepKind::Approval, Level::District),
            (StepKind::Return, Level::Commune),
        ]
    );
    assert!(walk("2.000528", two).iter().all(|(_, level)| *level == Level::Commune));
    assert_eq!(
        walk("1.013978", three),
        [
            (StepKind::Reception, Level::Commune),
            (StepKind::Verification, Level::Commune),
            (StepKind::Verification, Level::District),
            (StepKind::Processing, Level::Province),
            (StepKind::Approval, Level::Province),
            (StepKind::Return, Level::Commune),
        ]
    );
    assert_eq!(walk("1.013978", two).len(), 5);
    let levels = |code, shape| walk(code, shape).into_iter().map(|(_, level)| level).collect::<Vec<_>>();
    use Level::{Commune, District, Province};
    assert_eq!(levels("1.012783", three), [District, District, Province, Province, District]);
    assert_eq!(levels("1.012783", two), [Commune, Commune, Province, Province, Commune]);
    assert!(levels("3.000333", two).iter().all(|level| *level == Province));
    assert!(levels("1.001612", three).iter().all(|level| *level == District));
    assert!(levels("1.001612", two).iter().all(|level| *level == Commune));
    assert_eq!(definition("3.000333").routing.basis, RoutingBasis::None);
}

#[test]
fn a_skipped_step_gives_its_time_to_the_others() {
    let definition = definition("1.013978");
    let shares = |shape| {
        plan(&definition.steps, shape).unwrap().iter().map(|step| step.time_share).collect::<Vec<_>>()
    };
    assert_eq!(shares(UnitShape::THREE_LEVEL), [0, 40, 25, 20, 15, 0]);
    assert_eq!(shares(UnitShape::TWO_LEVEL), [0, 53, 26, 20, 0]);
}

// Answers against a form.

#[test]
fn every_fault_in_the_answers_is_named_at_once() {
    let faults = answering_after("1.001193", |answers| {
        remove(answers, "/child", "full_name");
        answers["child"]["sex"] = json!("boy");
        answers["child"]["birth_date"] = json!("2024-02-30");
        answers["requester"]["citizen_number"] = json!("999098000006");
        answers["copies"] = json!(21);
        answers["residence"]["commune_code"] = json!("25456x");
        answers["residence"]["planet"] = json!("Sao Hoả");
        answers["parents_married"] = json!("yes");
        answers["nickname"] = json!("Tí");
    });
    let mut faults = faults;
    faults.sort();
    assert_eq!(
        faults,
        [
            pair("/child/birth_date", "format"),
            pair("/child/full_name", "required"),
            pair("/child/sex", "enum"),
            pair("/copies", "maximum"),
            pair("/nickname", "unknown_field"),
            pair("/parents_married", "wrong_type"),
            pair("/requester/citizen_number", "format"),
            pair("/residence/commune_code", "pattern"),
            pair("/residence/planet", "unknown_field"),
        ]
    );
}

#[test]
fn a_fault_speaks_with_the_titles_of_the_form_and_repeats_no_answer() {
    let compiled = CompiledDefinition::compile(definition("1.001193")).unwrap();
    let mut answers = compiled.definition().examples[0].clone();
    remove(&mut answers, "/child", "birth_place");
    answers["mother"]["citizen_number"] = json!("072199");
    let faults = compiled.check_answers(&answers, today());
    let said: Vec<(&str, &str)> = faults.iter().map(|fault| (fault.vi.as_str(), fault.en.as_str())).collect();
    assert!(
        said.contains(&(
            "Mục “Trẻ được khai sinh › Nơi sinh” chưa được điền.",
            "“child › birth place” is required."
        )),
        "{said:?}"
    );
    let number = faults.iter().find(|fault| fault.pointer == "/mother/citizen_number").unwrap();
    assert_eq!(
        number.vi,
        "Mục “Mẹ › Số định danh cá nhân” không hợp lệ: Số định danh cá nhân gồm đúng 12 chữ số."
    );
    assert!(faults.iter().all(|fault| !fault.vi.contains("072199") && !fault.en.contains("072199")));
}

#[test]
fn conditions_between_fields_hold() {
    let without_father = answering_after("1.001193", |answers| remove(answers, "", "father"));
    assert_eq!(without_father, [pair("/father", "required")]);

    let witness_unasked = answering_after("1.001193", |answers| {
        answers["witness"] = json!({"full_name": "Võ Văn Tư", "citizen_number": "072065000777"});
    });
    assert_eq!(witness_unasked, [pair("/witness", "not_applicable")]);

    let rented = answering_after("1.004222", |answers| answers["housing"] = json!("rented"));
    assert_eq!(
        rented,
        [pair("/owner", "required"), pair("/floor_area_m2", "required"), pair("/rented_until", "required")]
    );

    let married_again = answering_after("1.004873", |answers| {
        answers["marital_status"] = json!("married");
        remove(answers, "", "divorce");
    });
    assert_eq!(married_again, [pair("/marital_status", "enum")]);

    let half_a_period = answering_after("1.004873", |answers| answers["period_from"] = json!("2020-01-01"));
    assert_eq!(half_a_period, [pair("/period_to", "required")]);

    let two_vietnamese = answering_after("2.000528", |answers| {
        answers["father"]["nationality"] = json!("VNM");
        answers["father"]["citizen_number"] = json!("072087000333");
    });
    assert_eq!(two_vietnamese, [pair("", "no_alternative")]);

    let foreigner_without_passport =
        answering_after("2.000528", |answers| remove(answers, "/father", "passport_number"));
    assert_eq!(foreigner_without_passport, [pair("/father/passport_number", "required")]);

    let house_on_rice_land = answering_after("1.013978", |answers| answers["land_use"] = json!("rice"));
    assert_eq!(house_on_rice_land, [pair("/land_use", "const")]);

    let second_certificate_by_proxy = answering_after("3.000333", |answers| {
        answers["certificate_number"] = json!("2");
        remove(answers, "", "confirm_business_ban");
        answers["representative"] =
            json!({"full_name": "Trần Thị Bình", "citizen_number": "072190001234", "relationship": "spouse"});
    });
    assert_eq!(second_certificate_by_proxy, [pair("/representative", "not_applicable")]);

    let two_main_sectors = answering_after("1.001612", |answers| answers["sectors"][1]["main"] = json!(true));
    assert_eq!(two_main_sectors.len(), 1);
    assert_eq!(two_main_sectors[0].0, "/sectors");

    let guest_without_number =
        answering_after("2.001159", |answers| remove(answers, "/guests/0", "citizen_number"));
    assert_eq!(guest_without_number, [pair("/guests/0/citizen_number", "required")]);

    let wrong_tax_code =
        answering_after("2.001827", |answers| answers["organisation"]["tax_code"] = json!("0100233487"));
    assert_eq!(wrong_tax_code, [pair("/organisation/tax_code", "format")]);
}

#[test]
fn rules_know_today_and_other_fields() {
    let tomorrow =
        answering_after("1.001193", |answers| answers["child"]["birth_date"] = json!("2025-01-16"));
    assert_eq!(tomorrow, [pair("/child/birth_date", "in_future")]);

    let of_today =
        answering_after("1.001193", |answers| answers["child"]["birth_date"] = json!("2025-01-15"));
    assert_eq!(of_today, []);

    let another_year =
        answering_after("1.004222", |answers| answers["applicant"]["birth_date"] = json!("1999-05-17"));
    assert_eq!(another_year, [pair("/applicant/citizen_number", "birth_year_mismatch")]);

    let backwards = answering_after("2.001159", |answers| answers["to"] = json!("2025-01-09"));
    assert_eq!(backwards, [pair("/to", "too_early")]);

    let unborn =
        answering_after("1.012783", |answers| answers["owner"]["citizen_number"] = json!("082495000002"));
    assert_eq!(unborn, [pair("/owner/citizen_number", "in_future")]);

    let twice_the_same = answering_after("1.001193", |answers| {
        answers["father"]["citizen_number"] = answers["mother"]["citizen_number"].clone();
        answers["father"]["birth_date"] = answers["mother"]["birth_date"].clone();
    });
    assert_eq!(twice_the_same, [pair("/father/citizen_number", "same_as_other")]);

    // Eighteen on the day, not on the day before.
    let owner_born = |date: &str, number: &str| {
        answering_after("1.001612", |answers| {
            answers["owner"]["birth_date"] = json!(date);
            answers["owner"]["citizen_number"] = json!(number);
        })
    };
    assert_eq!(owner_born("2007-01-15", "072307000001"), []);
    assert_eq!(owner_born("2007-01-16", "072307000001"), [pair("/owner/birth_date", "too_young")]);
}

#[test]
fn answers_that_are_no_object_are_refused_quietly() {
    let compiled = CompiledDefinition::compile(definition("1.004222")).unwrap();
    for answers in [json!(null), json!([]), json!("x"), json!(3)] {
        assert_eq!(codes(&compiled.check_answers(&answers, today())), [pair("", "wrong_type")]);
        assert_eq!(compiled.decisive_commune(&answers), None);
    }
    let many: serde_json::Map<String, Value> = (0..5000).map(|at| (format!("x{at}"), json!(1))).collect();
    assert_eq!(compiled.check_answers(&Value::Object(many), today()).len(), 200);
}

#[test]
fn the_papers_depend_on_the_answers() {
    let papers = |code: &str, change: &dyn Fn(&mut Value)| -> Vec<String> {
        let compiled = CompiledDefinition::compile(definition(code)).unwrap();
        let mut answers = compiled.definition().examples[0].clone();
        change(&mut answers);
        compiled.required_components(&answers).iter().map(|component| component.code.clone()).collect()
    };
    assert_eq!(papers("1.001193", &|_| {}), ["TP01", "TP04"]);
    assert_eq!(papers("1.001193", &|answers| answers["birth_proof"] = json!("commitment")), ["TP03", "TP04"]);
    assert_eq!(
        papers("1.001193", &|answers| answers["requester"]["relationship"] = json!("authorised")),
        ["TP01", "TP04", "TP06"]
    );
    assert_eq!(papers("1.004222", &|_| {}), ["TP02"]);
    assert_eq!(papers("1.012783", &|_| {}), ["TP02", "TP03"]);
    assert_eq!(papers("1.013978", &|_| {}), ["TP01", "TP03", "TP04"]);
    assert_eq!(papers("3.000333", &|_| {}), ["TP01"]);
    // A draft that is still empty asks only for what is always needed.
    assert_eq!(papers("1.001193", &|answers| *answers = json!({})), Vec::<String>::new());
}

// Schemas.

#[test]
fn a_form_fetches_nothing_and_its_patterns_cannot_blow_up() {
    for target in ["https://example.com/form.json", "file:///etc/passwd", "other.json", "urn:x:y"] {
        assert!(compile_schema(&json!({"$ref": target})).is_err(), "{target}");
    }
    assert!(compile_schema(&json!({"pattern": "^(?=a)b$"})).is_err(), "look-ahead needs backtracking");
    assert!(compile_schema(&json!({"pattern": "((a{1000}){1000}){1000}"})).is_err(), "too large");
    assert!(
        compile_schema(&json!({"format": "zodiac-sign"})).is_err(),
        "unknown formats do not pass silently"
    );

    let evil = compile_schema(&json!({"type": "string", "pattern": "^(a+)+$"})).unwrap();
    let started = std::time::Instant::now();
    assert!(!evil.is_valid(&json!(format!("{}!", "a".repeat(50_000)))));
    assert!(started.elapsed().as_secs() < 2);
}

#[test]
fn values_of_the_kernel_are_formats() {
    let check =
        |format: &str, text: &str| compile_schema(&json!({"format": format})).unwrap().is_valid(&json!(text));
    assert!(check("citizen-number", "072098000006"));
    assert!(!check("citizen-number", "003098000006"), "no province 003");
    assert!(check("tax-code", "0100233488-001"));
    assert!(!check("tax-code", "3800000171"));
    assert!(check("phone-vn", "02733123456"));
    assert!(!check("phone-vn", "091234567"));
    assert!(check("date", "2024-02-29"));
    assert!(!check("date", "2023-02-29"));
}

// Publishing.

#[test]
fn only_who_works_on_the_case_asks_for_a_confirmation() {
    let mut faults = publishing_after("1.001193", |document| {
        document["steps"][1]["confirmation"]["working_days"] = json!(31);
        document["steps"][2]["confirmation"] = json!({ "working_days": 1, "if_silent": "returned" });
    });
    faults.sort();
    let expected = [
        pair("/steps/1/confirmation/working_days", "range"),
        pair("/steps/2/confirmation", "confirmation_place"),
    ];
    assert_eq!(faults, expected);
}

#[test]
fn publishing_names_every_fault_at_once() {
    let mut faults = publishing_after("1.004222", |document| {
        document["name"]["en"] = json!(" ");
        document["channels"] = json!({});
        document["routing"]["address"] = json!("/previous_address");
        document["components"][1]["code"] = json!("TP01");
        document["components"][2]["max_files"] = json!(0);
        document["components"][3]["media_types"] = json!(["text/html"]);
        document["components"][4]["required_when"] = json!({"type": "objet"});
        document["steps"][1]["role"] = json!("leader");
        document["steps"][1]["time_share"] = json!(61);
        document["steps"][2]["code"] = json!("reception");
        document["form"]["properties"]["minor"] = json!({"type": "boolean"});
        document["rules"][0]["field"] = json!("/applicant/shoe_size");
    });
    faults.sort();
    assert_eq!(
        faults,
        [
            pair("/channels", "no_channel"),
            pair("/components/1/code", "duplicate_code"),
            pair("/components/2/max_files", "file_counts"),
            pair("/components/3/media_types/0", "media_type"),
            pair("/components/4/required_when", "condition"),
            pair("/form/properties/minor/title", "no_title"),
            pair("/name/en", "empty"),
            pair("/routing/address", "address_not_required"),
            pair("/rules/0/field", "unknown_field"),
            pair("/steps", "shares"),
            pair("/steps/1/role", "role"),
            pair("/steps/2/code", "duplicate_code"),
        ]
    );
}

#[test]
fn a_form_must_be_a_closed_local_2020_12_object() {
    type Change = fn(&mut Value);
    let cases: [(Change, &str, &str); 10] = [
        (|form| form["type"] = json!("array"), "/form/type", "not_object"),
        (
            |form| form["$schema"] = json!("http://json-schema.org/draft-07/schema#"),
            "/form/$schema",
            "dialect",
        ),
        (|form| form["additionalProperties"] = json!(true), "/form/additionalProperties", "open_object"),
        (|form| form["properties"]["minor"]["type"] = json!("bool"), "/form/properties/minor/type", "schema"),
        (|form| form["properties"]["minor"]["format"] = json!("moon-phase"), "/form", "schema"),
        (|form| form["properties"]["minor"]["pattern"] = json!("(?<!a)b"), "/form", "schema"),
        (
            |form| form["properties"]["minor"]["$ref"] = json!("https://a.vn/x"),
            "/form/properties/minor/$ref",
            "outside_reference",
        ),
        (|form| form["$id"] = json!("https://a.vn/form"), "/form/$id", "outside_reference"),
        (|form| form["properties"]["Tên"] = json!({"title": "Tên"}), "/form/properties/Tên", "field_name"),
        (|form| form["properties"]["nickname"] = json!({"title": "Biệt danh"}), "/layout", "field_not_shown"),
    ];
    for (change, pointer, code) in cases {
        let faults = publishing_after("1.004222", |document| change(&mut document["form"]));
        assert!(faults.contains(&pair(pointer, code)), "{pointer} {code}: {faults:?}");
    }
    let untyped = publishing_after("1.004222", |document| {
        remove(document, "/form/properties/minor", "type");
        remove(document, "/form/properties/members", "items");
    });
    assert!(untyped.contains(&pair("/form/properties/minor/type", "no_type")), "{untyped:?}");
    assert!(untyped.contains(&pair("/form/properties/members/items", "open_array")), "{untyped:?}");
    // A form that contains itself without end is cut, not followed.
    let faults = publishing_after("1.004222", |document| {
        document["form"]["$defs"]["owner"]["properties"]["parent"] =
            json!({"$ref": "#/$defs/owner", "title": "Cha"});
    });
    assert_eq!(faults.iter().filter(|(_, code)| code == "too_large").count(), 1, "{faults:?}");
    let faults = publishing_after("1.004222", |document| {
        document["form"]["$defs"]["loop"] = json!({"type": "array", "items": {"$ref": "#/$defs/loop"}});
        document["form"]["properties"]["members"] = json!({"$ref": "#/$defs/loop", "title": "Vòng lặp"});
    });
    assert!(faults.iter().any(|(_, code)| code == "too_large"), "{faults:?}");
}

#[test]
fn a_condition_asks_about_fields_that_exist_and_requires_them() {
    let unknown = publishing_after("1.004222", |document| {
        document["components"][1]["required_when"] =
            json!({"properties": {"shoe_size": {"const": 42}}, "required": ["shoe_size"]});
    });
    assert_eq!(unknown, [pair("/components/1/required_when/properties/shoe_size", "unknown_field")]);
    let vacuous = publishing_after("1.004222", |document| {
        document["components"][1]["required_when"] = json!({"properties": {"housing": {"const": "owned"}}});
    });
    assert_eq!(
        vacuous,
        [pair("/components/1/required_when/properties/housing", "condition_without_required")]
    );
}

#[test]
fn a_walk_starts_and_ends_at_a_desk_and_decides_after_it_has_worked() {
    let steps_after = |change: &dyn Fn(&mut Vec<Value>)| {
        publishing_after("1.004222", |document| change(document["steps"].as_array_mut().unwrap()))
    };
    assert_eq!(steps_after(&|steps| drop(steps.remove(0))), [pair("/steps", "reception_first")]);
    assert_eq!(steps_after(&|steps| drop(steps.pop())), [pair("/steps", "return_last")]);
    assert_eq!(steps_after(&|steps| steps.swap(1, 3)), [pair("/steps/1/kind", "order")]);
    assert_eq!(
        steps_after(&|steps| drop(steps.drain(1..4))),
        [pair("/steps", "no_handling"), pair("/two_persons", "two_persons")]
    );
    assert_eq!(
        steps_after(&|steps| steps.clear()),
        [
            pair("/steps", "reception_first"),
            pair("/steps", "return_last"),
            pair("/steps", "no_handling"),
            pair("/two_persons", "two_persons"),
        ]
    );
}

#[test]
fn a_level_that_a_province_does_not_have_must_be_declared() {
    let mut document = definition("1.013978");
    document.steps[2].if_level_absent = None;
    assert_eq!(
        codes(&faults_in(&document, UnitShape::TWO_LEVEL)),
        [pair("/steps/2/if_level_absent", "level_absent")]
    );
    assert_eq!(faults_in(&document, UnitShape::THREE_LEVEL), Vec::new());

    // What is left after skipping must still be a walk.
    let mut document = definition("1.001612");
    for step in &mut document.steps {
        step.if_level_absent = Some(motcua::catalogue::definition::IfLevelAbsent::Skip);
    }
    let faults = codes(&faults_in(&document, UnitShape::TWO_LEVEL));
    assert!(faults.contains(&pair("/steps", "reception_first")), "{faults:?}");
}

#[test]
fn each_step_finds_exactly_one_agency() {
    let definition = definition("1.004222");
    let communes = ["25456", "25459", "25462", "25465"];
    let resolve = |unit: &&str, step: &PlannedStep<'_>| match (*unit, step.step.kind) {
        ("25456", StepKind::Approval) => Resolution::Ambiguous,
        (_, StepKind::Approval) => Resolution::None,
        _ => Resolution::Found,
    };
    let faults = publish::check(&definition, UnitShape::THREE_LEVEL, today(), &communes, resolve);
    assert_eq!(codes(&faults), [pair("/steps/3", "no_agency"), pair("/steps/3", "several_agencies")]);
    assert_eq!(
        faults[0].vi,
        "Không có cơ quan cấp xã phụ trách cư trú cho 3/4 đơn vị (25459, 25462, 25465)."
    );
}

#[test]
fn an_open_channel_keeps_its_promise() {
    let not_same_day =
        publishing_after("2.000815", |document| document["channels"]["counter"]["limit"]["value"] = json!(3));
    assert_eq!(not_same_day, [pair("/channels/counter/limit", "same_day_limit")]);
    let bad_example =
        publishing_after("2.000815", |document| remove(document, "/examples/0/requester", "phone"));
    assert_eq!(bad_example, [pair("/examples/0/requester/phone", "example")]);
}

#[test]
fn a_definition_refuses_what_it_does_not_know() {
    let document = serde_json::to_value(definition("2.000815")).unwrap();
    for (pointer, value) in [
        ("", json!({"colour": "red"})),
        ("/steps/0", json!({"colour": "red"})),
        ("/rules", json!([{"kind": "not_in_future", "field": "/x", "colour": "red"}])),
        ("/steps/0/level", json!("ward")),
        ("/steps/0/sector", json!("astrology")),
        ("/code", json!("815")),
        ("/channels/counter/limit/value", json!(0)),
    ] {
        let mut changed = document.clone();
        let place = changed.pointer_mut(pointer).unwrap();
        match value {
            Value::Object(members) => place.as_object_mut().unwrap().extend(members),
            other => *place = other,
        }
        assert!(serde_json::from_value::<Definition>(changed).is_err(), "{pointer}");
    }
    assert_eq!(definition("2.000815").steps[0].role, StepRole::Reception);
}

// The published records.

#[test]
fn all_records_are_read_and_their_conflicts_counted() {
    let records = records();
    assert_eq!(records.len(), 89);
    let mut flagged: BTreeMap<ConflictCode, usize> = BTreeMap::new();
    for record in &records {
        let mut of_record: Vec<ConflictCode> =
            record.conflicts.iter().map(|conflict| conflict.code).collect();
        of_record.sort_unstable();
        of_record.dedup();
        for code in of_record {
            *flagged.entry(code).or_default() += 1;
        }
    }
    let expected = BTreeMap::from([
        (ConflictCode::UnitMissing, 17),
        (ConflictCode::LimitAmbiguous, 1),
        (ConflictCode::LimitMissing, 10),
        (ConflictCode::LimitsDiffer, 10),
        (ConflictCode::ChannelsMissing, 4),
        (ConflictCode::FeeMissing, 6),
        (ConflictCode::FeeUnknown, 8),
        (ConflictCode::FeeAmbiguous, 2),
        (ConflictCode::SuspiciousAmount, 2),
        (ConflictCode::OnlineDearer, 2),
        (ConflictCode::ResultIncomplete, 10),
        (ConflictCode::LegalBasisMissing, 4),
        (ConflictCode::LowConfidence, 4),
    ]);
    assert_eq!(flagged, expected);
}

#[test]
fn a_record_keeps_the_text_beside_the_number() {
    let records = records();
    let channel = |code: &str, kind: ChannelKind| {
        let record = records.iter().find(|record| record.code.as_str() == code).unwrap();
        record.channels.iter().find(|channel| channel.channel == kind).unwrap().clone()
    };
    let stay = channel("1.004222", ChannelKind::Online);
    assert_eq!((stay.limit, stay.fee_amount), (Some(Limit::WorkingDays(7)), Some(10_000)));
    assert_eq!(stay.fee_text, "10,000 Việt Nam Đồng");
    assert_eq!(channel("2.001159", ChannelKind::Counter).limit, Some(Limit::WorkingHours(1)));
    assert_eq!(channel("3.000333", ChannelKind::Post).limit, Some(Limit::CalendarDays(10)));
    let unitless = channel("1.001193", ChannelKind::Online);
    assert_eq!((unitless.limit, unitless.limit_text.as_str()), (None, "1 (không ghi đơn vị)"));
    assert_eq!(unitless.fee_amount, Some(0));
    let half = channel("1.003677", ChannelKind::Online);
    assert_eq!((half.limit, half.limit_text.as_str()), (None, "1 / 2 Ngày làm việc"));
    let two_amounts = channel("2.000815", ChannelKind::Counter);
    assert_eq!(
        (two_amounts.fee_amount, two_amounts.fee_text.as_str()),
        (None, "2,000 Việt Nam Đồng / 10 USD")
    );
    assert_eq!(channel("2.001610", ChannelKind::Online).fee_amount, Some(100));
}

#[test]
fn a_broken_list_is_refused_with_its_line() {
    let whole = fs::read_to_string(seeds().join("procedures.csv")).unwrap();
    let mut lines: Vec<&str> = whole.lines().collect();
    lines.truncate(3);
    let twice = [lines[0], lines[1], lines[1]].join("\n");
    assert!(matches!(read_procedures(twice.as_bytes()), Err(ImportError::Duplicate { line: 3, .. })));
    let bad_code = lines.join("\n").replace("1.000656", "1.00656");
    assert!(matches!(read_procedures(bad_code.as_bytes()), Err(ImportError::Code { line: 3, .. })));
    let cut = lines.join("\n").replace("confidence", "trust");
    assert!(matches!(read_procedures(cut.as_bytes()), Err(ImportError::Csv(_))));
}
