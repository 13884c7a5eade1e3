"""Every product answers as its cases say; the cases would notice any other number, comparison or day."""

import operator
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from risk.policies.cases import missing_cases, read_cases, run_cases
from risk.policies.parameters import PolicyParameter, PolicyValue
from risk.policies.product import Product, load_product, product_codes, products
from risk.policies.rule import Condition

PRODUCTS = list(products())
FILES = {product.code: read_cases(product.code) for product in PRODUCTS}
CASES = [(product, case) for product in PRODUCTS for case in FILES[product.code].cases]
TICKS = {"元": "0.01", "/1": "0.0001", "/年": "0.0001", "倍": "0.0001"}
SIBLINGS = {operator.ge: operator.gt, operator.gt: operator.ge, operator.le: operator.lt, operator.lt: operator.le}
DAY = timedelta(days=1)


def notices(product: Product) -> bool:
    """Tell whether a case of the product's own comes out otherwise."""
    return any(not result.passed for result in run_cases(product, FILES[product.code]))


@pytest.mark.parametrize(("product", "case"), CASES, ids=lambda one: getattr(one, "name", "") or one.code)
def test_every_case_comes_out_as_it_says(product: Product, case: object) -> None:
    one = FILES[product.code].model_copy(update={"cases": (case,)})

    assert [result.differences for result in run_cases(product, one)] == [()]


@pytest.mark.parametrize("code", product_codes())
def test_every_change_of_every_parameter_has_a_case_on_its_first_day_and_on_the_day_before(code: str) -> None:
    assert missing_cases(load_product(code), FILES[code]) == ()


def test_a_change_without_cases_is_found_with_both_days() -> None:
    product = load_product("lukedai")
    share = product.file.parameters["share_bank"]
    value = share.values[date(2023, 9, 28)].model_copy(update={"value": Decimal("0.20")})
    changed = with_values(product, "share_bank", {**share.values, date(2027, 1, 1): value})

    missing = missing_cases(changed, FILES["lukedai"])

    assert [(one.parameter, one.day) for one in missing] == [
        ("share_bank", date(2027, 1, 1)),
        ("share_bank", date(2026, 12, 31)),
    ]


def with_values(product: Product, name: str, values: dict[date, PolicyValue]) -> Product:
    """Return the product with other values of one parameter."""
    parameter = product.file.parameters[name].model_copy(update={"values": values})
    parameters = {**product.file.parameters, name: parameter}
    return replace(product, file=product.file.model_copy(update={"parameters": parameters}))


def moved(parameter: PolicyParameter, value: Decimal) -> Iterator[Decimal]:
    """Give the neighbours of a value that its unit allows."""
    if parameter.unit == "是/否":
        yield 1 - value
        return
    tick = Decimal(TICKS.get(parameter.unit, "1"))
    yield value + tick
    if value >= tick:
        yield value - tick


NUMBERS = [
    pytest.param(product, name, start, other, id=f"{product.code}.{name}.{start}.{other}")
    for product in PRODUCTS
    for name, parameter in product.file.parameters.items()
    for start, value in parameter.values.items()
    if value.value is not None
    for other in moved(parameter, value.value)
]


@pytest.mark.parametrize(("product", "name", "start", "other"), NUMBERS)
def test_a_number_that_were_one_tick_off_is_noticed(product: Product, name: str, start: date, other: Decimal) -> None:
    values = dict(product.file.parameters[name].values)
    values[start] = values[start].model_copy(update={"value": other})

    assert notices(with_values(product, name, values))


def changes(parameter: PolicyParameter) -> Iterator[date]:
    """Give the first days on which a number really becomes another."""
    before = None
    for start, value in sorted(parameter.values.items()):
        if value.value != before:
            yield start
        before = value.value


LATER = [
    pytest.param(product, name, start, id=f"{product.code}.{name}.{start}")
    for product in PRODUCTS
    for name, parameter in product.file.parameters.items()
    for start in changes(parameter)
]


@pytest.mark.parametrize(("product", "name", "start"), LATER)
def test_a_number_that_came_a_day_later_is_noticed(product: Product, name: str, start: date) -> None:
    assert notices(with_values(product, name, shifted(product.file.parameters[name], start, DAY)))


def shifted(parameter: PolicyParameter, start: date, by: timedelta) -> dict[date, PolicyValue]:
    """Return the parameter's values, the one that starts on this day moved."""
    values = dict(parameter.values)
    values[start + by] = values.pop(start)
    return values


EARLIER = [
    pytest.param(product, start, id=f"{product.code}.{start}")
    for product in PRODUCTS
    for start in sorted({day for parameter in product.file.parameters.values() for day in changes(parameter)})
    if product.in_force(start - DAY)
]


@pytest.mark.parametrize(("product", "start"), EARLIER)
def test_a_document_that_came_a_day_earlier_is_noticed(product: Product, start: date) -> None:
    for name, parameter in product.file.parameters.items():
        if start in parameter.values:
            product = with_values(product, name, shifted(parameter, start, -DAY))

    assert notices(product)


CONDITIONS = [
    pytest.param(product, check, id=f"{product.code}.{check.name}")
    for product in PRODUCTS
    for check in product.rulebook.rules
    if isinstance(check, Condition)
    and check.holds in SIBLINGS
    and product.file.parameters[check.parameter].unit != "是/否"
    and any(value.value is not None for value in product.file.parameters[check.parameter].values.values())
]


@pytest.mark.parametrize(("product", "check"), CONDITIONS)
def test_a_comparison_that_were_stricter_or_looser_at_the_bound_is_noticed(product: Product, check: Condition) -> None:
    otherwise = replace(check, holds=SIBLINGS[check.holds])
    rules = tuple(otherwise if rule is check else rule for rule in product.rulebook.rules)

    assert notices(replace(product, rulebook=replace(product.rulebook, rules=rules)))


CHECKS = [
    pytest.param(product, check, id=f"{product.code}.{check.stage}.{check.name}")
    for product in PRODUCTS
    for check in product.rulebook.rules
    if not (isinstance(check, Condition) and check.parameter == "rate_over_lpr_max")
]


@pytest.mark.parametrize(("product", "check"), CHECKS)
def test_a_rule_that_were_left_out_is_noticed(product: Product, check: object) -> None:
    rules = tuple(rule for rule in product.rulebook.rules if rule is not check)

    assert notices(replace(product, rulebook=replace(product.rulebook, rules=rules)))
