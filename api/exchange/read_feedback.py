"""How often do banks follow assessments, over all of them together?"""

from pydantic import Field

from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.report import Frozen
from api.problems import StoreBusy, TokenMissing, TokenUnknown, refusals
from risk.permissions import Scope

router = guarded_router("反馈", Scope.FEEDBACK_READ)


class FeedbackSummaryReport(Frozen):
    """各行采纳情况的汇总；涉及不足 20 家企业时不予公布。"""

    firms: int = Field(description="涉及的企业数", examples=[180])
    withheld: bool = Field(description="是否因企业太少而不予公布", examples=[False])
    followed: int = Field(description="与评估一致的份数", examples=[160])
    overridden: int = Field(description="未采纳的份数", examples=[20])
    codes: dict[str, int] = Field(description="各理由代码的份数", examples=[{"agreed": 120}])


@router.get(
    "/feedback/summary",
    operation_id="summarise_feedback",
    summary="采纳情况汇总",
    responses=refusals(TokenMissing, TokenUnknown, StoreBusy),
)
def summarise_feedback(desks: DesksHere, now: Now) -> FeedbackSummaryReport:
    """供科技局查看：每份评估取最后一次反馈，合计各行；不足 20 家企业时只说明不予公布。

    (Count the last feedback on each assessment over all banks; withheld below twenty firms.)
    """
    with desks.lending.visit(at=now) as visit:
        return FeedbackSummaryReport(**vars(visit.summarise_feedback()))
