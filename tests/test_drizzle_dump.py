"""The dump of a Drizzle schema: loaded with a project's own drizzle-orm and esbuild, read back with all it states."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from schema_bridge import project, serialize
from schema_bridge.cli import run
from schema_bridge.errors import SourceError
from schema_bridge.ir import ColumnNotes, Name, ObjectNotes, RelationNote, Schema, Table
from schema_bridge.project import drizzle
from schema_bridge.readers.drizzle.dump import Dump, parse
from schema_bridge.registry import SourceFile
from support import node
from support.cases import FIXTURES

RICH = FIXTURES / "drizzle_rich" / "drizzle"
PG = "import { check, customType, integer, pgTable, text } from 'drizzle-orm/pg-core';"


@pytest.fixture
def here(bookshop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of this test's own inside the installed project; the commands run there."""
    folder = bookshop / tmp_path.name
    folder.mkdir()
    (folder / "package.json").write_text("{}")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="module")
def rich(bookshop: Path) -> SourceFile:
    folder = bookshop / "rich"
    folder.mkdir()
    (folder / "package.json").write_text("{}")
    shutil.copy(RICH / "schema.ts", folder)
    return SourceFile("rich.json", drizzle.dump([str(folder / "schema.ts")], str(folder)))


def dumped(*paths: str) -> Dump:
    return parse(SourceFile("dump.json", drizzle.dump(paths)))


def table(schema: Schema, name: str, namespace: str = "public") -> Table:
    return schema.table(name, namespace)


# What is stated


