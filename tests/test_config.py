"""The settings: what may be written, what holds, and where it is from."""

# ruff: noqa: E501  messages stand whole, one a line where they can

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from papertriage.config import Config, SourceSettings, declared, held, load_config
from papertriage.errors import ConfigError, ExitCode, Place

ROOT = Path(__file__).parents[1]


def load(tmp_path: Path, text: str, environ: Mapping[str, str] | None = None, **flags: object) -> Config:
    (tmp_path / "config.yaml").write_text(text, "utf-8")
    return load_config(None, {"PAPERTRIAGE_HOME": str(tmp_path), **(environ or {})}, flags)


def mistakes(tmp_path: Path, text: str, environ: Mapping[str, str] | None = None, **flags: object) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text, environ, **flags)
    assert caught.value.exit_code is ExitCode.USAGE
    return [str(fault).replace(str(tmp_path) + os.sep, "") for fault in caught.value.faults]


def test_a_missing_file_gives_the_defaults(tmp_path: Path) -> None:
    config = load_config(None, {"PAPERTRIAGE_HOME": str(tmp_path)})
    assert (config.window, config.limit, config.color, config.lock_timeout, config.run_ceiling) == (
        3,
        50,
        "auto",
        30,
        600,
    )
    assert (config.contact, config.base_url) == (None, None)
    assert (config.rules, config.data) == (tmp_path / "rules.yaml", tmp_path)
    assert config.sources == (
        SourceSettings(name="hf-daily", type="hf-daily", options={"by": "day", "submitter": None}),
        SourceSettings(name="arxiv-rss", type="arxiv-rss", options={"categories": ("cs.AI", "cs.CL", "cs.LG")}),
    )
    assert {str(origin) for origin in config.origins.values()} == {"default"}
    assert not config.warnings


@pytest.mark.parametrize("text", ["", "# comment\n", "limit:\nsources:\n", "---\n"])
def test_an_empty_file_gives_the_defaults(tmp_path: Path, text: str) -> None:
    without = load_config(None, {"PAPERTRIAGE_HOME": str(tmp_path)})
    config = load(tmp_path, text)
    assert held(config) == held(without)
    assert config.sources == without.sources


def test_a_named_file_that_is_missing_gives_the_defaults_and_a_warning(tmp_path: Path) -> None:
    config = load_config(tmp_path / "gone.yaml", {"PAPERTRIAGE_HOME": str(tmp_path)})
    assert config.limit == 50
    assert [str(warning) for warning in config.warnings] == [
        f"{tmp_path / 'gone.yaml'}: there is no such file; the defaults hold."
    ]


def test_every_setting_can_be_written(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        "contact: ada@example.org\nwindow: 2w\nlimit: 20\nrules: sub/r.yaml\ndata: papers\ncolor: never\n"
        "lock_timeout: 2min\nrun_ceiling: 1h\nbase_url: http://127.0.0.1:8000/\n"
        "sources:\n- hf-daily\n- {name: ml, type: arxiv-rss, categories: [stat.ML]}\n"
        "- {type: feed, url: 'https://example.org/f'}\n- {name: other, foo: 1, bar: [no]}\n",
    )
    assert (config.contact, config.window, config.limit, config.color) == ("ada@example.org", 14, 20, "never")
    assert (config.rules, config.data) == (tmp_path / "sub" / "r.yaml", tmp_path / "papers")
    assert (config.lock_timeout, config.run_ceiling, config.base_url) == (120, 3600, "http://127.0.0.1:8000")
    assert [(source.name, source.type, source.options) for source in config.sources] == [
        ("hf-daily", "hf-daily", {"by": "day", "submitter": None}),
        ("ml", "arxiv-rss", {"categories": ("stat.ML",)}),
        ("feed", "feed", {"url": "https://example.org/f"}),
        ("other", "other", {"foo": "1", "bar": ["no"]}),
    ]
    assert config.sources[1].place == Place(str(tmp_path / "config.yaml"), 12, 3)
    assert str(config.origins["limit"]) == f"{tmp_path / 'config.yaml'}:3"


