"""Do loans, months and events tell the story they should?"""

import numpy as np
import pandas as pd
import pytest

from data.zibo.plan import YEARS


@pytest.fixture(scope="module")
def loans(full) -> pd.DataFrame:
    return full.latest("loan", ["loan_no"], known="2025-12-31")


@pytest.fixture(scope="module")
def months(full) -> pd.DataFrame:
    return full.read("loan_month").drop_duplicates(["loan_no", "month_end"])


@pytest.fixture(scope="module")
def filed(loans: pd.DataFrame) -> pd.DataFrame:
    rows = loans[(loans["product"] == "鲁科贷") & loans["filed_on"].notna()]
    return rows.assign(quarter=rows["filed_on"].dt.to_period("Q"), rate=pd.to_numeric(rows["rate"]))


def test_about_1_500_firms_borrow(loans: pd.DataFrame) -> None:
    assert 1_400 <= loans["code"].nunique() <= 1_600


def test_200_to_320_lukedai_loans_are_filed_each_year(filed: pd.DataFrame) -> None:
    yearly = filed.groupby(filed["filed_on"].dt.year).size()

    assert list(yearly.index) == list(YEARS)
    assert yearly.between(200, 320).all()


def test_loan_averages_hold_in_every_filing_period(filed: pd.DataFrame) -> None:
    periods = filed.groupby("quarter")
    amount, rate = periods["amount"].mean() / 1e4, periods["rate"].mean() * 100
    loans_a_firm = periods.size() / periods["code"].nunique()

    assert len(amount) == 36
    assert amount.round().between(378, 412).all()
    assert loans_a_firm.round(2).between(1.14, 1.20).all()
    assert rate.round(2).between(3.39, 4.32).all()


def test_the_average_rate_falls_over_the_years(filed: pd.DataFrame) -> None:
    yearly = filed.groupby(filed["filed_on"].dt.year)["rate"].mean()

    assert (yearly.loc[2023:].diff().dropna() < 0).all()
    assert yearly.loc[2025] < yearly.loc[2017] - 0.005


def test_loans_are_filed_within_three_calendar_months(filed: pd.DataFrame) -> None:
    assert (filed["filed_on"] <= filed["disbursed_on"] + pd.DateOffset(months=3)).all()
    assert (filed["filed_on"] > filed["disbursed_on"]).all()


def first_defaults(full, months: pd.DataFrame) -> pd.Series:
    """Return each borrower's first default as reported: over 90 days, 次级 or worse, or a distressed change."""
    bad = months[(months["days_past_due"] > 90) | months["five_class"].isin(["次级", "可疑", "损失"])]
    events = full.read("loan_event")
    hard = events[events["event"].isin(["代偿", "核销", "转让", "破产受理"]) | (events["is_distressed"] == "是")]
    days = pd.concat(
        [bad[["code", "month_end"]], hard[["code", "occurred_on"]].set_axis(["code", "month_end"], axis=1)]
    )
    return days.groupby("code")["month_end"].min()


def test_two_to_three_percent_of_borrowers_default_a_year(full, months: pd.DataFrame) -> None:
    first = first_defaults(full, months)
    rates = []
    for year in range(2018, 2026):
        there = months[months["month_end"].dt.year == year]
        performing = set(there["code"]) - set(first[first < f"{year}-01-01"].index)
        rates.append((first[first.dt.year == year].index.isin(performing)).sum() / len(performing))

    assert 0.02 <= np.mean(rates) <= 0.03
    assert min(rates) > 0.008
    assert max(rates) < 0.045


def test_a_bullet_loan_reaches_ninety_days_only_after_maturity(loans: pd.DataFrame, months: pd.DataFrame) -> None:
    bullets = loans[loans["repayment"] == "到期还本"][["loan_no", "matures_on"]]
    late = months[months["days_past_due"] > 90].merge(bullets, on="loan_no")

    assert len(late) > 50
    assert (late["month_end"] > late["matures_on"] + pd.Timedelta(days=90)).all()


def test_nearly_every_month_of_an_open_loan_is_reported(loans: pd.DataFrame, months: pd.DataFrame) -> None:
    settled = loans[loans["settled_on"].notna()]
    expected = (settled["settled_on"].dt.to_period("M") - settled["disbursed_on"].dt.to_period("M")).map(lambda n: n.n)
    counted = settled["loan_no"].map(months.groupby("loan_no").size()).fillna(0)

    assert 0.98 < counted.sum() / expected.sum() <= 1.01


def test_relief_is_given_in_the_relief_years_only(full) -> None:
    events = full.read("loan_event")
    relief = events[events["event"] == "延期还本付息"]

    assert len(relief) > 30
    assert relief["occurred_on"].between("2020-03-01", "2023-06-30").all()
    assert set(relief["relief_days"]) == {90.0, 120.0, 180.0}


def test_a_renewal_continues_its_loan_on_the_day_it_matures(loans: pd.DataFrame) -> None:
    renewed = loans[loans["renewal_of"].notna()].merge(
        loans[["loan_no", "matures_on", "code"]].add_suffix("_old"), left_on="renewal_of", right_on="loan_no_old"
    )

    assert len(renewed) > 300
    assert (renewed["disbursed_on"] == renewed["matures_on_old"]).all()
    assert (renewed["code"] == renewed["code_old"]).all()


def test_every_kind_of_ending_occurs(full) -> None:
    events = set(full.read("loan_event")["event"])

    assert {"无还本续贷", "延期还本付息", "展期", "代偿", "核销", "转让", "结清", "追偿收回", "破产受理"} <= events


def test_applications_are_approved_refused_and_withdrawn_through_three_channels(full) -> None:
    rows = full.read("loan_application")

    assert set(rows["decision"].dropna()) == {"同意", "拒绝", "撤回"}
    assert set(rows["channel"]) == {"网点", "科技局推荐", "线上平台"}
    assert rows["refusal_code"].notna().equals(rows["decision"] == "拒绝")
    assert 0.1 < (rows["is_first_loan"] == "是").mean() < 0.6


def test_first_loans_come_before_any_other_loan_of_the_firm(full, loans: pd.DataFrame) -> None:
    rows = full.read("loan_application")
    first = rows[(rows["is_first_loan"] == "是")].merge(
        loans.groupby("code")["disbursed_on"].min().rename("earliest"), left_on="code", right_index=True
    )

    assert (first["applied_on"] <= first["earliest"]).all()


def test_early_research_credit_is_credit_for_research_and_covered_to_nine_tenths(loans: pd.DataFrame) -> None:
    early = loans[loans["is_early_rnd_credit"] == "是"]

    assert len(early) >= 5
    assert set(early["product"]) == {"鲁科贷"}
    assert set(early["security"]) == {"信用"}
    assert set(early["use"]) == {"研发投入"}
    assert set(pd.to_numeric(early["coverage_share"])) == {0.9}
    assert set(pd.to_numeric(loans.loc[loans["is_early_rnd_credit"] == "否", "coverage_share"])) == {0.0, 0.7}


def test_a_guarantee_fee_is_told_where_a_guarantor_shares_and_nowhere_else(loans: pd.DataFrame) -> None:
    shared = pd.to_numeric(loans["guarantor_share"]) > 0
    fee = pd.to_numeric(loans["guarantee_fee_rate"])

    assert (fee.notna() == shared).all()
    assert fee.dropna().between(0.003, 0.02).all()
