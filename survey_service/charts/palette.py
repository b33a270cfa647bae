"""The colours of every chart: the style sheet's, told apart in greyscale and by colour-blind eyes.

Blue stands for good and orange to red for bad, never red against green; steps that lie side by
side differ in lightness as well.
"""

from typing import Final

INK: Final = "#14202b"
SOFT: Final = "#45525e"
DEEP: Final = "#0d2745"
BRAND: Final = "#14375e"
ACCENT: Final = "#b3221d"
PAPER: Final = "#ffffff"
GROUND: Final = "#f3f5f7"
HAIR: Final = "#e3e8ec"
LINE: Final = "#c3ccd4"
_BLACK: Final = "#000000"
MIDDLE: Final = "#8b98a4"

_GOOD: Final = ("#14375e", "#5c8fc2", "#7ea9d4")
_NEUTRAL: Final = "#dde3e8"
_BAD: Final = ("#9c2a12", "#e8905c", "#f0b585")
_PALE: Final = (238, 243, 249)
_FULL: Final = (20, 55, 94)


def diverging(steps: int) -> tuple[str, ...]:
    """Give a colour per step of a scale, the best first; an odd scale has a neutral middle.

    Raises ValueError for fewer than two steps or more than seven.
    """
    if not 2 <= steps <= 7:
        raise ValueError(f"a scale of {steps} steps has no colours")
    half = steps // 2
    neutral = (_NEUTRAL,) if steps % 2 else ()
    return _GOOD[:half] + neutral + _BAD[:half][::-1]


def shade(share: float) -> str:
    """Give the blue of a share from 0 (pale) to 1 (full)."""
    held = min(max(share, 0.0), 1.0)
    mixed = (round(low + (high - low) * held) for low, high in zip(_PALE, _FULL, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def ink_on(colour: str) -> str:
    """Give black or white, whichever stands out more on a colour: always by 4.5 to 1 or more."""
    ground = luminance(colour)
    return _BLACK if (ground + 0.05) / 0.05 >= 1.05 / (ground + 0.05) else PAPER


def luminance(colour: str) -> float:
    """Give the relative luminance of a colour, from 0 to 1 (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
