"""Small logs of every kind, for hypothesis: shared ids, titles that agree, votes that change, damaged lines."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib
import os
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import strategies as st

from papertriage.identity import primary
from papertriage.model import Observation, Paper
from papertriage.store.identities import Apart
from papertriage.store.log import encode_line
from papertriage.text import title_key

EXAMPLES = int(os.environ.get("PAPERTRIAGE_EXAMPLES", "10"))
"""Examples of each property; by hand some thousands."""

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where the many small caches are made."""

FIRST = dt.date(2026, 3, 1)
DAYS = 8

TITLES = (
    "Continual pre-training of language models",
    "Continual pretraining of language models",
    "Continual pretrainig of a language model",
    "Language models learn. Curves of learning",
    "Large language model agents for planning",
    "A large language-model agent that plans",
    "Planning agents: a survey, part I",
    "Planning agents: a survey, part II",
    "Über die Sprache großer Modelle",
    "Retraction notice: language models",
)  # fmt: skip
TEXTS = (
    None,
    "We pre train a model. Language is learned, and the learning curve of the model is steep.",
    "Agents plan and plan; a LLaMA-3 model learns. Continual learning of languages.",
    "pre training, pretraining, pre-training and pretrainig of langauge modells and models",
    "The curve — a learning curve — of multi agent planing.",
)
SOURCES = ("arxiv-rss", "arxiv-oai", "hf-daily", "pubmed", "biorxiv", "feed")
NAMES = ("Ada Lovelace", "Lovelace A", "Jörg Müller", "Chelsea Finn", "Zeyuan Allen-Zhu", "Y. Li")
CATEGORIES = (("cs.CL",), ("cs.LG", "stat.ML"), ("q-fin.ST", "cs.CL"), ())
PUBLISHED = (None, "2026", "2026-02", "2026-03-02", "2026-03-04T10:00:00Z", "2025-03-01", "soon")

days = st.integers(0, DAYS - 1).map(lambda n: FIRST + dt.timedelta(days=n))


def _ids(arxiv: int, doi: int, pmid: int) -> dict[str, tuple[str, ...]]:
    ids: dict[str, tuple[str, ...]] = {}
    if arxiv == 5:  # a record that names two
        ids["arxiv"] = ("2603.00001", "2603.00002")
    elif arxiv:
        ids["arxiv"] = (f"2603.0000{arxiv}",)
    if doi == 4:
        ids["doi"] = ("10.1000/1", "10.1000/2")
    elif doi:
        ids["doi"] = (f"10.1000/{doi}",)
    if pmid:
        ids["pmid"] = (str(pmid),)
    return ids


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    """Draw a record such as the sources make, and some that they do not."""
    source = draw(st.sampled_from(SOURCES))
    title = draw(st.sampled_from(TITLES))
    ids = draw(
        st.builds(
            _ids,
            st.sampled_from((0, 0, 1, 2, 3, 4, 5)),
            st.sampled_from((0, 0, 0, 1, 2, 4)),
            st.sampled_from((0, 0, 0, 1, 2)),
        )
    )
    copied = not ids and draw(st.booleans())
    if copied:
        own = f"{source}:t-{hashlib.sha256(title_key(title).encode()).hexdigest()[:12]}"
    else:
        own = primary(ids) or f"{source}:n{draw(st.integers(0, 2))}"
    day = draw(days)
    late = draw(st.sampled_from((0, 0, 0, 1, 3)))
    seen = dt.datetime.combine(day, dt.time(draw(st.integers(5, 6))), dt.UTC) + dt.timedelta(days=late)
    signals = {"upvotes": float(draw(st.integers(0, 40)))} if draw(st.booleans()) else {}
    return Observation(
        id=own,
        source=source,
        title=title,
        seen=seen,
        ids=ids,
        abstract=draw(st.sampled_from(TEXTS)),
        authors=() if copied else tuple(draw(st.lists(st.sampled_from(NAMES), max_size=2))),
        published=draw(st.sampled_from(PUBLISHED)),
        announced=draw(st.sampled_from((day, None))),
        categories=draw(st.sampled_from(CATEGORIES)),
        comment=draw(st.sampled_from((None, None, "about language models"))),
        signals=signals,
    )


