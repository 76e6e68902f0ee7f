"""What simulated partners were asked and answered, and the figures of it (flow 5.4-8)."""

from shared.domain.cards import message_card
from shared.domain.simulator.figures import Figures
from triggers.simulator.responses import PageQuery, PageView
from triggers.web.answer import Document, Reply
from triggers.web.call import Call


class HistoryQuery(PageQuery):
    """`manual` tells a person's answers from a scenario's."""

    manual: bool | None = None


async def list_history(call: Call, query: HistoryQuery) -> Reply[PageView]:
    """List requests and answers, newest first (5.4-8 step 3)."""
    wanted = query.filter().model_copy(update={"manual": query.manual})
    page = await call.app.simulator.history.page(wanted, limit=query.limit, after=query.after)
    return Reply(PageView.of(call, page))


async def metrics(call: Call, query: HistoryQuery) -> Reply[Figures]:
    """Count requests, response times, rates, manual against automated, scenarios (5.4-8 step 2)."""
    wanted = query.filter().model_copy(update={"manual": query.manual})
    figures = await call.app.simulator.history.figures(wanted)
    facts = [
        ("Requests", str(figures.requests)),
        ("Accepted", _percent(figures.accept_rate)),
        ("Rejected", _percent(figures.reject_rate)),
        ("By hand", str(figures.manual)),
        ("Automated", str(figures.automated)),
    ]
    card = message_card("Simulated partners", f"{figures.answered} answers so far.", facts=facts)
    return Reply(figures, adaptive_card=card)


async def export(call: Call, query: HistoryQuery) -> Document:
    """Give the history as CSV, ready for a spreadsheet (5.4-8 step 4)."""
    wanted = query.filter().model_copy(update={"manual": query.manual})
    text = await call.app.simulator.history.csv(wanted)
    return Document(text.encode())


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"
