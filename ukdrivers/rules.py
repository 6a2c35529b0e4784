"""What the single values of a manifest must be: texts, names, interfaces and paths.

Used by :mod:`ukdrivers.manifest`. A value is from somebody else, so what a message repeats of it is
shortened and has its control characters spelled out.
"""

from __future__ import annotations

import os

from ukdrivers.errors import ManifestError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "choice",
    "each",
    "existing_file",
    "fault",
    "is_inside",
    "is_name",
    "is_number",
    "nearest",
    "printable",
    "quoted",
    "require_arch",
    "require_compatible",
    "require_interface",
    "require_name",
    "require_path",
    "shown_key",
    "string",
    "strings",
    "wrong_type",
]

_TEXT_LENGTH = 256
_QUOTED_LENGTH = 60

_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_ALNUM = _WORD | frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_BARE_KEY = _ALNUM | frozenset("_-")
_COMPATIBLE = _ALNUM | frozenset(",._+-/#")
_PATH = _ALNUM | frozenset("._+-/")  # what make and Kconfig can name without quoting

_TYPES = (
    (bool, "a boolean"),
    (str, "a string"),
    (int, "an integer"),
    (float, "a float"),
    (dict, "a table"),
)


def fault(
    message: str,
    *,
    key: str = "",
    line: int | None = None,
    hint: str | None = None,
    kind: type[ManifestError] = ManifestError,
) -> ManifestError:
    """Return an error that says where in a manifest it is, but not yet in whose.

    :param message: what is, and what was wanted
    :param key: dotted, of the value that is wrong
    :param line: of the file, when the error is one of its text
    """
    place = f":{line}: " if line is not None else ": "
    return kind(f"{place}{key}: {message}" if key else f"{place}{message}", hint=hint)


def quoted(text: str) -> str:
    """Return foreign text in quotes, shortened, with every unprintable character spelled out."""
    return repr(text if len(text) <= _QUOTED_LENGTH else f"{text[:_QUOTED_LENGTH]}…")


def printable(text: str) -> str:
    """Return foreign text on one line, with every unprintable character spelled out."""
    line = " ".join(text.split())
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in line)


def shown_key(key: str) -> str:
    """Return a foreign key, in quotes unless it could stand bare in a manifest."""
    is_bare = key and _BARE_KEY.issuperset(key) and len(key) <= _QUOTED_LENGTH
    return key if is_bare else quoted(key)


def is_number(text: str) -> bool:
    """Whether a text is a whole number in decimal digits, without zeros in front."""
    return text.isascii() and text.isdecimal() and (text == "0" or text[0] != "0")


def is_name(text: str) -> bool:
    """Whether a text can name a driver, platform, host or interface, e.g. ``virtio-net``."""
    is_short = len(text) <= _TEXT_LENGTH
    return is_short and text[:1].isalpha() and all(map(_is_word, text.split("-")))


def _is_word(text: str) -> bool:
    return bool(text) and _WORD.issuperset(text)


def wrong_type(key: str, value: object, wanted: str) -> ManifestError:
    """Return the error of a value that is not of the type wanted."""
    return fault(f"is {_type_name(value)}, wanted {wanted}", key=key)


def _type_name(value: object) -> str:
    if isinstance(value, list):
        return "an array of tables" if value and isinstance(value[0], dict) else "an array"
    return next((name for type_, name in _TYPES if isinstance(value, type_)), "a date or time")


def string(key: str, value: object) -> str:
    """Return a value that must be one line of text."""
    if not isinstance(value, str):
        raise wrong_type(key, value, "a string")
    if not value.strip():
        raise fault("is empty", key=key)
    if len(value) > _TEXT_LENGTH:
        raise fault(f"is {len(value)} characters long, wanted at most {_TEXT_LENGTH}", key=key)
    if not value.isprintable():
        raise fault(f"is {quoted(value)}, wanted printable text on one line", key=key)
    return value


