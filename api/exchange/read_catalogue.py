"""How does a bank read what scores are made of?"""

from datetime import date

from pydantic import Field

from api.catalogue_desk import CatalogueFeature, CatalogueModel
from api.exchange.door import DesksHere, guarded_router
from api.exchange.report import Frozen, group_names
from api.problems import TokenMissing, TokenUnknown, refusals
from risk.permissions import Scope

router = guarded_router("目录", Scope.CATALOGUE_READ)

DIRECTIONS = {1: "数值越大，风险越高", 0: "不预设方向", -1: "数值越大，风险越低"}


class FeatureListed(Frozen):
    """一项指标的声明。"""

    name: str = Field(description="指标名", examples=["rnd_intensity_latest"])
    label: str = Field(description="中文名", examples=["研发投入强度"])
    unit: str = Field(description="单位", examples=["/1"])
    group: str = Field(description="所属方面", examples=["rnd"])
    group_label: str = Field(description="所属方面的中文名", examples=["研发投入"])
    direction: int = Field(description="违约概率随数值的方向：1 上升、-1 下降、0 不预设", examples=[-1])
    direction_label: str = Field(description="方向的说明", examples=["数值越大，风险越低"])
    reason: str = Field(description="为什么是这个方向", examples=["持续研发的企业经营更稳定。"])
    absence: str = Field(description="没有记录意味着什么", examples=["未报送：视为未知，不视为零"])
    how: str = Field(
        description="取哪些行、如何成为数值；推算的指标为算式",
        examples=["取《专利法律状态》，“法律状态”为授权，评估日前3年内，计条数"],
    )
    inputs: list[str] = Field(description="推算的指标所依据的各项", examples=[["rnd_expense_latest_2y"]])
    lists: list[str] = Field(description="来源名单", examples=[["研发投入统计"]])
    cards: list[str] = Field(
        description="用于哪些卡；空表示只作其他指标的组成部分", examples=[["application", "behaviour"]]
    )
    fingerprint: str = Field(description="声明的指纹（sha256）", examples=["3b1f…"])


class ModelListed(Frozen):
    """一张卡上现在作答的模型。"""

    id: str = Field(description="模型编号", examples=["application-20260101"])
    card: str = Field(description="卡", examples=["application"])
    label: str = Field(description="中文名", examples=["申请卡"])
    horizon_months: int | None = Field(description="违约概率的期限；单位：月", examples=[18])
    trained_on: date | None = Field(description="训练数据截止日", examples=["2026-01-01"])
    demonstration: bool = Field(description="是否由演示数据训练", examples=[True])
    features: list[str] = Field(description="所用指标", examples=[["rnd_intensity_latest"]])


class CatalogueReport(Frozen):
    """指标与模型的目录。"""

    groups: dict[str, str] = Field(description="方面：名称与中文名", examples=[{"rnd": "研发投入"}])
    features: list[FeatureListed] = Field(description="全部指标")
    models: list[ModelListed] = Field(description="现用模型")


@router.get(
    "/catalogue",
    operation_id="read_catalogue",
    summary="查看指标与模型目录",
    response_description="指标、方面与现用模型，取自各自的声明",
    responses=refusals(TokenMissing, TokenUnknown),
)
def read_catalogue(desks: DesksHere) -> CatalogueReport:
    """返回分数由哪些指标构成、各指标的单位、方向、来源与缺失含义，以及现用的模型。

    (Return what scores are made of.)
    """
    catalogue = desks.catalogue.read()
    return CatalogueReport(
        groups=group_names(),
        features=[_feature(feature) for feature in catalogue.features],
        models=[_model(model) for model in catalogue.models],
    )


def _feature(feature: CatalogueFeature) -> FeatureListed:
    return FeatureListed(
        name=feature.name,
        label=feature.label,
        unit=feature.unit,
        group=feature.group,
        group_label=feature.group_label,
        direction=feature.direction,
        direction_label=DIRECTIONS[feature.direction],
        reason=feature.reason,
        absence=feature.absence,
        how=feature.how,
        inputs=list(feature.inputs),
        lists=list(feature.lists),
        cards=list(feature.cards),
        fingerprint=feature.fingerprint,
    )


def _model(model: CatalogueModel) -> ModelListed:
    return ModelListed(
        id=model.id,
        card=model.card,
        label=model.label,
        horizon_months=model.horizon_months,
        trained_on=model.trained_on,
        demonstration=model.demonstration,
        features=list(model.features),
    )
