"""The one file that knows Jinja2: where templates lie and how text that staff may edit is filled.

Everything runs in Jinja's sandbox, missing names are errors, and pages are escaped by default.
A workspace's own `templates` folder comes first, the packaged one behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.exceptions import TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from pipeline.rules.errors import UsageError
from pipeline.rules.public.site import plain


def packaged_templates() -> Path:
    """The folder of the templates that came with Clinicmedia: in a wheel, else in a checkout."""
    package = Path(__file__).resolve().parents[1]
    in_wheel = package / "templates"
    return in_wheel if in_wheel.is_dir() else package.parent / "templates"


def safe_html(text: str) -> str:
    """Mark text as HTML that is printed as it is: only what our own code has escaped."""
    return Markup(text)  # noqa: S704 - the callers hand in rendered Markdown or escaped JSON only


class Templates:
    """Files below one or two template folders, filled as HTML pages or read as they are."""

    def __init__(
        self,
        own: Path | None = None,
        *,
        functions: Mapping[str, Callable[..., object]] | None = None,
    ) -> None:
        """`own` is the workspace's folder; `functions` is what every template may call."""
        folders = [packaged_templates()] if own is None else [own, packaged_templates()]
        self._folders = folders
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(folders),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            finalize=_printable,
        )
        self._environment.globals.update(functions or {})

    def page(self, name: str, *, values: Mapping[str, object]) -> str:
        """The filled template. Raises UsageError when the template is missing or broken."""
        try:
            return self._environment.get_template(name).render(values)
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise _broken(name, error) from error

    def text(self, name: str) -> str:
        """A file as it lies there, own folder first. Raises UsageError when it is missing."""
        loader = self._environment.loader
        try:
            return loader.get_source(self._environment, name)[0] if loader else ""
        except TemplateNotFound as error:
            raise _broken(name, error) from error

    def texts(self, name: str) -> list[str]:
        """Every file of that name as it lies there, the packaged one first."""
        files = (folder / name for folder in reversed(self._folders))
        return [file.read_text("utf-8-sig") for file in files if file.is_file()]


def fill(template: str, *, values: Mapping[str, object]) -> str:
    """Fill a short text that staff wrote, such as a caption. The result is plain text.

    Raises:
        UsageError: the text is no template, or names something that is not among the values.
    """
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,  # plain text: every page escapes it once more
        finalize=_printable,
    )
    try:
        return environment.from_string(template).render(values)
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise _broken("of the text", error) from error


def _printable(value: object) -> object:
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _broken(name: str, error: Exception) -> UsageError:
    if isinstance(error, TemplateSyntaxError):
        where = f"{error.name or name}, line {error.lineno}"
    else:
        where = name
    return UsageError(
        f"The template {where} cannot be used: {error}.",
        remedy="Repair it, or remove it so that the packaged one is used.",
    )
