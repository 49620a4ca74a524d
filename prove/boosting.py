"""Gradient boosting on the true labels of other worlds: what a learner gets out of the same facts, if it may look.

Needs scikit-learn, which the product does not: without it there is no such row, and the report says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labelled = tuple[NDArray[np.float32], NDArray[np.bool_]]
"""(rows, features) and (rows,)."""

ROUNDS, LEAVES, RATE = 150, 15, 0.06


def missing() -> str | None:
    """Why there is no boosting here; None when there is."""
    try:
        import sklearn  # noqa: F401, PLC0415 - only what proves needs it, so it is looked for when it is wanted
    except ImportError:
        return "scikit-learn is not installed: `make prove` installs it"
    return None


def learnt(parts: Sequence[Labelled]) -> Any:
    """A classifier fitted on all of `parts`."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - see `missing`

    rows, labels = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    model = HistGradientBoostingClassifier(
        max_iter=ROUNDS, max_leaf_nodes=LEAVES, learning_rate=RATE, l2_regularization=1.0, random_state=0
    )
    return model.fit(rows, labels)


def said(model: Any, rows: NDArray[np.float32]) -> Floats:
    """(rows,): the probability."""
    return np.asarray(model.predict_proba(rows)[:, 1], np.float64)
