"""How often is the suggestion overridden, by whom, and with which end?"""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.options import AsJson
from api.terminal.door import UsageRefused, command, parse_day, print_json, read_settings, tell

if TYPE_CHECKING:
    from risk.joint.overrides import Overrides, Rate

Month = Annotated[str | None, typer.Option("--month", metavar="年-月", help="某一个月，如 2025-06。")]
Since = Annotated[str | None, typer.Option("--since", metavar="日期", help="从哪一天起。")]
Until = Annotated[str | None, typer.Option("--until", metavar="日期", help="到哪一天之前。")]


@command
def overrides(month: Month = None, since: Since = None, until: Until = None, as_json: AsJson = False) -> None:
    """统计推翻建议的结论：方向、各人的比例、按模型等级的后果；超过约定比例时提示告知模型负责人。

    退出码：0 已统计，1 故障，2 被拒绝。
    """
    from api.application_desk import Acting
    from api.clock import now
    from api.wiring import application_desk, store_today
    from risk.joint.overrides import count_overrides, overrides_record

    first, end = span_of(month, since, until)
    settings = read_settings()
    at = now(store_today(settings))
    found = application_desk(settings).list_all(acting=Acting(institution="bureau"), at=at)
    told = count_overrides(found, since=first, until=end)
    if as_json:
        print_json({"overrides": overrides_record(told)})
    else:
        _show(told)


def span_of(month: str | None, since: str | None, until: str | None) -> tuple[date, date]:
    """Read a month, or the days [since, until); raise UsageRefused."""
    if month is not None:
        first = parse_day(f"{month}-01", "--month")
        assert first is not None
        return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)
    first, end = parse_day(since, "--since"), parse_day(until, "--until")
    if first is None or end is None or end <= first:
        raise UsageRefused("请写明哪一段时间。", help="写 --month 2025-06，或 --since 与 --until。")
    return first, end


def _show(told: "Overrides") -> None:
    tell(f"{told.since} 起，{told.until} 前：{_said(told.whole)}")
    for one in told.people:
        tell(f"  {one.who}：{_said(one)}")
    if told.alarm:
        tell(f"  推翻比例高于约定的 {told.most * 100:.0f}%，请告知模型负责人。")
    for each in told.outcomes:
        how = "推翻" if each.overridden else "未推翻"
        tell(f"  模型等级 {each.grade}（{how}）：放款 {each.loans} 笔，曾逾期 {each.overdue} 笔")
    tell(f"  未获推荐而银行仍放款：{told.against_advice} 笔，如实保留。")


def _said(rate: "Rate") -> str:
    return (
        f"结论 {rate.concluded} 个，推翻 {rate.up + rate.down} 个"
        f"（上调 {rate.up}，下调 {rate.down}），比例 {rate.share * 100:.1f}%"
    )
