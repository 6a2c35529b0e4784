"""Wiring. The table is compiled and searched, the makefiles are read by make."""

from __future__ import annotations

import dataclasses
import itertools
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

import ukdrivers
from ukdrivers.classes import exports
from ukdrivers.errors import WireError
from ukdrivers.files import publish
from ukdrivers.manifest import CLASSES
from ukdrivers.model import Config, Declared, Driver, Menu, Platform, Selection, Symbol, Wiring
from ukdrivers.table import fnv1a, slots_of, table
from ukdrivers.wire import KIT_SYMBOLS, wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

KIT = os.path.join(os.path.dirname(os.path.abspath(ukdrivers.__file__)), "kit")
RULES = os.path.join(os.path.dirname(KIT), "hosts", "base", "support", "build")
HEADERS = (f"-I{KIT}/include", f"-I{KIT}/arch/arm64/include")
STRICT = ("-std=gnu11", "-Wall", "-Wextra", "-Werror", "-Wpedantic")
CROSS = ("aarch64-linux-gnu-gcc", "-ffreestanding", *STRICT)
MENU = Menu(text='menu "Device Drivers"\nendmenu\n', entries=())


def driver(name: str, *compatible: str, class_: str = "console") -> Driver:
    return Driver(
        name=name,
        summary=name,
        class_=class_,
        arch=("arm64",),
        platforms=("kvm",),
        compatible=compatible,
        sources=(f"c/{name}.c",),
        config=None,
        provides=(),
        requires=(),
        kit=">=1,<2",
        replaces=(),
        root=f"/plugins/{name}",
        distribution=f"ukdriver-{name}",
        version="1.0",
    )


def declared(one: Driver) -> Declared:
    return Declared(
        name=one.name,
        class_=one.class_,
        compatible=one.compatible,
        exported=(one.object,),
        location=f"{one.root}/c/{one.name}.c:90",
    )


def config(on: Iterable[Driver]) -> Config:
    names = [one.symbol for one in on]
    return Config(
        text="".join(f"CONFIG_{name}=y\n" for name in names),
        symbols={name: Symbol(name=name, value="y", origin="default") for name in names},
    )


def wired(
    drivers: Sequence[Driver],
    *,
    on: Sequence[Driver] = (),
    says: Declared | None = None,
    kit: str = "/kit",
) -> Wiring:
    selection = Selection(
        platform=Platform(name="kvm", arch=("arm64",), summary="", slots=()),
        arch="arm64",
        usable=tuple(drivers),
        selected=(),
        rejected=(),
    )
    named = {one.name: says or declared(one) for one in on}
    return wire(selection, MENU, config(on), declared=named, kit=kit)


GICV2 = driver("gicv2", "arm,cortex-a15-gic", "arm,gic-400", class_="irqchip")
PL011 = driver("pl011", "arm,pl011")
VIRTIO = driver("virtio-mmio", "virtio,mmio", class_="virtio-transport")


def test_makefiles() -> None:
    files = wired([GICV2, VIRTIO]).files

    assert files["Config.uk"] == MENU.text
    assert files["gicv2/exportsyms.uk"] == "ukd_driver_gicv2\n"
    assert files["virtio-mmio/exportsyms.uk"] == "ukd_driver_virtio_mmio\n"
    assert files["Linker.uk"] == (
        "# Written by ukdrivers; changes are lost.\n"
        "\n"
        "# Base folder, library and switch of each part of the final link.\n"
        "\n"
        "IMPORT_BASE := $(UKD_BASE)/libukd\n"
        "$(eval $(call addplatlib_s,kvm,libukd,y))\n"
        "\n"
        "IMPORT_BASE := $(UKD_BASE)/gicv2\n"
        "$(eval $(call addplatlib_s,kvm,libukdriver_gicv2,$(CONFIG_LIBUKDRIVER_GICV2)))\n"
        "\n"
        "IMPORT_BASE := $(UKD_BASE)/virtio-mmio\n"
        "$(eval $(call addplatlib_s,kvm,libukdriver_virtio_mmio,"
        "$(CONFIG_LIBUKDRIVER_VIRTIO_MMIO)))\n"
    )
    assert files["Makefile.uk"] == (
        "# Written by ukdrivers; changes are lost.\n"
        "\n"
        "UKD_BASE := $(IMPORT_BASE)\n"
        "UKD_KIT := /kit\n"
        "UKD_INCLUDES := -I$(UKD_KIT)/include -I$(UKD_KIT)/arch/arm64/include\n"
        "\n"
        "include $(UKD_BASE)/Linker.uk\n"
        "\n"
        "# The driver core, and the table of this image's drivers\n"
        "LIBUKD_CINCLUDES-y += $(UKD_INCLUDES)\n"
        "LIBUKD_SRCS-y += $(sort $(wildcard $(UKD_KIT)/src/*.c))\n"
        "LIBUKD_SRCS-y += $(UKD_BASE)/table.c\n"
        "\n"
        "# gicv2 of ukdriver-gicv2 1.0\n"
        "LIBUKDRIVER_GICV2_CINCLUDES-y += $(UKD_INCLUDES) -I/plugins/gicv2/c\n"
        "LIBUKDRIVER_GICV2_SRCS-y += /plugins/gicv2/c/gicv2.c\n"
        "\n"
        "# virtio-mmio of ukdriver-virtio-mmio 1.0\n"
        "LIBUKDRIVER_VIRTIO_MMIO_CINCLUDES-y += $(UKD_INCLUDES) -I/plugins/virtio-mmio/c\n"
        "LIBUKDRIVER_VIRTIO_MMIO_SRCS-y += /plugins/virtio-mmio/c/virtio-mmio.c\n"
    )


