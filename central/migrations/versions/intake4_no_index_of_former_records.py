"""Nothing asks for former records by code alone: an index of it cost every row that an import states again."""

from alembic import op

revision = "intake4"
down_revision = "intake3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("former_record_by_code", "former_record")


def downgrade() -> None:
    op.create_index("former_record_by_code", "former_record", ["code"])
