"""How do three parties evaluate back to back, and how is their conclusion made?

Nobody sees another's sheet before handing in their own; with the last one all are opened at once, and the model with
them. Functions take `work` and never commit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any

import pandas as pd

from data.spec.access import Access, Purpose, bureau_access
from data.spec.audit import Action
from data.spec.errors import Refusal
from data.store import applications as store
from data.store.applications import StoredSheet
from data.store.enterprise_events import read_enterprise_events
from data.store.work import Work
from features.behind import rows_behind
from features.catalogue import FEATURES
from features.spine import spine_row
from risk import consent
from risk.assessment import Assessment
from risk.grade import read_master_scale
from risk.joint.application import Application
from risk.joint.books import payout_rate
from risk.joint.cards import read_cards
from risk.joint.case import Prepared, ToldMissing
from risk.joint.facts import values_of
from risk.joint.moving import Order, assessment_of, begin_move, event, facts_on, finish_move, read, related
from risk.joint.opening import Handed, Opening, model_says, open_sheets, opening_of, opening_record
from risk.joint.permissions import Actor, check_sheet
from risk.joint.sheets import (
    CitedRow,
    ExpertNeeded,
    SheetForm,
    cited_of,
    marks_of,
    read_sheet,
    sheet_record,
)
from risk.joint.states import Move, check_possible
from risk.joint.support import support_of, support_record
from risk.joint.terms import ReasonNeeded, Terms, check_reason
from risk.joint.words import (
    CONCLUSION_LABELS,
    DIMENSION_LABELS,
    SHEET_LABELS,
    SHEET_OF,
    Conclusion,
    Dimension,
    Guarantee,
    Sheet,
)
from risk.policies.verdict import Verdict, verdict_of


class SheetTwice(Refusal):
    """The party has handed in its sheet already."""

    code = "sheet-twice"
    status = 409


class SheetsSealed(Refusal):
    """Not every sheet is in, so none is open."""

    code = "sheets-sealed"
    status = 409


class CitedRowUnknown(Refusal):
    """A sheet cites a row that is not about the enterprise, or not open to the party."""

    code = "cited-row-unknown"


class NoSuchGap(Refusal):
    """There is no gap of this party's to explain."""

    code = "no-such-gap"


class GapsUnexplained(Refusal):
    """Gaps beyond the limit have no reason yet."""

    code = "gaps-unexplained"
    status = 409


class SecondPersonNeeded(Refusal):
    """Above the limit an override is concluded by a second person."""

    code = "second-person-needed"
    status = 409


class BulkNotAdmitted(Refusal):
    """The loan does not meet the rules under which a guarantor guarantees in bulk."""

    code = "bulk-not-admitted"


def begin(work: Work, order: Order, *, by: Actor, on: date, assessment: Assessment) -> Application:
    """Begin an evaluation on an assessment that stays sealed until the sheets are open.

    A loan guaranteed in bulk is admitted by rule here, or refused with the rules it does not meet.
    """
    application = begin_move(work, order, by=by, on=on)
    details: dict[str, Any] = {"assessment_id": assessment.id}
    if application.asked.guarantee is Guarantee.BULK:
        details["admitted"] = _admit(work, application, assessment, Terms(on))
    return finish_move(work, application, Move.BEGIN, Prepared(details=details), by=by, on=on)


def _admit(work: Work, application: Application, assessment: Assessment, terms: Terms) -> list[str]:
    pool = [
        one
        for one in related(work, application)
        if one.stored.guarantor == application.stored.guarantor and one.asked.guarantee is Guarantee.BULK
    ]
    rate = payout_rate(pool, year=terms.day.year) or 0
    place = model_says(assessment, read_master_scale(terms.day)).place
    amount, most = application.asked.amount, terms.number("bulk_amount_most")
    rules = {
        f"单户金额不超过{most:,.2f}元": amount <= most,
        f"池内代偿率不高于{terms.number('bulk_payout_most') * 100:.1f}%": rate <= terms.number("bulk_payout_most"),
        "模型等级在准入范围内": place is not None and place <= terms.number("bulk_worst_grade"),
    }
    failing = [rule for rule, holds in rules.items() if not holds]
    if failing:
        raise BulkNotAdmitted(
            f"不符合批量担保的准入规则：{'；'.join(failing)}。", help="可改为逐笔担保（individual）重新申请。"
        )
    return list(rules)


