"""Which words tell of a back-test?"""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from api.clock import SHANGHAI
from api.exchange.batch_report import STATE_LABELS, STATES, EnterpriseOfBatch
from api.exchange.report import Frozen
from api.exchange.words import Day
from api.problem_words import TITLES
from data.spec.back_tests import BackTest, BackTestWish, BasisKind, LegalBasis, ModelWanted, Pair
from data.spec.batches import ItemState
from risk.assessment import STATUS_LABELS, Status
from risk.back_test_words import PairResult

MOST_PAIRS = 10_000
"""Pairs of a back-test, at most."""

BackTestId = Annotated[
    str,
    Path(
        description="样本回溯的编号（申请时返回的 id）",
        max_length=64,
        pattern=r"^[0-9A-Za-z-]+$",
        examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"],
    ),
]
Sha256 = Annotated[str, Field(strict=True, pattern=r"^[0-9a-f]{64}$")]


class PairRequest(BaseModel):
    """一家企业与一个评估日。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enterprise: EnterpriseOfBatch = Field(description="哪一家企业")
    as_of: Day = Field(description="评估日（YYYY-MM-DD）：只用这一天之前已知的材料", examples=["2025-06-01"])


class BasisRequest(BaseModel):
    """本行进行样本回溯的合法依据；文件留在本行，只登记其摘要。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["authorisation", "contract", "statute"] = Field(
        description="依据的种类：authorisation 企业授权书、contract 合同约定、statute 法律法规",
        examples=["authorisation"],
    )
    document_sha256: Sha256 = Field(description="依据文件的 SHA-256 摘要（十六进制小写）", examples=["0" * 64])


