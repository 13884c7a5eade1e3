"""One figure over another is of one year, whichever list came first."""

import pytest

from tests.features.doors import answers, spine

REPORTS = """
    firm | key | year | revenue | total_cost | known
    1 | a | 2021-12-31 | 500 | 400 | 2022-05-01
    1 | b | 2022-12-31 | 1000 | 800 | 2023-05-01
    1 | c | 2023-12-31 | 2000 | 1600 | 2024-07-01
    2 | d | 2022-12-31 | 1000 | 800 | 2023-05-01
    2 | e | 2023-12-31 | 2000 | 1600 | 2024-03-01
    3 | f | 2022-12-31 | 1000 | 800 | 2023-05-01
    4 | g | 2023-12-31 | 1000 | 800 | 2024-03-01
"""
RND = """
    firm | key | year | basis | rnd_expense | known
    1 | a | 2021-12-31 | accounting | 25 | 2022-06-01
    1 | b | 2022-12-31 | accounting | 50 | 2023-06-01
    1 | c | 2023-12-31 | accounting | 200 | 2024-04-01
    1 | t | 2022-12-31 | tax | 40 | 2023-07-01
    1 | s | 2022-12-31 | statistics | 45 | 2023-07-01
    2 | d | 2022-12-31 | accounting | 50 | 2023-06-01
    3 | e | 2023-12-31 | accounting | 50 | 2024-04-01
    4 | f | 2023-12-31 | accounting | 100 | 2024-04-01
"""
EXPECTED = {
    "rnd_intensity_2y": [50 / 1000, 50 / 1000, None, 100 / 1000],
    "rnd_cost_share_ratio_2y": [50 / 800, 50 / 800, None, 100 / 800],
    "rnd_tax_basis_ratio_2y": [40 / 50, None, None, None],
    "rnd_statistics_basis_ratio_2y": [45 / 50, None, None, None],
}
"""Firm 1 has told of its R&D a year ahead, firm 2 of its accounts; firm 3 shares no year, firm 4 has told of both."""


@pytest.mark.parametrize("feature", EXPECTED)
def test_a_ratio_takes_both_figures_from_the_latest_year_they_share(feature: str) -> None:
    asked = spine(*((firm, "2024-06-01") for firm in (1, 2, 3, 4)))

    assert answers(feature, {"annual_report": REPORTS, "rnd_year": RND}, asked) == EXPECTED[feature]


def test_when_both_lists_have_come_the_latest_year_counts() -> None:
    tables = {"annual_report": REPORTS, "rnd_year": RND}

    assert answers("rnd_intensity_2y", tables, spine((1, "2024-08-01"))) == [200 / 2000]


def test_three_years_over_two_are_not_more_than_they_are() -> None:
    tables = {"annual_report": REPORTS, "rnd_year": RND.replace("| 200 |", "| 100 |").replace("| 25 |", "| 50 |")}

    # Two hundred in three years, over fifteen hundred in two: by the year, 66.7 over 750.
    (found,) = answers("rnd_intensity_3y", tables, spine((1, "2024-06-01")))

    assert found == pytest.approx(200 / 3 / 750)
