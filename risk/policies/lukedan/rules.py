"""Which guarantees does the province support, within which limits of the guarantor, and who bears what?"""

import operator
from datetime import date
from decimal import Decimal

from data.spec.table import Unit
from risk.policies.facts import TIMES, say
from risk.policies.rule import (
    Benefit,
    Cap,
    Condition,
    Coverage,
    Judged,
    Party,
    Reading,
    Rule,
    Rulebook,
    Sharing,
    Stage,
    not_both,
)

ACCEPTED = ("accepts_none", "accepts_ip", "accepts_licence")
TIERS = ("fund_share_tier1", "fund_share_tier2", "fund_share_tier3")
TIER_LABELS = ("一档", "二档", "三档")
TIER_FACTS = (
    "is_specialized_sme",
    "has_national_project",
    "high_tech_until",
    "tech_sme_entry_year",
    "selected_by_points",
    "is_innovative_sme",
)
LIABILITY = ("amount", "bank_share", "guarantor_net_assets")


def _counter_guarantee(reading: Reading) -> Judged:
    word = reading.words["counter_guarantee"]
    labels = {"none": "无反担保", "ip": "知识产权", "licence": "许可权"}
    passed = reading.grants(f"accepts_{word}") if word in labels else False
    return Judged(
        passed=passed, measured=labels.get(word, "其他反担保"), required="无反担保，或以知识产权、许可权反担保"
    )


def _tier(reading: Reading) -> int | None:
    """Return 0, 1 or 2 for the tiers of the national plan, None where the firm is in none that is known."""
    until = reading.facts.get("high_tech_until")
    high_tech = isinstance(until, date) and reading.day < until
    entered = reading.facts.get("tech_sme_entry_year") == reading.day.year
    tiers = (
        reading.is_set("is_specialized_sme") or reading.is_set("has_national_project"),
        high_tech or (entered and reading.is_set("selected_by_points")),
        entered or reading.is_set("is_innovative_sme"),
    )
    return next((number for number, reached in enumerate(tiers) if reached), None)


def _fund_share(reading: Reading) -> Judged:
    tier = _tier(reading)
    if tier is None:
        note = "专精特新、国家项目、高新技术企业（有效期内）、当年入库编号、创新型中小企业均未证实。"
        return Judged(passed=False, measured="不在三档之内", required="属于国家计划的一档", note=note)
    most, share = reading.numbers[TIERS[tier]], reading.fact("fund_share")
    required = f"{TIER_LABELS[tier]}，不超过{say(most, Unit.RATIO)}"
    return Judged(passed=share <= most, measured=say(share, Unit.RATIO), required=required)


def _guaranteed(reading: Reading) -> Decimal:
    """Return the guaranteed amount: the loan without the bank's own share."""
    return reading.fact("amount") * (1 - reading.fact("bank_share"))


def _limit(measured: Decimal, most: Decimal, unit: str) -> Judged:
    shown = round(measured, 4)
    return Judged(passed=measured <= most, measured=say(shown, unit), required=f"不超过{say(most, unit)}")


def _balance(reading: Reading) -> Judged:
    after = reading.fact("guaranteed_balance_before") + _guaranteed(reading)
    return _limit(after, reading.numbers["balance_cap"], Unit.YUAN)


def _to_net_assets(reading: Reading, *before: str) -> Decimal | None:
    own = reading.fact("guarantor_net_assets")
    return (sum(map(reading.fact, before), Decimal(0)) + _guaranteed(reading)) / own if own else None


def _of_net_assets(reading: Reading, most: Decimal, unit: str, *before: str) -> Judged:
    ratio = _to_net_assets(reading, *before)
    if ratio is None:
        return Judged(passed=False, measured="净资产为零", required=f"不超过净资产的{say(most, unit)}")
    return _limit(ratio, most, unit)


def _leverage(reading: Reading) -> Judged:
    name = "leverage_max_small" if reading.is_set("guarantor_mainly_small") else "leverage_max"
    return _of_net_assets(reading, reading.numbers[name], TIMES, "guarantor_liability")


