"""What can be said of the technology contracts an enterprise sells and buys?"""

from data.spec.table import Group, Unit
from data.spec.tables.contracts import technology_contract
from features.arithmetic import growth, ratio
from features.spec import Aggregate, Card, Derived, Direction, FeatureGroup, Filled, Reduce
from features.windows import Window

YEAR = Window(12, "months")
THREE_YEARS = Window(3, "years")

SOLD = "说明成果转化能力，合同登记又受政策影响，不作断言"
BLOCK = "只作其他指标的分子或分母"


class Contracts(FeatureGroup):
    """技术合同：卖出、买入、集中度与注销。"""

    prefix = "contract"
    group = Group.CONTRACTS
    cards = (Card.APPLICATION, Card.BEHAVIOUR)

    sold_3y = Aggregate(
        label="近三年卖出技术合同数",
        label_en="technology contracts sold in 3 years",
        unit=Unit.ITEM,
        reason=SOLD,
        table=technology_contract,
        where={"role": "seller"},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    sold_amount_3y = Aggregate(
        label="近三年卖出技术合同额",
        label_en="amount of technology contracts sold in 3 years",
        unit=Unit.YUAN,
        reason=SOLD,
        table=technology_contract,
        where={"role": "seller"},
        reduce=Reduce.SUM,
        column="amount",
        window=THREE_YEARS,
        empty=0,
    )
    sold_amount_12m = Aggregate(
        label="近12个月卖出技术合同额",
        label_en="amount of technology contracts sold in 12 months",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=technology_contract,
        where={"role": "seller"},
        reduce=Reduce.SUM,
        column="amount",
        window=YEAR,
        empty=0,
        cards=(),
    )
    sold_amount_24m = Aggregate(
        label="近24个月卖出技术合同额",
        label_en="amount of technology contracts sold in 24 months",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=technology_contract,
        where={"role": "seller"},
        reduce=Reduce.SUM,
        column="amount",
        window=Window(24, "months"),
        empty=0,
        cards=(),
    )
    sold_growth_12m = Derived(
        label="卖出技术合同额增长率（近12个月比此前12个月）",
        label_en="growth of contracts sold, last 12 months on the 12 before",
        unit=Unit.RATIO,
        reason="合同登记受政策与时点影响，不作断言",
        formula=lambda contract_sold_amount_12m, contract_sold_amount_24m: growth(
            contract_sold_amount_12m, contract_sold_amount_24m - contract_sold_amount_12m
        ),
    )
    top_buyer_share_3y = Aggregate(
        label="近三年最大技术买方占比",
        label_en="share of the largest buyer of technology in 3 years",
        unit=Unit.RATIO,
        reason="集中与长期合作难以区分，不作断言",
        table=technology_contract,
        where={"role": "seller"},
        reduce=Reduce.TOP_SHARE,
        column="amount",
        by="counterparty",
        window=THREE_YEARS,
    )
    bought_3y = Aggregate(
        label="近三年买入技术合同数",
        label_en="technology contracts bought in 3 years",
        unit=Unit.ITEM,
        reason="买入技术说明投入，与偿债的关系不作断言",
        table=technology_contract,
        where={"role": "buyer"},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    bought_amount_3y = Aggregate(
        label="近三年买入技术合同额",
        label_en="amount of technology contracts bought in 3 years",
        unit=Unit.YUAN,
        reason="买入技术说明投入，与偿债的关系不作断言",
        table=technology_contract,
        where={"role": "buyer"},
        reduce=Reduce.SUM,
        column="amount",
        window=THREE_YEARS,
        empty=0,
    )
    cancelled_3y = Aggregate(
        label="近三年登记后注销的技术合同数",
        label_en="technology contracts registered in 3 years and cancelled",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="合同注销意味着约定的收入落空",
        table=technology_contract,
        where={"cancelled_on": Filled()},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    partners_3y = Aggregate(
        label="近三年技术合同对方单位数",
        label_en="counterparties of technology contracts in 3 years",
        unit=Unit.ITEM,
        reason="说明合作面，与偿债的关系不作断言",
        table=technology_contract,
        reduce=Reduce.DISTINCT,
        column="counterparty",
        window=THREE_YEARS,
        empty=0,
    )
    bought_amount_12m = Aggregate(
        label="近12个月买入技术合同额",
        label_en="amount of technology contracts bought in 12 months",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=technology_contract,
        where={"role": "buyer"},
        reduce=Reduce.SUM,
        column="amount",
        window=YEAR,
        empty=0,
        cards=(),
    )
    net_amount_3y = Derived(
        label="近三年技术合同净卖出额（卖出减买入）",
        label_en="contracts sold less bought in 3 years",
        unit=Unit.YUAN,
        reason="净卖出说明以技术换收入，净买入说明投入，不作断言",
        formula=lambda contract_sold_amount_3y, contract_bought_amount_3y: (
            contract_sold_amount_3y - contract_bought_amount_3y
        ),
    )
    top_seller_share_3y = Aggregate(
        label="近三年最大技术卖方占比",
        label_en="share of the largest seller of technology in 3 years",
        unit=Unit.RATIO,
        reason="集中与长期合作难以区分，不作断言",
        table=technology_contract,
        where={"role": "buyer"},
        reduce=Reduce.TOP_SHARE,
        column="amount",
        by="counterparty",
        window=THREE_YEARS,
    )
    brokered_3y = Aggregate(
        label="近三年经技术转移机构登记的合同数",
        label_en="technology contracts registered through a transfer body in 3 years",
        unit=Unit.ITEM,
        reason=SOLD,
        table=technology_contract,
        where={"transfer_body": Filled()},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    rights_sold_3y = Aggregate(
        label="近三年卖出的转让与许可合同数",
        label_en="transfers and licences sold in 3 years",
        unit=Unit.ITEM,
        reason="转让许可说明成果有价，也可能是变卖，不作断言",
        table=technology_contract,
        where={"role": "seller", "kind": ("transfer", "licence")},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    registered_3y = Aggregate(
        label="近三年登记的技术合同数",
        label_en="technology contracts registered in 3 years",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=technology_contract,
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
        cards=(),
    )
    cancelled_ratio_3y = Derived(
        label="近三年技术合同注销率",
        label_en="share of contracts registered in 3 years that were cancelled",
        unit=Unit.RATIO,
        direction=Direction.RISK_RISES,
        reason="合同注销意味着约定的收入落空",
        formula=lambda contract_cancelled_3y, contract_registered_3y: ratio(
            contract_cancelled_3y, contract_registered_3y
        ),
    )
    latest_sale_days = Aggregate(
        label="最近一份卖出技术合同距今天数",
        label_en="days since the latest technology contract sold",
        unit=Unit.DAY,
        reason=SOLD,
        table=technology_contract,
        where={"role": "seller"},
        reduce=Reduce.DAYS_SINCE_LATEST,
    )
