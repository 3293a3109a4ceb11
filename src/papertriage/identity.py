"""Identities of papers: every usual spelling of an id, in one normal form.

`parse_identity` takes what a person has at hand or a service returns (a bare id, a URL, a DOI in
parentheses) and gives an `Identity`, whose text is `kind:value`:

    arxiv:2510.01265    arxiv:hep-th/9901001    doi:10.1101/2020.01.01.123456    pmid:31978945
    openreview:rJl-b3RcF7    acl:2020.acl-main.1    hf-daily:t-0123456789abcdef (SOURCE:native)

The version of an arXiv or bioRxiv id is no part of the identity. How each service writes its ids:
https://info.arxiv.org/help/arxiv_identifier.html, https://www.doi.org/doi-handbook/HTML/index.html,
https://aclanthology.org/info/ids/.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import msgspec

from papertriage.patterns import pattern

KINDS = ("arxiv", "doi", "pmid", "openreview", "acl", "pmc", "s2", "openalex", "dblp")
"""Kinds of identity that hold across services, strongest first. Any other kind is a source's name."""

MAX_LENGTH = 1000
"""Longer texts are no identity."""


class Identity(msgspec.Struct, frozen=True, order=True):
    """One name of a paper.

    Attributes:
        kind: one of `KINDS`, or the name of the source whose own id it is.
        value: the id in its normal form: without version, DOIs in lower case.
    """

    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


# --- normal forms: one function for each kind, None when the text is no id of that kind -------------

