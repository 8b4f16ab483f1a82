"""config.yaml: short ones work, every mistake is named in one line, the environment comes last."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import Config, Loaded, interval_s, load, parse
from pipeline.rules.errors import UsageError
from pipeline.rules.recipes import DEFAULT_RECIPES

ROOT = Path(__file__).parent.parent
SECRET = "hunter2-hunter2"  # noqa: S105 - it must not come back in a message
SHORT: dict[str, Any] = {
    "clinic": {
        "name": "Example Clinic",
        "url": "https://a.example",
        "time_zone": "America/New_York",
    },
    "inbox": {"path": "inbox"},
    "catalog": {"url": "sqlite:///var/catalog.db"},
    "storage": {
        "private": {"kind": "local", "root": "var/private"},
        "public": {"kind": "local", "root": "site", "base_url": "http://127.0.0.1:8000"},
    },
}
REQUIRED = (
    *("clinic", "clinic.name", "clinic.url", "clinic.time_zone", "inbox", "inbox.path"),
    *("catalog", "catalog.url", "storage", "storage.private", "storage.public"),
    *("storage.private.kind", "storage.public.kind", "storage.public.base_url"),
)


def changed(key: str, value: object) -> dict[str, Any]:
    """The short config with another value at a dotted key; None takes the key out."""
    first, _, rest = key.partition(".")
    return _changed(SHORT, [first, *filter(None, rest.split("."))], value)


def _changed(section: dict[str, Any], place: list[str], value: object) -> dict[str, Any]:
    made = dict(section)
    if len(place) > 1:
        inner = made.get(place[0])
        made[place[0]] = _changed(inner if isinstance(inner, dict) else {}, place[1:], value)
    elif value is None:
        del made[place[0]]
    else:
        made[place[0]] = value
    return made


def config(key: str = "", value: object = None) -> Config:
    """The config that is read."""
    return parse(changed(key, value) if key else SHORT, name="config.yaml")


def problems(raw: dict[str, Any]) -> list[str]:
    """The lines that name what is wrong."""
    with pytest.raises(UsageError) as caught:
        parse(raw, name="config.yaml")
    head, *lines = caught.value.text.splitlines()
    assert head == "config.yaml is not valid:"
    assert caught.value.exit_code == 2
    assert caught.value.remedy
    return [line.strip() for line in lines]


def test_required_keys_are_enough() -> None:
    """All else has the defaults of the contract."""
    found = config()
    assert found.channels == ("web", "instagram", "facebook", "tiktok", "youtube", "google")
    assert found.recipes == DEFAULT_RECIPES
    assert (found.inbox.settle_s, found.inbox.case_quiet_s) == (5, 120)
    public = found.storage.public
    assert (public.max_age_s, public.tombstone, public.probe) == (3600, True, False)
    assert (found.executor.kind, found.executor.workers) == ("processes", "auto")
    assert (found.review, found.clinic.language, found.brand.logo) == ("flagged", "en", None)
    schedule = found.schedule
    assert (schedule.watch, schedule.work) == ("every 1 min", "every 30 s")
    assert (schedule.verify, schedule.remind) == ("03:00", "08:00")
    assert found.clinic.zone.key == "America/New_York"
    assert found.consent.document == "optional"


@pytest.mark.parametrize("key", REQUIRED)
def test_each_required_key_is_asked_for(key: str) -> None:
    """What is left out is named with its section."""
    assert problems(changed(key, None)) == [f"{key}: this is required"]


# key, what stands there, what is said
MISTAKES = [
    ("clinc", {"name": "x"}, "clinc: this name is not known; did you mean clinic?"),
    ("recipe", {}, "recipe: this name is not known; did you mean recipes?"),
    ("weather", "fine", "weather: this name is not known"),
    ("clinic.tme_zone", "x", "clinic.tme_zone: this name is not known; did you mean time_zone?"),
    ("storage.public.buckt", "x",
     "storage.public.buckt: this name is not known; did you mean bucket?"),
    ("brand.colours.primry", "x",
     "brand.colours.primry: this name is not known; did you mean primary?"),
    ("inbox.roles.bevore", "x", "inbox.roles.bevore: this name is not known; did you mean before?"),
    ("clinic", "Example", "clinic: expected names with values below it"),
    ("clinic", "", "clinic: expected names with values below it"),
    ("storage.public", ["site"], "storage.public: expected names with values below it"),
    ("clinic.name", "", "clinic.name: this must not be empty"),
    ("clinic.name", ["a"], "clinic.name: expected one text"),
    ("clinic.url", "a.example",
     "clinic.url: write a whole address that starts with https:// or http://"),
    ("clinic.url", "javascript:alert(1)",
     "clinic.url: write a whole address that starts with https:// or http://"),
    ("clinic.time_zone", "New York",
     "clinic.time_zone: 'New York' is no time zone; write one like America/New_York"),
    ("clinic.time_zone", "../../etc/passwd",
     "clinic.time_zone: '../../etc/passwd' is no time zone; write one like America/New_York"),
    ("clinic.language", "fr", "clinic.language: write en or es"),
    ("brand.colours", {"primary": "teal"},
     'brand.colours.primary: write a colour as "#rrggbb", with the quotation marks'),
    ("inbox.settle_s", "soon", "inbox.settle_s: expected a number"),
    ("inbox.settle_s", "-1", "inbox.settle_s: this must be at least 0"),
    ("inbox.case_quiet_s", "100000", "inbox.case_quiet_s: this must be at most 86400"),
    ("inbox.consents", "maybe", "inbox.consents: write true or false"),
    ("catalog.url", "mysql://x",
     "catalog.url: write sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME"),
    ("storage.private.kind", "s4", "storage.private.kind: write local or s3"),
    ("storage.private.kind", "lokal",
     "storage.private.kind: write local or s3; did you mean local?"),
    ("storage.private", {"kind": "local"},
     "storage.private: storage of kind local needs a root (a folder)"),
    ("storage.private", {"kind": "s3"}, "storage.private: storage of kind s3 needs a bucket"),
    ("storage.public.max_age_s", "86400",
     "storage.public.max_age_s: this must be at most 3600"),
    ("storage.public.max_age_s", "an hour",
     "storage.public.max_age_s: expected a whole number"),
    ("executor", {"workers": "many"}, "executor.workers: write auto or a number from 1 to 64"),
    ("executor", {"workers": "0"}, "executor.workers: write auto or a number from 1 to 64"),
    ("executor", {"kind": "dask"},
     "executor: an executor of kind dask needs an address (tcp://…)"),
    ("review", "flaged", "review: write flagged or always; did you mean flagged?"),
    ("channels", ["web", "instgram"],
     "channels: 'instgram' is no channel; did you mean instagram?"),
    ("channels", ["billboard"], "channels: 'billboard' is no channel"),
    ("channels", {"web": "yes"}, "channels: expected a list like [a, b]"),
    ("schedule", {"watch": "often"},
     "schedule.watch: 'often' is no schedule; write 'every 30 s', 'every 1 min' or '03:00'"),
    ("schedule", {"wach": "03:00"}, "schedule.wach: this name is not known; did you mean watch?"),
    ("consent", {"document": "require"},
     "consent.document: write optional or required; did you mean required?"),
    ("recipes", ["web"], "recipes: expected names with a recipe each"),
    ("recipes", {"cut": {"widths": ["480"], "formts": ["avif"]}},
     "recipes.cut: 'formts' is not known; did you mean formats?"),
    ("recipes+", {"My Cut": {"widths": ["480"]}},
     "recipes+.My Cut: a name is small letters, digits and hyphens: it stands in addresses"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value", "line"), MISTAKES, ids=[m[2][:60] for m in MISTAKES])
def test_a_mistake_is_named_in_one_line(key: str, value: object, line: str) -> None:
    """Where it is, what is wrong, and the name that was probably meant."""
    assert problems(changed(key, value)) == [line]


def test_all_mistakes_are_named_at_once() -> None:
    """Nobody has to run a command three times to find three mistakes."""
    raw = changed("clinic.tme_zone", "x") | {"recipes": {"a": {}}, "review": "no"}
    lines = problems(raw)
    assert [line.partition(":")[0] for line in lines] == ["recipes.a", "clinic.tme_zone", "review"]


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("catalog.url", f"postgres://clinic:{SECRET}@db/clinic"),
        ("storage.private", {"kind": "s3", "bucket": ["x"], "endpoint_url": SECRET}),
        ("storage.private", {"kind": "s3", "bucket": "b", "secret_access_key": SECRET}),
        ("storage.public.max_age_s", SECRET),
        ("clinic.name", {SECRET: SECRET}),
        ("review", SECRET),
    ],
)
def test_a_secret_is_not_repeated(key: str, wrong: object) -> None:
    """What a wrong key holds does not stand in the message: it may be a password."""
    lines = problems(changed(key, wrong))
    assert lines
    assert SECRET not in "".join(lines)


def write(folder: Path, text: str) -> Path:
    """A config file."""
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


TEXT = """
clinic: {name: Example Clinic, url: https://a.example, time_zone: Europe/Madrid, language: es}
inbox: {path: inbox, papers: [consent, form], roles: {before: [antes, pre]}}
catalog: {url: "sqlite:///var/catalog.db"}
storage:
  private: {kind: local, root: var/private}
  public: {kind: local, root: site, base_url: "http://127.0.0.1:8000/", tombstone: no}
channels: [web, email]
executor: {workers: 2}
brand: {logo: logo.png, colours: {primary: "#ABCDEF"}}
schedule: {watch: every 2 h}
"""


def test_a_file_is_read_as_texts(tmp_path: Path) -> None:
    """Numbers, answers and lists are typed by their keys; an address ends with a slash."""
    loaded = load(write(tmp_path, TEXT), environment={})
    found = loaded.config
    assert (found.clinic.language, found.clinic.url) == ("es", "https://a.example/")
    assert found.inbox.papers == ("consent", "form")
    assert found.inbox.roles.before == ("antes", "pre")
    assert found.storage.public.tombstone is False
    assert found.channels == ("web", "email")
    assert found.executor.workers == 2
    assert found.brand.colours.primary == "#abcdef"
    assert found.watch_interval_s == 7200
    assert found.lead_s == 3600 + 7200


def test_paths_start_from_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a command is run, a relative path lies beside the file, an absolute one stays."""
    (tmp_path / "elsewhere").mkdir()
    path = write(tmp_path, TEXT)
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for given_path in (path, Path("..") / "config.yaml"):
        loaded = load(given_path, environment={})
        assert loaded.path(loaded.config.inbox.path) == tmp_path.resolve() / "inbox"
        assert loaded.path(Path("/srv/inbox")) == Path("/srv/inbox")
        assert loaded.path(Path("~/inbox")) == tmp_path / "home" / "inbox"


def test_the_environment_comes_last(tmp_path: Path) -> None:
    """Any key can be set there, also one whose section the file lacks, and lists with commas."""
    loaded = load(
        write(tmp_path, TEXT),
        environment={
            "CLINICMEDIA__STORAGE__PUBLIC__KIND": "s3",
            "CLINICMEDIA__STORAGE__PUBLIC__BUCKET": "example",
            "CLINICMEDIA__CLINIC__NAME": "Another Clinic",
            "CLINICMEDIA__CHANNELS": "web, instagram,",
            "CLINICMEDIA__INBOX__PAPERS": "waiver",
            "CLINICMEDIA__CONSENT__DOCUMENT": "required",
            "CLINICMEDIA_CONFIG": "somewhere/else.yaml",
            "PATH": "/usr/bin",
        },
    )
    found = loaded.config
    assert (found.storage.public.kind, found.storage.public.bucket) == ("s3", "example")
    assert found.storage.public.base_url == "http://127.0.0.1:8000/"
    assert found.clinic.name == "Another Clinic"
    assert found.clinic.time_zone == "Europe/Madrid"
    assert found.channels == ("web", "instagram")
    assert found.inbox.papers == ("waiver",)
    assert found.consent.document == "required"


def test_a_slip_in_the_environment_is_named(tmp_path: Path) -> None:
    """A key that does not exist is a mistake there too, and what it holds is not repeated."""
    with pytest.raises(UsageError) as caught:
        load(write(tmp_path, TEXT), environment={"CLINICMEDIA__STORAGE__PUBLIC__BUCKT": SECRET})
    assert "storage.public.buckt" in str(caught.value)
    assert "did you mean bucket?" in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("clinic: {name: x", "line 1"),
        ("clinic:\n\tname: x", "line 2"),
        ("- clinic", "expected names with values"),
        ("clinic: {name: a, name: b}", "'name' stands twice"),
        ("clinic: &a {name: x}\ninbox: *a", "line 2"),
        ("just words", "expected names with values"),
        ("", "clinic: this is required"),
    ],
)
def test_broken_yaml_says_where(tmp_path: Path, text: str, words: str) -> None:
    """A file that is no YAML, or means two things, is refused with its place."""
    with pytest.raises(UsageError) as caught:
        load(write(tmp_path, text), environment={})
    assert words in str(caught.value)
    assert "config.yaml" in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """It says so and what to do; a folder and a file of bytes are no configuration either."""
    with pytest.raises(UsageError, match=r"no configuration at .*none\.yaml") as caught:
        load(tmp_path / "none.yaml", environment={})
    assert "init" in caught.value.remedy
    with pytest.raises(UsageError, match="no configuration"):
        load(tmp_path, environment={})
    (tmp_path / "odd.yaml").write_bytes(b"\xff\x00\xfe\x80")
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path / "odd.yaml", environment={})


