"""Doors beside e-mail: printed letters and codes on receipts, each a mode of its own."""
