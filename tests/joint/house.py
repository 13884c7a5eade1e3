"""A small house: a bureau, two banks, a guarantor, two firms with their lists, and the hands that move applications."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

import pandas as pd
from pydantic import TypeAdapter

from data.spec.access import Purpose, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.consent import ALL_CATEGORIES, Consent, Permission
from data.spec.identifiers import Identifier, Scheme, with_uscc_check_digit
from data.spec.tables import TABLES
from data.store import Store, Work
from data.store.assessments import write_assessment
from data.store.batches import Batch, add_enterprises, next_batch_id, write_batch
from data.store.consents import write_consents
from data.store.frames import dtypes
from data.store.institutions import write_institution
from data.store.names import add_names
from risk.assessment import Assessment, ModelReference, Status
from risk.joint import evaluating, moving
from risk.joint.application import Application
from risk.joint.evaluating import HandedIn
from risk.joint.moving import Order
from risk.joint.permissions import Actor
from risk.joint.states import Move
from risk.joint.told import Wanted
from risk.joint.words import Guarantee, Role

CODES = [with_uscc_check_digit(f"91370303MA{number:07d}") for number in range(2)]
NUMBERS = count(1)
BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
PEOPLE = {
    "bank": Actor(tenant="bank-a", role=Role.BANK, name="bank clerk"),
    "other bank": Actor(tenant="bank-b", role=Role.BANK, name="other clerk"),
    "guarantor": Actor(tenant="guarantor-a", role=Role.GUARANTOR, name="guarantor clerk"),
    "reviewer": Actor(tenant="bureau", role=Role.REVIEWER, name="reviewer"),
    "second reviewer": Actor(tenant="bureau", role=Role.REVIEWER, name="second reviewer"),
    "district": Actor(tenant="bureau", role=Role.DISTRICT, name="district"),
    "operator": Actor(tenant="bureau", role=Role.OPERATOR, name="operator"),
}
LOAN = {
    "amount": "200万",
    "term_months": "12",
    "rate": "3.6%",
    "loan_use": "transformation",
    "collateral": "无",
}
OF_LUKEDAI = {"bank_is_partner": "是"}
EVEN = dict.fromkeys(("创新能力", "成长性", "偿债能力", "经营稳定", "信用记录", "产业契合"), "70")


def at(on: date) -> datetime:
    return datetime.combine(on, time(4), UTC)


def told(action: Action = Action.BATCH_LOADED, *, on: date = date(2020, 1, 1)) -> AuditEvent:
    return AuditEvent(tenant="bureau", actor="test", action=action, object_id="x", at=at(on))


@dataclass(frozen=True)
class House:
    """Hold the store and do one thing at a time, each in a unit of work of its own."""

    store: Store

    def put(self, table: str, firm: int, *, key: str, happened: str, known: str, **own: Any) -> str:
        """Put one row of a list into the store; return its batch."""
        with self.store.work(at=BEFORE) as work:
            batch = next_batch_id(work)
            given: dict[str, Any] = dict.fromkeys(dtypes(TABLES[table]), None)
            given |= {"enterprise_id": firm, "record_key": key, "happened_on": happened, "known_on": known}
            given |= {"known_basis": "announced", "batch_id": batch, "file_row": 2, "owner": "bureau"}
            given |= {"withdrawn": False, **own}
            frame = pd.DataFrame([given]).astype(dtypes(TABLES[table]))
            write_batch(work, _batch(batch, table), {table: frame}, [], audit=told())
            work.commit()
        return batch

    def new(
        self,
        on: date,
        *,
        product: str = "lukedai",
        guarantee: Guarantee = Guarantee.NONE,
        by: str = "bank",
        firm: int = 0,
        **changes: str,
    ) -> int:
        """Open an application and return its number."""
        wanted = Wanted(
            identifier=Identifier(Scheme.USCC, CODES[firm]),
            product=product,
            guarantee=guarantee,
            guarantor=None if guarantee is Guarantee.NONE else "guarantor-a",
            purpose="中试线扩建",
            texts={**LOAN, **(OF_LUKEDAI if product == "lukedai" else {}), **changes},
        )
        with self.store.work(at=at(on)) as work:
            number = moving.open_application(work, wanted, by=PEOPLE[by], on=on).stored.id
            work.commit()
        return number

    def move(
        self,
        who: str,
        what: str,
        number: int,
        on: date,
        *,
        seen: int | None = None,
        attachments: tuple[str, ...] = (),
        **told: str,
    ) -> Application:
        """Make one move of any kind."""
        order = Order(application=number, move=Move(what), told=told, attachments=attachments, seen=seen)
        makers = {
            Move.EXPLAIN: evaluating.explain,
            Move.CONCLUDE: evaluating.conclude,
            Move.PROPOSE_OVERRIDE: evaluating.propose,
        }
        with self.store.work(at=at(on)) as work:
            made = makers.get(order.move, moving.make_move)(work, order, by=PEOPLE[who], on=on)
            work.commit()
        return made

    def begin(self, number: int, on: date, *, grade: str | None = "BBB", **values: float) -> Application:
        """Begin an evaluation on an assessment of the bureau's with this grade."""
        with self.store.work(at=at(on)) as work:
            application = moving.read(work, number, by=PEOPLE["reviewer"])
            made = self.assess(work, application.stored.enterprise_id, on, grade=grade, values=values)
            begun = evaluating.begin(
                work, Order(application=number, move=Move.BEGIN), by=PEOPLE["reviewer"], on=on, assessment=made
            )
            work.commit()
        return begun

    def assess(
        self, work: Work, firm: int, on: date, *, grade: str | None, values: Mapping[str, float], tenant: str = "bureau"
    ) -> Assessment:
        """Keep an assessment as a model would have given it."""
        made = Assessment(
            id=f"assessment-{next(NUMBERS)}",
            status=Status.SCORED if grade else Status.NOT_SCORED,
            enterprise_name="演示",
            identifier=CODES[0],
            as_of=on,
            made_at=at(on),
            valid_until=on + timedelta(days=90),
            purpose=Purpose.JOINT_EVALUATION,
            demonstration=True,
            score=600 if grade else None,
            grade=grade,
            pd=0.015 if grade else None,
            pd_low=0.01 if grade else None,
            pd_high=0.02 if grade else None,
            model=ModelReference(
                id="m", card="application", label="申请卡", horizon_months=18, trained_on=None, demonstration=True
            ),
            values=values,
            recorded_before=at(on),
        )
        access = replace(bureau_access("test", at=at(on)), tenant=tenant)
        body = TypeAdapter(Assessment).dump_python(made, mode="json")
        write_assessment(
            work, id=made.id, enterprise_id=firm, access=access, made_at=at(on), body=body, audit=told(on=on)
        )
        return made

    def hand_in(self, who: str, number: int, on: date, **form: Any) -> HandedIn:
        """Hand in a sheet, even marks unless told otherwise."""
        with self.store.work(at=at(on)) as work:
            done = evaluating.hand_in(work, number, {"marks": EVEN, **form}, by=PEOPLE[who], on=on)
            work.commit()
        return done

    def read(self, number: int, who: str = "operator") -> Application:
        with self.store.work(at=at(date(2030, 1, 1)), read_only=True) as work:
            return moving.read(work, number, by=PEOPLE[who])

    def to_evaluation(self, number: int, on: date, **how: Any) -> Application:
        """Submit an application and begin its evaluation."""
        self.move("bank", "submit", number, on)
        return self.begin(number, on, **how)

    def to_conclusion(self, number: int, on: date, **how: Any) -> Application:
        """Evaluate an application with even sheets to a conclusion as suggested."""
        application = self.to_evaluation(number, on, **how)
        for sheet in ("bank", "guarantor", "reviewer"):
            if (sheet if sheet != "reviewer" else "bureau") in application.required_sheets:
                self.hand_in(sheet, number, on)
        opened = evaluating.opened(self.read(number))
        makers = {"bank": "bank", "guarantor": "guarantor", "bureau": "reviewer"}
        for gap in opened.gaps:
            if gap.to_explain:
                who = makers[gap.sheet]
                self.move(who, "explain", number, on, dimension=gap.dimension, code="field_visit", words="走访所见")
        return self.move("reviewer", "conclude", number, on, conclusion=opened.suggestion, words="须补齐尚未证实的条件")

    def to_loan(self, number: int, on: date, **how: Any) -> Application:
        """Bring an application to a loan disbursed on the day."""
        self.to_conclusion(number, on, **how)
        self.move("bank", "approve", number, on, code="within_policy", words="符合本行政策")
        return self.move("bank", "disburse", number, on, loan_no=f"JJ{number}")


