"""The states of a wave, and the one way to go from one to another."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from questionnaires.problems import ProblemsError, problem
from questionnaires.text import Text
from survey_service.store.waves import Wave
from survey_service.waves.reading import WaveState, WaveUnknownError


@dataclass(frozen=True, slots=True)
class Action:
    """Something done to a wave: what it is called, where it starts and where it leads."""

    verb: Text
    starts: tuple[WaveState, ...]
    leads: WaveState | None = None


ACTIONS: dict[str, Action] = {
    "edit": Action(Text(vi="sửa", en="edited"), ("draft",)),
    "preflight": Action(Text(vi="kiểm tra trước khi mở", en="checked for opening"), ("draft",)),
    "import": Action(Text(vi="nhập danh sách", en="given people"), ("draft",)),
    "draw": Action(Text(vi="rút mẫu", en="given a sample"), ("draft",)),
    "discard": Action(Text(vi="bỏ mẫu", en="taken its sample"), ("draft",)),
    "replace": Action(
        Text(vi="thay người trong mẫu", en="given other people"), ("draft", "open", "paused")
    ),
    "open": Action(Text(vi="mở", en="opened"), ("draft",), "open"),
    "roll": Action(Text(vi="mời tiếp", en="rolled on"), ("open",)),
    "remind": Action(Text(vi="gửi thư nhắc", en="reminded of"), ("open",)),
    "step": Action(
        Text(vi="gửi hoặc bỏ một bước thư", en="sent or spared a step of"),
        ("open", "paused", "closed", "frozen", "published"),
    ),
    "pause": Action(Text(vi="tạm dừng", en="paused"), ("open",), "paused"),
    "resume": Action(Text(vi="tiếp tục", en="resumed"), ("paused",), "open"),
    "extend": Action(Text(vi="gia hạn", en="extended"), ("open", "paused")),
    "close": Action(Text(vi="đóng", en="closed"), ("open", "paused"), "closed"),
    "cancel": Action(
        Text(vi="hủy", en="cancelled"), ("draft", "open", "paused", "closed"), "cancelled"
    ),
    "freeze": Action(Text(vi="chốt số liệu", en="frozen"), ("closed",), "frozen"),
    "publish": Action(Text(vi="công bố", en="published"), ("frozen", "published"), "published"),
    "purge": Action(Text(vi="xóa danh sách", en="purged"), ("frozen", "published", "cancelled")),
}

STATE_NAMES: dict[WaveState, Text] = {
    "draft": Text(vi="đang soạn", en="draft"),
    "open": Text(vi="đang mở", en="open"),
    "paused": Text(vi="tạm dừng gửi thư", en="paused"),
    "closed": Text(vi="đã đóng", en="closed"),
    "frozen": Text(vi="đã chốt số liệu", en="frozen"),
    "published": Text(vi="đã công bố", en="published"),
    "cancelled": Text(vi="đã hủy", en="cancelled"),
}


class WaveStateError(ProblemsError):
    """The wave's state does not allow what was asked of it."""

    def __init__(self, state: WaveState, action: str, *, code: str = "") -> None:
        self.state: WaveState = state
        self.action = action
        asked = ACTIONS[action]
        starts = [STATE_NAMES[start] for start in asked.starts]
        super().__init__(
            problem(
                f"đợt/wave {code}".rstrip(),
                f"đợt điều tra {STATE_NAMES[state].vi}, không thể {asked.verb.vi}; chỉ "
                f"{asked.verb.vi} được khi đợt {' hoặc '.join(name.vi for name in starts)}.",
                f"the wave is {STATE_NAMES[state].en} and cannot be {asked.verb.en}; that takes "
                f"a wave that is {' or '.join(name.en for name in starts)}.",
            )
        )


def require_state(session: Session, code: str, action: str) -> Wave:
    """Give a wave's row, locked until the end of the transaction, where the action is allowed.

    Raises WaveUnknownError and WaveStateError.
    """
    wave = session.scalar(select(Wave).where(Wave.code == code).with_for_update())
    if wave is None:
        raise WaveUnknownError(code)
    state = cast("WaveState", wave.state)
    if state not in ACTIONS[action].starts:
        raise WaveStateError(state, action, code=code)
    return wave


def change_state(session: Session, code: str, action: str) -> bool:
    """Take a wave where an action leads; False where it stood there already.

    Raises WaveUnknownError and WaveStateError.
    """
    step = ACTIONS[action]
    changed = session.execute(
        update(Wave)
        .where(Wave.code == code, Wave.state.in_(step.starts))
        .values(state=step.leads)
        .returning(Wave.id)
    )
    if changed.first() is not None:
        return True
    state = session.scalar(select(Wave.state).where(Wave.code == code))
    if state is None:
        raise WaveUnknownError(code)
    if state != step.leads:
        raise WaveStateError(cast("WaveState", state), action, code=code)
    return False
