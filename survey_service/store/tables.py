"""Every table in one place, for migrations and for whoever looks for one."""

from survey_service.store.answers import Ballot, Draft, Response
from survey_service.store.base import Base
from survey_service.store.journal import JournalEntry
from survey_service.store.letters import Dispatcher, Letter
from survey_service.store.mail import (
    Bucket,
    LetterEvent,
    MailboxCheckpoint,
    PausedTransport,
    ReturnedMail,
    Suppression,
    WaveStep,
)
from survey_service.store.people import Contact, Invitation, Unit
from survey_service.store.transactions import (
    AskedPerson,
    Delivery,
    Sample,
    SampledPerson,
    Transaction,
)
from survey_service.store.waves import Publication, PublicationFile, Wave

__all__ = [
    "AskedPerson",
    "Ballot",
    "Base",
    "Bucket",
    "Contact",
    "Delivery",
    "Dispatcher",
    "Draft",
    "Invitation",
    "JournalEntry",
    "Letter",
    "LetterEvent",
    "MailboxCheckpoint",
    "PausedTransport",
    "Publication",
    "PublicationFile",
    "Response",
    "ReturnedMail",
    "Sample",
    "SampledPerson",
    "Suppression",
    "Transaction",
    "Unit",
    "Wave",
    "WaveStep",
]
