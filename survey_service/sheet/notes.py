"""What a reader must know beside a unit's points, in one line."""

from survey_service.sheet.score_sheet import NotMeasurable, Published, UnitSheet

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
    if isinstance(unit.result, Published) and unit.result.rescaled:
        notes.append(f"quy đổi từ {unit.result.measured} điểm đo được")
    measured = [leaf for leaf in leaves if not isinstance(leaf.result, NotMeasurable)]
    renormalised = sum(bool(leaf.left_out) for leaf in measured)
    if renormalised:
        notes.append(f"{renormalised} tiêu chí có nhóm ít phiếu, trọng số chia lại")
    flagged = sum(bool(leaf.flagged) for leaf in measured)
    if flagged:
        notes.append(f"{flagged} tiêu chí có nhóm ít phiếu vẫn tính đủ")
    return "; ".join(notes) or None
