"""Whatever customers write, in whatever order and however often each step runs: no line is refunded twice,
no day's limit is exceeded, and nobody is answered twice (flow ops-4).
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.bootstrap import App
from shared.domain.money import Money
from shared.domain.operations.gate import ActKind
from shared.domain.operations.purchases import Purchase, PurchaseLine, Tracking
from shared.domain.operations.shop import ShippingAddress
from shared.domain.operations.shop_orders import ShopOrder, shop_order_key
from shared.domain.operations.tickets import Sender, Ticket, customer_key
from shared.domain.status import PurchaseStatus, ShopOrderStatus, TicketStatus
from shared.errors import Conflict
from shared.ports.rehearsals import NewOrder, Wanted
from shared.services.kinds import SHOP_ORDERS
from shared.services.operations.tickets import Letter
from shared.services.records import Stored
from tests.books import Books, books

PEOPLE = ("john@doe.example", "may@june.example")
HOME = ShippingAddress(
    name="John Doe", line1="500 Congress Ave", city="Austin", region="TX", postal_code="78701", country="US"
)
SAID = (
    "Order {n} arrived damaged, I want a refund.",
    "The phone stand of order {n} is broken. Refund!",
    "The pet brush of order {n} came damaged, money back please",
    "Where is my order {n}?",
    "Please cancel my order {n}",
    "Order {n} is late, refund me",
    "Thanks!",
)
PER_CUSTOMER, PER_DAY = 4000, 6000


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Books]:
    made = books(tmp_path, auto_refunds_per_customer=PER_CUSTOMER, auto_refunds_per_day=PER_DAY)
    yield made
    await made.app.close()


async def sold(world: Books, email: str, *skus: str) -> str:
    """An order that has arrived."""
    lines = tuple(Wanted(sku=sku) for sku in skus)
    order, _ = await world.app.shop_rehearsal.sell(
        NewOrder(email=email, name="John Doe", address=HOME, lines=lines)
    )
    now = world.clock.now()
    made = ShopOrder(id=shop_order_key(order.shop_order_id), created_at=now, updated_at=now, sold=order)
    purchase = Purchase(
        id=made.next_purchase_id(),
        supplier_id="cj",
        lines=tuple(PurchaseLine(line_id=each.id, supplier_sku=each.sku, quantity=1) for each in order.lines),
        cost=Money(minor=500),
        status=PurchaseStatus.DELIVERED,
        planned_at=now,
        tracking=Tracking(number="LX1"),
        delivered_at=now,
    )
    made = made.with_purchase(purchase).model_copy(update={"status": ShopOrderStatus.DELIVERED})
    await world.app.records.commit(Stored(SHOP_ORDERS, made))
    return made.id


async def handled(app: App, ticket: Ticket, message: int, *, times: int) -> None:
    """Run the steps of a message's plan, each several times and at once."""
    support = app.operations.support

    async def once() -> None:
        if (await support.triage.triage(ticket.id, message)).code != "triaged":
            return
        decided = await support.resolution.resolve(ticket.id, message)
        if decided.code == "reply":
            await support.resolution.reply(ticket.id, message)
        elif decided.code == "escalate":
            await support.resolution.escalate(ticket.id, message)
            await support.resolution.tell_of_person(ticket.id, message)

    await asyncio.gather(*(once() for _ in range(times)))


@pytest.mark.parametrize("seed", range(4))
async def test_no_sequence_of_messages_refunds_a_line_twice_or_exceeds_a_limit(
    world: Books, seed: int
) -> None:
    chance = random.Random(seed)
    orders = [
        await sold(world, email, "PHONE-STAND", "PET-BRUSH", "HAIR-DRYER")
        for email in PEOPLE
        for _ in range(2)
    ]
    numbers = [id.removeprefix("sho_") for id in orders]
    waiting: list[tuple[Ticket, int]] = []
    for n in range(14):
        letter = Letter(
            message_id=f"<{n}@doe.example>",
            email=chance.choice(PEOPLE),
            text=chance.choice(SAID).format(n=chance.choice(numbers)),
            authenticated=chance.random() < 0.9,
            at=world.clock.now(),
        )
        for _ in range(2):
            ticket = await world.app.operations.support.tickets.receive(letter)
        waiting.append((ticket, ticket.latest))
        if chance.random() < 0.7:
            chance.shuffle(waiting)
            while waiting:
                await handled(world.app, *waiting.pop(), times=2)
            await _persons_answer(world, chance)
        world.clock.pass_(minutes=1)
    for ticket, message in waiting:
        await handled(world.app, ticket, message, times=1)
    await _money_is_right(world, orders)
    await _answers_are_right(world)


