"""The commands of `papertriage rules`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papertriage.cli import arguments as arg
from papertriage.cli.context import Context, context_of

if TYPE_CHECKING:
    from papertriage.rules.terms import Rules, Term

_HELP = "Check, test, compare and try the rules."

app = typer.Typer(help=_HELP, rich_markup_mode=None, no_args_is_help=True)

File = Annotated[Path | None, typer.Argument(help="The rules file.", metavar="[FILE]")]
Format = Annotated[str, typer.Option("--format", "-f", help="text or json.", metavar="FORMAT")]
Since = Annotated[
    str | None, typer.Option(help="First day: a date, or 12w back from the last day (everything).", metavar="DAY")
]


@app.callback()
def group() -> None:
    """Check, test, compare and try the rules."""


@app.command(short_help="Name every mistake in the rules.")
def check(context: typer.Context, file: File = None) -> None:
    """Name every mistake in the rules with file, line and column, and warn of likely slips.

    \b
    Examples:
      papertriage rules check
      papertriage rules check shared-rules.yaml
    """
    from papertriage.errors import ExitCode
    from papertriage.pipeline.checking import check as check_rules
    from papertriage.render.faults import source_lines
    from papertriage.render.parts import plural

    own = context_of(context)
    path = arg.existing_file(file) if file else own.rules_file
    checked = check_rules(path, own.data, today=own.today)
    for warning in checked.warnings:
        own.warn(f"warning: {warning}")
        own.warn_lines(source_lines(warning, width=own.width))
    own.tell(f"{path}: {plural(checked.topics, 'topic')}, {plural(checked.terms, 'term')}, no mistakes.")
    own.finish(ExitCode.DONE)


@app.command("test", short_help="Hold each topic against its examples.")
def examples(context: typer.Context, file: File = None, topic: arg.Topic = None, format_: Format = "text") -> None:
    """Hold each topic against its `examples`: it must take each `match` and no `no_match`.

    Each example that fails is told with its line and the reason; the exit code is then 2.

    \b
    Examples:
      papertriage rules test
      papertriage rules test shared-rules.yaml --topic agents
    """
    from msgspec import structs

    from papertriage.errors import ExitCode
    from papertriage.pipeline.rule_tests import run_examples
    from papertriage.render.rule_tests import examples_json, examples_line, examples_text
    from papertriage.rules.load import check_rules

    own = context_of(context)
    arg.text_or_json(format_)
    path = arg.existing_file(file) if file else own.rules_file
    run = run_examples(check_rules(path)[0], topic or ())
    own.write(examples_json(run) if format_ == "json" else examples_text(run, **structs.asdict(own.look)))
    own.tell(examples_line(run))
    own.finish(ExitCode.USAGE if run.failed else ExitCode.DONE)


@app.command(short_help="Say what other rules would change in a list.")
def diff(
    context: typer.Context,
    old: Annotated[str, typer.Argument(help="A file, or a git revision of the rules.", metavar="OLD")],
    new: Annotated[str | None, typer.Argument(help="The same (the rules as they are).", metavar="[NEW]")] = None,
    since: arg.Since = None,
    as_of: arg.AsOf = None,
    everything: Annotated[bool, typer.Option("--all", help="Every paper that is cached, whatever its day.")] = False,
    limit: Annotated[
        int | None, typer.Option(help="At most so many papers in each part (20; json: all).", min=1, metavar="N")
    ] = None,
    format_: Format = "text",
) -> None:
    """Say which papers enter, leave and move when OLD becomes NEW, each with the rules that do it.

    The papers are those of the days that `list` shows. A paper moves when its score changes. An argument that
    names a file is that file; any other is a git revision of your rules file, or REVISION:PATH of another.

    \b
    Examples:
      papertriage rules diff HEAD
      papertriage rules diff HEAD~3 --since 30d
      papertriage rules diff rules.yaml new-rules.yaml --all --format json
    """
    from msgspec import structs

    from papertriage.render.rule_diff import diff_json, diff_text

    own = context_of(context)
    arg.text_or_json(format_)
    query = arg.query_of(own, since=since, as_of=as_of, everything=everything)
    before = _rules_of(own, old)
    after = _rules_of(own, new) if new is not None else own.load_rules()
    found, cached = own.library.rules_diff(
        before,
        after,
        since=query.since,
        until=query.as_of,
        as_of=query.as_of if as_of or not everything else None,
        limit=limit or 20 if format_ == "text" else limit,
    )
    own.tell_damage(cached.damage)
    own.write(diff_json(found) if format_ == "json" else diff_text(found, **structs.asdict(own.look)))


def _rules_of(own: Context, named: str) -> Rules:
    """Read the rules of a file, or of a git revision of the rules file."""
    from papertriage.pipeline.revision import rules_at
    from papertriage.rules.load import check_rules

    path = Path(named)
    return check_rules(path)[0] if path.is_file() else rules_at(named, own.rules_file)


@app.command(short_help="Count how often each term hits.")
def stats(
    context: typer.Context,
    topic: arg.Topic = None,
    since: Since = None,
    as_of: arg.AsOf = None,
    format_: Format = "text",
) -> None:
    """Count the papers in which each term, author and excluded category hits, week by week.

    It marks what never fires, fires on too much, adds nothing beside another term, or is lost to an exclude.

    \b
    Examples:
      papertriage rules stats
      papertriage rules stats --since 12w --topic agents
    """
    from msgspec import structs

    from papertriage.render.rule_stats import stats_json, stats_line, stats_text

    own = context_of(context)
    arg.text_or_json(format_)
    query = arg.query_of(own, since=since, as_of=as_of, everything=True)
    rules = own.load_rules()
    found, cached = own.library.rule_stats(
        rules, since=query.since, until=query.as_of, as_of=query.as_of if as_of else None, topics=topic or ()
    )
    own.tell_damage(cached.damage)
    own.write(stats_json(found) if format_ == "json" else stats_text(found, **structs.asdict(own.look)))
    own.tell(stats_line(found))


@app.command(short_help="Print a JSON Schema of the rules for editors.")
def schema(context: typer.Context) -> None:
    """Print a JSON Schema of rules.yaml, with which an editor completes and checks the file.

    Put `# yaml-language-server: $schema=rules.schema.json` into its first line.

    \b
    Examples:
      papertriage rules schema > rules.schema.json
    """
    from papertriage.render.records import to_json
    from papertriage.rules.json_schema import rules_schema

    context_of(context).write(to_json(rules_schema(), indent=2))


@app.command("try", short_help="Show what a term would take in the cache.")
def try_(
    context: typer.Context,
    term: Annotated[str, typer.Argument(help="A phrase, or a map as in the rules.", metavar="TERM")],
    fuzzy: Annotated[str | None, typer.Option(help="off, or 50 to 100 (that of the rules).", metavar="LEVEL")] = None,
    since: Since = None,
    as_of: arg.AsOf = None,
    limit: Annotated[
        int | None, typer.Option(help="At most so many spellings (40; json: all).", min=1, metavar="N")
    ] = None,
    format_: Format = "text",
) -> None:
    """Show what a term would take: papers at several levels of `fuzzy`, and every spelling with its count.

    \b
    Examples:
      papertriage rules try "continual pre-training"
      papertriage rules try "{near: [learning, curve], within: 4}" --since 12w
      papertriage rules try "{regex: 'LLaMA-?\\d'}"
    """
    from msgspec import structs

    from papertriage.cli.waiting import waiting_for
    from papertriage.pipeline.term_trial import term_trial
    from papertriage.render.parts import plural
    from papertriage.render.term_trial import trial_json, trial_line, trial_text
    from papertriage.rules.one_term import match_defaults, read_term

    own = context_of(context)
    arg.text_or_json(format_)
    query = arg.query_of(own, since=since, as_of=as_of, everything=True)
    tried, own_level = read_term(term, match_defaults(own.config.rules))
    file = own.config.rules
    origin = "the term's own" if own_level else f"that of {file}" if file.exists() else "the default"
    if fuzzy is not None:
        tried, origin = structs.replace(tried, fuzzy=_level(fuzzy, tried)), "that of --fuzzy"
    cached = own.library.everything(as_of=query.as_of if as_of else None)
    own.tell_damage(cached.damage)
    with waiting_for(own, f"Looking through {plural(len(cached.papers), 'paper')}"):
        trial = term_trial(cached.papers, tried, since=query.since, as_of=query.as_of, origin=origin)
    if format_ == "json":
        own.write(trial_json(trial, limit=limit))
    else:
        own.write(trial_text(trial, limit=limit or 40, **structs.asdict(own.look)))
    own.tell(trial_line(trial))


def _level(text: str, term: Term) -> int | None:
    """Read a level of `fuzzy`.

    Raises:
        UsageError: it is none.
    """
    from papertriage.errors import UsageError
    from papertriage.rules.terms import Pattern

    if isinstance(term.look_for, Pattern):
        raise UsageError("--fuzzy: a regex has no level.", "Leave it out.")
    if text == "off":
        return None
    if text.isascii() and text.isdigit() and 50 <= int(text[:4]) <= 100:
        return int(text)
    raise UsageError(f"--fuzzy: “{text}” is no level.", "Write off, or a whole number from 50 to 100.")
