"""``ukdrivers config why`` and ``why-not``: what a value follows from, and what stands against one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ukdrivers import pipeline
from ukdrivers.cli.common import installed, print_json, print_table
from ukdrivers.cli.parser import assignment, output_of, request_of
from ukdrivers.config import Sources, find_symbol, opened, origin_of, spellings
from ukdrivers.demands import demands_of
from ukdrivers.explain import Explainer
from ukdrivers.output import read_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence

    from ukdrivers.causes import Cause
    from ukdrivers.cli.parser import Parser
    from ukdrivers.explain import Answer
    from ukdrivers.model import Selection

__all__ = ["run"]

REFUSED, IMPOSSIBLE = 1, 3  #: exit status: with a change that allows it, and without


def run(parser: Parser, arguments: list[str]) -> int:
    """Explain one symbol."""
    is_not = parser.prog.endswith("why-not")
    if is_not:
        parser.add_argument("asked", metavar="NAME=VALUE", type=assignment, help="what isn't so")
    else:
        parser.add_argument("asked", metavar="NAME", help="a symbol")
    options = parser.parse_args(arguments)
    name, value = options.asked if is_not else (options.asked, "")

    request, output = request_of(options), output_of(options)
    registry = installed(refresh=options.refresh)
    offered = pipeline.offer(registry, output, request)
    unusable = _unusable(name, offered.selection)
    if unusable is not None:
        return _tell_unusable(name, value, unusable, options)
    sources = Sources(
        saved=read_text(output.config), place=output.config, defconfig=request.defconfig
    )
    host, app = offered.target.host, offered.app
    with opened(host=host, folder=output.drivers, app=app, sources=sources) as opening:
        symbol = find_symbol(opening.tree, name)
        demands = demands_of(offered.menu, offered.selection, offered.record.source)
        explainer = Explainer(opening, offered.menu, demands)
        if is_not:
            return _tell_answer(explainer.why_not(symbol, value), options)
        drivers = {one.symbol for one in offered.menu.entries}
        origin = origin_of(symbol, opening.chosen.get(symbol.name), drivers)
        causes = _causes(explainer.why(symbol))
        fields = {"symbol": symbol.name, "value": symbol.str_value, "origin": origin}
        if options.json:
            print_json("config-why", {**fields, "causes": causes})
        else:
            print(f"{symbol.name} is {symbol.str_value or 'without a value'} ({origin})")
            _print_causes(causes)
    return 0


def _tell_answer(answer: Answer, options: argparse.Namespace) -> int:
    causes = _causes(answer.causes)
    status = (IMPOSSIBLE if answer.change is None else REFUSED) if causes else 0
    asked = f"{answer.symbol}={answer.value}"
    if options.json:
        fields = {"symbol": answer.symbol, "value": answer.value, "possible": not causes}
        print_json("config-why-not", {**fields, "causes": causes, "change": answer.change})
    elif not causes:
        print(f"{asked}: nothing stands against it")
    else:
        _print_causes(causes)
        if answer.change is None:
            print(f"{asked}: no change of the configuration is known that allows it")
        else:
            values = " ".join([asked, *(f"{name}={one}" for name, one in answer.change.items())])
            print(f"change: ukdrivers config set {values}")
    return status


def _unusable(name: str, selection: Selection) -> Mapping[str, str] | None:
    """Return why a driver isn't in the menu; none: it is, or there is no such driver."""
    names = set(spellings(name))
    for one in selection.rejected:
        if one.driver.symbol in names:
            key = next((word for word in ("requires", "platform", "for") if word in one.reason), "")
            key = {"requires": "requires", "platform": "platforms", "for": "arch"}.get(key, "name")
            place = _line_of(os.path.join(one.driver.root, "ukdriver.toml"), key)
            kind = "interface" if key == "requires" else "platform"
            return {"kind": kind, "text": f"{one.driver.name} {one.reason}", "place": place}
    return None


def _line_of(path: str, key: str) -> str:
    with open(path, encoding="utf-8") as file:
        lines = enumerate(file, 1)
        return f"{path}:{next((at for at, one in lines if one.split('=')[0].strip() == key), 1)}"


def _tell_unusable(
    name: str, value: str, cause: Mapping[str, str], options: argparse.Namespace
) -> int:
    """Tell that a driver isn't in the menu at all."""
    if options.json:
        verb = "config-why-not" if value else "config-why"
        fields = {"symbol": name, "value": value, "possible": False}
        print_json(verb, {**fields, "causes": [cause], "change": None})
    else:
        _print_causes([cause])
    return IMPOSSIBLE if value else 0


def _causes(causes: Iterable[Cause]) -> list[dict[str, str]]:
    told = [{"kind": one.kind, "text": one.text, "place": one.place} for one in causes]
    for one in told:
        if one["place"].endswith("ukdriver.toml"):
            one["place"] = _line_of(one["place"], "requires")
    return told


def _print_causes(causes: Sequence[Mapping[str, str]]) -> None:
    rows = [(one["kind"].upper(), one["text"], one["place"]) for one in causes]
    print_table(("KIND", "CAUSE", "WHERE"), rows)