def test_own_recipes_replace_or_add() -> None:
    """`recipes` is the whole list, `recipes+` adds to the built-in one and may change one of it."""
    cut = {"cut": {"widths": ["480"]}}
    assert [each.name for each in config("recipes", cut).recipes] == ["cut"]
    added = config("recipes+", cut).recipes
    assert [each.name for each in added] == [*(each.name for each in DEFAULT_RECIPES), "cut"]
    other = config("recipes+", {"web": {"widths": ["100"]}}).recipes
    assert [each.widths for each in other if each.name == "web"] == [(100,)]
    assert len(other) == len(DEFAULT_RECIPES)
    both = parse({**changed("recipes", cut), "recipes+": {"two": cut["cut"]}}, name="x")
    assert [each.name for each in both.recipes] == ["cut", "two"]
    assert config("recipes", {}).recipes == ()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("every 30 s", 30),
        ("every 1 min", 60),
        ("every 2 h", 7200),
        ("  every  5  min ", 300),
        ("03:00", None),
        ("23:59", None),
    ],
)
def test_schedules(text: str, seconds: float | None) -> None:
    """An interval is its seconds, a time of day is none."""
    assert interval_s(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "every day", "every 0 s", "every -1 s", "30 s", "24:00", "3:00", "every 1.5 h"]
)
def test_no_schedules(text: str) -> None:
    """Whatever is neither is refused."""
    with pytest.raises(ValueError, match="no schedule"):
        interval_s(text)


