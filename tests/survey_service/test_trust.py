"""The section on trust as a whole: it is a document, and the same each time."""

import msgspec
from two_waves import province

from questionnaires.fingerprint import canonical_json
from survey_service.analysing.analysed import Analysed
from survey_service.analysing.careless import careless_checks, flagged_by
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.trust import trust
from survey_service.findings.standing import Trust


def _found(now: Analysed, former: Analysed | None = None) -> Trust:
    return trust(now, Clearance(now.scored), flagged_by(careless_checks(now)), former)


def test_the_section_is_read_back_as_it_was_written_and_computed_to_the_same_bytes() -> None:
    now, former = province(), province(4)
    written = canonical_json(_found(now, former))
    again = msgspec.json.decode(written, type=Trust)
    assert canonical_json(again) == written
    assert canonical_json(_found(now, former)) == written
    assert again.changes is not None
    assert len(again.changes.units) == len(now.sheet.units)


def test_nothing_is_compared_without_a_former_wave() -> None:
    assert _found(province()).changes is None


def test_no_scenario_says_a_point() -> None:
    """A scenario holds ranks, their agreement and counts; no decimal of it is a total."""
    found = _found(province())
    for one in found.scenarios:
        assert one.agreement is None or -1 <= float(one.agreement) <= 1
        figures = set(one.__struct_fields__) | {
            name for shift in one.shifts for name in shift.__struct_fields__
        }
        assert not figures & {"points", "difference", "percent", "standard_error"}
