"""How people were drawn, as the dataset states it: weights, changes, and the seed revealed."""

from collections.abc import Collection, Mapping, Sequence

import msgspec
from sqlalchemy.orm import Session

from questionnaires.index import Code
from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.dataset.design import (
    Coverage,
    Exclusion,
    SampleChange,
    SampledStratum,
    Sampling,
)
from survey_service.freezing.coarsening import Coarsened
from survey_service.freezing.drawn_people import DrawnPeople
from survey_service.freezing.drawn_strata import drawn_strata
from survey_service.freezing.invited_people import Invited
from survey_service.freezing.weighting import SampledPerson, Weighted, weigh
from survey_service.keys import KeyRing
from survey_service.pseudonyms import Pseudonyms
from survey_service.rolling.seeds import rolling_seed
from survey_service.sampling import tracing
from survey_service.store.transactions import Sample
from survey_service.waves.reading import LoadedWave


def weigh_drawn(
    drawn: DrawnPeople,
    invited: Sequence[Invited],
    coarsened: Coarsened,
    answered: Collection[int],
    k: int,
) -> tuple[Mapping[int, str], Weighted]:
    """Weight the people who were drawn; weights by invitation. `answered` are invitations."""
    sampled = [
        (invitation.id, stratum, drawn.asked[contact.id])
        for (invitation, contact), stratum in zip(invited, coarsened.stratum_of, strict=True)
        if drawn.stratum(contact.id) is not None
    ]
    into: dict[str, Code] = {asked.stratum: stratum for _, stratum, asked in sampled}
    weighted = weigh(
        drawn_strata(drawn.plan.group, drawn.frame, into, coarsened.strata),
        [
            SampledPerson(
                stratum=stratum, transactions=asked.transactions, answered=invitation in answered
            )
            for invitation, stratum, asked in sampled
        ],
        target=drawn.plan.target,
        k=k,
    )
    weights = dict(zip((one[0] for one in sampled), weighted.weights, strict=True))
    return weights, weighted


def state_sampling(
    session: Session,
    wave: LoadedWave,
    drawn: DrawnPeople,
    strata: tuple[SampledStratum, ...],
    *,
    strangers: int,
) -> Sampling:
    """Put together what `design.json` says of a wave's sample, whose seed is known by now."""
    sample, plan = session.get_one(Sample, wave.id), drawn.plan
    return Sampling(
        group=plan.group,
        target=plan.target,
        design=plan.design if plan.rolling is None else "rolling",
        allocation=plan.allocation,
        seed=sample.seed or "",
        commitment=sample.commitment,
        frame=sample.frame_hash or "",
        sample=sample.sample_hash or "",
        intact=tracing.is_intact(session, wave.id) and not strangers,
        strangers=strangers,
        draws=tracing.draws(session, wave),
        strata=strata,
        excluded=tuple(
            msgspec.convert(msgspec.to_builtins(one), Exclusion) for one in drawn.summary.excluded
        ),
        coverage=tuple(
            msgspec.convert(msgspec.to_builtins(one), Coverage) for one in drawn.summary.coverage
        ),
        changes=tuple(
            SampleChange(unit=one.unit, change=one.change, reason=one.reason, count=one.count)
            for one in tracing.changes(session, wave)
        ),
    )


def reveal_seed(session: Session, wave: LoadedWave, keys: KeyRing | None) -> str | None:
    """Write the seed of a rolling sample into its row, and give the seed; None without a sample.

    Raises ProblemsError without the key ring, or where the seed is not the one committed to.
    """
    sample = session.get(Sample, wave.id)
    if sample is None or sample.nonce is None or sample.seed is not None:
        return None if sample is None else sample.seed
    if keys is None:
        raise ProblemsError(_ring_missing(wave.code))
    sample.seed = rolling_seed(Pseudonyms(keys), sample, code=wave.code).hex()
    return sample.seed


def _ring_missing(code: str) -> Problem:
    return problem(
        f"đợt/wave {code}",
        "mẫu của đợt bốc theo hạt giống giữ kín; cần vòng khóa của dịch vụ để công khai hạt giống. "
        "Hãy chốt bằng lệnh: wave freeze, với tệp khóa trong cấu hình.",
        "the wave's sample follows from a secret seed, and the key ring of the service is needed "
        "to reveal it. Freeze it with: wave freeze, with the key file of the settings.",
    )
