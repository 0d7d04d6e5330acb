//! Vietnamese text: search without accents, comparing names, and names of uploaded files.
//!
//! What must stay true: what is stored for search and what is asked for go through the same `fold`; folding twice is
//! folding once. A cleaned file name is safe to show and to put in a download header after encoding: no control or
//! invisible characters, no path, no text direction tricks, never empty.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Nobody means more; a hostile query could.
const MOST_SEARCH_WORDS: usize = 12;
const LONGEST_FILE_NAME: usize = 200;
const LONGEST_EXTENSION: usize = 10;
const NAMELESS: &str = "tệp đính kèm";

/// The search form: no accents, `đ` is `d`, lower case, single spaces. `Hoà` and `Hòa` are both `hoa`.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.nfkd().filter(|c| !is_combining_mark(*c) && !is_invisible(*c)) {
        match character {
            // The bar of đ is no combining mark. ð and Ð (eth) look the same and are typed by mistake.
            'đ' | 'Đ' | 'ð' | 'Ð' => folded.push('d'),
            _ => folded.extend(character.to_lowercase().nfkd().filter(|c| !is_combining_mark(*c))),
        }
    }
    collapse_spaces(&folded)
}

/// What somebody typed as LIKE patterns over folded text, one for each word; all of them must fit.
pub fn search_patterns(typed: &str) -> Vec<String> {
    let mut patterns = Vec::new();
    for word in fold(typed).split(' ').filter(|word| !word.is_empty()).take(MOST_SEARCH_WORDS) {
        let mut pattern = String::from("%");
        for character in word.chars() {
            if matches!(character, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(character);
        }
        pattern.push('%');
        patterns.push(pattern);
    }
    patterns
}

/// A form in which two spellings of one name are equal and two names are not: `Hoà` is `Hòa` but not `Hoa`.
///
/// Old and new spelling put the tone mark on another vowel of the syllable, so the mark is moved to the end of the
/// word; the marks that make another letter (ă, â, ê, ô, ơ, ư) stay in place.
pub fn spelling_key(name: &str) -> String {
    let mut words = Vec::new();
    for word in name.split_whitespace() {
        let mut letters = String::new();
        let mut tones = String::new();
        for character in word.to_lowercase().nfd() {
            if matches!(character, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}') {
                tones.push(character);
            } else {
                letters.push(character);
            }
        }
        words.push(letters.nfc().chain(tones.chars()).collect::<String>());
    }
    words.join(" ")
}

/// A name for those who do not need it: `N. V. A.`
pub fn initials(name: &str) -> String {
    let initials = name.split_whitespace().filter_map(|word| word.chars().next());
    initials.map(|initial| format!("{initial}.")).collect::<Vec<_>>().join(" ")
}

/// The name under which an uploaded file is shown. Nothing is ever stored under it: storage uses the digest.
pub fn clean_file_name(name: &str) -> String {
    let visible: String = name
        .nfc()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .collect();
    // Some browsers send the whole path of the sender's disk.
    let last = visible.rsplit(['/', '\\']).find(|part| !trim_dots(part).is_empty()).unwrap_or_default();
    let safe: String = last.chars().map(|c| if "<>:\"|?*".contains(c) { '_' } else { c }).collect();
    let safe = collapse_spaces(&safe);

    let (stem, extension) = split_extension(safe.trim_end_matches(['.', ' ']));
    let room = LONGEST_FILE_NAME - extension.map_or(0, |text| text.len() + 1);
    let shortened: String = trim_dots(stem).chars().take(room).collect();
    let stem = match trim_dots(&shortened) {
        "" => NAMELESS,
        stem => stem,
    };
    match extension {
        Some(extension) => format!("{stem}.{extension}"),
        None => stem.to_owned(),
    }
}

/// An extension is short and plain; the rest of `Quyết định số 12.QĐ-UBND` is no extension.
fn split_extension(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('.') {
        Some((stem, extension))
            if (1..=LONGEST_EXTENSION).contains(&extension.len())
                && extension.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            (stem, Some(extension))
        }
        _ => (name, None),
    }
}

fn trim_dots(text: &str) -> &str {
    text.trim_matches(['.', ' '])
}

fn collapse_spaces(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Characters that show nothing or turn the direction of the text round them (`invoice\u{202e}fdp.exe`).
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}
