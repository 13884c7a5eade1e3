"""For which reasons is there no score, and what would help in each?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from risk.assessment import Assessment, Status


class Unscored(StrEnum):
    """Name one reason for which a known enterprise has no score; codes are stable."""

    NO_EVIDENCE = "no-evidence"
    NOT_AUTHORISED = "evidence-not-authorised"
    TOO_LITTLE = "coverage-too-low"
    STALE = "evidence-stale"
    OUTSIDE = "outside-population"
    DISAGREEMENT = "models-disagree"
    IN_DEFAULT = "in-default"
    DEREGISTERED = "enterprise-deregistered"


@dataclass(frozen=True)
class Standing:
    """Say in Chinese, and by code, why there is no score, and what would help."""

    status: Status
    code: Unscored
    label: str
    message: str
    help: str

    def because(self, facts: str) -> "Standing":
        """Return the same with the facts of the case after the sentence."""
        return Standing(self.status, self.code, self.label, f"{self.message}{facts}", self.help)


def put_standing(begun: Assessment, standing: Standing) -> Assessment:
    """Return the answer that there is no score, why, and what would help."""
    return replace(begun, status=standing.status, code=str(standing.code), message=standing.message, help=standing.help)


def _not_scored(code: Unscored, label: str, message: str, help: str) -> Standing:
    return Standing(Status.NOT_SCORED, code, label, message, help)


STANDINGS: Mapping[Unscored, Standing] = {
    standing.code: standing
    for standing in (
        _not_scored(
            Unscored.NO_EVIDENCE,
            "没有材料",
            "截至该日，本库没有这家企业的任何可用证据，不予评分。",
            "请先导入企业名录及相关名单。",
        ),
        _not_scored(
            Unscored.NOT_AUTHORISED,
            "授权之内没有材料",
            "截至该日，企业授权的数据类别之内没有评分可用的材料，不予评分。授权之外有无材料，本系统不看也不说。",
            "请取得企业对更多数据类别的授权。不授权本身不影响评价。",
        ),
        _not_scored(
            Unscored.TOO_LITTLE,
            "材料过少",
            "评分所用的指标大多未知，不予评分。",
            "请补充未知指标所在的名单，或取得企业对更多数据类别的授权。",
        ),
        _not_scored(
            Unscored.STALE,
            "材料过旧",
            "企业最近一条材料距评估日过久，不足以说明现状，不予评分。",
            "请导入各名单的最新一期，或请企业补报年报等材料。",
        ),
        _not_scored(
            Unscored.OUTSIDE,
            "超出样本范围",
            "企业的多项指标同时超出训练样本的常见范围，模型没有见过这样的企业，不予评分。",
            "请先核对这些指标的来源行；无误的，由专家评价。",
        ),
        _not_scored(
            Unscored.DISAGREEMENT,
            "模型之间不一致",
            "不同模型对同一家企业的评分相差过大，不予评分。",
            "请由专家评价；模型负责人应查明两者为何不同。",
        ),
        Standing(
            Status.IN_DEFAULT,
            Unscored.IN_DEFAULT,
            "违约中",
            "截至该日，企业处于违约或违约恢复观察期，不再评分。",
            "请按不良资产管理程序处理；观察期满且无新违约后可重新评估。",
        ),
        _not_scored(
            Unscored.DEREGISTERED,
            "企业已注销",
            "截至该日，企业已注销，不予评分。",
            "请核对统一社会信用代码；如登记有误，请更正企业名录。",
        ),
    )
}
"""Every reason once: status, label, sentence, and what would help."""
