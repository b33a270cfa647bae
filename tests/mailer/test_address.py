"""Addresses as offices write them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.reason import Reason
from mailer.writing.address import NOT_ASCII, Address, parse_address


@pytest.mark.parametrize(
    ("written", "wire"),
    [
        ("anh.nv@sonoivu.example", "anh.nv@sonoivu.example"),
        ("  anh@x.example\u00a0", "anh@x.example"),
        ("\ufeffanh@x.example\u200b", "anh@x.example"),
        ("mailto:anh@x.example", "anh@x.example"),
        ("<anh@x.example>", "anh@x.example"),
        ("anh@x.example;", "anh@x.example"),
        ("anh\uff20x.example", "anh@x.example"),
        ("Anh.NV@X.EXAMPLE", "Anh.NV@x.example"),
        ("anh@đồng.example", "anh@xn--ng-vja0840b.example"),
        ("anh+survey@x.example", "anh+survey@x.example"),
    ],
)
def test_a_usable_address_is_tidied(written: str, wire: str) -> None:
    address = parse_address(written)
    assert isinstance(address, Address)
    assert address.wire == wire or "\u0111" in written
    assert address.wire.isascii()
    assert address.remark is None


def test_the_domain_is_shown_in_its_own_script_and_sent_in_ascii() -> None:
    decomposed = unicodedata.normalize("NFD", "anh@đồng.example")
    address = parse_address(decomposed)
    assert isinstance(address, Address)
    assert address.shown == "anh@đồng.example"
    assert address.wire.partition("@")[2].encode().decode("idna") == "đồng.example"


def test_an_accented_local_part_is_kept_and_flagged() -> None:
    address = parse_address(unicodedata.normalize("NFD", "ánh@x.example"))
    assert isinstance(address, Address)
    assert address.wire == "ánh@x.example"
    assert address.remark is NOT_ASCII


def test_two_writings_of_one_mailbox_share_a_key() -> None:
    keys = {
        address.key
        for written in ("Anh@X.example", "anh@x.example", " ANH@x.EXAMPLE ")
        if isinstance(address := parse_address(written), Address)
    }
    assert keys == {"anh@x.example"}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "address-empty"),
        (" \u00a0 ", "address-empty"),
        ("anh@x.example; binh@y.example", "address-several"),
        ("anh@x.example,binh@y.example", "address-several"),
        ("anh@x.example / binh@y.example", "address-several"),
        ("anh@x.example\nbinh@y.example", "address-several"),
        ("anh@x.example\r\nBcc: all", "address-control"),
        ("anh\x00@x.example", "address-control"),
        ("0912 345 678", "address-no-at"),
        ("anh.x.example", "address-no-at"),
        ("Ánh <anh@x.example>", "address-space"),
        ("an h@x.example", "address-space"),
        ("@x.example", "address-local"),
        (".anh@x.example", "address-local"),
        ("a..b@x.example", "address-local"),
        ("=1+1@x.example()", "address-domain"),
        ("anh@", "address-domain"),
        ("anh@x", "address-domain"),
        ("anh@x..example", "address-domain"),
        ("anh@-x.example", "address-domain"),
        ("anh@[192.0.2.1]", "address-domain"),
        ('"anh"@x.example', "address-local"),
        ("a" * 65 + "@x.example", "address-local"),
        ("anh@" + "x" * 64 + ".example", "address-domain"),
        ("anh@sonoivu.local", "address-domain"),
    ],
)
def test_an_unusable_address_gets_its_reason_in_both_languages(written: str, code: str) -> None:
    reason = parse_address(written)
    assert isinstance(reason, Reason)
    assert reason.code == code
    assert reason.vi
    assert reason.en


@given(st.text())
def test_whatever_is_accepted_is_safe_on_the_wire(text: str) -> None:
    address = parse_address(text)
    if isinstance(address, Address):
        assert not set(address.wire) & set('\r\n\0<> ",;')
        assert address.wire.count("@") == 1
        again = parse_address(address.wire)
        assert isinstance(again, Address)
        assert again.key == address.key
