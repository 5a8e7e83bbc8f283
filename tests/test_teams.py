"""Projects of teams: each config gives its team the layout, the names, the bases and the style that it is used to."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.cases import FIXTURES

TEAMS = {path.parent.name: path.parent for path in sorted(FIXTURES.glob("teams/*/schema_bridge.yaml"))}
INPUT = ("schema.sql", "schema_bridge.yaml")
PACKAGES = {
    "homes": ("model", "schemas"),
    "images": ("backend.models", "backend.schemas"),
    "media": ("app.models.media_asset", "app.models.schemas"),
    "pets": ("app.db.models", "app.schemas"),
    "photos": ("users_service.models", "users_service.schemas", "photos_service.models", "photos_service.schemas"),
}


@pytest.fixture(scope="session")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of each project, with all that its config generates."""
    root = tmp_path_factory.mktemp("teams")
    for name, folder in TEAMS.items():
        if (folder / "project").exists():
            shutil.copytree(folder / "project", root / name)
        (root / name).mkdir(exist_ok=True)
        for file in INPUT:
            shutil.copy(folder / file, root / name)
        run(root / name, "-m", "schema_bridge", "generate")
    return root


def run(folder: Path, *words: str) -> str:
    done = subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout


def files(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.suffix == ".py")
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in found}


@pytest.mark.parametrize("name", TEAMS)
def test_the_output_is_the_expected_one(projects: Path, name: str, request: pytest.FixtureRequest) -> None:
    by_hand = files(TEAMS[name] / "project")
    generated = {path: text for path, text in files(projects / name).items() if path not in by_hand}
    expected = TEAMS[name] / "expected"
    if request.config.getoption("--update"):
        shutil.rmtree(expected, ignore_errors=True)
        for path, text in generated.items():
            (expected / path).parent.mkdir(parents=True, exist_ok=True)
            (expected / path).write_text(text, "utf-8", newline="")
    found = files(expected)
    assert sorted(found) == sorted(generated)
    for path, text in generated.items():
        assert found[path] == text, f"{path}: `pytest --update` rewrites it; read `git diff` then"


@pytest.mark.parametrize("name", PACKAGES)
def test_the_project_imports_and_configures(projects: Path, name: str) -> None:
    imports = "\n".join(f"import {package}" for package in PACKAGES[name])
    run(projects / name, "-W", "error", "-c", f"{imports}\nimport sqlalchemy.orm\nsqlalchemy.orm.configure_mappers()")


def test_the_code_is_as_ruff_leaves_it(projects: Path) -> None:
    run(projects, "-m", "ruff", "format", "--isolated", "--diff", ".")
    run(projects, "-m", "ruff", "check", "--isolated", "--extend-select", "I,UP,B", ".")


SAID = {
    "homes": [
        ("model/user.py", "class Users(Base):"),
        ("model/user.py", "class SessionToken(Base):"),
        ("model/user.py", "from model.base import Base"),
        ("model/property.py", 'file_metadata = sa.Column("metadata", pg.JSONB'),
        ("schemas/users.py", 'UsersRole = Literal["buyer", "builder"]'),
    ],
    "images": [
        ("backend/models/core.py", "class CrawlJob(TimestampMixin, Base):"),
        ("backend/models/access.py", "class APIKey(Base):"),
        ("backend/models/core.py", 'lazy="selectin"'),
        ("backend/schemas/core.py", "class CrawlJobStatus(StrEnum):"),
        ("backend/schemas/core.py", "class ProjectBase(Schema):"),
        ("backend/schemas/core.py", "class ProjectListResponse(Schema):"),
        ("backend/schemas/core.py", 'examples=["Street signs"]'),
    ],
    "media": [
        ("app/models/media_asset.py", "class MediaAsset(Base, table=True):"),
        ("app/models/media_asset.py", "class Person(Base, table=True):"),
        ("app/models/schemas.py", "class InsertAIPrompt(Storable):"),
        ("app/models/schemas.py", "class MediaAssetProcessingState(StrEnum):"),
        ("app/models/schemas.py", "class PersonRow(BaseModel):"),
        ("app/models/schemas.py", "alias_generator=to_camel"),
    ],
    "pets": [
        ("app/db/models.py", 'meta_data = sa.Column("metadata", pg.JSONB'),
        ("app/db/models.py", "default=uuid4"),
        ("app/db/models.py", 'cascade="all, delete-orphan"'),
        ("app/db/models.py", "class MetricsCache(Base):"),
        ("app/schemas/user.py", "password: str = Field(min_length=8, max_length=72)"),
        ("app/schemas/pet.py", "class PetState(BaseModel):"),
    ],
    "photos": [
        ("users_service/models/user.py", "from ..config.database import Base"),
        ("photos_service/models/schedule.py", "class Schedule(Base):"),
        ("photos_service/models/photo.py", 'file_path = synonym("original_key")'),
        ("photos_service/schemas/photo.py", 'validation_alias=AliasChoices("original_key", "file_path")'),
    ],
}


@pytest.mark.parametrize("name", SAID)
def test_a_team_finds_its_own_conventions(projects: Path, name: str) -> None:
    found = files(projects / name)
    assert [(path, text) for path, text in SAID[name] if text not in found[path]] == []


def test_what_a_team_leaves_out_is_nowhere(projects: Path) -> None:
    pets = files(projects / "pets")
    assert [path for path in pets if "schemas" in path and "hashed_password" in pets[path]] == []
    assert "AuditLog" not in pets["app/schemas/__init__.py"]
    images = files(projects / "images")
    assert "UsageMetricCreate" not in images["backend/schemas/access.py"]
    photos = files(projects / "photos")
    assert "users_service/schemas/photo.py" not in photos