class BackTestRequest(BaseModel):
    """申请样本回溯：企业与日期成对报送，不报送任何结果；结果留在本行，由本行自行比对。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pairs: list[PairRequest] = Field(
        min_length=1, max_length=MOST_PAIRS, description=f"企业与日期，1 至 {MOST_PAIRS} 对"
    )
    card: Literal["application", "behaviour"] = Field(
        default="application", description="评分卡：application 申请卡、behaviour 行为卡", examples=["application"]
    )
    model: Literal["present", "then"] = Field(
        default="present", description="模型：present 现在启用的、then 评估日当天启用的", examples=["present"]
    )
    basis: BasisRequest = Field(description="合法依据；此外每家企业的授权须载明用途 back_test")

    def wish(self) -> BackTestWish:
        """Return what is wanted of every pair."""
        basis = LegalBasis(kind=BasisKind(self.basis.kind), document_sha256=self.basis.document_sha256)
        return BackTestWish(card=self.card, model=ModelWanted(self.model), basis=basis)


class BackTestCounts(Frozen):
    """一次样本回溯的对数。"""

    wanted: int = Field(description="申请的对数", examples=[5000])
    made: int = Field(description="已有答复的对数（含不予评分）", examples=[3200])
    refused: int = Field(description="被拒绝的对数，见 errors_url", examples=[40])
    cancelled: int = Field(description="因中止而未及答复的对数", examples=[0])


class BackTestReport(Frozen):
    """一次样本回溯的进度。"""

    id: str = Field(description="编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    state: Literal["queued", "running", "finished", "cancelled", "failed"] = Field(
        description=f"状态：{STATES}；以后可能新增", examples=["running"]
    )
    state_label: str = Field(description="状态的中文名", examples=["进行中"])
    counts: BackTestCounts = Field(description="对数")
    progress: float = Field(description="已了结的比例；单位：/1", examples=[0.648])
    card: str = Field(description="评分卡", examples=["application"])
    model: Literal["present", "then"] = Field(description="所用模型：现在的或当日的", examples=["present"])
    created_at: datetime = Field(description="申请时刻", examples=["2026-01-01T09:30:00+08:00"])
    ended_at: datetime | None = Field(description="结束时刻；null 表示尚未结束", examples=[None])
    result_url: str = Field(description="逐对的分数", examples=["/v1/back-tests/019b76da/results"])
    errors_url: str = Field(description="逐对的错误", examples=["/v1/back-tests/019b76da/errors"])
    expires_at: datetime = Field(description="此后不再可读", examples=["2026-01-31T09:30:00+08:00"])


class PairReported(Frozen):
    """一对的分数；不含理由与企业名称，按 position 与本行的样本对应。"""

    position: int = Field(description="在申请中的位置（首对为0）", examples=[12])
    as_of: date = Field(description="评估日", examples=["2025-06-01"])
    readable: bool = Field(description="此刻能否读取；企业授权已止的不能，分数留空", examples=[True])
    status: Literal["scored", "not_scored", "in_default", "uncalibrated"] | None = Field(
        description="答复的种类；以后可能新增", examples=["scored"]
    )
    status_label: str = Field(description="答复种类的中文名", examples=["已评分"])
    code: str | None = Field(description="没有分数时的原因代码；以后可能新增", examples=["no-evidence"])
    score: int | None = Field(description="信用分，300—900；单位：分", examples=[634])
    grade: str | None = Field(description="等级", examples=["A"])
    pd: float | None = Field(description="违约概率；单位：/1", examples=[0.021])
    model: str | None = Field(description="作答的模型", examples=["application-2026-01-01"])
    trained_on: date | None = Field(description="模型的训练日期", examples=["2026-01-01"])
    unseen: bool | None = Field(
        description="评估日是否晚于模型训练样本的全部观察日；false 的分数不能证明模型的预测能力，null 表示无从判断",
        examples=[True],
    )


class PairsReport(Frozen):
    """一页分数，依申请中的次序。"""

    items: list[PairReported] = Field(description="逐对的分数")
    next: str | None = Field(description="下一页的游标；null 表示此刻没有更多", examples=["WzEyXQ.c2lnbmF0dXJl"])


class PairErrorReported(Frozen):
    """被拒绝的一对：位置与原因，不含所提交的内容。"""

    position: int = Field(description="在申请中的位置（首对为0）", examples=[7])
    pointer: str = Field(description="所在的 JSON 指针", examples=["/pairs/7"])
    code: str = Field(description="原因的稳定代码；以后可能新增", examples=["consent-required"])
    title: str = Field(description="原因的中文名", examples=["缺少企业授权"])


class PairErrorsReport(Frozen):
    """一页错误，依申请中的次序。"""

    items: list[PairErrorReported] = Field(description="逐对的错误")
    next: str | None = Field(description="下一页的游标；null 表示此刻没有更多", examples=["WzddLmM.c2lnbmF0dXJl"])


def place_of(id: str) -> str:
    """Return the address of a back-test."""
    return f"/v1/back-tests/{id}"


def back_test_report(test: BackTest) -> BackTestReport:
    """Tell how far a back-test is."""
    return BackTestReport(
        id=test.id,
        state=test.state.value,
        state_label=STATE_LABELS[test.state],
        counts=BackTestCounts(
            wanted=test.wanted,
            made=test.counts.get(ItemState.MADE, 0),
            refused=test.counts.get(ItemState.REFUSED, 0),
            cancelled=test.counts.get(ItemState.CANCELLED, 0),
        ),
        progress=round(1 - test.waiting / test.wanted, 4),
        card=test.wish.card,
        model=test.wish.model.value,
        created_at=test.created_at.astimezone(SHANGHAI),
        ended_at=None if test.ended_at is None else test.ended_at.astimezone(SHANGHAI),
        result_url=f"{place_of(test.id)}/results",
        errors_url=f"{place_of(test.id)}/errors",
        expires_at=test.expires_at.astimezone(SHANGHAI),
    )


def pair_report(result: PairResult) -> PairReported:
    """Tell one score."""
    told = result.score
    status = Status(told.status) if told else None
    return PairReported(
        position=result.position,
        as_of=result.as_of,
        readable=told is not None,
        status=status.value if status else None,
        status_label=STATUS_LABELS[status] if status else "企业授权已止，不能读取",
        code=told.code if told else None,
        score=told.score if told else None,
        grade=told.grade if told else None,
        pd=told.pd if told else None,
        model=told.model if told else None,
        trained_on=told.trained_on if told else None,
        unseen=told.unseen if told else None,
    )


def error_report(pair: Pair) -> PairErrorReported:
    """Tell why one pair was refused."""
    code = pair.code or "fault"
    return PairErrorReported(
        position=pair.position,
        pointer=f"/pairs/{pair.position}",
        code=code,
        title=TITLES.get(code, "请求被拒绝"),
    )
