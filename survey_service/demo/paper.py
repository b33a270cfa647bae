"""People who answer by a code on paper: drawn ones by letter, volunteers by their receipt."""

from collections.abc import Mapping

import msgspec

from questionnaires.index import Code
from survey_service.demo.opinions import Person
from survey_service.demo.people import Doors
from survey_service.demo.respondents import Players
from survey_service.demo.stage import ACTOR
from survey_service.doors.letters import print_letters
from survey_service.doors.receipts import ReceiptOrder, issue_receipts
from survey_service.pseudonyms import Pseudonyms


def answer_letters(doors: Doors, players: Players, code: str) -> None:
    """Print the letters of an open wave, and let the people answer who get one."""
    stage = doors.stage
    printed = print_letters(
        *(stage.database, stage.clock, stage.entropy, Pseudonyms(stage.keys)),
        code=code,
        actor=ACTOR,
    )
    if printed.wave.plan.sample is None:
        raise ValueError(f"{code} draws nobody who could be asked by letter")
    group = printed.wave.plan.sample.group
    people = [
        (_person(players, group, "letter", number), slip.code)
        for number, slip in enumerate(printed.slips, 1)
    ]
    doors.answer_codes(players, people, "Thư giấy / Printed letters")


def answer_receipts(
    doors: Doors,
    players: Players,
    code: str,
    group: Code,
    receipts: Mapping[Code, Mapping[Code, int]],
) -> None:
    """Hand out receipts with codes, and let the people answer who care to."""
    stage = doors.stage
    volunteers = msgspec.structs.replace(players, habits=players.habits.of_volunteers())
    codes: list[str] = []
    for unit, services in receipts.items():
        for service, count in services.items():
            order = ReceiptOrder(group=group, unit=unit, service=service, count=count)
            slips = issue_receipts(
                *(stage.database, stage.clock, stage.entropy, Pseudonyms(stage.keys)),
                code=code,
                order=order,
                actor=ACTOR,
            )
            codes += [slip.code for slip in slips]
    people = [
        (_person(volunteers, group, "receipt", number), one) for number, one in enumerate(codes, 1)
    ]
    doors.answer_codes(volunteers, people, "Mã trên biên nhận / Codes on receipts")


def _person(players: Players, group: Code, paper: str, number: int) -> Person:
    """Give somebody whom no address names."""
    return players.person(f"{group.lower()}.{paper}-{number:04d}")
