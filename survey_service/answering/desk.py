"""What answering works with: the database, the writer, the keys and the clock."""

from dataclasses import dataclass
from typing import Self

from survey_service.answering.frozen import FrozenWaves
from survey_service.answering.proof import Proofs
from survey_service.clock import Clock
from survey_service.config import Settings
from survey_service.entropy import SystemEntropy
from survey_service.keys import KeyRing
from survey_service.links import Links
from survey_service.seal import Seal
from survey_service.store.database import Database
from survey_service.writer import AnswerWriter


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that the use cases of answering need, made once per process."""

    database: Database
    writer: AnswerWriter
    links: Links
    seal: Seal
    proofs: Proofs
    clock: Clock
    waves: FrozenWaves

    @classmethod
    def build(
        cls,
        *,
        database: Database,
        writer: AnswerWriter,
        settings: Settings,
        keys: KeyRing,
        clock: Clock,
    ) -> Self:
        """Set the desk up; nonces of drafts are never drawn from a seed."""
        return cls(
            database=database,
            writer=writer,
            links=Links(keys, settings.public_url),
            seal=Seal(keys, SystemEntropy()),
            proofs=Proofs(keys),
            clock=clock,
            waves=FrozenWaves(),
        )
