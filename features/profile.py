"""What can be said of an enterprise from the register and the chain maps?"""

from data.spec.table import Group, Unit
from data.spec.tables.profile import chain_position, enterprise_registration
from features.arithmetic import share_of_years
from features.spec import Aggregate, Card, Derived, FeatureGroup, Reduce


class Profile(FeatureGroup):
    """企业概况：成立年限、注册资本、人数与产业链位置。企业类型和区县从不作为特征。"""

    prefix = "profile"
    group = Group.PROFILE
    cards = (Card.APPLICATION, Card.BEHAVIOUR)

    age_days = Aggregate(
        label="成立天数",
        label_en="days since foundation",
        unit=Unit.DAY,
        reason="只用于换算年限",
        table=enterprise_registration,
        reduce=Reduce.DAYS_SINCE_FIRST,
        cards=(),
    )
    age_years = Derived(
        label="成立年限",
        label_en="years since foundation",
        unit=Unit.YEAR,
        reason="新企业本是政策扶持的对象，年限与风险的关系由数据说明，不作断言",
        formula=lambda profile_age_days: share_of_years(profile_age_days),
    )
    registered_capital_latest = Aggregate(
        label="注册资本",
        label_en="registered capital",
        unit=Unit.YUAN,
        reason="认缴制下注册资本不等于实力，不作断言",
        table=enterprise_registration,
        reduce=Reduce.LATEST,
        column="registered_capital",
    )
    staff_latest = Aggregate(
        label="登记职工人数",
        label_en="staff on the register",
        unit=Unit.PERSON,
        reason="规模本身不说明好坏，不作断言",
        table=enterprise_registration,
        reduce=Reduce.LATEST,
        column="staff",
    )
    chains_held = Aggregate(
        label="所在产业链数",
        label_en="industrial chains the firm is mapped to",
        unit=Unit.ITEM,
        reason="入图由主管部门确定，与偿债的关系不作断言",
        table=chain_position,
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    is_key_chain_firm = Aggregate(
        label="是否产业链重点企业",
        label_en="key firm of an industrial chain",
        unit=Unit.FLAG,
        reason="入图由主管部门确定，与偿债的关系不作断言",
        table=chain_position,
        reduce=Reduce.MAX,
        column="is_key_firm",
        in_force=True,
    )
    chain_position_held = Aggregate(
        label="所在产业链环节（上游1、中游2、下游3，取最靠近终端者）",
        label_en="place in the industrial chain, the nearest to the end user",
        unit=Unit.LEVEL,
        reason="环节本身不说明好坏，只作背景",
        table=chain_position,
        reduce=Reduce.MAX,
        column="position",
        levels={"upstream": 1, "midstream": 2, "downstream": 3},
        in_force=True,
    )
