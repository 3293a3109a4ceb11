r"""A reading list in Markdown: tasks to tick, grouped by topic, each paper with its reason.

    - [ ] **[Title](https://…)** — A. Author, B. Author, 2025-10-02, hf-daily, 45 votes <!-- arxiv:2510.01265 -->
      - Score 8.42: continual pre-training (title: “Continual Pretraining”); also scaling-laws

A star stands before the title of a paper that the user starred; what was kept for later or skipped says so, what was
read is ticked.

The id in the comment names the paper whatever is done to the visible text. Titles and all other input are data: escaped
so that no tag, link, image, heading, table or list arises from them, in CommonMark (https://spec.commonmark.org/0.31.2/)
and in GitHub's extensions of it (https://github.github.com/gfm/).
"""

from __future__ import annotations

import re
from urllib.parse import quote

from papertriage.model import Listed, Ranked, ScoreLine
from papertriage.patterns import pattern
from papertriage.render.parts import address_of, authors_text, number, plural, title_of
from papertriage.render.terminal import visible

_FOLLOWED = "Followed authors"
_OTHERS = "Other papers"
_MOST_AUTHORS = 5
_MOST_MATCHES = 3


def markdown(listed: Listed) -> str:
    """Give a ranked list as a Markdown reading list."""
    lines = [f"# Reading list, {listed.as_of}", "", _window(listed)]
    groups: dict[str, list[Ranked]] = {}
    for row in listed.rows:
        groups.setdefault(_group(row), []).append(row)
    for name, rows in groups.items():
        lines += ["", f"## {escape(name)}", ""]
        for row in rows:
            lines += _item(row)
    return "\n".join(lines) + "\n"


def _window(listed: Listed) -> str:
    shown = plural(len(listed.rows), "paper")
    if listed.since is None:
        return f"{shown} of {listed.in_window} up to {listed.as_of}."
    days = f"of {listed.as_of}" if listed.since == listed.as_of else f"from {listed.since} to {listed.as_of}"
    return f"{shown} of {listed.in_window} {days}."


def _group(row: Ranked) -> str:
    if row.score.topics:
        return row.score.topics[0].name
    return _FOLLOWED if any(line.part == "follow" for line in row.score.lines) else _OTHERS


def _item(row: Ranked) -> list[str]:
    paper = row.paper
    title = escape(title_of(paper)) or "(no title)"
    link = address_of(paper)
    # Parentheses would end the destination, and `&copy` in it would be an entity.
    linked = f"[{title}]({link.translate(_IN_DESTINATION)})" if link else title
    upvotes = paper.signals.get("upvotes")
    facts = [
        {"later": "for later", "skip": "skipped"}.get(row.state or "", ""),
        escape(authors_text(paper, _MOST_AUTHORS)),
        paper.day.isoformat(),
        *(escape(source) for source in paper.sources),
        f"{number(upvotes)} {'vote' if upvotes == 1 else 'votes'}" if upvotes else "",
    ]
    tick = "x" if row.state == "read" else " "
    star = "★ " if row.state == "star" else ""
    lines = [
        f"- [{tick}] {star}**{linked}** — {', '.join(fact for fact in facts if fact)} <!-- {in_comment(paper.id)} -->"
    ]
    lines.append(f"  - {_reason(row)}")
    if row.note:
        lines.append(f"  - Note: {escape(' '.join(row.note.split()))} <!-- decision -->")
    return lines


def _reason(row: Ranked) -> str:
    """Say what the score comes from, the strongest first."""
    score = row.score
    terms: dict[str, list[ScoreLine]] = {}
    for line in sorted(score.lines, key=lambda line: -line.points):
        if line.hits:
            terms.setdefault(line.term, []).append(line)
    said = "; ".join(_term(term, lines) for term, lines in terms.items())
    also = ", ".join(escape(topic.name) for topic in score.topics[1:])
    parts = [said, f"also {also}" if also else "", escape(score.excluded or score.below or "")]
    told = "; ".join(part for part in parts if part)
    return f"Score {score.total:.2f}" + (f": {told}" if told else "")


def _term(term: str, lines: list[ScoreLine]) -> str:
    """Name a term, the fields where it hit, and the words it took where they differ from the term."""
    fields = list(dict.fromkeys(line.field for line in lines))
    words = {hit.text.casefold(): hit.text for line in lines for hit in line.hits}
    words.pop(term.casefold(), None)
    shown = [f"“{escape(word)}”" for word in list(words.values())[:_MOST_MATCHES]]
    if len(words) > _MOST_MATCHES:
        shown.append("…")
    return f"{escape(term)} ({', '.join(fields)}{': ' if shown else ''}{', '.join(shown)})"


_IN_DESTINATION = str.maketrans({"(": "%28", ")": "%29", "&": "&amp;", "*": "%2A", "[": "%5B", "]": "%5D", "~": "%7E"})

_ACTIVE = pattern(r"[\\`*_\[\]<#|~$]|&(?=[#A-Za-z])")
# What extensions make live without any mark: addresses, `www.`, mail, `:emoji:`. A backslash does not stop all of
# them, since some look at the text after its escapes are resolved; inside a code span nothing is looked at.
_LIVE = pattern(r"://|www\.|mailto:|xmpp:|[\w.+-]@\w|:[a-z0-9_+-]+:", re.IGNORECASE)
_FIRST = pattern(r"^((?:\d{1,9}(?=[.)]))?)([-+=>.)])")  # a list, a quotation
_GAPS = pattern(r"([ `]+)")


def escape(text: str) -> str:
    r"""Make one line of Markdown that shows the text letter by letter, and in which nothing is live.

    It may stand anywhere in a line, at its start too.

    >>> print(escape("# <b> [x](y) at https://a.example"))
    \# \<b> \[x\](y) at `https://a.example`
    """
    words = _GAPS.split(visible(text).strip(" "))
    text = "".join(f"`{word}`" if _LIVE.search(word) else _ACTIVE.sub(r"\\\g<0>", word) for word in words)
    return _FIRST.sub(r"\1\\\2", text)


def in_comment(text: str) -> str:
    """Write an id so that it cannot end an HTML comment; `%` and its two digits stand for other signs."""
    return quote(text, safe=":/._-+@#()", errors="replace").replace("--", "-%2D")
