"""Letters over SMTP against a server that keeps them: TLS or nothing, one recipient, threads that hold."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from shared.adapters import smtp_mail
from shared.adapters.smtp_mail import SmtpMail
from shared.errors import Conflict, Unavailable, UsoError
from shared.ports.mail import Mail
from shared.settings import Settings
from tests.breakers import breakers
from tests.clocks import HandClock
from tests.peers.smtp.certificates import new_certificate
from tests.peers.smtp.peer import HANG_UP, PASSWORD, USER, SmtpPeer, running_peer

LONG_ID = "<0100018f2a3b4c5d-6e7f8a9b-0c1d-2e3f-4a5b-6c7d8e9f0a1b-000000@email.amazonses.com>"


@pytest.fixture
async def server() -> AsyncIterator[SmtpPeer]:
    async with running_peer() as peer:
        yield peer


def mailer(peer: SmtpPeer, clock: HandClock | None = None, **more: Any) -> SmtpMail:
    given = {"smtp_host": "127.0.0.1", "smtp_port": peer.port, "mail_from": "help@shop.example", **more}
    return SmtpMail(Settings(**given), clock or HandClock(), breakers(clock))


def plain(peer: SmtpPeer, clock: HandClock | None = None, **more: Any) -> SmtpMail:
    return mailer(peer, clock, smtp_plain=True, **more)


def letter(**changes: Any) -> Mail:
    given = {"key": "k1", "to": "jane@example.com", "subject": "Your order #1001", "text": "It left today."}
    return Mail(**{**given, **changes})


async def test_a_letter_arrives_with_its_envelope_headers_and_text(server: SmtpPeer) -> None:
    text = "It left today.\n.\n..\nFrom here it goes on.\n"
    await plain(server).send(letter(text=text))

    (taken,) = server.letters
    assert (taken.sender, taken.recipients) == ("help@shop.example", ("jane@example.com",))
    message = taken.message
    assert (message["From"], message["To"]) == ("help@shop.example", "jane@example.com")
    assert message["Subject"] == "Your order #1001"
    assert message["Date"] == "Mon, 04 May 2026 14:00:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"
    assert (message["In-Reply-To"], message["References"]) == (None, None)
    assert taken.text == text
    assert server.said[-1].upper() == "QUIT"


async def test_a_key_has_one_message_id_however_often_it_is_sent(server: SmtpPeer) -> None:
    shop = plain(server)
    for key in ("k1", "k1", "k2"):
        await shop.send(letter(key=key))

    ids = [each.message["Message-ID"] for each in server.letters]
    assert ids[0] == ids[1] == shop.message_id("k1") != ids[2]
    assert ids[0] == f"<{hashlib.sha256(b'k1').hexdigest()[:32]}@shop.example>"


async def test_text_and_subject_beyond_ascii_arrive_as_they_were_written(server: SmtpPeer) -> None:
    subject, text = "Ihre Bestellung „Größe 42“ 📦 " * 5, "Grüße\n.\n..\n" + "ü" * 2000 + "\n"
    await plain(server).send(letter(subject=subject, text=text))

    (taken,) = server.letters
    assert taken.raw.isascii()
    assert max(map(len, taken.raw.split(b"\r\n"))) <= 998
    assert taken.message["Subject"] == subject.strip()
    assert taken.text == text


async def test_an_answer_hangs_on_the_conversation_it_answers(server: SmtpPeer) -> None:
    thread = ("<first@example.com>", LONG_ID)
    await plain(server).send(letter(in_reply_to=LONG_ID, references=thread))

    (taken,) = server.letters
    assert f"In-Reply-To: {LONG_ID}\r\n".encode() in taken.raw
    assert f"References: <first@example.com>\r\n {LONG_ID}\r\n".encode() in taken.raw
    assert taken.message["Auto-Submitted"] == "auto-replied"


async def test_what_is_no_message_id_is_not_passed_on(server: SmtpPeer) -> None:
    odd = ("<a@b>\r\nBcc: <eve@evil.example>", "no id", "<ü@example.com>", "<" + "x" * 2000 + "@y>")
    await plain(server).send(letter(in_reply_to="nonsense", references=odd))

    message = server.letters[0].message
    assert message["In-Reply-To"] is None
    assert message["References"] == "<a@b> <eve@evil.example>"
    assert message["Bcc"] is None


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028"])
async def test_a_line_end_in_a_subject_begins_no_header(server: SmtpPeer, end: str) -> None:
    await plain(server).send(letter(subject=f"Hello{end}Bcc: eve@evil.example{end}{end}Buy"))

    (taken,) = server.letters
    assert taken.recipients == ("jane@example.com",)
    assert taken.message["Subject"] == "Hello Bcc: eve@evil.example Buy"
    assert taken.message["Bcc"] is None


@pytest.mark.parametrize(
    "to",
    [
        "jane@example.com\r\nBcc: eve@evil.example",
        "jane@example.com>\r\nRCPT TO:<eve@evil.example",
        "jane@example.com, eve@evil.example",
        "jane@example.com;eve@evil.example",
        "jane@example.com eve@evil.example",
        "Jane <jane@example.com>",
        "friends: jane@example.com, eve@evil.example;",
        "jane@",
        "@example.com",
        "jane",
        "jane@eve@evil.example",
        '"jane\\"@example.com',
        "jane\x00@example.com",
        "jäne@example.com",
        "   ",
    ],
)
async def test_what_is_not_one_address_is_refused_before_anyone_hears_of_it(
    server: SmtpPeer, to: str
) -> None:
    with pytest.raises(Conflict) as refused:
        await plain(server).send(letter(to=to))
    assert refused.value.code == "address_refused"
    assert server.said == []


async def test_a_domain_may_be_written_in_any_alphabet(server: SmtpPeer) -> None:
    await plain(server).send(letter(to="jane@müller.example"))
    assert server.letters[0].recipients == ("jane@xn--mller-kva.example",)


EVIL = st.text(alphabet=st.sampled_from("a:<>@, \r\n\t\u2028\x85"), max_size=40)


@given(subject=EVIL, reply=EVIL, reference=EVIL)
@settings(max_examples=60, deadline=None)
def test_no_text_becomes_a_header(subject: str, reply: str, reference: str) -> None:
    """What is built, without a server: every line of the head is a header of ours or goes one on."""
    mail = letter(
        subject=f"x\r\nBcc: a@b.c{subject}", in_reply_to=f"<r>\nX-Evil: 1{reply}", references=(reference,)
    )
    head = _built(mail).partition(b"\r\n\r\n")[0].split(b"\r\n")
    names = {line.partition(b":")[0].decode() for line in head if line[:1] not in (b" ", b"\t")}
    assert names <= {
        *("From", "To", "Date", "Subject", "Message-ID", "Auto-Submitted", "In-Reply-To", "References"),
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
    }


def _built(mail: Mail) -> bytes:
    adapter = SmtpMail(Settings(mail_from="help@shop.example"), HandClock(), breakers())
    return bytes(adapter._message(mail, smtp_mail._mailbox(mail.to)))


# --- TLS and login ----------------------------------------------------------------------------------


async def test_with_tls_the_letter_and_the_login_are_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, context = new_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    async with running_peer(tls=context) as peer:
        peer.users = {USER: PASSWORD}
        await mailer(peer, smtp_user=USER, smtp_password=SecretStr(PASSWORD)).send(letter())

    (taken,) = peer.letters
    assert (taken.over_tls, taken.user) == (True, USER)
    assert peer.said.index("STARTTLS") < peer.said.index("AUTH")


async def test_on_its_own_port_tls_is_there_from_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, context = new_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    async with running_peer(tls=context, from_the_start=True) as peer:
        monkeypatch.setattr(smtp_mail, "TLS_FROM_THE_START", peer.port)
        await mailer(peer).send(letter())
    assert peer.letters[0].over_tls
    assert "STARTTLS" not in peer.said


@pytest.mark.parametrize("answer", [None, "454 4.7.0 Not now", "501 5.5.4 No"])
async def test_without_tls_nothing_is_said_in_the_open(server: SmtpPeer, answer: str | None) -> None:
    server.users = {USER: PASSWORD}
    server.answers = {"STARTTLS": answer} if answer else {}
    with pytest.raises(Unavailable):
        await mailer(server, smtp_user=USER, smtp_password=SecretStr(PASSWORD)).send(letter())

    assert server.letters == []
    assert {each.split()[0].upper() for each in server.said} <= {"EHLO", "STARTTLS", "QUIT"}


@pytest.mark.parametrize("address", [None, "127.0.0.9"])
async def test_a_server_that_is_not_who_it_should_be_hears_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    """Its certificate is signed by nobody who is trusted, or is for another address."""
    trusted, context = new_certificate(tmp_path, address=address or "127.0.0.1")
    if address:
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    async with running_peer(tls=context) as peer:
        with pytest.raises(Unavailable):
            await mailer(peer).send(letter())
    assert peer.letters == []
    assert not any(each.startswith("mail") for each in peer.said)


@pytest.mark.parametrize("password", ["wrong", "pässword"])
async def test_a_password_that_does_not_count_is_not_repeated(server: SmtpPeer, password: str) -> None:
    server.users = {USER: PASSWORD}
    with pytest.raises(Unavailable) as refused:
        await plain(server, smtp_user=USER, smtp_password=SecretStr(password)).send(letter())

    assert password not in f"{refused.value!r} {refused.value.__cause__!r}"
    assert refused.value.__suppress_context__
    assert server.letters == []


# --- refusals and faults ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        ("RCPT", "550 5.1.1 No such user"),
        ("RCPT", "552 5.2.2 Mailbox full"),
        ("RCPT", "553 5.1.3 Not allowed"),
        ("data", "550 5.7.1 Not from you"),
        ("data", "552 5.3.4 Too big"),
        ("data", "554 5.6.0 Looks like spam"),
    ],
)
async def test_a_letter_is_given_up_when_its_mailbox_or_itself_is_refused(
    server: SmtpPeer, at: str, answer: str
) -> None:
    server.answers = {at: answer}
    with pytest.raises(Conflict) as refused:
        await plain(server).send(letter())
    assert refused.value.code == "address_refused"
    assert server.letters == []


@pytest.mark.parametrize(
    "answers",
    [
        {"connect": "554 5.7.1 Not you"},
        {"connect": "451 4.3.0 Try again later"},
        {"connect": "421 4.3.2 Too busy"},
        {"connect": HANG_UP},
        {"EHLO": "500 What", "HELO": "500 What"},
        {"AUTH": "535 5.7.8 Wrong password"},
        {"MAIL": "550 5.7.1 This sender may not"},
        {"MAIL": "451 4.3.0 Try again later"},
        {"RCPT": "450 4.2.0 Greylisted"},
        {"RCPT": "421 4.3.2 Shutting down"},
        {"RCPT": HANG_UP},
        {"DATA": "451 4.3.0 Try again later"},
        {"data": "452 4.3.1 Disk full"},
    ],
)
async def test_a_letter_waits_for_everything_else(server: SmtpPeer, answers: dict[str, str]) -> None:
    """Also for a refused login or sender, which say nothing about the customer's address."""
    server.users = {USER: PASSWORD}
    server.answers = answers
    shop = plain(server, smtp_user=USER, smtp_password=SecretStr(PASSWORD))
    with pytest.raises(Unavailable) as failed:
        await shop.send(letter())
    assert PASSWORD not in f"{failed.value!r} {failed.value.__cause__!r}"
    assert server.letters == []

    server.answers = {}
    await shop.send(letter())
    assert len(server.letters) == 1


