from __future__ import annotations

import datetime as dt
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertriage.errors import NewerVersionError, PapertriageError, StorageError
from papertriage.model import Observation
from papertriage.store.log import Appended, Log, decode_line, encode_line

Observe = Callable[..., Observation]
NOW = dt.datetime(2025, 11, 24, 6, 0, tzinfo=dt.UTC)
DAY = dt.date(2025, 11, 24)


def segment(data: Path) -> Path:
    return data / "papers" / "2025-11.jsonl"


# --- what is written ---------------------------------------------------------------------------------


def test_what_is_appended_is_read_back(log: Log, observe: Observe) -> None:
    written = [observe(1), observe(2, signals={"upvotes": 3}, extra={"a": [1, None, {"b": "c"}]})]
    assert log.append(written) == Appended(new=2)
    assert list(log.read()) == written
    assert log.damage == []


def test_a_line_starts_with_version_id_source_and_title(log: Log, data: Path, observe: Observe) -> None:
    log.append([observe(1)])
    line = segment(data).read_bytes()
    assert line.startswith(b'{"v":1,"id":"arxiv:2511.00001","source":"arxiv-rss","title":"Paper 1","seen":"2025-11-24')
    assert line.endswith(b"}\n")


def test_an_absent_value_is_not_written(log: Log, data: Path, observe: Observe) -> None:
    log.append([observe(1)])
    assert set(json.loads(segment(data).read_bytes())) == {"v", "id", "source", "title", "seen", "ids", "announced"}


def test_reading_a_folder_that_does_not_exist_gives_nothing_and_makes_nothing(log: Log, data: Path) -> None:
    assert list(log.read()) == []
    assert log.known("arxiv-rss", "arxiv:2511.00001") == frozenset()
    assert not data.exists()


def test_files_are_for_their_owner_alone(data: Path, observe: Observe) -> None:
    before = os.umask(0)
    try:
        Log(data / "deep" / "er").append([observe(1)])
    finally:
        os.umask(before)
    for path in [data, *data.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.parametrize(
    "sign", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\r", "\n", "\r\n", "\x00", "\ufeff"]
)
def test_a_sign_that_looks_like_the_end_of_a_line_is_data(log: Log, data: Path, observe: Observe, sign: str) -> None:
    written = [observe(1, title=f"a{sign}b", abstract=sign), observe(2)]
    log.append(written)
    assert segment(data).read_bytes().count(b"\n") == 2
    assert list(log.read()) == written


def test_half_a_surrogate_pair_is_replaced_and_does_not_come_back_as_a_change(log: Log, observe: Observe) -> None:
    odd = observe(1, title="a\ud800b", extra={"\udfff": "\ud800"})
    assert log.append([odd]) == Appended(new=1)
    assert next(log.read()).title == "a\ufffdb"
    assert log.append([odd]) == Appended(unchanged=1)


def test_a_number_that_is_none_is_left_out_and_does_not_come_back_as_a_change(log: Log, observe: Observe) -> None:
    odd = observe(1, signals={"a": float("nan"), "b": float("inf"), "c": 2.0}, extra={"d": [float("nan")], "e": None})
    assert log.append([odd]) == Appended(new=1)
    kept = next(log.read())
    assert (kept.signals, kept.extra) == ({"c": 2.0}, {"d": [None], "e": None})
    assert log.append([odd]) == Appended(unchanged=1)


def test_a_record_too_long_for_a_line_is_told_and_the_others_are_saved(log: Log, observe: Observe) -> None:
    assert log.append([observe(1), observe(2, abstract="x" * (17 << 20)), observe(3)]) == Appended(new=2)
    assert "cannot be saved" in str(log.damage[0])
    assert [one.id for one in log.read()] == ["arxiv:2511.00001", "arxiv:2511.00003"]


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
OBSERVATIONS = st.builds(
    Observation,
    id=TEXT,
    source=TEXT,
    title=TEXT,
    seen=st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC)),  # noqa: DTZ001
    ids=st.dictionaries(TEXT, st.lists(TEXT, max_size=2).map(tuple), max_size=2),
    native=st.none() | TEXT,
    abstract=st.none() | TEXT,
    authors=st.lists(TEXT, max_size=3).map(tuple),
    announced=st.none() | st.dates(),
    version=st.none() | st.integers(0, 99),
    signals=st.dictionaries(TEXT, st.floats(allow_nan=False, allow_infinity=False), max_size=2),
    extra=st.dictionaries(TEXT, JSON, max_size=2),
    unknown=st.dictionaries(TEXT.map(lambda name: f"new {name}") | st.just("unknown"), JSON, max_size=2),
)


