"""Transactions, samples drawn from them, and the doors by which people come."""

import sqlalchemy as sa
from alembic import op

from survey_service.store.base import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: to write a table anew, SQLite would have to drop what others refer to.
    op.add_column(
        "contacts",
        sa.Column("mode", sa.String(length=10), nullable=False, server_default="web"),
    )
    op.add_column("contacts", sa.Column("service", sa.String(length=40), nullable=True))
    op.add_column("contacts", sa.Column("channel", sa.String(length=40), nullable=True))
    op.add_column("invitations", sa.Column("rotation", sa.Integer(), nullable=True))
    op.add_column("invitations", sa.Column("short_code", sa.LargeBinary(length=16), nullable=True))
    op.create_index("ix_invitations_short_code", "invitations", ["short_code"], unique=True)
    op.create_table(
        "transactions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("received", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("returned", sa.Date(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("person", sa.LargeBinary(length=16), nullable=True),
        sa.Column("telephone", sa.LargeBinary(length=16), nullable=True),
        sa.Column("content", sa.LargeBinary(length=16), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transactions")),
        sa.UniqueConstraint("source", "number", name=op.f("uq_transactions_source_number")),
    )
    op.create_index("ix_transactions_person", "transactions", ["person", "id"])
    op.create_index("ix_transactions_returned", "transactions", ["returned"])
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("source", "sha256", name=op.f("uq_deliveries_source_sha256")),
    )
    op.create_table(
        "samples",
        sa.Column("wave_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("drawn_at", Instant(timezone=True), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=True),
        sa.Column("nonce", sa.String(length=64), nullable=True),
        sa.Column("frame_hash", sa.String(length=64), nullable=True),
        sa.Column("sample_hash", sa.String(length=64), nullable=True),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["waves.id"], name=op.f("fk_samples_wave_id_waves")),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_samples")),
    )
    op.create_table(
        "sampled_people",
        sa.Column("wave_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.LargeBinary(length=16), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(length=200), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("transactions", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_sampled_people_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["transactions.id"],
            name=op.f("fk_sampled_people_transaction_id_transactions"),
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["samples.wave_id"], name=op.f("fk_sampled_people_wave_id_samples")
        ),
        sa.PrimaryKeyConstraint("wave_id", "person", name=op.f("pk_sampled_people")),
    )
    op.create_index("ix_sampled_people_stratum", "sampled_people", ["wave_id", "stratum", "place"])
    op.create_table(
        "asked_people",
        sa.Column("person", sa.LargeBinary(length=16), nullable=False),
        sa.Column("wave_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_asked_people_wave_id_waves")
        ),
        sa.PrimaryKeyConstraint("person", "wave_id", name=op.f("pk_asked_people")),
    )


def downgrade() -> None:
    for table in ("asked_people", "sampled_people", "samples", "deliveries", "transactions"):
        op.drop_table(table)
    op.drop_index("ix_invitations_short_code", "invitations")
    for column in ("short_code", "rotation"):
        op.drop_column("invitations", column)
    for column in ("channel", "service", "mode"):
        op.drop_column("contacts", column)
