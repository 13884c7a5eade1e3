"""Which titles, certificates and carriers does an enterprise have?"""

from data.spec.table import Absence, Column, Group, Kind, Table, Unit

tech_sme_entry = Table(
    name="tech_sme_entry",
    label="科技型中小企业入库名单",
    group=Group.QUALIFICATIONS,
    publisher="科技部门",
    absence=Absence.ZERO,
    columns={
        "entry_no": Column(label="入库登记编号", kind=Kind.TEXT, required=True),
        "entered_on": Column(label="入库日期", kind=Kind.DATE, required=True),
        "valid_until": Column(label="有效期至", kind=Kind.DATE),
    },
    key=("entry_no",),
    happened="entered_on",
    ended="valid_until",
)

high_tech_certificate = Table(
    name="high_tech_certificate",
    label="高新技术企业认定",
    group=Group.QUALIFICATIONS,
    publisher="科技部门",
    absence=Absence.ZERO,
    columns={
        "certificate_no": Column(label="证书编号", kind=Kind.TEXT, required=True),
        "issued_on": Column(label="发证日期", kind=Kind.DATE, required=True),
        "valid_until": Column(label="有效期至", kind=Kind.DATE),
        "event": Column(
            label="公告类别",
            kind=Kind.CODE,
            choices={"recognised": "认定", "renamed": "更名", "revoked": "取消"},
            required=True,
        ),
        "former_name": Column(label="原企业名称", kind=Kind.TEXT),
    },
    key=("certificate_no",),
    happened="issued_on",
    ended="valid_until",
)

honour_listing = Table(
    name="honour_listing",
    label="科技领军、专精特新、瞪羚、创新型中小企业名单",
    group=Group.QUALIFICATIONS,
    publisher="科技、工信部门",
    absence=Absence.ZERO,
    columns={
        "honour": Column(
            label="称号",
            kind=Kind.CODE,
            required=True,
            choices={
                "tech_leading_enterprise": "科技领军企业",
                "specialized_sme": "专精特新中小企业",
                "little_giant": "专精特新小巨人企业",
                "single_product_champion": "单项冠军企业",
                "gazelle": "瞪羚企业",
                "innovative_sme": "创新型中小企业",
            },
        ),
        "level": Column(
            label="级别", kind=Kind.CODE, choices={"national": "国家级", "provincial": "省级", "city": "市级"}
        ),
        "listed_on": Column(label="公布日期", kind=Kind.DATE, required=True),
        "removed_on": Column(label="移出日期", kind=Kind.DATE, outcome=True),
    },
    key=("honour", "listed_on"),
    happened="listed_on",
    ended="removed_on",
)

incubation_tenancy = Table(
    name="incubation_tenancy",
    label="孵化载体在孵企业名单",
    group=Group.QUALIFICATIONS,
    publisher="科技部门",
    absence=Absence.ZERO,
    columns={
        "carrier": Column(label="载体名称", kind=Kind.TEXT, required=True),
        "carrier_kind": Column(
            label="载体类型",
            kind=Kind.CODE,
            choices={
                "maker_space": "众创空间",
                "incubator": "孵化器",
                "accelerator": "加速器",
                "park": "产业园区",
            },
        ),
        "entered_on": Column(label="入驻日期", kind=Kind.DATE, required=True),
        "graduated_on": Column(label="毕业日期", kind=Kind.DATE, outcome=True),
    },
    key=("carrier", "entered_on"),
    happened="entered_on",
    ended="graduated_on",
)

cultivation_listing = Table(
    name="cultivation_listing",
    label="育苗、双培育库名单",
    group=Group.QUALIFICATIONS,
    publisher="科技部门",
    absence=Absence.ZERO,
    columns={
        "programme": Column(
            label="培育计划",
            kind=Kind.CODE,
            required=True,
            choices={"seedling": "育苗", "double_cultivation": "双培育", "tech_leading_library": "科技领军企业培育库"},
        ),
        "entered_on": Column(label="入库日期", kind=Kind.DATE, required=True),
        "left_on": Column(label="出库日期", kind=Kind.DATE, outcome=True),
        "tier": Column(label="梯次", kind=Kind.INTEGER, unit=Unit.LEVEL, minimum=1, maximum=9),
    },
    key=("programme", "entered_on"),
    happened="entered_on",
    ended="left_on",
)

TABLES = (tech_sme_entry, high_tech_certificate, honour_listing, incubation_tenancy, cultivation_listing)
