"""How long does one enterprise take online, its evidence read from the store?"""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from data.intake import load_folder
from data.spec.access import Access, Purpose, bureau_access
from data.spec.progress import Silent
from data.store import Store, Work
from data.store.enterprise_events import read_enterprise_events
from data.store.reads import read_events
from data.zibo import write_city
from features.catalogue import features_of
from features.engine import compute
from features.spec import Feature
from features.spine import spine_row

ENTERPRISES = 1_500
ASKED = 200
WARM = 20
TODAY = date(2026, 1, 1)
AT = datetime(2026, 1, 1, 9, tzinfo=UTC)


def online_p50_ms() -> float:
    """Return the median milliseconds from the store's rows to the whole application card, one borrower at a time.

    It is measured as a service runs: in a process that opens a store, not in the heap of one that built it.
    """
    print("一家企业在线：先建一座小城", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as place:
        _in_its_own_process(_build, place)
        return _in_its_own_process(_measure, place)


def _in_its_own_process(work: Callable[[str], float], place: str) -> float:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, place).result()


def _build(place: str) -> float:
    folder = Path(place)
    write_city(folder, enterprises=ENTERPRISES, progress=Silent())
    store = Store.create(_url(place), at=AT, demonstration_today=TODAY)
    load_folder(store, folder / "lists", at=AT, actor="bench", progress=Silent())
    store.close()
    return float(ENTERPRISES)


def _measure(place: str) -> float:
    store = Store.open(_url(place))
    try:
        return float(np.median(_timed(store)[WARM:])) * 1000
    finally:
        store.close()


def _url(place: str) -> str:
    return f"sqlite:///{place}/store.db"


def _timed(store: Store) -> list[float]:
    features, access = features_of("application"), bureau_access("bench", at=AT, purpose=Purpose.PRE_LOAN)
    seconds = []
    for enterprise in _borrowers(store, access):
        with store.work(at=AT, read_only=True) as work:
            started = time.perf_counter()
            _card(work, features, enterprise, access)
            seconds.append(time.perf_counter() - started)
    return seconds


def _borrowers(store: Store, access: Access) -> list[int]:
    """Return those who applied for a loan: the ones asked about, and the ones of whom most is known."""
    with store.work(at=AT, read_only=True) as work:
        applied = read_events(work, ["loan_application"], access=access)["loan_application"]
    return [int(one) for one in applied["enterprise_id"].drop_duplicates().head(ASKED + WARM)]


def _card(work: Work, features: Sequence[Feature], enterprise: int, access: Access) -> pd.DataFrame:
    tables = {name for feature in features for name in feature.tables}
    events = read_enterprise_events(work, enterprise, access=access, tables=sorted(tables))
    return compute(features, events, spine_row(enterprise, as_of=TODAY))
