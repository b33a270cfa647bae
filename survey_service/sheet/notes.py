"""What a reader must know beside points, in one line."""

from survey_service.sheet.score_sheet import (
    CriterionLine,
    NotMeasurable,
    Published,
    Result,
    UnitSheet,
)

UNRANKED = {
    "not_measurable": "không đo được",
    "too_little_measured": "đo được quá ít để xếp hạng",
    "suppressed": "ẩn vì ít người trả lời",
}


def note(unit: UnitSheet) -> str | None:
    """Say why a unit is unranked, whether it was rescaled, and where groups were too thin."""
    leaves = [
        leaf
        for component in unit.components
        for criterion in component.criteria
        for leaf in (criterion.parts or (criterion,))
    ]
    notes: list[str] = []
    if unit.unranked is not None:
        notes.append(f"không xếp hạng: {UNRANKED[unit.unranked]}")
    notes += _rescaled(unit.result)
    measured = [leaf for leaf in leaves if not isinstance(leaf.result, NotMeasurable)]
    renormalised = sum(bool(leaf.left_out) for leaf in measured)
    if renormalised:
        notes.append(f"{renormalised} tiêu chí có nhóm ít phiếu, trọng số chia lại")
    flagged = sum(bool(leaf.flagged) for leaf in measured)
    if flagged:
        notes.append(f"{flagged} tiêu chí có nhóm ít phiếu vẫn tính đủ")
    return "; ".join(notes) or None


def line_note(result: Result | None, leaf: CriterionLine | None) -> str | None:
    """Say whether a figure was rescaled, and name the groups that were too thin on a leaf."""
    notes = _rescaled(result)
    if leaf is not None and leaf.left_out:
        notes.append(f"không tính nhóm {', '.join(leaf.left_out)}: ít phiếu, trọng số chia lại")
    if leaf is not None and leaf.flagged:
        notes.append(f"nhóm {', '.join(leaf.flagged)} ít phiếu vẫn tính đủ")
    return "; ".join(notes) or None


def _rescaled(result: Result | None) -> list[str]:
    if not isinstance(result, Published) or not result.rescaled:
        return []
    return [f"quy đổi từ {result.measured} điểm đo được"]
