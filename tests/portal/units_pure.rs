//! Units without a database: the two lists, the way from one to the other, and the agencies of the demonstration.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use motcua::kernel::values::PROVINCES_OF_BIRTH;
use motcua::units::agencies::{AgencyFault, AgencySeed, Profile, agencies, check};
use motcua::units::model::{AgencyKind, Level, Sector, UnitKey};
use motcua::units::reorganisation::{
    MappingRow, Plan, PlanFault, SuccessionKind, mapping_within, parse_mapping, plan,
};
use motcua::units::tree::{COUNTS_2024, COUNTS_2025, Tree, TreeFault};

const OLD: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/units_2024.csv"));
const NEW: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/units_2025.csv"));
const MAPPING: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/unit_mapping_2025.csv"));
const PROVINCES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/province_mapping.csv"));

fn old_tree() -> Tree {
    Tree::parse(OLD).expect("the old list is sound")
}

fn new_tree() -> Tree {
    Tree::parse(NEW).expect("the new list is sound")
}

fn mapping() -> Vec<MappingRow> {
    parse_mapping(MAPPING).expect("the mapping is sound")
}

fn province(code: &str) -> UnitKey {
    UnitKey::new(Level::Province, code)
}

fn commune(code: &str) -> UnitKey {
    UnitKey::new(Level::Commune, code)
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a real day")
}

#[test]
fn both_lists_are_complete() {
    assert_eq!(old_tree().check_counts(COUNTS_2024), Ok(()));
    assert_eq!(new_tree().check_counts(COUNTS_2025), Ok(()));
    assert!(matches!(new_tree().check_counts(COUNTS_2024), Err(TreeFault::Counts { .. })));
    let old_codes: Vec<String> =
        old_tree().at_level(Level::Province).map(|p| format!("0{}", p.key.code)).collect();
    assert_eq!(old_codes, PROVINCES_OF_BIRTH);
}

#[test]
fn names_are_those_of_the_day() {
    let new = new_tree();
    let full_name = |key: &UnitKey| new.find(key).expect("a unit").full_name.clone();
    assert_eq!(full_name(&province("79")), "Thành phố Hồ Chí Minh");
    // A city only since 2026.
    assert_eq!(full_name(&province("75")), "Tỉnh Đồng Nai");
    assert_eq!(full_name(&commune("26732")), "Đặc khu Côn Đảo");
    assert_eq!(old_tree().find(&commune("25486")).expect("a unit").full_name, "Thị trấn Tân Biên");
}

#[test]
fn tay_ninh_before_and_after() {
    let old = old_tree();
    let before = old.within(&["72"]).counts();
    assert_eq!((before.provinces, before.districts, before.communes), (1, 9, 94));
    let after = new_tree().within(&["80"]).counts();
    assert_eq!((after.provinces, after.districts, after.communes), (1, 0, 96));
    // The code of the province is another province's before the day.
    assert_eq!(old.find(&province("80")).expect("a unit").name, "Long An");
    assert_eq!(new_tree().find(&province("80")).expect("a unit").name, "Tây Ninh");
}

#[test]
fn rows_come_parents_first_and_paths_follow() {
    let from = day(2025, 7, 1);
    let rows = old_tree().within(&["72"]).to_rows(from, Some(day(2025, 12, 31)));
    assert_eq!(rows.len(), 1 + 9 + 94);
    for (position, row) in rows.iter().enumerate() {
        match row.parent_id {
            None => assert_eq!((row.level, row.path.clone()), (Level::Province, format!("/{}/", row.id))),
            Some(parent_id) => {
                let parent =
                    rows[..position].iter().find(|parent| parent.id == parent_id).expect("it came before");
                assert!(parent.covers(row) && !row.covers(parent));
                assert_eq!(row.path, format!("{}{}/", parent.path, row.id));
            }
        }
        assert!(rows[0].covers(row) && row.covers(row));
    }
    let row = &rows[0];
    assert!(row.exists_on(from) && row.exists_on(day(2025, 12, 31)));
    assert!(!row.exists_on(day(2025, 6, 30)) && !row.exists_on(day(2026, 1, 1)));
}

#[test]
fn a_broken_list_tells_every_fault() {
    let broken = "level,code,name,unit_type,parent_code\n\
        province,01,A,Tỉnh,\n\
        province,01,B,Tỉnh,\n\
        province,2,C,Tỉnh,\n\
        commune,00001,D,Xã,09\n\
        commune,00002,,Xã,01\n\
        commune,00003,E,Xã,\n\
        hamlet,00004,F,Xã,01\n";
    let faults = Tree::parse(broken).expect_err("it is broken");
    let lines: Vec<u64> = faults
        .iter()
        .filter_map(|f| if let TreeFault::Row { line, .. } = f { Some(*line) } else { None })
        .collect();
    assert_eq!(lines, [4, 6, 7, 8]);
    assert!(faults.contains(&TreeFault::DuplicateCode { key: province("01") }));
    assert!(faults.contains(&TreeFault::MissingParent { key: commune("00001"), parent: province("09") }));
    assert_eq!(faults.len(), 6);
}

