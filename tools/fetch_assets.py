"""Refresh what the browser gets from npm packages: run by a developer, never at install.

    python tools/fetch_assets.py

Packs the pinned packages with the ``npm`` client and writes ``assets/vendor`` and
``assets/icons.css``; licences are copied beside the files. Nothing is fetched when the dashboard
runs.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from dashboard.components.icons import BOOTSTRAP_ICONS, OWN_ICONS  # noqa: E402

ASSETS = PROJECT / "assets"
VENDOR = ASSETS / "vendor"

BOOTSTRAP = "bootstrap@5.3.9"
BOOTSTRAP_ICONS_PACKAGE = "bootstrap-icons@1.13.2"
BE_VIETNAM_PRO = "@fontsource/be-vietnam-pro@5.3.0"
INTER = "@fontsource/inter@5.3.0"
PRINT_FONTS = {
    "be-vietnam-pro": (
        "@expo-google-fonts/be-vietnam-pro@0.4.1",
        ("400Regular", "500Medium", "600SemiBold", "700Bold"),
    ),
    "tinos": (
        "@expo-google-fonts/tinos@0.4.2",
        ("400Regular", "400Regular_Italic", "700Bold", "700Bold_Italic"),
    ),
}
"""Whole TrueType files for the printed report, which cannot read woff2: folder → package, faces.
Tinos has the metrics of Times New Roman."""
PLOTLY = "plotly.js-basic-dist-min@4.1.1"
"""The version that the installed plotly bundles: figures and browser must speak the same. Of its
bundles the least that draws bars and points."""
REGENERATOR = "regenerator-runtime@0.14.1"
"""What Dash needs of the polyfill that it brings for browsers of long ago."""

TEXT_WEIGHTS = (400, 500, 600, 700)
DIGIT_WEIGHTS = (500, 600)


def fetch(package: str, into: Path) -> Path:
    """Return the folder of the unpacked npm ``package``."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", package], cwd=into, check=True, capture_output=True, text=True
    ).stdout.split()[-1]
    folder = into / packed.removesuffix(".tgz")
    with tarfile.open(into / packed) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def copy(source: Path, folder: str, *names: str) -> None:
    """Copy files of a package and its licence into ``assets/vendor/<folder>``."""
    target = VENDOR / folder
    target.mkdir(parents=True, exist_ok=True)
    for name in (*names, "LICENSE"):
        shutil.copyfile(source / name, target / Path(name).name)


def copy_print_fonts(source: Path, folder: str, faces: tuple[str, ...]) -> None:
    """Copy TrueType faces and the licence of the font (not that of the package around it)."""
    target = VENDOR / folder
    target.mkdir(parents=True, exist_ok=True)
    for face in faces:
        for path in (source / face).glob("*.ttf"):
            shutil.copyfile(path, target / path.name)
    shutil.copyfile(source / "LICENSE_FONT", target / "LICENSE")


def layered(stylesheet: str) -> str:
    """Wrap Bootstrap in a cascade layer: our own rules win in whatever order they are loaded.

    Dash links stylesheets by their path, ours before the vendors'.
    """
    body = stylesheet.removeprefix('@charset "UTF-8";')
    body = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", body).strip()
    return f'@charset "UTF-8";@layer bootstrap{{{body}}}\n'


def mask(svg: str) -> str:
    """Return an SVG as the address of a mask image."""
    svg = re.sub(r"\s+", " ", svg).strip().replace('"', "'")
    for character, code in (("%", "%25"), ("#", "%23"), ("<", "%3C"), (">", "%3E")):
        svg = svg.replace(character, code)
    return f'url("data:image/svg+xml,{svg}")'


def icon_rules(icons: Path) -> str:
    """Return one CSS rule for each icon in use."""
    drawings = {
        name: re.sub(r' (class|fill|width|height)="[^"]*"', "", text, count=4)
        for name in BOOTSTRAP_ICONS
        for text in [(icons / f"{name}.svg").read_text(encoding="utf-8")]
    }
    frame = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{}</svg>'
    drawings |= {name: frame.format(body) for name, body in OWN_ICONS.items()}
    rules = [f".i-{name}{{--i:{mask(drawings[name])}}}" for name in sorted(drawings)]
    head = (
        "/* Written by tools/fetch_assets.py. Bootstrap Icons: vendor/bootstrap-icons/LICENSE. */"
    )
    return "\n".join([head, *rules, ""])


def main() -> None:
    """Fetch every package and write the assets."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        bootstrap = fetch(BOOTSTRAP, work)
        copy(bootstrap, "bootstrap")
        css = (bootstrap / "dist/css/bootstrap.min.css").read_text(encoding="utf-8")
        target = VENDOR / "bootstrap" / "bootstrap.min.css"
        target.write_text(layered(css), encoding="utf-8", newline="\n")

        icons = fetch(BOOTSTRAP_ICONS_PACKAGE, work)
        copy(icons, "bootstrap-icons")
        rules = icon_rules(icons / "icons")
        (ASSETS / "icons.css").write_text(rules, encoding="utf-8", newline="\n")

        copy(
            fetch(BE_VIETNAM_PRO, work),
            "be-vietnam-pro",
            *(
                f"files/be-vietnam-pro-{subset}-{weight}-normal.woff2"
                for subset in ("latin", "vietnamese")
                for weight in TEXT_WEIGHTS
            ),
        )
        copy(
            fetch(INTER, work),
            "inter",
            *(f"files/inter-latin-{weight}-normal.woff2" for weight in DIGIT_WEIGHTS),
        )
        for folder, (package, faces) in PRINT_FONTS.items():
            copy_print_fonts(fetch(package, work), folder, faces)
        copy(fetch(PLOTLY, work), "plotly", "plotly-basic.min.js")
        copy(fetch(REGENERATOR, work), "regenerator-runtime", "runtime.js")


if __name__ == "__main__":
    main()
