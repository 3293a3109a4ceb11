r"""Text as it is compared: LaTeX and HTML resolved, cut into tokens, folded.

One place for rules, papers, titles in deduplication and search. `clean` makes of a raw field what a person
reads; `tokens` cuts that into words with their places; a token's `key` is what is compared.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from papertriage.latex import has_latex, resolve_latex
from papertriage.patterns import pattern


class Token(msgspec.Struct, frozen=True, gc=False):
    """One word of a cleaned text.

    Attributes:
        form: as it stands in the cleaned text.
        key: folded and case-folded: what is compared.
        start, end: its place in the cleaned text.
        breaks: a sentence ends between the token before and this one.
    """

    form: str
    key: str
    start: int
    end: int
    breaks: bool = False


# -- cleaning -------------------------------------------------------------------------------------------------

_ENTITY = pattern(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

_BLOCK_TAGS = "p br div title sec label list list-item li ul ol dl dt dd tr td th table h[1-6] hr blockquote section"
_INLINE_TAGS = (
    "b i u s em strong sub sup small big tt code pre kbd span font a img cite q abbr mark del ins strike center "
    "italic bold underline monospace sc roman sans-serif styled-content named-content xref ext-link uri email break "
    "abstract body html head inline-formula disp-formula alternatives tex-math inline-graphic graphic fn "
    "math mi mo mn ms mtext mspace mrow mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts "
    "mprescripts none mtable mtr mtd mstyle mpadded mphantom mfenced menclose merror semantics annotation "
    "annotation-xml"
)
# An attribute needs its `=`, so that `a <b and c> d` is not a tag; atomic groups keep the time linear.
_TAG = pattern(
    r"</?(?:(?:jats|mml|m|xhtml):)?(?:(?P<block>{block})|(?:{inline}))"
    r"(?>\s{{1,9}}[A-Za-z_][\w:.-]*+(?:\s{{0,9}}=\s{{0,9}}(?>\"[^\"<>]*+\"|'[^'<>]*+'|[^\s\"'<>=]++)))*+\s{{0,9}}/?>".format(
        block=_BLOCK_TAGS.replace(" ", "|"), inline=_INLINE_TAGS.replace(" ", "|")
    ),
    re.IGNORECASE,
)
_MAYBE_TAG = pattern("</?[A-Za-z]")


def _character(found: re.Match[str]) -> str:
    import html.entities  # few texts have one

    entity = found[0]
    # `html.unescape` would make `¬anentity;` of `&notanentity;`.
    return html.unescape(entity) if entity[1] == "#" or entity[1:] in html.entities.html5 else entity


def _untag(found: re.Match[str]) -> str:
    return " " if found["block"] else ""


def clean(raw: str) -> str:
    r"""Give the text of a raw field as a person reads it.

    Entities (also doubly escaped), known HTML, JATS and MathML tags and LaTeX are resolved; the result is in
    NFC, white space folded to single spaces. Control, zero-width and bidirectional characters are kept: to show
    them safely is for the renderer. Never raises; the time is linear in the length.

    >>> clean("Erd\\H{o}s &amp;amp; R&#233;nyi:  <i>p</i> < 0.05 and $x > 3$")
    'Erdős & Rényi: p < 0.05 and x > 3'
    """
    text = raw if raw.isascii() else unicodedata.normalize("NFC", raw)
    if "&" in text:
        for _ in range(2):
            text = _ENTITY.sub(_character, text)
    if "<" in text and _MAYBE_TAG.search(text):
        text = _TAG.sub(_untag, text)
    if has_latex(text):
        text = resolve_latex(text)
    if text.isascii():
        # Without a line's end, a control sign or two spaces there is nothing to fold.
        plain = text.isprintable() and "  " not in text and text[:1] != " " and text[-1:] != " "
        return text if plain else " ".join(text.split())
    return unicodedata.normalize("NFC", " ".join(text.split()))


# -- folding --------------------------------------------------------------------------------------------------

# Diacritics and variation selectors only: vowel signs of Indic scripts and the voicing marks of Kana are letters.
_DIACRITICS = pattern("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]")


def fold(word: str) -> str:
    """Give the key of a word: compatibility forms and accents folded, letters case-folded.

    Latin letters become ASCII (`ł` l, `ø` o, `ß` ss); other scripts lose their diacritics only.

    >>> [fold(word) for word in ("Erdős", "Łukasz", "ﬁne", "Ｃ＋＋", "βέλτιστος")]
    ['erdos', 'lukasz', 'fine', 'c++', 'βελτιστοσ']
    """
    return word.lower() if word.isascii() else _fold_unicode(word)


@lru_cache(maxsize=1 << 16)
def _fold_unicode(word: str) -> str:
    lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    bare = _DIACRITICS.sub("", lowered)
    if not bare.isascii():
        bare = "".join(sign if sign.isascii() else _latin(sign) for sign in unicodedata.normalize("NFC", bare))
    kept = "".join(sign for sign in bare if sign.isalnum() or sign in "+#" or unicodedata.category(sign)[0] == "M")
    return kept or word


@lru_cache(maxsize=1 << 12)
def _latin(sign: str) -> str:
    """Give the ASCII letters for a Latin letter that has no decomposition; any other sign as it is."""
    if not unicodedata.name(sign, "").startswith("LATIN "):
        return sign
    from anyascii import anyascii  # loaded when the first such letter comes

    letters = "".join(letter for letter in anyascii(sign) if letter.isalnum())
    return letters.lower() or sign


# -- tokens ---------------------------------------------------------------------------------------------------

# Han and Kana are written without spaces: one token a character.
_CJK = (
    "\u3005-\u3007\u3031-\u3035\u303b\u303c\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U0001aff0-\U0001b16f\U00020000-\U0003ffff"
)
# `+` and `#` belong to a word right behind a letter (C++, C#), but a single `+` before a word parts (vision+language).
_ASCII_WORD = pattern(r"[A-Za-z0-9]+(?:(?<=[A-Za-z])(?:\+\++|#+|\+(?![A-Za-z0-9])))?")
_WORD = pattern(
    rf"[{_CJK}](?<=\w)[\u3099\u309a\uff9e\uff9f]?|[^\W_{_CJK}]+(?:(?<=[^\W\d_])(?:[+＋][+＋]+|[#＃]+|[+＋](?![^\W_])))?"
)
_WORD_ON = pattern(rf"[^\W_{_CJK}]+")

_SENTENCE_END = pattern(r"[.!?…][\"'”’)\]]*(?=\s)|[。！？]")


def tokens(cleaned: str) -> tuple[Token, ...]:
    """Cut a cleaned text into tokens.

    Letters and digits make tokens, with `+` and `#` right behind a letter; everything else parts them, hyphens and
    zero-width signs included; Han and Kana are one token a character.

    >>> [token.key for token in tokens("Pre-training of C++ LLMs, 深層.")]
    ['pre', 'training', 'of', 'c++', 'llms', '深', '層']
    """
    found = spans(cleaned)
    breaks = sentence_starts(cleaned, found)
    made = []
    for place, (start, end) in enumerate(found):
        form = cleaned[start:end]
        made.append(Token(form, fold(form), start, end, breaks=place in breaks))
    return tuple(made)


def spans(cleaned: str) -> list[tuple[int, int]]:
    """Give the places of the tokens of a cleaned text, in order: `cleaned[start:end]` is the token as it stands."""
    if cleaned.isascii():
        return [found.span() for found in _ASCII_WORD.finditer(cleaned)]
    return [(start, end) for _, start, end in _unicode_spans(cleaned)]


def sentence_starts(cleaned: str, found: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Say which of the tokens of a cleaned text (by their spans) come first after the end of a sentence."""
    starts = set()
    for ending in _SENTENCE_END.finditer(cleaned):
        place = bisect_right(found, (ending.start(), 0))
        if 0 < place < len(found):
            starts.add(place)
    return frozenset(starts)


