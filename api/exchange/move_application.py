"""How is an application moved on, step by step?"""

from typing import Annotated

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from api.exchange.application_report import (
    ApplicationReport,
    ByPerson,
    Number,
    actor_of,
    application_report,
    headers_of,
)
from api.exchange.door import DesksHere, Fingerprint, IdempotencyKey, Now, guarded_router
from api.exchange.once import Sending, answer_once
from api.exchange.open_application import ADDING
from api.exchange.try_policy import FactsTold, texts_of
from api.exchange.versions import IfMatch, PreconditionFailed, PreconditionRequired, check_match
from api.exchange.words import CleanText, Day, LongText
from api.identity import Caller
from api.joint_desk import Ordered
from api.problems import refusals
from risk.joint.application import ApplicationUnknown
from risk.joint.states import MoveNotPossible, MoveUnknown, parse_move
from risk.permissions import Scope

ROUTE = "POST /v1/applications/moves"

router = guarded_router("联合评价", Scope.APPLICATIONS_WRITE)


class Attachment(BaseModel):
    """一份所附的文件：原件由办理机构保存。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: CleanText = Field(description="文件是什么", examples=["催收函"])
    document_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="文件的 sha256", examples=["0" * 64]
    )


class MoveRequest(ByPerson):
    """对一笔申请办理一步；各步须告知什么，见指南中的状态图。"""

    move: CleanText = Field(description="操作，见申请的 possible", examples=["submit"])
    on: Day | None = Field(default=None, description="办理日（YYYY-MM-DD）；缺省为今天", examples=["2025-12-31"])
    facts: FactsTold = Field(
        default_factory=dict, max_length=100, description="这一步所告知的事实", examples=[{"disbursed": "200万"}]
    )
    words: LongText | None = Field(default=None, description="文字说明或原因", examples=["材料齐全"])
    code: CleanText | None = Field(
        default=None, description="理由代码（说明差距、推翻建议、银行决定时）", examples=["within_policy"]
    )
    dimension: CleanText | None = Field(default=None, description="说明的是哪一方面的差距", examples=["growth"])
    conclusion: CleanText | None = Field(
        default=None, description="结论：recommended、conditional、not_recommended", examples=["recommended"]
    )
    assessment: CleanText | None = Field(default=None, description="备案所依据的评估编号", examples=[None])
    attachments: list[Attachment] = Field(
        default_factory=list, max_length=20, description="所附的文件，如补偿申请的证据"
    )

    def told(self) -> dict[str, str]:
        """Return what the move tells, by name."""
        own = {"words": self.words, "code": self.code, "dimension": self.dimension}
        own |= {"conclusion": self.conclusion, "assessment": self.assessment}
        return {**texts_of(self.facts), **{name: value for name, value in own.items() if value is not None}}


@router.post(
    "/applications/{number}/moves",
    operation_id="move_application",
    status_code=201,
    summary="办理一步",
    response_model=ApplicationReport,
    responses=refusals(
        *ADDING,
        ApplicationUnknown,
        MoveUnknown,
        MoveNotPossible,
        PreconditionRequired,
        PreconditionFailed,
        consent=True,
        body=True,
    ),
)
def move_application(  # noqa: PLR0913 # FastAPI hands each over by its own argument.
    wanted: MoveRequest,
    number: Number,
    party: Caller,
    desks: DesksHere,
    now: Now,
    key: IdempotencyKey,
    fingerprint: Fingerprint,
    seen: IfMatch = None,
) -> Response:
    """提交、退回、开始评价、作出结论、同意、放款、备案……每一步核对身份、版本、状态与政策条件，不合则什么也不保存。

    (Make one move of the application's table; nothing is kept where it is refused.)
    """
    by = actor_of(party, wanted)
    ordered = Ordered(
        move=parse_move(wanted.move),
        on=wanted.on or now.date(),
        told=wanted.told(),
        attachments=tuple(f"{one.name}={one.document_sha256}" for one in wanted.attachments),
    )
    sending = Sending(tenant=party.code, route=ROUTE, key=key, fingerprint=fingerprint)
    with desks.joint.visit(at=now) as visit:

        def make() -> tuple[int, str]:
            check_match(seen, visit.read(number, by=by).version)
            return 201, application_report(visit.move(number, ordered, by=by)).model_dump_json()

        return answer_once(visit, sending, make, headers=headers_of)