@given(st.lists(OBSERVATIONS, max_size=8, unique_by=lambda one: one.key))
@settings(max_examples=60)
def test_any_records_are_read_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, observations: list[Observation]
) -> None:
    log = Log(tmp_path_factory.mktemp("any"), now=lambda: NOW)
    log.append(observations)
    assert list(log.read()) == observations
    assert log.append(observations).unchanged == len(observations)


@given(
    st.lists(st.one_of(st.binary(max_size=60), OBSERVATIONS.map(encode_line)), max_size=6),
    st.sampled_from([b"\n", b"", b"\r\n"]),
)
@settings(max_examples=100)
def test_any_bytes_as_a_segment_give_records_or_a_typed_error(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], joint: bytes
) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    (folder / "papers").mkdir()
    segment(folder).write_bytes(joint.join(pieces))
    log = Log(folder, now=lambda: NOW)
    try:
        before = list(log.read())
        log.append([Observation(id="arxiv:2511.00001", source="s", title="t", seen=NOW)])
        after = list(log.read())
    except PapertriageError:
        return
    assert after[: len(before)] == before


# --- what adds nothing -------------------------------------------------------------------------------


def test_a_repetition_is_not_written(log: Log, observe: Observe) -> None:
    log.append([observe(1, abstract="a", signals={"upvotes": 3})])
    later = NOW + dt.timedelta(hours=1)
    assert log.append([observe(1, abstract="a", signals={"upvotes": 3}, seen=later)]) == Appended(unchanged=1)
    assert len(list(log.read())) == 1


def test_an_absent_field_or_entry_is_no_change(log: Log, observe: Observe) -> None:
    log.append([observe(1, abstract="a", signals={"upvotes": 3, "comments": 1}, urls={"pdf": "p"}, authors=("A",))])
    assert log.append([observe(1, signals={"upvotes": 3}, ids={})]) == Appended(unchanged=1)


@pytest.mark.parametrize(
    "change",
    [{"title": "New"}, {"signals": {"upvotes": 4}}, {"authors": ("B",)}, {"unknown": {"x": 1}}, {"version": 0}],
)
def test_a_change_is_a_new_line(log: Log, observe: Observe, change: dict[str, object]) -> None:
    log.append([observe(1, signals={"upvotes": 3}, authors=("A",))])
    assert log.append([observe(1, **change)]) == Appended(updated=1)
    assert len(list(log.read())) == 2


def test_a_value_that_goes_and_comes_back_is_kept_as_history(log: Log, observe: Observe) -> None:
    for votes in (1, 2, 1):
        log.append([observe(1, signals={"upvotes": votes})])
    assert [one.signals["upvotes"] for one in log.read()] == [1, 2, 1]


def test_another_day_or_source_is_a_new_line_of_a_known_paper(log: Log, observe: Observe) -> None:
    log.append([observe(1)])
    assert log.append([observe(1, announced=dt.date(2025, 11, 25))]) == Appended(updated=1)
    assert log.append([observe(1, source="hf-daily")]) == Appended(updated=1)


def test_a_paper_is_known_by_any_of_its_ids(log: Log, observe: Observe) -> None:
    log.append([observe(1, ids={"arxiv": ("2511.00001",), "doi": ("10.1000/a",)})])
    journal = observe(id="doi:10.1000/a", source="crossref", ids={"doi": ("10.1000/a",)})
    assert log.append([journal]) == Appended(updated=1)


def test_within_one_batch_what_was_seen_of_a_record_at_one_time_is_one_line(log: Log, observe: Observe) -> None:
    batch = [observe(1), observe(1), observe(1, abstract="a"), observe(1, abstract="a")]
    assert log.append(batch) == Appended(new=1, unchanged=3)
    assert [line.abstract for line in log.read()] == ["a"]


