//! `motcua calendar …` as it is typed.

use clap::Parser;
use motcua::calendar::cli::{CalendarCommand, run};
use serde_json::Value;

#[derive(Parser)]
struct CommandLine {
    #[command(subcommand)]
    command: CalendarCommand,
}

fn type_in(line: &str) -> Result<String, String> {
    let words = std::iter::once("calendar").chain(line.split_whitespace());
    let parsed = CommandLine::try_parse_from(words).map_err(|error| error.to_string())?;
    run(parsed.command)
}

fn json(line: &str) -> Value {
    serde_json::from_str(&type_in(line).unwrap()).unwrap()
}

#[test]
fn due_answers_in_json_and_in_two_languages() {
    let reply = json("due --from 2025-04-25T10:00:00+07:00 --limit 3wd --json");
    assert_eq!(reply["due_at"], "2025-04-29T17:00:00+07:00");
    assert_eq!(reply["due_on"], "2025-04-29");
    assert_eq!(reply["provisional"], false);
    assert_eq!(reply["trace"][3]["date"], "2025-04-26");
    assert_eq!(reply["trace"][3]["notice"], "6150/TB-BLĐTBXH 03/12/2024");
    let vietnamese = type_in("due --from 2025-04-25T10:00:00+07:00 --limit 3wd").unwrap();
    assert!(vietnamese.contains("Đến hạn lúc 17:00 thứ Ba, ngày 29/04/2025."), "{vietnamese}");
    let english = type_in("due --from 2025-04-25T03:00:00Z --limit 3wd --lang en").unwrap();
    assert!(english.contains("Due at 17:00 on Tuesday 29 April 2025."), "{english}");
    assert_eq!(
        json("due --from 2025-04-25T10:00 --limit 3wd --json"),
        reply,
        "without an offset: Vietnamese time"
    );
}

#[test]
fn received_matters_without_a_limit_only() {
    let due_at = |line: &str| json(line)["due_at"].clone();
    assert_eq!(due_at("due --from 2025-06-05T10:00 --received online --json"), "2025-06-06T10:30:00+07:00");
    assert_eq!(due_at("due --from 2025-06-05T10:00 --received counter --json"), "2025-06-06T17:00:00+07:00");
    for received in ["online", "counter", "post"] {
        let line = format!("due --from 2025-06-05T10:00 --limit 5d --received {received} --json");
        assert_eq!(due_at(&line), "2025-06-10T17:00:00+07:00");
    }
    assert_eq!(due_at("due --from 2025-06-05T15:30 --same-day --json"), "2025-06-06T17:00:00+07:00");
}

#[test]
fn lunar_goes_both_ways() {
    assert!(type_in("lunar 2027-02-06").unwrap().starts_with("2027-02-06 = 1/1/2027 "));
    assert!(type_in("lunar --from-lunar 1/1/2027 --lang en").unwrap().starts_with("2027-02-06 "));
    let leap = json("lunar --from-lunar 1/11/2033 --leap --json");
    assert_eq!(leap["solar"], "2033-12-22");
    assert_eq!(json("lunar 2033-12-22 --json"), leap);
}

#[test]
fn bad_input_is_refused_with_a_sentence() {
    let refused = |line: &str, why: &str| {
        let told = type_in(&format!("{line} --lang en")).unwrap_err();
        assert!(told.contains(why), "{line}: {told}");
    };
    refused("due --from 2025-06-05T10:00 --limit -3wd", "cannot be negative");
    refused("due --from 2025-06-05T10:00 --limit 0d", "cannot be zero");
    refused("due --from 2025-06-05T10:00 --limit 5000wd", "too long: at most 2500wd");
    refused("due --from 2025-06-05T10:00 --limit 99999999999999999999m", "too long: at most 120m");
    refused("due --from 2025-06-05T10:00 --limit wd", "is not a limit");
    refused("due --from 2025-06-05T10:00 --limit 3.5d", "is not a limit");
    refused("due --from 2025-06-05T10:00", "say how long");
    refused("due --from 2025-06-05T10:00 --limit 10wd --same-day", "same-day procedure cannot");
    refused("due --from 2025-06-31T10:00 --limit 3wd", "is not a time");
    refused("due --from 1999-12-31T10:00 --limit 3wd", "outside the calendar");
    refused("due --from 2199-12-30T10:00 --limit 30wd", "outside the calendar");
    refused("due --from 2025-06-05T10:00 --limit 3wd --received pigeon", "pigeon");
    refused("lunar 2027-02-30", "is not a date");
    refused("lunar 1899-12-31", "outside the lunar calendar");
    refused("lunar --from-lunar 30/3/2027", "only 29 days");
    refused("lunar --from-lunar 1/13/2027", "month is from 1 to 12");
    refused("lunar --from-lunar 1/2/2027 --leap", "no leap month");
    refused("lunar --from-lunar 1-1-2027", "is not a lunar date");
}
