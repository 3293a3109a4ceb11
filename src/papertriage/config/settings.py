"""The settings: each declared once, with type, default, check and prose."""

from __future__ import annotations

import re
import typing
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from papertriage.config.sources import SourceSettings, default_sources
from papertriage.config.sourcespec import BaseUrl
from papertriage.errors import Fault
from papertriage.paths import Folders
from papertriage.patterns import pattern
from papertriage.yamlfile import Parsed, read_days, read_number, read_seconds

PREFIX = "PAPERTRIAGE_"
"""Before the name of a setting in capitals: its variable in the environment."""

_MAIL = pattern(r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]{2,}", re.ASCII)


class About(msgspec.Struct, frozen=True):
    """What is said of a setting in the manual.

    Attributes:
        prose: one sentence.
        default: the default in words, where the value says too little.
        in_environment: whether a variable can set it.
    """

    prose: str
    default: str = ""
    in_environment: bool = True


class Origin(msgspec.Struct, frozen=True):
    """Where a value is from.

    Attributes:
        kind: which of the four.
        where: the flag, the variable, or file and line; "" for a default.
    """

    kind: Literal["flag", "environment", "file", "default"]
    where: str = ""

    def __str__(self) -> str:
        return self.where or self.kind


def _mail(text: str) -> str:
    if len(text) > 254 or not _MAIL.fullmatch(text):
        raise ValueError("")
    return text


def _path(text: str) -> Path:
    if not text or "\0" in text:
        raise ValueError("")
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise ValueError("its home folder is not known") from error


def _count(text: str) -> int:
    number = read_number(text)
    if number is None or not number.is_integer() or not 1 <= number <= 10**9:
        raise ValueError("")
    return int(number)


def _whole_days(text: str) -> int:
    days = read_days(text)
    if not days.is_integer():
        raise ValueError("")
    return int(days)


def _ceiling(text: str) -> float:
    seconds = read_seconds(text)
    if seconds <= 0:
        raise ValueError("")
    return seconds


Mail = Annotated[str, Parsed("a mail address", _mail)]
FilePath = Annotated[Path, Parsed("a path", _path)]
Count = Annotated[int, Parsed("a whole number above 0", _count)]
Window = Annotated[int, Parsed("a number of whole days, as in `3d` or `2w`", _whole_days)]
Wait = Annotated[float, Parsed("a length of time, as in `30s` or `2min`", read_seconds)]
Ceiling = Annotated[float, Parsed("a length of time above 0, as in `10min`", _ceiling)]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What `config.yaml` can say; a field is a key of the file, its default the setting's default."""

    CALLED: ClassVar[str] = "the configuration"
    SYNONYMS: ClassVar[dict[str, str]] = {
        "email": "contact", "mail": "contact", "source": "sources", "feeds": "sources", "days": "window",
        "since": "window", "cache": "data", "colour": "color", "timeout": "lock_timeout",
    }  # fmt: skip

    contact: Annotated[
        Mail | None,
        About("A mail address for the User-Agent, so that a service can reach you before it blocks you.", "none"),
    ] = None
    sources: Annotated[
        tuple[SourceSettings, ...],
        About("The listings to fetch.", "hf-daily, and arxiv-rss with cs.AI, cs.CL, cs.LG", in_environment=False),
    ] = msgspec.field(default_factory=default_sources)
    window: Annotated[Window, About("The days that `list` looks at, the last of them today.", "3d")] = 3
    limit: Annotated[Count, About("The papers that `list` shows at most.")] = 50
    rules: Annotated[FilePath, About("The rules.", "rules.yaml in the configuration folder")] = Path("rules.yaml")
    data: Annotated[
        FilePath, About("The folder of papers, ledger and decisions.", "the data folder of the platform")
    ] = Path()
    color: Annotated[Literal["auto", "always", "never"], About("Whether tables are coloured.")] = "auto"
    lock_timeout: Annotated[Wait, About("How long to wait for another run that writes to the same data.", "30s")] = 30.0
    run_ceiling: Annotated[Ceiling, About("How long a daily `fetch` may take in all.", "10min")] = 600.0
    base_url: Annotated[
        BaseUrl | None,
        About("Where sources are asked instead of their services, but for feeds: a mirror, a test server.", "none"),
    ] = None


class Config(Settings, frozen=True, kw_only=True):
    """The settings that hold, with their origins.

    Attributes:
        file: the configuration file, which may be missing.
        folders: where the platform, or `PAPERTRIAGE_HOME`, keeps our files.
        origins: for each setting where its value is from.
        warnings: what is allowed but likely a slip.
    """

    file: Path
    folders: Folders
    origins: dict[str, Origin]
    warnings: tuple[Fault, ...] = ()


class Declared(msgspec.Struct, frozen=True):
    """One setting as the manual tells it.

    Attributes:
        name: its key in `config.yaml`.
        variable: its variable, "" where it has none.
        default: the default in words.
        prose: one sentence.
    """

    name: str
    variable: str
    default: str
    prose: str


class Held(msgspec.Struct, frozen=True):
    """One setting with the value that holds, as `papertriage config` prints it.

    Attributes:
        value: as it would be spelled in `config.yaml`; "" for none.
    """

    name: str
    value: str
    origin: Origin


def declared() -> tuple[Declared, ...]:
    """List every setting with its prose."""
    rows = []
    for field in msgspec.structs.fields(Settings):
        told = about(field.type)
        variable = PREFIX + field.name.upper() if told.in_environment else ""
        rows.append(Declared(field.name, variable, told.default or str(field.default), told.prose))
    return tuple(rows)


def held(config: Config) -> tuple[Held, ...]:
    """List every setting with its value and its origin."""
    return tuple(
        Held(name, _spelled(name, getattr(config, name)), config.origins[name]) for name in Settings.__struct_fields__
    )


def _spelled(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "sources":
        return ", ".join(source.name for source in value)
    if name == "window":
        return f"{value}d"
    if isinstance(value, float):
        return f"{value / 60:g}min" if value and value % 60 == 0 else f"{value:g}s"
    return str(value)


def about(tp: Any) -> About:
    """Give what is said of a setting, by the type of its field."""
    return next(extra for extra in typing.get_args(tp) if isinstance(extra, About))
