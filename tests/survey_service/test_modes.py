import msgspec
import numpy as np
import pytest
from drawn_citizens import DrawnCitizens, definitions_with_services
from generated import generate, generated
from hand_made import with_rules
from msgspec.structs import replace

from questionnaires.fingerprint import canonical_json
from questionnaires.loading import Definitions
from questionnaires.problems import ProblemsError
from survey_service.analysing.computing import Sources, compute_results
from survey_service.dataset.ballot_columns import ballot_columns
from survey_service.dataset.content import Dataset, DatasetContent
from survey_service.dataset.design import Design
from survey_service.dataset.files import checksums, dataset_files
from survey_service.dataset.reading import dataset_from_files
from survey_service.results.computing import compute
from survey_service.results.modes import counted, strata_apart
from survey_service.results.scored import score_dataset
from survey_service.sheet.score_sheet import ScoreSheet

CONTENT = generated("drawn-citizens", seed=3)
FILES = dataset_files(CONTENT)
DATASET = dataset_from_files(FILES)
LINE = "ND/XA1/LX/mot-cua"


def _stratum(design: Design, **changed: object) -> Design:
    return replace(
        design,
        strata=tuple(replace(one, **changed) if one.code == LINE else one for one in design.strata),
    )


def _sampled(design: Design, **changed: object) -> Design:
    assert design.sampling is not None
    rows = tuple(
        replace(row, **changed) if row.stratum == LINE else row for row in design.sampling.strata
    )
    return replace(design, sampling=replace(design.sampling, strata=rows))


REFUSED = {
    "does not go with the list kind": _stratum(CONTENT.design, list_kind="volunteers"),
    "no code “XA9”": _stratum(CONTENT.design, unit="XA9"),
    "none may be below": _sampled(CONTENT.design, people=40),
    f"drawn stratum “{LINE}” is missing": _sampled(CONTENT.design, stratum="ND/XA1/LX/x"),
    "the code is given twice": _sampled(CONTENT.design, stratum="ND/XA2/LX/online"),
}


def _without_others(content: DatasetContent) -> DatasetContent:
    """Take the people of other modes out by hand, as if they had never come."""
    web = [one for one in content.design.strata if one.mode == "web"]
    codes = {one.code for one in web}
    return DatasetContent(
        framework=content.framework,
        questionnaires=content.questionnaires,
        design=replace(content.design, strata=tuple(web), coarsened=()),
        ballots=[row for row in content.ballots if row.stratum in codes],
        free_text=content.free_text,
    )


def _figures(sheet: ScoreSheet) -> ScoreSheet:
    return replace(sheet, remarks=(), dataset="")


def test_other_modes_move_no_figure_of_the_sheet() -> None:
    alone = Dataset(
        content=_without_others(CONTENT),
        hash=DATASET.hash,
        framework_json=DATASET.framework_json,
        questionnaires_json=DATASET.questionnaires_json,
    )
    whole = compute(DATASET)
    assert _figures(whole) == _figures(compute(alone))
    findings = compute_results(Sources(dataset=DATASET)).findings
    assert findings.responding == compute_results(Sources(dataset=alone)).findings.responding
    kinds = {group.code: group.list_kind for group in whole.groups}
    assert kinds["ND"] == "drawn"


def test_the_sheet_says_who_stands_apart_and_how_they_came() -> None:
    remarks = [remark.en for remark in compute(DATASET).remarks]
    assert any("60 people" in one and "code on their receipt" in one for one in remarks)
    assert any("by printed letter" in one and "no points" in one for one in remarks)


def test_too_few_of_a_mode_are_not_counted_out() -> None:
    framework = with_rules(CONTENT.framework, disclosure_threshold=100)
    few = DatasetContent(
        framework=framework,
        questionnaires=CONTENT.questionnaires,
        design=CONTENT.design,
        ballots=CONTENT.ballots,
    )
    read = dataset_from_files(dataset_files(few))
    assert any("Fewer than 100 people" in one.en for one in compute(read).remarks)


