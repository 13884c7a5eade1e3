"""Sheets are handed in back to back, opened at once, and people conclude."""

from datetime import date
from decimal import Decimal

import pytest

from data.spec.dated import NotInForce
from data.spec.errors import Refusal
from risk.assessment import Assessment, Status
from risk.grade import read_master_scale
from risk.joint import evaluating
from risk.joint.application import Application
from risk.joint.compared import Reference
from risk.joint.evaluating import opened, sheets_seen
from risk.joint.opening import Handed, Notches, Opening, open_sheets
from risk.joint.sheets import CitedRow, read_sheet
from risk.joint.states import State
from risk.joint.terms import Terms
from risk.joint.words import Conclusion, Dimension, Guarantee, Sheet
from tests.joint.house import EVEN, PEOPLE, House, at

DAY = date(2025, 5, 12)
BARE = Reference(dimension=Dimension.INNOVATION, value=Decimal(70), what="百分制")


def evaluated(house: House, *, guarantee: Guarantee = Guarantee.INDIVIDUAL, **changes: str) -> int:
    number = house.new(DAY, guarantee=guarantee, **changes)
    house.to_evaluation(number, DAY)
    return number


def test_nobody_sees_another_sheet_before_the_last_is_in_and_then_all_are_open_at_once(house: House) -> None:
    number = evaluated(house)

    first = house.hand_in("bank", number, DAY)
    assert set(first.awaited) == {Sheet.BUREAU, Sheet.GUARANTOR}
    house.hand_in("reviewer", number, DAY)
    for who, sees in (("bank", {"bank"}), ("reviewer", {"bureau"}), ("guarantor", set()), ("operator", set())):
        application = house.read(number, who)
        assert {one.party for one in sheets_seen(application, PEOPLE[who])} == sees
        with pytest.raises(evaluating.SheetsSealed, match="担保机构"):
            opened(application)

    last = house.hand_in("guarantor", number, DAY)

    assert last.awaited == ()
    for who in ("bank", "guarantor", "reviewer", "operator"):
        application = house.read(number, who)
        assert {one.party for one in sheets_seen(application, PEOPLE[who])} == set(Sheet)
        assert opened(application).model.grade == "BBB"


def test_the_model_stays_sealed_in_the_history_until_the_sheets_are_open(house: House) -> None:
    number = evaluated(house)

    begun = house.read(number).stored.moves[-1]

    assert set(begun.details) == {"assessment_id"}


def test_a_sheet_is_handed_in_once(house: House) -> None:
    number = evaluated(house)
    house.hand_in("bank", number, DAY)

    with pytest.raises(evaluating.SheetTwice):
        house.hand_in("bank", number, DAY, marks={**EVEN, "创新能力": "0"})

    assert len(house.read(number).stored.sheets) == 1
    assert house.read(number).stored.sheets[0].body["marks"]["innovation"] == 70


def test_an_application_of_another_bank_is_as_if_it_were_not_there(house: House) -> None:
    number = evaluated(house)

    with pytest.raises(Refusal, match="没有编号为SQ000001的申请"):
        house.hand_in("other bank", number, DAY)


def test_whoever_was_given_an_assessment_before_is_recorded_to_have_seen_the_model(house: House) -> None:
    number = house.new(DAY)
    with house.store.work(at=at(date(2025, 5, 1))) as work:
        house.assess(work, 1, date(2025, 5, 1), grade="A", values={}, tenant="bank-a")
        work.commit()
    house.to_evaluation(number, DAY)

    assert house.hand_in("bank", number, DAY).saw_model
    assert not house.hand_in("reviewer", number, DAY).saw_model
    assert opened(house.read(number)).saw_model == {Sheet.BANK: True, Sheet.BUREAU: False}


