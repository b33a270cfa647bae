"""Where the pages of one person's form are."""

from dataclasses import dataclass

from questionnaires.text import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Builds the relative addresses behind one link.

    The language is carried along only where it is not the person's own.
    """

    root: str
    token: str
    language: Language
    own_language: Language
    door: str = "p"
    """`p` for a person's form, `try` for one that records nothing."""

    @property
    def landing(self) -> str:
        """The page that the link itself opens."""
        return self._to("")

    def page(self, number: int) -> str:
        """One page of the form, counted from 1."""
        return self._to(f"/{number}")

    def part(self, name: str) -> str:
        """A named page: start, decline, review, submit, mine, correct or withdraw."""
        return self._to(f"/{name}")

    def results(self, wave: str) -> str:
        """The published results of a wave, which are no page of the form."""
        language = "?lang=en" if self.language == "en" else ""
        return f"{self.root}/results/{wave}{language}"

    def in_language(self, language: Language, name: str = "") -> str:
        """A page in a stated language."""
        return f"{self.root}/{self.door}/{self.token}{name}?lang={language}"

    def _to(self, name: str) -> str:
        if self.language == self.own_language:
            return f"{self.root}/{self.door}/{self.token}{name}"
        return self.in_language(self.language, name)
