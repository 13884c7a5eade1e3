"""Which lists does the bureau send on, row by row, and do they come to what the books say?

A list's total is summed from its rows; beside it stands the sum of the books, added up apart. They must be equal.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from data.spec.audit import Action, AuditEvent
from data.spec.errors import Refusal
from data.store.applications import MadeMove, sum_entries
from data.store.institutions import list_institutions
from data.store.work import Work
from risk.joint.application import Application
from risk.joint.books import NOTHING, guaranteed, payout_rate
from risk.joint.lending import PAYERS
from risk.joint.moving import read_all
from risk.joint.permissions import Actor, NotYourMove
from risk.joint.states import STATE_LABELS, Move, State
from risk.joint.words import GUARANTEE_LABELS, Book, Role
from risk.policies.facts import YEARLY, say, shared_facts
from risk.policies.product import load_product
from risk.policies.rule import PARTY_LABELS, Party
from risk.policies.verdict import OUTCOME_LABELS, verdict_of

Cell = str | Decimal | date | None


class ListKind(StrEnum):
    """Name a list that the bureau sends on."""

    FILING = "filing"
    SUBSIDY = "subsidy"
    CLAIM = "claim"
    REGUARANTEE = "reguarantee"
    RECOVERY = "recovery"


LIST_LABELS: Mapping[ListKind, str] = {
    ListKind.FILING: "贷款备案表",
    ListKind.SUBSIDY: "贴息名单",
    ListKind.CLAIM: "风险补偿申请卷",
    ListKind.REGUARANTEE: "再担保账单",
    ListKind.RECOVERY: "追偿台账",
}


class OfficialListUnknown(Refusal):
    """There is no list of this name."""

    code = "official-list-unknown"


class BooksDisagree(Refusal):
    """A list does not come to what the books say; it is not given out."""

    code = "books-disagree"
    status = 500


@dataclass(frozen=True, kw_only=True)
class Total:
    """Tell what a column of a sheet comes to, and what the books say it should."""

    column: int
    listed: Decimal
    booked: Decimal


@dataclass(frozen=True, kw_only=True)
class ListSheet:
    """Be one sheet: titles, rows, and the totals that the books were compared with. Amounts are yuan."""

    name: str
    titles: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Total, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OfficialList:
    """Be a list for the days [since, until)."""

    kind: ListKind
    label: str
    since: date
    until: date
    sheets: tuple[ListSheet, ...]


def parse_kind(text: str) -> ListKind:
    """Read a list's name, or a part of one Chinese label alone; raise OfficialListUnknown that lists them."""
    found = [kind for kind, label in LIST_LABELS.items() if text == kind or (text and text in label)]
    if len(found) != 1:
        listed = "、".join(f"{kind}（{label}）" for kind, label in LIST_LABELS.items())
        raise OfficialListUnknown(f"没有名为“{text}”的名单。", help=f"可用的有：{listed}。")
    return found[0]


def list_for(work: Work, kind: ListKind, *, since: date, until: date, by: Actor) -> OfficialList:
    """Return a list for the days [since, until), reconciled with the books; record that it was given out.

    Raises NotYourMove for anyone but the bureau, BooksDisagree where a total differs by a fen.
    """
    if by.role not in (Role.OPERATOR, Role.REVIEWER):
        raise NotYourMove("名单由科技局汇总报送。", help="请以科技局经办或评审的身份办理。")
    span = _Span(work, since, until, {one.code: one.name for one in list_institutions(work)})
    made = OfficialList(
        kind=kind,
        label=LIST_LABELS[kind],
        since=since,
        until=until,
        sheets=tuple(_SHEETS[kind](read_all(work, by=by), span)),
    )
    check_books(made)
    work.record(
        AuditEvent(
            tenant=by.tenant,
            actor=by.name,
            action=Action.BOOKS_LISTED,
            object_id=f"{kind}:{since}:{until}",
            at=work.at,
            details={"rows": sum(len(sheet.rows) for sheet in made.sheets)},
        )
    )
    return made


