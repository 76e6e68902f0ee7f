"""A customer's credits."""

from shared.domain.model import Model
from shared.services.credits import credits_of
from triggers.access import customer_of
from triggers.money.views import Holding, PageQuery, Transactions, holdings
from triggers.web.answer import Reply
from triggers.web.call import Call


class CreditsView(Model):
    """What can be spent on the next order, per currency, and where it came from."""

    holdings: tuple[Holding, ...]
    transactions: Transactions


async def my_credits(call: Call, query: PageQuery) -> Reply[CreditsView]:
    """Show the caller's credits, newest transactions first."""
    account = credits_of(customer_of(call.caller))
    page = await call.app.statements.statement_of_account(account, before=query.before, limit=query.limit)
    return Reply(CreditsView(holdings=holdings(page.account), transactions=Transactions.of(page)))
