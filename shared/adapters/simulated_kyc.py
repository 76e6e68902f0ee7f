"""The embedded registers: they answer by the end of the number, so that every case can be rehearsed offline.

    ...0000   rejected: not on the register
    ...5555   takes two hours to answer
    ...6666   never answers
    ...7777   undecided: a person must look

Every other number is verified.
"""

from datetime import timedelta

from shared.domain.affiliates.models import KycMethod, KycStatus
from shared.domain.affiliates.verification import Verdict
from shared.errors import Unavailable
from shared.ports.kyc import KycQuestion

TAKES = timedelta(hours=2)
_API = KycMethod.API


class SimulatedKyc:
    """`shared.ports.kyc.KycChecks` without a network."""

    async def check(self, question: KycQuestion) -> Verdict:
        """Answer by the number."""
        number = question.number.get_secret_value()
        ready = question.submitted_at + TAKES
        if number.endswith("0000"):
            return Verdict(status=KycStatus.REJECTED, method=_API, reason="not on the register")
        if number.endswith("6666"):
            raise Unavailable(f"The register of {question.check} does not answer.")
        if number.endswith("7777"):
            reason = "the register has no clear answer"
            return Verdict(status=KycStatus.PENDING, method=KycMethod.MANUAL, reason=reason)
        if number.endswith("5555") and question.asked_at < ready:
            return Verdict(status=KycStatus.PENDING, method=_API, again_at=ready)
        return Verdict(status=KycStatus.VERIFIED, method=_API)
