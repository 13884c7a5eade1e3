"""What does a document look like as Markdown, with its charts beside it?"""

from collections.abc import Iterator

from risk.document import Document, Section, Table


def markdown_of(document: Document) -> str:
    """Return the document as Markdown that names its charts as `<name>.svg` in the same folder."""
    return "\n".join(_lines(document)).rstrip() + "\n"


def _lines(document: Document) -> Iterator[str]:
    yield f"# {document.title}"
    yield f"\n*{document.english}*\n"
    yield f"> {document.warning}\n"
    yield "| 项目 | 内容 |\n|---|---|"
    yield from (f"| {_cell(name)} | {_cell(value)} |" for name, value in document.facts)
    for number, section in enumerate(document.sections, 1):
        yield from _section(number, section)
    yield from (f"\n{one.name}　签字：　　　　　　日期：" for one in document.signatures)
    yield f"\n{document.identity}"


def _section(number: int, section: Section) -> Iterator[str]:
    yield f"\n## {number}. {section.title} · {section.english}\n"
    yield from (f"- {sentence}" for sentence in section.sentences)
    for chart in section.charts:
        yield f"\n![{chart.alt}]({chart.name}.svg)"
    for table in section.tables:
        yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    yield f"\n**{table.title}**\n"
    yield f"| {' | '.join(map(_cell, table.head))} |"
    yield "|" + "|".join("---:" if place in table.numeric else "---" for place in range(len(table.head))) + "|"
    for place, row in enumerate(table.rows):
        cells = [f"**{_cell(cell)}**" if place in table.marked and cell else _cell(cell) for cell in row]
        yield f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
