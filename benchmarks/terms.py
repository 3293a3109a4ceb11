"""The fifty terms that are looked for, and the rules made of them."""

from __future__ import annotations

from collections.abc import Sequence

_TERMS = """
continual pre-training; language model; diffusion model; reinforcement learning; graph neural network; point cloud;
object detection; semantic segmentation; federated learning; knowledge distillation; contrastive learning; speech
recognition; machine translation; question answering; retrieval augmented generation; chain of thought; tool use;
language agent; multi-agent; code generation; program synthesis; theorem proving; quantum computing; dark matter;
gravitational wave; black hole; exoplanet; galaxy cluster; topological insulator; superconductivity; magnetic field;
fluid dynamics; turbulence; climate model; epidemic; protein structure; drug discovery; medical imaging; tumour;
electroencephalography; robotics manipulation; autonomous driving; optimal transport; stochastic gradient descent;
convex optimization; random matrix; number theory; Calabi-Yau; Erdős; privacy
"""

TERMS: list[str] = [" ".join(term.split()) for term in _TERMS.split(";")]
"""Those of `tests/e2e/test_corpus.py`."""

_OTHERS = """
sparse attention; image captioning; domain adaptation; anomaly detection; hyperparameter tuning; neural rendering;
few-shot learning; instruction tuning; hallucination; prompt injection; adversarial robustness; time series
forecasting; recommender system; knowledge graph; entity linking; sentiment analysis; text summarization; speech
synthesis; visual question answering; video generation; pose estimation; optical flow; depth estimation; image
restoration; super-resolution; remote sensing; traffic prediction; edge computing; blockchain; smart contract;
malware detection; intrusion detection; side channel; formal verification; model checking; type inference; compiler
optimization; software testing; program repair; human-robot interaction; motion planning; collision avoidance; swarm
robotics; causal inference; Bayesian optimization; Gaussian process; variational autoencoder; normalizing flow;
spiking neural network; mixture of experts
"""

OTHERS: list[str] = [" ".join(term.split()) for term in _OTHERS.split(";")]
"""Fifty more, none of the first."""

EDITED = "privacy budget"
"""What the last term is edited into."""


def edited(terms: Sequence[str]) -> list[str]:
    """Give the terms with one of them edited."""
    return [*terms[:-1], EDITED]


def rules_of(terms: Sequence[str]) -> str:
    """Write rules that look for terms, ten a topic."""
    topics = [terms[start : start + 10] for start in range(0, len(terms), 10)]
    return "version: 1\ntopics:\n" + "".join(
        f"  - name: topic-{number}\n    any: [{', '.join(topic)}]\n" for number, topic in enumerate(topics)
    )
