"""What is usual among the training rows, which columns say one thing, and which effects keep their sign?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from data.spec.dated import ParameterSet
from models.boosting import raw_contributions
from models.columns import Matrix
from models.contributions import shares_of
from models.fitted import Model
from models.references import Background, Profile
from models.table import Codes, Table

Numbers = npt.NDArray[np.float64]

MOST_STEPS = 20
ROWS_FOR_SIGNS = 2000


@dataclass(frozen=True, kw_only=True)
class BackgroundRule:
    """Say how many firms make a group, from which rank correlation columns are told together, which sign is steady."""

    fewest_firms: int = 20
    tied_correlation: float = 0.7
    steady_share: float = 0.9
    stage_years: tuple[float, ...] = ()


def read_background_rule(day: date) -> BackgroundRule:
    """Return the rule in force on day (models/background.yaml)."""
    text = Path(__file__).with_name("background.yaml").read_text(encoding="utf-8")
    numbers = {name: float(value) for name, value in ParameterSet.parse(text).numbers(day).items()}
    return BackgroundRule(
        fewest_firms=int(numbers["fewest_firms"]),
        tied_correlation=numbers["tied_correlation"],
        steady_share=numbers["steady_share"],
        stage_years=(numbers["growing_from_years"], numbers["mature_from_years"]),
    )


def with_background(
    model: Model,
    table: Table,
    rule: BackgroundRule,
    *,
    families: Mapping[str, str] | None = None,
    peers: Sequence[Sequence[str | None]] = (),
) -> Model:
    """Return the model with what its reasons need, worked out from the rows it was fitted on.

    `families` name the kind of evidence of each column; only columns of one family are told together. `peers` hold a
    key for each row, or None, once for each way of grouping; a key with too few firms has no profile.

    Shapes: table is the training table; each of peers has one entry a row.
    Source: method.md 6.
    """
    rows = _Rows(model, table, rule)
    background = Background(
        population=rows.profile(np.arange(len(table.label))),
        ladder=tuple(rows.ladder()),
        peers={key: profile for keys in peers for key, profile in rows.by_key(keys)},
        ties=ties_of(table, families or {}, rule),
        signs=signs_of(model, table),
        steady=rule.steady_share,
        stage_years=rule.stage_years,
    )
    return replace(model, head=replace(model.head, background=background))


class _Rows:
    """Hold the training rows' contributions, from which profiles are made."""

    def __init__(self, model: Model, table: Table, rule: BackgroundRule) -> None:
        raw = model.mean_raw(table.matrix)
        self._log_odds = model.head.calibrator.line(raw)
        self._shares = model.head.calibrator.slope * shares_of(model, table.matrix, raw)
        self._table, self._rule = table, rule

    def profile(self, rows: Codes) -> Profile:
        values, firms = self._table.matrix[rows], self._table.clusters[rows]
        told = [self._usual(values[:, place], firms) for place in range(values.shape[1])]
        return Profile(
            firms=len(np.unique(firms)),
            log_odds=float(self._log_odds[rows].mean()),
            means=tuple(self._shares[rows].mean(axis=0).tolist()),
            medians=tuple(median for median, _ in told),
            shares=tuple(share for _, share in told),
        )

    def _usual(self, values: Numbers, firms: Codes) -> tuple[float | None, float | None]:
        known = ~np.isnan(values)
        if len(np.unique(firms[known])) < self._rule.fewest_firms:
            return None, None
        return float(np.median(values[known])), float((values[known] > 0).mean())

    def ladder(self) -> Iterator[Profile]:
        """Yield parts of the rows in the order of their log-odds, each with enough firms and a mean of its own."""
        before = -np.inf
        for part in self._parts():
            step = self.profile(part)
            if step.log_odds > before:
                yield step
                before = step.log_odds

    def _parts(self) -> Iterator[Codes]:
        order = np.argsort(self._log_odds, kind="stable")
        least_rows = max(1, len(order) // MOST_STEPS)
        begin, end = 0, 0
        while end < len(order):
            end = min(len(order), end + least_rows)
            enough = self._has_firms(order[begin:end])
            if enough and (end == len(order) or self._has_firms(order[end:])):
                yield order[begin:end]
                begin = end
        if begin < len(order):
            yield order[begin:]

    def _has_firms(self, rows: Codes) -> bool:
        return len(np.unique(self._table.clusters[rows])) >= self._rule.fewest_firms

    def by_key(self, keys: Sequence[str | None]) -> Iterator[tuple[str, Profile]]:
        """Yield the profile of each key that enough firms bear."""
        codes, texts = pd.factorize(np.array(keys, dtype=object), use_na_sentinel=True)
        for code, text in enumerate(texts):
            rows = np.flatnonzero(codes == code)
            if self._has_firms(rows):
                yield str(text), self.profile(rows)


def ties_of(table: Table, families: Mapping[str, str], rule: BackgroundRule) -> tuple[tuple[str, ...], ...]:
    """Return the columns that say one thing: of one family, and every two of them ranked alike, or opposite.

    Complete linkage: no chain of small steps ties two columns that have little to do with each other.
    """
    columns = table.layout.columns
    found = []
    for family in dict.fromkeys(families.get(one.name) for one in columns if one.kind in ("number", "order")):
        places = [at for at, one in enumerate(columns) if family is not None and families.get(one.name) == family]
        found += [tuple(columns[at].name for at in group) for group in _tied(table.matrix, places, rule)]
    return tuple(found)


def _tied(matrix: Matrix, places: Sequence[int], rule: BackgroundRule) -> list[list[int]]:
    if len(places) < 2:
        return []
    ranked = pd.DataFrame(matrix[:, places]).corr(method="spearman", min_periods=rule.fewest_firms)
    apart = np.clip(1 - ranked.abs().fillna(0.0).to_numpy(), 0.0, 1.0)
    np.fill_diagonal(apart, 0.0)
    groups = fcluster(
        linkage(squareform(apart, checks=False), "complete"), 1 - rule.tied_correlation + 1e-12, "distance"
    )
    together = [[place for place, one in zip(places, groups, strict=True) if one == group] for group in set(groups)]
    return sorted(group for group in together if len(group) > 1)


def signs_of(model: Model, table: Table) -> tuple[float, ...]:
    """Return for each column the share of refits whose effect has the commoner sign, with that sign.

    A refit's effect rises where the ranks of the column's values and its contributions go together; a refit in which
    the column has no effect counts for neither sign. 0 where the model has no refits or the column no order.
    """
    step = max(1, len(table.label) // ROWS_FOR_SIGNS)
    rows = table.matrix[::step]
    found = [_effect_signs(rows, raw_contributions(booster, rows)) for booster in model.refit_boosters]
    if not found:
        return tuple(0.0 for _ in table.layout.columns)
    rising, falling = (np.mean(np.array(found) == sign, axis=0) for sign in (1, -1))
    shares = np.where(rising >= falling, rising, -falling)
    ordered = [one.kind in ("number", "order") for one in table.layout.columns]
    return tuple(float(share) for share in np.where(ordered, shares, 0.0))


def _effect_signs(rows: Matrix, contributions: Matrix) -> list[float]:
    signs = []
    for place in range(rows.shape[1]):
        known = ~np.isnan(rows[:, place])
        ranks = pd.Series(rows[known, place]).rank().to_numpy()
        effect = contributions[known, place]
        together = float(((ranks - ranks.mean()) * effect).sum()) if len(ranks) else 0.0
        signs.append(float(np.sign(together)) if abs(together) > 1e-9 else 0.0)
    return signs
