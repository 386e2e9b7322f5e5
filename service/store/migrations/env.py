"""Runs migrations on the connection that the store hands over, in its transaction."""

from alembic import context

from service.store import mail_schema, model_schema

# one for all: importing a schema adds its tables
(metadata,) = {mail_schema.metadata, model_schema.metadata}

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