def keys(cleaned: str) -> list[str]:
    """Give the keys of the tokens of a cleaned text, without their places: several times faster than `tokens`.

    >>> keys("Pre-training of C++")
    ['pre', 'training', 'of', 'c++']
    """
    if cleaned.isascii() and "+" not in cleaned and "#" not in cleaned:
        return cleaned.translate(_ASCII_SIGNS).split()
    words = cleaned.translate(_WORD_SIGNS).split()
    found: list[str] = []
    for word in words:
        if word.isascii():
            found += (word,) if word.isalnum() else _ASCII_WORD.findall(word)
        else:
            found += [fold(form) for form, _, _ in _unicode_spans(word)]
    return found


FIELD_END = "&"
"""Ends a field in what `ready_to_cut` gives: it is in no key."""


def ready_to_cut(raws: Sequence[str]) -> str:
    """Give the texts of some fields as one from which `keys(clean(raw))` of each can be cut without knowing more.

    ASCII letters, small, and digits, `+`, `#` and all signs beyond ASCII make keys, `FIELD_END` between spaces ends
    each field, and everything else parts keys. Nothing is to be resolved in most texts: they stay as they are.

    >>> ready_to_cut(["Pre-training", "of $k$ models in C++"])
    'Pre-training & of k models in c++ & '
    """
    if not _is_ready("".join(raws)):
        raws = [raw if _is_ready(raw) else _with_keys(clean(raw)) for raw in raws]
    return f" {FIELD_END} ".join((*raws, ""))


