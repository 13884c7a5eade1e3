"""What does an application ask for, where is it, and what has been told, done and booked about it?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from data.spec.errors import Refusal
from data.spec.table import Unit
from data.store.applications import BookedEntry, MadeMove, StoredApplication, StoredSheet
from data.store.reads import Enterprise
from risk.joint.states import Move, State
from risk.joint.terms import Terms
from risk.joint.words import Book, Guarantee, Sheet
from risk.policies.facts import Fact, Value, read_facts, shared_facts
from risk.policies.product import Product, load_product

Step = MadeMove
"""A move in the history of an application."""

SheetKept = StoredSheet
"""A party's sheet as it was handed in."""

PREFIX = "SQ"
CONTRACT = ("amount", "term_months", "rate", "loan_use", "collateral")
"""What every application says of its loan; each a fact of policies."""

FIRST = "new"


class ApplicationUnknown(Refusal):
    """No application by this number concerns the institution."""

    code = "application-unknown"
    status = 404


class TermsMissing(Refusal):
    """An application does not say what it must."""

    code = "terms-missing"


def number_of(id: int) -> str:
    """Write an application's number.

    >>> number_of(12)
    'SQ000012'
    """
    return f"{PREFIX}{id:06d}"


def parse_number(text: str) -> int:
    """Read an application's number, its letters and zeros optional; raise ApplicationUnknown."""
    digits = text.strip().upper().removeprefix(PREFIX)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 12:
        raise ApplicationUnknown(f"“{text}”不是申请编号。", help="请写成 SQ000001 的样子。")
    return int(digits)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Hold what is asked for: facts of the loan by name, how it is guaranteed, and the purpose in words.

    `told` are further facts that the parties state, each with who stated it.
    """

    loan: Mapping[str, Value]
    guarantee: Guarantee
    purpose: str
    told: Mapping[str, Value]

    @property
    def amount(self) -> Decimal:
        """Return the amount in yuan."""
        value = self.loan["amount"]
        assert isinstance(value, Decimal)
        return value

    @property
    def term_months(self) -> int:
        """Return the term."""
        return int(str(self.loan["term_months"]))


LEDGER_PRODUCTS: Mapping[str, str] = {"lukedai": "lukedai", "lukedan": "lukedan", "rnd_loan": "rd_loan"}
"""What the loan ledger calls the policy products that it tells apart; the score has an intercept for each."""


LEDGER_ALONE = frozenset({"is_early_rnd_credit"})
"""What the ledger of filed loans alone says; a party that could state it would choose its own share of a loss."""


def vocabulary(product: Product) -> Mapping[str, Fact]:
    """Return the facts that may be told of an application for a product."""
    told = {name: fact for name, fact in product.vocabulary.items() if name not in LEDGER_ALONE}
    return {**told, "matures_on": Fact(label="到期日期", unit="日期")}


def read_asked(product: Product, texts: Mapping[str, object], *, guarantee: Guarantee, purpose: str) -> Asked:
    """Read what is asked for from text; raise TermsMissing, FactUnknown, FactMalformed."""
    known = read_facts(texts, vocabulary(product))
    missing = [shared_facts()[name].label for name in CONTRACT if name not in known]
    if missing or not purpose.strip():
        named = "、".join([*missing, *([] if purpose.strip() else ["用途说明"])])
        raise TermsMissing(f"申请还缺：{named}。", help="金额可写 500万，年利率可写 3.6%，期限为月数。")
    if not known["amount"]:
        raise TermsMissing("申请金额应大于零。", help="金额可写 500万。")
    loan = {name: known.pop(name) for name in CONTRACT}
    return Asked(loan=loan, guarantee=guarantee, purpose=purpose.strip(), told=known)


def asked_record(asked: Asked) -> dict[str, Any]:
    """Return what is asked for as plain JSON values; numbers are text."""
    return {
        "loan": {name: str(value) for name, value in asked.loan.items()},
        "guarantee": str(asked.guarantee),
        "purpose": asked.purpose,
        "told": {name: str(value) for name, value in asked.told.items()},
    }


@dataclass(frozen=True, kw_only=True)
class Application:
    """Be an application as it stands: what is stored of it, and of which enterprise."""

    stored: StoredApplication
    enterprise: Enterprise

    @property
    def number(self) -> str:
        """Return its number as people write it."""
        return number_of(self.stored.id)

    @property
    def product(self) -> Product:
        """Return the policy product it is for."""
        return load_product(self.stored.product)

    @property
    def ledger_product(self) -> str | None:
        """Return what the loan ledger calls the product, None where it does not tell it apart."""
        return LEDGER_PRODUCTS.get(self.stored.product)

    @property
    def state(self) -> State:
        """Return where it is: where its last move led."""
        return State(self.stored.moves[-1].state)

    @property
    def asked(self) -> Asked:
        """Return what is asked for, as last revised."""
        last = self.last(FIRST, Move.REVISE)
        assert last is not None
        record = last.details
        known = vocabulary(self.product)
        return Asked(
            loan=read_facts(record["loan"], known),
            guarantee=Guarantee(record["guarantee"]),
            purpose=record["purpose"],
            told=read_facts(record["told"], known),
        )

    @property
    def required_sheets(self) -> frozenset[Sheet]:
        """Return whose sheets are asked for: none of a guarantor that guarantees in bulk, by rule."""
        individual = self.asked.guarantee is Guarantee.INDIVIDUAL
        return frozenset({Sheet.BUREAU, Sheet.BANK, *((Sheet.GUARANTOR,) if individual else ())})

    def last(self, *moves: str) -> MadeMove | None:
        """Return the last of such moves; None where there was none."""
        return next((made for made in reversed(self.stored.moves) if made.move in moves), None)

    def terms(self) -> Terms:
        """Return the terms it is evaluated under: those of the day its evaluation began, else of its last move."""
        begun = self.last(Move.BEGIN)
        return Terms((begun or self.stored.moves[-1]).on)

    @property
    def is_open(self) -> bool:
        """Tell whether the sheets of the running evaluation are open."""
        return self.last(Move.OPEN) is not None

    @property
    def is_filed(self) -> bool:
        """Tell whether the loan is filed, and the filing was not revoked."""
        last = self.last(Move.FILE, Move.REVOKE_FILING)
        return last is not None and last.move == Move.FILE

    @property
    def was_disbursed(self) -> bool:
        """Tell whether there is a loan."""
        return self.last(Move.DISBURSE) is not None

    def sheet(self, sheet: Sheet) -> StoredSheet | None:
        """Return a party's sheet, None where it is not handed in."""
        return next((one for one in self.stored.sheets if one.party == sheet), None)

    def booked(self, kind: Book, *, party: str | None = None, until: date | None = None) -> Decimal:
        """Return the sum booked of a kind, of one party or all, before a day or ever, in yuan."""
        return _sum(
            entry
            for entry in self.stored.entries
            if entry.kind == kind
            and (party is None or entry.party == party)
            and (until is None or entry.booked_on < until)
        )

    @property
    def outstanding(self) -> Decimal:
        """Return the principal still lent, in yuan: the balance last reported, nothing when settled or compensated."""
        if not self.was_disbursed or self.state in (State.SETTLED, State.COMPENSATED, State.RECOVERED):
            return Decimal("0.00")
        reported = self.last(Move.REPORT_OVERDUE)
        told = reported.details.get("balance") if reported is not None else None
        return Decimal(told) if told is not None else self.booked(Book.DISBURSED)


def _sum(entries: Iterable[BookedEntry]) -> Decimal:
    return sum((entry.amount for entry in entries), Decimal("0.00"))


def yuan(value: Decimal) -> str:
    """Write yuan for a person.

    >>> yuan(Decimal("1234567.8"))
    '1,234,567.80元'
    """
    return f"{value:,.2f}{Unit.YUAN}"
