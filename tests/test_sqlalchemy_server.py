"""The generated models at work: rows in and out, the database's own cascades, making twice and taking away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from schema_bridge import project
from schema_bridge.python_model import NamingOptions
from schema_bridge.writers.sqlalchemy import Options
from schema_bridge.writers.sqlalchemy.sqlmodel import Options as SQLModelOptions
from support import python
from support.cases import CASES, Case, read_text
from support.objects import differences
from support.server import Database, Server

START = (
    python.CREATE
    + """
import sqlalchemy as sa
from sqlalchemy.orm import Session
from models import *
metadata = models.Base.metadata
"""
)


def write(folder: Path, sql: str, options: Options | None = None) -> Path:
    for path, text in project.render(read_text(sql), "sqlalchemy", options).items():
        (folder / path).write_text(text, "utf-8", newline="")
    return folder


@pytest.fixture
def empty(server: Server) -> Iterator[Database]:
    database = server.database()
    yield database
    server.release(database)


BLOG = """
CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  plan text NOT NULL DEFAULT 'free',
  settings jsonb NOT NULL DEFAULT '{"a":1}',
  tags text[] NOT NULL DEFAULT '{}',
  credit numeric(10, 2) NOT NULL DEFAULT 1.50,
  metadata jsonb,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE posts (
  id serial PRIMARY KEY,
  number serial NOT NULL,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  editor_id uuid REFERENCES users ON DELETE SET NULL,
  title text NOT NULL,
  slug text GENERATED ALWAYS AS (lower(title)) STORED
);
CREATE TABLE notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users
);
"""


def test_a_row_with_required_columns_alone_comes_back_with_the_defaults(empty: Database, tmp_path: Path) -> None:
    script = """
with Session(engine) as session:
    user = User(name="Ada")
    user.posts_of = None
    session.add(user)
    post = Post(title="Hello", user=user)
    session.add(post)
    session.commit()
    assert user.plan == "free" and user.settings == {"a": 1} and user.tags == [] and str(user.credit) == "1.50"
    assert user.metadata_ is None and user.created_at.tzinfo is not None and user.id is not None
    assert (post.id, post.number, post.slug, post.editor_id) == (1, 1, "hello", None)
"""
    python.run(START + script, write(tmp_path, BLOG), empty.sqlalchemy_url)


def test_a_renamed_column_is_found_by_its_former_name(empty: Database, tmp_path: Path) -> None:
    options = Options(naming=NamingOptions(renamed={"users.login": "name"}))
    script = """
with Session(engine) as session:
    session.add(User(login="Ada"))
    session.commit()
    (user,) = session.scalars(sa.select(User).where(User.login == "Ada")).all()
    assert (user.name, user.login) == ("Ada", "Ada")
"""
    python.run(START + script, write(tmp_path, BLOG, options), empty.sqlalchemy_url)


def test_deleting_leaves_the_cascade_to_the_database(empty: Database, tmp_path: Path) -> None:
    script = """
from sqlalchemy.exc import IntegrityError
with Session(engine) as session:
    ada, bob = User(name="Ada"), User(name="Bob")
    session.add_all([ada, bob, Post(title="1", user=ada, editor=bob), Post(title="2", user=bob, editor=ada)])
    session.commit()
    statements = []
    sa.event.listen(engine, "before_cursor_execute", lambda c, k, text, *rest: statements.append(text))
    session.delete(session.get(User, ada.id))
    session.flush()
    assert [text.split()[0] for text in statements if not text.startswith("SELECT")] == ["DELETE"], statements
    session.commit()
    (left,) = session.scalars(sa.select(Post)).all()
    assert (left.title, left.editor_id) == ("2", None)
    session.add(Note(user=bob))
    session.commit()
    session.delete(bob)
    try:
        session.flush()
    except IntegrityError as error:
        assert "notes_user_id_fkey" in str(error)
    else:
        raise AssertionError("the database refuses this, and so must the session")
"""
    python.run(START + script, write(tmp_path, BLOG), empty.sqlalchemy_url)


def test_rows_that_point_at_each_other(empty: Database, tmp_path: Path) -> None:
    sql = """
