"""How do a bank, a guarantor and the bureau work on an application from the command line?"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.acting import BUREAU, As, read_acting
from api.commands.application_overrides import Month, Since, Until, overrides, span_of
from api.commands.application_signoff import signoff
from api.commands.options import AsJson
from api.commands.policy import pairs, read_mapping
from api.terminal.door import UsageRefused, command, parse_day, print_json, read_settings

if TYPE_CHECKING:
    from datetime import datetime

    from api.application_desk import ApplicationDesk, Shown, WantedMove
    from risk.joint.words import Guarantee

HELP = """联合评价与共同支持：申请、背靠背评价、会签、放款、备案、补偿、追偿，以及报送名单。

以哪家机构办理写在 --as 后面：银行或担保机构的代码，或 bureau 加身份（评审、区县科技局、经办），如 bureau/经办。

退出码：0 已办理，1 故障，2 被拒绝或用法有误，此时毫无改动。加 --json 得到一个 JSON 对象。
"""

OPERATOR = "bureau/operator"

Number = Annotated[str, typer.Argument(metavar="编号", help="如 SQ000001；写 SQ000001@5 则第5步之后有变动即不办理。")]
On = Annotated[str | None, typer.Option("--on", metavar="日期", help="办理日；缺省为今天。")]
Told = Annotated[list[str] | None, typer.Option("--set", metavar="名称=值", help="一项内容，可重复。")]
Words = Annotated[str, typer.Option("--words", metavar="文字", help="说明。")]
Code = Annotated[str | None, typer.Option("--code", metavar="代码", help="理由代码；不填会列出可选的代码。")]
Evidence = Annotated[list[str] | None, typer.Option("--evidence", metavar="名称=文件", help="一件证据，可重复。")]


@command
def new(
    enterprise: Annotated[str, typer.Argument(metavar="信用代码", help="企业的统一社会信用代码。")],
    told: Told = None,
    product: Annotated[str, typer.Option(metavar="产品", help="政策产品代码，如 lukedai、lukedan。")] = "lukedai",
    guarantee: Annotated[
        str, typer.Option(metavar="方式", help="none 无担保，individual:机构 逐笔担保，bulk:机构 批量担保。")
    ] = "none",
    acting: As = BUREAU,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """银行为一家已授权的企业新建申请（草稿）。

    用 --set 写明 amount、term_months、rate、loan_use、collateral、purpose，以及银行、担保机构自知的事实，
    如 --set amount=200万 --set rate=3.6% --set purpose=中试线扩建 --set bank_is_partner=是；未写的事实为未知。

    退出码：0 已新建，1 故障，2 被拒绝（没有授权、没有这个产品、取值有误）。
    """
    from data.spec.identifiers import parse_identifier
    from risk.joint.told import Wanted

    texts = pairs(told, "--set")
    how, _, guarantor = guarantee.partition(":")
    wanted = Wanted(
        identifier=parse_identifier(enterprise),
        product=product,
        guarantee=_guarantee(how),
        guarantor=guarantor or None,
        purpose=texts.pop("purpose", ""),
        texts=texts,
    )
    desk, at = _open()
    _answer(desk.new(wanted, acting=read_acting(acting), on=parse_day(on, "--on"), at=at), as_json=as_json)


@command
def move(
    number: Number,
    what: Annotated[str, typer.Argument(metavar="操作", help="如 return、begin、explain、watch；写错会列出全部。")],
    told: Told = None,
    evidence: Evidence = None,
    acting: As = BUREAU,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """办理状态表中的任何一步；所需内容用 --set 填写，缺什么会说明。

    退出码：0 已办理，1 故障，2 被拒绝（不由您办理、当前状态不能、条件未满足、已有变动）。
    """
    _make(_wanted(number, what, pairs(told, "--set"), evidence), acting, on, as_json=as_json)


@command
def submit(number: Number, acting: As = BUREAU, on: On = None, as_json: AsJson = False) -> None:
    """银行提交申请：逐条核对政策条件并存档。

    退出码：0 已提交（条件符合与否都写在结果里），1 故障，2 被拒绝。
    """
    _make(_wanted(number, "submit"), acting, on, as_json=as_json)


@command
def show(number: Number, acting: As = BUREAU, as_json: AsJson = False) -> None:
    """显示一笔申请：内容、经过、现在可以做什么；评价表开启之前只看得到自己的一份。

    退出码：0 已显示，1 故障，2 被拒绝（没有这笔申请，或与贵机构无关）。
    """
    desk, at = _open()
    _answer(desk.show(number, acting=read_acting(acting), at=at), as_json=as_json, whole=True)


@command
def sheet(
    number: Number,
    file: Annotated[
        Path | None, typer.Argument(metavar="[文件]", help="YAML 或 JSON：marks、words、notches 等。")
    ] = None,
    marks: Annotated[
        list[str] | None, typer.Option("--mark", metavar="方面=分", help="一个方面的分数，可重复，优先于文件。")
    ] = None,
    told: Told = None,
    acting: As = BUREAU,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """交一份评价表：六个方面各 0 至 100 分。交齐之前互不可见，最后一份交齐时同时开启。

    --set 可写 words、notches（+2 至 -2）、evidence（表/批次/行号，以逗号分开）、saw_model（是或否）。

    退出码：0 已交，1 故障，2 被拒绝（已经交过、不全、引用的证据不存在、上调无据）。
    """
    form: dict[str, Any] = {**read_mapping(file, "评价表"), **pairs(told, "--set")}
    if isinstance(form.get("evidence"), str):
        form["evidence"] = form["evidence"].replace("，", ",").split(",")
    if marks:
        form["marks"] = {**_mapping(form.get("marks")), **pairs(marks, "--mark")}
    desk, at = _open()
    done = desk.hand_in(number, form, acting=read_acting(acting), on=parse_day(on, "--on"), at=at)
    from api.terminal.application_page import hand_in_record, show_hand_in

    if as_json:
        print_json({"sheet": hand_in_record(done)})
    else:
        show_hand_in(done)


@command
def open_sheets(number: Number, acting: As = BUREAU, as_json: AsJson = False) -> None:
    """查看同时开启的全部评价表、模型等级、参照、差距、分歧与建议；没有交齐则被拒绝。

    退出码：0 已显示，1 故障，2 被拒绝（还有评价表没有交）。
    """
    desk, at = _open()
    shown = desk.opened(number, acting=read_acting(acting), at=at)
    from api.terminal.application_page import show_opening, shown_record

    if as_json:
        print_json({name: shown_record(shown)[name] for name in ("number", "sheets", "opening")})
    else:
        show_opening(shown)


@command
def conclude(
    number: Number,
    conclusion: Annotated[
        str, typer.Argument(metavar="结论", help="recommended、conditional、not_recommended，或其中文。")
    ],
    code: Code = None,
    words: Words = "",
    acting: As = BUREAU,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """科技局作出联合评价的结论；与建议不同须有代码与说明，大额须由第二人。

    退出码：0 已作出，1 故障，2 被拒绝（差距未说明、须第二人）。
    """
    told = {"conclusion": conclusion, **_reason(code, words)}
    _make(_wanted(number, "conclude", told), acting, on, as_json=as_json)


@command
def decide(
    number: Number,
    decision: Annotated[str, typer.Argument(metavar="决定", help="approve 同意，或 decline 不同意。")],
    code: Code = None,
    words: Words = "",
    acting: As = BUREAU,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """银行的最终决定及理由，由银行独立作出；与结论不同的，反馈记为推翻。

    退出码：0 已记录，1 故障，2 被拒绝（没有理由、推翻的结论已过期）。
    """
    moves = {"approve": "approve", "decline": "decline", "同意": "approve", "不同意": "decline"}
    if decision not in moves:
        raise UsageRefused(f"决定“{decision}”无法识别。", help="写 approve（同意）或 decline（不同意）。")
    _make(_wanted(number, moves[decision], _reason(code, words)), acting, on, as_json=as_json)


@command
def disburse(
    number: Number,
    loan_no: Annotated[str, typer.Option("--loan-no", metavar="借据号", help="借据号。")],
    told: Told = None,
    acting: As = BUREAU,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """银行登记放款，不超过申请金额。

    实放金额、放款日、到期日可用 --set disbursed=、disbursed_on=、matures_on= 填写；缺省为申请金额、办理日、按期限推算。

    退出码：0 已登记，1 故障，2 被拒绝。
    """
    _make(_wanted(number, "disburse", {**pairs(told, "--set"), "loan_no": loan_no}), acting, on, as_json=as_json)


@command
def file(number: Number, told: Told = None, acting: As = OPERATOR, on: On = None, as_json: AsJson = False) -> None:
    """科技局经办备案：按备案日的规定逐条核对，不满足则不予备案，并说明依据。

    退出码：0 已备案，1 故障，2 被拒绝（逾期备案、证书或编号无效、结论不同意、评估过期）。
    """
    _make(_wanted(number, "file", pairs(told, "--set")), acting, on, as_json=as_json)


@command
def claim(
    number: Number,
    loss: Annotated[str, typer.Option("--loss", metavar="金额", help="本金损失。")],
    recovery_started: Annotated[bool, typer.Option("--recovery-started", help="已开始追偿。")] = False,
    evidence: Evidence = None,
    acting: As = BUREAU,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """银行或担保机构申请风险补偿，附证据目录；条件不满足则被拒绝，并说明依据。

    退出码：0 已申请，1 故障，2 被拒绝（未备案、逾期天数不足、没有证据）。
    """
    told = {"principal_loss": loss, **({"recovery_started": "是"} if recovery_started else {})}
    _make(_wanted(number, "claim", told, evidence), acting, on, as_json=as_json)


@command
def recover(
    number: Number,
    recovered: Annotated[str, typer.Option("--recovered", metavar="金额", help="追回的金额。")],
    cost: Annotated[str, typer.Option("--cost", metavar="金额", help="追偿费用。")] = "0",
    acting: As = BUREAU,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """登记追偿：扣除费用后按各方分担的损失返还，分毫不差。

    退出码：0 已登记，1 故障，2 被拒绝（超过各方尚未收回的损失）。
    """
    told = {"recovered": recovered, "recovery_cost": cost}
    _make(_wanted(number, "recover", told), acting, on, as_json=as_json)


@command
def list_applications(acting: As = BUREAU, as_json: AsJson = False) -> None:
    """列出与机构有关的全部申请。

    退出码：0 已列出，1 故障，2 被拒绝。
    """
    desk, at = _open()
    found = desk.list_all(acting=read_acting(acting), at=at)
    from api.terminal.application_page import brief_record, show_all

    if as_json:
        print_json({"applications": [brief_record(one) for one in found]})
    else:
        show_all(found)


@command
def lists(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="名单", help="filing 备案、subsidy 贴息、claim 补偿、reguarantee 再担保账单、recovery 追偿台账。"
        ),
    ],
    month: Month = None,
    since: Since = None,
    until: Until = None,
    folder: Annotated[Path, typer.Option("--folder", metavar="文件夹", help="写到哪里。")] = Path(),
    acting: As = OPERATOR,
    as_json: AsJson = False,
) -> None:
    """汇总报送名单，写成工作簿；合计与台账逐分核对，不一致则不生成。

    退出码：0 已生成，1 故障，2 被拒绝。
    """
    first, end = span_of(month, since, until)
    desk, at = _open()
    made, path = desk.draw_up(kind, since=first, until=end, folder=folder, acting=read_acting(acting), at=at)
    from api.terminal.application_page import list_record, show_list

    if as_json:
        print_json({"list": list_record(made, path)})
    else:
        show_list(made, path)


def _open() -> "tuple[ApplicationDesk, datetime]":
    from api.clock import now
    from api.wiring import application_desk, store_today

    settings = read_settings()
    return application_desk(settings), now(store_today(settings))


def _wanted(
    number: str, move: str, told: Mapping[str, str] | None = None, evidence: list[str] | None = None
) -> "WantedMove":
    from api.application_desk import WantedMove

    return WantedMove(number=number, move=move, told=told or {}, attachments=tuple(evidence or ()))


def _make(wanted: "WantedMove", acting: str, on: str | None, *, as_json: bool) -> None:
    desk, at = _open()
    _answer(desk.move(wanted, acting=read_acting(acting), on=parse_day(on, "--on"), at=at), as_json=as_json)


def _answer(shown: "Shown", *, as_json: bool, whole: bool = False) -> None:
    from api.terminal.application_page import show_application, show_move, shown_record

    if as_json:
        print_json({"application": shown_record(shown)})
    elif whole:
        show_application(shown)
    else:
        show_move(shown)


def _reason(code: str | None, words: str) -> dict[str, str]:
    return {"words": words, **({"code": code} if code else {})}


def _guarantee(text: str) -> "Guarantee":
    from risk.joint.words import GUARANTEE_LABELS

    named = {word: one for one, label in GUARANTEE_LABELS.items() for word in (one.value, label)}
    if text not in named:
        listed = "、".join(f"{one}（{label}）" for one, label in GUARANTEE_LABELS.items())
        raise UsageRefused(
            f"--guarantee 的值“{text}”无法识别。", help=f"可选：{listed}；有担保时写 individual:机构代码。"
        )
    return named[text]


def _mapping(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, Mapping) else {}


COMMANDS = (
    ("new", new),
    ("submit", submit),
    ("move", move),
    ("show", show),
    ("sheet", sheet),
    ("open", open_sheets),
    ("conclude", conclude),
    ("signoff", signoff),
    ("decide", decide),
    ("disburse", disburse),
    ("file", file),
    ("claim", claim),
    ("recover", recover),
    ("list", list_applications),
    ("lists", lists),
    ("overrides", overrides),
)
