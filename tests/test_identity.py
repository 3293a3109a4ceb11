from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from papertriage.identity import KINDS, MAX_LENGTH, aliases, arxiv_version, own_identity, parse_identity, primary

SPELLINGS = {
    "arxiv:2510.01265": [
        "2510.01265",
        " 2510.01265\n",
        "2510.01265v2",
        "arXiv:2510.01265",
        "arxiv:2510.01265v12",
        "arXiv: 2510.01265v2 [cs.CL]",
        "ARXIV 2510.01265",
        "arXiv.2510.01265",
        "[arXiv:2510.01265]",
        "(arXiv:2510.01265v1).",
        "<http://arxiv.org/abs/2510.01265>",
        "https://arxiv.org/abs/2510.01265v3",
        "https://arxiv.org/abs/2510.01265/",
        "https://arxiv.org/abs/2510.01265?context=cs.LG",
        "https://arxiv.org/pdf/2510.01265",
        "https://arxiv.org/pdf/2510.01265v2.pdf",
        "http://export.arxiv.org/pdf/2510.01265.pdf#page=3",
        "https://arxiv.org/html/2510.01265v1",
        "https://www.arxiv.org/format/2510.01265",
        "arxiv.org/abs/2510.01265",
        "https://ar5iv.labs.arxiv.org/html/2510.01265",
        "https://ar5iv.org/abs/2510.01265",
        "https://huggingface.co/papers/2510.01265",
        "https://huggingface.co/papers/2510.01265#community",
        "https://hf.co/papers/2510.01265",
        "huggingface.co/papers/2510.01265",
        "https://www.alphaxiv.org/abs/2510.01265v2",
        "https://alphaxiv.org/overview/2510.01265",
        "https://alphaxiv.org/pdf/2510.01265",
        "https://scirate.com/arxiv/2510.01265",
        "oai:arXiv.org:2510.01265",
        "oai:arXiv.org:2510.01265v1",
        "10.48550/arXiv.2510.01265",
        "doi:10.48550/arxiv.2510.01265",
        "https://doi.org/10.48550/ARXIV.2510.01265",
        "https://doi.org/10.48550%2FarXiv.2510.01265",
    ],
    "arxiv:0704.0001": ["0704.0001", "https://arxiv.org/abs/0704.0001v2"],
    "arxiv:hep-th/9901001": [
        "hep-th/9901001",
        "hep-th/9901001v2",
        "arXiv:hep-th/9901001",
        "Hep-Th/9901001",
        "http://arxiv.org/abs/hep-th/9901001v1",
        "https://arxiv.org/pdf/hep-th/9901001v1.pdf",
        "https://arxiv.org/abs/hep-th%2F9901001",
        "10.48550/arXiv.hep-th/9901001",
    ],
    "arxiv:math/0309136": ["math.GT/0309136", "math/0309136v1", "https://arxiv.org/abs/math.GT/0309136"],
    "doi:10.1016/s0140-6736(20)30183-5": [
        "10.1016/S0140-6736(20)30183-5",
        "10.1016/S0140-6736(20)30183-5.",
        "doi:10.1016/S0140-6736(20)30183-5",
        "doi: 10.1016/S0140-6736(20)30183-5;",
        "DOI 10.1016/S0140-6736(20)30183-5",
        "(DOI: 10.1016/S0140-6736(20)30183-5)",
        "(10.1016/S0140-6736(20)30183-5).",
        "https://doi.org/10.1016/S0140-6736(20)30183-5",
        "http://dx.doi.org/10.1016/S0140-6736(20)30183-5",
        "https://dx.doi.org/10.1016/S0140-6736%2820%2930183-5",
        "https://doi.org/10.1016%2FS0140-6736%2820%2930183-5",
        "10.1016%2fS0140-6736(20)30183-5",
        "doi.org/10.1016/S0140-6736(20)30183-5",
        "urn:doi:10.1016/S0140-6736(20)30183-5",
        "info:doi/10.1016/S0140-6736(20)30183-5",
    ],
    "doi:10.1002/(sici)1097-4571(199806)49:8<693::aid-asi4>3.0.co;2-o": [
        "10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O",
        "https://doi.org/10.1002/(SICI)1097-4571(199806)49:8%3C693::AID-ASI4%3E3.0.CO;2-O",
    ],
    "doi:10.1101/2020.01.01.123456": [
        "10.1101/2020.01.01.123456",
        "https://www.biorxiv.org/content/10.1101/2020.01.01.123456v2",
        "https://www.biorxiv.org/content/10.1101/2020.01.01.123456v2.full.pdf",
        "https://www.biorxiv.org/content/biorxiv/early/2020/01/02/10.1101/2020.01.01.123456v1",
        "https://www.medrxiv.org/content/10.1101/2020.01.01.123456v1.full-text",
        "https://www.medrxiv.org/content/10.1101/2020.01.01.123456v1?rss=1",
        "10.1101/2020.01.01.123456v3",
    ],
    "doi:10.64898/2026.07.13.738145": ["https://www.biorxiv.org/content/10.64898/2026.07.13.738145v1.full"],
    "doi:10.1145/3292500.3330701": [
        "https://dl.acm.org/doi/10.1145/3292500.3330701",
        "https://dl.acm.org/doi/pdf/10.1145/3292500.3330701",
    ],
    "doi:10.3389/fnins.2020.00001": ["https://www.frontiersin.org/articles/10.3389/fnins.2020.00001/full"],
    "doi:10.1038/s41586-020-2649-2": ["https://www.nature.com/articles/s41586-020-2649-2"],
    "pmid:31978945": [
        "PMID:31978945",
        "pmid: 31978945",
        "PMID 31978945",
        "PMID: 31978945.",
        "PMID:031978945",
        "https://pubmed.ncbi.nlm.nih.gov/31978945/",
        "http://www.ncbi.nlm.nih.gov/pubmed/31978945",
        "https://europepmc.org/article/MED/31978945",
    ],
    "pmc:PMC7095418": ["PMC7095418", "pmc:7095418", "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC7095418/"],
    "openreview:rJl-b3RcF7": [
        "openreview:rJl-b3RcF7",
        "https://openreview.net/forum?id=rJl-b3RcF7",
        "https://openreview.net/forum?id=rJl-b3RcF7&noteId=abc",
        "https://openreview.net/forum?referrer=x&id=rJl-b3RcF7",
        "https://openreview.net/pdf?id=rJl-b3RcF7",
    ],
    "acl:2020.acl-main.1": [
        "2020.acl-main.1",
        "ACL:2020.acl-main.1",
        "https://aclanthology.org/2020.acl-main.1/",
        "https://aclanthology.org/2020.acl-main.1.pdf",
        "https://www.aclweb.org/anthology/2020.acl-main.1",
    ],
    "acl:P19-1001": [
        "P19-1001",
        "https://aclanthology.org/P19-1001v2.pdf",
        "https://www.aclweb.org/anthology/P19-1001/",
    ],
    "s2:861b64e8235a5948aec2f2af8a295bae203b3d59": [
        "https://www.semanticscholar.org/paper/Some-Title/861b64e8235a5948aec2f2af8a295bae203b3d59",
        "S2:861B64E8235A5948AEC2F2AF8A295BAE203B3D59",
    ],
    "openalex:W1969763275": ["https://openalex.org/W1969763275", "openalex:w1969763275"],
    "dblp:conf/nips/VaswaniSPUJGKP17": ["https://dblp.org/rec/conf/nips/VaswaniSPUJGKP17.html"],
    "hf-daily:t-0123456789abcdef": ["hf-daily:t-0123456789abcdef"],
    "blog:https://example.org/a?b=(1)": ["blog:https://example.org/a?b=(1)"],
}


