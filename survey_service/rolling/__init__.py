"""Invitations day by day, soon after the result of a transaction was handed over."""
