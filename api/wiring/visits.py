"""How does a desk open a unit of work, so that a store that is busy is told in a reader's words?"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.exc import OperationalError

from api.problems import StoreBusy
from data.store import Store, Work


@contextmanager
def visit(store: Store, at: datetime) -> Iterator[Work]:
    """Open a unit of work; raise StoreBusy where the store cannot take it."""
    try:
        with store.work(at=at) as work:
            yield work
    except OperationalError as error:
        raise StoreBusy("存储暂时无法处理请求。", help="请稍后重发。") from error
