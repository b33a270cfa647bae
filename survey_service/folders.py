"""A folder of files that appears whole or not at all."""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from questionnaires.problems import ProblemsError, problem


def digest(content: bytes) -> str:
    """Give the SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def write_folder(folder: Path, files: Mapping[str, bytes], *, private: bool = False) -> None:
    """Write files beside the place they are meant for, make them durable, then rename.

    A folder that already holds the very same bytes is left as it is, so that a step can be
    repeated; one that holds anything else is refused with ProblemsError. A `private` folder is
    readable by its owner only.
    """
    if folder.exists():
        _require_same(folder, files)
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700 if private else 0o755)
    for name, content in files.items():
        _write_durably(draft / name, content, 0o600 if private else 0o644)
    _flush_directory(draft)
    draft.rename(folder)
    _flush_directory(folder.parent)


def read_folder(folder: Path) -> dict[str, bytes]:
    """Read every file of a folder, by name in order; nothing but plain files may lie in it.

    Raises ProblemsError where the folder is missing or holds folders or links.
    """
    if not folder.is_dir():
        raise ProblemsError(
            problem(
                folder.name,
                "không có thư mục này; hãy kiểm tra lại đường dẫn.",
                "there is no such folder; check the path.",
            )
        )
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    strange = [entry for entry in entries if entry.is_symlink() or not entry.is_file()]
    if strange:
        raise ProblemsError(
            *(
                problem(
                    f"{folder.name}/{entry.name}",
                    "không phải tệp thường; gói chỉ được chứa các tệp đã liệt kê.",
                    "is not a plain file; the package may hold listed files only.",
                )
                for entry in strange
            )
        )
    return {entry.name: entry.read_bytes() for entry in entries}


def _require_same(folder: Path, files: Mapping[str, bytes]) -> None:
    if read_folder(folder) != dict(files):
        raise ProblemsError(
            problem(
                folder.name,
                "thư mục đã có và chứa nội dung khác; hãy chọn thư mục khác. "
                "Gói đã ghi không bao giờ bị ghi đè.",
                "the folder exists and holds something else; choose another one. "
                "A package is never written over.",
            )
        )


def _write_durably(path: Path, content: bytes, mode: int) -> None:
    # Windows would turn line ends over where a file is not opened as binary.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush_directory(folder: Path) -> None:
    # Windows cannot open a folder; there the rename itself is what the system makes durable.
    with contextlib.suppress(PermissionError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
