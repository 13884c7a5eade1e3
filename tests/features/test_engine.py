"""What a feature knows as of a day: text tables in, numbers out, through both doors."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from data.spec.missing import Missing
from data.spec.table import Group, Unit
from data.spec.tables import TABLES
from features.behind import rows_behind
from features.catalogue import FEATURES
from features.engine import WORKERS, compute, compute_by_chunk, why_missing
from features.sight import Book, Part, Sight, look
from features.spec import Aggregate, Card, FeatureGroup, Reduce
from tests.features.doors import answers, evidence, spine

GRANTS = """
    firm | application_no | patent_kind | event   | occurred_on | known
    1    | a              | invention   | granted | 2023-05-01  | 2023-05-20
    1    | b              | invention   | granted | 2024-05-01  | 2024-05-20
    1    | c              | utility     | granted | 2024-05-01  | 2024-05-20
    1    | d              | invention   | lapsed  | 2024-05-01  | 2024-05-20
    2    | e              | invention   | granted | 2021-06-01  | 2021-06-01
"""


def test_ignores_a_grant_published_on_or_after_as_of() -> None:
    asked = spine((1, "2023-05-20"), (1, "2023-05-21"), (1, "2024-05-21"), (2, "2024-05-21"), (3, "2024-05-21"))

    assert answers("patent_invention_grants_3y", {"patent_event": GRANTS}, asked) == [0, 1, 2, 1, 0]


def test_a_window_holds_its_first_day_and_not_as_of() -> None:
    asked = spine((2, "2021-06-01"), (2, "2021-06-02"), (2, "2024-06-01"), (2, "2024-06-02"))

    assert answers("patent_invention_grants_3y", {"patent_event": GRANTS}, asked) == [0, 1, 1, 0]


REPORTS = """
    firm | key  | year       | known      | revenue | profit | assets | liabilities
    1    | 2022 | 2022-12-31 | 2023-04-30 | 100     | -5     | 200    | 90
    1    | 2023 | 2023-12-31 | 2024-04-30 | 120     | 12     | 250    | 100
    1    | 2022 | 2022-12-31 | 2024-06-30 | 80      | -5     | 200    | 90
    2    | 2023 | 2023-12-31 | 2024-04-30 | -       | 1      | 0      | 5
"""


def test_an_annual_report_counts_from_its_filing_and_not_from_its_year_end() -> None:
    asked = spine((1, "2023-04-30"), (1, "2023-05-01"), (1, "2024-04-30"), (1, "2024-05-01"))

    assert answers("operations_revenue_latest_2y", {"annual_report": REPORTS}, asked) == [None, 100, 100, 120]


def test_a_restated_report_changes_growth_only_from_the_day_it_was_restated() -> None:
    asked = spine((1, "2024-06-30"), (1, "2024-07-01"))

    assert answers("operations_revenue_growth_3y", {"annual_report": REPORTS}, asked) == [0.2, 0.5]


def test_a_ratio_without_a_positive_denominator_is_unknown() -> None:
    asked = spine((1, "2024-06-01"), (2, "2024-06-01"))

    assert answers("operations_leverage_ratio_2y", {"annual_report": REPORTS}, asked) == [0.4, None]
    assert answers("operations_profit_margin_ratio_2y", {"annual_report": REPORTS}, asked) == [0.1, None]


def test_no_report_is_unknown_but_a_firm_that_reports_may_have_no_losses() -> None:
    asked = spine((1, "2023-06-01"), (2, "2024-06-01"), (3, "2024-06-01"))

    assert answers("operations_losses_3y", {"annual_report": REPORTS}, asked) == [1, 0, None]


CERTIFICATES = """
    firm | key | certificate_no | issued_on  | valid_until | event      | known
    1    | g1  | GR1            | 2021-12-01 | 2024-12-01  | recognised | 2021-12-15
    1    | g1  | GR1            | 2021-12-01 | 2023-06-01  | revoked    | 2023-07-01
    2    | g2  | GR2            | 2021-12-01 | 2024-12-01  | recognised | 2021-12-15
    2    | g2  | GR2            | 2021-12-01 | 2024-12-01  | renamed    | 2023-07-01
