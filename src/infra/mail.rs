//! Sending one letter by SMTP. A letter is text and HTML, has a Message-ID that stays the same however often it
//! is tried, and cannot carry a header that was not meant: addresses and subjects are encoded by the library.

use std::time::Duration;

use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use uuid::Uuid;

use super::config::{Mail, MailSecurity};

pub struct Letter {
    /// Names the letter for ever: a doubled send can be recognised.
    pub id: Uuid,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

#[derive(Debug, thiserror::Error)]
pub enum MailFault {
    #[error("no mail server is set (mail.host)")]
    NoServer,
    #[error("setting {0} cannot be used for mail: {1}")]
    Setting(&'static str, String),
    #[error("the letter cannot be written: {0}")]
    Unwritable(String),
    /// The server or the way to it failed: worth trying again.
    #[error("the mail server did not take the letter: {0}")]
    Later(String),
    /// The server refused for good (5xx): trying again would change nothing.
    #[error("the mail server refused the letter for good: {0}")]
    Never(String),
}

#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    domain: String,
    /// None where no server is set.
    transport: Option<AsyncSmtpTransport<Tokio1Executor>>,
}

impl Mailer {
    pub fn new(settings: &Mail) -> Result<Self, MailFault> {
        let from: Mailbox =
            settings.from.parse().map_err(|error| MailFault::Setting("mail.from", format!("{error}")))?;
        let domain = from.email.domain().to_owned();
        if settings.host.is_empty() {
            return Ok(Self { from, domain, transport: None });
        }
        let parameters = || {
            TlsParameters::new(settings.host.clone())
                .map_err(|error| MailFault::Setting("mail.host", error.to_string()))
        };
        let tls = match settings.security {
            MailSecurity::None => Tls::None,
            MailSecurity::Starttls => Tls::Required(parameters()?),
            MailSecurity::Tls => Tls::Wrapper(parameters()?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(Duration::from_secs(settings.timeout_seconds)));
        if !settings.username.is_empty() {
            let password = settings
                .password()
                .map_err(|error| MailFault::Setting("mail.password_file", error.to_string()))?;
            builder = builder.credentials(Credentials::new(settings.username.clone(), password));
        }
        Ok(Self { from, domain, transport: Some(builder.build()) })
    }

    pub async fn send(&self, letter: &Letter) -> Result<(), MailFault> {
        let transport = self.transport.as_ref().ok_or(MailFault::NoServer)?;
        let to: Mailbox =
            letter.to.parse().map_err(|_| MailFault::Never("the address cannot be read".to_owned()))?;
        let message = Message::builder()
            .message_id(Some(format!("<{}@{}>", letter.id, self.domain)))
            .from(self.from.clone())
            .to(to)
            .subject(&letter.subject)
            .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
            .map_err(|error| MailFault::Unwritable(error.to_string()))?;
        match transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(MailFault::Never(error.to_string())),
            Err(error) => Err(MailFault::Later(error.to_string())),
        }
    }
}
