"""How does a bank read an assessment again?"""

from typing import Annotated

from fastapi import Path

from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.report import AssessmentReport, report_of
from api.identity import Caller
from api.problems import AssessmentUnknown, TokenMissing, TokenUnknown, refusals
from risk.permissions import Scope

router = guarded_router("评估", Scope.ASSESSMENTS_READ)

AssessmentId = Annotated[
    str,
    Path(
        description="评估编号（申请评估时返回的 id）",
        max_length=64,
        pattern=r"^[0-9A-Za-z-]+$",
        examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"],
    ),
]


@router.get(
    "/assessments/{id}",
    operation_id="read_assessment",
    summary="再读一份评估",
    response_description="当初给出的评估；理由、指标值与来源行以此刻的授权为限",
    responses=refusals(
        TokenMissing,
        TokenUnknown,
        AssessmentUnknown,
        consent=True,
        parameters=True,
    ),
)
def read_assessment(id: AssessmentId, bank: Caller, desks: DesksHere, now: Now) -> AssessmentReport:
    """读回本机构申请过的一份评估；别家机构的评估对本机构不存在。

    (Read an assessment of this institution's own; another's does not exist for it.)
    """
    with desks.assessments.visit(at=now) as visit:
        answer = visit.read_assessment(id, institution=bank)
        if answer is None:
            raise AssessmentUnknown("本机构没有这个编号的评估。", help="请核对编号，或重新申请评估。")
        # The reading itself is an audit event: who saw which score, and when.
        visit.commit()
    return report_of(answer)
