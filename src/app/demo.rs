//! People to try the portal with, in development only: a citizen, an organisation, and every role at the agencies
//! that the demonstration walks through. They share one password, which `make run` prints.

use chrono::NaiveDate;

use crate::authority::{AccountKind, Role};
use crate::identity::model::{Language, NewAccount, Place};
use crate::identity::seeding;
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::ids::AccountId;
use crate::kernel::values::Email;
use crate::kernel::{CitizenNumber, Error, Phone, Result, TaxCode};
use crate::units::agencies::Profile;
use crate::units::store::{self as units, AgencyAt};
use crate::units::{Level, Sector};

pub const PASSWORD: &str = "mot-cua-dien-tu";

/// The commune of the demonstration: Phường 1 of the city of Tây Ninh, and Phường Tân Ninh that took its place.
fn commune(profile: Profile) -> &'static str {
    match profile {
        Profile::ThreeLevel => "25456",
        Profile::TwoLevel => "25459",
    }
}

/// The agencies of the walk, each with a word for its officers' names. A level that the profile lacks is skipped.
const DESKS: &[(&str, Level, Sector)] = &[
    ("phuong", Level::Commune, Sector::CivilStatus),
    ("congan.phuong", Level::Commune, Sector::Residence),
    ("thanhpho", Level::District, Sector::CivilStatus),
    ("datdai.thanhpho", Level::District, Sector::Land),
    ("tinh", Level::Province, Sector::SingleWindow),
    ("tuphap", Level::Province, Sector::CivilStatus),
    ("nongnghiep", Level::Province, Sector::Land),
    ("congan.tinh", Level::Province, Sector::JudicialRecord),
    ("ubnd.tinh", Level::Province, Sector::Social),
];

const ROLES: &[(&str, &str, Role)] = &[
    ("tiepnhan", "Tiếp nhận", Role::Reception),
    ("xuly", "Thụ lý", Role::Processing),
    ("lanhdao", "Lãnh đạo", Role::Leader),
];

const ADMINISTRATION: &[(&str, &str, Role)] = &[
    ("quantri", "Quản trị hệ thống", Role::SystemAdministrator),
    ("thutuc", "Quản trị thủ tục", Role::ProcedureAdministrator),
    ("thanhtra", "Thanh tra tỉnh", Role::Inspector),
];

/// Adds the people that are missing and says how many there are now.
pub fn seed_demo_people(
    conn: &mut Conn,
    profile: Profile,
    password_hash: &str,
    today: NaiveDate,
    now: Moment,
) -> Result<usize> {
    let mut people = 2;
    seeding::ensure_account(conn, &citizen(password_hash)?, now)?;
    seeding::ensure_account(conn, &organisation(password_hash)?, now)?;
    let unit = units::commune_as_of(conn, commune(profile), today)?
        .ok_or_else(|| Error::internal("the commune of the demonstration is not seeded"))?;
    let agencies = units::agencies_over(conn, &unit, today)?;
    for (slug, level, sector) in DESKS {
        let fits = |at: &&AgencyAt| at.level == *level && at.agency.sectors.contains(sector);
        let Some(at) = agencies.iter().find(fits) else { continue };
        for (word, title, role) in ROLES {
            let new =
                officer(&format!("{word}.{slug}"), &format!("{title} – {}", at.agency.name), password_hash);
            let account_id = seeding::ensure_account(conn, &new, now)?;
            seeding::ensure_grant(conn, account_id, *role, Place::Agency(at.agency.id), now)?;
            people += 1;
        }
    }
    let province =
        units::served_province(conn, today)?.ok_or_else(|| Error::internal("no province is served"))?;
    for (login, name, role) in ADMINISTRATION {
        let account_id = seeding::ensure_account(conn, &officer(login, name, password_hash), now)?;
        seeding::ensure_grant(conn, account_id, *role, Place::Unit(province.id), now)?;
        people += 1;
    }
    Ok(people)
}

fn citizen(password_hash: &str) -> Result<NewAccount> {
    let number = CitizenNumber::parse("072098000006").map_err(Error::internal)?;
    Ok(NewAccount {
        login: number.expose().to_owned(),
        citizen_number: Some(number),
        phone: Some(Phone::parse("0912345678").map_err(Error::internal)?),
        email: Some(Email::parse("an@motcua.example").map_err(Error::internal)?),
        ..person(AccountKind::Citizen, "Nguyễn Văn An", password_hash)
    })
}

fn organisation(password_hash: &str) -> Result<NewAccount> {
    let tax_code = TaxCode::parse("8200000033").map_err(Error::internal)?;
    Ok(NewAccount {
        login: tax_code.to_string(),
        tax_code: Some(tax_code),
        representative_name: Some("Trần Thị Bình".to_owned()),
        representative_citizen_number: Some(CitizenNumber::parse("072190000018").map_err(Error::internal)?),
        phone: Some(Phone::parse("0987654321").map_err(Error::internal)?),
        email: Some(Email::parse("lienhe@congty.example").map_err(Error::internal)?),
        ..person(AccountKind::Organisation, "Công ty TNHH Nông sản Tây Ninh", password_hash)
    })
}

fn officer(login: &str, name: &str, password_hash: &str) -> NewAccount {
    NewAccount { login: login.to_owned(), ..person(AccountKind::Officer, name, password_hash) }
}

fn person(kind: AccountKind, full_name: &str, password_hash: &str) -> NewAccount {
    NewAccount {
        id: AccountId::new(),
        kind,
        login: String::new(),
        full_name: full_name.to_owned(),
        citizen_number: None,
        tax_code: None,
        representative_name: None,
        representative_citizen_number: None,
        phone: None,
        email: None,
        language: Language::Vi,
        password_hash: password_hash.to_owned(),
        must_change_password: false,
    }
}
