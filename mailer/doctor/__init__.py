"""Examining what letters depend on: the relay, and the names in the DNS that vouch for them."""
