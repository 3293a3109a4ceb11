"""The command that replays a screening: evaluate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papertriage.cli import arguments as arg
from papertriage.cli.context import Context, context_of

if TYPE_CHECKING:
    from papertriage.findings import Way
    from papertriage.rules.terms import Rules


def add_commands(app: typer.Typer) -> None:
    """Register this group's commands."""
    app.command(short_help="Replay a screening: rules, learned, both.")(evaluate)


def evaluate(
    context: typer.Context,
    labels: Annotated[Path, typer.Argument(help="A CSV with title, abstract and what was included.", metavar="LABELS")],
    seeds: Annotated[
        int, typer.Option(help="How many times, each from other papers.", min=1, max=1000, metavar="N")
    ] = 10,
    way: Annotated[
        list[str] | None, typer.Option(help="rules, learned or both; may be repeated (all).", metavar="WAY")
    ] = None,
    label: Annotated[str | None, typer.Option(help="The column that says what was included.", metavar="COLUMN")] = None,
    plot: Annotated[Path | None, typer.Option(help="Write the recall curves as SVG.", metavar="FILE")] = None,
    format_: Annotated[str, typer.Option("--format", "-f", help="text or json.", metavar="FORMAT")] = "text",
) -> None:
    """Replay a screening: how early would the included papers have been seen?

    Three orders are compared: by the score of your rules, by what is learned from the papers screened so far, starting
    from one included and one excluded paper, and by both. Learning needs scikit-learn (pip install
    'papertriage[learn]'). WSS@95 is the work saved over reading in any order until 95 % are found, ATD the mean place
    of an included paper.

    \b
    Examples:
      papertriage evaluate screening.csv
      papertriage evaluate screening.csv.gz --rules migraine.yaml --plot recall.svg
      papertriage evaluate screening.csv --way learned --label label_abstract_screening --format json
    """
    from msgspec import structs

    from papertriage.errors import ExitCode, UsageError
    from papertriage.learn.linear import require_scikit_learn
    from papertriage.pipeline.evaluating import evaluate as replay
    from papertriage.render.evaluation import evaluated_json, evaluated_line, evaluated_svg, evaluated_text
    from papertriage.sources.labels import read_labels

    own = context_of(context)
    arg.text_or_json(format_)
    ways = _ways(way)
    if ways != ["rules"]:
        require_scikit_learn()
    if plot is not None and (plot.is_dir() or not plot.parent.is_dir()):
        raise UsageError(f"--plot: {plot} cannot be written.", "Name a file in a folder that exists.")
    labelled = read_labels(arg.existing_file(labels), column=label)
    rules = _rules(own, ways)
    progress = _Progress(own)
    try:
        evaluated = replay(labelled, rules, seeds=seeds, ways=ways, progress=progress.tell)
    finally:
        progress.clear()
    if format_ == "json":
        own.write(evaluated_json(evaluated))
    else:
        own.write(evaluated_text(evaluated, **structs.asdict(own.look)))
    if plot is not None:
        plot.write_text(evaluated_svg(evaluated, f"Recall, {labels.name}"), encoding="utf-8", newline="\n")
        own.tell(f"Wrote {plot}.")
    own.tell(evaluated_line(evaluated))
    own.finish(ExitCode.DONE)


def _ways(given: list[str] | None) -> list[Way]:
    from papertriage.errors import UsageError

    known: tuple[Way, ...] = ("rules", "learned", "both")
    for name in given or ():
        if name not in known:
            raise UsageError(f"--way: there is no “{name}”.", "There are rules, learned and both.")
    return [name for name in known if not given or name in given]


def _rules(own: Context, ways: list[Way]) -> Rules | None:
    """Read the rules where a way goes by them; without any, only what is learned is measured."""
    if ways == ["learned"]:
        return None
    named = own.config.origins["rules"].kind != "default"
    if not named and not own.config.rules.exists() and "learned" in ways:
        own.warn("There are no rules: only what is learned is measured. Name a file with --rules to compare.")
        return None
    return own.load_rules()


class _Progress:
    """How far the replay is, in one line on a terminal."""

    def __init__(self, own: Context) -> None:
        self._own = own
        self._shown = own.stderr.isatty() and not own.options.quiet

    def tell(self, way: Way, seed: int, done: int, of: int) -> None:
        """Show which run is on and how many papers it has screened."""
        if self._shown:
            self._own.stderr.write(f"\r\x1b[K{way}, run {seed + 1}: {done} of {of} papers")
            self._own.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._own.stderr.write("\r\x1b[K")
            self._own.stderr.flush()
