"""Differences: between years, from the average, and under other choices of method."""
