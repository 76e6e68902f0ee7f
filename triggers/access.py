"""Who may see and do what with a thing: ownership, beyond the persona that the table asks for."""

from shared.bootstrap import App
from shared.domain.identity import Persona, Principal
from shared.domain.ids import fresh
from shared.errors import Forbidden, NotFound


def must_own(caller: Principal, customer_id: str, *, what: str, id: str) -> None:
    """Let the customer and their agents pass. A stranger sees NotFound, as if there were nothing."""
    if caller.is_admin:
        raise Forbidden(f"Only the customer decides about their {what}.")
    if not caller.owns(customer_id):
        raise NotFound(what, id)


def must_see(caller: Principal, customer_id: str, *, what: str, id: str) -> None:
    """Let the owner and admins pass. A stranger sees NotFound."""
    if not caller.may_see(customer_id):
        raise NotFound(what, id)


def customer_of(caller: Principal) -> str:
    """The customer that the caller stands for. Raises Forbidden for those who stand for none."""
    if caller.customer_id is None:
        raise Forbidden("Only customers and their agents do this.")
    return caller.customer_id


def agent_of(caller: Principal) -> str:
    """The agent that acts for the customer; empty when they act themselves."""
    return caller.subject if caller.persona is Persona.AGENT else ""


async def conversation(app: App, thread_id: str | None, *, customer_id: str) -> str:
    """The id of the customer's conversation, of a new one if need be; nothing is written yet.

    Raises NotFound for someone else's.
    """
    if thread_id is None:
        return fresh("thr")
    thread = await app.threads.find(thread_id)
    if thread is not None and thread.customer_id != customer_id:
        raise NotFound("thread", thread_id)
    return thread_id


def partner_of(caller: Principal) -> str:
    """The vendor that the caller speaks for. Raises Forbidden for those who speak for none."""
    if caller.partner_id is None:
        raise Forbidden("Only partners do this.")
    return caller.partner_id
