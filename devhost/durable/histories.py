"""Keeps the histories of the instances at work in memory, so that an episode reads none of it again."""

from collections import OrderedDict
from collections.abc import Sequence

from devhost.durable.events import Event
from devhost.durable.models import History
from devhost.durable.store import Store


class Histories:
    """The most recently used histories. The database remains the truth: what is dropped is read again."""

    def __init__(self, store: Store, *, kept: int) -> None:
        self._store = store
        self._kept = kept
        self._loaded: OrderedDict[str, History] = OrderedDict()

    def get(self, instance_id: str) -> History:
        """Return a history, from memory or the database."""
        history = self._loaded.get(instance_id)
        if history is None:
            history = self._loaded[instance_id] = self._store.get_history(instance_id)
            if len(self._loaded) > self._kept:
                self._loaded.popitem(last=False)
        else:
            self._loaded.move_to_end(instance_id)
        return history

    def append(self, instance_id: str, events: Sequence[Event], texts: Sequence[str]) -> None:
        """Add an episode. Only inside a transaction."""
        history = self.get(instance_id)
        text = ",".join(texts)
        self._store.add_episode(instance_id, history.episodes, text)
        history.episodes += 1
        history.events.extend(events)
        history.texts.append(text)

    def clear(self, instance_id: str) -> None:
        """Delete a history, as when an instance continues as new. Only inside a transaction."""
        self._store.delete_history(instance_id)
        self.forget(instance_id)

    def forget(self, instance_id: str) -> None:
        """Drop a history from memory."""
        self._loaded.pop(instance_id, None)
