"""The crawler's schemas on the server: each check, length and enum both ways, and the ORM's objects in a route."""

from __future__ import annotations

import datetime as dt
import importlib
import json
import sys
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from psycopg import sql
from psycopg.types.json import Jsonb

from schema_bridge.ir import Schema
from support.cases import CASES
from support.schemas import imported, takes
from support.server import Database, Server

CASE = next(case for case in CASES if case.name == "crawler")
ID = uuid.UUID(int=7)
NOW = dt.datetime(2024, 1, 2, tzinfo=dt.UTC)
HASH = "0" * 64

ROWS: dict[str, dict[str, Any]] = {
    "profiles": {"id": ID, "handle": "ada_l", "email": "ada@example.org"},
    "credit_accounts": {"user_id": ID},
    "credit_transactions": {"account_id": ID, "amount": Decimal("1.50"), "type": "usage"},
    "projects": {"id": 1, "owner_id": ID, "name": "Birds"},
    "project_members": {"project_id": 1, "user_id": ID},
    "crawl_jobs": {"project_id": 1, "name": "Birds"},
    "datasets": {"project_id": 1, "name": "Birds"},
    "images": {
        "crawl_job_id": 1,
        "original_url": "https://example.org/a",
        "format": "png",
        "width": 1,
        "height": 1,
        "hash": HASH,
    },
    "labels": {"project_id": 1, "name": "bird"},
    "image_labels": {"image_id": 1, "label_id": 1},
    "export_files": {"dataset_id": 1},
    "notifications": {"user_id": ID, "title": "Hello"},
    "api_keys": {"user_id": ID, "name": "ci", "key_prefix": "ck", "key_hash": "x"},
}
"""A row of each table with what it must have."""

GOOD: list[tuple[str, dict[str, Any]]] = [
    ("profiles", {"handle": "a_1", "locale": "de-AT", "full_name": None}),
    (
        "credit_accounts",
        {"balance": Decimal(0), "monthly_limit": 1_000_000, "tier": "studio", "renews_on": dt.date(2024, 2, 29)},
    ),
    ("credit_transactions", {"amount": Decimal("-9999999999.99"), "type": "bonus"}),
    ("projects", {"parent_id": 2, "name": "x" * 100, "tags": [], "metadata": {"a": [1]}}),
    ("projects", {"parent_id": None}),
    ("project_members", {"role": "owner"}),
    ("crawl_jobs", {"engine": "upload", "progress": 100, "max_images": 100_000, "keywords": ["a"], "status": "failed"}),
    ("crawl_jobs", {"started_at": NOW, "finished_at": NOW, "not_before": dt.time(1), "timeout": dt.timedelta(hours=2)}),
    ("crawl_jobs", {"started_at": None, "finished_at": None, "quality": None}),
    ("datasets", {"version": 1, "image_count": 0, "metadata": None}),
    ("images", {"format": "gif", "width": 65535, "bytes": 1, "thumbnail": b"\x00\xff"}),
    ("images", {"bytes": None, "hash": "f" * 64}),
    ("labels", {"color": "#aBcDeF"}),
    ("image_labels", {"confidence": Decimal("0.001")}),
    ("export_files", {"format": "coco", "url": None}),
    ("notifications", {"type": "error", "title": "x", "data": [1, None]}),
    ("api_keys", {"rate_limit": 6000, "scopes": ["read", "admin"], "last_used_from": "10.0.0.1"}),
]
BAD: list[tuple[str, dict[str, Any]]] = [
    ("profiles", {"handle": "No"}),
    ("profiles", {"email": "@example.org"}),
    ("profiles", {"email": "example.org"}),
    ("credit_accounts", {"balance": Decimal("-0.01")}),
    ("credit_accounts", {"monthly_limit": -1}),
    ("credit_accounts", {"monthly_limit": 1_000_001}),
    ("credit_accounts", {"tier": "gold"}),
    ("credit_transactions", {"amount": Decimal(0)}),
    ("credit_transactions", {"type": "gift"}),
    ("projects", {"name": ""}),
    ("projects", {"parent_id": 1}),
    ("project_members", {"role": "guest"}),
    ("crawl_jobs", {"engine": "yahoo"}),
    ("crawl_jobs", {"progress": -1}),
    ("crawl_jobs", {"progress": 101}),
    ("crawl_jobs", {"max_images": 0}),
    ("crawl_jobs", {"max_images": 100_001}),
    ("crawl_jobs", {"keywords": {"a": 1}}),
    ("crawl_jobs", {"status": "lost"}),
    ("crawl_jobs", {"started_at": None, "finished_at": NOW}),
    ("crawl_jobs", {"started_at": NOW, "finished_at": NOW - dt.timedelta(seconds=1)}),
    ("datasets", {"version": 0}),
    ("datasets", {"image_count": -1}),
    ("images", {"format": "bmp"}),
    ("images", {"width": 0}),
    ("images", {"height": 65536}),
    ("images", {"bytes": 0}),
    ("images", {"hash": "g" * 64}),
    ("labels", {"color": "#88888g"}),
    ("image_labels", {"confidence": Decimal(0)}),
    ("image_labels", {"confidence": Decimal("1.001")}),
    ("export_files", {"format": "rar"}),
    ("notifications", {"type": "debug"}),
    ("notifications", {"title": ""}),
    ("api_keys", {"rate_limit": 0}),
    ("api_keys", {"rate_limit": 6001}),
    ("api_keys", {"scopes": []}),
    ("api_keys", {"scopes": ["root"]}),
]