def strings(key: str, value: object) -> tuple[str, ...]:
    """Return a value that must be an array of different texts."""
    if not isinstance(value, list):
        raise wrong_type(key, value, "an array of strings")
    texts = tuple(string(f"{key}[{index}]", one) for index, one in enumerate(value))
    if len(set(texts)) != len(texts):
        twice = next(text for index, text in enumerate(texts) if text in texts[:index])
        raise fault(f"lists {quoted(twice)} twice", key=key)
    return texts


def each(rule: Callable[[str, str], None], key: str, texts: tuple[str, ...]) -> None:
    """Put every text of an array to a rule."""
    for index, text in enumerate(texts):
        rule(f"{key}[{index}]", text)


def choice(key: str, text: str, known: tuple[str, ...]) -> None:
    """Refuse a text that is not one of those known."""
    if text not in known:
        raise fault(f"is {quoted(text)}, {nearest(text, known)}", key=key)


def nearest(text: str, known: tuple[str, ...]) -> str:
    """Return what to propose instead of a text that is not known."""
    import difflib

    near = difflib.get_close_matches(text[:_TEXT_LENGTH], known, n=1)
    return f"the nearest is '{near[0]}'" if near else f"wanted one of {', '.join(sorted(known))}"


def require_name(key: str, text: str) -> None:
    """Refuse what is no name, e.g. of a platform."""
    if not is_name(text):
        wanted = "wanted lower case words joined by hyphens, such as 'virtio-net'"
        raise fault(f"is {quoted(text)}, {wanted}", key=key)


def require_arch(key: str, text: str) -> None:
    """Refuse what is no name of an architecture, e.g. ``x86_64``."""
    if not _is_word(text.replace("_", "")):
        raise fault(f"is {quoted(text)}, wanted a name such as 'arm64'", key=key)


def require_compatible(key: str, text: str) -> None:
    """Refuse what can't be a compatible string.

    Source: Devicetree Specification v0.4, 2.3.1.
    """
    if text[0] not in _ALNUM or not _COMPATIBLE.issuperset(text):
        wanted = "wanted a compatible string such as 'arm,pl011'"
        raise fault(f"is {quoted(text)}, {wanted}", key=key)


def require_interface(key: str, text: str) -> None:
    """Refuse what is no interface with its version, e.g. ``irqchip@1``."""
    name, _, version = text.partition("@")
    if not is_name(name) or not is_number(version) or version == "0":
        wanted = "wanted a name and a version such as 'irqchip@1'"
        raise fault(f"is {quoted(text)}, {wanted}", key=key)


def require_path(key: str, text: str) -> None:
    """Refuse a path that is not plain, or that goes up."""
    if os.path.isabs(text) or ".." in text.split("/"):
        raise fault(f"{quoted(text)} leaves the package, wanted a path inside it", key=key)
    if not _PATH.issuperset(text):
        wanted = "wanted a path of letters, digits and any of . _ + - /"
        raise fault(f"is {quoted(text)}, {wanted}", key=key)
    if os.path.normpath(text) != text:
        raise fault(f"is {quoted(text)}, wanted {quoted(os.path.normpath(text))}", key=key)


def existing_file(key: str, text: str, root: str) -> None:
    """Refuse a path that is no file inside a folder, or only looks like one."""
    require_path(key, text)
    path = os.path.join(root, text)
    if not os.path.isfile(path):
        what = "is no file" if os.path.exists(path) else "does not exist"
        raise fault(f"{quoted(text)} {what} in {root}", key=key)
    if not is_inside(path, root):
        wanted = "wanted a file inside it"
        raise fault(f"{quoted(text)} is a link that leaves the package, {wanted}", key=key)


def is_inside(path: str, root: str) -> bool:
    """Whether a path, behind every link, is inside a folder."""
    real_root = os.path.realpath(root)
    return os.path.commonpath((real_root, os.path.realpath(path))) == real_root
