//! Reading what people typed: every fault is collected, so that a form is corrected in one go.

use unicode_normalization::UnicodeNormalization;

use crate::kernel::{Error, Fault, ValueFault};

const LONGEST_NAME: usize = 200;
const LONGEST_DEVICE: usize = 100;

const NAME_LENGTH: ValueFault = ValueFault {
    code: "name.length",
    vi: "Tên gồm từ 2 đến 200 ký tự.",
    en: "a name has between 2 and 200 characters",
};
const NAME_CHARACTERS: ValueFault = ValueFault {
    code: "name.characters",
    vi: "Tên có ký tự không được phép.",
    en: "the name has a character that is not allowed",
};
const LOGIN_FORM: ValueFault = ValueFault {
    code: "login.form",
    vi: "Tên đăng nhập của cán bộ gồm 3–40 chữ thường không dấu, chữ số, dấu chấm, gạch ngang hoặc gạch dưới, và bắt đầu bằng chữ.",
    en: "an officer's login has 3 to 40 lower-case letters, digits, dots, hyphens or underscores, and begins with a letter",
};

pub(super) const FAULTS: &[ValueFault] = &[NAME_LENGTH, NAME_CHARACTERS, LOGIN_FORM];

/// The faults found so far.
#[derive(Default)]
pub struct Checks(Vec<Fault>);

impl Checks {
    /// The value, or none and a fault noted.
    pub fn value<T>(&mut self, pointer: &str, parsed: Result<T, ValueFault>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(fault) => {
                self.fault(pointer, fault);
                None
            }
        }
    }

    pub fn fault(&mut self, pointer: &str, fault: ValueFault) {
        self.0.push(Fault::value(pointer, fault));
    }

    pub fn add(&mut self, faults: Vec<Fault>) {
        self.0.extend(faults);
    }

    pub fn into_error(self) -> Error {
        Error::invalid(self.0)
    }

    pub fn finish(self) -> Result<(), Error> {
        if self.0.is_empty() { Ok(()) } else { Err(self.into_error()) }
    }
}

/// The name of a person or an organisation: one spelling of its letters, single spaces.
pub fn name(text: &str) -> Result<String, ValueFault> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let name: String = words.join(" ").nfc().collect();
    let is_strange = |c: char| {
        c.is_control()
            || matches!(c, '<' | '>' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    if name.chars().any(is_strange) {
        return Err(NAME_CHARACTERS);
    }
    if (2..=LONGEST_NAME).contains(&name.chars().count()) { Ok(name) } else { Err(NAME_LENGTH) }
}

/// An officer's login begins with a letter, so it is never a citizen number or a tax code.
pub fn officer_login(text: &str) -> Result<String, ValueFault> {
    let begins_with_letter = text.starts_with(|c: char| c.is_ascii_lowercase());
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    if begins_with_letter && (3..=40).contains(&text.len()) && text.chars().all(is_allowed) {
        Ok(text.to_owned())
    } else {
        Err(LOGIN_FORM)
    }
}

/// What a session is called in its owner's list; shortened, never refused.
pub fn device(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST_DEVICE).collect()
}
