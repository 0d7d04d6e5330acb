//! A mail server that keeps what it is given, or behaves as badly as it is told.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    #[default]
    Kind,
    /// 451 to every recipient.
    Busy,
    /// 554 to every recipient.
    Refusing,
}

#[derive(Clone)]
pub struct MailServer {
    pub port: u16,
    caught: Arc<Mutex<Vec<String>>>,
    mood: Arc<Mutex<Mood>>,
}

impl MailServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            caught: Arc::default(),
            mood: Arc::default(),
        };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.talk(stream).await });
            }
        });
        server
    }

    pub fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// The letters as they came, header and body, transfer encoding undone as far as a reader needs it.
    pub fn letters(&self) -> Vec<String> {
        self.caught.lock().unwrap().iter().map(|raw| readable(raw)).collect()
    }

    async fn talk(&self, stream: TcpStream) -> Option<()> {
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        writer.write_all(b"220 catcher\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            let mood = *self.mood.lock().unwrap();
            let reply: &[u8] =
                match line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase().as_str() {
                    "EHLO" | "HELO" => b"250-catcher\r\n250 8BITMIME\r\n",
                    "RCPT" if mood == Mood::Busy => b"451 later\r\n",
                    "RCPT" if mood == Mood::Refusing => b"554 never\r\n",
                    "DATA" => {
                        writer.write_all(b"354 go on\r\n").await.ok()?;
                        let mut letter = String::new();
                        while let Some(line) = lines.next_line().await.ok()? {
                            if line == "." {
                                break;
                            }
                            letter.push_str(line.strip_prefix('.').unwrap_or(&line));
                            letter.push('\n');
                        }
                        self.caught.lock().unwrap().push(letter);
                        b"250 kept\r\n"
                    }
                    "QUIT" => {
                        writer.write_all(b"221 bye\r\n").await.ok()?;
                        return Some(());
                    }
                    _ => b"250 ok\r\n",
                };
            writer.write_all(reply).await.ok()?;
        }
        Some(())
    }
}

/// Quoted-printable undone: soft line breaks joined, =XX read as bytes; base64 parts too.
fn readable(raw: &str) -> String {
    let joined = unpacked(raw).replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.bytes().peekable();
    while let Some(byte) = rest.next() {
        if byte == b'=' {
            let mut ahead = rest.clone();
            let pair = (ahead.next(), ahead.next());
            if let (Some(high), Some(low)) = pair {
                let text = format!("{}{}", char::from(high), char::from(low));
                if let Ok(value) = u8::from_str_radix(&text, 16) {
                    bytes.push(value);
                    rest.next();
                    rest.next();
                    continue;
                }
            }
        }
        bytes.push(byte);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Parts in base64, which a mailer takes where most letters are not ASCII, are read too.
fn unpacked(letter: &str) -> String {
    let mut parts = letter.split("Content-Transfer-Encoding: base64");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (packed, rest) = part.split_once("\n--").unwrap_or((part, ""));
        let packed: String = packed.split_whitespace().collect();
        let bytes = data_encoding::BASE64.decode(packed.as_bytes()).unwrap_or_default();
        text.push_str(&format!("\n\n{}\n--{rest}", String::from_utf8_lossy(&bytes)));
    }
    text
}
