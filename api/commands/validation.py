"""How is a model validated, and who accepts in writing what was found?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.options import AsJson, AsOf
from api.terminal.bars import shown
from api.terminal.door import command, parse_day, print_json, read_settings, rewritten, tell

if TYPE_CHECKING:
    from datetime import datetime

    from api.settings import Settings
    from risk.document import Document

REPORT = "report"


@command
def validate(
    model: Annotated[
        str, typer.Argument(metavar="[模型或卡]", help="模型编号，或 application、behaviour。")
    ] = "application",
    output: Annotated[Path | None, typer.Option(metavar="文件夹", help="报告写到哪里；缺省在状态目录下。")] = None,
    as_of: AsOf = None,
    baselines: Annotated[
        bool, typer.Option("--baselines/--without-baselines", help="是否与较简单的方案比较（较慢）。")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """验证一个模型，写出报告：Markdown、图与 PDF。

    区分度、校准、稳定性、分群、年份与延期、方向、敏感性、与基准比较、局限。
    没有中文字体时只写 Markdown 与图，并说明缺什么。

    退出码：0 已写出，1 故障，2 被拒绝（没有这个模型、文件受损、特征声明已变）。
    """
    from api.wiring import validation_desk

    day = parse_day(as_of, "--as-of")
    settings = read_settings()
    with shown() as progress:
        desk = validation_desk(settings)
        at = desk.now()
        found = desk.validate(model, as_of=day or at.date(), with_baselines=baselines, at=at, progress=progress)
    folder = output or settings.state / "validation" / found.model_id
    files, missing = write_report(found.document, folder, settings, at)
    told = {"model": found.model_id, "figures": found.figures, "gaps": found.gaps, "acceptances": found.acceptances}
    if as_json:
        print_json({**told, "files": files, "missing": missing})
        return
    tell(f"{found.document.title}：{found.model_id}")
    for sentence in found.document.sections[0].sentences:
        tell(f"  · {sentence}")
    for path in files:
        tell(f"  {path}")
    if missing:
        tell(f"  · {missing}")
    tell(found.document.warning)


def write_report(
    document: "Document", folder: Path, settings: "Settings", at: "datetime"
) -> tuple[list[Path], str | None]:
    """Write the report's files; return those a reader opens, and what is missing for want of a font."""
    from api.reports.markdown import markdown_of
    from api.reports.pdf import FontMissing, pdf_of
    from api.reports.svg import svg_of

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for section in document.sections:
        for chart in section.charts:
            _put(folder / f"{chart.name}.svg", svg_of(chart).encode())
    files = [folder / f"{REPORT}.md"]
    _put(files[0], markdown_of(document).encode())
    try:
        content = pdf_of(document, fonts=settings.report_fonts, at=at)
    except FontMissing as refusal:
        return files, f"{refusal}（代码 {refusal.code}）"
    files.append(folder / f"{REPORT}.pdf")
    _put(files[1], content)
    return files, None


def _put(path: Path, content: bytes) -> None:
    with rewritten(path) as partial:
        partial.write_bytes(content)


@command
def accept(
    model: Annotated[str, typer.Argument(metavar="模型", help="train 上架的模型编号。")],
    by: Annotated[str, typer.Option(metavar="姓名", help="书面接受的人。")] = "",
    reason: Annotated[str, typer.Option(metavar="理由", help="为何接受，写入留痕。")] = "",
    as_json: AsJson = False,
) -> None:
    """书面接受一个模型的分群差距；两人接受之后才能启用。

    只有分群差距超出区间的模型需要；同一人不能接受两次。

    退出码：0 已记录，1 故障，2 被拒绝（没有这个模型、没有差距、没有写姓名或理由）。
    """
    from api.wiring import validation_desk

    desk = validation_desk(read_settings())
    people = desk.accept(model, by=by, reason=reason, at=desk.now())
    if as_json:
        print_json({"model": model, "by": by.strip(), "acceptances": people})
    else:
        tell(f"已记录：{by.strip()} 书面接受模型 {model} 的分群差距，现有 {people} 人接受。")
