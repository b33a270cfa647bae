"""The people of a draft wave, brought in from the lists that offices send."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from questionnaires.problems import Problem, ProblemsError
from survey_service.clock import Clock
from survey_service.frame.contact_list import read_contact_list
from survey_service.frame.contacts import ContactsImported, refuse_other_groups, write_contacts
from survey_service.frame.findings import Findings
from survey_service.frame.people import Person
from survey_service.frame.register import units_in_force
from survey_service.frame.terms import Terms, terms_of
from survey_service.journal import record
from survey_service.store.database import Database
from survey_service.waves.reading import LoadedWave, load_wave
from survey_service.waves.sample_keeping import is_drawn, refuse_listed, refuse_removal
from survey_service.waves.transitions import WaveStateError, require_state


@dataclass(frozen=True, slots=True, kw_only=True)
class ListImported:
    """What an import did, with its warnings."""

    added: int
    updated: int
    warnings: tuple[Problem, ...]


def import_contacts(
    database: Database,
    clock: Clock,
    path: Path,
    *,
    code: str,
    actor: str,
    replace: bool = False,
) -> ListImported:
    """Import a file of contacts into a draft wave; an address that is there is brought up to date.

    With `replace` the former contacts go first. Everything is written or, where there is one
    error, nothing. Raises WaveUnknownError, WaveStateError once the wave was opened, and
    ProblemsError with every mistake by line and column, or where the list has people of a group
    that comes from a draw, or would remove them.
    """
    findings = Findings(file=path.name)
    wave, terms = _draft_terms(database, code)
    with read_contact_list(path, terms, findings) as contacts:
        if not replace:
            with database.reading() as session:
                refuse_other_groups(session, wave.id, contacts)
        _refuse_sampled(wave, contacts, path.name)
        findings.refuse_errors()
        with database.writing() as session:
            require_state(session, code, "import")
            if is_drawn(session, wave.id):
                if replace:
                    refuse_removal(session, code, wave.id)
                # A draw may have come between: nobody drawn is moved to another group.
                refuse_other_groups(session, wave.id, contacts)
                findings.refuse_errors()
            imported = write_contacts(session, wave.id, contacts, replace=replace)
            record(
                session,
                clock,
                actor=actor,
                wave=code,
                event="contacts imported",
                details=_counts(imported, replace=replace),
            )
    return ListImported(added=imported.added, updated=imported.updated, warnings=findings.worded())


def _draft_terms(database: Database, code: str) -> tuple[LoadedWave, Terms]:
    with database.reading() as session:
        wave = load_wave(session, code)
        if wave.state != "draft":
            raise WaveStateError(wave.state, "import", code=code)
        units = units_in_force(session, wave.plan.opens)
        return wave, terms_of(wave.framework, wave.questionnaires, units)


def _refuse_sampled(wave: LoadedWave, contacts: Iterable[Person], file: str) -> None:
    if wave.plan.sample is None:
        return
    group = wave.plan.sample.group
    people = sum(person.group == group for person in contacts)
    if people:
        raise ProblemsError(refuse_listed(wave.code, group, file, people))


def _counts(imported: ContactsImported, *, replace: bool) -> dict[str, int | bool]:
    return {"added": imported.added, "updated": imported.updated, "replaced": replace}
