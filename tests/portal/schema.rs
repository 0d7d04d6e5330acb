//! The migrations go up, down and up again without a trace, and `src/schema.rs` is what they make.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use motcua::app::migrations;

use crate::support::portal::{administer, root, url};

/// A database without anything in it, dropped at the end.
struct Scratch(String);

impl Scratch {
    async fn open() -> Self {
        let name = format!("t_{}", uuid::Uuid::now_v7().simple());
        let statement = format!("CREATE DATABASE {name}");
        administer(move |conn| conn.batch_execute(&statement).unwrap()).await;
        Self(name)
    }

    fn url(&self) -> String {
        url(&self.0)
    }

    fn connection(&self) -> PgConnection {
        PgConnection::establish(&self.url()).unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Ok(mut conn) = PgConnection::establish(&url("postgres")) {
            conn.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.0)).ok();
        }
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Everything that a migration may make, a line each. What the migrator keeps for itself is left out.
const DUMP: &str = "
SELECT line FROM (
    SELECT format('column %s.%s %s %s %s %s', class.relname, attribute.attname,
                  format_type(attribute.atttypid, attribute.atttypmod),
                  CASE WHEN attribute.attnotnull THEN 'not null' ELSE 'null' END, attribute.attidentity,
                  pg_get_expr(given.adbin, given.adrelid)) AS line, class.relname
    FROM pg_attribute attribute
    JOIN pg_class class ON class.oid = attribute.attrelid AND class.relkind IN ('r', 'p', 'v', 'm')
    LEFT JOIN pg_attrdef given ON given.adrelid = class.oid AND given.adnum = attribute.attnum
    WHERE class.relnamespace = 'public'::regnamespace AND attribute.attnum > 0 AND NOT attribute.attisdropped
    UNION ALL
    SELECT format('relation %s %s %s %s', relkind, relname, reloptions, relrowsecurity), relname
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)), conrelid::regclass::text
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('index %s', indexdef), tablename FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT format('trigger %s', pg_get_triggerdef(oid)), tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT format('function %s', pg_get_functiondef(function.oid)), function.proname
    FROM pg_proc function
    WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = function.oid AND deptype = 'e')
    UNION ALL
    SELECT format('type %s %s', typtype, typname), typname FROM pg_type
    WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
    UNION ALL
    SELECT format('extension %s', extname), extname FROM pg_extension
    UNION ALL
    SELECT format('comment %s %s %s', objoid::regclass, objsubid, description), objoid::regclass::text
    FROM pg_description JOIN pg_class class ON class.oid = objoid AND class.relnamespace = 'public'::regnamespace
) all_there
WHERE relname NOT LIKE '\\_\\_diesel%' AND line NOT LIKE '%__diesel_schema_migrations%'
ORDER BY line";

fn dump(conn: &mut PgConnection) -> Vec<String> {
    let lines = diesel::sql_query(DUMP).load::<Line>(conn).unwrap();
    lines.into_iter().map(|line| line.line).collect()
}

#[track_caller]
fn assert_same(what: &str, before: &[String], after: &[String]) {
    let (before, after): (BTreeSet<_>, BTreeSet<_>) = (before.iter().collect(), after.iter().collect());
    let lost: Vec<_> = before.difference(&after).collect();
    let left: Vec<_> = after.difference(&before).collect();
    assert!(lost.is_empty() && left.is_empty(), "{what}: lost {lost:#?}, left over {left:#?}");
}

fn migrations() -> FileBasedMigrations {
    FileBasedMigrations::from_path(root().join("migrations")).unwrap()
}

