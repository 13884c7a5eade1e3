"""Which facts may the rules of a product read of an application on a day, and where does each come from?

What no list, book or party says stays unknown. The house's lists are believed before what a party states; what only a
guarantor can know of itself is believed as stated, else counted from the books.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from data.spec.tables import TABLES
from data.spec.versions import latest_known
from risk.assessment import Assessment
from risk.joint.application import Application, vocabulary
from risk.joint.books import covered_elsewhere, liability, payout_rate
from risk.joint.states import MOVES, Move
from risk.joint.words import ROLE_LABELS, Book, Guarantee, Role
from risk.policies.facts import Value, read_facts

Frames = Mapping[str, pd.DataFrame]
READS = (
    "enterprise_registration",
    "tech_sme_entry",
    "high_tech_certificate",
    "honour_listing",
    "project",
    "talent_post",
    "annual_report",
    "rnd_year",
    "conduct_record",
    "loan",
    "loan_month",
)
"""The tables of evidence that facts are read from."""

FIVE_CLASSES = TABLES["loan_month"].columns["five_class"].choices
"""From best to worst, as the facts of policies number them."""

ONE, NOTHING = Decimal(1), Decimal(0)


@dataclass(frozen=True, kw_only=True)
class TracedFact:
    """Be a fact with where it comes from: words, and the row of a list where it is one."""

    value: Value
    source: str
    row: tuple[str, str, int] | None = None


Traced = dict[str, TracedFact]


def facts_of(
    application: Application,
    *,
    on: date,
    events: Frames,
    others: Sequence[Application] = (),
    assessment: Assessment | None = None,
) -> Traced:
    """Return the facts of an application as they could be known on a day, each with its source.

    `events` hold the enterprise's rows of READS as far as they may be read; `others` are the house's other
    applications. Pure.
    """
    told = _told(application)
    facts: Traced = {
        **_of_books(application, others, events, on),
        **told,
        **_of_application(application),
        **_of_lists(events, on),
        **_of_moves(application),
        **_of_filing(application, events, on),
        **_of_disbursement(application, events),
        **_of_assessment(assessment),
    }
    return {name: fact for name, fact in facts.items() if name in vocabulary(application.product)}


def values_of(facts: Mapping[str, TracedFact]) -> dict[str, Value]:
    """Return the facts as policies read them."""
    return {name: fact.value for name, fact in facts.items()}


def sources_of(facts: Mapping[str, TracedFact]) -> dict[str, str]:
    """Return where each fact comes from, as it is kept with a verdict."""
    return {name: fact.source for name, fact in facts.items()}


def _told(application: Application) -> Traced:
    made = application.last("new", Move.REVISE)
    assert made is not None
    source = f"{ROLE_LABELS[Role(made.role)]}申报（第{made.version}步）"
    return {name: TracedFact(value=value, source=source) for name, value in application.asked.told.items()}


def _of_application(application: Application) -> Traced:
    asked = application.asked
    unsecured = asked.guarantee is Guarantee.NONE and asked.loan["collateral"] == ONE
    values: dict[str, Value] = {
        **asked.loan,
        "is_credit_loan": ONE if unsecured else NOTHING,
        "guarantee": ONE if asked.guarantee is Guarantee.NONE else Decimal(2),
    }
    return {name: TracedFact(value=value, source="申请书") for name, value in values.items()}


def _of_moves(application: Application) -> Traced:
    """Return what moves told, later ones before earlier ones, and what follows from them."""
    found: Traced = {}
    known = vocabulary(application.product)
    for made in application.stored.moves:
        told = {name: text for name, text in made.details.get("facts", {}).items() if name in known}
        label = MOVES[Move(made.move)].label if made.move in set(Move) else "申请"
        source = f"{label}（第{made.version}步，{made.on}）"
        found |= {name: TracedFact(value=value, source=source) for name, value in read_facts(told, known).items()}
    found["is_filed"] = TracedFact(value=ONE if application.is_filed else NOTHING, source="本系统台账")
    if not application.is_filed:
        found.pop("filed_on", None)
    paid = application.booked(Book.PAYOUT)
    if application.stored.guarantor:
        found["has_paid_out"] = TracedFact(value=ONE if paid else NOTHING, source="本系统台账")
    return found


def _of_assessment(assessment: Assessment | None) -> Traced:
    if assessment is None or assessment.score is None or assessment.model is None:
        return {}
    numbers = {
        "score": assessment.score,
        "pd": assessment.pd,
        "pd_low": assessment.pd_low,
        "pd_high": assessment.pd_high,
        "pd_horizon_months": assessment.model.horizon_months,
    }
    source = f"评估 {assessment.id}（{assessment.as_of}）"
    return {
        name: TracedFact(value=Decimal(str(number)), source=source)
        for name, number in numbers.items()
        if number is not None
    }


def _of_books(application: Application, others: Sequence[Application], events: Frames, on: date) -> Traced:
    rest = [one for one in others if one.stored.id != application.stored.id]
    own = [one for one in rest if one.stored.enterprise_id == application.stored.enterprise_id]
    numbers = {name for one in (*own, application) if (name := _loan_no(one))}
    covered = covered_elsewhere(application, own, year=on.year) + _listed_cover(events, on, except_=numbers)
    subsidies = sum(1 for one in own if one.booked(Book.SUBSIDY))
    subsidies += 1 if application.booked(Book.SUBSIDY) else 0
    found = {
        "covered_balance_before": TracedFact(value=covered, source="本系统台账与《贷款台账》"),
        "interest_subsidies_received": TracedFact(value=Decimal(subsidies), source="本系统台账"),
    }
    guarantor = application.stored.guarantor
    if guarantor is None:
        return found
    served = [one for one in rest if one.stored.guarantor == guarantor]
    counted = {
        "guarantor_liability": liability(served),
        "client_liability": liability([one for one in own if one in served]),
        "guaranteed_balance_before": liability([one for one in own if one.stored.guarantor]),
        "payout_rate": payout_rate([*served, application], year=on.year),
    }
    source = "本系统台账（只含本系统登记的业务）"
    return found | {
        name: TracedFact(value=value, source=source) for name, value in counted.items() if value is not None
    }


def _loan_no(application: Application) -> str:
    made = application.last(Move.DISBURSE)
    return str(made.details.get("loan_no", "")) if made else ""


def _listed_cover(events: Frames, on: date, *, except_: Iterable[str]) -> Decimal:
    """Return the filed 鲁科贷 of the bank's list in the year, not settled, that are no loans of this house."""
    if "loan" not in events:
        return NOTHING
    loans = _seen(events, "loan", on)
    filed = loans[(loans["product"] == "lukedai") & loans["filed_on"].notna()]
    filed = filed[filed["filed_on"].dt.year == on.year]
    open_ = filed[filed["ended_on"].isna() & ~filed["loan_no"].isin(list(except_))]
    return sum((_money(amount) for amount in open_["amount"]), NOTHING)


