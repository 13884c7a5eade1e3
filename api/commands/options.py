"""Which options do several commands share?"""

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="答复为标准输出上的一个 JSON 对象；进度写到标准错误。")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="日期", help="评估日，如 2025-12-31；缺省为今天。")]
