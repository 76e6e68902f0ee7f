"""The chart of accounts: whose money it is, on which side it grows, and whether it may run short."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from pydantic import Field

from shared.domain.model import Model


class Side(StrEnum):
    """The side of an account on which it grows."""

    DEBIT = "debit"
    CREDIT = "credit"


class Home(StrEnum):
    """Where an account's balance is guarded: in its order's book, in a document of its own, or nowhere.

    Accounts of the platform itself are touched by everything; they are only summed up.
    """

    ORDER = "order"
    OWN = "own"
    PLATFORM = "platform"


class AccountKind(StrEnum):
    """Every kind of account. Its owner is named beside it: an order, a leg, a vendor, a person."""

    PROVIDER_BALANCE = "provider_balance"
    """What the payment provider holds for the platform."""
    BANK = "bank"
    """What the provider has paid out to the platform's own bank."""
    CHARGEBACK = "chargeback"
    """What a bank took back and may return; owner: the order."""
    PROVIDER_FEES = "provider_fees"
    COST_OF_GOODS = "cost_of_goods"
    """What fulfilling costs the platform itself."""
    GOODWILL = "goodwill"
    """What the platform gives away: apology credits, refunds at its own cost."""
    CUSTOMER_FUNDS = "customer_funds"
    """Taken from the customer and not yet held for anything; owner: the order."""
    HELD = "held"
    """Held until one leg, or the delivery, is verified; owner: the leg."""
    DISPUTED = "disputed"
    """Frozen while a dispute about a leg is open; owner: the leg."""
    REFUNDS = "refunds"
    """Owed back to the customer and not yet sent; owner: the order."""
    CREDITS = "credits"
    """Apology credits that a customer may spend; owner: the customer."""
    VENDOR_PAYABLE = "vendor_payable"
    """Earned by a vendor and not yet transferred; a clawback may turn it negative; owner: the vendor."""
    AFFILIATE_COMMISSION = "affiliate_commission"
    """Earned by an affiliate and not yet paid; a clawback may turn it negative; owner: the affiliate."""
    GIG_WALLET = "gig_wallet"
    """Earned by a gig worker and not yet paid out; owner: the worker."""
    PLATFORM_FEE = "platform_fee"
    """The platform's income."""
    SHOP_CLEARING = "shop_clearing"
    """What the web shop's own payment gateway owes the platform."""
    SHOP_SALES = "shop_sales"
    """What customers of the web shop paid and were not given back; owner: the shop order."""
    SUPPLIER_PAYABLE = "supplier_payable"
    """What suppliers take for goods that were bought; owner: the supplier."""


@dataclass(frozen=True, slots=True)
class _Nature:
    side: Side
    home: Home
    may_go_negative: bool = False


_D, _C = Side.DEBIT, Side.CREDIT
_NATURE: Mapping[AccountKind, _Nature] = {
    AccountKind.PROVIDER_BALANCE: _Nature(_D, Home.PLATFORM, may_go_negative=True),
    AccountKind.BANK: _Nature(_D, Home.PLATFORM, may_go_negative=True),
    AccountKind.CHARGEBACK: _Nature(_D, Home.ORDER),
    AccountKind.PROVIDER_FEES: _Nature(_D, Home.PLATFORM, may_go_negative=True),
    AccountKind.COST_OF_GOODS: _Nature(_D, Home.PLATFORM, may_go_negative=True),
    AccountKind.GOODWILL: _Nature(_D, Home.PLATFORM, may_go_negative=True),
    AccountKind.CUSTOMER_FUNDS: _Nature(_C, Home.ORDER),
    AccountKind.HELD: _Nature(_C, Home.ORDER),
    AccountKind.DISPUTED: _Nature(_C, Home.ORDER),
    AccountKind.REFUNDS: _Nature(_C, Home.ORDER),
    AccountKind.CREDITS: _Nature(_C, Home.OWN),
    AccountKind.VENDOR_PAYABLE: _Nature(_C, Home.OWN, may_go_negative=True),
    AccountKind.AFFILIATE_COMMISSION: _Nature(_C, Home.OWN, may_go_negative=True),
    AccountKind.GIG_WALLET: _Nature(_C, Home.OWN),
    AccountKind.PLATFORM_FEE: _Nature(_C, Home.PLATFORM, may_go_negative=True),
    AccountKind.SHOP_CLEARING: _Nature(_D, Home.PLATFORM, may_go_negative=True),
    AccountKind.SHOP_SALES: _Nature(_C, Home.ORDER),
    AccountKind.SUPPLIER_PAYABLE: _Nature(_C, Home.OWN, may_go_negative=True),
}


class Account(Model):
    """One account, e.g. `held:ord_x-l1`. Accounts of the platform itself have no owner."""

    kind: AccountKind
    owner: str = Field(default="", max_length=128)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an account's id. Raises ValueError."""
        kind, _, owner = text.partition(":")
        return cls(kind=AccountKind(kind), owner=owner)

    @property
    def id(self) -> str:
        """Its name in statements and in the store."""
        return f"{self.kind}:{self.owner}" if self.owner else str(self.kind)

    @property
    def side(self) -> Side:
        """The side on which it grows."""
        return _NATURE[self.kind].side

    @property
    def home(self) -> Home:
        """Where its balance is guarded."""
        return _NATURE[self.kind].home

    @property
    def may_go_negative(self) -> bool:
        """Whether it may hold less than nothing."""
        return _NATURE[self.kind].may_go_negative

    def is_taken_by(self, debited: int, credited: int) -> bool:
        """Say whether a posting takes from what the account holds, rather than adding to it."""
        return self.balance(debited, credited) < 0

    def balance(self, debited: int, credited: int) -> int:
        """What it holds in minor units, given all that was ever posted to it."""
        return debited - credited if self.side is Side.DEBIT else credited - debited