@pytest.fixture(scope="module")
def schema() -> Schema:
    return CASE.schema


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory, schema: Schema) -> Iterator[ModuleType]:
    with imported(tmp_path_factory.mktemp("crawler"), schema) as module:
        yield module


@pytest.fixture(scope="module")
def applied(server: Server) -> Database:
    return server.database(CASE.sql, supabase=True)


@pytest.fixture(scope="module")
def connection(applied: Database) -> Iterator[psycopg.Connection[Any]]:
    """The tables with their checks, without their keys to each other; nothing stays."""
    with psycopg.connect(applied.conninfo) as open_:
        for table in ROWS:
            name = sql.Identifier(table)
            like = "CREATE TEMPORARY TABLE {} (LIKE public.{} INCLUDING ALL)"
            open_.execute(sql.SQL(like).format(name, name))
        yield open_
        open_.rollback()


def refused(connection: psycopg.Connection[Any], table: str, row: dict[str, Any]) -> str | None:
    """The server's reason not to take a row: the constraint's name, or what it says; None where it takes it."""
    columns = sql.SQL(", ").join(map(sql.Identifier, row))
    values = [
        Jsonb(v, dumps=json.dumps) if k in ("metadata", "keywords", "data") and v is not None else v
        for k, v in row.items()
    ]
    places = sql.SQL(", ").join(sql.Placeholder() * len(values))
    query = sql.SQL("INSERT INTO pg_temp.{} ({}) VALUES ({})").format(sql.Identifier(table), columns, places)
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(query, values)
    except psycopg.Error as error:
        return error.diag.constraint_name or str(error)
    return None


def model(schemas: ModuleType, table: str, variant: str) -> Any:
    names = {"people": "Person", "api_keys": "APIKey"}
    singular = "".join(word.capitalize() for word in table.removesuffix("s").split("_"))
    return getattr(schemas, names.get(table, singular) + variant)


@pytest.mark.parametrize(("table", "values"), GOOD, ids=str)
def test_what_the_server_takes_is_taken(
    schemas: ModuleType, connection: psycopg.Connection[Any], table: str, values: dict[str, Any]
) -> None:
    row = ROWS[table] | values
    assert refused(connection, table, row) is None
    assert takes(model(schemas, table, "Create"), **row)
    assert takes(model(schemas, table, "Update"), **values)


@pytest.mark.parametrize(("table", "values"), BAD, ids=str)
def test_what_the_server_refuses_is_refused(
    schemas: ModuleType, connection: psycopg.Connection[Any], table: str, values: dict[str, Any]
) -> None:
    row = ROWS[table] | values
    assert takes(model(schemas, table, "Create"), **ROWS[table])
    assert refused(connection, table, row) is not None
    assert not takes(model(schemas, table, "Create"), **row)
    beside = {name: ROWS[table][name] for name in ("id",) if "parent_id" in values}
    if not beside:
        assert not takes(model(schemas, table, "Update"), **values)


