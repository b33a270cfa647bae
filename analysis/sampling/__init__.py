"""Samples drawn with permanent random numbers: the same seed, the same people."""