@pytest.mark.parametrize(("spelling", "normal"), [(text, normal) for normal in SPELLINGS for text in SPELLINGS[normal]])
def test_every_usual_spelling_gives_the_normal_form(spelling: str, normal: str) -> None:
    assert str(parse_identity(spelling)) == normal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "12345",
        "1234.5678",
        "2513.01265",
        "attention is all you need",
        "https://example.org/2510.01265",
        "https://arxiv.org/list/cs.CL/new",
        "https://arxiv.org.evil.example/abs/2510.01265",
        "http://[::1",
        "file:///etc/passwd",
        "C:\\papers",
        "arxiv:",
        "doi:",
        "doi:10.1016",
        "arxiv:nonsense",
        "10.1016/a b",
        "2510.01265\x1b[0m",
        "\ud800:\ud800",
        "x" * (MAX_LENGTH + 1),
    ],
)
def test_what_is_no_identity_gives_none(text: str) -> None:
    assert parse_identity(text) is None


def test_hostile_ids_are_read_without_failing(shared: Path) -> None:
    for text in json.loads((shared / "hostile" / "payloads.json").read_text(encoding="utf-8"))["ids"]:
        found = parse_identity(text)
        assert found is None or found.kind == "arxiv"
        assert arxiv_version(text) in (None, 2)


PIECES = st.sampled_from(
    [
        *(text for texts in SPELLINGS.values() for text in texts),
        *"()[]<>.,;:/%?#\"' v2",
        "%2F",
        "%25",
        "10.1000/",
        "doi:",
        "arxiv:",
        "https://",
        "doi.org/",
        "İ",
        "ẞ",
        ".full",
        "http://arxiv.org/abs/",
        "a:",
        "\xa0",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=5).map("".join)))
@example("10.1000/a%2f")
@example("https://doi.org/10.1000/a%252fb")
@example("doi:10.1000/İ")
def test_reading_a_normal_form_changes_nothing(text: str) -> None:
    found = parse_identity(text)
    arxiv_version(text)
    if found:
        assert parse_identity(str(found)) == found
        assert parse_identity(f" ({found}). " if found.kind in KINDS else str(found)) == found


@given(st.text(max_size=1200))
def test_a_native_id_of_any_text_can_be_read_back(native: str) -> None:
    own = own_identity("some-feed", native)
    if native:
        assert parse_identity(str(own)) == own


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("2510.01265v2", 2),
        ("https://arxiv.org/pdf/2510.01265v12.pdf", 12),
        ("oai:arXiv.org:2510.01265v1", 1),
        ("math.GT/0309136v3", 3),
        ("2510.01265", None),
        ("10.1101/2020.01.01.123456v2", None),
        ("nothing", None),
    ],
)
def test_the_version_of_an_arxiv_id_is_told(text: str, version: int | None) -> None:
    assert arxiv_version(text) == version


def test_the_strongest_identity_comes_first() -> None:
    ids = {"own": ("x",), "doi": ("10.1/a", "10.1/b"), "arxiv": ("2510.01265",)}
    assert primary(ids) == "arxiv:2510.01265"
    assert primary({"own": ("x",)}) is None
    assert aliases(ids) == ("arxiv:2510.01265", "doi:10.1/a", "doi:10.1/b", "own:x")
