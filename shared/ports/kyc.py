"""The port of the registers that say whether someone is who they claim to be (2.6-1 step 5)."""

from datetime import datetime
from typing import Protocol

from pydantic import Field, SecretStr

from shared.domain.affiliates.models import AffiliateKind, KycCheck
from shared.domain.affiliates.verification import Verdict
from shared.domain.model import Model


class KycQuestion(Model):
    """What a register is asked. `key` names the question: the same one asked again is the same case."""

    key: str = Field(min_length=1, max_length=200)
    check: KycCheck
    kind: AffiliateKind
    name: str
    number: SecretStr
    submitted_at: datetime
    asked_at: datetime


class KycChecks(Protocol):
    """Registers of licences, insurances, tax ids and identities."""

    async def check(self, question: KycQuestion) -> Verdict:
        """Answer, or say when to ask again, or leave it to a person. Raises Unavailable."""
        ...
