"""A whole change feed at once, for assertions over all that a container holds."""

from shared.ports.store import Change, Store, follow


async def whole_feed(store: Store, container: str) -> list[Change]:
    """Everything that `container` holds, in the order in which it was last changed."""
    return [each async for feed in follow(store, container, None) for each in feed.documents]