def _of_filing(application: Application, events: Frames, on: date) -> Traced:
    """Return what the filing rests on: the entry in force on its day, and the entry of its year."""
    filed = application.last(Move.FILE)
    if filed is None or not application.is_filed or "tech_sme_entry" not in events:
        return {}
    day = date.fromisoformat(filed.details["facts"]["filed_on"])
    found: Traced = {}
    at_filing = _entry(events, day)
    if at_filing is not None:
        found["entry_year_at_filing"] = at_filing
    for row in _records(_seen(events, "tech_sme_entry", on)):
        if _year_of_entry(row) == day.year:
            found["entry_of_filing_year_on"] = _traced("tech_sme_entry", row, row["entered_on"].date())
    return found


def _of_disbursement(application: Application, events: Frames) -> Traced:
    """Return the worst standing of the firm's loans at any bank by the reports known when this one was made."""
    lent = application.last(Move.DISBURSE)
    if lent is None or "loan_month" not in events:
        return {}
    day = date.fromisoformat(lent.details["facts"]["disbursed_on"])
    months = _seen(events, "loan_month", day).sort_values("happened_on").drop_duplicates("loan_no", keep="last")
    rows, classes = _records(months), list(FIVE_CLASSES)
    found: Traced = {}
    if rows:
        worst = max(rows, key=lambda row: int(row["days_past_due"]))
        found["days_past_due_at_disbursement"] = _traced("loan_month", worst, Decimal(int(worst["days_past_due"])))
    graded = [row for row in rows if row["five_class"] in classes]
    if graded:
        worst = max(graded, key=lambda row: classes.index(row["five_class"]))
        place = Decimal(classes.index(worst["five_class"]) + 1)
        found["five_class_at_disbursement"] = _traced("loan_month", worst, place)
    return found


def _of_lists(events: Frames, on: date) -> Traced:
    found: Traced = {}
    for table, read in _READERS.items():
        if table in events:
            found |= read(events, on)
    entry = _entry(events, on) if "tech_sme_entry" in events else None
    return found | ({"tech_sme_entry_year": entry} if entry else {})


def _entry(events: Frames, on: date) -> TracedFact | None:
    rows = _records(_seen(events, "tech_sme_entry", on))
    best = max(rows, key=_year_of_entry, default=None)
    return None if best is None else _traced("tech_sme_entry", best, Decimal(_year_of_entry(best)))


def _year_of_entry(row: Mapping[str, Any]) -> int:
    digits = str(row["entry_no"])[:4]
    return int(digits) if digits.isdigit() else int(row["entered_on"].year)


