import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from survey_service.entropy import SeededEntropy, SystemEntropy
from survey_service.keys import new_key_ring, open_key_ring
from survey_service.seal import Seal, SealBrokenError

PUBLIC_ID = bytes(8)


def test_the_key_ring_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "keys.json"
    first = open_key_ring(path, SystemEntropy())
    assert open_key_ring(path, SystemEntropy()) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["keys.json"]


def test_processes_that_start_at_once_agree_on_one_ring(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    with ThreadPoolExecutor(8) as pool:
        opening = [pool.submit(open_key_ring, path, SystemEntropy()) for _ in range(16)]
        rings = {ring.result() for ring in opening}
    assert len(rings) == 1


def test_every_purpose_has_its_own_secret() -> None:
    ring = new_key_ring(SystemEntropy())
    secrets = [ring.secrets(purpose)[0] for purpose in ("link", "seal", "receipt", "letter")]
    assert len(set(secrets)) == 4
    assert {len(secret) for secret in secrets} == {32}


def test_a_seed_gives_the_same_ring() -> None:
    assert new_key_ring(SeededEntropy(7)) == new_key_ring(SeededEntropy(7))
    assert new_key_ring(SeededEntropy(7)) != new_key_ring(SeededEntropy(8))


def test_a_draft_opens_for_its_own_invitation_only() -> None:
    seal = Seal(new_key_ring(SystemEntropy()), SystemEntropy())
    sealed = seal.close(PUBLIC_ID, b"answers")
    assert b"answers" not in sealed
    assert seal.open(seal.key_id, PUBLIC_ID, sealed) == b"answers"
    with pytest.raises(SealBrokenError):
        seal.open(seal.key_id, b"another!", sealed)


def test_a_draft_that_was_altered_or_lost_its_key_is_refused() -> None:
    seal = Seal(new_key_ring(SystemEntropy()), SystemEntropy())
    sealed = seal.close(PUBLIC_ID, b"answers")
    with pytest.raises(SealBrokenError):
        seal.open(seal.key_id, PUBLIC_ID, sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(SealBrokenError):
        seal.open(5, PUBLIC_ID, sealed)
    with pytest.raises(SealBrokenError):
        Seal(new_key_ring(SystemEntropy()), SystemEntropy()).open(0, PUBLIC_ID, sealed)
