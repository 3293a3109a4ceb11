"""Rules × papers → hits.

`hits` is the definition: for each term and field, `expand` the term against the paper's own tokens and `find` the
expansion in them. `Matcher` gives the same answer for many papers, and keeps what it has compared.
"""

from papertriage.match.alike import Alike, alike
from papertriage.match.expand import Expansion, Part, expand, extend
from papertriage.match.find import Found, find
from papertriage.match.hits import Field, find_pattern, hits
from papertriage.match.matcher import Matcher
from papertriage.match.vocabulary import Vocabulary

__all__ = [
    "Alike",
    "Expansion",
    "Field",
    "Found",
    "Matcher",
    "Part",
    "Vocabulary",
    "alike",
    "expand",
    "extend",
    "find",
    "find_pattern",
    "hits",
]
