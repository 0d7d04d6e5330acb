//! The house is built as `src/lib.rs` says: rooms on floors, doors that only `app` opens, a room for each table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::support::portal::root;

/// Files at the root of `src` and the generated schema stand on no floor.
const WITHOUT_FLOOR: [&str; 2] = ["schema", "refusals"];

/// The room that writes each table.
const OWNERS: &[(&str, &[&str])] = &[
    ("infra", &["idempotency_keys"]),
    ("jobs", &["jobs", "outbox_events"]),
    ("audit", &["audit_records"]),
    ("units", &["units", "unit_successions", "agencies"]),
    ("calendar", &["calendar_changes", "calendar_days"]),
    ("identity", &["accounts", "sessions", "refresh_tokens", "grants"]),
    ("catalogue", &["fields", "procedures", "procedure_versions"]),
    ("files", &["files", "uploads"]),
    (
        "dossiers",
        &[
            "apologies",
            "confirmations",
            "deadline_changes",
            "deadline_warnings",
            "dossiers",
            "dossier_agencies",
            "dossier_counters",
            "dossier_moves",
            "dossier_pauses",
            "payment_requests",
            "received_papers",
            "results",
            "slip_counters",
            "slips",
            "supplements",
            "tasks",
        ],
    ),
    (
        "questions",
        &[
            "published_answers",
            "question_agencies",
            "question_alarms",
            "question_counters",
            "question_deadline_changes",
            "question_moves",
            "question_rounds",
            "questions",
        ],
    ),
    ("notifications", &["notices"]),
];

/// Who reads a table of another room, and why it does not ask that room.
const GUESTS: &[(&str, &[&str], &str)] = &[
    (
        "src/identity/store/standing.rs",
        &["units", "agencies"],
        "who somebody is now is one statement, at every request",
    ),
    ("src/identity/store/grants.rs", &["units", "agencies"], "a grant shows the name of its place"),
    ("src/identity/store/places.rs", &["units", "agencies"], "what a grant covers is a range of paths"),
    (
        "src/dossiers/store/recompute.rs",
        &["calendar_changes"],
        "a line of the explanation names the notice that moved it",
    ),
    (
        "src/dossiers/store/slips.rs",
        &["accounts", "agencies", "files", "procedures"],
        "a slip is numbered and copied together in one statement; a register's page is one",
    ),
    (
        "src/dossiers/store/lists.rs",
        &["procedures"],
        "a line of a list names its procedure, in the page's one statement",
    ),
    (
        "src/dossiers/store/views.rs",
        &["accounts", "agencies", "audit_records", "files", "procedures", "units"],
        "a dossier with its papers, people and places is read in at most two statements",
    ),
];

/// The words of SQL that the name of a table follows.
const SQL_WORDS: [&str; 5] = ["FROM ", "JOIN ", "INTO ", "UPDATE ", "TRUNCATE "];

struct Source {
    path: String,
    text: String,
}

impl Source {
    /// `dossiers` for `src/dossiers/http/draft.rs`; none for `src/lib.rs`.
    fn room(&self) -> Option<&str> {
        let (room, _) = self.path.strip_prefix("src/")?.split_once('/')?;
        Some(room)
    }

    /// A room's `http` and `jobs` are its doors; the tools of `infra/http` are none.
    fn is_door(&self) -> bool {
        let rest = self.path.strip_prefix("src/").and_then(|path| path.split_once('/')).map(|(_, rest)| rest);
        let first = rest.unwrap_or_default().split('/').next().unwrap_or_default();
        self.room() != Some("infra") && matches!(first.trim_end_matches(".rs"), "http" | "jobs")
    }

    fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs")
    }

    fn code(&self) -> String {
        let lines = self.text.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn sources() -> Vec<Source> {
    let mut sources = Vec::new();
    gather(&root().join("src"), &mut sources);
    assert!(sources.len() > 100, "only {} files were found", sources.len());
    sources
}

fn gather(folder: &Path, sources: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            sources.push(Source { path: name, text: std::fs::read_to_string(&path).unwrap() });
        }
    }
}

/// The table in `src/lib.rs`: `pub mod units; // 4 …`.
fn floors() -> BTreeMap<String, u32> {
    let table = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let floor = |line: &str| {
        let (module, remark) = line.strip_prefix("pub mod ")?.split_once(';')?;
        let number = remark.trim_start_matches([' ', '/']).split(' ').next()?.parse().ok()?;
        Some((module.to_owned(), number))
    };
    table.lines().filter_map(floor).collect()
}

