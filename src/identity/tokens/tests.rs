//! Forged, damaged and borrowed tokens: every one is refused, and none brings the portal down.

use aws_lc_rs::hmac;
use chrono::{DateTime, Duration};
use serde_json::{Value, json};

use super::*;

struct Forge {
    tokens: Tokens,
    ours: Ed25519KeyPair,
    foreign: Ed25519KeyPair,
    now: Moment,
    folder: PathBuf,
}

impl Drop for Forge {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn settings(folder: &Path) -> Auth {
    Auth {
        keys_folder: folder.to_owned(),
        issuer: "motcua".to_owned(),
        access_minutes: 15,
        refresh_days: 14,
        password_memory_kib: 64,
        password_passes: 1,
        logins_per_minute_per_name: 10,
    }
}

fn forge() -> Forge {
    let folder = std::env::temp_dir().join(format!("motcua-tokens-{}", Uuid::now_v7()));
    let tokens = Tokens::open(&settings(&folder)).unwrap();
    let pkcs8 = from_pem(&fs::read_to_string(folder.join(FIRST_KEY)).unwrap()).unwrap();
    Forge {
        tokens,
        ours: Ed25519KeyPair::from_pkcs8(&pkcs8).unwrap(),
        foreign: Ed25519KeyPair::generate().unwrap(),
        now: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        folder,
    }
}

impl Forge {
    fn header(&self) -> Value {
        json!({ "alg": "EdDSA", "typ": TYPE, "kid": self.tokens.0.signing_id })
    }

    fn claims(&self) -> Value {
        let at = self.now.timestamp();
        json!({
            "iss": "motcua", "aud": AUDIENCE, "sub": AccountId::new(), "sid": SessionId::new(), "jti": Uuid::now_v7(),
            "iat": at, "nbf": at, "exp": at + 900
        })
    }

    fn signed(&self, pair: &Ed25519KeyPair, header: &Value, claims: &Value) -> String {
        signed_text(pair, &header.to_string(), &claims.to_string())
    }

    fn with_header(&self, name: &str, value: Value) -> String {
        let mut header = self.header();
        header[name] = value;
        self.signed(&self.ours, &header, &self.claims())
    }

    fn with_claim(&self, name: &str, value: Value) -> String {
        let mut claims = self.claims();
        claims[name] = value;
        self.signed(&self.ours, &self.header(), &claims)
    }

    fn without_claim(&self, name: &str) -> String {
        let mut claims = self.claims();
        claims.as_object_mut().unwrap().remove(name);
        self.signed(&self.ours, &self.header(), &claims)
    }

    fn code(&self, token: &str) -> &'static str {
        self.tokens.verify(token, self.now).unwrap_err().code().code
    }
}

fn encode(text: &str) -> String {
    BASE64URL_NOPAD.encode(text.as_bytes())
}

fn signed_text(pair: &Ed25519KeyPair, header: &str, claims: &str) -> String {
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = BASE64URL_NOPAD.encode(pair.sign(message.as_bytes()).as_ref());
    format!("{message}.{signature}")
}

#[test]
fn a_token_of_ours_is_good_until_it_expires() {
    let forge = forge();
    let (account_id, session_id) = (AccountId::new(), SessionId::new());
    let token = forge.tokens.issue(account_id, session_id, forge.now).unwrap();
    let proven = Proven { account_id, session_id };
    assert_eq!(forge.tokens.verify(&token, forge.now).unwrap(), proven);
    let verify_after = |seconds| forge.tokens.verify(&token, forge.now + Duration::seconds(seconds));
    assert_eq!(verify_after(-10).unwrap(), proven);
    assert_eq!(verify_after(909).unwrap(), proven);
    assert_eq!(verify_after(910).unwrap_err().code().code, "identity.token_expired");
    assert_eq!(verify_after(-11).unwrap_err().code().code, "identity.token_invalid");
}

#[test]
fn the_forge_itself_makes_good_tokens() {
    let forge = forge();
    let token = forge.signed(&forge.ours, &forge.header(), &forge.claims());
    assert!(forge.tokens.verify(&token, forge.now).is_ok());
}

