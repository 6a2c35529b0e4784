"""Small trees of our own writing, laid out as the releases of Unikraft are."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ukdrivers.unikraft.needs import NEEDS

if TYPE_CHECKING:
    import pathlib

RELEASES = ("0.15.0", "0.16.0", "0.16.3", "0.17.0", "staging")

VIRTIO = ("9p", "blk", "bus", "mmio", "net", "pci", "ring")
XEN = ("9p", "blk", "net", "xenbus")

#: drivers by class, in the order of import, and the release that brought the class
CLASSES = {
    "ukbus": (("pci", "platform"), "0.15.0", ""),
    "ukintctlr": (("xpic", "gic"), "0.15.0", ""),
    "uktty": (("ns16550", "pl011"), "0.16.0", "staging"),
    "ukconsole": (("ns16550", "pl011", "vga"), "staging", ""),
    "virtio": (VIRTIO, "0.15.0", ""),
    "xen": (XEN, "0.16.3", ""),
    "ukrtc": (("pl031",), "0.17.0", ""),
}
TITLES = {
    "ukbus": "Bus drivers",
    "ukintctlr": "Interrupt controller",
    "ukconsole": "Serial console",
    "virtio": "Virtio",
    "xen": "Xen",
}
#: classes whose own menu names its drivers
NAMING = {"uktty": "Serial console", "ukrtc": "Real Time Clock"}

CONFIGS = {
    "ukbus/pci": """\
config HAVE_PCI
	bool

config LIBUKBUS_PCI
	bool "PCI bus"
	depends on HAVE_PCI
	select LIBUKBUS
""",
    "ukbus/platform": """\
config LIBUKBUS_PLATFORM
	bool "Platform bus"
	select LIBUKBUS
""",
    "ukintctlr/xpic": """\
config HAVE_APIC
	bool

config LIBUKINTCTLR_XPIC
	bool "Intel PIC"
	depends on ARCH_X86_64
	select LIBUKINTCTLR
""",
    "ukintctlr/gic": """\
config LIBUKINTCTLR_GIC
	bool
	select LIBUKINTCTLR
@MISNAMED@
config LIBUKINTCTLR_GICV2
	bool "Arm GICv2"
	depends on HAVE_INTCTLR && ARCH_ARM_64
	select LIBUKINTCTLR_GIC

config LIBUKINTCTLR_GICV3
	bool "Arm GICv3"
	depends on HAVE_INTCTLR && ARCH_ARM_64
	select LIBUKINTCTLR_GIC
""",
    "uktty/ns16550": """\
menuconfig LIBUKTTY_NS16550
	bool "NS16550"
	depends on ARCH_ARM_64
""",
    "uktty/pl011": """\
menuconfig LIBUKTTY_PL011
	bool "PL011"
	depends on ARCH_ARM_64

if LIBUKTTY_PL011
menuconfig LIBUKTTY_PL011_EARLY_CONSOLE
	bool "Early console"

if LIBUKTTY_PL011_EARLY_CONSOLE
config LIBUKTTY_PL011_EARLY_CONSOLE_BASE
	hex "Early console base address"
endif
endif
""",
    "ukconsole/ns16550": """\
config LIBUKCONSOLE_NS16550
	bool "NS16550"
	depends on ARCH_ARM_64 || ARCH_X86_64
	select LIBUKCONSOLE
""",
    "ukconsole/pl011": """\
config LIBUKCONSOLE_PL011
	bool "PL011"
	depends on ARCH_ARM_64
	select LIBUKCONSOLE
""",
    "ukconsole/vga": """\
config LIBUKCONSOLE_VGA
	bool "VGA"
	depends on ARCH_X86_64
	select LIBUKCONSOLE
""",
    "virtio/bus": """\
config LIBVIRTIO_BUS
	bool "Virtio bus"
	depends on VIRTIO_DEVICE
	imply LIBVIRTIO_MMIO if HAVE_MMIO
""",
    "virtio/mmio": """\
config HAVE_MMIO
	bool

config LIBVIRTIO_MMIO
	bool "Virtio over MMIO"
	depends on HAVE_MMIO && VIRTIO_DEVICE
	select LIBUKBUS_PLATFORM
""",
    "virtio/ring": """\
config LIBVIRTIO_RING
	bool
""",
    "ukrtc/pl031": """\
