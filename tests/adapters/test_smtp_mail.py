"""Letters over SMTP: to one mailbox, once as far as a server can tell, given up for good reason only."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from shared.adapters import smtp_mail
from shared.adapters.smtp_mail import SmtpMail
from shared.errors import Conflict, Unavailable
from shared.ports.mail import Mail
from shared.settings import Settings
from tests.clocks import HandClock
from tests.peers.smtp.sink import PASSWORD, USER, Sink, running_sink

JANE, SHOP = "jane@example.com", "help@shop.example"


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with running_sink() as sink:
        yield sink


def mailer(sink: Sink, **more: Any) -> SmtpMail:
    given = {
        "smtp_host": "127.0.0.1",
        "smtp_port": sink.port,
        "smtp_plain": True,
        "mail_from": SHOP,
        "smtp_user": USER,
        "smtp_password": SecretStr(PASSWORD),
    }
    return SmtpMail(Settings(**{**given, **more}), HandClock())


def letter(**more: Any) -> Mail:
    given = {"key": "sho_1001-told-1", "to": JANE, "subject": "On its way", "text": "Hello Jane,\n\n.\nBye\n"}
    return Mail(**{**given, **more})


async def test_a_letter_arrives_as_it_was_written(sink: Sink) -> None:
    text = "Hello Jané,\n\n.\n..\nFrom here it goes on.\n"
    await mailer(sink).send(letter(subject="Unterwegs: Größe M", text=text))

    ((sender, recipients, arrived),) = sink.letters
    assert (sender, recipients) == (SHOP, [JANE])
    assert (arrived["From"], arrived["To"], arrived["Subject"]) == (SHOP, JANE, "Unterwegs: Größe M")
    assert arrived.get_content().replace("\r\n", "\n") == text
    assert parsedate_to_datetime(arrived["Date"]) == datetime(2026, 5, 4, 14, tzinfo=UTC)
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived.as_bytes().isascii()


async def test_the_same_key_is_the_same_message_and_an_answer_names_what_it_answers(sink: Sink) -> None:
    mail = mailer(sink)
    thread = ("<first@example.com>", "<second@example.com>")
    for _ in range(2):
        await mail.send(letter(in_reply_to=thread[1], references=thread))
    await mail.send(letter(key="sho_1001-told-2"))

    first, again, other = (arrived for _, _, arrived in sink.letters)
    assert first["Message-ID"] == again["Message-ID"] == mail.message_id("sho_1001-told-1")
    assert other["Message-ID"] != first["Message-ID"]
    assert (first["In-Reply-To"], first["References"]) == (thread[1], " ".join(thread))
    assert (first["Auto-Submitted"], other["In-Reply-To"]) == ("auto-replied", None)


@pytest.mark.parametrize(
    "to",
    [
        "jane@example.com, mallory@example.com",
        "jane@example.com mallory@example.com",
        "jane@example.com;mallory@example.com",
        "jane@example.com\r\nBcc: mallory@example.com",
        "jane@example.com>\r\nRCPT TO:<mallory@example.com",
        "Jane <jane@example.com>",
        "friends: jane@example.com, mallory@example.com;",
        "jané@example.com",
        "jane@",
        "@example.com",
        "jane\x00@example.com",
        "   ",
    ],
)
async def test_what_is_not_one_mailbox_gets_no_letter(sink: Sink, to: str) -> None:
    with pytest.raises(Conflict) as refused:
        await mailer(sink).send(letter(to=to))
    assert refused.value.code == "address_refused"
    assert (sink.letters, sink.heard) == ([], [])


async def test_a_domain_may_be_written_in_any_alphabet(sink: Sink) -> None:
    await mailer(sink).send(letter(to="jane@müller.example"))
    ((_, recipients, _),) = sink.letters
    assert recipients == ["jane@xn--mller-kva.example"]


EVIL = st.text(alphabet=st.sampled_from("a:<>@, \r\n\t\u2028\x85"), max_size=40)


@given(subject=EVIL, reply=EVIL, reference=EVIL)
@settings(max_examples=60, deadline=None)
def test_no_text_becomes_a_header(subject: str, reply: str, reference: str) -> None:
    """What is built, without a server: every line of the head is a header of ours or goes one on."""
    mail = letter(
        subject=f"x\r\nBcc: a@b.c{subject}", in_reply_to=f"<r>\nX-Evil: 1{reply}", references=(reference,)
    )
    adapter = SmtpMail(Settings(mail_from=SHOP), HandClock())
    head = _built(adapter, mail).partition(b"\r\n\r\n")[0].split(b"\r\n")
    names = {line.partition(b":")[0].decode() for line in head if line[:1] not in (b" ", b"\t")}
    assert names <= {
        *("From", "To", "Date", "Subject", "Message-ID", "Auto-Submitted", "In-Reply-To", "References"),
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
    }


def _built(adapter: SmtpMail, mail: Mail) -> bytes:
    return bytes(adapter._message(mail, smtp_mail._mailbox(mail.to)))


# --- failures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "says",
    [{"RCPT": "550 no such user"}, {"RCPT": "553 not allowed"}, {"LETTER": "554 looks like spam"}],
)
async def test_a_letter_is_given_up_when_its_mailbox_or_itself_is_refused(
    sink: Sink, says: dict[str, str]
) -> None:
    sink.says = says
    with pytest.raises(Conflict) as refused:
        await mailer(sink).send(letter())
    assert refused.value.code == "address_refused"
    assert sink.letters == []


@pytest.mark.parametrize(
    "says",
    [
        {"CONNECT": "554 not today"},
        {"CONNECT": "421 too busy"},
        {"CONNECT": "hang up"},
        {"EHLO": "500 what", "HELO": "500 what"},
        {"AUTH": "535 wrong password"},
        {"MAIL": "550 this sender may not"},
        {"MAIL": "451 later"},
        {"RCPT": "450 greylisted"},
        {"RCPT": "hang up"},
        {"DATA": "451 later"},
        {"LETTER": "452 disk full"},
    ],
)
async def test_a_letter_waits_for_everything_else(sink: Sink, says: dict[str, str]) -> None:
    """Also for a refused login or sender, which say nothing about the customer's address."""
    sink.says = says
    with pytest.raises(Unavailable) as failed:
        await mailer(sink).send(letter())
    assert PASSWORD not in failed.value.detail
    assert sink.letters == []
    sink.says = {}
    await mailer(sink).send(letter())
    assert len(sink.letters) == 1


async def test_a_letter_whose_answer_was_lost_comes_again_under_the_same_id(sink: Sink) -> None:
    sink.says = {"LETTER": "hang up"}
    with pytest.raises(Unavailable):
        await mailer(sink).send(letter())
    sink.says = {}
    await mailer(sink).send(letter())
    first, second = (arrived["Message-ID"] for _, _, arrived in sink.letters)
    assert first == second


@pytest.mark.parametrize("ending", ["hang up", "421 closing", "500 what"])
async def test_how_the_conversation_ends_says_nothing_about_the_letter(sink: Sink, ending: str) -> None:
    sink.says = {"QUIT": ending}
    await mailer(sink).send(letter())
    assert len(sink.letters) == 1


async def test_without_tls_neither_the_password_nor_the_letter_is_told(sink: Sink) -> None:
    """A server, or someone on the way, that offers no TLS is not talked to in the open."""
    with pytest.raises(Unavailable):
        await mailer(sink, smtp_plain=False).send(letter())
    assert sink.letters == []
    assert not any(each.startswith(("AUTH", "MAIL")) for each in sink.heard)


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    async with running_sink() as sink:
        pass
    with pytest.raises(Unavailable):
        await mailer(sink).send(letter())
