"""Reading the user's YAML: what is taken, what is refused, and where the mistake is said to be."""

# ruff: noqa: E501, ISC004  messages stand whole, one a line where they can

from __future__ import annotations

import datetime as dt
import json
import os
import time
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage.errors import Place
from papertriage.yamlfile import (
    Faults,
    Parsed,
    Placed,
    Text,
    convert,
    decode,
    nearest,
    parse,
    read_days,
    read_file,
    read_seconds,
    shown,
)


def read(text: str, as_type: Any = dict[str, Any]) -> tuple[Any, list[str]]:
    """Read a text as a type: the value and what is said of its mistakes."""
    faults = Faults("f.yaml")
    root = parse(text, faults)
    value = convert(root, as_type, faults) if root else None
    return value, [str(fault) for fault in faults.sorted()]


def refused(text: str, as_type: Any = dict[str, Any]) -> str:
    """Read a text that has exactly one mistake."""
    (message,) = read(text, as_type)[1]
    return message


# --- scalars are never bent ---


@pytest.mark.parametrize(
    "spelling", ["no", "on", "2508.13420", "12:30", "1e3", "012", "~", "null", ".nan", "0x1F", "2026-01-01", "=", "yes"]
)
def test_a_plain_scalar_keeps_its_spelling_where_text_is_expected(spelling: str) -> None:
    assert read(f"a: {spelling}", dict[str, str]) == ({"a": spelling}, [])


def test_the_shared_payload_of_bent_scalars_keeps_its_spellings(shared: Path) -> None:
    text = json.loads((shared / "hostile" / "payloads.json").read_text("utf-8"))["yaml"]["bent"]
    value, faults = read(text, dict[str, list[str]])
    assert value == {"any": ["no", "on", "2508.13420", "12:30", "1e3", "012", "~", ".nan", "0x1F"]}
    assert not faults


class Sample(Placed, frozen=True, kw_only=True):
    """One field of every type."""

    CALLED: ClassVar[str] = "a sample"
    SYNONYMS: ClassVar[dict[str, str]] = {"amount": "number"}

    number: float = 1.0
    count: int = 0
    truth: bool = False
    day: dt.date | None = None
    word: Literal["auto", "never"] = "auto"
    texts: tuple[Text, ...] = ()
    half: Annotated[float, Parsed("half a number", lambda text: float(text) / 2)] = 0.0
    weights: dict[str, float] = msgspec.field(default_factory=dict)


def test_values_become_what_their_record_asks_for() -> None:
    value, faults = read(
        "number: 1.5\ncount: 2\ntruth: yes\nday: 2027-01-31\nword: never\ntexts: [no, 'a: b']\nhalf: 3\nweights: {x: -2}",
        Sample,
    )
    assert not faults
    assert value == Sample(
        number=1.5,
        count=2,
        truth=True,
        day=dt.date(2027, 1, 31),
        word="never",
        texts=(Text("no", Place("f.yaml", 6, 9)), Text("a: b", Place("f.yaml", 6, 13))),
        half=1.5,
        weights={"x": -2.0},
        place=Place("f.yaml", 1, 1),
        written=frozenset({"number", "count", "truth", "day", "word", "texts", "half", "weights"}),
    )


