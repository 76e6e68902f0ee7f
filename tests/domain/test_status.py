from collections.abc import Iterator
from enum import StrEnum

import pytest

from shared.domain.status import (
    MOVES,
    DisputeStatus,
    DrawStatus,
    EscalationStatus,
    IntentStatus,
    LegStatus,
    NegotiationStatus,
    OrderStatus,
    PayoutStatus,
    PurchaseStatus,
    RecoveryStatus,
    ShopOrderStatus,
    TicketStatus,
    can_move,
    move,
)
from shared.errors import Conflict, IllegalMove

ENDS = {
    OrderStatus: {OrderStatus.REFUNDED},
    LegStatus: {LegStatus.CANCELLED},
    NegotiationStatus: {NegotiationStatus.ACCEPTED, NegotiationStatus.RECOVERED},
    RecoveryStatus: {RecoveryStatus.REJECTED, RecoveryStatus.COMPLETED, RecoveryStatus.FAILED},
    IntentStatus: {IntentStatus.COMPLETED, IntentStatus.CANCELLED},
    EscalationStatus: {EscalationStatus.RESOLVED},
    PayoutStatus: {PayoutStatus.PAID, PayoutStatus.FAILED},
    DrawStatus: {DrawStatus.SETTLED, DrawStatus.RELEASED},
    DisputeStatus: {DisputeStatus.RESOLVED},
    ShopOrderStatus: {ShopOrderStatus.DELIVERED, ShopOrderStatus.CANCELLED},
    PurchaseStatus: {PurchaseStatus.DELIVERED, PurchaseStatus.REFUSED, PurchaseStatus.CANCELLED},
    TicketStatus: {TicketStatus.SOLVED},
}
"""Where nothing moves any more. RecoveryStatus.ESCALATED may or may not be one."""
REOPENED = {TicketStatus}
"""What ends, and begins again when its customer says something more."""
kinds = pytest.mark.parametrize("kind", list(MOVES), ids=lambda kind: kind.__name__)


def pairs(kind: type[StrEnum]) -> Iterator[tuple[StrEnum, StrEnum]]:
    return ((one, other) for one in kind for other in kind)


@kinds
def test_a_table_speaks_of_every_status_and_of_no_other(kind: type[StrEnum]) -> None:
    assert set(MOVES[kind]) == set(kind)
    for targets in MOVES[kind].values():
        assert all(type(target) is kind for target in targets)


@kinds
def test_every_status_can_be_reached_from_the_first(kind: type[StrEnum]) -> None:
    reached, fresh = set(), {next(iter(kind))}
    while fresh:
        reached |= fresh
        fresh = {kind(target) for status in fresh for target in MOVES[kind][status]} - reached
    assert reached == set(kind)


@kinds
def test_an_end_can_be_reached_from_everywhere_and_is_final(kind: type[StrEnum]) -> None:
    final = {status for status in kind if not MOVES[kind][status]}
    assert ENDS[kind] <= final or kind in REOPENED  # type: ignore[index]
    for start in kind:
        reached, fresh = set(), {start}
        while fresh:
            reached |= fresh
            fresh = {kind(target) for status in fresh for target in MOVES[kind][status]} - reached
        assert reached & (final | ENDS[kind]), f"{start} never ends"  # type: ignore[index]


@kinds
def test_moves_outside_of_the_table_raise_and_name_both_sides(kind: type[StrEnum]) -> None:
    for current, target in pairs(kind):
        if target in MOVES[kind][current]:
            assert move("thing", current, target) is target
            assert can_move(current, target)
        else:
            assert not can_move(current, target)
            with pytest.raises(IllegalMove, match=f"A thing that is {current} cannot become {target}"):
                move("thing", current, target)


def test_an_illegal_move_is_a_conflict() -> None:
    with pytest.raises(Conflict) as told:
        move("order", OrderStatus.REFUNDED, OrderStatus.PAID)
    assert told.value.code == "illegal_move"
    assert told.value.status == 409


def test_what_is_over_stays_over() -> None:
    assert not can_move(LegStatus.CANCELLED, LegStatus.ACCEPTED)
    assert not can_move(LegStatus.REJECTED, LegStatus.ACCEPTED)
    assert not can_move(IntentStatus.CANCELLED, IntentStatus.ACTIVE)
    assert not can_move(RecoveryStatus.COMPLETED, RecoveryStatus.PENDING)
    assert not can_move(OrderStatus.CANCELLED, OrderStatus.PAID)
