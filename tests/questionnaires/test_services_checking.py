"""Mistakes of the services that are asked about, and of the modes that count."""

import pytest
from spoiling import Break, Plain, assert_found, checked, rates

from questionnaires.loading import Definitions


def named(*services: tuple[str, str]) -> Break:
    return lambda bank: bank.update(
        services=[{"code": code, "name": {"vi": vi, "en": code}} for code, vi in services]
    )


@pytest.mark.parametrize(
    ("spoil", "where", "wording"),
    [
        (named(("A", "Khai sinh"), ("a", "Khai tử")), "Q: services[a]", "given 2 times"),
        (named(("KHAI SINH", "Khai sinh")), "Q: services[KHAI SINH]", "is not a code"),
        (named(("A/B", "Khai sinh")), "Q: services[A/B]", "is not a code"),
        (named(("A", " ")), "Q: services[A].name.vi", "the text is missing"),
        (named(("A", "Khai  sinh"), ("B", "khai sinh")), "Q: services[B]", "A, B share a name"),
    ],
)
def test_each_mistake_of_the_services_is_found(
    two_units: Definitions, spoil: Break, where: str, wording: str
) -> None:
    assert_found(checked(two_units, bank=spoil), where, wording)


def test_good_services_are_found_good(two_units: Definitions) -> None:
    assert checked(two_units, bank=named(("A", "Khai sinh"), ("B", "Khai tử"))) == ()


def test_services_that_nobody_is_asked_about_are_a_warning(two_units: Definitions) -> None:
    def idle(bank: Plain) -> None:
        named(("A", "Khai sinh"))(bank)
        rates(bank, 2).update(units="class")

    assert_found(checked(two_units, bank=idle), "Q: services", "of no use", "warning")


@pytest.mark.parametrize(
    ("modes", "wording", "severity"),
    [
        ([], "at least one mode", "error"),
        (["web", "web"], "“web” is named 2 times", "error"),
        (["letter"], 'without "web"', "warning"),
        (["web", "receipt"], "volunteers", "warning"),
    ],
)
def test_each_doubt_about_the_modes_is_found(
    two_units: Definitions, modes: list[str], wording: str, severity: str
) -> None:
    found = checked(two_units, framework=lambda f: f["rules"].update(modes=modes))
    assert_found(found, "F: rules.modes", wording, severity)
    assert len(found) == 1


def test_letters_may_count_beside_mail(two_units: Definitions) -> None:
    assert checked(two_units, framework=lambda f: f["rules"].update(modes=["web", "letter"])) == ()
