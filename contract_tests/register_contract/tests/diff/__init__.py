"""The comparison, tried on edits of our documents and on documents of others."""