def test_what_is_counted_keeps_every_ballot_of_its_modes() -> None:
    kept = counted(CONTENT)
    assert {one.mode for one in kept.design.strata} == {"web"}
    assert {one.mode for one in strata_apart(CONTENT)} == {"letter", "receipt"}
    codes = {one.code for one in kept.design.strata}
    assert list(kept.ballots) == sorted(
        (row for row in CONTENT.ballots if row.stratum in codes), key=lambda row: row.ballot
    )
    columns = ballot_columns(kept)
    assert columns.respondent.max() == len(columns.people) - 1
    assert np.unique(columns.weight).tolist() == list(range(len(columns.weights)))
    assert score_dataset(CONTENT).content.design == kept.design


def test_a_wave_of_one_mode_is_counted_as_it_is() -> None:
    plain = generated("two-units", seed=3)
    assert counted(plain) is plain


def test_volunteers_who_count_have_no_sampling_error_and_no_rates() -> None:
    definitions = definitions_with_services()
    with_receipts = Definitions(
        framework=with_rules(definitions.framework, modes=("web", "receipt")),
        questionnaires=definitions.questionnaires,
    )
    citizens = DrawnCitizens(receipts=20)
    content = generate(with_receipts, CONTENT.design.units, {}, seed=5, citizens=citizens)
    dataset = dataset_from_files(dataset_files(content))
    sheet = compute(dataset)
    assert {group.code: group.list_kind for group in sheet.groups}["ND"] == "volunteers"
    assert any("came by themselves" in remark.en for remark in sheet.remarks)
    assert {getattr(unit.result, "interval", "no figure") for unit in sheet.units} == {None}
    found = compute_results(Sources(dataset=dataset)).findings.responding
    assert not [line for line in found.lines if "receipt" in line.code]
    invited = {one.code: one.invited for one in content.design.strata if one.mode == "web"}
    assert found.lines[0].invited == sum(invited.values())
    assert found.funnel[-1].people <= found.funnel[0].people


def test_drawn_people_stand_for_the_people_of_their_frame() -> None:
    found = compute_results(Sources(dataset=DATASET)).findings.responding
    (group,) = [line for line in found.lines if (line.level, line.code) == ("group", "ND")]
    sampling = CONTENT.design.sampling
    assert sampling is not None
    modes = {one.code: one.mode for one in CONTENT.design.strata}
    people = sum(one.people for one in sampling.strata if modes[one.stratum] == "web")
    corrected = sum(
        one.population or 0
        for one in CONTENT.design.strata
        if (one.group, one.mode) == ("ND", "web")
    )
    assert group.population == people < corrected


def test_volunteers_alone_have_no_rates_at_all() -> None:
    definitions = definitions_with_services()
    receipts = Definitions(
        framework=with_rules(definitions.framework, modes=("receipt",)),
        questionnaires=definitions.questionnaires,
    )
    content = generate(
        receipts, CONTENT.design.units, {}, seed=5, citizens=DrawnCitizens(receipts=30)
    )
    found = compute_results(Sources(dataset=dataset_from_files(dataset_files(content)))).findings
    assert found.responding.funnel == ()
    assert all(line.rates is None or line.rates.rr1 is None for line in found.responding.lines)


@pytest.mark.parametrize("why", REFUSED)
def test_a_design_that_contradicts_its_sample_is_refused(why: str) -> None:
    changed = {**FILES, "design.json": canonical_json(REFUSED[why])}
    changed["checksums.json"] = checksums(changed)
    with pytest.raises(ProblemsError, match=why):
        dataset_from_files(changed)


def test_a_dataset_of_the_release_before_is_read_and_gives_the_same_figures() -> None:
    """It knew no sampling, no services and one mode, and said nothing of them."""
    now = dataset_files(generated("two-units", seed=3))
    design = msgspec.json.decode(now["design.json"])
    del design["sampling"]
    for stratum in design["strata"]:
        for field in ("unit", "service", "channel", "mode"):
            del stratum[field]
    before = {**now, "design.json": canonical_json(design)}
    before["checksums.json"] = checksums(before)
    old = compute(dataset_from_files(before))
    assert _figures(old) == _figures(compute(dataset_from_files(now)))
