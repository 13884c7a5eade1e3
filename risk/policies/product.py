"""Which policy products are there, and what do their files say?

A product is one folder: product.yaml holds its dated numbers, rules.py its logic, cases.yaml its worked cases. It is
found by being there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import import_module
from pathlib import Path

from data.spec.dated import load_strict
from data.spec.errors import Refusal
from risk.policies.facts import Fact, near, shared_facts
from risk.policies.parameters import (
    PolicyParameter,
    PolicyParameters,
    Used,
    parameter_of,
    used_of,
)
from risk.policies.rule import Check, Rulebook, Stage

HERE = Path(__file__).parent
IN_FORCE = "in_force"


class ProductUnknown(Refusal):
    """No policy product has this code."""

    code = "product-unknown"
    status = 404


class ProductFile(PolicyParameters):
    """Hold product.yaml: who owns the product, since when it is in force, its numbers, and the facts it alone reads.

    `illustrative` says that no official text stands behind the numbers: they show how a rule would work.
    """

    owner: str
    about: str
    illustrative: bool = False
    in_force: PolicyParameter
    facts: Mapping[str, Fact] = {}


@dataclass(frozen=True)
class Product:
    """Be one policy product; `reforms` names the numbers of a proposal that stand in place of the file's."""

    file: ProductFile
    rulebook: Rulebook
    reforms: Mapping[str, Decimal | None] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """Return the product's code."""
        return self.file.code

    @property
    def label(self) -> str:
        """Return the product's Chinese name."""
        return self.file.label

    @property
    def vocabulary(self) -> Mapping[str, Fact]:
        """Return every fact that may be told to the product, by name."""
        return {**shared_facts(), **self.file.facts}

    def used(self, name: str, day: date) -> Used | None:
        """Return the value of a parameter in force on day; None before its first."""
        return self.file.used(name, day)

    def in_force(self, day: date) -> Used | None:
        """Return what puts the product in force on day; None where nothing does."""
        standing = used_of(IN_FORCE, self.file.in_force, day, self.file.last_verified_on)
        return standing if standing is not None and standing.value == 1 else None

    def checks(self, stage: Stage) -> tuple[Check, ...]:
        """Return the conditions and rules of a stage."""
        return tuple(check for check in self.rulebook.rules if check.stage is stage)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Return the stages at which the product has something to ask."""
        return tuple(stage for stage in Stage if self.checks(stage))

    def reform(self, values: Mapping[str, Decimal | None]) -> "Product":
        """Return a copy with parameters replaced on all days; files stay as they are.

        None takes a parameter out of force. Raises ParameterUnknown with the nearest names, ParameterMalformed.
        """
        return replace(self, file=self.file.reform(values), reforms={**self.reforms, **values})

    def as_used(self, values: tuple[Used, ...]) -> "Product":
        """Return a copy that knows these values and no others: the product as an old answer saw it."""
        known: dict[str, PolicyParameter] = {}
        for used in values:
            one = parameter_of(used)
            before = known.get(used.name)
            known[used.name] = (
                one if before is None else before.model_copy(update={"values": {**before.values, **one.values}})
            )
        nothing = {
            name: parameter.model_copy(update={"values": {}}) for name, parameter in self.file.parameters.items()
        }
        in_force = known.pop(IN_FORCE, self.file.in_force.model_copy(update={"values": {}}))
        file = self.file.model_copy(update={"parameters": {**nothing, **known}, "in_force": in_force})
        return replace(self, file=file)


def product_codes() -> tuple[str, ...]:
    """Return the codes of all products: the folders that hold a product.yaml."""
    return tuple(sorted(path.parent.name for path in HERE.glob("*/product.yaml")))


def load_product(code: str) -> Product:
    """Read a product by its code; raise ProductUnknown with the nearest codes."""
    if code not in product_codes():
        labels = {one.code: one.file for one in products()}
        listed = "、".join(f"{name}（{file.label}）" for name, file in labels.items())
        raise ProductUnknown(f"没有代码为“{code}”的政策产品。", help=near(code, labels) or f"现有：{listed}。")
    return _load(code)


def products() -> Iterator[Product]:
    """Read every product, in the order of their codes."""
    return map(_load, product_codes())


@cache
def _load(code: str) -> Product:
    text = (HERE / code / "product.yaml").read_text(encoding="utf-8")
    rulebook = import_module(f"risk.policies.{code}.rules").RULEBOOK
    assert isinstance(rulebook, Rulebook)
    return Product(ProductFile.model_validate(load_strict(text)), rulebook)
