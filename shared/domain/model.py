"""The base of every domain model: frozen, strict about unknown fields, cheap to import."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A value: compared by content, changed by making a new one (`model_copy(update=...)`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
