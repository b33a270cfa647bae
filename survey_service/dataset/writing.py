"""A frozen wave put into its folder, and only if it can be read back."""

from pathlib import Path

from survey_service.dataset.content import DatasetContent
from survey_service.dataset.files import CHECKSUMS, dataset_files
from survey_service.dataset.reading import dataset_from_files
from survey_service.folders import digest, write_folder


def write_dataset(folder: Path, content: DatasetContent) -> str:
    """Write the dataset whole or not at all, readable by its owner only; give its hash.

    The hash is the SHA-256 of `checksums.json`. The files are read back before they are
    written, because freezing destroys what they were made from. Raises ProblemsError where the
    content contradicts itself or the folder exists with another content.
    """
    files = dataset_files(content)
    dataset_from_files(files)
    write_folder(folder, files, private=True)
    return digest(files[CHECKSUMS])
