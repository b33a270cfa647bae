"""What an import found wrong: the first problems in full, the rest as a count."""

from dataclasses import dataclass, field

from questionnaires.problems import Problem, ProblemsError, problem

KEPT = 200
"""How many errors, and how many warnings, are worded; a whole wrong column is one mistake."""


@dataclass(slots=True, kw_only=True)
class Findings:
    """Problems of one file; however many there are, the memory stays bounded."""

    file: str
    errors: list[Problem] = field(default_factory=list[Problem])
    warnings: list[Problem] = field(default_factory=list[Problem])
    error_count: int = 0
    warning_count: int = 0

    def add(self, *problems: Problem) -> None:
        """Count problems and keep the first of each severity."""
        for found in problems:
            if found.severity == "error":
                self.error_count += 1
                kept = self.errors
            else:
                self.warning_count += 1
                kept = self.warnings
            if len(kept) < KEPT:
                kept.append(found)

    def worded(self) -> tuple[Problem, ...]:
        """Give the problems that were kept, errors first, and how many more there are."""
        more = self.error_count - len(self.errors)
        rest = self.warning_count - len(self.warnings)
        return (
            *self.errors,
            *(
                [problem(self.file, f"và {more} lỗi khác nữa.", f"and {more} more errors.")]
                if more
                else []
            ),
            *self.warnings,
            *(
                [
                    problem(
                        self.file,
                        f"và {rest} cảnh báo khác nữa.",
                        f"and {rest} more warnings.",
                        warning=True,
                    )
                ]
                if rest
                else []
            ),
        )

    def refuse_errors(self) -> None:
        """Raise ProblemsError with everything found where there is any error."""
        if self.error_count:
            raise ProblemsError(*self.worded())
