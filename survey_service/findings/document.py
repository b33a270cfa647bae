"""The findings of a wave as one document, and as the bytes that are published and hashed."""

from typing import Literal

import msgspec

from questionnaires.fingerprint import canonical_json
from questionnaires.text import Text
from survey_service.dataset.design import WaveLabel
from survey_service.findings.answers import Answers
from survey_service.findings.quality import Quality
from survey_service.findings.responding import Responding
from survey_service.findings.standing import Trust
from survey_service.findings.terms import Count, Part

FORMAT = "survey-findings/1"


class Hidden(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many figures of one table are not shown, and why; which ones is not said."""

    table: str
    reason: Literal["threshold", "complementary", "differencing"]
    figures: Count
    rule: Text


class Findings(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that is published of a wave beside its score sheet.

    It follows from the dataset (and a former one, where given) alone. Every figure in it passed
    the disclosure rule; `hidden` is the audit of what did not.
    """

    wave: WaveLabel
    dataset: str
    threshold: Count
    responding: Responding
    quality: Quality
    answers: Answers
    trust: Trust
    hidden: tuple[Hidden, ...]
    format: Literal["survey-findings/1"] = FORMAT


def findings_json(findings: Findings) -> bytes:
    """Write findings as canonical JSON: equal findings give equal bytes."""
    return canonical_json(findings)


def read_findings(content: bytes) -> Findings:
    """Read findings back; raises msgspec.ValidationError where they are not of this format."""
    return msgspec.json.decode(content, type=Findings)
