"""A drawn sample kept as it is: what drafts and lists may not do to its people."""

from datetime import date
from typing import Any

from sqlalchemy import CursorResult, delete, exists, select, update
from sqlalchemy.orm import Session

from questionnaires.index import Code
from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.store.people import Contact
from survey_service.store.transactions import AskedPerson, Sample
from survey_service.waves.plan import WavePlan
from survey_service.waves.reading import LoadedWave


def is_drawn(session: Session, wave_id: int) -> bool:
    """Tell whether a sample has been drawn for a wave, or is being drawn day by day."""
    return bool(session.scalar(select(exists().where(Sample.wave_id == wave_id))))


def refuse_another_sample(session: Session, wave_id: int, former: WavePlan, new: WavePlan) -> None:
    """Refuse a file with another [sample] once people were drawn; raises ProblemsError."""
    if former.sample == new.sample or not is_drawn(session, wave_id):
        return
    raise ProblemsError(
        problem(
            f"đợt/wave {new.code}: sample",
            "mẫu đã rút theo bảng [sample] cũ nên không sửa bảng này được; muốn rút lại, bỏ mẫu và "
            f"ghi lý do: sample discard {new.code} --reason (số lần rút được công bố).",
            "its sample was drawn by the former table [sample], which cannot be changed now; to "
            f"draw anew, give the sample up: sample discard {new.code} --reason (the number of "
            "draws is published).",
        )
    )


def remove_listed(session: Session, wave_id: int, group: Code) -> int:
    """Remove people of a group that is to be drawn whom a list brought in; tells how many."""
    if is_drawn(session, wave_id):
        return 0
    removed: CursorResult[Any] = session.connection().execute(
        delete(Contact).where(Contact.wave_id == wave_id, Contact.group == group)
    )
    return removed.rowcount


def removed_from_list(plan: WavePlan, file: str, people: int) -> Problem:
    """Warn that people of the sample's group have left the draft."""
    return problem(
        f"{file}: sample.group",
        f"đã bỏ {people} người của nhóm này nhập từ danh sách trước đây: nhóm chỉ lấy từ sample "
        f"draw {plan.code}.",
        f"{people} people of this group, from a list imported before, were removed: the group "
        f"comes from sample draw {plan.code} alone.",
        warning=True,
    )


def refuse_removal(session: Session, code: str, wave_id: int) -> None:
    """Refuse a list that takes the place of all others, drawn people too; raises ProblemsError."""
    if not is_drawn(session, wave_id):
        return
    raise ProblemsError(
        problem(
            f"đợt/wave {code}",
            "--replace sẽ xóa cả những người do sample draw rút ra; nhập danh sách không có "
            f"--replace, hoặc bỏ mẫu trước: sample discard {code} --reason.",
            "--replace would remove the people whom sample draw drew; import the list without "
            f"--replace, or give the sample up first: sample discard {code} --reason.",
        )
    )


def refuse_listed(code: str, group: Code, file: str, people: int) -> Problem:
    """Word that people of the sample's group come from the draw alone."""
    return problem(
        f"{file}: nhóm/group {group}",
        f"{people} người thuộc nhóm {group}, nhóm chỉ lấy từ mẫu rút ngẫu nhiên; bỏ họ khỏi tệp và "
        f"chạy: sample draw {code}.",
        f"{people} people are of the group {group}, which comes from the draw alone; leave them "
        f"out of the file and run: sample draw {code}.",
    )


def note_asked(session: Session, wave: LoadedWave, day: date) -> None:
    """Move the day on which drawn people count as asked to that of the opening.

    Raises ProblemsError where people of the group are there without a draw: no command of the
    service puts them there.
    """
    sample = wave.plan.sample
    if sample is not None and sample.rolling is None and not is_drawn(session, wave.id):
        raise ProblemsError(
            problem(
                f"nhóm/group {sample.group}",
                f"có người trong nhóm mà mẫu chưa rút; chạy: sample draw {wave.code} (những người "
                "đó sẽ bị bỏ).",
                "people of the group are there without a draw; run: sample draw "
                f"{wave.code} (they will be removed).",
            )
        )
    session.execute(update(AskedPerson).where(AskedPerson.wave_id == wave.id).values(asked_on=day))
