"""The admin's doors to the table of sources: who sells what the shop sells (flows ops-1, ops-x1)."""

from pydantic import Field

from shared.domain.model import Model
from shared.domain.operations.sourcing import Sku, Source, Sources
from triggers.web.answer import Reply
from triggers.web.call import Call


class SourcesView(Model):
    """Where something comes from, the usual source first. `version` 0 is the shipped table."""

    sku: str
    version: int
    sources: tuple[Source, ...]
    edited_by: str


class SupplierView(Model):
    """A supplier that is set up, and how often it keeps its word, 0 to 1."""

    id: str
    reliability: float


class SourcingView(Model):
    """Every good with its sources, and every supplier."""

    sources: tuple[SourcesView, ...]
    suppliers: tuple[SupplierView, ...]


class PutSources(Model):
    """The new sources, and the version that they are to replace, so that no other edit gets lost."""

    version: int = Field(ge=0)
    sources: tuple[Source, ...] = Field(max_length=20)


async def list_sources(call: Call) -> Reply[SourcingView]:
    """Show the table."""
    engine = call.app.operations
    return Reply(
        SourcingView(
            sources=tuple(_view(each) for each in await engine.sourcing.table()),
            suppliers=tuple(
                [
                    SupplierView(id=id, reliability=await engine.sourcing.reliability(id))
                    for id in engine.ports.suppliers.ids()
                ]
            ),
        )
    )


async def put_sources(call: Call, sku: Sku, body: PutSources) -> Reply[SourcesView]:
    """Say anew where something comes from; what was bought before stays bought."""
    sources = await call.app.operations.sourcing.replace(
        sku, body.sources, version=body.version, by=call.caller.subject
    )
    return Reply(_view(sources))


def _view(sources: Sources) -> SourcesView:
    return SourcesView(
        sku=sources.id, version=sources.revision, sources=sources.sources, edited_by=sources.edited_by
    )
