"""How are policy products tried and their cases run?"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from api.policy_desk import ProductCases
from risk.policies.cases import missing_cases, read_cases, run_cases
from risk.policies.facts import UNKNOWN_WORDS, parse_number, read_facts
from risk.policies.parameters import ParameterMalformed, credit_terms
from risk.policies.product import Product, load_product, products
from risk.policies.rule import STAGE_LABELS, Stage, StageUnknown
from risk.policies.trial import Trial, reform_both, try_product


class Policies:
    """Read the products from their folders."""

    def run_cases(self) -> tuple[ProductCases, ...]:
        """Run the worked cases of every product."""
        return tuple(map(_cases, products()))

    def list_products(self) -> tuple[Product, ...]:
        """Return every product."""
        return tuple(products())

    def attempt(
        self, product: str, facts: Mapping[str, object], *, on: date, stage: str | None, reforms: Mapping[str, str]
    ) -> Trial:
        """Try a product on facts told in text; raise ProductUnknown, FactUnknown, FactMalformed and their like."""
        loaded = load_product(product)
        known = read_facts(facts, loaded.vocabulary)
        proposed, terms = reform_both(
            loaded, credit_terms(), {name: proposed_number(name, text.strip()) for name, text in reforms.items()}
        )
        return try_product(proposed, known, on=on, stage=_stage(stage, loaded), terms=terms)


def _cases(product: Product) -> ProductCases:
    file = read_cases(product.code)
    return ProductCases(
        product=product.code,
        label=product.label,
        results=tuple(run_cases(product, file)),
        missing=missing_cases(product, file),
    )


def proposed_number(name: str, text: str) -> Decimal | None:
    """Read a proposed number; null takes the parameter out of force; raise ParameterMalformed."""
    if text in UNKNOWN_WORDS:
        return None
    number = {"是": Decimal(1), "否": Decimal(0)}.get(text, parse_number(text))
    if number is None:
        raise ParameterMalformed(f"“{name}”的拟议取值“{text}”不是一个数。", help="写成 名称=数；null 表示停止施行。")
    return number


def _stage(name: str | None, product: Product) -> Stage | None:
    if name is None:
        return None
    listed = {word: stage for stage in product.stages for word in (stage.value, STAGE_LABELS[stage])}
    if name not in listed:
        said = "、".join(f"{stage}（{STAGE_LABELS[stage]}）" for stage in product.stages)
        raise StageUnknown(f"“{product.label}”没有名为“{name}”的环节。", help=f"可用的有：{said}。")
    return listed[name]
