"""Whether a package is whole and consistent, and what that proves."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from questionnaires.problems import Problem, ProblemsError, problem
from questionnaires.text import Text
from survey_service.dataset.content import Dataset
from survey_service.dataset.files import CHECKSUMS
from survey_service.dataset.reading import dataset_from_files
from survey_service.folders import digest, read_folder
from survey_service.publishing.checking import Checked, check_publication
from survey_service.publishing.manifest import MANIFEST
from survey_service.publishing.recomputing import recompute
from survey_service.publishing.sources import with_sources

Kind = Literal["dataset", "publication"]
_HASHED: dict[Kind, str] = {"dataset": CHECKSUMS, "publication": MANIFEST}
"""The file whose SHA-256 is the hash of the whole package."""
_TELLING: dict[Kind, frozenset[str]] = {
    "publication": frozenset({"manifest.json", "manifest.sha256", "scores.json", "findings.json"}),
    "dataset": frozenset({"checksums.json", "design.json", "ballots.csv", "free_text.csv"}),
}


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: the package's hash, every problem, what is proven and what is not."""

    kind: Kind
    hash: str | None
    verified: bool
    problems: tuple[Problem, ...]
    proven: tuple[Text, ...]
    not_proven: tuple[Text, ...]


def verify(
    folder: Path,
    *,
    expect: str | None = None,
    dataset: Path | None = None,
    former: Path | None = None,
    comments: Path | None = None,
) -> Verification:
    """Check a dataset or a publication, and its counterpart where that lies beside it.

    A publication is computed anew from the folder `dataset`, or from `../dataset`; for a
    dataset, `../publication` is checked in the same way. `expect` is the hash that the package
    must have, from a source that whoever holds the package cannot change. `former` and `comments`
    are what findings may rest on beside the dataset. Raises ProblemsError where the folder is
    neither, or where one of the two cannot be used.
    """
    folder = folder.resolve()
    files = read_folder(folder)
    kind = _kind(folder, files)
    folders: dict[Kind, Path] = {
        "dataset": dataset or folder.parent / "dataset",
        "publication": folder.parent / "publication",
        kind: folder,
    }
    problems = list(_unexpected(kind, files, expect))
    frozen, public, unproven = None, None, ()
    if folders["dataset"].is_dir() or dataset is not None:
        frozen, found = _dataset(folders["dataset"])
        problems += found
    if folders["publication"].is_dir():
        public, checked = _publication(folders["publication"])
        problems += checked.problems
        unproven = checked.unproven
    recomputed = frozen is not None and public is not None
    if frozen is not None and public is not None:
        anew = recompute(public, with_sources(frozen, former, comments))
        problems += anew.problems
        unproven = (*unproven, *anew.unproven)
    verified = not problems
    own = files.get(_HASHED[kind])
    return Verification(
        kind=kind,
        hash=None if own is None else digest(own),
        verified=verified,
        problems=tuple(problems),
        proven=tuple(_proven(expect, recomputed=recomputed, whole=not unproven))
        if verified
        else (),
        not_proven=(*unproven, *_not_proven(expect, recomputed=recomputed)),
    )


def _kind(folder: Path, files: Mapping[str, bytes]) -> Kind:
    matches = {kind: len(names & files.keys()) for kind, names in _TELLING.items()}
    kind: Kind = "dataset" if matches["dataset"] > matches["publication"] else "publication"
    if not matches[kind]:
        raise ProblemsError(
            problem(
                folder.name,
                "không phải bộ dữ liệu (dataset) cũng không phải gói công bố (publication).",
                "is neither a dataset nor a publication.",
            )
        )
    return kind


def _dataset(folder: Path) -> tuple[Dataset | None, list[Problem]]:
    try:
        return dataset_from_files(read_folder(folder)), []
    except ProblemsError as error:
        return None, _within(folder, error.problems)


def _publication(folder: Path) -> tuple[Mapping[str, bytes] | None, Checked]:
    try:
        files = read_folder(folder)
    except ProblemsError as error:
        return None, Checked(problems=error.problems)
    found = check_publication(files)
    within = Checked(problems=tuple(_within(folder, found.problems)), unproven=found.unproven)
    return (None if found.problems else files), within


def _within(folder: Path, problems: tuple[Problem, ...]) -> list[Problem]:
    return [
        msgspec.structs.replace(one, where=f"{folder.name}/{one.where}")
        if not one.where.startswith(folder.name)
        else one
        for one in problems
    ]


def _unexpected(kind: Kind, files: Mapping[str, bytes], expect: str | None) -> Iterator[Problem]:
    own = files.get(_HASHED[kind])
    if expect is None or own is None:
        return
    if digest(own) != expect.strip().lower():
        yield problem(
            _HASHED[kind],
            f"mã băm là {digest(own)}, khác với mã đã biết {expect}: đây không phải gói đó.",
            f"the hash is {digest(own)}, not the expected {expect}: this is another package.",
        )


def _proven(expect: str | None, *, recomputed: bool, whole: bool) -> Iterator[Text]:
    yield Text(
        vi="Nhất quán: đủ tệp, không thừa tệp, từng byte khớp với mã băm ghi trong gói.",
        en="Consistent: every file is there, none more, each byte agrees with the package's "
        "own hashes.",
    )
    if recomputed and whole:
        yield Text(
            vi="Mọi số liệu công bố được tính lại từ bộ dữ liệu và giống nhau từng byte.",
            en="Every published figure was computed anew from the dataset and is the same, "
            "byte for byte.",
        )
    elif recomputed:
        yield Text(
            vi="Số liệu trong scores.json được tính lại từ bộ dữ liệu và giống nhau từng byte.",
            en="The figures of scores.json were computed anew from the dataset and are the same, "
            "byte for byte.",
        )
    if expect is not None:
        yield Text(
            vi="Đúng là gói có mã băm đã biết: không bị sửa kể từ khi mã băm đó được ghi lại.",
            en="It is the package of the expected hash: unaltered since that hash was noted.",
        )


def _not_proven(expect: str | None, *, recomputed: bool) -> Iterator[Text]:
    if expect is None:
        yield Text(
            vi="Không có mã băm từ nguồn khác (--expect) nên không chứng minh được là chưa bị "
            "sửa: người giữ gói có thể đã làm lại toàn bộ.",
            en="Without a hash from another source (--expect) it is not proven to be unaltered: "
            "whoever holds the package could have made all of it anew.",
        )
    if not recomputed:
        yield Text(
            vi="Chưa tính lại được số liệu, vì không có cả bộ dữ liệu và gói công bố cạnh nhau.",
            en="The figures were not computed anew, because the dataset and the publication "
            "were not both at hand and whole.",
        )
    yield Text(
        vi="Không chứng minh được rằng người trả lời là thật và trả lời trung thực.",
        en="That the answers came from the people asked, and were meant, cannot be proven here.",
    )
