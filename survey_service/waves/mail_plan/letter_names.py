"""What a wave's letters and their states are called for people."""

from typing import Final

from questionnaires.text import Text

_STEPS: Final = {
    "pre-notice": Text(vi="Thư báo trước", en="Pre-notice"),
    "invitation": Text(vi="Thư mời", en="Invitation"),
    "closing-notice": Text(vi="Thư báo sắp hết hạn", en="Closing notice"),
    "thank-you": Text(vi="Thư cảm ơn", en="Thank-you letter"),
    "results": Text(vi="Thư báo kết quả", en="Results letter"),
}
STATES: Final = {
    "queued": Text(vi="chờ gửi", en="queued"),
    "claimed": Text(vi="đã lấy ra", en="claimed"),
    "intent": Text(vi="đang gửi", en="in flight"),
    "deferred": Text(vi="hoãn", en="deferred"),
    "uncertain": Text(vi="chưa rõ", en="uncertain"),
    "sent": Text(vi="đã gửi", en="sent"),
    "failed": Text(vi="hỏng", en="failed"),
    "dropped": Text(vi="bỏ", en="dropped"),
}
"""The states of a letter, the open ones first."""
FACTS: Final = {
    "bounced": Text(vi="trả về", en="bounced"),
    "delayed": Text(vi="chậm", en="delayed"),
    "delivered": Text(vi="báo đã phát", en="delivered"),
    "complained": Text(vi="bị khiếu nại", en="complained"),
    "resolved": Text(vi="đã tra rõ", en="resolved"),
    "resent": Text(vi="gửi lại", en="resent"),
}
"""What else happens to a letter."""


def step_name(step: str) -> Text:
    """Call a step's letters by what they are."""
    kind, _, number = step.rpartition("-")
    if kind == "reminder" and number.isdigit():
        return Text(vi=f"Thư nhắc lần {number}", en=f"Reminder {number}")
    if kind == "link" and number.isdigit():
        return Text(vi=f"Gửi lại liên kết lần {number}", en=f"Link sent again {number}")
    return _STEPS.get(step, Text(vi=step, en=step))


def event_name(event: str) -> Text:
    """Call a state or a fact by its name."""
    return STATES.get(event) or FACTS.get(event) or Text(vi=event, en=event)