def test_every_check_of_the_fixture_is_tried(schema: Schema, connection: psycopg.Connection[Any]) -> None:
    broken = {refused(connection, table, ROWS[table] | values) for table, values in BAD}
    assert {check.name for table in schema.tables for check in table.checks} - broken == set()
    assert {table.name.name for table in schema.tables} == set(ROWS)


def test_every_length_is_held(schema: Schema, schemas: ModuleType, connection: psycopg.Connection[Any]) -> None:
    tried = 0
    for table in schema.tables:
        for column in table.columns:
            if column.type.name not in ("character varying", "character") or not column.type.modifiers:
                continue
            tried += 1
            row = ROWS[table.name.name] | {column.name: "é" * (int(column.type.modifiers[0]) + 1)}
            assert refused(connection, table.name.name, row) is not None
            assert not takes(model(schemas, table.name.name, "Create"), **row), column.name
            assert not takes(model(schemas, table.name.name, "Update"), **{column.name: row[column.name]}), column.name
    assert tried > 15


def test_every_label_of_every_enum_is_taken(schema: Schema, schemas: ModuleType) -> None:
    labels = {enum.name.name: enum.labels for enum in schema.enums}
    assert set(labels) == {"job_status", "member_role"}
    for label in labels["job_status"]:
        assert takes(schemas.CrawlJobUpdate, status=label)
    for label in labels["member_role"]:
        assert takes(schemas.ProjectMemberUpdate, role=label)


def test_null_is_refused_where_the_server_refuses_it(
    schema: Schema, schemas: ModuleType, connection: psycopg.Connection[Any]
) -> None:
    for table in schema.tables:
        name = table.name.name
        update, create = model(schemas, name, "Update"), model(schemas, name, "Create")
        for column in table.columns:
            if column.generated is not None:
                continue
            row = ROWS[name] | {column.name: None}
            taken = refused(connection, name, row) is None
            assert takes(create, **row) == taken, f"{name}.{column.name}"
            fields = {field.alias or key: key for key, field in update.model_fields.items()}
            if column.name in fields:
                assert takes(update, **{column.name: None}) == taken, f"{name}.{column.name}"


def test_a_route_reads_the_orm(
    tmp_path: Path, schemas: ModuleType, applied: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session

    for path, text in CASE.written("sqlalchemy").items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    models = importlib.import_module("models")
    engine = create_engine(applied.sqlalchemy_url)
    try:
        with engine.connect() as connection, Session(connection) as session:
            connection.exec_driver_sql("SET session_replication_role = replica")
            given = schemas.ProjectCreate(owner_id=ID, name="Birds", metadata={"a": 1})
            project = models.Project(**given.model_dump(exclude_unset=True))
            job = models.CrawlJob(project_id=1, name="Birds", timeout=dt.timedelta(minutes=5))
            image = models.Image(**{f"{k}_" if k in ("format", "hash") else k: v for k, v in ROWS["images"].items()})
            session.add_all([project, job, image])
            session.flush()
            for row in (project, job, image):
                session.refresh(row)
            app = FastAPI()
            app.get("/project", response_model=schemas.ProjectResponse)(lambda: project)
            app.get("/job", response_model=schemas.CrawlJobResponse)(lambda: job)
            app.get("/image", response_model=schemas.ImageResponse)(lambda: image)
            client = TestClient(app)
            answers = [client.get(path).json() for path in ("/project", "/job", "/image")]
            session.rollback()
    finally:
        engine.dispose()
        for name in [name for name in sys.modules if name.split(".")[0] == "models"]:
            del sys.modules[name]
    assert answers[0]["metadata"] == {"a": 1} and answers[0]["tags"] == []
    assert answers[1]["status"] == "queued" and answers[1]["timeout"] == "PT5M"
    assert answers[2]["format"] == "png" and answers[2]["aspect"] == 1.0 and answers[2]["hash"] == HASH
