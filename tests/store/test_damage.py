"""Rows F11 and F12 of the reliability matrix: torn ends and damage in the middle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from papertriage.model import Observation
from papertriage.store.log import Appended, Log, encode_line

Observe = Callable[..., Observation]
BAD = "2025-11.jsonl.bad-2025-11-24"


def put(data: Path, content: bytes) -> Path:
    (data / "papers").mkdir(parents=True, exist_ok=True)
    path = data / "papers" / "2025-11.jsonl"
    path.write_bytes(content)
    return path


def ids(log: Log) -> list[int]:
    return [int(one.id[-5:]) for one in log.read()]


def test_a_torn_last_line_is_reported_then_set_aside_and_nothing_before_it_is_lost(
    log: Log, data: Path, observe: Observe
) -> None:
    whole = encode_line(observe(1)) + b"\n" + encode_line(observe(2)) + b"\n"
    torn = encode_line(observe(3))[:60]
    path = put(data, whole + torn)

    assert ids(log) == [1, 2]
    assert str(log.damage[0]) == (
        f"{path}:3: incomplete last record, cut short while it was written; the next write sets it aside"
    )
    assert path.read_bytes() == whole + torn, "a reader changes nothing"

    log.damage.clear()
    assert log.append([observe(3), observe(4)]) == Appended(new=2)
    assert str(log.damage[0]) == f"{path}:3: incomplete last record; its bytes were moved to {BAD}"
    assert path.with_name(BAD).read_bytes() == torn + b"\n"
    assert ids(log) == [1, 2, 3, 4]
    assert log.damage == []


def test_torn_lines_of_one_day_are_all_kept_aside(log: Log, data: Path, observe: Observe) -> None:
    path = put(data, b'{"v":1,"id":"a')
    log.append([observe(1)])
    path.write_bytes(path.read_bytes() + b'{"v":1,"id":"b')
    log.append([observe(2)])
    assert path.with_name(BAD).read_bytes() == b'{"v":1,"id":"a\n{"v":1,"id":"b\n'
    assert ids(log) == [1, 2]


def test_a_torn_line_in_an_older_segment_is_set_aside_too(data: Path, observe: Observe) -> None:
    path = put(data, encode_line(observe(1)) + b"\n{")
    log = Log(data, now=lambda: dt.datetime(2025, 12, 1, tzinfo=dt.UTC))
    log.append([observe(2)])
    assert path.with_name("2025-11.jsonl.bad-2025-12-01").read_bytes() == b"{\n"
    assert ids(log) == [1, 2]


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        ("{1}", [1]),
        ("{1}\n{2}", [1, 2]),
        ("{1}\n{2}{3}", [1, 2, 3]),
        ("{1}\n{2}{3:40}", [1, 2]),
        ("", []),
        ("\n", []),
        ("{1}\n\n\n", [1]),
        ("{1}\r\n{2}\r\n", [1, 2]),
        ("{1}\n  ", [1]),
    ],
    ids=[
        "no final newline",
        "no final newline, two",
        "run together at the end",
        "torn behind a whole one",
        "empty",
        "only a newline",
        "empty lines",
        "CRLF",
        "spaces at the end",
    ],
)
def test_whole_records_at_the_end_stay_and_the_next_write_is_readable(
    log: Log, data: Path, observe: Observe, content: str, kept: list[int]
) -> None:
    raw = (
        b"".join(
            encode_line(observe(int(part[0])))[: int(part[2:4] or -1) if part[1] == ":" else None]
            + part.partition("}")[2].encode()
            for part in content.split("{")[1:]
        )
        or content.encode()
    )
    put(data, raw)
    assert ids(log) == kept
    log.append([observe(9)])
    assert ids(log) == [*kept, 9]
    assert log.damage == []


@pytest.mark.parametrize(
    "case",
    [
        (b"garbage", [], "not a record"),
        (b"[1]", [], "not a record"),
        (b'{"v":1,"id":"arxiv:2511.00007","source":"s"}', [], "missing required field `title`"),
        (b'{"v":1,"id":5,"source":"s","title":"t","seen":"2025-11-24T06:00:00Z"}', [], "not a record"),
        (b'{"v":"one"}', [], "not a record"),
        (b"{7}{8}", [7, 8], "2 whole records in it kept"),
        (b'{"v":1,"id":"arxiv:25{7}', [7], "1 whole record in it kept"),
        (b"{7}garbage", [7], "1 whole record in it kept"),
        (b"\0" * 4096, [], "NUL"),
        (b"\0" * 4096 + b"{7}", [7], "NUL"),
        (b'{"v":1,"id":"\xe2\x82"}', [], "not UTF-8"),
        (b"\xff\xfe", [], "not UTF-8"),
        (b"[" * 100_000, [], "not a record"),
        (b'{"v":' * 20_000, [], "not a record"),
        (b'{"v":1,"id":"\\ud800"}', [], "not a record"),
        (b"x" * (50 << 20), [], "longer than 16 MiB"),
    ],
    ids=lambda case: repr(case[0][:24]),
)
def test_damage_in_the_middle_costs_nothing_around_it(
    log: Log, data: Path, observe: Observe, case: tuple[bytes, list[int], str]
) -> None:
    middle, inside, reason = case
    for number in (7, 8):
        middle = middle.replace(b"{%d}" % number, encode_line(observe(number)))
    path = put(data, b"\n".join([encode_line(observe(1)), middle, encode_line(observe(2)), b""]))
    before = path.read_bytes()

    assert ids(log) == [1, *inside, 2]
    assert [(note.place.line, reason in note.reason) for note in log.damage] == [(2, True)], log.damage

    expected = Appended(new=0 if 7 in inside else 1, unchanged=3 if 7 in inside else 2)
    assert log.append([observe(1), observe(2), observe(7)]) == expected
    assert path.read_bytes().startswith(before), "an append leaves what is there"

    assert log.forget(["arxiv:2511.00001"]) == 1
    assert sorted(ids(log)) == sorted({2, 7, *inside})
    assert log.damage == []
    assert middle in path.with_name(BAD).read_bytes(), "rewriting keeps what it cannot read"


def test_a_byte_order_mark_is_told_and_costs_nothing(log: Log, data: Path, observe: Observe) -> None:
    put(data, b"\xef\xbb\xbf" + encode_line(observe(1)) + b"\n" + encode_line(observe(2)) + b"\n")
    assert ids(log) == [1, 2]
    assert [note.place.line for note in log.damage] == [1]
    assert log.append([observe(1), observe(2)]) == Appended(unchanged=2)


def test_a_line_that_is_being_written_is_no_damage(log: Log, data: Path, observe: Observe) -> None:
    from papertriage.store.lock import writing

    put(data, encode_line(observe(1)) + b"\n" + encode_line(observe(2))[:50])
    with writing(data, timeout=0):
        assert ids(log) == [1]
        assert log.damage == []
    assert ids(log) == [1]
    assert len(log.damage) == 1


def test_a_line_that_came_whole_while_it_was_read_is_no_damage(data: Path, observe: Observe) -> None:
    from papertriage.store.jsonl import Damage, read_records
    from papertriage.store.log import decode_line

    line = encode_line(observe(1)) + b"\n"
    path = put(data, line[:50])

    def writer_ends() -> bool:
        path.write_bytes(line * 2)
        return False

    damage: list[Damage] = []
    assert list(read_records(path, decode_line, damage, busy=writer_ends)) == [observe(1), observe(1)]
    assert damage == []


def test_a_link_planted_for_the_set_aside_bytes_is_not_followed(
    log: Log, data: Path, observe: Observe, tmp_path: Path
) -> None:
    path = put(data, b"{")
    victim = tmp_path / "victim"
    path.with_name(BAD).symlink_to(victim)
    with pytest.raises(Exception, match=BAD):
        log.append([observe(1)])
    assert not victim.exists()
    assert path.read_bytes() == b"{"
