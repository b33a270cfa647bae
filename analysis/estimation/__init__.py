"""Design-based estimation for any survey: means, totals, quantiles, calibration, replicates."""
