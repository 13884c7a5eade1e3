"""What does each enterprise of the sandbox answer?"""

import sys

from api.commands.options import AsJson
from api.terminal.door import command, print_json, tell


@command
def sandbox(as_json: AsJson = False) -> None:
    """列出接入沙箱的十二家企业：代码、情形，各用途给什么答复。

    沙箱由 lukeping init --sandbox 建立；列表不需要先建。退出码：0 已列出，1 故障。
    """
    from data.sandbox import read_sandbox

    table = read_sandbox()
    if as_json:
        print_json(table.model_dump(mode="json"))
        return
    from api.sandbox_page import asked_rows, held_cells

    _print(("号", "信用代码", "企业", "情形", "授信", "贷后"), list(asked_rows(table, then="\n")))
    tell(f"不在任何名单中的代码 {table.unknown.uscc}：{table.unknown.answer.http} {table.unknown.answer.code}")
    tell("建好时已有的评估：")
    _print(("机构", "企业", "评估编号", "情形", "有效性", "异议编号"), [held_cells(one) for one in table.earlier])


def _print(titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    shown = Table(box=box.SIMPLE_HEAD)
    for title in titles:
        shown.add_column(title, overflow="fold", no_wrap=title in ("信用代码", "评估编号", "异议编号"))
    for row in rows:
        shown.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 180, highlight=False).print(shown)