@dataclass(frozen=True, kw_only=True)
class HandedIn:
    """Tell how a hand-in ended: whose sheets are still awaited, and whether all are open now."""

    application: Application
    sheet: Sheet
    saw_model: bool
    awaited: tuple[Sheet, ...]


def hand_in(work: Work, number: int, raw: Mapping[str, object], *, by: Actor, on: date) -> HandedIn:
    """Keep a party's sheet; with the last one required, open all at once. Raises a Refusal, and nothing is kept."""
    # Two last sheets at once must not each find the other missing.
    store.hold_application(work, number)
    application = read(work, number, by=by)
    check_possible(application.state, Move.OPEN, needs_district=Terms(on).needs_district)
    sheet = check_sheet(by.role, application.required_sheets)
    if application.sheet(sheet) is not None:
        raise SheetTwice(
            f"{SHEET_LABELS[sheet]}的评价表已经交过，不能再交。",
            help="评价表交后不改；如有新的事实，可在说明差距时写明。",
        )
    form = read_sheet(raw, notches_most=application.terms().number("notches_most"))
    _check_expert(application, sheet, form)
    _check_cited(work, application, form, by)
    saw = form.saw_model or _was_told(work, application, by)
    kept = StoredSheet(party=sheet, tenant=by.tenant, actor=by.name, at=work.at, saw_model=saw, body=sheet_record(form))
    told = event(work, number, by, Action.SHEET_SUBMITTED, sheet=str(sheet), saw_model=int(saw))
    store.write_sheet(work, number, kept, audit=told)
    again = read(work, number, by=by)
    if not awaited(again):
        day = again.terms().day
        support = support_of(again.product, values_of(facts_on(work, again, day)), on=day)
        details = {"opening": opening_record(_open(work, again)), "support": support_record(support)}
        prepared = Prepared(details=details)
        again = finish_move(work, again, Move.OPEN, prepared, by=by, on=on)
    return HandedIn(application=again, sheet=sheet, saw_model=saw, awaited=awaited(again))


def _check_expert(application: Application, sheet: Sheet, form: SheetForm) -> None:
    limit = application.terms().number("expert_amount")
    if sheet is Sheet.BUREAU and form.expert is None and application.asked.amount > limit:
        raise ExpertNeeded(
            f"贷款超过{limit:,.2f}元，科技局的评价表须附行业专家签名。",
            help="填写 expert：name、field、signed_on、opinion。",
        )


def _check_cited(work: Work, application: Application, form: SheetForm, by: Actor) -> None:
    access = _reading(work, application, by)
    for row in form.evidence:
        if not store.has_row(
            work,
            application.stored.enterprise_id,
            table=row.table,
            batch_id=row.batch_id,
            file_row=row.file_row,
            access=access,
        ):
            raise CitedRowUnknown(
                f"没有关于该企业、贵机构可查的证据行 {row}。", help="批次与行号见 lukeping evidence。"
            )


def _reading(work: Work, application: Application, by: Actor) -> Access:
    _, access = consent.authorise(
        work,
        application.enterprise.identifier,
        tenant=by.tenant,
        actor=by.name,
        purpose=Purpose.JOINT_EVALUATION,
        at=work.at,
    )
    return access


def _was_told(work: Work, application: Application, by: Actor) -> bool:
    begun = application.last(Move.BEGIN)
    return store.was_assessed_for(
        work,
        application.stored.enterprise_id,
        tenant=by.tenant,
        except_id=begun.details.get("assessment_id") if begun else None,
        before=work.at,
        access=_reading(work, application, by),
    )


