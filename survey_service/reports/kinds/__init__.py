"""The kinds of reports: which sections each of them has, and its official frame."""
