import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_service.entropy import SeededEntropy
from survey_service.keys import KeyRing, new_key_ring
from survey_service.links import TOKEN_LENGTH, Link, Links

KEYS = new_key_ring(SeededEntropy(1))
LINKS = Links(KEYS, "https://khaosat.example")
PUBLIC_ID = bytes(range(8))


@given(st.binary(min_size=8, max_size=8), st.integers(0, 255))
def test_a_token_opens_to_what_was_signed(public_id: bytes, generation: int) -> None:
    token = LINKS.token(public_id, generation)
    assert len(token) == TOKEN_LENGTH
    assert LINKS.open(token) == Link(public_id, generation)


@given(st.integers(0, TOKEN_LENGTH - 1), st.sampled_from(string.printable))
def test_one_changed_character_is_refused(place: int, character: str) -> None:
    token = LINKS.token(PUBLIC_ID, 0)
    changed = token[:place] + character + token[place + 1 :]
    assert changed == token or LINKS.open(changed) is None


def test_a_correcting_link_is_told_apart_and_neither_signs_for_the_other() -> None:
    plain, correcting = (LINKS.token(PUBLIC_ID, 2, correcting=kind) for kind in (False, True))
    assert LINKS.open(correcting) == Link(PUBLIC_ID, 2, correcting=True)
    assert len(correcting) == TOKEN_LENGTH
    assert plain.rpartition(".")[0] == correcting.rpartition(".")[0]
    assert plain.rpartition(".")[2] != correcting.rpartition(".")[2]


def test_only_the_canonical_spelling_is_a_token() -> None:
    # 16 signature bytes leave four spare bits in the last letter: 15 other spellings decode alike.
    token = LINKS.token(PUBLIC_ID, 0)
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    signature = token.rpartition(".")[2]
    twins = [
        token[:-1] + letter
        for letter in alphabet
        if base64.urlsafe_b64decode(signature[:-1] + letter + "==")
        == base64.urlsafe_b64decode(signature + "==")
    ]
    assert len(twins) == 16
    assert [twin for twin in twins if LINKS.open(twin)] == [token]


@pytest.mark.parametrize(
    "text", ["", "x", "." * TOKEN_LENGTH, "ầ" * TOKEN_LENGTH, "A" * 5000, "A" * 12 + "." + "A" * 22]
)
def test_what_is_no_token_is_refused(text: str) -> None:
    assert LINKS.open(text) is None


def test_a_retired_key_still_opens_and_a_foreign_one_does_not() -> None:
    fresh = new_key_ring(SeededEntropy(2))
    rotated = KeyRing(
        link=(*KEYS.link, *fresh.link), seal=KEYS.seal, receipt=KEYS.receipt, letter=KEYS.letter
    )
    token = LINKS.token(PUBLIC_ID, 3)
    assert Links(rotated, "https://khaosat.example").open(token) == Link(PUBLIC_ID, 3)
    assert Links(fresh, "https://khaosat.example").open(token) is None


def test_a_link_is_built_from_the_public_address() -> None:
    assert LINKS.url(PUBLIC_ID, 0) == f"https://khaosat.example/p/{LINKS.token(PUBLIC_ID, 0)}"


def test_a_receipt_is_known_however_it_is_typed() -> None:
    code = LINKS.receipt(PUBLIC_ID)
    assert LINKS.is_receipt(PUBLIC_ID, f"  {code.lower().replace('-', ' ')} ")
    assert not LINKS.is_receipt(bytes(8), code)
    assert not LINKS.is_receipt(PUBLIC_ID, "ầ")
    assert not LINKS.is_receipt(PUBLIC_ID, "")
