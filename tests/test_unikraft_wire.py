"""``ukdrivers wire``: what it writes, what it refuses, and real trees when there is one.

``UKDRIVERS_UNIKRAFT`` names a tree; the checks on it read and wire, and build nothing.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.test_unikraft_overlay import menu, prompts, value
from tests.unikraft_drivers import registry
from tests.unikraft_tree import RELEASES, make_tree
from ukdrivers.errors import SelectError, UkdriversError, UsageError, WireError
from ukdrivers.manifest import read_manifest
from ukdrivers.unikraft.prepare import Prepared, Wanted, prepare

if TYPE_CHECKING:
    import pathlib

    from tests.conftest import Program
    from ukdrivers.model import Driver

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BOARD = os.path.join(ROOT, "tests", "data", "boards")
STOCK = os.environ.get("UKDRIVERS_UNIKRAFT", "")

Wire = Callable[..., Prepared]


def plugin(name: str) -> Driver:
    path = os.path.join(ROOT, "plugins", name, f"ukdriver_{name}", "ukdriver.toml")
    return read_manifest(path, distribution=f"ukdriver-{name}", version="0.1.0")


GICV2, PL011 = plugin("gicv2"), plugin("pl011")


@pytest.fixture
def app(tmp_path: pathlib.Path) -> str:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "Makefile.uk").write_text("$(eval $(call addlib,apphello))\n")
    return str(folder)


@pytest.fixture
def wire(tmp_path: pathlib.Path, app: str) -> Wire:
    """Wire the two plugins into a small tree; any argument may be another."""
    root = make_tree(tmp_path / "tree", "0.17.0")

    def run(drivers: tuple[Driver, ...] = (GICV2, PL011), **changes: object) -> Prepared:
        wanted = Wanted(tree=root, app=app, output=str(tmp_path / "out"))
        return prepare(registry(*drivers), dataclasses.replace(wanted, **changes))  # type: ignore[arg-type]

    return run


def contents(folder: str) -> dict[str, tuple[bytes, int]]:
    found = {}
    for above, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(above, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = (file.read(), os.stat(path).st_mtime_ns)
    return found


def text(prepared: Prepared, path: str) -> str:
    with open(os.path.join(prepared.output, path), encoding="utf-8") as file:
        return file.read()


# what is written


def test_arguments_for_make(wire: Wire) -> None:
    done = wire()

    drivers = f"{done.output}/drivers"
    assert (
        text(done, "make.args") == f"UK_DRIV_BASE={drivers} KCONFIG_DRIV_BASE={drivers} colon=:\n"
    )


def test_arguments_for_a_tree_with_consoles_in_its_platform(
    wire: Wire, tmp_path: pathlib.Path
) -> None:
    done = wire(tree=make_tree(tmp_path / "old", "0.15.0"))

    assert f" KCONFIG_PLAT_BASE={done.output}/plat " in text(done, "make.args")


def test_wrapper_runs_the_trees_make(wire: Wire, tmp_path: pathlib.Path) -> None:
    done = wire()
    with open(f"{done.tree.root}/Makefile", "w", encoding="utf-8") as file:
        file.write("show:\n\t@echo '$(A)|$(O)|$(C)|$(UK_DRIV_BASE)|$(colon)|$(V)'\n")

    command = [os.path.join(done.output, "make"), "-s", "show", "V=1"]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path).stdout

    out = done.output
    assert said == f"{done.app}|{out}/build|{out}/.config|{out}/drivers|:|1\n"


def test_wrapper_is_two_lines(wire: Wire) -> None:
    assert len(text(wire(), "make").splitlines()) == 2


def test_twice_writes_nothing_new(wire: Wire) -> None:
    first = wire()
    before = contents(first.output)

    second = wire()

    assert first.written
    assert second.written == ()
    assert contents(second.output) == before


def test_tree_and_app_are_not_written_to(wire: Wire) -> None:
    done = wire()
    before = contents(done.tree.root), contents(done.app)

    wire((GICV2,))

    assert (contents(done.tree.root), contents(done.app)) == before


def test_removed_plugin_leaves_no_trace(wire: Wire, tmp_path: pathlib.Path) -> None:
    wire()
    after = wire((GICV2,))
    fresh = wire((GICV2,), output=str(tmp_path / "fresh"))

    def plain(one: Prepared) -> dict[str, bytes]:
        known = contents(one.output)
        return {
            path: data.replace(one.output.encode(), b"@")
            for path, (data, _) in known.items()
            if not path.startswith("declared/")
        }

    assert plain(after) == plain(fresh)
    assert os.listdir(f"{after.output}/declared") == ["gicv2.json"]
    assert not os.path.exists(f"{after.output}/drivers/ukdrivers/pl011")


def test_all_plugins_removed(wire: Wire) -> None:
    done = wire()
    wire(())

    for path, (data, _) in contents(done.output).items():
        assert b"LIBUKDRIVER_" not in data, path


def test_made_files_of_the_user_stay(wire: Wire) -> None:
    done = wire()
    os.makedirs(f"{done.output}/build")
    for name in (".config", "build/image"):
        with open(f"{done.output}/{name}", "w", encoding="utf-8") as file:
            file.write("mine\n")

    wire(())

    assert text(done, ".config") == text(done, "build/image") == "mine\n"


def test_board_without_the_device_leaves_the_trees_driver(wire: Wire) -> None:
    done = wire(board=f"{BOARD}/small.dts")

    assert "gicv2" in [one.driver.name for one in done.selection.rejected]
    assert "drivers/ukintctlr/gic" not in done.replaced


def test_driver_set_to_n_is_left_to_the_tree(wire: Wire) -> None:
    done = wire(values={"LIBUKDRIVER_PL011": "n"})

    assert done.replaced == ("drivers/ukintctlr/gic",)
    assert "LIBUKTTY_PL011" in prompts(menu(done.tree.root, done.output))


@pytest.mark.parametrize("release", RELEASES)
def test_real_plugins_on_each_layout(wire: Wire, tmp_path: pathlib.Path, release: str) -> None:
    done = wire(tree=make_tree(tmp_path / release, release))

    tree = menu(done.tree.root, done.output, text(done, "defconfig"))

    assert value(tree, "LIBUKDRIVER_GICV2") == value(tree, "LIBUKDRIVER_PL011") == "y"
    assert value(tree, "LIBUKDRIVER_GICV2_PRIORITY") == "0xa0"


# what is refused


def refused(wire: Wire, error: type[UkdriversError], message: str, **changes: object) -> None:
    with pytest.raises(error, match=message):
        wire(**changes)


def test_not_a_tree(wire: Wire, tmp_path: pathlib.Path) -> None:
    message = rf"^{tmp_path}: has no Config\.uk, wanted a Unikraft tree$"
    refused(wire, UsageError, message, tree=str(tmp_path))


def test_older_tree(wire: Wire, tmp_path: pathlib.Path) -> None:
    root = make_tree(tmp_path / "old", "0.15.0")
    shutil.rmtree(f"{root}/drivers")

    message = r"is Unikraft 0\.15\.0, wanted 0\.15\.0 or later: no drivers/Makefile\.uk \(a folder"
    refused(wire, UsageError, message, tree=root)


def test_tree_without_a_library(wire: Wire, tmp_path: pathlib.Path) -> None:
    root = make_tree(tmp_path / "new", "staging")
    shutil.rmtree(f"{root}/lib/ukofw")

    refused(
        wire, SelectError, r"lacks lib/ukofw \(in Unikraft from .*, wanted by gicv2$", tree=root
    )
    assert wire((PL011,), tree=root).written


def test_app_that_is_none(wire: Wire, tmp_path: pathlib.Path) -> None:
    (tmp_path / "bare").mkdir()
    wanted = "wanted the folder of a Unikraft application$"
    refused(wire, UsageError, f"^app 'nowhere': no such folder, {wanted}", app="nowhere")
    refused(wire, UsageError, f"bare': has no Makefile.uk, {wanted}", app=str(tmp_path / "bare"))


@pytest.mark.parametrize("inner", ["", "/build", "/lib/new"])
def test_output_inside_the_tree(wire: Wire, tmp_path: pathlib.Path, inner: str) -> None:
    output = f"{tmp_path}/tree{inner}"
    message = rf"^output '{output}': inside the tree {tmp_path}/tree, which is never written to$"
    refused(wire, UsageError, message, output=output)


def test_output_inside_the_tree_by_a_link(wire: Wire, tmp_path: pathlib.Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "tree" / "lib")
    message = r"link/out': inside the tree"
    refused(wire, UsageError, message, output=str(tmp_path / "link" / "out"))


def test_output_beside_a_tree_of_a_longer_name(wire: Wire, tmp_path: pathlib.Path) -> None:
    assert wire(output=f"{tmp_path}/tree-out").written


@pytest.mark.parametrize("what", ["tree", "app", "output"])
def test_path_with_a_space(wire: Wire, tmp_path: pathlib.Path, what: str) -> None:
    path = str(tmp_path / "a folder" / what)
    if what == "tree":
        make_tree(tmp_path / "a folder" / "tree", "0.17.0")
    if what == "app":
        os.makedirs(path)
        with open(f"{path}/Makefile.uk", "w", encoding="utf-8"):
            pass

    message = rf"^{what} '{path}': has a space, wanted a path that make can take$"
    refused(wire, UsageError, message, **{what: path})


def test_plugin_at_a_path_with_a_space(wire: Wire, tmp_path: pathlib.Path) -> None:
    root = str(tmp_path / "a site")
    shutil.copytree(PL011.root, root)

    with pytest.raises(UsageError, match=rf"^ukdriver-pl011 '{root}': has a space, wanted a path"):
        wire((dataclasses.replace(PL011, root=root),))


@pytest.fixture
def locked() -> Iterator[str]:
    """Return a folder that can't be written to, and be nobody for a while: root may anywhere."""
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o555)
        if user == 0:
            os.seteuid(65534)
        yield folder
        os.seteuid(user)
        os.chmod(folder, 0o700)


