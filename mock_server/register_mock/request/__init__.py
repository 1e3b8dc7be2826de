"""A request's life: its stages, and what may answer before them."""