def test_a_gap_beyond_fifteen_needs_a_reason_before_the_conclusion(house: House) -> None:
    number = house.new(DAY)
    house.to_evaluation(number, DAY)
    house.hand_in("reviewer", number, DAY)
    house.hand_in("bank", number, DAY, marks={**EVEN, "偿债能力": "20"})
    gaps = {(gap.sheet, gap.dimension): gap for gap in opened(house.read(number)).gaps}
    mine = gaps[Sheet.BANK, Dimension.SOLVENCY]

    assert mine.to_explain
    assert mine.gap == Decimal(20) - mine.reference
    with pytest.raises(evaluating.GapsUnexplained, match="银行的偿债能力"):
        house.move("reviewer", "conclude", number, DAY, conclusion="conditional", words="x")
    with pytest.raises(evaluating.NoSuchGap):
        house.move("reviewer", "explain", number, DAY, dimension="偿债能力", code="field_visit", words="x")
    with pytest.raises(Refusal, match="理由代码"):
        house.move("bank", "explain", number, DAY, dimension="偿债能力", code="because", words="x")

    house.move("bank", "explain", number, DAY, dimension="偿债能力", code="newer_facts", words="新增大额对外担保")

    assert (Sheet.BANK, Dimension.SOLVENCY) not in evaluating.unexplained(house.read(number))


def handed(sheet: Sheet, *, notches: int = 0, cited: tuple[CitedRow, ...] = (), **marks: int) -> Handed:
    given = {dimension: Decimal(marks.get(dimension, 70)) for dimension in Dimension}
    return Handed(sheet=sheet, marks=given, notches=notches, cited=cited, saw_model=False)


def opening(*sheets: Handed, counted: frozenset[CitedRow] = frozenset(), graded: str | None = "BBB") -> Opening:
    return open_sheets(
        sheets,
        terms=Terms(DAY),
        assessment=answer(graded),
        scale=read_master_scale(DAY),
        cards={Dimension.INNOVATION: BARE},
        counted=counted,
        verdict=None,
    )


def answer(grade: str | None) -> Assessment:
    return Assessment(
        id="a",
        status=Status.SCORED,
        enterprise_name="",
        identifier="",
        as_of=DAY,
        made_at=at(DAY),
        valid_until=DAY,
        purpose="joint_evaluation",
        demonstration=True,
        grade=grade,
    )


ROW, OTHER = CitedRow("patent", "B000001", 3), CitedRow("patent", "B000001", 4)


@pytest.mark.parametrize(
    ("wanted", "cited", "counted", "allowed"),
    [
        (1, (ROW,), (), 1),
        (1, (ROW,), (ROW,), 0),
        (2, (ROW, OTHER), (ROW,), 1),
        (2, (ROW, OTHER), (), 2),
        (2, (ROW, OTHER), (ROW, OTHER), 0),
        (-1, (), (), -1),
        (-2, (), (), -2),
        (0, (ROW,), (), 0),
    ],
)
def test_a_sheet_moves_the_grade_up_only_on_rows_that_the_model_has_not_counted(
    wanted: int, cited: tuple[CitedRow, ...], counted: tuple[CitedRow, ...], allowed: int
) -> None:
    found = opening(handed(Sheet.BANK, notches=wanted, cited=cited), counted=frozenset(counted))

    (told,) = found.notches
    assert isinstance(told, Notches)
    assert told.allowed == allowed == found.moved
    assert {one.row for one in told.citations if one.counted_by_model} == {str(row) for row in counted}
    scale = [grade.code for grade in read_master_scale(DAY)]
    assert found.grade_after == scale[scale.index("BBB") - allowed]


def test_marks_are_weighed_among_themselves_and_say_nothing_of_the_model() -> None:
    low, high = handed(Sheet.BANK, innovation=50), handed(Sheet.BUREAU, innovation=90)

    one, other = opening(low, high, graded="AAA"), opening(low, high, graded="C")

    assert sum(one.sheet_weights.values()) == sum(one.dimension_weights.values()) == 1
    assert one.composites[Dimension.INNOVATION] == Decimal("70.0")
    assert one.composite == other.composite
    assert one.disagreement == other.disagreement == Decimal("0.10")


