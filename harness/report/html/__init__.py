"""Pages: one HTML file each, without a network, in which every text of an engine is escaped.

- `assets`: the environment of the templates; `rendered` makes a page of a template.
- `templates/frame.html`: what all pages share. A template of a page extends it.
- `style.css`: colours for dark and light, tables, print and narrow screens, for all pages.
- `templates/spec.html`, `spec.css`, `spec.js`: the page of `harness.spec`, which asks torch and fills them.
- `page`: `report.html`, the page of a run. `compact`: the rows as columns. `circuits`: the circuits of cases.
- `known`: what the catalogue tells of the cases, and `ahead`: the same in another process.
- `*.js`: the script of this page. `data` unpacks, `state` is the address, `page` begins; the others draw
  a part each.
"""
