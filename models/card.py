"""What must a bank's validator know of a model before its first score?"""

from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from models.findings import Finding
from models.fitted import Model, Report
from models.products import ProductIntercept
from models.refusals import CardMismatch, DemonstrationModel, FeatureMismatch, ModelNotLive
from models.scale import STANDARD, Scale
from models.table import LIVE_DEFAULTS

LIBRARIES = ("lightgbm", "numpy", "pandas")


class Words(BaseModel):
    """Hold frozen fields and refuse unknown ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Anchor(Words):
    """Say which long-run default rate the probabilities are tied to.

    Source: method.md 5.
    """

    population: str = Field(description="总体")
    years: str = Field(description="年份")
    central_tendency: float = Field(description="中心违约率", gt=0, lt=1)
    defaults: int = Field(description="违约企业数", ge=0)
    status: Literal["observed", "assumed"] = Field(description="观察值或假设值")


class Purpose(Words):
    """Say what whoever ordered the fit knows and the numbers do not: label, horizon, days, origin."""

    card: str = Field(description="评分卡：application、behaviour 等")
    label_definition: str = Field(description="违约定义")
    horizon_months: int = Field(description="违约概率的期限（月）", gt=0)
    as_of_days: tuple[date, ...] = Field(description="训练样本的观察日", default=())
    fingerprints: Mapping[str, str] = Field(description="特征声明的指纹；外来数据表为空", default_factory=dict)
    anchor: Anchor | None = Field(description="校准锚点", default=None)
    demonstration: bool = Field(description="是否由演示数据训练")
    snapshot: str = Field(description="训练样本的编号", default="")


class CardFeature(Words):
    """Name one column of the model."""

    name: str = Field(description="特征名")
    direction: int = Field(description="方向：1 表示数值升高时违约概率不降低")
    fingerprint: str | None = Field(description="声明的指纹", default=None)


class ModelCard(Words):
    """Travel with a model: what it reads, what it was trained on, how good it was, what it may be used for."""

    name: str = Field(description="模型名称")
    purpose: Purpose
    features: tuple[CardFeature, ...]
    rows: int = Field(description="训练行数")
    defaults: int = Field(description="违约行数")
    defaulted_firms: int = Field(description="违约企业数")
    base_rate: float = Field(description="违约率")
    report: Report
    findings: tuple[Finding, ...]
    seed: int
    libraries: Mapping[str, str]
    scale: Scale = STANDARD
    products: tuple[ProductIntercept, ...] = Field(description="各产品的截距（对数几率），在分数中单列一行", default=())
    margin: float = Field(description="审慎边际（对数几率），在分数中单列一行", default=0.0, ge=0)
    live_use: bool = Field(description="违约企业数是否足以用于实际业务")
    created_on: date = Field(description="训练日期")

    def check_fingerprints(self, today: Mapping[str, str]) -> None:
        """Refuse when a feature's declaration is gone or has changed, naming the first three.

        Raises FeatureMismatch.
        """
        changed = [
            one.name for one in self.features if one.fingerprint is None or today.get(one.name) != one.fingerprint
        ]
        if changed:
            shown = "、".join(changed[:3])
            raise FeatureMismatch(
                f"模型 {self.name} 的特征与现行目录不符（共 {len(changed)} 个）：{shown}。", help="请重新训练模型。"
            )

    def check_usable(self, *, on_demonstration: bool) -> None:
        """Refuse to judge real enterprises by a demonstration model, or any real one by too few defaults.

        Raises DemonstrationModel, ModelNotLive.
        Source: method.md 2.
        """
        if on_demonstration:
            return
        if self.purpose.demonstration:
            raise DemonstrationModel(
                f"模型 {self.name} 由演示数据训练，不能评估真实企业。", help="请用真实数据训练，或使用启动卡。"
            )
        self.check_live()

    def check_live(self) -> None:
        """Refuse a model of too few defaults; raise ModelNotLive. Source: method.md 2."""
        if not self.live_use:
            raise ModelNotLive(
                f"模型 {self.name} 只用 {self.defaulted_firms} 家违约企业训练，不得用于实际业务。",
                help=f"至少需要 {LIVE_DEFAULTS} 家；此前请使用启动卡。",
            )

    def check_card(self, card: str) -> None:
        """Refuse to answer for another card than the model was trained for; raise CardMismatch."""
        if self.purpose.card != card:
            raise CardMismatch(
                f"模型 {self.name} 是为评分卡 {self.purpose.card} 训练的，不能用于 {card}。",
                help="两张卡的行与期限不同，请启用为这张卡训练的模型。",
            )


def card_of(
    model: Model,
    purpose: Purpose,
    *,
    name: str,
    created_on: date,
    scale: Scale = STANDARD,
    margin: float = 0.0,
    products: tuple[ProductIntercept, ...] = (),
) -> ModelCard:
    """Write the card of a model: its own figures, and the purpose it was ordered for."""
    figures = model.report.out_of_fold
    return ModelCard(
        name=name,
        purpose=purpose,
        features=tuple(
            CardFeature(name=one.name, direction=one.direction, fingerprint=purpose.fingerprints.get(one.name))
            for one in model.head.layout.columns
        ),
        rows=figures.rows,
        defaults=figures.defaults,
        defaulted_firms=figures.defaulted_clusters,
        base_rate=figures.base_rate,
        report=model.report,
        findings=model.findings,
        seed=model.head.seed,
        libraries={library: version(library) for library in LIBRARIES},
        scale=scale,
        margin=margin,
        products=products,
        live_use=figures.defaulted_clusters >= LIVE_DEFAULTS,
        created_on=created_on,
    )
