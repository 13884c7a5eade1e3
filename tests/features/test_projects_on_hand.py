"""A project that was withdrawn is on hand no more, from the day on which that was known."""

import pytest

from tests.features.doors import answers, spine

PROJECTS = """
    firm | key | project_no | programme | level | role | budget | started_on | withdrawn_on | known
    1 | a | A | city_key | city | lead | 100 | 2022-01-01 | -          | 2022-02-01
    1 | a | A | city_key | city | lead | 100 | 2022-01-01 | 2023-03-01 | 2023-04-01
    1 | c | C | city_key | city | lead | 400 | 2022-01-01 | -          | 2022-02-01
"""


@pytest.mark.parametrize(
    ("feature", "values"),
    [("project_led_held", [2, 2, 1]), ("project_budget_held", [500, 500, 400])],
)
def test_what_ended_is_counted_until_its_end_is_known(feature: str, values: list[float]) -> None:
    days = ("2023-03-15", "2023-04-01", "2023-04-02")

    assert answers(feature, {"project": PROJECTS}, spine(*((1, day) for day in days))) == values
