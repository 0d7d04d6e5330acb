//! Digests and random secrets, all by aws-lc-rs. One provider in the whole program: two make rustls panic.

use aws_lc_rs::{constant_time, digest, rand};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};

use crate::kernel::{Error, Result};

/// A digest of bytes as they stream by.
pub struct Sha256(digest::Context);

impl Default for Sha256 {
    fn default() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }
}

impl Sha256 {
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub fn finish(self) -> Vec<u8> {
        self.0.finish().as_ref().to_vec()
    }
}

pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

pub fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

/// 256 bits that nobody can guess, to be sent; what is stored is [`sha256`] of it.
pub fn secret() -> Result<String> {
    let mut bytes = [0_u8; 32];
    rand::fill(&mut bytes).map_err(|_| Error::internal("the system has no randomness to give"))?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}

/// A secret that a person can read from paper and type: 80 bits in groups of four, no look-alikes.
pub fn spoken_secret() -> Result<String> {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let mut bytes = [0_u8; 16];
    rand::fill(&mut bytes).map_err(|_| Error::internal("the system has no randomness to give"))?;
    let mut text = String::with_capacity(19);
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 && index % 4 == 0 {
            text.push('-');
        }
        if let Some(letter) = LETTERS.get(usize::from(byte % 32)) {
            text.push(char::from(*letter));
        }
    }
    Ok(text)
}

/// Compares secrets in a time that tells nothing about where they differ.
pub fn same(left: &[u8], right: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(left, right).is_ok()
}