fn whole_country() -> Plan {
    plan(&old_tree(), &new_tree(), &mapping()).expect("everything is accounted for")
}

#[test]
fn the_reorganisation_of_2025_accounts_for_everything() {
    let (old, new, plan) = (old_tree(), new_tree(), whole_country());
    let from: BTreeSet<&UnitKey> = plan.successions.iter().map(|s| &s.old).collect();
    let to: BTreeSet<&UnitKey> = plan.successions.iter().map(|s| &s.new).collect();
    assert!(old.units().all(|unit| from.contains(&unit.key)));
    assert!(new.units().all(|unit| to.contains(&unit.key)));
    let defaults = plan.successions.iter().filter(|s| s.is_default).count();
    assert_eq!(defaults, old.units().count());
    assert_eq!(plan.abolished_districts.len(), 696);
    assert_eq!(plan.decisions.len(), 471);
    let split_rows = plan.successions.iter().filter(|s| s.kind == SuccessionKind::Split).count();
    assert_eq!(split_rows, plan.decisions.iter().map(|decision| 1 + decision.others.len()).sum::<usize>());
    // Nobody leaves their province's successor.
    for succession in &plan.successions {
        let old_province = old.province_of(&succession.old).expect("a province");
        let new_province = new.province_of(&succession.new).expect("a province");
        assert_eq!(plan.default_successor(&old_province.key), Some(&new_province.key));
    }
}

#[test]
fn provinces_go_where_the_list_of_provinces_says() {
    let plan = whole_country();
    let mut rows = csv::Reader::from_reader(PROVINCES.as_bytes());
    for row in rows.records() {
        let row = row.expect("a row");
        assert_eq!(plan.default_successor(&province(&row[0])), Some(&province(&row[3])), "{}", &row[1]);
    }
}

#[test]
fn districts_go_to_the_province_and_islands_to_their_zone() {
    let plan = whole_country();
    let district = |code| UnitKey::new(Level::District, code);
    assert_eq!(plan.default_successor(&district("703")), Some(&province("80")));
    for (island, zone) in
        [("318", "11948"), ("471", "19742"), ("498", "20333"), ("536", "21548"), ("755", "26732")]
    {
        assert_eq!(plan.default_successor(&district(island)), Some(&commune(zone)));
    }
}

#[test]
fn a_split_commune_waits_for_a_person() {
    let old = old_tree().within(&["72", "80"]);
    let new = new_tree().within(&["80"]);
    let plan = plan(&old, &new, &mapping_within(&mapping(), &old)).expect("two provinces stand alone");
    assert_eq!(plan.decisions.len(), 24);
    let split =
        plan.decisions.iter().find(|decision| decision.old == commune("25507")).expect("Tân Phong is split");
    assert_eq!(new.find(&split.default).expect("a unit").full_name, "Xã Thạnh Bình");
    assert_eq!(
        split.others.iter().map(|k| new.find(k).expect("a unit").name.as_str()).collect::<Vec<_>>(),
        ["Tân Phú"]
    );
}

#[test]
fn a_broken_mapping_tells_every_fault() {
    let old = old_tree().within(&["72", "80"]);
    let new = new_tree().within(&["80"]);
    let sound = mapping_within(&mapping(), &old);
    let faults_of = |change: &dyn Fn(&mut Vec<MappingRow>)| {
        let mut rows = sound.clone();
        change(&mut rows);
        plan(&old, &new, &rows).expect_err("it is broken")
    };
    let position = |code: &str| sound.iter().position(|row| row.old_commune_code == code).expect("a row");
    let (single, split) = (position("25489"), position("25507"));

    let faults = faults_of(&|rows| drop(rows.remove(single)));
    assert!(faults.contains(&PlanFault::NoSuccessor(commune("25489"))));
    let faults = faults_of(&|rows| rows.push(rows[single].clone()));
    assert_eq!(
        faults,
        [PlanFault::Repeated { old: commune("25489"), new: commune(&sound[single].new_commune_code) }]
    );
    let faults = faults_of(&|rows| rows[single].old_commune_code = "99999".to_owned());
    assert_eq!(faults, [PlanFault::UnknownOld(commune("99999")), PlanFault::NoSuccessor(commune("25489"))]);
    let faults = faults_of(&|rows| rows[single].new_commune_code = "00004".to_owned());
    assert!(faults.contains(&PlanFault::UnknownNew(commune("00004"))));
    let faults = faults_of(&|rows| rows[single].kind = SuccessionKind::Split);
    assert_eq!(faults, [PlanFault::SplitButOne(commune("25489"))]);
    let faults = faults_of(&|rows| rows[split].kind = SuccessionKind::Whole);
    assert_eq!(faults, [PlanFault::WholeButSeveral(commune("25507"))]);
    let faults = faults_of(&|rows| rows.iter_mut().for_each(|row| row.is_default = false));
    assert_eq!(faults.len(), 94 + 186);
    let faults = faults_of(&|rows| rows.retain(|row| row.new_commune_code != "25459"));
    assert!(faults.contains(&PlanFault::NoPredecessor(commune("25459"))));

    // A province that goes two ways needs another rule than this one.
    let divided = plan(&old_tree(), &new_tree(), &{
        let mut rows = mapping();
        let row = rows.iter_mut().find(|row| row.old_commune_code == "25489").expect("a row");
        row.new_commune_code = "00004".to_owned();
        rows
    });
    let fault =
        PlanFault::ProvinceDivided { old: province("72"), new: vec!["01".to_owned(), "80".to_owned()] };
    assert!(divided.expect_err("it is divided").contains(&fault));

    assert!(
        parse_mapping("old_district_code,old_commune_code,new_commune_code,kind,default\n1,2,3,half,2\n")
            .is_err()
    );
}

