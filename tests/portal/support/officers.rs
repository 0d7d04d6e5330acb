//! Officers that a test hires, beyond those of the demonstration.

use serde_json::{Value, json};

use super::people::{Person, new_key};
use super::portal::Portal;

pub const INITIAL: &str = "mat-khau-ban-dau-2026";
pub const CHOSEN: &str = "ho-so-dung-hen-2026";

impl Portal {
    /// The agencies of a commune, as the public list has them.
    pub async fn agencies_of(&self, commune: &str) -> Vec<Value> {
        let nobody = self.nobody();
        let unit = nobody
            .get(&format!("/api/v1/units/resolve?level=commune&code={commune}"))
            .send()
            .await
            .expect(200);
        let unit_id = unit.body["unit"]["id"].as_str().unwrap().to_owned();
        let page = nobody.get(&format!("/api/v1/agencies?unit_id={unit_id}")).send().await.expect(200);
        page.body["items"].as_array().unwrap().clone()
    }

    /// The agency of a commune that receives the most kinds of dossiers: its People's Committee.
    pub async fn committee_of(&self, commune: &str) -> String {
        let agencies = self.agencies_of(commune).await;
        let widest = agencies.iter().max_by_key(|agency| agency["sectors"].as_array().unwrap().len());
        widest.unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// The administrator of the province makes an account; its password is still the initial one.
    pub async fn appoints(&self, login: &str, roles: &[&str], agency_id: &str) -> Person {
        let grants: Vec<Value> =
            roles.iter().map(|role| json!({ "role": role, "agency_id": agency_id })).collect();
        let body = json!({
            "login": login, "full_name": "Trần Thị Hoa", "email": format!("{login}@tayninh.gov.vn"),
            "password": INITIAL, "grants": grants,
        });
        let administrator = self.sign_in("quantri").await;
        let made =
            administrator.post("/api/v1/officers").key(&new_key()).json(&body).send().await.expect(201);
        let mut newcomer = self.nobody();
        newcomer.account_id = made.body["id"].as_str().unwrap().to_owned();
        newcomer
    }

    /// An officer who has chosen a password and is signed in.
    pub async fn hires(&self, login: &str, roles: &[&str], agency_id: &str) -> Person {
        self.appoints(login, roles, agency_id).await;
        let newcomer = self.nobody().signed_in(login, INITIAL).await;
        let change = json!({ "current_password": INITIAL, "new_password": CHOSEN });
        newcomer.put("/api/v1/me/password").json(&change).send().await.expect(200);
        self.nobody().signed_in(login, CHOSEN).await
    }
}