@pytest.mark.parametrize("text", ["number:", "number: # nothing", "day:", "texts:", "weights:"])
def test_a_key_with_nothing_behind_it_counts_as_left_out(text: str) -> None:
    assert read(text, Sample) == (Sample(place=Place("f.yaml", 1, 1)), [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("number: heavy", "f.yaml:1:9: `number` is `heavy`; expected a finite number."),
        ("number: .nan", "f.yaml:1:9: `number` is `.nan`; expected a finite number."),
        ("number: -.inf", "f.yaml:1:9: `number` is `-.inf`; expected a finite number."),
        ("number: 1e999", "f.yaml:1:9: `number` is `1e999`; expected a finite number."),
        ("number: 1,5", "f.yaml:1:9: `number` is `1,5`; expected a finite number. Did you mean `1.5`?"),
        ("number: 0x1F", "f.yaml:1:9: `number` is `0x1F`; expected a finite number."),
        ("number: ٣", "f.yaml:1:9: `number` is `٣`; expected a finite number."),
        ("count: 1.5", "f.yaml:1:8: `count` is `1.5`; expected a whole number."),
        ("truth: maybe", "f.yaml:1:8: `truth` is `maybe`; expected `true` or `false`."),
        ("day: 2027-02-30", "f.yaml:1:6: `day` is `2027-02-30`; expected a day, as in `2027-01-31`. There is no such day."),
        ("day: soon", "f.yaml:1:6: `day` is `soon`; expected a day, as in `2027-01-31`."),
        ("word: nevr", "f.yaml:1:7: `word` is `nevr`; expected `auto` or `never`. Did you mean `never`?"),
        ("texts: foo", "f.yaml:1:8: `texts` is the text `foo`; expected a list. Write `[foo]`."),
        ("texts: [[a]]", "f.yaml:1:9: an entry of `texts` is a list; expected a text."),
        (
            "texts: [C: a language]",
            "f.yaml:1:9: an entry of `texts` is a map; expected a text. A text that holds `: ` needs quotes.",
        ),
        (
            "texts:\n- #1 of all",
            "f.yaml:2:2: an entry of `texts` is empty; expected a text. "
            "A `#` after a space begins a comment; put quotes around a text that holds one.",
        ),
        ('texts: ["\\e[31m"]', "f.yaml:1:9: an entry of `texts` is `\\x1b[31m`; it holds a control character."),
        ("weights: [a]", "f.yaml:1:10: `weights` is a list; expected a map."),
        ("weights: {a: b}", "f.yaml:1:14: `a` is `b`; expected a finite number."),
        ("half: x", "f.yaml:1:7: `half` is `x`; could not convert string to float: 'x'."),
        (
            "nmber: 1",
            "f.yaml:1:1: unknown key `nmber` in a sample; expected one of number, count, truth, day, word, texts, half, "
            "weights. Did you mean `number`?",
        ),
        (
            "amount: 1",
            "f.yaml:1:1: unknown key `amount` in a sample; expected one of number, count, truth, day, word, texts, half, "
            "weights. Did you mean `number`?",
        ),
        ("plain words", "f.yaml:1:1: the file is the text `plain words`; expected a map."),
        ("number:1.5", "f.yaml:1:1: the file is the text `number:1.5`; expected a map. A key needs a space after its colon."),
        ("- a", "f.yaml:1:1: the file is a list; expected a map."),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_told_with_its_place(text: str, message: str) -> None:
    assert refused(text, Sample) == message


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    faults = read("word: x\ncount: y\nnumber: z\nfoo: 1\ncount: 2\n", Sample)[1]
    assert [fault.split(":")[1] for fault in faults] == ["1", "2", "3", "4", "5"]


def test_past_a_hundred_mistakes_the_rest_is_counted() -> None:
    faults = read("\n".join(f"key{n}: 1" for n in range(150)), Sample)[1]
    assert len(faults) == 101
    assert faults[-1] == "f.yaml: 50 more mistakes are not shown."


def test_an_unpaired_surrogate_or_a_bidi_sign_is_shown_escaped() -> None:
    assert shown("a\u202eb\x1b[1m") == "`a\\u202eb\\x1b[1m`"
    assert shown("x" * 100) == "`" + "x" * 59 + "…`"


def test_nothing_is_suggested_for_a_word_like_none() -> None:
    assert nearest("qqqqq", ["number", "count"]) == ""


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("number: 1\r\nfoo: 2\r\n", "foo: 2"),
        ("number: 1\rfoo: 2", "foo: 2"),
        ("# é 学\n\tfoo: 2", "\tfoo: 2"),
        ("a: 'x\n", ""),
        ("a: x\0y\nb: 1", "a: x\0y"),
    ],
)
def test_beside_a_mistake_stands_its_line_of_the_file(text: str, source: str) -> None:
    faults = Faults("f.yaml")
    root = parse(text, faults)
    if root:
        convert(root, Sample, faults)
    (fault,) = faults.sorted()
    assert fault.source == source


@pytest.mark.parametrize(
    "text",
    [
        "number: 1\na: &x [b, c]\nb: *x\nc: [*x, *x]",
        "count: &x 1",
        "texts: [&x a, *x, *x]",
        "<<: {number: 1}",
        "&k number: 1",
        "? [a]\n: 1",
    ],
)
def test_what_follows_from_a_refused_anchor_is_not_told_again(text: str) -> None:
    refused(text, Sample if "count" in text or "texts" in text else Strict)


class Strict(Placed, frozen=True, kw_only=True):
    """A record that lacks something when a key is refused."""

    number: float
    a: Any = None
    b: Any = None
    c: Any = None


