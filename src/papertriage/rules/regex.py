"""Regular expressions of the rules, by RE2: what it does not take is told with what to write instead."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from papertriage.yamlfile import shown

_INSTEAD = {
    "(?=": "Write each part as a term of its own under `all`, or match what follows too.",
    "(?!": "Put what must not be there under `none`.",
    "(?<=": "Match what stands before it too, or write `\\b` for the beginning of a word.",
    "(?<!": "Put what must not be there under `none`, or write `\\b` for the beginning of a word.",
    "(?>": "Write `(?:`: no pattern is slow here, so nothing is won by not going back.",
    "(?#": "A YAML comment can stand behind the regex.",
    "(?(": "Write one regex for each case.",
    "(?R": "Write out as many levels as you need.",
}
"""What opens a group that RE2 does not have, and what to write instead."""

_ESCAPES = {"Z": "z", "h": "[ \\t]", "R": "\\n", "e": "\\x1b"}


@lru_cache(maxsize=1 << 10)
def compile_regex(pattern: str) -> tuple[Any, str, str]:
    """Compile a pattern: the compiled one, or None, why not (the rest of "the regex …") and what to do."""
    import re2

    pattern = unicodedata.normalize("NFC", pattern)  # as texts are
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options), "", ""
    except re2.error as error:
        raw = error.args[0] if error.args else ""
        told = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    reason, _, rest = told.partition(": ")
    return None, *_refused(pattern, reason, rest)


def _refused(pattern: str, reason: str, rest: str) -> tuple[str, str]:
    if reason == "invalid perl operator":
        return _group(rest)
    if reason == "invalid escape sequence":
        return _escape(rest)
    if reason == "bad repetition operator" and rest.endswith("+"):
        return f"has {shown(rest)}, which is not available", "Leave the second sign out: no pattern is slow here."
    if reason == "invalid repetition size":
        return f"repeats too often at {shown(rest)}", "At most 1000 repetitions, nested ones multiplied; or write `*`."
    if reason.startswith("pattern too large"):
        return "is too large when its repetitions are written out", "Repeat less often, or write `*`."
    where = f" at {shown(rest)}" if rest and rest != pattern else ""
    return f"cannot be read: {reason}{where}", ""


def _group(rest: str) -> tuple[str, str]:
    if rest.startswith("(?P") and not rest.startswith("(?P<"):
        return f"refers back with {shown(rest)}, which is not available", "Write the same thing out again."
    opened = next((known for known in _INSTEAD if rest.startswith(known)), "")
    looks = re.match(r"\(\?<?[=!]", rest)
    what = "looks ahead or behind with" if looks else "has"
    return f"{what} {shown(opened or rest)}, which is not available", _INSTEAD.get(opened, "")


def _escape(rest: str) -> tuple[str, str]:
    if re.match(r"\\[1-9gk]", rest):
        return f"refers back with {shown(rest)}, which is not available", "Write the same thing out again."
    instead = _ESCAPES.get(rest[1:2])
    if instead is not None and len(instead) == 1:
        instead = "\\" + instead
    return f"has {shown(rest)}, which is not available", f"Write `{instead}`." if instead else ""
