r"""LaTeX in titles, abstracts and names, resolved to Unicode by a small table of our own.

It covers what listings contain: accents, special letters, Greek, common symbols, formatting commands
(unwrapped) and math shifts (removed around their content). It is not a TeX: nothing is executed, nothing
raises, and the time is linear in the length of the text. Combining characters come out decomposed; the
caller normalises.
"""

from __future__ import annotations

from papertriage.patterns import pattern


def _words(text: str) -> list[str]:
    return text.split()


_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", '"': "\u0308", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "d": "\u0323",
    "b": "\u0331", "t": "\u0361", "G": "\u030f",
    "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303", "bar": "\u0304",
    "overline": "\u0304", "dot": "\u0307", "ddot": "\u0308", "vec": "\u20d7", "check": "\u030c", "breve": "\u0306",
    "acute": "\u0301", "grave": "\u0300", "mathring": "\u030a",
}  # fmt: skip

_LETTERS = {
    "ss": "ß", "SS": "ẞ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "aa": "å", "AA": "Å", "ae": "æ", "AE": "Æ",
    "oe": "œ", "OE": "Œ", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ",
    "ng": "ŋ", "NG": "Ŋ",
}  # fmt: skip

_GREEK = dict(
    zip(
        _words(
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon "
            "phi chi psi omega varepsilon vartheta varkappa varpi varrho varsigma varphi digamma "
            "Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho Sigma Tau Upsilon "
            "Phi Chi Psi Omega"
        ),
        "αβγδϵζηθικλμνξοπρστυϕχψωεϑϰϖϱςφϝΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ",
        strict=True,
    )
)

_SYMBOLS = {
    "times": "×", "pm": "±", "mp": "∓", "div": "÷", "cdot": "·", "ast": "∗", "star": "⋆", "bullet": "•",
    "circ": "∘", "le": "≤", "leq": "≤", "leqslant": "≤", "ge": "≥", "geq": "≥", "geqslant": "≥", "ne": "≠",
    "neq": "≠", "ll": "≪", "gg": "≫", "lt": "<", "gt": ">", "lesssim": "≲", "gtrsim": "≳", "approx": "≈",
    "sim": "∼", "simeq": "≃", "cong": "≅", "equiv": "≡", "propto": "∝", "infty": "∞", "partial": "∂",
    "nabla": "∇", "sum": "∑", "prod": "∏", "int": "∫", "oint": "∮", "sqrt": "√", "surd": "√", "in": "∈",
    "notin": "∉", "ni": "∋", "subset": "⊂", "subseteq": "⊆", "supset": "⊃", "supseteq": "⊇", "cup": "∪",
    "cap": "∩", "emptyset": "∅", "varnothing": "∅", "setminus": "∖", "forall": "∀", "exists": "∃", "neg": "¬",
    "land": "∧", "wedge": "∧", "lor": "∨", "vee": "∨", "oplus": "⊕", "ominus": "⊖", "otimes": "⊗", "odot": "⊙",
    "perp": "⊥", "parallel": "∥", "mid": "∣", "vert": "|", "Vert": "‖", "langle": "⟨", "rangle": "⟩",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "to": "→", "rightarrow": "→", "longrightarrow": "→",
    "leftarrow": "←", "gets": "←", "leftrightarrow": "↔", "uparrow": "↑", "downarrow": "↓", "Rightarrow": "⇒",
    "Leftarrow": "⇐", "Leftrightarrow": "⇔", "iff": "⇔", "implies": "⇒", "mapsto": "↦", "hookrightarrow": "↪",
    "rightleftharpoons": "⇌", "ldots": "…", "dots": "…", "cdots": "⋯", "ell": "ℓ", "hbar": "ℏ", "Re": "ℜ",
    "Im": "ℑ", "aleph": "ℵ", "angle": "∠", "triangle": "△", "square": "□", "Box": "□", "dagger": "†", "dag": "†",
    "ddagger": "‡", "ddag": "‡", "prime": "′", "degree": "°", "textdegree": "°", "celsius": "℃", "S": "§",
    "P": "¶", "copyright": "©", "textcopyright": "©", "textregistered": "®", "texttrademark": "™",
    "pounds": "£", "euro": "€", "texteuro": "€", "textendash": "–", "textemdash": "—", "textellipsis": "…",
    "textasciitilde": "~", "textasciicircum": "^", "textbackslash": "\\", "textunderscore": "_",
    "textbar": "|", "textless": "<", "textgreater": ">", "textmu": "μ", "textquotedblleft": "“",
    "textquotedblright": "”", "textquoteleft": "‘", "textquoteright": "’", "colon": ":", "backslash": "\\",
    "lbrace": "{", "rbrace": "}", "checkmark": "✓",
    "quad": " ", "qquad": " ", "newline": " ", "par": " ", "item": " ", "space": " ", "hfill": " ", "noindent": " ",
}  # fmt: skip

