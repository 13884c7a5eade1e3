"""How does Alembic reach the database: over a connection given, else by sqlalchemy.url?"""

from alembic import context
from sqlalchemy import Connection

from data.store.engine import open_engine
from data.store.orm import METADATA


def run(connection: Connection) -> None:
    """Run the migrations asked for over an open connection."""
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        compare_type=True,
        render_as_batch=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    # open_engine names the SQLite module too, so that migrations run on the same sound SQLite.
    with open_engine(context.config.get_main_option("sqlalchemy.url") or "sqlite://").connect() as own:
        run(own)
        own.commit()
