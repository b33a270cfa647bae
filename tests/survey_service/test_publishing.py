import csv
import io
import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from generated import generated
from hand_made import frozen, write_files

from questionnaires.fingerprint import canonical_json
from questionnaires.problems import ProblemsError
from survey_service.analysing.computing import Results, Sources, compute_results
from survey_service.cli.score import score
from survey_service.cli.verify import verify as verify_command
from survey_service.dataset.content import Dataset
from survey_service.dataset.files import CHECKSUMS, checksums
from survey_service.dataset.reading import read_dataset
from survey_service.dataset.tables import write_csv
from survey_service.dataset.writing import write_dataset
from survey_service.folders import digest
from survey_service.publishing.manifest import (
    MANIFEST,
    MANIFEST_DIGEST,
    digest_line,
    installed_software,
)
from survey_service.publishing.package import publication_files, write_publication
from survey_service.publishing.verifying import Verification, verify
from survey_service.results.computing import compute
from survey_service.sheet.documents import sheet_json
from survey_service.sheet.score_sheet import Published, ScoreSheet
from survey_service.sheet.spreadsheet_csv import sheet_csv
from survey_service.sheet.workbook import sheet_xlsx

NAMES = [
    "findings.json", "framework.json", "manifest.json", "manifest.sha256", "questionnaires.json",
    "scores.csv", "scores.json", "scores.xlsx",
]  # fmt: skip
DATASET_NAMES = [
    "ballots.csv", "checksums.json", "codebook.json", "design.json", "framework.json",
    "free_text.csv", "questionnaires.json",
]  # fmt: skip


def results_of(dataset: Dataset) -> Results:
    return compute_results(Sources(dataset=dataset))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    write_dataset(out / "dataset", generated("two-units", seed=9))
    dataset = read_dataset(out / "dataset")
    write_publication(out / "publication", dataset, results_of(dataset))
    return out


@pytest.fixture
def out(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "out")
    return tmp_path / "out"


def relist(publication: Path, **fields: object) -> None:
    """List the files of an altered publication anew, as whoever made all of it up would."""
    manifest = json.loads((publication / MANIFEST).read_bytes()) | fields
    manifest["files"] = {
        name: digest((publication / name).read_bytes()) for name in manifest["files"]
    }
    content = canonical_json(manifest)
    (publication / MANIFEST).write_bytes(content)
    (publication / MANIFEST_DIGEST).write_bytes(digest_line(digest(content)))


def english(found: Verification) -> str:
    return "\n".join(one.line() for one in found.problems)


def test_a_publication_is_what_its_manifest_says(out: Path) -> None:
    folder = out / "publication"
    assert sorted(file.name for file in folder.iterdir()) == NAMES
    manifest = json.loads((folder / MANIFEST).read_bytes())
    assert manifest["dataset"] == digest((out / "dataset" / CHECKSUMS).read_bytes())
    assert manifest["seed"] == 9
    assert manifest["software"]["survey-service"]
    assert manifest["files"] == {
        name: digest((folder / name).read_bytes()) for name in NAMES if "manifest" not in name
    }
    assert (folder / MANIFEST_DIGEST).read_text() == (
        f"{digest((folder / MANIFEST).read_bytes())}  manifest.json\n"
    )


def test_the_same_dataset_gives_the_same_publication(out: Path, tmp_path: Path) -> None:
    dataset = read_dataset(out / "dataset")
    fingerprint = write_publication(tmp_path / "again", dataset, results_of(dataset))
    assert fingerprint == digest((out / "publication" / MANIFEST).read_bytes())
    for name in NAMES:
        assert (tmp_path / "again" / name).read_bytes() == (out / "publication" / name).read_bytes()


def test_a_publication_is_never_written_over(out: Path) -> None:
    other = frozen(generated("two-units", seed=10))
    with pytest.raises(ProblemsError, match="never written over"):
        write_publication(out / "publication", other, results_of(other))


@pytest.mark.parametrize("name", ["dataset", "publication"])
def test_whole_packages_verify(out: Path, name: str) -> None:
    found = verify(out / name)
    assert found.verified
    assert found.problems == ()
    assert found.kind == name
    said = " ".join(text.en for text in found.proven)
    assert "Consistent" in said
    assert "computed anew" in said
    assert "unaltered" not in said
    assert "not proven to be unaltered" in found.not_proven[0].en
    assert verify(out / name, expect=found.hash).verified


