"""What can be said of an enterprise's dealings with banks?

The behaviour card sees all of it. The application card sees earlier loans too, never the one being decided:
its rows carry `origin_loan`, and those of unknown origin wait sixty days (method.md 3).
"""

from data.spec.table import Group, Unit
from data.spec.tables.lending import loan, loan_application, loan_event, loan_month
from features.arithmetic import ratio
from features.operations import Operations
from features.spec import Aggregate, AtLeast, Card, Derived, Direction, FeatureGroup, Filled, Reduce
from features.windows import Window

YEAR = Window(12, "months")
TWO_YEARS = Window(2, "years")
FIVE_YEARS = Window(5, "years")

FIVE_CLASS = {"normal": 0, "mention": 1, "substandard": 2, "doubtful": 3, "loss": 4}
BORROWS = "有贷款既说明被认可，也说明有负担，不作断言"


class Lending(FeatureGroup):
    """信贷记录：申请、在贷、展期与逾期。"""

    prefix = "lending"
    group = Group.LENDING
    cards = (Card.APPLICATION, Card.BEHAVIOUR)
    reads = (Operations,)

    applications_2y = Aggregate(
        label="近两年贷款申请数",
        label_en="loan applications in 2 years",
        unit=Unit.ITEM,
        reason="申请多说明需求，也可能说明四处求贷，不作断言",
        table=loan_application,
        reduce=Reduce.COUNT,
        window=TWO_YEARS,
        empty=0,
    )
    refusals_2y = Aggregate(
        label="近两年被拒的贷款申请数",
        label_en="loan applications refused in 2 years",
        unit=Unit.ITEM,
        reason="拒贷标准各行不一，且本模型不应放大他行的判断，不作断言",
        table=loan_application,
        where={"decision": "refused"},
        reduce=Reduce.COUNT,
        window=TWO_YEARS,
        empty=0,
    )
    banks_2y = Aggregate(
        label="近两年申请过的银行数",
        label_en="banks applied to in 2 years",
        unit=Unit.ITEM,
        reason="申请多说明需求，也可能说明四处求贷，不作断言",
        table=loan_application,
        reduce=Reduce.DISTINCT,
        column="bank",
        window=TWO_YEARS,
        empty=0,
    )
    loans_held = Aggregate(
        label="未结清贷款笔数",
        label_en="loans outstanding",
        unit=Unit.ITEM,
        reason=BORROWS,
        table=loan,
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    loan_amount_held = Aggregate(
        label="未结清贷款的放款金额",
        label_en="amount disbursed of loans outstanding",
        unit=Unit.YUAN,
        reason=BORROWS,
        table=loan,
        reduce=Reduce.SUM,
        column="amount",
        in_force=True,
        empty=0,
    )
    undrawn_held = Aggregate(
        label="未提用额度",
        label_en="undrawn credit",
        unit=Unit.YUAN,
        reason="有余额可用是缓冲，临近违约时也常被收回，不作断言",
        table=loan,
        reduce=Reduce.SUM,
        column="undrawn",
        in_force=True,
        empty=0,
    )
    loans_to_assets_ratio_2y = Derived(
        label="未结清贷款与资产总额之比",
        label_en="loans outstanding over assets",
        unit=Unit.RATIO,
        direction=Direction.RISK_RISES,
        reason="银行债务相对资产越重，偿债余地越小",
        formula=lambda lending_loan_amount_held, operations_assets_latest_2y: ratio(
            lending_loan_amount_held, operations_assets_latest_2y
        ),
    )
    settled_loans_5y = Aggregate(
        label="近五年放款且已结清的贷款数",
        label_en="loans disbursed in 5 years and settled",
        unit=Unit.ITEM,
        reason="按期结清说明守信，提前结清原因不一，不作断言",
        table=loan,
        where={"settled_on": Filled()},
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
    )
    first_loan_days = Aggregate(
        label="首次放款距今天数",
        label_en="days since the first loan",
        unit=Unit.DAY,
        reason="首贷企业是政策扶持对象，不作断言",
        table=loan,
        reduce=Reduce.DAYS_SINCE_FIRST,
    )
    rate_latest = Aggregate(
        label="最近一笔贷款的年利率",
        label_en="yearly rate of the latest loan",
        unit=Unit.RATIO,
        reason="利率含有他行的风险判断，也随市场而变，不作断言",
        table=loan,
        reduce=Reduce.LATEST,
        column="rate",
        cards=(Card.BEHAVIOUR,),
    )
    renewals_2y = Aggregate(
        label="近两年续贷、展期、借新还旧次数",
        label_en="renewals, extensions and refinancings in 2 years",
        unit=Unit.ITEM,
        reason="无还本续贷是政策鼓励的正常安排，不作断言",
        table=loan_event,
        where={"event": ("renewal", "extension", "refinancing")},
        reduce=Reduce.COUNT,
        window=TWO_YEARS,
        empty=0,
    )
    restructurings_5y = Aggregate(
        label="近五年因财务困难重组、展期等次数",
        label_en="distressed restructurings in 5 years",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="因财务困难而重组，说明曾经还不上款",
        table=loan_event,
        where={"event": ("restructuring", "extension", "refinancing"), "is_distressed": 1},
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
    )
    relief_2y = Aggregate(
        label="近两年延期还本付息次数",
        label_en="relief granted in 2 years",
        unit=Unit.ITEM,
        reason="政策性延期覆盖面广，不作断言",
        table=loan_event,
        where={"event": "relief"},
        reduce=Reduce.COUNT,
        window=TWO_YEARS,
        empty=0,
    )
    payouts_5y = Aggregate(
        label="近五年代偿次数",
        label_en="guarantee payouts in 5 years",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="担保机构曾代其偿还",
        table=loan_event,
        where={"event": "guarantee_payout"},
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
    )
    months_reported_12m = Aggregate(
        label="近12个月贷后月报数",
        label_en="monthly reports in 12 months",
        unit=Unit.ITEM,
        reason="月报多少取决于贷款笔数与银行报送，不作断言",
        table=loan_month,
        reduce=Reduce.COUNT,
        window=YEAR,
        empty=0,
        cards=(Card.BEHAVIOUR,),
    )
    days_past_due_latest = Aggregate(
        label="最近一期逾期天数",
        label_en="days past due in the latest report",
        unit=Unit.DAY,
        direction=Direction.RISK_RISES,
        reason="正在逾期",
        table=loan_month,
        reduce=Reduce.LATEST,
        column="days_past_due",
        cards=(Card.BEHAVIOUR,),
    )
    days_past_due_max_12m = Aggregate(
        label="近12个月最长逾期天数",
        label_en="longest days past due in 12 months",
        unit=Unit.DAY,
        direction=Direction.RISK_RISES,
        reason="逾期越久，越可能违约",
        table=loan_month,
        reduce=Reduce.MAX,
        column="days_past_due",
        window=YEAR,
    )
    overdue_months_12m = Aggregate(
        label="近12个月逾期月报数",
        label_en="monthly reports past due in 12 months",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="经常逾期说明现金流不稳",
        table=loan_month,
        where={"days_past_due": AtLeast(1)},
        reduce=Reduce.COUNT,
        window=YEAR,
        empty=0,
    )
    overdue_months_3m = Aggregate(
        label="近3个月逾期月报数",
        label_en="monthly reports past due in 3 months",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="近期逾期是违约最直接的先兆",
        table=loan_month,
        where={"days_past_due": AtLeast(1)},
        reduce=Reduce.COUNT,
        window=Window(3, "months"),
        empty=0,
        cards=(Card.BEHAVIOUR,),
    )
    overdue_amount_12m = Aggregate(
        label="近12个月最高逾期金额",
        label_en="largest overdue amount in 12 months",
        unit=Unit.YUAN,
        direction=Direction.RISK_RISES,
        reason="逾期金额越大，缺口越大",
        table=loan_month,
        reduce=Reduce.MAX,
        column="overdue_amount",
        window=YEAR,
        cards=(Card.BEHAVIOUR,),
    )
    worst_class_12m = Aggregate(
        label="近12个月最差五级分类（正常0至损失4）",
        label_en="worst five-class grade in 12 months",
        unit=Unit.LEVEL,
        direction=Direction.RISK_RISES,
        reason="银行已经下调分类",
        table=loan_month,
        reduce=Reduce.MAX,
        column="five_class",
        levels=FIVE_CLASS,
        window=YEAR,
        cards=(Card.BEHAVIOUR,),
    )
    balance_latest = Aggregate(
        label="最近一期贷款余额",
        label_en="balance in the latest report",
        unit=Unit.YUAN,
        reason=BORROWS,
        table=loan_month,
        reduce=Reduce.LATEST,
        column="balance",
        cards=(Card.BEHAVIOUR,),
    )
