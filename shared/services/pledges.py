"""What an order reserves besides goods before money moves: a customer's credits, an agent's budget."""

from typing import Protocol

from shared.domain.money import Money
from shared.domain.orders import Order
from shared.services.results import StepResult


class Pledge(Protocol):
    """One such thing. Each call may be repeated; the order's id is the key."""

    async def reserve(self, order: Order) -> StepResult:
        """Set aside what the order needs; not ok when there is not enough, or it may not be used for this."""
        ...

    async def settle(self, order: Order) -> None:
        """The order is paid: what was set aside is spent."""
        ...

    async def release(self, order: Order) -> None:
        """The order failed: free what was set aside."""
        ...


class Authority(Protocol):
    """Whose budget covers what an order costs more than was agreed when it was placed."""

    async def extend(self, order: Order, amount: Money, *, key: str) -> StepResult:
        """Draw `amount` for good; not ok when it may not be spent."""
        ...

    async def retract(self, order: Order, amount: Money, *, key: str) -> None:
        """It was not charged after all."""
        ...