def test_a_watch_once_a_day_leads_by_a_day() -> None:
    """A watch at a time of day may be a day late, so withdrawals begin a day earlier."""
    assert config("schedule", {"watch": "03:00"}).lead_s == 3600 + 86_400


def test_values_are_frozen() -> None:
    """Nothing can change a config that is in use."""
    with pytest.raises(ValueError, match="frozen"):
        setattr(config().clinic, "name", "x")  # noqa: B010 - mypy would rightly refuse the plain one


@pytest.mark.parametrize("path", ["config.yaml", "examples/config.yaml"])
def test_the_examples_are_valid(path: str) -> None:
    """The config files of the repository load as they are."""
    loaded = load(ROOT / path, environment={})
    assert isinstance(loaded, Loaded)
    assert loaded.folder == (ROOT / path).parent
    assert loaded.config.clinic.name


def test_the_whole_example_shows_the_defaults() -> None:
    """What examples/config.yaml says beside the required keys is what is so without it."""
    whole = load(ROOT / "config.yaml", environment={}).config
    short = parse(
        {
            "clinic": {
                "name": whole.clinic.name,
                "url": whole.clinic.url,
                "time_zone": whole.clinic.time_zone,
            },
            **{key: SHORT[key] for key in ("inbox", "catalog", "storage")},
        },
        name="x",
    )
    assert whole == short


def test_importing_it_loads_nothing_heavy() -> None:
    """Every command reads the config first: no decoder, database or network library comes along."""
    code = "import sys, pipeline.config; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "pipeline.config.sections" in loaded
    heavy = {"PIL", "av", "boto3", "sqlalchemy", "jinja2", "rich", "apscheduler", "numpy", "jobs"}
    assert not loaded & heavy


values = st.recursive(
    st.none() | st.text(max_size=8) | st.sampled_from(("local", "s3", "every 5 s", "en")),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*Config.model_fields, "recipes+", "odd"]), values))
def test_any_mapping_is_a_config_or_a_usage_error(odd: dict[str, Any]) -> None:
    """Whatever stands there, the answer is a config or lines that name what is wrong."""
    with contextlib.suppress(UsageError):
        assert parse({**SHORT, **odd}, name="x").lead_s > 0