def check_books(made: OfficialList) -> None:
    """Raise BooksDisagree where a total of a list is not the books' to the fen."""
    for sheet in made.sheets:
        for total in sheet.totals:
            if total.listed != total.booked:
                raise BooksDisagree(
                    f"《{made.label}》{sheet.name}的“{sheet.titles[total.column]}”合计{total.listed:,.2f}元，"
                    f"台账为{total.booked:,.2f}元。",
                    help="名单没有生成，请核对台账。",
                )


@dataclass(frozen=True)
class _Span:
    work: Work
    since: date
    until: date
    names: Mapping[str, str]

    def has(self, day: date) -> bool:
        return self.since <= day < self.until

    def booked(self, kind: Book, party: Party | None = None) -> Decimal:
        return sum_entries(self.work, kind=kind, since=self.since, until=self.until, party=party)

    def moves(self, found: Sequence[Application], *moves: Move) -> Iterator[tuple[Application, MadeMove]]:
        for one in found:
            for made in one.stored.moves:
                if made.move in moves and any(self.has(entry.booked_on) for entry in made_entries(one, made)):
                    yield one, made


def made_entries(application: Application, made: MadeMove) -> "list[_Booked]":
    """Return what one move booked."""
    return [
        _Booked(Book(entry.kind), Party(entry.party), entry.amount, entry.booked_on)
        for entry in application.stored.entries
        if entry.version == made.version
    ]


@dataclass(frozen=True)
class _Booked:
    kind: Book
    party: Party
    amount: Decimal
    booked_on: date


def _amount(application: Application, made: MadeMove, kind: Book, party: Party | None = None) -> Decimal:
    booked = made_entries(application, made)
    return sum(
        (one.amount for one in booked if one.kind is kind and party in (None, one.party)),
        NOTHING,
    )


def _sheet(
    name: str,
    titles: Sequence[str],
    rows: Sequence[tuple[Cell, ...]],
    booked: Mapping[str, Decimal],
    notes: Sequence[str] = (),
) -> ListSheet:
    """Return a sheet whose rows are numbered, with the totals of the columns named."""
    titles = ("序号", *titles)
    numbered = tuple((Decimal(place), *row) for place, row in enumerate(rows, start=1))
    totals = tuple(
        Total(
            column=titles.index(title),
            listed=sum((cell for row in numbered if isinstance(cell := row[titles.index(title)], Decimal)), NOTHING),
            booked=amount,
        )
        for title, amount in booked.items()
    )
    return ListSheet(name=name, titles=titles, rows=numbered, totals=totals, notes=tuple(notes))


WHO = ("申请编号", "企业名称", "统一社会信用代码", "合作银行", "借据号")


def _who(application: Application, span: _Span) -> tuple[Cell, ...]:
    lent = application.last(Move.DISBURSE)
    loan_no = str(lent.details["loan_no"]) if lent else ""
    enterprise = application.enterprise
    return (
        application.number,
        enterprise.name,
        str(enterprise.identifier),
        span.names[application.stored.bank],
        loan_no,
    )


def _told(application: Application, move: Move, name: str) -> date | None:
    made = application.last(move)
    text = made.details["facts"].get(name) if made else None
    return date.fromisoformat(text) if text else None


def _filing(found: Sequence[Application], span: _Span) -> Iterator[ListSheet]:
    titles = [*WHO, "产品", "放款金额", "备案金额", "年利率", "期限（月）", "用途"]
    titles += ["放款日期", "到期日期", "备案日期", "备案条件", "担保方式", "当前状态"]
    rows = []
    for one, made in span.moves(found, Move.FILE):
        verdict = verdict_of(made.details["verdict"])
        said = "；".join(f"{each.label}：{OUTCOME_LABELS[each.outcome]}{each.note}" for each in verdict.findings)
        rate, use = one.asked.loan["rate"], one.asked.loan["loan_use"]
        assert isinstance(use, Decimal)
        rows.append(
            (
                *_who(one, span),
                load_product(one.stored.product).label,
                one.booked(Book.DISBURSED),
                _amount(one, made, Book.FILED),
                say(rate, YEARLY),
                str(one.asked.term_months),
                shared_facts()["loan_use"].choices[use].label,
                _told(one, Move.DISBURSE, "disbursed_on"),
                _told(one, Move.DISBURSE, "matures_on"),
                date.fromisoformat(made.details["facts"]["filed_on"]),
                said,
                GUARANTEE_LABELS[one.asked.guarantee],
                STATE_LABELS[one.state],
            )
        )
    yield _sheet("备案", titles, rows, {"备案金额": span.booked(Book.FILED)})


