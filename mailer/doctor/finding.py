"""What an examination says: one finding per check, in words that a person can act on."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    """Letters go, but not as well as they could."""
    ERROR = "error"
    """Letters do not go, are refused, or what comes back is lost."""
    NOT_CHECKED = "not checked"
    """Nothing could be learnt, or there is nothing to check; the sentence says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding: which check, about which relay or domain, how it ended, what to do.

    `record` is what to paste into the zone of the domain, empty where there is nothing to paste.
    """

    check: str
    about: str
    mark: Mark
    vi: str
    en: str
    record: str = ""


def has_error(findings: Iterable[Finding]) -> bool:
    """Tell whether anything must be put right before letters go."""
    return any(finding.mark is Mark.ERROR for finding in findings)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Makes the findings of one check about one thing."""

    check: str
    about: str

    def ok(self, vi: str, en: str) -> Finding:
        """All is as it should be."""
        return self._note(Mark.OK, vi, en)

    def warning(self, vi: str, en: str, record: str = "") -> Finding:
        """It works, and could work better."""
        return self._note(Mark.WARNING, vi, en, record)

    def error(self, vi: str, en: str, record: str = "") -> Finding:
        """It must be put right."""
        return self._note(Mark.ERROR, vi, en, record)

    def unchecked(self, vi: str, en: str, record: str = "") -> Finding:
        """Nothing could be learnt."""
        return self._note(Mark.NOT_CHECKED, vi, en, record)

    def unreachable(self, name: str) -> Finding:
        """The DNS gave no answer: neither good nor bad."""
        return self.unchecked(
            f"Máy chủ tên miền (DNS) không trả lời về {name}. Kiểm tra mạng và DNS của máy này "
            "rồi chạy lại.",
            f"The DNS gave no answer about {name}. Check this machine's network and name servers, "
            "then run this again.",
        )

    def _note(self, mark: Mark, vi: str, en: str, record: str = "") -> Finding:
        return Finding(check=self.check, about=self.about, mark=mark, vi=vi, en=en, record=record)
