"""What does a bank report of a loan it granted, and how does that become evidence the next model learns from?

A report goes the way of a ledger's file: the same declarations, checks and versions, one batch a report. Loan numbers
are a bank's own: in the evidence they carry the bank's code, so that two banks with equal numbers share no record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pandas as pd

from data.intake.batch import BatchReport, Source, take_rows
from data.intake.list_file import ListFile
from data.intake.lists import LISTS
from data.spec.access import Access, ConsentBasis, Purpose
from data.spec.audit import Action, AuditEvent
from data.spec.consent import Permission
from data.spec.errors import Refusal
from data.spec.identifiers import Identifier
from data.spec.tables import TABLES
from data.spec.tables.lending import LOSSES
from data.spec.versions import latest_known
from data.store.enterprise_events import read_enterprise_events
from data.store.frames import dtypes
from data.store.reads import name_enterprises
from data.store.reports import RawReport, ReportedLoan, find_loan, keep_report, list_loans, write_loan
from data.store.work import Work
from risk import consent
from risk.lending_words import LoanRead, Record, Taken

CHANNEL = "接口"


class LoanUnknown(Refusal):
    """The bank reported no loan by this number."""

    code = "loan-unknown"
    status = 404


class LoanOfAnother(Refusal):
    """The bank's loan number stands for another firm already."""

    code = "loan-of-another-firm"
    status = 409


class ReportUnsound(Refusal):
    """A report says what cannot be: a day before disbursement, a number out of bounds, a blank that may not be."""

    code = "report-unsound"


class RecoveryOverLoss(Refusal):
    """More is said to have come back than was lost."""

    code = "recovery-over-loss"


@dataclass(frozen=True, kw_only=True)
class Reporting:
    """Say who reports what: the bank, the firm, and the bytes that came with their signature."""

    tenant: str
    actor: str
    report: RawReport


def report_loan(work: Work, identifier: Identifier, loan: Record, applied_on: date, *, by: Reporting) -> Taken:
    """Take a granted loan, or a correction of one; never commits.

    Raises EnterpriseUnknown, the refusals of consent, LoanOfAnother, ReportUnsound.
    """
    enterprise, _ = _authorised(work, identifier, by)
    loan_no = str(loan["loan_no"])
    known = find_loan(work, loan_no, tenant=by.tenant)
    if known is not None and known.enterprise_id != enterprise.id:
        raise LoanOfAnother("这个借据号已用于另一家企业的贷款。", help="请核对借据号与企业。")
    own = own_number(by.tenant, loan_no)
    renewed = loan.get("renewal_of")
    terms = {
        **loan,
        "loan_no": own,
        "application_no": own,
        "bank": by.tenant,
        "renewal_of": own_number(by.tenant, str(renewed)) if renewed else None,
    }
    asked = {
        "application_no": own,
        "bank": by.tenant,
        "product": loan["product"],
        "amount": loan["amount"],
        "applied_on": applied_on,
        "decided_on": loan["disbursed_on"],
        "decision": "approved",
    }
    taken = [
        _take(work, LISTS["loan_application"], identifier, [asked], by),
        _take(work, LISTS["loan"], identifier, [terms], by),
    ]
    if known is None:
        write_loan(work, by.tenant, ReportedLoan(loan_no=loan_no, enterprise_id=enterprise.id, reported_at=work.at))
    return _kept(work, loan_no, taken, by, Action.LOAN_REPORTED)


def report_outcomes(
    work: Work, loan_no: str, months: Sequence[Record], events: Sequence[Record], *, by: Reporting
) -> Taken:
    """Take what became of a loan; a month told again with other figures is a new version of it. Never commits.

    Raises LoanUnknown, the refusals of consent, ReportUnsound, RecoveryOverLoss.
    """
    loan = _known(work, loan_no, by.tenant)
    identifier = _identifier(work, loan, by)
    _, access = _authorised(work, identifier, by)
    terms = read_loan(work, loan_no, access=access).terms
    _check_days(terms, months, events)
    own = own_number(by.tenant, loan_no)
    told = [("loan_month", months), ("loan_event", events)]
    taken = [
        _take(work, LISTS[name], identifier, [{**one, "loan_no": own} for one in records], by)
        for name, records in told
        if records
    ]
    _check_recovered(read_loan(work, loan_no, access=access).events)
    return _kept(work, loan_no, taken, by, Action.OUTCOME_REPORTED)


def read_loan(work: Work, loan_no: str, *, access: Access) -> LoanRead:
    """Return a bank's own loan as it was last reported; raise LoanUnknown."""
    loan = _known(work, loan_no, access.tenant)
    names = ("loan", "loan_month", "loan_event")
    events = read_enterprise_events(work, loan.enterprise_id, access=access, tables=names)
    ever = pd.Timestamp("2200-01-01").as_unit("s")
    own = own_number(access.tenant, loan_no)
    rows = {name: _records(latest_known(events[name], ever), own) for name in names}
    enterprise = name_enterprises(work, [loan.enterprise_id], access=access)[loan.enterprise_id]
    return LoanRead(
        loan_no=loan_no,
        enterprise_name=enterprise.name,
        terms=rows["loan"][0] if rows["loan"] else {},
        months=tuple(rows["loan_month"]),
        events=tuple(rows["loan_event"]),
    )


def own_access(work: Work, *, tenant: str, actor: str) -> Access:
    """Read a bank's own reports: no category of anybody else's is open."""
    return Access(
        tenant=tenant,
        actor=actor,
        purpose=Purpose.MONITORING,
        basis=ConsentBasis("own-reports", 0),
        at=work.at,
        categories=frozenset(),
    )


