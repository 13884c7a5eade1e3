"""What can be said of the platforms, instruments, vouchers and services an enterprise runs or uses?"""

from data.spec.table import Group, Unit
from data.spec.tables.platforms import (
    innovation_platform,
    innovation_voucher,
    instrument,
    platform_service,
    sharing_member,
)
from features.arithmetic import ratio
from features.spec import Aggregate, AtLeast, Card, Derived, Direction, FeatureGroup, Filled, Reduce
from features.windows import Window

YEAR = Window(12, "months")
THREE_YEARS = Window(3, "years")

ASSESSMENT = {"fail": 0, "pass": 1, "good": 2, "excellent": 3}
LEVEL = {"city": 1, "provincial": 2, "national": 3}
BLOCK = "只作其他指标的分子或分母"
LISTED = "说明创新能力，不等于偿债能力，不作断言"
SHARING = "仪器共享说明研发条件，与偿债的关系不作断言"


class Platforms(FeatureGroup):
    """创新平台与仪器共享：平台、仪器、创新券与公共技术服务。"""

    prefix = "platform"
    group = Group.PLATFORMS
    cards = (Card.APPLICATION, Card.BEHAVIOUR)

    platforms_held = Aggregate(
        label="有效的省级及以上创新平台数",
        label_en="provincial or national platforms in force",
        unit=Unit.ITEM,
        reason=LISTED,
        table=innovation_platform,
        where={"level": ("national", "provincial")},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    all_platforms_held = Aggregate(
        label="有效的各级创新平台数",
        label_en="platforms of any level in force",
        unit=Unit.ITEM,
        reason=LISTED,
        table=innovation_platform,
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    best_assessment_held = Aggregate(
        label="有效平台的最好评估结果（不合格0、合格1、良好2、优秀3）",
        label_en="best assessment of a platform in force",
        unit=Unit.LEVEL,
        reason=LISTED,
        table=innovation_platform,
        reduce=Reduce.MAX,
        column="assessment",
        levels=ASSESSMENT,
        in_force=True,
    )
    failed_assessments_held = Aggregate(
        label="评估不合格的平台数",
        label_en="platforms in force that failed their assessment",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="评估不合格说明研发投入或管理不到位",
        table=innovation_platform,
        where={"assessment": "fail"},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    instruments_held = Aggregate(
        label="入网共享仪器数",
        label_en="instruments in the sharing network",
        unit=Unit.ITEM,
        reason=SHARING,
        table=instrument,
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    instrument_value_held = Aggregate(
        label="入网共享仪器原值",
        label_en="original value of instruments in the sharing network",
        unit=Unit.YUAN,
        reason=SHARING,
        table=instrument,
        reduce=Reduce.SUM,
        column="original_value",
        in_force=True,
        empty=0,
    )
    hours_shared_held = Aggregate(
        label="入网仪器年共享机时",
        label_en="yearly hours shared of instruments in force",
        unit=Unit.HOUR,
        reason=SHARING,
        table=instrument,
        reduce=Reduce.SUM,
        column="hours_shared",
        in_force=True,
        empty=0,
    )
    memberships_held = Aggregate(
        label="仪器共享网会员资格数",
        label_en="memberships of the sharing network in force",
        unit=Unit.ITEM,
        reason=SHARING,
        table=sharing_member,
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    hours_used_held = Aggregate(
        label="作为会员年使用机时",
        label_en="yearly hours used as a member",
        unit=Unit.HOUR,
        reason=SHARING,
        table=sharing_member,
        reduce=Reduce.SUM,
        column="hours_used",
        in_force=True,
        empty=0,
    )
    vouchers_12m = Aggregate(
        label="近12个月创新券订单数",
        label_en="innovation vouchers ordered in 12 months",
        unit=Unit.ITEM,
        reason="使用频次说明研发活跃，取得成本低，不作断言",
        table=innovation_voucher,
        reduce=Reduce.COUNT,
        window=YEAR,
        empty=0,
    )
    voucher_amount_3y = Aggregate(
        label="近三年创新券兑付金额",
        label_en="innovation vouchers paid in 3 years",
        unit=Unit.YUAN,
        reason="使用频次说明研发活跃，取得成本低，不作断言",
        table=innovation_voucher,
        reduce=Reduce.SUM,
        column="amount",
        window=THREE_YEARS,
        empty=0,
    )
    services_12m = Aggregate(
        label="近12个月公共技术服务次数",
        label_en="public technical services in 12 months",
        unit=Unit.ITEM,
        reason="说明研发活跃，与偿债的关系不作断言",
        table=platform_service,
        reduce=Reduce.COUNT,
        window=YEAR,
        empty=0,
    )
    service_providers_3y = Aggregate(
        label="近三年服务平台数",
        label_en="public platforms used in 3 years",
        unit=Unit.ITEM,
        reason="说明研发活跃，与偿债的关系不作断言",
        table=platform_service,
        reduce=Reduce.DISTINCT,
        column="platform",
        window=THREE_YEARS,
        empty=0,
    )
    best_level_held = Aggregate(
        label="有效平台的最高级别（市级1、省级2、国家级3）",
        label_en="highest level of a platform in force",
        unit=Unit.LEVEL,
        reason=LISTED,
        table=innovation_platform,
        reduce=Reduce.MAX,
        column="level",
        levels=LEVEL,
        in_force=True,
    )
    national_held = Aggregate(
        label="有效的国家级创新平台数",
        label_en="national platforms in force",
        unit=Unit.ITEM,
        reason=LISTED,
        table=innovation_platform,
        where={"level": "national"},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    excellent_held = Aggregate(
        label="评估优秀的有效平台数",
        label_en="platforms in force assessed as excellent",
        unit=Unit.ITEM,
        reason=LISTED,
        table=innovation_platform,
        where={"assessment": "excellent"},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    assessed_held = Aggregate(
        label="有评估结果的有效平台数",
        label_en="platforms in force with an assessment",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=innovation_platform,
        where={"assessment": Filled()},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
        cards=(),
    )
    excellent_ratio = Derived(
        label="有效平台评估优秀率",
        label_en="share of assessed platforms in force that are excellent",
        unit=Unit.RATIO,
        reason=LISTED,
        formula=lambda platform_excellent_held, platform_assessed_held: ratio(
            platform_excellent_held, platform_assessed_held
        ),
    )
    removed = Aggregate(
        label="被撤销的创新平台数",
        label_en="platforms removed",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="平台被撤销多因评估不合格或停止运行",
        table=innovation_platform,
        where={"removed_on": Filled()},
        reduce=Reduce.COUNT,
        empty=0,
    )
    first_days = Aggregate(
        label="首个创新平台认定距今天数",
        label_en="days since the first platform",
        unit=Unit.DAY,
        reason=LISTED,
        table=innovation_platform,
        reduce=Reduce.DAYS_SINCE_FIRST,
    )
    hours_in_use_held = Aggregate(
        label="入网仪器年对外服务机时",
        label_en="yearly hours of use by others of instruments in force",
        unit=Unit.HOUR,
        reason=BLOCK,
        table=instrument,
        where={"hours_shared": AtLeast(0)},
        reduce=Reduce.SUM,
        column="hours_in_use",
        in_force=True,
        empty=0,
        cards=(),
    )
    hours_told_held = Aggregate(
        label="有服务机时记录的入网仪器年共享机时",
        label_en="yearly hours shared of instruments in force that tell their use",
        unit=Unit.HOUR,
        reason=BLOCK,
        table=instrument,
        where={"hours_in_use": AtLeast(0)},
        reduce=Reduce.SUM,
        column="hours_shared",
        in_force=True,
        empty=0,
        cards=(),
    )
    use_rate = Derived(
        label="入网仪器使用率（服务机时占共享机时）",
        label_en="share of shared instrument hours that others used",
        unit=Unit.RATIO,
        reason=SHARING,
        formula=lambda platform_hours_in_use_held, platform_hours_told_held: ratio(
            platform_hours_in_use_held, platform_hours_told_held
        ),
    )
    vouchers_3y = Aggregate(
        label="近三年创新券订单数",
        label_en="innovation vouchers ordered in 3 years",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=innovation_voucher,
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
        cards=(),
    )
    good_vouchers_3y = Aggregate(
        label="近三年服务机构绩效优良的创新券订单数",
        label_en="vouchers in 3 years whose provider was marked good or excellent",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=innovation_voucher,
        where={"provider_mark": ("excellent", "good")},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
        cards=(),
    )
    good_voucher_ratio_3y = Derived(
        label="近三年创新券服务机构绩效优良率",
        label_en="share of vouchers whose provider was marked good or excellent",
        unit=Unit.RATIO,
        reason="说明所选服务机构的质量，与偿债的关系不作断言",
        formula=lambda platform_good_vouchers_3y, platform_vouchers_3y: ratio(
            platform_good_vouchers_3y, platform_vouchers_3y
        ),
    )
    service_amount_3y = Aggregate(
        label="近三年公共技术服务金额",
        label_en="amount of public technical services in 3 years",
        unit=Unit.YUAN,
        reason="说明研发活跃，与偿债的关系不作断言",
        table=platform_service,
        reduce=Reduce.SUM,
        column="amount",
        window=THREE_YEARS,
        empty=0,
    )
    transfer_services_3y = Aggregate(
        label="近三年技术转移机构服务次数",
        label_en="services by technology transfer bodies in 3 years",
        unit=Unit.ITEM,
        reason="说明研发活跃，与偿债的关系不作断言",
        table=platform_service,
        where={"provider_kind": "transfer_body"},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    latest_service_days = Aggregate(
        label="最近一次公共技术服务距今天数",
        label_en="days since the latest public technical service",
        unit=Unit.DAY,
        reason="说明研发活跃，与偿债的关系不作断言",
        table=platform_service,
        reduce=Reduce.DAYS_SINCE_LATEST,
    )
