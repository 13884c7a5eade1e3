"""How does help, and how does a misused command, speak Chinese?"""

from collections.abc import Mapping

import typer
from typer.core import TyperCommand, TyperGroup

WORDS: Mapping[str, str] = {
    "Usage:": "用法：",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]...",
    "\nOptions:": "\n选项：",
    "\nArguments:": "\n参数：",
    "\nCommands:": "\n命令：",
    "Show this message and exit.": "显示本说明。",
    "[required]": "[必填]",
    "[default:": "[缺省：",
}
"""typer's own words; they are few, and a test holds that none of them is left."""


def in_chinese(text: str) -> str:
    """Return help with typer's own words in Chinese."""
    for english, chinese in WORDS.items():
        text = text.replace(english, chinese)
    return text


class Command(TyperCommand):
    """A command whose help is Chinese throughout."""

    def get_help(self, ctx: typer.Context) -> str:  # type: ignore[override]  # typer.Context is the public name.
        """Return the help."""
        return in_chinese(super().get_help(ctx))


class Commands(TyperGroup):
    """The list of commands, in Chinese throughout."""

    def get_help(self, ctx: typer.Context) -> str:  # type: ignore[override]  # typer.Context is the public name.
        """Return the help."""
        return in_chinese(super().get_help(ctx))


def told(error: typer.TyperException) -> str:
    """Return what is wrong with the command line, in Chinese where typer's kinds of error are known."""
    kind = type(error).__name__
    message = str(getattr(error, "message", ""))
    hint = _name(error)
    if kind == "MissingParameter":
        return f"缺少参数“{hint}”。"
    if kind == "NoSuchOption":
        return f"没有选项“{getattr(error, 'option_name', '')}”。"
    if kind == "BadParameter":
        return f"“{hint}”的值不合要求（{message}）。"
    if message.startswith("No such command"):
        return f"没有这个命令：{message.split(chr(39))[1]}。"
    return f"用法有误（{message}）。"


def _name(error: typer.TyperException) -> str:
    """Name the parameter as the person wrote it: the option, or the argument's own word."""
    parameter = getattr(error, "param", None)
    if parameter is None:
        return ""
    if parameter.param_type_name == "option":
        return str(parameter.opts[0])
    return str(parameter.metavar or parameter.name)
