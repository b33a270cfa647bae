"""Mail: histories, suppressions, what came back, pace, and the steps of a plan."""

import sqlalchemy as sa
from alembic import op

from survey_service.store.base import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_DOMAINS = {
    "sqlite": "substr(email_key, instr(email_key, '@') + 1)",
    "postgresql": "split_part(email_key, '@', 2)",
}


def upgrade() -> None:
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("domain", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("transport", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("begun_at", Instant(timezone=True), nullable=True))
        batch_op.drop_index("ix_letters_due")
        batch_op.drop_index("ix_letters_wave_id")
        batch_op.create_index(
            "ix_letters_due", ["wave_id", "state", "not_before", "id", "domain"], unique=False
        )
    domain = _DOMAINS[op.get_bind().dialect.name]
    op.execute(
        f"UPDATE letters SET domain = (SELECT {domain} FROM contacts JOIN invitations "  # noqa: S608
        "ON invitations.contact_id = contacts.id WHERE invitations.id = letters.invitation_id)"
    )
    # Until now there was one relay, and it had no name.
    op.execute("UPDATE letters SET transport = 'relay' WHERE state IN ('intent', 'uncertain')")
    # SQLite would give the number of a deleted letter to another one, and with it its Message-ID.
    with op.batch_alter_table(
        "letters", schema=None, table_kwargs={"sqlite_autoincrement": True}
    ) as batch_op:
        batch_op.alter_column("domain", existing_type=sa.String(length=255), nullable=False)
    with op.batch_alter_table("dispatchers", schema=None) as batch_op:
        batch_op.alter_column(
            "name", existing_type=sa.String(length=20), type_=sa.String(length=40)
        )
    op.create_table(
        "letter_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=12), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_letter_events_letter_id_letters")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_events")),
    )
    op.create_index(op.f("ix_letter_events_letter_id"), "letter_events", ["letter_id"])
    op.create_table(
        "suppressions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("wave", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("released_at", Instant(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppressions")),
    )
    op.create_index("ix_suppressions_email_key", "suppressions", ["email_key"])
    op.create_table(
        "returned_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("email_key", sa.String(length=320), nullable=True),
        sa.Column("wave", sa.String(length=40), nullable=True),
        sa.Column("transport", sa.String(length=40), nullable=True),
        sa.Column("failure", sa.String(length=20), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=True),
        sa.Column("diagnostic", sa.Text(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_returned_mail_letter_id_letters")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_mail")),
        sa.UniqueConstraint("digest", name=op.f("uq_returned_mail_digest")),
    )
    op.create_index(op.f("ix_returned_mail_email_key"), "returned_mail", ["email_key"])
    op.create_table(
        "mailbox_checkpoints",
        sa.Column("mailbox", sa.String(length=200), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_mailbox_checkpoints")),
    )
    op.create_table(
        "buckets",
        sa.Column("name", sa.String(length=320), nullable=False),
        sa.Column("tokens", sa.Double[float](), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_buckets")),
    )
    op.create_table(
        "paused_transports",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_paused_transports")),
    )
    op.create_table(
        "wave_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", Instant(timezone=True), nullable=False),
        sa.Column("decided_at", Instant(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_wave_steps_wave_id_waves")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave_steps")),
        sa.UniqueConstraint("wave_id", "step", name=op.f("uq_wave_steps_wave_id_step")),
    )


def downgrade() -> None:
    for table in (
        "wave_steps",
        "paused_transports",
        "buckets",
        "mailbox_checkpoints",
        "returned_mail",
        "suppressions",
        "letter_events",
    ):
        op.drop_table(table)
    with op.batch_alter_table("dispatchers", schema=None) as batch_op:
        batch_op.alter_column(
            "name", existing_type=sa.String(length=40), type_=sa.String(length=20)
        )
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.drop_index("ix_letters_due")
        batch_op.drop_column("begun_at")
        batch_op.drop_column("transport")
        batch_op.drop_column("domain")
        batch_op.create_index("ix_letters_due", ["state", "not_before", "id"], unique=False)
        batch_op.create_index("ix_letters_wave_id", ["wave_id"], unique=False)