def test_what_another_process_appended_is_compared_too(data: Path, observe: Observe) -> None:
    one, other = Log(data, now=lambda: NOW), Log(data, now=lambda: NOW)
    one.append([observe(1)])
    other.append([observe(2)])
    assert one.append([observe(2), observe(3)]) == Appended(new=1, unchanged=1)
    assert other.append([observe(3)]) == Appended(unchanged=1)
    assert len(list(one.read())) == 3


def test_what_was_compared_is_read_anew_after_a_file_was_replaced(data: Path, observe: Observe) -> None:
    one, other = Log(data, now=lambda: NOW), Log(data, now=lambda: NOW)
    one.append([observe(number) for number in range(1, 9)])
    other.forget(["arxiv:2511.00003"])
    other.append([observe(9)])
    assert one.append([observe(8), observe(9), observe(10)]) == Appended(new=1, unchanged=2)
    assert sorted(one.known("arxiv-rss", "arxiv:2511.00008")) == [DAY]


def test_the_days_under_which_a_record_was_listed_are_known(log: Log, data: Path, observe: Observe) -> None:
    days = {DAY, DAY + dt.timedelta(days=1)}
    log.append([observe(1, announced=day) for day in days] + [observe(2, native="guid", announced=None)])
    for reader in (log, Log(data)):
        assert reader.known("arxiv-rss", "arxiv:2511.00001") == days
        assert reader.known("arxiv-rss", "guid") == frozenset()
        assert reader.known("hf-daily", "arxiv:2511.00001") == frozenset()


# --- segments ----------------------------------------------------------------------------------------


def test_a_month_has_its_own_file_and_a_full_one_is_followed_by_another(data: Path, observe: Observe) -> None:
    month = [dt.datetime(2025, 11, 30, tzinfo=dt.UTC)]
    log = Log(data, now=lambda: month[0], segment_size=1000)
    written = [observe(number) for number in range(1, 21)]
    log.append(written[:10])
    for one in written[10:18]:
        log.append([one])
    month[0] = dt.datetime(2025, 12, 1, tzinfo=dt.UTC)
    log.append(written[18:])
    names = sorted(path.name for path in (data / "papers").iterdir())
    assert names[0] == "2025-11.001.jsonl"
    assert "2025-12.jsonl" in names
    assert all(path.stat().st_size < 1300 for path in (data / "papers").iterdir())
    assert list(log.read()) == written
    assert log.append(written) == Appended(unchanged=20)
    assert Log(data, now=lambda: month[0]).append(written) == Appended(unchanged=20)


def test_files_of_other_names_are_not_read(log: Log, data: Path, observe: Observe) -> None:
    log.append([observe(1)])
    for name in ("2025-11.jsonl.bad-2025-11-24", "notes.jsonl", ".2025-11.jsonl.new", "2025-11.jsonl~"):
        (data / "papers" / name).write_bytes(encode_line(observe(2)) + b"\n")
    assert len(list(log.read())) == 1


# --- versions and unknown fields ---------------------------------------------------------------------


def test_unknown_fields_survive_reading_writing_and_rewriting(log: Log, data: Path, observe: Observe) -> None:
    line = b'{"v":1,"id":"arxiv:2511.00001","source":"s","title":"t","seen":"2025-11-24T06:00:00Z",'
    line += b'"new":{"a":[1]},"v2":"x"}'
    assert decode_line(line).unknown == {"new": {"a": [1]}, "v2": "x"}
    assert json.loads(encode_line(decode_line(line))) == json.loads(line)
    log.append([observe(2)])
    with segment(data).open("ab") as file:
        file.write(line + b"\n")
    log.forget(["arxiv:2511.00002"])
    assert segment(data).read_bytes() == line + b"\n"


def test_a_line_without_version_or_with_absent_values_as_null_is_read() -> None:
    line = b'{"title":"t","source":"s","id":"x:y","seen":"2025-11-24T07:00:00+01:00","abstract":null,"signals":null}'
    assert decode_line(line) == Observation(id="x:y", source="s", title="t", seen=NOW)
    naive = line.replace(b"T07:00:00+01:00", b"T06:00:00")
    assert decode_line(naive).seen == NOW