async def test_a_refused_address_stays_refused_whatever_the_goodbye(server: SmtpPeer) -> None:
    server.answers = {"RCPT": "550 5.1.1 No such user", "QUIT": "421 4.3.0 Shutting down"}
    with pytest.raises(Conflict):
        await plain(server).send(letter())


async def test_a_connection_lost_before_the_letter_s_end_delivers_nothing(server: SmtpPeer) -> None:
    server.breaks_within = True
    with pytest.raises(Unavailable):
        await plain(server).send(letter())
    assert server.letters == []


async def test_a_letter_in_doubt_is_sent_again_under_the_same_message_id(server: SmtpPeer) -> None:
    server.answers = {"data": HANG_UP}
    with pytest.raises(Unavailable):
        await plain(server).send(letter())
    server.answers = {}
    await plain(server).send(letter())

    first, again = server.letters
    assert first.raw == again.raw


@pytest.mark.parametrize("answer", [HANG_UP, "421 4.3.0 Shutting down", "500 What"])
async def test_what_goes_wrong_after_a_letter_was_taken_does_not_count(server: SmtpPeer, answer: str) -> None:
    server.answers = {"QUIT": answer}
    await plain(server).send(letter())
    assert len(server.letters) == 1


async def test_where_nobody_listens_there_is_no_mail_server(server: SmtpPeer) -> None:
    async with running_peer() as gone:
        port = gone.port
    with pytest.raises(Unavailable):
        await plain(server, smtp_port=port).send(letter())


