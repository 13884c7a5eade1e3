"""Does a load keep what is new, know what it knew, and account for every row?"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.intake import BatchReport, SetAside, Source, load_file, load_folder, load_frame
from data.intake.drafting import RowFault, Skipped
from data.spec.access import BUREAU, bureau_access
from data.spec.identifiers import Identifier, Scheme, with_uscc_check_digit
from data.spec.tables import TABLES
from data.store import Store
from data.store.audit import verify_chain
from data.store.reads import find_enterprise, read_batches, read_enterprises, read_events, read_names

Book = Callable[..., Path]
AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
ACCESS = bureau_access("test", at=AT)
REGISTER = ["企业名称", "统一社会信用代码", "成立日期", "注册资本（万元）", "所在区县", "职工人数"]
REPORT = ["统一社会信用代码", "年度", "营业收入（万元）", "净利润", "填报日期"]


def load(store: Store, path: Path, **options: object) -> BatchReport:
    return load_file(store, path, at=AT, actor="test", **options)  # type: ignore[arg-type]


def events(store: Store, table: str) -> pd.DataFrame:
    with store.work(at=AT) as work:
        return read_events(work, [table], access=ACCESS)[table]


def counts(report: BatchReport) -> tuple[int, int, int, int, int]:
    return report.kept, report.already_known, report.repeated, int(report.skipped), report.quarantined_rows


def register(book: Book, codes: list[str], *, name: str = "企业名录.xlsx") -> Path:
    rows = [[f"淄博演示{place}有限公司", code, "2015-03-01", 100, "张店", 12] for place, code in enumerate(codes)]
    return book(name, [["淄博市企业名录"], ["公告日期：2020年1月1日"], REGISTER, *rows])


def test_a_list_with_titles_totals_and_units_becomes_rows(store: Store, book: Book, codes: list[str]) -> None:
    rows = [["甲有限公司", codes[0], "2015.3.1", "1,000.5", "张店", 12.0], [], ["合计", None, None, 9]]
    path = book("一.xlsx", [["淄博市企业名录"], ["公告日期：2020年1月1日"], [], REGISTER, *rows, ["注：演示数据"]])

    report = load(store, path)

    assert counts(report) == (1, 0, 0, 7, 0)
    assert report.skipped == Skipped(title=2, header=1, total=2, blank=2)
    row = events(store, "enterprise_registration").iloc[0]
    assert (row["file_row"], row["registered_capital"], row["district"], row["staff"]) == (
        5,
        10_005_000.0,
        "370303",
        12,
    )
    assert (row["known_on"], row["known_basis"]) == (pd.Timestamp(2020, 1, 1), "filed")
    assert (row["happened_on"], row["owner"], row["record_key"]) == (pd.Timestamp(2015, 3, 1), BUREAU, "")


def test_an_empty_first_row_does_not_shift_row_numbers(store: Store, book: Book, codes: list[str]) -> None:
    path = book("企业名录.xlsx", [[], [], REGISTER, ["甲", codes[0], "2015-01-01"], ["乙", "9137", "2015-01-01"]])

    report = load(store, path, known_on=date(2020, 1, 1))

    assert events(store, "enterprise_registration")["file_row"].tolist() == [4]
    assert report.quarantined[0].rows == (5,)


def test_a_header_of_two_rows_is_read(store: Store, book: Book, codes: list[str]) -> None:
    upper = ["企业", None, "登记", None]
    lower = ["企业名称", "统一社会信用代码", "成立日期", "职工人数"]

    report = load(
        store, book("企业名录.xlsx", [upper, lower, ["甲", codes[0], "2015-01-01", 3]]), known_on=date(2020, 1, 1)
    )

    assert counts(report)[:4] == (1, 0, 0, 2)


def test_the_same_file_twice_changes_nothing(store: Store, book: Book, codes: list[str]) -> None:
    path = register(book, codes[:3])
    first = load(store, path)

    second = load(store, path)

    assert (first.kept, second.kept, second.already_known, second.batch_id) == (3, 0, 3, None)
    assert second.seen_before
    assert second.rows_read == first.rows_read
    with store.work(at=AT) as work:
        assert len(read_batches(work)) == 1
        assert verify_chain(work.connection, BUREAU) is None


def test_the_same_bad_file_twice_changes_nothing_either(store: Store, book: Book, codes: list[str]) -> None:
    path = register(book, [*codes[:2], "9137"])
    load(store, path)

    again = load(store, path)

    assert (again.already_known, again.quarantined_rows, again.batch_id) == (2, 1, None)
    with store.work(at=AT) as work:
        assert len(read_batches(work)) == 1


def test_rows_set_aside_come_in_once_their_enterprise_is_known(store: Store, book: Book, codes: list[str]) -> None:
    certificates = book(
        "高新技术企业认定名单.xlsx",
        [
            ["公告日期：2021-01-01"],
            ["企业名称", "证书编号", "发证日期"],
            ["淄博演示0有限公司", "GR202037000001", "2020-12-07"],
            ["淄博演示1有限公司", "GR202037000002", "2020-12-07"],
        ],
    )
    load(store, register(book, codes[:1]))
    first = load(store, certificates)
    load(store, register(book, codes[:2], name="企业名录二.xlsx"))

    second = load(store, certificates)

    assert counts(first) == (1, 0, 0, 2, 1)
    assert counts(second) == (1, 1, 0, 2, 0)


def test_repeated_rows_of_one_file_are_counted_by_number(store: Store, book: Book, codes: list[str]) -> None:
    row = [codes[0], 2023, 10, 5, "2024-05-01"]

    report = load(store, book("财务年报.xlsx", [REPORT, row, row, [codes[1], 2023, 10, 5, "2024-05-01"], row]))

    assert counts(report) == (2, 0, 2, 1, 0)
    assert report.repeated_rows == (3, 5)


def test_a_correction_is_a_new_version_and_the_old_one_stays(store: Store, book: Book, codes: list[str]) -> None:
    load(store, book("财务年报.xlsx", [REPORT, [codes[0], 2023, 10, 5, "2024-05-01"]]))

    report = load(store, book("财务年报更正.xlsx", [REPORT, [codes[0], 2023, 11, 5, "2024-09-01"]]))

    assert report.kept == 1
    versions = events(store, "annual_report")
    assert versions["record_key"].tolist() == ["2023-12-31"] * 2
    assert versions["revenue"].tolist() == [100_000.0, 110_000.0]
    assert versions["known_on"].dt.month.tolist() == [5, 9]


def test_saying_the_same_again_later_is_nothing_new_but_earlier_is(store: Store, book: Book, codes: list[str]) -> None:
    header = REPORT[:4]
    rows = [header, [codes[0], 2023, 10, 5]]
    path = book("财务年报.xlsx", rows)
    load(store, path, known_on=date(2024, 5, 1))

    later = load(store, path, known_on=date(2024, 6, 1))
    earlier = load(store, path, known_on=date(2024, 4, 1))

    assert counts(later)[:2] == (0, 1)
    assert counts(earlier)[:2] == (1, 0)


def test_the_later_of_a_rows_day_and_the_lists_day_counts(store: Store, book: Book, codes: list[str]) -> None:
    rows = [[codes[0], 2023, 10, 5, "2024-05-01"], [codes[1], 2023, 10, 5, None], [codes[2], 2023, 1, 1, "2024-08-01"]]

    load(store, book("财务年报.xlsx", [["发布日期：2024年7月1日"], REPORT, *rows]))

    assert events(store, "annual_report")["known_on"].dt.month.tolist() == [7, 7, 8]


def test_a_lag_of_the_source_is_added(store: Store, book: Book, codes: list[str]) -> None:
    header = ["统一社会信用代码", "融资轮次", "交割日期", "融资金额(亿元)"]

    load(store, book("股权融资.xlsx", [header, [codes[0], "A轮", "2024-01-01", 0.5]]))

    row = events(store, "equity_round").iloc[0]
    assert (row["known_on"], row["known_basis"], row["amount"]) == (pd.Timestamp(2024, 1, 31), "assumed", 50_000_000.0)


def test_a_row_names_its_owner_and_the_loan_it_comes_from(store: Store, book: Book, codes: list[str]) -> None:
    header = ["统一社会信用代码", "申请编号", "银行", "产品", "申请日期", "报送机构"]

    load(store, book("贷款申请.xlsx", [header, [codes[0], "SQ001", "演示银行", "鲁科贷", "2024-01-01", "bank-a"]]))

    row = events(store, "loan_application").iloc[0]
    assert (row["owner"], row["origin_loan"], row["product"]) == ("bank-a", "SQ001", "lukedai")


def test_a_row_without_code_is_found_by_name(store: Store, book: Book, codes: list[str]) -> None:
    load(store, register(book, codes[:2]))
    header = ["企业名称", *REPORT]

    report = load(store, book("财务年报.xlsx", [header, ["淄博演示1有限责任公司", None, 2023, 1, 1, "2024-05-01"]]))

    assert report.kept == 1
    assert events(store, "annual_report")["enterprise_id"].tolist() == [2]


def test_a_name_of_two_enterprises_is_not_guessed(store: Store, book: Book, codes: list[str]) -> None:
    rows = [["同名有限公司", code, "2015-03-01", 100, "张店", 12] for code in codes[:2]]
    load(store, book("企业名录.xlsx", [["公告日期：2020-01-01"], REGISTER, *rows]))
    header = ["企业名称", "证书编号", "发证日期"]
    fine = [codes[2], "GR202037000003", "2020-12-07"]
    path = book(
        "高企认定.xlsx",
        [["高新技术企业 公告日期：2021-01-01"], header, ["同名有限公司", "GR202037000001", "2020-12-07"], fine],
    )

    with pytest.raises(Exception, match="有 2 家企业名为"):
        load(store, path, strict=True, list_name="high_tech_certificate")


@pytest.fixture
def city(store: Store, book: Book, codes: list[str], tmp_path: Path) -> list[BatchReport]:
    """Load a register, a list of certificates, a renaming and a revocation, in a folder."""
    register(book, codes[:4])
    announced = "高新技术企业"
    rows = [[f"淄博演示{place}有限公司", f"GR20203700000{place}", "2020-12-07", "2023-12-07"] for place in range(4)]
    book(
        "A高新技术企业取消公告.xlsx",
        [
            [f"{announced}取消 公告日期：2022-06-01"],
            ["企业名称", "证书编号", "取消日期"],
            ["淄博演示2有限公司", "GR202037000002", "2022-05-01"],
            ["淄博演示3有限公司", "GR202037000009", "2022-05-01"],
        ],
    )
    book(
        "B高新技术企业更名公告.xlsx",
        [
            [f"{announced}更名 公告日期：2021-06-01"],
            ["企业名称", "更名前名称", "证书编号"],
            ["淄博新名有限公司", "淄博演示1有限公司", "GR202037000001"],
        ],
    )
    book(
        "C高新技术企业认定名单.xlsx",
        [["公告日期：2021-01-01"], ["企业名称", "证书编号", "发证日期", "有效期至"], *rows],
    )
    return load_folder(store, tmp_path, at=AT, actor="test")


def test_a_folder_is_loaded_register_first_and_amendments_last(city: list[BatchReport]) -> None:
    assert [report.list for report in city] == [
        "enterprise_registration",
        "high_tech_certificate",
        "high_tech_renaming",
        "high_tech_revocation",
    ]


def test_an_amendment_changes_only_what_it_says(store: Store, city: list[BatchReport]) -> None:
    versions = events(store, "high_tech_certificate").set_index(["record_key", "event"])

    revoked = versions.loc[("GR202037000002", "revoked")]
    assert revoked["issued_on"] == pd.Timestamp(2020, 12, 7)
    assert revoked["ended_on"] == pd.Timestamp(2022, 5, 1)
    renamed = versions.loc[("GR202037000001", "renamed")]
    assert renamed["ended_on"] == pd.Timestamp(2023, 12, 7)
    assert [reason.code for reason in city[3].quarantined] == ["amends-nothing"]


def test_a_renamed_enterprise_is_known_by_both_names(store: Store, city: list[BatchReport], codes: list[str]) -> None:
    with store.work(at=AT) as work:
        found = find_enterprise(work, Identifier(Scheme.USCC, codes[1]), access=ACCESS)
        names = read_names(work, access=ACCESS)

    assert found.name == "淄博新名有限公司"
    assert set(names.loc[names["enterprise_id"] == found.id, "name"]) == {"淄博演示1有限公司", "淄博新名有限公司"}


def test_former_names_of_the_register_are_known(store: Store, book: Book, codes: list[str]) -> None:
    rows = [["公告日期：2020-01-01"], [*REGISTER, "曾用名"], ["甲", codes[0], "2015-01-01", 1, "张店", 2, "老甲、旧甲"]]

    load(store, book("企业名录.xlsx", rows))

    with store.work(at=AT) as work:
        assert set(read_names(work, access=ACCESS)["name"]) == {"甲", "老甲", "旧甲"}
        assert read_enterprises(work, access=ACCESS)["name"].tolist() == ["甲"]


def facts(*rows: tuple[str, str, float], first_row: int = 2) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["identifier", "item", "value"])
    days = pd.to_datetime(["2020-01-01"] * len(rows)).as_unit("s")
    return frame.assign(
        source="a.csv", snapshot_on=days, known_on=days, file_row=range(first_row, first_row + len(rows))
    )


def source(**changes: object) -> Source:
    given: dict[str, object] = {
        "list": "facts",
        "label": "快照",
        "table": TABLES["snapshot_fact"],
        "file_name": "a.csv",
    }
    return Source(**(given | {"file_sha256": "1" * 64, "scheme": Scheme.JINAN} | changes))  # type: ignore[arg-type]


def test_a_typed_frame_is_loaded_under_a_scheme_of_its_own(store: Store) -> None:
    aside = SetAside(faults=(RowFault(9, "odd", "看不懂。"),), raw=lambda row: json.dumps({"row": row}))
    frame = facts(("7", "x", 1.0), ("7", "x", 1.0), ("8", "x", 2.0))

    report = load_frame(store, source(), frame, at=AT, actor="test", set_aside=aside)

    assert counts(report) == (2, 0, 1, 0, 1)
    assert report.rows_read == 4
    with store.work(at=AT) as work:
        assert find_enterprise(work, Identifier(Scheme.JINAN, "8"), access=ACCESS).kind == "enterprise"


def test_records_of_one_file_row_count_as_one_row(store: Store) -> None:
    frame = facts(("7", "x", 1.0), ("7", "y", 1.0), ("7", "x", 1.0)).assign(file_row=[2, 2, 3])

    report = load_frame(store, source(skipped=Skipped(header=1)), frame, at=AT, actor="test")

    assert (report.rows_read, report.kept, report.repeated) == (3, 1, 1)
    assert len(events(store, "snapshot_fact")) == 2


BAD = "913703030000000000"
CELLS = st.tuples(
    st.sampled_from([*(with_uscc_check_digit(f"91370303MA{number:07d}") for number in range(3)), BAD, ""]),
    st.sampled_from(["2022", "2023", "二三", ""]),
    st.sampled_from(["1", "2", "x", ""]),
)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Path]:
    return Store.create("sqlite://", at=AT), tmp_path_factory.mktemp("reports") / "财务年报.csv"


@given(rows=st.lists(st.one_of(CELLS, st.just(("合计", "", "3")), st.just(("", "", ""))), max_size=12))
def test_every_row_is_accounted_for_and_loading_again_adds_nothing(
    full: tuple[Store, Path], rows: list[tuple[str, str, str]]
) -> None:
    store, path = full
    sure = (with_uscc_check_digit("91370303MA0000009"), "2021", "5")
    lines = [("统一社会信用代码", "年度", "营业收入"), sure, *rows]
    path.write_text("\n".join(",".join(cells) for cells in lines), encoding="utf-8")

    first = load(store, path, known_on=date(2024, 5, 1))
    second = load(store, path, known_on=date(2024, 5, 1))

    assert first.rows_read == second.rows_read == len(lines)
    assert first.rows_read == sum(counts(first))
    assert second.rows_read == sum(counts(second))
    assert (second.kept, second.batch_id) == (0, None)
