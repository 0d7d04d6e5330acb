//! Access tokens: JWT signed with Ed25519, good for minutes, checked without the database.
//!
//! What must stay true: the algorithm is ours and never the token's; the key is found by its id and only among
//! ours; every claim is required; time is the portal's clock. A token says who and which session, never what may
//! be done. The keys are PKCS#8 PEM files in one folder, and the last by name signs: to rotate, add
//! `key-0002.pem`, restart, and remove `key-0001.pem` when its tokens have run out.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Refusal;
use crate::infra::clock::Moment;
use crate::infra::config::Auth;
use crate::infra::crypto;
use crate::kernel::ids::{AccountId, SessionId};
use crate::kernel::{Error, Result};

const AUDIENCE: &str = "motcua-api";
/// RFC 9068: a token of another kind that we may sign one day is not an access token.
const TYPE: &str = "at+jwt";
/// How far the clocks of two replicas may be apart.
const LEEWAY_SECONDS: i64 = 10;
/// Ours have about 500 characters.
const LONGEST_TOKEN: usize = 2048;
const FIRST_KEY: &str = "key-0001.pem";

#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

struct Inner {
    signing: EncodingKey,
    signing_id: String,
    keys: Vec<VerifyingKey>,
    issuer: String,
    access_seconds: i64,
    validation: Validation,
}

struct VerifyingKey {
    id: String,
    public: Vec<u8>,
    decoding: DecodingKey,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: AccountId,
    sid: SessionId,
    jti: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// What a good token proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proven {
    pub account_id: AccountId,
    pub session_id: SessionId,
}

#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    #[error("the folder of signing keys {folder}: {source}")]
    Folder { folder: PathBuf, source: io::Error },
    #[error("the signing key {file} is not an Ed25519 private key in PKCS#8 PEM")]
    Unreadable { file: PathBuf },
    #[error("a signing key could not be made")]
    NotMade,
}

impl Tokens {
    /// Reads the keys; makes the first one where there is none.
    pub fn open(settings: &Auth) -> Result<Self, KeyFault> {
        let folder = settings.keys_folder.as_path();
        let fault = |source| KeyFault::Folder { folder: folder.to_owned(), source };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(fault)?;
        let mut files = key_files(folder).map_err(fault)?;
        if files.is_empty() {
            make_first_key(folder)?;
            files = key_files(folder).map_err(fault)?;
        }

        let mut keys = Vec::new();
        let mut signing = None;
        for file in files {
            let unreadable = || KeyFault::Unreadable { file: file.clone() };
            let pem = fs::read_to_string(&file).map_err(fault)?;
            let pkcs8 = from_pem(&pem).ok_or_else(unreadable)?;
            let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).map_err(|_| unreadable())?;
            let public = pair.public_key().as_ref().to_vec();
            let id = key_id(&public);
            signing = Some((EncodingKey::from_ed_der(&pkcs8), id.clone()));
            keys.push(VerifyingKey { id, decoding: DecodingKey::from_ed_der(&public), public });
        }
        let (signing, signing_id) = signing.ok_or(KeyFault::NotMade)?;

        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&settings.issuer]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        // The library reads the machine's clock; `verify` asks the portal's.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Ok(Self(Arc::new(Inner {
            signing,
            signing_id,
            keys,
            issuer: settings.issuer.clone(),
            access_seconds: settings.access_minutes.saturating_mul(60),
            validation,
        })))
    }

    pub fn access_seconds(&self) -> i64 {
        self.0.access_seconds
    }

    pub fn issue(&self, account_id: AccountId, session_id: SessionId, now: Moment) -> Result<String> {
        let at = now.timestamp();
        let claims = Claims {
            iss: self.0.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: account_id,
            sid: session_id,
            jti: Uuid::now_v7(),
            iat: at,
            nbf: at,
            exp: at.saturating_add(self.0.access_seconds),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.0.signing_id.clone());
        jsonwebtoken::encode(&header, &claims, &self.0.signing).map_err(Error::internal)
    }

    pub fn verify(&self, token: &str, now: Moment) -> Result<Proven> {
        if token.len() > LONGEST_TOKEN {
            return Err(Refusal::TokenInvalid.into());
        }
        let invalid = |fault: jsonwebtoken::errors::Error| Refusal::TokenInvalid.error().caused_by(fault);
        let header = jsonwebtoken::decode_header(token).map_err(invalid)?;
        let is_ours =
            header.alg == Algorithm::EdDSA && header.typ.as_deref() == Some(TYPE) && header.crit.is_none();
        let key = self.0.keys.iter().find(|key| Some(&key.id) == header.kid.as_ref());
        let Some(key) = key.filter(|_| is_ours) else {
            return Err(Refusal::TokenInvalid.into());
        };
        let claims =
            jsonwebtoken::decode::<Claims>(token, &key.decoding, &self.0.validation).map_err(invalid)?.claims;

        let at = now.timestamp();
        let begins = claims.nbf.max(claims.iat).saturating_sub(LEEWAY_SECONDS);
        if at < begins || claims.exp <= claims.nbf {
            return Err(Refusal::TokenInvalid.into());
        }
        if at >= claims.exp.saturating_add(LEEWAY_SECONDS) {
            return Err(Refusal::TokenExpired.into());
        }
        Ok(Proven { account_id: claims.sub, session_id: claims.sid })
    }

    /// The public keys as others verify with them: (key id, x coordinate in base64url).
    pub fn public_keys(&self) -> Vec<(String, String)> {
        self.0.keys.iter().map(|key| (key.id.clone(), BASE64URL_NOPAD.encode(&key.public))).collect()
    }
}

fn key_id(public: &[u8]) -> String {
    crypto::hex(&crypto::sha256(public)).chars().take(16).collect()
}

fn key_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "pem") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Whole or not at all, and only once: the link fails where another replica was first, and its key is used.
fn make_first_key(folder: &Path) -> Result<(), KeyFault> {
    let pair = Ed25519KeyPair::generate().map_err(|_| KeyFault::NotMade)?;
    let document = pair.to_pkcs8v1().map_err(|_| KeyFault::NotMade)?;
    let unfinished = folder.join(format!("{}.tmp", Uuid::now_v7()));
    let made = write_private(&unfinished, &to_pem(document.as_ref()))
        .and_then(|()| fs::hard_link(&unfinished, folder.join(FIRST_KEY)))
        .or_else(|error| if error.kind() == io::ErrorKind::AlreadyExists { Ok(()) } else { Err(error) })
        .and_then(|()| fs::File::open(folder)?.sync_all());
    let tidied = fs::remove_file(&unfinished);
    made.and(tidied).map_err(|source| KeyFault::Folder { folder: folder.to_owned(), source })
}

fn write_private(file: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";

/// An Ed25519 key in PKCS#8 fits on one line of PEM.
fn to_pem(document: &[u8]) -> String {
    format!("{PEM_BEGIN}\n{}\n{PEM_END}\n", BASE64.encode(document))
}

fn from_pem(text: &str) -> Option<Vec<u8>> {
    let (_, rest) = text.split_once(PEM_BEGIN)?;
    let (body, _) = rest.split_once(PEM_END)?;
    let body: String = body.split_whitespace().collect();
    BASE64.decode(body.as_bytes()).ok()
}

#[cfg(test)]
mod tests;
