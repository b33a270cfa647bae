import json
from pathlib import Path

from click.testing import CliRunner

from survey_service.cli.study import study

WORDS = ("sampling", "--only", "rolling-people-all", "--only", "one-class-people-classes")


def told(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(study, [str(word) for word in words])
    return result.exit_code, result.output


def test_the_table_of_designs_states_bias_and_coverage_in_both_languages() -> None:
    code, english = told(*WORDS, "--runs", "600", "--lang", "en")
    assert code == 0
    rows = [line.split() for line in english.splitlines()[:3]]
    assert rows[0][-3:] == ["Bias", "Wanted", "Holds"]
    assert [row[0] for row in rows[1:]] == ["rolling-people-all", "one-class-people-classes"]
    assert [row[-1] for row in rows[1:]] == ["yes", "NO"]
    # The class that is known not to hold is told with its reason.
    assert "! channels differ in response and in opinion" in english
    _, vietnamese = told(*WORDS, "--runs", "50")
    assert "Độ chệch" in vietnamese.splitlines()[0]


def test_samples_that_were_kept_are_gone_on_with(tmp_path: Path) -> None:
    words = (*WORDS[:3], "--json", "--keep", tmp_path / "tien-do.json")
    told(*words, "--runs", "50")
    _, whole = told(*words, "--runs", "120")
    _, fresh = told(*words[:4], "--runs", "120")
    assert json.loads(whole) == json.loads(fresh)
    (line,) = json.loads(whole)["studies"]
    assert line["runs"] == 120
    assert abs(line["bias"]) < 5 * line["bias_error"]


def test_an_unknown_design_is_refused() -> None:
    code, output = told("sampling", "--only", "mean-10")
    assert code != 0
    assert "there is no such study" in output
