"""Sending: the outbox's life cycle, carried out with patience."""
