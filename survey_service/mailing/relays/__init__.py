"""Relays: the mail file, how each stands, what can tell what it accepted, and the check-up."""
