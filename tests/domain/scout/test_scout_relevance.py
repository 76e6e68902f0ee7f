"""What people ask, and what must be among the first answers, over the shipped catalogue (`judged`)."""

import re

import pytest
from judged import JUDGED, PARAPHRASES, rows

from shared.domain.scout import CatalogueIndex, ScoutQuery

ROWS = rows(JUDGED)


@pytest.mark.parametrize(("text", "wanted", "family"), ROWS, ids=[row[0] for row in ROWS])
def test_a_question_is_answered_among_the_first(
    austin: CatalogueIndex, text: str, wanted: str, family: str
) -> None:
    first = [hit.id for hit in austin.search(ScoutQuery(text=text, limit=5)).hits]
    assert set(first[:3]) & set(wanted.split()), first
    if family != "-":
        assert [id for id in first if not re.match(family, id)] == []


def test_the_judged_ids_exist(austin: CatalogueIndex) -> None:
    known = {*austin.products, *austin.bundles}
    assert {id for _, wanted, *_ in [*ROWS, *rows(PARAPHRASES)] for id in wanted.split()} <= known
