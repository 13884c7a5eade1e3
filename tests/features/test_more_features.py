"""What the ladder, the patents' remaining term, on-time rates and duties to report say: text tables in, numbers out."""

from datetime import date

import numpy as np
import pytest

from data.spec.missing import Missing
from data.spec.tables import TABLES
from features.catalogue import FEATURES
from features.definition import Question, seen_by, value_of
from features.engine import compute_with_reasons, why_missing
from tests.features.doors import answers, evidence, spine

TITLES = {
    "tech_sme_entry": """
        firm | key | entry_no | entered_on | valid_until | known
        1    | e   | e        | 2019-06-01 | 2019-12-31  | 2019-06-10
        1    | f   | f        | 2020-06-01 | 2020-12-31  | 2020-06-10
        """,
    "high_tech_certificate": """
        firm | key | certificate_no | issued_on  | valid_until | event      | known
        1    | g   | g              | 2020-12-01 | 2023-12-01  | recognised | 2020-12-05
        """,
    "honour_listing": """
        firm | key | honour          | listed_on  | removed_on | known
        1    | h   | specialized_sme | 2022-06-01 | -          | 2022-06-02
        1    | i   | gazelle         | 2023-01-01 | 2023-07-01 | 2023-01-02
        """,
}


@pytest.mark.parametrize(
    ("day", "stage"),
    [
        *(("2019-06-10", 0), ("2019-06-11", 1), ("2020-06-11", 1), ("2020-12-06", 2), ("2022-06-03", 3)),
        *(("2023-01-03", 4), ("2023-06-30", 4), ("2023-07-01", 3)),
    ],
)
def test_the_step_is_the_highest_title_in_force(day: str, stage: float) -> None:
    assert answers("ladder_rung", TITLES, spine((1, day))) == [stage]


def test_an_entry_that_ended_with_the_year_carries_through_the_months_before_the_next_list() -> None:
    asked = spine((1, "2020-12-01"), (1, "2021-11-30"), (1, "2021-12-01"), (1, "2021-12-02"))
    entries = {"tech_sme_entry": TITLES["tech_sme_entry"]}

    assert answers("ladder_rung", entries, asked) == [1, 1, 1, 0]


def test_the_pace_is_steps_a_year_and_the_first_year_counts_whole() -> None:
    asked = spine((1, "2019-12-01"), (1, "2022-05-31"), (2, "2022-05-31"))

    half_year, later, nobody = answers("ladder_pace", TITLES, asked)

    assert half_year == 1
    assert later == pytest.approx(2 / 3, abs=1e-3)
    assert nobody is None


def test_a_certificate_that_ran_out_without_a_successor_is_lost_and_one_never_had_is_not() -> None:
    asked = spine((1, "2023-11-30"), (1, "2023-12-01"), (2, "2023-12-01"))

    assert answers("ladder_high_tech_lost", TITLES, asked) == [0, 1, 0]


RND = """
    firm | key  | year       | basis      | rnd_expense | known
    1    | 2020 | 2020-12-31 | accounting | 10          | 2021-03-01
    2    | 2022 | 2022-12-31 | accounting | 10          | 2023-03-01
    """
CERTIFIED = """
    firm | key | certificate_no | issued_on  | valid_until | event      | known
    1    | g   | g              | 2019-12-01 | 2025-12-01  | recognised | 2019-12-05
    3    | h   | h              | 2019-12-01 | 2025-12-01  | recognised | 2019-12-05
    """


def test_silence_counts_only_against_a_firm_that_must_report_and_did_before() -> None:
    tables = {"rnd_year": RND, "high_tech_certificate": CERTIFIED}
    asked = spine((1, "2022-05-31"), (1, "2022-06-02"), (1, "2023-06-02"), (2, "2023-06-02"), (3, "2023-06-02"))

    assert answers("ladder_rnd_told_when_obliged", tables, asked) == [None, 1, 0, None, None]


def test_silence_that_was_not_authorised_to_be_heard_is_unknown() -> None:
    feature = FEATURES["ladder_rnd_told_when_obliged"]
    events = {"high_tech_certificate": evidence(TABLES["high_tech_certificate"], CERTIFIED)}

    assert why_missing([feature], events, spine((1, "2023-06-02"))).iloc[0, 0] is Missing.NOT_AUTHORISED


def test_silence_in_a_list_that_is_late_is_the_lists_and_not_the_firms() -> None:
    events = {
        name: evidence(TABLES[name], rows) for name, rows in (("rnd_year", RND), ("high_tech_certificate", CERTIFIED))
    }
    feature, asked = (
        FEATURES["ladder_rnd_told_when_obliged"],
        spine((1, "2022-06-02"), (1, "2023-06-02"), (1, "2022-05-31")),
    )

    values, missing = compute_with_reasons([feature], events, asked, late={"rnd_year"})
    seen = seen_by([feature], events, (question := Question(enterprise_id=1, as_of=date(2023, 6, 2))))

    assert [None if np.isnan(value) else value for value in values.iloc[:, 0]] == [1, None, None]
    assert missing.iloc[:, 0].tolist() == [None, Missing.LATE, Missing.NOT_APPLICABLE]
    assert value_of(feature, seen, question) == 0
    assert np.isnan(value_of(feature, seen, question, late={"rnd_year"}))
    # A list that is late excuses nothing in another one.
    assert value_of(feature, seen, question, late={"annual_report"}) == 0


PATENTS = """
    firm | key | application_no | kind      | filed_on   | granted_on | known
    1    | a   | a              | invention | 2014-01-01 | 2016-01-01 | 2016-01-01
    1    | b   | b              | utility   | 2019-01-01 | 2019-09-01 | 2019-09-01
    1    | c   | c              | utility   | 2010-01-01 | 2010-09-01 | 2010-09-01
    1    | d   | d              | invention | 2023-01-01 | -          | 2023-09-01
    """


