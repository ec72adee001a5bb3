"""Alembic's entry: runs on the connection that ``central.database`` hands in."""

from alembic import context

from central.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
