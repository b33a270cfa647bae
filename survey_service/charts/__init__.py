"""Drawings of published figures: from the sheet and the findings, never from the answers."""