async def _persons_answer(world: Books, chance: random.Random) -> None:
    """What waits for a person is answered, now and then with the refund that is proposed."""
    tickets = world.app.operations.support.tickets
    for email in PEOPLE:
        for ticket in await tickets.of_customer(customer_key(email=email)):
            if ticket.status is not TicketStatus.ESCALATED:
                continue
            action = ActKind.REFUND if chance.random() < 0.3 else None
            with contextlib.suppress(Conflict):
                await tickets.resolve(ticket.id, text="We are sorry.", action=action, by="ops")


async def _money_is_right(world: Books, order_ids: list[str]) -> None:
    by_customer: dict[str, int] = {}
    for id in order_ids:
        order = (await world.app.records.get(SHOP_ORDERS, id)).value
        lines = [each.line_id for each in order.refunds]
        assert len(lines) == len(set(lines)), "a line is refunded once"
        assert order.refundable().minor >= 0
        automatic = [each.amount.minor for each in order.refunds if each.automatic]
        assert all(minor < 2000 for minor in automatic)
        email = order.sold.customer.email
        given = sum(automatic)
        by_customer[email] = by_customer.get(email, 0) + given
    assert all(minor <= PER_CUSTOMER for minor in by_customer.values())
    assert sum(by_customer.values()) <= PER_DAY
    assert any(by_customer.values()), "the story is worth telling"


async def _answers_are_right(world: Books) -> None:
    tickets = world.app.operations.support.tickets
    for email in PEOPLE:
        sent = await world.app.mailbox.letters(email)
        assert len({each.mail.key for each in sent}) == len(sent), "no letter goes out twice"
        for ticket in await tickets.of_customer(customer_key(email=email)):
            said = [each.sent_id for each in ticket.messages if each.sender is Sender.AGENT]
            assert len(said) == len(set(said))


async def test_two_tickets_about_one_line_at_the_same_moment_refund_it_once(world: Books) -> None:
    order_id = await sold(world, PEOPLE[0], "PHONE-STAND")
    support = world.app.operations.support
    number = order_id.removeprefix("sho_")
    made = []
    for n in range(3):
        letter = Letter(
            message_id=f"<{n}@doe.example>",
            email=PEOPLE[0],
            text=f"Order {number} arrived damaged, refund please.",
            authenticated=True,
            at=world.clock.now(),
        )
        ticket = await support.tickets.receive(letter)
        await support.triage.triage(ticket.id, ticket.latest)
        made.append((ticket.id, ticket.latest))
    await asyncio.gather(*(support.resolution.resolve(id, message) for id, message in made))
    order = (await world.app.records.get(SHOP_ORDERS, order_id)).value
    assert [each.key for each in order.refunds] == [f"{order_id}-refund-l1"]


async def test_a_mail_that_comes_many_times_at_once_is_one_message_of_one_ticket(world: Books) -> None:
    letter = Letter(
        message_id="<once@doe.example>", email=PEOPLE[0], text="Where is it?", at=world.clock.now()
    )
    receive = world.app.operations.support.tickets.receive
    tickets = await asyncio.gather(*(receive(letter) for _ in range(6)))
    assert {each.id for each in tickets} == {tickets[0].id}
    assert len((await world.app.operations.support.tickets.get(tickets[0].id)).messages) == 1


async def test_the_list_shows_a_ticket_as_it_is_whatever_order_its_news_come_in(world: Books) -> None:
    letter = Letter(
        message_id="<1@doe.example>", email=PEOPLE[0], text="I want a person", at=world.clock.now()
    )
    support = world.app.operations.support
    ticket = await support.tickets.receive(letter)
    await handled(world.app, ticket, 1, times=1)
    events = [each for each in world.bus.sent if "TICKET" in each.type]
    assert len(events) >= 3
    for event in [*reversed(events), *events]:
        await support.ticket_list.hear(event)
    (row,) = await support.ticket_list.rows()
    assert (row.ticket_id, row.status) == (ticket.id, "escalated")
    world.clock.pass_(days=1)
    assert [each async for each in support.ticket_list.touched(world.clock.now() - timedelta(days=2))] == [
        ticket.id
    ]
