"""Who may have a 鲁科贷 loan filed, who bears its loss, and what interest is refunded?"""

import operator
from datetime import date
from decimal import Decimal

from data.spec.table import Unit
from risk.policies.facts import say
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
    add_months,
    not_both,
)

PATHS = ("accepts_tech_sme_entry", "accepts_kerongxin", "accepts_project_lead", "accepts_talent")
PATH_FACTS = ("tech_sme_entry_year", "kerongxin_passed_on", "leads_provincial_project", "has_taishan_talent")
USES = ("on_lending", "entrusted_loan", "private_lending", "capital_market", "consumption")
EARLY = ("early_max_age_years", "early_max_staff", "early_max_assets", "early_max_revenue", "early_min_rnd_to_cost")
EARLY_FACTS = ("founded_on", "staff", "assets", "revenue", "rnd_to_cost")
EARLY_SHARES = ("early_government_share_max", "early_province_part")
REQUIRED_PATH = "当年入库编号、科融信增信评价、牵头省级以上科技项目、泰山产业创业领军人才之一"


def _path(reading: Reading) -> Judged:
    """Look for one way in on the reading's day; the previous year's entry counts on a condition where it is let in."""
    entry = reading.facts.get("tech_sme_entry_year")
    passed = reading.facts.get("kerongxin_passed_on")
    ways = {
        "持当年入库编号": reading.grants("accepts_tech_sme_entry") and entry == reading.day.year,
        "通过科融信增信评价": reading.grants("accepts_kerongxin")
        and isinstance(passed, date)
        and passed <= reading.day,
        "牵头省级以上科技项目": reading.grants("accepts_project_lead") and reading.is_set("leads_provincial_project"),
        "有泰山产业创业领军人才": reading.grants("accepts_talent") and reading.is_set("has_taishan_talent"),
    }
    found = next((way for way, open_ in ways.items() if open_), None)
    if found:
        return Judged(passed=True, measured=found, required=REQUIRED_PATH)
    if reading.grants("accepts_previous_year_entry") and entry == reading.day.year - 1:
        return _on_condition(reading.day, measured=f"暂以{entry}年度入库编号")
    return Judged(passed=False, measured=_no_way(entry), required=REQUIRED_PATH, note=_unknown_ways(reading))


def _on_condition(filed: date, *, measured: str) -> Judged:
    end = date(filed.year, 12, 31)
    note = f"须在{end}前取得{filed.year}年度入库编号或通过科融信增信评价，否则撤销备案。"
    return Judged(passed=True, measured=measured, required=REQUIRED_PATH, note=note, until=end)


def _no_way(entry: object) -> str:
    return "没有可用的途径" if entry is None else f"入库编号为{entry}年度，当日无效，也没有其他途径"


def _unknown_ways(reading: Reading) -> str:
    labels = dict(zip(PATH_FACTS, ("入库编号", "科融信增信评价", "牵头项目", "领军人才"), strict=True))
    unknown = [label for name, label in labels.items() if not reading.knows(name)]
    return f"未知的有：{'、'.join(unknown)}。" if unknown else ""


def _use(reading: Reading) -> Judged:
    use = reading.words["loan_use"]
    forbidden = reading.grants(f"prohibits_{use}") if use in USES else False
    named = "不得用于转贷、委托贷款、民间借贷、资本市场投资、个人消费"
    return Judged(passed=not forbidden, measured=USE_LABELS.get(use, "研发、转化、产业化等创新活动"), required=named)


USE_LABELS = dict(zip(USES, ("转贷", "委托贷款", "民间借贷", "资本市场投资", "个人消费"), strict=True))


def _within_cap(reading: Reading) -> Judged:
    cap, before = reading.numbers["covered_cap"], reading.fact("covered_balance_before")
    after, room = before + reading.fact("amount"), max(Decimal(0), cap - before)
    passed = after <= cap
    note = "" if passed else f"只有{say(room, Unit.YUAN)}可纳入补偿，其余由银行自担。"
    return Judged(passed=passed, measured=say(after, Unit.YUAN), required=f"不超过{say(cap, Unit.YUAN)}", note=note)


def _filed_in_time(reading: Reading) -> Judged:
    filed, disbursed = reading.date_of("filed_on"), reading.date_of("disbursed_on")
    last = add_months(disbursed, int(reading.numbers["filing_months"]))
    note = "备案早于放款，请核对日期。" if filed < disbursed else ""
    return Judged(passed=disbursed <= filed <= last, measured=str(filed), required=f"{disbursed}至{last}", note=note)


