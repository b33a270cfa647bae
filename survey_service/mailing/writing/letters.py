"""Letters ready to send: one skeleton per wave, step and language, filled for each person."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailer.smtp.envelope import Envelope
from mailer.writing.envelope_id import envelope_id
from mailer.writing.header import Mailbox
from mailer.writing.letter import Skeleton
from mailer.writing.message_id import message_id
from mailer.writing.return_path import return_path
from mailer.writing.signing_key import open_signer
from questionnaires.text import Language
from survey_service.config import Settings
from survey_service.keys import KeyRing
from survey_service.links import Links
from survey_service.mailing.relays.mail_file import Returns, Signature
from survey_service.mailing.writing.letter_wording import letter_wording
from survey_service.mailing.writing.saying import Addressee, personal_values
from survey_service.waves.reading import LoadedWave


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterOrder:
    """One letter to write: which wave, as it closes now, which step, to whom, after which."""

    letter: int
    wave: str
    closes_at: datetime
    step: str
    addressee: Addressee
    follows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLinks:
    """The links of one letter: to answer, to opt out on a page, and for a program to opt out."""

    answer: str
    opt_out: str
    one_click: str


class Letters:
    """Writes the letters of waves as bytes, from frozen definitions and the key ring.

    With `returns` each letter has an envelope sender of its own, which says what came back. With
    `dkim` each is signed; raises mailer.reason.RefusedError for a key that cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        keys: KeyRing,
        *,
        returns: Returns | None = None,
        dkim: Signature | None = None,
    ) -> None:
        self._settings = settings
        self._links = Links(keys, settings.public_url)
        self._key = keys.secrets("letter")[0]
        self._domain = settings.mail_from.rpartition("@")[2].lower()
        self._returns = returns
        self._signer = (
            None
            if dkim is None
            else open_signer(
                domain=dkim.domain, selector=dkim.selector, key_file=Path(dkim.key_file)
            )
        )
        self._skeletons: dict[tuple[str, datetime, str, Language, bool], Skeleton] = {}

    def message_id(self, letter: int) -> str:
        """Give a letter's Message-ID, the same on every attempt."""
        return message_id(str(letter), key=self._key, domain=self._domain)

    def envelope(self, wave: LoadedWave, order: LetterOrder, now: datetime) -> Envelope:
        """Write one letter with its envelope.

        Raises mailer.reason.RefusedError where it cannot be encoded.
        """
        letter, returns = str(order.letter), self._returns
        return Envelope(
            sender=self._settings.mail_from
            if returns is None
            else return_path(
                letter, key=self._key, address=returns.address, delimiter=returns.delimiter
            ),
            recipient=order.addressee.email,
            message=self.write(wave, order, now),
            envelope_id=envelope_id(letter, key=self._key),
        )

    def write(self, wave: LoadedWave, order: LetterOrder, now: datetime) -> bytes:
        """Write one letter; raises mailer.reason.RefusedError where it cannot be encoded."""
        person = order.addressee
        return self.fill(
            wave,
            order.step,
            person,
            LetterLinks(
                answer=self._links.url(person.public_id, person.generation),
                opt_out=self._links.opt_out_url(person.public_id, person.generation),
                one_click=self._links.one_click_url(person.public_id, person.generation),
            ),
            identity=self.message_id(order.letter),
            follows=None if order.follows is None else self.message_id(order.follows),
            now=now,
        )

    def fill(
        self,
        wave: LoadedWave,
        step: str,
        person: Addressee,
        links: LetterLinks,
        *,
        identity: str,
        now: datetime,
        follows: str | None = None,
        trial: bool = False,
    ) -> bytes:
        """Fill a step's letter with links and a Message-ID of the caller's choice.

        Raises mailer.reason.RefusedError where it cannot be encoded.
        """
        message = self._skeleton(wave, step, person.language, trial=trial).fill(
            Mailbox(address=person.email, name=person.name),
            {
                **personal_values(wave, person),
                "link": links.answer,
                "opt_out": links.opt_out,
            },
            message_id=identity,
            date=now,
            in_reply_to=follows,
            unsubscribe=links.one_click,
        )
        return message if self._signer is None else self._signer.sign(message, at=now)

    def _skeleton(
        self, wave: LoadedWave, step: str, language: Language, *, trial: bool
    ) -> Skeleton:
        # An extension changes the closing date that the letter states.
        key = (wave.code, wave.closes_at, step, language, trial)
        if key not in self._skeletons:
            self._skeletons[key] = Skeleton.build(
                letter_wording(self._settings, wave, step, language, trial=trial)
            )
        return self._skeletons[key]
