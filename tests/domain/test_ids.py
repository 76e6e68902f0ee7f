import re

from shared.domain.ids import ALPHABET, fresh, owner_of


def test_a_new_id_says_what_it_is_of_and_is_never_the_same() -> None:
    made = {fresh("ord") for _ in range(2000)}
    assert len(made) == 2000
    assert all(re.fullmatch(r"ord_[0-9a-z]{16}", id) for id in made)


def test_ids_hold_only_what_instance_ids_and_event_names_may() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]+", fresh("si"))
    assert len(set(ALPHABET)) == 32, "five bits each, eighty in all"
    assert not set("ilou") & set(ALPHABET), "letters that are misread or make words"


def test_the_owner_stands_in_front() -> None:
    order = fresh("ord")
    for belonging in (f"{order}-l1", f"{order}-n12", f"{order}-r3", f"{order}-l1:cancel", order):
        assert owner_of(belonging).partition(":")[0] == order
