"""Letters over SMTP (RFC 5321, 5322): TLS, a login, threading headers, one Message-ID per key.

Only what the server says to one recipient or to one letter is that letter's end. Everything else, a refused
login or sender as well, is the server's or our own trouble: the letter waits.
"""

import asyncio
import contextlib
import hashlib
import re
import smtplib
import ssl
from collections.abc import Iterable, Iterator
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from shared.adapters.breakers import Breakers
from shared.errors import Conflict, Unavailable
from shared.ports.clock import Clock
from shared.ports.mail import Mail
from shared.settings import Settings

TLS_FROM_THE_START = 465
TIMEOUT_SECONDS = 20
_THREAD = ("In-Reply-To", "References")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_PERMANENT = 500
_UNAVAILABLE = 421
"""The server is about to close, and says so to any command (RFC 5321, section 3.8)."""


class _Policy(EmailPolicy):
    """How a letter is written.

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


_ASCII = _Policy(linesep="\r\n", cte_type="7bit")
"""Letters of any alphabet in bytes that every server takes, with 8BITMIME or without (RFC 6152)."""


class SmtpMail:
    """`shared.ports.mail.Mailer`. One connection per letter, in a thread: letters are few and may wait."""

    def __init__(self, settings: Settings, clock: Clock, breakers: Breakers) -> None:
        self._settings = settings
        self._clock = clock
        self._breakers = breakers

    def message_id(self, key: str) -> str:
        """The Message-ID of the letter with this key: a server that got it twice can tell."""
        digest = hashlib.sha256(key.encode()).hexdigest()[:32]
        return f"<{digest}@{self._settings.mail_from.partition('@')[2]}>"

    async def send(self, mail: Mail) -> None:
        """Hand a letter over. Raises Unavailable, and Conflict (`address_refused`)."""
        to = _mailbox(mail.to)
        message = self._message(mail, to)
        try:
            with self._breakers.calling("the mail server", is_failure=_is_failure):
                await asyncio.to_thread(self._hand_over, message, to)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as refused:
            code = _code(refused)
            if code < _PERMANENT:
                raise Unavailable(f"The mail server answered {code}.") from None
            raise _refused(f"the mail server answered {code}") from None
        except smtplib.SMTPResponseException as error:
            raise Unavailable(f"The mail server answered {error.smtp_code}.") from None
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise Unavailable(f"The mail server did not take it ({type(error).__name__}).") from None

    def _message(self, mail: Mail, to: Address) -> EmailMessage:
        """Build the letter; a line end in a header is refused by the library, and replaced here before."""
        message = EmailMessage(policy=_ASCII)
        message["From"] = self._settings.mail_from
        message["To"] = to
        message["Date"] = format_datetime(self._clock.now())
        message["Subject"] = _line(mail.subject)
        message["Message-ID"] = self.message_id(mail.key)
        message["Auto-Submitted"] = "auto-replied" if mail.in_reply_to else "auto-generated"
        for header, ids in zip(_THREAD, ([mail.in_reply_to], mail.references), strict=True):
            known = _message_ids(ids)
            if known:
                message[header] = known
        message.set_content(mail.text)
        return message

    def _hand_over(self, message: EmailMessage, to: Address) -> None:
        settings = self._settings
        with self._connected() as server:
            if settings.smtp_password is not None:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            # not `send_message`, which writes ">From" where a line of the letter begins with "From"
            server.sendmail(settings.mail_from, [to.addr_spec], message.as_bytes())

    @contextlib.contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """Open a connection. How it ends says nothing of the letter, which was taken before or was not."""
        host, port = self._settings.smtp_host, self._settings.smtp_port
        context = ssl.create_default_context()
        server: smtplib.SMTP = (
            smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
            if port == TLS_FROM_THE_START
            else smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        )
        try:
            if port != TLS_FROM_THE_START and not self._settings.smtp_plain:
                server.starttls(context=context)
            yield server
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()


def _mailbox(text: str) -> Address:
    """Read the address of one mailbox, and of nothing else. Raises Conflict.

    A domain may have letters of any alphabet (IDNA), what stands before the @ only those of ASCII.
    """
    try:
        found = Address(addr_spec=text)
        return Address(username=found.username, domain=found.domain.encode("idna").decode())
    except (MessageError, ValueError, IndexError):
        raise _refused("this is not an address that a letter can be sent to") from None


def _line(text: str) -> str:
    return " ".join(text.split())


def _message_ids(given: Iterable[str]) -> str:
    """Those of `given` that are Message-IDs: what a stranger's letter calls so is not always one."""
    return " ".join(id for each in given for id in each.split() if _MESSAGE_ID.fullmatch(id))


def _is_failure(error: Exception) -> bool:
    """Say whether the server itself does not work, whoever the letter is for."""
    match error:
        case smtplib.SMTPConnectError() | smtplib.SMTPServerDisconnected():
            return True
        case smtplib.SMTPResponseException():
            return error.smtp_code == _UNAVAILABLE
        case smtplib.SMTPException():  # which is an OSError, too
            return False
        case _:
            return isinstance(error, OSError)


def _code(refused: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> int:
    """What the server said to the one recipient, or to the letter."""
    if isinstance(refused, smtplib.SMTPDataError):
        return int(refused.smtp_code)
    return max((code for code, _ in refused.recipients.values()), default=_UNAVAILABLE)


def _refused(why: str) -> Conflict:
    return Conflict(f"No letter goes there: {why}.", code="address_refused")
