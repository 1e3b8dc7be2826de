"""Why a request was refused, for the journal and for people."""
