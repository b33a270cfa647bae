"""The score sheet of a dataset, whole."""

from questionnaires.index import Framework, UnitClass
from questionnaires.text import Text
from survey_service.dataset.content import Dataset, DatasetContent
from survey_service.dataset.design import NOT_SAMPLED, ListKind
from survey_service.folders import digest
from survey_service.results.figures import plain, written
from survey_service.results.modes import apart_remarks
from survey_service.results.province import province_table
from survey_service.results.scored import Scored, score_dataset
from survey_service.results.standing import Standing, standings
from survey_service.results.turnout import group_turnouts, unit_turnout
from survey_service.results.units import UnitFigures
from survey_service.sheet.score_sheet import (
    BandCount,
    ClassSheet,
    Definition,
    Group,
    Method,
    ScoreSheet,
    UnitSheet,
)


def compute(dataset: Dataset) -> ScoreSheet:
    """Compute the score sheet that a dataset gives; the same dataset always gives the same.

    Raises ProblemsError where the framework blocks publication below a minimum count.
    """
    return sheet_of(dataset, score_dataset(dataset.content))


def sheet_of(dataset: Dataset, scored: Scored) -> ScoreSheet:
    """Round and hide what a dataset scored."""
    content = scored.content
    kinds = _list_kinds(content)
    nominated = frozenset(
        place
        for place, group in enumerate(content.framework.groups)
        if kinds[group.code] in NOT_SAMPLED
    )
    figures = [
        UnitFigures(scored=scored, place=place, nominated=nominated)
        for place, _ in enumerate(content.design.units)
    ]
    units: list[UnitSheet] = []
    classes: list[ClassSheet] = []
    for unit_class in content.framework.unit_classes:
        members = [one for one in figures if one.unit_class.code == unit_class.code]
        given = standings(members)
        sheets = [_unit(one, given[one.place]) for one in members]
        units += sheets
        classes.append(_class(content.framework, unit_class, sheets))
    return ScoreSheet(
        wave=content.design.wave,
        framework=Definition(code=content.framework.code, sha256=digest(dataset.framework_json)),
        questionnaires=Definition(
            code=content.questionnaires.code, sha256=digest(dataset.questionnaires_json)
        ),
        dataset=dataset.hash,
        method=_method(content.framework, content.design.seed),
        remarks=(
            *_remarks(content, kinds, lone=len(scored.scores.merged_strata)),
            *apart_remarks(dataset.content),
        ),
        groups=tuple(
            Group(code=group.code, name=group.name, list_kind=kinds[group.code])
            for group in content.framework.groups
        ),
        classes=tuple(classes),
        units=tuple(units),
    )


def _unit(figures: UnitFigures, standing: Standing) -> UnitSheet:
    scored, place, hidden = figures.scored, figures.place, figures.hidden
    unit, framework = scored.content.design.units[place], scored.content.framework
    lost = written(100 * scored.unit(place).lost, framework.rules.rounding.places)
    return UnitSheet(
        code=unit.code,
        name=unit.name,
        unit_class=unit.unit_class,
        result=figures.total(),
        rank=standing.rank,
        rank_set=standing.rank_set,
        unranked=standing.unranked,
        band=standing.band,
        turnout=unit_turnout(scored.counts, place, hidden),
        lost=None if hidden.turnout else lost,
        groups=group_turnouts(framework, scored.counts, place, hidden),
        components=figures.components(),
    )


def _class(framework: Framework, unit_class: UnitClass, sheets: list[UnitSheet]) -> ClassSheet:
    ranked = [(sheet.rank, sheet.code) for sheet in sheets if sheet.rank is not None]
    reached = [sheet.band for sheet in sheets]
    return ClassSheet(
        code=unit_class.code,
        name=unit_class.name,
        ranking=tuple(code for _, code in sorted(ranked)),
        unranked=tuple(sheet.code for sheet in sheets if sheet.rank is None),
        bands=tuple(
            BandCount(band=band.code, name=band.name, units=reached.count(band.code))
            for band in framework.rules.bands
        ),
        province=province_table(framework, unit_class, sheets),
    )


def _list_kinds(content: DatasetContent) -> dict[str, ListKind]:
    """Say how each group's list was made: without lot as soon as one of its strata was."""
    kinds: dict[str, ListKind] = {
        relation.group: relation.list_kind for relation in content.questionnaires.relations
    }
    for stratum in content.design.strata:
        if kinds.get(stratum.group) not in NOT_SAMPLED:
            kinds[stratum.group] = stratum.list_kind
    return {group.code: kinds.get(group.code, "census") for group in content.framework.groups}


def _method(framework: Framework, seed: int) -> Method:
    rules = framework.rules
    return Method(
        index_method=rules.index_method,
        half_rule=rules.half_rule,
        minimum_count=rules.minimum_count,
        below_minimum=rules.below_minimum,
        minimum_cover=plain(rules.minimum_cover),
        minimum_measured=plain(rules.minimum_measured),
        places=rules.rounding.places,
        stage=rules.rounding.stage,
        rank_basis=rules.rank_basis,
        class_basis=rules.class_basis,
        disclosure_threshold=rules.disclosure_threshold,
        interval="95 % logit-t, Satterthwaite",
        rank_sets="95 % step-down differences, 10000 draws, PCG64",
        seed=seed,
    )


def _remarks(content: DatasetContent, kinds: dict[str, ListKind], *, lone: int) -> tuple[Text, ...]:
    """Say what a reader of the figures must know about the lists.

    `lone` strata of one respondent were joined to others; to name them would single people out.
    """
    remarks = [
        Text(
            vi=f"Danh sách nhóm “{group.name.vi}” do cơ quan giới thiệu, không chọn ngẫu nhiên: "
            "các số liệu dựa vào nhóm này không có sai số mẫu.",
            en=f"The list of the group “{group.name.en}” was nominated, not drawn at random: "
            "figures that rest on it have no sampling error.",
        )
        for group in content.framework.groups
        if kinds[group.code] == "nominated"
    ]
    remarks += [
        Text(
            vi=f"Người trong nhóm “{group.name.vi}” tự trả lời theo mã trên giấy hẹn, không được "
            "chọn ngẫu nhiên: các số liệu dựa vào nhóm này không có sai số mẫu.",
            en=f"People of the group “{group.name.en}” came by themselves, by a code on their "
            "receipt: figures that rest on it have no sampling error.",
        )
        for group in content.framework.groups
        if kinds[group.code] == "volunteers"
    ]
    if lone:
        remarks.append(
            Text(
                vi=f"{lone} lớp chỉ có một người trả lời, được gộp với lớp gần nhất của nhóm "
                "khi tính sai số.",
                en=f"{lone} strata had one respondent only and were joined to the nearest of "
                "their group for the standard errors.",
            )
        )
    if content.design.declared:
        remarks.append(
            Text(
                vi="Có phiếu thuộc nhóm dưới "
                f"{content.design.threshold} người mà bộ dữ liệu không gộp thêm được; "
                "bộ dữ liệu chỉ dùng trong nội bộ.",
                en=f"Some ballots belong to fewer than {content.design.threshold} people and the "
                "dataset could not be made coarser; the dataset is restricted.",
            )
        )
    return tuple(remarks)
