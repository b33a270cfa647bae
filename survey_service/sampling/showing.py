"""A drawn sample as a table: strata, sizes by both rules, exclusions, coverage, changes."""

import msgspec
from sqlalchemy.orm import Session

from survey_service.sampling.drawable import drawn_sample, sampled_plan
from survey_service.sampling.sizing import FormulaSizes, formula_sizes
from survey_service.sampling.strata import Place
from survey_service.sampling.summary import CoverageCount, ExcludedCount, StratumSummary, Summary
from survey_service.sampling.tracing import SampleChanged, changes, draws
from survey_service.waves.reading import load_wave


class ShownSample(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a draw came to; `sizes` are n = N/(1 + N·e²) and the width rule by cell."""

    wave: str
    draws: int
    seed: str
    frame: str
    sample: str
    strata: tuple[StratumSummary, ...]
    sizes: tuple[FormulaSizes, ...]
    excluded: tuple[ExcludedCount, ...]
    coverage: tuple[CoverageCount, ...]
    changes: tuple[SampleChanged, ...]


def shown_sample(session: Session, code: str) -> ShownSample:
    """Read a wave's sample; raises WaveUnknownError, and ProblemsError where none was drawn."""
    wave = load_wave(session, code)
    plan, sample = sampled_plan(wave), drawn_sample(session, wave)
    summary = msgspec.convert(sample.summary, Summary)
    places = [
        Place(unit=one.unit, service=one.service, channel=one.channel, mode=one.mode)
        for one in summary.strata
    ]
    return ShownSample(
        wave=code,
        draws=draws(session, wave),
        seed=sample.seed or "",
        frame=sample.frame_hash or "",
        sample=sample.sample_hash or "",
        strata=summary.strata,
        sizes=formula_sizes(plan, places, [one.people for one in summary.strata]),
        excluded=summary.excluded,
        coverage=summary.coverage,
        changes=changes(session, wave),
    )