def _single(reading: Reading) -> Judged:
    return _of_net_assets(reading, reading.numbers["single_client_max"], Unit.RATIO, "client_liability")


def _group(reading: Reading) -> Judged:
    most = reading.numbers["client_group_max"]
    return _of_net_assets(reading, most, Unit.RATIO, "client_liability", "affiliates_liability")


def _coverage(reading: Reading) -> Coverage:
    """Divide by the shares agreed; without them by the plan's limits, the guarantor bearing the rest.

    Order of the national fund's share and the provincial compensation: not documented; the compensation refunds the
    guarantor's own part last.
    """
    numbers, tier = reading.numbers, _tier(reading)
    bank = _agreed(reading, "bank_share", numbers["bank_share_min"])
    reguarantor = _agreed(reading, "reguarantee_share", numbers["reguarantee_share_min"])
    fund = _agreed(reading, "fund_share", Decimal(0) if tier is None else numbers[TIERS[tier]])
    fund = min(fund, 1 - min(Decimal(1), bank + reguarantor))
    guarantor = max(Decimal(0), 1 - bank - reguarantor - fund)
    shares = {Party.NATIONAL_FUND: fund, Party.REGUARANTOR: reguarantor, Party.GUARANTOR: guarantor}
    shares[Party.BANK] = 1 - sum(shares.values(), Decimal(0))
    refund = reading.fact("amount") * (1 - bank) * numbers["compensation_max"]
    return Coverage(shares, refund_most=refund)


def _agreed(reading: Reading, name: str, otherwise: Decimal) -> Decimal:
    return reading.fact(name) if reading.knows(name) else otherwise


def _fee_subsidy(reading: Reading) -> Decimal:
    return _guaranteed(reading) * reading.numbers["fee_subsidy_rate"] * reading.fact("term_months") / 12


def _reguarantee_fee(reading: Reading) -> Decimal:
    """Return what the guarantor pays the fund; the base of the fee was not seen: here the fund's part."""
    guaranteed, numbers = _guaranteed(reading), reading.numbers
    small = guaranteed <= numbers["reguarantee_fee_bound"]
    rate = numbers["reguarantee_fee_small" if small else "reguarantee_fee_large"]
    return guaranteed * reading.fact("fund_share") * rate * reading.fact("term_months") / 12


def _compensation(reading: Reading) -> Decimal:
    return min(reading.fact("guarantor_loss"), _guaranteed(reading) * reading.numbers["compensation_max"])


def _room(reading: Reading) -> Decimal:
    """Return the greatest loan whose guaranteed part still fits under the household's cap."""
    left = max(Decimal(0), reading.numbers["balance_cap"] - reading.fact("guaranteed_balance_before"))
    part = 1 - reading.fact("bank_share")
    return left / part if part else left


