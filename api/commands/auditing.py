"""Is the audit log whole, and how is that anchored outside the database?"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.options import AsJson
from api.terminal.bars import shown
from api.terminal.door import EXIT_REFUSED, command, print_json, read_settings, tell

if TYPE_CHECKING:
    from api.audit_desk import AuditDesk, AuditEntry, CheckpointTaken, LogVerified

HELP = """审计：核对审计链，做检查点，查看记录。

退出码：0 给出了答复，1 故障，2 审计链有一处不符、被拒绝或用法有误。加 --json 得到一个 JSON 对象。
"""
MOST_SHOWN = 200
WIDTH = 140
"""Columns of a page that is piped."""
SHORT = 8
"""Digits of a reference that tell people apart on a page; --json has all of them."""


@command
def verify(
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            "--checkpoint", metavar="文件", help="另外核对一个检查点：.checkpoint 文件，或银行保存的接口答复（JSON）。"
        ),
    ] = None,
    tenant: Annotated[str | None, typer.Option("--tenant", metavar="机构", help="只核对一家机构的审计链。")] = None,
    key: Annotated[
        str | None,
        typer.Option("--key", metavar="公钥", help="只相信这个公钥签名的检查点；缺省为状态目录中的公钥。"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """核对审计链：逐条核对校验值与链头，并与库外的每个检查点比对；指出第一处不符。

    不用检查点也能发现改动、删除、插入与调换；截尾与整链重写只有检查点能发现。
    最近一个检查点之后新添的记录，无法与真实记录区分。

    退出码：0 全部相符，1 故障，2 有一处不符，或检查点无法采信。
    """
    with shown() as progress:
        found = _desk().verify(checkpoint=checkpoint, tenant=tenant, key=key, progress=progress)
    if as_json:
        print_json({"audit": found, "sound": found.message is None})
    else:
        _tell_verified(found)
    if found.message is not None:
        raise typer.Exit(EXIT_REFUSED)


@command
def checkpoint(as_json: AsJson = False) -> None:
    """做一次检查点：为各机构审计链的现状签名，写入状态目录 checkpoints/，文件名只增不改。

    请把它另存到数据库之外、他人无法改动的地方；银行也可经接口自行保存。服务运行时按设定的间隔自动进行。

    退出码：0 已写入，1 故障，2 被拒绝（没有存储）。
    """
    desk = _desk()
    taken = desk.take(at=desk.now())
    if as_json:
        print_json({"checkpoint": taken})
    else:
        _tell_taken(taken)


@command
def rotate(as_json: AsJson = False) -> None:
    """换一把签名密钥：新旧两把同时签名，待各方收到新公钥后再换下一次。

    退出码：0 已生成，1 故障，2 被拒绝（没有存储）。
    """
    key = _desk().rotate()
    if as_json:
        print_json({"key": key})
    else:
        tell("新的公钥（请交给审计方与各银行）：")
        tell(f"  {key}")


@command
def show(
    tenant: Annotated[str, typer.Option("--tenant", metavar="机构", help="哪家机构的审计链。")] = "bureau",
    after: Annotated[int, typer.Option("--after", metavar="序号", help="从这一条之后看起。", min=0)] = 0,
    limit: Annotated[int, typer.Option("--limit", metavar="条数", help="至多看几条。", min=1, max=MOST_SHOWN)] = 50,
    as_json: AsJson = False,
) -> None:
    """查看审计记录：何时、何人、对何事做了什么；人名与代码只留引用值。

    退出码：0 给出了记录，1 故障，2 被拒绝（没有存储、没有这家机构）。
    """
    desk = _desk()
    found = desk.entries(tenant, after=after, most=limit, reader=None, at=desk.now())
    if as_json:
        print_json({"events": found})
    else:
        _tell_entries(found)


def _desk() -> "AuditDesk":
    from api.wiring import audit_desk

    return audit_desk(read_settings())


def _tell_verified(found: "LogVerified") -> None:
    if found.message is not None:
        tell(f"✘ 审计链不符：机构 {found.tenant}，第 {found.seq} 条：{found.message}")
        return
    tell(f"✔ 审计链相符：{found.chains} 条链，共 {found.entries:,} 条记录，用时 {found.seconds} 秒")
    if found.checkpoints:
        tell(f"  已与 {found.checkpoints} 个检查点比对，没有截短或改写")
    else:
        tell("  没有检查点可比对：截尾与整链重写无从发现；请运行 lukeping audit checkpoint")


def _tell_taken(taken: "CheckpointTaken") -> None:
    tell(f"检查点 {taken.path}")
    tell(f"  {taken.chains} 条链，共 {taken.entries:,} 条记录；时间 {taken.at}")
    for key in taken.keys:
        tell(f"  公钥 {key}")


def _tell_entries(entries: "Sequence[AuditEntry]") -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from api.clock import SHANGHAI

    table = Table(box=box.SIMPLE_HEAD)
    for title in ("序号", "时间", "何人", "何事", "对象", "细节"):
        table.add_column(title, overflow="fold", justify="right" if title == "序号" else "left")
    for entry in entries:
        details = "，".join(f"{name}={value}" for name, value in entry.details.items())
        at = f"{entry.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
        table.add_row(str(entry.seq), at, _short(entry.actor), entry.action, entry.object_id, details)
    Console(width=None if sys.stdout.isatty() else WIDTH).print(table)


def _short(actor: str) -> str:
    door, _, reference = actor.partition(":")
    _, colon, digits = reference.partition(":")
    return f"{door}:{digits[:SHORT]}" if colon else actor


COMMANDS = (("verify", verify), ("checkpoint", checkpoint), ("rotate", rotate), ("show", show))