def loans_of(work: Work, *, tenant: str, after: str | None, limit: int) -> list[tuple[ReportedLoan, str]]:
    """List a bank's own loans by number, each with its firm's name."""
    found = list_loans(work, tenant=tenant, enterprise_id=None, after=after, limit=limit)
    access = own_access(work, tenant=tenant, actor=tenant)
    names = name_enterprises(work, [one.enterprise_id for one in found], access=access)
    return [(one, names[one.enterprise_id].name) for one in found]


def own_number(tenant: str, loan_no: str) -> str:
    """Return the number of a bank's loan in the evidence."""
    return f"{tenant}/{loan_no}"


def _take(
    work: Work, list_file: ListFile, identifier: Identifier, records: Sequence[Record], by: Reporting
) -> BatchReport:
    """Write records as a batch of the bank's; raise ReportUnsound where one of them cannot be, and nothing is kept."""
    frame = _frame(list_file, identifier, records, owner=by.tenant, known_on=work.at.date())
    source = Source(
        list=list_file.name,
        label=list_file.label,
        table=list_file.table,
        file_name=f"{CHANNEL}报送",
        file_sha256=sha256(by.report.raw).hexdigest(),
        scheme=identifier.scheme,
        checks=list_file.checks,
        doubts=list_file.doubts,
        office=by.tenant,
    )
    with work.under_duty():
        report = take_rows(work, source, frame, met={}, today=work.at.date(), actor=by.actor)
    if report.faults:
        said = "；".join(dict.fromkeys(fault.message for fault in report.faults))
        raise ReportUnsound(
            f"所报送的内容不合要求：{said}。", help="请改正后用新的幂等键重新报送；本次没有保存任何内容。"
        )
    return report


def _frame(
    list_file: ListFile, identifier: Identifier, records: Sequence[Record], *, owner: str, known_on: date
) -> pd.DataFrame:
    table, wanted = list_file.table, dtypes(list_file.table)
    columns = {
        name: pd.Series([_plain(one.get(name)) for one in records], dtype=wanted[name]) for name in table.columns
    }
    frame = pd.DataFrame(columns)
    frame["file_row"] = range(1, len(records) + 1)
    frame["identifier"] = identifier.value
    frame["known_on"] = pd.Series([pd.Timestamp(known_on)] * len(records), dtype="datetime64[s]")
    frame["known_basis"] = "filed"
    frame["owner"] = owner
    if list_file.origin is not None:
        frame["origin_loan"] = frame[list_file.origin]
    return frame


def _plain(value: object) -> object:
    if isinstance(value, date):
        return pd.Timestamp(value)
    return float(value) if isinstance(value, Decimal | bool) else value


def _authorised(work: Work, identifier: Identifier, by: Reporting) -> tuple[Any, Access]:
    return consent.authorise(
        work,
        identifier,
        tenant=by.tenant,
        actor=by.actor,
        purpose=Purpose.MONITORING,
        at=work.at,
        permission=Permission.OUTCOME_WRITE,
    )


def _known(work: Work, loan_no: str, tenant: str) -> ReportedLoan:
    found = find_loan(work, loan_no, tenant=tenant)
    if found is None:
        raise LoanUnknown("本机构没有报送过这个借据号的贷款。", help="请先报送贷款，或核对借据号。")
    return found


def _identifier(work: Work, loan: ReportedLoan, by: Reporting) -> Identifier:
    access = own_access(work, tenant=by.tenant, actor=by.actor)
    return name_enterprises(work, [loan.enterprise_id], access=access)[loan.enterprise_id].identifier


def _check_days(terms: Mapping[str, Any], months: Sequence[Record], events: Sequence[Record]) -> None:
    begun = terms["disbursed_on"]
    days = [one["month_end"] for one in months] + [one["occurred_on"] for one in events]
    if any(isinstance(day, date) and day < begun for day in days):
        raise ReportUnsound("所报送的日期早于放款日期。", help="请核对日期；本次没有保存任何内容。")


def _check_recovered(events: Sequence[Mapping[str, Any]]) -> None:
    """Raise RecoveryOverLoss where more came back than was paid, written off or lost in a sale."""
    amounts = [(one["event"], Decimal(str(one["amount"] or 0))) for one in events]
    lost = sum((amount for event, amount in amounts if event in LOSSES), Decimal(0))
    back = sum((amount for event, amount in amounts if event == "recovery"), Decimal(0))
    if back > lost:
        raise RecoveryOverLoss(
            "追偿收回的合计大于代偿、核销与转让损失的合计。", help="请核对金额；本次没有保存任何内容。"
        )


def _kept(work: Work, loan_no: str, taken: Sequence[BatchReport], by: Reporting, action: Action) -> Taken:
    audit = AuditEvent(
        tenant=by.tenant,
        actor=by.actor,
        action=action,
        object_id=work.refer(loan_no),
        at=work.at,
        details={"sha256": sha256(by.report.raw).hexdigest()},
    )
    keep_report(work, by.report, audit=audit)
    return Taken(
        loan_no=loan_no,
        kept=sum(one.kept for one in taken),
        already_known=sum(one.already_known + one.repeated for one in taken),
        batches=tuple(one.batch_id for one in taken if one.batch_id is not None),
    )


def _records(frame: pd.DataFrame, own: str) -> list[dict[str, Any]]:
    """Return the rows of one loan as plain values, in the order of their days."""
    rows = frame[frame["loan_no"] == own].sort_values(["happened_on", "file_row"])
    columns = [name for name in rows.columns if name in OWN_COLUMNS]
    return [{str(name): _told(value) for name, value in row.items()} for row in rows[columns].to_dict("records")]


OWN_COLUMNS = frozenset(name for table in ("loan", "loan_month", "loan_event") for name in TABLES[table].columns) - {
    "loan_no",
    "application_no",
    "bank",
}


def _told(value: Any) -> Any:
    if value is None or value != value:
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value
