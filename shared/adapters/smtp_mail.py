"""Letters over SMTP (RFC 5321, 5322): TLS, a login, threading headers, one Message-ID per key."""

import asyncio
import hashlib
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP

from shared.errors import Conflict, Unavailable
from shared.ports.mail import Mail
from shared.settings import Settings

TLS_FROM_THE_START = 465
TIMEOUT_SECONDS = 20
_PERMANENT = 500


class SmtpMail:
    """`shared.ports.mail.Mailer`. One connection per letter, in a thread: letters are few and may wait."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def message_id(self, key: str) -> str:
        """The Message-ID of the letter with this key: a server that got it twice can tell."""
        digest = hashlib.sha256(key.encode()).hexdigest()[:32]
        return f"<{digest}@{self._settings.mail_from.partition('@')[2]}>"

    async def send(self, mail: Mail) -> None:
        """Hand a letter over. Raises Unavailable, and Conflict (`address_refused`)."""
        message = self._message(mail)
        try:
            await asyncio.to_thread(self._hand_over, message)
        except smtplib.SMTPRecipientsRefused as refused:
            code = max((code for code, _ in refused.recipients.values()), default=0)
            raise _refused(code, mail) from None
        except smtplib.SMTPResponseException as error:
            if error.smtp_code >= _PERMANENT and not isinstance(error, smtplib.SMTPAuthenticationError):
                raise _refused(error.smtp_code, mail) from None
            raise Unavailable(f"The mail server answered {error.smtp_code}.") from None
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable(f"The mail server did not take it ({type(error).__name__}).") from None

    def _message(self, mail: Mail) -> EmailMessage:
        """Build the letter; a line end in a header is refused by the library, and replaced here before."""
        message = EmailMessage(policy=SMTP)
        message["From"] = self._settings.mail_from
        message["To"] = _line(mail.to)
        message["Subject"] = _line(mail.subject)
        message["Message-ID"] = self.message_id(mail.key)
        message["Auto-Submitted"] = "auto-replied" if mail.in_reply_to else "auto-generated"
        if mail.in_reply_to:
            message["In-Reply-To"] = _line(mail.in_reply_to)
        if mail.references:
            message["References"] = _line(" ".join(mail.references))
        message.set_content(mail.text)
        return message

    def _hand_over(self, message: EmailMessage) -> None:
        settings = self._settings
        context = ssl.create_default_context()
        host, port = settings.smtp_host, settings.smtp_port
        opened: smtplib.SMTP = (
            smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
            if port == TLS_FROM_THE_START
            else smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        )
        with opened as server:
            if port != TLS_FROM_THE_START and not settings.smtp_plain:
                server.starttls(context=context)
            if settings.smtp_password is not None:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            server.send_message(message)


def _line(text: str) -> str:
    return " ".join(text.split())


def _refused(code: int, mail: Mail) -> Conflict | Unavailable:
    if code >= _PERMANENT:
        return Conflict(f"The mail server refuses to write to {mail.to} ({code}).", code="address_refused")
    return Unavailable(f"The mail server answered {code}.")
