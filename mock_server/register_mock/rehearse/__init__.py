"""The move to another version, rehearsed on recorded traffic before it is made."""
