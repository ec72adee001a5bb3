"""What is asked for at an undo alone is looked for then: an index of it cost every row of every import."""

from alembic import op

revision = "intake3"
down_revision = "register1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("source_record_by_import", "source_record")


def downgrade() -> None:
    op.create_index("source_record_by_import", "source_record", ["number"])
