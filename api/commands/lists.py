"""How are templates handed out, headers remembered, rows set aside returned, and batches taken back?"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from api.commands.options import AsJson
from api.terminal.bars import shown
from api.terminal.door import UsageRefused, command, print_json, read_settings, tell

To = Annotated[Path | None, typer.Option("--to", metavar="文件", help="写到哪个 xlsx 文件。")]
Force = Annotated[bool, typer.Option("--force", help="文件已存在时覆盖它。")]
Office = Annotated[str, typer.Option("--office", metavar="单位", help="报送单位；表头对应按单位记住。")]


@command
def template(
    what: Annotated[str | None, typer.Argument(metavar="[名单]", help="名单名或中文名；不给则列出全部。")] = None,
    to: To = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """写出一个名单的导入模板（xlsx）；不给名单则列出全部名单。

    模板带下拉选项、填写校验、表头批注与重复提示，填好后可直接导入。
    退出码：0 已写出，1 故障，2 被拒绝（没有这个名单，或文件已存在）。
    """
    from api.wiring import template_desk

    desk = template_desk()
    names = desk.list_names()
    if what is None:
        _tell_names(names, as_json=as_json)
        return
    name = list_named(names, what)
    place = to or Path(f"导入模板-{names[name]}.xlsx")
    desk.write(name, place, force=force)
    if as_json:
        print_json({"list": name, "file": place})
    else:
        tell(f"已写出“{names[name]}”的导入模板：{place}")


def _tell_names(names: Mapping[str, str], *, as_json: bool) -> None:
    if as_json:
        print_json({"lists": names})
        return
    for name, label in names.items():
        tell(f"  {name:<26}{label}")
    tell("写出模板：lukeping template 名单 --to 文件.xlsx")


def list_named(names: Mapping[str, str], what: str) -> str:
    """Return the command name of a list given by name or label; raise UsageRefused."""
    by_label = {label: name for name, label in names.items()}
    if what not in names and what not in by_label:
        raise UsageRefused(f"没有名为“{what}”的名单。", help="可用的有：" + "、".join(names))
    return by_label.get(what, what)


@command
def quarantine(
    batch: Annotated[str, typer.Argument(metavar="批次", help="批次编号，如 B000012。")],
    to: To = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """把一个批次隔离的行写成工作簿：原表头、批注与问题清单，改正后可直接再导入。

    退出码：0 已写出，1 故障，2 被拒绝（没有这个批次、没有隔离的行，或文件已存在）。
    """
    from api.wiring import batch_desk

    place = to or Path(f"待更正-{batch}.xlsx")
    desk = batch_desk(read_settings())
    rows = desk.write_quarantine(batch, place, force=force, at=desk.now())
    if as_json:
        print_json({"batch_id": batch, "rows": rows, "file": place})
    else:
        tell(f"批次 {batch} 隔离的 {rows} 行已写到 {place}；改正后用 lukeping intake 导入它。")


@command
def undo(
    batch: Annotated[str, typer.Argument(metavar="批次", help="批次编号，如 B000012。")],
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="为什么撤回；记入审计。")] = "",
    as_json: AsJson = False,
) -> None:
    """整批撤回：不删除任何记录，从今天起的答复如同没有这一批；以前的答复不变。

    撤回“撤回”即恢复原批次；撤回后同一文件可以再次导入。
    退出码：0 已撤回，1 故障，2 被拒绝（没有这个批次、已经撤回、是推算得出的，或没有理由）。
    """
    from api.wiring import batch_desk

    desk = batch_desk(read_settings())
    with shown() as progress:
        done = desk.take_back(batch, reason=reason, at=desk.now(), progress=progress)
    if as_json:
        print_json({"undone": done})
        return
    tell(f"批次 {done.reverses}（{done.list_label}，“{done.file}”）已撤回，记为批次 {done.batch_id}。")
    tell(f"  涉及 {done.records} 条记录，写入 {done.rows} 行；评估日在 {done.old_until} 及以前的答复不变。")
    if done.load_again:
        tell("  以下文件有些行因与该批相同而没有另存，请重新导入：")
        for file in done.load_again:
            tell(f"    {file}")
    tell(f"  要恢复：lukeping undo {done.batch_id} --reason 理由")


@command
def mappings(
    forget: Annotated[
        str | None, typer.Option("--forget", metavar="名单:表头", help="不再按记住的对应读这个表头。")
    ] = None,
    office: Office = "",
    as_json: AsJson = False,
) -> None:
    """列出已确认并记住的表头对应；--forget 以一条新记录取消其中一个。

    退出码：0 已列出或取消，1 故障，2 被拒绝（没有记住这个表头）。
    """
    from api.wiring import batch_desk

    desk = batch_desk(read_settings())
    if forget is not None:
        list_name, colon, header = forget.partition(":")
        if not colon:
            raise UsageRefused(f"--forget 的值“{forget}”缺少名单。", help='例如：--forget "patent:专利编号"')
        gone = desk.forget_header(list_name, header, office=office, at=desk.now())
        if as_json:
            print_json({"forgotten": gone})
        else:
            tell(f"不再把“{gone.list_label}”的表头“{gone.header}”读作“{gone.field}”。")
        return
    remembered = desk.remembered_headers(at=desk.now())
    if as_json:
        print_json({"mappings": remembered})
        return
    for one in remembered:
        tell(f"  {one.list_name:<26}{one.office or '任何单位'}：“{one.header}” ＝ “{one.field}”")
    if not remembered:
        tell('还没有记住任何表头对应；用 lukeping intake 名单 文件 --map "列名=字段名" 确认。')
