"""Registers of regions, and layers over their snapshots."""

import sqlalchemy as sa
from alembic import op

revision = "register1"
down_revision = "intake2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gone_entity",
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_index("ix_gone_entity_row_version", "gone_entity", ["row_version"])
    for table in ("device", "enrolment_code"):
        op.add_column(table, sa.Column("register", sa.String(length=120), nullable=False, server_default=""))
    with op.batch_alter_table("publication") as batch:
        batch.alter_column("area", type_=sa.String(length=120), existing_type=sa.String(length=32))


def downgrade() -> None:
    for table in ("device", "enrolment_code"):
        op.drop_column(table, "register")
    op.drop_index("ix_gone_entity_row_version", "gone_entity")
    op.drop_table("gone_entity")
