"""Are these the very files that were written, and which model do they make?

A damaged model text kills the process that reads it (LightGBM checks little). So every file is read once, its hash and
the order of the features are compared with the manifest, and only those bytes go on.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from models.card import ModelCard
from models.fitted import Model
from models.refusals import FeatureMismatch, ModelDamaged, ModelExists, ModelUnknown

MANIFEST = "manifest.json"
CARD = "card.json"
FORM = 1


def save(model: Model, card: ModelCard, directory: Path) -> str:
    """Write a model and its card as one directory that is either whole or absent; return the manifest's seal.

    Raises ModelExists where the directory stands already; FeatureMismatch where the card is another model's.
    """
    if directory.exists():
        raise ModelExists(f"模型 {directory.name} 已存在，不会覆盖。", help="请另取名称。")
    _check_features(model, card)
    texts = model.to_texts() | {CARD: card.model_dump_json(indent=1)}
    contents = {name: text.encode() for name, text in texts.items()}
    manifest = _manifest(contents, model)
    directory.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    try:
        for name, content in (contents | {MANIFEST: canonical(manifest)}).items():
            write_durably(partial / name, content)
        _sync_directory(partial)
        partial.rename(directory)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    _sync_directory(directory.parent)
    return str(manifest["seal"])


def load(directory: Path, *, fingerprints: Mapping[str, str] | None = None) -> tuple[Model, ModelCard]:
    """Read a model and its card after proving that they are what was written.

    `fingerprints` are today's declarations by feature name; they are compared where given.

    Raises ModelUnknown where there is no such directory; ModelDamaged where a file is missing, surplus or changed;
        FeatureMismatch where features, their order or their declarations differ.
    Source: exchange.md 1 (finding 2) and 8.
    """
    contents = dict(_read_all(directory))
    manifest = _verified_manifest(contents.pop(MANIFEST, b""), contents)
    card = _card(contents.pop(CARD))
    try:
        texts = {name: content.decode() for name, content in contents.items()}
    except UnicodeDecodeError as fault:
        raise _damaged("模型文件无法读取") from fault
    model = Model.from_texts(texts)
    if list(model.features) != manifest["features"]:
        raise FeatureMismatch("模型的特征或次序与清单不符。", help="请从备份恢复或重新训练。")
    _check_features(model, card)
    if fingerprints is not None:
        card.check_fingerprints(fingerprints)
    # Built now, so that a score never waits for it and a fault shows where the model is loaded.
    _ = model.boosters, model.refit_boosters
    return model, card


def read_card(directory: Path) -> tuple[str, ModelCard]:
    """Return a model's seal and card after proving that every file is what was written; no tree is built.

    Raises ModelUnknown, ModelDamaged.
    """
    contents = dict(_read_all(directory))
    manifest = _verified_manifest(contents.pop(MANIFEST, b""), contents)
    return str(manifest["seal"]), _card(contents[CARD])


def _card(content: bytes) -> ModelCard:
    try:
        return ModelCard.model_validate_json(content)
    except ValidationError as fault:
        raise _damaged("模型卡无法读取") from fault


def seal_of(directory: Path) -> str:
    """Return the seal of a model on the shelf: the hash that names its exact content.

    Raises ModelUnknown, ModelDamaged.
    """
    contents = dict(_read_all(directory))
    return str(_verified_manifest(contents.pop(MANIFEST, b""), contents)["seal"])


def canonical(values: Mapping[str, object]) -> bytes:
    """Return JSON in the one form that is hashed and written."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, indent=1).encode()


def sealed(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values with their own hash as `seal`."""
    return {**values, "seal": hashlib.sha256(canonical(values)).hexdigest()}


def opened(content: bytes, what: str) -> dict[str, object]:
    """Return sealed values after proving that not a byte of them has changed.

    Raises ModelDamaged.
    """
    try:
        values = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise _damaged(f"{what}不是有效的 JSON") from fault
    if not isinstance(values, dict) or content != canonical(values):
        raise _damaged(f"{what}被改动")
    rest = {name: value for name, value in values.items() if name != "seal"}
    if values != sealed(rest):
        raise _damaged(f"{what}的校验值不符")
    return values


def write_durably(path: Path, content: bytes) -> None:
    """Write a file and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace_durably(path: Path, content: bytes) -> None:
    """Put new content in the place of a file at once: a reader sees the old or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    os.close(handle)
    write_durably(Path(partial), content)
    Path(partial).replace(path)
    _sync_directory(path.parent)


def _manifest(contents: Mapping[str, bytes], model: Model) -> dict[str, object]:
    files = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    return sealed({"form": FORM, "files": files, "features": list(model.features)})


def _verified_manifest(content: bytes, contents: Mapping[str, bytes]) -> dict[str, object]:
    if not content:
        raise _damaged("缺少清单 manifest.json")
    manifest = opened(content, "清单 manifest.json ")
    if manifest.get("form") != FORM:
        raise _damaged("清单的版本不认识")
    expected = manifest["files"]
    found = {name: hashlib.sha256(one).hexdigest() for name, one in contents.items()}
    if not isinstance(expected, dict) or CARD not in expected or found != expected:
        known = expected if isinstance(expected, dict) else {}
        changed = sorted(name for name in {*found, *known} if found.get(name) != known.get(name))
        raise _damaged(f"文件缺失、多出或被改动：{'、'.join(changed[:3])}")
    return manifest


def _check_features(model: Model, card: ModelCard) -> None:
    on_card = [(one.name, one.direction) for one in card.features]
    in_model = [(one.name, one.direction) for one in model.head.layout.columns]
    if on_card == in_model:
        return
    differing = [ours[0] for ours, theirs in zip(in_model, on_card, strict=False) if ours != theirs]
    shown = "、".join(differing[:3]) or "列数不同"
    raise FeatureMismatch(f"模型卡与模型的特征不符：{shown}。", help="请使用同一次训练的模型卡。")


def _read_all(directory: Path) -> Iterator[tuple[str, bytes]]:
    if not directory.is_dir():
        raise ModelUnknown(f"没有名为 {directory.name} 的模型。", help="请先训练，或检查名称。")
    for path in sorted(directory.iterdir()):
        if not path.is_file() or path.is_symlink():
            raise _damaged(f"模型目录中有不应存在的 {path.name}")
        yield path.name, path.read_bytes()


def _damaged(what: str) -> ModelDamaged:
    return ModelDamaged(f"模型文件已损坏：{what}。", help="请从备份恢复或重新训练，不要手工修改。")


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