RULEBOOK = Rulebook(
    watched_by="filing_watch",
    guarantee=True,
    rules=(
        Condition(
            name="guarantor_in_system",
            label="担保机构在省政府性融资担保体系内",
            fact="guarantor_in_system",
            parameter="requires_system_member",
            holds=operator.ge,
        ),
        Rule(
            name="counter_guarantee_is_light",
            label="反担保限于知识产权、许可权或没有",
            judge=_counter_guarantee,
            facts=("counter_guarantee",),
            parameters=ACCEPTED,
        ),
        Condition(
            name="fee_is_low",
            label="实际年担保费率不超上限",
            fact="guarantee_fee_rate",
            parameter="fee_rate_max",
            holds=operator.le,
        ),
        Condition(
            name="bank_bears_enough",
            label="银行分险不低于下限",
            fact="bank_share",
            parameter="bank_share_min",
            holds=operator.ge,
        ),
        Condition(
            name="reguarantor_bears_enough",
            label="省再担保分险不低于下限",
            fact="reguarantee_share",
            parameter="reguarantee_share_min",
            holds=operator.ge,
        ),
        Rule(
            name="fund_share_within_tier",
            label="国家融担基金分险不超所属档次",
            judge=_fund_share,
            facts=("fund_share",),
            hints=TIER_FACTS,
            parameters=TIERS,
        ),
        Rule(
            name="balance_within_cap",
            label="单户在保余额不超上限",
            judge=_balance,
            facts=("amount", "bank_share", "guaranteed_balance_before"),
            parameters=("balance_cap",),
        ),
        Condition(
            name="payout_rate_within_cap",
            label="担保机构代偿率不超上限",
            fact="payout_rate",
            parameter="payout_rate_cap",
            holds=operator.le,
        ),
        Rule(
            name="leverage_within_limit",
            label="担保机构放大倍数不超上限",
            judge=_leverage,
            facts=(*LIABILITY, "guarantor_liability"),
            hints=("guarantor_mainly_small",),
            parameters=("leverage_max", "leverage_max_small"),
        ),
        Rule(
            name="single_client_within_limit",
            label="对单一企业的责任余额不超上限",
            judge=_single,
            facts=(*LIABILITY, "client_liability"),
            parameters=("single_client_max",),
        ),
        Rule(
            name="client_group_within_limit",
            label="对企业及其关联方的责任余额不超上限",
            judge=_group,
            facts=(*LIABILITY, "client_liability", "affiliates_liability"),
            parameters=("client_group_max",),
        ),
        Condition(
            name="not_for_its_controller",
            label="不是为担保机构的控股股东、实际控制人担保",
            fact="is_for_controller",
            parameter="prohibits_controller",
            holds=not_both,
        ),
        Condition(
            name="filing_is_made",
            label="已统一备案",
            fact="is_filed",
            parameter="requires_filing",
            holds=operator.ge,
            stage=Stage.FILE,
        ),
        Condition(
            name="is_filed",
            label="已经备案",
            fact="is_filed",
            parameter="requires_filing",
            holds=operator.ge,
            stage=Stage.CLAIM,
            otherwise="未备案的担保不予补偿。",
        ),
        Condition(
            name="has_paid_out",
            label="担保机构已经代偿",
            fact="has_paid_out",
            parameter="requires_payout",
            holds=operator.ge,
            stage=Stage.CLAIM,
        ),
    ),
    benefits=(
        Benefit(
            name="fee_subsidy",
            label="保费补贴",
            payer=Party.PROVINCE,
            receiver=Party.GUARANTOR,
            formula="担保金额 × 年补贴比例上限 × 年数",
            amount=_fee_subsidy,
            facts=("amount", "bank_share", "term_months"),
            parameters=("fee_subsidy_rate",),
        ),
        Benefit(
            name="reguarantee_fee",
            label="再担保费",
            payer=Party.GUARANTOR,
            receiver=Party.NATIONAL_FUND,
            formula="担保金额 × 基金分险比例 × 年再担保费率上限 × 年数（计费基数未核实）",
            amount=_reguarantee_fee,
            facts=("amount", "bank_share", "fund_share", "term_months"),
            parameters=("reguarantee_fee_small", "reguarantee_fee_large", "reguarantee_fee_bound"),
        ),
        Benefit(
            name="payout_compensation",
            label="代偿补偿",
            payer=Party.PROVINCE,
            receiver=Party.GUARANTOR,
            formula="担保机构自担的损失，不超过担保金额的补偿上限",
            amount=_compensation,
            facts=("amount", "bank_share", "guarantor_loss"),
            parameters=("compensation_max",),
        ),
    ),
    sharing=Sharing(
        formula="银行、国家融担基金、省再担保按比例分担，其余由担保机构承担，省财政再补偿担保机构",
        coverage=_coverage,
        facts=("amount",),
        hints=("bank_share", "reguarantee_share", "fund_share", *TIER_FACTS),
        parameters=("bank_share_min", "reguarantee_share_min", *TIERS, "compensation_max"),
    ),
    cap=Cap(
        formula="（单户在保余额上限 － 现有在保余额）÷ 担保比例",
        amount=_room,
        facts=("guaranteed_balance_before", "bank_share"),
        parameters=("balance_cap",),
    ),
)