_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga|"
    "econ|eess|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|"
    "plasm-ph|q-alg|q-bio|q-fin|quant-ph|solv-int|stat|supr-con"
)
_MONTH = r"\d\d(?:0[1-9]|1[0-2])"
_ARXIV = pattern(
    rf"(?P<id>{_MONTH}\.[0-9]{{4,5}}|(?P<archive>{_ARCHIVES})(?:\.[a-z-]{{2,}})?/(?P<number>{_MONTH}[0-9]{{3}}))"
    r"(?:v(?P<version>[1-9][0-9]{0,3}))?(?:\.(?:pdf|ps|gz|ps\.gz|html))?(?:\s*\[[a-z-]+(?:\.[a-z-]+)?\])?",
    re.IGNORECASE | re.ASCII,
)
_DOI = pattern(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+", re.ASCII)
_DOI_OF_ARXIV = "10.48550/arxiv."
# bioRxiv and medRxiv: the prefix changed from 10.1101 to 10.64898 at the end of 2025. What follows the
# digits is a version and a view of the page, never part of the DOI.
_DOI_OF_BIORXIV = pattern(r"(10\.(?:1101|64898)/(?:\d{4}\.\d\d\.\d\d\.)?\d{5,9})v\d+(?:[./].*)?", re.ASCII)
_CLOSING = {")": "(", "]": "[", "}": "{", ">": "<"}


def _arxiv(text: str) -> Identity | None:
    found = _ARXIV.fullmatch(text.strip())
    if not found:
        return None
    if found["archive"]:  # the subject class (`math.GT`) is optional in old ids
        return Identity("arxiv", f"{found['archive'].lower()}/{found['number']}")
    return Identity("arxiv", found["id"])


def _doi(text: str) -> Identity | None:
    if re.match(r"10\.[0-9.]+%2f", text, re.IGNORECASE):
        from urllib.parse import unquote

        text = unquote(text)
    text = _without_end(text.strip()).lower()
    if text.startswith(_DOI_OF_ARXIV) and (paper := _arxiv(text.removeprefix(_DOI_OF_ARXIV))):
        return paper
    if not _DOI.fullmatch(text) or not text.isprintable():
        return None
    if preprint := _DOI_OF_BIORXIV.fullmatch(text):
        text = preprint[1]
    return Identity("doi", text)


def _without_end(text: str) -> str:
    """Cut punctuation and closing brackets that belong to the sentence around an id."""
    while text:
        last = text[-1]
        opening = _CLOSING.get(last)
        if last in ".,;:!?'\"`”’»" or (opening and text.count(last) > text.count(opening)):
            text = text[:-1].rstrip()
        else:
            break
    return text


def _by_pattern(
    kind: str, form: str, normal: Callable[[str], str] = str, flags: re.RegexFlag = re.NOFLAG
) -> Callable[[str], Identity | None]:
    whole = pattern(form, re.ASCII | flags)

    def parse(text: str) -> Identity | None:
        text = _without_end(text.strip())
        return Identity(kind, normal(text)) if whole.fullmatch(text) else None

    return parse


def _acl_normal(text: str) -> str:
    return text.upper() if text[0].isalpha() else text.lower()


def _pmc_normal(text: str) -> str:
    return "PMC" + text.upper().removeprefix("PMC")


_pmid = _by_pattern("pmid", r"0*[1-9][0-9]{0,9}", lambda text: text.lstrip("0"))
_pmc = _by_pattern("pmc", r"(?:PMC)?[1-9][0-9]{0,9}", _pmc_normal, re.IGNORECASE)
_openreview = _by_pattern("openreview", r"[A-Za-z0-9_-]{5,32}")
_acl = _by_pattern("acl", r"[A-Z]\d\d-\d{4,5}|\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+", _acl_normal, re.IGNORECASE)
_s2 = _by_pattern("s2", r"[0-9a-f]{40}|[1-9][0-9]{0,11}", str.lower, re.IGNORECASE)
_openalex = _by_pattern("openalex", r"W[1-9][0-9]{3,14}", str.upper, re.IGNORECASE)
_dblp = _by_pattern("dblp", r"[a-z]+/[A-Za-z0-9_-]+/[A-Za-z0-9_.:+-]+")

_PREFIXES: dict[str, Callable[[str], Identity | None]] = {
    "arxiv": _arxiv,
    "arxiv.org": _arxiv,
    "doi": _doi,
    "pmid": _pmid,
    "pubmed": _pmid,
    "med": _pmid,
    "pmc": _pmc,
    "pmcid": _pmc,
    "openreview": _openreview,
    "acl": _acl,
    "s2": _s2,
    "corpusid": _s2,
    "openalex": _openalex,
    "dblp": _dblp,
}
"""The word before a colon (in any case) and what may follow it."""

_BARE = (_arxiv, _doi, _acl, _by_pattern("pmc", r"PMC[1-9][0-9]+", _pmc_normal, re.IGNORECASE))
"""What is recognised without any prefix, first match first."""


# --- addresses: host, path and the id in it ----------------------------------------------------------

_HOSTS: tuple[tuple[str, str, Callable[[str], Identity | None]], ...] = (
    # host (of its own or with a name before it), path with the id as its only group, reader of the id
    ("arxiv.org", r"/(?:abs|pdf|html|format|ps|src|e-print|tb)/(.+?)/?", _arxiv),
    ("ar5iv.org", r"/(?:abs|pdf|html)/(.+?)/?", _arxiv),
    ("lanl.gov", r"/(?:abs|pdf)/(.+?)/?", _arxiv),
    ("huggingface.co", r"/papers/([^/]+)(?:/.*)?", _arxiv),
    ("hf.co", r"/papers/([^/]+)(?:/.*)?", _arxiv),
    ("alphaxiv.org", r"/(?:[a-z]{2}/)?(?:abs|pdf|overview|resources|audio)/(.+?)/?", _arxiv),
    ("arxiv-vanity.com", r"/papers/(.+?)/?", _arxiv),
    ("scirate.com", r"/arxiv/(.+?)/?", _arxiv),
    ("doi.org", r"/(10\..+)", _doi),
    ("pubmed.ncbi.nlm.nih.gov", r"/(\d+)/?", _pmid),
    ("ncbi.nlm.nih.gov", r"/(?:m/)?pubmed/(\d+)/?", _pmid),
    ("ncbi.nlm.nih.gov", r"/(?:pmc/)?articles/(PMC\d+)(?:/.*)?", _pmc),
    ("europepmc.org", r"/(?:article|abstract)/med/(\d+)/?", _pmid),
    ("europepmc.org", r"/(?:article|abstract)/pmc/(PMC\d+)/?", _pmc),
    ("openreview.net", r"/(?:forum|pdf|attachment|revisions)\?id=(.+)", _openreview),
    ("aclanthology.org", r"/(.+?)(?:v\d+)?(?:\.pdf|\.bib|\.xml)?/?", _acl),
    ("aclanthology.info", r"/(?:papers|p)/([^/]+)(?:/.*)?", _acl),
    ("aclweb.org", r"/anthology/(?:papers/[a-z]/[a-z]\d\d/)?(.+?)(?:v\d+)?(?:\.pdf|\.bib)?/?", _acl),
    ("semanticscholar.org", r"/paper/(?:[^/]+/)?([0-9a-f]{40})(?:/.*)?", _s2),
    ("semanticscholar.org", r"/CorpusId:(\d+)/?", _s2),
    ("semanticscholar.org", r"/arxiv:(.+)", _arxiv),
    ("openalex.org", r"/(?:works/)?(W\d+)/?", _openalex),
    ("dblp.org", r"/rec/(?:html/|bibtex/)?(.+?)(?:\.html|\.bib|\.xml)?", _dblp),
    ("nature.com", r"/articles/(s\d{5}-[0-9a-z-]+?)(?:\.pdf)?/?", lambda text: _doi(f"10.1038/{text}")),
)


_ADDRESSES = tuple((host, pattern(path, re.IGNORECASE | re.ASCII), read) for host, path, read in _HOSTS)


# Publishers show a page at `…/doi/full/10.1002/x` and `…/articles/10.3389/x/full`.
_DOI_IN_PATH = pattern(r".*?/(10\.[0-9]{4,9}(?:\.[0-9]+)*/.+)", re.ASCII)
_VIEW_OF_PAGE = pattern(r"(?:[/.](?:full|abstract|pdf|epdf|html|meta|short|full-text|fulltext))+/?$|/$", re.IGNORECASE)

_BARE_ADDRESS = pattern(r"(?://)?(?:[a-z0-9-]+\.)+[a-z]{2,}/.", re.IGNORECASE | re.ASCII)


def _from_address(text: str) -> Identity | None:
    from urllib.parse import parse_qs, unquote, urlsplit

    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:  # `http://[::1` and the like
        return None
    path = unquote(parts.path)
    if wanted := parse_qs(parts.query).get("id"):
        path += f"?id={wanted[0]}"
    for known, form, read in _ADDRESSES:
        if (host == known or host.endswith("." + known)) and (found := form.fullmatch(path)):
            return read(found[1])
    if found := _DOI_IN_PATH.fullmatch(unquote(parts.path)):
        return _doi(_VIEW_OF_PAGE.sub("", found[1]))
    return None


# --- the front door ----------------------------------------------------------------------------------

_PREFIXED = pattern(r"(arxiv\.org|s2|[A-Za-z]+)[\s:.]*(\S.*)", re.ASCII | re.IGNORECASE)
_OWN = pattern(r"([A-Za-z0-9][A-Za-z0-9._-]+):(\S+)", re.ASCII)
_FORMAL = {"oai:arxiv.org:": _arxiv, "urn:doi:": _doi, "info:doi/": _doi, "info:pmid/": _pmid, "info:arxiv/": _arxiv}
_SCHEMES = frozenset({"http", "https", "ftp", "file", "data", "javascript", "mailto", "urn", "info", "oai", "about"})


def parse_identity(text: str) -> Identity | None:
    """Read one identity in any spelling that a person or a service uses.

    What is not one of the known kinds is taken as `SOURCE:native` when it looks like that.
    An id that stands inside a longer text is not looked for.

    Returns:
        The identity, or None when the text is no id. Never raises.
    """
    text = text.strip()
    if not text or len(text) > MAX_LENGTH or not text.isprintable():
        return None
    bare = _unwrapped(text)
    if bare.lower().startswith(("http://", "https://")):
        return _from_address(bare)
    if found := _known(bare):
        return found
    if _BARE_ADDRESS.match(bare):
        return _from_address("https://" + bare.removeprefix("//"))
    own = _OWN.fullmatch(text)
    if not own or own[1].lower() in _SCHEMES or own[1].lower() in _PREFIXES:
        return None
    return Identity(own[1], own[2])


def _known(bare: str) -> Identity | None:
    """Read an id of a known kind that is no address, with or without its prefix."""
    lowered = bare.lower()
    for formal, read in _FORMAL.items():
        if lowered.startswith(formal):
            return read(bare[len(formal) :])
    for read in _BARE:
        if found := read(bare):
            return found
    prefixed = _PREFIXED.fullmatch(bare)
    read_kind = _PREFIXES.get(prefixed[1].lower()) if prefixed else None
    return read_kind(prefixed[2]) if prefixed and read_kind else None


def own_identity(source: str, native: str) -> Identity:
    """Make `SOURCE:native`, the identity of a record that has no other.

    White space and signs that cannot be printed are percent-encoded, so that `parse_identity` reads
    the result back; a longer native id than fits is cut and ends with a digest of the whole.
    """
    value = "".join(sign if sign.isprintable() and not sign.isspace() else _encoded(sign) for sign in native)
    room = MAX_LENGTH - len(source) - 1
    if len(value) > room:
        import hashlib

        digest = hashlib.sha256(value.encode()).hexdigest()[:16]
        value = f"{value[: room - 17]}-{digest}"
    return Identity(source, value)


def _encoded(sign: str) -> str:
    return "".join(f"%{byte:02X}" for byte in sign.encode("utf-8", "replace"))


def primary(ids: Mapping[str, Sequence[str]]) -> str | None:
    """Give the strongest of a record's identities, `arxiv:2510.01265`, or None if there is none.

    Args:
        ids: values by kind, in normal form, as in `Observation.ids`.
    """
    for kind in KINDS:
        if values := ids.get(kind):
            return f"{kind}:{values[0]}"
    return None


def aliases(ids: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Give all of a record's identities as texts, strongest first; kinds that are not known come last."""
    if len(ids) == 1:  # usual, and asked of every line of the log
        ((kind, values),) = ids.items()
        return (f"{kind}:{values[0]}",) if len(values) == 1 else tuple([f"{kind}:{value}" for value in values])
    known = [f"{kind}:{value}" for kind in KINDS for value in ids.get(kind, ())]
    return (*known, *(f"{kind}:{value}" for kind in ids if kind not in KINDS for value in ids[kind]))


def arxiv_version(text: str) -> int | None:
    """Give the version that a spelling of an arXiv id carries, or None: `…/pdf/2510.01265v2.pdf` gives 2."""
    identity = parse_identity(text)
    if not identity or identity.kind != "arxiv":
        return None
    number = identity.value.rpartition("/")[2]
    from urllib.parse import unquote

    found = re.search(re.escape(number) + r"v([1-9][0-9]{0,3})(?![0-9a-z])", unquote(text), re.IGNORECASE)
    return int(found[1]) if found else None


def _unwrapped(text: str) -> str:
    """Take off quotes and brackets around an id and the punctuation of a sentence behind it."""
    while text:
        inner = _without_end(text).lstrip("\"'`“‘«").strip()
        if len(inner) > 1 and _CLOSING.get(inner[-1]) == inner[0]:
            inner = inner[1:-1].strip()
        elif inner[:1] in ("(", "<") and inner.count(inner[0]) > inner.count({"(": ")", "<": ">"}[inner[0]]):
            inner = inner[1:].strip()
        if inner == text:
            return text
        text = inner
    return text
