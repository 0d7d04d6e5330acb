//! The private PostgreSQL as `make run` starts it: one owner, no orphan, nothing lost.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use diesel::prelude::*;

fn start(folder: &Path) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["database", "start", "--throwaway", "--folder"])
        .arg(folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
    (child, url.trim().to_owned())
}

fn answers(url: &str) -> bool {
    PgConnection::establish(url).is_ok()
}

fn until(what: &str, fits: impl Fn() -> bool) {
    let begun = Instant::now();
    while !fits() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what} did not come about");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn its_log_is_closed_to_others_and_quotes_nobody() {
    use std::os::unix::fs::PermissionsExt;
    let folder = std::env::temp_dir().join(format!("motcua-private-{}", uuid::Uuid::now_v7().simple()));
    let (mut program, url) = start(&folder);
    let mut conn = PgConnection::establish(&url).unwrap();
    let make = "CREATE TABLE people (number text CONSTRAINT people_number UNIQUE)";
    diesel::sql_query(make).execute(&mut conn).unwrap();
    for _ in 0..2 {
        let insert = diesel::sql_query("INSERT INTO people VALUES ($1)");
        insert.bind::<diesel::sql_types::Text, _>("072098000006").execute(&mut conn).ok();
        diesel::sql_query("INSERT INTO people VALUES ('072098000006')").execute(&mut conn).ok();
    }
    drop(conn);
    let log = std::fs::read_to_string(folder.join("server.log")).unwrap();
    assert!(log.contains("people_number") && !log.contains("072098000006"), "{log}");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&folder.join("server.log"))), (0o700, 0o600));
    Command::new("kill").args(["-INT", &program.id().to_string()]).status().unwrap();
    program.wait().unwrap();
    std::fs::remove_dir_all(&folder).ok();
}

#[test]
fn it_has_one_owner_leaves_no_orphan_and_keeps_its_data() {
    let folder = std::env::temp_dir().join(format!("motcua-private-{}", uuid::Uuid::now_v7().simple()));
    let (mut first, url) = start(&folder);
    let mut conn = PgConnection::establish(&url).unwrap();
    diesel::sql_query("CREATE TABLE kept (id int)").execute(&mut conn).unwrap();
    drop(conn);

    let second = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["database", "start", "--throwaway", "--folder"])
        .arg(&folder)
        .output()
        .unwrap();
    assert!(!second.status.success());
    let words = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(words.contains(&format!("process {}", first.id())), "it says who has it: {words}");

    // kill -9: the server goes with its owner.
    first.kill().unwrap();
    first.wait().unwrap();
    until("the end of the server", || !answers(&url));

    let (mut third, url) = start(&folder);
    let mut conn = PgConnection::establish(&url).unwrap();
    diesel::sql_query("INSERT INTO kept VALUES (1)").execute(&mut conn).unwrap();
    drop(conn);
    let stopped = Command::new("kill").args(["-INT", &third.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    assert!(third.wait().unwrap().success(), "Ctrl-C is an ordinary end");
    assert!(!answers(&url));
    std::fs::remove_dir_all(&folder).ok();
}
