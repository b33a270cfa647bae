import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from analysis.studies import catalogue
from survey_service.cli.sample import sample
from survey_service.cli.study import study

STRATA = "stratum,population,sigma,cap\nA,1000,0.2,\nB,1000,0.4,30\nC,500,0.4,\n"
GROUPS = (
    "unit,group,invited,response_rate,mean,sigma,weight,population\n"
    "SO1,CB,60,0.8,0.8,0.15,0.4,60\nSO1,ND,100,0.4,0.75,0.2,0.6,\n"
)


def told(command: click.Command, *words: str | Path) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words])


def refused(command: click.Command, *words: str | Path) -> str:
    result = told(command, *words)
    assert result.exit_code == 1
    assert "LỖI / ERROR" in result.stderr
    return result.stderr


def written(folder: Path, text: str) -> Path:
    file = folder / "bang.csv"
    file.write_text(text, encoding="utf-8-sig")
    return file


def test_a_size_is_told_beside_the_official_formula() -> None:
    result = told(sample, "size", "--half-width", "0.05", "--population", "1000", "--lang", "vi")
    assert "Cần 278 câu trả lời" in result.output
    assert "N/(1 + N·e²) cho 286" in result.output
    figures = json.loads(
        told(sample, "size", "--half-width", "0.05", "--population", "1000", "--json").output
    )
    assert (figures["answers"], figures["official_formula"]) == (278, 286)


def test_percent_points_given_for_a_share_are_refused() -> None:
    said = refused(sample, "size", "--half-width", "5")
    assert "±5 điểm phần trăm viết là 0.05" in said


def test_a_size_out_of_reach_is_told() -> None:
    result = told(
        sample, "size", "--half-width", "0.05", "--population", "200", "--response-rate", "0.3"
    )
    assert "even the whole list of 200 is not enough" in result.output


def test_the_official_formula_is_left_out_where_it_does_not_apply() -> None:
    result = told(sample, "size", "--half-width", "1", "--sigma", "6", "--population", "300")
    assert result.exit_code == 0
    assert "N/(1" not in result.output


def test_a_sample_is_shared_out_over_the_strata_of_a_table(tmp_path: Path) -> None:
    file = written(tmp_path, STRATA)
    result = told(sample, "allocate", file, "--total", "100", "--method", "neyman", "--json")
    assert [one["sample"] for one in json.loads(result.output)["strata"]] == [35, 30, 35]
    plain = told(sample, "allocate", file, "--total", "100", "--floor", "30", "--lang", "en")
    assert [line.split() for line in plain.output.splitlines()] == [
        ["Stratum", "People", "Sample"],
        ["A", "1000", "40"],
        ["B", "1000", "30"],
        ["C", "500", "30"],
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stratum\nA\n", "these columns are missing: population"),
        ("stratum,population\n", "has no rows"),
        ("stratum,population\nA,12.5\n", "dòng/row 2: cột population: “12.5” không phải số nguyên"),
        ("stratum,population\nA,-1\n", "is not a whole number from 0 upwards"),
        ("stratum,population\n,5\n", "column stratum: is empty"),
        ("stratum,population,sigma\nA,500,x\n", "“x” is not a number"),
        ("stratum,population\nA,5\n", "the strata take 0 to 5, not 100"),
        ("stratum,population,floor\nA,500,600\n", "the floor 600 is above 500"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(tmp_path: Path, text: str, message: str) -> None:
    assert message in refused(sample, "allocate", written(tmp_path, text), "--total", "100")


def test_a_table_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bang.csv"
    file.write_bytes(b"\xff\xfe\x00")
    assert "is not CSV in UTF-8" in refused(sample, "width", file)


def test_neyman_needs_the_spread_of_each_stratum(tmp_path: Path) -> None:
    file = written(tmp_path, "stratum,population\nA,500\n")
    words = ("allocate", file, "--total", "10", "--method", "neyman")
    assert "these columns are missing: sigma" in refused(sample, *words)


def test_power_is_told_with_the_smallest_difference_that_is_found() -> None:
    words = ("power", "--difference", "0.5", "--sigma", "1", "--answers", "64", "64")
    assert "found with a chance of 80.1%" in told(sample, *words).output
    figures = json.loads(told(sample, *words, "--json").output)
    assert figures["detectable_difference"] == pytest.approx(0.4991, abs=1e-3)
    listed = (*words, "--population", "60", "70")
    assert "64 answers are more than the list of 60" in refused(sample, *listed)
    assert "nothing is left to chance" in refused(sample, *words, "--population", "64", "64")


def test_the_interval_of_a_planned_wave_is_told_per_unit(tmp_path: Path) -> None:
    file = written(tmp_path, GROUPS)
    plain = told(sample, "width", file, "--lang", "vi").output.splitlines()
    assert plain[0].split()[:2] == ["Đơn", "vị"]
    (unit,) = json.loads(told(sample, "width", file, "--json").output)
    assert unit["unit"] == "SO1"
    assert unit["score"] == pytest.approx(30 * (0.4 * 0.8 + 0.6 * 0.75))
    variance = 0.4**2 * 0.15**2 * (1 - 48 / 60) / 48 + 0.6**2 * 0.2**2 / 40
    assert unit["standard_error"] == pytest.approx(30 * variance**0.5)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0.4,60", "0.3,60", "tổng trọng số các nhóm"),
        ("0.15", "0.7", "between 0 and 0.5"),
        ("60,0.8", "2,0.8", "too few for an error"),
        ("60,0.8", "61,0.8", "61 invited are more than the list of 60"),
        ("0.8,0.8", "0.8,8", "shares between 0 and 1"),
    ],
)
def test_a_plan_without_sense_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert GROUPS.count(old) >= 1
    said = refused(sample, "width", written(tmp_path, GROUPS.replace(old, new, 1)))
    assert message in said
    assert "bang.csv: SO1" in said