def test_patents_count_by_the_share_of_their_term_that_is_left() -> None:
    half_and_half = answers("patent_remaining_stock", {"patent": PATENTS}, spine((1, "2024-01-01"), (2, "2024-01-01")))

    assert half_and_half == [pytest.approx(0.5 + 0.5, abs=1e-3), 0]


TERMS = {
    "invention": ("patent_inventions_held", 20),
    "utility": ("patent_utilities_held", 10),
    "design": ("patent_designs_held", 10),
}


@pytest.mark.parametrize("kind", TERMS)
def test_a_patent_is_held_to_the_end_of_its_term_though_no_list_says_that_it_ended(kind: str) -> None:
    feature, years = TERMS[kind]
    patents = f"""
        firm | key | application_no | kind   | filed_on   | granted_on | known
        1    | a   | a              | {kind} | 2004-03-01 | 2005-03-01 | 2005-03-01
        """
    asked = spine((1, f"{2004 + years}-03-01"), (1, f"{2004 + years}-03-02"))

    assert answers(feature, {"patent": patents}, asked) == [1, 0]
    assert answers("patent_granted_held", {"patent": patents}, asked) == [1, 0]


def test_what_is_pending_is_neither_old_nor_left() -> None:
    asked = spine((1, "2024-01-01"))

    assert answers("patent_mean_age_years", {"patent": PATENTS}, asked) == [pytest.approx((10 + 5) / 2, abs=1e-2)]
    assert answers("patent_pending_inventions_held", {"patent": PATENTS}, asked) == [1]


def test_a_pledge_is_open_until_it_is_released() -> None:
    events = """
        firm | key | application_no | patent_kind | event    | occurred_on | known
        1    | a   | a              | invention   | pledged  | 2024-01-01  | 2024-01-02
        1    | b   | a              | invention   | released | 2024-05-01  | 2024-05-02
        """

    asked = spine((1, "2024-01-02"), (1, "2024-01-03"), (1, "2024-05-02"), (1, "2024-05-03"))
    assert answers("patent_pledges_open", {"patent_event": events}, asked) == [0, 1, 1, 0]


def test_the_rate_on_time_is_of_accepted_projects_with_a_plan() -> None:
    projects = """
        firm | key | project_no | programme | level | role | started_on | due_on     | accepted_on | known
        1    | p   | p          | city_key  | city  | lead | 2021-03-01 | 2023-03-01 | 2023-03-01  | 2023-03-20
        1    | q   | q          | city_key  | city  | lead | 2021-03-01 | 2023-03-01 | 2023-03-11  | 2023-03-20
        1    | r   | r          | city_key  | city  | lead | 2021-03-01 | 2024-03-01 | -           | 2021-03-20
        2    | s   | s          | city_key  | city  | lead | 2021-03-01 | 2024-03-01 | -           | 2021-03-20
        """
    asked = spine((1, "2023-03-21"), (2, "2023-03-21"))

    assert answers("project_on_time_ratio_5y", {"project": projects}, asked) == [0.5, None]
    assert answers("project_delay_days_5y", {"project": projects}, asked) == [5, None]


def test_a_project_is_on_hand_until_it_is_accepted_closed_or_withdrawn() -> None:
    projects = """
        firm | key | project_no | role | started_on | accepted_on | closed_on  | withdrawn_on | known
        1    | p   | p          | lead | 2021-03-01 | -           | -          | -            | 2021-03-20
        1    | q   | q          | lead | 2021-03-01 | -           | -          | -            | 2021-03-20
        1    | q   | q          | lead | 2021-03-01 | 2023-03-11  | -          | -            | 2023-03-20
        1    | r   | r          | lead | 2021-03-01 | -           | -          | 2022-03-11   | 2022-03-20
        1    | s   | s          | lead | 2021-03-01 | -           | 2023-05-11 | -            | 2021-03-20
        """
    asked = spine((1, "2022-01-01"), (1, "2023-03-20"), (1, "2023-03-21"), (1, "2023-05-12"))

    assert answers("project_led_held", {"project": projects}, asked) == [3, 3, 2, 1]


def test_use_is_measured_by_instruments_that_tell_it() -> None:
    instruments = """
        firm | key | instrument_no | joined_on  | hours_shared | hours_in_use | known
        1    | a   | a             | 2020-01-01 | 100          | 25           | 2020-02-01
        1    | b   | b             | 2020-01-01 | 300          | -            | 2020-02-01
        """

    assert answers("platform_use_rate", {"instrument": instruments}, spine((1, "2021-01-01"), (2, "2021-01-01"))) == [
        0.25,
        None,
    ]


def test_records_are_repaired_by_the_share_that_was_removed() -> None:
    records = """
        firm | key | kind                   | case_no | listed_on  | removed_on | amount | known
        1    | x   | administrative_penalty | x       | 2022-01-01 | 2022-04-11 | 5      | 2022-05-01
        1    | y   | tax_arrears            | y       | 2022-01-01 | -          | 7      | 2022-05-01
        1    | z   | litigation             | z       | 2022-01-01 | -          | 9      | 2022-05-01
        """
    asked = spine((1, "2023-01-01"), (2, "2023-01-01"))

    assert answers("conduct_repaired_ratio_5y", {"conduct_record": records}, asked) == [0.5, None]
    assert answers("conduct_adverse_amount_held", {"conduct_record": records}, asked) == [7, 0]
    assert answers("conduct_adverse_kinds_5y", {"conduct_record": records}, asked) == [2, 0]
