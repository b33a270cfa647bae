"""The register of units on a given day."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from survey_service.store.people import Unit


def units_in_force(session: Session, day: date) -> Sequence[Unit]:
    """List the units that exist on a day, by code; both ends of their dates are included."""
    statement = (
        select(Unit)
        .where(or_(Unit.valid_from.is_(None), Unit.valid_from <= day))
        .where(or_(Unit.valid_to.is_(None), Unit.valid_to >= day))
    )
    # The order must not depend on the collation of the database.
    return sorted(session.scalars(statement), key=lambda unit: unit.code)
