"""Values: what passes between the stages. Frozen, keyword-only, compared by what they hold.

They are as :mod:`dataclasses` would make them, and its functions (``replace``, ``asdict``,
``fields``) take them. Importing it takes longer than starting Python, and it compiles the methods
of each class when that is made, which every command would pay for.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing's own would mean to import typing
if TYPE_CHECKING:
    from typing import Any, ClassVar, TypeVar, dataclass_transform

    Kind = TypeVar("Kind", bound="Value")
else:

    def dataclass_transform(**_):  # noqa: ANN003, ANN202
        return lambda one: one


__all__ = ["Value", "fields", "replace", "restored"]


_set = object.__setattr__  # a value's own refuses


class _Fields:
    """The fields as :mod:`dataclasses` wants them, which few ever ask for."""

    def __get__(self, _instance: object, owner: type[Value]) -> dict[str, Any]:
        import dataclasses

        names = owner._defaults.keys()  # noqa: SLF001
        plain = dataclasses.make_dataclass(owner.__name__, names, kw_only=True)
        return {one.name: one for one in dataclasses.fields(plain)}


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Value:
    """A value: each annotation of the class is a field, and what it is set to there its default."""

    _defaults: ClassVar[dict[str, Any]] = {}  # by name, in order; ... : there is none
    _names: ClassVar[list[str]] = []
    __dataclass_fields__ = _Fields()

    def __init_subclass__(cls) -> None:
        own = cls.__dict__
        fields = {name: own.get(name, ...) for name in own.get("__annotations__", ())}
        cls._defaults = {**cls._defaults, **fields}
        cls._names = [*cls._defaults]

    def __init__(self, **fields: Any) -> None:  # noqa: ANN401
        if [*fields] != self._names:
            fields = self._filled(fields)
        _set(self, "__dict__", fields)

    def _filled(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return fields, with the defaults of those left out."""
        filled = {**self._defaults, **fields}
        unknown = fields.keys() - self._defaults.keys()
        missing = [name for name, value in filled.items() if value is ...]
        if unknown or missing:
            what = f"unknown {', '.join(sorted(unknown))}" if unknown else f"no {missing[0]}"
            raise TypeError(f"{type(self).__name__}: {what}, wanted {', '.join(self._defaults)}")
        return filled

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._defaults)
        return f"{type(self).__qualname__}({fields})"

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self._defaults)

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in self._defaults))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__}.{name}: is frozen")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__}.{name}: is frozen")


def replace(value: Kind, /, **changes: object) -> Kind:
    """Return a value with some of its fields changed."""
    return type(value)(**{**fields(value), **changes})


def fields(value: Value) -> dict[str, Any]:
    """Return the fields of a value by name, in the order of its class."""
    return {name: getattr(value, name) for name in value._defaults}  # noqa: SLF001


def restored(kind: type[Kind], fields: dict[str, Any]) -> Kind:
    """Return the value that :func:`fields` gave these of; they are not copied.

    :raises TypeError: they are those of another kind
    """
    if [*fields] != kind._names:  # noqa: SLF001
        raise TypeError(f"{kind.__name__}: made of {', '.join(fields)}")
    value = object.__new__(kind)
    _set(value, "__dict__", fields)
    return value
