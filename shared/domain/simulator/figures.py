"""Figures of what simulated partners were asked and answered (flow 5.4-8 step 2)."""

from collections import Counter
from collections.abc import Iterable, Sequence

from shared.domain.model import Model
from shared.domain.simulator.asks import ANSWERABLE
from shared.domain.simulator.outcomes import Verdict
from shared.domain.simulator.requests import SimulatedRequest


class ResponseTimes(Model):
    """Seconds from request to answer; None while nothing was answered. The percentiles are nearest-rank."""

    mean: float | None = None
    p50: float | None = None
    p95: float | None = None
    longest: float | None = None


class Figures(Model):
    """Counts and rates. Rates are shares (0..1) of the answers given; notices count as requests only."""

    requests: int
    by_type: dict[str, int]
    by_partner: dict[str, int]
    by_status: dict[str, int]
    answered: int
    manual: int
    automated: int
    response_seconds: ResponseTimes
    accept_rate: float | None
    reject_rate: float | None
    counter_offer_rate: float | None
    silent: int
    scenario_triggers: dict[str, int]


def figures(requests: Iterable[SimulatedRequest]) -> Figures:
    """Sum up `requests`; their `status` must already be the one of the moment."""
    every = list(requests)
    answered = [r for r in every if r.responded_at is not None and r.answer is not None]
    verdicts = Counter(r.answer.verdict for r in answered if r.answer is not None)
    waits = sorted((r.responded_at - r.created_at).total_seconds() for r in answered if r.responded_at)
    return Figures(
        requests=len(every),
        by_type=_counted(r.ask.type for r in every),
        by_partner=_counted(r.partner_id for r in every),
        by_status=_counted(r.status for r in every),
        answered=len(answered),
        manual=sum(r.manual for r in answered),
        automated=sum(not r.manual for r in answered),
        response_seconds=_times(waits),
        accept_rate=_share(verdicts[Verdict.ACCEPT], len(answered)),
        reject_rate=_share(verdicts[Verdict.REJECT], len(answered)),
        counter_offer_rate=_share(verdicts[Verdict.COUNTER_OFFER], len(answered)),
        silent=sum(_is_silent(r) for r in every),
        scenario_triggers=_counted(r.scenario_id for r in every if r.scenario_id),
    )


def _is_silent(request: SimulatedRequest) -> bool:
    return request.ask.type in ANSWERABLE and request.status == "unanswered"


def _counted(names: Iterable[str]) -> dict[str, int]:
    return {str(name): count for name, count in sorted(Counter(names).items())}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _times(waits: Sequence[float]) -> ResponseTimes:
    if not waits:
        return ResponseTimes()
    return ResponseTimes(
        mean=round(sum(waits) / len(waits), 3),
        p50=_percentile(waits, 50),
        p95=_percentile(waits, 95),
        longest=waits[-1],
    )


def _percentile(ordered: Sequence[float], percent: int) -> float:
    rank = -(-percent * len(ordered) // 100)
    return ordered[max(rank, 1) - 1]
