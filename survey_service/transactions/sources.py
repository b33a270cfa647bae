"""The folder of a source: its mapping, its token, and the files that it delivers."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from questionnaires.problems import ProblemsError, problem
from survey_service.config import Settings
from survey_service.entropy import Entropy
from survey_service.folders import digest
from survey_service.transactions.mapping import Mapping, is_code, read_mapping

TOKEN_BYTES: Final = 32
_NO_TOKEN: Final = digest(b"")
"""What a token is compared with where a source has none; nothing that is sent hashes to it."""


@dataclass(frozen=True, slots=True)
class SourceFolder:
    """A folder in SURVEY_DATA/feeds, for its owner only: lists hold addresses."""

    folder: Path

    @property
    def source(self) -> str:
        """The code of the source."""
        return self.folder.name

    @property
    def mapping(self) -> Path:
        """The mapping file."""
        return self.folder / "mapping.toml"

    @property
    def token(self) -> Path:
        """The hash of the token by which the source's software is known."""
        return self.folder / "token.sha256"

    @property
    def incoming(self) -> Path:
        """Where files are put."""
        return self.folder / "incoming"

    @property
    def done(self) -> Path:
        """Where files lie for some days after they were taken."""
        return self.folder / "done"

    def make(self) -> None:
        """Make the folders where they are missing."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        for folder in (self.folder, self.incoming, self.done):
            folder.mkdir(mode=0o700, exist_ok=True)

    def read_mapping(self) -> Mapping:
        """Read the mapping; raises ProblemsError for one that is missing, wrong, or another's."""
        mapping = read_mapping(self.mapping)
        if mapping.source != self.source:
            raise ProblemsError(
                problem(
                    f"feeds/{self.source}/{self.mapping.name}: source",
                    f"là “{mapping.source}”, không phải tên thư mục “{self.source}”.",
                    f"is “{mapping.source}”, not the folder's name “{self.source}”.",
                )
            )
        return mapping


def source_folder(settings: Settings, source: str) -> SourceFolder:
    """Give the folder of a source, whether it is there or not; raises ProblemsError for no code."""
    if not is_code(source):
        raise ProblemsError(
            problem(
                "nguồn/source",
                f"“{source[:40]}” không phải mã nguồn.",
                f"“{source[:40]}” is not the code of a source.",
            )
        )
    return SourceFolder(settings.data / "feeds" / source)


def source_folders(settings: Settings) -> Iterator[SourceFolder]:
    """Walk the sources that have a folder, by code."""
    feeds = settings.data / "feeds"
    if feeds.is_dir():
        for folder in sorted(feeds.iterdir()):
            if folder.is_dir() and is_code(folder.name):
                yield SourceFolder(folder)


def install_mapping(settings: Settings, path: Path) -> SourceFolder:
    """Check a mapping file and keep it for the feed of its source; raises ProblemsError."""
    mapping = read_mapping(path)
    content = path.read_bytes()
    found = source_folder(settings, mapping.source)
    found.make()
    draft = found.mapping.with_suffix(".new")
    draft.write_bytes(content)
    draft.replace(found.mapping)
    return found


def new_token(settings: Settings, entropy: Entropy, source: str) -> str:
    """Draw a token for a source's software; the former one opens nothing any more.

    Only its SHA-256 is kept. Raises ProblemsError for a source without a mapping.
    """
    found = source_folder(settings, source)
    found.read_mapping()
    token = urlsafe_b64encode(entropy.token(TOKEN_BYTES)).rstrip(b"=").decode()
    draft = found.token.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(f"{digest(token.encode())}\n")
    draft.replace(found.token)
    return token


def is_token_of(settings: Settings, source: str, token: str) -> bool:
    """Tell whether a token is that of a source, in a time that tells nothing about it."""
    kept = _NO_TOKEN
    if is_code(source):
        file = source_folder(settings, source).token
        kept = file.read_text().strip() if file.is_file() else _NO_TOKEN
    return hmac.compare_digest(digest(token.encode()), kept) and bool(token)
