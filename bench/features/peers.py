"""Which eight features are compared, and how would a good engineer write them in DuckDB SQL and in Polars?

Both peers resolve versions once (the next version of a record ends the one before), then join by enterprise.
"""

import polars as pl

from data.spec.table import Group, Unit
from data.spec.tables.conduct import conduct_record
from data.spec.tables.operations import invoice
from features.spec import Aggregate, Card, FeatureGroup, Reduce
from features.windows import Window

YEAR = Window(1, "years")
THREE_YEARS = Window(3, "years")
SALES = {"direction": "sale", "status": "valid"}
WHY = "只用于测速"


class Sales(FeatureGroup):
    """Seven ways to reduce a table of events."""

    prefix = "sale"
    group = Group.OPERATIONS
    cards = (Card.INVOICES,)

    number_1y = Aggregate(
        label="近一年张数", label_en="count", unit=Unit.ITEM, reason=WHY,
        table=invoice, where=SALES, reduce=Reduce.COUNT, window=YEAR,
    )  # fmt: skip
    total_1y = Aggregate(
        label="近一年合计", label_en="sum", unit=Unit.YUAN, reason=WHY,
        table=invoice, where=SALES, reduce=Reduce.SUM, column="total", window=YEAR,
    )  # fmt: skip
    largest_3y = Aggregate(
        label="近三年最大", label_en="max", unit=Unit.YUAN, reason=WHY,
        table=invoice, where=SALES, reduce=Reduce.MAX, column="total", window=THREE_YEARS,
    )  # fmt: skip
    latest_total = Aggregate(
        label="最近一张", label_en="latest", unit=Unit.YUAN, reason=WHY,
        table=invoice, where=SALES, reduce=Reduce.LATEST, column="total",
    )  # fmt: skip
    latest_days = Aggregate(
        label="距最近一张天数", label_en="days since latest", unit=Unit.DAY, reason=WHY,
        table=invoice, where=SALES, reduce=Reduce.DAYS_SINCE_LATEST,
    )  # fmt: skip
    customers_1y = Aggregate(
        label="近一年客户数", label_en="distinct", unit=Unit.ITEM, reason=WHY,
        table=invoice, where=SALES, reduce=Reduce.DISTINCT, column="counterparty", window=YEAR,
    )  # fmt: skip
    spread_3y = Aggregate(
        label="近三年标准差", label_en="standard deviation", unit=Unit.YUAN, reason=WHY,
        table=invoice, where=SALES, reduce=Reduce.STD, column="total", window=THREE_YEARS,
    )  # fmt: skip


class Listings(FeatureGroup):
    """One way to count states."""

    prefix = "listing"
    group = Group.CONDUCT
    cards = (Card.INVOICES,)

    grave_held = Aggregate(
        label="当前失信与被执行", label_en="in force", unit=Unit.ITEM, reason=WHY,
        table=conduct_record, where={"kind": ("dishonesty", "enforcement")},
        reduce=Reduce.COUNT, in_force=True, empty=0,
    )  # fmt: skip


EIGHT = (*Sales.features, *Listings.features)

