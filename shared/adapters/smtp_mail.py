"""Letters over SMTP (RFC 5321, 5322): TLS, a login, threading headers, one Message-ID per key."""

import asyncio
import hashlib
import re
import smtplib
import ssl
from collections.abc import Iterable
from contextlib import suppress
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy

from shared.errors import Conflict, Unavailable
from shared.ports.clock import Clock
from shared.ports.mail import Mail
from shared.settings import Settings

TLS_FROM_THE_START = 465
TIMEOUT_SECONDS = 20
_PERMANENT = 500
_ADDRESS = re.compile(r"""[^@\s<>()\[\],;:\\"]{1,64}@[^@\s<>()\[\],;:\\"]{1,253}""")
"""One address and nothing else: a list of them, or one with a name, would reach others as well."""
_THREAD = ("In-Reply-To", "References")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")


class _Policy(EmailPolicy):
    """How a letter is written: seven bits only, for no server has promised us the eighth.

    The library encodes long Message-IDs, and then no thread finds them; and it loses spaces of a subject
    between the words that it encodes.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """Write one header."""
        if name in _THREAD:
            lines = f"{self.linesep} ".join(value.split())
        elif name == "Subject" and not value.isascii():
            lines = Header(value, "utf-8", header_name=name).encode(linesep=self.linesep)
        else:
            return super().fold_binary(name, value)
        return f"{name}: {lines}{self.linesep}".encode("ascii")


_POLICY = _Policy(linesep="\r\n", cte_type="7bit")


class SmtpMail:
    """`shared.ports.mail.Mailer`. One connection per letter, in a thread: letters are few and may wait."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    def message_id(self, key: str) -> str:
        """The Message-ID of the letter with this key: a server that got it twice can tell."""
        digest = hashlib.sha256(key.encode()).hexdigest()[:32]
        return f"<{digest}@{self._settings.mail_from.partition('@')[2]}>"

    async def send(self, mail: Mail) -> None:
        """Hand a letter over. Raises Unavailable, and Conflict (`address_refused`)."""
        if not _ADDRESS.fullmatch(mail.to):
            raise Conflict("This is not one mail address.", code="address_refused")
        message = self._message(mail)
        try:
            await asyncio.to_thread(self._hand_over, message, mail.to)
        except smtplib.SMTPRecipientsRefused as refused:
            code = max((code for code, _ in refused.recipients.values()), default=0)
            raise _refused(code, mail) from None
        except smtplib.SMTPDataError as error:
            raise _refused(error.smtp_code, mail) from None
        except smtplib.SMTPResponseException as error:  # it refuses us, not the address
            raise Unavailable(f"The mail server answered {error.smtp_code}.") from None
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise Unavailable(f"The mail server did not take it ({type(error).__name__}).") from None

    def _message(self, mail: Mail) -> EmailMessage:
        """Build the letter; a line end in a header is refused by the library, and replaced here before."""
        message = EmailMessage(policy=_POLICY)
        message["Date"] = self._clock.now()
        message["From"] = self._settings.mail_from
        message["To"] = mail.to
        message["Subject"] = _line(mail.subject)
        message["Message-ID"] = self.message_id(mail.key)
        message["Auto-Submitted"] = "auto-replied" if mail.in_reply_to else "auto-generated"
        for header, ids in zip(_THREAD, ([mail.in_reply_to], mail.references), strict=True):
            known = _message_ids(ids)
            if known:
                message[header] = known
        message.set_content(mail.text)
        return message

    def _hand_over(self, message: EmailMessage, to: str) -> None:
        """Give the letter to the server. What goes wrong after it was taken does not count."""
        server = self._connected()
        try:
            server.send_message(message, to_addrs=[to])
        except smtplib.SMTPNotSupportedError:
            raise Conflict("The mail server has no way to this address.", code="address_refused") from None
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _connected(self) -> smtplib.SMTP:
        settings = self._settings
        context = ssl.create_default_context()
        host, port = settings.smtp_host, settings.smtp_port
        server: smtplib.SMTP = (
            smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
            if port == TLS_FROM_THE_START
            else smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        )
        try:
            if port != TLS_FROM_THE_START and not settings.smtp_plain:
                server.starttls(context=context)
            if settings.smtp_password is not None:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        except BaseException:
            server.close()
            raise
        return server


def _line(text: str) -> str:
    return " ".join(text.split())


def _message_ids(given: Iterable[str]) -> str:
    """Those of `given` that are Message-IDs: what a stranger's letter calls so is not always one."""
    return " ".join(id for each in given for id in each.split() if _MESSAGE_ID.fullmatch(id))


def _refused(code: int, mail: Mail) -> Conflict | Unavailable:
    if code >= _PERMANENT:
        return Conflict(f"The mail server refuses to write to {mail.to} ({code}).", code="address_refused")
    return Unavailable(f"The mail server answered {code}.")
