"""Invitations written for people who have their units: a link's secret, and a set of items."""

import random
from collections.abc import Iterable
from itertools import islice

from sqlalchemy import insert
from sqlalchemy.orm import Session

from questionnaires.definition import Questionnaires
from questionnaires.index import Code
from survey_service.entropy import Entropy
from survey_service.links import PUBLIC_ID_BYTES
from survey_service.store.people import Invitation
from survey_service.waves.assignment import Assigned
from survey_service.waves.reading import LoadedWave

BATCH = 1_000
SEED_BYTES = 16


class RotationDraw:
    """Gives each person of a group with a short form one of its sets, all equally often.

    The sets come in blocks, each a new order of all of them; nobody can tell a person's set from
    a list, since the seed is drawn afresh and kept nowhere.
    """

    def __init__(self, questionnaires: Questionnaires, entropy: Entropy) -> None:
        self._questionnaires = questionnaires
        self._chance = random.Random(int.from_bytes(entropy.token(SEED_BYTES)))
        self._left: dict[Code, list[int]] = {}

    def next(self, group: Code) -> int | None:
        """Give the next person's set by its place; None where the group has no short form."""
        rotation = self._questionnaires.rotation(group)
        if rotation is None:
            return None
        left = self._left.setdefault(group, [])
        if not left:
            left += range(len(rotation.sets))
        return left.pop(int(self._chance.random() * len(left)))


def invite(session: Session, wave: LoadedWave, people: Iterable[Assigned], entropy: Entropy) -> int:
    """Write an invitation for everybody who has a unit; tells how many.

    Whoever has none bars an opening anyway.
    """
    rotations = RotationDraw(wave.questionnaires, entropy)
    invited = 0
    walking = (person for person in people if person.units)
    while batch := list(islice(walking, BATCH)):
        session.execute(
            insert(Invitation),
            [
                {
                    "wave_id": wave.id,
                    "contact_id": person.contact,
                    "public_id": entropy.token(PUBLIC_ID_BYTES),
                    "generation": 0,
                    "units": list(person.units),
                    "answered": False,
                    "revoked": False,
                    "withdrawn": False,
                    "rotation": rotations.next(person.group),
                }
                for person in batch
            ],
        )
        invited += len(batch)
    return invited
