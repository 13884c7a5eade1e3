"""What can be said of an enterprise from its value-added-tax invoices alone?"""

from data.spec.table import Group, Unit
from data.spec.tables.operations import invoice
from features.arithmetic import growth, ratio
from features.spec import Aggregate, Card, Derived, Direction, FeatureGroup, Reduce
from features.windows import Window

QUARTER = Window(3, "months")
YEAR = Window(12, "months")
TWO_YEARS = Window(24, "months")
THREE_YEARS = Window(3, "years")

SOLD = {"direction": "sale", "status": "valid"}
BOUGHT = {"direction": "purchase", "status": "valid"}
EVERY = (Card.APPLICATION, Card.BEHAVIOUR, Card.INVOICES)

SIZE = "采购规模随行业而异，不作断言"
BLOCK = "只作其他指标的分子或分母"


class Invoices(FeatureGroup):
    """增值税发票（一）：进销总额、连续性、增长与季节。"""

    prefix = "invoice"
    group = Group.OPERATIONS
    cards = (Card.INVOICES,)

    sales_3y = Aggregate(
        label="近三年销项金额",
        label_en="sales invoiced in 3 years",
        unit=Unit.YUAN,
        direction=Direction.RISK_FALLS,
        reason="开票收入是还款来源；真实数据中销项总额与违约的关系最强",
        table=invoice,
        where=SOLD,
        reduce=Reduce.SUM,
        column="total",
        window=THREE_YEARS,
        empty=0,
    )
    sales_12m = Aggregate(
        label="近12个月销项金额",
        label_en="sales invoiced in 12 months",
        unit=Unit.YUAN,
        direction=Direction.RISK_FALLS,
        reason="近期收入越多，还款能力越强",
        table=invoice,
        where=SOLD,
        reduce=Reduce.SUM,
        column="total",
        window=YEAR,
        empty=0,
        cards=EVERY,
    )
    sales_24m = Aggregate(
        label="近24个月销项金额",
        label_en="sales invoiced in 24 months",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=invoice,
        where=SOLD,
        reduce=Reduce.SUM,
        column="total",
        window=TWO_YEARS,
        empty=0,
        needs_history=TWO_YEARS,
        cards=(),
    )
    sales_3m = Aggregate(
        label="近3个月销项金额",
        label_en="sales invoiced in 3 months",
        unit=Unit.YUAN,
        direction=Direction.RISK_FALLS,
        reason="近期收入越多，还款能力越强",
        table=invoice,
        where=SOLD,
        reduce=Reduce.SUM,
        column="total",
        window=QUARTER,
        empty=0,
    )
    purchases_3y = Aggregate(
        label="近三年进项金额",
        label_en="purchases invoiced in 3 years",
        unit=Unit.YUAN,
        reason=SIZE,
        table=invoice,
        where=BOUGHT,
        reduce=Reduce.SUM,
        column="total",
        window=THREE_YEARS,
        empty=0,
    )
    purchases_12m = Aggregate(
        label="近12个月进项金额",
        label_en="purchases invoiced in 12 months",
        unit=Unit.YUAN,
        reason=SIZE,
        table=invoice,
        where=BOUGHT,
        reduce=Reduce.SUM,
        column="total",
        window=YEAR,
        empty=0,
        cards=EVERY,
    )
    purchases_24m = Aggregate(
        label="近24个月进项金额",
        label_en="purchases invoiced in 24 months",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=invoice,
        where=BOUGHT,
        reduce=Reduce.SUM,
        column="total",
        window=TWO_YEARS,
        empty=0,
        needs_history=TWO_YEARS,
        cards=(),
    )
    sales_count_3y = Aggregate(
        label="近三年有效销项发票数",
        label_en="valid sales invoices in 3 years",
        unit=Unit.ITEM,
        direction=Direction.RISK_FALLS,
        reason="交易越频繁，经营越活跃",
        table=invoice,
        where=SOLD,
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    sales_count_12m = Aggregate(
        label="近12个月有效销项发票数",
        label_en="valid sales invoices in 12 months",
        unit=Unit.ITEM,
        direction=Direction.RISK_FALLS,
        reason="交易越频繁，经营越活跃",
        table=invoice,
        where=SOLD,
        reduce=Reduce.COUNT,
        window=YEAR,
        empty=0,
    )
    purchase_count_3y = Aggregate(
        label="近三年有效进项发票数",
        label_en="valid purchase invoices in 3 years",
        unit=Unit.ITEM,
        reason=SIZE,
        table=invoice,
        where=BOUGHT,
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    sales_months_3y = Aggregate(
        label="近三年有销项的月数",
        label_en="months with sales in 3 years",
        unit=Unit.MONTH,
        direction=Direction.RISK_FALLS,
        reason="月月有销售，经营才连续",
        table=invoice,
        where=SOLD,
        reduce=Reduce.MONTHS,
        window=THREE_YEARS,
        empty=0,
    )
    sales_months_12m = Aggregate(
        label="近12个月有销项的月数",
        label_en="months with sales in 12 months",
        unit=Unit.MONTH,
        direction=Direction.RISK_FALLS,
        reason="月月有销售，经营才连续",
        table=invoice,
        where=SOLD,
        reduce=Reduce.MONTHS,
        window=YEAR,
        empty=0,
        cards=EVERY,
    )
    purchase_months_12m = Aggregate(
        label="近12个月有进项的月数",
        label_en="months with purchases in 12 months",
        unit=Unit.MONTH,
        direction=Direction.RISK_FALLS,
        reason="月月有采购，经营才连续",
        table=invoice,
        where=BOUGHT,
        reduce=Reduce.MONTHS,
        window=YEAR,
        empty=0,
    )
    latest_sale_days = Aggregate(
        label="最近一张有效销项发票距今天数",
        label_en="days since the latest valid sale",
        unit=Unit.DAY,
        direction=Direction.RISK_RISES,
        reason="停止开票是停业的信号",
        table=invoice,
        where=SOLD,
        reduce=Reduce.DAYS_SINCE_LATEST,
    )
    latest_purchase_days = Aggregate(
        label="最近一张有效进项发票距今天数",
        label_en="days since the latest valid purchase",
        unit=Unit.DAY,
        direction=Direction.RISK_RISES,
        reason="停止采购是停业的信号",
        table=invoice,
        where=BOUGHT,
        reduce=Reduce.DAYS_SINCE_LATEST,
    )
    first_sale_days = Aggregate(
        label="首张有效销项发票距今天数",
        label_en="days since the first valid sale",
        unit=Unit.DAY,
        direction=Direction.RISK_FALLS,
        reason="经营记录越长，越经受过检验",
        table=invoice,
        where=SOLD,
        reduce=Reduce.DAYS_SINCE_FIRST,
    )
    sales_gap_3y = Aggregate(
        label="近三年两次销售之间最长间隔",
        label_en="longest wait between sales in 3 years",
        unit=Unit.DAY,
        direction=Direction.RISK_RISES,
        reason="长时间没有销售，现金流会中断",
        table=invoice,
        where=SOLD,
        reduce=Reduce.MAX_GAP,
        window=THREE_YEARS,
        cards=EVERY,
    )
    purchase_gap_3y = Aggregate(
        label="近三年两次采购之间最长间隔",
        label_en="longest wait between purchases in 3 years",
        unit=Unit.DAY,
        reason="采购节奏因行业而异，不作断言",
        table=invoice,
        where=BOUGHT,
        reduce=Reduce.MAX_GAP,
        window=THREE_YEARS,
    )
    gross_margin_ratio_3y = Derived(
        label="近三年进销差率（销项减进项，占销项）",
        label_en="sales less purchases over sales in 3 years",
        unit=Unit.RATIO,
        reason="进项不等于成本，服务业与贸易业差别大，不作断言",
        cards=EVERY,
        formula=lambda invoice_sales_3y, invoice_purchases_3y: ratio(
            invoice_sales_3y - invoice_purchases_3y, invoice_sales_3y
        ),
    )
    purchases_to_sales_ratio_12m = Derived(
        label="近12个月进项与销项之比",
        label_en="purchases over sales in 12 months",
        unit=Unit.RATIO,
        reason="进项不等于成本，不作断言",
        formula=lambda invoice_purchases_12m, invoice_sales_12m: ratio(invoice_purchases_12m, invoice_sales_12m),
    )
    sales_growth_12m = Derived(
        label="销项增长率（近12个月比此前12个月）",
        label_en="growth of sales, last 12 months on the 12 before",
        unit=Unit.RATIO,
        direction=Direction.RISK_FALLS,
        reason="销售下滑是经营恶化的早期信号",
        needs_history=TWO_YEARS,
        cards=EVERY,
        formula=lambda invoice_sales_12m, invoice_sales_24m: growth(
            invoice_sales_12m, invoice_sales_24m - invoice_sales_12m
        ),
    )
    purchases_growth_12m = Derived(
        label="进项增长率（近12个月比此前12个月）",
        label_en="growth of purchases, last 12 months on the 12 before",
        unit=Unit.RATIO,
        reason="采购增减既可因销售也可因囤货，不作断言",
        needs_history=TWO_YEARS,
        formula=lambda invoice_purchases_12m, invoice_purchases_24m: growth(
            invoice_purchases_12m, invoice_purchases_24m - invoice_purchases_12m
        ),
    )
    season_ratio_3m = Derived(
        label="近3个月销项与近12个月平均季度之比",
        label_en="sales of 3 months over the mean quarter of 12 months",
        unit=Unit.RATIO,
        reason="淡旺季因行业而异，不作断言",
        formula=lambda invoice_sales_3m, invoice_sales_12m: ratio(4 * invoice_sales_3m, invoice_sales_12m),
    )
    sales_per_month_3y = Derived(
        label="近三年有销项月份的月均销项",
        label_en="sales a month with sales in 3 years",
        unit=Unit.YUAN,
        direction=Direction.RISK_FALLS,
        reason="月均收入越多，还款能力越强",
        formula=lambda invoice_sales_3y, invoice_sales_months_3y: ratio(invoice_sales_3y, invoice_sales_months_3y),
    )