def test_read_only_output(locked: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        import pathlib

        root = make_tree(pathlib.Path(scratch) / "tree", "0.17.0")
        wanted = Wanted(tree=root, app=f"{root}/lib/ukintctlr", output=f"{locked}/out")

        with pytest.raises(
            WireError, match=r"permission denied, wanted a folder that can be written$"
        ):
            prepare(registry(GICV2, PL011), wanted)


def test_output_that_is_a_file(wire: Wire, tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("mine\n")

    refused(wire, WireError, r"file: .*, wanted a folder$", output=str(tmp_path / "file"))
    assert (tmp_path / "file").read_text() == "mine\n"


def test_folder_that_a_plugin_replaces_is_not_there(wire: Wire) -> None:
    lost = dataclasses.replace(GICV2, replaces=("drivers/ukintctlr/gicc",))

    with pytest.raises(
        SelectError, match=r"^ukdriver-gicv2: replaces drivers/ukintctlr/gicc, which "
    ):
        wire((lost, PL011))


def test_two_plugins_that_replace_one_folder(wire: Wire) -> None:
    other = dataclasses.replace(PL011, name="acme", distribution="acme-uart")

    with pytest.raises(
        SelectError, match=r"^drivers/uktty/pl011: replaced by acme-uart and ukdriver-p"
    ):
        wire((other, PL011))


def test_board_that_is_none(wire: Wire) -> None:
    refused(wire, UsageError, r"^nowhere\.dtb: ", board="nowhere.dtb")


def test_nothing_is_written_when_refused(wire: Wire, tmp_path: pathlib.Path) -> None:
    refused(wire, UsageError, "nowhere", app="nowhere")

    assert not (tmp_path / "out").exists()


# the program


def run(
    ukdrivers: Program, tree: str, app: str, output: str, *more: str
) -> subprocess.CompletedProcess[str]:
    paths = [os.path.join(ROOT, "plugins", one) for one in ("gicv2", "pl011")]
    return ukdrivers(
        *("wire", "--unikraft", tree, "--app", app, "-o", output, *more),
        env={"PYTHONPATH": os.pathsep.join([ROOT, *paths])},
    )


def test_program(ukdrivers: Program, tmp_path: pathlib.Path, app: str) -> None:
    tree, output = make_tree(tmp_path / "tree", "0.17.0"), str(tmp_path / "out")

    done = run(ukdrivers, tree, app, output, "--json")

    assert done.returncode == 0, done.stderr
    value = json.loads(done.stdout)
    assert (value["schema"], value["tree"], value["adapter"]) == ("ukdrivers/wire/1", tree, "uktty")
    assert f"{output}/make.args" in value["written"]
    again = run(ukdrivers, tree, app, output)
    assert "changed  nothing" in again.stdout
    assert f"tree     {tree} (0.17.0)" in again.stdout


def test_program_warns_of_the_configuration(
    ukdrivers: Program, tmp_path: pathlib.Path, app: str
) -> None:
    tree, output = make_tree(tmp_path / "tree", "0.17.0"), str(tmp_path / "out")
    run(ukdrivers, tree, app, output)
    with open(f"{output}/.config", "w", encoding="utf-8") as file:
        file.write("CONFIG_ARCH_ARM_64=y\nCONFIG_MCPU_ARM64_NONE=y\nCONFIG_ARM64_FEAT_RNG=y\n")

    done = run(ukdrivers, tree, app, output)

    assert done.returncode == 0
    assert "ukdrivers: warning: ARM64_FEAT_RNG: is y" in done.stderr


@pytest.mark.parametrize(
    ("more", "status", "message"),
    [
        (["--app", "nowhere"], 2, "ukdrivers: app 'nowhere': no such folder"),
        (["--unikraft", "."], 2, "ukdrivers: .: has no Config.uk, wanted a Unikraft tree"),
        (["--set", "LIBUKDRIVER_NONE=y"], 3, "ukdrivers: LIBUKDRIVER_NONE: no such driver"),
        (["--board", "nowhere.dtb"], 2, "ukdrivers: nowhere.dtb: "),
    ],
)
def test_program_refuses(
    ukdrivers: Program, tmp_path: pathlib.Path, more: list[str], status: int, message: str
) -> None:
    tree = make_tree(tmp_path / "tree", "0.17.0")

    done = run(ukdrivers, tree, f"{tree}/lib/ukintctlr", str(tmp_path / "out"), *more)

    assert done.returncode == status
    assert done.stderr.startswith(message)
    assert done.stdout == ""


def test_doctor_of_a_tree(ukdrivers: Program, tmp_path: pathlib.Path) -> None:
    tree = make_tree(tmp_path / "tree", "0.17.0")
    config = tmp_path / "config"
    config.write_text("CONFIG_ARCH_ARM_64=y\nCONFIG_MCPU_ARM64_NONE=y\nCONFIG_ARM64_FEAT_RNG=y\n")

    done = ukdrivers("doctor", "--unikraft", tree, "--config", str(config), "--json")

    checks = {one["name"]: one for one in json.loads(done.stdout)["checks"]}
    assert checks["unikraft"]["ok"]
    assert not checks["ARM64_FEAT_RNG"]["ok"]
    assert done.returncode == 1


def test_doctor_of_what_is_no_tree(ukdrivers: Program, tmp_path: pathlib.Path) -> None:
    done = ukdrivers("doctor", "--unikraft", str(tmp_path), "--json")

    checks = {one["name"]: one for one in json.loads(done.stdout)["checks"]}
    assert "has no Config.uk" in checks["unikraft"]["found"]


def test_host_that_links_no_image(ukdrivers: Program, tmp_path: pathlib.Path) -> None:
    done = ukdrivers("build", "qemu:virt", "--host", "unikraft", "-o", str(tmp_path))

    assert done.returncode == 2
    assert "wanted one that links an image by itself" in done.stderr


# a real tree


@pytest.mark.skipif(not STOCK, reason="UKDRIVERS_UNIKRAFT names no tree")
class TestStock:
    def test_wired_twice(self, wire: Wire) -> None:
        assert wire(tree=STOCK).written
        assert wire(tree=STOCK).written == ()

    def test_menu(self, wire: Wire) -> None:
        done = wire(tree=STOCK)

        before = prompts(menu(done.tree.root, None))
        tree = menu(done.tree.root, done.output, text(done, "defconfig"))
        after = prompts(tree)

        ours = {one.symbol for one in done.selection.usable}
        assert {one for one in after if one in ours} == ours
        assert len(set(after)) == len(after)
        gone = set(before) - set(after)
        assert gone <= {one for one in before if "GICV" in one or "PL011" in one}
        assert {value(tree, one) for one in (*ours, "LIBUKD", "LIBUKINTCTLR")} == {"y"}
        for name in ("LIBUKINTCTLR_GICV2", "LIBUKTTY_PL011", "LIBUKCONSOLE_PL011", "UART_PL011"):
            assert value(tree, name) in ("", "n")

    def test_menu_is_whole(self, wire: Wire) -> None:
        from ukdrivers import kconfig

        done = wire(tree=STOCK)

        before = {name for name, _, _ in kconfig.undefined(menu(done.tree.root, None))}
        after = {name for name, _, _ in kconfig.undefined(menu(done.tree.root, done.output))}

        assert {one for one in after - before if not one.startswith("LIBUKINTCTLR_GIC")} <= {
            "LIBUKTTY_PL011",
            "LIBUKTTY_PL011_EARLY_CONSOLE",
            "LIBUKCONSOLE_PL011",
            "LIBUKCONSOLE_PL011_EARLY_CONSOLE",
        }
