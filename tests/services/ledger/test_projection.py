"""Entries become postings and totals: each once, whatever dies and whoever helps."""

from pathlib import Path
from typing import Any

import pytest

from shared.domain.ledger import AccountKind, Entry, credit, debit
from shared.domain.money import Money
from shared.ports.store import Create, Upsert
from shared.services.credits import credits_of
from shared.services.records import entry_document
from tests.books import MONDAY, Books, Died, books, granted, vendor
from tests.feeds import whole_feed


async def some_business(ledger: Books) -> None:
    """Two orders, one released, one refunded in part; a grant of credits, partly spent."""
    await ledger.app.own_accounts.post_own(granted("alice", 2000))
    await ledger.app.own_accounts.reserve(credits_of("alice"), "ord_1", Money(minor=1500))
    await ledger.paid_order("ord_1", legs=2, fee=1299, credit_=1500, affiliate="texas-limo")
    await ledger.paid_order("ord_2", price=4999)
    for leg in ("ord_1-l1", "ord_1-l2"):
        await ledger.app.funds.release(leg, key=f"{leg}:release")
    await ledger.app.funds.refund("ord_2-l1", Money(minor=999), key="r1", reason="late")
    await ledger.app.order_money.send_refund("ord_2", "r1")


async def test_what_a_vendor_has_earned_stands_in_its_account_with_its_order(ledger: Books) -> None:
    await some_business(ledger)
    page = await ledger.app.statements.statement_of_account(vendor())
    assert [(line.line.key, line.line.amount().minor, line.balance.minor) for line in page.lines] == [
        ("ord_1-l2:release", 8500, 17000),
        ("ord_1-l1:release", 8500, 8500),
    ]
    assert {line.line.order_id for line in page.lines} == {"ord_1"}


async def test_spent_credits_leave_the_account_and_their_reservation(ledger: Books) -> None:
    await some_business(ledger)
    await ledger.app.projection.catch_up()
    held = await ledger.app.own_accounts.balance(credits_of("alice"))
    assert (held.balance("USD").minor, held.reserved) == (500, {})


async def test_the_trial_balance_sums_up_every_entry(ledger: Books) -> None:
    await some_business(ledger)
    trial = await ledger.app.statements.trial_balance()
    assert trial.balanced
    held = {line.kind: line.balance for line in trial.lines}
    assert held[AccountKind.VENDOR_PAYABLE] == 17000
    assert held[AccountKind.AFFILIATE_COMMISSION] == 1000
    assert held[AccountKind.HELD] == 4000
    assert held[AccountKind.CREDITS] == 500
    assert held[AccountKind.PROVIDER_BALANCE] == 2 * 10000 + 1299 - 1500 + 4999 - 999
    await ledger.adds_up()


async def test_catching_up_again_changes_and_writes_nothing(ledger: Books) -> None:
    await some_business(ledger)
    assert await ledger.app.projection.catch_up() > 0
    before = await ledger.everything()
    ledger.store.mortal(None)
    for _ in range(3):
        assert await ledger.app.projection.catch_up() == 0
    assert ledger.store.batches == 0
    assert await ledger.everything() == before


async def test_a_death_at_any_write_leaves_nothing_out_and_counts_nothing_twice(tmp_path: Path) -> None:
    undisturbed = await _projected(tmp_path / "undisturbed", fatal=None)
    runs, dead = 0, True
    while dead:
        runs += 1
        for before in (False, True):
            folder = tmp_path / f"{runs}-{before}"
            dead = await _projected(folder, fatal=runs, before=before, expect=undisturbed) is not None
    assert runs > 5


async def _projected(
    folder: Path, *, fatal: int | None, before: bool = False, expect: Any = None
) -> dict[Any, Any] | None:
    """Project, perhaps to death and then again; None: it lived."""
    ledger = books(folder)
    await some_business(ledger)
    ledger.store.mortal(fatal, before=before)
    died = False
    try:
        await ledger.app.projection.catch_up()
    except Died:
        died = True
    await ledger.app.close()
    again = books(folder)
    await again.app.projection.catch_up()
    await again.adds_up()
    found = await again.everything()
    await again.app.close()
    if expect is not None:
        assert found == expect
    return found if died or fatal is None else None