def _line(record: Observation, how: int) -> bytes:
    data = encode_line(record)
    if how == 1:
        return data[: len(data) // 2]
    if how == 2:
        return data + data
    if how == 3:
        return data[:20] + data
    if how == 4:
        return b""
    return data


lines = st.builds(_line, observations(), st.sampled_from((0,) * 14 + (1, 2, 3, 4)))
FILES = ("2026-02.jsonl", "2026-03.jsonl", "2026-03.001.jsonl", "2026-04.jsonl")
Change = Callable[[Path], None]


def _append(name: str, added: Sequence[bytes], *, ended: bool) -> Change:
    def change(papers: Path) -> None:
        with (papers / name).open("ab") as file:
            file.write(b"\n".join(added) + (b"\n" if ended else b""))

    return change


def _change_line(name: str, place: int, line: bytes | None) -> Change:
    def change(papers: Path) -> None:
        path = papers / name
        found = path.read_bytes().split(b"\n") if path.exists() else []
        if found:
            place_here = place % len(found)
            found[place_here : place_here + 1] = [] if line is None else [line]
            path.write_bytes(b"\n".join(found))

    return change


def _replace(name: str, *, whole: bool) -> Change:
    """Put a copy in the place of a file, as git and rsync do: of the whole, or of a part that was restored."""

    def change(papers: Path) -> None:
        path = papers / name
        if path.exists():
            data = path.read_bytes()
            beside = papers / ".beside"
            beside.write_bytes(data if whole else data[: len(data) // 2])
            beside.replace(path)

    return change


def _remove(name: str) -> Change:
    return lambda papers: (papers / name).unlink(missing_ok=True)


def _touch(name: str) -> Change:
    def change(papers: Path) -> None:
        if (papers / name).exists():
            os.utime(papers / name)

    return change


names = st.sampled_from(FILES)
changes = st.one_of(
    st.builds(_append, names, st.lists(lines, min_size=1, max_size=8), ended=st.sampled_from((True, True, False))),
    st.builds(_append, names, st.lists(lines, min_size=4, max_size=12), ended=st.just(True)),
    st.builds(_change_line, names, st.integers(0, 20), st.one_of(st.none(), lines)),
    st.builds(_replace, names, whole=st.booleans()),
    st.builds(_remove, names),
    st.builds(_touch, names),
)
histories = st.lists(st.lists(changes, min_size=1, max_size=3), min_size=1, max_size=5)
"""What happens to the log between one look at it and the next."""

_APART_NAMES = ("arxiv:2603.00001", "arxiv:2603.00002", "doi:10.1000/1", "doi:10.1000/2", "pmid:1", "feed:n0")
aparts: st.SearchStrategy[list[Apart]] = st.lists(
    st.lists(st.sampled_from(_APART_NAMES), min_size=2, max_size=3, unique=True).map(
        lambda ids: (frozenset(ids[:1]), frozenset(ids[1:]))
    ),
    max_size=2,
)


@contextmanager
def small_blocks(bits: int = 2) -> Iterator[None]:
    """Part papers into blocks of a few, wherever the size of blocks is known.

    Modules that are loaded when they are needed are loaded before: they would keep this size for ever.
    """
    packages = [importlib.import_module(f"papertriage.{name}") for name in ("index", "match", "pipeline", "search")]
    found = [found for one in packages for found in pkgutil.iter_modules(one.__path__, f"{one.__name__}.")]
    modules = [importlib.import_module(one.name) for one in found]
    with pytest.MonkeyPatch.context() as patch:
        for module in modules:
            if "BLOCK_BITS" in vars(module):
                patch.setattr(module, "BLOCK_BITS", bits)
                patch.setattr(module, "BLOCK", 1 << bits, raising=False)
        yield


def by_id(papers: Sequence[Paper]) -> list[Paper]:
    """Give papers in an order that hangs on what they are alone; two may have one id."""
    return sorted(papers, key=lambda paper: (paper.id, paper.aliases, repr(paper)))