#[test]
fn forged_tokens_are_refused() {
    let forge = forge();
    let (header, claims) = (forge.header(), forge.claims());
    let good = forge.signed(&forge.ours, &header, &claims);
    let [head, body, signature]: [&str; 3] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    let at = forge.now.timestamp();

    let hmac_header = json!({ "alg": "HS256", "typ": TYPE, "kid": forge.tokens.0.signing_id }).to_string();
    let hmac_message = format!("{}.{body}", encode(&hmac_header));
    let hmac_key = hmac::Key::new(hmac::HMAC_SHA256, &forge.tokens.0.keys[0].public);
    let hmac_signature = BASE64URL_NOPAD.encode(hmac::sign(&hmac_key, hmac_message.as_bytes()).as_ref());

    let mut foreign_with_key = header.clone();
    let x = BASE64URL_NOPAD.encode(forge.foreign.public_key().as_ref());
    foreign_with_key["jwk"] = json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
    let other_body = forge.claims().to_string();
    let none = json!({ "alg": "none", "typ": TYPE, "kid": forge.tokens.0.signing_id }).to_string();
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    let flipped: String = std::iter::once(first).chain(signature.chars().skip(1)).collect();
    let twice = claims.to_string().replacen('{', &format!("{{\"sub\":\"{}\",", AccountId::new()), 1);

    let forged: Vec<(&str, String)> = vec![
        ("empty", String::new()),
        ("one dot", ".".into()),
        ("two dots", "..".into()),
        ("only dots", ".....".into()),
        ("words", "not a token at all".into()),
        ("one part", head.into()),
        ("two parts", format!("{head}.{body}")),
        ("four parts", format!("{good}.{signature}")),
        ("no signature", format!("{head}.{body}.")),
        ("no header", format!(".{body}.{signature}")),
        ("no body", format!("{head}..{signature}")),
        ("a signature cut short", good.get(..good.len() - 4).unwrap().into()),
        ("a signature with more", format!("{good}AAAA")),
        ("a changed signature", format!("{head}.{body}.{flipped}")),
        ("a signature of zeros", format!("{head}.{body}.{}", BASE64URL_NOPAD.encode(&[0; 64]))),
        ("another body under our signature", format!("{head}.{}.{signature}", encode(&other_body))),
        ("alg none", format!("{}.{body}.", encode(&none))),
        ("alg none with a signature", format!("{}.{body}.{signature}", encode(&none))),
        ("alg NONE", forge.with_header("alg", json!("NONE"))),
        ("HMAC with our public key", format!("{hmac_message}.{hmac_signature}")),
        ("alg RS256", forge.with_header("alg", json!("RS256"))),
        ("alg ES256", forge.with_header("alg", json!("ES256"))),
        ("alg missing", forge.signed(&forge.ours, &json!({ "typ": TYPE, "kid": header["kid"] }), &claims)),
        ("alg a number", forge.with_header("alg", json!(1))),
        ("a foreign key under our key id", forge.signed(&forge.foreign, &header, &claims)),
        ("a foreign key that brings itself", forge.signed(&forge.foreign, &foreign_with_key, &claims)),
        ("an unknown key id", forge.with_header("kid", json!("0000000000000000"))),
        ("a key id that is a path", forge.with_header("kid", json!("../../etc/passwd"))),
        ("an empty key id", forge.with_header("kid", json!(""))),
        ("a key id of another type", forge.with_header("kid", json!(["a"]))),
        ("no key id", forge.signed(&forge.ours, &json!({ "alg": "EdDSA", "typ": TYPE }), &claims)),
        ("another type of token", forge.with_header("typ", json!("JWT"))),
        ("no type", forge.signed(&forge.ours, &json!({ "alg": "EdDSA", "kid": header["kid"] }), &claims)),
        ("critical extensions", forge.with_header("crit", json!(["b64"]))),
        ("another issuer", forge.with_claim("iss", json!("motcua.example"))),
        ("another audience", forge.with_claim("aud", json!("motcua-files"))),
        ("several audiences", forge.with_claim("aud", json!([AUDIENCE, "x"]))),
        ("an account that is no id", forge.with_claim("sub", json!("admin"))),
        ("an account that is null", forge.with_claim("sub", Value::Null)),
        ("a session that is a number", forge.with_claim("sid", json!(1))),
        ("an id that is a text", forge.with_claim("jti", json!("x"))),
        ("no issuer", forge.without_claim("iss")),
        ("no audience", forge.without_claim("aud")),
        ("no account", forge.without_claim("sub")),
        ("no session", forge.without_claim("sid")),
        ("no token id", forge.without_claim("jti")),
        ("no issue time", forge.without_claim("iat")),
        ("no beginning", forge.without_claim("nbf")),
        ("no expiry", forge.without_claim("exp")),
        ("an expiry of text", forge.with_claim("exp", json!("2100-01-01"))),
        ("an expiry of a fraction", forge.with_claim("exp", json!(4e10))),
        ("an expiry beyond numbers", forge.with_claim("exp", json!(u64::MAX))),
        ("not valid yet", forge.with_claim("nbf", json!(at + 60))),
        ("issued in the future", forge.with_claim("iat", json!(at + 60))),
        ("ends before it begins", forge.with_claim("exp", json!(at))),
        ("a claim twice", signed_text(&forge.ours, &header.to_string(), &twice)),
        ("a body that is a list", signed_text(&forge.ours, &header.to_string(), "[]")),
        ("a body that is no JSON", signed_text(&forge.ours, &header.to_string(), "{\"iss\":")),
        ("a header that is no JSON", signed_text(&forge.ours, "{", &claims.to_string())),
        ("a header that is a list", signed_text(&forge.ours, "[]", &claims.to_string())),
        ("padding", format!("{head}=.{body}.{signature}")),
        ("line breaks", format!("{head}\n.{body}.{signature}")),
        ("letters of another alphabet", format!("{head}.{body}.ữữữữ")),
        ("very long", "A".repeat(1_000_000)),
        ("very long in three parts", format!("{head}.{}.{signature}", "A".repeat(1_000_000))),
        ("very deep", signed_text(&forge.ours, &header.to_string(), &"[".repeat(400))),
    ];
    for (name, token) in &forged {
        assert_eq!(forge.code(token), "identity.token_invalid", "{name}");
    }
    let expired = forge.with_claim("exp", json!(at - 11)).replace(' ', "");
    assert_eq!(forge.code(&expired), "identity.token_invalid", "it ended before it began");
    let mut past = claims;
    past["iat"] = json!(at - 1000);
    past["nbf"] = json!(at - 1000);
    past["exp"] = json!(at - 10);
    assert_eq!(forge.code(&forge.signed(&forge.ours, &header, &past)), "identity.token_expired");
    past["exp"] = json!(i64::MIN);
    assert_eq!(forge.code(&forge.signed(&forge.ours, &header, &past)), "identity.token_invalid");
}

