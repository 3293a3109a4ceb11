"""What the `rules` commands and `evaluate` find out: frozen records, made by the pipeline and shown by renderers."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from papertriage.errors import Place
from papertriage.model import Hit, MatchKind, Paper

Role = Literal["any", "all", "none", "authors", "exclude", "follow"]

# --- rules test ---


class FailedExample(msgspec.Struct, frozen=True, kw_only=True):
    """An example of a topic that the topic treats otherwise than it says.

    Attributes:
        topic: its name.
        text: the example as written.
        wanted: the topic must take it; else it must not.
        place: of the example.
        reasons: for one that should match, what keeps the topic from it, half sentences.
        hits: for one that should not, what the topic's terms found in it.
    """

    topic: str
    text: str
    wanted: bool
    place: Place
    reasons: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()


class TopicExamples(msgspec.Struct, frozen=True, kw_only=True):
    """How the examples of one topic fare; counts of examples."""

    name: str
    place: Place
    match: int
    no_match: int
    failed: tuple[FailedExample, ...] = ()


class ExamplesRun(msgspec.Struct, frozen=True, kw_only=True):
    """How the examples of a whole file fare, topics in the order of the file."""

    file: str
    topics: tuple[TopicExamples, ...]

    @property
    def examples(self) -> int:
        """How many examples there are."""
        return sum(topic.match + topic.no_match for topic in self.topics)

    @property
    def failed(self) -> tuple[FailedExample, ...]:
        """All that fail, in the order of the file."""
        return tuple(failure for topic in self.topics for failure in topic.failed)


# --- rules diff ---


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a paper's sum that differs between two files of rules.

    Attributes:
        part, topic, term, field: as in a `ScoreLine`.
        before, after: its points; None where there is no such line.
        place: where the rule stands: in the new file, or in the old one if only that has the line.
    """

    part: Literal["topic", "follow", "recency", "signal", "learned"]
    topic: str
    term: str
    field: str
    before: float | None
    after: float | None
    place: Place | None

    @property
    def points(self) -> float:
        """What the difference adds to the score."""
        return round((self.after or 0.0) - (self.before or 0.0), 2) + 0.0


