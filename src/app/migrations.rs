//! Migrations travel in the binary. One migrator at a time: the others wait on an advisory lock and find the work
//! done.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::infra::db::Conn;
use crate::kernel::Result;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

#[derive(Debug, thiserror::Error)]
pub enum MigrationFault {
    #[error("the database cannot be reached")]
    Unreachable(#[from] diesel::ConnectionError),
    #[error("the migration lock cannot be had")]
    Lock(#[from] diesel::result::Error),
    #[error("a migration failed: {0}")]
    Failed(String),
}

/// Brings the database to this program's schema; the names of what was run.
pub fn migrate(url: &str) -> Result<Vec<String>, MigrationFault> {
    let mut conn = PgConnection::establish(url)?;
    conn.batch_execute("SELECT pg_advisory_lock(7264183001)")?;
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| MigrationFault::Failed(error.to_string());
    let run = conn.run_pending_migrations(MIGRATIONS).map_err(failed)?;
    Ok(run.into_iter().map(|version| version.to_string()).collect())
}

/// Takes the last migration back and runs it again, down to the first and up: for the test of each one.
pub fn revert_all(url: &str) -> Result<usize, MigrationFault> {
    let mut conn = PgConnection::establish(url)?;
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| MigrationFault::Failed(error.to_string());
    Ok(conn.revert_all_migrations(MIGRATIONS).map_err(failed)?.len())
}

pub fn pending(url: &str) -> Result<bool, MigrationFault> {
    let mut conn = PgConnection::establish(url)?;
    conn.has_pending_migration(MIGRATIONS).map_err(|error| MigrationFault::Failed(error.to_string()))
}

pub fn database_answers(conn: &mut Conn) -> Result<()> {
    diesel::select(1.into_sql::<diesel::sql_types::Integer>()).execute(conn)?;
    Ok(())
}