def _batch(id: str, table: str) -> Batch:
    return Batch(
        id=id,
        list=table,
        source=TABLES[table].label,
        file_name=f"{table}.xlsx",
        file_sha256="0" * 64,
        recorded_at=BEFORE,
        known_on=None,
        rows_read=1,
        kept=1,
        already_known=0,
        repeated=0,
        skipped=0,
        quarantined=0,
    )


def build(store: Store) -> None:
    """Put institutions, firms, consents and the first firm's entry and reports into an empty store."""
    with store.work(at=BEFORE) as work:
        for code, kind in (
            ("bureau", "bureau"),
            ("bank-a", "bank"),
            ("bank-b", "bank"),
            ("guarantor-a", "guarantor"),
        ):
            write_institution(work, code, code, kind=kind, token_hash=code, audit=told(Action.TOKEN_ISSUED))
        numbers = add_enterprises(work, Scheme.USCC, dict.fromkeys(CODES, "enterprise"))
        names = [f"淄博演示{place}有限公司" for place in range(len(CODES))]
        since = pd.to_datetime(["2019-01-01"] * len(CODES)).as_unit("s")
        frame = {"enterprise_id": list(numbers.values()), "name": names, "normalised": names, "since": since}
        new = pd.DataFrame(frame)
        add_names(work, "", new.iloc[:0], new)
        _consent(work, list(numbers.values()))
        work.commit()
    house = House(store)
    for firm in numbers.values():
        founded = {"name": "演示", "founded_on": "2019-03-01", "staff": 60}
        house.put("enterprise_registration", firm, key="", happened="2019-03-01", known="2019-03-10", **founded)
    entry = {"entry_no": "202537030300000001", "entered_on": "2025-02-10", "ended_on": "2026-01-01"}
    house.put("tech_sme_entry", 1, key="2025", happened="2025-02-10", known="2025-02-20", **entry)
    year = {"year": "2024-12-31", "revenue": 20_000_000.0, "total_cost": 18_000_000.0, "assets": 15_000_000.0}
    house.put("annual_report", 1, key="2024", happened="2024-12-31", known="2025-03-31", **year)
    research = {"year": "2024-12-31", "basis": "accounting", "rnd_expense": 1_500_000.0}
    house.put("rnd_year", 1, key="2024accounting", happened="2024-12-31", known="2025-03-31", **research)


def _consent(work: Work, firms: list[int]) -> None:
    given = [
        Consent(
            id=f"{grantee}-{firm}",
            version=1,
            enterprise_id=firm,
            grantee=grantee,
            purposes=frozenset(Purpose),
            categories=ALL_CATEGORIES,
            permissions=frozenset(Permission),
            valid_from=BEFORE,
            valid_to=datetime(2030, 1, 1, tzinfo=UTC),
        )
        for grantee in ("bank-a", "bank-b", "guarantor-a")
        for firm in firms
    ]
    write_consents(work, given, told(Action.CONSENT_GRANTED))
