"""What an instance takes from its inbox for one episode."""

from devhost.durable import events as ev
from devhost.durable.models import SUSPENDED, Instance, Message

_CONTROL = frozenset({ev.EXECUTION_SUSPENDED, ev.EXECUTION_RESUMED, ev.EXECUTION_TERMINATED})
_LAST_OF_BATCH = frozenset({ev.EXECUTION_SUSPENDED, ev.EXECUTION_TERMINATED})


def wakes(instance: Instance, message: Message) -> bool:
    """Say whether a message calls for an episode: while suspended, only control messages do."""
    return instance.status != SUSPENDED or message.event["EventType"] in _CONTROL


def take_batch(instance: Instance) -> list[Message]:
    """Take the messages of the next episode: all, or up to one that suspends or terminates.

    A suspended instance takes a control message first; if that does not resume it, nothing else.
    """
    taken: list[Message] = []
    if instance.status == SUSPENDED:
        control = next((m for m in instance.inbox if m.event["EventType"] in _CONTROL), None)
        if control is None:
            return taken
        instance.inbox.remove(control)
        taken.append(control)
    while instance.inbox and not (taken and taken[-1].event["EventType"] in _LAST_OF_BATCH):
        taken.append(instance.inbox.popleft())
    return taken
