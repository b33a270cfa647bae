"""What a letter's envelope sender says is read back, and nobody else can say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.writing.message_id import message_id
from mailer.writing.return_path import letter_of_return_path, return_path

KEY = b"a key for tests"
BASE = "thu-ve@coquan.example"
letters = st.from_regex(r"[a-z0-9_-]{1,40}", fullmatch=True)


def read(text: str, *, key: bytes = KEY, address: str = BASE, delimiter: str = "+") -> str | None:
    return letter_of_return_path(text, key=key, address=address, delimiter=delimiter)


@given(letters, st.sampled_from("+-=_."))
def test_it_reads_back_however_servers_fold_its_case(letter: str, delimiter: str) -> None:
    made = return_path(letter, key=KEY, address=BASE, delimiter=delimiter)
    assert made == made.lower()
    assert len(made.partition("@")[0]) <= 64
    for seen in (made, made.upper(), f" <{made}> "):
        assert read(seen, delimiter=delimiter) == letter
    assert read(made, key=b"another key", delimiter=delimiter) is None


def test_a_number_of_eighteen_digits_fits() -> None:
    made = return_path("9" * 18, key=KEY, address="thu-tra-ve.cchc@sonoivu.tinh.gov.vn")
    assert made.startswith("thu-tra-ve.cchc+999999999999999999.")
    assert read(made, address="thu-tra-ve.cchc@sonoivu.tinh.gov.vn") == "9" * 18


@pytest.mark.parametrize(
    "text",
    [
        "",
        BASE,
        "thu-ve+9@coquan.example",
        "thu-ve+9.aaaaaaaaaa@coquan.example",
        "thu-ve+.aaaaaaaaaa@coquan.example",
        "other+9.aaaaaaaaaa@coquan.example",
        "thu-ve+9.đaaaaaaaaa@coquan.example",
        "\n",
    ],
)
def test_what_others_made_is_not_ours(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize("sign", ["\u212a", "\u017f", "\u0131"])
def test_letters_that_fold_to_ascii_do_not_pass_for_it(sign: str) -> None:
    made = return_path("1", key=KEY, address="ski@coquan.example")
    assert read(made, address="ski@coquan.example") == "1"
    for plain in "ski":
        assert read(made.replace(plain, sign, 1), address="ski@coquan.example") is None


def test_every_changed_character_is_noticed() -> None:
    made = return_path("12", key=KEY, address=BASE)
    place = made.index("12")
    assert read(made.replace("+12.", "+13.")) is None
    for end in range(place, made.index("@")):
        changed = made[:end] + ("a" if made[end] != "a" else "b") + made[end + 1 :]
        assert read(changed) is None


def test_another_base_or_delimiter_reads_nothing() -> None:
    made = return_path("12", key=KEY, address=BASE)
    assert read(made, address="thu-ve@khac.example") is None
    assert read(made, delimiter="-") is None


def test_the_mac_of_a_message_id_is_no_return_path() -> None:
    mac = message_id("12", key=KEY, domain="coquan.example").partition(".")[2][:10]
    assert read(f"thu-ve+12.{mac}@coquan.example") is None


@pytest.mark.parametrize("letter", ["", "A1", "a.b", "a b", "ă", "a\r\nb", "a" * 41])
def test_a_letter_it_cannot_hold_is_refused(letter: str) -> None:
    with pytest.raises(ValueError, match="a letter is named"):
        return_path(letter, key=KEY, address=BASE)


@pytest.mark.parametrize("address", ["", "a", "a b@c.example", "<a@b.example>", "đ@b.example"])
def test_a_base_it_cannot_hold_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="cannot be the base"):
        return_path("1", key=KEY, address=address)
    with pytest.raises(ValueError, match="cannot be the base"):
        read("a", address=address)


@pytest.mark.parametrize("delimiter", ["", "++", "@", "\n", "a"])
def test_a_delimiter_it_cannot_hold_is_refused(delimiter: str) -> None:
    with pytest.raises(ValueError, match="a delimiter is one of"):
        return_path("1", key=KEY, address=BASE, delimiter=delimiter)


def test_a_local_part_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than 64 octets"):
        return_path("1" * 20, key=KEY, address=f"{'a' * 40}@coquan.example")
