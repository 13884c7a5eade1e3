"""How well do reasons stand up to review, over all assessments together?"""

from pydantic import Field

from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.report import Frozen
from api.problems import StoreBusy, TokenMissing, TokenUnknown, refusals
from risk.permissions import Scope

router = guarded_router("反馈", Scope.FEEDBACK_READ)


class ReviewSummaryReport(Frozen):
    """理由复核的汇总：每条理由取最后一次意见。"""

    assessments: int = Field(description="复核过的评估数", examples=[40])
    reasons: int = Field(description="复核过的理由数", examples=[180])
    verdicts: dict[str, int] = Field(description="各种意见的条数", examples=[{"confirmed": 170}])
    doubted: dict[str, int] = Field(
        description="未获确认的理由按指标的条数", examples=[{"operations_leverage_ratio_2y": 3}]
    )


@router.get(
    "/explanation-reviews/summary",
    operation_id="summarise_explanation_reviews",
    summary="理由复核汇总",
    responses=refusals(TokenMissing, TokenUnknown, StoreBusy),
)
def summarise_explanation_reviews(desks: DesksHere, now: Now) -> ReviewSummaryReport:
    """供科技局查看：理由属实、依据有误、措辞易误解、不完整的各有多少，哪些指标最常被质疑。

    (Count how reasons stand judged, and which features are doubted most.)
    """
    with desks.reviews.visit(at=now) as visit:
        found = visit.summarise_reviews()
        visit.commit()
    return ReviewSummaryReport(
        assessments=found.assessments,
        reasons=found.reasons,
        verdicts={str(verdict): count for verdict, count in found.verdicts.items()},
        doubted=dict(found.doubted),
    )
