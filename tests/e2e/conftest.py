"""One small demonstration city, loaded and trained once, for the tests that walk the whole way."""

from collections.abc import Iterator

import pytest

from api.cli import main
from data.intake import load_folder
from data.spec.access import Purpose, bureau_access
from data.spec.progress import Silent
from data.store import Store
from data.zibo import write_city
from models.appointing import shelve
from models.register import Register
from models.retraining import Order, learn
from tests.e2e.town import AT, TODAY, City, Run, Shelf, derive_all

ENTERPRISES = 1_500


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("city")
    write_city(folder, enterprises=ENTERPRISES, progress=Silent())
    store = Store.create(f"sqlite:///{folder}/store.db", at=AT, demonstration_today=TODAY)
    load_folder(store, folder / "lists", at=AT, actor="test", progress=Silent())
    derive_all(store)
    register = Register(folder / "models")
    access = bureau_access("test", at=AT, purpose=Purpose.TRAINING)
    order = Order(card="application", as_of=TODAY, demonstration=True)
    with store.work(at=AT, read_only=True) as work:
        trained = learn(work, order, access=access, progress=Silent())
    with store.work(at=AT) as work:
        report = shelve(work, trained, order, shelf=register.root, access=access, at=AT)
        work.commit()
    yield City(store, Shelf(register), report, folder)
    store.close()


@pytest.fixture
def run(city: City, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a runner of commands on the city's store and shelf: exit code, stdout, stderr."""
    monkeypatch.setenv("LUKEPING_STATE", str(city.folder))
    monkeypatch.setenv("LUKEPING_DATABASE", f"sqlite:///{city.folder}/store.db")

    def run_command(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run_command
