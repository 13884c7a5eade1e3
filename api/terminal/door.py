"""How does a command begin and end: desks in, one answer out, and an exit code?

0: answered. 1: a fault. 2: refused, or used wrongly.
"""

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import typer

from data.spec.errors import Refusal

if TYPE_CHECKING:
    from api.settings import Settings

EXIT_FAULT = 1
EXIT_REFUSED = 2

P = ParamSpec("P")


class UsageRefused(Refusal):
    """The command cannot be understood: an option has a value that it cannot have."""

    code = "usage"


def read_settings() -> "Settings":
    """Read the settings; the import is heavy, so only commands pay for it. Raises UsageRefused."""
    from pydantic import ValidationError

    from api.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        names = sorted({f"LUKEPING_{fault['loc'][0]}".upper() for fault in error.errors()})
        raise UsageRefused(f"环境变量 {'、'.join(names)} 的值不合要求。", help="可用的值见 lukeping --help。") from None


def command(function: Callable[P, None]) -> Callable[P, None]:
    """Run a command at the door: refusals end with 2, faults with 1 and a traceback in the log alone."""

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except Refusal as refusal:
            as_json = bool(kwargs.get("as_json"))
            _tell_refusal(refusal, as_json=as_json)
            raise typer.Exit(EXIT_REFUSED) from None
        except (typer.Exit, typer.Abort, KeyboardInterrupt, BrokenPipeError):
            raise
        except Exception as fault:
            _tell_fault(fault)
            raise typer.Exit(EXIT_FAULT) from None

    return guarded


def _tell_refusal(refusal: Refusal, *, as_json: bool) -> None:
    if as_json:
        print_json({"code": refusal.code, "message": refusal.message, "help": refusal.help})
    say(f"未能完成：{refusal.message}")
    if refusal.help:
        say(f"  建议：{refusal.help}")
    say(f"  代码：{refusal.code}")


def _tell_fault(fault: Exception) -> None:
    """Say one line; the log file has the traceback, without local variables."""
    from api.log import open_log

    log_file = read_settings().log_file
    open_log(log_file).error("fault", where="command", exc_info=fault)
    say(f"出现故障（{type(fault).__name__}），没有给出答复；详情已记入 {log_file}。")


def say(line: str) -> None:
    """Write one line for a person to stderr."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def tell(line: str = "") -> None:
    """Write one line of the answer to stdout."""
    sys.stdout.write(line + "\n")


def print_json(answer: Mapping[str, Any]) -> None:
    """Write the answer as one JSON object on one line of stdout."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, allow_nan=False, default=_plain) + "\n")


def _plain(value: object) -> object:
    """Turn what JSON does not know into what it does."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence | frozenset | set):
        return list(value)
    raise TypeError(f"no JSON form for {type(value).__name__}")


def parse_day(text: str | None, option: str) -> date | None:
    """Read YYYY-MM-DD; raise UsageRefused naming the option."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageRefused(f"{option} 的值“{text}”不是日期。", help="请写成 2025-06-30 的样子。") from error


@contextmanager
def rewritten(path: Path) -> Iterator[Path]:
    """Give a place to write to, which replaces path only when everything was written."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