@pytest.mark.parametrize("torn", [False, True])
def test_a_newer_version_is_refused_and_nothing_is_written(log: Log, data: Path, observe: Observe, torn: bool) -> None:
    log.append([observe(1)])
    newer = encode_line(observe(2)).replace(b'{"v":1,', b'{"v":2,"shape":"new",') + (b"" if torn else b"\n")
    with segment(data).open("ab") as file:
        file.write(newer)
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    for attempt in (
        lambda: list(log.read()),
        lambda: log.append([observe(3)]),
        lambda: log.forget(["arxiv:2511.00001"]),
    ):
        with pytest.raises(
            NewerVersionError, match=r"2025-11.jsonl:2: .* newer version .*format 2.*Update papertriage"
        ):
            attempt()
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before


# --- what stands in the way --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
def test_what_is_no_regular_file_is_refused_quickly(log: Log, data: Path, observe: Observe, kind: str) -> None:
    (data / "papers").mkdir(parents=True)
    match kind:
        case "folder":
            segment(data).mkdir()
        case "pipe":
            os.mkfifo(segment(data))
        case _:
            segment(data).symlink_to("/dev/zero")
    for attempt in (lambda: list(log.read()), lambda: log.append([observe(1)])):
        with pytest.raises(StorageError, match=r"2025-11.jsonl is not a regular file"):
            attempt()


def test_a_file_in_the_place_of_the_folder_is_told(log: Log, data: Path, observe: Observe) -> None:
    data.write_text("")
    with pytest.raises(StorageError, match=str(data)):
        log.append([observe(1)])
    with pytest.raises(StorageError, match=str(data)):
        list(log.read())


def test_a_folder_without_permission_is_told(data: Path, observe: Observe) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    data.mkdir(mode=0o500)
    with pytest.raises(StorageError, match="No permission for"):
        Log(data).append([observe(1)])


# --- size --------------------------------------------------------------------------------------------


def test_twenty_thousand_papers_are_saved_compared_and_read_in_seconds(log: Log, observe: Observe) -> None:
    papers = [
        observe(number, abstract="An abstract of usual length. " * 40, authors=("A B",) * 6) for number in range(20_000)
    ]
    started = time.process_time()
    assert log.append(papers).new == 20_000
    appended = time.process_time()
    assert log.append(papers).unchanged == 20_000
    compared = time.process_time()
    assert sum(1 for _ in log.read()) == 20_000
    read = time.process_time()
    assert appended - started < 3
    assert compared - appended < 3
    assert read - compared < 1.5


def test_reading_needs_no_module_of_the_writers() -> None:
    code = "import sys, papertriage.store.log, papertriage.store.merge; print('filelock' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_record_that_a_file_has_twice_is_one_and_settles(tmp_path: Path) -> None:
    noon = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)

    def twice(at: dt.datetime) -> list[Observation]:
        one = Observation(id="arxiv:2611.00001", source="import", title="One", seen=at, abstract="Known of the first.")
        other = msgspec.structs.replace(one, abstract=None, signals={"upvotes": 5.0})
        return [msgspec.structs.replace(one, signals={"upvotes": 3.0}), other]

    log = Log(tmp_path)
    assert log.append(twice(noon)) == Appended(new=1, unchanged=1)
    assert log.append(twice(noon + dt.timedelta(hours=1))) == Appended(unchanged=2)
    (line,) = log.read()
    assert (line.abstract, line.signals) == ("Known of the first.", {"upvotes": 5.0})


def test_an_older_sighting_is_no_news(tmp_path: Path) -> None:
    noon = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
    votes = [
        Observation(
            id="arxiv:2611.00001",
            source="hf-daily",
            title="One",
            seen=noon + dt.timedelta(hours=n),
            signals={"upvotes": n},
        )
        for n in (0, 1, 2)
    ]
    log = Log(tmp_path)
    assert log.append(votes) == Appended(new=1, updated=2)
    assert log.append(votes) == Appended(unchanged=3), "a log that is imported into itself adds nothing"


def test_a_clock_that_ran_ahead_once_does_not_freeze_a_record(tmp_path: Path) -> None:
    now = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
    ahead = Observation(
        id="arxiv:2611.00001", source="hf-daily", title="One", seen=now.replace(year=2031), signals={"upvotes": 3.0}
    )
    log = Log(tmp_path, now=lambda: now)
    log.append([ahead])
    assert log.append([msgspec.structs.replace(ahead, seen=now, signals={"upvotes": 9.0})]) == Appended(updated=1)
