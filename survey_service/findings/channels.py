"""The usual channels of a transaction in words; any other is called as the lists call it."""

from typing import Final

from questionnaires.index import Code
from questionnaires.text import Text

CHANNELS: Final[dict[Code, Text]] = {
    "counter": Text(vi="trực tiếp", en="at the counter"),
    "online": Text(vi="trực tuyến", en="online"),
    "post": Text(vi="bưu chính", en="by post"),
}
"""The codes that a mapping should use."""


def channel_name(code: Code) -> Text:
    """Give a channel in words, or its code where it is not a usual one."""
    return CHANNELS.get(code.lower(), Text(vi=code, en=code))
