"""How grave, how old and how well repaired are an enterprise's adverse records?"""

from data.spec.table import Group, Unit
from data.spec.tables.conduct import conduct_record
from features.arithmetic import ratio
from features.conduct import ADVERSE, FIVE_YEARS, TWO_YEARS
from features.operations import Operations
from features.spec import Aggregate, Card, Derived, Direction, FeatureGroup, Filled, Reduce


class ConductRepair(FeatureGroup):
    """信用记录：种类、金额、年龄与移出。"""

    prefix = "conduct"
    group = Group.CONDUCT
    cards = (Card.APPLICATION, Card.BEHAVIOUR)
    reads = (Operations,)
    adverse_held = Aggregate(
        label="当前不良记录数",
        label_en="adverse records in force",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="未消除的不良记录越多，问题越多",
        table=conduct_record,
        where={"kind": ADVERSE},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    adverse_amount_held = Aggregate(
        label="当前不良记录涉及金额",
        label_en="amount of adverse records in force",
        unit=Unit.YUAN,
        direction=Direction.RISK_RISES,
        reason="未了结的金额越大，可用于还款的资金越少",
        table=conduct_record,
        where={"kind": ADVERSE},
        reduce=Reduce.SUM,
        column="amount",
        in_force=True,
        empty=0,
    )
    adverse_to_assets_ratio_2y = Derived(
        label="当前不良记录涉及金额与资产总额之比",
        label_en="amount of adverse records in force over assets",
        unit=Unit.RATIO,
        direction=Direction.RISK_RISES,
        reason="未了结的金额相对资产越重，越难承受",
        formula=lambda conduct_adverse_amount_held, operations_assets_latest_2y: ratio(
            conduct_adverse_amount_held, operations_assets_latest_2y
        ),
    )
    adverse_5y = Aggregate(
        label="近五年不良记录数",
        label_en="adverse records in 5 years",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="不良记录反复出现，说明经营不稳",
        table=conduct_record,
        where={"kind": ADVERSE},
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
    )
    adverse_kinds_5y = Aggregate(
        label="近五年不良记录的种类数",
        label_en="kinds of adverse records in 5 years",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="多个部门都有记录，说明问题不止一处",
        table=conduct_record,
        where={"kind": ADVERSE},
        reduce=Reduce.DISTINCT,
        column="kind",
        window=FIVE_YEARS,
        empty=0,
    )
    removed_5y = Aggregate(
        label="近五年列入且已移出的不良记录数",
        label_en="adverse records of 5 years that were removed",
        unit=Unit.ITEM,
        reason="移出说明已修复，也说明曾有不良，不作断言",
        table=conduct_record,
        where={"kind": ADVERSE, "removed_on": Filled()},
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
    )
    repaired_ratio_5y = Derived(
        label="近五年不良记录移出率",
        label_en="share of adverse records of 5 years that were removed",
        unit=Unit.RATIO,
        direction=Direction.RISK_FALLS,
        reason="有了问题肯修复，比放任不管的安全",
        formula=lambda conduct_removed_5y, conduct_adverse_5y: ratio(conduct_removed_5y, conduct_adverse_5y),
    )
    removal_days_mean_5y = Aggregate(
        label="近五年不良记录从列入到移出平均天数",
        label_en="mean days from listing to removal of adverse records of 5 years",
        unit=Unit.DAY,
        direction=Direction.RISK_RISES,
        reason="拖得越久才修复，说明意愿或能力越不足",
        table=conduct_record,
        where={"kind": ADVERSE},
        reduce=Reduce.MEAN,
        column="removed_on",
        window=FIVE_YEARS,
    )
    first_unresolved_days = Aggregate(
        label="最早一条未消除的不良记录距今天数",
        label_en="days since the first adverse record still in force",
        unit=Unit.DAY,
        reason="久拖未决与旧案失修难以区分，不作断言",
        table=conduct_record,
        where={"kind": ADVERSE},
        reduce=Reduce.DAYS_SINCE_FIRST,
        in_force=True,
    )
    latest_penalty_days = Aggregate(
        label="最近一次行政处罚距今天数",
        label_en="days since the latest administrative penalty",
        unit=Unit.DAY,
        direction=Direction.RISK_FALLS,
        reason="处罚越久远，影响越小",
        table=conduct_record,
        where={"kind": "administrative_penalty"},
        reduce=Reduce.DAYS_SINCE_LATEST,
    )
    latest_enforcement_days = Aggregate(
        label="最近一次被执行距今天数",
        label_en="days since the latest enforcement",
        unit=Unit.DAY,
        direction=Direction.RISK_FALLS,
        reason="被执行越久远，影响越小",
        table=conduct_record,
        where={"kind": "enforcement"},
        reduce=Reduce.DAYS_SINCE_LATEST,
    )
    abnormal_5y = Aggregate(
        label="近五年经营异常记录数",
        label_en="abnormal-operation listings in 5 years",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="反复失联或不公示年报，说明管理混乱",
        table=conduct_record,
        where={"kind": "abnormal_operation"},
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
    )
    enforcement_amount_5y = Aggregate(
        label="近五年被执行金额",
        label_en="amount under enforcement in 5 years",
        unit=Unit.YUAN,
        direction=Direction.RISK_RISES,
        reason="曾被强制执行的金额越大，履约问题越重",
        table=conduct_record,
        where={"kind": "enforcement"},
        reduce=Reduce.SUM,
        column="amount",
        window=FIVE_YEARS,
        empty=0,
    )
    litigation_amount_2y = Aggregate(
        label="近两年裁判文书涉及金额",
        label_en="amount of court rulings in 2 years",
        unit=Unit.YUAN,
        reason="企业可能是原告也可能是被告，不作断言",
        table=conduct_record,
        where={"kind": "litigation"},
        reduce=Reduce.SUM,
        column="amount",
        window=TWO_YEARS,
        empty=0,
    )
