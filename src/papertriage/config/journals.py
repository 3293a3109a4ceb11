"""What the sources of preprints and journals take in `sources`."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from papertriage.config.sourcespec import SourceSpec, Words
from papertriage.yamlfile import Parsed


class BiorxivSpec(SourceSpec, frozen=True, kw_only=True):
    """Preprints of biology; `categories` are the server's subjects."""

    CALLED: ClassVar[str] = "the source biorxiv"

    categories: tuple[Words, ...] = ()


class MedrxivSpec(BiorxivSpec, frozen=True, kw_only=True):
    """Preprints of medicine, from the same service."""

    CALLED: ClassVar[str] = "the source medrxiv"


class PubmedSpec(SourceSpec, frozen=True, kw_only=True):
    """PubMed; `query` is in its own language, `journals` are titles, abbreviations or ISSNs."""

    CALLED: ClassVar[str] = "the source pubmed"

    query: Words | None = None
    journals: tuple[Words, ...] = ()

    def lack(self) -> tuple[str, str]:
        """Nobody reads all of PubMed."""
        told = f"{self.CALLED} has nothing to look for.", "Write a `query` or `journals`."
        return ("", "") if self.query or self.journals else told


def _issn(text: str) -> str:
    found = re.fullmatch(r"(\d{4})-?(\d{3}[\dX])", text.strip().upper(), re.ASCII)
    if not found:
        raise ValueError("")
    return f"{found[1]}-{found[2]}"


Issn = Annotated[str, Parsed("an ISSN, as in `1476-4687`", _issn)]


class CrossrefSpec(SourceSpec, frozen=True, kw_only=True):
    """Crossref; `types` are its own, none means all."""

    CALLED: ClassVar[str] = "the source crossref"

    query: Words | None = None
    journals: tuple[Issn, ...] = ()
    types: tuple[Words, ...] = ("journal-article", "posted-content", "proceedings-article")
    date: Literal["created", "indexed"] = "created"

    def lack(self) -> tuple[str, str]:
        """Nobody reads all of Crossref."""
        told = f"{self.CALLED} has nothing to look for.", "Write a `query` or `journals`."
        return ("", "") if self.query or self.journals else told


class OpenalexSpec(SourceSpec, frozen=True, kw_only=True):
    """OpenAlex; `filter` is in its own language."""

    CALLED: ClassVar[str] = "the source openalex"

    query: Words | None = None
    journals: tuple[Issn, ...] = ()
    filter: Words | None = None

    def lack(self) -> tuple[str, str]:
        """Nobody reads all of OpenAlex."""
        told = f"{self.CALLED} has nothing to look for.", "Write a `query`, `journals` or a `filter`."
        return ("", "") if self.query or self.journals or self.filter else told


class SemanticScholarSpec(SourceSpec, frozen=True, kw_only=True):
    """Semantic Scholar: a search, or papers like others."""

    CALLED: ClassVar[str] = "the source semantic-scholar"

    query: Words | None = None
    fields_of_study: tuple[Words, ...] = ()
    search: Literal["bulk", "relevance"] = "bulk"
    like: tuple[Words, ...] = ()

    def lack(self) -> tuple[str, str]:
        """A source either searches or takes what is recommended."""
        told = f"{self.CALLED} needs a `query` or `like`, one of the two.", "For both write two sources."
        return ("", "") if bool(self.query) != bool(self.like) else told


def _venue(text: str) -> str:
    if not re.fullmatch(r"[\w.-]+(?:/[\w.-]+)*", text, re.ASCII):
        raise ValueError("")
    return text


def _volume(text: str) -> str:
    if not re.fullmatch(r"[A-Z]\d\d|\d{4}\.[a-z0-9_]+", text, re.ASCII):
        raise ValueError("", "What stands before the hyphen of a paper's number." if "-" in text else "")
    return text


Venue = Annotated[str, Parsed("a venue of OpenReview, as in `TMLR` or `ICLR.cc/2026/Conference`", _venue)]
Volume = Annotated[str, Parsed("a collection of the Anthology, as in `2025.acl` or `P19`", _volume)]


class OpenreviewSpec(SourceSpec, frozen=True, kw_only=True):
    """OpenReview: the submissions of venues."""

    CALLED: ClassVar[str] = "the source openreview"

    venues: tuple[Venue, ...] = ()
    invitation: Words = "Submission"

    def lack(self) -> tuple[str, str]:
        """There is no list of all submissions."""
        told = f"{self.CALLED} has no venue.", "Write some, as in `[TMLR]`."
        return ("", "") if self.venues else told


class DblpSpec(SourceSpec, frozen=True, kw_only=True):
    """A search of dblp."""

    CALLED: ClassVar[str] = "the source dblp"

    query: Words


class AclAnthologySpec(SourceSpec, frozen=True, kw_only=True):
    """Collections of the ACL Anthology."""

    CALLED: ClassVar[str] = "the source acl-anthology"

    volumes: tuple[Volume, ...] = ()

    def lack(self) -> tuple[str, str]:
        """The whole Anthology is a hundred megabytes."""
        told = f"{self.CALLED} has no volume.", "Write some, as in `[2025.acl]`."
        return ("", "") if self.volumes else told


JOURNAL_TYPES: dict[str, type[SourceSpec]] = {
    "biorxiv": BiorxivSpec,
    "medrxiv": MedrxivSpec,
    "pubmed": PubmedSpec,
    "crossref": CrossrefSpec,
    "openalex": OpenalexSpec,
    "semantic-scholar": SemanticScholarSpec,
    "openreview": OpenreviewSpec,
    "dblp": DblpSpec,
    "acl-anthology": AclAnthologySpec,
}
