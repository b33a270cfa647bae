import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailer.writing.address import Address, parse_address
from survey_service.transactions.addresses import AddressReader, read_telephone

LOCAL = st.text(st.sampled_from("aZ09._-+'é \u200b@<"), max_size=66)
DOMAINS = st.sampled_from(
    "gmail.com LaiChau.gov.VN x a..b -a.vn a-.vn xn--a.vn test é.vn 1.2.3.4 mail.example "
    f"gmail.com. a_b.vn localhost {'a' * 64}.vn ".split(" ")
)
ENDS = st.sampled_from(["", " ", ",", ";", ">", "\u200b"])


@given(LOCAL, DOMAINS, ENDS)
@example("nguyen.an+mot-cua", "gmail.com", "")
@example("a" * 64, "gmail.com", "")
@example("a" * 65, "gmail.com", "")
@example("a..b", "gmail.com", "")
@example("mailto:an", "gmail.com", ",")
def test_addresses_are_read_as_the_mailer_reads_them(local: str, domain: str, end: str) -> None:
    raw = f"{local}@{domain}{end}".strip()
    read = AddressReader()
    found = parse_address(raw)
    formula = raw[:1] in {"=", "+", "-", "@"}
    if isinstance(found, Address) and not formula and found.wire[0] not in "=+-@":
        assert read(raw) == read(raw) == (found.wire, found.key)
    else:
        assert read(raw) is None
        assert read(raw) is None


@pytest.mark.parametrize(
    "written",
    [
        "0912345678",
        "912345678",
        "+84912345678",
        "84912345678",
        "0084 912 345 678",
        "(+84) 912.345.678",
        "+84 (0)912 345 678",
        "091-234-5678",
        "0912345678 / 0987654321",
        "không có, 0912345678",
    ],
)
def test_one_telephone_is_one_however_it_is_written(written: str) -> None:
    assert read_telephone(written) == "0912345678"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("02133 876 501", "02133876501"),
        ("+82 10-1234-5678", "+821012345678"),
        ("0000000000", None),
        ("12345", None),
        ("không có", None),
        ("-", None),
        ("+1", None),
        ("٠٩١٢٣٤٥٦٧٨", None),
    ],
)
def test_other_numbers_are_kept_whole_and_no_numbers_are_none(
    written: str, number: str | None
) -> None:
    assert read_telephone(written) == number