def test_switching_a_driver_changes_no_file() -> None:
    off = wired([GICV2, PL011])
    on = wired([GICV2, PL011], on=[PL011])

    assert on == off
    assert on.drivers == (GICV2, PL011)


def test_every_path_of_the_makefiles_reaches_make(tmp_path: Path) -> None:
    publish(str(tmp_path), wired([GICV2, PL011]).files)
    (tmp_path / "Makefile").write_text(
        f"include {RULES}/Makefile.rules\n"
        "O := /out\n"
        "$(eval $(call import_lib,$(CURDIR)))\n"
        "all:\n"
        "\t@echo '[$(IMPORT_BASE)] $(KVM_LIBS) $(LIBUKDRIVER_PL011_SRCS-y)'\n"
        "\t@echo '$(LIBUKDRIVER_PL011_EXPORTS) $(LIBUKD_EXPORTS) $(LIBUKDRIVER_GICV2_EXPORTS)'\n"
    )

    done = subprocess.run(
        ["make", "-C", tmp_path, "--no-print-directory", "CONFIG_LIBUKDRIVER_PL011=y"],
        check=True,
        capture_output=True,
        text=True,
    )

    assert done.stdout.splitlines() == [
        "[] libukd libukdriver_pl011 /plugins/pl011/c/pl011.c",
        f"{tmp_path}/pl011/exportsyms.uk {tmp_path}/libukd/exportsyms.uk ",
    ]


