"""Which consents stand, which must be deleted by when, and how is one taken back at the terminal?"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from api.clock import SHANGHAI
from api.commands.options import AsJson
from api.terminal.door import command, print_json, read_settings, tell

if TYPE_CHECKING:
    from api.consent_desk import ConsentVisit
    from risk.consent_words import Asking, ConsentShown

HELP = """企业授权：查看、撤回，列出终止后到期须删除的。科技局依职责办理，每次查看都记入审计。

退出码：0 已办理，1 故障，2 被拒绝或用法有误，此时毫无改动。加 --json 得到一个 JSON 对象。
"""
PAGE = 200

Id = Annotated[str, typer.Argument(metavar="授权编号", help="授权编号，见 lukeping consent list。")]


@command
def listed(as_json: AsJson = False) -> None:
    """列出全部授权现在的状况，按编号。"""
    _tell(_read_all(due=False), as_json=as_json)


@command
def due(as_json: AsJson = False) -> None:
    """列出已终止的授权：被授权机构应在哪一刻之前删除所得的信息，最早的在前。"""
    _tell(_read_all(due=True), as_json=as_json)


@command
def show(id: Id, as_json: AsJson = False) -> None:
    """查看一份授权现在的状况。"""
    from api.wiring import open_desks

    desks = open_desks(read_settings())
    with desks.consents.visit(at=desks.now()) as visit:
        found = visit.read(id, by=_bureau())
        visit.commit()
    _tell([found], as_json=as_json)


@command
def revoke(
    id: Id,
    reason: Annotated[str, typer.Option("--reason", metavar="原因", help="撤回的原因；随授权保存。")] = "",
    as_json: AsJson = False,
) -> None:
    """替企业撤回一份授权：下一次请求起不再作答。"""
    from api.wiring import open_desks
    from risk.consent_words import ConsentMove

    desks = open_desks(read_settings())
    with desks.consents.visit(at=desks.now()) as visit:
        ended = visit.move(id, ConsentMove.REVOKE, by=_bureau(), reason=reason)
        visit.commit()
    _tell([ended], as_json=as_json)


COMMANDS = (("list", listed), ("due", due), ("show", show), ("revoke", revoke))


def _bureau() -> "Asking":
    from data.spec.access import BUREAU
    from data.spec.consent import Party
    from risk.consent_words import Asking

    return Asking(tenant=BUREAU, party=Party.REGULATOR)


def _read_all(*, due: bool) -> list["ConsentShown"]:
    from api.wiring import open_desks

    desks = open_desks(read_settings())
    with desks.consents.visit(at=desks.now()) as visit:
        found = list(_pages(visit))
        visit.commit()
    if not due:
        return found
    ended = [(one.delete_by, one.consent.id, one) for one in found if one.delete_by]
    return [one for *_, one in sorted(ended, key=lambda row: row[:2])]


def _pages(visit: "ConsentVisit") -> Iterator["ConsentShown"]:
    after, by = None, _bureau()
    while page := visit.list_all(by=by, after=after, limit=PAGE):
        yield from page
        after = page[-1].consent.id


def _tell(found: list["ConsentShown"], *, as_json: bool) -> None:
    from api.exchange.consent_report import STATUS_LABELS, consent_report

    if as_json:
        print_json({"consents": [consent_report(one).model_dump(mode="json") for one in found]})
        return
    for one in found:
        consent = one.consent
        tell(f"{consent.id}  {STATUS_LABELS[one.status]}  {one.enterprise_name} → {consent.grantee}")
        tell(f"    有效期 {_local(consent.valid_from)} 至 {_local(consent.valid_to)}（不含）")
        if one.delete_by:
            tell(f"    应在 {_local(one.delete_by)} 前删除所得的信息")
    tell(f"共 {len(found)} 份。")


def _local(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
