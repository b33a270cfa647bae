"""What the doctor says about a domain: every failure with the record that puts it right."""

import base64
import ipaddress
import re
from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from dns_server import Zone, serving_names

from mailer.doctor.dkim_key import examine_dkim, key_record
from mailer.doctor.dmarc import examine_dmarc, organisational
from mailer.doctor.exchanges import examine_mx
from mailer.doctor.finding import Finding, Mark
from mailer.doctor.reverse import examine_ptr
from mailer.doctor.sender_policy import Origin, examine_spf
from mailer.doctor.zone import tags_of, text_record
from mailer.writing.dkim import DkimSigner

HERE = ipaddress.ip_address("203.0.113.5")
OURS = Origin(relay="main", addresses=(HERE,), helo="relay.example")
WHOLE = {
    "so.example TXT": ['"v=spf1 ip4:203.0.113.5 -all"'],
    "_dmarc.so.example TXT": ['"v=DMARC1; p=quarantine; rua=mailto:dmarc@so.example"'],
    "so.example MX": ["10 mail.so.example."],
    "mail.so.example A": ["203.0.113.5"],
    "5.113.0.203.in-addr.arpa PTR": ["mail.so.example."],
}


def spf(zone: Zone, *origins: Origin) -> tuple[Finding, ...]:
    with serving_names(zone) as (names, _, _):
        return examine_spf(
            names, "so.example", sender="postmaster@so.example", origins=origins or (OURS,)
        )


def marks(findings: Sequence[Finding]) -> list[Mark]:
    for finding in findings:
        assert finding.vi
        assert finding.en
        assert finding.vi != finding.en or finding.check == "dmarc"
    return [finding.mark for finding in findings]


def test_a_sound_spf_record_that_lets_the_relay_send_is_fine() -> None:
    assert marks(spf(WHOLE)) == [Mark.OK, Mark.OK]


def test_a_missing_spf_record_is_given_to_paste() -> None:
    (found,) = spf({"so.example A": ["203.0.113.9"]})
    assert found.mark is Mark.ERROR
    assert found.record == 'so.example. IN TXT "v=spf1 ip4:203.0.113.5 -all"'


def test_no_record_is_given_where_the_relays_address_is_not_known() -> None:
    (found,) = spf({}, Origin(relay="main"))
    assert (found.mark, found.record) == (Mark.ERROR, "")
    assert "--from-ip" in found.vi


def test_several_spf_records_are_merged() -> None:
    (found,) = spf({"so.example TXT": ['"v=spf1 mx ~all"', '"v=spf1 ip4:203.0.113.5 mx -all"']})
    assert found.mark is Mark.ERROR
    assert found.record == 'so.example. IN TXT "v=spf1 ip4:203.0.113.5 mx -all"'


def test_a_broken_spf_record_is_shown_where_it_breaks() -> None:
    (found,) = spf({"so.example TXT": ['"v=spf1 ipv4:203.0.113.5 -all"']})
    assert found.mark is Mark.ERROR
    assert "ipv4:203.0.113.5" in found.en


@pytest.mark.parametrize(
    ("record", "mark"),
    [("v=spf1 +all", Mark.ERROR), ("v=spf1 ?all", Mark.WARNING), ("v=spf1 mx a", Mark.WARNING)],
)
def test_an_spf_record_that_keeps_nobody_out_is_told(record: str, mark: Mark) -> None:
    ending, *_ = spf({**WHOLE, "so.example TXT": [f'"{record}"']})
    assert ending.mark is mark
    assert ending.record.endswith('-all"')


def test_an_spf_record_that_shuts_the_relay_out_is_mended_before_its_refusal() -> None:
    _, found = spf({"so.example TXT": ['"v=spf1 mx -all"'], "so.example MX": ["10 x.example."]})
    assert found.mark is Mark.ERROR
    assert found.record == 'so.example. IN TXT "v=spf1 ip4:203.0.113.5 mx -all"'
    assert "203.0.113.5: fail" in found.en


def test_a_guessed_address_that_spf_shuts_out_is_a_warning() -> None:
    guessed = Origin(relay="main", addresses=(HERE,), certain=False)
    _, found = spf({"so.example TXT": ['"v=spf1 -all"']}, guessed)
    assert found.mark is Mark.WARNING
    assert "--from-ip" in found.en


def test_an_operators_include_is_looked_for_through_the_tree() -> None:
    origin = Origin(relay="m365", include="spf.protection.outlook.com")
    zone = {
        "so.example TXT": ['"v=spf1 include:all.so.example -all"'],
        "all.so.example TXT": ['"v=spf1 include:spf.protection.outlook.com ~all"'],
        "spf.protection.outlook.com TXT": ['"v=spf1 ip4:192.0.2.0/24 -all"'],
    }
    assert marks(spf(zone, origin)) == [Mark.OK, Mark.OK]
    _, missing = spf(WHOLE, origin)
    assert missing.mark is Mark.ERROR
    assert "include:spf.protection.outlook.com ip4:203.0.113.5 -all" in missing.record


