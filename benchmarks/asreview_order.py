"""Simulate a screening with ASReview's default model; run by `screening.py` in an environment that has ASReview.

    python asreview_order.py LABELS.csv SEED RELEVANT IRRELEVANT

RELEVANT and IRRELEVANT are the rows (counted from 0) that the simulation starts from. Prints one JSON object: the
versions, the name of the model, the seconds it took, and the rows in the order in which they were screened, the two
to start from not among them, up to the last relevant one. What is done is what `asreview simulate --prior-idx`
does (asreview/simulation/cli.py): a first cycle from the top down until there is something to fit, which with two
priors is at once, then the default model, one paper at a time.
"""

import json
import sys
import time
from importlib.metadata import version

import numpy as np
from asreview import load_dataset
from asreview.learner import ActiveLearningCycle
from asreview.models import get_ai_config
from asreview.simulation.simulate import Simulate


def main() -> None:
    """Simulate one screening."""
    path, seed, *priors = sys.argv[1:]
    np.random.seed(int(seed))  # as the command does with --seed
    started = time.perf_counter()
    data = load_dataset(path, dataset_id="labels")
    config = get_ai_config()
    cycle = ActiveLearningCycle.from_meta(config["value"])
    simulation = Simulate(data.get_df(), data["included"], [cycle], print_progress=False)
    simulation.label([int(row) for row in priors])
    simulation.review()
    results = simulation._results  # noqa: SLF001 - what the command saves
    screened = results[results["training_set"].notna()]
    found = {
        "asreview": version("asreview"),
        "scikit-learn": version("scikit-learn"),
        "model": config["label"],
        "seconds": round(time.perf_counter() - started, 1),
        "papers": len(data),
        "order": [int(row) for row in screened["record_id"]],
        "labels": [int(label) for label in screened["label"]],
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