/// What the code names under `crate::`: `crate::units::{store, model}` is (units, store) and (units, model).
fn crate_paths(code: &str) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let room = identifier(rest);
        if room.is_empty() {
            // `use crate::{…}`: the reader of this file would have to look for the rooms, and so would the eye.
            paths.push(("{".to_owned(), String::new()));
            continue;
        }
        let Some(inner) = rest[room.len()..].strip_prefix("::") else {
            paths.push((room, String::new()));
            continue;
        };
        match inner.strip_prefix('{') {
            Some(list) => paths.extend(top_level(list).into_iter().map(|name| (room.clone(), name))),
            None => paths.push((room, identifier(inner))),
        }
    }
    paths
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

/// The first names of the items of a `use` list, up to its closing brace.
fn top_level(list: &str) -> Vec<String> {
    let (mut depth, mut item, mut names) = (0, String::new(), Vec::new());
    for letter in list.chars() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(std::mem::take(&mut item)),
            _ if depth == 0 => item.push(letter),
            _ => {}
        }
    }
    names.push(item);
    names.iter().map(|item| identifier(item.trim())).filter(|name| !name.is_empty()).collect()
}

fn floor_faults(source: &Source, floors: &BTreeMap<String, u32>) -> Vec<String> {
    let Some(room) = source.room() else { return Vec::new() };
    let Some(&floor) = floors.get(room) else {
        return vec![format!("{}: its room has no floor", source.path)];
    };
    let mut faults = Vec::new();
    for (named, _) in crate_paths(&source.code()) {
        if named == room || WITHOUT_FLOOR.contains(&&*named) {
            continue;
        }
        let Some(&other) = floors.get(&named) else {
            faults.push(format!("{}: crate::{named} is no room of the table in lib.rs", source.path));
            continue;
        };
        let may = if source.is_door() { named != "app" } else { other < floor };
        if !may {
            faults.push(format!("{} (floor {floor}) knows crate::{named} (floor {other})", source.path));
        }
    }
    faults
}

fn door_faults(source: &Source, _: &BTreeMap<String, u32>) -> Vec<String> {
    if source.room() == Some("app") || source.room().is_none() {
        return Vec::new();
    }
    let opens = |(named, inner): &(String, String)| {
        !["infra", "schema"].contains(&&**named) && matches!(inner.as_str(), "http" | "jobs")
    };
    let code = source.code();
    let mut faults: Vec<String> = crate_paths(&code)
        .iter()
        .filter(|path| opens(path) && !source.is_door())
        .map(|(named, inner)| format!("{} opens crate::{named}::{inner}", source.path))
        .collect();
    let own = ["super::http::", "super::jobs::"];
    if !source.is_door() && source.room() != Some("infra") && own.iter().any(|door| code.contains(door)) {
        faults.push(format!("{} opens a door of its own room", source.path));
    }
    faults
}

/// The tables that the code names: by the schema, and in the SQL of its strings.
fn tables_named(code: &str, tables: &BTreeSet<String>) -> BTreeSet<String> {
    let by_schema =
        crate_paths(code).into_iter().filter(|(room, _)| room == "schema").map(|(_, table)| table);
    let in_sql = SQL_WORDS.iter().flat_map(|word| code.split(word).skip(1)).map(identifier);
    by_schema.chain(in_sql).filter(|name| tables.contains(name)).collect()
}

fn tables() -> BTreeSet<String> {
    let schema = std::fs::read_to_string(root().join("src/schema.rs")).unwrap();
    schema.split("table! {").skip(1).map(|block| identifier(block.trim_start())).collect()
}

fn owner_of(table: &str) -> Option<&'static str> {
    OWNERS.iter().find(|(_, owned)| owned.contains(&table)).map(|(room, _)| *room)
}

fn guest_of(path: &str, table: &str) -> bool {
    GUESTS.iter().any(|(guest, read, _)| *guest == path && read.contains(&table))
}

