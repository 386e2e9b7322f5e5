"""Triggers that refuse to change what has been published or counted."""

from alembic import op


def guard(table: str, verb: str) -> None:
    """Make the database refuse a verb, UPDATE or DELETE, on the rows of a table."""
    trigger, message = f"{table}_no_{verb.lower()}", f"rows of {table} are never changed: {verb} refused"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
    else:
        op.execute(
            f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        verbs = "DELETE OR TRUNCATE" if verb == "DELETE" else verb
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE {verbs} ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {trigger}()"
        )
