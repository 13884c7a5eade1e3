"""How do the parties get the sheet that they sign?"""

from pathlib import Path
from typing import Annotated

import typer

from api.commands.acting import BUREAU, As, read_acting
from api.commands.options import AsJson
from api.terminal.door import command, print_json, read_settings, tell


@command
def signoff(
    number: Annotated[str, typer.Argument(metavar="编号", help="如 SQ000001。")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="文件", help="写到哪里；缺省为 联合评价会签单_编号.pdf。")
    ] = None,
    acting: As = BUREAU,
    as_json: AsJson = False,
) -> None:
    """写出联合评价会签单（PDF）：各方评价、模型等级、差距与说明、结论、支持与成本，供各方签字盖章。

    只给参与的各方，评价表开启之后才有；同一笔评价每次写出的文件逐字节相同，摘要（sha256）可用来核对纸面。

    退出码：0 已写出，1 故障，2 被拒绝（评价表没有开启、不是参与的机构、没有中文字体）。
    """
    from api.clock import now
    from api.wiring import application_desk, store_today

    settings = read_settings()
    at = now(store_today(settings))
    made, path = application_desk(settings).sign_off(number, path=out, acting=read_acting(acting), at=at)
    if as_json:
        told = {"number": made.number, "assessment_id": made.assessment_id, "concluded": made.concluded}
        print_json({"sign_off": {**told, "digest": made.digest, "file": path}})
        return
    tell(f"{made.number} 联合评价会签单：{path}")
    if not made.concluded:
        tell("  尚未作出结论，单上已注明。")
    tell(f"  内容摘要 {made.digest}")
    tell(f"  {made.document.warning}")