fn owner_faults(source: &Source, tables: &BTreeSet<String>) -> Vec<String> {
    let Some(room) = source.room() else { return Vec::new() };
    let named = tables_named(&source.code(), tables);
    let strange =
        named.iter().filter(|table| owner_of(table) != Some(room) && !guest_of(&source.path, table));
    strange.map(|table| format!("{} names {table}, which {:?} owns", source.path, owner_of(table))).collect()
}

#[test]
fn a_room_imports_only_from_lower_floors() {
    let floors = floors();
    for room in std::fs::read_dir(root().join("src")).unwrap() {
        let room = room.unwrap().path();
        let name = room.file_name().unwrap().to_str().unwrap();
        assert!(!room.is_dir() || floors.contains_key(name), "{name} is not in the table of lib.rs");
    }
    let faults: Vec<String> = sources().iter().flat_map(|source| floor_faults(source, &floors)).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn only_app_opens_doors() {
    let floors = floors();
    let faults: Vec<String> = sources().iter().flat_map(|source| door_faults(source, &floors)).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn a_table_is_named_only_in_its_owners_room() {
    let tables = tables();
    let owned: BTreeSet<String> =
        OWNERS.iter().flat_map(|(_, owned)| *owned).map(|table| (*table).to_owned()).collect();
    assert_eq!(owned, tables, "each table of the schema has one owner");
    let sources = sources();
    let faults: Vec<String> = sources.iter().flat_map(|source| owner_faults(source, &tables)).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    for (path, read, _) in GUESTS {
        let guest =
            sources.iter().find(|source| source.path == *path).unwrap_or_else(|| panic!("{path} is gone"));
        let named = tables_named(&guest.code(), &tables);
        for table in *read {
            assert!(named.contains(*table), "{path} no longer reads {table}: take it off the list of guests");
        }
    }
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|source| source.path != "src/schema.rs" && source.text.lines().count() > 500)
        .map(|source| format!("{}: {} lines", source.path, source.text.lines().count()))
        .collect();
    assert!(long.is_empty(), "a file that long holds two verbs that want to part: {long:#?}");
}

#[test]
fn nothing_is_left_to_do_and_nothing_unwrapped() {
    // Taken apart, so that this file may be read by the same eye.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX"), concat!("HA", "CK")];
    let panics = [".unwrap()", ".expect(", "panic!(", "unimplemented!("];
    let mut faults = Vec::new();
    for source in sources() {
        let program = source.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for (number, line) in program.lines().enumerate() {
            let is_left =
                marks.iter().any(|mark| line.split(|c: char| !c.is_alphanumeric()).any(|word| word == *mark));
            let may_panic = !source.is_test()
                && !line.trim_start().starts_with("//")
                && panics.iter().any(|call| line.contains(call));
            if is_left || may_panic {
                faults.push(format!("{}:{}: {}", source.path, number + 1, line.trim()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_reader_of_the_house_sees_what_it_looks_for() {
    let floors = floors();
    let source = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
    let upward =
        source("src/units/tree.rs", "use crate::kernel::{ids::UnitId, Result};\nuse crate::dossiers::model;");
    assert_eq!(floor_faults(&upward, &floors).len(), 1);
    let neighbour = source("src/units/tree.rs", "let day = crate::calendar::today();");
    assert_eq!(floor_faults(&neighbour, &floors).len(), 1);
    let hidden = source("src/units/tree.rs", "use crate::{dossiers};");
    assert_eq!(floor_faults(&hidden, &floors).len(), 1);
    let door = source("src/units/http.rs", "use crate::identity::Caller;\nuse crate::app::State;");
    assert_eq!(floor_faults(&door, &floors).len(), 1, "a door may know identity, and never app");
    let opened =
        source("src/dossiers/draft.rs", "use crate::files::{http, store};\nuse crate::infra::http::Json;");
    assert_eq!(door_faults(&opened, &floors).len(), 1);
    let tables = tables();
    let imported = source("src/calendar/store.rs", "use crate::schema::{calendar_days, units};");
    assert_eq!(owner_faults(&imported, &tables).len(), 1);
    let in_sql = source("src/calendar/store.rs", "sql_query(\"SELECT 1 FROM units JOIN grants ON TRUE\")");
    assert_eq!(owner_faults(&in_sql, &tables).len(), 2);
    let said = source("src/calendar/store.rs", "// SELECT 1 FROM units\n");
    assert!(owner_faults(&said, &tables).is_empty(), "a remark names no table");
}
