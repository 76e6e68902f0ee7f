"""What a mandate allows, whichever format it came in."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from shared.domain.catalogue import SLUG
from shared.domain.identity import SUBJECT_PATTERN
from shared.domain.model import Model

MOST_MINOR = 10**12
"""The largest amount of a limit, in minor units; sums of two stay numbers that every reader reads."""
MOST_USES = 100_000
MOST_LISTED = 50
REFERENCE_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$"

Minor = Annotated[int, Field(ge=1, le=MOST_MINOR)]
Subject = Annotated[str, Field(pattern=SUBJECT_PATTERN)]
VendorId = Annotated[str, Field(pattern=SLUG)]
Category = Annotated[str, Field(min_length=1, max_length=60)]


class Limits(Model):
    """What the customer allows, in their own numbers. What is left out is not limited.

    Amounts are minor units of `currency`. `uses` counts orders. A list is never empty: nobody is not a limit.
    """

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    total: Minor
    per_order: Minor | None = None
    uses: int | None = Field(default=None, ge=1, le=MOST_USES)
    payees: tuple[VendorId, ...] | None = Field(default=None, min_length=1, max_length=MOST_LISTED)
    categories: tuple[Category, ...] | None = Field(default=None, min_length=1, max_length=MOST_LISTED)


class MandateTerms(Model):
    """One delegated authorisation: `agent` may spend for `customer_id` within `limits` until `expires_at`.

    `reference` is the wallet's own id of it, unique per customer.
    """

    customer_id: Subject
    reference: str = Field(pattern=REFERENCE_PATTERN)
    agent: Subject
    issued_at: datetime
    not_before: datetime | None = None
    expires_at: datetime
    limits: Limits


class SignedTerms(Model):
    """Terms whose signature verified, and the key that signed them."""

    kid: str
    terms: MandateTerms
