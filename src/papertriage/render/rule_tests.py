"""How the examples of the rules fare: a line a topic, and below it those that fail, each with the reason."""

from __future__ import annotations

from typing import Any

from papertriage.findings import ExamplesRun, FailedExample, TopicExamples
from papertriage.model import Hit
from papertriage.render.lines import Line, Piece, cells, marked, pad
from papertriage.render.page import Page
from papertriage.render.parts import plural
from papertriage.render.records import ENVELOPE_VERSION, hit_record, to_json
from papertriage.text import clean


def examples_text(
    run: ExamplesRun, *, width: int | None = None, color: bool = False, links: bool = False, ascii_only: bool = False
) -> str:
    """Give the topics with the counts of their examples, then each example that fails.

    The first line of a failure begins with its place, as those of compilers do.
    """
    page = Page(width=width, color=color, links=links, ascii_only=ascii_only)
    names = max((cells(page.safe(topic.name)) for topic in run.topics), default=0)
    for topic in run.topics:
        page.add(_topic_line(page, topic, names), hang=2)
    for failure in run.failed:
        page.blank()
        _add_failure(page, failure)
    return page.text()


def _topic_line(page: Page, topic: TopicExamples, names: int) -> Line:
    name = pad([page.piece(topic.name, "topic")], names)
    if not topic.match + topic.no_match:
        return [*name, Piece("  no examples", "faint")]
    failed = Piece(f", {len(topic.failed)} failed", "bad") if topic.failed else Piece(", all pass")
    return [*name, Piece(f"  {topic.match} match, {topic.no_match} no_match"), failed]


def _add_failure(page: Page, failure: FailedExample) -> None:
    where = page.piece(f"{failure.place}: ", "strong")
    says = "does not take" if failure.wanted else "takes"
    also = ":" if failure.wanted else ", and must not:"
    page.add([where, Piece("topic "), page.piece(failure.topic, "topic"), Piece(f" {says} this example{also}")], hang=2)
    shown = marked(
        clean(failure.text),
        [hit.span for hit in failure.hits],
        ascii_only=page.ascii_only,
        brackets=not page.color,
    )
    page.add(shown or [Piece("(an empty text)", "faint")], indent=2)
    for reason in failure.reasons:
        page.add([page.piece(reason + ".")], indent=4, hang=6)
    for hit in failure.hits:
        page.add([page.piece(_found(hit))], indent=4, hang=6)
    if not (failure.reasons or failure.hits):
        page.add([Piece("it has neither `any` nor `all`, and its `none` finds nothing in it.")], indent=4, hang=6)


def _found(hit: Hit) -> str:
    """Say what a term found in an example, with its place there and how it matched."""
    place = f"characters {hit.span.start + 1} to {hit.span.end}"
    return f"its `{hit.role}` term “{hit.term}” ({hit.place}) finds “{hit.text}”: {place}, {how(hit)}."


def how(hit: Hit) -> str:
    """Say how a hit matched; a similarity only where there is something to tell."""
    return f"fuzzy {hit.similarity:.3g}" if hit.kind == "fuzzy" else hit.kind


def examples_line(run: ExamplesRun) -> str:
    """Say in one sentence how many examples pass."""
    without = sum(not topic.match + topic.no_match for topic in run.topics)
    missing = f" {plural(without, 'topic')} without examples." if without else ""
    if not run.examples:
        return f"{run.file}: no topic has examples. Write `examples: {{match: [a title], no_match: [another]}}` in one."
    failed = len(run.failed)
    return f"{run.file}: of {plural(run.examples, 'example')} {run.examples - failed} pass, {failed} fail.{missing}"


def examples_json(run: ExamplesRun) -> str:
    """Give the same as JSON."""
    topics = [
        {
            "name": topic.name,
            "rule": str(topic.place),
            "match": topic.match,
            "no_match": topic.no_match,
            "failed": [_failure_record(failure) for failure in topic.failed],
        }
        for topic in run.topics
    ]
    record = {
        "version": ENVELOPE_VERSION,
        "file": run.file,
        "examples": run.examples,
        "failed": len(run.failed),
        "topics": topics,
    }
    return to_json(record, indent=2) + "\n"


def _failure_record(failure: FailedExample) -> dict[str, Any]:
    return {
        "text": clean(failure.text),
        "expected": "match" if failure.wanted else "no_match",
        "place": str(failure.place),
        "reasons": list(failure.reasons),
        "hits": [hit_record(hit) for hit in failure.hits],
    }
