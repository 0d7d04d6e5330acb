//! The program's commands. Each does one thing, says what it did, and ends with a code that a script can read.

use std::ffi::OsString;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::migrations;
use super::{State, demo, openapi, printing, seed, startup, work};
use crate::calendar::cli as calendar;
use crate::identity::Passwords;
use crate::infra::clock::{Clock, in_vietnam};
use crate::infra::config::{Environment, Profile, Settings};
use crate::infra::db::Db;
use crate::infra::embedded::{self, Cluster};
use crate::infra::telemetry;
use crate::units::agencies;

/// Motcua: a province's public-service portal behind one door.
#[derive(Parser)]
#[command(name = "motcua", version, about)]
struct CommandLine {
    /// The folder of settings.
    #[arg(long, env = "MOTCUA_CONFIG", default_value = "config", global = true)]
    config: PathBuf,
    /// development, test or production: the file of settings that overrides the defaults.
    #[arg(long, env = "MOTCUA_ENVIRONMENT", default_value = "development", global = true)]
    environment: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Everything in one: a private database if none is named, migrations, seeds, the portal and its worker.
    Up,
    /// The portal alone; any number may run behind a load balancer.
    Serve,
    /// The worker alone; any number may run.
    Work,
    /// Bring the database to this program's schema.
    Migrate,
    /// Load units, agencies, the calendar and the catalogue; in development, demonstration people too.
    Seed,
    /// Print the OpenAPI document.
    Openapi,
    /// Print a page of docs/: errors, policy or workflow.
    Print { page: Page },
    /// Read the settings, say what is wrong with them, and stop.
    CheckConfig,
    /// The working calendar: due dates and lunar dates. Needs no database.
    Calendar {
        #[command(subcommand)]
        command: calendar::CalendarCommand,
    },
    /// A private PostgreSQL, for tests and tools.
    Database {
        #[command(subcommand)]
        command: DatabaseCommand,
    },
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Page {
    Errors,
    Policy,
    Workflow,
}

#[derive(Subcommand)]
enum DatabaseCommand {
    /// Run it until it is told to stop; the first line printed is its URL.
    Start {
        #[arg(long)]
        folder: PathBuf,
        #[arg(long)]
        throwaway: bool,
    },
    /// Run a command with it, named in DATABASE_URL, and stop it afterwards.
    With {
        #[arg(long)]
        folder: PathBuf,
        #[arg(long)]
        throwaway: bool,
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
}

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Runs what the command line says. Called on the main thread before there is another: the private database
/// watches it.
pub fn run() -> ExitCode {
    let line = CommandLine::parse();
    match execute(line) {
        Ok(code) => code,
        Err(fault) => {
            say_error(&fault);
            ExitCode::FAILURE
        }
    }
}

fn say_error(fault: &Fault) {
    let mut words = fault.to_string();
    let mut cause = fault.source();
    while let Some(next) = cause {
        words.push_str(&format!(": {next}"));
        cause = next.source();
    }
    if let Some(error) = fault.downcast_ref::<crate::kernel::Error>()
        && let Some(chain) = error.chain()
    {
        words.push_str(&format!(": {chain}"));
    }
    complain(&format!("motcua: {words}"));
}

fn execute(line: CommandLine) -> Result<ExitCode, Fault> {
    match line.command {
        Command::Calendar { command } => say(&calendar::run(command)?),
        Command::Openapi => say(&serde_json::to_string_pretty(&openapi::document()?)?),
        Command::Print { page: Page::Errors } => say(&printing::errors_page()),
        Command::Print { page: Page::Policy } => say(&printing::policy_page()),
        Command::Print { page: Page::Workflow } => say(&printing::workflow_page()),
        Command::Database { command } => return database(command),
        Command::CheckConfig => {
            let settings = Settings::load(&line.config, Some(&line.environment))?;
            settings.mail.password()?;
            say("The settings can be used.");
        }
        Command::Migrate => {
            let settings = start(&line)?;
            with_database(&settings, |url| {
                for version in migrations::migrate(url)? {
                    say(&format!("ran migration {version}"));
                }
                Ok(())
            })?;
        }
        Command::Seed => {
            let settings = start(&line)?;
            with_database(&settings, |url| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                let report = runtime.block_on(seed_all(&settings, &Db::new(&settings.database, url)))?;
                say(&report);
                Ok(())
            })?;
        }
        Command::Serve => {
            let settings = start(&line)?;
            with_database(&settings, |url| {
                must_be_migrated(url)?;
                serve(&settings, url, false)
            })?;
        }
        Command::Work => {
            let settings = start(&line)?;
            with_database(&settings, |url| {
                must_be_migrated(url)?;
                work_alone(&settings, url)
            })?;
        }
        Command::Up => {
            let settings = start(&line)?;
            with_database(&settings, |url| {
                migrations::migrate(url)?;
                serve(&settings, url, true)
            })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn start(line: &CommandLine) -> Result<Settings, Fault> {
    let settings = Settings::load(&line.config, Some(&line.environment))?;
    telemetry::start_log(&settings.log)?;
    // Keys, uploads and logs are nobody else's to read.
    nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o077));
    Ok(settings)
}

fn must_be_migrated(url: &str) -> Result<(), Fault> {
    if migrations::pending(url)? {
        return Err("the database is behind this program; run `motcua migrate` first".into());
    }
    Ok(())
}

/// The database that is named, or a private one that lives as long as the work.
fn with_database(settings: &Settings, work: impl FnOnce(&str) -> Result<(), Fault>) -> Result<(), Fault> {
    if !settings.database.url.is_empty() {
        return work(&settings.database.url);
    }
    let cluster = Cluster::open(&embedded::Settings::durable(&settings.database.data_folder))?;
    let url = cluster.ensure_database("motcua")?;
    let outcome = work(&url);
    drop(cluster);
    outcome
}

fn database(command: DatabaseCommand) -> Result<ExitCode, Fault> {
    let settings = |folder: PathBuf, throwaway: bool| {
        if throwaway { embedded::Settings::throwaway(folder) } else { embedded::Settings::durable(folder) }
    };
    match command {
        DatabaseCommand::Start { folder, throwaway } => {
            embedded::run_foreground(&settings(folder, throwaway), say)?;
            Ok(ExitCode::SUCCESS)
        }
        DatabaseCommand::With { folder, throwaway, command } => {
            let status = embedded::run_with(&settings(folder, throwaway), &command)?;
            Ok(embedded::exit_code(status))
        }
    }
}

fn profile(settings: &Settings) -> agencies::Profile {
    match settings.province.profile {
        Profile::ThreeLevel => agencies::Profile::ThreeLevel,
        Profile::TwoLevel => agencies::Profile::TwoLevel,
    }
}

async fn seed_all(settings: &Settings, db: &Db) -> Result<String, Fault> {
    let now = Clock::default().now();
    let profile = profile(settings);
    let seeding = seed::Seeding { profile, now };
    let report = db.patiently(move |conn| seed::seed(conn, &seeding)).await?;
    let mut words = format!("seeded: {report:?}");
    if settings.environment == Environment::Development {
        let passwords = Passwords::new(&settings.auth)?;
        let hash = passwords.hash(crate::identity::password::Password::typed(demo::PASSWORD)).await?;
        let today = in_vietnam(now).date_naive();
        let people = db.write(move |conn| demo::seed_demo_people(conn, profile, &hash, today, now)).await?;
        words.push_str(&format!(", demonstration people: {people}"));
    }
    Ok(words)
}

/// The portal; with everything else that a laptop needs when it is `up`.
fn serve(settings: &Settings, url: &str, up: bool) -> Result<(), Fault> {
    let listener = TcpListener::bind(settings.http.address)
        .map_err(|error| format!("{} cannot be listened on ({error}); is another portal running there? MOTCUA__HTTP__ADDRESS names another address", settings.http.address))?;
    let state = State::new(settings.clone(), url, Clock::default())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        if up {
            tracing::info!(event = "seeding", outcome = seed_all(&state.settings, &state.db).await?);
        }
        let server = startup::serve(&state, listener)?;
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let worker = up.then(|| {
            let worker = work::worker(&state);
            let told = stopped.clone();
            let working = tokio::spawn(async move { worker.run(told).await });
            tokio::spawn(startup::ends_with_its_worker(working, stopped, server.handle()))
        });
        tracing::info!(event = "serving", address = %state.settings.http.address);
        if up && state.settings.environment == Environment::Development {
            say(&welcome(&state.settings));
        }
        server.await?;
        stop.send(true).ok();
        if let Some(worker) = worker
            && worker.await?
        {
            return Err("the worker ended by itself; the log says why".into());
        }
        tracing::info!(event = "stopped");
        Ok(())
    })
}

