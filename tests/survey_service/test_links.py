import base64
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_service.entropy import SeededEntropy
from survey_service.keys import KeyRing, new_key_ring
from survey_service.links import LONGEST_TRIAL, TOKEN_LENGTH, Link, Links, TrialLink

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


def token_of(url: str, door: str) -> str:
    before, _, token = url.rpartition("/")
    assert before == f"https://khaosat.example/{door}"
    return token


def test_a_token_of_one_purpose_opens_nothing_of_another() -> None:
    opened = {
        "p": LINKS.open,
        "u": LINKS.open_one_click,
        "o": LINKS.open_opt_out,
        "try": LINKS.open_trial,
    }
    tokens = {
        "p": LINKS.token(PUBLIC_ID, 1),
        "u": token_of(LINKS.one_click_url(PUBLIC_ID, 1), "u"),
        "o": token_of(LINKS.opt_out_url(PUBLIC_ID, 1), "o"),
        "try": token_of(LINKS.trial_url("hai-xa", "vi"), "try"),
    }
    for door, token in tokens.items():
        assert [other for other, reads in opened.items() if reads(token)] == [door]
    said = {tokens[door].partition(".")[0] for door in ("p", "u", "o")}
    assert len(said) == 1


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", fullmatch=True))
def test_a_trials_link_says_wave_language_and_group(code: str) -> None:
    for language in ("vi", "en"):
        for group in ("", code):
            token = token_of(LINKS.trial_url(code, language, group), "try")
            assert LINKS.open_trial(token) == TrialLink(code, language, group)
            assert LINKS.open_trial(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
            assert len(token) <= LONGEST_TRIAL


def test_links_of_letters_survive_rewriting() -> None:
    """Letters, digits, `-`, `_` and one dot inside: nothing that a mail client cuts off."""
    for url in (
        LINKS.one_click_url(PUBLIC_ID, 255),
        LINKS.opt_out_url(PUBLIC_ID, 255),
        LINKS.trial_url("hai-xa.2025", "en", "ND"),
    ):
        path = url.removeprefix("https://khaosat.example/")
        assert re.fullmatch(r"(u|o|try)/[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{22}", path)
