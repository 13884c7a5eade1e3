"""Which version are the tables of, and how are they brought to another?"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's settings, bound to an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def head_revision() -> str:
    """Name the version this program needs."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    if head is None:
        raise RuntimeError("no migration found")
    return head


def is_known(revision: str) -> bool:
    """Tell whether a version is one that this program can start from."""
    return revision in {one.revision for one in ScriptDirectory.from_config(configuration()).walk_revisions()}


def current_revision(connection: Connection) -> str | None:
    """Name the version the tables are of; None where there are none."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the tables to a version and keep them."""
    command.upgrade(configuration(connection), revision)
    connection.commit()


def downgrade(connection: Connection, revision: str = "base") -> None:
    """Take the tables back to a version and keep them."""
    command.downgrade(configuration(connection), revision)
    connection.commit()
