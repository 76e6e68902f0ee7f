"""A worker's pay: once per task, out of the delivery fee as far as it goes, else at the platform's cost."""

import pytest

from shared.domain.ledger import AccountKind
from shared.domain.orders import delivery_owner
from shared.errors import Conflict, NotFound
from shared.services.kinds import ORDERS
from tests.books import Books, worker

PAY = 350


async def scanned(ledger: Books, task: str = "ord_1-l1", who: str = "walt", pay: int = PAY) -> int:
    paid = await ledger.app.gig_payments.pay_scan("ord_1", task, who, pay, "USD")
    return paid.amount.minor


async def book(ledger: Books) -> dict[str, int]:
    order = (await ledger.app.records.get(ORDERS, "ord_1")).value
    return {
        "fee": order.book.balance(AccountKind.HELD, delivery_owner("ord_1")).minor,
        "cost": order.book.balance(AccountKind.COST_OF_GOODS).minor,
        "walt": order.book.balance(AccountKind.GIG_WALLET, "walt").minor,
    }


async def test_a_scan_is_paid_out_of_the_delivery_fee(ledger: Books) -> None:
    await ledger.paid_order(fee=1299)
    assert await scanned(ledger) == PAY
    assert await book(ledger) == {"fee": 949, "cost": 0, "walt": 350}


async def test_what_the_fee_does_not_cover_is_the_platforms_cost(ledger: Books) -> None:
    await ledger.paid_order(fee=100, legs=2)
    await scanned(ledger)
    await scanned(ledger, "ord_1-l2")
    assert await book(ledger) == {"fee": 0, "cost": 600, "walt": 700}
    statement = await ledger.app.statements.statement_of_order("ord_1")
    assert statement.balanced
    assert statement.complete


async def test_an_order_without_a_delivery_fee_pays_its_workers_too(ledger: Books) -> None:
    await ledger.paid_order()
    await scanned(ledger)
    assert await book(ledger) == {"fee": 0, "cost": 350, "walt": 350}


async def test_a_task_is_paid_once_whatever_a_scan_pays_by_then(ledger: Books) -> None:
    await ledger.paid_order(fee=1299)
    await scanned(ledger)
    assert await scanned(ledger, pay=999) == PAY
    assert (await book(ledger))["walt"] == PAY
    assert len(ledger.bus.of("gig.paid")) == 1


async def test_a_task_that_someone_else_was_paid_for_is_refused(ledger: Books) -> None:
    await ledger.paid_order(fee=1299)
    await scanned(ledger)
    with pytest.raises(Conflict) as refused:
        await scanned(ledger, who="wanda")
    assert refused.value.code == "already_paid"


async def test_two_scans_at_once_pay_once(ledger: Books) -> None:
    await ledger.paid_order(fee=1299)

    async def other() -> None:
        await scanned(ledger)

    ledger.store.meddled(other)
    assert await scanned(ledger) == PAY
    assert (await book(ledger))["walt"] == PAY


async def test_nothing_is_paid_for_an_order_that_is_not_on_its_way(ledger: Books) -> None:
    with pytest.raises(NotFound):
        await scanned(ledger)
    await ledger.paid_order(currency="JPY")
    with pytest.raises(Conflict) as refused:
        await scanned(ledger)
    assert refused.value.code == "currency"


async def test_a_worker_is_paid_out_at_once(ledger: Books) -> None:
    await ledger.onboarded(worker())
    await ledger.paid_order(fee=1299)
    await scanned(ledger)
    for _ in range(2):
        await ledger.app.payouts.hear_gig(ledger.bus.of("gig.paid")[0])
    await ledger.sends_what_is_due()
    assert [t.amount.minor for t in await ledger.provider.transfers()] == [PAY]
    assert await ledger.balance(worker()) == 0
    await ledger.adds_up()