fn find<'a>(seeds: &'a [AgencySeed], identifier: &str) -> &'a AgencySeed {
    seeds.iter().find(|seed| seed.identifier.as_str() == identifier).expect("an agency")
}

#[test]
fn three_levels_of_agencies() {
    let (profile, tree) = (Profile::ThreeLevel, old_tree());
    let seeds = agencies(profile, &tree).expect("the agencies are sound");
    assert_eq!(seeds.len(), 7 + 9 * 3 + 94 * 2);
    assert_eq!(find(&seeds, "H53").name, "Ủy ban nhân dân Tỉnh Tây Ninh");
    assert_eq!(find(&seeds, "H53.21.01").name, "Chi nhánh Văn phòng đăng ký đất đai Thành phố Tây Ninh");
    let ward = find(&seeds, "H53.21.11");
    assert_eq!(
        (ward.name.as_str(), &ward.unit),
        ("Ủy ban nhân dân Phường 1, Thành phố Tây Ninh", &commune("25456"))
    );
    let police = find(&seeds, "H53.21.11.01");
    assert_eq!((police.kind, police.unit.clone()), (AgencyKind::Police, commune("25456")));
    assert_eq!(find(&seeds, "H53.29").unit, UnitKey::new(Level::District, "712"));
    // Land at the district is the registry's.
    assert!(!find(&seeds, "H53.21").sectors.contains(&Sector::Land));
    every_sector_has_one_agency(&seeds, &tree.within(&["72"]));
}

#[test]
fn two_levels_of_agencies() {
    let (profile, tree) = (Profile::TwoLevel, new_tree());
    let seeds = agencies(profile, &tree).expect("the agencies are sound");
    assert_eq!(seeds.len(), 7 + 96 * 2);
    assert_eq!(find(&seeds, "H53.101").name, "Ủy ban nhân dân Phường Tân Ninh, Tỉnh Tây Ninh");
    assert_eq!(find(&seeds, "H53.196.01").kind, AgencyKind::Police);
    every_sector_has_one_agency(&seeds, &tree.within(&["80"]));
}

fn every_sector_has_one_agency(seeds: &[AgencySeed], tree: &Tree) {
    let agencies_for = |unit: &UnitKey, sector: Sector| {
        seeds.iter().filter(|seed| seed.unit == *unit && seed.sectors.contains(&sector)).count()
    };
    for unit in tree.units() {
        for sector in Sector::ALL {
            // Some things only the province decides; everything else every unit does.
            let expected = match (unit.key.level, sector) {
                (Level::District | Level::Commune, Sector::JudicialRecord | Sector::Transport) => 0,
                _ => 1,
            };
            assert_eq!(agencies_for(&unit.key, *sector), expected, "{} {sector}", unit.key);
        }
    }
    assert!(seeds.iter().all(|seed| tree.find(&seed.unit).is_some()));
}

#[test]
fn a_sector_given_twice_is_refused() {
    let mut seeds = agencies(Profile::ThreeLevel, &old_tree()).expect("the agencies are sound");
    seeds[1].sectors.push(Sector::General);
    assert!(matches!(check(&seeds), Err(AgencyFault::SectorTwice { sector: Sector::General, .. })));
    let twin = seeds[2].clone();
    assert_eq!(check(&[twin.clone(), twin.clone()]), Err(AgencyFault::IdentifierTwice(twin.identifier)));
    // The wrong list for the profile: in the new one, 72 is nobody.
    assert_eq!(agencies(Profile::ThreeLevel, &new_tree()), Err(AgencyFault::NoProvince("72")));
}

#[test]
fn words_have_one_spelling() {
    for level in Level::ALL {
        assert_eq!(Level::parse(level.as_str()), Some(*level));
        assert_eq!(serde_json::to_string(level).expect("json"), format!("\"{level}\""));
    }
    for sector in Sector::ALL {
        assert_eq!(serde_json::from_str::<Sector>(&format!("\"{sector}\"")).expect("json"), *sector);
    }
    assert_eq!(Level::parse("hamlet"), None);
    assert_eq!(Profile::parse("two-level"), Some(Profile::TwoLevel));
    assert_eq!(Profile::parse("one-level"), None);
}
