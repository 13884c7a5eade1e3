"""Where does the house keep what it knows, and is that place sound?"""

from collections.abc import Hashable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, insert, inspect, select
from sqlalchemy.engine import make_url

from data.spec.access import BUREAU
from data.spec.acting import acting_tenant
from data.spec.audit import Action, AuditEvent
from data.spec.errors import Refusal
from data.store.audit import Chaining
from data.store.engine import is_memory, is_sound_for_wal, open_engine, sqlite_module
from data.store.migrations.running import current_revision, head_revision, is_known, upgrade
from data.store.orm import METADATA, SETTING
from data.store.tenancy import secure
from data.store.work import Work

TODAY = "demonstration_today"
SANDBOX = "sandbox"


class StoreExists(Refusal):
    """A store stands here already."""

    code = "store-exists"
    status = 409


class StoreMissing(Refusal):
    """No store stands here."""

    code = "store-missing"
    status = 503


class StoreOutdated(Refusal):
    """The store's tables are of another version than this program."""

    code = "store-outdated"
    status = 503


class StoreUnsound(Refusal):
    """A SQLite of this version may lose acknowledged writes in a database with a write-ahead log."""

    code = "store-unsound"
    status = 503


@dataclass(frozen=True)
class Upgrade:
    """Say from which version a store came to which, and where it was copied first, if it was."""

    before: str
    after: str
    kept: Path | None


class Store:
    """Open units of work on one database; make one by `Store.create` or `Store.open`."""

    def __init__(
        self, engine: Engine, *, today: date | None, sandbox: bool = False, chaining: Chaining | None = None
    ) -> None:
        self._engine = engine
        self._chaining = chaining or Chaining()
        self._memory: dict[Hashable, Any] = {}
        self.today = today
        self.sandbox = sandbox

    @property
    def demonstration(self) -> bool:
        """Tell whether the store holds an invented city with a today of its own."""
        return self.today is not None

    @classmethod
    def create(
        cls,
        url: str,
        *,
        at: datetime,
        demonstration_today: date | None = None,
        sandbox: bool = False,
        chaining: Chaining | None = None,
    ) -> Self:
        """Make the tables of a new store and note who made it; `chaining` says how its audit log is written.

        A sandbox is a demonstration whose few enterprises are fixed; it says so.
        Raises StoreExists where a store stands already.
        """
        _make_directory(url)
        engine = open_engine(url)
        with _let_go_on_refusal(engine), engine.connect() as connection:
            if current_revision(connection) is not None:
                raise StoreExists("这里已经有一个数据库。", help="请换一个位置，或直接打开它。")
            upgrade(connection)
            secure(connection, METADATA)
        store = cls(engine, today=demonstration_today, sandbox=sandbox, chaining=chaining)
        store._note_creation(at)
        return store

    def _note_creation(self, at: datetime) -> None:
        with self.work(at=at) as work:
            if self.today is not None:
                work.connection.execute(insert(SETTING).values(name=TODAY, value=self.today.isoformat()))
            if self.sandbox:
                work.connection.execute(insert(SETTING).values(name=SANDBOX, value="yes"))
            work.record(
                AuditEvent(tenant=BUREAU, actor="system", action=Action.STORE_CREATED, object_id="store", at=at)
            )
            work.commit()

    @classmethod
    def open(cls, url: str, *, chaining: Chaining | None = None) -> Self:
        """Open a store that stands; `chaining` says how its audit log is written from now on.

        Raises StoreMissing, StoreOutdated, or StoreUnsound for a database in WAL mode on a SQLite that
        may lose acknowledged writes there.
        """
        _check_there(url)
        _check_sound(url)
        engine = open_engine(url)
        with _let_go_on_refusal(engine), engine.connect() as connection:
            _check_current(connection)
            settings = {row.name: row.value for row in connection.execute(select(SETTING.c.name, SETTING.c.value))}
        today = date.fromisoformat(settings[TODAY]) if TODAY in settings else None
        return cls(engine, today=today, sandbox=SANDBOX in settings, chaining=chaining)

    @classmethod
    def upgrade(cls, url: str, *, keep: Path | None = None) -> Upgrade:
        """Bring the tables of a store that stands to this program's version.

        Where something is to change, a database file is first copied to `keep`; a server's is its operator's to copy.
        Raises StoreMissing, and StoreOutdated for one that a later program wrote.
        """
        _check_there(url)
        engine = open_engine(url)
        with _let_go_on_refusal(engine), engine.connect() as connection:
            before = _revision(connection)
            if not is_known(before):
                raise _outdated(before)
            kept = None if before == head_revision() else _copied(url, keep)
            upgrade(connection)
            secure(connection, METADATA)
        engine.dispose()
        return Upgrade(before=before, after=head_revision(), kept=kept)

    @contextmanager
    def work(self, *, at: datetime, read_only: bool = False, durable: bool = True) -> Iterator[Work]:
        """Open a unit of work; what is not committed is not kept.

        On SQLite a unit that writes waits for its turn at the start; `read_only` units never wait, and see one state
        of the store throughout. What a unit that is not `durable` commits outlives the process, not a power cut: it
        waits for no disk.
        """
        snapshot = read_only and self._engine.dialect.name == "postgresql"
        options: dict[str, Any] = {"isolation_level": "REPEATABLE READ"} if snapshot else {}
        options |= {"read_only": read_only, "durable": durable, "tenant": acting_tenant()}
        with self._engine.connect().execution_options(**options) as connection:
            if not durable and connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL synchronous_commit TO OFF")
            memory, chaining, tenant = self._memory, self._chaining, options["tenant"]
            yield Work(connection, at=at, read_only=read_only, memory=memory, chaining=chaining, tenant=tenant)
            connection.rollback()

    def close(self) -> None:
        """Let go of the database's connections."""
        self._engine.dispose()

    @property
    def journal(self) -> str:
        """Say how the database is kept safe, for `doctor`: the engine, its version and journal."""
        with self._engine.connect() as connection:
            version = ".".join(str(part) for part in connection.dialect.server_version_info or ())
            if connection.dialect.name != "sqlite":
                return f"{connection.dialect.name} {version}"
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
            return f"SQLite {version}，{str(mode).upper()} + FULL"


