"""Is nothing that came of a thing known before it came, whatever day a list that is given out again says?"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from data.intake import load_file
from data.intake.versions import complete, known_after
from data.spec.access import bureau_access
from data.spec.table import Table
from data.spec.tables import TABLES
from data.store import Store
from data.store.reads import read_events
from features import definition
from features.catalogue import FEATURES
from features.engine import compute
from features.spine import spine_row

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
Book = Callable[..., Path]
USCC = "统一社会信用代码"
OUTCOMES = [(table, name) for table in TABLES.values() for name, column in table.columns.items() if column.outcome]


@pytest.mark.parametrize(("table", "name"), OUTCOMES, ids=lambda one: one if isinstance(one, str) else one.name)
def test_a_row_is_known_no_sooner_than_what_came_of_it(table: Table, name: str) -> None:
    known = ["2023-05-01", "2025-05-01", "2023-05-01", None, "2023-05-01"]
    came = ["2024-03-01", "2024-03-01", None, "2024-03-01", "2026-03-01"]
    said = pd.DataFrame({"known_on": pd.to_datetime(known), name: pd.to_datetime(came), "enterprise_id": 1})
    rows = complete(table, said.assign(file_row=range(5), **{table.happened: pd.Timestamp("2020-01-01")}))

    found = known_after(table, rows, today=AT.date())["known_on"]

    # A day that is still to come is a plan: it may be known before.
    assert found.dt.strftime("%Y-%m-%d").tolist()[:3] == ["2024-03-01", "2025-05-01", "2023-05-01"]
    assert (pd.isna(found[3]), found[4]) == (True, pd.Timestamp("2023-05-01"))


def test_a_post_that_ends_as_planned_was_known_to(store: Store, book: Book, codes: list[str]) -> None:
    header = [USCC, "人员代码", "人才类别", "起始日期", "聘期届满日期", "结束日期", "备案日期"]
    days = [("2023-12-31", "2023-12-31"), ("2023-12-31", "2022-12-31"), (None, "2022-12-31")]
    rows = [[codes[0], f"P{n}", "科技副总", "2021-01-01", *told, "2021-02-01"] for n, told in enumerate(days)]
    load_file(store, book("科技人才.xlsx", [header, *rows]), at=AT, actor="test")

    with store.work(at=AT, read_only=True) as work:
        known = read_events(work, ["talent_post"], access=bureau_access("test", at=AT))["talent_post"]["known_on"]

    assert known.dt.strftime("%Y-%m-%d").tolist() == ["2021-02-01", "2022-12-31", "2022-12-31"]


def test_what_is_planned_and_what_a_row_is_about_are_no_outcomes() -> None:
    planned = {"due_on", "term_ends_on", "matures_on", "valid_until"}

    assert not planned & {name for _, name in OUTCOMES}
    assert all(name != table.happened for table, name in OUTCOMES)
    assert {table.name for table, _ in OUTCOMES} >= {"patent", "project", "loan", "loan_application", "conduct_record"}


CASES = {
    "a removal": (
        ("信用信息.xlsx", [USCC, "信息类别", "文书号", "列入日期", "移出日期"]),
        (["经营异常", "W1", "2023-01-10", None], ["经营异常", "W1", "2023-01-10", "2025-06-01"]),
        ("conduct_removed_5y", "2025-06-01", "2025-06-02"),
    ),
    "a grant": (
        ("专利清单.xlsx", [USCC, "申请号", "专利类型", "专利名称", "申请日", "公开日", "授权公告日"]),
        (
            ["201710601862.3", "发明专利", "甲", "2017-07-21", "2018-06-01", None],
            ["201710601862.3", "发明专利", "甲", "2017-07-21", "2018-06-01", "2019-06-01"],
        ),
        ("patent_inventions_held", "2019-06-01", "2019-06-02"),
    ),
    "a decision": (
        ("贷款申请.xlsx", [USCC, "申请编号", "银行", "产品", "申请日期", "决定日期", "决定"]),
        (
            ["S1", "演示银行", "鲁科贷", "2024-01-10", None, None],
            ["S1", "演示银行", "鲁科贷", "2024-01-10", "2024-03-10", "拒绝"],
        ),
        ("lending_refusals_2y", "2024-03-10", "2024-03-11"),
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("both", [True, False], ids=["told before without it", "told with it at once"])
def test_a_list_given_out_again_changes_no_answer_of_a_day_before(
    store: Store, book: Book, codes: list[str], case: str, both: bool
) -> None:
    (name, header), (first, again), (feature, before, after) = CASES[case]
    for number, row in enumerate((first, again) if both else (again,)):
        path = book(name, [header, [codes[0], *row]])
        load_file(store, path.rename(path.with_name(f"{number}{name}")), at=AT, actor="test")
    asked, declared = [date.fromisoformat(day) for day in (before, after)], FEATURES[feature]
    with store.work(at=AT, read_only=True) as work:
        events = read_events(work, declared.tables, access=bureau_access("test", at=AT))
    spine = pd.concat([spine_row(1, as_of=day) for day in asked], ignore_index=True)

    assert compute([declared], events, spine).iloc[:, 0].tolist() == [0, 1]
    assert definition.compute([declared], events, spine).iloc[:, 0].tolist() == [0, 1]
