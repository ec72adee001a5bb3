"""Imports of departments' files: runs, who stated what, what stood before, profiles."""

import sqlalchemy as sa
from alembic import op

revision = "intake1"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_profile",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "import_run",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Integer(), nullable=False),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "source_record",
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("source_date", sa.String(length=10), nullable=False),
        sa.Column("barred", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", "kind", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index("source_record_by_import", "source_record", ["number"])
    op.create_table(
        "former_entity",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", "code"),
        sqlite_with_rowid=False,
    )
    op.create_index("former_entity_by_code", "former_entity", ["code"])
    op.create_table(
        "former_record",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("former", sa.BigInteger(), nullable=False),
        sa.Column("source_date", sa.String(length=10), nullable=False),
        sa.Column("barred", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", "code", "kind", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index("former_record_by_code", "former_record", ["code"])


def downgrade() -> None:
    op.drop_table("former_record")
    op.drop_table("former_entity")
    op.drop_table("source_record")
    op.drop_table("import_run")
    op.drop_table("import_profile")
