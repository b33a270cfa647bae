"""Who has no e-mail address in a row, and one in another with the same telephone number."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    Table,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from survey_service.store.transactions import Transaction
from survey_service.transactions.temporary import temporary

_TABLES = MetaData()
_touched = Table(
    "touched_telephones",
    _TABLES,
    Column("telephone", LargeBinary(16)),
    prefixes=["TEMPORARY"],
)
_unaddressed = Table(
    "unaddressed_transactions",
    _TABLES,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("telephone", LargeBinary(16)),
    prefixes=["TEMPORARY"],
)
_addressed = Table(
    "addressed_telephones",
    _TABLES,
    Column("telephone", LargeBinary(16), primary_key=True),
    Column("person", LargeBinary(16), primary_key=True),
    prefixes=["TEMPORARY"],
)


class Linking:
    """The telephones whose rows have to be looked at again.

    A row without an address is of the person who has its telephone in rows with one, where that is
    one person; where there are several or none it is of the telephone's own. So it follows from
    the rows that are there, in whatever order they came.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def touch(self, telephones: Select[Any]) -> None:
        """Note telephones; NULL among them does no harm."""
        self._session.execute(insert(_touched).from_select(["telephone"], telephones))

    def settle(self) -> None:
        """Give every row of the noted telephones that has no address its person."""
        session = self._session
        noted = select(_touched.c.telephone).where(_touched.c.telephone.is_not(None))
        without = (
            select(Transaction.id, Transaction.telephone)
            .where(Transaction.email == "")
            .where(Transaction.telephone.in_(noted))
        )
        session.execute(insert(_unaddressed).from_select(["id", "telephone"], without))
        if not session.scalar(select(func.count()).select_from(_unaddressed)):
            return
        people = (
            select(Transaction.telephone, Transaction.person)
            .distinct()
            .where(Transaction.email != "")
            .where(Transaction.telephone.in_(select(_unaddressed.c.telephone)))
        )
        session.execute(insert(_addressed).from_select(["telephone", "person"], people))
        other = _addressed.alias()
        only = (
            select(_addressed.c.person)
            .where(_addressed.c.telephone == Transaction.telephone)
            .where(
                ~select(other.c.person)
                .where(other.c.telephone == _addressed.c.telephone)
                .where(other.c.person != _addressed.c.person)
                .exists()
            )
            .scalar_subquery()
        )
        session.execute(
            update(Transaction)
            .where(Transaction.id.in_(select(_unaddressed.c.id)))
            .where(
                or_(
                    Transaction.person != Transaction.telephone,
                    Transaction.telephone.in_(select(_addressed.c.telephone)),
                )
            )
            .values(person=func.coalesce(only, Transaction.telephone))
            .execution_options(synchronize_session=False)
        )


@contextmanager
def linking(session: Session) -> Generator[Linking]:
    """Open the notes of one import."""
    with temporary(session, _touched, _unaddressed, _addressed):
        yield Linking(session)