def test_the_disagreement_is_nothing_where_all_agree_and_one_where_nobody_does() -> None:
    nothing = {str(dimension): 0 for dimension in Dimension}
    whole = {str(dimension): 100 for dimension in Dimension}

    assert opening(handed(Sheet.BANK), handed(Sheet.BUREAU)).disagreement == 0
    assert opening(handed(Sheet.BANK, **nothing), handed(Sheet.BUREAU, **whole)).disagreement == 1


def test_a_gap_of_just_fifteen_needs_no_reason() -> None:
    found = opening(handed(Sheet.BANK, innovation=85), handed(Sheet.BUREAU, innovation=86))

    assert [(gap.sheet, gap.to_explain) for gap in found.gaps if gap.dimension is Dimension.INNOVATION] == [
        (Sheet.BANK, False),
        (Sheet.BUREAU, True),
    ]


BAD_SHEETS = {
    "没有给分": ({"marks": {"创新能力": "70"}}, "还没有给分"),
    "超过一百": ({"marks": {**EVEN, "成长性": "101"}}, "成长性"),
    "半分": ({"marks": {**EVEN, "成长性": "70.5"}}, "整数"),
    "非数": ({"marks": {**EVEN, "成长性": "NaN"}}, "整数"),
    "没有这一方面": ({"marks": {**EVEN, "成长": "1"}}, "没有名为“成长”的方面"),
    "三级": ({"marks": EVEN, "notches": "-3"}, "最多"),
    "上调无据": ({"marks": EVEN, "notches": "1"}, "至少引用1条"),
    "重复引用一行": ({"marks": EVEN, "notches": "2", "evidence": ["patent/B1/1", "patent/B1/1"]}, "至少引用2条"),
    "没有这张表": ({"marks": EVEN, "evidence": ["patents/B1/1"]}, "没有名为“patents”的证据表"),
    "一个方面两次": ({"marks": {**EVEN, "innovation": "70"}}, "给了两次分"),
    "marks 不是一组": ({"marks": "70"}, "缺 marks"),
    "半级": ({"marks": EVEN, "notches": "0.5"}, "整数"),
    "证据不是一列": ({"marks": EVEN, "evidence": 3}, "一列"),
    "没有行号": ({"marks": EVEN, "evidence": "patent/B1"}, "不是 表/批次/行号"),
    "看过与否不明": ({"marks": EVEN, "saw_model": "也许"}, "应为是或否"),
    "专家没有签名日": ({"marks": EVEN, "expert": {"name": "甲", "field": "陶瓷", "opinion": "可"}}, "专家附页不全"),
    "专家签名日不是日期": (
        {"marks": EVEN, "expert": {"name": "甲", "field": "陶瓷", "opinion": "可", "signed_on": "五月"}},
        "不是日期",
    ),
    "不认识的项目": ({"marks": EVEN, "分数": "1"}, "没有名为“分数”的项目"),
}


