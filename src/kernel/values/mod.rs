//! Values that people type and papers carry: numbers, codes, addresses.
//!
//! What must stay true: a value that exists is valid. The only way in is `parse` (JSON, query strings and
//! database rows go through it too), and what comes out is the one canonical spelling.
//! Personal values (citizen number, phone, e-mail) cannot be printed: `Debug` is masked, there is no `Display`,
//! and whoever needs the text says `expose()`. No fault text ever repeats the value that was refused.

#[macro_use]
mod fault;
mod agency_identifier;
mod citizen_number;
mod day;
mod dossier_number;
mod email;
mod national_code;
mod phone;
mod tax_code;
mod words;

pub use agency_identifier::{AgencyIdentifier, IdentifierStyle};
pub use citizen_number::{CitizenNumber, PROVINCES_OF_BIRTH, Sex};
pub use day::askable_day;
pub use dossier_number::DossierNumber;
pub use email::Email;
pub(crate) use fault::TextVisitor;
pub use fault::ValueFault;
pub use national_code::NationalCode;
pub use phone::Phone;
pub use tax_code::TaxCode;
pub use words::Words;

/// Every fault of the values in this module and of money, paging and ids: the list that `docs/errors.md` prints
/// and that translates a code found in a JSON error.
pub fn all_faults() -> Vec<ValueFault> {
    let lists: [&[ValueFault]; 13] = [
        fault::FAULTS,
        citizen_number::FAULTS,
        tax_code::FAULTS,
        phone::FAULTS,
        email::FAULTS,
        agency_identifier::FAULTS,
        dossier_number::FAULTS,
        national_code::FAULTS,
        words::FAULTS,
        day::FAULTS,
        super::money::FAULTS,
        super::paging::FAULTS,
        super::ids::FAULTS,
    ];
    lists.concat()
}

/// Finds the fault that a serde error speaks of, so that the HTTP layer can answer with its code and translation.
///
/// Messages of faults begin with the code and a colon; serde adds the place after it.
pub fn fault_in_message(message: &str) -> Option<ValueFault> {
    let (code, _) = message.split_once(':')?;
    all_faults().into_iter().find(|fault| fault.code == code)
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}
