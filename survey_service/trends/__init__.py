"""Waves of a series side by side: a trend with control limits."""
