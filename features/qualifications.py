"""What can be said of an enterprise's titles, certificates and carriers?"""

from data.spec.table import Group, Unit
from data.spec.tables.qualifications import (
    cultivation_listing,
    high_tech_certificate,
    honour_listing,
    incubation_tenancy,
    tech_sme_entry,
)
from features.spec import Aggregate, Card, Direction, FeatureGroup, Filled, Reduce
from features.windows import Window

LISTED = "资质说明创新能力，不等于偿债能力，不作断言"


class Qualifications(FeatureGroup):
    """科技资质：科技型中小企业、高新技术企业、称号、孵化与培育。"""

    prefix = "qualification"
    group = Group.QUALIFICATIONS
    cards = (Card.APPLICATION, Card.BEHAVIOUR)

    tech_sme_held = Aggregate(
        label="有效的科技型中小企业入库登记数",
        label_en="tech SME entries in force",
        unit=Unit.ITEM,
        reason=LISTED,
        table=tech_sme_entry,
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    tech_sme_entries_3y = Aggregate(
        label="近三年科技型中小企业入库次数",
        label_en="tech SME entries in 3 years",
        unit=Unit.ITEM,
        reason=LISTED,
        table=tech_sme_entry,
        reduce=Reduce.COUNT,
        window=Window(3, "years"),
        empty=0,
    )
    high_tech_held = Aggregate(
        label="有效的高新技术企业证书数",
        label_en="high-tech certificates in force",
        unit=Unit.ITEM,
        reason=LISTED,
        table=high_tech_certificate,
        where={"event": ("recognised", "renamed")},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    high_tech_first_days = Aggregate(
        label="首次获高新技术企业证书距今天数",
        label_en="days since the first high-tech certificate",
        unit=Unit.DAY,
        reason=LISTED,
        table=high_tech_certificate,
        reduce=Reduce.DAYS_SINCE_FIRST,
    )
    high_tech_revocations = Aggregate(
        label="高新技术企业资格被取消次数",
        label_en="high-tech certificates revoked",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="资格被取消说明指标不再达标或有违规，是预警信号",
        table=high_tech_certificate,
        where={"event": "revoked"},
        reduce=Reduce.COUNT,
        empty=0,
    )
    honours_held = Aggregate(
        label="有效称号数（领军、专精特新、瞪羚、创新型中小企业等）",
        label_en="honours in force",
        unit=Unit.ITEM,
        reason=LISTED,
        table=honour_listing,
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    provincial_honours_held = Aggregate(
        label="省级及以上有效称号数",
        label_en="provincial or national honours in force",
        unit=Unit.ITEM,
        reason=LISTED,
        table=honour_listing,
        where={"level": ("national", "provincial")},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    incubations_held = Aggregate(
        label="在孵载体数",
        label_en="incubation tenancies in force",
        unit=Unit.ITEM,
        reason="在孵说明处于早期，不作断言",
        table=incubation_tenancy,
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    incubation_graduations = Aggregate(
        label="孵化毕业次数",
        label_en="graduations from incubation",
        unit=Unit.ITEM,
        reason="毕业标准各载体不一，不作断言",
        table=incubation_tenancy,
        where={"graduated_on": Filled()},
        reduce=Reduce.COUNT,
        empty=0,
    )
    cultivation_tier_held = Aggregate(
        label="培育库中的最高梯次",
        label_en="highest tier in a cultivation library in force",
        unit=Unit.LEVEL,
        reason=LISTED,
        table=cultivation_listing,
        reduce=Reduce.MAX,
        column="tier",
        in_force=True,
    )
    cultivations_held = Aggregate(
        label="在库培育计划数",
        label_en="cultivation programmes in force",
        unit=Unit.ITEM,
        reason=LISTED,
        table=cultivation_listing,
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
