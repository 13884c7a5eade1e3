"""What does `lukeping` understand?"""

import sys
from collections.abc import Callable, Sequence

import typer

from api.commands import (
    application,
    auditing,
    clients,
    comparing,
    consents,
    evidence,
    intake,
    lists,
    looking_back,
    modelling,
    names,
    objections,
    opening,
    policy,
    pool,
    sandbox,
    scoring,
    serving,
    sources,
    validation,
    watching,
)
from api.terminal.door import EXIT_REFUSED, say
from api.terminal.usage import Command, Commands, told

EXIT_INTERRUPTED = 130

HELP = """鲁科评：从官方名单到一份带理由的企业信用评估。分数仅供授信参考。

退出码：0 给出了答复，1 故障，2 被拒绝或用法有误，130 被中断。

设置读自环境变量 LUKEPING_STATE、LUKEPING_DATABASE、LUKEPING_HOST、LUKEPING_PORT、LUKEPING_PUBLIC_URL、
LUKEPING_REPORT_FONTS、LUKEPING_DIGEST（sha256 或 sm3）、LUKEPING_CHECKPOINT_MINUTES。
"""
COMMANDS = (
    ("init", opening.init),
    ("upgrade", opening.upgrade),
    ("template", lists.template),
    ("intake", intake.intake),
    ("names", names.names),
    ("quarantine", lists.quarantine),
    ("undo", lists.undo),
    ("mappings", lists.mappings),
    ("train", modelling.train),
    ("compare", comparing.compare),
    ("promote", modelling.promote),
    ("validate", validation.validate),
    ("accept", validation.accept),
    ("assess", scoring.assess),
    ("evidence", evidence.evidence),
    ("replay", looking_back.replay),
    ("change", looking_back.change),
    ("advise", looking_back.advise),
    ("sources", sources.sources),
    ("pool", pool.pool),
    ("watch", watching.watch),
    ("score-all", scoring.score_all),
    ("catalogue", modelling.catalogue),
    ("serve", serving.serve),
    ("doctor", serving.doctor),
    ("sandbox", sandbox.sandbox),
    ("demo", opening.demo),
    ("evaluate", modelling.evaluate),
)
GROUPS = (
    ("policy", policy.HELP, policy.COMMANDS),
    ("application", application.HELP, application.COMMANDS),
    ("client", clients.HELP, clients.COMMANDS),
    ("consent", consents.HELP, consents.COMMANDS),
    ("objection", objections.HELP, objections.COMMANDS),
    ("audit", auditing.HELP, auditing.COMMANDS),
)


def build() -> typer.Typer:
    """Put the commands together."""
    app = _group(HELP, COMMANDS, name="lukeping")
    for name, help, commands in GROUPS:
        app.add_typer(_group(help, commands, name=name), name=name)
    return app


def _group(help: str, commands: Sequence[tuple[str, Callable[..., None]]], *, name: str) -> typer.Typer:
    group = typer.Typer(
        name=name,
        cls=Commands,
        help=help,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # Rich help alone would cost half of the half second that help may take.
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    for command, function in commands:
        group.command(command, cls=Command)(function)
    return group


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    try:
        ended = build()(args=list(arguments) if arguments is not None else None, standalone_mode=False)
    except typer.Abort:
        ended = EXIT_INTERRUPTED
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        if type(error).__name__ == "NoArgsIsHelpError" and context is not None:
            say(context.get_help())
        else:
            say(told(error))
            say(f"  建议：{context.command_path if context else 'lukeping'} --help")
        ended = EXIT_REFUSED
    if ended == EXIT_INTERRUPTED:
        say("已中断。")
    sys.exit(ended or 0)


if __name__ == "__main__":
    main()
