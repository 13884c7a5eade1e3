"""How does a bank read its own loans again, as it last reported them?"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import Field

from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.paging import CursorGiven, CursorInvalid, Cursors, Limit
from api.exchange.report import Frozen
from api.exchange.report_outcomes import LoanNumber
from api.identity import Caller
from api.problems import StoreBusy, TokenMissing, TokenUnknown, refusals
from risk.loan_reports import LoanUnknown
from risk.permissions import Scope

router = guarded_router("贷款", Scope.LOANS_READ)


class MonthReported(Frozen):
    """一个月末的状况。"""

    month_end: date = Field(description="月末日期", examples=["2026-03-31"])
    days_past_due: int = Field(description="逾期天数", examples=[0])
    five_class: str | None = Field(description="五级分类", examples=["normal"])
    balance: str | None = Field(description="贷款余额（元）", examples=["4000000.00"])
    overdue_amount: str | None = Field(description="逾期金额（元）", examples=["0.00"])


class EventReported(Frozen):
    """一项变动。"""

    event: str = Field(description="变动", examples=["guarantee_payout"])
    occurred_on: date = Field(description="发生日期", examples=["2026-06-15"])
    amount: str | None = Field(description="涉及金额（元）", examples=["1600000.00"])


class LoanReport(Frozen):
    """一笔贷款最近一次报送的内容。"""

    loan_no: str = Field(description="借据号", examples=["JX2026-000123"])
    enterprise: str = Field(description="企业名称", examples=["淄博示例陶瓷科技有限公司（演示）"])
    product: str = Field(description="产品", examples=["lukedai"])
    amount: str = Field(description="贷款金额（元）", examples=["4000000.00"])
    rate: float | None = Field(description="年利率", examples=[0.0385])
    disbursed_on: date = Field(description="放款日期", examples=["2025-12-01"])
    matures_on: date = Field(description="到期日期", examples=["2026-11-30"])
    settled_on: date | None = Field(description="结清日期", examples=[None])
    months: list[MonthReported] = Field(description="各月末的状况")
    events: list[EventReported] = Field(description="变动")


class LoanListedReport(Frozen):
    """一笔贷款。"""

    loan_no: str = Field(description="借据号", examples=["JX2026-000123"])
    enterprise: str = Field(description="企业名称", examples=["淄博示例陶瓷科技有限公司（演示）"])
    reported_at: datetime = Field(description="首次报送的时刻", examples=["2026-01-01T09:30:00+08:00"])


class LoansReport(Frozen):
    """本机构报送的贷款，按借据号。"""

    items: list[LoanListedReport] = Field(description="贷款")
    next: str | None = Field(description="下一页的游标；null 表示已读完", examples=[None])


@router.get(
    "/loans",
    operation_id="list_loans",
    summary="本机构报送的贷款",
    responses=refusals(TokenMissing, TokenUnknown, CursorInvalid, StoreBusy, parameters=True),
)
def list_loans(bank: Caller, desks: DesksHere, now: Now, cursor: CursorGiven = None, limit: Limit = 50) -> LoansReport:
    """按借据号列出本机构报送过的贷款。

    (List the loans this institution reported.)
    """
    cursors = Cursors(desks.secret, tenant=bank.code, route="/v1/loans")
    after = cursors.last_text(cursor)
    with desks.lending.visit(at=now) as visit:
        found = visit.list_loans(tenant=bank.code, after=after, limit=limit)
        visit.commit()
    items = [
        LoanListedReport(loan_no=one.loan_no, enterprise=one.enterprise_name, reported_at=one.reported_at)
        for one in found
    ]
    return LoansReport(items=items, next=cursors.write(items[-1].loan_no) if len(items) == limit else None)


@router.get(
    "/loans/{loan_no}",
    operation_id="read_loan",
    summary="读取一笔贷款",
    responses=refusals(TokenMissing, TokenUnknown, LoanUnknown, StoreBusy, parameters=True),
)
def read_loan(loan_no: LoanNumber, bank: Caller, desks: DesksHere, now: Now) -> LoanReport:
    """读回本机构报送的一笔贷款；别家机构的贷款对本机构不存在。

    (Read a loan of this institution's own, as last reported.)
    """
    with desks.lending.visit(at=now) as visit:
        found = visit.read_loan(loan_no, tenant=bank.code)
        visit.commit()
    terms = found.terms
    return LoanReport(
        loan_no=loan_no,
        enterprise=found.enterprise_name,
        product=terms["product"],
        amount=_money(terms["amount"]) or "0.00",
        rate=terms["rate"],
        disbursed_on=terms["disbursed_on"],
        matures_on=terms["matures_on"],
        settled_on=terms["settled_on"],
        months=[_month(one) for one in found.months],
        events=[
            EventReported(event=one["event"], occurred_on=one["occurred_on"], amount=_money(one["amount"]))
            for one in found.events
        ],
    )


def _month(told: Mapping[str, Any]) -> MonthReported:
    return MonthReported(
        month_end=told["month_end"],
        days_past_due=int(told["days_past_due"]),
        five_class=told["five_class"],
        balance=_money(told["balance"]),
        overdue_amount=_money(told["overdue_amount"]),
    )


def _money(yuan: float | None) -> str | None:
    return None if yuan is None else f"{yuan:.2f}"
