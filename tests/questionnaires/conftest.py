"""The catalogue's definitions, loaded once."""

import pytest
from hypothesis import HealthCheck, settings

from questionnaires.catalogue import folder
from questionnaires.loading import Definitions, load_definitions

# The machine is shared, and Hypothesis builds its table of characters on a fresh clone's first run.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")


@pytest.fixture(scope="session")
def two_units() -> Definitions:
    """Give the small example."""
    return load_definitions(folder("two-units"))


@pytest.fixture(scope="session")
def par_index() -> Definitions:
    """Give the index of 2022."""
    return load_definitions(folder("par-index-2022"))
