"""Are the five leakage traps there, by name, and are they traps?"""

import pandas as pd
import pytest

from data.zibo.traps import TRAPS


@pytest.fixture(scope="module")
def trap_rows(full) -> pd.DataFrame:
    return full.truth("traps")


@pytest.fixture(scope="module")
def default_on(full) -> pd.Series:
    identities = full.truth("identities").set_index("code")
    return pd.to_datetime(identities["first_default_on"])


def cells(city, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the trapped rows as they stand in the files."""
    parts = []
    for file, found in rows.groupby("file"):
        grid = city.grid(file)
        top = next(place for place, row in enumerate(grid) if "企业名称" in row)
        parts.append(
            pd.DataFrame([grid[int(row) - 1] for row in found["row"]], columns=grid[top]).assign(
                code=found["code"].to_numpy()
            )
        )
    return pd.concat(parts, ignore_index=True)


def test_every_named_trap_has_rows(trap_rows: pd.DataFrame) -> None:
    assert set(trap_rows["trap"]) == set(TRAPS)
    assert len(TRAPS) == 5


def test_half_of_the_pledges_for_a_loan_name_it(full, trap_rows: pd.DataFrame) -> None:
    rows = cells(full, trap_rows[trap_rows["trap"] == "pledged_for_this_loan"])

    assert set(rows["法律状态"]) == {"质押登记"}
    assert 0.4 < (rows["来源贷款申请编号"] != "").mean() < 0.6


def test_some_pledges_are_registered_before_the_application(full, trap_rows: pd.DataFrame) -> None:
    rows = cells(full, trap_rows[trap_rows["trap"] == "pledged_for_this_loan"])
    applied = full.read("loan_application").drop_duplicates("application_no").set_index("application_no")["applied_on"]
    named = rows[rows["来源贷款申请编号"] != ""]
    lead = named["来源贷款申请编号"].map(applied) - pd.to_datetime(named["法律状态日"])

    assert (lead.dt.days > 0).mean() > 0.3
    assert lead.dt.days.max() < 60


def test_revocations_after_default_are_dated_before_it_and_announced_after(
    full, trap_rows: pd.DataFrame, default_on: pd.Series
) -> None:
    found = trap_rows[trap_rows["trap"] == "revoked_after_default"]
    rows = cells(full, found)
    dated = pd.to_datetime(rows["取消日期"], format="%Y年%m月%d日")
    announced = pd.to_datetime(found["file"].str.extract(r"_(\d{8})", expand=False))

    assert len(rows) >= 10
    assert (dated < rows["code"].map(default_on)).mean() > 0.9
    assert (announced.to_numpy() > found["code"].map(default_on).to_numpy()).all()


def test_dishonesty_from_a_loan_is_dated_before_it_is_published(
    full, trap_rows: pd.DataFrame, default_on: pd.Series
) -> None:
    rows = cells(full, trap_rows[trap_rows["trap"] == "dishonesty_from_this_loan"])
    listed, published = pd.to_datetime(rows["列入日期"]), pd.to_datetime(rows["公示日期"])

    assert (published > rows["code"].map(default_on)).all()
    assert ((published - listed).dt.days > 60).all()
    assert 0.3 < (rows["来源贷款申请编号"] != "").mean() < 0.7


def test_the_backdated_list_carries_old_days_and_mostly_survivors(
    full, trap_rows: pd.DataFrame, default_on: pd.Series
) -> None:
    found = trap_rows[trap_rows["trap"] == "backdated_list"]
    rows = cells(full, found)

    assert found["file"].nunique() == 1
    assert found["file"].iloc[0].startswith("科技型中小企业入库名单_20231016")
    assert pd.to_datetime(rows["入库日期"], format="%Y.%m.%d").dt.year.between(2018, 2021).all()
    assert rows["code"].map(default_on).notna().mean() < 0.02


def test_the_directory_holds_no_dead_and_no_defaulted_firm_and_no_day_per_row(
    full, trap_rows: pd.DataFrame, default_on: pd.Series
) -> None:
    found = trap_rows[trap_rows["trap"] == "directory_without_dead_firms"]
    rows = cells(full, found)

    assert found["file"].nunique() == 1
    assert "核准日期" not in rows
    assert set(rows["登记状态"]) == {"存续"}
    assert rows["code"].map(default_on).isna().all()
