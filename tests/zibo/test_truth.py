"""Is the hidden truth calibrated, hard enough, and kept apart from the lists?"""

import numpy as np
import pandas as pd
import pytest

MONTHS_AHEAD = pd.DateOffset(months=12, days=3)


def auc(bad: pd.Series, score: pd.Series) -> float:
    ranks = score.rank()
    positives = int(bad.sum())
    return float(
        (ranks[bad.astype(bool)].sum() - positives * (positives + 1) / 2) / (positives * (len(bad) - positives))
    )


@pytest.fixture(scope="module")
def quarters(full) -> pd.DataFrame:
    rows = full.truth("pd")
    rows["quarter_end"] = pd.to_datetime(rows["quarter_end"])
    defaults = full.truth("identities").set_index("code")["first_default_on"]
    first = pd.to_datetime(rows["code"].map(defaults))
    rows["bad"] = (first <= rows["quarter_end"] + MONTHS_AHEAD).fillna(False)
    return rows[rows["quarter_end"] <= "2024-12-31"]


def test_the_oracle_ranks_no_better_than_promised(quarters: pd.DataFrame) -> None:
    assert 0.83 <= auc(quarters["bad"], quarters["pd_12m"]) <= 0.88


def test_true_probabilities_agree_with_what_happens(quarters: pd.DataFrame) -> None:
    assert quarters["bad"].mean() == pytest.approx(quarters["pd_12m"].mean(), rel=0.15)
    tenth = pd.qcut(quarters["pd_12m"].rank(method="first"), 10, labels=False)
    by_tenth = quarters.groupby(tenth)[["bad", "pd_12m"]].mean()
    assert np.corrcoef(by_tenth["bad"], by_tenth["pd_12m"])[0, 1] > 0.97


def test_nobody_in_default_has_a_row(full, quarters: pd.DataFrame) -> None:
    first = pd.to_datetime(quarters["code"].map(full.truth("identities").set_index("code")["first_default_on"]))

    assert not (first <= quarters["quarter_end"]).any()


def test_refused_firms_are_worse_and_what_they_would_have_done_is_known(full) -> None:
    rows = full.truth("applications")
    by_decision = rows.groupby("decision")[["pd_18m", "would_default"]].mean()

    assert set(by_decision.index) == {"approved", "refused", "withdrawn"}
    assert (by_decision.loc["refused"] > 1.5 * by_decision.loc["approved"]).all()


def test_every_application_in_the_lists_has_its_truth(full) -> None:
    listed = set(full.read("loan_application")["application_no"])

    assert listed <= set(full.truth("applications")["application_no"])


def test_the_number_of_patents_does_not_tell_who_defaults(full, quarters: pd.DataFrame) -> None:
    patents = full.read("patent").drop_duplicates("application_no").groupby("code").size()
    firms = quarters.groupby("code")["bad"].max()

    assert 0.44 < auc(firms, firms.index.to_series().map(patents).fillna(0)) < 0.58


def test_weak_accounts_come_before_defaults(full, quarters: pd.DataFrame) -> None:
    reports = full.read("annual_report").sort_values("known_on").drop_duplicates(["code", "year"], keep="last")
    reports["leverage"] = reports["liabilities"] / reports["assets"]
    asked = quarters.sort_values("quarter_end").astype({"code": object})
    latest = pd.merge_asof(
        asked, reports[["code", "known_on", "leverage"]].sort_values("known_on"),
        left_on="quarter_end", right_on="known_on", by="code",
    ).dropna(subset=["leverage"])  # fmt: skip

    assert 0.6 < auc(latest["bad"], latest["leverage"]) < 0.8
