"""Which machines may ask in the name of institutions?"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.clock import SHANGHAI
from api.commands.options import AsJson
from api.terminal.door import UsageRefused, command, print_json, read_settings, tell
from risk.permissions import LABELS, Role, Scope, scopes_of

if TYPE_CHECKING:
    from datetime import datetime

    from api.client_desk import ClientDesk
    from data.spec.clients import Client

HELP = """机构的客户端：登记银行、担保机构等的机器及其公钥；服务不保存任何共享密钥。

退出码：0 已办理，1 故障，2 被拒绝或用法有误，此时毫无改动。加 --json 得到一个 JSON 对象。
"""

Id = Annotated[str, typer.Argument(metavar="客户端编号", help="如 bank-a-1；令牌申请中的 client_id。")]
Keys = Annotated[
    Path | None,
    typer.Option("--keys", metavar="文件", help="公钥文件（JWKS，只含公钥）。", exists=True, dir_okay=False),
]
Address = Annotated[
    str | None,
    typer.Option(
        "--jwks-uri",
        metavar="网址",
        help="公钥地址（公网 https，给出 JWKS），与 --keys 二选一；登记时即试取，此后至多缓存 20 分钟。",
    ),
]


@command
def register(  # noqa: PLR0913 # what the person at the terminal may choose
    id: Id,
    institution: Annotated[str, typer.Option("--institution", metavar="机构代码", help="客户端替哪家机构请求。")],
    keys: Keys = None,
    jwks_uri: Address = None,
    role: Annotated[str, typer.Option("--role", metavar="类别", help="、".join(Role) + " 之一。")] = "bank",
    name: Annotated[str | None, typer.Option("--name", metavar="名称", help="机构名称；机构首次登记时必填。")] = None,
    scope: Annotated[
        list[str] | None, typer.Option("--scope", metavar="权限", help="可重复；缺省为该类机构可有的全部权限。")
    ] = None,
    network: Annotated[
        list[str] | None, typer.Option("--network", metavar="网段", help="可重复，如 203.0.113.0/24；缺省不限来源。")
    ] = None,
    enterprise: Annotated[
        str | None, typer.Option("--enterprise", metavar="信用代码", help="类别为 enterprise 时：是哪一家企业。")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """登记一个客户端：机构、类别、公钥（文件或地址）、权限与来源网段。"""
    from api.client_desk import NewClient
    from data.spec.identifiers import parse_identifier

    chosen = Role(_one_of(role, list(Role), "类别"))
    wanted = NewClient(
        id=id,
        institution=institution,
        name=name,
        role=chosen,
        scopes=frozenset(Scope(_one_of(one, list(Scope), "权限")) for one in scope) if scope else scopes_of(chosen),
        keys=_read(keys),
        jwks_uri=jwks_uri,
        networks=tuple(network or ()),
        subject=None if enterprise is None else parse_identifier(enterprise),
    )
    _tell("已登记", _desk().register(wanted, at=_now()), as_json=as_json)


@command
def keys(id: Id, keys: Keys = None, jwks_uri: Address = None, as_json: AsJson = False) -> None:
    """更换一个客户端的公钥或公钥地址；换入的文件可同时含新旧两把，以便平稳过渡。"""
    _tell("已更换公钥", _desk().replace_keys(id, _read(keys), jwks_uri=jwks_uri, at=_now()), as_json=as_json)


@command
def revoke(id: Id, as_json: AsJson = False) -> None:
    """永久停用一个客户端；它的令牌随即失效。"""
    _tell("已停用", _desk().revoke(id, at=_now()), as_json=as_json)


@command
def list_clients(as_json: AsJson = False) -> None:
    """列出已登记的客户端。"""
    found = _desk().list_clients(at=_now())
    if as_json:
        print_json({"clients": [_said(one) for one in found]})
    else:
        _show(found)


@command
def rotate(as_json: AsJson = False) -> None:
    """更换服务签发令牌的密钥：此后用新密钥签发，旧密钥再验证一轮；请随后重启服务。"""
    rotated = _desk().rotate_signing_keys(read_settings().signing_key_file, at=_now())
    if as_json:
        print_json({"signing_keys": [key.kid for key in rotated.keys]})
    else:
        tell(f"已更换签发密钥，现用 {rotated.current.kid}。请重启服务。")


def _desk() -> "ClientDesk":
    from api.wiring import open_desks

    return open_desks(read_settings()).clients


def _now() -> "datetime":
    from api.clock import now

    return now()


def _read(path: Path | None) -> str | None:
    try:
        return None if path is None else path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageRefused(f"{path} 不是文本文件。", help="公钥文件须为 UTF-8 编码的 JSON（JWKS）。") from error


def _one_of(given: str, known: Sequence[str], what: str) -> str:
    if given not in known:
        raise UsageRefused(f"没有{what}“{given}”。", help="可用的有：" + "、".join(known))
    return given


def _said(client: "Client") -> dict[str, object]:
    return {
        "id": client.id,
        "institution": client.institution,
        "name": client.institution_name,
        "role": client.kind,
        "scopes": sorted(client.scopes),
        "networks": list(client.networks),
        "jwks_uri": client.jwks_uri,
        "keys_fetched_at": client.keys_fetched_at,
        "registered_at": client.registered_at,
        "revoked_at": client.revoked_at,
    }


def _tell(done: str, client: "Client", *, as_json: bool) -> None:
    if as_json:
        print_json({"client": _said(client)})
        return
    tell(f"{done}：{client.id}（{client.institution_name}，{client.kind}）")
    for scope in sorted(client.scopes):
        tell(f"  {scope:<20} {LABELS[Scope(scope)]}")
    tell("  来源网段：" + ("、".join(client.networks) or "不限"))
    _tell_address(client)


def _tell_address(client: "Client") -> None:
    if client.jwks_uri and client.keys_fetched_at:
        tell(f"  公钥取自 {client.jwks_uri}（最近 {client.keys_fetched_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} 取得）")


def _show(clients: "Sequence[Client]") -> None:
    if not clients:
        tell("还没有登记过客户端。用 lukeping client register 登记。")
    for one in clients:
        state = f"已于 {one.revoked_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} 停用" if one.revoked_at else "在用"
        tell(f"{one.id:<20} {one.institution:<18} {one.kind:<10} {len(one.scopes):>2} 项权限  {state}")
        tell(f"  {one.institution_name}；来源网段：{'、'.join(one.networks) or '不限'}")
        _tell_address(one)


COMMANDS = (
    ("register", register),
    ("list", list_clients),
    ("keys", keys),
    ("revoke", revoke),
    ("rotate", rotate),
)