def test_class_code_is_compiled_when_a_driver_of_the_class_is_on(tmp_path: Path) -> None:
    kit, out = tmp_path / "kit", tmp_path / "out"
    for path, text in {
        "src/probe.c": "",
        "classes/pci-host/pci_b.c": "",
        "classes/pci-host/pci_a.c": "",
        "classes/pci-host/exportsyms.uk": "# for drivers\nukd_pci_read8\n\nukd_a # first\n",
        "classes/rtc/rtc.c": "",
    }.items():
        (kit / path).parent.mkdir(parents=True, exist_ok=True)
        (kit / path).write_text(text)
    ecam = driver("ecam", "ecam", class_="pci-host")

    files = wired([ecam, PL011], kit=str(kit)).files
    publish(str(out), files)
    (out / "Makefile").write_text(
        f"include {RULES}/Makefile.rules\n"
        "$(eval $(call import_lib,$(CURDIR)))\n"
        "all: ; @echo '$(LIBUKD_SRCS-y)'\n"
    )

    sources = [
        subprocess.run(
            ["make", "-C", out, "--no-print-directory", f"CONFIG_LIBUKD_PCI_HOST={value}"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        for value in ("", "y")
    ]
    core = [f"{kit}/src/probe.c", f"{out}/table.c"]
    code = [f"{kit}/classes/pci-host/pci_{one}.c" for one in "ab"]
    assert sources == [core, core + code]
    exported = files["libukd/exportsyms.uk"].splitlines()
    assert exported == sorted({*KIT_SYMBOLS, "ukd_a", "ukd_pci_read8"})
    assert wired([PL011], kit=str(kit)).files["libukd/exportsyms.uk"] == "".join(
        f"{one}\n" for one in KIT_SYMBOLS
    )


def test_the_kit_s_own_classes() -> None:
    """Each folder is a class and says what it exports; objects are named by their source alone."""
    classes = os.listdir(os.path.join(KIT, "classes"))
    sources = os.listdir(os.path.join(KIT, "src"))
    for name in classes:
        assert name in CLASSES
        files = os.listdir(os.path.join(KIT, "classes", name))
        assert bool(exports(name, KIT)) == any(one.endswith(".c") for one in files)
        sources += files
    objects = [one for one in sources if one.endswith(".c")]
    assert len(objects) == len(set(objects))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"compatible": ("arm,pl011", "arm,sbsa-uart")},
            (
                "pl011.c: match table lists arm,pl011 and arm,sbsa-uart; "
                "the manifest declares arm,pl011"
            ),
        ),
        (
            {"compatible": ()},
            "pl011.c: match table lists nothing; the manifest declares arm,pl011",
        ),
        ({"name": "pl01"}, "pl011.c:90: name is pl01; the manifest declares pl011"),
        ({"class_": "rtc"}, "pl011.c:90: class is rtc; the manifest declares console"),
        (
            {"exported": ("pl011_start", "ukd_driver_pl011", "pl011_stop", "pl011_base")},
            (
                "pl011.c: ukdriver-pl011 exports pl011_start, pl011_stop and pl011_base; "
                "a driver exports ukd_driver_pl011 alone"
            ),
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_manifest_and_source_must_agree(
    change: dict[str, str | tuple[str, ...]], message: str
) -> None:
    says = dataclasses.replace(declared(PL011), **change)  # type: ignore[arg-type]

    with pytest.raises(WireError) as caught:
        wired([GICV2, PL011], on=[PL011], says=says)

    assert str(caught.value) == message


def test_order_of_the_strings_counts() -> None:
    says = dataclasses.replace(declared(GICV2), compatible=GICV2.compatible[::-1])
    message = (
        r"^gicv2\.c: match table lists arm,gic-400 and arm,cortex-a15-gic; "
        r"the manifest declares arm,cortex-a15-gic and arm,gic-400$"
    )

    with pytest.raises(WireError, match=message):
        wired([GICV2], on=[GICV2], says=says)


def test_driver_that_is_off_is_not_checked() -> None:
    wired([GICV2, PL011], on=[GICV2])


@pytest.mark.parametrize(
    ("text", "value"),
    [("", 0x811C9DC5), ("a", 0xE40C292C), ("foobar", 0xBF9CF968)],
)
def test_hash_is_fnv1a(text: str, value: int) -> None:
    assert fnv1a(text) == value


@pytest.mark.parametrize(("strings", "size"), [(0, 8), (4, 8), (5, 16), (8, 16), (1000, 2048)])
def test_table_is_at_most_half_full(strings: int, size: int) -> None:
    assert len(slots_of([[f"acme,{one}" for one in range(strings)]])) == size


def test_more_strings_than_a_slot_can_number() -> None:
    message = r"^driver table: 65536 strings, wanted at most 65534 a driver$"
    with pytest.raises(WireError, match=message):
        slots_of([["x"] * 65536])


def test_table_text() -> None:
    assert table([PL011]) == (
        "/* SPDX-License-Identifier: BSD-3-Clause */\n"
        "/*\n"
        " * Written by ukdrivers; changes are lost.\n"
        " *\n"
        " * The drivers of this image, and a hash table over their compatible strings.\n"
        " */\n"
        "#include <ukd/config.h>\n"
        "#include <ukd/table.h>\n"
        "\n"
        "extern const struct ukd_driver ukd_driver_pl011;\n"
        "\n"
        "static const struct ukd_driver *const drivers[] = {\n"
        "#if CONFIG_LIBUKDRIVER_PL011\n"
        "\t&ukd_driver_pl011,\n"
        "#else\n"
        "\tNULL,\n"
        "#endif\n"
        "};\n"
        "\n"
        "/* hash, driver, match */\n"
        "static const struct ukd_slot slots[] = {\n"
        + "\t{ 0, UKD_SLOT_EMPTY, 0 },\n" * 7
        + "\t{ 0x69782f87, 0, 0 },\t/* arm,pl011 */\n"
        + "\t{ 0, UKD_SLOT_EMPTY, 0 },\n" * 0
        + "};\n"
        "\n"
        "const struct ukd_table ukd_table = {\n"
        "\t.driver = drivers,\n"
        "\t.slot = slots,\n"
        "\t.mask = 7,\n"
        "\t.driver_count = 1,\n"
        "};\n"
    )


def test_no_string_ends_the_comment_it_stands_in() -> None:
    assert "/* acme,?/ /?x */" in table([driver("odd", "acme,*/ /*x")])


def objects(folder: Path, drivers: Sequence[Driver], on: Iterable[Driver]) -> None:
    """Write the table, its configuration and drivers that do nothing."""
    (folder / "uk").mkdir(exist_ok=True)
    (folder / "uk" / "config.h").write_text(
        "".join(f"#define CONFIG_{one.symbol} 1\n" for one in on)
    )
    (folder / "table.c").write_text(table(drivers))
    stubs = ["#include <ukd/driver.h>\n"]
    for one in on:
        entries = "".join(f'\t{{ .compatible = "{string}" }},\n' for string in one.compatible)
        stubs.append(
            f"static const struct ukd_match {one.ident}_match[] = {{\n{entries}\t{{ 0 }}\n}};\n"
            f"extern const struct ukd_driver {one.object};\n"
            f'const struct ukd_driver {one.object} = {{ .name = "{one.name}",'
            f" .match = {one.ident}_match }};\n"
        )
    (folder / "stubs.c").write_text("".join(stubs))


@pytest.mark.parametrize("count", range(4))
def test_table_compiles_with_any_drivers_off(tmp_path: Path, count: int) -> None:
    drivers = [GICV2, PL011, VIRTIO][:count]
    for size in range(count + 1):
        for on in itertools.combinations(drivers, size):
            objects(tmp_path, drivers, on)
            command = [*CROSS, *HEADERS, f"-I{tmp_path}", "-c", f"{tmp_path}/table.c"]
            subprocess.run([*command, "-o", tmp_path / "table.o"], check=True)
            wanted = subprocess.run(
                ["aarch64-linux-gnu-nm", "-u", "--format=posix", tmp_path / "table.o"],
                check=True,
                capture_output=True,
                text=True,
            )
            names = [line.split()[0] for line in wanted.stdout.splitlines()]
            assert sorted(names) == sorted(one.object for one in on)


LOOK_UP = """
#include <stdio.h>
#include <string.h>
#include <ukd/table.h>

static void look_up(const char *text)
{
	uint32_t hash = UKD_HASH_START;
	const char *at;
	uint32_t slot;

	for (at = text; *at; at++)
		hash = ukd_hash_step(hash, (unsigned char)*at);
	for (slot = hash;; slot++) {
		const struct ukd_slot *one = &ukd_table.slot[slot & ukd_table.mask];
		const struct ukd_driver *driver;

		if (one->driver == UKD_SLOT_EMPTY)
			break;
		driver = ukd_table.driver[one->driver];
		if (!driver || one->hash != hash)
			continue;
		if (!strcmp(driver->match[one->match].compatible, text))
			printf(" %s:%u", driver->name, (unsigned int)one->match);
	}
	printf("\\n");
}

int main(void)
{
	char line[256];

	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\\n")] = 0;
		look_up(line);
	}
	return 0;
}
"""


def test_every_string_is_found_where_it_is_declared(tmp_path: Path) -> None:
    drivers = [
        driver(
            f"d{one:03}", *(f"acme,device-{one}-{at}" for at in range(8)), f"acme,shared-{one % 9}"
        )
        for one in range(120)
    ]
    on = [one for at, one in enumerate(drivers) if at % 5]
    objects(tmp_path, drivers, on)
    (tmp_path / "main.c").write_text(LOOK_UP)
    sources = [tmp_path / name for name in ("main.c", "table.c", "stubs.c")]
    program = tmp_path / "look-up"
    subprocess.run(["gcc", *STRICT, *HEADERS, f"-I{tmp_path}", *sources, "-o", program], check=True)
    strings = list(dict.fromkeys(string for one in drivers for string in one.compatible))
    strings += ["acme,absent", "", "acme,device-1-1 "]

    done = subprocess.run(
        [program],
        input="".join(f"{string}\n" for string in strings),
        check=True,
        capture_output=True,
        text=True,
    )

    assert len(strings) > 960
    assert done.stdout.splitlines() == [
        "".join(
            f" {one.name}:{one.compatible.index(string)}" for one in on if string in one.compatible
        )
        for string in strings
    ]
