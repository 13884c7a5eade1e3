"""How sound are an enterprise's invoices, and with whom does it trade?"""

from data.spec.table import Group, Unit
from data.spec.tables.operations import invoice
from features.arithmetic import ratio
from features.invoices import BLOCK, BOUGHT, EVERY, SIZE, SOLD, THREE_YEARS, YEAR, Invoices
from features.spec import Aggregate, Below, Card, Derived, Direction, FeatureGroup, Reduce


class Trade(FeatureGroup):
    """增值税发票（二）：作废与红字、客户与供应商、单张金额与税率。"""

    prefix = "invoice"
    group = Group.OPERATIONS
    cards = (Card.INVOICES,)
    reads = (Invoices,)

    all_sales_count_3y = Aggregate(
        label="近三年销项发票数（含作废）",
        label_en="sales invoices in 3 years, void ones too",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=invoice,
        where={"direction": "sale"},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
        cards=(),
    )
    all_purchase_count_3y = Aggregate(
        label="近三年进项发票数（含作废）",
        label_en="purchase invoices in 3 years, void ones too",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=invoice,
        where={"direction": "purchase"},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
        cards=(),
    )
    red_sales_count_3y = Aggregate(
        label="近三年红字销项发票数",
        label_en="red-letter sales invoices in 3 years",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=invoice,
        where={**SOLD, "total": Below(0)},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
        cards=(),
    )
    red_sales_3y = Aggregate(
        label="近三年红字销项金额",
        label_en="amount of red-letter sales invoices in 3 years",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=invoice,
        where={**SOLD, "total": Below(0)},
        reduce=Reduce.SUM,
        column="total",
        window=THREE_YEARS,
        empty=0,
        cards=(),
    )
    red_purchase_count_3y = Aggregate(
        label="近三年红字进项发票数",
        label_en="red-letter purchase invoices in 3 years",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=invoice,
        where={**BOUGHT, "total": Below(0)},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
        cards=(),
    )
    void_share_3y = Derived(
        label="近三年销项作废率",
        label_en="share of sales invoices that were voided in 3 years",
        unit=Unit.RATIO,
        direction=Direction.RISK_RISES,
        reason="作废越多，交易越不可靠",
        cards=EVERY,
        formula=lambda invoice_sales_count_3y, invoice_all_sales_count_3y: ratio(
            invoice_all_sales_count_3y - invoice_sales_count_3y, invoice_all_sales_count_3y
        ),
    )
    purchase_void_share_3y = Derived(
        label="近三年进项作废率",
        label_en="share of purchase invoices that were voided in 3 years",
        unit=Unit.RATIO,
        reason="由对方作废，不作断言",
        formula=lambda invoice_purchase_count_3y, invoice_all_purchase_count_3y: ratio(
            invoice_all_purchase_count_3y - invoice_purchase_count_3y, invoice_all_purchase_count_3y
        ),
    )
    red_letter_share_3y = Derived(
        label="近三年销项红字发票占比",
        label_en="share of valid sales invoices that are red-letter in 3 years",
        unit=Unit.RATIO,
        reason="退货与折让使收入不可靠，但真实数据中红字多的反而是大户，不作断言",
        cards=EVERY,
        formula=lambda invoice_red_sales_count_3y, invoice_sales_count_3y: ratio(
            invoice_red_sales_count_3y, invoice_sales_count_3y
        ),
    )
    red_letter_amount_ratio_3y = Derived(
        label="近三年销项红字金额与净销售额之比",
        label_en="red-letter amount over net sales in 3 years",
        unit=Unit.RATIO,
        reason="退货与折让使收入不可靠，但真实数据中红字多的反而是大户，不作断言",
        formula=lambda invoice_red_sales_3y, invoice_sales_3y: ratio(-invoice_red_sales_3y, invoice_sales_3y),
    )
    purchase_red_letter_share_3y = Derived(
        label="近三年进项红字发票占比",
        label_en="share of valid purchase invoices that are red-letter in 3 years",
        unit=Unit.RATIO,
        reason="退货说明品控也说明纠纷，不作断言",
        formula=lambda invoice_red_purchase_count_3y, invoice_purchase_count_3y: ratio(
            invoice_red_purchase_count_3y, invoice_purchase_count_3y
        ),
    )
    customers_3y = Aggregate(
        label="近三年客户数",
        label_en="customers in 3 years",
        unit=Unit.ITEM,
        direction=Direction.RISK_FALLS,
        reason="客户越多，越不依赖个别买家",
        table=invoice,
        where=SOLD,
        reduce=Reduce.DISTINCT,
        column="counterparty",
        window=THREE_YEARS,
        empty=0,
    )
    customers_12m = Aggregate(
        label="近12个月客户数",
        label_en="customers in 12 months",
        unit=Unit.ITEM,
        direction=Direction.RISK_FALLS,
        reason="客户越多，越不依赖个别买家",
        table=invoice,
        where=SOLD,
        reduce=Reduce.DISTINCT,
        column="counterparty",
        window=YEAR,
        empty=0,
    )
    suppliers_3y = Aggregate(
        label="近三年供应商数",
        label_en="suppliers in 3 years",
        unit=Unit.ITEM,
        reason=SIZE,
        table=invoice,
        where=BOUGHT,
        reduce=Reduce.DISTINCT,
        column="counterparty",
        window=THREE_YEARS,
        empty=0,
    )
    top_customer_share_3y = Aggregate(
        label="近三年最大客户占比",
        label_en="share of the largest customer in 3 years",
        unit=Unit.RATIO,
        direction=Direction.RISK_RISES,
        reason="过度依赖一个客户，客户一走收入就断",
        table=invoice,
        where=SOLD,
        reduce=Reduce.TOP_SHARE,
        column="total",
        by="counterparty",
        window=THREE_YEARS,
        cards=EVERY,
    )
    top_supplier_share_3y = Aggregate(
        label="近三年最大供应商占比",
        label_en="share of the largest supplier in 3 years",
        unit=Unit.RATIO,
        reason="因行业而异，不作断言",
        table=invoice,
        where=BOUGHT,
        reduce=Reduce.TOP_SHARE,
        column="total",
        by="counterparty",
        window=THREE_YEARS,
    )
    sale_mean_3y = Aggregate(
        label="近三年单张销项平均金额",
        label_en="mean sales invoice in 3 years",
        unit=Unit.YUAN,
        reason="大单与小单各有利弊，不作断言",
        table=invoice,
        where=SOLD,
        reduce=Reduce.MEAN,
        column="total",
        window=THREE_YEARS,
    )
    sale_std_3y = Aggregate(
        label="近三年单张销项金额标准差",
        label_en="standard deviation of sales invoices in 3 years",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=invoice,
        where=SOLD,
        reduce=Reduce.STD,
        column="total",
        window=THREE_YEARS,
        cards=(),
    )
    sale_variation_ratio_3y = Derived(
        label="近三年单张销项金额波动（标准差与均值之比）",
        label_en="variation of sales invoices in 3 years",
        unit=Unit.RATIO,
        reason="大小单混杂的程度，因行业而异，不作断言",
        formula=lambda invoice_sale_std_3y, invoice_sale_mean_3y: ratio(invoice_sale_std_3y, invoice_sale_mean_3y),
    )
    retained_customer_ratio_12m = Derived(
        label="近12个月客户数与近三年客户数之比",
        label_en="customers of 12 months over those of 3 years",
        unit=Unit.RATIO,
        direction=Direction.RISK_FALLS,
        reason="客户流失说明市场在丢",
        formula=lambda invoice_customers_12m, invoice_customers_3y: ratio(invoice_customers_12m, invoice_customers_3y),
    )
    sales_tax_3y = Aggregate(
        label="近三年销项税额",
        label_en="tax on sales in 3 years",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=invoice,
        where=SOLD,
        reduce=Reduce.SUM,
        column="tax",
        window=THREE_YEARS,
        empty=0,
        cards=(),
    )
    sales_tax_ratio_3y = Derived(
        label="近三年销项税额占价税合计比重",
        label_en="tax over sales in 3 years",
        unit=Unit.RATIO,
        reason="税率因行业与纳税人身份而异，不作断言",
        formula=lambda invoice_sales_tax_3y, invoice_sales_3y: ratio(invoice_sales_tax_3y, invoice_sales_3y),
    )
    peak_month_share_12m = Aggregate(
        label="近12个月销项最多的一个月占比",
        label_en="share of 12 months' sales made in the strongest month",
        unit=Unit.RATIO,
        reason="淡旺季因行业而异，集中于一月的收入难以支撑按月还款，不作断言",
        table=invoice,
        where=SOLD,
        reduce=Reduce.PEAK_MONTH_SHARE,
        column="total",
        window=YEAR,
    )
