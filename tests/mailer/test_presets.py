"""A preset states what its provider allows, and can be used as it is."""

import pytest

from mailer.pacing.limits import Limits
from mailer.pacing.presets import MICROSOFT_365, PRESETS


def test_microsoft_s_three_connections_and_thirty_letters_a_minute_are_the_preset() -> None:
    assert MICROSOFT_365.connections == 3
    assert MICROSOFT_365.limits == Limits(per_minute=30, per_day=2_000)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_leaves_a_session_before_a_server_would(name: str) -> None:
    preset = PRESETS[name]
    assert 1 <= preset.connections <= 64
    assert preset.messages_per_connection >= 1
    assert 0 < preset.idle_age < preset.connection_age <= 300, "RFC 5321 sec. 4.5.3.2.7"
