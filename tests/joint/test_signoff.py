"""The sign-off sheet tells the whole evaluation, to the parties alone, and stays the same whatever comes later."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import typst
from sqlalchemy import select

from api.reports.pdf import FAMILIES, pdf_of
from data.store.consents import list_consents
from data.store.orm import AUDIT_EVENT
from risk import consent
from risk.document import Document
from risk.joint.application import ApplicationUnknown
from risk.joint.evaluating import SheetsSealed
from risk.joint.signoff import SignOff, digest_of, issue_sign_off
from risk.joint.words import Guarantee
from tests.consents import revoke
from tests.joint.house import EVEN, PEOPLE, House, at

DAY = date(2025, 5, 12)
LATER = date(2025, 9, 1)


def issue(house: House, number: int, who: str = "bank") -> SignOff:
    with house.store.work(at=at(LATER)) as work:
        made = issue_sign_off(work, number, by=PEOPLE[who], demonstration=True)
        work.commit()
    return made


def issued(house: House) -> list[dict[str, object]]:
    with house.store.work(at=at(LATER), read_only=True) as work:
        rows = work.connection.execute(select(AUDIT_EVENT).where(AUDIT_EVENT.c.action == "signoff.issued"))
        return [dict(row._mapping) for row in rows]


def words(document: Document) -> str:
    tables = [table for section in document.sections for table in section.tables]
    cells = [cell for table in tables for row in (table.head, *table.rows) for cell in row]
    sentences = [one for section in document.sections for one in section.sentences]
    facts = [value for _, value in document.facts]
    return "\n".join([*facts, *sentences, *(table.title for table in tables), *cells])


def table(document: Document, title: str) -> tuple[tuple[str, ...], ...]:
    return next(one.rows for section in document.sections for one in section.tables if one.title.startswith(title))


def evaluated(house: House) -> int:
    """Evaluate with a guarantor, a bank that stays far from the model, and a conclusion against the suggestion."""
    number = house.new(DAY, guarantee=Guarantee.INDIVIDUAL, counter_guarantee="个人保证", amount="400万")
    house.to_evaluation(number, DAY)
    house.hand_in("guarantor", number, DAY)
    house.hand_in("bank", number, DAY, marks={**EVEN, "偿债能力": "20"}, words="现金流偏紧")
    house.hand_in("reviewer", number, DAY)
    house.move("bank", "explain", number, DAY, dimension="偿债能力", code="newer_facts", words="新增大额对外担保")
    told = {"conclusion": "not_recommended", "code": "risk_unseen", "words": "主要客户已停产"}
    house.move("reviewer", "propose_override", number, DAY, **told)
    house.move("second reviewer", "conclude", number, DAY, **told)
    return number


def test_before_the_sheets_are_open_it_is_refused_and_nothing_is_recorded(house: House) -> None:
    number = house.new(DAY)
    house.to_evaluation(number, DAY)
    house.hand_in("bank", number, DAY)

    with pytest.raises(SheetsSealed, match="还没有开启"):
        issue(house, number)

    assert issued(house) == []


def test_it_goes_to_the_parties_alone_and_every_issue_is_recorded_with_its_digest(house: House) -> None:
    number = evaluated(house)

    with pytest.raises(ApplicationUnknown):
        issue(house, number, "other bank")
    digests = [issue(house, number, who).digest for who in ("bank", "guarantor", "reviewer")]

    recorded = issued(house)
    assert [one["tenant"] for one in recorded] == ["bank-a", "guarantor-a", "bureau"]
    assert all(digest in str(one["payload_canonical"]) for one, digest in zip(recorded, digests, strict=True))
    assert len(set(digests)) == 1


def test_a_party_whose_consent_was_taken_back_gets_it_no_more_and_the_bureau_does(house: House) -> None:
    number = evaluated(house)
    with house.store.work(at=at(date(2025, 8, 1))) as work:
        given = list_consents(work, grantee="bank-a", enterprise_id=1)[0]
        revoke(work, given)
        work.commit()

    with pytest.raises(consent.ConsentRevoked):
        issue(house, number)

    assert issue(house, number, "reviewer").concluded


def test_it_tells_marks_side_by_side_the_gap_with_code_and_words_and_who_overrode_why(house: House) -> None:
    document = issue(house, evaluated(house)).document

    marks = {row[0].partition("（")[0]: row for row in table(document, "六个方面")}
    assert marks["偿债能力"][1:4] == ("70", "20 △", "70")
    gap = next(row for row in table(document, "须说明的差距") if row[:2] == ("银行", "偿债能力"))
    assert gap[2] == "20"
    assert gap[5:] == ("掌握比名单更新的事实（newer_facts）", "新增大额对外担保")
    said = words(document)
    assert "不同意推荐（2025-05-12，科技局评审second reviewer作出）。" in said
    assert "推翻计算的建议（低于建议），理由：评价未反映的风险（risk_unseen）；由reviewer先行提出。" in said
    assert "主要客户已停产" in said
    assert "等级 BBB" in said
    assert "信用分 600" in said
    assert [one.name for one in document.signatures] == ["科技局", "银行：bank-a", "担保机构：guarantor-a"]


def test_it_speaks_of_grade_and_points_and_never_of_the_pd(house: House) -> None:
    said = words(issue(house, evaluated(house)).document)

    assert "违约概率从不平均" in said
    assert not [pd for pd in ("0.015", "1.5%", "1.50%") if pd in said]


def test_support_costs_and_every_unverified_number_behind_them_are_marked(house: House) -> None:
    document = issue(house, evaluated(house)).document

    losses = {row[0]: row for row in table(document, "损失由谁承担")}
    assert {"省财政", "市财政", "银行"} <= set(losses)
    assert losses["省财政"][2] == "0.00"
    cost = {row[0]: row for row in table(document, "企业贷款的全部成本")}
    assert cost["利息"][1] == "144,000.00"
    assert cost["合计"][1:3] == ("144,000.00", "86,400.00")
    listed = table(document, "本单用到的未核实数字")
    assert all(row[2].startswith("〔") for row in listed)
    assert {"科技局评价表的权重", "与参照的差距超过此数须说明", "资产相关系数"} <= {row[0] for row in listed}


def test_the_paper_stays_the_same_to_the_byte_whatever_becomes_of_the_loan(house: House) -> None:
    number = house.new(DAY)
    house.to_conclusion(number, DAY)
    before = issue(house, number)
    house.move("bank", "approve", number, date(2025, 5, 20), code="within_policy", words="符合本行政策")
    house.move("bank", "disburse", number, date(2025, 5, 21), loan_no="JJ1", disbursed="100万")
    house.put("annual_report", 1, key="2023", happened="2023-12-31", known="2024-03-31", year="2023-12-31", revenue=1.0)

    after = issue(house, number, "operator")

    assert after == before
    assert before.at == datetime(2025, 5, 12, 4, tzinfo=UTC)
    if set(FAMILIES) & set(typst.Fonts().families()):
        first, second = (pdf_of(one.document, fonts=None, at=one.at) for one in (before, after))
        assert first == second
        assert first.startswith(b"%PDF-")


def test_the_digest_covers_every_word(house: House) -> None:
    made = issue(house, evaluated(house))
    document = made.document
    changed = document.sections[1].tables[0]
    rows = ((*changed.rows[0][:1], "71", *changed.rows[0][2:]), *changed.rows[1:])
    section = replace(document.sections[1], tables=(replace(changed, rows=rows),))

    assert made.digest in document.identity
    assert digest_of(document) == made.digest
    assert digest_of(replace(document, sections=(document.sections[0], section, *document.sections[2:]))) != made.digest
    assert digest_of(replace(document, signatures=document.signatures[:1])) != made.digest


def test_without_a_conclusion_the_title_says_so(house: House) -> None:
    number = house.new(DAY)
    house.to_evaluation(number, DAY)
    for who in ("bank", "reviewer"):
        house.hand_in(who, number, DAY)

    made = issue(house, number)

    assert not made.concluded
    assert made.document.title.endswith("（尚未作出结论）")
    assert made.document.facts[0] == ("结论", "尚未作出")