def _kept(reading: Reading) -> Judged:
    """Tell whether a filing still stands on the reading's day: one made on last year's entry falls at the year's end.

    The reading's day is that of the question; the filing's own day is a fact.
    """
    filed = reading.date_of("filed_on")
    end = date(filed.year, 12, 31)
    if not reading.grants("revokes_at_year_end") or reading.fact("entry_year_at_filing") >= filed.year:
        return Judged(passed=True, measured="以当年入库编号备案", required="备案未撤销")
    got = [reading.facts.get("entry_of_filing_year_on"), reading.facts.get("kerongxin_passed_on")]
    met = [day for day in got if isinstance(day, date) and day <= min(end, reading.day)]
    if met:
        return Judged(passed=True, measured=f"{min(met)}已补齐", required="备案未撤销")
    if reading.day <= end:
        return _on_condition(filed, measured="尚未补齐")
    return Judged(passed=False, measured=f"{end}前未补齐", required="备案未撤销", note="备案已撤销，不予补偿。")


def _settled_in_time(reading: Reading) -> Judged:
    settled, due = reading.date_of("settled_on"), reading.date_of("matures_on")
    passed = settled <= min(due, reading.day)
    return Judged(passed=passed, measured=str(settled), required=f"不晚于到期日{due}，且已结清")


def _is_early(reading: Reading) -> bool:
    """Tell whether the firm is young and small and the loan an R&D credit loan; what is unknown is not.

    Where the ledger says as what the loan was filed, that stands.
    """
    if reading.knows("is_early_rnd_credit"):
        return reading.is_set("is_early_rnd_credit")
    if not all(map(reading.knows, EARLY_FACTS)) or not set(EARLY) <= set(reading.numbers):
        return False
    oldest = add_months(reading.date_of("founded_on"), 12 * int(reading.numbers["early_max_age_years"]))
    return (
        reading.is_set("is_credit_loan")
        and reading.words.get("loan_use") == "rnd"
        and reading.day <= oldest
        and reading.fact("staff") <= reading.numbers["early_max_staff"]
        and reading.fact("assets") <= reading.numbers["early_max_assets"]
        and reading.fact("revenue") <= reading.numbers["early_max_revenue"]
        and reading.fact("rnd_to_cost") >= reading.numbers["early_min_rnd_to_cost"]
    )


def _coverage(reading: Reading) -> Coverage:
    numbers, amount = reading.numbers, reading.fact("amount")
    room = max(Decimal(0), numbers["covered_cap"] - reading.fact("covered_balance_before"))
    covered = min(Decimal(1), room / amount) if amount else Decimal(1)
    shares = {
        Party.PROVINCE: numbers["share_province"],
        Party.CITY: numbers["share_city"],
        Party.BANK: numbers["share_bank"],
    }
    if _is_early(reading) and set(EARLY_SHARES) <= set(numbers):
        government = numbers["early_government_share_max"]
        province = government * numbers["early_province_part"]
        shares = {Party.PROVINCE: province, Party.CITY: government - province, Party.BANK: 1 - government}
    return Coverage(shares, covered)


def _interest_subsidy(reading: Reading) -> Decimal:
    if reading.fact("interest_subsidies_received") >= reading.numbers["subsidy_times"]:
        return Decimal(0)
    return min(reading.fact("interest_paid") * reading.numbers["subsidy_rate"], reading.numbers["subsidy_cap"])


def _room(reading: Reading) -> Decimal:
    return max(Decimal(0), reading.numbers["covered_cap"] - reading.fact("covered_balance_before"))


