"""Lists of a stated length in a file of definitions: read, or refused with the length."""

import msgspec
import pytest

from questionnaires.problems import ProblemsError
from questionnaires.reading import read


class Span(msgspec.Struct, frozen=True):
    ends: tuple[int, int]
    name: tuple[str, int] = ("", 0)


def refused(plain: object) -> dict[str, str]:
    with pytest.raises(ProblemsError) as error:
        read(Span, plain, file="span.toml")
    return {one.where: one.message.en for one in error.value.problems}


def test_a_list_of_the_stated_length_is_read() -> None:
    assert read(Span, {"ends": [1, 5], "name": ["a", 2]}, file="span.toml") == Span(
        ends=(1, 5), name=("a", 2)
    )


@pytest.mark.parametrize("ends", [[1], [1, 2, 3], 1, "12"])
def test_another_length_is_refused_with_the_length(ends: object) -> None:
    assert refused({"ends": ends}) == {"span.toml: ends": "expected a list of 2 entries"}


def test_every_place_of_such_a_list_has_its_own_type() -> None:
    assert refused({"ends": [1, "5"], "name": [3, 4]}) == {
        "span.toml: ends[2]": "expected a whole number",
        "span.toml: name[1]": "expected text in quotes",
    }
