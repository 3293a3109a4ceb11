"""Rules of several files laid over each other: what a file includes first, then what it says itself.

In the later file a topic of a name that stands already changes it: single values replace, lists add, `remove` takes
out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from papertriage.errors import Place
from papertriage.names import person_key
from papertriage.rules.terms import Author, Examples, Exclude, Near, Pattern, Phrase, Rules, Term, Topic
from papertriage.text import clean, keys
from papertriage.yamlfile import Faults, Text, nearest, shown

T = TypeVar("T")

_REPLACED = ("weight", "categories", "sources", "min_score", "at_most", "until", "comment")
"""Keys of a topic of which the later file's value holds; its lists of terms, authors and examples add."""


class TopicLayer(msgspec.Struct, frozen=True, kw_only=True):
    """What one file says of a topic.

    Attributes:
        written: the keys that it gives.
        remove: what to take out of the topic as it stood before.
        disabled: whether the topic is off.
        damaged: whether there are mistakes in it, so that what is missing may be the mistake.
    """

    topic: Topic
    written: frozenset[str] = frozenset()
    remove: tuple[Text, ...] = ()
    disabled: bool = False
    damaged: bool = False


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """What one file says.

    Attributes:
        rules: of this file alone; its topics are in `topics`.
        place: where the file's map begins.
        written: the keys of the file that it gives.
        sees: the files that it includes, and they in turn.
        unexclude, unfollow: what to take out of `exclude` and `follow` as they stood before.
        damaged: whether there are mistakes in the file.
        faults, warnings: take what is found when it is laid over the others.
    """

    rules: Rules
    place: Place
    faults: Faults
    warnings: Faults
    topics: tuple[TopicLayer, ...] = ()
    written: frozenset[str] = frozenset()
    sees: frozenset[str] = frozenset()
    unexclude: tuple[Text, ...] = ()
    unfollow: tuple[Text, ...] = ()
    damaged: bool = False


def laid(layers: Sequence[Layer], today: dt.date | None) -> Rules:
    """Lay the files over each other, the first at the bottom; the last is the one that was asked for.

    Args:
        today: the day for which a topic's `until` is held as past, or None.
    """
    top = layers[-1]
    topics = _topics(layers)
    exclude, follow = Exclude(), tuple[Author, ...]()
    for layer in layers:
        exclude, follow = _exclude(exclude, layer), _follow(follow, layer)
    for change, layer in topics:
        _check(change, layer, [other.topic.name for other, _ in topics if other is not change], today)
    listed = tuple(change.topic for change, _ in topics if not change.disabled)
    if not (listed or follow or top.damaged):
        top.warnings.add(top.place, "no topic and no followed author: no paper can be listed.")
    signals = {signal.name: signal for layer in layers for signal in layer.rules.signals}
    return msgspec.structs.replace(
        top.rules,
        min_score=next((one.rules.min_score for one in reversed(layers) if "min_score" in one.written), 0.0),
        exclude=exclude,
        topics=listed,
        follow=follow,
        recency=next((one.rules.recency for one in reversed(layers) if one.rules.recency), None),
        signals=tuple(signals.values()),
        included=tuple(layer.rules.file for layer in layers[:-1]),
    )


def essence(term: Term) -> object:
    """Give what two terms share when they look for the same thing."""
    what = term.look_for
    if isinstance(what, Phrase):
        acronym = tuple(sum(map(str.isupper, token.form)) > 1 for token in what.tokens)
        return ("term", tuple(token.key for token in what.tokens), acronym)
    if isinstance(what, Near):
        return ("near", tuple(sorted(token.key for token in what.words)), what.within)
    return ("regex", what.source)


# --- topics ---


def _topics(layers: Sequence[Layer]) -> list[tuple[TopicLayer, Layer]]:
    """Give each topic as it stands at the end, with the file that spoke of it last."""
    standing: dict[str, tuple[TopicLayer, Layer]] = {}
    for layer in layers:
        for change in layer.topics:
            key = change.topic.name.casefold()
            before = standing.get(key)
            if before is None:
                for text in change.remove:
                    _warn_of_nothing_removed(
                        text, (), f"what is included of the topic {shown(change.topic.name)}", layer
                    )
                standing[key] = change, layer
                continue
            where = before[0].topic.place
            if where.file not in (layer.rules.file, *layer.sees):
                layer.warnings.add(
                    change.topic.place,
                    f"the topic {shown(change.topic.name)} changes that of {where}, which this file does not include.",
                    "Give it another name if it is another topic.",
                )
            standing[key] = _changed(before[0], change, layer), layer
    return list(standing.values())


