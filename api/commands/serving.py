"""How is the service started, and how is its state examined?"""

from collections.abc import Sequence
from typing import Annotated

import typer

from api.commands.options import AsJson
from api.desks import Check
from api.terminal.door import EXIT_FAULT, command, print_json, read_settings


@command
def serve(
    host: Annotated[
        str | None, typer.Option(metavar="地址", help="监听的地址；缺省 127.0.0.1（LUKEPING_HOST）。")
    ] = None,
    port: Annotated[
        int | None, typer.Option(metavar="端口", help="监听的端口；缺省 8000（LUKEPING_PORT）。", min=0, max=65535)
    ] = None,
) -> None:
    """启动服务；按 Ctrl-C 正常结束。

    一个进程，缺省只在本机可达。

    退出码：0 正常结束，1 故障，2 被拒绝（没有存储、端口被占用）。
    """
    from api.server import run_service

    settings = read_settings()
    run_service(settings, host=host or settings.host, port=settings.port if port is None else port)


@command
def doctor(as_json: AsJson = False) -> None:
    """体检：环境、存储、模型、数据新旧，逐项说明。

    退出码：0 全部正常，1 有一项不正常。
    """
    from api.wiring import health_desk

    checks = health_desk(read_settings()).diagnose()
    well = all(check.well for check in checks)
    if as_json:
        print_json({"well": well, "checks": checks})
    else:
        _print_checks(checks)
    if not well:
        raise typer.Exit(EXIT_FAULT)


def _print_checks(checks: Sequence[Check]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    for title in ("", "检查", "结果", "建议"):
        table.add_column(title, overflow="fold")
    for check in checks:
        table.add_row("[blue]正常[/]" if check.well else "[red]异常[/]", check.name, check.seen, check.help)
    Console().print(table)