#[test]
fn every_changed_byte_is_noticed() {
    let forge = forge();
    let good = forge.tokens.issue(AccountId::new(), SessionId::new(), forge.now).unwrap();
    for position in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert_eq!(forge.code(&changed), "identity.token_invalid", "position {position}");
    }
}

#[test]
fn the_last_key_signs_and_the_ones_before_still_verify() {
    let forge = forge();
    let before = forge.tokens.issue(AccountId::new(), SessionId::new(), forge.now).unwrap();
    let second = forge.foreign.to_pkcs8v1().unwrap();
    write_private(&forge.folder.join("key-0002.pem"), &to_pem(second.as_ref())).unwrap();
    let rotated = Tokens::open(&settings(&forge.folder)).unwrap();
    assert!(rotated.verify(&before, forge.now).is_ok());
    assert_eq!(rotated.0.signing_id, key_id(forge.foreign.public_key().as_ref()));
    fs::remove_file(forge.folder.join(FIRST_KEY)).unwrap();
    let alone = Tokens::open(&settings(&forge.folder)).unwrap();
    assert!(alone.verify(&before, forge.now).is_err());
}

#[test]
fn the_first_key_is_private_and_made_once() {
    use std::os::unix::fs::PermissionsExt;
    let folder = std::env::temp_dir().join(format!("motcua-tokens-{}", Uuid::now_v7()));
    let mut replicas = Vec::new();
    for _ in 0..8 {
        let folder = folder.clone();
        replicas
            .push(std::thread::spawn(move || Tokens::open(&settings(&folder)).unwrap().0.signing_id.clone()));
    }
    let mut ids: Vec<String> = replicas.into_iter().map(|replica| replica.join().unwrap()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 1, "every replica signs with the same key");
    let mode = fs::metadata(folder.join(FIRST_KEY)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing unfinished is left");
    fs::write(folder.join("key-0002.pem"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
        .unwrap();
    assert!(Tokens::open(&settings(&folder)).is_err(), "a damaged key is named, not passed over");
    fs::remove_dir_all(&folder).unwrap();
}
