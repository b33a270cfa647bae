"""Intervals that stay inside their range: logit-t, and beta where the logit breaks down."""

import math

LEVEL = 0.95


def interval(
    figure: float,
    standard_error: float,
    degrees_of_freedom: float,
    *,
    maximum: float,
    respondents: int,
    level: float = LEVEL,
) -> tuple[float, float]:
    """Give the interval of a figure between 0 and `maximum`.

    Logit-t: p = figure/maximum, max·expit(logit p ± t_ν·SE/(max·p(1−p))) (Korn & Graubard 1999,
    §5.2.1). Where p is 0 or 1 or the standard error 0, the beta interval of so many respondents.
    Raises ValueError where the maximum or the number of respondents is not above 0.
    """
    if maximum <= 0 or respondents <= 0:
        raise ValueError("an interval needs a maximum and respondents above 0")
    p = figure / maximum
    if not 0 < p < 1 or standard_error <= 0 or degrees_of_freedom <= 0:
        low, high = beta_interval(p, respondents, level=level)
    else:
        from scipy.special import stdtrit  # noqa: PLC0415 - 0.2 s that most commands need not spend

        centre = math.log(p / (1 - p))
        quantile = float(stdtrit(degrees_of_freedom, (1 + level) / 2))
        half = quantile * standard_error / (maximum * p * (1 - p))
        low, high = expit(centre - half), expit(centre + half)
    return low * maximum, high * maximum


def beta_interval(p: float, n: float, *, level: float = LEVEL) -> tuple[float, float]:
    """Give the exact binomial interval at a fractional count n·p (Clopper & Pearson 1934).

    Used on an effective n as Korn & Graubard (1998) do.
    """
    from scipy.special import betaincinv  # noqa: PLC0415 - as above

    successes, failures, tail = n * p, n * (1 - p), (1 - level) / 2
    low = 0.0 if successes <= 0 else float(betaincinv(successes, failures + 1, tail))
    high = 1.0 if failures <= 0 else float(betaincinv(successes + 1, failures, 1 - tail))
    return low, high


def expit(x: float) -> float:
    """Give 1/(1 + e⁻ˣ) without overflow."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    return math.exp(x) / (1 + math.exp(x))
