"""Is everything that the service rests on well?"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

from api.clock import SHANGHAI, now
from api.desks import Check
from data.spec.errors import Refusal

if TYPE_CHECKING:
    from api.settings import Settings
    from api.wiring.champions import ShelvedChampions
    from data.store import Store

LEAST_FREE_BYTES = 500_000_000


class Doctor:
    """Look at the ground, the store, the models and the evidence."""

    def __init__(
        self, settings: "Settings", *, store: "Store | None" = None, champions: "ShelvedChampions | None" = None
    ) -> None:
        self._settings, self._opened, self._champions = settings, store, champions

    def check_ready(self) -> Sequence[Check]:
        """Look at the store and the model."""
        return [_look("存储", self._store), _look("模型", self._model)]

    def diagnose(self) -> Sequence[Check]:
        """Look at everything."""
        looks: list[tuple[str, Callable[[], Check]]] = [
            ("Python", _python),
            ("LightGBM", _lightgbm),
            ("状态目录", self._state),
            ("磁盘", self._disk),
            ("令牌文件", self._tokens),
            ("存储", self._store),
            ("数据新旧", self._freshness),
            ("模型", self._model),
        ]
        return [_look(name, look) for name, look in looks]

    def _store(self) -> Check:
        with self._open() as store:
            return Check(name="存储", well=True, seen=store.journal)

    @contextmanager
    def _open(self) -> "Iterator[Store]":
        """Give the store that is open already, or open it for this look alone."""
        if self._opened is not None:
            yield self._opened
            return
        from api.wiring.stores import open_store

        store = open_store(self._settings)
        try:
            yield store
        finally:
            store.close()

    def _model(self) -> Check:
        from api.wiring.champions import ShelvedChampions

        champions = self._champions or ShelvedChampions(self._settings.shelf)
        live = champions.champion("application")
        if live is None:
            return Check(name="模型", well=False, seen="架上没有可用的模型", help="请运行 lukeping train。")
        return Check(name="模型", well=True, seen=live[0])

    def _freshness(self) -> Check:
        from data.store.reads import read_batches

        with self._open() as store, store.work(at=now(store.today), read_only=True) as work:
            batches = read_batches(work)
        if batches.empty:
            return Check(name="数据新旧", well=False, seen="库中还没有名单", help="请运行 lukeping intake 文件夹。")
        rows, latest = int(batches["kept"].sum()), batches["recorded_at"].max().astimezone(SHANGHAI)
        return Check(name="数据新旧", well=True, seen=f"{len(batches)} 个批次，{rows:,} 行，最近一批 {latest:%Y-%m-%d}")

    def _state(self) -> Check:
        state = self._settings.state
        if not state.is_dir():
            return Check(name="状态目录", well=False, seen=f"没有 {state}", help="请运行 lukeping init。")
        open_to_others = state.stat().st_mode & 0o077
        seen = f"{state}（{oct(state.stat().st_mode & 0o777)[2:]}）"
        return Check(
            name="状态目录", well=not open_to_others, seen=seen, help=f"chmod 700 {state}" if open_to_others else ""
        )

    def _disk(self) -> Check:
        place = self._settings.state if self._settings.state.is_dir() else self._settings.state.parent
        free = shutil.disk_usage(place).free
        help = "请腾出空间。" if free < LEAST_FREE_BYTES else ""
        return Check(name="磁盘", well=not help, seen=f"剩余 {free / 1e9:.1f} GB", help=help)

    def _tokens(self) -> Check:
        path = self._settings.token_file
        if not path.exists():
            return Check(name="令牌文件", well=True, seen="没有（令牌只在建库时显示）")
        exposed = path.stat().st_mode & 0o077
        return Check(
            name="令牌文件",
            well=not exposed,
            seen="仅本人可读" if not exposed else "他人可读",
            help=f"chmod 600 {path}" if exposed else "",
        )


def _look(name: str, look: Callable[[], Check]) -> Check:
    """Look, and tell whatever goes wrong as a finding: a doctor does not faint."""
    try:
        return look()
    except Refusal as refusal:
        return Check(name=name, well=False, seen=refusal.message, help=refusal.help)
    except Exception as fault:
        return Check(name=name, well=False, seen=f"检查未能完成（{type(fault).__name__}）")


def _python() -> Check:
    version = ".".join(str(part) for part in sys.version_info[:3])
    well = sys.version_info >= (3, 11)
    return Check(
        name="Python", well=well, seen=f"{version}，{os.cpu_count()} 核", help="" if well else "需要 3.11 或更新。"
    )


def _lightgbm() -> Check:
    """Import what fits and scores: without the system's OpenMP runtime that alone fails."""
    try:
        import models.boosting  # noqa: F401 - imported to see whether it can be
    except OSError as error:
        return Check(name="LightGBM", well=False, seen=str(error).split(":")[0], help="请安装系统库 libgomp1。")
    return Check(name="LightGBM", well=True, seen=version("lightgbm"))