def _is_ready(raw: str) -> bool:
    """Say whether the keys of a text can be cut from it as it is; each sign by itself, as in `has_latex`."""
    return raw.isascii() and not (
        # What else `clean` resolves (dashes, quotes, ties) parts words before and after.
        "\\" in raw
        or "$" in raw
        or "{" in raw
        or "}" in raw
        or "<" in raw
        or "+" in raw
        or "#" in raw
        or FIELD_END in raw
    )


def _with_keys(cleaned: str) -> str:
    """Put their keys in place of the words of a cleaned text that are not of ASCII letters and digits alone."""
    text = cleaned.replace(FIELD_END, " ")
    if text.isascii() and "+" not in text and "#" not in text:
        return text
    parts = []
    at = 0
    for found in _MORE_THAN_LETTERS.finditer(text):
        start = text.rfind(" ", at, found.start()) + 1 or at
        if found.end() > at:
            parts.append(text[at:start])
            at = text.find(" ", found.end())
            at = len(text) if at < 0 else at
            parts.append(" ".join(keys(text[start:at])))
    parts.append(text[at:])
    return "".join(parts)


_MORE_THAN_LETTERS = pattern(r"[^\0-\x22\x24-\x2a\x2c-\x7f]+")  # beyond ASCII, `+` and `#`


_ASCII_SIGNS = "".join(sign.lower() if sign.isalnum() else " " for sign in map(chr, range(128)))
"""What ASCII signs become before a text is cut at spaces: letters small, what parts words a space."""


class _WordSigns(dict[int, str]):
    """What signs become before a text is cut at spaces: ASCII letters small, what parts words a space."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        if sign.isascii():
            kept = sign.lower() if sign.isalnum() or sign in "+#" else " "
        else:
            kept = sign if sign.isalnum() or _is_mark(sign) or sign in "＋＃" else " "
        self[code] = kept
        return kept


_WORD_SIGNS = _WordSigns()


@lru_cache(maxsize=1 << 12)
def _is_mark(sign: str) -> bool:
    """Say whether a sign combines with the letter before it."""
    return sign > "\u02ff" and unicodedata.category(sign)[0] == "M"


def _unicode_spans(text: str) -> list[tuple[str, int, int]]:
    spans = []
    length = len(text)
    at = 0
    while found := _WORD.search(text, at):
        start, at = found.span()
        # Signs that combine with the letter before belong to the word; `re` does not count them as letters.
        while at < length and _is_mark(text[at]):
            at += 1
            more = _WORD_ON.match(text, at)
            if more:
                at = more.end()
        spans.append((text[start:at], start, at))
    return spans


def title_key(raw: str) -> str:
    """Give the normal form of a title for exact comparison: the keys of its tokens, joined by a space."""
    return " ".join(keys(clean(raw)))
