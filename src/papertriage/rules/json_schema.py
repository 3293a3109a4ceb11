"""A JSON Schema of `rules.yaml`, made of the records that the loader fills: for editors to complete and check with.

It takes what the loader takes, as far as a schema can say it; what depends on meaning (two topics of one name, a regex
that does not compile) is for `rules check`. Editors read YAML 1.2, in which `off` and `no` are texts.

JSON Schema 2020-12: https://json-schema.org/draft/2020-12/schema
"""

from __future__ import annotations

import datetime as dt
import types
import typing
from typing import Any

import msgspec

from papertriage.rules import schema
from papertriage.rules.compile import MAX_NEAR, MAX_TERM, SIGNALS
from papertriage.yamlfile import Placed, Text

Schema = dict[str, Any]

# The loader keeps the letters of every plain scalar, so where it takes a text an editor may see a number.
_SCALAR = ["string", "number", "boolean"]
_NUMBER_TEXT = r"^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$"

_FORMS: dict[Any, Schema] = {
    str: {"type": _SCALAR},
    Text: {"type": _SCALAR, "minLength": 1},
    bool: {"enum": [True, False, "yes", "no", "on", "off"]},
    int: {"type": ["integer", "string"], "pattern": r"^[-+]?\d+(\.0*)?$"},
    float: {"type": ["number", "string"], "pattern": _NUMBER_TEXT},
    dt.date: {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"},
    schema.Fuzzy: {
        "anyOf": [
            {"enum": ["off"]},
            {"type": "integer", "minimum": 50, "maximum": 100},
            {"type": "string", "pattern": r"^\+?0*([5-9]\d|100)(\.0*)?$"},
        ]
    },
    schema.Days: {
        "type": ["number", "string"],
        "exclusiveMinimum": 0,
        "maximum": 36500,
        "pattern": r"^\d{1,6}(\.\d{1,6})? ?(d|days?|w|weeks?)?$",
    },
    schema.FieldWeight: {"type": ["number", "string"], "exclusiveMinimum": 0, "pattern": _NUMBER_TEXT},
    schema.FieldName: {"enum": list(schema.FIELDS)},
    schema.Within: {
        "type": ["integer", "string"],
        "minimum": 0,
        "maximum": 1000,
        "pattern": r"^\+?\d+(\.0*)?$",
    },
    schema.AtMost: {
        "type": ["integer", "string"],
        "minimum": 1,
        "maximum": 10_000,
        "pattern": r"^\+?0*[1-9]\d{0,4}(\.0*)?$",
    },
    schema.Name: {"type": _SCALAR, "minLength": 1, "maxLength": 100, "pattern": r"\S"},
    schema.SourceGlob: {"type": "string", "pattern": r"^[\w.*?\[\]!-]+$"},
}
"""What a single value may be, for each type that the loader makes of one."""

# More than a single sign that stands in every text, as `a` or `7`.
_TERM = {"type": _SCALAR, "minLength": 1, "maxLength": MAX_TERM, "pattern": r"[^\sa-z0-9AI]|\S\s*\S"}

# What `compile.py` asks beyond the form, where a schema can say it.
_BEYOND: dict[tuple[str, str], Schema] = {
    ("RulesSpec", "version"): {"enum": [schema.VERSION, str(schema.VERSION)]},
    ("PhraseSpec", "term"): _TERM,
    ("RegexSpec", "regex"): {"type": _SCALAR, "minLength": 1, "maxLength": MAX_TERM * 5},
    ("NearSpec", "near"): {
        "type": "array",
        "items": {"type": _SCALAR, "minLength": 1, "maxLength": MAX_TERM, "pattern": r"^\S+$"},
        "minItems": 2,
        "maxItems": MAX_NEAR,
    },
}

DESCRIPTIONS: dict[str, dict[str, str]] = {
    "RulesSpec": {
        "version": "The version of this language: 1.",
        "include": "Files of rules that this one builds on, looked for beside it.",
        "match": "Defaults for every term.",
        "min_score": "What topics and followed authors must give together before a paper is listed.",
        "exclude": "What is out, whatever its score.",
        "topics": "What you want to read, a list of topics.",
        "follow": "Authors whose papers are listed in any case.",
        "signals": "Weights of a paper's age and of its numbers; they let no paper in on their own.",
    },
    "MatchSpec": {
        "fuzzy": "How alike a misspelt word must be: 50 to 100, or off. Default 80.",
        "fields": "Where terms look, with a weight for each field. Default title 3, abstract 1.",
    },
    "ExcludeSpec": {
        "any": "Terms; a paper in which one hits is out. They match exactly unless a term asks for fuzzy.",
        "categories": "Categories; * and ? are wild: q-fin.*",
        "remove": "Terms and categories of included files that are not excluded after all.",
    },
    "TopicSpec": {
        "name": "Names the topic in lists and for --topic.",
        "weight": "Multiplies all points of the topic; below 0 it lowers a score. Default 1.",
        "any": "Terms of which at least one must hit; each that hits adds points.",
        "all": "Terms of which every one must hit, or the topic gives nothing.",
        "none": "Terms of which none may hit, or the topic gives nothing.",
        "authors": "People; one of them is as good as a hit of `any`.",
        "categories": "The topic looks only at papers in one of these; * and ? are wild: cs.*",
        "sources": "The topic looks only at papers from one of these sources: hf-*",
        "min_score": "The topic counts only from so many points.",
        "at_most": "A list shows at most so many papers of which this is the best topic.",
        "until": "The last day on which the topic counts: 2027-01-31",
        "comment": "For yourself.",
        "disabled": "true turns the topic off.",
        "remove": "What is taken out of the topic of that name in an included file.",
        "examples": "Titles or texts that the topic must take, and must not; `papertriage rules test` runs them.",
    },
    "PhraseSpec": {
        "term": "The phrase: these words, side by side, in this order.",
        "weight": "Multiplies the points of the term; below 0 it lowers the score. Default 1.",
        "fuzzy": "How alike a misspelt word must be: 50 to 100, or off.",
        "fields": "Where the term looks, with a weight for each field.",
    },
    "RegexSpec": {
        "regex": "A regular expression (RE2); letter case counts, and it looks inside words.",
        "weight": "Multiplies the points of the term; below 0 it lowers the score. Default 1.",
        "fields": "Where the term looks, with a weight for each field.",
    },
    "NearSpec": {
        "near": "2 to 10 single words that stand close to each other, in any order.",
        "within": "How many other words may stand between the first and the last of them. Default 4.",
        "weight": "Multiplies the points of the term; below 0 it lowers the score. Default 1.",
        "fuzzy": "How alike a misspelt word must be: 50 to 100, or off.",
        "fields": "Where the term looks, with a weight for each field.",
    },
    "AuthorSpec": {"name": "The author's name.", "weight": "Points for a paper of theirs. Default 1."},
    "ExamplesSpec": {
        "match": "Titles or texts that the topic must take.",
        "no_match": "Titles or texts that it must not take.",
    },
    "FollowSpec": {
        "authors": "Names, or a map of names to the points for each.",
        "remove": "Names that included files follow and this one does not.",
    },
    "SignalSpec": {
        "weight": "Multiplies ln(1 + the number); for recency 0.5^(age / half-life).",
        "half_life": "Of recency: after so long it gives half: 14d, 2w.",
    },
}
"""What each key of each record means, in a sentence that an editor shows."""


def rules_schema() -> Schema:
    """Give the JSON Schema of a rules file."""
    definitions: dict[str, Schema] = {}
    root = _record(schema.RulesSpec, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The rules of papertriage (rules.yaml)",
        **root,
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }


def _schema(tp: Any, definitions: dict[str, Schema]) -> Schema:
    """Give the schema of a type that the loader fills."""
    if tp in _FORMS:
        return dict(_FORMS[tp])
    if tp is type(None):
        return {"type": "null"}
    origin = typing.get_origin(tp)
    if origin in {typing.Union, types.UnionType}:
        parts = [option for option in typing.get_args(tp) if option is not msgspec.UnsetType]
        if Text in parts and schema.PhraseSpec in parts:
            return _term(definitions)
        found = [_schema(option, definitions) for option in parts]
        return found[0] if len(found) == 1 else {"anyOf": found}
    if origin is tuple:
        return {"type": "array", "items": _schema(typing.get_args(tp)[0], definitions)}
    if origin is dict:
        key, value = typing.get_args(tp)
        taken = _schema(value, definitions)
        if key is schema.FieldName:
            return {
                "type": "object",
                "properties": dict.fromkeys(schema.FIELDS, taken),
                "additionalProperties": False,
            }
        return {"type": "object", "additionalProperties": taken}
    if isinstance(tp, type) and issubclass(tp, Placed):
        name = tp.__name__.removesuffix("Spec").lower()
        if name not in definitions:
            definitions[name] = {}  # a record may hold itself
            definitions[name] = _record(tp, definitions)
        return {"$ref": f"#/$defs/{name}"}
    # Of a type that is read in a way of its own only the type is known.
    return _schema(typing.get_args(tp)[0], definitions) if origin is typing.Annotated else {}


def _term(definitions: dict[str, Schema]) -> Schema:
    if "term" not in definitions:
        maps = [_schema(record, definitions) for record in (schema.PhraseSpec, schema.RegexSpec, schema.NearSpec)]
        definitions["term"] = {"anyOf": [_TERM, *maps]}
    return {"$ref": "#/$defs/term"}


def _record(record: type[Placed], definitions: dict[str, Schema]) -> Schema:
    name = record.__name__
    properties: dict[str, Schema] = {}
    required: list[str] = []
    for field in msgspec.structs.fields(record):
        if field.name in Placed.__struct_fields__:
            continue
        made = dict(_BEYOND.get((name, field.name)) or _schema(field.type, definitions))
        if field.required:
            required.append(field.name)
        else:
            made = _or_blank(made)
        told = DESCRIPTIONS.get(name, {}).get(field.name)
        properties[field.name] = ({"description": told} if told else {}) | _not_empty(field.name, made)
    found: Schema = {
        "description": " ".join((record.__doc__ or "").split("\n")[0].split()),
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    if required:
        found["required"] = required
    if record is schema.RulesSpec:
        # A topic that changes one of an included file need not look for anything itself.
        looks = {"anyOf": [{"required": [key]} for key in ("any", "all", "authors")]}
        found |= {"if": {"not": {"required": ["include"]}}, "then": {"properties": {"topics": {"items": looks}}}}
        _name_signals(properties["signals"], definitions)
    return found


def _or_blank(made: Schema) -> Schema:
    """Let a key stand without a value, as the loader does where there is a default."""
    if "type" in made:
        kinds = made["type"] if isinstance(made["type"], list) else [made["type"]]
        return {**made, "type": [*kinds, "null"]} if "null" not in kinds else made
    if "anyOf" in made:
        return made if {"type": "null"} in made["anyOf"] else {**made, "anyOf": [*made["anyOf"], {"type": "null"}]}
    return {"anyOf": [made, {"type": "null"}]}


def _not_empty(name: str, made: Schema) -> Schema:
    """Ask for at least one of the fields to look in."""
    if name != "fields":
        return made
    least = {"object": {"minProperties": 1}, "array": {"minItems": 1}}
    return {**made, "anyOf": [{**option, **least.get(option.get("type", ""), {})} for option in made["anyOf"]]}


def _name_signals(signals: Schema, definitions: dict[str, Schema]) -> None:
    """Name the signals that there are, for editors to offer; only recency has a half-life."""
    signal = definitions["signal"]
    plain = {name: made for name, made in signal["properties"].items() if name != "half_life"}
    definitions["number"] = {**signal, "properties": {**plain, "half_life": {"type": "null"}}}
    number = {"$ref": "#/$defs/number"}
    signals["properties"] = dict.fromkeys(SIGNALS, number) | {"recency": {"$ref": "#/$defs/signal"}}
    signals["additionalProperties"] = number
