"""What would a policy product come to for one loan? Nothing is stored, and nobody's data is read."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.report import Frozen
from api.exchange.words import CleanText, Day
from api.problems import TokenMissing, TokenUnknown, refusals
from risk.permissions import Scope
from risk.policies.cost import CostLine
from risk.policies.facts import FactMalformed, FactUnknown
from risk.policies.limit import Limit, LimitLine
from risk.policies.losses import PartyLoss
from risk.policies.parameters import Used
from risk.policies.price import Price
from risk.policies.product import ProductUnknown
from risk.policies.rule import StageUnknown
from risk.policies.support import Paid
from risk.policies.trial import Trial
from risk.policies.verdict import ANSWER_LABELS, OUTCOME_LABELS, Finding

router = guarded_router("政策", Scope.POLICIES_TRY)

Told = CleanText | StrictInt | StrictBool
FactsTold = dict[Annotated[str, Field(max_length=64)], Told]


class TrialRequest(BaseModel):
    """以告知的事实试算一项政策产品。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    product: CleanText = Field(description="产品代码，见 /v1/products", examples=["lukedai"])
    on: Day | None = Field(
        default=None, description="按哪一天施行的规定（YYYY-MM-DD）；缺省为今天", examples=["2025-12-31"]
    )
    stage: CleanText | None = Field(default=None, description="环节；缺省为该产品的第一个环节", examples=["apply"])
    facts: FactsTold = Field(
        max_length=100,
        description="事实：名称与取值；金额为元，可写“400万”；是否题写“是”“否”；小数写成文本。名称见 /v1/products",
        examples=[{"amount": "400万", "term_months": 12, "tech_sme_entry_year": 2025}],
    )


class NumberUsed(Frozen):
    """答复所用的一个政策数值及其出处。"""

    name: str = Field(description="参数名", examples=["compensation_share_province"])
    label: str = Field(description="中文名", examples=["省级补偿比例"])
    unit: str = Field(description="单位", examples=["/1"])
    value: str | None = Field(description="数值；null 表示未见原文或已停止施行", examples=["0.35"])
    since: date = Field(description="自何日起施行", examples=["2022-07-01"])
    reference: str = Field(description="文件", examples=["鲁科字〔2022〕号"])
    status: str = Field(description="核实状态：verified、secondary、derived、unverified", examples=["verified"])
    last_checked: date = Field(description="最近一次核对的日期", examples=["2026-11-01"])
    mark: str = Field(description="数值未经核实时须随之写明的话；已核实为空", examples=[""])


class FindingReported(Frozen):
    """一项条件的核对结果。"""

    condition: str = Field(description="条件", examples=["is_tech_sme"])
    label: str = Field(description="条件的中文名", examples=["在库科技型中小企业"])
    outcome: str = Field(description="结果：met、conditional、failed、unknown、not_in_force", examples=["met"])
    outcome_label: str = Field(description="结果的中文名", examples=["符合"])
    measured: str = Field(description="实际", examples=["2025年入库"])
    required: str = Field(description="要求", examples=["当年在库"])
    reference: str = Field(description="依据", examples=["鲁科字〔2022〕号"])
    status: str = Field(description="依据的核实状态", examples=["verified"])
    mark: str = Field(description="所用数值未经核实时须写明的话", examples=[""])
    note: str = Field(description="说明", examples=[""])
    to_person: bool = Field(description="是否须转人工核查", examples=[False])


class GapReported(Frozen):
    """备案还缺的一项。"""

    condition: str = Field(description="条件", examples=["is_filed"])
    label: str = Field(description="条件的中文名", examples=["已备案"])
    stage: str = Field(description="环节", examples=["file"])
    unknown: bool = Field(description="是否只缺事实", examples=[True])
    note: str = Field(description="说明", examples=["尚缺：备案日期"])


class AmountReported(Frozen):
    """一笔支持、费用或额度；金额为以元计的十进制文本。"""

    name: str = Field(description="名称", examples=["interest_subsidy"])
    label: str = Field(description="中文名", examples=["贴息"])
    amount: str | None = Field(description="金额（元）；null 表示无法计算，见 note", examples=["64000.00"])
    formula: str = Field(description="算式", examples=["已付利息 × 40%，至多 500,000 元"])
    note: str = Field(description="说明", examples=[""])
    mark: str = Field(description="所用数值未经核实时须写明的话", examples=[""])