fn work_alone(settings: &Settings, url: &str) -> Result<(), Fault> {
    let state = State::new(settings.clone(), url, Clock::default())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let worker = work::worker(&state);
        let mut working = tokio::spawn(async move { worker.run(stopped).await });
        tracing::info!(event = "working");
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            outcome = tokio::signal::ctrl_c() => outcome?,
            _ = terminate.recv() => {}
            ended = &mut working => {
                ended?;
                return Err("the worker ended by itself".into());
            }
        }
        stop.send(true).ok();
        working.await?;
        Ok(())
    })
}

fn welcome(settings: &Settings) -> String {
    let at = format!("http://{}", settings.http.address);
    format!(
        "\nMotcua is open at {at}\n\
         \x20 try it in the browser:  {at}/docs/\n\
         \x20 try it in the terminal: the README's first page, line by line\n\n\
         Demonstration people, all with the password {password}\n\
         \x20 citizen        072098000006       organisation  8200000033\n\
         \x20 reception      tiepnhan.phuong    processing    xuly.phuong      leader  lanhdao.phuong\n\
         \x20 the same three at: congan.phuong, thanhpho, datdai.thanhpho, tinh, tuphap, nongnghiep, congan.tinh, ubnd.tinh\n\
         \x20 administrators quantri (system), thutuc (procedures)          inspector thanhtra\n\n\
         Ctrl-C stops the portal and its database; the data stay in var/.\n",
        password = demo::PASSWORD
    )
}

#[expect(clippy::print_stdout, reason = "a command answers on standard output")]
fn say(words: &str) {
    println!("{words}");
}

#[expect(clippy::print_stderr, reason = "a command that fails says so on standard error")]
fn complain(words: &str) {
    eprintln!("{words}");
}
