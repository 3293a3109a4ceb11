"""From the language to what matching needs: tokens, compiled patterns, defaults filled in.

Here stand the mistakes of meaning: a term without a word, a pattern that hits everywhere, two
topics of one name. They are collected beside those of form, so that one reading tells all.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from papertriage.rules import schema
from papertriage.rules.categories import check_category
from papertriage.rules.layers import Layer, TopicLayer, essence, laid
from papertriage.rules.regex import compile_regex
from papertriage.rules.terms import (
    LEARNED,
    Author,
    Example,
    Examples,
    Exclude,
    Near,
    Pattern,
    Phrase,
    Recency,
    Rules,
    Signal,
    Term,
    Topic,
)
from papertriage.text import Token, clean, keys, tokens
from papertriage.yamlfile import Faults, Text, nearest, shown

MAX_TERM = 200
MAX_NEAR = 10
SIGNALS = ("recency", "upvotes", "comments", "citations", "github_stars", LEARNED)
DEFAULT_HALF_LIFE = 14.0

# No one word that a pattern could sensibly mean is in all of these.
_UNLIKE = ("Attention", "of", "thylakoids", "is", "prompt")
_DASHES = "[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]"


def compile_rules(spec: schema.RulesSpec, faults: Faults, warnings: Faults, today: dt.date | None) -> Rules:
    """Compile a file that stands alone.

    Args:
        spec: the rules as written.
        faults: takes mistakes; when it holds any, the result is of no use.
        warnings: takes what is allowed but likely a slip.
        today: the day for which a topic's `until` is held as past, or None.
    """
    return laid([compile_layer(spec, faults, warnings)], today)


def compile_layer(
    spec: schema.RulesSpec, faults: Faults, warnings: Faults, sees: frozenset[str] = frozenset()
) -> Layer:
    """Compile what one file says; its defaults for terms are its own.

    Args:
        sees: the files that it includes, and they in turn.
    """
    return _Compiler(spec, faults, warnings).layer(sees)


def compile_term(spec: schema.TermSpec, match: schema.MatchSpec, faults: Faults) -> Term | None:
    """Compile one term by itself, as a topic's `any` would take it; None when a fault was noted.

    Args:
        match: the defaults of the file that it might stand in.
    """
    alone = schema.RulesSpec(version=schema.VERSION, match=match)
    found = _Compiler(alone, faults, Faults(faults.file)).terms((spec,))
    return found[0] if found else None


_ENDS = {"none": "silences the topic", "exclude": "puts the paper out"}


class _Compiler:
    def __init__(self, spec: schema.RulesSpec, faults: Faults, warnings: Faults) -> None:
        self._spec = spec
        self._faults = faults
        self._warnings = warnings
        self._fields = _weights(spec.match.fields, {})

    def layer(self, sees: frozenset[str]) -> Layer:
        spec = self._spec
        if not (self._fields or spec.match.damaged):
            self._faults.add(spec.match.place, "`fields` names no field, so no term could look anywhere.")
        topics = tuple(self._topic(topic) for topic in spec.topics)
        self._unique(layer.topic for layer in topics)
        rules = Rules(
            file=self._faults.file,
            min_score=spec.min_score,
            exclude=Exclude(
                any=self.terms(spec.exclude.any, "exclude"),
                categories=tuple((self._category(text), text.place) for text in spec.exclude.categories),
            ),
            follow=self._authors(spec.follow.authors),
            recency=self._recency(),
            signals=tuple(self._signals()),
        )
        return Layer(
            rules=rules, place=spec.place, faults=self._faults, warnings=self._warnings, topics=topics,
            written=spec.written, sees=sees, unexclude=spec.exclude.remove, unfollow=spec.follow.remove,
            damaged=spec.damaged,
        )  # fmt: skip

    # --- topics ---

    def _topic(self, spec: schema.TopicSpec) -> TopicLayer:
        before = self._faults.count
        topic = Topic(
            name=spec.name,
            place=spec.place,
            weight=spec.weight,
            any=self.terms(spec.any, "any"),
            all=self.terms(spec.all, "all"),
            none=self.terms(spec.none, "none"),
            authors=self._authors(spec.authors),
            categories=tuple(self._category(text) for text in spec.categories),
            sources=tuple(spec.sources),
            min_score=spec.min_score,
            at_most=spec.at_most,
            until=spec.until,
            comment=spec.comment,
            examples=Examples(_examples(spec.examples.match), _examples(spec.examples.no_match)),
        )
        return TopicLayer(
            topic=topic, written=spec.written, remove=spec.remove, disabled=spec.disabled,
            damaged=spec.damaged or self._faults.count > before,
        )  # fmt: skip

    def _unique(self, topics: Iterable[Topic]) -> None:
        first: dict[str, Topic] = {}
        for topic in topics:
            other = first.setdefault(topic.name.casefold(), topic)
            if other is not topic:
                line = other.place.line
                self._faults.add(
                    topic.place, f"a topic {shown(topic.name)} stands already in line {line}.", "Give it another name."
                )

    def _authors(self, authors: schema.Authors) -> tuple[Author, ...]:
        found = []
        if isinstance(authors, dict):
            found = [Author(name.value, weight, name.place) for name, weight in authors.items()]
        else:
            for entry in authors:
                text, weight = (entry, 1.0) if isinstance(entry, Text) else (entry.name, entry.weight)
                found.append(Author(text.value, weight, text.place))
        seen: dict[str, Author] = {}
        for author in found:
            key = " ".join(keys(clean(author.name)))
            if len(author.name) > MAX_TERM:
                self._faults.add(author.place, f"a name of {len(author.name)} characters; at most {MAX_TERM} are read.")
            elif not key:
                self._faults.add(author.place, f"the name {shown(author.name)} holds no letter.")
            elif seen.setdefault(key, author) is not author:
                line = seen[key].place.line
                self._warnings.add(
                    author.place, f"{shown(author.name)} stands already in line {line}; the higher weight counts."
                )
        return tuple(found)

    def _category(self, text: Text) -> str:
        fault, warning, hint = check_category(text.value)
        if fault:
            self._faults.add(text.place, fault, hint)
        elif warning:
            self._warnings.add(text.place, warning, hint)
        return text.value

    # --- signals ---

    def _recency(self) -> Recency | None:
        for name, spec in self._spec.signals.items():
            if name.value == "recency":
                return Recency(spec.weight, spec.half_life or DEFAULT_HALF_LIFE, name.place)
        return None

    def _signals(self) -> Iterable[Signal]:
        for name, spec in self._spec.signals.items():
            if name.value == "recency":
                continue
            if spec.half_life is not None:
                self._faults.add(
                    name.place,
                    f"the signal {shown(name.value)} has a `half_life`; only `recency` has one.",
                    nearest(name.value, ["recency"]),
                )
            elif name.value not in SIGNALS:
                hint = nearest(name.value, SIGNALS)
                self._warnings.add(
                    name.place, f"no source that ships with papertriage gives {shown(name.value)}.", hint
                )
            yield Signal(name.value, spec.weight, name.place)

    # --- terms ---

    def terms(self, specs: Iterable[schema.TermSpec], role: str = "any") -> tuple[Term, ...]:
        """Compile the terms of one list."""
        terms = []
        seen: dict[object, Term] = {}
        for spec in specs:
            term = self._term(spec, role)
            if term is None:
                continue
            terms.append(term)
            first = seen.setdefault((essence(term), tuple(sorted(term.fields))), term)
            if first is not term:
                line = first.place.line
                effect = "" if role in {"none", "exclude"} else " and counts twice"
                self._warnings.add(term.place, f"{shown(term.label)} stands already in line {line}{effect}.")
        return tuple(terms)

    def _term(self, spec: schema.TermSpec, role: str) -> Term | None:
        if isinstance(spec, Text):
            spec = schema.PhraseSpec(term=spec, place=spec.place)
        removes = role in {"none", "exclude"}
        if removes and spec.weight is not None:
            self._warnings.add(spec.place, f"a `weight` has no effect here: one hit of `{role}` {_ENDS[role]}.")
        fuzzy: int | None = None
        if isinstance(spec, schema.PhraseSpec):
            look_for: Phrase | Pattern | Near | None = self._phrase(spec.term)
            label = spec.term.value
        elif isinstance(spec, schema.RegexSpec):
            look_for = self._pattern(spec.regex)
            label = spec.regex.value
        else:
            look_for = self._near(spec)
            label = f"{' … '.join(word.value for word in spec.near)} (near, within {spec.within})"
        if not isinstance(spec, schema.RegexSpec):
            default = None if removes else self._spec.match.fuzzy
            fuzzy = default if isinstance(spec.fuzzy, msgspec.UnsetType) else spec.fuzzy
        fields = self._fields if spec.fields is None else _weights(spec.fields, self._fields)
        if not fields and spec.fields is not None and not spec.damaged:
            self._faults.add(spec.place, "`fields` names no field, so the term could look nowhere.")
        if look_for is None:
            return None
        weight = 1.0 if spec.weight is None else spec.weight
        return Term(label=label, look_for=look_for, weight=weight, fuzzy=fuzzy, fields=fields, place=spec.place)

    def _cut(self, text: Text, what: str) -> tuple[Token, ...] | None:
        """Cut a text of the rules into tokens; None when a fault was noted."""
        if len(text.value) > MAX_TERM:
            self._faults.add(text.place, f"a {what} of {len(text.value):,} characters; at most {MAX_TERM} are read.")
            return None
        found = tokens(clean(text.value))
        if not found:
            why = "is empty" if not text.value.strip() else f"{shown(text.value)} holds no letter or digit"
            self._faults.add(text.place, f"this {what} {why}." if why == "is empty" else f"the {what} {why}.")
            return None
        return found

    def _phrase(self, text: Text) -> Phrase | None:
        found = self._cut(text, "term")
        if found is None:
            return None
        if len(found) == 1 and _too_short(found[0]):
            self._faults.add(
                text.place,
                f"the term {shown(text.value)} is a single sign, which stands in nearly every text.",
                "Write a longer term; a regex can look for a sign with its case.",
            )
            return None
        return Phrase(found)

    def _near(self, spec: schema.NearSpec) -> Near | None:
        words: list[Token] = []
        good = True
        for text in spec.near:
            found = self._cut(text, "word")
            if found is None:
                good = False
            elif len(found) > 1:
                good = False
                parts = ", ".join(token.form for token in found)
                self._faults.add(
                    text.place, f"{shown(text.value)} is {len(found)} words ({shown(parts)}); `near` takes single ones."
                )
            else:
                words.append(found[0])
        if len(spec.near) < 2 and good and not spec.damaged:
            good = False
            self._faults.add(spec.place, "`near` needs at least two words.")
        if len(spec.near) > MAX_NEAR:
            good = False
            self._faults.add(spec.place, f"`near` has {len(spec.near)} words; at most {MAX_NEAR} are looked for.")
        return Near(tuple(words), spec.within) if good else None

    def _pattern(self, text: Text) -> Pattern | None:
        reason, hint = "", ""
        compiled: Any = None
        if len(text.value) > MAX_TERM * 5:
            reason = f"has {len(text.value):,} characters; at most {MAX_TERM * 5:,} are read"
        elif not text.value:
            self._faults.add(text.place, "this regex is empty, so it would hit everywhere.")
            return None
        else:
            compiled, reason, hint = compile_regex(text.value)
        if not reason and any(not hit.group() for hit in compiled.finditer("a b-1 ")):
            reason = "can match nothing at all, so it would hit everywhere"
            hint = "A `*` or `?` may stand where a `+` is meant."
        elif not reason and all(compiled.search(sample) for sample in _UNLIKE):
            reason, hint = "hits in nearly any text", "Write what sets the papers apart."
        if reason:
            self._faults.add(text.place, f"the regex {shown(text.value)} {reason}.", hint)
            return None
        if re.search(_DASHES, text.value):
            self._warnings.add(text.place, "texts are searched with every dash made `-`.", "Write `-` in the regex.")
        return Pattern(text.value)


def _weights(fields: schema.Fields, known: Mapping[str, float]) -> dict[str, float]:
    """Give the weight of each field; in a plain list those of the file's defaults hold, else 1."""
    if isinstance(fields, dict):
        return fields
    return {name: known.get(name, 1.0) for name in fields}


def _examples(texts: Iterable[Text]) -> tuple[Example, ...]:
    return tuple(Example(text.value, text.place) for text in texts)


def _too_short(token: Token) -> bool:
    """Whether a single token is a sign that nobody looks for on its own.

    `C`, `R` and `K`, `β` and `学` are looked for; `x`, `7`, and the words `A` and `I` are slips.
    """
    form = token.form
    return len(form) == 1 and form.isascii() and (not form.isupper() or form in "AI")
