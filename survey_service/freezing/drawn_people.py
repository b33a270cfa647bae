"""The people drawn for a wave, as its tables hold them at the cut-off."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from analysis.sampling.lot import Target, fpc_population
from questionnaires.problems import ProblemsError, problem
from survey_service.freezing.drawn_strata import FrameStratum
from survey_service.rolling.counting import PASSED
from survey_service.sampling.summary import StratumSummary, Summary
from survey_service.sampling.tracing import ASKED
from survey_service.store.people import Contact
from survey_service.store.transactions import Sample, SampledPerson
from survey_service.waves.reading import LoadedWave
from survey_service.waves.sample_plan import SamplePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody who was asked: the frame's stratum, how many of its transactions are theirs."""

    stratum: str
    transactions: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPeople:
    """The sample of a wave: its frame by strata, and who was asked, by the id of their contact.

    `by_code` finds the strata of the frame; those replaced are among the `asked`.
    """

    plan: SamplePlan
    summary: Summary
    frame: tuple[FrameStratum, ...]
    asked: Mapping[int, Asked]
    by_code: Mapping[str, StratumSummary]

    def is_strange(self, contact: Contact) -> bool:
        """Tell whether somebody of the drawn group is not to be asked, nor came by a receipt."""
        if contact.group != self.plan.group or contact.mode == "receipt":
            return False
        return self.stratum(contact.id) is None or self.asked[contact.id].state not in ASKED

    def stratum(self, contact: int) -> StratumSummary | None:
        """Find the stratum of a contact's person; None where they were not drawn."""
        return self.by_code.get(self.asked[contact].stratum) if contact in self.asked else None


def drawn_people(session: Session, wave: LoadedWave) -> DrawnPeople | None:
    """Read a wave's sample; None where it draws none, and ProblemsError where it is lost."""
    plan, sample = wave.plan.sample, session.get(Sample, wave.id)
    if plan is None:
        return None
    if sample is None:
        raise ProblemsError(
            problem(
                f"đợt/wave {wave.code}",
                "đợt này hỏi người được bốc thăm, nhưng cơ sở dữ liệu không còn mẫu của đợt: mẫu "
                "đã bị xóa ngoài phần mềm. Khôi phục bản sao lưu rồi chốt lại.",
                "this wave asks people drawn by lot, and its sample is gone from the database: it "
                "was deleted outside the service. Restore a backup, and freeze again.",
            )
        )
    summary = msgspec.convert(sample.summary, Summary)
    several = _several(session, wave.id)
    counted = summary.strata
    if plan.rolling is not None:
        counted = tuple(
            considered(one, several.get(one.stratum, {}), plan.target) for one in counted
        )
    states = {stratum: _states(counts) for stratum, counts in several.items()}
    return DrawnPeople(
        plan=plan,
        summary=summary,
        by_code={one.stratum: one for one in counted},
        frame=tuple(_with_changes(one, states.get(one.stratum, {})) for one in counted),
        asked={
            contact: Asked(stratum=stratum, transactions=transactions, state=state)
            for contact, stratum, transactions, state in session.execute(_asked(wave.id))
            if contact is not None
        },
    )


def _asked(wave_id: int) -> Select[int | None, str, int, str]:
    return select(
        SampledPerson.contact_id,
        SampledPerson.stratum,
        SampledPerson.transactions,
        SampledPerson.state,
    ).where(SampledPerson.wave_id == wave_id, SampledPerson.contact_id.is_not(None))


def _several(session: Session, wave_id: int) -> dict[str, dict[tuple[str, int], int]]:
    """Count people by the frame's strata, and there by state and number of transactions."""
    counts: dict[str, dict[tuple[str, int], int]] = {}
    by = (SampledPerson.stratum, SampledPerson.state, SampledPerson.transactions)
    for stratum, state, transactions, people in session.execute(
        select(*by, func.count()).where(SampledPerson.wave_id == wave_id).group_by(*by)
    ):
        counts.setdefault(stratum, {})[state, transactions] = people
    return counts


def _states(counts: Mapping[tuple[str, int], int]) -> Counter[str]:
    states: Counter[str] = Counter()
    for (state, _), people in counts.items():
        states[state] += people
    return states


def _with_changes(counted: StratumSummary, states: Mapping[str, int]) -> FrameStratum:
    replaced = states.get("replaced", 0)
    # A reserve who was called and then replaced stands among the latter.
    asked = sum(states.get(state, 0) for state in ASKED)
    return FrameStratum(
        counted=counted, called=max(asked + replaced - counted.drawn, 0), replaced=replaced
    )


def considered(
    counted: StratumSummary, counts: Mapping[tuple[str, int], int], target: Target
) -> StratumSummary:
    """Count anew, from the rows themselves, whom lot took or passed over in a rolling wave.

    `counts` are people by state and number of transactions.
    """
    people = sum(counts.values())
    several: Counter[int] = Counter()
    for (_, transactions), count in counts.items():
        several[transactions] += count
    return replace(
        counted,
        people=people,
        fpc_population=fpc_population(several, target),
        drawn=people - _states(counts)[PASSED],
    )