class CostReported(Frozen):
    """企业的一项成本：无支持与有支持；单位：元。"""

    name: str = Field(description="名称", examples=["interest"])
    label: str = Field(description="中文名", examples=["利息"])
    without_support: str = Field(description="无支持", examples=["160000.00"])
    with_support: str = Field(description="有支持", examples=["160000.00"])
    formula: str = Field(description="算式", examples=["本金 × 年利率 × 期限"])


class PartyReported(Frozen):
    """一方的损失：预期与承压，无支持与有支持；单位：元。"""

    party: str = Field(description="哪一方", examples=["bank"])
    label: str = Field(description="中文名", examples=["银行"])
    expected_without: str = Field(description="预期损失，无支持", examples=["12000.00"])
    expected_with: str = Field(description="预期损失，有支持", examples=["3600.00"])
    stressed_without: str = Field(description="承压损失，无支持", examples=["60000.00"])
    stressed_with: str = Field(description="承压损失，有支持", examples=["18000.00"])


class LimitReported(Frozen):
    """建议额度：各项上限中最小的一项。"""

    amount: str | None = Field(description="额度（元）", examples=["4000000.00"])
    binding: str | None = Field(description="起作用的一项", examples=["policy_cap"])
    complete: bool = Field(description="各项上限是否都已知；否则实际可能更小", examples=[False])
    lines: list[AmountReported] = Field(description="各项上限")


class PriceReported(Frozen):
    """覆盖预期损失与成本的年利率区间，无支持与有支持。"""

    without_low: str = Field(description="无支持，下限", examples=["0.0512"])
    without_high: str = Field(description="无支持，上限", examples=["0.0630"])
    with_low: str = Field(description="有支持，下限", examples=["0.0431"])
    with_high: str = Field(description="有支持，上限", examples=["0.0466"])
    formula: str = Field(description="算式", examples=["资金成本 + 管理成本 + 银行承担的预期损失"])


class TrialReport(Frozen):
    """试算结果；不能算出的在 notes 中说明，绝不猜测。"""

    product: str = Field(description="产品代码", examples=["lukedai"])
    label: str = Field(description="产品名称", examples=["鲁科贷"])
    on: date = Field(description="按哪一天的规定", examples=["2025-12-31"])
    illustrative: bool = Field(description="是否示意规则：没有正式文件", examples=[False])
    stage: str = Field(description="环节", examples=["apply"])
    answer: str = Field(description="结论：passed、conditional、to_person、failed、not_in_force", examples=["passed"])
    answer_label: str = Field(description="结论的中文名", examples=["符合条件"])
    findings: list[FindingReported] = Field(description="逐项条件")
    watch: list[FindingReported] = Field(description="备案后的道德风险核查；没有则为空")
    gaps: list[GapReported] = Field(description="备案还缺什么")
    benefits: list[AmountReported] = Field(description="各项支持")
    expected_loss: str | None = Field(description="全部预期损失（元）", examples=["12000.00"])
    parties: list[PartyReported] = Field(description="各方损失")
    cost: list[CostReported] = Field(description="企业成本的各项")
    cost_without: str | None = Field(description="企业成本合计，无支持（元）", examples=["160000.00"])
    cost_with: str | None = Field(description="企业成本合计，有支持（元）", examples=["96000.00"])
    limit: LimitReported | None = Field(description="建议额度；没有则为 null")
    price: PriceReported | None = Field(description="建议利率；没有则为 null")
    unverified: list[NumberUsed] = Field(description="答复所用的全部未核实数值")
    notes: list[str] = Field(description="须知", examples=[["未告知违约概率，不计算损失。"]])


@router.post(
    "/policy-trials",
    operation_id="try_policy",
    summary="政策试算",
    response_description="条件、支持、各方损失、企业成本、额度与利率；不保存",
    responses=refusals(TokenMissing, TokenUnknown, ProductUnknown, StageUnknown, FactUnknown, FactMalformed, body=True),
)
def try_policy(wanted: TrialRequest, desks: DesksHere, now: Now) -> TrialReport:
    """按某一天施行的规定，以告知的事实核对条件，测算支持、各方损失、企业成本、额度与利率；什么也不保存。

    (Try a policy product on facts told; nothing is stored.)
    """
    trial = desks.policies.attempt(
        wanted.product, texts_of(wanted.facts), on=wanted.on or now.date(), stage=wanted.stage, reforms={}
    )
    return trial_report(trial)


