"""A wave of any size with its invitations queued, written straight into a database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import insert

from questionnaires.catalogue import folder
from questionnaires.fingerprint import canonical_json, fingerprint
from questionnaires.loading import load_definitions
from questionnaires.text import Text
from survey_service.store.database import Database
from survey_service.store.tables import Contact, Invitation, Letter, Wave
from survey_service.waves.plan import OfficialLetter, Privacy, Sender, WavePlan

NOW = datetime(2023, 2, 21, 3, tzinfo=UTC)
DOMAIN = "people.example"
_PORTION = 2_000


def plan(code: str) -> WavePlan:
    """Give the plan of a wave of usual length."""
    return WavePlan(
        code=code,
        title=Text(vi="Điều tra xã hội học xác định Chỉ số cải cách hành chính", en="Survey"),
        definitions="par-index-2022",
        opens=date(2023, 2, 20),
        closes=date(2023, 3, 4),
        letter=OfficialLetter(number="1", date=date(2023, 2, 1), signatory="Giám đốc Sở Nội vụ"),
        sender=Sender(
            organisation=Text(vi="Sở Nội vụ tỉnh Ví Dụ", en="Department of Home Affairs"),
            telephone="0213 3000 000",
            page="https://noivu.example/thong-bao",
            reply_to="hotro@khaosat.example",
        ),
        privacy=Privacy(
            legal_basis=Text(vi="Kế hoạch của Ủy ban nhân dân tỉnh", en="Plan of the province"),
            kept_until=date(2023, 12, 31),
            contact="hotro@khaosat.example",
        ),
        seed=1,
    )


def queue_wave(database: Database, letters: int, *, code: str = "do-toc-do") -> None:
    """Write a wave whose every invitation is due, one for each of so many managers."""
    if not letters:
        return
    its_plan = plan(code)
    definitions = load_definitions(folder(its_plan.definitions))
    units = [
        {"code": f"SO-{n}", "name_vi": f"Sở số {n}", "name_en": f"No. {n}", "unit_class": "SBN"}
        for n in range(1, 4)
    ]
    with database.writing() as session:
        wave = Wave(
            code=code,
            state="open",
            plan=msgspec.json.encode(its_plan),
            framework=canonical_json(definitions.framework),
            questionnaires=canonical_json(definitions.questionnaires),
            framework_hash=fingerprint(definitions.framework),
            questionnaires_hash=fingerprint(definitions.questionnaires),
            units=[dict(unit) for unit in units],
            opens_at=its_plan.opens_at(),
            closes_at=its_plan.closes_at(),
        )
        session.add(wave)
        session.flush()
        wave_id = wave.id
    for start in range(0, letters, _PORTION):
        numbers = range(start, min(start + _PORTION, letters))
        with database.writing() as session:
            contacts: list[dict[str, Any]] = [
                {
                    "wave_id": wave_id,
                    "email": f"{code}.{n}@{DOMAIN}",
                    "email_key": f"{code}.{n}@{DOMAIN}",
                    "name": f"Nguyễn Thị Ánh {n}",
                    "group": "LDS",
                    "transactions": [],
                    "sectors": [],
                }
                for n in numbers
            ]
            contact_ids = session.scalars(insert(Contact).returning(Contact.id), contacts).all()
            invitations: list[dict[str, Any]] = [
                {
                    "wave_id": wave_id,
                    "contact_id": contact,
                    "public_id": (wave_id << 40 | contact).to_bytes(8),
                    "units": [unit["code"] for unit in units],
                }
                for contact in contact_ids
            ]
            ids = session.scalars(insert(Invitation).returning(Invitation.id), invitations).all()
            rows = [
                {
                    "wave_id": wave_id,
                    "invitation_id": invitation,
                    "step": "invitation",
                    "domain": DOMAIN,
                    "not_before": NOW - timedelta(hours=1),
                }
                for invitation in ids
            ]
            session.execute(insert(Letter), rows)