def test_the_project_of_a_config(bookshop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Globs, casing, filters, tsconfig paths, spread columns, several files: as drizzle-kit would load them."""
    monkeypatch.chdir(bookshop)
    dump = dumped()
    assert sorted(dump.files) == ["drizzle.config.ts", "src/columns.ts", "src/schema/authors.ts", "src/schema/books.ts"]
    assert (dump.casing, dump.drizzle_orm, dump.left_out, dump.stubbed) == ("snake_case", "0.45.4", 1, ())
    assert [(t.export, t.name, t.at) for t in dump.tables.values()] == [
        ("writers", "authors", "src/schema/authors.ts:6"),
        ("books", "books", "src/schema/books.ts:10"),
        ("shelves", "shelves", "src/schema/books.ts:26"),
    ]
    authors = dump.tables["public.authors"]
    assert [(c.property, name, c.at) for name, c in authors.columns.items()] == [
        ("id", "id", "src/schema/authors.ts:9"),
        ("fullName", "full_name", "src/schema/authors.ts:10"),
        ("kind", "kind", "src/schema/authors.ts:11"),
        ("createdAt", "created_at", "src/columns.ts:5"),
        ("updatedAt", "updated_at", "src/columns.ts:6"),
    ]


def test_the_schema_of_a_project_with_its_notes(bookshop: Path) -> None:
    schema = project.read(str(bookshop)).schema
    books = table(schema, "books")
    assert books.notes == ObjectNotes(
        export="books",
        relations=(
            RelationNote(
                property="writer",
                target=Name("public", "authors"),
                columns=("writer_id",),
                referenced_columns=("id",),
            ),
        ),
    )
    authors = table(schema, "authors")
    assert authors.notes is not None
    assert authors.notes.type_exports == ("Writer", "NewWriter")
    assert [(r.property, r.many) for r in authors.notes.relations] == [("books", True)]
    assert books.column("metadata").notes == ColumnNotes(
        property="metadata", typescript_type="{ pages: number; tags: Array<string> }"
    )
    assert authors.column("kind").notes == ColumnNotes(property="kind", enum=("poet", "novelist"))
    assert authors.column("updated_at").notes == ColumnNotes(property="updatedAt", mode="string", on_update=True)
    assert str(books.column("title").origin) == (bookshop / "src/schema/books.ts").as_posix() + ":17"
    (poets,) = schema.views
    assert (poets.query, [c.name for c in poets.columns]) == (
        """select "id" from "authors" where "authors"."kind" = 'poet'""",
        ["id"],
    )


def test_the_dump_holds_what_drizzle_kit_knows_of_the_same_schema(rich: SourceFile) -> None:
    """Every value of drizzle-kit's snapshot is in the dump, but for those that drizzle-kit spoils."""
    found = json.loads(rich.data)
    spoiled = {
        ("tables", "public.users", "columns", "tags2", "default"): ["a", "b'c"],
        ("tables", "public.users", "columns", "roles", "default"): ["user"],
        ("tables", "public.users", "checkConstraints", "param_ck", "value"): '"users"."age" < 150',
        ("tables", "app.kinds", "columns", "geo", "type"): "geometry(point,4326)",
    }
    stated = [
        (keys, spoiled.get(keys, value))
        for keys, value in leaves(json.loads((RICH / "snapshot.v7.json").read_text()))
        if keys[0] in ("tables", "enums", "sequences", "roles", "views") and keys[-1] not in BOUNDS
        if keys[0] != "views" or keys[2] != "columns" or keys[4] in ("name", "type", "notNull")
    ]
    assert len(stated) > 500
    assert [(keys, value, at(found, keys)) for keys, value in stated if at(found, keys) != value] == []


BOUNDS = ("increment", "minValue", "maxValue", "startWith", "cache")
"""drizzle-kit writes down what the type gives anyway."""


def leaves(value: Any, *keys: str) -> list[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict) and value:
        return [leaf for key, inner in value.items() for leaf in leaves(inner, *keys, key)]
    return [(keys, value)]


def at(value: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        value = value.get(key, {} if key != keys[-1] else None)
    return value


def test_the_dump_holds_what_drizzle_kit_does_not_know(rich: SourceFile) -> None:
    dump = parse(rich)
    users, kinds = dump.tables["public.users"], dump.tables["app.kinds"]
    assert [entry.export for entry in (users, *dump.enums.values(), *dump.roles.values(), *dump.sequences.values())] == [
        "users", "roleEnum", "appStatus", "editor", "anon", "seq", "appSeq",
    ]  # fmt: skip
    assert users.types == ("User",)
    assert [(r.property, r.many, r.columns, r.relation_name) for r in users.relations] == [
        ("manager", False, ("manager_id",), "mgr"),
        ("reports", True, (), "mgr"),
        ("memberships", True, (), None),
        ("things", True, (), None),
    ]
    columns = {**users.columns, **kinds.columns}
    stated = {
        "settings": "{ theme: 'dark' | 'light'; n: number }",
    }
    assert {n: c.typescript_type for n, c in columns.items() if c.typescript_type} == stated
    assert [n for n, c in columns.items() if c.client_default] == ["nanoid"]
    assert [n for n, c in columns.items() if c.on_update] == ["updated_at"]
    assert columns["plan"].values == ("free", "pro")
    assert {n: columns[n].mode for n in ("created_at", "deleted_at", "big", "bignum", "nn", "dtd", "pt", "ln", "geo")} == {
        "created_at": "date", "deleted_at": "string", "big": "bigint", "bignum": "number", "nn": "number",
        "dtd": "date", "pt": "xy", "ln": "abc", "geo": "xy",
    }  # fmt: skip
    assert columns["full_name"].property == "fullName" and columns['Weird "Col"'].property == "weird col"
    assert dump.roles["anon"].existing and dump.views["public.existing_view"].is_existing
    lines = (RICH / "schema.ts").read_text().splitlines()
    for entry in (*users.columns.values(), *kinds.columns.values()):
        assert entry.at is not None
        assert entry.property in lines[int(entry.at.rpartition(":")[2]) - 1]


EVERY_RELEASE = """
import { sql } from 'drizzle-orm';
import { relations } from 'RELATIONS';
import {
  bigint, foreignKey, index, integer, json, numeric, pgEnum, pgSchema, pgTable, pgView, primaryKey, serial, text, timestamp,
  unique, uniqueIndex, varchar,
} from 'drizzle-orm/pg-core';

export const app = pgSchema('app');
export const mood = pgEnum('mood', ['good', "it's"]);
export const people = pgTable('people', {
  id: serial('id').primaryKey(),
  name: varchar('name', { length: 40 }).notNull().unique('people_name'),
  mood: mood('mood').default('good'),
  tags: text('tags').array().notNull().default(sql`'{}'`),
  sums: numeric('sums', { precision: 6, scale: 2 }).default('0.50'),
  data: json('data').$type<{ a: number }>().default({ a: 1 }),
  seen: timestamp('seen', { withTimezone: true, mode: 'string' }).defaultNow(),
  bossId: integer('boss_id'),
}, (t) => ({
  boss: foreignKey({ columns: [t.bossId], foreignColumns: [t.id], name: 'people_boss' }).onDelete('set null'),
  seen: index('people_seen').on(t.seen),
  lower: uniqueIndex('people_mood').on(t.mood).where(sql`${t.bossId} is null`),
}));
export const pets = app.table('pets', {
  owner: integer('owner').references(() => people.id),
  number: bigint('number', { mode: 'bigint' }),
}, (t) => ({ pk: primaryKey({ name: 'pets_key', columns: [t.owner, t.number] }), both: unique('both').on(t.number, t.owner) }));
export const bosses = pgView('bosses').as((qb) => qb.select({ id: people.id }).from(people).where(sql`${people.name} = ${'B'}`));
export const peopleRelations = relations(people, ({ one, many }) => ({
  boss: one(people, { fields: [people.bossId], references: [people.id], relationName: 'boss' }), pets: many(pets),
}));
export const petsRelations = relations(pets, ({ one }) => ({
  owner: one(people, { fields: [pets.owner], references: [people.id] }),
}));
"""


def test_every_release_of_drizzle_orm_gives_the_same_schema(bookshop: Path) -> None:
    schemas = {}
    for version in node.VERSIONS:
        folder = node.package(bookshop, f"release_{version}", version)
        relations = "drizzle-orm/_relations" if version == "1.0" else "drizzle-orm"
        (folder / "schema.ts").write_text(EVERY_RELEASE.replace("RELATIONS", relations))
        schemas[version] = serialize.without_origins(project.read(str(folder / "schema.ts")).schema)
    old, now, new = (schemas[version] for version in ("0.29", "0.45", "1.0"))
    assert old == now
    (named,) = [key.name for t in new.tables for key in t.foreign_keys if t.name.name == "pets"]
    assert named == "pets_owner_people_id_fkey"
    assert serialize.dump(new).replace(named, "pets_owner_people_id_fk") == serialize.dump(now)


def test_relations_of_1_0(bookshop: Path) -> None:
    folder = node.package(bookshop, "defined", "1.0")
    (folder / "schema.ts").write_text("""
import { defineRelations } from 'drizzle-orm';
import { bigint, integer, pgTable, serial, text } from 'drizzle-orm/pg-core';
export const a = pgTable('a', {
  id: serial().primaryKey(),
  n: bigint({ mode: 'bigint' }).default(10n),
  nested: integer().array('[][]').default([[1], [2]]),
});
export const b = pgTable('b', { id: serial().primaryKey(), aId: integer('a_id').references(() => a.id) });
export const rels = defineRelations({ a, b }, (r) => ({
  a: { bs: r.many.b({ from: r.a.id, to: r.b.aId }) }, b: { a: r.one.a({ from: r.b.aId, to: r.a.id }) },
}));
""")
    schema = project.read(str(folder / "schema.ts")).schema
    one, other = table(schema, "a"), table(schema, "b")
    assert one.notes is not None and other.notes is not None
    assert [(r.property, r.target.name, r.many, r.columns, r.referenced_columns) for r in one.notes.relations] == [
        ("bs", "b", True, ("id",), ("a_id",))
    ]
    assert [(r.property, r.many) for r in other.notes.relations] == [("a", False)]
    assert [(c.type.dimensions, c.default) for c in one.columns[1:]] == [(0, "10"), (2, "'{{1},{2}}'")]


# Where it is found


def test_workspaces(bookshop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pnpm's layout: links into one store, a schema in a package of the workspace, esbuild only behind drizzle-kit."""
    home, modules = bookshop / "workspace", bookshop / "node_modules"
    kit = home / "store" / "drizzle-kit"
    kit.mkdir(parents=True)
    (kit / "package.json").write_text("{}")
    (kit / "node_modules").mkdir()
    (kit / "node_modules" / "esbuild").symlink_to(modules / "esbuild")
    for package in ("db", "app"):
        (home / package / "node_modules" / "@acme").mkdir(parents=True)
        (home / package / "package.json").write_text(json.dumps({"name": f"@acme/{package}", "exports": "./tables.ts"}))
        (home / package / "node_modules" / "drizzle-orm").symlink_to(modules / "drizzle-orm")
        (home / package / "node_modules" / "drizzle-kit").symlink_to(kit)
    (home / "app" / "node_modules" / "@acme" / "db").symlink_to(home / "db")
    (home / "db" / "tables.ts").write_text(PG + "\n\nexport const t = pgTable('t', { a: text('a') });\n")
    (home / "app" / "schema.ts").write_text("export { t as renamed } from '@acme/db';\n")
    monkeypatch.chdir(home / "app")
    dump = dumped("schema.ts")
    assert sorted(dump.files) == ["../db/tables.ts", "schema.ts"]
    assert [(t.export, t.at) for t in dump.tables.values()] == [("renamed", "../db/tables.ts:3")]


def test_the_command_writes_a_file_that_names_its_sources_from_its_own_folder(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "src").mkdir()
    text = PG + "\nconsole.log('noise');\nexport const t = pgTable('t', { userName: text() });\n"
    (here / "src" / "schema.ts").write_text(text)
    assert run(["dump", "src/schema.ts", "--casing", "snake_case", "-o", "db/dump.json"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == ["read 1 table with drizzle-orm 0.45.4, casing snake_case", "wrote db/dump.json"]
    assert run(["dump", "src/schema.ts", "--casing", "snake_case", "-o", "db/dump.json"]) == 0
    assert capsys.readouterr().err.splitlines()[-1] == "unchanged: db/dump.json"
    dump = parse(SourceFile("db/dump.json", Path("db/dump.json").read_bytes()))
    assert list(dump.files) == ["../src/schema.ts"]
    (column,) = project.read("db/dump.json").schema.tables[0].columns
    assert (column.name, str(column.origin)) == ("user_name", "src/schema.ts:3")
    assert run(["dump", "src/schema.ts"]) == 0
    assert list(json.loads(capsys.readouterr().out)["files"]) == ["src/schema.ts"]
    assert run(["diff", "db/dump.json", "src"]) == 1
    assert "column t.user_name" in capsys.readouterr().out


def test_a_dump_longer_than_a_pipe_arrives_whole(here: Path) -> None:
    tables = "".join(f"export const t{n} = pgTable('t{n}', {{ a: text('a'), b: text('b') }});\n" for n in range(400))
    (here / "schema.ts").write_text(f"{PG}\n{tables}")
    assert len(dumped("schema.ts").tables) == 400


def test_the_json_schema_describes_the_dump(rich: SourceFile) -> None:
    described = serialize.json_schema(Dump)
    assert set(described["$defs"]["Dump"]["required"]) >= {"format", "version", "drizzleOrm", "files", "tables"}
    assert set(json.loads(rich.data)) <= set(described["$defs"]["Dump"]["properties"])


def test_a_package_that_is_not_installed_is_stubbed_and_said(here: Path) -> None:
    lines = [PG, "import { createId } from '@paralleldrive/cuid2';"]
    lines += ["export const t = pgTable('t', { id: text('id').$defaultFn(() => createId()) });"]
    (here / "schema.ts").write_text("\n".join(lines))
    reading = project.read("schema.ts")
    assert [c.name for c in reading.schema.tables[0].columns] == ["id"]
    assert ["@paralleldrive/cuid2 was not installed" in finding.message for finding in reading.findings] == [True]


# What cannot be dumped

TABLE = "export const t = pgTable('t', { a: text('a') });"
BAD = [
    ("export const a = 1;", "schema.ts: no table is exported\na dump holds what the schema files export"),
    (
        f"{PG}\n{TABLE.replace('text(', 'text(1).nope(')}",
        "schema.ts:2: the schema cannot be loaded: text(...).nope is not",
    ),
    (f"{PG}\n\nthrow new Error('no DATABASE_URL');", "schema.ts:3: the schema cannot be loaded: no DATABASE_URL"),
    (f"{PG}\nexport const t = pgTable('t',", "schema.ts:2: this cannot be bundled: Unexpected end of file"),
    (f"import {{ x }} from './gone';\n{PG}\n{TABLE}\nx();", "schema.ts:1: this cannot be bundled: Could not resolve"),
    ("process.exit(3);", "schema.ts: Node ended before the schema was read (exit status 3)"),
    (
        "import { int, mysqlTable } from 'drizzle-orm/mysql-core';\nexport const t = mysqlTable('t', { a: int('a') });",
        "schema.ts: the tables are not PostgreSQL's (MySqlTable)\nonly drizzle-orm/pg-core can be read",
    ),
    (
        "import { sql } from 'drizzle-orm';\n"
        + PG
        + "\nexport const t = pgTable('t', { a: integer('a') }, (t) => [\n"
        + "  check('c', sql`${t.a} > ${10n}`),\n]);",
        "schema.ts:3: t: an sql fragment cannot be written out (Unexpected param value: 10)",
    ),
    (
        "import { kind } from 'nowhere';\n"
        + PG
        + "\nconst odd = customType({ dataType: () => kind });\n"
        + "export const t = pgTable('t', {\n  a: odd('a'),\n});",
        "schema.ts:5: t.a: its type cannot be known: it comes from a package that is not installed here",
    ),
]


@pytest.mark.parametrize(("text", "message"), BAD, ids=range(len(BAD)))
def test_a_schema_that_cannot_be_dumped(
    text: str, message: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "schema.ts").write_text(text)
    assert run(["dump", "schema.ts", "-o", "dump.json"]) == 2
    assert capsys.readouterr().err.startswith(f"schema-bridge: {message}")
    assert not Path("dump.json").exists()


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            "{ dialect: 'mysql', schema: 's.ts' }",
            "drizzle.config.ts is for mysql; only PostgreSQL's schemas can be read",
        ),
        ("{ dialect: 'postgresql' }", "drizzle.config.ts names no schema"),
        ("{ schema: './db/*.ts' }", "drizzle.config.ts names ./db/*.ts, and no such file is there"),
        ("{ schema: 's.ts', tablesFilter: 'x_*' }", "s.ts: the filters of drizzle.config leave no table"),
    ],
)
def test_a_config_that_leads_nowhere(config: str, message: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "drizzle.config.ts").write_text(f"export default {config};")
    (here / "s.ts").write_text(f"{PG}\n{TABLE}")
    assert run(["dump"]) == 2
    assert capsys.readouterr().err.startswith(f"schema-bridge: {message}")


def test_what_is_not_installed_is_named(
    bookshop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["dump"]) == 2
    assert capsys.readouterr().err.startswith("schema-bridge: there is no drizzle.config here\nname a schema file")
    (tmp_path / "schema.ts").write_text(TABLE)
    (tmp_path / "pnpm-lock.yaml").write_text("")
    assert run(["dump", "schema.ts"]) == 2
    assert "drizzle-orm is not installed for schema.ts\nin its project run: pnpm install" in capsys.readouterr().err
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "drizzle-orm").symlink_to(bookshop / "node_modules" / "drizzle-orm")
    assert run(["dump", "schema.ts"]) == 2
    assert "esbuild is not installed for schema.ts\nin its project run: pnpm add -D esbuild" in capsys.readouterr().err
    monkeypatch.setenv("PATH", str(tmp_path))
    for command in (["dump", "schema.ts"], ["generate", "schema.ts"]):
        assert run(command) == 2
        message = capsys.readouterr().err
        assert "schema.ts is loaded with Node, and there is no node on the PATH\ninstall Node 18 or newer" in message


def test_a_dump_of_another_version_is_refused() -> None:
    data = json.dumps({"format": "schema_bridge.drizzle", "version": 2}, indent=2).encode()
    with pytest.raises(SourceError, match=r"^d.json:3: this is version 2 of a dump, and version 1 is read here"):
        parse(SourceFile("d.json", data))


# The daily loop

CONFIG = """\
sources:
  tables: {tables}
outputs:
  sqlalchemy: {{to: back}}
  pydantic: {{to: back}}
  validation: {{to: back}}
"""


@pytest.fixture
def shop(bookshop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project with its sources in a folder of this test's own, as a team would have it; the commands run there."""
    folder = bookshop / tmp_path.name
    shutil.copytree(node.PROJECT, folder, ignore=shutil.ignore_patterns("node_modules"))
    monkeypatch.chdir(folder)
    return folder


def change(shop: Path) -> None:
    """A front-end developer makes the price larger."""
    books = shop / "src" / "schema" / "books.ts"
    books.write_text(books.read_text().replace("precision: 6, scale: 2", "precision: 9, scale: 3"))


def test_a_changed_column_reaches_models_schemas_and_validation(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("schema_bridge.yaml").write_text(CONFIG.format(tables="drizzle.config.ts"))
    assert run(["generate"]) == 0
    assert run(["generate", "--check"]) == 0
    change(shop)
    capsys.readouterr()
    assert run(["generate", "--check"]) == 1
    out, err = capsys.readouterr()
    assert "-    price: Mapped[Decimal | None] = mapped_column(sa.Numeric(6, 2))" in out
    assert "+    price: Mapped[Decimal | None] = mapped_column(sa.Numeric(9, 3))" in out
    stale = ["back/models.py", "back/schemas/book.py", "back/validate_schema.sql"]
    assert err.splitlines() == [*(f"stale: {path}" for path in stale), "run: schema-bridge generate"]
    assert run(["generate"]) == 0
    assert [line.split()[1] for line in capsys.readouterr().err.splitlines() if line.startswith("wrote")] == stale
    assert "max_digits=9, decimal_places=3" in Path("back/schemas/book.py").read_text()
    assert "numeric(9,3)" in Path("back/validate_schema.sql").read_text()
    assert run(["generate", "--check"]) == 0


def test_a_dump_that_lags_its_files_is_not_generated_from(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("schema_bridge.yaml").write_text(CONFIG.format(tables="db/dump.json"))
    assert run(["dump", "-o", "db/dump.json"]) == 0
    assert run(["generate"]) == 0
    change(shop)
    capsys.readouterr()
    for command in (["generate"], ["generate", "--check"]):
        assert run(command) == 1
        assert capsys.readouterr().err == (
            "schema-bridge: db/dump.json:1: src/schema/books.ts has changed since this dump was made\n"
            "run: schema-bridge dump drizzle.config.ts -o db/dump.json\n"
        )
    assert run(["diff", "db/dump.json", "drizzle.config.ts"]) == 1
    assert "column books.price: type" in capsys.readouterr().out
    assert run(["dump", "drizzle.config.ts", "-o", "db/dump.json"]) == 0
    assert run(["generate", "--check"]) == 1
    assert run(["generate"]) == 0
    shutil.rmtree("src")  # a back end's own repository has the dump alone
    assert run(["generate", "--check"]) == 0


def test_snapshot_and_migrations_that_lag_the_schema_are_told(
    bookshop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = node.package(bookshop, "lagging")
    shutil.copytree(FIXTURES / "drizzle_features" / "drizzle" / "migrations", folder / "migrations")
    text = (FIXTURES / "drizzle_features" / "drizzle" / "schema.ts").read_text()
    (folder / "schema.ts").write_text(
        text.replace('age: integer("age").default(18)', 'age: integer("age").default(21)')
    )
    monkeypatch.chdir(folder)
    readers = [word for reader in ("drizzle", "drizzle-snapshot", "sql") for word in ("--from", reader)]
    assert run(["diff", "schema.ts", "migrations", "migrations", *readers]) == 1
    out = capsys.readouterr().out
    assert "column users.age: default (behaviour)\n  schema.ts: 21  [schema.ts:" in out
    assert "  migrations (2): 18  [migrations/meta/0000_snapshot.json:" in out
    assert "  migrations (3): 18  [migrations/0000_features.sql:" in out
    assert out.endswith("1 difference: 1 behaviour\n")
