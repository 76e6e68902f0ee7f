"""The entries of a shop order: sold, bought, given back. All in the order's own book and partition."""

from datetime import datetime

from shared.domain.ledger import AccountKind, Entry, Posting, credit, debit
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.operations.purchases import Purchase
from shared.domain.operations.shop_orders import ShopOrder, ShopRefund


class Profit(Model):
    """What an order has brought so far. `profit` is before what the payment provider takes (flow ops-1)."""

    sales: Money
    """What the customer paid, refunds and lost chargebacks taken off."""
    cost_of_goods: Money
    profit: Money


def profit_of(order: ShopOrder) -> Profit:
    """Read an order's profit off its book."""
    sales = order.book.balance(AccountKind.SHOP_SALES, order.id)
    cost = order.book.balance(AccountKind.COST_OF_GOODS)
    return Profit(sales=sales, cost_of_goods=cost, profit=sales - cost)


def sale(order: ShopOrder, *, at: datetime) -> Entry:
    """The customer has paid the shop."""
    total = order.sold.total
    return _entry(
        order,
        f"{order.id}:sale",
        at,
        (_paid_with(order, total), credit(AccountKind.SHOP_SALES, order.id, total)),
        reason=f"order {order.sold.number}",
    )


def goods(order: ShopOrder, purchase: Purchase, *, at: datetime) -> Entry:
    """The supplier was given an order: cost of goods, at once (COGS)."""
    return _entry(
        order,
        f"{purchase.id}:goods",
        at,
        (
            debit(AccountKind.COST_OF_GOODS, "", purchase.cost),
            credit(
                AccountKind.SUPPLIER_PAYABLE,
                purchase.supplier_id,
                purchase.cost,
                reference=purchase.supplier_order_id,
            ),
        ),
        reason=f"{purchase.supplier_order_id} at {purchase.supplier_id}",
    )


def goods_called_off(order: ShopOrder, purchase: Purchase, *, at: datetime) -> Entry:
    """The supplier does not deliver, and takes nothing for it."""
    return _entry(
        order,
        f"{purchase.id}:goods-called-off",
        at,
        (
            debit(
                AccountKind.SUPPLIER_PAYABLE,
                purchase.supplier_id,
                purchase.cost,
                reference=purchase.supplier_order_id,
            ),
            credit(AccountKind.COST_OF_GOODS, "", purchase.cost),
        ),
        reason=f"{purchase.supplier_order_id} called off at {purchase.supplier_id}",
    )


def refund(order: ShopOrder, back: ShopRefund, *, at: datetime) -> Entry:
    """Money went back to the customer; `back.refund_id` is the provider's reference, if it went there."""
    return _entry(
        order,
        f"{back.key}:sent",
        at,
        (
            debit(AccountKind.SHOP_SALES, order.id, back.amount),
            _given_back(order, back.amount, reference=back.refund_id),
        ),
        reason=back.reason,
    )


def _paid_with(order: ShopOrder, amount: Money) -> Posting:
    if order.sold.payment_id:
        return debit(AccountKind.PROVIDER_BALANCE, "", amount, reference=order.sold.payment_id)
    return debit(AccountKind.SHOP_CLEARING, "", amount, reference=order.sold.shop_order_id)


def _given_back(order: ShopOrder, amount: Money, *, reference: str) -> Posting:
    kind = AccountKind.PROVIDER_BALANCE if order.sold.payment_id else AccountKind.SHOP_CLEARING
    return credit(kind, "", amount, reference=reference)


def _entry(order: ShopOrder, key: str, at: datetime, postings: tuple[Posting, ...], *, reason: str) -> Entry:
    return Entry(
        key=key,
        at=at,
        currency=order.sold.total.currency,
        postings=postings,
        reason=reason[:500],
        order_id=order.id,
    )