def _subsidy(found: Sequence[Application], span: _Span) -> Iterator[ListSheet]:
    titles = (*WHO, "放款金额", "实付利息", "结清日期", "贴息金额", "给予日期")
    rows = []
    for one, made in span.moves(found, Move.SUBSIDISE):
        settled = one.last(Move.SETTLE)
        assert settled is not None
        interest = Decimal(settled.details["facts"]["interest_paid"])
        subsidy, lent = _amount(one, made, Book.SUBSIDY), one.booked(Book.DISBURSED)
        rows.append((*_who(one, span), lent, interest, _told(one, Move.SETTLE, "settled_on"), subsidy, made.on))
    yield _sheet("贴息", titles, rows, {"贴息金额": span.booked(Book.SUBSIDY)})


SHARES = (*PAYERS, Party.GUARANTOR, Party.BANK)


def _claim(found: Sequence[Application], span: _Span) -> Iterator[ListSheet]:
    named = [PARTY_LABELS[party] for party in SHARES]
    rows, claims = [], []
    for one, made in span.moves(found, Move.COMPENSATE):
        claims.append(one)
        loss, paid = _amount(one, made, Book.LOSS), _amount(one, made, Book.COMPENSATED)
        parts = [_amount(one, made, Book.BORNE, party) for party in SHARES]
        rows.append((*_who(one, span), one.booked(Book.DISBURSED), loss, *parts, paid, made.on))
    totals = {PARTY_LABELS[party]: span.booked(Book.BORNE, party) for party in SHARES}
    totals |= {"本金损失": span.booked(Book.LOSS), "拨付补偿": span.booked(Book.COMPENSATED)}
    titles = (*WHO, "放款金额", "本金损失", *named, "拨付补偿", "拨付日期")
    yield _sheet("已拨付", titles, rows, totals, ["各方一栏为其分担的本金损失；拨付补偿为财政、基金与再担保的部分。"])
    waiting = [one for one in found if one.state is State.CLAIMED and (m := one.last(Move.CLAIM)) and span.has(m.on)]
    yield _sheet(
        "待审核",
        (*WHO, "本金损失", *named, "申请日期"),
        [_waiting(one, span) for one in waiting],
        {},
        ["尚未拨付，未入台账，不设合计核对。"],
    )
    index = [(*_who(one, span)[:2], *piece) for one in (*claims, *waiting) for piece in _evidence(one)]
    yield _sheet("证据目录", ("申请编号", "企业名称", "件号", "证据名称", "文件"), index, {})


def _waiting(application: Application, span: _Span) -> tuple[Cell, ...]:
    made = application.last(Move.CLAIM)
    assert made is not None
    parts = {Party(party): Decimal(text) for party, text in made.details["parts"].items()}
    loss = Decimal(made.details["principal_loss"])
    return (*_who(application, span), loss, *(parts.get(party, NOTHING) for party in SHARES), made.on)


def _evidence(application: Application) -> Iterator[tuple[Cell, ...]]:
    made = application.last(Move.CLAIM)
    assert made is not None
    for place, piece in enumerate(made.details["evidence"], start=1):
        name, _, file = str(piece).partition("=")
        yield str(place), name, file


