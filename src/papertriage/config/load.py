"""Finding out which settings hold, and where each is from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from papertriage.config.settings import PREFIX, Config, Origin, Settings, about, declared
from papertriage.config.sources import SOURCE_TYPES, SourceSettings
from papertriage.errors import ConfigError, Fault, Place
from papertriage.paths import find_folders
from papertriage.yamlfile import Faults, Map, Scalar, convert, nearest, parse, read_file, shown

_BESIDE = frozenset(PREFIX + name for name in ("HOME", "CONFIG", "PUBMED_KEY", "SEMANTIC_SCHOLAR_KEY", "OPENALEX_KEY"))
"""Variables of ours that are no settings: where things are, and keys, which stand in no file."""


def load_config(
    path: Path | None = None, environ: Mapping[str, str] | None = None, flags: Mapping[str, object] | None = None
) -> Config:
    """Find out which settings hold.

    Relative paths in the file start at the file's folder, in flags and variables at the working
    folder. `base_url` from a flag or a variable goes before that of a source, for tests.

    Args:
        path: the file that the command line names, or None for `PAPERTRIAGE_CONFIG`, else the one
            in the configuration folder.
        environ: the environment.
        flags: setting to what the command line says of it; None means nothing.

    Raises:
        ConfigError: the file, a variable or a flag has mistakes; all of them are told.
        UsageError: there is no home folder.
    """
    environ = environ or {}
    folders = find_folders(environ)
    named = path or (Path(environ["PAPERTRIAGE_CONFIG"]) if environ.get("PAPERTRIAGE_CONFIG") else None)
    file = named or folders.config_file
    told: list[Fault] = []
    warnings: list[Fault] = []
    root, settings = _read(file, told, warnings, expected=named is not None)
    origins = {name: Origin("default") for name in Settings.__struct_fields__}
    values = {name: getattr(settings, name) for name in Settings.__struct_fields__}
    values["rules"], values["data"] = folders.rules_file, folders.data
    for key, (_, node) in root.pairs.items() if root else ():
        if key in origins and not (isinstance(node, Scalar) and node.blank):
            origins[key] = Origin("file", str(Place(str(file), node.line)))
            value = getattr(settings, key)
            values[key] = file.parent / value if isinstance(value, Path) else value
    _from_outside(environ, flags or {}, values, origins, told)
    if told:
        raise ConfigError(told)
    warnings += _unknown_variables(environ)
    values["sources"] = _with_base_url(values["sources"], values["base_url"], origins["base_url"])
    return Config(**values, file=file, folders=folders, origins=origins, warnings=tuple(warnings))


def _read(file: Path, told: list[Fault], warnings: list[Fault], *, expected: bool) -> tuple[Map | None, Settings]:
    faults = Faults(str(file))
    try:
        text = read_file(file, faults)
    except FileNotFoundError:
        text = ""
        if expected:
            warnings.append(Fault(Place(str(file)), "there is no such file; the defaults hold."))
    root = parse(text, faults) if text else None
    settings = convert(root, Settings, faults, "the configuration") if root else None
    for name in _repeated(settings.sources if settings else ()):
        faults.add(
            name.place, f"a source {shown(name.name)} stands here a second time.", "Give it a `name` of its own."
        )
    for source in settings.sources if settings else ():
        hint = "" if source.type in SOURCE_TYPES else nearest(source.type, SOURCE_TYPES)
        if hint:
            warnings.append(Fault(source.place or Place(""), f"the type {shown(source.type)} is not ours.", hint))
    told += faults.sorted()
    return (root if isinstance(root, Map) else None), settings or Settings()


def _repeated(sources: tuple[SourceSettings, ...]) -> list[SourceSettings]:
    names = [source.name for source in sources]
    return [source for number, source in enumerate(sources) if source.name in names[:number]]


def _from_outside(
    environ: Mapping[str, str],
    flags: Mapping[str, object],
    values: dict[str, Any],
    origins: dict[str, Origin],
    told: list[Fault],
) -> None:
    """Let variables, then flags, take the place of what the file says."""
    for field in msgspec.structs.fields(Settings):
        variable = PREFIX + field.name.upper()
        flag = flags.get(field.name)
        found = []
        if environ.get(variable) and about(field.type).in_environment:
            found.append((environ[variable], Origin("environment", variable)))
        if flag is not None:
            found.append((str(flag), Origin("flag", "--" + field.name.replace("_", "-"))))
        for text, origin in found:
            faults = Faults(origin.where)
            value = convert(Scalar(0, 0, text=text, plain=False), field.type, faults, "the value")
            told += faults.sorted()
            if not faults.count:
                values[field.name], origins[field.name] = value, origin


def _unknown_variables(environ: Mapping[str, str]) -> list[Fault]:
    known = {row.variable for row in declared() if row.variable} | _BESIDE
    return [
        Fault(Place(name), "no setting has this variable; it changes nothing.", nearest(name, known))
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in known
    ]


def _with_base_url(
    sources: tuple[SourceSettings, ...], base_url: str | None, origin: Origin
) -> tuple[SourceSettings, ...]:
    if base_url is None:
        return sources
    over = origin.kind in {"flag", "environment"}
    return tuple(
        source if source.base_url and not over else msgspec.structs.replace(source, base_url=base_url)
        for source in sources
    )
