"""Simulations that show how often the intervals and rank sets hold what they promise."""
