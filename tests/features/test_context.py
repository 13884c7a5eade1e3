"""Industry and stage follow the register as it was known on each row's day."""

from datetime import date

import pandas as pd

from features.context import context_of, peer_keys

BOUNDS = (5.0, 10.0)


def version(
    firm: int, known_on: str, industry: str | None, *, withdrawn: bool = False, row: int = 1
) -> dict[str, object]:
    return {
        "enterprise_id": firm,
        "record_key": "",
        "happened_on": pd.Timestamp("2015-06-30"),
        "known_on": pd.Timestamp(known_on),
        "recorded_at": pd.Timestamp("2026-01-01"),
        "file_row": row,
        "withdrawn": withdrawn,
        "industry": industry,
    }


def context(rows: list[dict[str, object]], *asked: tuple[int, date]) -> list[tuple[object, object]]:
    register = pd.DataFrame(rows)
    for column in ("happened_on", "known_on"):
        register[column] = register[column].astype("datetime64[s]")
    spine = pd.DataFrame(asked, columns=["enterprise_id", "as_of"], index=range(7, 7 + len(asked)))
    spine["as_of"] = pd.to_datetime(spine["as_of"]).astype("datetime64[s]")
    found = context_of({"enterprise_registration": register}, spine, stage_years=BOUNDS)
    assert list(found.index) == list(spine.index)
    return list(found[["industry", "stage"]].itertuples(index=False, name=None))


def test_the_version_known_before_the_day_counts() -> None:
    rows = [version(1, "2019-05-01", "C30"), version(1, "2021-05-01", "I65", row=2), version(2, "2019-05-01", "M73")]

    found = context(rows, (1, date(2021, 5, 1)), (2, date(2020, 1, 1)), (1, date(2021, 5, 2)), (1, date(2019, 5, 1)))

    assert found == [("C", "growing"), ("M", "early"), ("I", "growing"), (None, None)]


def test_stages_begin_at_their_years() -> None:
    rows = [version(1, "2015-07-01", "C30")]

    found = context(rows, (1, date(2020, 6, 29)), (1, date(2020, 7, 1)), (1, date(2025, 7, 1)))

    assert [stage for _, stage in found] == ["early", "growing", "mature"]


def test_a_withdrawn_unknown_or_odd_registration_tells_nothing() -> None:
    rows = [
        version(1, "2019-05-01", "C30", withdrawn=True),
        version(2, "2019-05-01", None),
        version(3, "2019-05-01", "?"),
    ]

    found = context(rows, *((firm, date(2020, 1, 1)) for firm in (1, 2, 3, 4)))

    assert found == [(None, None), (None, "early"), (None, "early"), (None, None)]


def test_a_register_that_may_not_be_read_tells_nothing() -> None:
    spine = pd.DataFrame({"enterprise_id": [1], "as_of": pd.to_datetime(["2020-01-01"])})

    empty = pd.DataFrame([version(1, "2019-05-01", "C30")]).iloc[:0]

    for events in ({}, {"enterprise_registration": empty}):
        assert context_of(events, spine, stage_years=BOUNDS).isna().all(axis=None)
    assert peer_keys(None, None) == (None, None)