def _changed(before: TopicLayer, change: TopicLayer, layer: Layer) -> TopicLayer:
    old, new = before.topic, change.topic
    said = (*old.any, *old.all, *old.none)
    texts = [term.label for term in said] + [author.name for author in old.authors] + [*old.categories, *old.sources]

    def kept(values: Iterable[T], is_named: Callable[[str, T], bool]) -> tuple[T, ...]:
        return tuple(value for value in values if not any(is_named(text.value, value) for text in change.remove))

    for text in change.remove:
        named = any(_is_term(text.value, term) for term in said) or any(
            _is_author(text.value, author) for author in old.authors
        )
        if not (named or any(_is_glob(text.value, glob) for glob in (*old.categories, *old.sources))):
            _warn_of_nothing_removed(text, texts, f"the included topic {shown(old.name)}", layer)
    values = {key: getattr(new, key) for key in _REPLACED if key in change.written}
    topic = msgspec.structs.replace(
        old,
        name=new.name,
        any=_added(kept(old.any, _is_term), new.any, essence),
        all=_added(kept(old.all, _is_term), new.all, essence),
        none=_added(kept(old.none, _is_term), new.none, essence),
        authors=_added(kept(old.authors, _is_author), new.authors, _who),
        categories=kept(old.categories, _is_glob),
        sources=kept(old.sources, _is_glob),
        examples=Examples((*old.examples.match, *new.examples.match), (*old.examples.no_match, *new.examples.no_match)),
    )
    return TopicLayer(
        topic=msgspec.structs.replace(topic, **values),
        written=change.written,
        disabled=change.disabled if "disabled" in change.written else before.disabled,
        damaged=before.damaged or change.damaged,
    )


def _check(change: TopicLayer, layer: Layer, others: Sequence[str], today: dt.date | None) -> None:
    """Look at a topic as it stands at the end; what is wrong is told where the last file speaks of it."""
    topic = change.topic
    spoken = next(one.topic.place for one in layer.topics if one.topic.name.casefold() == topic.name.casefold())
    if change.disabled:
        return
    if not (topic.any or topic.all or topic.authors or change.damaged):
        layer.faults.add(
            spoken,
            f"the topic {shown(topic.name)} looks for nothing; expected `any`, `all` or `authors`.",
            nearest(topic.name, others) if layer.sees else "",
        )
    if today and topic.until and topic.until < today:
        layer.warnings.add(spoken, f"the topic {shown(topic.name)} ended on {topic.until} and takes nothing now.")


def _added(old: Iterable[T], new: Iterable[T], what: Callable[[T], object]) -> tuple[T, ...]:
    """Add the entries of a later list; what stands already they take the place of."""
    later: dict[object, list[T]] = {}
    for entry in new:
        later.setdefault(what(entry), []).append(entry)
    replaced = set(later)
    added: list[T] = []
    for entry in old:
        added += later.pop(what(entry), []) if what(entry) in replaced else [entry]
    return (*added, *(entry for entries in later.values() for entry in entries))


# --- exclude and follow ---


def _exclude(old: Exclude, layer: Layer) -> Exclude:
    new, remove = layer.rules.exclude, layer.unexclude
    texts = [term.label for term in old.any] + [glob for glob, _ in old.categories]
    for text in remove:
        if not (
            any(_is_term(text.value, term) for term in old.any)
            or any(_is_glob(text.value, glob) for glob, _ in old.categories)
        ):
            _warn_of_nothing_removed(text, texts, "the included `exclude`", layer)
    terms = [term for term in old.any if not any(_is_term(text.value, term) for text in remove)]
    globs = [one for one in old.categories if not any(_is_glob(text.value, one[0]) for text in remove)]
    return Exclude(
        any=_added(terms, new.any, essence), categories=_added(globs, new.categories, lambda one: one[0].casefold())
    )


def _follow(old: tuple[Author, ...], layer: Layer) -> tuple[Author, ...]:
    for text in layer.unfollow:
        if not any(_is_author(text.value, author) for author in old):
            _warn_of_nothing_removed(text, [author.name for author in old], "the included `follow`", layer)
    kept = [author for author in old if not any(_is_author(text.value, author) for text in layer.unfollow)]
    return _added(kept, layer.rules.follow, _who)


def _warn_of_nothing_removed(text: Text, known: Iterable[str], who: str, layer: Layer) -> None:
    layer.warnings.add(
        text.place, f"{who} has no {shown(text.value)}, so nothing is removed.", nearest(text.value, known)
    )


def _is_term(text: str, term: Term) -> bool:
    """Say whether a text names a term: its words, those of a `near` in any order, or the regex as it is."""
    what = term.look_for
    if isinstance(what, Pattern):
        return what.source == text
    words = keys(clean(text))
    if isinstance(what, Near):
        return sorted(words) == sorted(token.key for token in what.words)
    return list(words) == [token.key for token in what.tokens]


def _is_author(text: str, author: Author) -> bool:
    return person_key(text) == _who(author)


def _who(author: Author) -> str:
    return person_key(author.name)


def _is_glob(text: str, glob: str) -> bool:
    return text.casefold() == glob.casefold()