def _open(work: Work, application: Application) -> Opening:
    assessment = assessment_of(work, application, None)
    terms, scale = application.terms(), read_master_scale(application.terms().day)
    access = bureau_access("system", at=work.at, purpose=Purpose.JOINT_EVALUATION)
    events = read_enterprise_events(work, application.stored.enterprise_id, access=access)
    spine = spine_row(application.stored.enterprise_id, as_of=terms.day)
    handed = [
        Handed(
            sheet=Sheet(one.party),
            marks=marks_of(one.body),
            notches=int(one.body["notches"]),
            cited=cited_of(one.body),
            saw_model=one.saw_model,
        )
        for one in application.stored.sheets
    ]
    cited = frozenset(row for one in handed for row in one.cited)
    return open_sheets(
        handed,
        terms=terms,
        assessment=assessment,
        scale=scale,
        cards=read_cards(events, spine, on=terms.day, terms=terms),
        counted=counted_rows(assessment, events, application.stored.enterprise_id, cited),
        verdict=submitted_verdict(application),
    )


def submitted_verdict(application: Application) -> Verdict | None:
    """Return the product's verdict on the application, as it was when submitted."""
    submitted = application.last(Move.SUBMIT)
    return verdict_of(submitted.details["verdict"]) if submitted is not None else None


def counted_rows(
    assessment: Assessment | None,
    events: Mapping[str, pd.DataFrame],
    enterprise_id: int,
    cited: frozenset[CitedRow],
) -> frozenset[CitedRow]:
    """Return those of the cited rows that a feature of the assessment had counted, by lineage."""
    if assessment is None or not cited:
        return frozenset()
    tables = {row.table for row in cited}
    wanted = [FEATURES[name] for name in assessment.values if name in FEATURES]
    before = assessment.recorded_before
    instant = None if before is None else before.astimezone(UTC).replace(tzinfo=None)
    known = {
        name: frame if instant is None else frame[frame["recorded_at"] < instant] for name, frame in events.items()
    }
    counted: set[CitedRow] = set()
    for feature in wanted:
        if tables.isdisjoint(feature.tables):
            continue
        rows = rows_behind(feature, known, enterprise_id, assessment.as_of, "")
        counted |= {CitedRow(row.table, row.batch_id, row.file_row) for row in rows if row.counted}
    return cited & counted


def opened(application: Application) -> Opening:
    """Return what was opened; raise SheetsSealed that says whose sheets are awaited."""
    made = application.last(Move.OPEN)
    if made is None:
        labels = [SHEET_LABELS[one] for one in awaited(application)]
        waiting = f"还在等：{'、'.join(labels)}。" if labels else "评价还没有开始。"
        raise SheetsSealed("各方评价表还没有开启。", help=f"{waiting}最后一份交齐时同时开启。")
    return opening_of(made.details["opening"])


def awaited(application: Application) -> tuple[Sheet, ...]:
    """Return whose sheets a running evaluation still waits for."""
    if application.last(Move.BEGIN) is None:
        return ()
    return tuple(one for one in Sheet if one in application.required_sheets and application.sheet(one) is None)


def sheets_seen(application: Application, by: Actor) -> tuple[StoredSheet, ...]:
    """Return the sheets that someone may see: all once they are open, before that only the own one."""
    if application.is_open:
        return application.stored.sheets
    return tuple(one for one in application.stored.sheets if one.party == SHEET_OF.get(by.role))


def explain(work: Work, order: Order, *, by: Actor, on: date) -> Application:
    """Keep a party's reason for a gap of its own sheet."""
    application = begin_move(work, order, by=by, on=on)
    sheet = check_sheet(by.role, application.required_sheets)
    named = {word: one for one, label in DIMENSION_LABELS.items() for word in (one.value, label)}
    dimension = named.get(order.told.get("dimension", ""))
    mine = [gap for gap in opened(application).gaps if gap.sheet is sheet and gap.to_explain]
    if dimension not in {gap.dimension for gap in mine}:
        listed = "、".join(DIMENSION_LABELS[gap.dimension] for gap in mine)
        raise NoSuchGap("这一方面没有需要贵方说明的差距。", help=f"须说明的有：{listed or '无'}（dimension=方面）。")
    details = {"sheet": str(sheet), "dimension": str(dimension), **check_reason("gap", order.told)}
    return finish_move(work, application, Move.EXPLAIN, Prepared(details=details), by=by, on=on)