def texts_of(facts: Mapping[str, str | int | bool]) -> dict[str, str]:
    """Return facts as a person would write them."""
    words = {True: "是", False: "否"}
    return {name: words[value] if isinstance(value, bool) else str(value) for name, value in facts.items()}


def trial_report(trial: Trial) -> TrialReport:
    """Write a trial down for a bank."""
    losses, cost = trial.losses, trial.cost
    return TrialReport(
        product=trial.product,
        label=trial.label,
        on=trial.on,
        illustrative=trial.illustrative,
        stage=trial.verdict.stage,
        answer=trial.verdict.answer,
        answer_label=ANSWER_LABELS[trial.verdict.answer],
        findings=findings_report(trial.verdict.findings),
        watch=findings_report(trial.watch.findings) if trial.watch else [],
        gaps=[GapReported(**{**vars(gap), "stage": str(gap.stage)}) for gap in trial.gaps],
        benefits=[amount_report(one) for one in trial.benefits],
        expected_loss=_money(losses.expected) if losses else None,
        parties=[_party(one) for one in losses.parties] if losses else [],
        cost=[_cost(one) for one in cost.lines] if cost else [],
        cost_without=_money(cost.without_support) if cost else None,
        cost_with=_money(cost.with_support) if cost else None,
        limit=_limit(trial.limit) if trial.limit else None,
        price=_price(trial.price) if trial.price else None,
        unverified=numbers(trial.unverified),
        notes=list(trial.notes),
    )


def _party(one: PartyLoss) -> PartyReported:
    return PartyReported(
        party=one.party,
        label=one.label,
        expected_without=_yuan(one.expected_without),
        expected_with=_yuan(one.expected_with),
        stressed_without=_yuan(one.stressed_without),
        stressed_with=_yuan(one.stressed_with),
    )


def _cost(one: CostLine) -> CostReported:
    return CostReported(
        name=one.name,
        label=one.label,
        without_support=_yuan(one.without_support),
        with_support=_yuan(one.with_support),
        formula=one.formula,
    )


def _limit(limit: Limit) -> LimitReported:
    return LimitReported(
        amount=_money(limit.amount),
        binding=limit.binding,
        complete=limit.complete,
        lines=[amount_report(one) for one in limit.lines],
    )


def _price(price: Price) -> PriceReported:
    return PriceReported(
        without_low=f"{price.without_support.low:.4f}",
        without_high=f"{price.without_support.high:.4f}",
        with_low=f"{price.with_support.low:.4f}",
        with_high=f"{price.with_support.high:.4f}",
        formula=price.formula,
    )


def numbers(used: Sequence[Used]) -> list[NumberUsed]:
    """Write policy numbers down with their sources."""
    return [
        NumberUsed(
            name=one.name,
            label=one.label,
            unit=one.unit,
            value=None if one.value is None else str(one.value),
            since=one.since,
            reference=one.reference,
            status=one.status,
            last_checked=one.last_checked,
            mark=one.mark,
        )
        for one in used
    ]


def findings_report(findings: Iterable[Finding]) -> list[FindingReported]:
    """Write down how conditions stand."""
    return [_finding(one) for one in findings]


def _finding(one: Finding) -> FindingReported:
    return FindingReported(
        condition=one.condition,
        label=one.label,
        outcome=one.outcome,
        outcome_label=OUTCOME_LABELS[one.outcome],
        measured=one.measured,
        required=one.required,
        reference=one.reference,
        status=one.status,
        mark=one.mark,
        note=one.note,
        to_person=one.to_person,
    )


def amount_report(one: Paid | LimitLine) -> AmountReported:
    """Write an amount down with its formula."""
    return AmountReported(
        name=one.name, label=one.label, amount=_money(one.amount), formula=one.formula, note=one.note, mark=one.mark
    )


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else _yuan(amount)


def _yuan(amount: Decimal) -> str:
    return f"{amount:.2f}"
