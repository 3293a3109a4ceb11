"""Tables of hashes do what a set and a dict do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from papertriage.store import hashes
from papertriage.store.hashes import Hashes, Places

KEYS = st.one_of(st.integers(-5, 5), st.integers(-(2**63), 2**63 - 1), st.sampled_from([1024, 2048, -1024]))


@given(st.lists(KEYS.filter(bool)), st.lists(KEYS))
def test_a_set_of_hashes_is_a_set(put: list[int], asked: list[int]) -> None:
    table = Hashes()
    for key in put:
        table.add(key)
    known = set(put)
    for key in [*put, *asked]:
        assert (key in table) is (key in known or (not key and 1 in known))


@given(st.lists(st.tuples(KEYS.filter(bool), st.integers(0, 800_000), st.integers(0, 2**64 - 1))))
def test_places_are_a_dict_by_hash_and_day(put: list[tuple[int, int, int]]) -> None:
    table, known = Places(), {}
    for key, day, place in put:
        table.put(key, day, place)
        known[key, day] = place
    for (key, day), place in known.items():
        assert table.get(key, day) == place
        assert set(table.days(key)) == {other for one, other in known if one == key}
    assert table.get(7, 900_000) is None


def test_tables_grow() -> None:
    table, places = Hashes(), Places()
    for number in range(20 * hashes._START):
        table.add(hash(str(number)))
        places.put(hash(str(number)), number % 3, number)
    assert all(hash(str(number)) in table for number in range(20 * hashes._START))
    assert all(places.get(hash(str(number)), number % 3) == number for number in range(20 * hashes._START))
    assert not any(hash(str(-number)) in table for number in range(1, 1000))
