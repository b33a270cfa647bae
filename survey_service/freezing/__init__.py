"""The cut-off: who was asked and drawn, strata nobody can be found in, weights, and the files."""