"""


def test_a_certificate_holds_until_the_day_it_ends_and_no_further() -> None:
    asked = spine((2, "2021-12-15"), (2, "2021-12-16"), (2, "2024-11-30"), (2, "2024-12-01"))

    assert answers("qualification_high_tech_held", {"high_tech_certificate": CERTIFICATES}, asked) == [0, 1, 1, 0]


def test_a_revocation_is_unknown_before_its_announcement_even_for_the_days_it_covers() -> None:
    asked = spine((1, "2023-06-15"), (1, "2023-07-01"), (1, "2023-07-02"))

    assert answers("qualification_high_tech_held", {"high_tech_certificate": CERTIFICATES}, asked) == [1, 1, 0]
    assert answers("qualification_high_tech_revocations", {"high_tech_certificate": CERTIFICATES}, asked) == [0, 0, 1]


def test_a_withdrawn_version_leaves_no_record() -> None:
    records = """
        firm | key | kind       | case_no | listed_on  | known      | gone
        1    | k   | dishonesty | n1      | 2024-01-05 | 2024-01-10 | no
        1    | k   | dishonesty | n1      | 2024-01-05 | 2024-03-10 | yes
    """
    asked = spine((1, "2024-01-11"), (1, "2024-03-10"), (1, "2024-03-11"))

    assert answers("conduct_dishonesty_held", {"conduct_record": records}, asked) == [1, 1, 0]


PLEDGES = """
    firm | application_no | patent_kind | event   | occurred_on | known      | loan
    1    | a              | invention   | pledged | 2024-03-01  | 2024-03-02 | mine
    1    | b              | invention   | pledged | 2024-03-01  | 2024-03-02 | other
    1    | c              | invention   | pledged | 2024-03-01  | 2024-03-02 | -
"""


def test_rows_of_the_loan_being_judged_are_invisible_and_doubtful_ones_wait_sixty_days() -> None:
    asked = spine(
        (1, "2024-05-01"),
        (1, "2024-05-01", "mine"),
        (1, "2024-05-02", "mine"),
        (1, "2024-05-02", ""),
        (1, "2024-05-01", ""),
    )

    assert answers("patent_pledges_3y", {"patent_event": PLEDGES}, asked) == [3, 1, 2, 3, 2]


def test_the_version_before_an_invisible_one_counts() -> None:
    guarantees = """
        firm | key | contract_no | guaranteed | amount | started_on | known      | loan
        1    | g   | n           | X          | 100    | 2023-01-01 | 2023-01-02 | other
        1    | g   | n           | X          | 900    | 2023-01-01 | 2023-02-02 | mine
    """
    asked = spine((1, "2024-01-01"), (1, "2024-01-01", "mine"))

    assert answers("conduct_guaranteed_amount_held", {"guarantee": guarantees}, asked) == [900, 100]


INVOICES = """
    firm | direction | status | issued_on  | counterparty | total  | tax
    1    | sale      | valid  | 2024-01-31 | x            | 0.10   | 0.01
    1    | sale      | valid  | 2024-02-01 | x            | 0.20   | 0.01
    1    | sale      | valid  | 2024-04-01 | y            | 0.30   | 0.02
    1    | sale      | void   | 2024-04-02 | z            | 9      | 1
    1    | sale      | valid  | 2024-04-03 | y            | -0.10  | -0.01
    1    | purchase  | valid  | 2024-04-03 | s            | 0.25   | 0.01
    2    | purchase  | valid  | 2024-04-03 | s            | 5      | 1