#[tokio::test]
async fn every_migration_goes_up_down_and_up() {
    let scratch = Scratch::open().await;
    tokio::task::spawn_blocking(move || {
        let mut conn = scratch.connection();
        // Its own table is made with the first question.
        conn.has_pending_migration(migrations()).unwrap();
        let folders = std::fs::read_dir(root().join("migrations")).unwrap().count();
        let mut ran = 0;
        while conn.has_pending_migration(migrations()).unwrap() {
            let before = dump(&mut conn);
            let name = conn.run_next_migration(migrations()).unwrap().to_string();
            let after = dump(&mut conn);
            assert_ne!(before, after, "{name} changes nothing, or nothing that this test sees");
            conn.revert_last_migration(migrations()).unwrap();
            assert_same(&format!("{name} up and down"), &before, &dump(&mut conn));
            conn.run_next_migration(migrations()).unwrap();
            assert_same(&format!("{name} up, down and up"), &after, &dump(&mut conn));
            ran += 1;
        }
        assert_eq!(ran, folders);
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn all_migrations_down_leave_an_empty_database() {
    let scratch = Scratch::open().await;
    tokio::task::spawn_blocking(move || {
        let mut conn = scratch.connection();
        let empty = dump(&mut conn);
        let ran = migrations::migrate(&scratch.url()).unwrap();
        let whole = dump(&mut conn);
        assert!(!migrations::pending(&scratch.url()).unwrap());
        assert!(
            migrations::migrate(&scratch.url()).unwrap().is_empty(),
            "a second time there is nothing to do"
        );
        assert_eq!(migrations::revert_all(&scratch.url()).unwrap(), ran.len());
        assert_same("all down", &empty, &dump(&mut conn));
        assert!(migrations::pending(&scratch.url()).unwrap());
        migrations::migrate(&scratch.url()).unwrap();
        assert_same("all up again", &whole, &dump(&mut conn));
    })
    .await
    .unwrap();
}

/// `accounts: id -> Uuid` for every column, in the order of the table; `accounts (id)` for the key.
fn declared() -> Vec<String> {
    let text = std::fs::read_to_string(root().join("src/schema.rs")).unwrap();
    let mut lines = Vec::new();
    for block in text.split("diesel::table! {\n").skip(1) {
        let block = block.split("\n}").next().unwrap();
        let (head, columns) = block.split_once(" {\n").unwrap();
        let head = head.trim();
        let table = head.split(' ').next().unwrap();
        lines.push(head.to_owned());
        // An attribute of a column (`sql_name`, `max_length`) would be lost here: none is used.
        assert!(!columns.contains("#["), "{table} has attributes that this test does not read");
        let columns = columns.lines().map(|line| line.trim().trim_end_matches(','));
        lines.extend(columns.filter(|line| line.contains(" -> ")).map(|column| format!("{table}: {column}")));
    }
    lines
}

/// The same lines, from the database.
const MADE: &str = "
SELECT line FROM (
    SELECT table_name, ordinal_position AS at,
           format('%s: %s -> %s', table_name, column_name,
                  format(CASE WHEN is_nullable = 'YES' THEN 'Nullable<%s>' ELSE '%s' END,
                         CASE udt_name WHEN 'uuid' THEN 'Uuid' WHEN 'text' THEN 'Text' WHEN 'bool' THEN 'Bool'
                             WHEN 'int2' THEN 'Int2' WHEN 'int4' THEN 'Int4' WHEN 'int8' THEN 'Int8'
                             WHEN 'timestamptz' THEN 'Timestamptz' WHEN 'date' THEN 'Date' WHEN 'jsonb' THEN 'Jsonb'
                             WHEN 'bytea' THEN 'Bytea' WHEN '_text' THEN 'Array<Nullable<Text>>'
                             WHEN '_uuid' THEN 'Array<Nullable<Uuid>>' ELSE 'unknown ' || udt_name END)) AS line
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT conrelid::regclass::text, 0,
           format('%s (%s)', conrelid::regclass, string_agg(attname, ', ' ORDER BY array_position(conkey, attnum)))
    FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
    WHERE contype = 'p' AND connamespace = 'public'::regnamespace
    GROUP BY conrelid
) made
WHERE table_name NOT LIKE '\\_\\_diesel%'
ORDER BY table_name COLLATE \"C\", at";

#[tokio::test]
async fn the_schema_is_what_the_migrations_make() {
    let scratch = Scratch::open().await;
    tokio::task::spawn_blocking(move || {
        migrations::migrate(&scratch.url()).unwrap();
        let made = diesel::sql_query(MADE).load::<Line>(&mut scratch.connection()).unwrap();
        let made: Vec<String> = made.into_iter().map(|line| line.line).collect();
        let declared = declared();
        assert!(declared.len() > 100, "{declared:#?}");
        assert_same("src/schema.rs against the database", &declared, &made);
        assert_eq!(declared, made, "the same columns, in another order");
    })
    .await
    .unwrap();
}
