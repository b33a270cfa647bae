"""Reliability: how much of what parts the units is not sampling error."""

from collections.abc import Sequence
from statistics import fmean, variance

LEAST_FOR_RANKING = 0.7
"""Scores of a lower reliability should not carry a ranking (Adams 2009, RAND TR-653)."""
_ITERATIONS = 200


def moment_variance(scores: Sequence[float], variances: Sequence[float]) -> float:
    """Give τ² = Var(S) − mean SE², not below 0 (Hedges & Olkin 1985, ch. 9).

    Raises ValueError where there are fewer than two units, or not one variance per unit.
    """
    _check(scores, variances)
    return max(0.0, variance(scores) - fmean(variances))


def dersimonian_laird(scores: Sequence[float], variances: Sequence[float]) -> float:
    """Give τ² = (Q − (k − 1)) / (Σw − Σw²/Σw), w = 1/SE², not below 0.

    DerSimonian & Laird (1986). Raises ValueError as `moment_variance` does, and where a
    variance is 0: its weight would have no bound.
    """
    _check(scores, variances)
    if min(variances) <= 0:
        raise ValueError("the DerSimonian-Laird estimate needs variances above 0")
    weights = [1 / one for one in variances]
    whole = sum(weights)
    mean = sum(w * score for w, score in zip(weights, scores, strict=True)) / whole
    q = sum(w * (score - mean) ** 2 for w, score in zip(weights, scores, strict=True))
    return max(0.0, (q - (len(scores) - 1)) / (whole - sum(w * w for w in weights) / whole))


def between_variance(scores: Sequence[float], variances: Sequence[float]) -> float:
    """Give τ² by restricted maximum likelihood, not below 0.

    The root of the REML score Σw²(S − μ)² − Σw + Σw²/Σw, w = 1/(τ² + SE²), found by bisection
    (Viechtbauer 2005); 0 where the score is not above 0 at 0. Units without any error
    are allowed: with equal errors this is Var(S) − SE², also for SE = 0. Raises ValueError as
    `moment_variance` does.
    """
    _check(scores, variances)
    # Above this bound every w is so small that the spread cannot hold the score up.
    high = len(scores) * (max(scores) - min(scores)) ** 2
    low = 1e-12 * high
    if high <= 0 or _reml_score(low, scores, variances) <= 0:
        return 0.0
    for _ in range(_ITERATIONS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        if _reml_score(middle, scores, variances) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def reliability(between: float, error_variance: float) -> float:
    """Give λ = τ²/(τ² + SE²); 0 where nothing parts the units."""
    return between / (between + error_variance) if between > 0 else 0.0


def _reml_score(between: float, scores: Sequence[float], variances: Sequence[float]) -> float:
    weights = [1 / (between + one) for one in variances]
    whole, squares = sum(weights), sum(w * w for w in weights)
    mean = sum(w * score for w, score in zip(weights, scores, strict=True)) / whole
    spread = sum(w * w * (score - mean) ** 2 for w, score in zip(weights, scores, strict=True))
    return spread - whole + squares / whole


def _check(scores: Sequence[float], variances: Sequence[float]) -> None:
    if len(scores) < 2 or len(scores) != len(variances):
        raise ValueError("a variance between units needs two units or more, each with its error")
