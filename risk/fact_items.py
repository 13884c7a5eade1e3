"""Which facts about an enterprise can be verified on a day, and on which rows does each rest (资质核验)?"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class FactItem:
    """Ask whether a row of a table, with one of these words in each column named, is in force.

    `value` names the column that tells the record apart. An item that is `counted` holds where something happened
    before the day, and its value is how often; any other holds for a span of days.
    """

    label: str
    table: str
    value: str
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counted: bool = False


def _listed(label: str, *honours: str) -> FactItem:
    return FactItem(label=label, table="honour_listing", value="honour", where={"honour": honours})


def _conduct(label: str, *kinds: str) -> FactItem:
    return FactItem(label=label, table="conduct_record", value="kind", where={"kind": kinds})


FACT_ITEMS: Mapping[str, FactItem] = {
    "tech_sme_entry": FactItem(label="科技型中小企业入库编号有效", table="tech_sme_entry", value="entry_no"),
    "high_tech_certificate": FactItem(
        label="高新技术企业证书有效",
        table="high_tech_certificate",
        value="certificate_no",
        where={"event": ("recognised", "renamed")},
    ),
    "specialized_sme": _listed("专精特新中小企业或小巨人企业", "specialized_sme", "little_giant"),
    "little_giant": _listed("专精特新小巨人企业", "little_giant"),
    "innovative_sme": _listed("创新型中小企业", "innovative_sme"),
    "gazelle": _listed("瞪羚企业", "gazelle"),
    "single_product_champion": _listed("单项冠军企业", "single_product_champion"),
    "tech_leading_enterprise": _listed("科技领军企业", "tech_leading_enterprise"),
    "incubated": FactItem(label="孵化载体在孵企业", table="incubation_tenancy", value="carrier"),
    "project_lead": FactItem(
        label="牵头在研科技计划项目", table="project", value="project_no", where={"role": ("lead",)}
    ),
    "project": FactItem(label="承担在研科技计划项目", table="project", value="project_no"),
    "consortium": FactItem(label="创新联合体成员", table="consortium_membership", value="consortium"),
    "platform": FactItem(label="依托建设创新平台", table="innovation_platform", value="kind"),
    "tech_vice_president": FactItem(
        label="有科技副总在任", table="talent_post", value="kind", where={"kind": ("tech_vice_president",)}
    ),
    "taishan_talent": FactItem(
        label="有泰山人才在任", table="talent_post", value="level", where={"level": ("taishan",)}
    ),
    "talent": FactItem(label="有科技人才在任", table="talent_post", value="kind"),
    "innovation_voucher": FactItem(label="使用过创新券", table="innovation_voucher", value="order_no", counted=True),
    "dishonesty": _conduct("列为失信被执行人", "dishonesty"),
    "enforcement": _conduct("列为被执行人", "enforcement"),
    "abnormal_operation": _conduct("列入经营异常名录", "abnormal_operation"),
    "serious_violation": _conduct("列入严重违法失信名单", "serious_violation"),
    "tax_arrears": _conduct("有欠税公告", "tax_arrears"),
}
"""By the name under which an item is asked for; more may be added."""
