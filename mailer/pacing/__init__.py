"""Pace: how many letters may go in which time, and how a quota is kept."""
