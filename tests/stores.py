"""How does a test come by a store of an earlier version?"""

from data.store.engine import open_engine
from data.store.migrations.running import downgrade


def brought_back(url: str, revision: str) -> None:
    """Take a store's tables back to an earlier version."""
    engine = open_engine(url)
    with engine.connect() as connection:
        downgrade(connection, revision)
    engine.dispose()
