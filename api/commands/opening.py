"""How is a store made: empty, or with the demonstration city? And how is the whole shown at once?"""

from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.options import AsJson
from api.terminal.bars import shown
from api.terminal.door import UsageRefused, command, print_json, read_settings, say, tell

if TYPE_CHECKING:
    from api.desks import Opened
    from api.settings import Settings


@command
def init(
    demonstration: Annotated[
        bool, typer.Option("--demo/--empty", help="建立演示城市（虚构的企业与名单），或只建空库。")
    ] = True,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="建立接入沙箱：十二家固定的虚构企业，各给一种固定的答复。")
    ] = False,
    if_missing: Annotated[bool, typer.Option("--if-missing", help="已经建好时什么也不做，正常结束。")] = False,
    enterprises: Annotated[int, typer.Option(help="演示城市的企业数。", min=200, max=20000)] = 5000,
    as_json: AsJson = False,
) -> None:
    """建库：存储与令牌；演示城市另含名单、授权与模型；接入沙箱的答复见 lukeping sandbox。

    中途被打断时什么也不会留下，重新运行即可。退出码：0 已建好，1 故障，2 被拒绝（例如已有存储）。
    """
    from api.wiring import opening_desk

    if sandbox and not demonstration:
        raise UsageRefused("--sandbox 与 --empty 不能同用。", help="只用其一。")
    settings = read_settings()
    desk = opening_desk(settings)
    if if_missing and desk.exists():
        say(f"{settings.state} 中已有存储，未作改动。")
        return
    with shown(chapters=4 if demonstration else 1) as progress:
        opened = (
            desk.create_sandbox(progress=progress)
            if sandbox
            else desk.create(demonstration=demonstration, enterprises=enterprises, progress=progress)
        )
    if as_json:
        print_json(_told(opened, settings))
    else:
        _tell(opened, settings)


@command
def upgrade(as_json: AsJson = False) -> None:
    """升级：把旧版程序写的存储带到本版；数据库文件先留一份副本。

    请先停止服务。数据库服务器上的存储请自行先备份。已经是本版时什么也不改。
    特征声明若与模型不符，升级后请运行 lukeping train。

    退出码：0 已是本版，1 故障，2 被拒绝（没有存储，或它由更新的程序写成）。
    """
    from api.wiring import opening_desk

    done = opening_desk(read_settings()).upgrade()
    if as_json:
        print_json({"before": done.before, "after": done.after, "kept": done.kept})
    elif done.before == done.after:
        tell(f"存储已是本版（{done.after}），未作改动。")
    else:
        tell(f"存储已由 {done.before} 升级到 {done.after}。" + (f"升级前的副本在 {done.kept}。" if done.kept else ""))


@command
def demo(
    enterprises: Annotated[int, typer.Option(help="演示城市的企业数。", min=200, max=20000)] = 5000,
    as_json: AsJson = False,
) -> None:
    """五步走完全程：名单、入库、特征、训练、评估。

    使用状态目录下自己的一个存储，每次重建，不碰其他数据。退出码：0 给出了评估，1 故障，2 被拒绝。
    """
    from api.terminal.page import show
    from api.wiring import open_desks, opening_desk

    settings = read_settings()
    settings = settings.at(settings.state / "demo")
    with shown(chapters=5) as progress:
        opening_desk(settings).create(demonstration=True, enterprises=enterprises, progress=progress, anew=True)
        progress.chapter("评估")
        desks = open_desks(settings)
        answer = desks.assessments.assess_example(at=desks.now(), progress=progress)
    if as_json:
        print_json({"assessment": answer})
    else:
        show(answer)


def _told(opened: "Opened", settings: "Settings") -> dict[str, object]:
    return {
        "state": settings.state,
        "demonstration": opened.demonstration,
        "sandbox": opened.sandbox,
        "batches": opened.batches,
        "model": opened.model,
        "token_file": settings.token_file,
        "tokens": [{"institution": issued.institution, "token": issued.token} for issued in opened.tokens],
    }


def _tell(opened: "Opened", settings: "Settings") -> None:
    what = "接入沙箱" if opened.sandbox else "演示数据"
    tell(
        f"已建好：{settings.state}"
        + (f"（{what}，企业与数字均为虚构；今天是 2026-01-01）" if opened.demonstration else "")
    )
    if opened.batches:
        files = [batch for batch in opened.batches if not batch.derived]
        derived = [f"{batch.list_label} {batch.kept:,} 行" for batch in opened.batches if batch.derived]
        kept, refused = sum(batch.kept for batch in files), sum(batch.refused for batch in files)
        tell(f"入库 {len(files)} 个文件，{kept:,} 行；{refused} 行隔离待查。")
        for line in derived:
            tell(f"  推算{line}")
    if opened.model:
        tell(f"模型 {opened.model.model_id}：{opened.model.rows:,} 行，{opened.model.defaults} 次违约。")
    if not opened.demonstration:
        tell("请用 lukeping client register 登记各机构的客户端及其公钥；口令与共享密钥一概不用。")
        return
    tell("各机构的演示令牌只在这里显示一次，库中只存指纹：")
    for issued in opened.tokens:
        tell(f"  {issued.institution.code:<16} {issued.token}  {issued.institution.name}")
    if opened.sandbox:
        tell("十二家企业各给什么答复：lukeping sandbox")
    if opened.tokens:
        tell(f"演示用的令牌另存于 {settings.token_file}（仅本人可读）。")
