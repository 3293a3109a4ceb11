"""`rules suggest`: the user's decisions as a patch of the rules."""

from __future__ import annotations

from typing import Annotated

import typer

from papertriage.cli import arguments as arg
from papertriage.cli.context import context_of


def add_commands(rules: typer.Typer) -> None:
    """Register this group's commands under `rules`."""
    rules.command(short_help="Turn your decisions into a patch of the rules.")(suggest)


def suggest(
    context: typer.Context,
    patch: Annotated[bool, typer.Option("--patch", help="Print the patch alone.")] = False,
    format_: Annotated[str, typer.Option("--format", "-f", help="text or json.", metavar="FORMAT")] = "text",
) -> None:
    """Turn your decisions into a patch of the rules: terms, weights and exclusions, each with what speaks for it.

    What you starred or read is wanted, what you skipped is not; later says nothing. The rules file is only read:
    read the patch, and apply it if you like it.

    \b
    Examples:
      papertriage rules suggest
      papertriage rules suggest --patch | patch ~/.config/papertriage/rules.yaml
      papertriage rules suggest --format json | jq .suggestions
    """
    from msgspec import structs

    from papertriage.cli.waiting import waiting_for
    from papertriage.errors import ExitCode
    from papertriage.pipeline.cached import read_cache
    from papertriage.pipeline.suggesting import suggest as learn_from
    from papertriage.render.parts import plural
    from papertriage.render.suggested import suggested_json, suggested_line, suggested_text

    own = context_of(context)
    arg.text_or_json(format_)
    cached = read_cache(own.data)
    own.tell_damage(cached.damage)
    papers = [(paper, cached.state(paper)[0]) for paper in cached.papers]
    with waiting_for(own, f"Trying changes on {plural(len(papers), 'paper')}"):
        suggested = learn_from(own.rules_file, papers, as_of=own.today)
    if patch:
        own.write(suggested.patch)
    elif format_ == "json":
        own.write(suggested_json(suggested))
    else:
        own.write(suggested_text(suggested, **structs.asdict(own.look)))
    own.tell(suggested_line(suggested))
    own.finish(ExitCode.DONE)
