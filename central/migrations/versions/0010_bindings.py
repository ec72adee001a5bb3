"""Bindings of payloads without a code of their own, and where signed codes were seen."""

import sqlalchemy as sa
from alembic import op

revision = "0010_bindings"
down_revision = "intake1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "binding",
        sa.Column("ledger_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ledger_number"], ["event.ledger_number"]),
        sa.PrimaryKeyConstraint("ledger_number"),
    )
    op.create_index("ix_binding_key", "binding", ["key"])
    op.create_table(
        "alias",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("decided", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "sighting",
        sa.Column("ledger_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("serial", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ledger_number"], ["event.ledger_number"]),
        sa.PrimaryKeyConstraint("ledger_number"),
    )
    op.create_index("ix_sighting_serial", "sighting", ["serial"])
