"""The records that all layers speak in. They are frozen, and nothing here does I/O.

An `Observation` is what one source said of one paper at one time: one line of the log. Observations
of one work merge into a `Paper`. Rules find `Hit`s in a paper; hits add up to a `Score`, a sum of
printable `ScoreLine`s; papers in order of score are `Ranked`.

An absent value is `None` (or empty, for lists and maps), never a placeholder. Dates are UTC.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal, get_args

import msgspec

from papertriage.errors import Place

SCHEMA_VERSION = 1
"""The version of the log's lines that this papertriage writes; it reads all up to this one."""

AnnounceType = Literal["new", "cross", "replace", "replace-cross"]


class Observation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What one source said of one paper at one time: one line of the log.

    Attributes:
        id: the strongest identity known from this observation alone, as `arxiv:2510.01265`.
        source: the configured name of the source, as `hf-daily`.
        title: as the source gives it, white space folded; LaTeX and markup are left as they are.
        seen: when it was fetched (UTC, aware).
        ids: every identity known, by kind: `{"arxiv": ["2510.01265"], "doi": [...]}`; values are
            normal forms (see `identity.py`).
        native: what the source itself calls the record, where that is not the value of `id`
            (a feed's guid; a DOI with its version).
        announced: the day on which the source listed the paper.
        announce_type: for arXiv: category to new, cross, replace or replace-cross.
        published, updated: ISO 8601 at the precision that the source gives: `2024`, `2024-05`,
            `2024-05-24` or `2024-05-24T17:34:15Z`. Text order is time order.
        authors: names in the source's order, `Given Family`.
        author_count: where the source tells the number of authors only.
        categories: as the source writes them, primary first: `cs.CL`.
        urls: by kind: page, abs, pdf, code, project.
        version: of the paper, counted from 1.
        signals: numbers that grow: upvotes, comments, citations, github_stars.
        extra: what the source said beyond this, by the source's own names.
        unknown: fields of a log line that this version does not know, kept as they are.
    """

    id: str
    source: str
    title: str
    seen: dt.datetime
    ids: dict[str, tuple[str, ...]] = {}
    native: str | None = None
    abstract: str | None = None
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    published: str | None = None
    updated: str | None = None
    announced: dt.date | None = None
    announce_type: dict[str, AnnounceType] = {}
    categories: tuple[str, ...] = ()
    urls: dict[str, str] = {}
    venue: str | None = None
    organization: str | None = None
    submitter: str | None = None
    comment: str | None = None
    version: int | None = None
    signals: dict[str, float] = {}
    extra: dict[str, Any] = {}
    unknown: dict[str, Any] = {}

    @property
    def day(self) -> dt.date:
        """The day this observation speaks of: announced, else published, else seen."""
        return self.announced or day_of(self.published) or self.seen.date()

    @property
    def key(self) -> tuple[str, str, dt.date | None]:
        """What identifies the record at its source: an unchanged repetition has the same key."""
        return (self.source, self.native or self.id, self.announced)


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """One work, however many services list it: observations merged field by field.

    Fields are those of `Observation`; beyond them:

    Attributes:
        day: the day by which windows count: latest `announced`, else published, else first seen.
        sources: names of the sources that list it, in order of first sight.
        aliases: all its identities, `arxiv:…`, `doi:…`, by any of which it can be named; the first
            is `id`.
        provenance: for each field that has a value, the source it was taken from; for a map of several
            sources also each entry's: `signals.upvotes`.
        first_seen: when it first entered the cache.
        votes: upvotes as they were seen, (time, number), oldest first; empty where they were seen once.
    """

    id: str
    title: str
    day: dt.date
    first_seen: dt.datetime
    ids: dict[str, tuple[str, ...]] = {}
    abstract: str | None = None
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    published: str | None = None
    updated: str | None = None
    announced: dt.date | None = None
    announce_type: dict[str, AnnounceType] = {}
    categories: tuple[str, ...] = ()
    urls: dict[str, str] = {}
    venue: str | None = None
    organization: str | None = None
    submitter: str | None = None
    comment: str | None = None
    version: int | None = None
    signals: dict[str, float] = {}
    extra: dict[str, Any] = {}
    sources: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    provenance: dict[str, str] = {}
    votes: tuple[tuple[dt.datetime, float], ...] = ()


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """A record that could not be read, and why; it is counted and told, never dropped in silence.

    Attributes:
        where: which record: `item 3`, `line 17`, an id.
        reason: a sentence without a full stop.
    """

    where: str
    reason: str


class Status(StrEnum):
    """How the listing of one source for one announcement day stands in the ledger."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    EXPECTED_EMPTY = "expected-empty"
    STALE = "stale"
    NOT_MODIFIED = "not-modified"
    FAILED = "failed"
    MISSED = "missed"


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What one source gave for one announcement day.

    Attributes:
        day: the announcement day.
        status: complete only if the answer was recognised as whole.
        observations: what was listed; kept also when the listing is partial.
        skipped: records that could not be read.
        requests: how many HTTP requests were made for it.
        error: what went wrong, one sentence with what happens next, for partial, stale and failed.
        note: how the day came to be known where something had gone wrong and no longer is, one sentence.
        validators: what the next fetch is handed: `etag` and `last_modified` of the reply, and how far a
            harvest has come.
    """

    day: dt.date
    status: Status
    observations: tuple[Observation, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    requests: int = 0
    error: str | None = None
    note: str | None = None
    validators: dict[str, str] = {}


class Run(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the completeness ledger: how one source's announcement day stands.

    Attributes:
        source, query, day: what was asked; of several lines for the three the last holds.
        at: when (UTC, aware).
        new, updated, unchanged, skipped: counts of records in the fetch that wrote the line.
        note: how a day that had gone wrong came to be known after all.
    """

    source: str
    query: str
    day: dt.date
    status: Status
    at: dt.datetime
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    requests: int = 0
    error: str | None = None
    note: str | None = None
    validators: dict[str, str] = {}


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How the days of one source stand.

    Attributes:
        runs: a line a day, oldest first.
        earlier: how many earlier days, all settled, are left out.
    """

    source: str
    query: str
    runs: tuple[Run, ...]
    earlier: int = 0


State = Literal["star", "later", "skip", "read"]

STATES: tuple[State, ...] = get_args(State)
"""The states in the order in which they are told."""


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the user said of a paper: one line of `decisions.jsonl`.

    Attributes:
        at: when (UTC, aware).
        ids: all identities of the paper at that time, strongest first.
        state: the decision; None with `note` absent means cleared.
        note: free text.
        apart: with it, the event decides nothing but that `ids` and these name two works (`split`).
    """

    at: dt.datetime
    ids: tuple[str, ...]
    state: State | None = None
    note: str | None = None
    apart: tuple[str, ...] = ()


class Span(msgspec.Struct, frozen=True):
    """A stretch of the cleaned text of a field: `clean(text)[start:end]`."""

    start: int
    end: int


MatchKind = Literal["exact", "inflection", "spelling", "join", "fuzzy", "regex", "near", "author"]
"""How a hit matched; of several kinds in one hit the least exact is told."""


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One place in one field of one paper where one term matched.

    Attributes:
        topic: name of the topic; "" for `exclude` and `follow`.
        role: the list of the rules that the term stands in.
        term: the term as its user wrote it.
        field: title, abstract, authors, …
        text: the matched stretch of the cleaned field.
        span: its place in the cleaned field (for authors: in that author's name).
        similarity: 0 to 100.
        kind: how it matched.
        place: where the term stands in the rules.
    """

    topic: str
    role: Literal["any", "all", "none", "authors", "exclude", "follow"]
    term: str
    field: str
    text: str
    span: Span
    similarity: float
    kind: MatchKind
    place: Place


class Share(msgspec.Struct, frozen=True):
    """What one word, or two in a row, gave to the learned line; `words` may name several together."""

    words: str
    points: float


class Opinion(msgspec.Struct, frozen=True, kw_only=True):
    """What the user's decisions say of a paper: above 0 it is like the wanted ones, below like the skipped ones.

    Attributes:
        value: the sum of the shares.
        shares: the words, those that speak most for the paper first and those that speak most against it last.
    """

    value: float
    shares: tuple[Share, ...]


class ScoreLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the sum that is a score.

    Attributes:
        part: what it belongs to.
        points: rounded to 0.01; the score is the sum of these.
        topic: for a topic's line its name, else "".
        term: the term, author or signal, as written.
        field: where it matched, "" for recency and signals.
        hits: the hits that it counts, in the order of the text.
        formula: the multiplication in figures: `2 × 1.5 × 3 × 0.96 × 1.33`.
        place: where the rule stands; None for defaults.
        shares: of the learned line, the words that drove it; together they are its points, rounding aside.
    """

    part: Literal["topic", "follow", "recency", "signal", "learned"]
    points: float
    topic: str = ""
    term: str = ""
    field: str = ""
    hits: tuple[Hit, ...] = ()
    formula: str = ""
    place: Place | None = None
    shares: tuple[Share, ...] = ()


class TopicScore(msgspec.Struct, frozen=True):
    """What one topic gave to a paper: the sum of its lines."""

    name: str
    score: float


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """A paper's score, as the sum of its lines, and whether the paper is in.

    Attributes:
        total: sum of the points of `lines`, rounded to 0.01.
        lines: every line of the sum, topics in the order of the rules.
        topics: topics that hold, best first.
        hits: all hits in the paper, those of topics that do not hold included.
        relevance: the sum of topics and followed authors alone; the threshold is held against it.
        excluded: what put the paper out for good (`exclude`), one sentence, or None.
        below: why the paper is not listed (no topic, a `none`, a missing `all`, a threshold), one
            sentence, or None when it is.
        notes: for each topic that found something and does not hold, why.
    """

    total: float
    lines: tuple[ScoreLine, ...]
    topics: tuple[TopicScore, ...]
    hits: tuple[Hit, ...]
    relevance: float
    excluded: str | None = None
    below: str | None = None
    notes: tuple[str, ...] = ()


class Lacked(msgspec.Struct, frozen=True, kw_only=True):
    """What a paper lacked to be listed, along the way on which least was missing.

    Attributes:
        topic: the topic that it nearly had, "" where only points are missing.
        things: each half a sentence; at least one.
        would_score: its score if nothing had been in the way of that topic.
        bare: it has what the topic asks of every paper (`all`), and nothing of what the topic looks for.
    """

    topic: str
    things: tuple[str, ...]
    would_score: float
    bare: bool = False


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a list.

    Attributes:
        rank: counted from 1.
        state: the user's last decision, None if there is none.
        note: the user's last note.
        trend, growth: recent votes, and votes won since the user last looked, where the list is by trend.
        lacked: in a list of what is not listed, what was missing.
    """

    rank: int
    paper: Paper
    score: Score
    state: State | None = None
    note: str | None = None
    trend: float | None = None
    growth: float | None = None
    lacked: Lacked | None = None


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A ranked list with all that is needed to show it and to say what it leaves out.

    Attributes:
        rows: best first.
        since, as_of: the window, both days included; `since` None for everything cached.
        cached: papers in the cache.
        in_window: of them, papers in the window that passed the filters.
        left_out: reason to number of papers that are not shown, in the order to tell them:
            `filtered out`, `excluded`, `not in a topic`, `below the threshold`, `past a topic's quota`,
            `past the limit`.
    """

    rows: tuple[Ranked, ...]
    since: dt.date | None
    as_of: dt.date
    cached: int
    in_window: int
    left_out: Mapping[str, int] = {}


def day_of(moment: str | None) -> dt.date | None:
    """Give the first day of an ISO 8601 moment of any precision, or None.

    >>> day_of("2024-05-24T17:34:15Z"), day_of("2024-05"), day_of(None)
    (datetime.date(2024, 5, 24), datetime.date(2024, 5, 1), None)
    """
    if not moment:
        return None
    try:
        if moment[4:8:3] == "--":  # as most are, and asked of every line of the log
            return dt.date.fromisoformat(moment[:10])
    except ValueError:
        pass
    parts = moment[:10].split("-")
    try:
        numbers = [int(part) for part in parts]
        return dt.date(*[*numbers, 1, 1][:3])
    except (ValueError, TypeError):
        return None
