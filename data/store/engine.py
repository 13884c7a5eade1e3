"""How is a database opened so that acknowledged writes survive?

The SQLite versions 3.7.0 to 3.51.2 can lose acknowledged writes in WAL mode when a checkpoint races a
writer (fixed in 3.51.3, and in 3.50.7 and 3.44.6). On those the write-ahead log is not used.
"""

import importlib
from types import ModuleType

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from data.store.tenancy import say_who_acts

BUSY_MILLISECONDS = 30_000
CACHE_KIBIBYTES = 64_000
"""A big batch stays in memory until it is committed, instead of being written twice."""


def sqlite_module() -> ModuleType:
    """Return pysqlite3 where it is installed, else the standard library's sqlite3."""
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return importlib.import_module("sqlite3")


def is_sound_for_wal(version: str) -> bool:
    """Tell whether this SQLite keeps acknowledged writes in WAL mode.

    >>> [is_sound_for_wal(version) for version in ("3.40.1", "3.44.6", "3.50.7", "3.51.2", "3.53.4")]
    [False, True, True, False, True]
    """
    number = tuple(int(part) for part in version.split("."))
    backported = (3, 44, 6) <= number < (3, 45) or (3, 50, 7) <= number < (3, 51)
    return backported or number >= (3, 51, 3)


def journal_mode(version: str) -> str:
    """Name the journal that this SQLite may use.

    >>> journal_mode("3.40.1"), journal_mode("3.53.4")
    ('DELETE', 'WAL')
    """
    return "WAL" if is_sound_for_wal(version) else "DELETE"


def engine_arguments(url: str) -> dict[str, object]:
    """Return the arguments by which an engine for this address is made, migrations included."""
    if make_url(url).get_backend_name() != "sqlite":
        return {"hide_parameters": True}
    memory = {"poolclass": StaticPool} if is_memory(url) else {}
    connect = {"check_same_thread": False, "isolation_level": None}
    return {"module": sqlite_module(), "hide_parameters": True, "connect_args": connect, **memory}


def is_memory(url: str) -> bool:
    """Tell whether the address names a database that lives in memory only."""
    parsed = make_url(url)
    return parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:")


def open_engine(url: str) -> Engine:
    """Open an engine with the settings of this house."""
    engine = create_engine(_with_driver(url), **engine_arguments(url))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "begin", _begin_acting)
    return engine


def _with_driver(url: str) -> str:
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed.render_as_string(hide_password=False)


def _set_pragmas(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    cursor.execute(f"PRAGMA journal_mode = {journal_mode(sqlite_module().sqlite_version)}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")
    cursor.close()


def _begin(connection: object) -> None:
    # A transaction that reads first and writes later would meet "database is locked" half-way; taking the
    # writer's lock at once lets it wait its turn instead.
    options = connection.get_execution_options()  # type: ignore[attr-defined] # the event passes a Connection
    safe = options.get("durable", True) or journal_mode(sqlite_module().sqlite_version) != "WAL"
    connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if safe else 'NORMAL'}")  # type: ignore[attr-defined] # as above
    connection.exec_driver_sql("BEGIN" if options.get("read_only") else "BEGIN IMMEDIATE")  # type: ignore[attr-defined] # as above


def _begin_acting(connection: Connection) -> None:
    # Per transaction, so that a pooled connection never acts for whom it acted before.
    say_who_acts(connection, connection.get_execution_options().get("tenant"))
