"""The ballots that make the points: those of the modes that the index counts."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from msgspec.structs import replace as replace_struct

from questionnaires.index import Mode
from questionnaires.text import Text
from survey_service.dataset.ballot_columns import BallotColumns, ballot_columns
from survey_service.dataset.content import DatasetContent
from survey_service.dataset.design import DatasetStratum

DOORS: Final[dict[Mode, Text]] = {
    "web": Text(vi="qua thư điện tử", en="by e-mail"),
    "letter": Text(vi="qua thư giấy", en="by printed letter"),
    "receipt": Text(vi="theo mã trên giấy hẹn", en="by a code on their receipt"),
}


def counted(content: DatasetContent) -> DatasetContent:
    """Leave out the strata whose mode makes no points, with their ballots and dispositions.

    Everything that is scored, counted or analysed starts from this, so that no mode is mixed in
    silently. The ballots issued and the free texts stay: the former are of these modes already.
    Gives the content itself where nothing is left out.
    """
    outside = {one.code for one in strata_apart(content)}
    if not outside:
        return content
    design = content.design
    kept = replace_struct(
        design,
        strata=tuple(one for one in design.strata if one.code not in outside),
        dispositions=tuple(one for one in design.dispositions if one.stratum not in outside),
        coarsened=tuple(one for one in design.coarsened if one.stratum not in outside),
    )
    return DatasetContent(
        framework=content.framework,
        questionnaires=content.questionnaires,
        design=kept,
        ballots=_of_strata(ballot_columns(content), kept.strata),
        free_text=content.free_text,
    )


def strata_apart(content: DatasetContent) -> tuple[DatasetStratum, ...]:
    """Give the strata whose ballots stand apart from the points."""
    modes = content.framework.rules.modes
    return tuple(one for one in content.design.strata if one.mode not in modes)


def apart_remarks(content: DatasetContent) -> Iterator[Text]:
    """Say of each group and mode apart how many people answered, where they are not too few."""
    ballots = ballot_columns(content)
    _, first = np.unique(ballots.respondent, return_index=True)
    people = np.bincount(ballots.stratum[first], minlength=len(ballots.strata))
    answered = dict(zip(ballots.strata, people.tolist(), strict=True))
    apart: dict[tuple[str, Mode], int] = {}
    for one in strata_apart(content):
        place = one.group, one.mode
        apart[place] = apart.get(place, 0) + answered[one.code]
    threshold = content.framework.rules.disclosure_threshold
    names = {group.code: group.name for group in content.framework.groups}
    for (group, mode), number in apart.items():
        few = number < threshold
        name, door = names[group], DOORS[mode]
        yield Text(
            vi=f"{f'Dưới {threshold}' if few else number} người trong nhóm “{name.vi}” trả lời "
            f"{door.vi}: đứng riêng, không tính vào điểm, không nêu sai số mẫu.",
            en=f"{f'Fewer than {threshold}' if few else number} people of the group “{name.en}” "
            f"answered {door.en}: they stand apart, count for no points and have no sampling "
            "error.",
        )


def _of_strata(ballots: BallotColumns, strata: Sequence[DatasetStratum]) -> BallotColumns:
    codes = tuple(one.code for one in strata)
    place = {code: at for at, code in enumerate(codes)}
    new = np.array([place.get(code, -1) for code in ballots.strata], dtype=np.int64)
    rows = np.flatnonzero(new[ballots.stratum] >= 0)
    people, respondent = np.unique(ballots.respondent[rows], return_inverse=True)
    weights, weight = np.unique(ballots.weight[rows], return_inverse=True)
    used = set(weights.tolist())
    return BallotColumns(
        ballot=ballots.ballot[rows],
        people=ballots.people[people],
        strata=codes,
        units=ballots.units,
        weights=tuple(one for at, one in enumerate(ballots.weights) if at in used),
        respondent=respondent,
        stratum=new[ballots.stratum[rows]],
        unit=ballots.unit[rows],
        weight=weight,
        familiar=ballots.familiar[rows],
        answers=ballots.answers[rows],
    )
