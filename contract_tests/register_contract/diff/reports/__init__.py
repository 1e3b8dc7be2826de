"""A comparison told: to people as text, Markdown and a page, to machines as data."""