def test_coverage_is_told_as_a_table_and_as_json() -> None:
    words = ("coverage", "--runs", "2000", "--only", "mean-30", "--only", "extreme-10")
    plain = told(study, *words, "--lang", "en")
    lines = plain.output.splitlines()
    assert lines[0].split()[:3] == ["Study", "Nominal", "Runs"]
    assert [line.split()[0] for line in lines[1:3]] == ["mean-30", "extreme-10"]
    found = json.loads(told(study, *words, "--json").output)
    one, other = found["studies"]
    assert (one["runs"], one["holds"], one["reason"]) == (2000, True, None)
    # The worst design is told as what it is, with its reason.
    assert not other["holds"]
    assert other["reason"]["en"].startswith("nine in ten")
    assert plain.exit_code == 0


def test_what_was_kept_is_gone_on_with(tmp_path: Path) -> None:
    alone = ("coverage", "--only", "mean-10")
    words = (*alone, "--keep", tmp_path / "tien-do.json")
    half = json.loads(told(study, *words, "--json", "--runs", "200").output)["studies"][0]
    whole = json.loads(told(study, *words, "--json", "--runs", "400").output)["studies"][0]
    fresh = json.loads(told(study, *alone, "--json", "--runs", "400").output)["studies"][0]
    assert half["runs"] == 200
    assert whole == fresh
    assert "belongs to the seed 7" in refused(study, *words, "--seed", "8")


def test_rank_sets_have_their_own_number_of_runs_and_are_kept_too(tmp_path: Path) -> None:
    words = ("coverage", "--only", "ranks-spread", "--rank-runs", "20", "--json")
    kept = json.loads(told(study, *words, "--keep", tmp_path / "tien-do.json").output)
    assert kept == json.loads(told(study, *words).output)
    (line,) = kept["studies"]
    assert (line["runs"], line["bounds"]) == (20, [0.95, 1.0])
    assert 1 < line["mean_width"] < 20


def test_progress_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "khac.json").write_text("{}", encoding="utf-8")
    said = refused(study, "coverage", "--only", "mean-10", "--keep", tmp_path / "khac.json")
    assert "is not the progress of this command" in said


def test_an_unknown_study_is_refused() -> None:
    assert "there is no such study" in refused(study, "coverage", "--only", "moi")


def test_an_interrupted_study_shows_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    real = catalogue.batches

    def stopped(one: catalogue.Study, **given: int) -> object:
        yield next(real(one, runs=given["runs"], seed=given["seed"], done=given["done"]))
        raise KeyboardInterrupt

    monkeypatch.setattr(catalogue, "batches", stopped)
    result = told(study, "coverage", "--runs", "400", "--only", "mean-10", "--only", "mean-20")
    assert result.exit_code == 1
    assert "Interrupted" in result.output
    rows = [line.split() for line in result.output.splitlines()[1:3]]
    assert [row[:1] + row[2:3] for row in rows] == [["mean-10", "200"], ["mean-20", "0"]]
