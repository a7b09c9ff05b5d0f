"""The metrics against SciPy, and the fixture that the TypeScript metrics are compared with."""

import json

import numpy as np
import pytest
import scipy.linalg
import scipy.special

import evaluate
import metrics_fixture


def test_frechet_distance_equals_scipys_matrix_square_root():
    rng = np.random.default_rng(1)
    a, b = (rng.normal(size=(200, 8)) @ rng.normal(size=(8, 8)) for _ in range(2))
    root = scipy.linalg.sqrtm(np.cov(a.T) @ np.cov(b.T)).real
    difference = a.mean(0) - b.mean(0)
    expected = difference @ difference + np.trace(np.cov(a.T) + np.cov(b.T) - 2 * root)
    assert evaluate.frechet(a, b) == pytest.approx(expected, rel=1e-9)


def test_classifier_score_equals_scipys_relative_entropy():
    logits, features, labels, real = metrics_fixture.samples()
    p = scipy.special.softmax(logits.astype(np.float64), 1)
    expected = np.exp(scipy.special.rel_entr(p, p.mean(0)).sum(1).mean())
    score = metrics_fixture.figures(logits, features, labels, real)["classifierScore"]
    assert score == pytest.approx(expected, rel=1e-9)


def test_stored_figures_are_those_of_the_stored_samples():
    stored = json.loads(metrics_fixture.PATH.read_text())
    logits, features, real = (np.array(stored[key], np.float32) for key in ("logits", "features", "real"))
    figures = metrics_fixture.with_spread(logits, features, np.array(stored["labels"]), real)
    assert stored["figures"].keys() == figures.keys()
    for name, figure in figures.items():
        assert stored["figures"][name] == pytest.approx(figure, rel=1e-9)
