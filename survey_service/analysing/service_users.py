"""Who are service users, and which leaves measure their satisfaction alone."""

from questionnaires.index import Code, UnitClass
from survey_service.analysing.basis import Basis

SERVICE_RELATION = "transaction"
"""Groups that rate the unit which handled their transaction are its service users."""


def service_users(basis: Basis) -> frozenset[int]:
    """Give the groups of service users; all groups where the questionnaires name none."""
    relations = basis.analysed.content.questionnaires.relations
    users = {one.group for one in relations if one.rates.units == SERVICE_RELATION}
    return frozenset(
        place for place, group in enumerate(basis.groups) if not users or group in users
    )


def satisfaction_leaves(
    basis: Basis, unit_class: UnitClass, users: frozenset[int]
) -> frozenset[Code]:
    """Give the leaves that users alone are asked about, on satisfaction scales alone."""
    questionnaires = basis.analysed.content.questionnaires
    scales = {scale.code for scale in questionnaires.scales if scale.role == "satisfaction"}
    found: set[Code] = set()
    for leaf in unit_class.survey_leaves():
        asked = {
            (group, item.scale)
            for item in questionnaires.items
            if item.leaves.get(unit_class.code) == leaf.code
            for group in basis.asked(item, unit_class)
        }
        groups = {group for group, _ in asked}
        if asked and groups <= users and (not scales or {scale for _, scale in asked} <= scales):
            found.add(leaf.code)
    return frozenset(found)