# --- what is refused ---


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\n\tb: 2\n", "f.yaml:2:1: a tab; YAML is indented with spaces only."),
        ("topics:\n\t- name: x\n", "f.yaml:2:1: a tab; YAML is indented with spaces only."),
        (
            r'a: "x\d"',
            "f.yaml:1:6: this backslash is no escape that YAML knows between double quotes. "
            "Use single quotes: between them a backslash is itself.",
        ),
        (
            "a: b: c",
            "f.yaml:1:5: a `:` stands where no key can be. Put quotes around a text that holds `: `, or check the indentation.",
        ),
        ("a: [1,\n2\nb: 1", "f.yaml:3:2: the list that opens with `[` in line 1 is not closed, or lacks a comma."),
        ("a: {b: 1\n", "f.yaml:2:1: the map that opens with `{` in line 1 is not closed, or lacks a comma."),
        ("a: 'x\n", "f.yaml:2:1: the quote that opens in line 1 is never closed."),
        ("a: @x", "f.yaml:1:4: `@` cannot begin a text. Put quotes around it."),
        ("a: **x**", "f.yaml:1:5: a text cannot begin with `*` or `&`. Put quotes around it."),
        ("a: b\n  - c\n", "f.yaml:2:3: this entry is read as part of the text in line 1. Check the indentation."),
        (
            "- a\nb: 1",
            "f.yaml:2:1: this line does not continue the list that begins in line 1. "
            "Every entry begins with `- `, all in one column.",
        ),
        (
            "a:\n  - b\n c: 1",
            "f.yaml:3:2: this line does not continue the map that begins in line 1. "
            "Check the indentation, and for a quote that is not closed.",
        ),
        ("a: 1\nb: 2\na: 3", "f.yaml:3:1: the key `a` stands here a second time; the first is in line 1."),
        ("a: {b: 1, 'b': 2}", "f.yaml:1:11: the key `b` stands here a second time; the first is in line 1."),
        ("a: &x b", "f.yaml:1:4: `&x` is a YAML anchor, which is not supported. If a text is meant, put quotes around it."),
        ("a: *x", "f.yaml:1:4: `*x` is a YAML alias, which is not supported. If a text is meant, put quotes around it."),
        ("a: !x b", "f.yaml:1:4: `!x` is a YAML tag, which is not supported. If a text is meant, put quotes around it."),
        ("a: !!str b", "f.yaml:1:4: `!!str` is a YAML tag, which is not supported. If a text is meant, put quotes around it."),
        ("<<: {a: 1}", "f.yaml:1:1: `<<` is a YAML merge key, which is not supported. Write the keys out."),
        ("a: 1\n---\nb: 2", "f.yaml:2:1: a second document begins here; expected one document only. Delete the `---`."),
        ("[a]: 1", "f.yaml:1:1: a list or a map stands where a key is expected. Put quotes around it."),
        (
            "a: x\0",
            "f.yaml:1:5: the character U+0000 cannot stand in a YAML file. Delete it; if there are many, this is no text file.",
        ),
        (
            "a: 1\r\nb:\u2028x",
            "f.yaml:2:3: the character U+2028 cannot stand in a YAML file. "
            "Delete it; if there are many, this is no text file.",
        ),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_told_with_its_place(text: str, message: str) -> None:
    assert refused(text) == message


@pytest.mark.parametrize("text", ["", "# only a comment\n", "\n\n", "---\n", "---\n...\n"])
def test_a_file_without_a_value_gives_nothing_and_no_fault(text: str) -> None:
    value, faults = read(text)
    assert not value
    assert not faults


def test_two_loaders_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    texts = ["a: b: c", "a: [1,\n", "a: {b: 1\n", "a: 'x\n", "a: @x", "a: 1\n\tb: 2\n", '"\\q"', "- a\nb: 1", "a: *"]
    fast = [read(text)[1][0].partition(": ")[2] for text in texts]
    monkeypatch.delattr(yaml, "CSafeLoader")
    slow = [read(text)[1][0].partition(": ")[2] for text in texts]
    beginnings = [[message.split(" in line")[0].split(" continue")[0] for message in told] for told in (fast, slow)]
    assert beginnings[0] == beginnings[1]


