"""Fields of a text found and compared as bytes, thousands at a time."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]
Words = NDArray[np.uint64]
WORD = 8
LONGEST = 1024
"""Bytes of a field that is looked at beside others: all take the room of the longest."""
_NIBBLES = np.full(256, 255, dtype=np.uint8)
_NIBBLES[np.frombuffer(b"0123456789abcdef", dtype=np.uint8)] = np.arange(16)
_SPREAD = 0x9E3779B97F4A7C15


def keys(text: Bytes, start: Places) -> Words | None:
    """Read 16 lower-case hexadecimal digits at each start; None where one is anything else."""
    digits = _NIBBLES[sliding_window_view(text, 2 * WORD)[start]]
    if digits.max(initial=0) > 15:
        return None
    octets = digits[:, ::2] << 4 | digits[:, 1::2]
    return octets.view(">u8").astype(np.uint64).reshape(-1)


def words(text: Bytes, start: Places, end: Places) -> Words | None:
    """Give each field as words of eight bytes, filled up with zeros, shape (n, words).

    The text holds no zero byte, so that different fields give different words. None where a
    field is longer than `LONGEST`.
    """
    length = end - start
    if length.max(initial=0) > LONGEST:
        return None
    size = WORD * (int(length.max(initial=1) - 1) // WORD + 1)
    ahead = np.concatenate([text, np.zeros(size, dtype=np.uint8)])
    window = sliding_window_view(ahead, size)[start]
    window[np.arange(size) >= length[:, None]] = 0
    return window.view("<u8").astype(np.uint64, copy=False).reshape(len(start), -1)


def distinct(fields: Words) -> tuple[list[bytes], Places]:
    """Give the different fields, and which of them each field is."""
    _, first, which = np.unique(_mix(fields), return_index=True, return_inverse=True)
    # Fields may differ and mix alike; then the slow way.
    if (fields[first][which] != fields).any():
        _, first, which = np.unique(fields, axis=0, return_index=True, return_inverse=True)
    found = fields[first].astype("<u8").view(f"S{WORD * fields.shape[1]}")
    return found.ravel().tolist(), which


def _mix(fields: Words) -> Words:
    mixed = fields[:, 0].copy()
    for column in range(1, fields.shape[1]):
        mixed = mixed * np.uint64(_SPREAD) + fields[:, column]
    return mixed
