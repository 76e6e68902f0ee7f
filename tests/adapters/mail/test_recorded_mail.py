"""The embedded mailbox: every letter once, to be read by whoever it went to."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.adapters.recorded_mail import RecordedMail
from shared.adapters.sqlite_store import SqliteStore
from shared.ports.mail import Mail
from tests.clocks import HandClock

JANE = "jane@example.com"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def mail(tmp_path: Path, clock: HandClock) -> AsyncIterator[RecordedMail]:
    store = SqliteStore(tmp_path / "store.sqlite", clock)
    yield RecordedMail(store, clock)
    await store.close()


def letter(key: str, to: str = JANE, text: str = "Hello") -> Mail:
    return Mail(key=key, to=to, subject="Your order", text=text)


async def test_a_key_is_one_letter_the_first(mail: RecordedMail, clock: HandClock) -> None:
    first = clock.now()
    await mail.send(letter("a"))
    clock.pass_(hours=1)
    await mail.send(letter("a", text="Hello again"))
    (kept,) = await mail.letters(JANE)
    assert (kept.mail.text, kept.at, kept.message_id) == ("Hello", first, mail.message_id("a"))


async def test_letters_are_read_oldest_first_by_whom_they_went_to(
    mail: RecordedMail, clock: HandClock
) -> None:
    for key in ("z", "a"):
        await mail.send(letter(key, to="Jane@Example.com"))
        clock.pass_(minutes=1)
    await mail.send(letter("b", to="other@example.com"))
    assert [each.mail.key for each in await mail.letters(JANE)] == ["z", "a"]
    assert list(await mail.letters("nobody@example.com")) == []


def test_a_message_s_id_tells_nothing_of_its_key(tmp_path: Path, clock: HandClock) -> None:
    mail = RecordedMail(SqliteStore(tmp_path / "store.sqlite", clock), clock)
    first, second = mail.message_id("sho_1001-told-1"), mail.message_id("sho_1001-told-2")
    assert first != second
    assert "sho_1001" not in first