HOSTILE = {
    "depth 1,000": "[" * 1000 + "]" * 1000,
    "depth 100,000": "[" * 100_000,
    "maps in maps": "{a: " * 100_000,
    "lists in lists": "- " * 100_000 + "x",
    "keys in keys": "? " * 100_000 + "x",
    "many values": "[" + "a," * 400_000 + "]",
    "many aliases": "[" + "*a," * 300_000 + "]",
    "many repeated keys": "a: 1\n" * 190_000,
    "a long number": "a: " + "9" * 5000,
    "an endless text": 'a: "' + "x" * 990_000,
    "recursion": "a: &a [*a]",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_quickly_and_in_little_memory(name: str) -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    _, faults = read(HOSTILE[name], dict[str, float])
    assert faults
    assert time.perf_counter() - start < 3  # a second, and room for a busy machine
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


@pytest.mark.parametrize(
    "name", ["merge_bomb", "alias_bomb", "recursive", "deep", "tag", "duplicate", "tab", "two_documents"]
)
def test_every_hostile_payload_is_refused_with_a_place(shared: Path, name: str) -> None:
    text = json.loads((shared / "hostile" / "payloads.json").read_text("utf-8"))["yaml"][name]
    faults = read(text)[1]
    assert faults
    assert all(fault.split(":")[1].isdigit() for fault in faults)


def test_a_tag_runs_nothing(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    assert "YAML tag" in refused(f"a: !!python/object/apply:os.mkdir ['{canary}']")
    assert not canary.exists()


# --- files ---


def read_path(path: Path) -> tuple[str | None, list[str]]:
    faults = Faults("f.yaml")
    text = read_file(path, faults)
    return text, [str(fault) for fault in faults.sorted()]


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1")
    assert read_path(path) == ("a: 1", [])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            "a: 1\nb: é".encode("latin-1"),
            "f.yaml:2:4: the file is not UTF-8: byte 0xE9 at offset 8 is no UTF-8. Save it as UTF-8.",
        ),
        ("a: 1".encode("utf-16"), "f.yaml:1:1: the file is UTF-16: byte 0xFF at offset 0 is no UTF-8. Save it as UTF-8."),
        (b"\x89PNG\r\n", "f.yaml:1:1: the file is not UTF-8: byte 0x89 at offset 0 is no UTF-8. Save it as UTF-8."),
    ],
)  # fmt: skip
def test_other_encodings_are_told_by_byte_and_line(data: bytes, message: str) -> None:
    faults = Faults("f.yaml")
    assert decode(data, faults) is None
    assert [str(fault) for fault in faults.sorted()] == [message]


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert read_path(tmp_path) == (None, ["f.yaml: this is a folder; expected a YAML file."])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_or_a_device_is_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert read_path(pipe) == (None, ["f.yaml: this is not a regular file; expected a YAML file."])
    assert read_path(Path("/dev/zero")) == (None, ["f.yaml: this is not a regular file; expected a YAML file."])


def test_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    text, (fault,) = read_path(loop)
    assert text is None
    assert fault.startswith("f.yaml: the file cannot be read: ")


def test_a_path_that_no_file_can_have_is_refused() -> None:
    assert read_path(Path("a\0b"))[1] == ["f.yaml: the file cannot be read: no file can have this name."]


def test_a_file_of_a_hundred_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    assert read_path(path) == (None, ["f.yaml: the file is larger than 1 MB."])


def test_a_missing_file_is_left_to_the_caller(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_path(tmp_path / "f.yaml")


# --- lengths of time ---


@pytest.mark.parametrize(("text", "days"), [("14d", 14), ("2w", 14), ("3", 3), ("1.5d", 1.5), ("10 days", 10)])
def test_days_are_read(text: str, days: float) -> None:
    assert read_days(text) == days


@pytest.mark.parametrize("text", ["", "0d", "-1d", "3m", "1y", "soon", "nan", "9" * 30, "d", "40000d"])
def test_what_is_no_number_of_days_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the arguments are a reason and a hint, both may be empty
        read_days(text)


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("10min", 600), ("2m", 120), ("1h", 3600), ("0", 0)])
def test_seconds_are_read(text: str, seconds: float) -> None:
    assert read_seconds(text) == seconds


# --- anything at all ---


@given(st.binary(max_size=300))
def test_any_bytes_give_a_value_or_faults(data: bytes) -> None:
    faults = Faults("f.yaml")
    text = decode(data, faults)
    if text is None:
        assert faults.count
        return
    read(text, Sample)


@given(st.text(alphabet="ab:-[]{},#&*!|>'\"%@`?\\ \n\t~1é", max_size=80))
def test_any_yaml_like_text_gives_a_value_or_faults_with_places(text: str) -> None:
    value, faults = read(text, Sample)
    assert isinstance(value, Sample | None)
    assert all(fault.startswith("f.yaml") for fault in faults)


@given(st.lists(st.text(max_size=20)))
def test_a_quoted_text_comes_back_letter_by_letter_or_is_refused(texts: list[str]) -> None:
    value, faults = read(json.dumps(texts), list[str])
    assert faults or value == texts