def unexplained(application: Application) -> list[tuple[Sheet, Dimension]]:
    """Return the gaps beyond the limit for which no reason was given yet."""
    told = {
        (made.details["sheet"], made.details["dimension"])
        for made in application.stored.moves
        if made.move == Move.EXPLAIN
    }
    gaps = opened(application).gaps
    return [(gap.sheet, gap.dimension) for gap in gaps if gap.to_explain and (gap.sheet, gap.dimension) not in told]


def propose(work: Work, order: Order, *, by: Actor, on: date) -> Application:
    """Keep the proposal of an override, which somebody else then concludes."""
    application = begin_move(work, order, by=by, on=on)
    wanted, suggestion = _wanted(order), opened(application).suggestion
    if wanted is suggestion:
        raise ReasonNeeded("与建议相同，不是推翻。", help="请直接作出结论（conclude）。")
    details = {"conclusion": str(wanted), **check_reason("override", order.told)}
    return finish_move(work, application, Move.PROPOSE_OVERRIDE, Prepared(details=details), by=by, on=on)


def conclude(work: Work, order: Order, *, by: Actor, on: date) -> Application:
    """Conclude an evaluation: people decide; against the suggestion with a code, in time, above a limit by two."""
    application = begin_move(work, order, by=by, on=on)
    wanted, opening = _wanted(order), opened(application)
    open_gaps = unexplained(application)
    if open_gaps:
        listed = "、".join(f"{SHEET_LABELS[sheet]}的{DIMENSION_LABELS[one]}" for sheet, one in open_gaps)
        raise GapsUnexplained(f"还有差距没有说明：{listed}。", help="由该方说明（explain），再作结论。")
    words = order.told.get("words", "").strip()
    if wanted is Conclusion.CONDITIONAL and not words:
        raise ToldMissing("有条件推荐须写明条件（words）。", help="终端用 --set words=条件，接口用 words 填写。")
    details: dict[str, Any] = {"conclusion": str(wanted), "suggestion": str(opening.suggestion), "words": words}
    if wanted is not opening.suggestion:
        details |= _override(application, wanted, opening.suggestion, order, by, on)
    return finish_move(work, application, Move.CONCLUDE, Prepared(details=details), by=by, on=on)


def _override(
    application: Application, wanted: Conclusion, suggestion: Conclusion, order: Order, by: Actor, on: date
) -> dict[str, Any]:
    reason, terms = check_reason("override", order.told), application.terms()
    order_of = list(Conclusion)
    details: dict[str, Any] = {
        **reason,
        "override": "up" if order_of.index(wanted) < order_of.index(suggestion) else "down",
        "expires_on": str(on + timedelta(days=int(terms.number("override_days")))),
    }
    limit = terms.number("second_person_amount")
    if application.asked.amount <= limit:
        return details
    proposed = application.last(Move.PROPOSE_OVERRIDE)
    if proposed is None or proposed.actor == by.name or proposed.details["conclusion"] != wanted:
        raise SecondPersonNeeded(
            f"贷款超过{limit:,.2f}元，推翻建议须由两人办理。",
            help="先由一人提出推翻（propose_override），再由另一人以同样的结论作出（conclude）。",
        )
    return {**details, "first_person": proposed.actor}


def _wanted(order: Order) -> Conclusion:
    named = {word: one for one, label in CONCLUSION_LABELS.items() for word in (one.value, label)}
    text = order.told.get("conclusion", "")
    if text not in named:
        listed = "、".join(f"{one}（{label}）" for one, label in CONCLUSION_LABELS.items())
        raise ToldMissing(f"结论“{text}”无法识别。", help=f"conclusion 可选：{listed}。")
    return named[text]
