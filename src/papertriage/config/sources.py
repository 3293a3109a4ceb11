"""The entries of `sources`: what every source takes, and what each type takes beyond."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from papertriage.config.journals import JOURNAL_TYPES
from papertriage.config.sourcespec import SourceSpec, Url, Words
from papertriage.errors import Place
from papertriage.patterns import pattern
from papertriage.yamlfile import Faults, Map, Node, Parsed, Scalar, convert

_CATEGORY = pattern(r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]+(?:-[a-z]+)*)?", re.ASCII)
_OAI_SET = pattern(r"[A-Za-z-]+(?::[A-Za-z-]+){0,2}", re.ASCII)


def _category(text: str) -> str:
    if not _CATEGORY.fullmatch(text):
        raise ValueError("", "One entry is one category, with no `*`." if re.search(r"[,;*\s]", text) else "")
    return text


def _oai_set(text: str) -> str:
    if not _OAI_SET.fullmatch(text):
        raise ValueError("")
    return text


OaiSet = Annotated[str, Parsed("a set of OAI-PMH, as in `cs` or `math:math:AG`", _oai_set)]
Category = Annotated[str, Parsed("a category of arXiv, as in `cs.CL` or `hep-th`", _category)]


class HfDailySpec(SourceSpec, frozen=True, kw_only=True):
    """Hugging Face's Daily Papers."""

    CALLED: ClassVar[str] = "the source hf-daily"

    by: Literal["day", "week", "month"] = "day"
    submitter: Words | None = None


class HfSearchSpec(SourceSpec, frozen=True, kw_only=True):
    """What a search at Hugging Face finds at the moment."""

    CALLED: ClassVar[str] = "the source hf-search"

    query: Words


class HfTrendingSpec(SourceSpec, frozen=True, kw_only=True):
    """What trends at Hugging Face at the moment."""

    CALLED: ClassVar[str] = "the source hf-trending"


class ArxivRssSpec(SourceSpec, frozen=True, kw_only=True):
    """Announcements of arXiv."""

    CALLED: ClassVar[str] = "the source arxiv-rss"

    categories: tuple[Category, ...] = ("cs.AI", "cs.CL", "cs.LG")

    def lack(self) -> tuple[str, str]:
        """At least one category is asked for."""
        told = f"{self.CALLED} has no category.", "Write some, as in `[cs.CL, cs.LG]`."
        return ("", "") if self.categories else told


class ArxivSpec(ArxivRssSpec, frozen=True, kw_only=True):
    """Every announcement of arXiv: today's from the feed, missed ones from OAI-PMH."""

    CALLED: ClassVar[str] = "the source arxiv"

    cross: bool = True
    replacements: bool = True


class ArxivApiSpec(SourceSpec, frozen=True, kw_only=True):
    """What was submitted to arXiv on a day and fits a query."""

    CALLED: ClassVar[str] = "the source arxiv-api"

    categories: tuple[Category, ...] = ()
    query: Words | None = None
    by: Literal["submitted", "updated"] = "submitted"

    def lack(self) -> tuple[str, str]:
        """Something is asked for: all of arXiv is what `arxiv-oai` is for."""
        told = (
            f"{self.CALLED} has neither categories nor a query.",
            "Write one, as in `query: 'ti:\"language model\"'`.",
        )
        return ("", "") if self.categories or self.query else told


class ArxivOaiSpec(SourceSpec, frozen=True, kw_only=True):
    """Records of arXiv that changed on a day, or all there are."""

    CALLED: ClassVar[str] = "the source arxiv-oai"

    categories: tuple[Category, ...] = ()
    sets: tuple[OaiSet, ...] = ()
    format: Literal["arXiv", "arXivRaw"] = "arXiv"


class FeedSpec(SourceSpec, frozen=True, kw_only=True):
    """Any RSS, Atom or RDF feed."""

    CALLED: ClassVar[str] = "the source feed"

    url: Url


SOURCE_TYPES: dict[str, type[SourceSpec]] = {
    "hf-daily": HfDailySpec,
    "hf-search": HfSearchSpec,
    "hf-trending": HfTrendingSpec,
    "arxiv": ArxivSpec,
    "arxiv-rss": ArxivRssSpec,
    "arxiv-api": ArxivApiSpec,
    "arxiv-oai": ArxivOaiSpec,
    "feed": FeedSpec,
    **JOURNAL_TYPES,
}
"""Types that come with papertriage; of others the options pass unchecked, for other packages add them."""


class SourceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One configured source.

    Attributes:
        name: how it is called in lists, in the log and on the command line.
        type: which module reads it.
        base_url: where it is asked instead of the service itself, for mirrors and tests.
        options: what its type takes: `categories`, `url`, … Of a type that papertriage
            does not know, scalars are texts as they are spelled.
        place: where it stands, None for a default.
    """

    name: str
    type: str
    base_url: str | None = None
    options: dict[str, Any] = {}
    place: Place | None = None

    @classmethod
    def from_node(cls, node: Node, faults: Faults, what: str) -> SourceSettings | None:
        """Read an entry: a plain name, or a map whose `type` says what else it may hold."""
        if isinstance(node, Scalar) and not node.blank:
            pairs: dict[str, tuple[Scalar, Node]] = {"name": (Scalar(node.line, node.column, text="name"), node)}
            node = Map(node.line, node.column, pairs=pairs)
        named = (node.get("type") or node.get("name")) if isinstance(node, Map) else None
        kind = named.text if isinstance(named, Scalar) else ""
        known = SOURCE_TYPES.get(kind)
        if isinstance(node, Map) and not (known or isinstance(named, Scalar)):
            faults.add(node, "a source lacks `name` or `type`.")
            return None
        before = faults.count
        values: dict[str, Any] = {}
        if known:
            spec = convert(node, known, faults, what)
            if spec is not None:
                values = {name: getattr(spec, name) for name in spec.__struct_fields__}
                lack, hint = spec.lack()
                if lack and faults.count == before:
                    faults.add(node, lack, hint)
        elif isinstance(node, Map):
            shared = {key: pair for key, pair in node.pairs.items() if key in SourceSpec.__struct_fields__}
            convert(Map(node.line, node.column, pairs=shared), SourceSpec, faults, what)
            values = convert(node, dict[str, Any], faults, what) or {}
        else:
            faults.add(node, f"{what} is no source; expected a name, or a map with `name` or `type`.")
        if faults.count > before:
            return None
        name, kind = values.pop("name", None) or kind, values.pop("type", None) or kind
        base_url = values.pop("base_url", None)
        return cls(name=name, type=kind, base_url=base_url, options=values, place=faults.place(node))


def default_sources() -> tuple[SourceSettings, ...]:
    """Give what is fetched when the file says nothing of sources."""
    daily, arxiv = HfDailySpec(), ArxivRssSpec()
    return (
        SourceSettings(name="hf-daily", type="hf-daily", options={"by": daily.by, "submitter": daily.submitter}),
        SourceSettings(name="arxiv-rss", type="arxiv-rss", options={"categories": arxiv.categories}),
    )
