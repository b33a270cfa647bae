"""The seed of a rolling wave's lots: committed to at the opening, and kept from everybody."""

import hashlib
from typing import Final

from sqlalchemy.orm import Session

from questionnaires.problems import ProblemsError, problem
from survey_service.clock import Clock
from survey_service.entropy import Entropy
from survey_service.journal import record
from survey_service.keys import KeyRing
from survey_service.pseudonyms import Pseudonyms
from survey_service.store.transactions import Sample
from survey_service.waves.mail_plan.timetable import is_rolling
from survey_service.waves.reading import LoadedWave

NONCE_BYTES: Final = 32
OF_NOBODY: Final = hashlib.sha256().hexdigest()
"""The fingerprint of a sample in which there is nobody yet."""


def commit_seed(
    session: Session,
    clock: Clock,
    entropy: Entropy,
    keys: KeyRing | None,
    wave: LoadedWave,
    *,
    actor: str,
) -> None:
    """Draw a rolling wave's nonce and journal the SHA-256 of the seed that follows from it.

    The seed itself is written nowhere: nobody with the database alone can tell who will be asked,
    and nobody can choose another once the hash is known. Does nothing for other waves. Raises
    ProblemsError without a key ring.
    """
    if not is_rolling(wave.plan):
        return
    if keys is None:
        raise ProblemsError(
            problem(
                f"đợt/wave {wave.code}",
                "đợt mời hằng ngày cần vòng khóa của dịch vụ để giữ kín hạt giống bốc thăm; mở đợt "
                "bằng: wave open.",
                "a rolling wave needs the service's key ring, which keeps the seed of its lots; "
                "open it with: wave open.",
            )
        )
    nonce = entropy.token(NONCE_BYTES).hex()
    commitment = hashlib.sha256(Pseudonyms(keys).sampling_seed(nonce)).hexdigest()
    session.add(
        Sample(
            wave_id=wave.id,
            drawn_at=clock.now(),
            commitment=commitment,
            nonce=nonce,
            sample_hash=OF_NOBODY,
        )
    )
    record(
        session,
        clock,
        actor=actor,
        wave=wave.code,
        event="sample committed",
        details={"commitment": commitment, "nonce": nonce, "sample_hash": OF_NOBODY},
    )
