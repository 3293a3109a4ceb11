"""Rules of several files: what is included, what a later file changes, and what cannot be included."""

# ruff: noqa: E501, ISC004  messages stand whole, one a line where they can

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from papertriage.errors import Place, RulesError
from papertriage.rules.include import MAX_DEEP, MAX_FILES
from papertriage.rules.load import check_rules, loads_rules
from papertriage.rules.terms import Rules, Topic
from papertriage.yamlfile import Faults

TODAY = dt.date(2026, 11, 24)

SHARED = """version: 1
match: {fuzzy: 90, fields: {title: 5}}
min_score: 3
exclude: {any: [retraction notice, withdrawn paper], categories: [q-fin.*, econ.*]}
topics:
- name: agents
  weight: 2
  any: [language agent, tool use, {regex: 'GPT-\\d'}, {near: [agent, planning]}]
  none: [board games]
  authors: [Shunyu Yao]
  categories: [cs.CL]
  until: 2027-01-01
  examples: {match: [A language agent]}
- name: vision
  any: [image segmentation]
follow: {authors: {Chelsea Finn: 5, Percy Liang: 4}}
signals: {recency: {weight: 1}, upvotes: {weight: 0.5}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder that is the working one, so that messages show short names."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shared.yaml").write_text(SHARED, "utf-8")
    return tmp_path


def load(text: str) -> Rules:
    Path("rules.yaml").write_text(text, "utf-8")
    return check_rules(Path("rules.yaml"), TODAY)[0]


def changed(body: str) -> Topic:
    """Load a file that changes the included topic `agents`."""
    found = load(f"version: 1\ninclude: shared.yaml\ntopics:\n- name: agents\n  {body}\n")
    return found.topics[0]


def warnings(text: str) -> list[str]:
    Path("rules.yaml").write_text(text, "utf-8")
    return [str(warning) for warning in check_rules(Path("rules.yaml"), TODAY)[1]]


def mistakes(text: str) -> list[str]:
    with pytest.raises(RulesError) as caught:
        load(text)
    return [str(fault) for fault in caught.value.faults]


def labels(topic: Topic) -> list[str]:
    return [term.label for term in topic.any]


# --- what an include brings ---


def test_an_include_brings_everything_with_its_own_places_and_defaults(folder: Path) -> None:
    rules = load("version: 1\ninclude: shared.yaml\ntopics: [{name: own, any: [scaling law]}]")
    alone = check_rules(Path("shared.yaml"))[0]
    assert rules.topics[:2] == alone.topics
    assert (rules.exclude, rules.follow, rules.recency, rules.signals, rules.min_score) == (
        alone.exclude,
        alone.follow,
        alone.recency,
        alone.signals,
        3,
    )
    assert (rules.file, rules.included) == ("rules.yaml", ("shared.yaml",))
    assert rules.topics[0].any[0].place == Place("shared.yaml", 8, 9)
    assert (rules.topics[0].any[0].fuzzy, dict(rules.topics[0].any[0].fields)) == (90, {"title": 5})
    own = rules.topics[2].any[0]
    assert (own.fuzzy, dict(own.fields), own.place.file) == (80, {"title": 3, "abstract": 1}, "rules.yaml")


def test_paths_begin_at_the_including_file(folder: Path) -> None:
    (folder / "lab").mkdir()
    (folder / "lab/all.yaml").write_text("version: 1\ninclude: [people.yaml, ../shared.yaml]", "utf-8")
    (folder / "lab/people.yaml").write_text("version: 1\nfollow: {authors: {Dawn Song: 1}}", "utf-8")
    rules = load("version: 1\ninclude: [lab/all.yaml]")
    assert rules.included == ("lab/people.yaml", "lab/../shared.yaml", "lab/all.yaml")
    assert [author.name for author in rules.follow] == ["Dawn Song", "Chelsea Finn", "Percy Liang"]


def test_a_path_may_begin_in_the_home_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "home").mkdir()
    (folder / "shared.yaml").rename(folder / "home/mine.yaml")
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.setenv("USERPROFILE", str(folder / "home"))
    assert len(load("version: 1\ninclude: ~/mine.yaml").topics) == 2


def test_a_file_that_two_include_is_read_once(folder: Path) -> None:
    for name in ("a", "b"):
        (folder / f"{name}.yaml").write_text("version: 1\ninclude: ./shared.yaml", "utf-8")
    assert warnings("version: 1\ninclude: [a.yaml, b.yaml, shared.yaml]") == []
    rules = load("version: 1\ninclude: [a.yaml, b.yaml, shared.yaml]")
    assert rules.included == ("shared.yaml", "a.yaml", "b.yaml")
    assert len(rules.topics) == 2


def test_included_files_can_come_from_elsewhere() -> None:
    asked: list[Path] = []

    def read(path: Path, faults: Faults) -> str:
        asked.append(path)
        return SHARED

    assert len(loads_rules("version: 1\ninclude: shared.yaml", "at/HEAD/rules.yaml", read=read).topics) == 2
    assert asked == [Path("at/HEAD/shared.yaml")]


# --- what a later file changes ---


def test_single_values_replace_and_lists_add(folder: Path) -> None:
    topic = changed(
        "weight: 5\n  any: [web agent]\n  none: [chess]\n  authors: [Denny Zhou]\n  categories: [cs.AI]\n  at_most: 3\n"
        "  examples: {match: [A web agent]}"
    )
    assert (topic.weight, topic.at_most, topic.categories, topic.until) == (5, 3, ("cs.AI",), dt.date(2027, 1, 1))
    assert labels(topic) == ["language agent", "tool use", r"GPT-\d", "agent … planning (near, within 4)", "web agent"]
    assert [term.label for term in topic.none] == ["board games", "chess"]
    assert [author.name for author in topic.authors] == ["Shunyu Yao", "Denny Zhou"]
    assert [example.text for example in topic.examples.match] == ["A language agent", "A web agent"]
    assert {term.place.file for term in topic.any} == {"shared.yaml", "rules.yaml"}


def test_a_term_or_author_that_stands_already_is_replaced(folder: Path) -> None:
    topic = changed("any: [{term: Tool-Use, weight: 4}]\n  authors: [{name: 'Yao, Shunyu', weight: 7}]")
    assert [(term.label, term.weight) for term in topic.any][1] == ("Tool-Use", 4)
    assert len(topic.any) == 4
    assert [(author.name, author.weight) for author in topic.authors] == [("Yao, Shunyu", 7)]


def test_remove_takes_out_what_it_names(folder: Path) -> None:
    topic = changed("remove: [Tool use, 'GPT-\\d', planning agent, board games, 'Yao, Shunyu', cs.cl]")
    assert labels(topic) == ["language agent"]
    assert (topic.none, topic.authors, topic.categories) == ((), (), ())


def test_a_disabled_topic_is_off_until_a_later_file_puts_it_on(folder: Path) -> None:
    (folder / "mine.yaml").write_text(
        "version: 1\ninclude: shared.yaml\ntopics: [{name: Agents, disabled: true}]", "utf-8"
    )
    assert [topic.name for topic in load("version: 1\ninclude: mine.yaml").topics] == ["vision"]
    again = load("version: 1\ninclude: mine.yaml\ntopics: [{name: agents, disabled: no}]")
    assert [topic.name for topic in again.topics] == ["agents", "vision"]


def test_a_topic_of_the_own_file_can_be_disabled(folder: Path) -> None:
    rules = load("version: 1\ntopics: [{name: a, disabled: yes}, {name: b, any: [scaling law]}]")
    assert [topic.name for topic in rules.topics] == ["b"]


def test_thresholds_followed_authors_excludes_and_signals_are_changed_too(folder: Path) -> None:
    rules = load(
        "version: 1\ninclude: shared.yaml\nmin_score: 0\n"
        "exclude: {any: [{term: withdrawn paper, fuzzy: 80}], categories: [math.*], remove: [Retraction notice, q-fin.*]}\n"
        "follow: {authors: {'Finn, Chelsea': 1}, remove: [Percy Liang]}\nsignals: {upvotes: {weight: 2}}"
    )
    assert rules.min_score == 0
    assert [(term.label, term.fuzzy) for term in rules.exclude.any] == [("withdrawn paper", 80)]
    assert [glob for glob, _ in rules.exclude.categories] == ["econ.*", "math.*"]
    assert [(author.name, author.weight) for author in rules.follow] == [("Finn, Chelsea", 1)]
    assert rules.recency
    assert [(signal.name, signal.weight) for signal in rules.signals] == [("upvotes", 2)]


# --- mistakes ---


@pytest.mark.parametrize(
    ("include", "message"),
    [
        ("shard.yaml", "rules.yaml:2:10: there is no file `shard.yaml`. It is looked for beside this file."),
        ("[shared.yaml, shard.yaml]", "rules.yaml:2:24: there is no file `shard.yaml`. It is looked for beside this file."),
        (".", "rules.yaml:2:10: `.`: this is a folder; expected a YAML file."),
        ("''", "rules.yaml:2:10: this `include` is empty. Write the path of a file of rules."),
        ("https://lab.example/r.yaml", "rules.yaml:2:10: `https://lab.example/r.yaml` is an address; only files are included. Save it beside this file, and include that."),
        ("file:///etc/passwd", "rules.yaml:2:10: `file:///etc/passwd` is an address; only files are included. Save it beside this file, and include that."),
        ("rules.yaml", "rules.yaml:2:10: `rules.yaml` is this file itself. Take it out."),
        ("~nobody-has-this-name/r.yaml", "rules.yaml:2:10: `~nobody-has-this-name/r.yaml` begins in a home folder that is not known."),
        ("{a: b}", "rules.yaml:2:10: `include` is a map; expected a text or a list. A text that holds `: ` needs quotes."),
        ("[[a]]", "rules.yaml:2:11: an entry of `include` is a list; expected a text."),
    ],
)  # fmt: skip
def test_what_cannot_be_included_is_told_where_it_is_named(folder: Path, include: str, message: str) -> None:
    assert mistakes(f"version: 1\ninclude: {include}") == [message]


def test_files_that_include_each_other_are_told_with_the_way_round(folder: Path) -> None:
    (folder / "a.yaml").write_text("version: 1\ninclude: b.yaml", "utf-8")
    (folder / "b.yaml").write_text("version: 1\ninclude: [shared.yaml, a.yaml]", "utf-8")
    assert mistakes("version: 1\ninclude: a.yaml") == [
        "b.yaml:2:24: `a.yaml` includes this file in turn: `a.yaml → b.yaml → a.yaml`. Take one out."
    ]


def test_too_many_and_too_deep_files_are_refused(folder: Path) -> None:
    for number in range(MAX_DEEP + 1):
        (folder / f"{number}.yaml").write_text(f"version: 1\ninclude: {number + 1}.yaml", "utf-8")
    (deep,) = mistakes("version: 1\ninclude: 0.yaml")
    assert deep.startswith(f"{MAX_DEEP - 2}.yaml:2:10: `{MAX_DEEP - 1}.yaml` is included too deep")
    for number in range(MAX_FILES):
        (folder / f"{number}.yaml").write_text(f"version: 1\nfollow: {{authors: [Ada No{number}]}}", "utf-8")
    (many,) = mistakes(f"version: 1\ninclude: [{', '.join(f'{number}.yaml' for number in range(MAX_FILES))}]")
    assert f"`{MAX_FILES - 1}.yaml` is one file too many" in many


def test_mistakes_of_all_files_are_told_at_once_each_in_its_file(folder: Path) -> None:
    (folder / "bad.yaml").write_text("version: 1\ntopics:\n- name: t\n  anny: [x y]", "utf-8")
    (folder / "empty.yaml").write_text("", "utf-8")
    (folder / "latin.yaml").write_bytes(b"version: 1\n# caf\xe9")
    (folder / "tab.yaml").write_text("version: 1\n\ttopics:", "utf-8")
    found = mistakes("version: 1\nmin_score: x\ninclude: [bad.yaml, empty.yaml, latin.yaml, tab.yaml, bad.yaml]")
    assert [message.split(": ")[0] for message in found] == [
        "rules.yaml:2:12",
        "bad.yaml:4:3",
        "empty.yaml:1:1",
        "latin.yaml:2:6",
        "tab.yaml:2:1",
    ]


def test_the_line_beside_a_mistake_is_that_of_the_included_file(folder: Path) -> None:
    (folder / "bad.yaml").write_text("version: 1\ntopics:\n- name: t\n  anny: [x y]", "utf-8")
    with pytest.raises(RulesError) as caught:
        load("version: 1\ninclude: bad.yaml")
    assert [fault.source for fault in caught.value.faults] == ["  anny: [x y]"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert mistakes("version: 1\ninclude: pipe") == [
        "rules.yaml:2:10: `pipe`: this is not a regular file; expected a YAML file."
    ]


def test_a_change_of_a_topic_that_is_not_there_is_told_with_the_nearest_name(folder: Path) -> None:
    assert mistakes("version: 1\ninclude: shared.yaml\ntopics: [{name: agent, weight: 3}]") == [
        "rules.yaml:3:10: the topic `agent` looks for nothing; expected `any`, `all` or `authors`. Did you mean `agents`?"
    ]


def test_a_topic_from_which_all_is_removed_is_told_where_it_is_removed(folder: Path) -> None:
    assert mistakes("version: 1\ninclude: shared.yaml\ntopics: [{name: vision, remove: [image segmentation]}]") == [
        "rules.yaml:3:10: the topic `vision` looks for nothing; expected `any`, `all` or `authors`."
    ]


def test_two_topics_of_one_name_in_one_file_stay_a_mistake(folder: Path) -> None:
    assert mistakes("version: 1\ninclude: shared.yaml\ntopics: [{name: agents}, {name: agents, weight: 2}]") == [
        "rules.yaml:3:26: a topic `agents` stands already in line 3. Give it another name."
    ]


def test_what_removes_nothing_is_a_warning(folder: Path) -> None:
    assert warnings(
        "version: 1\ninclude: shared.yaml\nexclude: {remove: [retracted notice]}\nfollow: {remove: [Percy Lang]}\n"
        "topics: [{name: agents, remove: [tool using]}, {name: own, any: [scaling law], remove: [x y]}]"
    ) == [
        "rules.yaml:3:20: the included `exclude` has no `retracted notice`, so nothing is removed. Did you mean `retraction notice`?",
        "rules.yaml:4:19: the included `follow` has no `Percy Lang`, so nothing is removed. Did you mean `Percy Liang`?",
        "rules.yaml:5:34: the included topic `agents` has no `tool using`, so nothing is removed. Did you mean `tool use`?",
        "rules.yaml:5:89: what is included of the topic `own` has no `x y`, so nothing is removed.",
    ]


def test_a_change_of_a_topic_of_a_file_that_is_not_included_is_a_warning(folder: Path) -> None:
    (folder / "other.yaml").write_text("version: 1\ntopics: [{name: agents, any: [chemical agent]}]", "utf-8")
    assert warnings("version: 1\ninclude: [shared.yaml, other.yaml]") == [
        "other.yaml:2:10: the topic `agents` changes that of shared.yaml:6:3, which this file does not include. "
        "Give it another name if it is another topic."
    ]
