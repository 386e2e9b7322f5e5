"""Runs migrations on the connection that the store hands over, in its transaction."""

from alembic import context

from service.store.mail_schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