@pytest.mark.parametrize("name", ["dataset", "publication"])
def test_an_expected_hash_proves_more_or_fails(out: Path, name: str) -> None:
    own = verify(out / name).hash
    assert own is not None
    known = verify(out / name, expect=own.upper())
    assert any("unaltered" in text.en for text in known.proven)
    assert not any("--expect" in text.en for text in known.not_proven)
    wrong = verify(out / name, expect="0" * 64)
    assert not wrong.verified
    assert wrong.proven == ()
    assert "another package" in english(wrong)


@pytest.mark.parametrize(
    ("folder", "name"),
    [*(("dataset", name) for name in DATASET_NAMES), *(("publication", name) for name in NAMES)],
)
def test_one_changed_byte_anywhere_fails_from_either_side(
    out: Path, folder: str, name: str
) -> None:
    path = out / folder / name
    content = path.read_bytes()
    last = len(content) - 1
    for place in sorted({0, 1, 64, 66, last // 7, last // 3, last // 2, last - 1, last}):
        if place > last:
            continue
        for flip in (0x01, 0x20, 0x80):
            changed = bytearray(content)
            changed[place] ^= flip
            path.write_bytes(bytes(changed))
            for side in ("dataset", "publication"):
                found = verify(out / side)
                assert not found.verified, f"{folder}/{name}: byte {place} ^ {flip}"
                assert found.proven == ()


@pytest.mark.parametrize("folder", ["dataset", "publication"])
def test_missing_and_unlisted_files_fail(out: Path, folder: str) -> None:
    for path in sorted((out / folder).iterdir()):
        content = path.read_bytes()
        path.unlink()
        assert path.name in english(verify(out / folder))
        path.write_bytes(content)
    assert verify(out / folder).verified
    (out / folder / ".hidden").write_bytes(b"")
    assert ".hidden" in english(verify(out / folder))


def test_a_publication_alone_is_only_consistent(out: Path) -> None:
    shutil.rmtree(out / "dataset")
    found = verify(out / "publication")
    assert found.verified
    assert any("not computed anew" in text.en for text in found.not_proven)
    assert len(found.proven) == 1


def test_a_dataset_elsewhere_may_be_named(out: Path, tmp_path: Path) -> None:
    moved = (out / "dataset").rename(tmp_path / "elsewhere")
    found = verify(out / "publication", dataset=moved)
    assert any("computed anew" in text.en for text in found.proven)


def test_another_dataset_is_noticed(out: Path, tmp_path: Path) -> None:
    write_dataset(tmp_path / "other", generated("two-units", seed=10))
    found = verify(out / "publication", dataset=tmp_path / "other")
    assert "made from another dataset" in english(found)


def test_a_dataset_made_anew_as_a_whole_no_longer_fits_its_publication(out: Path) -> None:
    folder = out / "dataset"
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    files["free_text.csv"] = b"item,unit,text\n"
    shutil.rmtree(folder)
    write_files(folder, {**files, CHECKSUMS: checksums(files)})
    assert "made from another dataset" in english(verify(folder))


def test_made_up_scores_with_a_made_up_manifest_do_not_survive_recomputation(out: Path) -> None:
    folder = out / "publication"
    dataset = read_dataset(out / "dataset")
    results = results_of(dataset)
    first, *rest = results.sheet.units
    units = (msgspec.structs.replace(first, rank=9), *rest)
    raised = replace(results, sheet=msgspec.structs.replace(results.sheet, units=units))
    shutil.rmtree(folder)
    write_files(folder, publication_files(dataset, raised))
    assert "scores.json" in english(verify(folder))
    shutil.rmtree(out / "dataset")
    alone = verify(folder)
    assert alone.verified
    assert "whoever holds the package could have made all of it anew" in alone.not_proven[0].en


@pytest.mark.parametrize("name", ["scores.csv", "scores.xlsx", "framework.json"])
def test_files_that_disagree_are_noticed_without_the_dataset(out: Path, name: str) -> None:
    shutil.rmtree(out / "dataset")
    path = out / "publication" / name
    path.write_bytes(path.read_bytes() + b"\n")
    relist(out / "publication")
    assert f"{name}: không khớp" in english(verify(out / "publication"))


def test_a_manifest_must_be_one(out: Path) -> None:
    relist(out / "publication", seed=1)
    assert "does not agree with scores.json" in english(verify(out / "publication"))
    relist(out / "publication", more=1)
    assert "not a manifest" in english(verify(out / "publication"))


@pytest.mark.parametrize("name", ["scores.json", "findings.json"])
def test_documents_must_be_of_their_format(out: Path, name: str) -> None:
    (out / "publication" / name).write_bytes(b"{}")
    relist(out / "publication")
    assert f"{name}: không đúng định dạng" in english(verify(out / "publication"))


CLAIMS = {
    "the installed releases": installed_software(),
    "another XlsxWriter": installed_software() | {"XlsxWriter": "99.0"},
    "another survey-service": installed_software() | {"survey-service": "99.0"},
    "neither": {},
}


def raised(out: Path) -> ScoreSheet:
    """Give the sheet with half a point more for the first unit."""
    sheet = compute(read_dataset(out / "dataset"))
    first, *rest = sheet.units
    assert isinstance(first.result, Published)
    more = msgspec.structs.replace(first.result, points="29.50")
    return msgspec.structs.replace(
        sheet, units=(msgspec.structs.replace(first, result=more), *rest)
    )


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("with_dataset", [True, False])
@pytest.mark.parametrize("name", ["scores.csv", "scores.xlsx"])
def test_a_forged_total_is_found_whatever_release_the_manifest_names(
    out: Path, name: str, claim: str, *, with_dataset: bool
) -> None:
    write = {"scores.csv": sheet_csv, "scores.xlsx": sheet_xlsx}[name]
    (out / "publication" / name).write_bytes(write(raised(out)))
    relist(out / "publication", software=CLAIMS[claim])
    if not with_dataset:
        shutil.rmtree(out / "dataset")
    found = verify(out / "publication")
    assert not found.verified
    assert f"{name}: không khớp" in english(found)


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("garbage", [b"", b"garbage", b"PK\x03\x04garbage", b"\xff\xfe\x00"])
@pytest.mark.parametrize("name", ["scores.csv", "scores.xlsx"])
def test_garbage_in_place_of_a_table_is_found_whatever_release_the_manifest_names(
    out: Path, name: str, garbage: bytes, claim: str
) -> None:
    (out / "publication" / name).write_bytes(garbage)
    relist(out / "publication", software=CLAIMS[claim])
    assert f"{name}: không khớp" in english(verify(out / "publication"))


@pytest.mark.parametrize("claim", CLAIMS)
def test_forged_scores_are_found_whatever_release_the_manifest_names(out: Path, claim: str) -> None:
    folder = out / "publication"
    dataset = read_dataset(out / "dataset")
    results = replace(results_of(dataset), sheet=raised(out))
    forged = publication_files(dataset, results)
    shutil.rmtree(folder)
    write_files(folder, forged)
    relist(folder, software=CLAIMS[claim])
    assert "scores.json: tính lại" in english(verify(folder))


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_alone_changes_nothing_in_what_is_proven(out: Path, claim: str) -> None:
    relist(out / "publication", software=CLAIMS[claim])
    found = verify(out / "publication")
    assert found.verified
    assert any("Every published figure" in text.en for text in found.proven)


def zipped_otherwise(content: bytes) -> bytes:
    """Give the same workbook in other bytes, as another release might write it."""
    other = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return other.getvalue()


def test_the_workbook_of_another_release_is_compared_by_its_cells(out: Path) -> None:
    path = out / "publication" / "scores.xlsx"
    path.write_bytes(zipped_otherwise(path.read_bytes()))
    relist(out / "publication", software=CLAIMS["another XlsxWriter"])
    found = verify(out / "publication")
    assert found.verified
    assert not any("Every" in text.en for text in found.proven)
    assert any("figures of scores.json were computed anew" in text.en for text in found.proven)
    assert "scores.xlsx names another release" in found.not_proven[0].en
    assert "Formulas, formats and drawings were not compared" in found.not_proven[0].en
    relist(out / "publication", software=CLAIMS["the installed releases"])
    assert "scores.xlsx: không khớp" in english(verify(out / "publication"))


def test_what_only_another_release_knows_is_named_as_not_proven(out: Path) -> None:
    path = out / "publication" / "scores.csv"
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    wider = [[*rows[0], "points", "more\x1b"], *([*row, "30", "1"] for row in rows[1:])]
    narrower = [row[:-1] for row in wider]
    at = rows[0].index("lowest_units")
    for row in narrower:
        del row[at]
    strange = [*narrower, ["news", *narrower[1][1:]]]
    path.write_bytes(write_csv(wider))
    relist(out / "publication", software=CLAIMS["another survey-service"])
    found = verify(out / "publication")
    assert found.verified
    assert "“points 2”" in found.not_proven[0].en
    assert "“more?”" in found.not_proven[0].vi
    assert not any("Every" in text.en for text in found.proven)
    path.write_bytes(write_csv(strange))
    relist(out / "publication", software=CLAIMS["another survey-service"])
    shown = verify(out / "publication")
    assert shown.verified
    assert "“news”" in shown.not_proven[0].en
    assert "“lowest_units”" in shown.not_proven[0].en
    path.write_bytes(write_csv([*wider, wider[1]]))
    relist(out / "publication", software=CLAIMS["another survey-service"])
    assert "scores.csv: không khớp" in english(verify(out / "publication"))


def test_a_manifest_in_another_spelling_is_none(out: Path) -> None:
    manifest = out / "publication" / MANIFEST
    content = json.dumps(json.loads(manifest.read_bytes()), indent=1).encode()
    manifest.write_bytes(content)
    (out / "publication" / MANIFEST_DIGEST).write_bytes(digest_line(digest(content)))
    assert "not a manifest" in english(verify(out / "publication"))


def test_links_in_a_package_are_refused(out: Path) -> None:
    (out / "publication" / "more").mkdir()
    with pytest.raises(ProblemsError, match="not a plain file"):
        verify(out / "publication")
    assert "not a plain file" in english(verify(out / "dataset"))


def test_some_other_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="neither a dataset nor a publication"):
        verify(tmp_path)


def test_the_score_command_writes_what_publishing_writes(out: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(score, [str(out / "dataset"), "--out", str(tmp_path / "again")])
    assert done.exit_code == 0
    assert digest((out / "publication" / MANIFEST).read_bytes()) in done.output
    for name in NAMES:
        assert (tmp_path / "again" / name).read_bytes() == (out / "publication" / name).read_bytes()
    as_json = CliRunner().invoke(score, [str(out / "dataset"), "--json"])
    assert as_json.stdout_bytes.strip() == sheet_json(compute(read_dataset(out / "dataset")))


def test_the_score_command_says_what_is_wrong(out: Path) -> None:
    (out / "dataset" / "ballots.csv").write_bytes(b"")
    done = CliRunner().invoke(score, [str(out / "dataset")])
    assert done.exit_code == 1
    assert "ballots.csv: nội dung khác" in done.stderr
    assert CliRunner().invoke(score, [str(out / "nowhere")]).exit_code == 2


def test_the_verify_command_has_its_exit_codes(out: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    done = runner.invoke(verify_command, [str(out / "publication")])
    assert done.exit_code == 0
    assert done.output.endswith("ĐẠT / VERIFIED\n")
    assert "nhất quán" in done.output.lower()
    found = json.loads(runner.invoke(verify_command, [str(out / "dataset"), "--json"]).stdout)
    assert found["verified"] is True
    wrong = runner.invoke(verify_command, [str(out / "publication"), "--expect", "0" * 64])
    assert wrong.exit_code == 1
    assert "another package" in wrong.stderr
    assert "KHÔNG ĐẠT / NOT VERIFIED" in wrong.output
    assert runner.invoke(verify_command, [str(tmp_path)]).exit_code == 1
    assert runner.invoke(verify_command, []).exit_code == 2


def test_publishing_is_imported_without_what_is_slow_to_import() -> None:
    code = "import sys, survey_service.publishing.verifying; sys.exit('scipy.stats' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
