"""A dataset of any size: 40 units, 40 items, 8 criteria, 6 groups, as the service writes it."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import numpy as np

from benchmarks.scoring import GROUPS, ITEMS, LEAVES, OPTIONS, UNITS, generate
from questionnaires.definition import (
    AnswerScale,
    GroupRelation,
    Item,
    Option,
    Questionnaires,
    Section,
)
from questionnaires.index import Band, Framework, Leaf, Named, Rules, UnitClass
from questionnaires.relations import Relation
from questionnaires.text import Text
from survey_service.dataset.ballot_columns import BallotColumns
from survey_service.dataset.content import DatasetContent
from survey_service.dataset.design import DatasetStratum, DatasetUnit, Design, Issued, WaveLabel

POPULATION = 100_000


def content(ballots: int) -> DatasetContent:
    """Put the ballots of `benchmarks.scoring` under definitions, with random keys."""
    drawn, _, _ = generate(ballots)
    rng = np.random.default_rng(11)
    keys = np.sort(rng.integers(0, 2**64, ballots, dtype=np.uint64))
    people, respondent = np.unique(drawn.respondent, return_inverse=True)
    names = np.sort(rng.integers(0, 2**64, len(people), dtype=np.uint64))
    shuffled = rng.permutation(ballots)
    groups = tuple(f"N{group + 1}" for group in range(GROUPS))
    units = tuple(f"DV{unit + 1:02d}" for unit in range(UNITS))
    pairs: list[list[int]] = np.stack([drawn.unit, drawn.group], axis=1).tolist()
    issued = Counter((unit, group) for unit, group in pairs)
    return DatasetContent(
        framework=_framework(groups),
        questionnaires=_questionnaires(groups),
        design=Design(
            wave=WaveLabel(code="lon", title=_text("Lớn", "Large"), year=2025),
            units=tuple(
                DatasetUnit(code=unit, name=_text(f"Đơn vị {unit}", unit), unit_class="SO")
                for unit in units
            ),
            strata=tuple(
                DatasetStratum(
                    code=group,
                    group=group,
                    population=POPULATION,
                    subset=False,
                    list_kind="drawn",
                    invited=POPULATION,
                )
                for group in groups
            ),
            issued=tuple(
                Issued(unit=units[unit], group=groups[group], ballots=2 * count)
                for (unit, group), count in sorted(issued.items())
            ),
            seed=7,
            threshold=10,
        ),
        ballots=BallotColumns(
            ballot=keys,
            people=names,
            strata=groups,
            units=units,
            weights=tuple(_decimal(weight) for weight in drawn.weights),
            respondent=respondent[shuffled],
            stratum=drawn.stratum[shuffled],
            unit=drawn.unit[shuffled],
            weight=drawn.weight[shuffled],
            familiar=np.ones(ballots, dtype=np.bool_),
            answers=drawn.answers[shuffled],
        ),
    )


def _decimal(weight: Fraction) -> str:
    return f"{float(weight):.6f}"


def _framework(groups: tuple[str, ...]) -> Framework:
    points = Decimal(30) / LEAVES
    components = tuple(
        Named(f"C{place + 1}", _text(f"Lĩnh vực {place + 1}", f"Component {place + 1}"))
        for place in range(LEAVES)
    )
    shares = [Decimal("16.67")] * (len(groups) - 1)
    weights = dict(zip(groups, [*shares, 100 - sum(shares, Decimal(0))], strict=True))
    return Framework(
        code="lon",
        year=2025,
        title=_text("Chỉ số lớn", "Large index"),
        total=Decimal(30),
        survey_total=Decimal(30),
        groups=tuple(Named(group, _text(f"Nhóm {group}", f"Group {group}")) for group in groups),
        components=components,
        unit_classes=(
            UnitClass(
                code="SO",
                name=_text("Sở", "Departments"),
                leaves=tuple(
                    Leaf(
                        code=f"{one.code}.1",
                        component=one.code,
                        name=one.name,
                        max=points,
                        weights=weights,
                    )
                    for one in components
                ),
            ),
        ),
        rules=Rules(
            option_values={
                "T5": {
                    str(OPTIONS - place): Decimal(100 * (OPTIONS - 1 - place)) / (OPTIONS - 1)
                    for place in range(OPTIONS)
                }
            },
            bands=(Band("dat", _text("Đạt", "Fair"), Decimal(0)),),
        ),
    )


def _questionnaires(groups: tuple[str, ...]) -> Questionnaires:
    return Questionnaires(
        code="lon",
        framework="lon",
        title=_text("Phiếu lớn", "Large form"),
        scales=(
            AnswerScale(
                code="T5",
                options=tuple(
                    Option(str(OPTIONS - place), _text(f"Mức {OPTIONS - place}", f"{place}"))
                    for place in range(OPTIONS)
                ),
                dont_know=_text("Không biết", "Don't know"),
            ),
        ),
        sections=(Section("A", _text("Phần A", "Section A")),),
        items=tuple(
            Item(
                code=f"Q{place + 1:02d}",
                section="A",
                kind="scale",
                groups=groups,
                text=_text(f"Câu {place + 1}", f"Question {place + 1}"),
                scale="T5",
                leaves={"SO": f"C{place // ITEMS + 1}.1"},
            )
            for place in range(LEAVES * ITEMS)
        ),
        relations=tuple(
            GroupRelation(
                group=group,
                rates=Relation(units="class", classes=("SO",), subset=4),
                response_rate=50,
                list_kind="drawn",
            )
            for group in groups
        ),
    )


def _text(vi: str, en: str) -> Text:
    return Text(vi=vi, en=en)
