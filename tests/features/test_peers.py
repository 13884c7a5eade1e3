"""A firm is measured against enough firms of its own kind, as they were known at the end of the last June."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from data.spec.tables.operations import annual_report
from data.spec.tables.profile import enterprise_registration
from data.spec.tables.rnd import rnd_year
from features.arithmetic import standing
from features.catalogue import FEATURES
from features.engine import compute
from features.tables.peers import work_out
from features.tables.rows import Recorded
from features.tables.stages import stage_of
from tests.features.doors import evidence, spine

RECORDED = Recorded("peers", datetime.fromisoformat("2026-01-01"))


def register(*firms: tuple[int, str]) -> pd.DataFrame:
    lines = [f"{firm} | | {firm} | 2010-01-01 | {industry} | 20 | 2010-02-01" for firm, industry in firms]
    return evidence(
        enterprise_registration, "\n".join(["firm | key | name | founded_on | industry | staff | known", *lines])
    )


def reports(*said: tuple[int, float, float, str]) -> pd.DataFrame:
    """Lay annual reports of 2023 out: firm, revenue, leverage, known."""
    lines = [f"{firm} | 2023 | 2023-12-31 | {revenue} | 100 | {owed} | {known}" for firm, revenue, owed, known in said]
    return evidence(annual_report, "\n".join(["firm | key | year | revenue | assets | liabilities | known", *lines]))


def reference(firms: pd.DataFrame, said: pd.DataFrame, until: date = date(2024, 12, 31)) -> pd.DataFrame:
    events = {"enterprise_registration": firms, "annual_report": said, "rnd_year": evidence(rnd_year, "firm")}
    return work_out(events, until=until, recorded=RECORDED)


def twenty(first: int, leverage: float, known: str = "2024-04-30") -> list[tuple[int, float, float, str]]:
    """Let twenty firms report one leverage a point apart each."""
    return [(first + place, 1e6, leverage + place, known) for place in range(20)]


def test_quartiles_are_of_the_firms_of_ones_own_division_and_stage() -> None:
    firms = register(*((firm, "C26") for firm in range(1, 21)), *((firm, "I65") for firm in range(101, 121)))

    table = reference(firms, reports(*twenty(1, 40), *twenty(101, 10))).set_index("enterprise_id")

    assert table.loc[1, ["leverage_peers", "leverage_lower", "leverage_middle", "leverage_upper"]].tolist() == [
        20, 0.448, 0.495, 0.542,
    ]  # fmt: skip
    assert table.loc[101, "leverage_middle"] == 0.195
    assert (table.loc[1, "industry"], table.loc[1, "stage"]) == ("C26", "startup")


def test_nineteen_firms_make_no_reference_of_their_own() -> None:
    firms = register(
        *((firm, "C26") for firm in range(1, 20)), (20, "C27"), *((firm, "I65") for firm in range(101, 121))
    )

    table = reference(firms, reports(*twenty(1, 40), *twenty(101, 10))).set_index("enterprise_id")

    assert table.loc[1, "leverage_peers"] == 20
    assert table.loc[20, "leverage_middle"] == table.loc[1, "leverage_middle"] == 0.495


def test_nineteen_firms_in_all_are_compared_with_nobody() -> None:
    firms = register(*((firm, "C26") for firm in range(1, 20)))

    assert reference(firms, reports(*twenty(1, 40)[:19])).empty


def test_another_stage_is_another_group() -> None:
    firms = register(*((firm, "C26") for firm in range(1, 21)), *((firm, "C26") for firm in range(101, 121)))
    large = [(firm, 5e7, owed, known) for firm, _, owed, known in twenty(101, 10)]

    table = reference(firms, reports(*twenty(1, 40), *large)).set_index("enterprise_id")

    assert table.loc[1, "leverage_middle"] == 0.495
    assert table.loc[101, ["stage", "leverage_middle"]].tolist() == ["growth", 0.195]


def test_what_is_known_on_the_last_of_june_is_in_and_what_comes_a_day_later_is_not() -> None:
    firms = register(*((firm, "C26") for firm in range(1, 21)))
    late = reference(firms, reports(*twenty(1, 40, known="2024-07-01")))
    in_time = reference(firms, reports(*twenty(1, 40, known="2024-06-30")))

    assert late.empty
    assert set(in_time["known_on"]) == {pd.Timestamp("2024-06-30")}


def test_nothing_is_said_before_its_day() -> None:
    firms = register(*((firm, "C26") for firm in range(1, 21)))

    assert reference(firms, reports(*twenty(1, 40)), until=date(2024, 6, 29)).empty


def test_firms_without_reports_are_given_the_reference_and_do_not_make_it() -> None:
    firms = register(*((firm, "C26") for firm in range(1, 22)))

    table = reference(firms, reports(*twenty(1, 40))).set_index("enterprise_id")

    assert table.loc[21, ["leverage_peers", "leverage_middle"]].tolist() == [20, 0.495]


def test_a_firm_off_the_register_is_no_peer() -> None:
    firms = register(*((firm, "C26") for firm in range(1, 21)))
    gone = firms.assign(ended_on=firms["ended_on"].where(firms["enterprise_id"] > 1, pd.Timestamp("2024-06-30")))

    assert reference(gone, reports(*twenty(1, 40))).empty


def test_a_firm_stands_among_its_peers_from_the_first_of_july() -> None:
    firms, said = register(*((firm, "C26") for firm in range(1, 21))), reports(*twenty(1, 40))
    events = {"annual_report": said, "peer_reference": reference(firms, said)}
    asked = spine((1, "2024-06-30"), (1, "2024-07-01"), (20, "2024-07-01"))

    values = compute([FEATURES["peer_leverage_standing_2y"]], events, asked).iloc[:, 0]

    assert np.isnan(values[0])
    assert values[1:].tolist() == [(0.40 - 0.495) / (0.542 - 0.448), (0.59 - 0.495) / (0.542 - 0.448)]


def test_where_all_peers_are_alike_there_is_nothing_to_measure_by() -> None:
    one = np.array([0.5])

    assert np.isnan(standing(one, one, one, one)).all()
    assert standing(one * 100, one, one, one * 2).tolist() == [5.0]


@pytest.mark.parametrize(
    ("revenue", "stage"), [(0, 0), (19_999_999.99, 0), (2e7, 1), (399_999_999.99, 1), (4e8, 2), (np.nan, np.nan)]
)
def test_stages_hold_their_lower_bound(revenue: float, stage: float) -> None:
    assert np.array_equal(stage_of(np.array([revenue]), date(2024, 1, 1)), [stage], equal_nan=True)