def test_too_many_look_ups_and_dead_includes_are_errors() -> None:
    hosts = " ".join(f"a:h{place}.example" for place in range(11))
    zone = {"so.example TXT": [f'"v=spf1 ip4:203.0.113.5 {hosts} include:gone.example -all"']}
    found = spf(zone)
    assert marks(found) == [Mark.ERROR, Mark.ERROR, Mark.OK, Mark.OK]
    assert "gone.example" in found[0].vi
    assert "12" in found[1].en


def test_an_unanswered_question_is_not_checked() -> None:
    for zone in ({"so.example SERVFAIL": [""]},):
        assert marks(spf(zone)) == [Mark.NOT_CHECKED]
        with serving_names({**zone, "_dmarc.so.example SERVFAIL": [""]}) as (names, _, _):
            found = [
                *examine_dmarc(names, "so.example", envelope="so.example", signature=None),
                examine_mx(names, "so.example"),
            ]
        assert marks(found) == [Mark.NOT_CHECKED, Mark.NOT_CHECKED]


@pytest.fixture(scope="module")
def signer() -> DkimSigner:
    return DkimSigner("so.example", "s1", generate_private_key(65537, 2048))


def dkim(signer: DkimSigner | None, *texts: str) -> tuple[Finding, ...]:
    zone = {"s1._domainkey.so.example TXT": [text_record("x", text)[9:] for text in texts]}
    with serving_names(zone if texts else {}) as (names, _, _):
        return examine_dkim(names, "so.example", signer)


def published(signer: DkimSigner) -> str:
    return "".join(re.findall(r'"([^"]*)"', key_record(signer)))


def test_the_published_dkim_key_must_be_ours(signer: DkimSigner) -> None:
    record = published(signer)
    assert marks(dkim(signer, record)) == [Mark.OK]
    # A key without k= is RSA; white space inside tags is nothing.
    spaced = record.replace("k=rsa; ", "").replace("p=", "p = ")
    assert marks(dkim(signer, spaced)) == [Mark.OK]


def test_every_fault_of_a_dkim_record_comes_with_the_right_one(signer: DkimSigner) -> None:
    record = published(signer)
    other = published(DkimSigner("so.example", "s1", generate_private_key(65537, 2048)))
    faults = ((), ("v=DKIM1; p=",), (other,), (record, other), ("v=DKIM1; p=!",), ("p",),
              ("v=DKIM2; p=x",), (record + "; h=sha1",), (record + "; s=tlsrpt",),
              (record.replace("k=rsa", "k=ed25519"),))  # fmt: skip
    for texts in faults:
        (found,) = dkim(signer, *texts)
        assert found.mark is Mark.ERROR, texts
        assert found.record == key_record(signer)
        assert all(len(part) <= 255 for part in re.findall(r'"([^"]*)"', found.record))
    (testing,) = dkim(signer, record + "; t=y:s")
    assert testing.mark is Mark.WARNING


def test_a_short_key_is_an_error_and_the_private_half_is_never_told() -> None:
    short: RSAPrivateKey = generate_private_key(65537, 1024)  # noqa: S505 - what is to be refused
    signer = DkimSigner("so.example", "s1", short)
    found = dkim(signer, published(signer))
    assert marks(found) == [Mark.ERROR, Mark.OK]
    assert str(short.private_numbers().d) not in repr(found)


def test_an_ed25519_key_is_compared_too() -> None:
    key = Ed25519PrivateKey.generate()
    signer = DkimSigner("so.example", "s1", key)
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    record = f"v=DKIM1; k=ed25519; p={base64.b64encode(raw).decode()}"
    assert marks(dkim(signer, record)) == [Mark.WARNING, Mark.OK]
    assert marks(dkim(signer, record.replace("k=ed25519", "k=rsa"))) == [Mark.WARNING, Mark.ERROR]


def test_without_a_key_of_ours_the_way_to_see_the_relays_signature_is_told() -> None:
    (found,) = dkim(None)
    assert found.mark is Mark.NOT_CHECKED
    assert "Show original" in found.vi


def dmarc(
    zone: Zone, *, envelope: str = "so.example", signature: str | None = None
) -> tuple[Finding, ...]:
    with serving_names(zone) as (names, _, _):
        return examine_dmarc(names, "so.example", envelope=envelope, signature=signature)


def test_dmarc_with_an_aligned_envelope_is_fine() -> None:
    found = dmarc(WHOLE)
    assert marks(found) == [Mark.OK, Mark.OK]
    assert "p=quarantine" in found[0].vi


