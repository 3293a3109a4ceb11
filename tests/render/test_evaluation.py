"""A replayed screening as a person, a program and a browser see it."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

from papertriage.findings import Evaluated, Measured, Quality
from papertriage.render.evaluation import evaluated_json, evaluated_line, evaluated_svg, evaluated_text

RISING = tuple(min(1.0, point / 25) for point in range(101))
EVEN = tuple(point / 100 for point in range(101))
RUNS = (
    Quality(recall_10=0.5, recall_20=0.75, wss_95=0.6, atd=12.0),
    Quality(recall_10=0.7, recall_20=0.95, wss_95=0.8, atd=8.0),
)
EVALUATED = Evaluated(
    papers=100,
    wanted=20,
    undecided=1,
    column="included",
    rules="rules.yaml",
    seeds=2,
    measured=(Measured(way="rules", runs=RUNS[:1], curve=EVEN), Measured(way="learned", runs=RUNS, curve=RISING)),
)


def test_the_table_gives_mean_and_standard_deviation() -> None:
    lines = evaluated_text(EVALUATED).splitlines()
    assert lines[:3] == [
        "               Recall at 10 %        at 20 %         WSS@95         ATD",
        "rules alone      50.0 ± 0.0 %   75.0 ± 0.0 %   60.0 ± 0.0 %  12.0 ± 0.0",
        "learned alone   60.0 ± 14.1 %  85.0 ± 14.1 %  70.0 ± 14.1 %  10.0 ± 2.8",
    ]


def test_the_curve_rises_from_nothing_to_all() -> None:
    lines = evaluated_text(EVALUATED, ascii_only=True).splitlines()
    plot = [line for line in lines if "|" in line]
    assert plot[0].startswith("100 % |")
    assert plot[0].endswith("o" * 40)
    assert plot[-1].startswith("  0 % |o")
    assert lines[-1].split() == [".", "rules", "alone", "o", "learned", "alone"]
    assert all(line.isascii() for line in lines if "±" not in line)


def test_a_narrow_terminal_gets_a_list() -> None:
    text = evaluated_text(EVALUATED, width=40)
    assert max(map(len, text.splitlines())) <= 40
    assert "  WSS@95: 70.0 ± 14.1 %" in text.splitlines()


def test_programs_get_every_run() -> None:
    record = json.loads(evaluated_json(EVALUATED))
    assert record["included"] == 20
    learned = record["ways"][1]
    assert learned["mean"] == {"recall_10": 0.6, "recall_20": 0.85, "wss_95": 0.7, "atd": 10.0}
    assert learned["runs"][1] == {"seed": 1, "recall_10": 0.7, "recall_20": 0.95, "wss_95": 0.8, "atd": 8.0}
    assert len(learned["curve"]) == 101


def test_the_picture_is_xml_with_a_line_for_each_way_whatever_the_name_of_the_file() -> None:
    root = ET.fromstring(evaluated_svg(EVALUATED, "Recall, <b>&\x1b.csv"))
    lines = root.findall(".//{http://www.w3.org/2000/svg}polyline")
    assert [len(line.attrib["points"].split()) for line in lines] == [101, 101]
    assert lines[0].attrib["points"].split()[0] == "60.0,360.0"
    assert lines[0].attrib["points"].split()[-1] == "540.0,40.0"
    assert "Recall, <b>&?.csv" in "".join(root.itertext())


def test_the_last_line_says_what_was_replayed() -> None:
    assert evaluated_line(EVALUATED) == (
        "100 papers, 20 included by `included`; 1 row without a label left out, rules from rules.yaml. "
        "2 runs, each from one included and one excluded paper at random."
    )