class Stand(msgspec.Struct, frozen=True):
    """Rank and score of a paper in one list."""

    rank: int
    score: float


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A paper that two files of rules list differently.

    Attributes:
        before, after: how it stands in either list, None where it is not in.
        causes: the lines of the sum that differ, the weightiest first.
        reason: what keeps it out of the one list that it is not in, "" if it is in both.
    """

    paper: Paper
    before: Stand | None
    after: Stand | None
    causes: tuple[Cause, ...]
    reason: str = ""

    @property
    def kind(self) -> Literal["enter", "leave", "move"]:
        """What it does."""
        return "enter" if self.before is None else "leave" if self.after is None else "move"


class RulesDiff(msgspec.Struct, frozen=True, kw_only=True):
    """What another file of rules changes in a list.

    Attributes:
        old, new: the two files as their places name them.
        since, as_of: the window, both days included; `since` None for everything cached.
        papers: papers in the window.
        entering, leaving, moving: how many papers there are of each kind.
        same: papers in both lists with the same score.
        enter, leave: the first of them, in the order of the list that they are in.
        move: the first of the papers with another score in both lists, the largest change of rank first.
    """

    old: str
    new: str
    since: dt.date | None
    as_of: dt.date
    papers: int
    entering: int
    leaving: int
    moving: int
    same: int
    enter: tuple[Change, ...]
    leave: tuple[Change, ...]
    move: tuple[Change, ...]


# --- rules stats ---

FlagKind = Literal["never", "outside", "broad", "redundant", "excluded", "silenced"]


class Flag(msgspec.Struct, frozen=True):
    """Something to look at in a term.

    Attributes:
        kind: never: it hits no paper; outside: only papers that its topic does not look at; broad: a large share
            of them; redundant: only papers that `other` of the same list hits too; excluded: only papers that
            `exclude` takes out; silenced: only papers in which a `none` silences the topic.
        other: the term that does it, "" where it is several together.
        place: of that term.
    """

    kind: FlagKind
    other: str = ""
    place: Place | None = None


class TermStats(msgspec.Struct, frozen=True, kw_only=True):
    """How often one term, author or excluded category hits.

    Attributes:
        papers: papers of the window, among those that the topic looks at, in which it hits.
        share: their part of the papers that the topic looks at, 0 to 1.
        weeks: papers by week, as `RuleStats.weeks`.
    """

    topic: str
    role: Role
    term: str
    place: Place
    papers: int
    share: float
    weeks: tuple[int, ...]
    flags: tuple[Flag, ...] = ()


class RuleStats(msgspec.Struct, frozen=True, kw_only=True):
    """How often each rule of a file hits.

    Attributes:
        since, as_of: the window, both days included; `since` None for everything cached.
        papers: papers in the window.
        weeks: the Mondays of its weeks, from that of its first paper to that of its last.
        terms: in the order of the file: `exclude`, topics, `follow`.
    """

    file: str
    since: dt.date | None
    as_of: dt.date
    papers: int
    weeks: tuple[dt.date, ...]
    terms: tuple[TermStats, ...]


# --- rules try ---


class Level(msgspec.Struct, frozen=True):
    """One setting of `fuzzy`, and how many papers a term takes with it; None is `off`."""

    fuzzy: int | None
    papers: int


class Spelling(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which the papers write what a term takes.

    Attributes:
        text: as it is written there, letter case aside.
        papers: papers that have it.
        similarity, kind: as of its hits.
        joins: the strictest level that takes it, None is `off`.
        taken: the marked level takes it.
        paper, hit: the newest paper that has it, and the place there.
    """

    text: str
    papers: int
    similarity: float
    kind: MatchKind
    joins: int | None
    taken: bool
    paper: Paper
    hit: Hit


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What a term would take in the cache.

    Attributes:
        term: its label.
        since, as_of: the window, both days included; `since` None for everything cached.
        papers: papers in the window.
        levels: the strictest first; a regex has one.
        marked: the level that holds, of the term itself, the command line or the file; None is `off`.
        origin: whose that level is, in words.
        spellings: those of the strictest level first, then the most frequent.
    """

    term: str
    since: dt.date | None
    as_of: dt.date
    papers: int
    levels: tuple[Level, ...]
    marked: int | None
    origin: str
    spellings: tuple[Spelling, ...]


# --- rules suggest ---

EditedRole = Literal["any", "all", "none", "exclude"]


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """One change of the rules that a patch makes.

    Attributes:
        topic: its name; "" for `exclude`.
        role: the list of the rules.
        term: the new term, or the label of the term that is weighed anew.
        weight: of the term, from now on; `none` and `exclude` have none.
        at: the place of the term that is weighed anew; None for a new term.
    """

    topic: str
    role: EditedRole
    term: str
    weight: float = 1.0
    at: Place | None = None


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """An edit of the rules with what speaks for it.

    Attributes:
        before: the weight until now; None for a new term.
        wanted, skipped: how many of the papers decided on have the term.
        elsewhere: the share of the papers without a decision that has it.
        unsure: so few decisions speak of it that one more may change it.
        enters, leaves: papers of the cache, whatever their day, that this edit alone brings in and takes out.
    """

    edit: Edit
    before: float | None
    wanted: int
    skipped: int
    elsewhere: float
    unsure: bool
    enters: int = 0
    leaves: int = 0

    @property
    def lowers(self) -> bool:
        """Whether it is against papers rather than for them."""
        return self.edit.role in ("none", "exclude") or self.edit.weight < (self.before or 0)


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """What the user's decisions teach.

    Attributes:
        wanted, skipped: how many papers were decided on.
        lacking: how many more of each are needed before anything is learned.
        suggestions: those for papers first, strongest first.
        doubts: terms of which too few decisions speak.
        asked: papers whose decision would settle most.
    """

    wanted: int
    skipped: int
    lacking: tuple[int, int] = (0, 0)
    suggestions: tuple[Suggestion, ...] = ()
    doubts: tuple[str, ...] = ()
    asked: tuple[Paper, ...] = ()


class Suggested(msgspec.Struct, frozen=True, kw_only=True):
    """What was learned, as a patch of a rules file.

    Attributes:
        file: the rules.
        learned: its suggestions are those that have a place in the file.
        unplaced: those for which the file, as it is written, has none.
        enters, leaves: papers of the cache that all suggestions together bring in and take out.
        after: the text of the rules with the suggestions.
        patch: the difference, as `patch` and `git apply` take it; "" when there is none.
    """

    file: str
    learned: Learned
    unplaced: tuple[Suggestion, ...]
    enters: int
    leaves: int
    after: str
    patch: str


# --- evaluate ---

Way = Literal["rules", "learned", "both"]
"""What decides which papers of a screening come first."""


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """The quality of one order of papers.

    Attributes:
        recall_10, recall_20: shares of the wanted papers among the first 10 and 20 %.
        wss_95: work saved over sampling at a recall of 95 %, a share of all papers.
        atd: average time to discovery, in papers.
    """

    recall_10: float
    recall_20: float
    wss_95: float
    atd: float


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """How one way did.

    Attributes:
        runs: one a seed.
        curve: the mean recall after each hundredth of the papers, from 0 to 1.
    """

    way: Way
    runs: tuple[Quality, ...]
    curve: tuple[float, ...]


class Evaluated(msgspec.Struct, frozen=True, kw_only=True):
    """A screening replayed.

    Attributes:
        papers, wanted: how many there are, and how many of them were included.
        undecided: rows of the file without a label, left out.
        column: where the file tells what was included.
        rules: the file of the rules, None without.
        seeds: how many times it was replayed.
    """

    papers: int
    wanted: int
    undecided: int
    column: str
    rules: str | None
    seeds: int
    measured: tuple[Measured, ...]