DUCKDB_SQL = """
with sale as (
    select enterprise_id, happened_on, known_on, recorded_at, file_row, total, counterparty, direction, status,
           withdrawn, lead(known_on) over version as next_known
    from invoice
    window version as (partition by enterprise_id, record_key order by known_on, recorded_at, file_row)
), seen as (
    select place, as_of, happened_on, total, counterparty,
           row(happened_on, known_on, recorded_at, file_row) as latest,
           happened_on >= as_of - interval 1 year as y1, happened_on >= as_of - interval 3 year as y3
    from spine join sale using (enterprise_id)
    where known_on < as_of and (next_known is null or as_of <= next_known) and not withdrawn
      and happened_on < as_of and direction = 'sale' and status = 'valid'
), sales as (
    select place, nullif(count(*) filter (y1), 0) as sale_number_1y, sum(total) filter (y1) as sale_total_1y,
           max(total) filter (y3) as sale_largest_3y, arg_max(total, latest) as sale_latest_total,
           min(date_diff('day', happened_on, as_of)) as sale_latest_days,
           nullif(count(distinct counterparty) filter (y1), 0) as sale_customers_1y,
           case when count(*) filter (y3) >= 2 then stddev_pop(total) filter (y3) end as sale_spread_3y
    from seen group by place
), listing as (
    select enterprise_id, happened_on, ended_on, known_on, kind, withdrawn, lead(known_on) over version as next_known
    from conduct_record
    window version as (partition by enterprise_id, record_key order by known_on, recorded_at, file_row)
), listings as (
    select place, count(*) as listing_grave_held
    from spine join listing using (enterprise_id)
    where known_on < as_of and (next_known is null or as_of <= next_known) and not withdrawn
      and happened_on < as_of and (ended_on is null or as_of < ended_on) and kind in ('dishonesty', 'enforcement')
    group by place
)
select sales.* exclude (place), coalesce(listing_grave_held, 0) as listing_grave_held
from spine left join sales using (place) left join listings using (place)
order by place
"""


def polars_features(frames: dict[str, pl.DataFrame], spine: pl.DataFrame) -> pl.DataFrame:
    """Return the eight features by Polars' lazy engine, in the order of the spine."""
    day = pl.col("as_of")
    sales = _seen(frames["invoice"], spine, (pl.col("direction") == "sale") & (pl.col("status") == "valid"))
    y1 = pl.col("happened_on") >= day.dt.offset_by("-1y")
    y3 = pl.col("happened_on") >= day.dt.offset_by("-3y")
    counted = (
        sales.sort("happened_on", "known_on", "recorded_at", "file_row")
        .group_by("place")
        .agg(
            pl.when(y1.any()).then(y1.sum()).alias("sale_number_1y"),
            pl.when(y1.any()).then(pl.col("total").filter(y1).sum()).alias("sale_total_1y"),
            pl.col("total").filter(y3).max().alias("sale_largest_3y"),
            pl.col("total").last().alias("sale_latest_total"),
            (day.first() - pl.col("happened_on").last()).dt.total_days().alias("sale_latest_days"),
            pl.when(y1.any()).then(pl.col("counterparty").filter(y1).n_unique()).alias("sale_customers_1y"),
            pl.when(y3.sum() >= 2).then(pl.col("total").filter(y3).std(ddof=0)).alias("sale_spread_3y"),
        )
    )
    grave = pl.col("kind").is_in(["dishonesty", "enforcement"])
    open_ = pl.col("ended_on").is_null() | (day < pl.col("ended_on"))
    held = _seen(frames["conduct_record"], spine, grave).filter(open_).group_by("place")
    joined = spine.lazy().join(counted, on="place", how="left")
    joined = joined.join(held.agg(pl.len().alias("listing_grave_held")), on="place", how="left").sort("place")
    return joined.with_columns(pl.col("listing_grave_held").fill_null(0)).collect()


def _seen(frame: pl.DataFrame, spine: pl.DataFrame, wanted: pl.Expr) -> pl.LazyFrame:
    """Join spine and visible versions by enterprise."""
    record = ["enterprise_id", "record_key"]
    versions = frame.lazy().sort(*record, "known_on", "recorded_at", "file_row")
    versions = versions.with_columns(pl.col("known_on").shift(-1).over(record).alias("next_known"))
    joined = spine.lazy().join(versions.filter(wanted & ~pl.col("withdrawn")), on="enterprise_id")
    latest = pl.col("next_known").is_null() | (pl.col("as_of") <= pl.col("next_known"))
    before = (pl.col("known_on") < pl.col("as_of")) & (pl.col("happened_on") < pl.col("as_of"))
    return joined.filter(before & latest)
