"""SPF is evaluated as receivers do (RFC 7208), limits and macros included."""

import ipaddress

import dns.resolver
import pytest
from dns_server import Zone, serving_names

from mailer.doctor.names import DnsNames, NamesUnreachableError
from mailer.doctor.spf import SpfResult, check_host, spf_tree
from mailer.doctor.spf_record import Macros, SpfSyntaxError, parse_spf

CLIENT = "203.0.113.5"


def txt(*records: str) -> list[str]:
    return [f'"{record}"' for record in records]


def chain(length: int) -> Zone:
    """A record that takes so many look-ups: each includes the next, the last allows."""
    zone = {
        f"n{place}.example TXT": txt(f"v=spf1 include:n{place + 1}.example -all")
        for place in range(length)
    }
    return {
        **zone,
        f"n{length}.example TXT": txt("v=spf1 ip4:203.0.113.0/24 -all"),
        "a.example TXT": txt("v=spf1 include:n1.example -all"),
    }


def result(zone: Zone, *, address: str = CLIENT, domain: str = "a.example") -> SpfResult:
    with serving_names(zone) as (names, _, _):
        return check_host(
            names,
            address=ipaddress.ip_address(address),
            domain=domain,
            sender=f"strong-bad@{domain}",
            helo="relay.example",
        ).result


HOSTS = {
    "relay.example A": [CLIENT],
    "relay.example AAAA": ["2001:db8::5"],
    "near.example A": ["203.0.113.9"],
    "far.example A": ["198.51.100.1"],
    "a.example MX": ["10 relay.example.", "20 far.example."],
    "5.113.0.203.in-addr.arpa PTR": ["relay.example."],
    "ok.example TXT": txt("v=spf1 ip4:203.0.113.5 -all"),
    "no.example TXT": txt("v=spf1 -all"),
    "soft.example TXT": txt("v=spf1 ~all"),
    "203.0.113.5.spf.example A": ["127.0.0.2"],
    "5.113.0.203.in-addr.a.example A": ["127.0.0.2"],
}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("v=spf1 ip4:203.0.113.5 -all", "pass"),
        ("v=spf1 ip4:203.0.113.0/29 -all", "pass"),
        ("v=spf1 ip4:203.0.113.8/29 -all", "fail"),
        ("v=spf1 -ip4:203.0.113.5 +all", "fail"),
        ("v=spf1 ip6:2001:db8::/32 -all", "fail"),
        ("v=spf1 ~all", "softfail"),
        ("v=spf1 ?all", "neutral"),
        ("v=spf1", "neutral"),
        ("V=SPF1 +ALL", "pass"),
        ("v=spf1 a:relay.example -all", "pass"),
        ("v=spf1 a:near.example -all", "fail"),
        ("v=spf1 a:near.example/24 -all", "pass"),
        ("v=spf1 a:far.example//64 -all", "fail"),
        ("v=spf1 mx -all", "pass"),
        ("v=spf1 mx:ok.example -all", "fail"),
        ("v=spf1 mx/24 -all", "pass"),
        ("v=spf1 ptr:example -all", "pass"),
        ("v=spf1 ptr:other.example -all", "fail"),
        ("v=spf1 include:ok.example -all", "pass"),
        ("v=spf1 include:no.example ~all", "softfail"),
        ("v=spf1 include:soft.example -all", "fail"),
        ("v=spf1 include:nowhere.example -all", "permerror"),
        ("v=spf1 redirect=ok.example", "pass"),
        ("v=spf1 redirect=no.example", "fail"),
        ("v=spf1 redirect=nowhere.example", "permerror"),
        ("v=spf1 -all redirect=ok.example", "fail"),
        ("v=spf1 exists:%{i}.spf.example -all", "pass"),
        ("v=spf1 exists:%{ir}.%{v}.%{d} -all", "pass"),
        ("v=spf1 exists:%{l1r-}.spf.example -all", "fail"),
        ("v=spf1 exp=why.example unknown=x -all", "fail"),
        ("v=spf1 a:x.example a:y.example a:z.example -all", "permerror"),
        ("v=spf1 ip4:203.0.113.999 -all", "permerror"),
        ("v=spf1 ipv4:203.0.113.5 -all", "permerror"),
        ("v=spf2.0/pra +all", "none"),
    ],
)
def test_a_record_gives_the_result_that_the_rfc_says(record: str, expected: str) -> None:
    assert result({**HOSTS, "a.example TXT": txt(record)}) == expected


def test_ipv6_clients_are_matched_by_ipv6_terms() -> None:
    zone = {**HOSTS, "a.example TXT": txt("v=spf1 a:relay.example ip6:2001:db8:1::/48 -all")}
    assert result(zone, address="2001:db8::5") is SpfResult.PASS
    assert result(zone, address="2001:db8:1::9") is SpfResult.PASS
    assert result(zone, address="2001:db8:2::9") is SpfResult.FAIL