_UNWRAPPED = frozenset(
    _words(
        "textbf textit textrm textsf texttt textsc textsl textup textmd textnormal text emph underline uline mbox "
        "hbox fbox vbox makebox mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak mathscr mathnormal "
        "boldsymbol bm pmb operatorname ensuremath em it bf rm sf tt sc sl bfseries itshape rmfamily sffamily "
        "ttfamily scshape upshape mdseries normalfont displaystyle textstyle scriptstyle scriptscriptstyle tiny "
        "scriptsize footnotesize small normalsize large Large LARGE huge Huge left right middle big Big bigg Bigg "
        "bigl bigr Bigl Bigr biggl biggr limits nolimits texorpdfstring protect mathop mathbin mathrel mathord "
        "url path footnote title centering textsuperscript textsubscript underbrace overbrace sout hl enquote "
        "nobreak relax xspace allowbreak phantom smash boxed stackrel overset underset cancel acronym ac acs acl "
        "gls Gls nolinkurl section subsection subsubsection paragraph chapter bigskip medskip smallskip"
    )
)
"""Commands that only format: the name goes, the argument stays."""

_DROPPED = frozenset(
    _words(
        "cite citep citet citealp citealt citeauthor citeyear autocite parencite textcite ref eqref cref Cref autoref "
        "pageref label begin end color textcolor href vspace hspace vskip hskip includegraphics input usepackage "
        "documentclass setlength thanks bibliography bibliographystyle pagestyle thispagestyle"
    )
)
"""Commands whose first argument is nothing to read: it goes with the name."""

_FRACTIONS = frozenset(["frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac"])

_SPACES = frozenset(" ,;:>\\\n\t\r")
_NOTHING = frozenset("!/-@()[]+<")

_MARK = pattern(r"\\|\{|\}|\$|~|--|``|''")  # each begins with a letter of its own: `re` skips to them
_COMMAND = pattern(r"[A-Za-z]+")
_ARGUMENT = pattern(r"\*?\s{0,9}(?:\[[^\[\]{}]{0,300}\]\s{0,9})?\{[^{}]{0,500}\}")
_BARE_FRACTION = pattern(r" ?([0-9A-Za-z]) ?([0-9A-Za-z])")
_MONEY = pattern(r"\s?\d")
_BEFORE_TIE = pattern(r"[\w.,:;)}\]$]")
_AFTER_TIE = pattern(r"[\w\\$({\[]")


def _math_shifts(raw: str) -> frozenset[int]:
    r"""Give the places of the `$` that open or close math; the others are money or slips.

    A `$` pairs with the next one, unless that makes a sum of money: `$5 and $10`, `US$ 5 and US$ 10`.
    """
    shifts: set[int] = set()
    opened = -1
    at = raw.find("$")
    while at >= 0:
        if at and raw[at - 1] == "\\":
            at = raw.find("$", at + 1)
            continue
        if raw.startswith("$$", at):
            shifts.update((at, at + 1))
            at = raw.find("$", at + 2)
            continue
        if opened >= 0:
            money = _MONEY.match(raw, opened + 1) and (raw[at - 1].isspace() or _MONEY.match(raw, at + 1))
            if money:
                opened = at
            else:
                shifts.update((opened, at))
                opened = -1
        else:
            opened = at
        at = raw.find("$", at + 1)
    return frozenset(shifts)