def _register(events: Frames, on: date) -> Traced:
    table = "enterprise_registration"
    for row in _records(_seen(events, table, on)):
        found = {"founded_on": _traced(table, row, row["founded_on"].date())}
        if not pd.isna(row["staff"]):
            found["staff"] = _traced(table, row, Decimal(int(row["staff"])))
        return found
    return {}


def _report(events: Frames, on: date) -> Traced:
    table, found = "annual_report", {}
    for row in _records(_seen(events, table, on).sort_values("happened_on")):
        for name in ("assets", "revenue"):
            if not pd.isna(row[name]):
                found[name] = _traced(table, row, _money(row[name]))
    return found


def _research(events: Frames, on: date) -> Traced:
    """Return the latest R&D expense, the accounts' before other bases, and its shares of the same year's report."""
    table, found = "rnd_year", {}
    reports = _records(_seen(events, "annual_report", on)) if "annual_report" in events else []
    costs = {row["happened_on"]: row for row in reports}
    rows = _records(_seen(events, table, on))
    for row in sorted(rows, key=lambda row: (row["happened_on"], row["basis"] == "accounting")):
        expense = row["rnd_expense"]
        if pd.isna(expense):
            continue
        found = {"rnd_expense": _traced(table, row, _money(expense))}
        report = costs.get(row["happened_on"])
        for name, whole in (("rnd_intensity", "revenue"), ("rnd_to_cost", "total_cost")):
            if report is not None and not pd.isna(report[whole]) and 0 < expense <= report[whole]:
                found[name] = _traced(table, row, (_money(expense) / _money(report[whole])).quantize(Decimal("0.0001")))
    return found


def _certificate(events: Frames, on: date) -> Traced:
    table = "high_tech_certificate"
    held = [row for row in _records(_seen(events, table, on)) if row["event"] != "revoked"]
    dated = [row for row in held if not pd.isna(row["valid_until"])]
    best = max(dated, key=lambda row: row["valid_until"], default=None)
    return {} if best is None else {"high_tech_until": _traced(table, best, best["valid_until"].date())}


def _honours(events: Frames, on: date) -> Traced:
    rows = _in_force(events, "honour_listing", on)
    special = ("specialized_sme", "little_giant")
    return {
        "is_specialized_sme": _flag("honour_listing", [row for row in rows if row["honour"] in special]),
        "is_innovative_sme": _flag("honour_listing", [row for row in rows if row["honour"] == "innovative_sme"]),
    }


def _projects(events: Frames, on: date) -> Traced:
    rows = _in_force(events, "project", on)
    high = [row for row in rows if row["role"] == "lead" and row["level"] in ("national", "provincial")]
    national = [row for row in rows if row["level"] == "national"]
    return {
        "leads_provincial_project": _flag("project", high),
        "has_national_project": _flag("project", national),
    }


def _talents(events: Frames, on: date) -> Traced:
    rows = [row for row in _in_force(events, "talent_post", on) if row["level"] == "taishan"]
    return {"has_taishan_talent": _flag("talent_post", rows)}


def _conduct(events: Frames, on: date) -> Traced:
    rows = [row for row in _in_force(events, "conduct_record", on) if row["kind"] == "dishonesty"]
    return {"is_dishonest": _flag("conduct_record", rows)}


_READERS: Mapping[str, Callable[[Frames, date], Traced]] = {
    "enterprise_registration": _register,
    "annual_report": _report,
    "rnd_year": _research,
    "high_tech_certificate": _certificate,
    "honour_listing": _honours,
    "project": _projects,
    "talent_post": _talents,
    "conduct_record": _conduct,
}


def _seen(events: Frames, table: str, on: date) -> pd.DataFrame:
    day = pd.Timestamp(on).as_unit("s")
    latest = latest_known(events[table], day)
    return latest[latest["happened_on"] < day]


def _in_force(events: Frames, table: str, on: date) -> list[dict[str, Any]]:
    day = pd.Timestamp(on).as_unit("s")
    seen = _seen(events, table, on)
    return _records(seen[seen["ended_on"].isna() | (seen["ended_on"] > day)])


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _traced(table: str, row: Mapping[str, Any], value: Value) -> TracedFact:
    at = (table, str(row["batch_id"]), int(row["file_row"]))
    return TracedFact(value=value, source=f"《{TABLES[table].label}》批次{at[1]}第{at[2]}行", row=at)


def _flag(table: str, rows: Sequence[Mapping[str, Any]]) -> TracedFact:
    if rows:
        return _traced(table, rows[0], ONE)
    return TracedFact(value=NOTHING, source=f"《{TABLES[table].label}》没有在有效期内的记录")


def _money(yuan: float) -> Decimal:
    return Decimal(str(yuan)).quantize(Decimal("0.01"))
