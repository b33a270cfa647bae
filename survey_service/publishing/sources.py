"""The sources of a publication, read from the folders and files that staff name."""

from pathlib import Path

from questionnaires.problems import ProblemsError, problem
from survey_service.analysing.computing import Sources
from survey_service.dataset.content import Dataset
from survey_service.dataset.reading import read_dataset
from survey_service.moderating.reading import read_moderation


def read_sources(
    dataset: Path, former: Path | None = None, comments: Path | None = None
) -> Sources:
    """Read a dataset, and where they are named a former one and the moderated comments.

    Raises ProblemsError where one of them cannot be used, naming which.
    """
    return with_sources(read_dataset(dataset), former, comments)


def with_sources(dataset: Dataset, former: Path | None, comments: Path | None) -> Sources:
    """Put beside a dataset what else a publication may rest on."""
    return Sources(
        dataset=dataset,
        former=None if former is None else _former(former),
        moderation=None if comments is None else read_moderation(comments, dataset),
    )


def _former(folder: Path) -> Dataset:
    try:
        return read_dataset(folder)
    except ProblemsError as error:
        raise ProblemsError(
            *(
                problem(f"--former {folder.name}/{one.where}", one.message.vi, one.message.en)
                for one in error.problems
            )
        ) from error
