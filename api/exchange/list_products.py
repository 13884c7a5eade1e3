"""Which policy products are there, with which numbers on a day, from which documents?"""

from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import Field

from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.report import Frozen
from api.exchange.try_policy import NumberUsed, numbers
from api.exchange.words import Day
from api.problems import TokenMissing, TokenUnknown, refusals
from risk.permissions import Scope
from risk.policies.product import Product
from risk.policies.rule import STAGE_LABELS

router = guarded_router("政策", Scope.POLICIES_TRY)

On = Annotated[Day | None, Query(description="哪一天的规定（YYYY-MM-DD）；缺省为今天", examples=["2025-12-31"])]


class FactListed(Frozen):
    """试算可以告知的一项事实。"""

    name: str = Field(description="名称", examples=["amount"])
    label: str = Field(description="中文名", examples=["贷款金额"])
    unit: str = Field(description="单位", examples=["元"])


class ProductListed(Frozen):
    """一项政策产品与某一天施行的数值。"""

    product: str = Field(description="产品代码", examples=["lukedai"])
    label: str = Field(description="产品名称", examples=["鲁科贷"])
    about: str = Field(description="是什么", examples=["科技成果转化贷款风险补偿"])
    owner: str = Field(description="主管部门", examples=["省科技厅"])
    illustrative: bool = Field(description="是否示意规则：没有正式文件", examples=[False])
    in_force: bool = Field(description="当日是否施行", examples=[True])
    stages: dict[str, str] = Field(description="环节与中文名", examples=[{"apply": "申请"}])
    numbers: list[NumberUsed] = Field(description="当日施行的数值")
    facts: list[FactListed] = Field(description="试算可以告知的事实")


class ProductsReport(Frozen):
    """政策产品目录。"""

    on: date = Field(description="哪一天", examples=["2025-12-31"])
    products: list[ProductListed] = Field(description="全部产品")


@router.get(
    "/products",
    operation_id="list_products",
    summary="政策产品与施行的数值",
    responses=refusals(TokenMissing, TokenUnknown, parameters=True),
)
def list_products(desks: DesksHere, now: Now, on: On = None) -> ProductsReport:
    """列出全部政策产品，及某一天施行的每个数值、单位、文件与核实状态；首日之前不施行，绝无默认值。

    (List the policy products with the numbers in force on a day, each with its document and status.)
    """
    day = on or now.date()
    return ProductsReport(on=day, products=[_listed(product, day) for product in desks.policies.list_products()])


def _listed(product: Product, day: date) -> ProductListed:
    used = [product.used(name, day) for name in product.file.parameters]
    return ProductListed(
        product=product.code,
        label=product.label,
        about=product.file.about,
        owner=product.file.owner,
        illustrative=product.file.illustrative,
        in_force=product.in_force(day) is not None,
        stages={stage.value: STAGE_LABELS[stage] for stage in product.stages},
        numbers=numbers([one for one in used if one is not None]),
        facts=[FactListed(name=name, label=fact.label, unit=fact.unit) for name, fact in product.vocabulary.items()],
    )