CREATE TABLE jobs (id serial PRIMARY KEY, dataset_id integer);
CREATE TABLE datasets (id serial PRIMARY KEY, job_id integer REFERENCES jobs);
ALTER TABLE jobs ADD FOREIGN KEY (dataset_id) REFERENCES datasets;
"""
    script = """
import warnings
with Session(engine) as session:
    job = Job()
    job.dataset = Dataset(job=job)
    session.add(job)
    session.commit()
    assert job.dataset.job is job
assert [table.name for table in metadata.sorted_tables] in (["datasets", "jobs"], ["jobs", "datasets"])
with engine.begin() as connection:
    metadata.drop_all(connection)
"""
    python.run(START + script, write(tmp_path, sql), empty.sqlalchemy_url)


def test_many_to_many_and_trees(empty: Database, tmp_path: Path) -> None:
    sql = """
CREATE TABLE people (id serial PRIMARY KEY, boss_id integer REFERENCES people, name text NOT NULL);
CREATE TABLE tags (name text PRIMARY KEY);
CREATE TABLE person_tags (
  person_id integer REFERENCES people ON DELETE CASCADE, tag_name text REFERENCES tags, PRIMARY KEY (person_id, tag_name)
);
CREATE TABLE friends (
  person_id integer REFERENCES people, friend_id integer REFERENCES people, PRIMARY KEY (person_id, friend_id)
);
"""
    script = """
with Session(engine) as session:
    boss = Person(name="boss", tags=[Tag(name="x")])
    clerk = Person(name="clerk", boss=boss, friends=[boss])
    session.add(clerk)
    session.commit()
    assert boss.boss_people == [clerk] and boss.tags[0].people == [boss]
    assert clerk.friends == [boss] and boss.friends == [] and boss.people == [clerk]
    session.delete(clerk)
    session.commit()
    assert session.scalars(sa.select(friends_table)).all() == []
"""
    python.run(START + script, write(tmp_path, sql), empty.sqlalchemy_url)


@pytest.mark.parametrize(
    "sql",
    [
        # Keys that share a column.
        """
CREATE TABLE tenants (id integer PRIMARY KEY);
CREATE TABLE users (tenant_id integer REFERENCES tenants, id integer, PRIMARY KEY (tenant_id, id));
CREATE TABLE orders (
  id integer PRIMARY KEY, tenant_id integer NOT NULL REFERENCES tenants, user_id integer, buyer_id integer,
  FOREIGN KEY (tenant_id, user_id) REFERENCES users, FOREIGN KEY (tenant_id, buyer_id) REFERENCES users
);
""",
        # Names that relations, columns and SQLAlchemy all want.
        """
CREATE TABLE users (id integer PRIMARY KEY, posts text, registry text, "user" integer REFERENCES users, metadata text);
CREATE TABLE posts (
  id integer PRIMARY KEY REFERENCES users, "user" integer REFERENCES users, user_id integer REFERENCES users,
  "type" integer REFERENCES users, "relationship" text, "sa" text, "dt" date, "Mapped" text
);
""",
        # Dots, percents, colons and quotes in names.
        """
CREATE SCHEMA "a.b";
CREATE TABLE "a.b"."t.u" ("x.y" integer PRIMARY KEY, "100%" text DEFAULT '50% :of "it"', ":p" text CHECK (":p" <> ':q%'));
CREATE TABLE "r%s" ("k:v" integer REFERENCES "a.b"."t.u", "q""x" text, PRIMARY KEY ("k:v"));
CREATE INDEX "i%(x)s" ON "r%s" (("q""x" || '%:x')) WHERE "q""x" <> ':y';
""",
        # Functions that tables need, and that need tables.
        """