def test_without_dmarc_the_record_is_given() -> None:
    (found,) = dmarc({})
    assert found.mark is Mark.WARNING
    assert found.record.startswith('_dmarc.so.example. IN TXT "v=DMARC1; p=none; rua=')


@pytest.mark.parametrize(
    "texts",
    [
        ['"v=DMARC1; p=maybe"'],
        ['"v=DMARC1"'],
        ['"v=DMARC1; p=none"'] * 1 + ['"v=DMARC1; p=reject"'],
    ],
)
def test_a_dmarc_record_that_is_ignored_is_an_error(texts: list[str]) -> None:
    (found,) = dmarc({"_dmarc.so.example TXT": texts})
    assert found.mark is Mark.ERROR


def test_the_domain_above_rules_where_there_is_no_record_below() -> None:
    zone = {
        "_dmarc.gov.example TXT": ['"v=DMARC1; p=reject; sp=quarantine; rua=mailto:a@b.example"']
    }
    with serving_names(zone) as (names, _, _):
        found = examine_dmarc(
            names, "so.gov.example", envelope="tra.so.gov.example", signature=None
        )
        assert organisational(names, "tra.so.gov.example") == "gov.example"
    assert marks(found) == [Mark.OK, Mark.OK]
    assert "p=quarantine (gov.example)" in found[0].en


def test_p_none_that_reports_to_nobody_is_a_warning() -> None:
    found = dmarc({"_dmarc.so.example TXT": ['"v=DMARC1; p=none"']})
    assert marks(found) == [Mark.OK, Mark.WARNING, Mark.OK]


@pytest.mark.parametrize(
    ("tags", "envelope", "signature", "mark"),
    [
        ("", "tra.so.example", None, Mark.OK),
        ("; aspf=s", "tra.so.example", None, Mark.WARNING),
        ("", "khac.example", None, Mark.WARNING),
        ("", "khac.example", "so.example", Mark.OK),
        ("", "khac.example", "thu.so.example", Mark.OK),
        ("; adkim=s", "khac.example", "thu.so.example", Mark.ERROR),
        ("", "khac.example", "kia.example", Mark.ERROR),
    ],
)
def test_alignment_is_by_envelope_or_signature(
    tags: str, envelope: str, signature: str | None, mark: Mark
) -> None:
    zone = {"_dmarc.so.example TXT": [f'"v=DMARC1; p=reject{tags}"']}
    *_, found = dmarc(zone, envelope=envelope, signature=signature)
    assert found.mark is mark


@pytest.mark.parametrize(
    ("zone", "mark"),
    [
        (WHOLE, Mark.OK),
        ({"so.example MX": ["0 ."]}, Mark.ERROR),
        ({"so.example A": ["203.0.113.5"]}, Mark.WARNING),
        ({}, Mark.ERROR),
        ({"so.example MX": ["10 gone.example."]}, Mark.ERROR),
        (
            {
                "so.example MX": ["10 gone.example.", "20 mail.so.example."],
                "mail.so.example A": ["203.0.113.5"],
            },
            Mark.WARNING,
        ),
    ],
)
def test_mail_for_a_domain_must_find_a_server(zone: Zone, mark: Mark) -> None:
    with serving_names(zone) as (names, _, _):
        assert examine_mx(names, "so.example").mark is mark


def test_an_address_needs_a_name_that_leads_back() -> None:
    public = ipaddress.ip_address("8.8.4.4")
    arpa = "4.4.8.8.in-addr.arpa PTR"
    cases: tuple[tuple[Zone, Mark, str], ...] = (
        ({}, Mark.ERROR, "4.4.8.8.in-addr.arpa. IN PTR"),
        ({arpa: ["mail.so.example."]}, Mark.ERROR, "mail.so.example. IN A 8.8.4.4"),
        ({arpa: ["mail.so.example."], "mail.so.example A": ["8.8.4.4"]}, Mark.OK, ""),
        ({"4.4.8.8.in-addr.arpa SERVFAIL": [""]}, Mark.NOT_CHECKED, ""),
    )
    for zone, mark, record in cases:
        with serving_names(zone) as (names, _, _):
            found = examine_ptr(names, public)
        assert (found.mark, record in found.record) == (mark, True)


def test_a_private_address_says_nothing() -> None:
    with serving_names({}) as (names, server, _):
        assert examine_ptr(names, ipaddress.ip_address("10.1.2.3")).mark is Mark.NOT_CHECKED
        assert server.asked == []


def test_a_tag_list_is_read_strictly() -> None:
    assert tags_of(" v = DKIM1 ; p=A B\tC ;") == {"v": "DKIM1", "p": "ABC"}
    assert tags_of("v=1; v=2") is None
    assert tags_of("nonsense") is None
