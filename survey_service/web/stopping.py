"""What the opt-out pages say, as HTML."""

from dataclasses import dataclass

from questionnaires.text import Language
from survey_service.mailing.wishes.opting_out import OptOutProofs, Recipient, Scope
from survey_service.waves.reading import LoadedWave
from survey_service.web.templating import Templates
from survey_service.web.wording import wave_words


class AddressPurgedError(Exception):
    """The link was ours, and the address that it was about has been deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """A visit to an opt-out link: whose mail, of which wave, in which language.

    `token` is that of the letter's own link, also where the header's was opened.
    """

    recipient: Recipient
    wave: LoadedWave
    root: str
    token: str
    language: Language

    def address(self, part: str = "", *, again: bool = False) -> str:
        """Give the path of one of the pages."""
        asked = ["again"] if again else []
        if self.language != self.recipient.language:
            asked.append(f"lang={self.language}")
        return f"{self.root}/o/{self.token}{part}{'?' if asked else ''}{'&'.join(asked)}"


class StoppingScreens:
    """Renders the pages of opting out."""

    def __init__(self, templates: Templates, proofs: OptOutProofs) -> None:
        self.root = templates.root
        self._templates = templates
        self._proofs = proofs

    def asking(self, visit: Stopping, *, missing: bool = False, again: bool = False) -> str:
        """Ask which mail is to stop; `again` says first that mail comes once more."""
        return self._render("asking", visit, missing=missing, again=again)

    def sure(self, visit: Stopping, scope: Scope) -> str:
        """Ask once more, with the proof that this page was seen."""
        return self._render(
            "sure",
            visit,
            scope=scope,
            proof=self._proofs.make(visit.recipient.public_id, scope),
        )

    def stopped(self, visit: Stopping, *, missing: bool = False) -> str:
        """Say which mail has stopped, and how it comes again."""
        return self._render(
            "stopped",
            visit,
            missing=missing,
            scope=visit.recipient.stopped,
            proof=self._proofs.make(visit.recipient.public_id, "again"),
        )

    def _render(self, name: str, visit: Stopping, **values: object) -> str:
        other: Language = "en" if visit.language == "vi" else "vi"
        return self._templates.render(
            f"stopping/{name}.html",
            visit.language,
            wave=wave_words(visit.wave, visit.language),
            address=visit.recipient.masked,
            choose_url=visit.address(),
            confirm_url=visit.address("/confirm"),
            again_url=visit.address("/again"),
            language_url=f"{visit.root}/o/{visit.token}?lang={other}",
            **values,
        )