@pytest.mark.parametrize(
    ("verb", "says"),
    [("connect", "421 closing"), ("EHLO", HANG_UP), ("MAIL", "421 closing"), ("RCPT", HANG_UP)],
)
async def test_a_server_that_fails_is_left_in_peace_and_tried_again(
    server: SmtpPeer, verb: str, says: str
) -> None:
    clock = HandClock()
    mail = plain(server, clock)
    server.answers[verb] = says
    for _ in range(5):
        with pytest.raises(Unavailable, match=r"mail server (did|answered)"):
            await mail.send(letter())
    server.answers.clear()
    server.said.clear()
    with pytest.raises(Unavailable, match="the mail server failed again and again"):
        await mail.send(letter())
    assert (server.said, server.letters) == ([], [])
    clock.pass_(seconds=10)
    await mail.send(letter())
    assert len(server.letters) == 1


@pytest.mark.parametrize(
    "answers", [{"RCPT": "550 no such user"}, {"data": "450 later"}, {"MAIL": "530 who?"}]
)
async def test_what_a_server_says_about_letters_is_never_held_against_it(
    server: SmtpPeer, answers: dict[str, str]
) -> None:
    mail = plain(server)
    server.answers = answers
    for _ in range(8):
        with pytest.raises(UsoError):
            await mail.send(letter())
    server.answers = {}
    await mail.send(letter())
    assert len(server.letters) == 1