RULEBOOK = Rulebook(
    watched_by="filing_watch",
    rules=(
        Rule(
            name="has_a_way_in",
            label="符合申请途径之一",
            judge=_path,
            hints=PATH_FACTS,
            options=(*PATHS, "accepts_previous_year_entry"),
        ),
        Rule(
            name="use_is_permitted",
            label="用途不在禁止之列",
            judge=_use,
            facts=("loan_use",),
            parameters=tuple(f"prohibits_{use}" for use in USES),
        ),
        Condition(
            name="bank_is_partner",
            label="由合作银行发放",
            fact="bank_is_partner",
            parameter="requires_partner_bank",
            holds=operator.ge,
        ),
        Rule(
            name="within_covered_cap",
            label="单户纳入补偿的余额不超上限",
            judge=_within_cap,
            facts=("amount", "covered_balance_before"),
            parameters=("covered_cap",),
        ),
        Condition(
            name="term_within_limit",
            label="贷款期限不超上限",
            fact="term_months",
            parameter="max_term_months",
            holds=operator.le,
        ),
        Condition(
            name="rate_uplift_within_limit",
            label="利率上浮不超上限",
            fact="rate_uplift",
            parameter="rate_uplift_max",
            holds=operator.le,
        ),
        Condition(
            name="rate_over_lpr_within_limit",
            label="利率高于LPR不超上限",
            fact="rate_over_lpr",
            parameter="rate_over_lpr_max",
            holds=operator.le,
        ),
        Rule(
            name="had_a_way_in_when_filed",
            label="备案日符合申请途径之一",
            judge=_path,
            hints=PATH_FACTS,
            options=(*PATHS, "accepts_previous_year_entry"),
            read_on="filed_on",
            stage=Stage.FILE,
        ),
        Rule(
            name="filed_in_time",
            label="在放款后规定月数内备案",
            judge=_filed_in_time,
            facts=("disbursed_on", "filed_on"),
            parameters=("filing_months",),
            read_on="disbursed_on",
            stage=Stage.FILE,
        ),
        Condition(
            name="is_filed",
            label="已经备案",
            fact="is_filed",
            parameter="requires_filing",
            holds=operator.ge,
            stage=Stage.CLAIM,
            otherwise="未备案的贷款不予补偿。",
        ),
        Rule(
            name="filing_stands",
            label="备案未被撤销",
            judge=_kept,
            facts=("filed_on", "entry_year_at_filing"),
            hints=("entry_of_filing_year_on", "kerongxin_passed_on"),
            parameters=("revokes_at_year_end",),
            stage=Stage.CLAIM,
        ),
        Condition(
            name="is_non_performing",
            label="五级分类为次级或以下",
            fact="five_class",
            parameter="claim_five_class_min",
            holds=operator.ge,
            stage=Stage.CLAIM,
        ),
        Condition(
            name="is_long_overdue",
            label="逾期超过规定天数",
            fact="days_past_due",
            parameter="claim_min_dpd",
            holds=operator.gt,
            stage=Stage.CLAIM,
        ),
        Condition(
            name="recovery_has_started",
            label="已开始追偿",
            fact="recovery_started",
            parameter="requires_recovery_started",
            holds=operator.ge,
            stage=Stage.CLAIM,
        ),
        Rule(
            name="settled_in_time",
            label="按期结清",
            judge=_settled_in_time,
            facts=("settled_on", "matures_on"),
            parameters=("subsidy_rate",),
            stage=Stage.SUBSIDY,
        ),
        Condition(
            name="filed_since_subsidies_count",
            label="备案日在可贴息的范围内",
            fact="is_filed",
            parameter="subsidy_counts_filings",
            holds=operator.ge,
            read_on="filed_on",
            stage=Stage.SUBSIDY,
        ),
        Condition(
            name="first_subsidy",
            label="未享受过鲁科贷贴息",
            fact="interest_subsidies_received",
            parameter="subsidy_times",
            holds=operator.lt,
            stage=Stage.SUBSIDY,
        ),
        Condition(
            name="no_other_subsidy",
            label="该贷款未享受其他省级贴息",
            fact="has_other_subsidy",
            parameter="subsidy_excludes_other",
            holds=not_both,
            stage=Stage.SUBSIDY,
        ),
    ),
    benefits=(
        Benefit(
            name="interest_subsidy",
            label="贴息",
            payer=Party.PROVINCE,
            receiver=Party.FIRM,
            formula="实付利息 × 贴息比例，不超过单户上限，每户一次",
            amount=_interest_subsidy,
            facts=("interest_paid", "interest_subsidies_received"),
            parameters=("subsidy_rate", "subsidy_cap", "subsidy_times"),
        ),
    ),
    sharing=Sharing(
        formula="纳入补偿的本金损失由省、市、银行按比例分担，超出上限的部分由银行自担",
        coverage=_coverage,
        facts=("amount", "covered_balance_before"),
        hints=("is_credit_loan", "loan_use", "is_early_rnd_credit", *EARLY_FACTS),
        parameters=("share_province", "share_city", "share_bank", "covered_cap"),
        options=(*EARLY_SHARES, *EARLY),
    ),
    cap=Cap(
        formula="单户上限 － 已纳入补偿的余额",
        amount=_room,
        facts=("covered_balance_before",),
        parameters=("covered_cap",),
    ),
)