"""


@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        ("invoice_sales_3y", [0.5, 0]),
        ("invoice_sales_count_3y", [4, 0]),
        ("invoice_sales_months_3y", [3, 0]),
        ("invoice_sales_gap_3y", [60, None]),
        ("invoice_latest_sale_days", [7, None]),
        ("invoice_first_sale_days", [70, None]),
        ("invoice_customers_3y", [2, 0]),
        ("invoice_top_customer_share_3y", [0.6, None]),
        ("invoice_void_share_3y", [0.2, None]),
        ("invoice_red_letter_share_3y", [0.25, None]),
        ("invoice_red_letter_amount_ratio_3y", [0.2, None]),
        ("invoice_gross_margin_ratio_3y", [0.5, None]),
        ("invoice_sale_mean_3y", [0.125, None]),
    ],
)
def test_invoices_become_numbers(feature: str, expected: list[float | None]) -> None:
    asked = spine((1, "2024-04-10"), (2, "2024-04-10"))

    assert answers(feature, {"invoice": INVOICES}, asked) == expected


def test_a_sum_of_cents_is_exact_whatever_else_is_in_the_batch() -> None:
    many = "\n".join(["firm | direction | status | issued_on | total"] + ["7 | sale | valid | 2024-01-01 | 0.1"] * 1000)

    assert answers("invoice_sales_3y", {"invoice": many}, spine((7, "2024-02-01"))) == [100.0]


def test_a_number_too_large_to_be_counted_is_refused() -> None:
    huge = evidence(
        TABLES["invoice"], "firm | direction | status | issued_on | total\n1 | sale | valid | 2024-01-01 | 1e17"
    )

    with pytest.raises(OverflowError, match="total"):
        compute([FEATURES["invoice_sales_3y"]], {"invoice": huge}, spine((1, "2024-02-01")))


def test_a_table_not_handed_over_is_unknown_and_never_zero() -> None:
    values = compute([FEATURES["conduct_dishonesty_held"]], {}, spine((1, "2024-02-01")))

    assert values.isna().all(axis=None)


def test_the_answer_keeps_the_index_of_the_spine_and_the_order_of_the_features() -> None:
    asked = spine((2, "2024-05-21"), (1, "2024-05-21")).set_axis(["late", "early"])
    wanted = [FEATURES["patent_lapses_3y"], FEATURES["patent_invention_grants_3y"]]

    values = compute(wanted, {"patent_event": evidence(TABLES["patent_event"], GRANTS)}, asked)

    assert list(values.index) == ["late", "early"]
    assert values.to_numpy().tolist() == [[0, 1], [1, 2]]
    assert list(values.columns) == ["patent_lapses_3y", "patent_invention_grants_3y"]


def test_an_empty_spine_gives_an_empty_answer() -> None:
    values = compute(
        [FEATURES["patent_lapses_3y"]], {"patent_event": evidence(TABLES["patent_event"], GRANTS)}, spine()
    )

    assert values.shape == (0, 1)


@pytest.mark.parametrize("when", [None, "2024-01-01 08:00"])
def test_a_spine_without_a_day_is_refused(when: str | None) -> None:
    asked = spine((1, "2024-01-01"))
    asked["as_of"] = pd.Series([when], dtype="datetime64[s]")

    with pytest.raises(ValueError, match="as_of must be a day"):
        compute([FEATURES["patent_lapses_3y"]], {}, asked)


def test_two_features_of_one_name_are_refused() -> None:
    class Other(FeatureGroup):
        prefix = "patent"
        group = Group.PATENTS
        cards = (Card.APPLICATION,)
        lapses_3y = FEATURES["patent_lapses_3y"].declaration

    with pytest.raises(ValueError, match="two features are called patent_lapses_3y"):
        compute([FEATURES["patent_lapses_3y"], *Other.features], {}, spine((1, "2024-01-01")))


def test_each_missing_value_has_its_reason() -> None:
    register = "firm | founded_on\n1 | 2010-01-01\n2 | 2023-06-01\n3 | 2010-01-01"
    events = {
        "annual_report": evidence(TABLES["annual_report"], REPORTS),
        "enterprise_registration": evidence(TABLES["enterprise_registration"], register),
        "patent": evidence(TABLES["patent"], "firm"),
    }
    names = (
        "operations_revenue_latest_2y",
        "operations_revenue_growth_3y",
        "patent_latest_filing_days",
        "patent_late_fees_12m",
    )
    wanted = [FEATURES[name] for name in names]

    reasons = why_missing(wanted, events, spine((1, "2024-06-01"), (2, "2024-06-01"), (3, "2024-06-01")))

    no_patents, no_leave = Missing.NOT_APPLICABLE, Missing.NOT_AUTHORISED
    assert reasons.to_numpy().tolist() == [
        [None, None, no_patents, no_leave],
        [Missing.NOT_REPORTED, Missing.NOT_APPLICABLE, no_patents, no_leave],
        [Missing.SOURCE_DOES_NOT_KNOW, Missing.SOURCE_DOES_NOT_KNOW, no_patents, no_leave],
    ]
    assert type(reasons.iloc[1, 0]) is Missing


def test_what_is_late_or_withheld_is_told_as_the_caller_says() -> None:
    events = {name: evidence(TABLES[name], "firm") for name in ("annual_report", "rnd_year")}
    wanted = [FEATURES["operations_losses_3y"], FEATURES["rnd_intensity_2y"]]

    late = why_missing(wanted, events, spine((1, "2024-06-01")), late={"annual_report"})
    withheld = why_missing(wanted, events, spine((1, "2024-06-01")), not_authorised={"annual_report"})

    assert late.to_numpy().tolist() == [[Missing.LATE, Missing.SOURCE_DOES_NOT_KNOW]]
    assert withheld.to_numpy().tolist() == [[Missing.NOT_AUTHORISED, Missing.SOURCE_DOES_NOT_KNOW]]


def test_every_row_behind_a_value_says_why_it_was_counted_or_not() -> None:
    events = {
        "patent_event": evidence(
            TABLES["patent_event"], GRANTS + "    1 | f | invention | granted | 2020-01-01 | 2020-01-01\n"
        )
    }

    told = rows_behind(FEATURES["patent_invention_grants_3y"], events, 1, date(2024, 5, 20))

    assert [(row.file_row, row.counted, row.why) for row in told] == [
        (2, True, "计入"),
        (3, False, "当日尚未知晓"),
        (4, False, "当日尚未知晓"),
        (5, False, "当日尚未知晓"),
        (7, False, "不在指标的时间窗内"),
    ]
    assert (told[0].table, told[0].known_on, told[0].happened_on) == (
        "patent_event",
        date(2023, 5, 20),
        date(2023, 5, 1),
    )


@pytest.mark.parametrize(
    ("feature", "day", "whys"),
    [
        ("operations_revenue_latest_2y", date(2024, 7, 1), ["已被后来的版本取代", "计入", "不是指标所取的那一条"]),
        ("operations_revenue_previous_3y", date(2024, 7, 1), ["已被后来的版本取代", "不是指标所取的那一条", "计入"]),
        ("operations_revenue_growth_3y", date(2024, 7, 1), ["已被后来的版本取代", "计入", "计入"]),
        ("operations_losses_3y", date(2024, 5, 1), ["计入", "不符合指标的筛选条件", "当日尚未知晓"]),
    ],
)
def test_rows_behind_reports(feature: str, day: date, whys: list[str]) -> None:
    events = {"annual_report": evidence(TABLES["annual_report"], REPORTS)}

    assert [row.why for row in rows_behind(FEATURES[feature], events, 1, day)] == whys


def test_rows_hidden_from_the_loan_being_judged_say_so() -> None:
    events = {"patent_event": evidence(TABLES["patent_event"], PLEDGES)}

    told = rows_behind(FEATURES["patent_pledges_3y"], events, 1, date(2024, 4, 1), own_loan="mine")

    assert [row.why for row in told] == ["来自本次申请的贷款", "计入", "申请前60天内、来源不明，可能来自本次贷款"]


def test_what_has_ended_or_was_withdrawn_or_is_blank_says_so() -> None:
    records = """
        firm | key | kind        | case_no | listed_on  | removed_on | amount | known      | gone
        1    | a   | enforcement | n1      | 2024-01-05 | 2024-02-01 | 5      | 2024-01-10 | no
        1    | b   | enforcement | n2      | 2024-01-05 | -          | -      | 2024-01-10 | no
        1    | c   | enforcement | n3      | 2024-01-05 | -          | 5      | 2024-01-10 | yes
        1    | d   | enforcement | n4      | 2024-06-05 | -          | 5      | 2024-01-10 | no
    """
    events = {"conduct_record": evidence(TABLES["conduct_record"], records)}

    told = rows_behind(FEATURES["conduct_enforcement_amount_held"], events, 1, date(2024, 4, 1))

    assert [row.why for row in told] == ["当日已不再有效", "该项为空", "该记录已撤销", "当日尚未发生"]


def test_a_window_larger_than_memory_allows_is_gathered_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    events = {"invoice": evidence(TABLES["invoice"], INVOICES)}
    wanted = [feature for feature in FEATURES.values() if feature.tables == ("invoice",)]
    asked = spine((1, "2024-04-10"), (2, "2024-04-10"), (1, "2024-02-10"), (3, "2024-02-10"))
    whole = compute(wanted, events, asked)

    monkeypatch.setattr("features.reductions.GATHERED_ROWS", 2)
    monkeypatch.setattr("features.engine.CHUNK_ROWS", 2)

    pd.testing.assert_frame_equal(compute(wanted, events, asked), whole, check_exact=True)
    assert np.isfinite(whole.to_numpy()).any()


def test_days_since_first_reads_the_register() -> None:
    class Trial(FeatureGroup):
        prefix = "trial"
        group = Group.PROFILE
        cards = (Card.APPLICATION,)
        age_days = Aggregate(
            label="天数",
            label_en="days",
            unit=Unit.DAY,
            reason="试验",
            table=TABLES["enterprise_registration"],
            reduce=Reduce.DAYS_SINCE_FIRST,
        )

    register = "firm | key | founded_on | known\n1 | - | 2020-02-29 | 2020-03-05\n1 | - | 2020-02-28 | 2021-01-01"

    asked = spine((1, "2020-03-05"), (1, "2020-03-06"), (1, "2021-01-02"))

    assert answers(Trial.features[0], {"enterprise_registration": register}, asked) == [None, 6, 309]


def test_the_age_of_a_firm_is_said_in_years() -> None:
    register = "firm | founded_on | known\n1 | 2020-01-01 | 2020-02-01"

    assert answers("profile_age_years", {"enterprise_registration": register}, spine((1, "2024-01-01"))) == [4.0]


def test_of_two_rows_alike_in_all_dates_the_one_of_the_later_key_is_the_latest() -> None:
    reports = """
        firm | key | year       | known      | revenue
        1    | b   | 2023-12-31 | 2024-04-30 | 7
        1    | a   | 2023-12-31 | 2024-04-30 | 9
    """
    events = {"annual_report": evidence(TABLES["annual_report"], reports)}
    events["annual_report"]["file_row"] = 2
    wanted = [FEATURES["operations_revenue_latest_2y"]]

    forwards = compute(wanted, events, spine((1, "2024-06-01")))
    backwards = compute(wanted, {"annual_report": events["annual_report"][::-1]}, spine((1, "2024-06-01")))

    assert (forwards.iloc[0, 0], backwards.iloc[0, 0]) == (7, 7)


def test_rows_behind_what_was_not_handed_over_are_none() -> None:
    assert rows_behind(FEATURES["patent_lapses_3y"], {}, 1, date(2024, 1, 1)) == []


def test_no_more_pieces_are_begun_than_workers_until_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []

    def counted(book: Book, part: Part) -> Sight:
        looked.append(len(part.as_of))
        return look(book, part)

    monkeypatch.setattr("features.engine.CHUNK_ROWS", 1)
    monkeypatch.setattr("features.engine.look", counted)
    events = {"patent_event": evidence(TABLES["patent_event"], GRANTS)}
    asked = spine(*((1, f"2024-06-{day:02}") for day in range(1, 21)))

    pieces = compute_by_chunk([FEATURES["patent_invention_grants_3y"]], events, asked)
    begun = []
    for _ in pieces:
        begun.append(len(looked))

    # A piece that is yielded was begun; beyond those taken at most as many are as there are workers.
    assert len(begun) == len(looked) == 20
    assert all(count <= place + WORKERS for place, count in enumerate(begun))
