"""How does a bank see which models there are, how good each was, and which answers?"""

from datetime import date
from typing import Annotated, Literal

from fastapi import Path
from pydantic import Field

from api.exchange.door import DesksHere, guarded_router
from api.exchange.report import Frozen
from api.model_desk import MeasuredOn, ShelvedModel
from api.problems import ModelNotFound, ServiceUnready, TokenMissing, TokenUnknown, refusals
from risk.permissions import Scope

router = guarded_router("目录", Scope.CATALOGUE_READ)

STATUS_LABELS = {"champion": "现用", "shelved": "在架", "retired": "曾用"}
STATUSES = "、".join(f"{status} {label}" for status, label in STATUS_LABELS.items())

ModelId = Annotated[
    str,
    Path(
        description="模型编号",
        max_length=100,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$",
        examples=["application-20260101"],
    ),
]


class FigureReported(Frozen):
    """一项检验指标；在拟合未见过的样本上计算。"""

    name: str = Field(description="指标", examples=["auc"])
    label: str = Field(description="中文名", examples=["AUC"])
    value: float = Field(description="数值", examples=[0.79])
    low: float | None = Field(description="95% 区间下限；未保存区间的为 null", examples=[0.75])
    high: float | None = Field(description="95% 区间上限；未保存区间的为 null", examples=[0.83])


class MeasuredReported(Frozen):
    """一组样本上的检验。"""

    name: str = Field(description="样本；以后可能新增", examples=["out_of_fold"])
    label: str = Field(description="样本的中文名", examples=["样本外（按企业分折）"])
    rows: int = Field(description="行数", examples=[4200])
    defaults: int = Field(description="违约行数", examples=[160])
    figures: list[FigureReported] = Field(description="检验指标，含校准斜率与截距")


class GradeReported(Frozen):
    """主标尺的一级。"""

    code: str = Field(description="等级", examples=["A"])
    label: str = Field(description="说明", examples=["较低风险"])
    pd_from: float = Field(description="违约概率下限（含）；单位：/1", examples=[0.01])
    pd_below: float = Field(description="违约概率上限（不含）；单位：/1", examples=[0.02])
    score_from: int = Field(description="最低分；单位：分", examples=[608])
    score_to: int = Field(description="最高分；单位：分", examples=[628])


class ModelReported(Frozen):
    """架上的一个模型：卡、期限、训练、检验、校准与主标尺。"""

    id: str = Field(description="模型编号", examples=["application-20260101"])
    status: Literal["champion", "shelved", "retired"] = Field(
        description=f"状态：{STATUSES}；以后可能新增", examples=["champion"]
    )
    status_label: str = Field(description="状态的中文名", examples=["现用"])
    card: str = Field(description="卡", examples=["application"])
    label: str = Field(description="卡的中文名", examples=["申请卡"])
    horizon_months: int = Field(description="违约概率的期限；单位：月", examples=[18])
    label_definition: str = Field(description="违约定义", examples=["逾期超过90天或次级以下……"])
    trained_on: date = Field(description="训练数据截止日", examples=["2026-01-01"])
    demonstration: bool = Field(description="是否由演示数据训练", examples=[True])
    live_use: bool = Field(description="违约企业数是否足以用于实际业务", examples=[True])
    rows: int = Field(description="训练行数", examples=[5600])
    defaults: int = Field(description="违约行数", examples=[210])
    defaulted_firms: int = Field(description="违约企业数", examples=[180])
    base_rate: float = Field(description="训练样本的违约率；单位：/1", examples=[0.0375])
    anchor: str = Field(
        description="校准所锚定的总体与年份；空表示未锚定", examples=["全市科技型企业 2019—2024，观察值"]
    )
    measured: list[MeasuredReported] = Field(description="检验")
    grades: list[GradeReported] = Field(description="主标尺")
    features: list[str] = Field(description="所用指标，见 /v1/catalogue", examples=[["rnd_intensity_2y"]])
    findings: list[str] = Field(description="训练时发现的须知", examples=[["违约企业较少，区间较宽。"]])
    seal: str = Field(description="全部文件的校验值（sha256）", examples=["3b1f…"])


class ModelsReport(Frozen):
    """架上的模型。"""

    models: list[ModelReported] = Field(description="按编号排列；文件不完整的不在其中")


@router.get(
    "/models",
    operation_id="list_models",
    summary="查看全部模型",
    response_description="架上的模型，现用与否、检验与校准",
    responses=refusals(TokenMissing, TokenUnknown, ServiceUnready),
)
def list_models(desks: DesksHere) -> ModelsReport:
    """列出架上的模型：卡、期限、训练、检验、校准、主标尺，及哪一个在作答。

    (List the models on the shelf.)
    """
    return ModelsReport(models=[_report(model) for model in desks.scoring.models.list_models()])


@router.get(
    "/models/{id}",
    operation_id="read_model",
    summary="查看一个模型",
    response_description="模型的卡、检验、校准与主标尺",
    responses=refusals(TokenMissing, TokenUnknown, ModelNotFound, ServiceUnready, parameters=True),
)
def read_model(id: ModelId, desks: DesksHere) -> ModelReported:
    """查看一个模型；文件不完整的模型不予展示。

    (Read one model's card.)
    """
    found = desks.scoring.models.read_model(id)
    if found is None:
        raise ModelNotFound("没有这个编号的模型。", help="请用 GET /v1/models 查看全部。")
    return _report(found)


def _report(model: ShelvedModel) -> ModelReported:
    return ModelReported(
        id=model.id,
        status=model.status.value,
        status_label=STATUS_LABELS[model.status],
        card=model.card,
        label=model.label,
        horizon_months=model.horizon_months,
        label_definition=model.label_definition,
        trained_on=model.trained_on,
        demonstration=model.demonstration,
        live_use=model.live_use,
        rows=model.rows,
        defaults=model.defaults,
        defaulted_firms=model.defaulted_firms,
        base_rate=model.base_rate,
        anchor=model.anchor,
        measured=[_measured(one) for one in model.measured],
        grades=[GradeReported(**vars(grade)) for grade in model.grades],
        features=list(model.features),
        findings=list(model.findings),
        seal=model.seal,
    )


def _measured(one: MeasuredOn) -> MeasuredReported:
    return MeasuredReported(
        name=one.name,
        label=one.label,
        rows=one.rows,
        defaults=one.defaults,
        figures=[FigureReported(**vars(figure)) for figure in one.figures],
    )