def _reguarantee(found: Sequence[Application], span: _Span) -> Iterator[ListSheet]:
    served = [one for one in found if one.stored.guarantor and one.was_disbursed]
    standing = [
        (
            *_who(one, span),
            one.stored.guarantor,
            guaranteed(one, one.booked(Book.DISBURSED)),
            guaranteed(one, one.outstanding),
        )
        for one in served
    ]
    yield _sheet("在保业务", (*WHO, "担保机构", "担保金额", "担保责任余额"), standing, {})
    rows = []
    for one, made in span.moves(found, Move.COMPENSATE):
        shares = [_amount(one, made, Book.BORNE, party) for party in (Party.REGUARANTOR, Party.NATIONAL_FUND)]
        if any(shares):
            paid = one.booked(Book.PAYOUT)
            rows.append(
                (
                    *_who(one, span),
                    span.names[one.stored.guarantor or ""],
                    paid,
                    *shares,
                    sum(shares, NOTHING),
                    made.on,
                )
            )
    due = {party: span.booked(Book.BORNE, party) for party in (Party.REGUARANTOR, Party.NATIONAL_FUND)}
    totals = {"省再担保应付": due[Party.REGUARANTOR], "国家融担基金应付": due[Party.NATIONAL_FUND]}
    totals["应付总额"] = sum(due.values(), NOTHING)
    titles = (*WHO, "担保机构", "已代偿", "省再担保应付", "国家融担基金应付", "应付总额", "分担日期")
    yield _sheet("代偿分担账单", titles, rows, totals)
    yield _payout_rates(served, span)


def _payout_rates(served: Sequence[Application], span: _Span) -> ListSheet:
    """Return each guarantor's payout rate of the year beside the cap in force at the end of the span."""
    cap = load_product("lukedan").used("payout_rate_cap", span.until)
    rows: list[tuple[Cell, ...]] = []
    for guarantor in sorted({one.stored.guarantor or "" for one in served}):
        rate = payout_rate([one for one in served if one.stored.guarantor == guarantor], year=span.since.year)
        most = cap.value if cap is not None else None
        within = "" if rate is None or most is None else "未超过" if rate <= most else "超过"
        said = "没有解除的担保" if rate is None else f"{rate * 100:.2f}%"
        rows.append(
            (span.names[guarantor], str(span.since.year), said, "" if most is None else f"{most * 100:.2f}%", within)
        )
    notes = ["代偿率＝当年代偿额÷当年解除的担保额，只含本系统登记的业务。"]
    notes += [f"上限依据：{cap.reference}{cap.mark}"] if cap is not None else []
    return _sheet("代偿率", ("担保机构", "年度", "代偿率", "上限", "是否超过"), rows, {}, notes)


def _recovery(found: Sequence[Application], span: _Span) -> Iterator[ListSheet]:
    rows = []
    for one, made in span.moves(found, Move.RECOVER):
        got, cost = _amount(one, made, Book.RECOVERED), _amount(one, made, Book.RECOVERY_COST)
        back = [_amount(one, made, Book.RETURNED, party) for party in SHARES]
        rows.append(
            (*_who(one, span), one.booked(Book.LOSS), got, cost, *back, _amount(one, made, Book.RETURNED), made.on)
        )
    totals = {PARTY_LABELS[party]: span.booked(Book.RETURNED, party) for party in SHARES}
    totals |= {"追回金额": span.booked(Book.RECOVERED), "追偿费用": span.booked(Book.RECOVERY_COST)}
    totals |= {"返还总额": span.booked(Book.RETURNED)}
    named = [PARTY_LABELS[party] for party in SHARES]
    titles = (*WHO, "本金损失", "追回金额", "追偿费用", *named, "返还总额", "登记日期")
    yield _sheet("追偿", titles, rows, totals, ["追回金额扣除费用后，按各方分担的损失返还。"])


_SHEETS: Mapping[ListKind, Callable[[Sequence[Application], _Span], Iterator[ListSheet]]] = {
    ListKind.FILING: _filing,
    ListKind.SUBSIDY: _subsidy,
    ListKind.CLAIM: _claim,
    ListKind.REGUARANTEE: _reguarantee,
    ListKind.RECOVERY: _recovery,
}
