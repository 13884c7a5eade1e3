"""Is every way of writing a value read alike, and what is no value told apart?"""

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.intake.cells import CellFault, Parsed, parse_cells, parse_column, read_patent_number, read_uscc
from data.intake.name_words import normalise_name
from data.intake.words import parse_day, tidy
from data.spec.identifiers import DISTRICTS, with_uscc_check_digit
from data.spec.table import Column, Kind, Unit
from data.spec.tables.projects import LEVELS

MONEY = Column(label="金额", kind=Kind.MONEY, unit=Unit.YUAN)
COUNT = Column(label="人数", kind=Kind.INTEGER, unit=Unit.PERSON)
RATE = Column(label="利率", kind=Kind.NUMBER, unit=Unit.RATIO)
DAY = Column(label="日期", kind=Kind.DATE)
YEAR = Column(label="年度", kind=Kind.YEAR)
FLAG = Column(label="是否", kind=Kind.FLAG)
TEXT = Column(label="编号", kind=Kind.TEXT)
DISTRICT = Column(label="区县", kind=Kind.CODE, choices=DISTRICTS)
LEVEL = Column(label="级别", kind=Kind.CODE, choices=LEVELS)
GUARANTEED = Column(label="被担保企业", kind=Kind.USCC)
CODE = with_uscc_check_digit("91370303MA0000001")


def parse(column: Column, *cells: object, **options: object) -> Parsed:
    return parse_column(pd.Series(cells, dtype=object), column, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        *[
            (DAY, cell, "2024-01-05")
            for cell in ("2024-01-05", "2024.1.5", "2024/1/5", "2024年1月5日", 20240105, 45296)
        ],
        *[(DAY, cell, "2024-01-05") for cell in ("２０２４－０１－０５", " 2024-01-05 00:00:00", date(2024, 1, 5))],
        *[
            (DAY, cell, "2024-01-05")
            for cell in (datetime(2024, 1, 5, 9, tzinfo=UTC), 45296.0, "45296", "2024年01月05号")
        ],
        *[(DAY, cell, "2024-02-29") for cell in ("2024年2月", "2024-02")],
        *[(YEAR, cell, "2023-12-31") for cell in (2023, 2023.0, "2023年", "2023年度", "２０２３", "2023-06-30")],
        *[(MONEY, cell, 1234.5) for cell in (1234.5, "1,234.50", "１２３４．５", "¥1234.5", "1234.5元", " 1234.5 ")],
        *[(MONEY, cell, 12_340_000.0) for cell in ("1,234万元", "1234万", "0.1234亿元")],
        *[(COUNT, cell, 12.0) for cell in (12, 12.0, "12", "12.0", "12人")],
        *[(RATE, cell, 0.0395) for cell in (0.0395, "3.95%", "39.5‰")],
        *[(FLAG, cell, 1.0) for cell in ("是", "有", "Y", 1, 1.0, True, " 是 ", "√")],
        *[(FLAG, cell, 0.0) for cell in ("否", "N", 0, False, "不是")],
        *[(TEXT, cell, "12") for cell in (12, 12.0, "12", "１２", " 12\u200b")],
        *[(DISTRICT, cell, "370303") for cell in ("张店区", "张店", "370303", "淄博市张店区", "山东省淄博市张店区")],
        *[(DISTRICT, cell, "370371") for cell in ("高新", "高新区", "淄博高新技术产业开发区", 370371.0)],
        *[(LEVEL, cell, "provincial") for cell in ("省级", "provincial", " 省级　", "Provincial")],
        *[(GUARANTEED, cell, CODE) for cell in (CODE, CODE.lower(), f" {CODE[:8]} {CODE[8:]}")],
    ],
)
def test_one_value_written_in_many_ways_is_read_alike(column: Column, cell: object, value: object) -> None:
    parsed = parse(column, cell)

    assert not parsed.faults
    read = parsed.values.iloc[0]
    assert read == (pd.Timestamp(str(value)) if column.kind in (Kind.DATE, Kind.YEAR) else value)


@pytest.mark.parametrize("column", [MONEY, COUNT, RATE, DAY, YEAR, FLAG, TEXT, DISTRICT, LEVEL, GUARANTEED])
@pytest.mark.parametrize("cell", ["", None, "无", "—", "－", "/", "-", " ", "N/A", float("nan")])
def test_a_blank_is_missing_and_no_fault(column: Column, cell: object) -> None:
    parsed = parse(column, cell)

    assert not parsed.faults
    assert parsed.values.isna().all()