@pytest.mark.parametrize(("raw", "said"), BAD_SHEETS.values(), ids=BAD_SHEETS)
def test_a_sheet_that_is_not_whole_is_refused_with_what_is_wrong(raw: dict[str, object], said: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_sheet(raw, notches_most=Decimal(2))

    assert said in str(refused.value)


def test_a_cited_row_must_be_about_the_firm(house: House) -> None:
    number = evaluated(house)
    house.put(
        "tech_sme_entry",
        2,
        key="x",
        happened="2025-01-01",
        known="2025-01-02",
        entry_no="2025",
        entered_on="2025-01-01",
    )
    mine, others = "tech_sme_entry/B000003/2", "tech_sme_entry/B000006/2"

    with pytest.raises(evaluating.CitedRowUnknown):
        house.hand_in("bank", number, DAY, notches="1", evidence=[others])
    assert house.hand_in("bank", number, DAY, notches="1", evidence=[mine]).sheet is Sheet.BANK


def test_a_row_that_a_feature_of_the_assessment_counted_is_marked(house: House) -> None:
    number = house.new(DAY)
    house.move("bank", "submit", number, DAY)
    house.begin(number, DAY, qualification_tech_sme_entry_held=1.0, rnd_expense_latest_2y=1.0)
    house.hand_in("bank", number, DAY, notches="1", evidence=["rnd_year/B000005/2"])
    house.hand_in("reviewer", number, DAY, notches="1", evidence=["annual_report/B000004/2"])

    told = {one.sheet: one for one in opened(house.read(number)).notches}

    assert told[Sheet.BANK].citations[0].counted_by_model
    assert told[Sheet.BANK].allowed == 0
    assert told[Sheet.BUREAU].allowed == 1


def test_a_large_loan_needs_an_expert_under_the_bureaus_sheet_and_a_second_person_for_an_override(
    house: House,
) -> None:
    number = house.new(DAY, amount="600万")
    house.to_evaluation(number, DAY)
    expert = {"name": "专家甲", "field": "无机非金属材料", "signed_on": "2025-05-10", "opinion": "工艺可行"}
    with pytest.raises(Refusal, match="行业专家"):
        house.hand_in("reviewer", number, DAY)
    house.hand_in("reviewer", number, DAY, expert=expert)
    house.hand_in("bank", number, DAY)
    explain_all(house, number)
    other = Conclusion.NOT_RECOMMENDED
    told = {"conclusion": str(other), "code": "risk_unseen", "words": "主要客户停产"}

    with pytest.raises(evaluating.SecondPersonNeeded):
        house.move("reviewer", "conclude", number, DAY, **told)
    house.move("reviewer", "propose_override", number, DAY, **told)
    with pytest.raises(evaluating.SecondPersonNeeded):
        house.move("reviewer", "conclude", number, DAY, **told)
    made = house.move("second reviewer", "conclude", number, DAY, **told)

    assert made.state is State.CONCLUDED
    assert made.stored.moves[-1].details["override"] == "down"
    assert made.stored.moves[-1].details["first_person"] == "reviewer"
    assert made.stored.moves[-1].details["expires_on"] == "2025-08-10"


def explain_all(house: House, number: int) -> None:
    makers = {Sheet.BANK: "bank", Sheet.BUREAU: "reviewer", Sheet.GUARANTOR: "guarantor"}
    for sheet, dimension in evaluating.unexplained(house.read(number)):
        house.move(makers[sheet], "explain", number, DAY, dimension=str(dimension), code="field_visit", words="x")


@pytest.mark.parametrize(("days_later", "held"), [("2025-08-09", True), ("2025-08-10", False)])
def test_an_override_expires(house: House, days_later: str, held: bool) -> None:
    number = house.new(DAY)
    house.to_evaluation(number, DAY)
    house.hand_in("reviewer", number, DAY)
    house.hand_in("bank", number, DAY)
    explain_all(house, number)
    suggested = opened(house.read(number)).suggestion
    other = Conclusion.CONDITIONAL if suggested is Conclusion.RECOMMENDED else Conclusion.RECOMMENDED
    with pytest.raises(Refusal, match="理由代码"):
        house.move("reviewer", "conclude", number, DAY, conclusion=str(other), words="x")
    house.move("reviewer", "conclude", number, DAY, conclusion=str(other), code="newer_facts", words="x")
    later = date.fromisoformat(days_later)

    def approve() -> Application:
        return house.move("bank", "approve", number, later, code="within_policy", words="x")

    if held:
        assert approve().stored.moves[-1].details["feedback"] == "followed"
    else:
        with pytest.raises(Refusal, match="已于2025-08-10失效"):
            approve()


def test_the_banks_decision_is_its_own_and_is_fed_back(house: House) -> None:
    number = house.new(DAY)
    house.to_conclusion(number, DAY)
    with pytest.raises(Refusal, match="文字说明"):
        house.move("bank", "decline", number, DAY, code="limit_exhausted", words="")

    made = house.move("bank", "decline", number, DAY, code="limit_exhausted", words="本年额度用完")

    recommended = evaluating.opened(made).suggestion is Conclusion.RECOMMENDED
    assert made.stored.moves[-1].details["feedback"] == ("overridden" if recommended else "followed")
    assert made.stored.moves[-1].details["label"] == "本行额度或集中度限制"


def test_a_guarantor_in_bulk_admits_by_rule_and_hands_in_no_sheet(house: House) -> None:
    number = evaluated(house, guarantee=Guarantee.BULK)

    with pytest.raises(Refusal, match="不需要担保机构的评价表"):
        house.hand_in("guarantor", number, DAY)
    house.hand_in("bank", number, DAY)
    assert house.hand_in("reviewer", number, DAY).awaited == ()


@pytest.mark.parametrize(
    ("amount", "grade", "said"),
    [("500.01万", "BBB", "单户金额"), ("100万", "C", "模型等级"), ("100万", None, "模型等级")],
)
def test_a_loan_outside_the_rules_of_bulk_is_not_admitted(
    house: House, amount: str, grade: str | None, said: str
) -> None:
    number = house.new(DAY, guarantee=Guarantee.BULK, amount=amount)
    house.move("bank", "submit", number, DAY)

    with pytest.raises(evaluating.BulkNotAdmitted, match=said):
        house.begin(number, DAY, grade=grade)
    assert house.read(number).state is State.SUBMITTED


def test_a_pool_whose_payouts_are_above_its_cap_admits_no_more(house: House) -> None:
    first = house.new(DAY, guarantee=Guarantee.BULK)
    house.to_loan(first, DAY)
    house.move("bank", "report_overdue", first, DAY, days_past_due="91", five_class="次级", balance="200万")
    house.move("guarantor", "pay_out", first, DAY, payout="100万")
    second = house.new(DAY, guarantee=Guarantee.BULK)
    house.move("bank", "submit", second, DAY)

    with pytest.raises(evaluating.BulkNotAdmitted, match=r"池内代偿率不高于3\.0%"):
        house.begin(second, DAY, grade="AA")


def test_terms_have_no_value_before_their_first_day() -> None:
    with pytest.raises(NotInForce):
        Terms(date(2016, 12, 31)).number("gap_most")


def test_the_cards_speak_for_innovation_and_growth_where_enough_is_known(house: House) -> None:
    year = {"year": "2023-12-31", "revenue": 18_000_000.0, "total_cost": 17_000_000.0, "profit": 900_000.0}
    house.put("annual_report", 1, key="2023", happened="2023-12-31", known="2024-03-31", **year)
    staffed = {"year": "2024-12-31", "basis": "accounting", "rnd_expense": 1_500_000.0, "rnd_staff": 20, "staff": 60}
    house.put("rnd_year", 1, key="2024accounting", happened="2024-12-31", known="2025-04-01", **staffed)
    number = house.new(DAY)
    house.to_evaluation(number, DAY)
    house.hand_in("bank", number, DAY)
    house.hand_in("reviewer", number, DAY)

    told = {one.dimension: one for one in opened(house.read(number)).references}

    # 20 points of 20 for staff, 50 of 50 for R&D at 7.5 % of sales; nothing of 30 for rights.
    assert told[Dimension.INNOVATION].value == Decimal("70.0")
    assert told[Dimension.GROWTH].value is None
    assert told[Dimension.GROWTH].note == "可核的项目不足，不比较。"


def test_what_nothing_is_known_of_is_not_compared() -> None:
    found = opening(handed(Sheet.BANK), graded=None)

    values = {one.dimension: one.value for one in found.references}
    assert {dimension for dimension, value in values.items() if value is not None} == {Dimension.INNOVATION}
    assert found.suggestion is Conclusion.CONDITIONAL
    assert found.grade_after is None
