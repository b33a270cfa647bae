"""flufl.bounce's own sample mails, which ./tests/run fetches from its source archive."""

from pathlib import Path

import pytest

_SAMPLES = Path(__file__).parents[1] / ".venv" / "samples"


def sample_mails() -> dict[str, bytes]:
    """Give the sample mails by name; skips the test where they were not fetched."""
    files = sorted(_SAMPLES.glob("flufl_bounce-*/tests/data/*.txt"))
    if not files:
        pytest.skip("flufl.bounce's samples are missing; ./tests/run fetches them")
    return {file.name: file.read_bytes() for file in files}