@pytest.mark.parametrize("cell", ["长期", "9999-12-31", "至今"])
def test_what_has_no_end_has_no_last_day(cell: str) -> None:
    assert parse(DAY, cell).values.isna().all()


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        *[(DAY, cell, "date-impossible") for cell in ("2024-02-30", "2024-13-01", 20241301, "去年", 12, "1024-01-01")],
        *[(YEAR, cell, "date-impossible") for cell in ("23", "二〇二三", 1066)],
        *[(MONEY, cell, "number-malformed") for cell in ("五百", "1.2.3", date(2024, 1, 1), "inf", "约500")],
        (COUNT, 3.5, "integer-malformed"),
        *[(FLAG, cell, "flag-malformed") for cell in ("也许", 2)],
        *[(TEXT, cell, "digits-lost") for cell in (9.1370303e17, "9.137E+17")],
        *[(DISTRICT, cell, "choice-unknown") for cell in ("历下区", "桓", "370102")],
        (LEVEL, "县级", "choice-unknown"),
        *[(GUARANTEED, cell, "uscc-scientific-notation") for cell in (9.1370303e17, "9.137E+17", "9.137e17")],
        (GUARANTEED, CODE[:17] + "X", "uscc-check-digit"),
        *[(GUARANTEED, cell, "uscc-malformed") for cell in ("91370303", CODE + "1", 913703.0, "I" + CODE[1:])],
    ],
)
def test_what_is_no_value_is_a_fault_of_its_row_alone(column: Column, cell: object, code: str) -> None:
    parsed = parse(column, None, cell, "")

    assert {place: fault.code for place, fault in parsed.faults.items()} == {1: code}
    assert parsed.values.isna().iloc[[0, 2]].all()


def test_the_unit_of_the_header_counts_unless_the_cell_has_its_own() -> None:
    parsed = parse(MONEY, 1.5, "1.5", "1.5元", "2万元", None, factor=1e4)

    assert parsed.values.fillna(-1).tolist() == [15000.0, 15000.0, 1.5, 20000.0, -1.0]


def test_a_choice_may_be_said_by_a_synonym_or_its_beginning() -> None:
    kind = Column(label="类别", kind=Kind.CODE, choices={"dishonesty": "失信被执行人", "enforcement": "被执行人"})

    assert parse(kind, "失信", "老赖", synonyms={"老赖": "dishonesty"}).values.tolist() == ["dishonesty"] * 2


def test_a_beginning_that_fits_two_choices_is_not_guessed() -> None:
    kind = Column(label="类别", kind=Kind.CODE, choices={"sme": "专精特新中小企业", "giant": "专精特新小巨人企业"})

    assert parse(kind, "专精特新").faults[0].code == "choice-unknown"


@pytest.mark.parametrize("cell", ["201710601862.3", "ZL201710601862.3", "2017106018623", "CN201710601862.3"])
def test_a_patent_number_is_read_in_every_form(cell: str) -> None:
    assert read_patent_number(cell) == "201710601862.3"


@pytest.mark.parametrize("cell", ["201710601862.4", "20171060186.3", "专利"])
def test_a_patent_number_with_a_wrong_check_character_is_a_fault(cell: str) -> None:
    with pytest.raises(CellFault, match="申请号"):
        read_patent_number(cell)


def test_each_different_cell_is_read_once() -> None:
    read: list[object] = []

    parse_cells(pd.Series(["a", "b", "a", None] * 5, dtype=object), lambda cell: read.append(cell) or cell, dtype="str")

    assert read == ["a", "b"]


@pytest.mark.parametrize(
    "name",
    [
        "淄博某某(集团)有限公司",
        "淄博某某（集团）有限责任公司",
        "淄博 某某〔集团〕有限公司",
        "淄博某某【集团】有限公司\u200b",
    ],
)
def test_ways_of_typing_a_name_come_out_equal(name: str) -> None:
    assert normalise_name(name) == "淄博某某集团有限公司"


@given(
    st.dates(date(1955, 1, 1), date(2100, 12, 31)), st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%Y年%m月%d日", "%Y.%m.%d"])
)
def test_every_day_is_read_back_from_every_form(day: date, form: str) -> None:
    assert parse_day(day.strftime(form)) == day


@given(st.text())
def test_tidying_twice_is_tidying_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(st.lists(st.one_of(st.none(), st.integers(-(10**9), 10**9), st.text(max_size=8), st.floats(), st.dates())))
def test_no_cell_whatever_breaks_the_reading(cells: list[object]) -> None:
    for column in (MONEY, COUNT, DAY, YEAR, FLAG, TEXT, DISTRICT, GUARANTEED):
        parsed = parse(column, *cells)

        assert len(parsed.values) == len(cells)
        assert all(pd.isna(parsed.values.iloc[place]) for place in parsed.faults if column is not COUNT)


def test_a_code_in_small_letters_is_read() -> None:
    assert read_uscc(CODE.lower()) == CODE
    assert np.isnan(parse(MONEY, "无").values.iloc[0])
