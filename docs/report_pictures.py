"""Make the pictures of the report for the docs, ``docs/pictures/report-*.png``, from the samples.

    python docs/report_pictures.py [--browser chromium]

Needs playwright (the extra ``test``) and a Chromium; the program itself never does.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import sync_playwright
from screenshot import fewer_colours

import pipeline
from pipeline import report

ROOT = Path(__file__).resolve().parent.parent
CONFLICT = "statistic party-member/count/party-committee/general-hospital/thai-binh/2024=412"
FILTERS = {"q": "hospital", "kind": "statistic", "agreement": "conflict"}
OPENED = f"#table?{urlencode(FILTERS | {'open': CONFLICT})}"
# What each picture shows: address in the page, width and height, and how the browser is.
PICTURES: dict[str, tuple[str, int, int, dict[str, Any]]] = {
    "wide": (OPENED, 1400, 900, {}),
    "sheet": (f"#sheet?{urlencode({'open': CONFLICT})}", 1400, 900, {}),
    "dark": (f"#sheet?{urlencode({'open': CONFLICT})}", 1400, 900, {"color_scheme": "dark"}),
    "phone": (OPENED, 390, 844, {"device_scale_factor": 2, "has_touch": True}),
}


def take(page: Path, folder: Path, browser: str) -> None:
    """Take every picture of ``page`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=browser)
        for name, (address, width, height, choices) in PICTURES.items():
            size: Any = {"width": width, "height": height}
            context = running.new_context(viewport=size, reduced_motion="reduce", **choices)
            window = context.new_page()
            window.goto(page.as_uri() + address)
            window.wait_for_selector("html[data-ready]", state="attached")
            # From the top, and without the frame of what the keyboard is at.
            window.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
            if name == "phone":
                window.evaluate("() => document.querySelector('tr.is-open').scrollIntoView()")
            picture = folder / f"report-{name}.png"
            window.screenshot(path=picture)
            fewer_colours(picture)
            context.close()
        running.close()


def main() -> None:
    """Read the samples, write their report, take its pictures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--browser", default=shutil.which("chromium") or "chromium")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "pictures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "results"
        pipeline.load().run(ROOT / "corpus" / "articles", out)
        page = report.report(out, Path(folder) / "report.html").file
        take(page, options.to, options.browser)


if __name__ == "__main__":
    main()
