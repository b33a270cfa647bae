"""Codes for receipts: one answer each, by people who come of themselves."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.clock import Clock
from survey_service.doors.codes import give_codes
from survey_service.doors.opened import require_open
from survey_service.doors.printed import Slip
from survey_service.entropy import Entropy
from survey_service.frame.reach import rated_classes
from survey_service.journal import record
from survey_service.pseudonyms import Pseudonyms
from survey_service.store.database import Database
from survey_service.store.people import Contact, Invitation
from survey_service.waves.assignment import Assigned
from survey_service.waves.inviting import invite
from survey_service.waves.reading import LoadedWave

MOST: Final = 10_000
"""Codes that one call may give out."""
KEY_BYTES: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptOrder:
    """Which receipts the codes are printed on; `service` is a code of the questionnaires."""

    group: str
    unit: str
    service: str
    channel: str = ""
    count: int = 1


def issue_receipts(
    database: Database,
    clock: Clock,
    entropy: Entropy,
    pseudonyms: Pseudonyms,
    *,
    code: str,
    order: ReceiptOrder,
    actor: str,
) -> list[Slip]:
    """Give out codes for the receipts of a unit and service of an open wave.

    Each opens one form, once. Whoever answers by one is a volunteer: their ballots are a mode of
    their own and never join the drawn sample. Raises WaveUnknownError, WaveStateError where the
    wave is not open, and ProblemsError where the group does not rate the unit.
    """
    with database.writing() as session:
        wave = require_open(session, code, "receipts")
        problems = _problems(wave, order)
        if problems:
            raise ProblemsError(*problems)
        name = _service_name(wave, order.service)
        contacts = _write_contacts(session, wave, order, name, entropy)
        people = (
            Assigned(contact=contact, email="", group=order.group, units=(order.unit,))
            for contact in contacts
        )
        invite(session, wave, people, entropy)
        invitations = session.scalars(
            select(Invitation.id)
            .where(Invitation.wave_id == wave.id, Invitation.contact_id.in_(contacts))
            .order_by(Invitation.contact_id)
        ).all()
        codes = give_codes(session, entropy, pseudonyms, invitations)
        record(
            session,
            clock,
            actor=actor,
            wave=code,
            event="receipts issued",
            details={"unit": order.unit, "service": order.service, "count": order.count},
        )
    unit = wave.units[order.unit].name_vi
    return [Slip(code=one, language="vi", unit=unit, service=name) for one in codes]


def _write_contacts(
    session: Session, wave: LoadedWave, order: ReceiptOrder, service: str, entropy: Entropy
) -> list[int]:
    """Write people of whom nothing is known but what their receipt is about."""
    transaction = {"unit": order.unit, "service": service, "month": ""}
    rows = [
        {
            "wave_id": wave.id,
            "email": "",
            "email_key": f"receipt:{entropy.token(KEY_BYTES).hex()}",
            "name": "",
            "group": order.group,
            "transactions": [transaction],
            "mode": "receipt",
            "service": order.service,
            "channel": order.channel or None,
            "own_unit": None,
            "language": "vi",
            "sectors": [],
            "stratum": None,
            "population": None,
            "weight": "1",
        }
        for _ in range(order.count)
    ]
    written = session.scalars(insert(Contact).returning(Contact.id), rows)
    return sorted(written)


def _service_name(wave: LoadedWave, code: str) -> str:
    for service in wave.questionnaires.offered():
        if service.code == code:
            return service.name.vi
    return code


def _problems(wave: LoadedWave, order: ReceiptOrder) -> list[Problem]:
    where = f"đợt/wave {wave.code}"
    relations = {one.group: one for one in wave.questionnaires.relations}
    relation = relations.get(order.group)
    if relation is None or relation.rates.units != "transaction":
        able = ", ".join(g for g, one in relations.items() if one.rates.units == "transaction")
        return [
            problem(
                where,
                f"nhóm {order.group} không đánh giá theo giao dịch; chọn một trong: {able}.",
                f"group {order.group} does not rate by transaction; choose one of: {able}.",
            )
        ]
    classes = rated_classes(wave.framework, wave.questionnaires, order.group)
    able = sorted(unit.code for unit in wave.units.values() if unit.unit_class in classes)
    services = [service.code for service in wave.questionnaires.offered()]
    problems: list[Problem] = []
    if order.unit not in able:
        problems.append(
            problem(
                where,
                f"nhóm {order.group} không đánh giá đơn vị {order.unit}; chọn: {', '.join(able)}.",
                f"group {order.group} does not rate unit {order.unit}; choose: {', '.join(able)}.",
            )
        )
    if services and order.service not in services:
        problems.append(
            problem(
                where,
                f"bộ phiếu không có dịch vụ {order.service}; chọn: {', '.join(services)}.",
                f"the questionnaires have no service {order.service}; choose: "
                f"{', '.join(services)}.",
            )
        )
    if not 1 <= order.count <= MOST:
        problems.append(
            problem(
                where,
                f"mỗi lần cấp từ 1 đến {MOST} mã, không phải {order.count}.",
                f"one call gives out 1 to {MOST} codes, not {order.count}.",
            )
        )
    return problems
