//! What the bytes are, whatever they are called. Pure, and fed chunk by chunk as they stream by.
//!
//! The mark of the type must be the very first bytes: a file that begins as something else and also opens as a PDF
//! is made to deceive. Dimensions are read from the header, never by decoding: fifty bytes can ask for gigabytes.

use super::{MediaType, Refusal};
use crate::kernel::Result;

/// How much of the beginning is gathered before the type is decided.
pub const HEAD_BYTES: usize = 1024;
/// A PDF ends with `%%EOF` within this distance of its end (ISO 32000, and what readers look through).
const TAIL_BYTES: usize = 1024;
/// A sheet of A3 at 600 dpi has 70 million; a photograph from a telephone has 12 to 50.
pub const PIXEL_LIMIT: u64 = 50_000_000;

const PDF_MARK: &[u8] = b"%PDF-";
const PNG_MARK: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG_MARK: &[u8] = b"\xff\xd8\xff";

/// Watches one file go by.
pub struct Watch {
    media_type: MediaType,
    jpeg: JpegWalk,
    tail: Vec<u8>,
}

impl Watch {
    /// `head` is the beginning of the file: [`HEAD_BYTES`], or all of a shorter one. It is shown to
    /// [`Watch::see`] like every other chunk.
    pub fn begin(head: &[u8]) -> Result<Self> {
        let media_type = media_type_of(head).ok_or_else(|| not_taken(head))?;
        if media_type == MediaType::Png {
            let (width, height) = png_size(head).ok_or(Refusal::Damaged)?;
            hold_to_limit(width, height)?;
        }
        Ok(Self { media_type, jpeg: JpegWalk::default(), tail: Vec::new() })
    }

    pub fn media_type(&self) -> MediaType {
        self.media_type
    }

    pub fn see(&mut self, chunk: &[u8]) -> Result<()> {
        match self.media_type {
            MediaType::Jpeg => self.jpeg.see(chunk)?,
            MediaType::Pdf | MediaType::Png => {
                let news = chunk.iter().rev().take(TAIL_BYTES).rev();
                self.tail.extend(news);
                let excess = self.tail.len().saturating_sub(TAIL_BYTES);
                self.tail.drain(..excess);
            }
        }
        Ok(())
    }

    /// The end is as important as the beginning: half a scan is no scan.
    pub fn finish(&self) -> Result<()> {
        let is_whole = match self.media_type {
            MediaType::Pdf => contains(&self.tail, b"%%EOF"),
            MediaType::Png => contains(&self.tail, b"IEND"),
            // Telephones append films to photographs, so the end of a JPEG tells nothing.
            MediaType::Jpeg => self.jpeg.stage == Stage::Found,
        };
        if is_whole { Ok(()) } else { Err(Refusal::Damaged.into()) }
    }
}

fn media_type_of(head: &[u8]) -> Option<MediaType> {
    if head.starts_with(PDF_MARK) {
        Some(MediaType::Pdf)
    } else if head.starts_with(PNG_MARK) {
        Some(MediaType::Png)
    } else if head.starts_with(JPEG_MARK) {
        Some(MediaType::Jpeg)
    } else {
        None
    }
}

fn not_taken(head: &[u8]) -> crate::kernel::Error {
    let taken: Vec<&str> = MediaType::ALL.iter().map(|media_type| media_type.code()).collect();
    // Only to name it to its sender; nothing is decided by it. It calls a PDF what holds one further down.
    let guessed = infer::get(head).map(|kind| kind.mime_type()).filter(|name| !taken.contains(name));
    Refusal::TypeNotTaken.error().with("found", guessed.unwrap_or("unknown")).with("taken", taken)
}

fn hold_to_limit(width: u32, height: u32) -> Result<()> {
    if width == 0 || height == 0 {
        return Err(Refusal::Damaged.into());
    }
    let pixels = u64::from(width) * u64::from(height);
    if pixels > PIXEL_LIMIT {
        return Err(Refusal::TooManyPixels.error().with("pixels", pixels).with("limit_pixels", PIXEL_LIMIT));
    }
    Ok(())
}

/// The header chunk comes first, always, with a length of 13.
fn png_size(head: &[u8]) -> Option<(u32, u32)> {
    let rest = head.strip_prefix(PNG_MARK)?.strip_prefix(b"\x00\x00\x00\x0dIHDR")?;
    let (width, rest) = rest.split_first_chunk::<4>()?;
    let (height, _) = rest.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)))
}

fn contains(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark)
}

/// Walks a JPEG's segments to the frame header (SOFn, ITU-T T.81 B.2.2): thumbnails lie inside skipped segments.
#[derive(Default)]
struct JpegWalk {
    stage: Stage,
    marker: u8,
    /// Of the segment, still to be skipped; or of the frame header, gathered so far.
    remaining: u16,
    frame: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Mark,
    Code,
    LengthHigh,
    LengthLow,
    Skip,
    Frame,
    Found,
}

const FRAME_BYTES: usize = 5;

impl JpegWalk {
    fn see(&mut self, chunk: &[u8]) -> Result<()> {
        for byte in chunk {
            if self.stage == Stage::Found {
                return Ok(());
            }
            self.step(*byte)?;
        }
        Ok(())
    }

    fn step(&mut self, byte: u8) -> Result<()> {
        self.stage = match self.stage {
            Stage::Mark if byte == 0xff => Stage::Code,
            Stage::Mark => return Err(Refusal::Damaged.into()),
            Stage::Code => self.code(byte)?,
            Stage::LengthHigh => {
                self.remaining = u16::from(byte) << 8;
                Stage::LengthLow
            }
            Stage::LengthLow => {
                let length = self.remaining | u16::from(byte);
                self.remaining = length.checked_sub(2).ok_or(Refusal::Damaged)?;
                match self.marker {
                    marker if is_frame(marker) => Stage::Frame,
                    _ if self.remaining == 0 => Stage::Mark,
                    _ => Stage::Skip,
                }
            }
            Stage::Skip => {
                self.remaining -= 1;
                if self.remaining == 0 { Stage::Mark } else { Stage::Skip }
            }
            Stage::Frame => {
                self.frame.push(byte);
                if self.frame.len() < FRAME_BYTES {
                    return Ok(());
                }
                let [_precision, height_high, height_low, width_high, width_low] = *self.frame.as_slice()
                else {
                    return Err(Refusal::Damaged.into());
                };
                let height = u16::from_be_bytes([height_high, height_low]);
                let width = u16::from_be_bytes([width_high, width_low]);
                hold_to_limit(u32::from(width), u32::from(height))?;
                Stage::Found
            }
            Stage::Found => Stage::Found,
        };
        Ok(())
    }

    fn code(&mut self, byte: u8) -> Result<Stage> {
        match byte {
            // Fill bytes before a code.
            0xff => Ok(Stage::Code),
            // Start of image, restarts, TEM: no length follows.
            0xd8 | 0xd0..=0xd7 | 0x01 => Ok(Stage::Mark),
            // The end, or pixels, before any frame header.
            0xd9 | 0xda | 0x00 => Err(Refusal::Damaged.into()),
            marker => {
                self.marker = marker;
                Ok(Stage::LengthHigh)
            }
        }
    }
}

fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

#[cfg(test)]
mod tests;
