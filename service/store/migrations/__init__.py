"""Migrations by Alembic, run when a database is opened."""
