"""The secret seed of a rolling wave, given back by the key ring and held against its commitment."""

import hashlib

from questionnaires.problems import ProblemsError, problem
from survey_service.pseudonyms import Pseudonyms
from survey_service.store.transactions import Sample


def rolling_seed(pseudonyms: Pseudonyms, sample: Sample | None, *, code: str) -> bytes:
    """Give a wave's seed; raises ProblemsError where the key ring is not the one it opened with."""
    if sample is not None and sample.nonce is not None:
        seed = pseudonyms.sampling_seed(sample.nonce)
        if hashlib.sha256(seed).hexdigest() == sample.commitment:
            return seed
    raise ProblemsError(
        problem(
            f"đợt/wave {code}",
            "hạt giống bốc thăm không khớp với cam kết ghi khi mở đợt: vòng khóa không phải vòng "
            "khóa lúc mở, hoặc cơ sở dữ liệu đã bị sửa; khôi phục đúng vòng khóa rồi chạy lại.",
            "the seed of the lots does not match the commitment journaled at the opening: the key "
            "ring is not the one that opened the wave, or the database was altered; put the right "
            "key ring back and run this again.",
        )
    )
