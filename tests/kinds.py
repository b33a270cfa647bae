"""On which kinds of database a test is played: both, unless it says otherwise."""

from typing import Final

import pytest

SQLITE_ALONE: Final = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what no kind of database does in its own way; where one might, both are played."""
