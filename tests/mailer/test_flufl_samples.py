"""Over flufl.bounce's own samples: the same recipients, and a judgement of our own."""

import sys
from collections import Counter
from email import message_from_bytes

import pytest
from flufl.bounce import all_failures  # pyright: ignore[reportUnknownVariableType]
from flufl_samples import sample_mails

from mailer.returns.judging import judge
from mailer.returns.reading import read_returned
from mailer.returns.returned import Kind
from mailer.smtp.failure import Failure

LATE = {
    *("dsn_05.txt", "dsn_06.txt", "dsn_07.txt", "dsn_08.txt", "dsn_17.txt", "simple_03.txt"),
    *("simple_21.txt", "simple_22.txt", "simple_28.txt", "simple_35.txt", "simple_40.txt"),
}
"""Samples that only warn of a delay."""


@pytest.fixture(scope="module")
def samples() -> dict[str, bytes]:
    return sample_mails()


def _say(figures: object) -> None:
    sys.stdout.write(f"{figures}\n")


def _flufl_finds(octets: bytes) -> frozenset[str]:
    late, failed = all_failures(message_from_bytes(octets))
    return frozenset(address.decode().lower() for address in late | failed)


def test_recipients_are_found_where_flufl_finds_them(samples: dict[str, bytes]) -> None:
    wanted = {name: found for name, octets in samples.items() if (found := _flufl_finds(octets))}
    same = {name for name in wanted if read_returned(samples[name]).addresses == wanted[name]}
    _say(f"recipients found in {len(same)} of {len(wanted)} samples; {len(samples)} in all")
    assert len(wanted) > 100
    assert len(same) >= 0.95 * len(wanted), sorted(set(wanted) - same)


def test_a_warning_is_told_from_a_failure(samples: dict[str, bytes]) -> None:
    kinds = {name: read_returned(octets).kind for name, octets in samples.items()}
    _say(dict(Counter(kinds.values())))
    assert {name for name, kind in kinds.items() if kind is Kind.DELAY} == LATE
    assert kinds["qmail_08.txt"] is Kind.AUTO_REPLY
    assert kinds["groupwise_03.txt"] is Kind.REPLY


def test_what_flufl_calls_permanent_is_judged_by_its_reason(samples: dict[str, bytes]) -> None:
    judged = {
        name: {judge(found) for found in read_returned(octets).recipients}
        for name, octets in samples.items()
    }
    _say(dict(Counter(str(failure) for found in judged.values() for failure in found)))
    # Refused as spam (5.7.1 behind a status of 5.0.0), a full mailbox, a queue that gave up.
    assert judged["simple_42.txt"] == {Failure.POLICY}
    assert judged["qmail_02.txt"] == judged["dsn_01.txt"] == {Failure.SOFT_MAILBOX}
    assert judged["yahoo_01.txt"] == judged["dsn_02.txt"] == {Failure.EXPIRED}
    assert judged["postfix_01.txt"] == judged["dsn_14.txt"] == {Failure.HARD_ADDRESS}
    assert not any(Failure.HARD_ADDRESS in judged[name] for name in LATE)
