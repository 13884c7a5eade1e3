"""What do a source's own headers mean, as a person confirmed, and how is that remembered?

Nothing is ever applied that nobody confirmed: hints are told (`data.intake.header_hints`), and `--map` confirms.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from data.intake.header import CODE, KNOWN, NAME, ORIGIN, OWNER, Confirmed, ListUnknown, vocabulary
from data.intake.list_file import CODE_HEADERS, NAME_HEADERS, ORIGIN_HEADERS, OWNER_HEADERS, ListFile
from data.intake.lists import LISTS
from data.intake.sheet import SourceFile
from data.intake.words import as_text, squeeze
from data.spec.access import BUREAU
from data.spec.audit import Action, AuditEvent
from data.spec.errors import Refusal
from data.store import Store, Work
from data.store.mappings import HeaderMapping, read_mappings, write_mappings


class FieldUnknown(Refusal):
    """A header was said to mean a column that the list does not have, or two headers the same one."""

    code = "field-unknown"


class HeaderAbsent(Refusal):
    """The file has no such header as was mapped."""

    code = "header-absent"


class MappingUnknown(Refusal):
    """Nothing is remembered of this header."""

    code = "mapping-unknown"
    status = 404


def label_of(list_file: ListFile, meaning: str) -> str:
    """Say a column or a role in Chinese."""
    known = (*list_file.known.headers, "报送日期")[0]
    roles = {CODE: CODE_HEADERS[0], NAME: NAME_HEADERS[0], KNOWN: known}
    roles |= {OWNER: OWNER_HEADERS[0], ORIGIN: ORIGIN_HEADERS[0]}
    return roles[meaning] if meaning in roles else list_file.table.columns[meaning].label


def plain_header(text: str) -> str:
    """Write a header as it is remembered: without spaces, stars and a closing colon."""
    return squeeze(text).lstrip("*").rstrip("*:")


def plain(text: str) -> str:
    """Write a header without the unit in brackets behind it."""
    return plain_header(text).partition("(")[0] or plain_header(text)


def confirm(list_file: ListFile, said: Mapping[str, str], file: SourceFile) -> dict[str, str]:
    """Turn "header -> field" into plain header -> column or role.

    A field is a column's name, its label, or any word by which the list knows it. Raises FieldUnknown or HeaderAbsent.
    """
    confirmed = {plain_header(header): _meaning(list_file, field) for header, field in said.items()}
    if len(set(confirmed.values())) < len(confirmed):
        raise FieldUnknown("两个表头对应了同一个字段。", help="请一个字段只对应一个表头。")
    there = {plain_header(as_text(cell)) for sheet in file.sheets for row in sheet.rows[:30] for cell in row}
    there |= {plain(header) for header in there}
    absent = [header for header in confirmed if header not in there]
    if absent:
        raise HeaderAbsent(f"文件“{file.name}”中没有表头“{'”“'.join(absent)}”。", help="请照抄文件中的表头。")
    return confirmed


def _meaning(list_file: ListFile, field: str) -> str:
    word = squeeze(field)
    if word in list_file.table.columns and word not in list_file.constants:
        return word
    found = [meaning for meaning, words in vocabulary(list_file.name) if word in words]
    found += [meaning for meaning in (KNOWN,) if word == label_of(list_file, KNOWN)]
    if not found:
        labels = [label_of(list_file, meaning) for meaning, _ in vocabulary(list_file.name)]
        raise FieldUnknown(
            f"“{list_file.label}”没有名为“{field}”的字段。", help=f"可用的有：{'、'.join(dict.fromkeys(labels))}。"
        )
    return found[0]


def recall(store: Store, office: str, *, at: datetime) -> Confirmed:
    """Read what holds for files of an office: what was said of it, else of files of any office."""
    with store.work(at=at, read_only=True) as work:
        remembered = read_mappings(work)
    held: dict[str, dict[str, str]] = {}
    for source in ("", office):
        for one in remembered:
            if one.source == source and one.meaning is not None:
                held.setdefault(one.list, {})[one.header] = one.meaning
    return held


def remember(work: Work, list_name: str, confirmed: Mapping[str, str], *, office: str, actor: str) -> None:
    """Keep what was confirmed, as far as it is new."""
    held = {(one.list, one.source, one.header): one.meaning for one in read_mappings(work)}
    new = [
        HeaderMapping(list=list_name, source=office, header=header, meaning=meaning, actor=actor)
        for header, meaning in confirmed.items()
        if held.get((list_name, office, header)) != meaning
    ]
    if new:
        write_mappings(work, new, audit=_event(work, Action.MAPPING_CONFIRMED, new, actor=actor))


def remembered(store: Store, *, at: datetime) -> list[HeaderMapping]:
    """List what holds now."""
    with store.work(at=at, read_only=True) as work:
        return read_mappings(work)


def forget(store: Store, list_name: str, header: str, *, office: str, at: datetime, actor: str) -> HeaderMapping:
    """Forget a header's meaning by a new record, and say what it was; raise ListUnknown or MappingUnknown."""
    if list_name not in LISTS:
        raise ListUnknown(f"没有名为“{list_name}”的名单。", help=f"可用的有：{'、'.join(LISTS)}。")
    wanted = (list_name, office, plain_header(header))
    with store.work(at=at) as work:
        held = [one for one in read_mappings(work) if (one.list, one.source, one.header) == wanted]
        if not held:
            raise MappingUnknown(f"没有记住表头“{header}”的对应。", help="请用 lukeping mappings 查看已记住的对应。")
        gone = HeaderMapping(list=list_name, source=office, header=wanted[2], meaning=None, actor=actor)
        write_mappings(work, [gone], audit=_event(work, Action.MAPPING_CANCELLED, [gone], actor=actor))
        work.commit()
    return held[0]


def _event(work: Work, action: Action, mappings: Sequence[HeaderMapping], *, actor: str) -> AuditEvent:
    details: dict[str, str | int | None] = {one.header: one.meaning for one in mappings}
    return AuditEvent(
        tenant=BUREAU, actor=actor, action=action, object_id=mappings[0].list, at=work.at, details=details
    )