config LIBUKRTC_PL031
	bool "PL031"
	depends on ARCH_ARM_64
	select LIBUKBUS_PLATFORM
""",
}
MISNAMED = "\tselect LIBUKBUS_PLATFORM if CONFIG_PAGING\n"

TOP = """\
mainmenu "Unikraft $(UK_FULLVERSION)"

choice
	prompt "Architecture"

config ARCH_X86_64
	bool "x86"

config ARCH_ARM_64
	bool "Arm"
endchoice

config PAGING
	bool "Paging"

menu "Platform Configuration"
source "$(shell,@SCRIPT@ -q -o '$(KCONFIG_DIR)/plats.uk' -r '$(KCONFIG_PLAT_BASE)' -l '$(KCONFIG_PLAT_BASE)' -e '$(KCONFIG_EXCLUDEDIRS)')"
endmenu

menu "Device Drivers"
source "$(shell,@SCRIPT@ -q -o '$(KCONFIG_DIR)/drivers.uk' -r '$(KCONFIG_DRIV_BASE)' -l '$(KCONFIG_DRIV_BASE)' -e '$(KCONFIG_EXCLUDEDIRS)')"
endmenu

menu "Library Configuration"
@LIBRARIES@endmenu
""".replace("@SCRIPT@", "$(UK_BASE)/support/build/config-submenu.sh")

#: writes the list of menus; takes the options that the trees' own script takes
SCRIPT = """\
#!/bin/sh
paths= excluded= out=
while getopts ql:r:e:o: name; do
	case $name in
	l) paths="$paths $OPTARG" ;;
	r) for one in "$OPTARG"/*; do paths="$paths $one"; done ;;
	e) excluded=":$OPTARG:" ;;
	o) out=$OPTARG ;;
	esac
done
: >"$out"
for one in $paths; do
	case $excluded in *":$one:"*) continue ;; esac
	[ -f "$one/Config.uk" ] && echo "source \\"$(readlink -f "$one/Config.uk")\\"" >>"$out"
done
readlink -f "$out"
"""

KVM = """\
menuconfig PLAT_KVM
	bool "KVM guest"
	select HAVE_INTCTLR
	select LIBUKINTCTLR_XPIC if ARCH_X86_64
	imply LIBUKBUS_PLATFORM if ARCH_ARM_64

if PLAT_KVM

config KVM_VMM_QEMU
	def_bool y
	imply LIBUKINTCTLR_GICV2 if ARCH_ARM_64
	imply LIBUKTTY_PL011 if ARCH_ARM_64
	imply LIBUKCONSOLE_PL011 if ARCH_ARM_64
	imply LIBUKRTC_PL031 if ARCH_ARM_64
	select HAVE_PCI
	select HAVE_MMIO
@UART@
endif
"""
UART = """
choice
	prompt "Serial console driver"
	depends on ARCH_ARM_64

config UART_PL011
	bool "PL011"

config UART_NS16550
	bool "NS16550"
endchoice
"""

#: of the tree's own macros, what class makefiles use
DRIVERS = """\
################################################################################
# Driver registrations
UK_DRIV_BASE := $(CONFIG_UK_BASE)/drivers

"""


def make_tree(folder: pathlib.Path, release: str) -> str:
    """Write a tree and return its path."""
    for path, text in tree_files(release).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    (folder / "support/build/config-submenu.sh").chmod(0o755)
    return str(folder.resolve())


def tree_files(release: str) -> dict[str, str]:
    """Return the text of each file of a tree."""
    classes = {name: one[0] for name, one in CLASSES.items() if _has(release, *one[1:])}
    version = "0.17.0" if release == "staging" else release
    numbers = zip(("", "SUB", "EXTRA"), version.split("."), strict=True)
    libraries = {"LIBUKBUS", "LIBUKINTCTLR", "HAVE_INTCTLR", "LIBUKBOOT", "LIBUKCONSOLE"}
    symbols = "".join(f"config {one}\n\tbool\n\n" for one in sorted(libraries))
    files = {
        "Config.uk": TOP.replace("@LIBRARIES@", symbols),
        "Makefile": "# stands for the tree's own\n",
        "version.mk": "".join(f"UK_{name}VERSION = {one}\n" for name, one in numbers),
        "support/build/config-submenu.sh": SCRIPT,
        "lib/ukintctlr/Makefile.uk": "",
        "plat/Config.uk": "",
        "plat/kvm/Config.uk": KVM.replace("@UART@", UART if release == "0.15.0" else ""),
        "plat/xen/Config.uk": 'config PLAT_XEN\n\tbool "Xen guest"\n',
        "arch/arm/arm64/Config.uk": "config MCPU_ARM64_CORTEX_A53\nconfig MCPU_ARM64_CORTEX_A72\n",
        "drivers/Config.uk": _menus(classes),
        "drivers/Makefile.uk": DRIVERS + "".join(_import("UK_DRIV_BASE", one) for one in classes),
    }
    if release == "0.15.0":
        files["plat/drivers/uart/pl011.c"] = ""
    if release in ("0.17.0", "staging"):
        files["lib/ukrandom/Makefile.uk"] = ""
    if release == "staging":
        files["lib/ukconsole/Makefile.uk"] = ""
    for name, drivers in classes.items():
        files |= _class(name, drivers, release)
    return files | _headers(release)


def _has(release: str, since: str, until: str) -> bool:
    at = RELEASES.index(release)
    return RELEASES.index(since) <= at and (not until or at < RELEASES.index(until))


def _import(base: str, name: str) -> str:
    return f"$(eval $(call import_lib,$({base})/{name}))\n"


def _menus(classes: dict[str, tuple[str, ...]]) -> str:
    script = "$(UK_BASE)/support/build/config-submenu.sh -q"
    folder = "$(KCONFIG_DRIV_BASE)"
    return "".join(
        f'menu "{TITLES[one]}"\n'
        f"source \"$(shell,{script} -o '$(KCONFIG_DIR)/{one}.uk' -r '{folder}/{one}' "
        f"-l '{folder}/{one}' -e '$(KCONFIG_EXCLUDEDIRS)')\"\nendmenu\n\n"
        for one in classes
        if one in TITLES
    )


def _class(name: str, drivers: tuple[str, ...], release: str) -> dict[str, str]:
    base = f"UK_DRIV_{name.removeprefix('uk').upper()}_BASE"
    if name == "virtio":
        base = "UK_DRIV_LIBVIRTIO_BASE"
    imports = "".join(_import(base, one) for one in drivers)
    files = {f"drivers/{name}/Makefile.uk": f"{base} := $(UK_DRIV_BASE)/{name}\n\n{imports}"}
    if name in NAMING:
        named = "".join(
            f'source "$(KCONFIG_DRIV_BASE)/{name}/{one}/Config.uk"\n' for one in drivers
        )
        files[f"drivers/{name}/Config.uk"] = f'menu "{NAMING[name]}"\n\n{named}\nendmenu\n'
    if name == "virtio":
        on = " || ".join(f"LIBVIRTIO_{one.upper()}" for one in ("9p", "blk", "net"))
        files["drivers/virtio/Config.uk"] = f"config VIRTIO_DEVICE\n\tbool\n\tdefault y if {on}\n"
    misnamed = MISNAMED if release in ("0.17.0", "staging") else ""
    for one in drivers:
        symbol = f"{'LIB' if name != 'xen' else 'LIBXEN_'}{name.upper()}_{one.upper()}"
        depends = "\tdepends on PLAT_XEN\n" if name == "xen" else ""
        plain = f'config {symbol}\n\tbool "{name} {one}"\n{depends}'
        text = CONFIGS.get(f"{name}/{one}", plain).replace("@MISNAMED@\n", f"{misnamed}\n")
        library = f"lib{name}_{one}"
        files[f"drivers/{name}/{one}/Config.uk"] = text
        files[f"drivers/{name}/{one}/Makefile.uk"] = (
            f"$(eval $(call addlib_s,{library},$(CONFIG_{library.upper()})))\n"
        )
    return files


def _headers(release: str) -> dict[str, str]:
    """Return headers that say what our C needs, and nothing else."""
    needs = [need for one in NEEDS.values() for need in one]
    names_by_path: dict[str, dict[str, None]] = {}
    for need in needs:
        if need.since == "0.15.0" or release == "staging":
            names = names_by_path.setdefault(os.path.join(need.place, need.header), {})
            names |= dict.fromkeys(need.names)
    return {
        path: "".join(f"/* {name} */\n" for name in names) for path, names in names_by_path.items()
    }
