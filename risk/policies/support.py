"""What does a product pay, how does it divide a loss, and how much does it cover at most?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from risk.policies.facts import Value, lacking
from risk.policies.money import to_fen
from risk.policies.parameters import Used
from risk.policies.product import Product
from risk.policies.rule import Benefit, Cap, Coverage, Party, Reading, Sharing
from risk.policies.verdict import reading_of, usable_facts


@dataclass(frozen=True, kw_only=True)
class Paid:
    """Tell one benefit: yuan to the fen, None with a note where it cannot be worked out."""

    name: str
    label: str
    payer: Party
    receiver: Party
    amount: Decimal | None
    formula: str
    note: str
    parameters: tuple[Used, ...]

    @property
    def mark(self) -> str:
        """Return what must be written behind the amount: whether one of its numbers is unverified."""
        return next((used.mark for used in self.parameters if used.mark), "")


@dataclass(frozen=True, kw_only=True)
class Covered:
    """Tell who bears a loss; None with a note where the product does not say."""

    coverage: Coverage | None
    formula: str
    note: str
    parameters: tuple[Used, ...]


@dataclass(frozen=True, kw_only=True)
class Capped:
    """Tell the most that is supported: yuan, None with a note where it cannot be worked out."""

    amount: Decimal | None
    formula: str
    note: str
    parameters: tuple[Used, ...]


def benefits_of(product: Product, facts: Mapping[str, Value], *, on: date) -> tuple[Paid, ...]:
    """Return what the product would pay on facts, its conditions being met; nothing on days it is not in force."""
    if product.in_force(on) is None:
        return ()
    return tuple(_paid(benefit, product, facts, on) for benefit in product.rulebook.benefits)


def coverage_of(product: Product, facts: Mapping[str, Value], *, on: date) -> Covered | None:
    """Return who bears a loss under the product; None where it divides none or is not in force."""
    sharing = product.rulebook.sharing
    if sharing is None or product.in_force(on) is None:
        return None
    reading, note, read = _read(sharing, product, facts, on)
    coverage = None if reading is None else sharing.coverage(reading)
    return Covered(coverage=coverage, formula=sharing.formula, note=note, parameters=read)


def cap_of(product: Product, facts: Mapping[str, Value], *, on: date) -> Capped | None:
    """Return the most that the product supports for the firm; None where it has no cap or is not in force."""
    cap = product.rulebook.cap
    if cap is None or product.in_force(on) is None:
        return None
    reading, note, read = _read(cap, product, facts, on)
    amount = None if reading is None else to_fen(cap.amount(reading))
    return Capped(amount=amount, formula=cap.formula, note=note, parameters=read)


def _paid(benefit: Benefit, product: Product, facts: Mapping[str, Value], on: date) -> Paid:
    reading, note, read = _read(benefit, product, facts, on)
    return Paid(
        name=benefit.name,
        label=benefit.label,
        payer=benefit.payer,
        receiver=benefit.receiver,
        amount=None if reading is None else to_fen(benefit.amount(reading)),
        formula=benefit.formula,
        note=note,
        parameters=read,
    )


def _read(
    wanted: Benefit | Sharing | Cap, product: Product, facts: Mapping[str, Value], on: date
) -> tuple[Reading | None, str, tuple[Used, ...]]:
    """Return the reading, or None and why there is none; and the parameters read."""
    usable = usable_facts(facts, product.vocabulary)
    options = wanted.options if isinstance(wanted, Sharing) else ()
    read = tuple(used for name in (*wanted.parameters, *options) if (used := product.used(name, on)) is not None)
    in_force = {used.name for used in read if used.value is not None}
    absent = [product.file.parameters[name].label for name in wanted.parameters if name not in in_force]
    if absent:
        return None, f"当日没有有效的取值：{'、'.join(absent)}。", read
    missing = [name for name in wanted.facts if name not in usable]
    if missing:
        return None, lacking(missing, product.vocabulary), read
    named = (*wanted.facts, *wanted.hints)
    return reading_of(usable, named, read, day=on, vocabulary=product.vocabulary), "", read
