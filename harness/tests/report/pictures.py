"""Pictures of the sample for the READMEs: `make pictures`.

Fonts differ between machines, so that no test compares them.
"""

import shutil

from gradconform.harness.tests.report.conftest import ROOT
from playwright.sync_api import sync_playwright

SAMPLE = ROOT / "reports/sample"
PICTURES = {
    "report.png": ("", "light", 860),
    "case.png": ("#case=accumulation/sum_with_itself&engine=student", "dark", 1410),
}

if __name__ == "__main__":
    with sync_playwright() as playwright:
        found = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for name, (state, scheme, height) in PICTURES.items():
            page = browser.new_page(viewport={"width": 1280, "height": height}, color_scheme=scheme)
            page.goto(f"{(SAMPLE / 'report.html').as_uri()}{state}")
            page.wait_for_selector("html[data-ready]", state="attached")
            page.screenshot(path=SAMPLE / name)
        browser.close()
