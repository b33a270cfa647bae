"""The findings of a wave as one document, and as the bytes that are published and hashed."""

from typing import Any, Final, Literal

import msgspec

from questionnaires.fingerprint import canonical_json
from questionnaires.text import Text
from survey_service.dataset.design import WaveLabel
from survey_service.findings.answers import Answers
from survey_service.findings.quality import Quality
from survey_service.findings.responding import Responding
from survey_service.findings.services import Services
from survey_service.findings.standing import Trust
from survey_service.findings.terms import Count, Part, Sha256

FORMAT = "survey-findings/1"
FINDINGS = "findings.json"
"""The name of the findings among the files of a publication."""


class Hidden(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many figures of one table are not shown, and why; which ones is not said."""

    table: str
    reason: Literal["threshold", "complementary", "differencing"]
    figures: Count
    rule: Text


class Findings(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that is published of a wave beside its score sheet.

    It follows from its sources alone: the dataset, and where there are any the dataset of a
    `former` wave and the list of `comments` that a moderator let through, each by its SHA-256.
    Every figure in it passed the disclosure rule; `hidden` is the audit of what did not.
    `services` is unset where nobody was asked about a service or drawn from transactions.
    """

    wave: WaveLabel
    dataset: Sha256
    former: Sha256 | None
    comments: Sha256 | None
    threshold: Count
    responding: Responding
    quality: Quality
    answers: Answers
    trust: Trust
    hidden: tuple[Hidden, ...]
    services: Services | msgspec.UnsetType = msgspec.UNSET
    format: Literal["survey-findings/1"] = FORMAT

    def by_service(self) -> Services | None:
        """Give the section on public services; None where there is none."""
        return None if self.services is msgspec.UNSET else self.services


# Made at the import: msgspec takes a struct's annotations in when it first meets it, and two
# threads that meet it at once crash the process.
_FINDINGS: Final = msgspec.json.Decoder(Findings)


def findings_json(findings: Findings) -> bytes:
    """Write findings as canonical JSON: equal findings give equal bytes."""
    return canonical_json(findings)


def read_findings(content: bytes) -> Findings | None:
    """Read findings back; None where they are not of this format, or not in canonical form."""
    try:
        findings = _FINDINGS.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return findings if findings_json(findings) == content else None


def findings_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of `findings.json`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Findings, format {FORMAT}",
        **msgspec.json.schema(Findings),
    }
