use super::*;
use crate::kernel::Error;

fn look(bytes: &[u8], chunk_bytes: usize) -> Result<MediaType, Error> {
    let head: Vec<u8> = bytes.iter().copied().take(HEAD_BYTES).collect();
    let mut watch = Watch::begin(&head)?;
    for chunk in bytes.chunks(chunk_bytes) {
        watch.see(chunk)?;
    }
    watch.finish()?;
    Ok(watch.media_type())
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = PNG_MARK.to_vec();
    bytes.extend(b"\x00\x00\x00\x0dIHDR");
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x02\x00\x00\x00crc0\x00\x00\x00\x00IEND\xae\x42\x60\x82");
    bytes
}

/// With a large segment before the frame header, as cameras write.
fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe1\x13\x88".to_vec();
    // A thumbnail with its own frame header lies inside and does not count.
    bytes.extend(b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff");
    bytes.resize(2 + 2 + 5000, 0xaa);
    bytes.extend(b"\xff\xff\xc2\x00\x11\x08");
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend(b"\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01\xff\xda\x00\x0cpixels\xff\xd9");
    bytes
}

fn pdf(middle: &[u8]) -> Vec<u8> {
    [b"%PDF-1.7\n".as_slice(), middle, b"\nstartxref\n0\n%%EOF\n"].concat()
}

#[test]
fn good_files_are_known_in_any_cutting() {
    for chunk_bytes in [1, 2, 3, 7, 1000, 100_000] {
        assert_eq!(look(&png(100, 100), chunk_bytes).unwrap(), MediaType::Png);
        assert_eq!(look(&jpeg(4000, 3000), chunk_bytes).unwrap(), MediaType::Jpeg);
        assert_eq!(look(&pdf(&[b'x'; 5000]), chunk_bytes).unwrap(), MediaType::Pdf);
    }
}

#[test]
fn the_mark_stands_at_the_very_beginning() {
    for prefix in ["<html><script>1</script>", " ", "\u{feff}", "MZ\u{0}\u{0}", "#!/bin/sh\n", "PK\u{3}\u{4}"]
    {
        let polyglot = [prefix.as_bytes(), &pdf(b"x")].concat();
        let refused = look(&polyglot, 100).unwrap_err();
        assert!(refused.is(Refusal::TypeNotTaken), "{prefix:?}");
        assert_ne!(refused.members().get("found").and_then(|found| found.as_str()), Some("application/pdf"));
    }
    for other in [
        b"GIF89a\x01\x00\x01\x00".as_slice(),
        b"PK\x03\x04[Content_Types].xml",
        b"%PD",
        b"\xff\xd8",
        b"\x89PNG",
        b"x",
    ] {
        assert!(look(other, 100).unwrap_err().is(Refusal::TypeNotTaken), "{other:?}");
    }
}

#[test]
fn what_is_not_whole_is_damaged() {
    assert!(look(b"%PDF-1.7", 100).unwrap_err().is(Refusal::Damaged));
    let ended_long_ago = [pdf(b"x"), vec![b' '; 2000]].concat();
    assert!(look(&ended_long_ago, 100).unwrap_err().is(Refusal::Damaged));
    let whole = png(10, 10);
    assert!(look(whole.get(..20).unwrap(), 100).unwrap_err().is(Refusal::Damaged));
    assert!(look(whole.get(..33).unwrap(), 100).unwrap_err().is(Refusal::Damaged));
    for cut in [3, 4, 6, 100, 5004, 5008, 5010] {
        assert!(look(jpeg(10, 10).get(..cut).unwrap(), 100).unwrap_err().is(Refusal::Damaged), "{cut}");
    }
    for odd in [
        b"\xff\xd8\xff\xd9".as_slice(),
        b"\xff\xd8\xff\xda\x00\x0c",
        b"\xff\xd8\xff\xe0\x00\x01",
        b"\xff\xd8\xffzz",
    ] {
        assert!(look(odd, 100).unwrap_err().is(Refusal::Damaged), "{odd:?}");
    }
}

#[test]
fn pixel_floods_are_refused_unopened() {
    assert!(look(&png(10_000, 5_000), 100).is_ok());
    assert!(look(&png(10_001, 5_000), 100).unwrap_err().is(Refusal::TooManyPixels));
    assert!(look(&png(u32::MAX, u32::MAX), 100).unwrap_err().is(Refusal::TooManyPixels));
    assert!(look(&png(0, 10), 100).unwrap_err().is(Refusal::Damaged));
    assert!(look(&jpeg(65_535, 65_535), 100).unwrap_err().is(Refusal::TooManyPixels));
    assert!(look(&jpeg(0, 10), 100).unwrap_err().is(Refusal::Damaged));
}
