"""P-values of differences, and their adjustment for the length of a list."""

from collections.abc import Sequence


def two_sided_p(difference: float, standard_error: float, degrees_of_freedom: float) -> float:
    """Give the p-value of t = difference/SE; 1 where the error is not estimable."""
    if standard_error <= 0 or degrees_of_freedom <= 0:
        return 1.0
    from scipy.special import stdtr  # noqa: PLC0415 - 0.2 s that most commands need not spend

    return float(2 * stdtr(degrees_of_freedom, -abs(difference) / standard_error))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values for the size of their list (Holm 1979)."""
    adjusted, running = [1.0] * len(p_values), 0.0
    for place, which in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        running = max(running, (len(p_values) - place) * p_values[which])
        adjusted[which] = min(running, 1.0)
    return adjusted
