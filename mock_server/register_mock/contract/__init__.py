"""An edition: one document, compiled once at start, and what each kind of its rows means."""
