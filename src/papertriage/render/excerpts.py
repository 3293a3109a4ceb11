"""The sentences of a paper in which hits stand, cut where they are long."""

from __future__ import annotations

from collections.abc import Sequence

from papertriage.model import Hit, Paper, Span
from papertriage.patterns import pattern
from papertriage.text import clean

_CONTEXT = 70  # most characters shown on each side of a match
_CUT = "[…]"


def field_text(paper: Paper, hit: Hit) -> str:
    """Give the cleaned text in which a hit's span counts: the field, or of several the one that it is in."""
    value = getattr(paper, hit.field, None)
    texts = [value] if isinstance(value, str) else value if isinstance(value, tuple) else []
    for text in map(clean, texts):
        if text[hit.span.start : hit.span.end] == hit.text:
            return text
    return hit.text


# The end of a sentence, roughly: it only decides how much is shown around a match.
_SENTENCE_END = pattern(r"[。！？]|[.!?][\"'”’)\]]?(?= [^a-z]|$)")


def excerpts(paper: Paper, hits: Sequence[Hit]) -> list[tuple[Hit, str, list[Span]]]:
    """Cut from a paper the sentences around hits, at most some seventy characters on each side; a title stays whole.

    Returns:
        for each stretch its first hit, its text with cuts inside the sentence marked by `[…]`, and the places in it of
        that hit and of those that follow it there and matched in the same way.
    """
    found: list[tuple[Hit, str, list[Span]]] = []
    source, begin, stop, shift = "", 0, 0, 0  # of the latest stretch: its whole text, where it is there, how far moved
    for hit in hits:
        text = field_text(paper, hit)
        start, end = (hit.span.start, hit.span.end) if text != hit.text else (0, len(text))
        if found and text == source and begin <= start and end <= stop:
            first = found[-1][0]
            if (hit.kind, hit.similarity, hit.field) == (first.kind, first.similarity, first.field):
                found[-1][2].append(Span(start + shift, end + shift))
                continue
        lead, begin, stop, tail = _stretch(text, start, end, whole=hit.field == "title")
        source, shift = text, len(lead) - begin
        found.append((hit, lead + text[begin:stop] + tail, [Span(start + shift, end + shift)]))
    return found


def _stretch(text: str, start: int, end: int, *, whole: bool) -> tuple[str, int, int, str]:
    """Say what is shown around a match, and what marks the cuts before and after it."""
    if whole:
        return "", 0, len(text), ""
    begin, stop = _sentence(text, start, end)
    lead, begin = _cut_before(text, begin, start)
    tail, stop = _cut_after(text, end, stop)
    return lead, begin, stop, tail


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    begin = max((found.end() for found in _SENTENCE_END.finditer(text, 0, start)), default=0)
    while begin < start and text[begin] == " ":
        begin += 1
    after = _SENTENCE_END.search(text, max(start, end - 1))
    return begin, max(end, after.end() if after else len(text))


def _cut_before(text: str, begin: int, start: int) -> tuple[str, int]:
    """Move the beginning nearer to a match where it is too far, to the start of a word."""
    if start - begin <= _CONTEXT:
        return "", begin
    space = text.find(" ", start - _CONTEXT, start)
    return f"{_CUT} ", space + 1 if space >= 0 else start - _CONTEXT


def _cut_after(text: str, end: int, stop: int) -> tuple[str, int]:
    if stop - end <= _CONTEXT:
        return "", stop
    space = text.rfind(" ", end, end + _CONTEXT)
    return f" {_CUT}", space if space >= 0 else end + _CONTEXT