def test_two_records_are_none_at_all() -> None:
    assert result({"a.example TXT": txt("v=spf1 +all", "v=spf1 -all")}) is SpfResult.PERMERROR


def test_no_answer_is_no_verdict() -> None:
    assert result({"a.example SERVFAIL": [""]}) is SpfResult.TEMPERROR


@pytest.mark.parametrize(("length", "expected"), [(10, "pass"), (11, "permerror")])
def test_the_eleventh_look_up_ends_the_evaluation(length: int, expected: str) -> None:
    zone = chain(length)
    assert result(zone) == expected
    with serving_names(zone) as (names, _, _):
        assert spf_tree(names, "a.example").lookups == length


def test_a_record_that_includes_itself_is_counted_to_an_end() -> None:
    zone = {"a.example TXT": txt("v=spf1 include:a.example -all")}
    assert result(zone) is SpfResult.PERMERROR
    with serving_names(zone) as (names, _, _):
        assert spf_tree(names, "a.example").lookups > 10


def test_an_mx_with_more_than_ten_names_is_an_error() -> None:
    zone = {
        "a.example TXT": txt("v=spf1 mx -all"),
        "a.example MX": [f"10 m{place}.example." for place in range(11)],
    }
    assert result(zone) is SpfResult.PERMERROR


def test_the_tree_knows_where_the_record_leads_and_how_it_ends() -> None:
    zone = {
        **HOSTS,
        "a.example TXT": txt(
            "v=spf1 a include:ok.example include:gone.example redirect=soft.example"
        ),
    }
    with serving_names(zone) as (names, _, _):
        tree = spf_tree(names, "a.example")
    assert (tree.lookups, tree.ending, tree.missing) == (4, "~", ["gone.example"])
    assert tree.domains == {"a.example", "ok.example", "gone.example", "soft.example"}


def test_a_long_record_is_fetched_over_tcp_and_joined() -> None:
    networks = " ".join(f"ip4:198.51.100.{last}" for last in range(60))
    record = f"v=spf1 {networks} ip4:203.0.113.5 -all"
    parts = " ".join(f'"{record[start : start + 200]}"' for start in range(0, len(record), 200))
    with serving_names({"a.example TXT": [parts]}) as (names, server, _):
        assert names.texts("a.example") == (record,)
        assert server.over_tcp == 1


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 include -all",
        "v=spf1 include: -all",
        "v=spf1 all:x",
        "v=spf1 a/33",
        "v=spf1 mx//129",
        "v=spf1 ptr/24",
        "v=spf1 ip4:1.2.3.4/",
        "v=spf1 ip4:1.2.3.4/033",
        "v=spf1 ip6:1.2.3.4",
        "v=spf1 redirect=a redirect=b",
        "v=spf1 -redirect=a",
        "v=spf1 all=x",
        "v=spf1 exists:%{z}.example",
        "v=spf1 exists:%x",
        "v=spf1 1a",
    ],
)
def test_a_broken_record_is_refused(record: str) -> None:
    with pytest.raises(SpfSyntaxError):
        parse_spf(record)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The examples of RFC 7208 sec. 7.4.
        ("%{s}", "strong-bad@email.example.com"),
        ("%{o}", "email.example.com"),
        ("%{d4}", "email.example.com"),
        ("%{d2}", "example.com"),
        ("%{dr}", "com.example.email"),
        ("%{d2r}", "example.email"),
        ("%{l}", "strong-bad"),
        ("%{l-}", "strong.bad"),
        ("%{lr}", "strong-bad"),
        ("%{lr-}", "bad.strong"),
        ("%{l1r-}", "strong"),
        ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
        ("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"),
        ("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"),
        ("a%%b%_c%-d", "a%b c%20d"),
    ],
)
def test_macros_stand_for_what_the_rfc_says(text: str, expected: str) -> None:
    macros = Macros(
        sender="strong-bad@email.example.com",
        address=ipaddress.ip_address("192.0.2.3"),
        helo="relay.example",
    )
    assert macros.expand(text, "email.example.com") == expected


def test_a_name_that_grows_too_long_is_cut_from_the_left() -> None:
    macros = Macros(
        sender="x@" + "a." * 140 + "example",
        address=ipaddress.ip_address("2001:db8::cb01"),
        helo="h",
    )
    assert len(macros.expand("%{o}", "d.example")) <= 253
    assert macros.expand("%{ir}.%{v}", "d.example").startswith("1.0.b.c.0.")


def test_names_that_cannot_be_asked_do_not_exist() -> None:
    with serving_names({}) as (names, _, _):
        assert names.texts("a..example") == ()
        assert names.texts("x" * 64 + ".example") == ()


def test_a_machine_without_name_servers_says_so() -> None:
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], 1
    with pytest.raises(NamesUnreachableError):
        DnsNames(resolver).texts("a.example")
