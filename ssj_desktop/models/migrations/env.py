"""Alembic's entry point: run on the connection the store hands over, in its transaction."""

from alembic import context

from ssj_desktop.models.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=False,
)
context.run_migrations()