@contextmanager
def _let_go_on_refusal(engine: Engine) -> Iterator[None]:
    """Leave no connection behind where no store is handed out."""
    try:
        yield
    except Exception:
        engine.dispose()
        raise


def _path(url: str) -> Path | None:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or is_memory(url):
        return None
    return Path(parsed.database or "")


def _copied(url: str, keep: Path | None) -> Path | None:
    """Copy a database file, with what its log still holds; None where there is no file, or nowhere to copy it to."""
    path = _path(url)
    if path is None or keep is None:
        return None
    with closing(sqlite_module().connect(path)) as own:
        own.execute("VACUUM INTO ?", (str(keep),))
    return keep


def _make_directory(url: str) -> None:
    path = _path(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)


def _check_there(url: str) -> None:
    path = _path(url)
    if path is not None and not path.exists():
        raise StoreMissing(f"没有找到数据库 {path.name}。", help="请先运行 lukeping init。")


def _check_sound(url: str) -> None:
    path = _path(url)
    version = sqlite_module().sqlite_version
    if path is None or is_sound_for_wal(version):
        return
    with path.open("rb") as file:
        header = file.read(20)
    if header[18:20] == b"\x02\x02":
        raise StoreUnsound(
            f"数据库处于 WAL 模式，而本机 SQLite {version} 在该模式下可能丢失已确认的写入。",
            help="请安装 pysqlite3，或使用 3.51.3 以上的 SQLite。",
        )


def _check_current(connection: Connection) -> None:
    current = _revision(connection)
    if current != head_revision():
        raise _outdated(current)


def _revision(connection: Connection) -> str:
    """Return the version the tables are of; raise StoreMissing where there are none."""
    current = current_revision(connection) if inspect(connection).has_table(SETTING.name) else None
    if current is None:
        raise StoreMissing("这个数据库里还没有本系统的表。", help="请先运行 lukeping init。")
    return current


def _outdated(current: str) -> StoreOutdated:
    older = is_known(current)
    return StoreOutdated(
        f"数据库的版本是 {current}，程序需要 {head_revision()}。",
        help="请停止服务，运行 lukeping upgrade。" if older else "它由更新的程序写成：请用那一版程序打开。",
    )
