"""On real credit tables, is the public fit as good as the best of its rivals, and is it calibrated?"""

import sys
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

import numpy as np
import numpy.typing as npt

from bench._tables_data import RealTable, tables
from bench._tables_systems import OURS, SYSTEMS, quietly
from models.folds import folds_of
from models.measures import auc_difference, log_odds
from models.uncertainty import FIGURES, Spread, spreads

Numbers = npt.NDArray[np.float64]

FOLDS = 5
PROCESSES = 2
TITLES = {"auc": "AUC", "ks": "KS", "brier": "Brier", "log_loss": "对数损失", "calibration_slope": "校准斜率"}


class Told:
    """Write what is being loaded and done to stderr."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Write the stage's name."""
        print(f"\n-- {name}", end="", file=sys.stderr, flush=True)

    def advance(self, steps: int = 1) -> None:
        """Ignore: a mark a step would bury the stages."""

    def note(self, message: str) -> None:
        """Write the message."""
        print(f"\n   {message}", end="", file=sys.stderr, flush=True)


def run() -> dict[str, object]:
    """Let every system predict every table on the same folds, and print each figure with its 95 % interval."""
    began, told = time.perf_counter(), Told()
    found = list(tables(told))
    answers = _answers(found, told)
    outcome: dict[str, object] = {}
    worse: list[str] = []
    slopes: dict[str, float] = {}
    for table in found:
        odds = {system: answers[table.name, system] for system in SYSTEMS}
        figures = {system: spreads(table.asked, one, table.borrower) for system, one in odds.items()}
        beaten = _beaten(table, odds)
        _print(table, figures, beaten)
        outcome[table.name] = {system: round(one["auc"].value, 4) for system, one in figures.items()}
        slopes[table.name] = round(figures[OURS]["calibration_slope"].value, 3)
        worse += [table.name] if beaten is not None and beaten[2] > 0 else []
    aucs = {system: [answer[system] for answer in outcome.values()] for system in SYSTEMS}  # type: ignore[index]
    return {
        "auc": outcome,
        "mean_auc": {system: round(float(np.mean(values)), 4) for system, values in aucs.items()},
        "worse_than_best_beyond_noise": worse,
        "calibration_slope": slopes,
        "seconds": round(time.perf_counter() - began),
    }


def _answers(found: list[RealTable], told: Told) -> dict[tuple[str, str], Numbers]:
    """Return each table's held-out log-odds by each system, worked out in two processes, the longest first."""
    tasks = [(table, system) for table in sorted(found, key=lambda one: -len(one.X)) for system in SYSTEMS]
    told.stage(f"{len(found)} 张表 × {len(SYSTEMS)} 个系统，同样的折 ")
    answers: dict[tuple[str, str], Numbers] = {}
    # Started afresh, since a fork would take LightGBM's threads along half alive.
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        pending = {pool.submit(held_out, table, system): (table.name, system) for table, system in tasks}
        for done in as_completed(pending):
            answers[pending[done]] = done.result()
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return answers


def held_out(table: RealTable, system: str) -> Numbers:
    """Return each row's held-out log-odds by one system: the rows of the first repeat, then of the next.

    They are not averaged: an average is better, and flatter, than what one fit of the system answers.
    """
    return np.concatenate([_round(table, system, repeat) for repeat in range(table.repeats)])


def _round(table: RealTable, system: str, repeat: int) -> Numbers:
    answer = np.zeros(len(table.y))
    for book in np.unique(table.book):
        rows = np.flatnonzero(table.book == book)
        X, y = table.X.iloc[rows].reset_index(drop=True), table.y.iloc[rows].reset_index(drop=True)
        fold = folds_of(np.arange(len(y)), y.to_numpy(dtype=np.float64), FOLDS, repeat)
        for number in range(FOLDS):
            learned, asked = (X[chosen].reset_index(drop=True) for chosen in (fold != number, fold == number))
            known = y[fold != number].reset_index(drop=True)
            # From a column of gaps alone nothing can be learned, and some systems fail on it.
            told = learned.columns[learned.notna().any()]
            signs = {name: sign for name, sign in table.directions.items() if name in told}
            answered = log_odds(quietly(system, learned[told], known, asked[told], signs))
            answer[rows[fold == number]] = answered
    return answer


def _beaten(table: RealTable, odds: Mapping[str, Numbers]) -> tuple[str, float, float, float] | None:
    """Return the rival that is furthest ahead of us in AUC, by how much, and the interval; None where none is."""
    ahead = {
        system: auc_difference(table.asked, one, odds[OURS], table.borrower)
        for system, one in odds.items()
        if system != OURS
    }
    best = max(ahead, key=lambda system: ahead[system][0])
    return None if ahead[best][0] <= 0 else (best, ahead[best][0], ahead[best][1], ahead[best][2])


def _print(
    table: RealTable, figures: Mapping[str, Mapping[str, Spread]], beaten: tuple[str, float, float, float] | None
) -> None:
    rows, bad, books = len(table.y), int(table.y.sum()), int(table.book.max()) + 1
    of_books = "" if books == 1 else f"（{books} 本各 {rows // books} 行的小账合在一起）"
    print(f"\n{table.name}：{rows} 行{of_books}，{bad} 次违约，{table.repeats} 次 {FOLDS} 折；括号内为 95% 区间")
    print(f"{'':12}" + "".join(f"{TITLES[name]:<24}" for name in FIGURES))
    for system, one in figures.items():
        cells = (f"{one[name].value:.3f} ({one[name].low:.3f}–{one[name].high:.3f})" for name in FIGURES)
        print(f"{system:12}" + "".join(f"{cell:<26}" for cell in cells))
    if beaten is None:
        print("AUC 没有一个系统高于本项目。")
    else:
        system, gap, low, high = beaten
        print(f"AUC 最好的对手 {system} 高出 {gap:+.4f}（{low:+.4f} 至 {high:+.4f}）。")
