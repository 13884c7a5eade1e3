"""Which words tell of a back-test?"""

from datetime import date
from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from api.exchange.batch_report import EnterpriseOfBatch
from api.exchange.long_work import NO_LONGER_READABLE, ItemErrorReported, LongWorkReport, how_far, item_error
from api.exchange.report import Frozen
from api.exchange.words import Day
from data.spec.back_tests import BackTest, BackTestWish, BasisKind, LegalBasis, ModelWanted, Pair
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


class BackTestReport(LongWorkReport):
    """一次样本回溯的进度。"""

    card: str = Field(description="评分卡", examples=["application"])
    model: Literal["present", "then"] = Field(description="所用模型：现在的或当日的", examples=["present"])


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


def place_of(id: str) -> str:
    """Return the address of a back-test."""
    return f"/v1/back-tests/{id}"


def back_test_report(test: BackTest) -> BackTestReport:
    """Tell how far a back-test is."""
    return BackTestReport(card=test.wish.card, model=test.wish.model.value, **how_far(test, place_of(test.id)))


def pair_report(result: PairResult) -> PairReported:
    """Tell one score."""
    told = result.score
    status = Status(told.status) if told else None
    return PairReported(
        position=result.position,
        as_of=result.as_of,
        readable=told is not None,
        status=status.value if status else None,
        status_label=STATUS_LABELS[status] if status else NO_LONGER_READABLE,
        code=told.code if told else None,
        score=told.score if told else None,
        grade=told.grade if told else None,
        pd=told.pd if told else None,
        model=told.model if told else None,
        trained_on=told.trained_on if told else None,
        unseen=told.unseen if told else None,
    )


def error_report(pair: Pair) -> ItemErrorReported:
    """Tell why one pair was refused."""
    return item_error(pair.position, pair.code, of="pairs")
