"""The platform's own view of its books, for admins: everything summed up, and any account's statement."""

from typing import Annotated

from pydantic import Field

from shared.domain.csv_text import csv_text
from shared.domain.ledger import Account, Home
from shared.domain.ledger.trial import TrialBalance, TrialLine
from shared.domain.model import Model
from shared.domain.money import Money
from shared.errors import NotFound
from triggers.money.views import COLUMNS, Holding, PageQuery, Transactions, holdings, row
from triggers.web.answer import Document, Reply
from triggers.web.call import Call

LedgerAccount = Annotated[str, Field(pattern=r"^[a-z_]+:[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=128)]
"""An account by its id, e.g. `vendor_payable:rosewood`."""
_HEADER = ("kind", "currency", "debits", "credits", "balance")


class AccountView(Model):
    """An account's holdings and a page of what happened to it."""

    account: str
    holdings: tuple[Holding, ...]
    transactions: Transactions


async def trial_balance(call: Call) -> Reply[TrialBalance]:
    """Sum up debits and credits of every kind of account, per currency."""
    return Reply(await call.app.statements.trial_balance())


async def trial_balance_export(call: Call) -> Document:
    """Give the trial balance as CSV, amounts in major units."""
    trial = await call.app.statements.trial_balance()
    rows = [(line.kind.value, line.currency, *_amounts(line)) for line in trial.lines]
    return Document(csv_text(_HEADER, rows).encode())


async def account_statement(
    call: Call, ledger_account: LedgerAccount, query: PageQuery
) -> Reply[AccountView]:
    """Show an account that is guarded by itself; what is held for orders is in their statements."""
    account = await _account(call, ledger_account)
    page = await call.app.statements.statement_of_account(account, before=query.before, limit=query.limit)
    return Reply(
        AccountView(account=account.id, holdings=holdings(page.account), transactions=Transactions.of(page))
    )


async def account_export(call: Call, ledger_account: LedgerAccount) -> Document:
    """Give all that happened to an account as CSV, oldest first."""
    account = await _account(call, ledger_account)
    rows = [row(line) async for line in call.app.statements.lines_of_account(account)]
    return Document(csv_text(COLUMNS, rows).encode())


async def _account(call: Call, id: str) -> Account:
    """Return an own account to which something was posted. Raises NotFound."""
    try:
        account = Account.parse(id)
    except ValueError:
        raise NotFound("account", id) from None
    await call.app.projection.catch_up()
    if account.home is not Home.OWN or not (await call.app.own_accounts.balance(account)).postings:
        raise NotFound("account", id)
    return account


def _amounts(line: TrialLine) -> tuple[Money, ...]:
    parts = (line.debits, line.credits, line.balance)
    return tuple(Money(minor=minor, currency=line.currency) for minor in parts)