class _Reader:
    """One pass over a text. Accents wait for the letter they belong to; braces are kept on a stack."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.out: list[str] = []
        self.waiting = ""  # combining characters for the next letter
        self.groups: list[str] = []  # for each open brace: "accent", "fraction" or ""
        self.expected = ""  # what the next opening brace stands for

    def read(self) -> str:
        raw = self.raw
        shifts = _math_shifts(raw) if "$" in raw else frozenset()
        at = 0
        while found := _MARK.search(raw, at):
            start = found.start()
            if start > at:
                self.plain(raw[at:start])
            sign = found[0]
            at = start + 1
            if sign == "\\":
                at = self.command(at)
            elif sign == "{":
                self.groups.append(self.expected)
                self.expected = ""
            elif sign == "}":
                self.close(at)
            elif sign == "$":
                if start not in shifts:
                    self.plain("$")
            else:
                at = self.ligature(sign[0], start)
        self.plain(raw[at:])
        return "".join(self.out)

    def plain(self, text: str) -> None:
        if not text:
            return
        if self.waiting:
            if text.isspace():
                self.out.append(text) if self.expected == "" else None
                return
            text = text.lstrip() if self.expected else text
            self.out.append(text[0] + self.waiting + text[1:])
            self.waiting = ""
        else:
            self.out.append(text)
        self.expected = ""

    def close(self, at: int) -> None:
        kind = self.groups.pop() if self.groups else ""
        self.waiting = ""
        if kind == "fraction" and self.raw.startswith("{", at):
            self.out.append("/")

    def ligature(self, sign: str, start: int) -> int:
        raw = self.raw
        if sign == "~":
            tie = start and _BEFORE_TIE.match(raw, start - 1) and _AFTER_TIE.match(raw, start + 1)
            self.plain(" " if tie else "~")
            return start + 1
        if sign == "-":
            length = 3 if raw.startswith("---", start) else 2
            self.plain("–" if length == 2 else "—")
            return start + length
        self.plain("“" if sign == "`" else "”")
        return start + 2

    def command(self, at: int) -> int:
        """Resolve the command whose name starts at `at`; give the place after it."""
        raw = self.raw
        named = _COMMAND.match(raw, at)
        if not named:
            return self.sign(at)
        name, after = named[0], named.end()
        if name in _DROPPED:
            argument = _ARGUMENT.match(raw, after)
            return argument.end() if argument else after
        if name in _UNWRAPPED:
            after += raw.startswith("*", after)
            return after + raw.startswith(" ", after)
        if name in _ACCENTS and raw[after : after + 1] in ("{", " ", "\\"):
            self.waiting += _ACCENTS[name]
            self.expected = "accent"
            return after
        if name in _LETTERS:
            letter = _LETTERS[name]
            if self.waiting:  # an accented dotless i is an i with the accent in place of its dot
                letter = {"ı": "i", "ȷ": "j"}.get(letter, letter)
            self.plain(letter)
            return after + raw.startswith(" ", after)
        if name in _FRACTIONS:
            return self.fraction(after)
        self.symbol(name)
        return after

    def fraction(self, at: int) -> int:
        bare = _BARE_FRACTION.match(self.raw, at)
        if bare:
            self.plain(f"{bare[1]}/{bare[2]}")
            return bare.end()
        self.expected = "fraction"
        return at

    def symbol(self, name: str) -> None:
        last = self.out[-1] if self.out else ""
        if name == "circ" and last.endswith("^"):
            self.out[-1] = last[:-1]
            self.plain("°")
            return
        symbol = _GREEK.get(name) or _SYMBOLS.get(name)
        if symbol is None:  # a command of the author's own, or log, sin, LaTeX: its name is all there is to read
            symbol = f" {name}" if last[-1:].isalnum() else name
        self.plain(symbol)

    def sign(self, at: int) -> int:
        r"""Resolve a command of one sign: an accent (`\'`), a space (`\,`) or an escaped sign (`\%`)."""
        sign = self.raw[at : at + 1]
        if sign in _ACCENTS and sign:
            self.waiting += _ACCENTS[sign]
            self.expected = "accent"
        elif sign in _SPACES:
            self.plain(" ")
        elif sign not in _NOTHING:
            self.plain(sign)
        return at + 1


def has_latex(text: str) -> bool:
    """Say whether resolving could change the text."""
    return (  # each by itself: a pattern takes several times longer
        "$" in text
        or "\\" in text
        or "{" in text
        or "}" in text
        or "~" in text
        or "--" in text
        or "``" in text
        or "''" in text
    )


def resolve_latex(raw: str) -> str:
    r"""Resolve LaTeX to Unicode.

    >>> resolve_latex(r"Paul Erd\H{o}s and {\L}ukasz: $\alpha$-stable \emph{laws}")
    'Paul Erdős and Łukasz: α-stable laws'
    """
    return _Reader(raw).read()
