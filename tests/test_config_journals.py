"""The settings of preprint and journal sources, and what is told of wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from papertriage.config import load_config
from papertriage.errors import ConfigError


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("pubmed", "the source pubmed has nothing to look for. Write a `query` or `journals`."),
        ("crossref", "the source crossref has nothing to look for. Write a `query` or `journals`."),
        ("openalex", "the source openalex has nothing to look for. Write a `query`, `journals` or a `filter`."),
        ("semantic-scholar", "needs a `query` or `like`, one of the two. For both write two sources."),
        ("{name: semantic-scholar, query: x, like: [a]}", "needs a `query` or `like`, one of the two."),
        ("{name: semantic-scholar, query: x, search: best}", "`search` is `best`; expected `bulk` or `relevance`"),
        ("openreview", "the source openreview has no venue. Write some, as in `[TMLR]`."),
        ("dblp", "the source dblp lacks `query`"),
        ("acl-anthology", "the source acl-anthology has no volume. Write some, as in `[2025.acl]`."),
        ("{name: acl-anthology, volumes: [2025.acl-long]}", "What stands before the hyphen of a paper's number."),
        ("{name: crossref, journals: [Nature]}", "an entry of `journals` is `Nature`; expected an ISSN"),
        ("{name: crossref, query: x, date: today}", "expected `created` or `indexed`"),
        ("{name: biorxiv, category: [neuroscience]}", "unknown key `category`"),
        ("{name: pubmed, query: ''}", "`query` is "),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, entry: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, f"sources:\n- {entry}\n"), {"PAPERTRIAGE_HOME": str(tmp_path)})
    (fault,) = caught.value.faults
    assert fault.place.line == 2
    assert told in str(fault)


def test_an_issn_is_brought_into_its_form(tmp_path: Path) -> None:
    text = "sources: [{name: crossref, journals: [14764687, 0000-006x]}]"
    (source,) = load_config(written(tmp_path, text), {"PAPERTRIAGE_HOME": str(tmp_path)}).sources
    assert source.options["journals"] == ("1476-4687", "0000-006X")


def test_keys_are_variables_that_are_known(tmp_path: Path) -> None:
    keys = {f"PAPERTRIAGE_{name}_KEY": "secret" for name in ("PUBMED", "SEMANTIC_SCHOLAR", "OPENALEX")}
    config = load_config(None, {"PAPERTRIAGE_HOME": str(tmp_path), **keys})
    assert not config.warnings
    assert "secret" not in repr(config)
    wrong = load_config(None, {"PAPERTRIAGE_HOME": str(tmp_path), "PAPERTRIAGE_PUBMED_KEYS": "secret"})
    assert "secret" not in str(wrong.warnings)
    assert "PAPERTRIAGE_PUBMED_KEY" in str(wrong.warnings[0])