async def test_two_processes_count_every_entry_once(tmp_path: Path) -> None:
    one, other = books(tmp_path), books(tmp_path)
    await some_business(one)
    for n in range(12):
        await one.paid_order(f"ord_m{n}", vendor=f"v{n}")
        await one.app.funds.release(f"ord_m{n}-l1", key=f"ord_m{n}-l1:release")
        one.store.meddled(other.app.projection.catch_up, at=1 + n % 3)
        await one.app.projection.catch_up()
        assert one.store.meddle is None, "the other came in between"
        await one.adds_up()
        assert await one.balance(vendor(f"v{n}")) == 9000
    trial = await other.app.statements.trial_balance()
    feeds = [await whole_feed(one.store, container) for container in ("orders", "ledger")]
    assert trial.entries == sum(document.body.get("kind") == "entry" for feed in feeds for document in feed)
    await one.app.close()
    await other.app.close()


def earned(n: int, vendor_id: str) -> Entry:
    """Something earned, without an order around it."""
    amount = Money(minor=n)
    return Entry(
        key=f"e{n}",
        at=MONDAY,
        currency="USD",
        postings=(
            debit(AccountKind.COST_OF_GOODS, "", amount),
            credit(AccountKind.VENDOR_PAYABLE, vendor_id, amount),
        ),
    )


async def test_a_long_feed_is_written_in_groups(ledger: Books) -> None:
    for n in range(1, 1501):
        entry = earned(n, f"v{n % 3}")
        await ledger.store.batch("orders", f"ord_{n}", [Create(*entry_document(entry))])
    ledger.store.mortal(None)
    assert await ledger.app.projection.catch_up() == 1500
    assert ledger.store.batches < 60, "far fewer writes than entries"
    assert await ledger.balance(vendor("v0")) == sum(n for n in range(1, 1501) if n % 3 == 0)
    await ledger.adds_up()


async def test_what_is_no_entry_is_passed_by(ledger: Books) -> None:
    for n in range(450):
        await ledger.store.batch("orders", f"ord_{n}", [Upsert("x", {"kind": "event"})])
    assert await ledger.app.projection.catch_up() == 0
    trial = await ledger.app.statements.trial_balance()
    assert (trial.entries, trial.lines, trial.balanced) == (0, (), True)


async def test_an_account_that_may_not_owe_and_does_is_a_persons_business(ledger: Books) -> None:
    """Credits that nobody reserved: the entry stands, for it has happened."""
    await ledger.paid_order(credit_=1500)
    await ledger.app.projection.catch_up()
    await ledger.app.projection.catch_up()
    assert await ledger.balance(credits_of("alice")) == -1500
    (task,) = await ledger.app.escalations.queue()
    assert (task.subject, task.reason) == ("overdrawn-credits:alice-2026-05-04", "books_differ")
    await ledger.adds_up()


@pytest.mark.parametrize("page", [1, 2, 7, 200])
async def test_a_statement_is_paged_without_a_gap(ledger: Books, page: int) -> None:
    for n in range(1, 12):
        await ledger.store.batch("orders", f"ord_{n}", [Create(*entry_document(earned(n, "v")))])
    keys, before = [], None
    while True:
        found = await ledger.app.statements.statement_of_account(vendor("v"), before=before, limit=page)
        keys += [line.line.key for line in found.lines]
        before = found.before
        if before is None:
            break
    assert keys == [f"e{n}" for n in range(11, 0, -1)]
    walked = [line async for line in ledger.app.statements.lines_of_account(vendor("v"))]
    assert [line.line.key for line in walked] == keys[::-1]
    assert [line.number for line in walked] == list(range(1, 12))
