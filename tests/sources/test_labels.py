"""Screening decisions as CSV."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from papertriage.errors import InputFileError, UsageError
from papertriage.sources.labels import read_labels

TABLE = """\
record_id,title,abstract,authors,year,label_included
1,Triptans for migraine,"A trial,
of two lines.",Ada Example,2004,1
2,Concrete bridges,,,,0
3,Nobody decided,,,,
"""


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "labels.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_titles_abstracts_and_labels_are_read_and_undecided_rows_counted(tmp_path: Path) -> None:
    found = read_labels(write(tmp_path, TABLE))
    assert [paper.title for paper in found.papers] == ["Triptans for migraine", "Concrete bridges"]
    assert found.papers[0].abstract == "A trial,\nof two lines."
    assert found.papers[0].authors == ("Ada Example",)
    assert found.papers[0].published == "2004"
    assert [paper.id for paper in found.papers] == ["line:2", "line:4"]
    assert found.wanted == (True, False)
    assert found.column == "label_included"
    assert found.undecided == 1


def test_a_compressed_file_is_read_as_it_is(tmp_path: Path) -> None:
    assert read_labels(write(tmp_path, gzip.compress(TABLE.encode()))).wanted == (True, False)


@pytest.mark.parametrize(
    ("head", "yes", "no"),
    [
        ("Title;Included", "yes", "no"),
        ("\ufeffTITLE\tINCLUDED", "1.0", "0"),
        ("title,asreview label", "relevant", "irrelevant"),
        ("article title,include", "TRUE", "FALSE"),
    ],
)
def test_names_of_columns_and_labels_are_known_in_usual_forms(tmp_path: Path, head: str, yes: str, no: str) -> None:
    sign = next(sign for sign in ";\t," if sign in head)
    found = read_labels(write(tmp_path, f"{head}\r\nOne{sign}{yes}\r\nTwo{sign}{no}\r\n"))
    assert found.wanted == (True, False)


def test_a_column_can_be_named(tmp_path: Path) -> None:
    table = "title,included,second\nOne,1,0\nTwo,0,1\n"
    assert read_labels(write(tmp_path, table), column="Second").wanted == (False, True)
    with pytest.raises(UsageError, match=r"has no column “third”\. It has title, included, second\."):
        read_labels(write(tmp_path, table), column="third")


def test_wrong_labels_are_told_with_their_lines_all_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, 'title,included\n"One\nof two lines",1\nTwo,maybe\nThree\nFour,0\n')
    with pytest.raises(InputFileError) as caught:
        read_labels(path)
    assert [str(fault) for fault in caught.value.faults] == [
        f"{path}:4: `included` is “maybe”; expected 1 or 0.",
        f"{path}:5: the row has 1 cells and no `included`.",
    ]


def test_of_many_mistakes_the_first_ten_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputFileError) as caught:
        read_labels(write(tmp_path, "title,included\n" + "One,maybe\n" * 30))
    assert len(caught.value.faults) == 11
    assert "and 20 more rows" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a,b\n1,2\n", "names no column `title`"),
        ("", "names no column `title`"),
        ("title,abstract\nOne,Two\n", "no column that says what was included"),
        ("title,included\nOne,1\nTwo,1\n", "no paper is excluded"),
        ("title,included\nOne,0\n", "no paper is included"),
        (b"\x1f\x8bnot gzip at all", "compressed and damaged"),
        (b"title,included\nOne,1\nTw\xff,0\n", ":3: this line is not UTF-8"),
        ("title,included\n" + "x" * 2_000_000 + ",1\n", ":2: this is no row"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence(tmp_path: Path, content: str | bytes, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        read_labels(write(tmp_path, content))


def test_the_shared_screenings_are_read_whole(shared: Path) -> None:
    facts = {}
    for path in sorted((shared / "labelled").glob("*.csv.gz")):
        found = read_labels(path)
        facts[path.name.split(".")[0]] = (len(found.papers), sum(found.wanted), found.undecided)
    assert facts == {
        "cohen2006_ADHD": (851, 20, 0),
        "cohen2006_Antihistamines": (310, 16, 0),
        "cohen2006_Estrogens": (368, 80, 0),
        "cohen2006_Triptans": (671, 24, 0),
        "kitchenham_2010": (1704, 45, 0),
        "nagtegaal_2019": (2019, 101, 0),
    }