def test_a_flag_goes_before_a_variable_before_the_file_before_the_default(tmp_path: Path) -> None:
    environ = {"PAPERTRIAGE_LIMIT": "30", "PAPERTRIAGE_WINDOW": "5d", "PAPERTRIAGE_COLOR": ""}
    config = load(tmp_path, "limit: 20\nwindow: 1d\ncolor: never\n", environ, limit=10, window=None)
    assert [(row.name, row.value, str(row.origin)) for row in held(config)][2:4] == [
        ("window", "5d", "PAPERTRIAGE_WINDOW"),
        ("limit", "10", "--limit"),
    ]
    assert config.color == "never"
    assert str(config.origins["run_ceiling"]) == "default"


def test_a_mistake_in_the_file_is_told_even_where_a_flag_goes_before(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "limit: x", limit=5) == [
        "config.yaml:1:8: `limit` is `x`; expected a whole number above 0."
    ]


def test_mistakes_of_file_variables_and_flags_are_told_at_once(tmp_path: Path) -> None:
    environ = {"PAPERTRIAGE_LIMIT": "many"}
    assert mistakes(tmp_path, "colour: red\n", environ, window="soon") == [
        "config.yaml:1:1: unknown key `colour` in the configuration; expected one of contact, sources, window, limit, rules, data, color, lock_timeout, run_ceiling, base_url. Did you mean `color`?",
        "--window: the value is `soon`; expected a number of whole days, as in `3d` or `2w`.",
        "PAPERTRIAGE_LIMIT: the value is `many`; expected a whole number above 0.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("words", "config.yaml:1:1: the configuration is the text `words`; expected a map."),
        ("- a", "config.yaml:1:1: the configuration is a list; expected a map."),
        ("contact: me", "config.yaml:1:10: `contact` is `me`; expected a mail address."),
        ('contact: "a@b.org\\r\\nX: y"', "config.yaml:1:10: `contact` is `a@b.org\\r\\nX: y`; expected a mail address."),
        ("limit: 0", "config.yaml:1:8: `limit` is `0`; expected a whole number above 0."),
        ("limit: -1", "config.yaml:1:8: `limit` is `-1`; expected a whole number above 0."),
        ("window: 0d", "config.yaml:1:9: `window` is `0d`; expected a number of whole days, as in `3d` or `2w`."),
        ("window: 1.5d", "config.yaml:1:9: `window` is `1.5d`; expected a number of whole days, as in `3d` or `2w`."),
        ("color: red", "config.yaml:1:8: `color` is `red`; expected `auto`, `always` or `never`."),
        ("run_ceiling: 0", "config.yaml:1:14: `run_ceiling` is `0`; expected a length of time above 0, as in `10min`."),
        ("base_url: file:///etc", "config.yaml:1:11: `base_url` is `file:///etc`; expected an address that begins with http:// or https://."),
        ("base_url: http://[", "config.yaml:1:11: `base_url` is `http://[`; expected an address that begins with http:// or https://."),
        ("rules: ''", "config.yaml:1:8: `rules` is empty; expected a path."),
        ("sources: hf-daily", "config.yaml:1:10: `sources` is the text `hf-daily`; expected a list. Write `[hf-daily]`."),
        ("sources: [hf-daily, hf-daily]", "config.yaml:1:21: a source `hf-daily` stands here a second time. Give it a `name` of its own."),
        ("sources: [{foo: 1}]", "config.yaml:1:11: a source lacks `name` or `type`."),
        ("sources: [[a]]", "config.yaml:1:11: an entry of `sources` is no source; expected a name, or a map with `name` or `type`."),
        ("sources: [a b]", "config.yaml:1:11: `name` is `a b`; expected a name of letters, digits, `-`, `_` and `.`."),
        ("sources: [feed]", "config.yaml:1:11: the source feed lacks `url`."),
        ("sources: [{type: feed, url: /etc/passwd}]", "config.yaml:1:29: `url` is `/etc/passwd`; expected an address that begins with http:// or https://."),
        ("sources: [{name: hf-daily, categories: [cs.CL]}]", "config.yaml:1:28: unknown key `categories` in the source hf-daily; expected one of name, type, base_url, by, submitter."),
        ("sources: [{name: arxiv-rss, categories: []}]", "config.yaml:1:11: the source arxiv-rss has no category. Write some, as in `[cs.CL, cs.LG]`."),
        ("sources: [{name: arxiv-rss, categories: [cs.CL+cs.LG]}]", "config.yaml:1:42: an entry of `categories` is `cs.CL+cs.LG`; expected a category of arXiv, as in `cs.CL` or `hep-th`."),
        ("sources: [{name: arxiv-rss, categories: [cs.*]}]", "config.yaml:1:42: an entry of `categories` is `cs.*`; expected a category of arXiv, as in `cs.CL` or `hep-th`. One entry is one category, with no `*`."),
        ("limit: 1\nlimit: 2", "config.yaml:2:1: the key `limit` stands here a second time; the first is in line 1."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    assert mistakes(tmp_path, text) == [message]


def test_an_arxiv_source_without_categories_has_the_usual_ones(tmp_path: Path) -> None:
    (source,) = load(tmp_path, "sources: [arxiv-rss]").sources
    assert source.options["categories"] == ("cs.AI", "cs.CL", "cs.LG")


def test_a_base_url_from_outside_goes_before_that_of_a_source(tmp_path: Path) -> None:
    text = "base_url: http://general\nsources:\n- hf-daily\n- {name: arxiv-rss, base_url: 'http://own/'}\n"
    assert [source.base_url for source in load(tmp_path, text).sources] == ["http://general", "http://own"]
    replay = {"PAPERTRIAGE_BASE_URL": "http://127.0.0.1:1"}
    assert {source.base_url for source in load(tmp_path, text, replay).sources} == {"http://127.0.0.1:1"}


def test_a_relative_path_from_outside_is_relative_to_the_working_folder(tmp_path: Path) -> None:
    config = load(tmp_path, "rules: a.yaml", {"PAPERTRIAGE_DATA": "d"}, rules=Path("b.yaml"))
    assert (config.rules, config.data) == (Path("b.yaml"), Path("d"))


def test_a_variable_can_name_the_file(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("limit: 7")
    assert load(tmp_path, "limit: 8", {"PAPERTRIAGE_CONFIG": str(tmp_path / "other.yaml")}).limit == 7


def test_variables_and_types_that_nobody_knows_are_warned_of(tmp_path: Path) -> None:
    config = load(tmp_path, "sources: [hf-dialy]", {"PAPERTRIAGE_LIMTI": "3", "OTHER": "x"})
    assert [str(warning).replace(str(tmp_path) + os.sep, "") for warning in config.warnings] == [
        "config.yaml:1:11: the type `hf-dialy` is not ours. Did you mean `hf-daily`?",
        "PAPERTRIAGE_LIMTI: no setting has this variable; it changes nothing. Did you mean `PAPERTRIAGE_LIMIT`?",
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_config_that_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    pipe, loop = tmp_path / "pipe", tmp_path / "loop"
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    for path in (tmp_path, pipe, loop, Path("/dev/zero")):
        with pytest.raises(ConfigError):
            load_config(path, {"PAPERTRIAGE_HOME": str(tmp_path)})


def test_the_manual_lists_every_setting_with_its_default() -> None:
    rows = {row.name: row for row in declared()}
    assert all(row.prose.endswith(".") and row.default for row in rows.values())
    assert rows["lock_timeout"].variable == "PAPERTRIAGE_LOCK_TIMEOUT"
    assert rows["sources"].variable == ""


def test_the_starter_says_what_the_defaults_are(tmp_path: Path) -> None:
    starter = (ROOT / "src/papertriage/data/starter/config.yaml").read_text("utf-8")
    plain, written = load_config(None, {"PAPERTRIAGE_HOME": str(tmp_path)}), load(tmp_path, starter)
    assert [(one.name, one.options) for one in written.sources] == [(one.name, one.options) for one in plain.sources]
    assert [row.value for row in held(written)] == [row.value for row in held(plain)]
    shown = {name for name in starter.replace("# ", "").splitlines() for name in [name.partition(":")[0]]}
    assert {row.name for row in declared()} - {"base_url"} <= shown


def test_the_example_has_neither_mistakes_nor_warnings() -> None:
    config = load_config(ROOT / "examples/config.yaml", {"PAPERTRIAGE_HOME": "unused"})
    assert len(config.sources) == 4
    assert not config.warnings
