import pytest

from triggers.timers import each_of


async def test_a_chore_that_fails_keeps_none_of_the_others_from_their_turn() -> None:
    done: list[str] = []

    async def fail() -> None:
        done.append("failed")
        raise ValueError("broken")

    async def work() -> int:
        done.append("worked")
        return 1

    with pytest.raises(ExceptionGroup) as raised:
        await each_of(work, fail, work, fail)
    assert done == ["worked", "failed", "worked", "failed"]
    assert len(raised.value.exceptions) == 2


async def test_when_all_is_well_nothing_is_raised() -> None:
    done: list[str] = []

    async def work() -> None:
        done.append("worked")

    await each_of(work, work)
    assert done == ["worked", "worked"]
