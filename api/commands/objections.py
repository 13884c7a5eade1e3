"""Which objections are open, which of them are late, and how is one answered at the terminal?"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.options import AsJson
from api.terminal.door import UsageRefused, command, print_json, read_settings, tell

if TYPE_CHECKING:
    from api.objection_desk import ObjectionShown, ObjectionVisit
    from risk.consent_words import Asking

HELP = """企业异议：列出并答复；逾期未办的予以标明。每次查看都记入审计。

退出码：0 已办理，1 故障，2 被拒绝或用法有误，此时毫无改动。加 --json 得到一个 JSON 对象。
"""
PAGE = 200


@command
def listed(as_json: AsJson = False) -> None:
    """列出全部异议：所涉评估或授权、状态、核实与答复的期限，逾期的标明。"""
    from api.wiring import open_desks

    desks = open_desks(read_settings())
    with desks.objections.visit(at=desks.now()) as visit:
        found = list(_pages(visit))
        visit.commit()
    _tell(found, as_json=as_json)


@command
def answer(
    id: Annotated[str, typer.Argument(metavar="异议编号", help="异议编号，见 lukeping objection list。")],
    words: Annotated[str, typer.Option("--words", metavar="理由", help="答复的理由；企业会读到。")],
    upheld: Annotated[bool, typer.Option("--upheld", help="异议成立。")] = False,
    rejected: Annotated[bool, typer.Option("--rejected", help="异议不成立。")] = False,
    as_json: AsJson = False,
) -> None:
    """答复一件异议：成立或不成立，并说明理由。"""
    from api.wiring import open_desks

    if upheld == rejected or not words.strip():
        raise UsageRefused("请在 --upheld 与 --rejected 中给出一个，并写明理由。", help="理由用 --words 写出。")
    desks = open_desks(read_settings())
    with desks.objections.visit(at=desks.now()) as visit:
        ended = visit.answer(id, upheld=upheld, words=words, by=_bureau())
        visit.commit()
    _tell([ended], as_json=as_json)


COMMANDS = (("list", listed), ("answer", answer))


def _bureau() -> "Asking":
    from data.spec.access import BUREAU
    from data.spec.consent import Party
    from risk.consent_words import Asking

    return Asking(tenant=BUREAU, party=Party.REGULATOR)


def _pages(visit: "ObjectionVisit") -> Iterator["ObjectionShown"]:
    after, by = None, _bureau()
    while page := visit.list_all(by=by, after=after, limit=PAGE):
        yield from page
        after = page[-1].id


def _tell(found: list["ObjectionShown"], *, as_json: bool) -> None:
    from risk.objection_words import STATE_LABELS, ObjectionState

    if as_json:
        print_json({"objections": [vars(one) for one in found]})
        return
    for one in found:
        late = "  〔已逾期〕" if one.overdue else ""
        tell(f"{one.id}  {STATE_LABELS[ObjectionState(one.state)]}{late}")
        tell(f"    {'评估' if one.kind == 'assessment' else '授权'} {one.object}：{one.words}")
        tell(f"    {one.received_at:%Y-%m-%d} 收到，至迟 {one.verify_by} 核实、{one.answer_by} 答复")
        if one.answer:
            tell(f"    答复：{one.answer}")
    tell(f"共 {len(found)} 件。")
