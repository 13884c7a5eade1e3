"""What is usual among an enterprise's peers: the same industry, the same stage, enough of them?"""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.spec.table import Unit
from data.spec.tables.derived import PEER_MEASURES, QUARTILES, STAGES
from data.spec.tables.derived import peer_reference as TABLE
from data.spec.tables.profile import enterprise_registration
from data.spec.versions import latest_known
from features.engine import compute
from features.operations import Operations
from features.rnd import Rnd
from features.spec import Feature
from features.tables.rows import Recorded, lay_out
from features.tables.stages import peer_numbers, stage_of
from features.windows import to_days

MEASURED: Mapping[str, str] = {
    "rnd_intensity": "rnd_intensity_2y",
    "rnd_staff_share": "rnd_staff_share_ratio_2y",
    "leverage": "operations_leverage_ratio_2y",
    "revenue_growth": "operations_revenue_growth_3y",
    "profit_margin": "operations_profit_margin_ratio_2y",
    "revenue_per_head": "operations_revenue_per_head_2y",
}
"""The feature that says each measure of an enterprise."""

REVENUE = "operations_revenue_latest_2y"
PERIOD = (6, 30)
"""The last day on which a company may file its annual report (企业信息公示暂行条例 art. 8): a year's figures are in."""

GROUPS: tuple[tuple[str, ...], ...] = (
    ("day", "division", "stage"),
    ("day", "letter", "stage"),
    ("day", "stage"),
    ("day", "division"),
    ("day", "letter"),
    ("day",),
)
"""Who counts as a peer, the nearest first; a firm of unknown industry or stage is in no group that asks for it."""

QUANTILES = (0.25, 0.5, 0.75)


def work_out(events: Mapping[str, pd.DataFrame], *, until: date, recorded: Recorded) -> pd.DataFrame:
    """Return the rows of the derived table `peer_reference`: one an enterprise and year, up to `until`.

    Each year's reference is made of what was known by the end of its day, of every firm on the register then;
    it is known, and happens, on that day, and is visible on the day after.

    Shapes: events holds annual_report, rnd_year and enterprise_registration of all enterprises as the store
        gives them; the result has the columns of data.spec.table.COMMON and the table's own.
    """
    register = events[enterprise_registration.name]
    firms = pd.concat([_registered(register, day) for day in _days(register, until)] or [_nobody()], ignore_index=True)
    asked = firms.assign(as_of=firms["day"] + pd.Timedelta(days=1))[["enterprise_id", "as_of"]]
    values = compute(list(_features().values()), events, asked)
    firms = firms.assign(
        stage=_stages(values[REVENUE].to_numpy(), until),
        **{name: values[feature].to_numpy() for name, feature in MEASURED.items()},
    )
    return _frame(firms, _reference(firms, least=int(peer_numbers(until)["least_peers"])), recorded)


def _features() -> Mapping[str, Feature]:
    found = {feature.name: feature for feature in chain(Operations.features, Rnd.features)}
    return {name: found[name] for name in (*MEASURED.values(), REVENUE)}


def _days(register: pd.DataFrame, until: date) -> Iterator[pd.Timestamp]:
    """Yield the last day of each period in which anything can be known."""
    first = register["known_on"].min()
    for year in range(until.year if pd.isna(first) else first.year, until.year + 1):
        if (day := date(year, *PERIOD)) <= until:
            yield pd.Timestamp(day).as_unit("s")


def _registered(register: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the firms that were on the register at the end of a day, with their industry."""
    rows = latest_known(register, day + pd.Timedelta(days=1))
    alive = (rows["happened_on"] <= day) & ~(rows["ended_on"] <= day)
    there = rows[alive].sort_values(["enterprise_id", "happened_on"]).drop_duplicates("enterprise_id", keep="last")
    industry = there["industry"].astype("object").where(there["industry"].notna(), None)
    division = industry.str.extract(r"^([A-Z]\d{2})", expand=False)
    return pd.DataFrame(
        {
            "day": day,
            "enterprise_id": there["enterprise_id"].to_numpy(dtype=np.int64),
            "division": division.to_numpy(dtype=object),
            "letter": industry.str.extract(r"^([A-Z])", expand=False).to_numpy(dtype=object),
        }
    )


def _nobody() -> pd.DataFrame:
    names = ("day", "enterprise_id", "division", "letter")
    kinds = ("datetime64[s]", "int64", "object", "object")
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in zip(names, kinds, strict=True)})


def _stages(revenue: npt.NDArray[np.float64], on: date) -> npt.NDArray[np.object_]:
    place = stage_of(revenue, on)
    names = np.array([*STAGES, None], dtype=object)
    return names[np.where(np.isnan(place), len(STAGES), place).astype(np.int64)]


def _reference(firms: pd.DataFrame, *, least: int) -> dict[str, npt.NDArray[np.float64]]:
    """Return, for each firm, the number of its peers and their quartiles in every measure, of the nearest group."""
    wanted = {f"{name}_{what}": np.full(len(firms), np.nan) for name in MEASURED for what in ("peers", *QUARTILES)}
    for keys in GROUPS:
        grouped = firms.groupby([firms[key] for key in keys], dropna=True)[list(MEASURED)]
        counts = grouped.count()
        place = _place(firms, keys, counts.index)
        quartiles = {name: grouped.quantile(share) for name, share in zip(QUARTILES, QUANTILES, strict=True)}
        for name in MEASURED:
            several = counts[name].to_numpy()
            enough = (place >= 0) & np.isnan(wanted[f"{name}_peers"])
            enough[enough] = several[place[enough]] >= least
            wanted[f"{name}_peers"][enough] = several[place[enough]]
            for what, table in quartiles.items():
                wanted[f"{name}_{what}"][enough] = _rounded(name, table[name].to_numpy()[place[enough]])
    return wanted


def _place(firms: pd.DataFrame, keys: tuple[str, ...], groups: "pd.Index[str]") -> npt.NDArray[np.int64]:
    """Return the group of each firm, -1 where it is in none."""
    asked = pd.Index(firms[keys[0]]) if len(keys) == 1 else pd.MultiIndex.from_frame(firms[list(keys)])
    return np.asarray(groups.get_indexer(asked), np.int64)


def _rounded(measure: str, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Give thousands of yuan, and thousandths of the rest: a quartile must not be one firm's own figure."""
    if PEER_MEASURES[measure][1] is Unit.YUAN:
        return np.rint(values / 1000.0) * 1000.0
    return np.rint(values * 1000.0) / 1000.0


def _frame(firms: pd.DataFrame, wanted: Mapping[str, npt.NDArray[np.float64]], recorded: Recorded) -> pd.DataFrame:
    told = np.logical_or.reduce([~np.isnan(wanted[f"{name}_peers"]) for name in MEASURED])
    columns = {name: values[told] for name, values in wanted.items()}
    texts = {
        "industry": firms["division"].to_numpy(dtype=object)[told],
        "stage": firms["stage"].to_numpy(dtype=object)[told],
    }
    days = to_days(firms["day"].to_numpy()[told])
    enterprises = firms["enterprise_id"].to_numpy(dtype=np.int64)[told]
    laid = lay_out(TABLE, enterprises, days, texts | columns, recorded)
    return laid.astype({"industry": "str", "stage": "str"})