CREATE TABLE a (id integer PRIMARY KEY, v text);
CREATE FUNCTION f(a) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1.v <> '' $$;
CREATE FUNCTION g(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '%' || $1 || ':x' $$;
CREATE TABLE b (id integer PRIMARY KEY DEFAULT length(g('a')), x a, CHECK (f(x)), y text GENERATED ALWAYS AS (g('z')) STORED);
CREATE INDEX i ON a (g(v));
CREATE INDEX j ON b (f(x));
ALTER TABLE a ADD CONSTRAINT c CHECK (f(a)) NOT VALID;
""",
        # Types that need what has no class of its own, and that tables are made of; keys that lead to partitions, and
        # keys that an event makes, in a circle.
        """
CREATE COLLATION plain FROM "C";
CREATE FUNCTION ok(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1 <> '' $$;
CREATE DOMAIN word AS text CHECK (ok(VALUE));
CREATE TYPE pair AS (one word, two text COLLATE plain);
CREATE TABLE typed OF pair (one WITH OPTIONS PRIMARY KEY);
CREATE TABLE a (p pair, id integer PRIMARY KEY, at date);
CREATE TABLE parts (at date PRIMARY KEY, a_id integer) PARTITION BY RANGE (at);
CREATE TABLE parts_1 PARTITION OF parts DEFAULT;
ALTER TABLE parts_1 ADD FOREIGN KEY (a_id) REFERENCES a;
CREATE TABLE b (id integer PRIMARY KEY REFERENCES a, at date REFERENCES parts);
ALTER TABLE a ADD CONSTRAINT back FOREIGN KEY (id) REFERENCES b NOT VALID;
""",
        # A sequence of a column that is no key, one on its own, and a domain on an enum.
        """
CREATE TYPE mood AS ENUM ('sad', 'it''s 100%', ':ok');
CREATE DOMAIN good AS mood DEFAULT ':ok' CHECK (VALUE <> 'sad');
CREATE SEQUENCE counter START 5 INCREMENT 5 CACHE 3 CYCLE MAXVALUE 500;
CREATE TABLE m (id integer PRIMARY KEY DEFAULT nextval('counter'), n serial, g good, ms mood[] DEFAULT '{sad}');
""",
        (Path(__file__).parent / "sql" / "everything_18.sql").read_text("utf-8"),
    ],
)
def test_odd_schemas_are_made_as_they_are(server: Server, tmp_path: Path, sql: str) -> None:
    direct, built = server.database(sql), server.database()
    script = """
with engine.begin() as connection:
    metadata.drop_all(connection)
    metadata.create_all(connection)
    metadata.create_all(connection)
assert sa.inspect(engine).get_table_names()
metadata.sorted_tables
"""
    python.run(START + script, write(tmp_path, sql), built.sqlalchemy_url)
    assert differences(direct, built) == []
    server.release(direct)
    server.release(built)


def test_a_renamed_table_keeps_the_names_that_its_parts_had(each_server: Server, tmp_path: Path) -> None:
    sql = "CREATE TABLE old (id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY, a text NOT NULL); ALTER TABLE old RENAME TO new;"
    direct, built = each_server.database(sql), each_server.database()
    python.run(START + "metadata.create_all(engine)", write(tmp_path, sql), built.sqlalchemy_url)
    assert differences(direct, built) == []


def test_domains_without_a_table_import_what_they_are_made_of(empty: Database, tmp_path: Path) -> None:
    sql = "CREATE DOMAIN a AS text CHECK (VALUE <> ''); CREATE DOMAIN b AS jsonb; CREATE DOMAIN c AS integer DEFAULT 1;"
    python.run(START + "metadata.create_all(engine)", write(tmp_path, sql), empty.sqlalchemy_url)
    made = "SELECT typname FROM pg_type WHERE typtype = 'd' AND typnamespace = 'public'::regnamespace ORDER BY 1"
    assert empty.rows(made) == [["a"], ["b"], ["c"]]


def test_bodies_pass_through_the_driver(empty: Database, tmp_path: Path) -> None:
    body = "SELECT '100%', '%s %(x)s %%', ':x', E'\\\\:y', \"a\"\"b\" FROM (SELECT 1 AS \"a\"\"b\") x -- '''\"\"\" {z}"
    sql = f"CREATE TABLE t (id integer PRIMARY KEY); CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $x$ {body} $x$;"
    python.run(START, write(tmp_path, sql), empty.sqlalchemy_url)
    assert empty.rows("SELECT prosrc FROM pg_proc WHERE proname = 'f'") == [[f" {body} "]]


AGAIN = """
import alembic_hooks
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
import warnings
with engine.connect() as connection, warnings.catch_warnings():
    warnings.simplefilter("ignore")
    context = MigrationContext.configure(connection, opts={
        "target_metadata": metadata, "include_schemas": True, "compare_type": True,
        "include_name": alembic_hooks.include_name, "include_object": alembic_hooks.include_object,
        "compare_server_default": alembic_hooks.compare_server_default,
    })
    found = compare_metadata(context, metadata)
    assert not found, found
with engine.begin() as connection:
    metadata.create_all(connection)
    metadata.drop_all(connection)
    assert not sa.inspect(connection).get_table_names()
    metadata.drop_all(connection)
    metadata.create_all(connection)
"""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_alembic_finds_nothing_and_all_goes_and_comes_again(case: Case, server: Server, tmp_path: Path) -> None:
    original, built = server.database(case.sql, supabase=case.supabase), server.database(supabase=case.supabase)
    for path, text in case.written("sqlalchemy").items():
        (tmp_path / path).write_text(text, "utf-8", newline="")
    python.run(START + AGAIN, tmp_path, built.sqlalchemy_url)
    assert differences(original, built) == []
    server.release(original)
    server.release(built)


SERVICES = """
CREATE TYPE plan AS ENUM ('free', 'paid');
CREATE TYPE shape AS ENUM ('square');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE users (id serial PRIMARY KEY, plan plan NOT NULL DEFAULT 'free');
CREATE TABLE user_notes (user_id integer REFERENCES users ON DELETE CASCADE, line text);
CREATE TABLE photos (id serial PRIMARY KEY, user_id integer NOT NULL REFERENCES users ON DELETE CASCADE, shape shape);
CREATE TABLE photo_days (id integer REFERENCES photos, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE days_before PARTITION OF photo_days DEFAULT;
CREATE TRIGGER touched BEFORE UPDATE ON photos FOR EACH ROW EXECUTE FUNCTION touch();
CREATE VIEW shapes AS SELECT shape, count(*) AS n FROM photos GROUP BY shape;
CREATE VIEW more_shapes AS SELECT n FROM shapes;
COMMENT ON TABLE users IS 'people';
GRANT SELECT ON photos TO pg_monitor;
"""


def test_two_services_make_their_own_tables_of_one_database(server: Server, tmp_path: Path) -> None:
    original, built = server.database(SERVICES), server.database()
    naming = NamingOptions(class_names={"users": "Account", "photos": "Shot"})
    for service, options in {
        "people": Options(tables=("user*",), naming=naming),
        "pictures": Options(exclude=("users", "user_notes"), layout="tables", naming=naming),
    }.items():
        for path, text in project.render(read_text(SERVICES), "sqlalchemy", options).items():
            (tmp_path / service / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / service / path).write_text(text, "utf-8", newline="")
        python.run(START + AGAIN.split("with engine.begin()")[0], tmp_path / service, built.sqlalchemy_url)
    assert differences(original, built) == []
    python.run(START + "with engine.begin() as c: metadata.drop_all(c)", tmp_path / "pictures", built.sqlalchemy_url)
    assert built.rows(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v') AND relnamespace = 2200 ORDER BY 1"
    ) == [
        ["user_notes"],
        ["users"],
    ]
    server.release(original)
    server.release(built)


def test_sqlmodel_rows_come_back_with_the_defaults_and_without_a_session_of_threads(
    empty: Database, tmp_path: Path
) -> None:
    options = SQLModelOptions(lazy={"*": "raise", "posts.user": "selectin"})
    for path, text in project.render(read_text(BLOG), "sqlmodel", options).items():
        (tmp_path / path).write_text(text, "utf-8", newline="")
    script = """
import asyncio
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
async def main():
    engine = create_async_engine(sys.argv[2])
    async with AsyncSession(engine, expire_on_commit=False) as session:
        user = User(name="Ada")
        session.add(Post(title="Hello", user=user))
        await session.commit()
        assert user.plan == "free" and user.settings == {"a": 1} and user.tags == [] and str(user.credit) == "1.50"
        assert user.metadata_ is None and user.created_at.tzinfo is not None and user.id is not None
    async with AsyncSession(engine) as session:
        (post,) = (await session.scalars(sa.select(Post))).all()
        assert (post.id, post.number, post.slug, post.editor_id, post.user.name) == (1, 1, "hello", None, "Ada")
        nulls = await session.scalar(sa.select(User.name).where(User.metadata_.is_(None)))
        assert nulls == "Ada"
        assert User.model_validate(post.user.model_dump()).name == "Ada"
    await engine.dispose()
asyncio.run(main())
"""
    python.run(START + script, tmp_path, empty.sqlalchemy_url)
