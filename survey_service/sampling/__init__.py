"""Samples of people, drawn by the service from lists of transactions."""
