"""What every text that a regular expression matches must have in it, so that few texts need be searched. Pure."""

from __future__ import annotations

import re

from papertriage.patterns import pattern

SHORTEST = 3
"""A shorter literal rules out too little."""

_GROUP_FREE = pattern(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)


def required_literal(pattern: str) -> str | None:
    r"""Give the longest run of letters and digits (ASCII, lower case) that each match of a pattern contains.

    Only what stands outside groups is looked at. None where there is no such run of three signs or more.

    >>> required_literal(r"LLaMA-?\d"), required_literal(r"(GPT|PaLM)-?\d"), required_literal("colou?rs?")
    ('llama', None, 'colo')
    """
    runs = [""]
    depth = 0
    for found in _GROUP_FREE.finditer(pattern):
        sign = found[0]
        if sign in "({":  # a group, or a quantifier: before the latter may be nothing
            if sign == "{" and not depth:
                runs[-1] = runs[-1][:-1]
            depth += 1
            runs.append("")
        elif sign in ")}":
            depth = max(depth - 1, 0)
        elif depth:
            continue
        elif sign == "|":
            return None
        elif len(sign) == 1 and sign.isascii() and sign.isalnum():
            runs[-1] += sign.lower()
        else:
            if sign in "?*":  # what is before it may be absent
                runs[-1] = runs[-1][:-1]
            runs.append("")
    longest = max(runs, key=len)
    return longest if len(longest) >= SHORTEST else None
