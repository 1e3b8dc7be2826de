"""How Sphinx builds the pages: `sphinx-build -W --keep-going -n docs docs/_build`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "register-contract"
html_title = project
extensions = ["myst_parser", "register_docs"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "register_docs"]
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
# Examples are longer than a page is wide, and none of them is a program of one language.
highlight_language = "text"
# What the API says is shown letter by letter, its quotes too.
smartquotes = False
html_show_copyright = False
html_show_sourcelink = False
html_copy_source = False
myst_heading_anchors = 3
myst_enable_extensions = ["attrs_inline"]
suppress_warnings = ["myst.header"]
